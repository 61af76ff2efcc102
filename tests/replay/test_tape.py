"""The tape: positions, guards, dependencies."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay.tape import tape_of
from tests.replay.tapes import tape


def test_order_of_positions() -> None:
    other = Value(9.0)
    recorded = tape(lambda x, w: x[0] * w[0] + other, inputs=1, parameters=1)
    assert (recorded.leaves, recorded.size, recorded.root) == (3, 5, 4)
    assert recorded.others == (other,)
    assert [operation.operands for operation in recorded.operations] == [(0, 1), (3, 2)]


def test_operations_are_a_sequence() -> None:
    operations = tape(lambda x, w: at.sum([2.0 - at.tanh(x[0]), w[0], 5.0]), inputs=1, parameters=1).operations
    texts = [(operation.primitive.name, operation.operands, operation.inputs) for operation in operations]
    assert texts == [("tanh", (0,), [0]), ("sub", (2.0, 2), [2]), ("sum", (3, 1, 5.0), [3, 1])]
    assert list(operations) == [operations[0], *operations[1:]] == [operations[k] for k in range(-3, 0)]
    with pytest.raises(IndexError):
        operations[3]


@pytest.mark.parametrize("kind", ["unary", "binary", "nary"])
def test_operation_of_the_tape_takes_a_few_bytes(kind: str) -> None:
    build: dict[str, Callable[[Any, Any], Any]] = {
        "unary": lambda x, w: reduce(lambda y, _: at.tanh(y), range(1000), x[0]),
        "binary": lambda x, w: reduce(lambda y, _: y * w[0], range(1000), x[0]),
        "nary": lambda x, w: reduce(lambda y, _: at.sum([y, w[0], y]), range(1000), x[0]),
    }
    operations = tape(build[kind], inputs=1, parameters=1).operations
    held = sum(len(numbers) * numbers.itemsize for numbers in operations.arrays())
    assert held <= (26 if kind == "nary" else 10) * len(operations)


def test_leaf_that_is_input_and_parameter_has_the_later_position() -> None:
    x = Value(2.0)
    assert tape_of(x * x, inputs=[x], parameters=[x]).operations[0].operands == (1, 1)


def test_guards_are_on_the_tape() -> None:
    recorded = tape(lambda x, w: w[0] * 2.0 if x[0] > 0.5 else w[0], inputs=1, parameters=1)
    assert [recorded.operations[position - recorded.leaves].primitive.name for position in recorded.guarded] == [
        "greater"
    ]


def test_depends_on() -> None:
    recorded = tape(lambda x, w: at.tanh(x[0] * 2.0) + w[0] * 3.0, inputs=1, parameters=1)
    names_of_varying = [
        operation.primitive.name
        for operation, varies in zip(recorded.operations, recorded.depends_on(0, 1)[2:], strict=True)
        if varies
    ]
    assert names_of_varying == ["mul", "tanh", "add"]


def test_is_differentiated() -> None:
    recorded = tape(lambda x, w: at.tanh(x[0]) * w[0] + w[1].detach() * x[0], inputs=1, parameters=2)
    flows = recorded.is_differentiated(1, 3)
    assert flows[:3] == [False, True, False]
    assert flows[3:] == [False, True, False, False, True]
