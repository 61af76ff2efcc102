"""The page in a browser: networks of thousands of nodes are a few boxes, which open."""

from __future__ import annotations

import random

import pytest

import nn
from autograd_tiny import Value, dot
from autograd_tiny.trace import Trace
from tests.page.page_reader import Reader


def network() -> Trace:
    """Return the trace of a loss over many examples: more than 4,000 nodes."""
    model = nn.MLP(8, [16, 16, 1], seed=0)
    generator = random.Random(0)
    examples = [[generator.uniform(-1.0, 1.0) for _ in range(8)] for _ in range(60)]
    return dot([1.0] * 60, [(model(x) - 1.0) ** 2 for x in examples]).trace()


@pytest.mark.no_cover
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


@pytest.mark.no_cover
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
