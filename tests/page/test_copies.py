"""The page in a browser: the graph copied in other languages, and read back by their own parsers."""

from __future__ import annotations

import warnings
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.page.page_reader import Reader

with warnings.catch_warnings():  # pydot calls functions of pyparsing by names that are deprecated
    warnings.simplefilter("ignore")
    import pydot

from autograd_tiny import Value, dot, softmax
from autograd_tiny.trace import Trace


def square() -> Trace:
    """Return the trace of L = v1 * a, where v1 = a * b: a is used twice."""
    a, b = Value(3.0, label="a"), Value(-2.0, label="b")
    return (a * b * a).trace()


@pytest.mark.parametrize("name", ["svg", "dot", "mermaid", "latex", "python"])
def test_each_button_copies_or_shows_the_text(reader: Reader, name: str) -> None:
    reader.open(square())
    reader.click(f"copy-{name}")
    reader.wait_until("byId('copied').textContent || byId('text-dialog').open")
    if reader.ask("byId('text-dialog').open"):
        assert "v1" in reader.page.input_value("#text") or "v_{1}" in reader.page.input_value("#text")
        reader.press("Escape")


def test_the_python_records_the_same_graph(reader: Reader) -> None:
    a, b, c = Value(0.5, label="a b"), Value(-1.5, label="1"), Value(2.0, label="print")
    trace = (softmax([a, b, c])[1] * dot([a, b], [c, -2.0]) + 2.0 ** (b * b) - a**-1.5 * abs(c)).trace()
    source = reader.open(trace).ask("toPython(graph, state.run)")
    names: dict[str, Any] = {}
    exec(source.replace("print(", "str("), names)
    leaves = [thing for thing in names.values() if isinstance(thing, Value) and thing.primitive is None]
    assert {leaf.label: leaf.grad for leaf in leaves} == {
        trace.names[node]: trace.events.numbers.gradients[trace.position(node)]
        for node in trace.nodes
        if node.primitive is None
    }


def test_the_svg_has_every_box_line_and_number(reader: Reader) -> None:
    reader.open(square()).press("End")
    reader.enter("a", "4")
    root = ElementTree.fromstring(reader.ask("toSvg()"))
    texts = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a", "b", "v1 = a * b", "4", "-16"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) == 4
    assert list(root.iter("{http://www.w3.org/2000/svg}foreignObject")) == []


def test_graphviz_reads_the_dot_back_as_the_same_graph(reader: Reader) -> None:
    a, b = Value(3.0, label='a "quoted" \\n {label}'), Value(2.0, label="<b>")
    trace = (a * a + softmax([a, b])[0]).trace()
    text = reader.open(trace).ask("toDot(graph, state.run)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (graph,) = pydot.graph_from_dot_data(text)
    places = {node: f"n{place}" for place, node in enumerate(trace.nodes)}
    edges = [(places[x], places[z]) for z in trace.nodes for x in z.inputs]
    assert [(edge.get_source(), edge.get_destination()) for edge in graph.get_edges()] == edges
    names = [node.get_name() for node in graph.get_nodes() if node.get_name().startswith("n") and node.get("label")]
    assert names == list(places.values())


def test_mermaid_has_each_edge_once_for_each_use(reader: Reader) -> None:
    a = Value(3.0, label='a "quoted" <b>')
    mermaid = reader.open((a * a).trace()).ask("toMermaid(graph, state.run)").splitlines()
    assert mermaid[0] == "flowchart LR"
    assert mermaid.count("  n0 --> n1") == 2
    assert mermaid[1] == '  n0(["a #34;quoted#34; #60;b#62;<br/>value 3<br/>gradient 6"])'


def test_latex_has_values_and_gradients(reader: Reader) -> None:
    latex = reader.open(square()).ask("toLatex(graph, state.run)")
    assert r"v_{1} &= a \cdot b = -6" in latex
    assert r"\frac{\partial L}{\partial b} &= \frac{\partial L}{\partial v_{1}} \cdot a = 9" in latex
