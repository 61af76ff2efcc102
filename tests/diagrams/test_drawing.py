"""`draw`: a Digraph with and without Graphviz, files, notebooks, and JSON."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import types
import webbrowser

import graphviz
import pytest
from lxml import etree

from autograd_tiny import Value
from autograd_tiny.diagrams import ChangedDrawingError, RenderError, SubjectError, draw, to_dot, to_json, to_svg
from nn import MLP

FAKE = """#!/bin/sh
cat > "$0.input"
echo "$@" > "$0.arguments"
printf '<svg width="1"><g/></svg>'
"""


@pytest.fixture
def graph():
    return Value(2.0, label="a") * Value(3.0, label="b")


@pytest.fixture
def nothing(monkeypatch, tmp_path):
    """Neither the program dot nor the wheel pygraphviz."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


@pytest.fixture
def program(monkeypatch, tmp_path):
    """A program that stands for dot and remembers what it was asked."""
    folder = tmp_path / "programs"
    folder.mkdir()
    script = folder / "dot"
    script.write_text(FAKE.replace("cat ", f"{shutil.which('cat')} "))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))
    return script


@pytest.fixture
def wheel(monkeypatch, nothing):
    """A module that stands for pygraphviz and remembers what it was asked."""
    asked = []

    class AGraph:
        def __init__(self, string):
            self.string = string

        def draw(self, *, format, prog):
            asked.append((self.string, format, prog))
            return b"<svg width='1'></svg>" if format == "svg" else b"picture"

    monkeypatch.setitem(sys.modules, "pygraphviz", types.SimpleNamespace(AGraph=AGraph))
    return asked


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


# ── the Digraph ──


def test_a_drawing_is_a_digraph_with_the_source_of_to_dot(graph):
    drawing = draw(graph, partials=True)
    assert isinstance(drawing, graphviz.Digraph)
    assert drawing.source == to_dot(graph, partials=True)
    assert graph.draw(partials=True).source == drawing.source


def test_a_drawing_can_be_copied_and_added_to(graph):
    drawing = draw(graph)
    copied = drawing.copy()
    assert copied.source == drawing.source
    assert copied.svg() == drawing.svg()
    drawing.node("extra", "more")
    assert "extra [label=more]" in drawing.source
    with drawing.subgraph(name="cluster_x") as part:
        part.node("y")
    assert "cluster_x" in drawing.source


def test_without_graphviz_svg_comes_from_the_own_layout(graph, nothing):
    drawing = draw(graph)
    assert drawing.pipe().decode() == drawing.svg() == to_svg(graph)
    assert drawing.pipe(format="SVG", encoding="utf-8") == to_svg(graph)


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_without_graphviz_other_formats_are_refused_with_what_to_install(graph, nothing, format):
    with pytest.raises(RenderError, match=r"pip install 'autograd_tiny\[render\]'.*SVG needs neither") as caught:
        draw(graph).pipe(format=format)
    assert caught.value.format == format


def test_a_format_that_nobody_knows_is_refused_by_graphviz(graph, nothing):
    with pytest.raises(ValueError, match="unknown format"):
        draw(graph).pipe(format="zzz")


def test_without_graphviz_a_drawing_that_was_changed_by_hand_is_not_drawn_wrongly(graph, nothing):
    drawing = draw(graph)
    drawing.node("extra")
    with pytest.raises(ChangedDrawingError, match="added to this drawing by hand"):
        drawing.pipe()
    with pytest.raises(ChangedDrawingError):
        type(drawing)().svg()


def test_the_program_dot_goes_first_and_gets_the_source_alone(graph, program):
    content = draw(graph).pipe(format="svg").decode()
    assert program.with_suffix(".input").read_text(encoding="utf-8") == to_dot(graph)
    assert program.with_suffix(".arguments").read_text().split() == ["-Kdot", "-Tsvg"]
    root = etree.fromstring(content)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == ["title", "desc"]
    assert root[1].text.startswith("3 nodes and 2 edges.")


def test_other_formats_of_the_program_are_left_as_they_are(graph, program):
    assert draw(graph).pipe(format="png") == b'<svg width="1"><g/></svg>'


def test_a_digraph_made_from_a_drawing_is_not_described(graph, program):
    assert type(draw(graph))().pipe(format="svg") == b'<svg width="1"><g/></svg>'


def test_the_wheel_goes_second(graph, wheel):
    drawing = draw(graph)
    assert drawing.pipe(format="pdf") == b"picture"
    assert etree.fromstring(drawing.pipe(format="svg")).get("role") == "img"
    assert wheel == [(drawing.source, "pdf", "dot"), (drawing.source, "svg", "dot")]


def test_the_places_of_a_network_are_kept_by_the_wheel(wheel):
    draw(MLP(1, [1], seed=0)).pipe(format="pdf")
    assert wheel[0][2] == "neato"


# ── files ──


def test_render_writes_source_and_picture(graph, nothing, tmp_path):
    name = draw(graph).render("graph", directory=tmp_path / "new")
    assert name == str(tmp_path / "new" / "graph.svg")
    assert names_in(tmp_path / "new") == ["graph", "graph.svg"]
    assert (tmp_path / "new" / "graph").read_text(encoding="utf-8") == to_dot(graph)
    assert (tmp_path / "new" / "graph.svg").read_text(encoding="utf-8") == to_svg(graph)


def test_render_can_leave_the_source_out(graph, nothing, tmp_path):
    draw(graph).render(tmp_path / "graph", cleanup=True)
    assert names_in(tmp_path) == ["graph.svg"]


def test_render_takes_the_format_from_the_name_of_the_picture(graph, wheel, tmp_path):
    assert draw(graph).render(outfile=tmp_path / "graph.pdf") == str(tmp_path / "graph.pdf")
    assert (tmp_path / "graph.pdf").read_bytes() == b"picture"
    assert names_in(tmp_path) == ["graph.gv", "graph.pdf"]


def test_render_shows_the_picture_in_the_browser_on_demand(graph, nothing, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    draw(graph).render(tmp_path / "a b", view=True)
    assert opened == [(tmp_path / "a b.svg").as_uri()]


@pytest.mark.parametrize("name", ["-o evil", "; touch evil", "$(touch evil)", "`touch evil`", "a'b\"c", "| tee evil"])
def test_no_name_of_a_file_reaches_another_program(graph, program, tmp_path, name):
    draw(graph).render(name, directory=tmp_path / "out")
    assert names_in(tmp_path / "out") == sorted([name, f"{name}.svg"])
    assert program.with_suffix(".arguments").read_text().split() == ["-Kdot", "-Tsvg"]


def test_a_picture_that_fails_leaves_the_old_files(graph, nothing, tmp_path):
    (tmp_path / "graph.png").write_text("old")
    with pytest.raises(RenderError):
        draw(graph).render(tmp_path / "graph", format="png")
    assert names_in(tmp_path) == ["graph.png"]


def test_a_picture_that_cannot_be_written_leaves_the_old_file(graph, nothing, tmp_path, monkeypatch):
    (tmp_path / "graph.svg").write_text("old")

    def fail(descriptor):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        draw(graph).render(tmp_path / "graph", cleanup=True)
    assert names_in(tmp_path) == ["graph.svg"]
    assert (tmp_path / "graph.svg").read_text() == "old"


def test_save_writes_the_source(graph, tmp_path):
    path = draw(graph).save("graph.gv", directory=tmp_path / "new")
    assert path == str(tmp_path / "new" / "graph.gv")
    assert (tmp_path / "new" / "graph.gv").read_text(encoding="utf-8") == to_dot(graph)
    (tmp_path / "new" / "graph.gv").write_text("old")
    draw(graph).save(path, skip_existing=True)
    assert (tmp_path / "new" / "graph.gv").read_text() == "old"


# ── notebooks ──


def test_a_value_shows_its_text_and_its_diagram(graph):
    assert graph._repr_mimebundle_() == {"text/plain": repr(graph), "image/svg+xml": to_svg(graph)}


def test_a_notebook_may_choose_what_is_shown(graph):
    assert list(graph._repr_mimebundle_(include=["image/svg+xml"])) == ["image/svg+xml"]
    assert list(graph._repr_mimebundle_(exclude=["image/svg+xml"])) == ["text/plain"]
    assert graph._repr_mimebundle_(include=[]) == {}


def test_a_huge_graph_shows_its_text_only():
    node = Value(1.0)
    for _ in range(20_000):
        node = node + 1.0
    assert list(node._repr_mimebundle_()) == ["text/plain"]


def test_a_graph_whose_nodes_are_shared_is_looked_through_once():
    node = Value(1.0)
    for _ in range(200):
        node = node + node
    assert "image/svg+xml" in node._repr_mimebundle_()


def test_ipython_takes_the_bundle(graph):
    formatting = pytest.importorskip("IPython.core.formatters")
    bundle, _ = formatting.DisplayFormatter().format(graph)
    assert bundle["image/svg+xml"] == to_svg(graph)
    assert bundle["text/plain"] == repr(graph)


def test_a_drawing_shows_itself_in_a_notebook(graph, nothing):
    assert draw(graph)._repr_mimebundle_() == {"image/svg+xml": to_svg(graph)}


# ── SVG ──


def test_an_svg_is_described_for_who_cannot_see_it(graph):
    root = etree.fromstring(to_svg(graph).encode())
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert [root.get("aria-label"), root.findtext(f"{space}title")] == ["Graph of L"] * 2
    assert root.findtext(f"{space}desc").startswith("3 nodes and 2 edges. Root: L = a * b, value 6")


def test_an_svg_runs_and_loads_nothing(graph):
    root = etree.fromstring(to_svg(graph, partials=True, formulas=True).encode())
    names = {etree.QName(element).localname for element in root.iter()}
    assert names <= {"svg", "title", "desc", "rect", "g", "path", "text", "circle"}
    assert not any(name.startswith("on") or "href" in name for element in root.iter() for name in element.attrib)


def test_a_negative_partial_is_dashed_and_a_positive_one_is_not():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    root = etree.fromstring(to_svg(a * b, partials=True, style="print").encode())
    space = "{http://www.w3.org/2000/svg}"
    edges = [g for g in root.iter(f"{space}g") if "data-tail" in g.attrib]
    assert [g.find(f"{space}path").get("stroke-dasharray") for g in edges] == ["5 3", None]


def test_a_long_caption_is_broken_between_its_parts():
    svg = to_svg(MLP(2, [16, 16, 1], seed=0)([1.0, 2.0]))
    root = etree.fromstring(svg.encode())
    lines = [text.text for text in root.findall("{http://www.w3.org/2000/svg}text")]
    assert "; ".join(lines) == "402 nodes in 3 boxes; expand='layers[0]' opens one of them; depth=2 opens all"


# ── JSON ──


def test_json_tells_the_whole_graph():
    a, w = Value(2.0, label="a"), Value(float("inf"), label="layers[0].w")
    loss = a * a - 1.0 + w
    document = json.loads(to_json(loss))
    assert {key: document[key] for key in ("format", "version", "root")} == {
        "format": "autograd_tiny graph",
        "version": 1,
        "root": 4,
    }
    assert document["nodes"][0] == {
        "id": 0,
        "name": "a",
        "label": "a",
        "primitive": None,
        "module": "",
        "value": 2.0,
        "gradient": None,
        "operands": [],
    }
    assert document["nodes"][2]["operands"] == [{"node": 1}, {"number": 1.0}]
    assert document["nodes"][3]["value"] == "inf"
    assert document["edges"][:2] == [
        {"tail": 0, "head": 1, "position": 0, "partial": 2.0},
        {"tail": 0, "head": 1, "position": 1, "partial": 2.0},
    ]


def test_json_of_a_trace_has_the_gradients_at_its_cursor(graph):
    trace = graph.trace()
    trace.goto(2)
    assert [node["gradient"] for node in json.loads(to_json(trace))["nodes"]] == [3.0, None, 1.0]


def test_json_takes_graphs_only():
    with pytest.raises(SubjectError):
        to_json(3.0)


# ── imports ──


def test_a_diagram_that_is_not_drawn_costs_no_import():
    code = "import sys, autograd_tiny; print([m for m in sys.modules if 'diagrams' in m or 'graphviz' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
