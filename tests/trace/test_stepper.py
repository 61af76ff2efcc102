"""Walking a trace: steps, nodes, jumps, names, and what is known at the cursor."""

from __future__ import annotations

from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import AutogradError, Value
from autograd_tiny.errors import OperandError, PositionError, StaleDataError
from autograd_tiny.trace import Trace, UnknownNodeError
from autograd_tiny.trace.stepper import Stepper
from nn import MLP


def product_and_sum() -> tuple[Value, Value, Value]:
    """Return a, b and f = (a * b) + a."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return a, b, a * b + a


def test_trace_begins_before_the_seed() -> None:
    a, _, root = product_and_sum()
    trace = root.trace()
    assert trace.cursor == 0
    assert trace.gradient(root) is None
    assert trace.gradient(a) is None


def test_step_returns_event_or_none() -> None:
    trace = product_and_sum()[2].trace()
    assert [trace.step() for _ in range(len(trace))] == list(trace.events)
    assert trace.step() is None
    assert trace.cursor == len(trace) == 5


def test_back_returns_event_or_none() -> None:
    trace = product_and_sum()[2].trace()
    assert trace.back() is None
    first = trace.step()
    assert trace.back() == first
    assert trace.cursor == 0


def test_zero_gradient_differs_from_none() -> None:
    a = Value(-1.0)
    trace = (a.relu() * 2.0).trace()
    assert trace.gradient(a) is None
    trace.finish()
    assert trace.gradient(a) == 0.0


def test_parallel_edges_are_two_events() -> None:
    a = Value(3.0, label="a")
    trace = (a * a).trace()
    assert [(event.input, event.position, event.after) for event in trace[1:]] == [("a", 0, 3.0), ("a", 1, 6.0)]


def test_node_waits_for_all_consumers() -> None:
    a = Value(1.0, label="a")
    b = a + a
    c = b + b
    b.label, c.label = "b", "c"
    assert [event.node for event in c.trace()] == ["c", "c", "c", "b", "b"]
    assert [event.upstream for event in c.trace()[3:]] == [2.0, 2.0]


def test_forward_pass_computes_one_node_at_a_time() -> None:
    a, b, root = product_and_sum()
    trace = root.trace(forward=True)
    assert [event.kind for event in trace] == ["forward"] * 2 + ["seed"] + ["contribution"] * 4
    assert (trace.value(a), trace.value(b), trace.value("v1"), trace.value(root)) == (2.0, -3.0, None, None)
    trace.step()
    assert (trace.value("v1"), trace.value(root)) == (-6.0, None)
    trace.step()
    assert (trace.value(root), trace.gradient(root)) == (-4.0, None)
    trace.step()
    assert trace.gradient(root) == 1.0


def test_backward_pass_knows_every_value() -> None:
    trace = product_and_sum()[2].trace()
    assert [trace.value(node) for node in trace.nodes] == [2.0, -3.0, -6.0, -4.0]


def test_node_step_takes_root_with_seed() -> None:
    trace = product_and_sum()[2].trace(forward=True)
    cursors = []
    while trace.node() is not None:
        cursors.append(trace.cursor)
    assert cursors == [1, 2, 5, 7]


def test_node_step_finishes_a_node() -> None:
    trace = product_and_sum()[2].trace()
    trace.goto(2)
    trace.node()
    assert trace.cursor == 3
    trace.goto(2)
    trace.node(back=True)
    assert trace.cursor == 0


def test_node_step_undoes_every_contribution_of_a_node() -> None:
    a, b, c = (Value(x) for x in (1.0, 2.0, 3.0))
    trace = (at.sum([a, b, c]) * 2.0).trace()
    trace.finish()
    cursors = [trace.cursor]
    while trace.node(back=True):
        cursors.append(trace.cursor)
    assert cursors == [5, 2, 0]


def test_goto_reaches_both_ends() -> None:
    trace = product_and_sum()[2].trace()
    for cursor in (5, 0, 3):
        trace.goto(cursor)
        assert trace.cursor == cursor


@pytest.mark.parametrize("cursor", [-1, 6, 1.0, True, "1", None])
def test_goto_refuses_positions_outside(cursor: Any) -> None:
    trace = product_and_sum()[2].trace()
    with pytest.raises(PositionError, match="it takes a whole number from 0 to 5"):
        trace.goto(cursor)
    assert trace.cursor == 0


def test_cursor_cannot_be_assigned() -> None:
    trace = product_and_sum()[2].trace()
    with pytest.raises(AttributeError):
        trace.cursor = 99  # type: ignore[misc]


def test_trace_of_a_leaf_is_its_seed() -> None:
    leaf = Value(3.0)
    trace = leaf.trace(forward=True)
    assert [str(event) for event in trace] == ["∂L/∂L = 1"]
    trace.step()
    assert trace.gradient(leaf) == 1.0


def test_nodes_are_found_by_name() -> None:
    a, _, root = product_and_sum()
    trace = root.trace()
    assert trace.find("a") is a
    assert trace.find(a) is a
    assert trace.find("v1") is root.inputs[0]
    model = MLP(2, [2, 1], seed=0)
    trace = model([1.0, 2.0]).trace()
    assert trace.find("layers[0].neurons[1].w[0]") is model.layers[0].neurons[1].w[0]


def test_unknown_name_suggests_close_ones() -> None:
    alpha = Value(1.0, label="alpha")
    with pytest.raises(
        UnknownNodeError, match=r"^the graph of L has no node 'alhpa'; did you mean alpha\?$"
    ) as caught:
        (-alpha).trace().find("alhpa")
    assert (caught.value.name, caught.value.close) == ("alhpa", ("alpha",))
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, AutogradError)


def test_unknown_name_points_to_names() -> None:
    with pytest.raises(UnknownNodeError, match=r"no node 'zzz'; trace\.names has the names of all nodes"):
        Value(1.0).trace().find("zzz")


@pytest.mark.no_cover
def test_unknown_name_among_many_is_refused_fast() -> None:
    trace = at.sum([Value(1.0, label=f"x[{k}]") for k in range(20_000)]).trace()
    with pytest.raises(UnknownNodeError, match="did you mean"):
        trace.find("x[-1]")


@pytest.mark.parametrize(("label", "shown"), [("other", "'other'"), ("", "'Value\\(data=1.0, grad=0.0\\)'")])
def test_node_of_another_graph_is_refused(label: str, shown: str) -> None:
    with pytest.raises(UnknownNodeError, match=f"has no node {shown}"):
        Value(1.0).trace().gradient(Value(1.0, label=label))


@pytest.mark.parametrize("thing", [3, None, 2.5])
def test_other_types_are_refused(thing: Any) -> None:
    with pytest.raises(OperandError, match=r"find got .*; it takes a node or its name"):
        Value(1.0).trace().find(thing)


@pytest.mark.parametrize("thing", [3.0, "loss", None])
def test_only_a_value_is_traced(thing: Any) -> None:
    with pytest.raises(OperandError, match=r"trace got .*; it takes a Value, the root"):
        Trace(thing)


def test_changed_data_with_the_same_result_is_refused() -> None:
    a = Value(2.0)
    root = a**2
    a.data = -2.0
    with pytest.raises(StaleDataError):
        root.trace()


def test_changed_data_is_refused() -> None:
    a, b, root = product_and_sum()
    a.data = 5.0
    with pytest.raises(StaleDataError, match="run the forward pass again"):
        root.trace()
    a.data = 2.0
    assert len(root.trace()) == 5
    root.inputs[0].data = 1.0
    with pytest.raises(StaleDataError):
        root.trace()
    assert b.data == -3.0


def test_changed_data_shows_in_the_partials() -> None:
    a, b = Value(0.0), Value(3.0)
    product = a * b
    b.data = 4.0  # 0 · 4 is still 0, but ∂(a·b)/∂a is 4 now
    with pytest.raises(StaleDataError):
        product.trace()


def test_later_change_of_data_keeps_the_trace() -> None:
    a, _, root = product_and_sum()
    trace = root.trace()
    a.data = 100.0
    trace.finish()
    assert (trace.value(a), trace.gradient("b")) == (2.0, 2.0)


def test_trace_changes_no_graph() -> None:
    a, b, root = product_and_sum()
    root.backward()
    before = [(node.data, node.grad) for node in at.topological_order(root)]
    trace = root.trace(forward=True)
    trace.finish()
    trace.why(a)
    trace.check(b)
    trace.set(a, 7.0)
    trace.notes(a)
    trace.as_json()
    assert [(node.data, node.grad) for node in at.topological_order(root)] == before


def test_each_node_has_its_formula() -> None:
    trace = product_and_sum()[2].trace()
    assert [trace.formula(node) for node in trace.nodes] == ["", "", "a * b", "v1 + a"]


def test_module_of_a_node_at_each_depth() -> None:
    trace = MLP(2, [2, 1], seed=0)([1.0, 2.0]).trace()
    hidden = trace.find("layers[0].neurons[1].w[0]")
    assert trace.module(hidden) == "layers[0].neurons[1]"
    assert trace.module("layers[0].neurons[1].w[0]", 1) == "layers[0]"


def test_long_chain_needs_no_recursion() -> None:
    x = node = Value(1.0, label="x")
    for _ in range(5_000):
        node = -node
    trace = node.trace(forward=True)
    trace.finish()
    assert trace.gradient(x) == 1.0
    assert trace.why(x) == "∂L/∂x = ∂L/∂v1·(-1) = -1·(-1) = 1"
    assert trace.set(x, 2.0).root.value == 2.0


def test_thousand_inputs_get_contributions() -> None:
    ws = [Value(float(k), label=f"w[{k}]") for k in range(1000)]
    trace = at.dot(ws, [2.0] * 1000, Value(1.0, label="b")).trace()
    assert len(trace) == 1002
    trace.node()
    assert trace.gradient("w[999]") == 2.0
    assert trace.gradient("b") == 1.0
    assert trace[5].rule == "2"


def test_name_that_a_picture_shortened_is_found() -> None:
    names = ["layers[0].neurons[11].w[3]", "layers[0].neurons[12].w[4]", "layers[0].neurons[12].view[3]", "aa"]
    leaves = [Value(1.0, label=name) for name in names]
    trace = Trace(at.sum(leaves))
    for short in ("layers[…1].w[3]", "layers[...1].w[3]", "…w[3]", "...w[3]", "w[3]", "neurons[11].w[3]"):
        assert trace.find(short) is leaves[0]
    for other in ("a…a", "…", "a…", "[3]", "w[9]"):
        with pytest.raises(UnknownNodeError):
            trace.find(other)


def test_ambiguous_short_name_lists_what_it_may_mean() -> None:
    names = [f"layers[{k}].w[0]" for k in range(6)]
    trace = Trace(at.sum([Value(1.0, label=name) for name in names]))
    for short in ("w[0]", "…w[0]"):
        with pytest.raises(UnknownNodeError) as caught:
            trace.find(short)
        assert caught.value.close == tuple(names[:4])


def test_constant_is_no_short_name() -> None:
    trace = Trace(Value(1.0, label="net.e") * Value(1.0, label="net.b"))
    assert trace.names[trace.find("b")] == "net.b"
    with pytest.raises(UnknownNodeError):
        trace.find("e")


def test_options_are_named() -> None:
    root = product_and_sum()[2]
    with pytest.raises(TypeError, match="positional argument"):
        Stepper(root, True)  # type: ignore[misc]


@pytest.mark.parametrize("label", ["new\nline", "tab\there", "a\x1bb", "\u202ea", "a\\nb", ' "q" '])
def test_own_label_is_a_name_for_every_method(label: str) -> None:
    node = Value(2.0, label=label)
    trace = (node * 3.0).trace()
    trace.goto(len(trace))
    assert trace.find(label) is node
    assert (trace.gradient(label), trace.value(label)) == (3.0, 2.0)
    assert trace.jvp({label: 1.0}).tangent(label) == 1.0
    assert trace.paths(label).number == 1
    assert trace.check(label).agrees
    trace.set(label, 5.0)
    assert trace.value("L") == 15.0


def test_stepper_has_the_numbers_of_the_graph() -> None:
    assert Stepper(Value(2.0) * 3.0).other_numbers == {}
