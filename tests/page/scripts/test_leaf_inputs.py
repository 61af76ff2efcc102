"""Editing leaves in a browser: number fields, the slider, and what is recomputed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd_tiny
from autograd_tiny import Value, primitive
from autograd_tiny.primitives.primitive import TABLE
from tests.page_driver import PageDriver, neuron


@pytest.fixture
def plant() -> Any:
    """Return `primitive`, and remove the rows it adds after the test."""
    before = set(TABLE)
    yield primitive
    for name in set(TABLE) - before:
        del TABLE[name]


def test_edit_recomputes_and_keeps_step(driver: PageDriver) -> None:
    trace = neuron()
    driver.open(trace, fragment="#step=4")
    driver.enter("w", "-2")
    trace.set("w", -2.0)
    assert driver.step == 4
    assert driver.ask("[...state.run.values]") == list(trace.events.numbers.values)
    assert driver.ask("[...state.run.gradients]") == list(trace.events.numbers.gradients)
    assert driver.text('[data-id="n5"] .value') == "3"


def test_edits_flash_and_steps_do_not(driver: PageDriver) -> None:
    driver.open(neuron(), fragment="#step=6")
    assert driver.page.locator(".flash").count() == 0
    driver.enter("w", "-2")
    assert driver.page.locator("#picture .value.flash").count() == 3
    assert driver.page.locator("#node-rows .flash").count() > 0


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (2.0, 0.0, "L = relu(x) is at a kink now: the partial for x went from 1 to 0."),
        (0.0, 2.0, "L = relu(x) left a kink: it passes a gradient to x now (the partial was 0, is 1)."),
    ],
)
def test_kink_that_is_reached_or_left_is_announced(driver: PageDriver, start: float, end: float, said: str) -> None:
    driver.open(Value(start, label="x").relu().trace())
    assert driver.ask(f"crossings(graph, state.run, computeRun(graph, new Map([[0, {end}]])))[0].text") == said


def test_input_that_is_used_twice_is_named_once(driver: PageDriver) -> None:
    a, b = Value(1.0, label="a"), Value(1.0, label="b")
    trace = autograd_tiny.max([a, b, a]).trace()
    driver.open(trace)
    place = [trace.names[node] for node in trace.nodes].index("a")
    said = driver.ask(f"crossings(graph, state.run, computeRun(graph, new Map([[{place}, 9]])))[0].text")
    assert said == (
        "L = max([a, b, a]) left a kink: the partial for a went from 0.66667 to 1; it passes no gradient to b any "
        "more (the partial was 0.33333, is 0)."
    )


def test_crossed_kink_is_announced(driver: PageDriver) -> None:
    driver.open(neuron(), fragment="#step=6")
    driver.enter("b", "5")
    sentence = "L = relu(v2) crossed a kink: it passes no gradient to v2 any more (the partial was 1, is 0)."
    assert driver.text("#notice") == sentence
    assert driver.text("#live") == sentence
    assert driver.page.locator(".box.crossed").get_attribute("data-id") == "n5"
    driver.enter("b", "5.5")
    assert driver.text("#notice") == ""


def test_invalid_number_is_marked(driver: PageDriver) -> None:
    driver.open(neuron())
    driver.enter("w", "three")
    assert driver.leaf("w").get_attribute("aria-invalid") == "true"
    assert driver.ask("state.numbers.size") == 0
    driver.enter("w", "1e-3")
    assert driver.leaf("w").get_attribute("aria-invalid") is None
    assert driver.ask("state.run.values[0]") == 0.001


@pytest.mark.parametrize("number", ["inf", "-inf", "nan", "1e308"])
def test_infinite_numbers_are_accepted(driver: PageDriver, number: str) -> None:
    trace = neuron()
    driver.open(trace, fragment="#step=6")
    driver.enter("w", number)
    trace.set("w", float(number))
    assert driver.ask("[...state.run.gradients].map(String)") == [
        str(float(x)).replace("inf", "Infinity").replace("nan", "NaN").removesuffix(".0")
        for x in trace.events.numbers.gradients
    ]


def test_arrows_change_number_in_field(driver: PageDriver) -> None:
    driver.open(neuron())
    driver.leaf("w").focus()
    driver.press("ArrowUp", "Shift+ArrowDown")
    assert driver.ask("state.run.values[0]") == -3.9
    assert driver.leaf("w").input_value() == "-3.9"


def test_table_fields_edit_leaves(driver: PageDriver) -> None:
    driver.open(neuron())
    box = driver.page.locator('#node-rows input[aria-label="value of b"]')
    box.fill("1")
    box.press("Enter")
    assert driver.leaf("b").input_value() == "1"


def test_reset_restores_recorded_numbers(driver: PageDriver) -> None:
    driver.open(neuron())
    assert driver.page.is_disabled("#reset")
    driver.enter("w", "1")
    driver.click("reset")
    assert driver.leaf("w").input_value() == "-3"
    assert driver.ask("state.numbers.size") == 0


def test_drag_opens_and_moves_slider(driver: PageDriver) -> None:
    driver.open(neuron())
    driver.page.wait_for_timeout(50)
    head = driver.page.locator('[data-id="n0"] .head').bounding_box()
    driver.page.mouse.move(head["x"] + 4, head["y"] + 6)
    driver.page.mouse.down()
    driver.page.mouse.move(head["x"] + 24, head["y"] + 6)
    assert driver.page.locator("#slider").is_visible()
    driver.page.mouse.move(head["x"] + 64, head["y"] + 6)
    driver.page.mouse.up()
    assert driver.ask("state.run.values[0]") == pytest.approx(0.0, abs=0.2)
    assert driver.text("#slider output") == driver.leaf("w").input_value()
    driver.page.mouse.click(400, 120)
    assert not driver.page.locator("#slider").is_visible()


def test_s_opens_slider_for_keyboard(driver: PageDriver) -> None:
    driver.open(neuron())
    driver.page.focus('[data-id="n1"]')
    driver.press("s")
    assert driver.ask("document.activeElement.type") == "range"
    driver.page.locator("#slider input").fill("3")
    assert driver.ask("state.run.values[1]") == 3
    driver.press("Escape")
    assert not driver.page.locator("#slider").is_visible()
    assert driver.ask("document.activeElement.dataset.id") == "n1"


def test_own_primitive_is_recomputed(driver: PageDriver, plant: Callable[..., Any]) -> None:
    twist = plant(
        "twist",
        "twist({x}, {y})",
        lambda x, y: x * autograd_tiny.sin(y) + x**3 // 2.0,
        lambda x, y, z: (autograd_tiny.sin(y) * (1.0 - (x <= 0.0)), x * autograd_tiny.cos(y)),
    )
    a, b = Value(1.5, label="a"), Value(0.5, label="b")
    trace = twist(a, b).trace()
    driver.open(trace, fragment="#step=3")
    trace.set("a", -2.5)
    driver.enter("a", "-2.5")
    assert driver.ask("[...state.run.values]") == pytest.approx(list(trace.events.numbers.values), rel=1e-12)
    assert driver.ask("[...state.run.gradients]") == pytest.approx(list(trace.events.numbers.gradients), rel=1e-12)


def test_untranslatable_primitive_keeps_numbers(driver: PageDriver, plant: Callable[..., Any]) -> None:
    opaque = plant("opaque", "opaque({x})", math.exp, lambda x, z: (math.exp(float(x)),))
    a, b = Value(0.5, label="a"), Value(2.0, label="b")
    trace = (opaque(a) * b).trace()
    driver.open(trace, fragment="#step=4")
    assert "opaque is Python code that the page cannot run" in driver.text("#summary")
    assert driver.leaf("a").get_attribute("readonly") is not None
    assert "cannot run" in str(driver.leaf("a").get_attribute("title"))
    assert driver.ask("[...state.run.gradients]") == list(trace.events.numbers.gradients)
    driver.enter("b", "3")
    assert driver.gradient("a") == f"{3 * math.exp(0.5):.5g}"
    driver.ask("openSlider(0)")
    assert not driver.page.locator("#slider").is_visible()
