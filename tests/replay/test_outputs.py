"""Programs of functions that return several numbers: all back-ends, shapes, copies, and what is refused."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, dot, exp, max, record, softmax, sum
from autograd_tiny.errors import RecordError, ReplayMismatch
from tests.replay.backends import BACKENDS, needs_compiler

X = np.array([[0.5, -1.0], [1.5, 2.0], [-0.25, 0.75]])
W = [[Value(0.5), Value(-1.5)], [Value(2.0), Value(0.25)], [Value(-1.0), Value(1.0)]]
PARAMETERS = [w for row in W for w in row]


def scores(x: list[Any]) -> list[Any]:
    return [dot(row, x) for row in W]


FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "list": lambda x: softmax(scores(x)),
    "sums, which another sum could absorb": lambda x: [sum([x[0], W[0][0], x[1]]), W[0][0] + x[0] + x[1]],
    "one": lambda x: [exp(W[0][0] * x[0])],
    "tuple": lambda x: tuple(scores(x)),
    "nested": lambda x: [scores(x), scores(x[::-1])],
    "array": lambda x: np.array([scores(x), scores(x)]),
    "twice the same, a constant, an input, a parameter": lambda x: [x[0] * x[1], x[0] * x[1], 2.0, x[1], W[1][0]],
    "beside choices": lambda x: [max(x), x[0] * W[0][0]] if x[0] > -10.0 else [x[0], x[1]],
}


def eager(function: Callable[[list[Any]], Any]) -> Any:
    """Return the numbers of all examples, computed one after another."""
    rows = [np.array(function(row), dtype=object) for row in X.tolist()]
    numbers = [[x.data if isinstance(x, Value) else x for x in row.ravel()] for row in rows]
    return np.array(numbers).reshape(len(X), *rows[0].shape)


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        *product(FUNCTIONS, BACKENDS[:2]),
        pytest.param("beside choices", "c", marks=[needs_compiler, pytest.mark.once]),
    ],
)
def test_all_numbers_are_those_of_eager_code(name: str, backend: str) -> None:
    function = FUNCTIONS[name]
    program = record(function, inputs=([1.0, 2.0],), parameters=PARAMETERS, backend=backend)
    expected = eager(function)
    for numbers in (program(X), program.evaluate(X)):
        assert numbers.shape == expected.shape
        assert numbers == pytest.approx(expected, rel=1e-13)
    assert program(X[:0]).shape == (0, *expected.shape[1:])


@pytest.mark.parametrize("backend", BACKENDS[:2])
def test_program_that_is_not_batched_returns_the_shape_of_the_function(backend: str) -> None:
    program = record(scores, inputs=([1.0, 2.0],), parameters=PARAMETERS, backend=backend, batched=False)
    assert program(X[1]) == pytest.approx(eager(scores)[1], rel=1e-13)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda program: pickle.loads(pickle.dumps(program))])
def test_copy_computes_the_same_numbers(copied: Callable[[Any], Any]) -> None:
    program = record(scores, inputs=([1.0, 2.0],), parameters=PARAMETERS)
    assert copied(program)(X).tolist() == program(X).tolist()


def test_results_of_calls_are_arrays_of_their_own() -> None:
    program = record(scores, inputs=([1.0, 2.0],), parameters=PARAMETERS)
    first = program(X)
    kept = first.copy()
    program(X + 1.0)
    assert first.tolist() == kept.tolist()


def test_gradients_are_refused() -> None:
    program = record(scores, inputs=([1.0, 2.0],))
    for call in (program.backward, program.differentiate, program.gradient):
        with pytest.raises(RecordError, match=r"returned several numbers.*let it return one Value for gradients"):
            call(X)


def test_other_branch_is_refused() -> None:
    function = FUNCTIONS["beside choices"]
    program = record(function, inputs=([1.0, 2.0],), parameters=PARAMETERS)
    with pytest.raises(ReplayMismatch):
        program([[-20.0, 1.0]])
    with pytest.raises(RecordError, match=r'record it with on_mismatch="raise"'):
        record(function, inputs=([1.0, 2.0],), parameters=PARAMETERS, on_mismatch="eager")


@pytest.mark.parametrize("result", [[], [[]], [[1.0, 2.0], [3.0]], [[[1.0]], [2.0]], [3.0, [1.0]]])
def test_what_is_empty_or_ragged_is_refused(result: Any) -> None:
    with pytest.raises(RecordError, match="let it return one Value, or lists of equal length"):
        record(lambda x: result, inputs=([1.0, 2.0],))


def test_plain_numbers_alone_are_refused() -> None:
    with pytest.raises(
        RecordError, match=r"^the function returned 'float'; let it return one Value, or a list of them$"
    ):
        record(lambda x: [1.0, 2.0], inputs=([1.0, 2.0],))


def test_random_output_is_refused() -> None:
    draw = iter(np.random.default_rng(0).random(100).tolist())
    with pytest.raises(RecordError, match="computed something else"):
        record(lambda x: [x[0], x[1] * next(draw)], inputs=([1.0, 2.0],))
