"""Which contributions of a block are assigned, and which are added."""

from __future__ import annotations

from autograd_tiny import Value
from autograd_tiny.replay.c_backend.targets import Targets, added
from autograd_tiny.replay.plan import plan_of
from autograd_tiny.replay.tape import tape_of


def targets_of_inputs() -> Targets:
    x, y = Value(2.0), Value(3.0)
    return Targets(plan_of(tape_of((x * 2.0).tanh(), inputs=[x, y], parameters=[]), of_inputs=True))


def test_gradient_of_the_loss_is_assigned_beforehand() -> None:
    assert targets_of_inputs().head("v", 0, place=3) == "gv[@0][i] +="


def test_row_is_set_to_0_once() -> None:
    targets = targets_of_inputs()
    assert list(targets.begun([2, 2])) == [("EACH gv[@0][i] = 0.0;", (2,))]
    assert targets.head("v", 1, place=2) == "gv[@1][i] +="


def test_input_without_a_contribution_has_gradient_0() -> None:
    targets = targets_of_inputs()
    targets.head("v", 1, place=0)
    assert list(targets.ends()) == [("EACH gv[@0][i] = 0.0;", (1,))]


def test_contributions_of_what_all_share_are_added_at_once() -> None:
    assert added([("gu[@1] +=", "2.0"), ("gu[@2] +=", "3.0")], varies=False) == ["gu[@1] += 2.0;", "gu[@2] += 3.0;"]


def test_no_contribution_is_no_statement() -> None:
    assert added([], varies=True) == []
