"""Every row of the table, and the user's own, in every back-end: values and gradients of eager code."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay import BackendError, record
from tests.replay.backends import BACKENDS, BY_ITSELF, NOT_IN_C, needs_compiler

BATCH = 20
ROWS = [row for row in TABLE.values() if row.domain]
TERMS = {"sinc": 100.0}  # the size of what cancels in a partial
every_row = pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
every_backend = pytest.mark.parametrize("backend", BACKENDS)
by_itself = pytest.mark.parametrize("backend", BY_ITSELF)


@pytest.fixture
def user_rows() -> Iterator[list[Any]]:
    """Rows as users write them: by a formula, with an `if` in the partial, for floats only."""
    from math import cos, sin

    rows = [
        at.primitive("cube_of_user", "cube_of_user({x})", lambda x: x * x * x, lambda x, z: (3.0 * x * x,)),
        at.primitive("bent_of_user", "bent_of_user({x})", abs, lambda x, z: (1.0 if x > 0.0 else -1.0,)),
        at.primitive("cosine_of_user", "cosine_of_user({x})", cos, lambda x, z: (-sin(x),)),
        at.primitive("take", "take({x}, {y})", lambda x, y: x * y, lambda x, y, z: (y, x)),
        at.primitive("scale_of_user", "scale_of_user({*xs})", lambda xs: 2 * sum(xs), lambda xs, z: ([2] * len(xs),)),
    ]
    yield rows
    for row in rows:
        del TABLE[row.primitive.name]


def draw(row: Primitive, lists: int = 3) -> list[Any]:
    """Draw operands of a row from its domain."""
    source = random.Random(row.name)
    return [
        [round(source.uniform(low, high), 3) for _ in range(lists)] if many else round(source.uniform(low, high), 3)
        for (low, high), many in zip(row.domain, row.takes_list, strict=True)
    ]


def examples_of(row: Primitive) -> Any:
    """Return a batch of operands, one after another."""
    rng = np.random.default_rng(0)
    columns = []
    for (low, high), many in zip(row.domain, row.takes_list, strict=True):
        columns += [rng.uniform(low, high, BATCH).round(3) for _ in range(3 if many else 1)]
    return np.stack(columns, axis=1)


def skip_if_refused(row: Primitive, backend: str) -> None:
    if backend == "c" and row.name in NOT_IN_C:
        pytest.skip("C cannot compute it")


def close(ours: Any, eager: Any, terms: float, name: str = "") -> None:
    np.testing.assert_allclose(ours, eager, rtol=2e-13, atol=2e-13 * terms, err_msg=name)


@pytest.mark.no_cover
@by_itself
@every_row
def test_row_of_inputs_agrees_with_eager_code(row: Primitive, backend: str) -> None:
    skip_if_refused(row, backend)
    X = examples_of(row)
    program = record(lambda x: row(*row.group(x)) * 1.0, inputs=(X[0],), backend=backend)
    (slopes,) = program.gradient(X)
    for x, value, slope in zip(X, program(X), slopes, strict=True):
        leaves = list(map(Value, x))
        node = row(*row.group(leaves))
        node.backward()
        close(value, node.data, TERMS.get(row.name, 1.0))
        close(slope, [leaf.grad for leaf in leaves], TERMS.get(row.name, 1.0))


@pytest.mark.no_cover
@by_itself
@every_row
def test_row_of_parameters_agrees_with_eager_code(row: Primitive, backend: str) -> None:
    skip_if_refused(row, backend)
    x = examples_of(row)[0]
    leaves = list(map(Value, x))
    program = record(lambda: 0.5 * row(*row.group(leaves)), parameters=leaves, backend=backend, batched=False)
    loss = program.backward()
    gradients = [leaf.grad for leaf in leaves]
    again = list(map(Value, x))
    node = 0.5 * row(*row.group(again))
    node.backward()
    close(loss, node.data, TERMS.get(row.name, 1.0))
    close(gradients, [leaf.grad for leaf in again], TERMS.get(row.name, 1.0))


# ── all rows in one program of C: the sum of weight · row, whose slope of a weight is the value of its row ──

ROWS_IN_C = [row for row in ROWS if row.name not in NOT_IN_C]


def sum_of_rows(numbers: Any, weights: Any) -> Any:
    flat = iter(numbers)
    operands = [[next(flat) for _ in examples_of(row)[0]] for row in ROWS_IN_C]
    return at.sum([row(*row.group(xs)) * w for row, xs, w in zip(ROWS_IN_C, operands, weights, strict=True)])


def assert_close_to_eager_code(slopes: Any, values: Any, x: Any) -> None:
    """Compare the values of all rows, and the slopes of all operands, at one example."""
    ours, numbers = iter(slopes), iter(x)
    for row, value in zip(ROWS_IN_C, values, strict=True):
        leaves = [Value(next(numbers)) for _ in examples_of(row)[0]]
        node = row(*row.group(leaves))
        node.backward()
        close(value, node.data, TERMS.get(row.name, 1.0), row.name)
        close([next(ours) for _ in leaves], [leaf.grad for leaf in leaves], TERMS.get(row.name, 1.0), row.name)


@pytest.mark.no_cover
@needs_compiler
@pytest.mark.once
def test_all_rows_of_inputs_agree_with_eager_code_in_c() -> None:
    X, weights = np.hstack([examples_of(row) for row in ROWS_IN_C]), np.ones((BATCH, len(ROWS_IN_C)))
    program = record(sum_of_rows, inputs=(X[0], weights[0]), backend="c")
    for x, slopes, values in zip(X, *program.gradient(X, weights), strict=True):
        assert_close_to_eager_code(slopes, values, x)


@pytest.mark.no_cover
@needs_compiler
@pytest.mark.once
def test_all_rows_of_parameters_agree_with_eager_code_in_c() -> None:
    x = np.hstack([examples_of(row)[0] for row in ROWS_IN_C])
    leaves, weights = list(map(Value, x)), [Value(1.0) for _ in ROWS_IN_C]
    program = record(lambda: sum_of_rows(leaves, weights), parameters=[*leaves, *weights], backend="c", batched=False)
    program.backward()
    assert_close_to_eager_code([leaf.grad for leaf in leaves], [weight.grad for weight in weights], x)


@needs_compiler
@pytest.mark.parametrize("name", NOT_IN_C)
def test_row_that_c_cannot_compute_is_refused(name: str) -> None:
    row = TABLE[name]
    with pytest.raises(BackendError, match=r"the row '\w+' in C; take backend=\"numpy\""):
        record(lambda x: row(*row.group(x)) * 1.0, inputs=(examples_of(row)[0],), backend="c")


@pytest.mark.parametrize("backend", ["numpy", "python"])
def test_own_rows_agree_with_eager_code(backend: str, user_rows: list[Any]) -> None:
    cube, bent, cosine, take, scale = user_rows
    w = Value(0.75)

    def loss(x: Any, y: Any) -> Any:
        return scale([cube(w * x), bent(x * w), cosine(y * w), take(w, y)]) + take(cube(x), w)

    X, Y = np.linspace(-1.0, 1.0, BATCH), np.linspace(0.5, 2.0, BATCH)
    program = record(loss, inputs=(0.5, 0.5), parameters=[w], backend=backend)
    losses = program.backward(X, Y, reduction="sum")
    replayed, w.grad = w.grad, 0.0
    for x, y, replay in zip(X.tolist(), Y.tolist(), losses, strict=True):
        root = loss(x, y)
        root.backward()
        close(replay, root.data, 1.0)
    close(replayed, w.grad, 10.0)


def test_own_row_is_refused_in_c(user_rows: list[Any]) -> None:
    for row in user_rows:
        operands = [2.0] * len(row.primitive.operands)

        def loss(*xs: Any, row: Any = row) -> Any:
            return row([*xs] if row.primitive.list_positions else xs[0], *xs[1:])

        with pytest.raises(BackendError, match=f"{row.primitive.name!r}, which is your own"):
            record(loss, inputs=operands, backend="c")


@every_backend
def test_results_follow_ieee(backend: str) -> None:
    w = Value(1.0)

    def loss(x: Any) -> Any:
        return w / x + at.exp(w * x) + at.log(w * x)

    program = record(loss, inputs=(1.0,), parameters=[w], backend=backend)
    X = [1.0, 0.0, -1.0, 1e4, float("inf"), float("nan")]
    np.testing.assert_allclose(program(X), [loss(x).data for x in X], rtol=1e-15)
    for x in X:
        w.grad = 0.0
        program.backward([x])
        replayed, w.grad = w.grad, 0.0
        loss(x).backward()
        np.testing.assert_allclose(replayed, w.grad, rtol=1e-15)
