"""The tape: positions, guards, dependencies."""

from __future__ import annotations

import autograd_tiny as at
from autograd_tiny import Value
from tests.replay.tapes import tape


def test_order_of_positions() -> None:
    other = Value(9.0)
    recorded = tape(lambda x, w: x[0] * w[0] + other, inputs=1, parameters=1)
    assert (recorded.leaves, recorded.size, recorded.root) == (3, 5, 4)
    assert recorded.others == (other,)
    assert [operation.operands for operation in recorded.operations] == [(0, 1), (3, 2)]


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
