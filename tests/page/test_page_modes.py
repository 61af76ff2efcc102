"""The page in a browser: predicting, bugs, the address, copies, colours, frames, large graphs and accessibility."""

from __future__ import annotations

import html
import random
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from page_reader import Reader

with warnings.catch_warnings():  # pydot calls functions of pyparsing by names that are deprecated
    warnings.simplefilter("ignore")
    import pydot

import nn
from autograd_tiny import Value, dot, softmax
from autograd_tiny.trace import Trace


def square() -> Trace:
    """Return the trace of L = v1 * a, where v1 = a * b: a is used twice."""
    a, b = Value(3.0, label="a"), Value(-2.0, label="b")
    return (a * b * a).trace()


def network() -> Trace:
    """Return the trace of a loss over many examples: more than 4,000 nodes."""
    model = nn.MLP(8, [16, 16, 1], seed=0)
    generator = random.Random(0)
    examples = [[generator.uniform(-1.0, 1.0) for _ in range(8)] for _ in range(60)]
    return dot([1.0] * 60, [(model(x) - 1.0) ** 2 for x in examples]).trace()


# ── why ──


def test_the_panel_gives_the_rule_in_symbols_then_in_numbers_then_the_sum(reader: Reader) -> None:
    reader.open(square(), fragment="#step=5")
    lines = reader.page.locator("#step .formula").all_text_contents()
    assert lines == ["v1 = a * b", "∂L/∂b += ∂L/∂v1 · ∂v1/∂b", "∂v1/∂b = a", "∂L/∂b += 3 · 3 = 9"]
    reader.press("ArrowLeft")
    assert re.sub(r"[a-z]", "", reader.text("#step .equation")) == "-6+3×(-2)=-12"
    assert reader.text("#live") == "v1 hands 3 times (-2) to a, whose gradient is now -12."


def test_the_panel_of_a_node_sums_its_contributions(reader: Reader) -> None:
    reader.open(square(), fragment="#step=3")
    reader.page.focus('[data-id="n0"]')
    assert reader.text("#node-title") == "a"
    assert reader.page.locator("#node li").all_text_contents() == ["∂L/∂L · v11 · (-6) = -6", "∂L/∂v1 · b—"]
    assert "1 of 2 contributions to come" in reader.text("#node")


def test_the_forward_pass_is_walked_too(reader: Reader) -> None:
    a = Value(3.0, label="a")
    reader.open((a * a).trace(forward=True))
    assert reader.text('[data-id="n1"] .value') == "—"
    reader.press("ArrowRight")
    assert reader.text('[data-id="n1"] .value') == "9"
    assert reader.text("#step .formula") == "L = a * a"


def test_the_page_begins_where_the_cursor_of_the_trace_stands(reader: Reader) -> None:
    trace = square()
    trace.goto(2)
    assert reader.open(trace).step == 2


# ── predicting and bugs ──


def test_predicting_hides_what_comes_and_counts_right_answers(reader: Reader) -> None:
    reader.open(square(), fragment="#step=1")
    reader.click("predict")
    assert reader.page.locator("#event-list .open b").all_text_contents() == ["?"] * 4
    assert "-6" not in reader.text("#step .equation")
    reader.page.fill("#answer", "7")
    reader.press("Enter")
    assert reader.text("#verdict").startswith("Not 7.")
    reader.page.fill("#answer", "3")
    reader.press("Enter")
    assert (reader.step, reader.text("#verdict")) == (2, "Right: 3.")
    assert reader.text("#score") == "0 of 1 right"
    reader.page.fill("#answer", "-6.01")
    reader.press("Enter")
    assert reader.text("#score") == "1 of 2 right"
    reader.page.fill("#answer", "a")
    reader.press("Enter")
    assert reader.text("#verdict") == "That is no number."
    reader.click("predict")
    assert "?" not in reader.page.locator("#event-list .open b").all_text_contents()


def test_predicting_at_the_end_begins_at_the_beginning(reader: Reader) -> None:
    reader.open(square()).press("End")
    reader.click("predict")
    assert reader.step == 0
    reader.page.fill("#answer", "1")
    reader.press("Enter")
    assert reader.step == 1


def test_the_bugs_stand_beside_the_right_gradients(reader: Reader) -> None:
    a = Value(3.0, label="a")
    v1 = a * a
    reader.open((v1 * a + v1).trace()).press("End")
    reader.click("bugs")
    rows = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in reader.page.locator("#bug-rows tr").all()
    }
    # right: v1' = a + 1 = 4 and a' = 9 + 4·3·2 = 33; overwritten: v1' = 1, so a' = 3; twice: 66
    assert rows["a"][0] == "33"
    assert rows["a"][3] == "≠ 66"
    assert rows["a"][1] != "33"
    assert rows["a"][1].startswith("≠ ")
    reader.click("bugs")
    assert not reader.page.locator("#bugs-card").is_visible()


def test_the_wrong_order_loses_what_comes_late(reader: Reader) -> None:
    a = Value(3.0, label="a")
    v1 = a * 2.0
    reader.open((v1 + (v1 * v1) * v1).trace()).press("End")
    reader.click("bugs")
    right, wrong = reader.ask("[state.run.gradients[0], mistakenGradients(graph, state.run, 'order', 99)[0]]")
    assert right == 2.0 * (1.0 + 3.0 * 36.0)
    assert wrong != right


# ── the address ──


def test_the_state_is_in_the_address_and_comes_back(reader: Reader) -> None:
    reader.open(square())
    reader.enter("a", "4.5")
    reader.ask("document.activeElement.blur(); select(1)")
    reader.press("b", "End")
    reader.wait_until("location.hash.includes('step=5')")
    fragment = reader.ask("location.hash")
    assert fragment == "#step=5&set=a%3D4.5&break=b"
    reader.open(square(), fragment=fragment)
    assert (reader.step, reader.leaf("a").input_value()) == (5, "4.5")
    assert reader.ask("[...state.breakpoints]") == [1]


def test_a_new_address_is_followed(reader: Reader) -> None:
    reader.open(square(), fragment="#step=1&set=a=4")
    reader.ask("location.hash = '#step=3&set=b=1'")
    reader.wait_until("state.cursor === 3")
    assert reader.ask("[...state.numbers]") == [[1, 1]]


@pytest.mark.parametrize("fragment", ["#step=99999", "#step=-1", "#set=a=x&set=c=1&set=v1=3&break=z", "#%", "#step="])
def test_a_strange_address_does_no_harm(reader: Reader, fragment: str) -> None:
    reader.open(square(), fragment=fragment)
    assert 0 <= reader.step <= 5
    assert reader.ask("state.numbers.size + state.breakpoints.size") == 0


# ── copies ──


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


# ── large graphs ──


def test_a_network_of_thousands_of_nodes_opens_as_a_few_boxes(reader: Reader) -> None:
    trace = network()
    assert len(trace.nodes) > 4000
    reader.open(trace)
    assert 3 <= reader.page.locator(".box").count() <= 40
    assert reader.ask("document.getElementsByTagName('*').length") < 4000
    assert reader.page.locator("#event-list li").count() < 40
    reader.press("End")
    assert reader.ask("state.run.gradients[0]") == pytest.approx(trace.events.numbers.gradients[0], rel=1e-12)
    assert reader.ask("toLatex(graph, state.run)") == ""
    reader.click("copy-latex")
    assert "too large" in reader.text("#live")
    reader.click("more")
    assert reader.page.locator("#node-rows tr").count() == len(trace.nodes)


def test_a_part_opens_and_closes_by_click_and_key(reader: Reader) -> None:
    model = nn.MLP(2, [8, 8, 1], seed=0)
    reader.open((model([0.5, -1.0]) ** 2).trace())
    before = reader.page.locator(".box").count()
    reader.page.locator(".box.part").first.click()
    opened = reader.page.locator(".box").count()
    assert opened > before
    reader.page.locator(".box.part").first.focus()
    reader.press("Enter")
    assert reader.page.locator(".box").count() > opened
    for _ in range(2):
        reader.page.locator("#opened button").last.click()
    assert reader.page.locator(".box").count() == before


def test_searching_opens_the_part_around_a_node(reader: Reader) -> None:
    reader.open(network()).press("/")
    reader.page.keyboard.type("layers[1].neurons[3].w[2]")
    reader.press("Enter")
    assert reader.text(".box.selected .name") == "w[2]"


def test_a_long_chain_is_drawn_in_runs(reader: Reader) -> None:
    x = Value(1.0, label="x")
    chain = x
    for _ in range(5000):
        chain = chain + 1e-3
    reader.open(chain.trace())
    assert reader.page.locator(".box").count() <= 90
    reader.press("End")
    assert reader.ask("state.run.gradients[0]") == 1


# ── frames, colours, widths ──


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


# ── accessibility and hostile labels ──


def axe_source() -> str:
    package = pytest.importorskip(
        "axe_playwright_python", reason="axe-core is not installed: pip install axe-playwright-python"
    )
    return next(Path(package.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


def violations(reader: Reader, rules: str) -> list[Any]:
    found = reader.ask(f"axe.run({rules})")["violations"]
    return [(rule["id"], node["html"], node["failureSummary"]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(("scheme", "rules"), [("light", ""), ("dark", "{runOnly: ['color-contrast']}")])
def test_axe_finds_nothing_to_mend(reader_with: Callable[..., Reader], scheme: str, rules: str) -> None:
    reader = reader_with(color_scheme=scheme, viewport={"width": 1280, "height": 860})
    source = axe_source()
    model = nn.MLP(2, [8, 8, 1], seed=0)
    reader.open((model([0.5, -1.0]) ** 2).trace(), fragment="#step=3").ask(source)
    assert violations(reader, rules) == []
    reader.open(square(), fragment="#step=3").ask(source)
    reader.ask("byId('bugs').click(); byId('predict').click(); toggleBreakpoint(0)")
    assert violations(reader, rules) == []
    reader.ask("byId('help-dialog').showModal()")
    assert violations(reader, rules) == []


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
