"""The table that a notebook shows."""

from __future__ import annotations

from autograd_tiny import Value
from autograd_tiny.trace.notebook import markdown_table
from autograd_tiny.trace.walk import Walk


def rows(walk: Walk) -> list[str]:
    return markdown_table(walk).splitlines()[2:]


def test_each_kind_of_event_has_its_row() -> None:
    a = Value(3.0, label="a")
    walk = Walk(a * a, forward=True)
    walk.goto(3)
    assert rows(walk) == [
        "|   | 1 | `L` | `a * a = 9` | — |",
        "|   | 2 | `L` | seed | 1 |",
        "|   | 3 | `a` | `∂L/∂L·a = 1·3 = 3` | — → 3 |",
        "| ▶ | 4 | `a` | `∂L/∂L·a = 1·3 = 3` | 3 → 6 |",
    ]


def test_far_from_the_cursor_nothing_is_shown() -> None:
    node = Value(1.0)
    for _ in range(100):
        node = -node
    walk = Walk(node)
    assert len(rows(walk)) == 8
    walk.goto(50)
    assert len(rows(walk)) == 16
    walk.finish()
    assert len(rows(walk)) == 8
    assert not any("▶" in row for row in rows(walk))


def test_a_label_cannot_break_the_table() -> None:
    a = Value(1.0, label="a|`b`")
    assert rows(Walk(a * 2.0))[1] == r"|   | 2 | `a\|′b′` | `∂L/∂L·2 = 1·2 = 2` | — → 2 |"
