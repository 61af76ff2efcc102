"""The kinks and jumps on a way are counted: as many as the slopes of a fine grid show."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

import pytest

from autograd_tiny import Value
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.trace.kink_passages import SEVERAL, Passages, passages, words_for_passages

ROWS = {
    "relu": [],
    "leaky_relu": [0.01],
    "abs": [],
    "relu6": [],
    "hardtanh": [-1.0, 1.0],
    "hardsigmoid": [],
    "hardswish": [],
    "softshrink": [0.5],
    "hardshrink": [0.5],
    "threshold": [1.0, -2.0],
    "clamp": [-2.0, 3.0],
    "maximum": [1.5],
    "minimum": [1.5],
    "remainder": [2.0],
    "fmod": [3.0],
    "elu": [1.0],
    "celu": [2.0],
    "tanh": [],
    "erf": [],
    "max": [1.0, 1.0, -3.0],
}
CELLS = 600


def seen_on_a_grid(row: Primitive, constants: list[float], start: float, end: float) -> tuple[int, int]:
    """Return how many kinks and jumps the differences of values on a grid show."""
    width = (end - start) / CELLS
    values = [row.evaluate(*row.group([start + width * k, *constants])) for k in range(CELLS + 1)]
    slopes = [(y - x) / width for x, y in pairwise(values)]
    bent = [k for k, (x, y) in enumerate(pairwise(slopes)) if abs(y - x) > 0.08]
    places = [k for k, before in zip(bent, [-9, *bent], strict=False) if k - before > 1]
    steep = [max(map(abs, slopes[k : k + 3])) * abs(width) > 0.4 for k in places]
    return steep.count(False), steep.count(True)


@pytest.mark.parametrize("name", ROWS)
def test_counts_are_those_of_a_fine_grid(name: str) -> None:
    row, constants, source = TABLE[name], ROWS[name], Random(name)
    for _ in range(6):
        start, end = source.uniform(-8.0, 8.0), source.uniform(-8.0, 8.0)
        found = passages(row, [start, *constants], [end, *constants])
        seen = seen_on_a_grid(row, constants, start, end)
        assert (found.kinks, found.jumps) == seen or not found.is_complete, (start, end)
        assert found.is_complete or sum(seen) > SEVERAL, (start, end)
        assert (found.leaves, found.reaches) == ("", "")


WORDS = [
    ("hardtanh(x, -1, 1)", -5.0, 5.0, "crossed 2 kinks"),
    ("hardtanh(x, -1, 1)", -5.0, 0.0, "crossed a kink"),
    ("hardtanh(x, -1, 1)", -5.0, 1.0, "crossed a kink, then reached a kink"),
    ("hardtanh(x, -1, 1)", -1.0, 5.0, "left a kink, then crossed a kink"),
    ("hardtanh(x, -1, 1)", -1.0, 1.0, "left a kink, then reached a kink"),
    ("clamp(x, 0, 1)", 2.0, -1.0, "crossed 2 kinks"),
    ("hardsigmoid(x)", -9.0, math.inf, "crossed 2 kinks"),
    ("softshrink(x, 0.5)", -1.0, 1.0, "crossed 2 kinks"),
    ("max([x, -x, 0.5])", -1.0, 1.0, "crossed 2 kinks"),
    ("x % 1", 0.5, 3.25, "crossed 3 jumps of its value"),
    ("x % 1", 0.5, 30.25, "crossed several jumps of its value"),
    ("abs(x)", -1.0, 1.0, "crossed a kink"),
]


@pytest.mark.parametrize(("text", "start", "end", "said"), WORDS)
def test_words_tell_every_kink_of_the_way(text: str, start: float, end: float, said: str) -> None:
    (crossing,) = parse(text).evaluate(x=start).trace().set("x", end).crossings
    assert crossing.ways == said
    assert f" {said}: " in str(crossing)


def test_long_list_leaves_and_reaches_ties() -> None:
    xs = [Value(float(k)) for k in range(40)]
    numbers = [x.data for x in xs]
    tied = [39.0, *numbers[1:]]
    assert passages(TABLE["max"], numbers, tied).reaches == "kink"
    assert passages(TABLE["max"], tied, [50.0, *numbers[1:]]).leaves == "kink"


def test_words_of_kinks_and_jumps_are_joined() -> None:
    between = Passages(kinks=1, jumps=2, is_complete=True, leaves="", reaches="")
    assert words_for_passages("", between, "jump") == "crossed a kink and 2 jumps of its value, then reached a jump"
    unknown = Passages(kinks=2, jumps=1, is_complete=False, leaves="", reaches="")
    assert words_for_passages("", unknown, "") == "crossed several kinks and a jump of its value"
