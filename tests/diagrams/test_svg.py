"""SVG: accessible, inert, and readable in black and white."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from autograd_tiny import Value
from autograd_tiny.diagrams import to_svg
from autograd_tiny.diagrams.text import text_width
from nn import MLP


def test_svg_has_title_and_description(graph):
    root = etree.fromstring(to_svg(graph).encode())
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert [root.get("aria-label"), root.findtext(f"{space}title")] == ["Graph of L"] * 2
    assert root.findtext(f"{space}desc").startswith("3 nodes and 2 edges. Root: L = a * b, value 6")


def test_svg_runs_and_loads_nothing(graph):
    root = etree.fromstring(to_svg(graph, partials=True, formulas=True).encode())
    names = {etree.QName(element).localname for element in root.iter()}
    assert names <= {"svg", "title", "desc", "rect", "g", "path", "text", "circle"}
    assert not any(name.startswith("on") or "href" in name for element in root.iter() for name in element.attrib)


def test_only_negative_partial_is_dashed():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    root = etree.fromstring(to_svg(a * b, partials=True, style="print").encode())
    space = "{http://www.w3.org/2000/svg}"
    edges = [g for g in root.iter(f"{space}g") if "data-tail" in g.attrib]
    assert [g.find(f"{space}path").get("stroke-dasharray") for g in edges] == ["5 3", None]


def test_long_caption_is_wrapped_between_parts():
    svg = to_svg(MLP(2, [16, 16, 1], seed=0)([1.0, 2.0]))
    root = etree.fromstring(svg.encode())
    lines = [text.text for text in root.findall("{http://www.w3.org/2000/svg}text")]
    assert "; ".join(lines) == "402 nodes in 3 boxes; expand='layers[0]' opens one of them; depth=2 opens all"


def test_text_is_as_wide_as_its_box_was_made_for() -> None:
    texts = re.findall(r"<text ([^>]*)>([^<]*)</text>", to_svg(Value(1.0, label="w[0]") * Value(2.0, label="中")))
    lengths = {text: re.search(r'textLength="([\d.]+)"', look) for look, text in texts}
    assert lengths["中"] is None  # a viewer's font tells
    title, value = lengths["w[0]"], lengths["value"]
    assert title is not None
    assert value is not None
    assert float(title[1]) == pytest.approx(text_width("w[0]", 13.0, bold=True), abs=0.01)
    assert float(value[1]) == pytest.approx(text_width("value", 11.0), abs=0.01)
