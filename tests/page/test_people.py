"""The page in a browser: frames, colours, widths, accessibility, and labels that want to do harm."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nn
from autograd_tiny import Value, dot
from autograd_tiny.trace import Trace
from tests.page.page_reader import Reader


def square() -> Trace:
    """Return the trace of L = v1 * a, where v1 = a * b: a is used twice."""
    a, b = Value(3.0, label="a"), Value(-2.0, label="b")
    return (a * b * a).trace()


def test_a_notebook_shows_the_same_page_in_a_frame(reader: Reader) -> None:
    reader.open_text(f"<!doctype html><title>notebook</title>{square()._repr_html_()}")
    frame = reader.page.frames[1]
    frame.wait_for_selector("#next")
    frame.click("#next")
    assert frame.text_content("#where") == "step 1 of 5"


def test_dark_and_light_follow_the_reader(reader_with: Callable[..., Reader]) -> None:
    colours = {
        scheme: reader_with(color_scheme=scheme).open(square()).ask("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert colours == {"light": "rgb(244, 246, 248)", "dark": "rgb(15, 20, 25)"}


def test_reduced_motion_is_respected(reader_with: Callable[..., Reader]) -> None:
    reader = reader_with(reduced_motion="reduce").open(square())
    reader.enter("a", "4")
    assert reader.ask("getComputedStyle(document.querySelector('.flash')).animationName") == "none"


@pytest.mark.parametrize("width", [390, 860, 1280])
def test_nothing_is_wider_than_the_window(reader_with: Callable[..., Reader], width: int) -> None:
    reader = reader_with(viewport={"width": width, "height": 844}).open(square())
    reader.click("bugs")
    assert reader.ask("document.documentElement.scrollWidth") <= width


def axe_source() -> str:
    package = pytest.importorskip("axe_playwright_python", reason='axe-core is not installed: pip install -e ".[ci]"')
    return next(Path(package.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


def violations(reader: Reader) -> list[Any]:
    found = reader.ask("axe.run()")["violations"]
    return [(rule["id"], node["html"], node["failureSummary"]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(reader_with: Callable[..., Reader], scheme: str) -> None:
    reader = reader_with(color_scheme=scheme, viewport={"width": 1280, "height": 860})
    source = axe_source()
    model = nn.MLP(2, [8, 8, 1], seed=0)
    reader.open((model([0.5, -1.0]) ** 2).trace(), fragment="#step=3").ask(source)
    assert violations(reader) == []
    reader.open(square(), fragment="#step=3").ask(source)
    reader.ask("byId('bugs').click(); byId('predict').click(); toggleBreakpoint(0)")
    assert violations(reader) == []
    reader.ask("byId('help-dialog').showModal()")
    assert violations(reader) == []


HOSTILE = [
    "<img src=x onerror=hacked=1>",
    "</script><script>hacked=1</script>",
    "<script>hacked=1</script>",
    "<svg onload=hacked=1>",
    "</title><script>hacked=1</script>",
    "</style><script>hacked=1</script>",
    "<!--",
    "--><script>hacked=1</script>",
    "]]><script>hacked=1</script>",
    '"><img src=x onerror=hacked=1>',
    "'><img src=x onerror=hacked=1>",
    '" onfocus="hacked=1" autofocus="',
    "' onmouseover='hacked=1",
    "javascript:hacked=1",
    "{{script}}",
    "{{data}}",
    "${hacked=1}",
    "`${hacked=1}`",
    "\\u003cscript>hacked=1</script>",
    "&lt;script&gt;hacked=1&lt;/script&gt;",
    "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<a href=javascript:hacked=1>x</a>",
    "<math><mtext></p><img src=x onerror=hacked=1>",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
    "\x00",
    "\n\r\t",
    "\u2028hacked=1\u2029",
    "\u202eevil",
    "\ud800",
    "\U0001f4a3" * 20,
    "a" * 5000,
    "⟨0⟩",
    "⟨z⟩",
    "$1 $& $`",
    "\\",
    '\\"];hacked=1;[',
    "#step=3",
    "a.b.c]'[\"",
    "..",
    "%3Cscript%3E",
    "&",
    "<",
]


def test_no_label_is_ever_run_as_a_script(reader: Reader) -> None:
    labels = [
        prefix + label + suffix
        for label in HOSTILE
        for prefix, suffix in (("", ""), ("x.", ".y"), ("'\">", ""), (" ", "<b>"), ("w[0]", "&"))
    ]
    assert len(labels) >= 200
    leaves = [Value(1.0 + i, label=label) for i, label in enumerate(labels)]
    named = leaves[0] * leaves[1]
    named.label = HOSTILE[1]
    trace = (dot(leaves, leaves[::-1]) * named.relu()).trace()
    reader.open(trace, title=HOSTILE[1])
    reader.ask("graph.parts.forEach((_, part) => state.opened.add(part)); changed('opened')")
    shown = reader.ask("graph.nodes.map((node) => node.name)")
    assert shown == [
        name.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if "\ud800" not in name else shown[i]
        for i, name in enumerate(trace.names.values())
    ]
    reader.press("End")
    for button in ("bugs", "predict", "more"):
        reader.ask(f"byId('{button}').click()")
    for place in range(0, 200, 20):
        reader.ask("place => { goTo(place); setNumbers([[place, 2.5]]); toggleBreakpoint(place); }", place)
    reader.ask("[toSvg, toDot, toMermaid, toLatex, toPython].map((write) => write(graph, state.run).length)")
    reader.page.wait_for_timeout(300)
    fragment = reader.ask("location.hash")
    reader.open(trace, fragment=fragment)
    assert reader.ask("state.numbers.size") == 10
    assert reader.ask("typeof hacked") == "undefined"
    assert reader.page.locator("script").count() == 2
    assert reader.page.locator("img, iframe, a").count() == 0


def test_a_frame_holds_hostile_labels_too(reader: Reader) -> None:
    trace = (Value(1.0, label=HOSTILE[1]) * Value(2.0, label=HOSTILE[9])).trace()
    reader.open_text(f"<!doctype html><title>notebook</title>{trace._repr_html_()}")
    reader.page.frames[1].wait_for_selector("#next")
    assert reader.ask("typeof hacked") == "undefined"
    assert reader.page.frames[1].evaluate("typeof hacked") == "undefined"
    assert html.escape(HOSTILE[1]) not in reader.text("title")
