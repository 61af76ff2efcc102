"""Small programs whose parts are read and written in unusual ways: each file agrees with its program to 1e-12."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, cross_entropy, record, softmax, tanh
from autograd_tiny.replay.program import Program
from tests.replay.export.files import differences

DRAW = np.random.default_rng(5)


def values(*shape: int) -> Any:
    """Return Values as nested lists."""
    numbers = DRAW.normal(size=shape).round(3)
    return np.vectorize(Value, otypes=[object])(numbers).tolist()


def made(loss: Callable[..., Any], inputs: tuple[Any, ...], *parameters: Any) -> Program:
    return record(
        loss,
        inputs=inputs,
        parameters=[x for part in parameters for x in np.ravel(np.array(part, dtype=object))],
        backend="numpy",
    )


def element_of_joined_lists() -> Any:
    ws = values(3)
    return made(lambda xs, i: tanh([*ws, *xs][i] * ws[0]), ([0.5, 2.0], 1), ws), [[[0.5, 2.0], [1.0, -1.0]], [4, 0]]


def elements_of_two_lists() -> Any:
    ws = values(3)
    return made(lambda xs, i: ws[i] * xs[i] + ws[0], ([0.5, 2.0, 1.0], 1), ws), [
        [[0.5, 2.0, 3.0], [1.0, -1.0, 0.2]],
        [2, 0],
    ]


def softmax_of_products() -> Any:
    ws, c = values(4), [0.1, 0.7, -0.4, 2.0]
    return made(lambda x: sum(a * b for a, b in zip(softmax([w * x for w in ws]), c, strict=False)), (0.5,), ws), [
        [0.5, -1.0]
    ]


def two_of_softmax() -> Any:
    ws = values(4)

    def loss(x: Any) -> Any:
        p = softmax([w * x for w in ws])
        return p[2] * p[2] - 3.0 * p[0]

    return made(loss, (0.5,), ws), [[0.5, -1.0]]


def loop_of_inputs() -> Any:
    w = values(1)

    def loss(xs: Any) -> Any:
        h = 0.0
        for x in xs:
            h = tanh(h + x)
        return w[0] * h

    return made(loss, ([0.1] * 8,), w), [DRAW.normal(size=(2, 8))]


def anti_diagonal() -> Any:
    W = values(4, 4)
    return made(lambda xs: sum(W[i][3 - i] * xs[i] for i in range(4)), ([0.1] * 4,), W), [DRAW.normal(size=(2, 4))]


def irregular() -> Any:
    ws = values(5)
    places = [0, 2, 3, 7, 4]
    return made(lambda xs: sum(w * xs[k] for w, k in zip(ws, places, strict=False)), ([0.1] * 9,), ws), [
        DRAW.normal(size=(2, 9))
    ]


def irregular_parameters() -> Any:
    ws = values(9)
    places = [0, 2, 3, 7, 4]
    return made(lambda xs: sum(tanh(ws[k] * x) for x, k in zip(xs, places, strict=False)), ([0.1] * 5,), ws), [
        DRAW.normal(size=(2, 5))
    ]


def sums_with_constants() -> Any:
    a, b, c = values(3)
    return made(lambda x: (a * x + b * c + 3.0) * (a * a + b * x - 2.0) + (c - 4.0 + a), (0.5,), [a, b, c]), [
        [0.5, -2.0]
    ]


def squares() -> Any:
    ws = values(3)
    return made(
        lambda xs: sum(w * w for w in ws) + sum((w * x) * (w * x) for w, x in zip(ws, xs, strict=False)),
        ([0.1] * 3,),
        ws,
    ), [DRAW.normal(size=(2, 3))]


def only_a_parameter() -> Any:
    w = values(1)
    return made(lambda x: w[0] * 1.0, (0.5,), w), [[0.5, 1.0]]


def gradient_of_inputs() -> Any:
    w = Value(1.5)
    return made(lambda xs: tanh(w * xs[0]) * xs[1], ([0.5, 1.0],)), [DRAW.normal(size=(2, 2))]


def constants_between() -> Any:
    ws = values(4)
    return made(
        lambda xs: sum(w * v for w, v in zip(ws, [xs[0], 2.0, 2.0, xs[1]], strict=False)), ([0.1] * 2,), ws
    ), [DRAW.normal(size=(2, 2))]


def two_states() -> Any:
    W, U, b = values(3, 3), values(3, 2), values(3)

    def loss(rows: Any) -> Any:
        h, c = [1.0] * 3, [0.5] * 3
        for x in rows:
            z = [
                sum(w * v for w, v in zip(W[i], h, strict=False))
                + sum(u * v for u, v in zip(U[i], x, strict=False))
                + b[i]
                for i in range(3)
            ]
            c = [0.5 * ci + tanh(zi) for ci, zi in zip(c, z, strict=False)]
            h = [tanh(ci) * zi for ci, zi in zip(c, z, strict=False)]
        return sum(h) - sum(c)

    return made(loss, ([[0.1, 0.2]] * 6,), W, U, b), [DRAW.normal(size=(2, 6, 2))]


def two_steps_back() -> Any:
    a, b, c = values(3)

    def loss(xs: Any) -> Any:
        first, second = c, c * 2.0
        for x in xs:
            first, second = second, tanh(a * second + b * first + x)
        return second

    return made(loss, ([0.1] * 9,), [a, b, c]), [DRAW.normal(size=(2, 9))]


def classes() -> Any:
    W = values(3, 4)
    return made(
        lambda xs, y: cross_entropy([sum(w * x for w, x in zip(row, xs, strict=False)) for row in W], y),
        ([0.1] * 4, 2),
        W,
    ), [DRAW.normal(size=(3, 4)), [0, 1, 2]]


def products_of_rows() -> Any:
    A = values(3, 4)

    def loss(X: Any) -> Any:
        scores = [[sum(a * b for a, b in zip(p, q, strict=False)) for q in X] for p in X]
        mixed = [[sum(s * row[k] for s, row in zip(ss, X, strict=False)) for k in range(4)] for ss in scores]
        return sum(sum(m * a for m, a in zip(ms, aa, strict=False)) for ms, aa in zip(mixed, A, strict=False))

    return made(loss, ([[0.1] * 4] * 3,), A), [DRAW.normal(size=(2, 3, 4))]


def transposed_product() -> Any:
    A, B = values(3, 4), values(3, 5)

    def loss(x: Any) -> Any:
        C = [[sum(A[k][i] * B[k][j] for k in range(3)) for j in range(5)] for i in range(4)]
        return sum(tanh(c * x) for row in C for c in row)

    return made(loss, (0.5,), A, B), [[0.5, -1.0]]


def reversed_inputs() -> Any:
    ws = values(7)
    return made(lambda xs: sum(tanh(w * x) for w, x in zip(ws, reversed(xs), strict=False)), ([0.1] * 7,), ws), [
        DRAW.normal(size=(2, 7))
    ]


def shuffled_rows() -> Any:
    A, places = values(3, 4), [[2, 0, 7, 5], [1, 11, 4, 3], [6, 10, 8, 9]]

    def loss(X: Any) -> Any:
        flat = [x for row in X for x in row]
        rows = [[flat[k] for k in row] for row in places]
        scores = [[sum(a * b for a, b in zip(p, q, strict=False)) for q in rows] for p in X]
        return sum(sum(a * s for a, s in zip(aa, ss, strict=False)) for aa, ss in zip(A, scores, strict=False))

    return made(loss, ([[0.1] * 4] * 3,), A), [DRAW.normal(size=(2, 3, 4))]


def shuffled_parameters() -> Any:
    ws, places = values(20), [3, 17, 5, 0, 11, 8, 19, 2, 13, 6, 4, 15]
    return made(lambda xs: sum(tanh(ws[k] * x) for x, k in zip(xs, places, strict=False)), ([0.1] * 12,), ws), [
        DRAW.normal(size=(2, 12))
    ]


def repeated_parameters() -> Any:
    ws, places = values(9), [3, 7, 5, 0, 3, 8, 1, 2, 7, 6, 4, 5]
    return made(lambda xs: sum(tanh(ws[k] * x) for x, k in zip(xs, places, strict=False)), ([0.1] * 12,), ws), [
        DRAW.normal(size=(2, 12))
    ]


def shuffled_in_a_loop() -> Any:
    ws, places = values(20), [3, 17, 5, 0, 11, 8, 19, 2, 13, 6, 4, 15]

    def loss(xs: Any) -> Any:
        h = ws[0]
        for x, k in zip(xs, places, strict=False):
            h = tanh(h * ws[k] + x)
        return h

    return made(loss, ([0.1] * 12,), ws), [DRAW.normal(size=(2, 12))]


def steps_without_slopes() -> Any:
    ws, places = values(9), [3, 7, 5, 0, 8]
    others = values(5)

    def loss(xs: Any) -> Any:
        return sum(at.floor(ws[k] * 3.0) * x for x, k in zip(xs, places, strict=False)) + sum(
            at.floor(v) + v for v in (ws[4], others[1], ws[2], others[0], others[4])
        )

    return made(loss, ([0.1] * 5,), ws, others), [DRAW.normal(size=(2, 5))]


def column_of_a_matrix() -> Any:
    W = values(3, 2)
    return made(
        lambda x: (
            sum(p * (k + 1.5) for k, p in enumerate(softmax([row[1] * x for row in W])))
            + at.logsumexp([row[0] for row in W])
        ),
        (0.5,),
        W,
    ), [[0.5, 1.0]]


def inputs_beside_parameters() -> Any:
    ws = values(3)

    def loss(xs: Any, ys: Any) -> Any:
        return (
            sum(x * y for x, y in zip(xs, ys, strict=False))
            + sum(w * x for w, x in zip(ws, xs, strict=False))
            + sum(tanh(v) * y for v, y in zip([ws[0], xs[1], ws[2], xs[0]], [*ys, xs[2]], strict=False))
        )

    return made(loss, ([0.1] * 3, [0.2] * 3), ws), [DRAW.normal(size=(2, 3)), DRAW.normal(size=(2, 3))]


def prepared_inputs_in_a_loop() -> Any:
    w, b = values(2)

    def loss(xs: Any) -> Any:
        h = 0.0
        for x in xs:
            h = tanh(w * h + b * at.sin(x * 2.0))
        return h

    return made(loss, ([0.1] * 9,), [w, b]), [DRAW.normal(size=(2, 9))]


def joined_start() -> Any:
    W, start = values(3, 3), values(4)

    def loss(xs: Any) -> Any:
        h = [start[2], start[0], xs[0]]
        for x in xs:
            h = [tanh(sum(w * v for w, v in zip(row, h, strict=False)) + x) for row in W]
        return sum(h)

    return made(loss, ([0.1] * 8,), W, start), [DRAW.normal(size=(2, 8))]


def shuffled_start() -> Any:
    W, start = values(4, 4), values(6)

    def loss(xs: Any) -> Any:
        h = [start[k] for k in (5, 0, 3, 1)]
        for x in xs:
            h = [tanh(sum(w * v for w, v in zip(row, h, strict=False)) + x) for row in W]
        return sum(h)

    return made(loss, ([0.1] * 8,), W, start), [DRAW.normal(size=(2, 8))]


def fibonacci() -> Any:
    a, b, c, d = values(4)

    def loss(xs: Any) -> Any:
        h = [c, d]
        for x in xs:
            h.append(tanh(a * h[-1] + b * h[-2] + x))
        return h[-1] * h[-1]

    return made(loss, ([0.1] * 9,), [a, b, c, d]), [DRAW.normal(size=(2, 9))]


def growing() -> Any:
    ws = values(8)

    def loss(xs: Any) -> Any:
        seen: list[Any] = []
        total = 0.0
        for w, x in zip(ws, xs, strict=False):
            seen.append(tanh(w * x))
            p = softmax([s * x for s in seen])
            total = total + sum(a * b for a, b in zip(p, seen, strict=False))
        return total

    return made(loss, ([0.1] * 8,), ws), [DRAW.normal(size=(2, 8))]


def several_constants() -> Any:
    W = values(3, 4)

    def loss(xs: Any) -> Any:
        zs = [
            sum(w * x for w, x in zip(row, xs, strict=False)) + c for row, c in zip(W, (1.5, -2.0, 0.5), strict=False)
        ]
        return sum(tanh(z) for z in zs) + sum(
            tanh(row[0] + xs[1] + c) for row, c in zip(W, (0.5, 1.0, -1.0), strict=False)
        )

    return made(loss, ([0.1] * 4,), W), [DRAW.normal(size=(2, 4))]


def two_loops() -> Any:
    w, b = values(2)

    def loss(xs: Any) -> Any:
        h = g = 0.0
        for x in xs:
            h = tanh(w * h + x)
        for x in xs:
            g = at.sin(b * g + x * h)
        return h * g

    return made(loss, ([0.1] * 9,), [w, b]), [DRAW.normal(size=(2, 9))]


def queries_of_inputs() -> Any:
    A = values(3, 4)

    def loss(X: Any) -> Any:
        keys = [[sum(a * x for a, x in zip(row, p, strict=False)) for row in A] for p in X]
        queries = [[at.sin(x) for x in p[:3]] for p in X]
        return sum(tanh(sum(a * b for a, b in zip(q, k, strict=False))) for q in queries for k in keys)

    return made(loss, ([[0.1] * 4] * 3,), A), [DRAW.normal(size=(2, 3, 4))]


def labelled_fibonacci() -> Any:
    a, b, c, d = (Value(0.1 * k + 0.2, label=name) for k, name in enumerate("abcd"))

    def loss(xs: Any) -> Any:
        h = [c, d]
        for x in xs:
            h.append(tanh(a * h[-1] + b * h[-2] + x))
        return h[-1] * h[-1]

    return made(loss, ([0.1] * 9,), [a, b, c, d]), [DRAW.normal(size=(2, 9))]


def floors_in_a_loop() -> Any:
    (w,) = values(1)

    def loss(xs: Any) -> Any:
        h = w * xs[0]
        for x in xs:
            h = at.floor(h * x) + x
        return h * w

    return made(loss, ([0.1] * 9,), [w]), [DRAW.normal(size=(2, 9)) * 3.0]


def floor_of_floors() -> Any:
    (w,) = values(1)

    def loss(x: Any) -> Any:
        h = w * x
        for _ in range(12):
            h = at.floor(at.sign(h))
        return h + w

    return made(loss, (0.5,), [w]), [[0.5, -2.0]]


def uneven_loop() -> Any:
    ws, places = values(12), [0, 3, 1, 2, 2, 0, 5, 4, 3, 6]

    def loss(xs: Any) -> Any:
        h = [ws[k] * xs[0] for k in range(3)]
        for k, x in zip(places, xs, strict=True):
            h.append(tanh(h[-1] * h[k % len(h)] + x * ws[k]))
        return h[-1]

    return made(loss, ([0.1] * 10,), ws), [DRAW.normal(size=(2, 10))]


def nested_loops() -> Any:
    w, b = values(2)

    def loss(xs: Any) -> Any:
        h, total = 0.1, 0.0
        for x in xs:
            for _ in range(5):
                h = tanh(w * h + b)
            total = total + h * x
            h = at.sin(h + x)
        return total

    return made(loss, ([0.1] * 9,), [w, b]), [DRAW.normal(size=(2, 9))]


def products_of_two_back() -> Any:
    c, d = Value(0.4, label="c"), Value(0.7, label="d")

    def loss(xs: Any) -> Any:
        h = [c * xs[0], d * xs[1]]
        for x in xs:
            h.append(tanh(h[-1] + 1.0) * at.cos(h[-2] * x))
        return h[-1]

    return made(loss, ([0.1] * 9,), [c, d]), [DRAW.normal(size=(2, 9))]


def labels_and_inputs_two_back() -> Any:
    c, d = Value(0.4, label="c"), Value(0.7, label="d")

    def loss(x: Any) -> Any:
        h = [c, d]
        for _ in range(9):
            h.append(tanh(h[-1]) * at.sin(h[-2]))
        return h[-1] * x

    return made(loss, (0.5,), [c, d]), [[0.5, 2.0]]


def negative_constants() -> Any:
    a, b = values(2)
    return made(
        lambda x: at.sum([a * x, b, -2.0]) * at.sum([a, b, x, -0.5]) + at.sum([a * x, -b * a, -1.5]), (0.5,), [a, b]
    ), [[0.5, 2.0]]


def permuted_state() -> Any:
    ws, places = values(5), (2, 0, 4, 1, 3)

    def loss(xs: Any) -> Any:
        h = list(ws)
        for x in xs:
            h = [tanh(w * h[k] + x) for w, k in zip(ws, places, strict=True)]
        return sum(h)

    return made(loss, ([0.1] * 8,), ws), [DRAW.normal(size=(2, 8))]


def states_of_inputs_and_parameters() -> Any:
    w, b = values(2)

    def loss(xs: Any) -> Any:
        g, h = 0.1, 0.2
        for x in xs:
            g = at.sin(g + x)
            h = tanh(w * h + g * b)
        return h

    return made(loss, ([0.1] * 9,), [w, b]), [DRAW.normal(size=(2, 9))]


def shuffled_start_of_parameters() -> Any:
    W, start = values(4, 4), values(6)

    def loss(x: Any) -> Any:
        h = [start[k] for k in (5, 0, 3, 1)]
        for _ in range(8):
            h = [tanh(sum(w * v for w, v in zip(row, h, strict=True))) for row in W]
        return sum(h) * x

    return made(loss, (0.5,), W, start), [[0.5, 2.0]]


def loss_is_a_parameter() -> Any:
    (w,) = values(1)
    return made(lambda x: w, (0.5,), [w]), [[0.5, 2.0]]


def parameters_beside_constants() -> Any:
    a, b = Value(0.4, label="a"), Value(0.7, label="b")

    def loss(xs: Any) -> Any:
        return sum(tanh(w * x) for w, x in zip([a, 2.0, 2.0, b, 3.0], xs, strict=True)) + at.logsumexp(
            [a * xs[0], 0.5, 0.5, b]
        )

    return made(loss, ([0.1] * 5,), [a, b]), [DRAW.normal(size=(2, 5))]


PROGRAMS = [
    parameters_beside_constants, products_of_two_back, labels_and_inputs_two_back, negative_constants, permuted_state,
    states_of_inputs_and_parameters, shuffled_start_of_parameters, loss_is_a_parameter, labelled_fibonacci,
    floors_in_a_loop, floor_of_floors, uneven_loop, nested_loops, reversed_inputs, shuffled_rows,
    shuffled_parameters, repeated_parameters, shuffled_in_a_loop, steps_without_slopes, column_of_a_matrix,
    inputs_beside_parameters, prepared_inputs_in_a_loop, joined_start, shuffled_start, fibonacci, growing,
    several_constants, two_loops, queries_of_inputs, element_of_joined_lists, elements_of_two_lists,
    softmax_of_products, two_of_softmax, loop_of_inputs, anti_diagonal, irregular, irregular_parameters,
    sums_with_constants, squares, only_a_parameter, gradient_of_inputs, constants_between, two_states,
    two_steps_back, classes, products_of_rows, transposed_product,
]  # fmt: skip


@pytest.mark.parametrize("make", PROGRAMS)
def test_files_agree_with_the_program(make: Callable[[], Any], tmp_path: Path) -> None:
    DRAW.bit_generator.state = np.random.default_rng(5).bit_generator.state  # the same in any order of the tests
    program, arguments = make()
    for language in ("python", "numpy"):
        path = program.export(language, tmp_path / "loss.py")
        if program.gradients.size:
            assert max(differences(program, path, *map(np.array, arguments))) < 1e-12
    for language in ("torch", "jax", "c"):
        program.export(language, tmp_path / "loss.txt")
