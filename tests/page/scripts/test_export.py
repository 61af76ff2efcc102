"""The exported formats, parsed by their own parsers."""

from __future__ import annotations

import warnings
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.page_driver import PageDriver, used_twice

with warnings.catch_warnings():  # pydot calls functions of pyparsing by names that are deprecated
    warnings.simplefilter("ignore")
    import pydot

from autograd_tiny import Value, dot, softmax


@pytest.mark.parametrize("name", ["svg", "dot", "mermaid", "latex", "python"])
def test_button_copies_or_shows_text(driver: PageDriver, name: str) -> None:
    driver.open(used_twice())
    driver.click(f"copy-{name}")
    driver.wait_until("byId('copied').textContent || byId('text-dialog').open")
    if driver.ask("byId('text-dialog').open"):
        assert "v1" in driver.page.input_value("#text") or "v_{1}" in driver.page.input_value("#text")
        driver.press("Escape")


def test_python_records_same_graph(driver: PageDriver) -> None:
    a, b, c = Value(0.5, label="a b"), Value(-1.5, label="1"), Value(2.0, label="print")
    trace = (softmax([a, b, c])[1] * dot([a, b], [c, -2.0]) + 2.0 ** (b * b) - a**-1.5 * abs(c)).trace()
    source = driver.open(trace).ask("toPython()")
    names: dict[str, Any] = {}
    exec(source.replace("print(", "str("), names)
    leaves = [thing for thing in names.values() if isinstance(thing, Value) and thing.primitive is None]
    assert {leaf.label: leaf.grad for leaf in leaves} == {
        trace.names[node]: trace.events.numbers.gradients[trace.position(node)]
        for node in trace.nodes
        if node.primitive is None
    }


def test_svg_has_boxes_lines_numbers(driver: PageDriver) -> None:
    driver.open(used_twice()).press("End")
    driver.enter("a", "4")
    root = ElementTree.fromstring(driver.ask("toSvg()"))
    texts = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a", "b", "v1 = a * b", "4", "-16"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) == 4
    assert list(root.iter("{http://www.w3.org/2000/svg}foreignObject")) == []


def test_dot_parses_to_same_graph(driver: PageDriver) -> None:
    a, b = Value(3.0, label='a "quoted" \\n {label}'), Value(2.0, label="<b>")
    trace = (a * a + softmax([a, b])[0]).trace()
    text = driver.open(trace).ask("toDot()")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (graph,) = pydot.graph_from_dot_data(text)
    places = {node: f"n{place}" for place, node in enumerate(trace.nodes)}
    edges = [(places[x], places[z]) for z in trace.nodes for x in z.inputs]
    assert [(edge.get_source(), edge.get_destination()) for edge in graph.get_edges()] == edges
    names = [node.get_name() for node in graph.get_nodes() if node.get_name().startswith("n") and node.get("label")]
    assert names == list(places.values())


def test_mermaid_has_edge_for_each_use(driver: PageDriver) -> None:
    a = Value(3.0, label='a "quoted" <b>')
    mermaid = driver.open((a * a).trace()).ask("toMermaid()").splitlines()
    assert mermaid[0] == "flowchart LR"
    assert mermaid.count("  n0 --> n1") == 2
    assert mermaid[1] == '  n0(["#34;a #92;#34;quoted#92;#34; #60;b#62;#34;<br/>value 3<br/>gradient 6"])'


def test_latex_has_values_and_gradients(driver: PageDriver) -> None:
    latex = driver.open(used_twice()).ask("toLatex()")
    assert r"v_{1} &= a \cdot b = -6" in latex
    assert r"\frac{\partial L}{\partial b} &= \frac{\partial L}{\partial v_{1}} \cdot a = 9" in latex
