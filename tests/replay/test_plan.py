"""The plan of a program: what back-ends write."""

from __future__ import annotations

from autograd_tiny import Value, dot, tanh
from autograd_tiny.replay.plan import plan_of
from tests.replay.tapes import tape


def test_plan_prints_its_groups() -> None:
    plan = plan_of(tape(lambda x, w: tanh(dot(w[:3], x)) * tanh(dot(w[3:], x))))
    assert str(plan).splitlines() == ["2 dots × 3 inputs → matmul (2, 3) @ (3, batch)", "2 × tanh", "1 × mul"]


def test_gradients_of_inputs_are_wanted_without_parameters() -> None:
    recorded = tape(lambda x, w: x[0] * w[0], inputs=2, parameters=3)
    assert plan_of(recorded).wanted == range(2, 5)
    assert plan_of(recorded, of_inputs=True).wanted == range(2)


def test_nothing_varies_in_an_unbatched_program() -> None:
    recorded = tape(lambda x, w: dot(w[:3], x, Value(1.0)))
    assert not any(group.varying for group in plan_of(recorded, batched=False).groups)
