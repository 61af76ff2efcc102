"""The page in a frame, in dark and light, in narrow windows, with reduced motion, and for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nn
from tests.page_driver import PageDriver, used_twice


def test_notebook_shows_page_in_frame(driver: PageDriver) -> None:
    driver.open_text(f"<!doctype html><title>notebook</title>{used_twice()._repr_html_()}")
    frame = driver.page.frames[1]
    frame.wait_for_selector("#next")
    frame.click("#next")
    assert frame.text_content("#where") == "step 1 of 5"


def test_colours_follow_color_scheme(driver_with: Callable[..., PageDriver]) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    schemes = ("light", "dark")
    colours = {scheme: driver_with(color_scheme=scheme).open(used_twice()).ask(colour) for scheme in schemes}
    assert colours == {"light": "rgb(244, 246, 248)", "dark": "rgb(15, 20, 25)"}


def test_reduced_motion_stops_animation(driver_with: Callable[..., PageDriver]) -> None:
    driver = driver_with(reduced_motion="reduce").open(used_twice())
    driver.enter("a", "4")
    assert driver.ask("getComputedStyle(document.querySelector('.flash')).animationName") == "none"


@pytest.mark.parametrize("width", [390, 860, 1280])
def test_page_fits_window_width(driver_with: Callable[..., PageDriver], width: int) -> None:
    driver = driver_with(viewport={"width": width, "height": 844}).open(used_twice())
    driver.click("mistakes")
    assert driver.ask("document.documentElement.scrollWidth") <= width


def axe_source() -> str:
    package = pytest.importorskip("axe_playwright_python", reason='axe-core is not installed: pip install -e ".[ci]"')
    return next(Path(package.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


def violations(driver: PageDriver) -> list[Any]:
    found = driver.ask("axe.run()")["violations"]
    return [(rule["id"], node["html"], node["failureSummary"]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(driver_with: Callable[..., PageDriver], scheme: str) -> None:
    driver = driver_with(color_scheme=scheme, viewport={"width": 1280, "height": 860})
    source = axe_source()
    model = nn.MLP(2, [8, 8, 1], seed=0)
    driver.open((model([0.5, -1.0]) ** 2).trace(), fragment="#step=3").ask(source)
    assert violations(driver) == []
    driver.open(used_twice(), fragment="#step=3").ask(source)
    driver.ask("byId('mistakes').click(); byId('predict').click(); toggleBreakpoint(0)")
    assert violations(driver) == []
    driver.ask("byId('help-dialog').showModal()")
    assert violations(driver) == []
