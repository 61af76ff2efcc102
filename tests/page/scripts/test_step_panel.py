"""The step panel in a browser: the event in symbols and numbers, the selected node, predict mode."""

from __future__ import annotations

import re

from autograd_tiny import Value, cross_entropy, logsumexp, prod
from autograd_tiny import max as at_max
from tests.page_driver import PageDriver, used_twice
from tests.programs import run_program


def test_step_shows_symbols_numbers_and_sum(driver: PageDriver) -> None:
    driver.open(used_twice(), fragment="#step=5")
    lines = driver.page.locator("#step .formula").all_text_contents()
    assert lines == ["v1 = a * b", "∂L/∂b += ∂L/∂v1 · a", "∂L/∂b += 3 · 3 = 9"]
    driver.press("ArrowLeft")
    assert re.sub(r"[a-z]", "", driver.text("#step .equation")) == "-6+3×(-2)=-12"
    assert driver.text("#live") == "v1 passes 3 times (-2) to a, whose gradient is now -12."


def test_selected_node_lists_contributions(driver: PageDriver) -> None:
    driver.open(used_twice(), fragment="#step=3")
    driver.page.focus('[data-id="n0"]')
    assert driver.text("#node-title") == "a"
    assert driver.page.locator("#node li").all_text_contents() == ["∂L/∂L · v11 · (-6) = -6", "∂L/∂v1 · b—"]
    assert "1 of 2 contributions to come" in driver.text("#node")


def test_forward_pass_computes_values(driver: PageDriver) -> None:
    a = Value(3.0, label="a")
    driver.open((a * a).trace(forward=True))
    assert driver.text('[data-id="n1"] .value') == "—"
    driver.press("ArrowRight")
    assert driver.text('[data-id="n1"] .value') == "9"
    assert driver.text("#step .formula") == "L = a * a"


def test_page_starts_at_cursor_of_trace(driver: PageDriver) -> None:
    trace = used_twice()
    trace.goto(2)
    assert driver.open(trace).step == 2


def test_predict_hides_results_and_counts_answers(driver: PageDriver) -> None:
    driver.open(used_twice(), fragment="#step=1")
    driver.click("predict")
    assert driver.page.locator("#event-list .open b").all_text_contents() == ["?"] * 4
    assert "-6" not in driver.text("#step .equation")
    driver.page.fill("#answer", "7")
    driver.press("Enter")
    assert driver.text("#verdict").startswith("7 is wrong.")
    driver.page.fill("#answer", "3")
    driver.press("Enter")
    assert (driver.step, driver.text("#verdict")) == (2, "Right: 3.")
    assert driver.text("#score") == "0 of 1 right"
    driver.page.fill("#answer", "-6.01")
    driver.press("Enter")
    assert driver.text("#score") == "1 of 2 right"
    driver.page.fill("#answer", "a")
    driver.press("Enter")
    assert driver.text("#verdict") == "Not a number. Type one such as -1.5 or 2e-3."
    driver.click("predict")
    assert "?" not in driver.page.locator("#event-list .open b").all_text_contents()


def test_predict_at_the_end_starts_over(driver: PageDriver) -> None:
    driver.open(used_twice()).press("End")
    driver.click("predict")
    assert driver.step == 0
    driver.page.fill("#answer", "1")
    driver.press("Enter")
    assert driver.step == 1


def test_step_defines_the_shares_of_softmax(driver: PageDriver) -> None:
    a, b = Value(1.0, label="a"), Value(1.0, label="b")
    driver.open(cross_entropy([a, 0.0, b], 2).trace(), fragment="#step=3")
    lines = driver.page.locator("#step .formula").all_text_contents()
    assert lines[1:3] == ["∂L/∂b += ∂L/∂L · (p₃ - 1)", "p = softmax([a, 0, b]) = [p₁, p₂, p₃]"]


def test_step_counts_the_ties_of_max(driver: PageDriver) -> None:
    a, b = Value(2.0, label="a"), Value(2.0, label="b")
    driver.open(at_max([a, b, -1.0]).trace(), fragment="#step=2")
    lines = driver.page.locator("#step .formula").all_text_contents()
    assert lines[1:3] == ["∂L/∂a += ∂L/∂L · ([a == L] / n)", "n = 2, the number of operands equal to L"]


def test_step_defines_the_constants_of_selu(driver: PageDriver) -> None:
    driver.open(Value(2.0, label="a").selu().trace(), fragment="#step=2")
    lines = driver.page.locator("#step .formula").all_text_contents()
    assert lines[1:3] == [
        "∂L/∂a += ∂L/∂L · where([a > 0], λ, λ * α * exp(a))",
        "λ = 1.0507009873554805, α = 1.6732632423543772",
    ]


def test_names_that_only_a_rule_has_are_not_those_of_nodes(driver: PageDriver) -> None:
    p, n = Value(1.0, label="p"), Value(1.0, label="n")
    driver.open((at_max([p, n]) + logsumexp([p, n])).trace(), fragment="#step=4")
    lines = driver.page.locator("#step .formula").all_text_contents()
    assert lines[1:3] == ["∂L/∂p += ∂L/∂v2 · s₁", "s = softmax([p, n]) = [s₁, s₂]"]
    driver.press("End")
    lines = driver.page.locator("#step .formula").all_text_contents()
    assert lines[1:3] == ["∂L/∂n += ∂L/∂v1 · ([n == v1] / m)", "m = 2, the number of operands equal to v1"]


def test_long_partial_is_its_number(driver: PageDriver) -> None:
    leaves = [Value(float(k), label=f"a_long_name_of_number_{k}") for k in range(1, 9)]
    driver.open(prod(leaves).trace(), fragment="#step=2")
    assert driver.page.locator("#step .formula").all_text_contents()[1].endswith(" += ∂L/∂L · 40320")


def test_line_of_the_program_is_shown(driver: PageDriver) -> None:
    driver.open(run_program("/home/me/<i>net.py").trace(forward=True), fragment="#step=3")
    made = "<i>net.py:3, in loss: p = h.log()"
    assert driver.text("#step .line >> nth=1") == f"made at{made}"
    driver.press("End")
    assert "made at" in driver.text("#step")
    driver.page.focus('[data-id="n0"]')
    assert 'Value(3.0, label="w")' in driver.text("#node .line >> nth=0")


def test_page_without_lines_shows_none(driver: PageDriver) -> None:
    driver.open(used_twice(), fragment="#step=3")
    assert "made at" not in driver.text("#step") + driver.text("#node")
