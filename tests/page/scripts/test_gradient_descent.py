"""Gradient descent in a browser."""

from __future__ import annotations

from autograd_tiny import Value
from tests.page_driver import PageDriver, neuron


def test_g_descends_and_draws_loss(driver: PageDriver) -> None:
    x = Value(2.0, label="x")
    driver.open(((x - 3.0) ** 2).trace())
    driver.page.fill("#rate", "0.25")
    driver.page.press("#rate", "Tab")
    driver.ask("document.activeElement.blur()")
    driver.press("g", "g")
    assert driver.ask("state.history") == [1.0, 0.25, 0.0625]
    assert driver.text("#loss") == "L: 1 → 0.0625 in 2 steps"
    assert len(str(driver.page.get_attribute("#curve polyline", "points")).split(" ")) == 3
    driver.click("descend")
    assert driver.ask("state.run.values[0]") == 2.875


def test_invalid_learning_rate_is_marked(driver: PageDriver) -> None:
    driver.open(neuron())
    driver.page.fill("#rate", "inf")
    driver.page.press("#rate", "Enter")
    assert driver.page.get_attribute("#rate", "aria-invalid") == "true"
    assert driver.ask("state.rate") == 0.1


def test_only_checked_leaves_descend(driver: PageDriver) -> None:
    driver.open(neuron())
    assert driver.text("#trained") == "updates 3 leaves"
    for name in ("x", "b"):
        driver.page.locator(f'input[aria-label="update {name}"]').click()
    driver.click("descend")
    assert driver.ask("[...state.numbers.keys()]") == [0]
    assert driver.text("#trained") == "updates 1 leaf"


def test_parameters_of_modules_descend_by_default(driver: PageDriver) -> None:
    w, x = Value(1.0, label="layers[0].w"), Value(2.0, label="x")
    driver.open((w * x).trace())
    assert driver.text("#trained") == "updates 1 leaf"
