"""The keys and buttons of the page in a browser."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from autograd_tiny.trace import Trace
from tests.page_driver import PageDriver


def expression(*, forward: bool = False) -> Trace:
    """Return the trace of L = relu(a*b + a²), 6 nodes: the seed and six contributions."""
    a, b = Value(2.0, label="a"), Value(-1.0, label="b")
    return (a * b + a**2).relu().trace(forward=forward)


def transform(driver: PageDriver) -> str:
    return str(driver.page.get_attribute("#viewport", "transform"))


def scale(driver: PageDriver) -> float:
    return float(transform(driver).partition("scale(")[2].rstrip(")"))


def test_arrows_step_by_event(driver: PageDriver) -> None:
    driver.open(expression())
    driver.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft")
    assert driver.step == 2
    assert driver.text("#where") == "step 2 of 7"


def test_arrows_stop_at_both_ends(driver: PageDriver) -> None:
    driver.open(expression())
    driver.press("ArrowLeft")
    assert driver.step == 0
    driver.press("End", "ArrowRight")
    assert driver.step == 7


@pytest.mark.parametrize("forward", [False, True])
def test_shift_arrows_step_by_node(driver: PageDriver, forward: bool) -> None:
    trace = expression(forward=forward)
    driver.open(trace)
    while trace.node() is not None:
        driver.press("Shift+ArrowRight")
        assert driver.step == trace.cursor
    while trace.node(back=True) is not None:
        driver.press("Shift+ArrowLeft")
        assert driver.step == trace.cursor
    driver.press("Shift+ArrowLeft")
    assert driver.step == 0


def test_home_and_end_go_to_the_ends(driver: PageDriver) -> None:
    driver.open(expression())
    driver.press("End")
    assert driver.step == 7
    assert (driver.gradient("a"), driver.gradient("b")) == ("3", "2")
    driver.press("Home")
    assert driver.step == 0
    assert (driver.gradient("a"), driver.gradient("b")) == ("—", "—")


def test_space_plays_to_the_end(driver: PageDriver) -> None:
    driver.open(expression()).press("End", "ArrowLeft", "ArrowLeft", "Space")
    assert driver.page.get_attribute("#play", "aria-pressed") == "true"
    driver.wait_until("state.cursor === 7")
    assert driver.page.get_attribute("#play", "aria-pressed") == "false"


def test_space_again_pauses(driver: PageDriver) -> None:
    driver.open(expression()).press("Space", "Space")
    assert driver.page.get_attribute("#play", "aria-pressed") == "false"


def test_playing_stops_at_breakpoint(driver: PageDriver) -> None:
    driver.open(expression())
    driver.ask("select(graph.nodes.findIndex(node => node.name === 'v3'))")
    driver.press("b", "Space")
    driver.wait_until("byId('play').ariaPressed === 'false'")
    assert driver.step == 2
    assert driver.ask("eventAt(graph, state.cursor - 1).x") == driver.ask("state.selected")


def test_playing_from_the_end_restarts(driver: PageDriver) -> None:
    driver.open(expression()).press("End", "Space")
    assert driver.step == 0
    driver.press("Space")


def test_b_toggles_breakpoint(driver: PageDriver) -> None:
    driver.open(expression()).press("b")
    assert driver.page.locator(".box.broken").count() == 1
    assert "breakpoint" in str(driver.page.get_attribute(".box.broken", "aria-label"))
    assert driver.page.locator("#event-list .breakpoint").count() == 1
    driver.press("b")
    assert driver.page.locator(".box.broken").count() == 0


def test_slash_searches_and_enter_shows_node(driver: PageDriver) -> None:
    driver.open(expression()).press("/")
    driver.page.keyboard.type("a ** 2")
    assert driver.page.locator("#node-rows tr").count() == 1
    assert driver.text("#found") == "1 of 6 nodes"
    driver.press("Enter", "Escape")
    assert driver.text("#node-title") == "v2 = a ** 2"
    assert driver.ask("document.activeElement === document.body")


def test_zoom_keys_zoom_and_fit(driver: PageDriver) -> None:
    driver.open(expression())
    driver.page.wait_for_selector('#viewport[transform*="scale("]', state="attached")
    driver.page.wait_for_timeout(50)
    before = scale(driver)
    driver.press("+")
    assert scale(driver) == pytest.approx(1.25 * before)
    driver.press("-", "-")
    assert scale(driver) == pytest.approx(0.8 * before)
    driver.press("0")
    assert scale(driver) == pytest.approx(before)


def test_question_mark_opens_help(driver: PageDriver) -> None:
    driver.open(expression()).press("?")
    assert driver.page.locator("#help-dialog").is_visible()
    assert driver.page.locator("#keys kbd").count() == 11
    driver.press("ArrowRight")
    assert driver.step == 0
    driver.press("Escape")
    assert not driver.page.locator("#help-dialog").is_visible()


def test_tab_selects_nodes_in_order(driver: PageDriver) -> None:
    driver.open(expression())
    driver.page.focus("#picture .box")
    seen = []
    for _ in range(8):
        seen.append(driver.ask("document.activeElement.closest('.box')?.dataset.id"))
        driver.press("Tab")
    assert list(dict.fromkeys(seen)) == ["n0", "n1", "n2", "n3", "n4", "n5"]
    assert driver.text("#node-title").startswith("L = relu")


def test_keys_with_ctrl_are_ignored(driver: PageDriver) -> None:
    driver.open(expression())
    driver.press("Control+ArrowRight")
    assert driver.step == 0


def test_keys_typed_into_field_are_ignored(driver: PageDriver) -> None:
    driver.open(expression())
    driver.leaf("a").focus()
    driver.press("b", "ArrowRight", "Home", "End")
    assert driver.step == 0
    assert driver.ask("state.breakpoints.size") == 0


@pytest.mark.parametrize(
    ("button", "key"),
    [
        ("next", "ArrowRight"),
        ("back", "ArrowLeft"),
        ("node-next", "Shift+ArrowRight"),
        ("node-back", "Shift+ArrowLeft"),
        ("end", "End"),
        ("start", "Home"),
    ],
)
def test_button_does_what_its_key_does(driver: PageDriver, button: str, key: str) -> None:
    driver.open(expression(), fragment="#step=4").press(key)
    step = driver.step
    driver.ask("goTo(4)")
    driver.click(button)
    assert driver.step == step != 4


def test_buttons_are_disabled_at_the_ends(driver: PageDriver) -> None:
    driver.open(expression())
    assert [driver.page.is_disabled(f"#{name}") for name in ("start", "node-back", "back")] == [True] * 3
    driver.press("End")
    assert [driver.page.is_disabled(f"#{name}") for name in ("next", "node-next", "end")] == [True] * 3


def test_play_button_plays_and_pauses(driver: PageDriver) -> None:
    driver.open(expression()).click("play")
    assert driver.page.get_attribute("#play", "aria-pressed") == "true"
    driver.click("play")
    assert driver.page.get_attribute("#play", "aria-pressed") == "false"


def test_zoom_buttons_zoom_and_fit(driver: PageDriver) -> None:
    driver.open(expression())
    driver.page.wait_for_timeout(50)
    before = transform(driver)
    driver.click("zoom-in")
    driver.click("zoom-out")
    driver.click("zoom-out")
    assert scale(driver) < float(before.partition("scale(")[2].rstrip(")"))
    driver.click("fit")
    assert transform(driver) == before


def test_pointer_pans_and_zooms(driver: PageDriver) -> None:
    driver.open(expression())
    driver.page.wait_for_timeout(50)
    before = driver.ask("({...view})")
    driver.page.mouse.move(400, 120)
    driver.page.mouse.down()
    driver.page.mouse.move(450, 150)
    driver.page.mouse.up()
    after = driver.ask("({...view})")
    assert (after["x"] - before["x"], after["y"] - before["y"]) == (50, 30)
    driver.page.keyboard.down("Control")
    driver.page.mouse.wheel(0, -200)
    driver.page.keyboard.up("Control")
    driver.wait_until(f"view.scale > {before['scale']}")


def test_click_in_list_goes_to_event(driver: PageDriver) -> None:
    driver.open(expression())
    driver.page.click('#event-list [data-place="4"]')
    assert driver.step == 5


def test_arrows_move_through_event_list(driver: PageDriver) -> None:
    driver.open(expression())
    driver.page.focus("#event-list")
    driver.press("ArrowDown", "ArrowDown", "PageDown", "ArrowUp")
    assert driver.step == 6
    assert driver.page.get_attribute("#event-list", "aria-activedescendant") == "event-5"


def test_step_slider_sets_step(driver: PageDriver) -> None:
    driver.open(expression())
    driver.page.fill("#place", "4")
    assert driver.step == 4
    assert driver.page.get_attribute("#place", "aria-valuetext") == "step 4 of 7"


def test_digits_can_be_chosen(driver: PageDriver) -> None:
    a = Value(1.0, label="a")
    driver.open((a / 3.0).trace()).press("End")
    assert driver.gradient("a") == "0.33333"
    driver.page.select_option("#digits", "3")
    assert driver.gradient("a") == "0.333"
    driver.page.select_option("#digits", label="all")
    assert "0.3333333333333333" in driver.text("#node")
