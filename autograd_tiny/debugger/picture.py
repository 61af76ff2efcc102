"""The picture `l`: the graph around a node as an indented tree, root on top, the numbers of each edge beside it.

>>> from autograd_tiny import Value
>>> from autograd_tiny.trace import Trace
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> trace = Trace(a * b + a, forward=True)
>>> trace.goto(5)
>>> for row in picture(Lines(trace), Schedule(trace), trace.root):
...     print(row.text)
   node           value  partial  contribution  gradient
✓  L = v1 + a        -4                                1
✓  ├─ v1 = a * b     -6        1             1         1
▶  │  ├─ a            2       -3                       1
   │  └─ b           -3        2                       —
✓  └─ a               2        1             1         1

Each row but the first is an edge, thus one contribution of the backward pass: ✓ it was made, ▶ it comes next. What
lies below a node that is used twice is drawn once; … stands for it elsewhere, and where the picture is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from autograd_tiny.debugger.lines import MANY, Lines, brief, shortened
from autograd_tiny.debugger.path import path_to_root
from autograd_tiny.debugger.ranges import list_names
from autograd_tiny.debugger.schedule import Schedule
from autograd_tiny.engine.value import Value
from autograd_tiny.trace.rules import shown

TITLES: Final = ("node", "value", "partial", "contribution", "gradient")
MOST_ROWS: Final = 22
"""The largest number of rows of a graph that is drawn as a whole."""
DEEPEST: Final = 10
"""The largest number of levels of a graph that is drawn as a whole."""
LONGEST_FORMULA: Final = 36
"""The longest formula, in characters, that stands in the tree."""
NARROWEST: Final = 12
"""The smallest width, in characters, of the tree; where the terminal is narrower still, numbers are cut."""
ABOVE, BELOW = 2, 2
"""How many levels around the node in the middle are drawn of a graph that is too large."""

MARKS: Final = {"done": "✓", "now": "▶"}
UNDER: Final = {"": "", "├─ ": "│  ", "└─ ": "   "}
"""What goes on below a branch."""
Branch = tuple[Value, int]
"""A node, and the position of one of its inputs."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the picture.

    Attributes:
        text: the row.
        state: "title", "done", "now", or "" for what is to come.
        is_middle: whether it is the node around which the picture is drawn.
    """

    text: str
    state: str
    is_middle: bool = False


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row whose columns have no width yet."""

    node: str
    numbers: tuple[str, ...]
    state: str
    is_middle: bool = False
    level: int = 0


def picture(lines: Lines, schedule: Schedule, middle: Value, *, width: int = 80, forward: bool = False) -> list[Row]:
    """Return the rows of the picture: the whole graph where it is small, else what lies around a node.

    Args:
        lines: of a trace with both passes; the numbers are those at its cursor.
        schedule: of the same trace.
        middle: the node.
        width: in characters; longer rows are cut.
        forward: whether the forward pass is walked, in which only values are known.
    """
    trace = lines.trace
    if len(trace) - schedule.seed <= MOST_ROWS:
        drafts = list(_Tree(lines, schedule, middle, forward=forward).drafts(trace.root, BELOW, whole=True))
        if max(draft.level for draft in drafts) <= DEEPEST:
            return _lay_out(drafts, width, forward=forward)
    spine = path_to_root(schedule, middle)[: ABOVE + 1]
    tree = _Tree(lines, schedule, middle, forward=forward, spine=spine)
    drafts = list(tree.drafts(spine[-1], BELOW))
    if len(drafts) > MOST_ROWS:
        drafts = list(tree.drafts(spine[-1], 1))
    return _lay_out(drafts, width, forward=forward)


class _Tree:
    """Walks the graph down from a node, without recursion, and drafts its rows."""

    def __init__(
        self, lines: Lines, schedule: Schedule, middle: Value, *, forward: bool, spine: Sequence[Value] = ()
    ) -> None:
        self._lines, self._trace, self._schedule, self._middle = lines, lines.trace, schedule, middle
        self._forward, self._spine = forward, set(spine)

    def drafts(self, top: Value, below: int, *, whole: bool = False) -> Iterator[_Draft]:
        """Yield the rows from a node down, so many levels below the one in the middle, or all of them."""
        above = path_to_root(self._schedule, top)[1:]
        if above:
            passed = f" {len(above) - 1} more" if len(above) > 1 else ""
            yield _Draft(f"{self._trace.names[above[-1]]} …{passed}", (), "")
        drawn: set[Value] = set()
        stack: list[tuple[Value | str, Branch | None, str, str, int]] = [(top, None, "", "", -1)]
        while stack:
            node, branch, indent, corner, level = stack.pop()
            if isinstance(node, str):
                yield _Draft(f"{indent}{corner}{node}", (), "")
                continue
            level = 0 if node is self._middle else level
            opens = bool(node.inputs) and node not in drawn and (whole or node in self._spine or 0 <= level < below)
            yield self._draft(node, branch, f"{indent}{corner}", is_known=node in drawn, is_open=opens)
            drawn.add(node)
            if opens:
                indent += UNDER[corner]
                children = list(self._children(node))
                deeper = level + 1 if level >= 0 else -1
                for child, position in reversed(children):
                    corner = "└─ " if (child, position) == children[-1] else "├─ "
                    stack.append((child, (node, position), indent, corner, deeper))

    def _children(self, node: Value) -> Iterator[tuple[Value | str, int]]:
        """Yield the inputs of a node with their positions; of many only some, and how many were left out."""
        inputs = node.inputs
        kept: Sequence[int] = range(len(inputs))
        if len(inputs) > MANY:
            following = self._trace.cursor - self._schedule.edge(node, 0)
            interesting = {following, *(position for position, x in enumerate(inputs) if x in self._spine)}
            kept = sorted({0, 1, 2, len(inputs) - 1, *(interesting & set(kept))})
        for position, after in zip(kept, [*kept[1:], len(inputs)], strict=True):
            yield inputs[position], position
            left_out = [self._trace.names[x] for x in inputs[position + 1 : after]]
            if left_out:
                yield f"… {len(left_out)} more: {list_names(left_out)}", position

    def _draft(self, node: Value, branch: Branch | None, lead: str, *, is_known: bool, is_open: bool) -> _Draft:
        trace = self._trace
        text = brief(trace.names[node])
        if node.inputs and not is_known:
            text = self._lines.definition(node, longest=LONGEST_FORMULA)
        if node.inputs and not is_open:
            text += " …"
        event = self._schedule.arrivals(node)[-1] if branch is None else self._schedule.edge(*branch)
        numbers = [shown(trace.value(node))]
        if self._forward:
            event = self._schedule.computed(node)
        else:
            numbers += self._numbers_of_edge(event, is_edge=branch is not None)
            numbers.append(shown(trace.gradient(node)))
        state = "done" if event < trace.cursor else "now" if event == trace.cursor else ""
        return _Draft(f"{lead}{text}", tuple(numbers), state, node is self._middle, len(lead) // 3)

    def _numbers_of_edge(self, event: int, *, is_edge: bool) -> tuple[str, str]:
        if not is_edge:
            return "", ""
        edge = self._trace[event]
        return shown(edge.partial), shown(edge.contribution) if event < self._trace.cursor else ""


def _lay_out(drafts: Sequence[_Draft], width: int, *, forward: bool) -> list[Row]:
    """Give the columns their widths: numbers stand right below each other, and the tree gets what is left."""
    titles = TITLES[1:2] if forward else TITLES[1:]
    title = _Draft(TITLES[0], titles, "title")
    widths = [
        max(len(draft.numbers[column]) for draft in [title, *drafts] if draft.numbers)
        for column in range(len(titles))
    ]
    room = width - sum(widths) - 2 * len(widths) - 3
    tree = min(max(len(draft.node) for draft in drafts), max(room, NARROWEST))
    rows = []
    for draft in [title, *drafts]:
        node = shortened(draft.node, tree if draft.numbers else width - 3).ljust(tree)
        numbers = "".join(f"  {x:>{size}}" for x, size in zip(draft.numbers, widths, strict=False))
        text = f"{MARKS.get(draft.state, ' ')}  {node}{numbers}".rstrip()
        rows.append(Row(shortened(text, width), draft.state, draft.is_middle))
    return rows
