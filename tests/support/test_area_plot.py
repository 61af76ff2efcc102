"""The plot of a curve in a terminal: its scale, its blocks, its width, and what is not finite."""

from __future__ import annotations

import math

import pytest

from autograd_tiny.support.area_plot import BLOCKS, area_plot, points_per_column
from autograd_tiny.support.terminal_text import to_ascii


def test_height_of_a_column_is_its_number() -> None:
    numbers = [1.0, 0.75, 0.5, 0.25, 0.125, 0.0]
    lines = area_plot(numbers, width=len("0.5 ┤") + 6, height=2)
    assert lines == ["  1 ┤█▄", "0.5 ┤███▄▂", "  0 ┼──────", "     1    6"]


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("count", [1, 2, 7, 36, 37, 75, 76, 1000])
def test_plot_fits_its_width(count: int, width: int) -> None:
    lines = area_plot([math.exp(-i / 20) for i in range(count)], width=width)
    assert max(map(len, lines)) <= width
    assert len(lines) == 8 + 2
    assert lines[-1].split() == (["1", str(count)] if count > 1 else ["1"])


def test_columns_of_many_points_are_their_means() -> None:
    assert area_plot([0.0, 2.0, 1.0, 1.0], width=5, height=1) == ["2 ┤▄▄", "0 ┼──", "   1 4"]


@pytest.mark.parametrize("count", [1, 3, 76, 77, 1000])
def test_points_of_a_column_are_counted(count: int) -> None:
    least, most = points_per_column([0.5] * count, width=80)
    columns = len(area_plot([0.5] * count, width=80)[-2].rpartition("┼")[2])
    assert least <= max(1.0, count / columns) <= most
    assert most - least <= 1


def test_points_that_are_not_finite_are_left_out() -> None:
    lines = area_plot([1.0, math.nan, math.inf, 0.5], width=7, height=1)
    assert lines[0] == "1 ┤█  ▄"
    assert area_plot([math.nan], width=20, height=1)[:2] == ["1 ┤", "0 ┼────"]


def test_scale_reaches_below_zero() -> None:
    assert area_plot([-1.0, 1.0], width=8, height=1) == [" 1 ┤  ██", "-1 ┼────", "    1  2"]


def test_first_point_has_a_number() -> None:
    assert area_plot([1.0, 1.0, 1.0], width=20, height=1, first=7)[-1].split() == ["7", "9"]


def test_blocks_have_ascii_replacements_by_size() -> None:
    assert to_ascii(BLOCKS) == " ...:::##"
    assert all(line.isascii() for line in map(to_ascii, area_plot([1.0, 0.5, 0.2], width=40)))
