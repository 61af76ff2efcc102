"""The table of mistakes in a browser: wrong gradients beside the right ones."""

from __future__ import annotations

from autograd_tiny import Value
from tests.page_driver import PageDriver


def test_wrong_gradients_are_listed_beside_right_ones(driver: PageDriver) -> None:
    a = Value(3.0, label="a")
    v1 = a * a
    driver.open((v1 * a + v1).trace()).press("End")
    driver.click("mistakes")
    rows = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in driver.page.locator("#mistake-rows tr").all()
    }
    # right: v1' = a + 1 = 4 and a' = 9 + 4·3·2 = 33; overwritten: v1' = 1, so a' = 3; twice: 66
    assert rows["a"][0] == "33"
    assert rows["a"][3] == "≠ 66"
    assert rows["a"][1] != "33"
    assert rows["a"][1].startswith("≠ ")
    driver.click("mistakes")
    assert not driver.page.locator("#mistakes-card").is_visible()


def test_wrong_order_loses_late_contributions(driver: PageDriver) -> None:
    a = Value(3.0, label="a")
    v1 = a * 2.0
    driver.open((v1 + (v1 * v1) * v1).trace()).press("End")
    driver.click("mistakes")
    right, wrong = driver.ask("[state.run.gradients[0], mistakenGradients(graph, state.run, 'order', 99)[0]]")
    assert right == 2.0 * (1.0 + 3.0 * 36.0)
    assert wrong != right
