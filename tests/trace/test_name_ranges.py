"""Many names in few words."""

from __future__ import annotations

import pytest

from autograd_tiny.trace.name_ranges import list_names, range_text, ranges_of


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["w[0]", "w[1]"], "w[0], w[1]"),
        (["w[0]", "w[1]", "w[2]", "w[3]"], "w[0..3]"),
        (["w[3]", "w[2]", "w[1]"], "w[3..1]"),
        (["v2", "v4", "v6", "v8"], "v2, v4..8"),
        (["w[0]", "w[1]", "w[3]", "w[4]"], "w[0], w[1], w[3], w[4]"),
        (["p1q", "p2q", "p3q"], "p1..3q"),
        (["a1", "b2", "c3"], "a1, b2, c3"),
        (["x", "x", "x"], "x, x, x"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
        ([*"abc", *(f"w[{k}]" for k in range(9))], "a, b, c, w[0..8]"),
        ([*"abcd", *(f"w[{k}]" for k in range(9))], "a, b, c and 10 more"),
        (
            ["layers[0].neurons[3].w[0]", "layers[0].neurons[3].w[1]", "layers[0].neurons[3].w[2]"],
            "layers[0].neurons[3].w[0..2]",
        ),
    ],
)
def test_consecutive_names_are_a_range(names: list[str], text: str) -> None:
    assert list_names(names) == text


def test_range_with_stride_shows_it() -> None:
    (names,) = ranges_of(["w[1]", "w[3]", "w[5]"])
    assert range_text(names) == "w[1], w[3..5]"


def test_label_with_thousands_of_digits() -> None:
    digits = "9" * 5000
    assert ranges_of([f"w{digits}7", f"w{digits}8"]) == [[f"w{digits}7", f"w{digits}8"]]
