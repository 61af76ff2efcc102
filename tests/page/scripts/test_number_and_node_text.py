"""Short names and cut formulas on the page: those of Python."""

from __future__ import annotations

import json
import re

from autograd_tiny import Value, dot
from autograd_tiny.symbolic.notation import text_name
from autograd_tiny.symbolic.short_names import short_names, truncate
from autograd_tiny.trace import Trace
from tests.page_driver import PageDriver

TEXTS = [
    "tanh(w[0][12] * x)",
    "a.grad * 1.5e-07 - 2.25",
    "exp(layers[0].w[3]) + é",
    "p['a b'] * …w[0]",
    '"x + y" * w + "say \\"no\\""',
    "xxxxxxxxxxxx",
    "2.12345",
]


def network() -> Trace:
    names = [f"layers[{k}].neurons[{j}].{w}" for k in range(2) for j in range(2) for w in ("w[0]", "w[1]", "b")]
    return Trace(dot([Value(1.0, label=name) for name in names], [2.0] * len(names), 0.0))


def test_formula_is_cut_as_in_python(driver: PageDriver) -> None:
    driver.open(network())
    widths = range(3, 20)
    cut = driver.ask(
        f"{json.dumps(TEXTS)}.map((text) => {json.dumps(list(widths))}.map((width) => "
        "truncate(text, (part) => part.length <= width)))"
    )
    assert cut == [[truncate(text, width) for width in widths] for text in TEXTS]


def test_events_and_boxes_have_different_names_for_different_weights(driver: PageDriver) -> None:
    trace = network()
    driver.open(trace)
    short = short_names(trace.names.values())
    shown = driver.ask("[...document.querySelectorAll('#event-list .formula')].map((line) => line.textContent)")
    weights = [
        re.split(r"\s|…$", line)[0].removeprefix("∂L/∂") for line in shown[1:]
    ]  # cut after the name, if at all
    assert weights == [short.get(event.input, event.input) for event in trace][1 : len(weights) + 1]
    assert len(set(weights)) == len(weights) > 5
    driver.ask("graph.clusters.forEach((_, cluster) => state.opened.add(cluster)); changed('opened')")
    boxes = driver.ask("[...document.querySelectorAll('.box.leaf .name')].map((name) => name.textContent)")
    assert sorted(boxes) == sorted(short.get(name, name) for name in trace.names.values() if name != "L")


def test_formulas_have_labels_in_quotes_and_titles_do_not(driver: PageDriver) -> None:
    both, words = Value(10.0, label="x + y"), Value(2.0, label='a "first" layer, and more words')
    root = both * words
    root.label = "m - n"
    trace = root.trace(forward=True, variable_names=False)
    driver.open(trace)
    shown = driver.ask("[0, 2, 3].map((place) => describeEvent(graph, state.run, place))")
    assert shown[0] == f'"m - n" = {trace.formula(root)}'
    assert shown[1] == '∂"m - n"/∂"x + y" += ∂"m - n"/∂"m - n"·2'  # the name is long
    assert shown[2] == '∂"m - n"/∂"a \\"first\\" layer, and more words" += ∂"m - n"/∂"m - n"·"x + y"'
    assert driver.ask("describeEvent(graph, state.run, 0, shortIn(graph))") == (
        '"m - n" = "x + y" * ' + text_name(short_names([words.label])[words.label])
    )
    assert driver.ask("titleOf({ z: 0 })") == "x + y"
    assert driver.ask("definitionOf(graph, state.run, 2)") == ""
