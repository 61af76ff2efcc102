"""The page in a browser: why, predicting, bugs, and the state in the address."""

from __future__ import annotations

import re

import pytest

from autograd_tiny import Value
from autograd_tiny.trace import Trace
from tests.page.page_reader import Reader


def square() -> Trace:
    """Return the trace of L = v1 * a, where v1 = a * b: a is used twice."""
    a, b = Value(3.0, label="a"), Value(-2.0, label="b")
    return (a * b * a).trace()


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
