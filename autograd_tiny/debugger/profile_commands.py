"""Commands that show the sizes of many gradients, and the paths that one gradient is made of.

Each is a function of the session and of the rest of the command line; its docstring is its help.
"""

from __future__ import annotations

import re
from typing import Final

from autograd_tiny.debugger.output import show_text
from autograd_tiny.debugger.session import PromptError, Session, whole_number
from autograd_tiny.errors import shorten
from autograd_tiny.symbolic.short_names import short_names
from autograd_tiny.trace.paths import COLUMN
from autograd_tiny.trace.profile_chart import LONGEST, chart
from autograd_tiny.trace.profile_groups import SEPARATOR, profile_groups, range_example

KINDS: Final = {"layers": "layer", "modules": "module", "depth": "depth"}
"""The words after `grads`, and the argument of `Trace.profile` for each."""
EVERY: Final = re.compile(r"(?:^|\s)by\s+(\S+)$")
MOST_ROWS: Final = 30
"""Of more rows, those at both ends are shown."""
LAST: Final = 6
"""The number of rows shown at the lower end."""
USUAL_PATHS: Final = 20
MOST_PATHS: Final = 1000


def show_gradients(session: Session, line: str) -> None:
    """Show the sizes of gradients as a chart.

    By layer, or in a graph without layers by distance from the root, from there down; grads modules and grads depth
    choose. grads v400..v800 by 100 takes a range of names, 100 nodes in a row. The rows of distances have the
    computed nodes, and leaves have a row of their own. The scale is logarithmic.

    Vanishing and exploding gradients, dead units, zeros, inf and nan are named below where the numbers show them, and
    in the middle of a pass the gradients that are not finished.
    """
    by, count = _measure(session, line)
    if session.cursor.is_forward or session.cursor.is_at_start:
        profile_groups(session.trace, by, count)  # refuses a mistake here as well
        remedy = "backward enters the backward pass" if session.cursor.is_forward else "s and n go on"
        raise PromptError(f"no gradient is known at this step; {remedy}")
    profile, terminal = session.trace.profile(by, every=count, at_cursor=True), session.terminal
    groups = [row.group for row in profile]
    short = short_names(groups) if max(map(len, groups)) > LONGEST * terminal.width else {}
    names = [short.get(group, group) for group in groups]
    title, *rows = chart(profile.by, profile.rows, names=names, width=terminal.width, ascii=terminal.needs_ascii)
    terminal.show_parts((title.text, "title"))
    left_out = len(rows) - MOST_ROWS if len(rows) > MOST_ROWS + 1 else 0
    for row in rows[: len(rows) - LAST - left_out]:
        terminal.show_parts((row.cells, "plain"), (row.bar, "hint"))
    if left_out:
        terminal.show(f"… {left_out} more rows", style="dim")
    for row in rows[len(rows) - LAST :]:
        terminal.show_parts((row.cells, "plain"), (row.bar, "hint"))
    for remark in profile.remarks:
        show_text(session, remark)


def _measure(session: Session, line: str) -> tuple[str | None, int | None]:
    """Return what to measure by, and the size of a row."""
    every = EVERY.search(line)
    count = whole_number(every[1]) if every else None
    if every and not count:
        raise PromptError(f"{shorten(every[1])} is not a number of nodes; by takes one, as in grads depth by 50")
    by = (line[: every.start()] if every else line).strip()
    if by and by not in {*KINDS, *KINDS.values()} and SEPARATOR not in by:
        example = range_example(session.trace)
        names = f", or a range of names as in grads {example}" if example else ""
        raise PromptError(f"gradients are not measured by {shorten(by)}; write layers, modules, depth{names}")
    return KINDS.get(by, by or None), count


def show_paths(session: Session, name: str, number: str) -> None:
    """Show the largest paths from the root to a node, and the sum of the rest.

    Args:
        session: at a cursor.
        name: of the node; empty for that in focus.
        number: of paths, as typed; empty for 20.
    """
    most = whole_number(number) if number else USUAL_PATHS
    if not most or most > MOST_PATHS:
        raise PromptError(
            f"{shorten(number)} is not a number of paths; all takes a whole number from 1 to {MOST_PATHS}"
        )
    node, cursor = session.find(name), session.cursor
    if cursor.is_forward:
        remedy = "why without all writes the gradient in symbols, backward enters the backward pass"
        raise PromptError(f"no path is shown in the forward pass, where no contribution has arrived; {remedy}")
    paths = session.trace.paths(node, most, at_cursor=True)
    head, *rows = paths.lines(session.text.short)
    show_text(session, head)
    if paths.gradient is None:
        show_text(session, "No path is shown, since nothing has arrived yet; s and n go on.")
    for row in rows:
        session.terminal.show(row, hanging=COLUMN + len("  ") - (len(row) - len(row.lstrip())))
