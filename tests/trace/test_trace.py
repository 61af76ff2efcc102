"""`apply`, `set`, `reset`, and what a prompt and a notebook show of a trace."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import AutogradError, Value, no_grad
from autograd_tiny.errors import NotRecordedError, NumberTooLargeError, OperandError, PositionError
from autograd_tiny.trace import ChangedNumbersError, InnerNodeError, Trace
from autograd_tiny.trace import trace as module_of_trace
from autograd_tiny.trace.difference_check import Check
from autograd_tiny.trace.events import Event
from autograd_tiny.trace.facts import Fact
from autograd_tiny.trace.what_if import Change, Changes, Crossing


def product_and_sum() -> tuple[Value, Value, Value]:
    """Return a, b and L = (a * b) + a at a = 2, b = -3."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return a, b, a * b + a


def gradients(root: Value) -> list[float]:
    return [node.grad for node in at.topological_order(root)]


# ── apply ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_apply_equals_backward_at_any_cursor() -> None:
    _, _, root = product_and_sum()
    for passes in range(3):
        _, _, other = product_and_sum()
        for _ in range(passes + 1):
            other.backward()
        trace = root.trace()
        trace.goto(2 * passes)
        trace.apply()
        assert gradients(root) == gradients(other)


def test_apply_twice_adds_to_leaves() -> None:
    a, b, root = product_and_sum()
    trace = root.trace()
    trace.apply()
    trace.apply()
    assert (a.grad, b.grad) == (-4.0, 4.0)
    assert (root.inputs[0].grad, root.grad) == (1.0, 1.0)


def test_apply_to_a_leaf_adds_the_seed() -> None:
    leaf = Value(3.0)
    leaf.grad = 0.5
    leaf.trace().apply()
    assert leaf.grad == 1.5


def test_apply_at_cursor_writes_partial_sums() -> None:
    a, b, root = product_and_sum()
    a.grad, b.grad, root.inputs[0].grad = 10.0, 20.0, 30.0
    trace = root.trace()
    trace.goto(3)
    trace.apply(at_cursor=True)
    assert (a.grad, b.grad, root.inputs[0].grad, root.grad) == (11.0, 20.0, 1.0, 1.0)
    trace.goto(0)
    trace.apply(at_cursor=True)
    assert (a.grad, b.grad, root.inputs[0].grad, root.grad) == (11.0, 20.0, 0.0, 0.0)


@pytest.mark.parametrize("broken", ["zip", "list", "repeat"])
def test_apply_is_all_or_nothing(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, root = product_and_sum()
    root.backward()
    trace, before = root.trace(), gradients(root)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module_of_trace, broken, interrupted, raising=False)
    with pytest.raises(KeyboardInterrupt):
        trace.apply()
    assert gradients(root) == before


def test_apply_refuses_numbers_that_were_set() -> None:
    a, _, root = product_and_sum()
    trace = root.trace()
    trace.set("b", 1.0)
    trace.set("a", 4.0)
    with pytest.raises(
        ChangedNumbersError,
        match=r"b, a was set, so this trace has other gradients than the graph; call reset\(\) first",
    ) as caught:
        trace.apply()
    assert caught.value.names == ("b", "a")
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, AutogradError)
    assert a.grad == 0.0
    trace.reset()
    trace.apply()
    assert a.grad == -2.0


# ── set ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_set_keeps_the_cursor() -> None:
    a, b, root = product_and_sum()
    trace = root.trace()
    trace.goto(4)
    trace.set(a, 4.0)
    assert trace.cursor == 4
    assert (trace.value("v1"), trace.value(root), trace.gradient(a)) == (-12.0, -8.0, -2.0)
    trace.finish()
    assert trace.gradient(b) == 4.0
    assert trace[4].contribution == 4.0


def test_set_keeps_the_graph() -> None:
    a, _, root = product_and_sum()
    root.trace().set(a, 4.0)
    assert (a.data, root.data, a.grad) == (2.0, -4.0, 0.0)


def test_earlier_set_numbers_stay() -> None:
    a, b, root = product_and_sum()
    trace = root.trace()
    trace.set(a, 4.0)
    trace.set(b, 10.0)
    assert trace.value(root) == 44.0


def test_reset_keeps_the_cursor() -> None:
    _, _, root = product_and_sum()
    trace, other = root.trace(), root.trace()
    trace.goto(3)
    trace.set("a", 4.0)
    trace.reset()
    assert trace.cursor == 3
    assert list(trace) == list(other)


def test_events_taken_earlier_keep_their_numbers() -> None:
    trace = product_and_sum()[2].trace()
    before, events = tuple(trace), trace.events
    trace.set("a", 4.0)
    assert tuple(events) == before
    assert tuple(trace) != before


def test_set_keeps_the_forward_events() -> None:
    trace = product_and_sum()[2].trace(forward=True)
    trace.set("a", 4.0)
    assert [event.after for event in trace[:2]] == [-12.0, -8.0]


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 3, np.float32(0.5), np.array(2.0)])
def test_every_real_number_can_be_set(number: Any) -> None:
    trace = product_and_sum()[2].trace()
    trace.set("a", number)
    assert trace.value("a") == pytest.approx(float(number), nan_ok=True)
    assert type(trace.value("a")) is float


@pytest.mark.parametrize("number", [True, "4", None, 1j, [1.0], Value(1.0), np.array([1.0]), np.True_])
def test_other_types_cannot_be_set(number: Any) -> None:
    trace = product_and_sum()[2].trace()
    with pytest.raises(OperandError, match=r"^set got .*; it takes a real number"):
        trace.set("a", number)
    assert trace.value("a") == 2.0


def test_too_large_number_cannot_be_set() -> None:
    with pytest.raises(NumberTooLargeError):
        product_and_sum()[2].trace().set("a", 10**400)


def test_inner_node_cannot_be_set() -> None:
    leaves = [Value(1.0, label=name) for name in "pqrs"]
    h = at.sum(leaves)
    h.label = "h"
    with pytest.raises(InnerNodeError) as caught:
        h.exp().trace().set("h", 1.0)
    assert str(caught.value) == (
        "h = sum([p, q, r, s]) is computed, and only a leaf can be set; set one that it depends on: p, q, r, …"
    )
    assert (caught.value.name, caught.value.leaves) == ("h", ("p", "q", "r", "s"))
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("forward", [True, False])
def test_trace_of_one_node_keeps_its_forward_pass(forward: bool) -> None:
    a = Value(2.0, label="a")
    trace = (a * 3.0).trace(forward=forward)
    trace.set(a, 4.0)
    assert [event.kind for event in trace] == ["forward"] * forward + ["seed", "contribution"]


def test_three_leaves_are_named_in_full() -> None:
    assert str(InnerNodeError("h", "p·q·r", ["p", "q", "r"])).endswith("p, q, r")


@pytest.mark.parametrize("record", [Change, Changes, Check, Crossing, Event, Fact])
def test_records_of_a_pass_are_immutable(record: Any) -> None:
    assert record.__dataclass_params__.frozen
    assert "__slots__" in vars(record)


def test_refused_number_keeps_the_trace() -> None:
    target = Value(1.0, label="target")
    trace = at.cross_entropy([Value(0.5), Value(0.25)], target).trace()
    before = list(trace)
    with pytest.raises(PositionError):
        trace.set(target, 7.0)
    assert list(trace) == before
    trace.apply()


def test_another_class_can_be_set() -> None:
    target = Value(0.0, label="target")
    changes = at.cross_entropy([Value(0.5), Value(0.25), Value(0.0)], target).trace().set(target, 2.0)
    assert changes.root.value == changes.root.value_before + 0.5
    assert changes.crossings == ()
    assert str(changes).endswith(": it is not defined between the two numbers of target, for which its partial is 0")


@pytest.mark.parametrize("show", [Value.trace, Value.explain])
def test_root_without_graph_raises(show: Callable[[Value], Any]) -> None:
    a = Value(2.0)
    with no_grad():
        root = a * a
    with pytest.raises(NotRecordedError, match=r"trace got a Value \(data=4.0\) that was computed inside no_grad"):
        show(root)


def test_trace_works_inside_no_grad() -> None:
    a, _, root = product_and_sum()
    with no_grad():
        trace = root.trace()
        trace.set(a, 4.0)
        trace.finish()
        assert trace.check("b").agrees
    assert trace.gradient("b") == 4.0


# ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_repr_shows_done_and_next_event() -> None:
    trace = product_and_sum()[2].trace()
    assert repr(trace) == "Trace of L: 0 of 5 events done\n  next: ∂L/∂L = 1"
    trace.goto(1)
    assert repr(trace) == (
        "Trace of L: 1 of 5 events done\n  done: ∂L/∂L = 1\n  next: ∂L/∂v1 += ∂L/∂L·1 = 1·1 = 1, now 1"
    )
    trace.finish()
    assert repr(trace) == "Trace of L: 5 of 5 events done\n  done: ∂L/∂b += ∂L/∂v1·a = 1·2 = 2, now 2"


def test_repr_names_numbers_that_were_set() -> None:
    trace = product_and_sum()[2].trace()
    trace.set("a", 4.0)
    trace.set("a", 5.0)
    trace.set("b", 6.0)
    assert repr(trace).startswith("Trace of L: 0 of 5 events done, with other numbers for a, b\n")


def test_number_of_the_graph_is_clean_again() -> None:
    a, _, root = product_and_sum()
    trace = root.trace()
    before = list(trace)
    trace.set("a", 4.0)
    trace.set("b", 6.0)
    assert trace.other_numbers == {"a": 4.0, "b": 6.0}
    trace.set("a", 2.0)
    assert trace.other_numbers == {"b": 6.0}
    trace.set("b", -3.0)
    assert (trace.other_numbers, list(trace)) == ({}, before)
    trace.apply()
    assert a.grad == -2.0


def test_negative_zero_is_another_number() -> None:
    trace = Value(0.0, label="a").trace()
    trace.set("a", -0.0)
    assert list(trace.other_numbers) == ["a"]
    trace.set("a", 0.0)
    assert trace.other_numbers == {}


def test_nan_of_the_graph_is_clean() -> None:
    trace = Value(float("nan"), label="a").trace()
    trace.set("a", float("nan"))
    assert trace.other_numbers == {}


def shown_by_rich(thing: object) -> str:
    console = pytest.importorskip("rich.console").Console(width=72, no_color=True)
    with console.capture() as captured:
        console.print(thing)
    return str(captured.get())


def test_rich_shows_trace_by_field() -> None:
    trace = product_and_sum()[2].trace()
    trace.goto(1)
    assert shown_by_rich(trace) == (
        "Trace(\n    root='L',\n    cursor=1,\n    events=5,\n    done='∂L/∂L = 1',\n"
        "    next='∂L/∂v1 += ∂L/∂L·1 = 1·1 = 1, now 1'\n)\n"
    )


def test_rich_shows_value_with_label() -> None:
    assert shown_by_rich(Value(2.0, label="w[0]")) == "Value(data=2.0, grad=0.0, label='w[0]')\n"
    assert shown_by_rich(Value(2.0)) == "Value(data=2.0, grad=0.0)\n"


def test_markdown_has_summary_and_events() -> None:
    trace = product_and_sum()[2].trace()
    summary, empty, *table = trace._repr_markdown_().splitlines()
    assert (summary, empty) == ("Trace of L: 0 of 5 events done", "")
    assert len(table) == 2 + 5


def test_value_has_a_trace_method() -> None:
    assert type(Value(1.0).trace()) is Trace
