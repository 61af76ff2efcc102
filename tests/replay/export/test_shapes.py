"""Files for Python and NumPy of programs whose lists are joined, transposed, nested or chosen from."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, exp, record, softmax, tanh
from autograd_tiny import max as max_of
from autograd_tiny.replay.program import Program
from tests.replay.export.files import differences, load

DRAW = np.random.default_rng(5)


def matrix(rows: int, columns: int) -> list[list[Value]]:
    return [[Value(0.1 * (i + 1) - 0.17 * j) for j in range(columns)] for i in range(rows)]


def flat(*arrays: Any) -> list[Value]:
    return [x for array in arrays for x in (flat(*array) if isinstance(array, list) else [array])]


def product(W: Any, x: Any) -> list[Any]:
    return [sum(w * y for w, y in zip(row, x, strict=True)) for row in W]


def joined() -> tuple[Program, Any]:
    W, V, b = matrix(3, 5), matrix(2, 3), [Value(0.3), Value(-0.4)]

    def loss(xs: Any) -> Any:
        h = [tanh(z) for z in product(W, [*xs[0], *b])]
        y = product(V, [x * z for x, z in zip(xs[1], h, strict=True)])
        return max_of([*y, *b, h[0]]) * y[0] + y[1]

    return record(loss, inputs=([[0.1] * 3] * 2,), parameters=flat(W, V, b)), DRAW.normal(size=(4, 2, 3))


def attention() -> tuple[Program, Any]:
    Q, K = matrix(2, 3), matrix(2, 3)

    def loss(xs: Any) -> Any:
        q, k = [product(Q, x) for x in xs], [product(K, x) for x in xs]
        shares = [softmax([sum(a * b for a, b in zip(x, y, strict=True)) for y in k]) for x in q]
        mixed = [[sum(s * x[i] for s, x in zip(row, xs, strict=True)) for i in range(3)] for row in shares]
        return sum(tanh(z) for row in mixed for z in row)

    return record(loss, inputs=([[0.1] * 3] * 4,), parameters=flat(Q, K)), DRAW.normal(size=(3, 4, 3))


def transposed() -> tuple[Program, Any]:
    W = matrix(3, 3)

    def loss(x: Any) -> Any:
        h = [tanh(z) for z in product(W, x)]
        return sum(z * z for z in product(list(zip(*W, strict=True)), h))

    return record(loss, inputs=([0.1] * 3,), parameters=flat(W)), DRAW.normal(size=(4, 3))


def shuffled() -> tuple[Program, Any]:
    W, c = matrix(4, 4), Value(0.7)
    places = random.Random(2).sample(range(16), 12)

    def loss(x: Any) -> Any:
        numbers = [*flat(W), c, *x]
        return sum(tanh(numbers[p] * numbers[(5 * p + 3) % 20]) for p in places) * c

    return record(loss, inputs=([0.1] * 3,), parameters=[*flat(W), c]), DRAW.normal(size=(4, 3))


def constants() -> tuple[Program, Any]:
    w = Value(0.4)

    def loss(x: Any) -> Any:
        return sum(exp(w * z) * (w * z).detach() + k * 0.5 for k, z in enumerate(x)) if w > 0.0 else w

    return record(loss, inputs=([0.1] * 3,), parameters=[w]), DRAW.normal(size=(4, 3))


def blocks() -> tuple[Program, Any]:
    W = [matrix(2, 3), matrix(2, 3), matrix(2, 3)]

    def loss(xs: Any) -> Any:
        rows = [[tanh(z) for z in product(block, x)] for block, x in zip(W, xs, strict=True)]
        return sum(z * z for row in rows for z in row)

    return record(loss, inputs=([[0.1] * 3] * 3,), parameters=flat(*W)), DRAW.normal(size=(4, 3, 3))


def peeled() -> tuple[Program, Any]:
    w, b = Value(0.4), Value(-0.3)

    def loss(x: Any) -> Any:
        before, now = 1.0, w * x[0]
        for z in x[1:]:
            before, now = now, tanh(w * now + b * before + z)
        return now * before

    return record(loss, inputs=([0.1] * 8,), parameters=[w, b]), DRAW.normal(size=(4, 8))


CASES: list[Callable[[], tuple[Program, Any]]] = [
    joined, attention, transposed, shuffled, constants, blocks, peeled,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_files_agree(case: Callable[[], tuple[Program, Any]], tmp_path: Path) -> None:
    program, argument = case()
    for language in ("python", "numpy"):
        assert max(differences(program, program.export(language, tmp_path / "loss.py"), argument)) < 1e-12, language


class Scaled:
    """A model whose method, or which itself, is recorded."""

    def __init__(self) -> None:
        self.scale, self.shift = Value(0.5), [Value(0.1), Value(0.2)]

    def loss(self, x: Any, *more: Any) -> Any:
        return tanh(self.scale * x + self.shift[0] * more[0] + self.shift[1])

    def __call__(self, x: Any, y: Any) -> Any:
        return self.loss(x, y)


@pytest.mark.parametrize("of", [lambda model: model.loss, lambda model: model])
def test_parameters_of_an_object_have_its_names(of: Callable[[Scaled], Any], tmp_path: Path) -> None:
    model = Scaled()
    program = record(of(model), inputs=(1.0, 2.0), parameters=[model.scale, *model.shift])
    path = program.export("numpy", tmp_path / "loss.py")
    assert list(load(path)["parameters"]) == ["scale", "shift"]
    assert max(differences(program, path, np.array([1.0, 0.3]), np.array([0.5, -0.7]))) < 1e-12


def test_parameter_with_the_name_of_a_helper_gets_another(tmp_path: Path) -> None:
    sigmoid, softmax_at = Value(0.3), Value(0.2)
    program = record(
        lambda x: (sigmoid * x[0]).sigmoid() * softmax([x[1] * softmax_at, x[0]])[0],
        inputs=([1.0, 2.0],),
        parameters=[sigmoid, softmax_at],
    )
    for language in ("python", "numpy"):
        path = program.export(language, tmp_path / "loss.py")
        assert max(differences(program, path, DRAW.normal(size=(3, 2)))) < 1e-12


def test_program_without_inputs(tmp_path: Path) -> None:
    w = Value(0.3)
    program = record(lambda: tanh(w) * w, inputs=(), parameters=[w], batched=False)
    for language in ("python", "numpy"):
        assert max(differences(program, program.export(language, tmp_path / "loss.py"))) < 1e-12
