"""The page in a browser: other numbers for the leaves, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd_tiny
from autograd_tiny import Value, primitive
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.trace import Trace
from tests.page.page_reader import Reader


def neuron() -> Trace:
    """Return the trace of L = relu(w*x + b)."""
    w, x, b = Value(-3.0, label="w"), Value(2.0, label="x"), Value(7.0, label="b")
    return (w * x + b).relu().trace()


@pytest.fixture
def plant() -> Any:
    """Add rows of the user's own for the time of one test."""
    before = set(TABLE)
    yield primitive
    for name in set(TABLE) - before:
        del TABLE[name]


def test_another_number_changes_everything_and_the_step_stays(reader: Reader) -> None:
    trace = neuron()
    reader.open(trace, fragment="#step=4")
    reader.enter("w", "-2")
    trace.set("w", -2.0)
    assert reader.step == 4
    assert reader.ask("[...state.run.values]") == list(trace.events.numbers.values)
    assert reader.ask("[...state.run.gradients]") == list(trace.events.numbers.gradients)
    assert reader.text('[data-id="n5"] .value') == "3"


def test_changed_numbers_flash_and_a_step_does_not(reader: Reader) -> None:
    reader.open(neuron(), fragment="#step=6")
    assert reader.page.locator(".flash").count() == 0
    reader.enter("w", "-2")
    assert reader.page.locator("#picture .value.flash").count() == 3
    assert reader.page.locator("#node-rows .flash").count() > 0


def test_a_relu_that_switches_is_called_out(reader: Reader) -> None:
    reader.open(neuron(), fragment="#step=6")
    reader.enter("b", "5")
    sentence = "L = relu(v2) crossed a kink: it passes no gradient to v2 any more (the partial was 1, is 0)."
    assert reader.text("#notice") == sentence
    assert reader.text("#live") == sentence
    assert reader.page.locator(".box.crossed").get_attribute("data-id") == "n5"
    reader.enter("b", "5.5")
    assert reader.text("#notice") == ""


def test_what_is_no_number_is_marked_and_changes_nothing(reader: Reader) -> None:
    reader.open(neuron())
    reader.enter("w", "three")
    assert reader.leaf("w").get_attribute("aria-invalid") == "true"
    assert reader.ask("state.numbers.size") == 0
    reader.enter("w", "1e-3")
    assert reader.leaf("w").get_attribute("aria-invalid") is None
    assert reader.ask("state.run.values[0]") == 0.001


@pytest.mark.parametrize("number", ["inf", "-inf", "nan", "1e308"])
def test_infinite_numbers_are_welcome(reader: Reader, number: str) -> None:
    trace = neuron()
    reader.open(trace, fragment="#step=6")
    reader.enter("w", number)
    trace.set("w", float(number))
    assert reader.ask("[...state.run.gradients].map(String)") == [
        str(float(x)).replace("inf", "Infinity").replace("nan", "NaN").removesuffix(".0")
        for x in trace.events.numbers.gradients
    ]


def test_arrows_in_a_number_box_move_the_number(reader: Reader) -> None:
    reader.open(neuron())
    reader.leaf("w").focus()
    reader.press("ArrowUp", "Shift+ArrowDown")
    assert reader.ask("state.run.values[0]") == -3.9
    assert reader.leaf("w").input_value() == "-3.9"


def test_the_table_has_the_same_number_boxes(reader: Reader) -> None:
    reader.open(neuron())
    box = reader.page.locator('#node-rows input[aria-label="value of b"]')
    box.fill("1")
    box.press("Enter")
    assert reader.leaf("b").input_value() == "1"


def test_reset_takes_every_number_back(reader: Reader) -> None:
    reader.open(neuron())
    assert reader.page.is_disabled("#reset")
    reader.enter("w", "1")
    reader.click("reset")
    assert reader.leaf("w").input_value() == "-3"
    assert reader.ask("state.numbers.size") == 0


def test_a_drag_makes_a_slider_appear_and_changes_the_number(reader: Reader) -> None:
    reader.open(neuron())
    reader.page.wait_for_timeout(50)
    head = reader.page.locator('[data-id="n0"] .head').bounding_box()
    reader.page.mouse.move(head["x"] + 4, head["y"] + 6)
    reader.page.mouse.down()
    reader.page.mouse.move(head["x"] + 24, head["y"] + 6)
    assert reader.page.locator("#slider").is_visible()
    reader.page.mouse.move(head["x"] + 64, head["y"] + 6)
    reader.page.mouse.up()
    assert reader.ask("state.run.values[0]") == pytest.approx(0.0, abs=0.2)
    assert reader.text("#slider output") == reader.leaf("w").input_value()
    reader.page.mouse.click(400, 120)
    assert not reader.page.locator("#slider").is_visible()


def test_s_opens_the_slider_which_the_keyboard_moves(reader: Reader) -> None:
    reader.open(neuron())
    reader.page.focus('[data-id="n1"]')
    reader.press("s")
    assert reader.ask("document.activeElement.type") == "range"
    reader.page.locator("#slider input").fill("3")
    assert reader.ask("state.run.values[1]") == 3
    reader.press("Escape")
    assert not reader.page.locator("#slider").is_visible()
    assert reader.ask("document.activeElement.dataset.id") == "n1"


def test_g_descends_and_the_loss_is_drawn(reader: Reader) -> None:
    x = Value(2.0, label="x")
    reader.open(((x - 3.0) ** 2).trace())
    reader.page.fill("#rate", "0.25")
    reader.page.press("#rate", "Tab")
    reader.ask("document.activeElement.blur()")
    reader.press("g", "g")
    assert reader.ask("state.history") == [1.0, 0.25, 0.0625]
    assert reader.text("#loss") == "L: 1 → 0.0625 in 2 steps"
    assert len(str(reader.page.get_attribute("#curve polyline", "points")).split(" ")) == 3
    reader.click("descend")
    assert reader.ask("state.run.values[0]") == 2.875


def test_a_bad_learning_rate_is_marked_and_not_taken(reader: Reader) -> None:
    reader.open(neuron())
    reader.page.fill("#rate", "inf")
    reader.page.press("#rate", "Enter")
    assert reader.page.get_attribute("#rate", "aria-invalid") == "true"
    assert reader.ask("state.rate") == 0.1


def test_only_ticked_leaves_descend(reader: Reader) -> None:
    reader.open(neuron())
    assert reader.text("#trained") == "3 leaves descend"
    for name in ("x", "b"):
        reader.page.locator(f'input[aria-label="{name} descends"]').click()
    reader.click("descend")
    assert reader.ask("[...state.numbers.keys()]") == [0]
    assert reader.text("#trained") == "1 leaf descends"


def test_where_there_are_parameters_of_modules_these_descend(reader: Reader) -> None:
    w, x = Value(1.0, label="layers[0].w"), Value(2.0, label="x")
    reader.open((w * x).trace())
    assert reader.text("#trained") == "1 leaf descends"


def test_a_row_of_the_users_own_is_computed_in_the_page(reader: Reader, plant: Callable[..., Any]) -> None:
    twist = plant(
        "twist",
        "twist({x}, {y})",
        lambda x, y: x * autograd_tiny.sin(y) + x**3 // 2.0,
        lambda x, y, z: (autograd_tiny.sin(y) * (1.0 - (x <= 0.0)), x * autograd_tiny.cos(y)),
    )
    a, b = Value(1.5, label="a"), Value(0.5, label="b")
    trace = twist(a, b).trace()
    reader.open(trace, fragment="#step=3")
    trace.set("a", -2.5)
    reader.enter("a", "-2.5")
    assert reader.ask("[...state.run.values]") == pytest.approx(list(trace.events.numbers.values), rel=1e-12)
    assert reader.ask("[...state.run.gradients]") == pytest.approx(list(trace.events.numbers.gradients), rel=1e-12)


def test_a_row_that_cannot_be_translated_keeps_its_numbers_and_says_so(
    reader: Reader, plant: Callable[..., Any]
) -> None:
    opaque = plant("opaque", "opaque({x})", math.exp, lambda x, z: (math.exp(float(x)),))
    a, b = Value(0.5, label="a"), Value(2.0, label="b")
    trace = (opaque(a) * b).trace()
    reader.open(trace, fragment="#step=4")
    assert "opaque is computed by Python that this page cannot repeat" in reader.text("#summary")
    assert reader.leaf("a").get_attribute("readonly") is not None
    assert "cannot repeat" in str(reader.leaf("a").get_attribute("title"))
    assert reader.ask("[...state.run.gradients]") == list(trace.events.numbers.gradients)
    reader.enter("b", "3")
    assert reader.gradient("a") == f"{3 * math.exp(0.5):.5g}"
    reader.ask("openSlider(0)")
    assert not reader.page.locator("#slider").is_visible()
