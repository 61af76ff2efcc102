"""A trace in a notebook: the events around the cursor as a table.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> print(markdown_table((a * 2.0).trace()))
|   |   | of | how | gradient |
|---|---|---|---|---|
| ▶ | 1 | `L` | seed | 1 |
|   | 2 | `a` | `∂L/∂L·2 = 1·2 = 2` | — → 2 |
"""

from __future__ import annotations

from typing import Final

from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace.events import Event
from autograd_tiny.trace.rules import brief, factor, shown
from autograd_tiny.trace.walk import Walk

AROUND: Final = 8
"""How many events are shown on each side of the cursor."""


def markdown_table(walk: Walk) -> str:
    """Return the events around the cursor, a pointer before the one that is next."""
    rows = ["|   |   | of | how | gradient |", "|---|---|---|---|---|"]
    for place in range(len(walk))[max(0, walk.cursor - AROUND) : walk.cursor + AROUND]:
        pointer = "▶" if place == walk.cursor else " "
        rows.append(f"| {pointer} | {place + 1} | {' | '.join(_columns(walk[place]))} |")
    return "\n".join(rows)


def _columns(event: Event) -> tuple[str, str, str]:
    """Return what receives something, how, and its gradient before and after."""
    if event.upstream is None or event.partial is None or event.contribution is None:
        is_forward = event.kind == "forward"
        how = _code(f"{brief(event.formula)} = {format_number(event.after)}") if is_forward else event.kind
        return _code(event.node), how, "—" if is_forward else format_number(event.after)
    numbers = f"{format_number(event.upstream)}·{factor(event.partial)} = {format_number(event.contribution)}"
    how = _code(f"∂{event.root}/∂{event.node}·{event.rule} = {numbers}")
    return _code(str(event.input)), how, f"{shown(event.before)} → {format_number(event.after)}"


def _code(text: str) -> str:
    """Return a text as code, which a table may hold."""
    return f"`{text.replace('`', '′').replace('|', chr(92) + '|')}`"
