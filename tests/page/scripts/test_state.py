"""The state of the page in the address of the browser."""

from __future__ import annotations

import pytest

from tests.page_driver import PageDriver, used_twice


def test_address_restores_state(driver: PageDriver) -> None:
    driver.open(used_twice())
    driver.enter("a", "4.5")
    driver.ask("document.activeElement.blur(); select(1)")
    driver.press("b", "End")
    driver.wait_until("location.hash.includes('step=5')")
    fragment = driver.ask("location.hash")
    assert fragment == "#step=5&set=a%3D4.5&break=b"
    driver.open(used_twice(), fragment=fragment)
    assert (driver.step, driver.leaf("a").input_value()) == (5, "4.5")
    assert driver.ask("[...state.breakpoints]") == [1]


def test_changed_address_changes_state(driver: PageDriver) -> None:
    driver.open(used_twice(), fragment="#step=1&set=a=4")
    driver.ask("location.hash = '#step=3&set=b=1'")
    driver.wait_until("state.cursor === 3")
    assert driver.ask("[...state.numbers]") == [[1, 1]]


@pytest.mark.parametrize("fragment", ["#step=99999", "#step=-1", "#set=a=x&set=c=1&set=v1=3&break=z", "#%", "#step="])
def test_invalid_address_is_ignored(driver: PageDriver, fragment: str) -> None:
    driver.open(used_twice(), fragment=fragment)
    assert 0 <= driver.step <= 5
    assert driver.ask("state.numbers.size + state.breakpoints.size") == 0
