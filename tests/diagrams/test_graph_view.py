"""The graph to draw: its numbers, and what is highlighted."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from autograd_tiny.diagrams import OptionError, SubjectError
from autograd_tiny.trace import Trace
from tests.diagrams.builders import diagram_of


def highlighted(drawn):
    nodes = [node.title for node in drawn.nodes if node.highlighted]
    return nodes, [(edge.tail, edge.head) for edge in drawn.edges if edge.highlighted]


@pytest.mark.parametrize("subject", [None, 3.0, "a", [Value(1.0)]])
def test_subject_that_is_no_graph_is_rejected(subject):
    with pytest.raises(SubjectError, match="draw the result of a computation") as caught:
        diagram_of(subject)
    assert caught.value.received == type(subject).__name__


# ── numbers ──


def test_gradient_before_backward_is_not_computed():
    a = Value(2.0, label="a")
    (a * a).backward()
    again = a * a
    assert [node.rows[1].text for node in diagram_of(again).nodes] == ["—", "—"]
    again.backward()
    assert [node.rows[1].text for node in diagram_of(again).nodes] == ["8", "1"]


def test_trace_shows_gradients_and_event_at_cursor():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    trace = (a * b + a).trace()
    assert [node.rows[1].text for node in diagram_of(trace).nodes] == ["—"] * 4
    assert not any(node.highlighted for node in diagram_of(trace).nodes)
    trace.step()
    assert [node.rows[1].text for node in diagram_of(trace).nodes] == ["—", "—", "—", "1"]
    assert [node.highlighted for node in diagram_of(trace).nodes] == [False, False, False, True]
    trace.goto(3)
    drawn = diagram_of(trace)
    assert [node.rows[1].text for node in drawn.nodes] == ["1", "—", "1", "1"]
    assert [(edge.tail, edge.head) for edge in drawn.edges if edge.highlighted] == [(0, 3)]
    trace.finish()
    assert [node.rows[1].text for node in diagram_of(trace).nodes] == ["−2", "2", "1", "1"]


def test_forward_trace_shows_values_so_far():
    a = Value(2.0, label="a")
    trace = Trace(a * a * a, forward=True)
    assert [node.rows[0].text for node in diagram_of(trace).nodes] == ["2", "—", "—"]
    trace.step()
    assert [node.rows[0].text for node in diagram_of(trace).nodes] == ["2", "4", "—"]


# ── highlights ──


def test_node_is_highlighted_by_itself_or_name(small):
    assert highlighted(diagram_of(small, highlight="v1")) == (["v1"], [])
    assert highlighted(diagram_of(small, highlight=small.inputs[0])) == (["v1"], [])


def test_path_is_highlighted_with_its_edges(small):
    assert highlighted(diagram_of(small, highlight=["b", "v1", "L"])) == (["b", "v1", "L"], [(1, 2), (2, 3)])
    assert highlighted(diagram_of(small, highlight=("L", "v1"))) == (["v1", "L"], [(2, 3)])


def test_event_highlights_one_edge():
    a = Value(3.0, label="a")
    square = a * a
    trace = square.trace()
    first, last = trace[1], trace[2]
    assert [edge.highlighted for edge in diagram_of(square, highlight=first).edges] == [True, False]
    assert [edge.highlighted for edge in diagram_of(square, highlight=last).edges] == [False, True]
    assert highlighted(diagram_of(square, highlight=trace[0])) == (["L"], [])


def test_unknown_node_cannot_be_highlighted(small):
    with pytest.raises(OptionError, match="nodes of this graph"):
        diagram_of(small, highlight=Value(1.0))
    small.inputs[0].label = "product"
    with pytest.raises(OptionError, match="such as product"):
        diagram_of(small, highlight="produkt")
    with pytest.raises(OptionError, match=r"nodes of this graph$"):
        diagram_of(small, highlight="zebra")
    with pytest.raises(OptionError, match="nodes, or their names"):
        diagram_of(small, highlight=[["L"]])
    with pytest.raises(OptionError, match="a list of nodes"):
        diagram_of(small, highlight=3)
