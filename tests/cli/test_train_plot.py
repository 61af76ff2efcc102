"""The picture of a training: curves, classes, names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograd_tiny.cli import train_plot
from autograd_tiny.support import figures
from autograd_tiny.tabular.dataset import Dataset
from autograd_tiny.tabular.experiment import Result, learn
from autograd_tiny.tabular.sample_data import OTHER_SETTINGS
from autograd_tiny.tabular.target import MOST_CLASSES

pytest.importorskip("matplotlib")
pytestmark = pytest.mark.no_cover  # test_train covers these lines, and tracing takes three times as long
QUICK = replace(OTHER_SETTINGS, hidden=(3,), epochs=2)
Draw = Callable[[Result], Any]


@pytest.fixture
def draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draw:
    """Return a function that saves a plot and returns its figure."""
    drawn, figures = train_plot.draw_training, []

    def remember(figure: Any, result: Result) -> Any:
        figures.append(drawn(figure, result))
        return figure

    def save(result: Result) -> Any:
        assert train_plot.save_plot(result, tmp_path / "plot.png") == (tmp_path / "plot.png", "")
        return figures[-1]

    monkeypatch.setattr(train_plot, "draw_training", remember)
    return save


def points(*classes: str, names: tuple[str, ...] = ("x", "y"), target: str = "kind") -> Dataset:
    """Return three examples of each class, or nine with a number as target."""
    rows = [[float(row), float(row * row % 7)] for row in range(3 * len(classes) or 9)]
    targets = [row // 3 for row in range(len(rows))]
    return Dataset("points", names, rows, target, targets, classes)


def texts(thing: Any) -> list[Any]:
    from matplotlib.text import Text

    return [text for text in thing.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("name", ["cost $\\usd$", "price_$x$_{", "$10^^$", "$5_$", "_a", "a_b^c", "\\$", "50 %"])
def test_names_are_drawn_literally(draw: Draw, name: str) -> None:
    data = points(name, f"{name}2", names=(name, "y"), target=name)
    figure = draw(learn(replace(data, name=name), QUICK))
    curves, plane = figure.axes
    assert plane.get_xlabel() == name
    assert plane.get_title("left") == f"what the network predicts: {name}"
    assert curves.get_title("left").startswith(f"{name}: test accuracy")
    assert [text.get_text() for text in plane.get_legend().get_texts()] == [name, f"{name}2", "test example"]
    assert not any(text.get_parse_math() or text.get_usetex() for text in texts(figure))


def test_colour_bar_has_literal_name(draw: Draw) -> None:
    *_, scale = draw(learn(points(target="cost $\\usd$"), QUICK)).axes
    assert scale.get_ylabel() == "cost $\\usd$"


def test_long_names_leave_space(draw: Draw) -> None:
    figure = draw(learn(points("a" * 300, "b" * 300, names=("x" * 300, "y" * 300)), QUICK))
    assert figure.axes[1].get_window_extent().width > 200


@pytest.mark.parametrize("epochs", [1, 3])
def test_few_epochs_have_markers(draw: Draw, epochs: int) -> None:
    panel = draw(learn(points("a", "b"), replace(QUICK, epochs=epochs))).axes[0]
    assert [line.get_marker() for line in panel.lines] == ["o", "o"]
    low, high = panel.get_xlim()
    ticks = [tick for tick in panel.get_xticks() if low <= tick <= high]
    assert ticks == list(range(1, epochs + 1))


def test_many_epochs_have_no_markers(draw: Draw) -> None:
    panel = draw(learn(points("a", "b"), replace(QUICK, epochs=30))).axes[0]
    assert {line.get_marker() for line in panel.lines} == {""}


def test_classes_look_different() -> None:
    looks = {train_plot.look_of(number) for number in range(MOST_CLASSES)}
    assert len(looks) == MOST_CLASSES


def test_legend_has_colour_and_marker(draw: Draw) -> None:
    names = [f"class {number}" for number in range(25)]
    legend = draw(learn(points(*names), QUICK)).axes[1].get_legend()
    looks = {
        (handle.get_facecolor().tobytes(), handle.get_paths()[0].vertices.tobytes())
        for handle in legend.legend_handles
    }
    assert len(looks) == 26
    assert legend.get_window_extent().height < legend.figure.bbox.height


def test_curves_and_classes_differ_in_colour(draw: Draw) -> None:
    lines = draw(learn(points("a", "b"), QUICK)).axes[0].lines
    assert len({line.get_color() for line in lines} - set(figures.COLOURS)) == 2
    assert len({line.get_linestyle() for line in lines}) == 2


@pytest.mark.parametrize("classes", [("a", "b", "c"), ()])
def test_all_examples_are_drawn_test_ones_ringed(draw: Draw, classes: tuple[str, ...]) -> None:
    from matplotlib.collections import PathCollection
    from matplotlib.colors import to_rgba

    result = learn(points(*classes), QUICK)
    panel = draw(result).axes[1]
    rings: dict[tuple[float, ...], list[list[float]]] = {}
    for drawn in panel.collections:
        if isinstance(drawn, PathCollection) and len(drawn.get_offsets()):
            rings.setdefault(tuple(drawn.get_edgecolor()[0]), []).extend(drawn.get_offsets().tolist())
    for rows, ring in ((result.train, "white"), (result.test, figures.INK)):
        assert sorted(rings[to_rgba(ring)]) == sorted(result.dataset.inputs[row] for row in rows)
    assert panel.get_legend().get_texts()[-1].get_text() == "test example"
