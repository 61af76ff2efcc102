"""Large graphs in a browser: clusters are drawn as one box each until they are opened."""

from __future__ import annotations

import random

import pytest

import nn
from autograd_tiny import Value, dot
from autograd_tiny.trace import Trace
from tests.page_driver import PageDriver


def network() -> Trace:
    """Return the trace of a loss over many examples: more than 4,000 nodes."""
    model = nn.MLP(8, [16, 16, 1], seed=0)
    generator = random.Random(0)
    examples = [[generator.uniform(-1.0, 1.0) for _ in range(8)] for _ in range(60)]
    return dot([1.0] * 60, [(model(x) - 1.0) ** 2 for x in examples]).trace()


@pytest.mark.no_cover
def test_large_network_opens_collapsed(driver: PageDriver) -> None:
    trace = network()
    assert len(trace.nodes) > 4000
    driver.open(trace)
    assert 3 <= driver.page.locator(".box").count() <= 40
    assert driver.ask("document.getElementsByTagName('*').length") < 4000
    assert driver.page.locator("#event-list li").count() < 40
    driver.press("End")
    assert driver.ask("state.run.gradients[0]") == pytest.approx(trace.events.numbers.gradients[0], rel=1e-12)
    assert driver.ask("toLatex()") == ""
    driver.click("copy-latex")
    assert "too large" in driver.text("#live")
    driver.click("more")
    assert driver.page.locator("#node-rows tr").count() == len(trace.nodes)


def test_cluster_opens_and_closes(driver: PageDriver) -> None:
    model = nn.MLP(2, [8, 8, 1], seed=0)
    driver.open((model([0.5, -1.0]) ** 2).trace())
    before = driver.page.locator(".box").count()
    driver.page.locator(".box.cluster").first.click()
    opened = driver.page.locator(".box").count()
    assert opened > before
    driver.page.locator(".box.cluster").first.focus()
    driver.press("Enter")
    assert driver.page.locator(".box").count() > opened
    for _ in range(2):
        driver.page.locator("#opened button").last.click()
    assert driver.page.locator(".box").count() == before


@pytest.mark.no_cover
def test_search_opens_cluster_around_node(driver: PageDriver) -> None:
    driver.open(network()).press("/")
    driver.page.keyboard.type("layers[1].neurons[3].w[2]")
    driver.press("Enter")
    assert driver.text(".box.selected .name") == "layers[1].neurons[3].w[2]"


def test_long_chain_is_drawn_in_runs(driver: PageDriver) -> None:
    x = Value(1.0, label="x")
    chain = x
    for _ in range(5000):
        chain = chain + 1e-3
    driver.open(chain.trace())
    assert driver.page.locator(".box").count() <= 90
    driver.press("End")
    assert driver.ask("state.run.gradients[0]") == 1
