"""`draw`: a Digraph with and without Graphviz, and its files."""

from __future__ import annotations

import errno
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

from autograd_tiny.diagrams import ChangedDrawingError, RenderError, draw, to_dot, to_svg
from nn import MLP

FAKE = """#!/bin/sh
cat > "$0.input"
echo "$@" > "$0.arguments"
printf '<svg width="1"><g/></svg>'
"""


@pytest.fixture
def no_graphviz(monkeypatch, tmp_path):
    """Neither the program dot nor the wheel pygraphviz."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


@pytest.fixture
def program(monkeypatch, tmp_path):
    """A program instead of dot that stores its arguments."""
    folder = tmp_path / "programs"
    folder.mkdir()
    script = folder / "dot"
    script.write_text(FAKE.replace("cat ", f"{shutil.which('cat')} "))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))
    return script


@pytest.fixture
def wheel(monkeypatch, no_graphviz):
    """A substitute for pygraphviz that remembers what it was asked."""
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


def test_drawing_is_a_digraph_with_source(graph):
    drawing = draw(graph, partials=True)
    assert isinstance(drawing, graphviz.Digraph)
    assert drawing.source == to_dot(graph, partials=True)
    assert graph.draw(partials=True).source == drawing.source


def test_drawing_can_be_copied_and_added_to(graph):
    drawing = draw(graph)
    copied = drawing.copy()
    assert copied.source == drawing.source
    assert copied.svg() == drawing.svg()
    drawing.node("extra", "more")
    assert "extra [label=more]" in drawing.source
    with drawing.subgraph(name="cluster_x") as part:
        part.node("y")
    assert "cluster_x" in drawing.source


def test_drawing_shows_itself_in_a_notebook(graph, no_graphviz):
    assert draw(graph)._repr_mimebundle_() == {"image/svg+xml": to_svg(graph)}


def test_svg_needs_no_graphviz(graph, no_graphviz):
    drawing = draw(graph)
    assert drawing.pipe().decode() == drawing.svg() == to_svg(graph)
    assert drawing.pipe(format="SVG", encoding="utf-8") == to_svg(graph)


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_other_format_needs_graphviz(graph, no_graphviz, format):
    with pytest.raises(RenderError, match=r"pip install 'autograd_tiny\[render\]'.*SVG needs neither") as caught:
        draw(graph).pipe(format=format)
    assert caught.value.format == format


def test_unknown_format_is_rejected(graph, no_graphviz):
    with pytest.raises(ValueError, match="unknown format"):
        draw(graph).pipe(format="zzz")


def test_changed_drawing_needs_graphviz(graph, no_graphviz):
    drawing = draw(graph)
    drawing.node("extra")
    with pytest.raises(ChangedDrawingError, match="added to this drawing after draw"):
        drawing.pipe()
    with pytest.raises(ChangedDrawingError):
        type(drawing)().svg()


def test_dot_program_gets_only_the_source(graph, program):
    content = draw(graph).pipe(format="svg").decode()
    assert program.with_suffix(".input").read_text(encoding="utf-8") == to_dot(graph)
    assert program.with_suffix(".arguments").read_text().split() == ["-Kdot", "-Tsvg"]
    root = etree.fromstring(content)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == ["title", "desc"]
    assert root[1].text.startswith("3 nodes and 2 edges.")


def test_png_of_dot_program_is_unchanged(graph, program):
    assert draw(graph).pipe(format="png") == b'<svg width="1"><g/></svg>'


def test_digraph_without_diagram_is_not_described(graph, program):
    assert type(draw(graph))().pipe(format="svg") == b'<svg width="1"><g/></svg>'


def test_wheel_renders_without_dot_program(graph, wheel):
    drawing = draw(graph)
    assert drawing.pipe(format="pdf") == b"picture"
    assert etree.fromstring(drawing.pipe(format="svg")).get("role") == "img"
    assert wheel == [(drawing.source, "pdf", "dot"), (drawing.source, "svg", "dot")]


def test_wheel_keeps_positions_of_a_network(wheel):
    draw(MLP(1, [1], seed=0)).pipe(format="pdf")
    assert wheel[0][2] == "neato"


# ── programs that fail ──


def break_subprocess(monkeypatch, program):
    def refuse(*_, **__):
        raise OSError(errno.ENOTSUP, "emscripten does not support processes.")

    monkeypatch.setattr(subprocess, "Popen", refuse)


FAILURES = {
    "exit code": lambda monkeypatch, program: program.write_text("#!/bin/sh\necho no >&2\nexit 1\n"),
    "killed": lambda monkeypatch, program: program.write_text("#!/bin/sh\nkill -9 $$\n"),
    "no picture": lambda monkeypatch, program: program.write_text("#!/bin/sh\nexit 0\n"),
    "other picture": lambda monkeypatch, program: program.write_text("#!/bin/sh\nprintf '\\377GIF'\n"),
    "no program": lambda monkeypatch, program: program.write_bytes(b"\x7fELF\0\0"),
    "not executable": lambda monkeypatch, program: program.chmod(0o600),
    "browser": break_subprocess,
}
every_failure = pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES.keys())


@every_failure
def test_failing_program_is_replaced_by_own_layout(graph, program, monkeypatch, fail):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    fail(monkeypatch, program)
    assert draw(graph).pipe(encoding="utf-8") == to_svg(graph)
    assert draw(graph)._repr_mimebundle_() == {"image/svg+xml": to_svg(graph)}


@every_failure
def test_failing_program_is_an_error_where_only_graphviz_renders(graph, program, monkeypatch, fail):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    fail(monkeypatch, program)
    drawing = draw(graph)
    drawing.node("extra")
    with pytest.raises((ChangedDrawingError, graphviz.CalledProcessError)):
        drawing.pipe()


def test_failing_program_is_an_error_for_other_formats(graph, program, monkeypatch):
    FAILURES["exit code"](monkeypatch, program)
    with pytest.raises(graphviz.CalledProcessError):
        draw(graph).pipe(format="png")
    FAILURES["browser"](monkeypatch, program)
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(RenderError, match="SVG needs neither"):
        draw(graph).pipe(format="png")


@pytest.mark.parametrize("kind", [OSError, ValueError, RuntimeError])
def test_failing_wheel_is_replaced_by_own_layout(graph, wheel, monkeypatch, kind):
    def fail(self, **_):
        raise kind

    monkeypatch.setattr(sys.modules["pygraphviz"].AGraph, "draw", fail)
    assert draw(graph).pipe(encoding="utf-8") == to_svg(graph)
    with pytest.raises(kind):
        draw(graph).pipe(format="png")


# ── files ──


def test_render_writes_source_and_picture(graph, no_graphviz, tmp_path):
    name = draw(graph).render("graph", directory=tmp_path / "new")
    assert name == str(tmp_path / "new" / "graph.svg")
    assert names_in(tmp_path / "new") == ["graph", "graph.svg"]
    assert (tmp_path / "new" / "graph").read_text(encoding="utf-8") == to_dot(graph)
    assert (tmp_path / "new" / "graph.svg").read_text(encoding="utf-8") == to_svg(graph)


def test_unnamed_files_overwrite_nothing(graph, no_graphviz, tmp_path):
    for name in ("Drawing.gv", "Drawing.gv.svg", "net.gv", "net.svg"):
        (tmp_path / name).write_text("mine")
    assert draw(graph).render(directory=tmp_path) == str(tmp_path / "Drawing.gv-2.svg")
    assert draw(graph).save(directory=tmp_path) == str(tmp_path / "Drawing-2.gv")
    assert draw(graph).render(outfile=tmp_path / "net.svg", directory=tmp_path) == str(tmp_path / "net.svg")
    kept = [path.name for path in tmp_path.iterdir() if path.read_bytes() == b"mine"]
    assert sorted(kept) == ["Drawing.gv", "Drawing.gv.svg", "net.gv"]
    assert names_in(tmp_path) == sorted([*kept, "Drawing-2.gv", "Drawing.gv-2.svg", "net-2.gv", "net.svg"])


def test_render_can_omit_the_source(graph, no_graphviz, tmp_path):
    draw(graph).render(tmp_path / "graph", cleanup=True)
    assert names_in(tmp_path) == ["graph.svg"]


def test_render_infers_format_from_file_name(graph, wheel, tmp_path):
    assert draw(graph).render(outfile=tmp_path / "graph.pdf") == str(tmp_path / "graph.pdf")
    assert (tmp_path / "graph.pdf").read_bytes() == b"picture"
    assert names_in(tmp_path) == ["graph.gv", "graph.pdf"]


def test_render_can_open_the_browser(graph, no_graphviz, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    draw(graph).render(tmp_path / "a b", view=True)
    assert opened == [(tmp_path / "a b.svg").as_uri()]


@pytest.mark.parametrize("name", ["-o evil", "; touch evil", "$(touch evil)", "`touch evil`", "a'b\"c", "| tee evil"])
def test_file_name_reaches_no_program(graph, program, tmp_path, name):
    draw(graph).render(name, directory=tmp_path / "out")
    assert names_in(tmp_path / "out") == sorted([name, f"{name}.svg"])
    assert program.with_suffix(".arguments").read_text().split() == ["-Kdot", "-Tsvg"]


def test_failed_rendering_keeps_old_files(graph, no_graphviz, tmp_path):
    (tmp_path / "graph.png").write_text("old")
    with pytest.raises(RenderError):
        draw(graph).render(tmp_path / "graph", format="png")
    assert names_in(tmp_path) == ["graph.png"]


def test_failed_writing_keeps_old_file(graph, no_graphviz, tmp_path, monkeypatch):
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
