"""The inputs of a call as arrays: taken as they are, or converted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value
from autograd_tiny.errors import LengthError, OperandError, ShapeError
from autograd_tiny.replay import record
from autograd_tiny.replay.arguments import Argument, Arguments
from tests.replay.backends import BACKENDS

X, Y = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]), np.array([1.0, -1.0, 0.5])
MATRICES = np.arange(12.0).reshape(3, 2, 2)


def arguments_of(*examples: Any, batched: bool = True) -> Arguments:
    return Arguments([Argument.like(f"input {k}", x) for k, x in enumerate(examples)], batched=batched)


def test_arrays_are_taken_as_they_are() -> None:
    arguments = arguments_of([1.0, 2.0], 1.0)
    for count in (3, 3, 2, 2, 3):
        inputs = X[:count], Y[:count]
        assert [x is y for x, y in zip(arguments.flat(inputs), inputs, strict=True)] == [True, True]


KINDS: dict[str, Any] = {
    "lists": (X.tolist(), Y.tolist()),
    "float32": (X.astype(np.float32), Y.astype(np.float32)),
    "integers and flags": ((2 * X).astype(int), Y > 0.0),
    "every second": (np.repeat(X, 2, axis=0)[::2], np.repeat(Y, 2)[::2]),
    "columns first": (np.asfortranarray(X), Y[::-1][::-1]),
    "big-endian": (X.astype(">f8"), Y.astype(">f8")),
    "a subclass": (np.ma.masked_array(X), np.ma.masked_array(Y)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_inputs_of_any_kind_follow_those_of_another(kind: str) -> None:
    arguments, (x, y) = arguments_of([1.0, 2.0], 1.0), KINDS[kind]
    for inputs in ((X, Y), (x, y), (X, y), (x, Y), (x, y)):
        for ours, given in zip(arguments.flat(inputs), inputs, strict=True):
            assert type(ours) is np.ndarray
            assert ours.dtype == np.dtype(float)
            assert ours.tolist() == np.asarray(given, float).tolist()


@pytest.mark.parametrize(
    ("inputs", "error", "message"),
    [
        ((X, Y[:2]), LengthError, "2"),
        ((X[:2], Y), LengthError, "3"),
        ((X[:2], Y.tolist()), LengthError, "3"),
        ((X, X), ShapeError, r"input 1 has shape \(3, 2\)"),
        ((X[:, :1], Y), ShapeError, r"input 0 has shape \(3, 1\)"),
        ((X[0], Y), ShapeError, r"input 0 has shape \(2,\)"),
        ((X, np.array(1.0)), ShapeError, r"input 1 has shape \(\)"),
        ((X,), OperandError, "2 arguments"),
        ((X, Y, Y), OperandError, "2 arguments"),
        ((X, Y.astype(complex)), OperandError, "input 1"),
        ((X, np.ma.masked_array(Y, [True, False, False])), OperandError, "mask"),
    ],
)
def test_inputs_are_checked_in_each_call(inputs: Any, error: type[Exception], message: str) -> None:
    arguments = arguments_of([1.0, 2.0], 1.0)
    for good in ((X, Y), (X, Y), (X[:1], Y[:1])):
        assert len(arguments.flat(good)) == 2
        with pytest.raises(error, match=message):
            arguments.flat(inputs)


def test_larger_arrays_are_flat() -> None:
    for batched, shape in ((True, (3, 4)), (False, (1, 4))):
        arguments = arguments_of(MATRICES[0], batched=batched)
        given = MATRICES if batched else MATRICES[0]
        assert [arguments.flat([given])[0].shape for _ in range(2)] == [shape, shape]
    scalars = arguments_of(1.0, batched=False)
    assert [scalars.flat([x])[0].tolist() for x in (2.0, np.array(3.0))] == [[[2.0]], [[3.0]]]


@pytest.mark.parametrize("backend", BACKENDS)
def test_program_computes_the_same_for_any_shape(backend: str) -> None:
    w = Value(2.0)
    program = record(
        lambda x, one, matrix, y: w * x[0] * one[0] + matrix[1][1] * y + x[1],
        inputs=([1.0, 2.0], [1.0], [[1.0, 2.0], [3.0, 4.0]], 1.0),
        parameters=[w],
        backend=backend,
    )
    for rows in ([0, 1, 2], [2, 1, 0], [1], [0, 1, 2]):
        inputs = X[rows], Y[rows, None], MATRICES[rows], Y[rows]
        expected = 2.0 * X[rows, 0] * Y[rows] + MATRICES[rows, 1, 1] * Y[rows] + X[rows, 1]
        for given in (inputs, [x.tolist() for x in inputs], inputs):
            before = [np.array(x) for x in given]
            losses = program.differentiate(*given, reduction="sum")
            np.testing.assert_allclose(losses, expected, rtol=1e-15)
            np.testing.assert_allclose(program.gradients, [(X[rows, 0] * Y[rows]).sum()], rtol=1e-15)
            kept = losses.copy()
            program.evaluate(*(2.0 * np.array(x) for x in given))
            assert losses.tolist() == kept.tolist()  # the caller's own
            assert all((np.array(x) == y).all() for x, y in zip(given, before, strict=True))


@pytest.mark.parametrize("backend", BACKENDS)
def test_losses_of_a_program_of_one_example_are_floats(backend: str) -> None:
    w = Value(2.0)
    program = record(lambda x: w * x, inputs=(1.0,), parameters=[w], backend=backend, batched=False)
    for x in (3.0, 3, np.array(3.0), np.float32(3.0)):
        results = [program(x), program.evaluate(x), program.differentiate(x), program.backward(x)]
        assert [(type(loss), loss) for loss in results] == [(float, 6.0)] * 4
    assert (program.gradients.tolist(), w.grad) == ([3.0], 12.0)
