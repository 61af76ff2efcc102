"""The chart of a profile: its columns, its bars, and its width."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest

from autograd_tiny.support.display_width import display_width
from autograd_tiny.trace import ProfileRow
from autograd_tiny.trace.profile_chart import axis_of, bar, chart, three_digits


def row(group: str, mean: float | None, *, zeros: int = 0, non_finite: int = 0, unfinished: int = 0) -> ProfileRow:
    return ProfileRow(group, 12345, mean, mean, mean, zeros, non_finite, unfinished)


ROWS = [
    row("layers[3].neurons[12]", 1.234e-107, zeros=3),
    row("layers[2].neurons[12]", 1.0, non_finite=2),
    row("layers[1].neurons[12]", 0.0, unfinished=1),
    row("layers[0].neurons[12]", None),
]


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("width", [40, 57, 80, 120, 200])
def test_chart_is_as_wide_as_it_may_be(width: int, ascii: bool) -> None:
    lines = [line.text for line in chart("module", ROWS, width=width, ascii=ascii)]
    assert len(lines) == 5
    assert max(map(len, lines)) == width
    assert all("1.23e-107" in line for line in lines[1:2])
    assert all(line.isascii() for line in lines) == ascii


@pytest.mark.parametrize("width", [40, 57, 80])
def test_columns_of_wide_names_are_aligned(width: int) -> None:
    lines = chart("module", [row("隠れ層[0].重み", 1.5), row("b", 0.5), row("長い名前の層" * 9, 2.5)], width=width)
    assert len({display_width(line.cells) for line in lines}) == 1
    assert max(display_width(line.text) for line in lines) <= width


def test_bars_are_proportional_to_logarithms() -> None:
    sizes = [10.0**-k for k in range(9)]
    _, *lines = chart("depth", [row(str(k), size) for k, size in enumerate(sizes)], width=120)
    lengths = [len(line.bar) for line in lines]
    steps = [before - after for before, after in pairwise(lengths)]
    assert max(steps) - min(steps) <= 1
    assert lengths[0] > 7 * steps[0]


def test_size_of_0_has_no_bar_and_smallest_has_one() -> None:
    lines = chart("depth", [row("0", 5e-324), row("1", 1.7e308), row("2", 0.0), row("3", None)])
    assert [bool(line.bar) for line in lines] == [True, True, True, False, False]
    assert lines[0].bar.split() == ["1e-324", "log", "scale", "1e+309"]
    assert [line.text.split()[-1] for line in lines[3:]] == ["0", "—"]


def test_chart_without_sizes_has_no_axis() -> None:
    lines = [line.text for line in chart("depth", [row("0", None)])]
    assert lines == ["distance  count  mean size  median  max", "0         12345          —       —    —"]


def test_counts_of_0_have_no_column() -> None:
    titles = [
        chart("layer", [shown], width=120)[0].cells.split() for shown in (row("a", 1.0), row("a", 1.0, zeros=1))
    ]
    assert titles[0] == ["layer", "count", "mean", "size", "median", "max"]
    assert titles[1] == ["layer", "count", "zeros", "mean", "size", "median", "max"]


def test_long_name_is_cut_at_its_beginning() -> None:
    wide, narrow = (chart("module", ROWS[:2], width=width)[1].text for width in (80, 40))
    assert wide.startswith("layers[3].neurons[12] ")
    assert narrow.startswith("…[3].neurons[12] ")
    assert chart("module", ROWS[:2], names=["a", "b"])[1].text.startswith("a ")


@pytest.mark.parametrize(
    ("sizes", "axis"),
    [([1.0], (-1, 1)), ([0.99], (-1, 0)), ([10.0, 0.1], (-2, 2)), ([0.0, None], None), ([], None)],
)
def test_axis_is_wider_than_the_sizes(sizes: list[float | None], axis: tuple[int, int] | None) -> None:
    assert axis_of(sizes) == axis


def test_bar_has_eighths_and_is_seen_in_ascii() -> None:
    assert [bar(part, 2) for part in (0.0, 1e-9, 0.5, 9 / 16, 1.0)] == ["", "▌", "█", "█▏", "██"]


def test_numbers_have_three_digits() -> None:
    assert [three_digits(x) for x in (1234.5, 0.00012345, -0.0, math.inf)] == ["1.23e+03", "0.000123", "0", "inf"]
    assert re.fullmatch(r"\d\.\d\de-107", three_digits(1.234e-107))
