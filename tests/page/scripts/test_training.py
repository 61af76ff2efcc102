"""The page of a training: its loss, its updates, and the pass of one update at a time."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nn
from autograd_tiny import Value
from autograd_tiny.debugger import debug_training
from nn.training_walk import TrainingWalk
from tests.page.test_accessibility import axe_source, violations
from tests.page_driver import PageDriver


class Line:
    def __init__(self) -> None:
        self.w, self.b = Value(1.0, label="w"), Value(0.5, label="<b>")

    def parameters(self) -> list[Value]:
        return [self.w, self.b]

    def __call__(self, x: Any) -> Value:
        return self.w * x + self.b


def line_walk() -> TrainingWalk:
    model = Line()
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    inputs, targets = [1.0, 2.0, -1.0], [2.0, 3.0, 0.0]
    return TrainingWalk(
        model, inputs, targets, loss="squared_error", optimizer=optimizer, epochs=3, batch_size=2, shuffle=False
    )


def page_of(walk: TrainingWalk, folder: Path, *commands: str) -> str:
    path = folder / "walk.html"
    typed = "".join(f"{command}\n" for command in (*commands, f"save {path}"))
    debug_training(walk, stdin=io.StringIO(typed), stdout=io.StringIO())
    return path.read_text(encoding="utf-8")


def wait_for(driver: PageDriver, place: str) -> None:
    """Wait until the page has loaded the pass of an update."""
    driver.page.locator("#update-place", has_text=place).wait_for()


def data_of(page: str) -> Any:
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_page_steps_over_updates(driver: PageDriver, tmp_path: Path) -> None:
    walk = line_walk()
    driver.open_text(page_of(walk, tmp_path, "n 3 updates"))
    assert driver.text("#update-place") == "update 4 of 6"
    assert "This update is not made yet." in driver.text("#training")
    assert driver.page.is_disabled("#update-next")
    for update, value in ((3, "1.04"), (2, "1.15"), (1, "1")):
        driver.press("PageUp")
        wait_for(driver, f"update {update} of 6")
        assert driver.page.locator("#update-rows tr").count() == 2
        assert driver.ask("graph.nodes.find(({ name }) => name === 'w').value") == pytest.approx(float(value))
    assert driver.text("#update-rows tr") == "w11.15= 1 - 0.1·(-1.5)"
    assert driver.text("#update-rows tr:last-child th") == "<b>"
    assert driver.page.is_disabled("#update-back")
    driver.press("PageUp", "End")
    assert driver.ask("state.run.gradients[graph.nodes.findIndex(({ name }) => name === 'w')]") == -1.5
    driver.click("update-next")
    wait_for(driver, "update 2 of 6")
    assert driver.text("#training-title") == "update 2 of 6: epoch 1, batch 2 of 2, loss = 0.3025"


def test_curve_opens_the_pass_of_a_point(driver: PageDriver, tmp_path: Path) -> None:
    driver.open_text(page_of(line_walk(), tmp_path, "n 3 updates"), "#pass=1")
    assert driver.text("#update-place") == "update 2 of 6"
    assert driver.page.get_attribute("#losses", "aria-label") == "loss of updates 1 to 4: 0.25 → 0.1232"
    width = driver.page.locator("#losses").bounding_box()["width"]
    driver.page.locator("#losses").click(position={"x": width - 3, "y": 5})
    wait_for(driver, "update 4 of 6")
    driver.page.locator("#update-place").click()
    driver.press("?", "PageUp", "Escape")
    assert driver.text("#update-place") == "update 4 of 6"
    assert "to the previous update" in driver.text("#keys")


def test_address_without_such_a_pass_shows_the_last(driver: PageDriver, tmp_path: Path) -> None:
    page = page_of(line_walk(), tmp_path, "n 3 epochs")
    driver.open_text(page, "#pass=99")
    assert driver.text("#update-place") == "the end"
    assert "The training is over." in driver.text("#training")
    assert "loss of updates 1 to 6: 0.25 → 0.048673, after them 0.017522" in driver.text("#training")
    assert "The passes of updates 1 to 6 and the last batch once more can be opened." in driver.text("#training")
    assert driver.text("#training-title") == "the last batch once more, after the training"


def test_losses_that_are_not_finite_are_left_out(driver: PageDriver, tmp_path: Path) -> None:
    walk = line_walk()
    walk.optimizer._lr = 1e200
    walk._moments[0].state["_lr"] = 1e200
    driver.open_text(page_of(walk, tmp_path, "n update"))
    assert driver.page.locator("#losses circle").count() == 0
    assert "→ inf; drawn from 0 to 0.25; left out where it is not finite." in driver.text("#training")
    assert "The loss is not finite, so no update can follow." in driver.text("#training")


# ── without a browser ──


def test_data_are_those_of_the_training(tmp_path: Path) -> None:
    walk = line_walk()
    data = data_of(page_of(walk, tmp_path, "n 3 updates"))
    training = data["training"]
    assert training["losses"] == walk.losses
    assert (training["first"], training["total"], len(data["passes"])) == (1, 6, 4)
    assert training["updates"][0]["rows"] == [
        ["w", "1", "1.15", "= 1 - 0.1·(-1.5)"],
        ["<b>", "0.5", "0.6", "= 0.5 - 0.1·(-1)"],
    ]
    assert training["updates"][3]["rows"] == []
    assert data["title"] == "Training of Line"


def test_page_of_a_training_without_data_is_below_105_kilobytes(tmp_path: Path) -> None:
    page = page_of(line_walk(), tmp_path, "n update")
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert len(page.encode()) - len(found[1].encode()) < 105_000


def test_page_of_a_training_is_accessible_and_narrow(driver_with: Callable[..., PageDriver], tmp_path: Path) -> None:
    page = page_of(line_walk(), tmp_path, "n 3 updates")
    for scheme, width in (("light", 1280), ("dark", 390)):
        driver = driver_with(color_scheme=scheme, viewport={"width": width, "height": 860})
        driver.open_text(page, "#pass=1").ask(axe_source())
        assert violations(driver) == []
        assert driver.ask("document.documentElement.scrollWidth") <= width
