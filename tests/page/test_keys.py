"""The page in a browser: every key and every button of the steps, the view and the help."""

from __future__ import annotations

import pytest

from autograd_tiny import Value
from autograd_tiny.trace import Trace
from tests.page.page_reader import Reader


def expression(*, forward: bool = False) -> Trace:
    """Return the trace of L = relu(a*b + a²), 6 nodes: the seed and six contributions."""
    a, b = Value(2.0, label="a"), Value(-1.0, label="b")
    return (a * b + a**2).relu().trace(forward=forward)


def transform(reader: Reader) -> str:
    return str(reader.page.get_attribute("#viewport", "transform"))


def scale(reader: Reader) -> float:
    return float(transform(reader).partition("scale(")[2].rstrip(")"))


def test_arrows_go_one_event_on_and_back(reader: Reader) -> None:
    reader.open(expression())
    reader.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft")
    assert reader.step == 2
    assert reader.text("#where") == "step 2 of 7"


def test_arrows_stop_at_both_ends(reader: Reader) -> None:
    reader.open(expression())
    reader.press("ArrowLeft")
    assert reader.step == 0
    reader.press("End", "ArrowRight")
    assert reader.step == 7


@pytest.mark.parametrize("forward", [False, True])
def test_arrows_with_shift_go_where_python_goes_by_nodes(reader: Reader, forward: bool) -> None:
    trace = expression(forward=forward)
    reader.open(trace)
    while trace.node() is not None:
        reader.press("Shift+ArrowRight")
        assert reader.step == trace.cursor
    while trace.node(back=True) is not None:
        reader.press("Shift+ArrowLeft")
        assert reader.step == trace.cursor
    reader.press("Shift+ArrowLeft")
    assert reader.step == 0


def test_home_and_end_go_to_the_ends(reader: Reader) -> None:
    reader.open(expression())
    reader.press("End")
    assert reader.step == 7
    assert (reader.gradient("a"), reader.gradient("b")) == ("3", "2")
    reader.press("Home")
    assert reader.step == 0
    assert (reader.gradient("a"), reader.gradient("b")) == ("—", "—")


def test_space_plays_to_the_end_and_stops(reader: Reader) -> None:
    reader.open(expression()).press("End", "ArrowLeft", "ArrowLeft", "Space")
    assert reader.page.get_attribute("#play", "aria-pressed") == "true"
    reader.wait_until("state.cursor === 7")
    assert reader.page.get_attribute("#play", "aria-pressed") == "false"


def test_space_again_stops_playing(reader: Reader) -> None:
    reader.open(expression()).press("Space", "Space")
    assert reader.page.get_attribute("#play", "aria-pressed") == "false"


def test_playing_stops_at_a_breakpoint(reader: Reader) -> None:
    reader.open(expression())
    reader.ask("select(graph.nodes.findIndex(node => node.name === 'v3'))")
    reader.press("b", "Space")
    reader.wait_until("byId('play').ariaPressed === 'false'")
    assert reader.step == 2
    assert reader.ask("eventAt(graph, state.cursor - 1).x") == reader.ask("state.selected")


def test_playing_from_the_end_begins_anew(reader: Reader) -> None:
    reader.open(expression()).press("End", "Space")
    assert reader.step == 0
    reader.press("Space")


def test_b_sets_and_takes_away_a_breakpoint(reader: Reader) -> None:
    reader.open(expression()).press("b")
    assert reader.page.locator(".box.broken").count() == 1
    assert "breakpoint" in str(reader.page.get_attribute(".box.broken", "aria-label"))
    assert reader.page.locator("#event-list .breakpoint").count() == 1
    reader.press("b")
    assert reader.page.locator(".box.broken").count() == 0


def test_slash_searches_and_enter_shows_the_node(reader: Reader) -> None:
    reader.open(expression()).press("/")
    reader.page.keyboard.type("a ** 2")
    assert reader.page.locator("#node-rows tr").count() == 1
    assert reader.text("#found") == "1 of 6 nodes"
    reader.press("Enter", "Escape")
    assert reader.text("#node-title") == "v2 = a ** 2"
    assert reader.ask("document.activeElement === document.body")


def test_zoom_keys_zoom_and_0_fits(reader: Reader) -> None:
    reader.open(expression())
    reader.page.wait_for_timeout(50)
    before = scale(reader)
    reader.press("+")
    assert scale(reader) == pytest.approx(1.25 * before)
    reader.press("-", "-")
    assert scale(reader) == pytest.approx(0.8 * before)
    reader.press("0")
    assert scale(reader) == pytest.approx(before)


def test_question_mark_opens_the_help_and_escape_closes_it(reader: Reader) -> None:
    reader.open(expression()).press("?")
    assert reader.page.locator("#help-dialog").is_visible()
    assert reader.page.locator("#keys kbd").count() == 11
    reader.press("ArrowRight")
    assert reader.step == 0
    reader.press("Escape")
    assert not reader.page.locator("#help-dialog").is_visible()


def test_tab_walks_the_nodes_and_selects_them(reader: Reader) -> None:
    reader.open(expression())
    reader.page.focus("#picture .box")
    seen = []
    for _ in range(8):
        seen.append(reader.ask("document.activeElement.closest('.box')?.dataset.id"))
        reader.press("Tab")
    assert list(dict.fromkeys(seen)) == ["n0", "n1", "n2", "n3", "n4", "n5"]
    assert reader.text("#node-title").startswith("L = relu")


def test_keys_with_ctrl_belong_to_the_browser(reader: Reader) -> None:
    reader.open(expression())
    reader.press("Control+ArrowRight")
    assert reader.step == 0


def test_letters_typed_into_a_box_are_no_keys_of_the_page(reader: Reader) -> None:
    reader.open(expression())
    reader.leaf("a").focus()
    reader.press("b", "ArrowRight", "Home", "End")
    assert reader.step == 0
    assert reader.ask("state.breakpoints.size") == 0


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
def test_a_button_goes_where_its_key_goes(reader: Reader, button: str, key: str) -> None:
    reader.open(expression(), fragment="#step=4").press(key)
    step = reader.step
    reader.ask("goTo(4)")
    reader.click(button)
    assert reader.step == step != 4


def test_the_buttons_that_lead_nowhere_are_switched_off(reader: Reader) -> None:
    reader.open(expression())
    assert [reader.page.is_disabled(f"#{name}") for name in ("start", "node-back", "back")] == [True] * 3
    reader.press("End")
    assert [reader.page.is_disabled(f"#{name}") for name in ("next", "node-next", "end")] == [True] * 3


def test_the_play_button_plays_and_stops(reader: Reader) -> None:
    reader.open(expression()).click("play")
    assert reader.page.get_attribute("#play", "aria-pressed") == "true"
    reader.click("play")
    assert reader.page.get_attribute("#play", "aria-pressed") == "false"


def test_the_zoom_buttons_zoom_and_fit(reader: Reader) -> None:
    reader.open(expression())
    reader.page.wait_for_timeout(50)
    before = transform(reader)
    reader.click("zoom-in")
    reader.click("zoom-out")
    reader.click("zoom-out")
    assert scale(reader) < float(before.partition("scale(")[2].rstrip(")"))
    reader.click("fit")
    assert transform(reader) == before


def test_the_picture_is_moved_and_zoomed_with_the_pointer(reader: Reader) -> None:
    reader.open(expression())
    reader.page.wait_for_timeout(50)
    before = reader.ask("({...view})")
    reader.page.mouse.move(400, 120)
    reader.page.mouse.down()
    reader.page.mouse.move(450, 150)
    reader.page.mouse.up()
    after = reader.ask("({...view})")
    assert (after["x"] - before["x"], after["y"] - before["y"]) == (50, 30)
    reader.page.keyboard.down("Control")
    reader.page.mouse.wheel(0, -200)
    reader.page.keyboard.up("Control")
    reader.wait_until(f"view.scale > {before['scale']}")


def test_a_click_in_the_list_jumps_to_the_event(reader: Reader) -> None:
    reader.open(expression())
    reader.page.click('#event-list [data-place="4"]')
    assert reader.step == 5


def test_the_list_of_events_is_walked_with_its_arrows(reader: Reader) -> None:
    reader.open(expression())
    reader.page.focus("#event-list")
    reader.press("ArrowDown", "ArrowDown", "PageDown", "ArrowUp")
    assert reader.step == 6
    assert reader.page.get_attribute("#event-list", "aria-activedescendant") == "event-5"


def test_the_slider_of_the_steps_goes_anywhere(reader: Reader) -> None:
    reader.open(expression())
    reader.page.fill("#place", "4")
    assert reader.step == 4
    assert reader.page.get_attribute("#place", "aria-valuetext") == "step 4 of 7"


def test_digits_are_chosen(reader: Reader) -> None:
    a = Value(1.0, label="a")
    reader.open((a / 3.0).trace()).press("End")
    assert reader.gradient("a") == "0.33333"
    reader.page.select_option("#digits", "3")
    assert reader.gradient("a") == "0.333"
    reader.page.select_option("#digits", label="all")
    assert "0.3333333333333333" in reader.text("#node")
