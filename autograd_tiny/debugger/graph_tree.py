"""Draw the graph around a node as an indented tree, the root on top, the numbers of each edge beside it.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> cursor = PassCursor(a * b + a)
>>> cursor.jump(3)
>>> for row in graph_tree(StepText(cursor.trace), cursor, cursor.trace.root):
...     print(row.text)
   node           value  partial  contribution  gradient
✓  L = v1 + a        -4                                1
✓  ├─ v1 = a * b     -6        1             1         1
▶  │  ├─ a            2       -3                       1
   │  └─ b           -3        2                       —
✓  └─ a               2        1             1         1

Each row but the first is an edge, so one contribution of the backward pass: ✓ done, ▶ next. The subgraph of a node
that is used twice is drawn once; … marks where it is left out, and where the tree is cut. Where lines of the program
were recorded, each node has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from autograd_tiny.debugger.pass_cursor import PassCursor
from autograd_tiny.debugger.step_text import MANY, StepText
from autograd_tiny.engine.value import Value
from autograd_tiny.support.display_width import cut_to, display_width, pad_left, pad_right
from autograd_tiny.symbolic.notation import FEWEST_DIGITS
from autograd_tiny.symbolic.short_names import truncate, truncate_formula
from autograd_tiny.trace.formula_text import format_arrived
from autograd_tiny.trace.name_ranges import MOST_NAMES, list_names
from autograd_tiny.trace.true_digits import digits_of_sum

TITLES: Final = ("node", "value", "partial", "contribution", "gradient")
FORWARD_TITLES: Final = ("value", "tangent")
MOST_ROWS: Final = 22
"""The largest number of rows of a graph that is drawn as a whole."""
DEEPEST: Final = 10
"""The largest number of levels of a graph that is drawn as a whole."""
LONGEST_FORMULA: Final = 36
"""The longest formula, in characters, in the tree."""
NARROWEST: Final = 20
"""The smallest width of the tree beside the numbers, in characters; with less space, these follow below each node."""
WIDEST_FILE: Final = 12
"""The longest name of a file, in characters, that is the title of the column of lines."""
ABOVE, BELOW = 2, 2
"""The number of levels drawn above and below the focus in a graph that is too large to be drawn as a whole."""

MARKS: Final = {"done": "✓", "next": "▶"}
WIDEST_BRANCH: Final = 3
"""The width of a branch, in characters, where the names leave room for it."""
UNDER: Final = {"": "", "├─ ": "│  ", "└─ ": "   "}
"""The indentation below each kind of branch."""
Encode = Callable[[str], str]
Edge = tuple[Value, int]
"""A node, and the position of one of its inputs."""


class TreeRow(NamedTuple):
    """One row of the tree, and its style: "title", "done", "next", "bold" for the focus, or "plain"."""

    text: str
    style: str


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a row before the columns have widths.

    Attributes:
        name: of the node, or what is left out.
        numbers: beside it.
        lead: the branches before it.
        formula: behind it.
        tail: the mark of a subgraph that is left out.
        style: of the row.
        unit: the width of a branch, in characters.
    """

    name: str
    numbers: tuple[str, ...] = ()
    lead: str = ""
    formula: str = ""
    tail: str = ""
    style: str = "plain"
    unit: int = WIDEST_BRANCH

    @property
    def branches(self) -> str:
        """The branches before the name."""
        parts = self._parts
        return "".join(
            [*(part[: self.unit] for part in parts[:-1]), *(_corner(part, self.unit) for part in parts[-1:])]
        )

    @property
    def under(self) -> str:
        """The branches that go on below the row."""
        return "".join(UNDER.get(part, part)[: self.unit] for part in self._parts)

    @property
    def _parts(self) -> list[str]:
        return [self.lead[k : k + WIDEST_BRANCH] for k in range(0, len(self.lead), WIDEST_BRANCH)]

    @property
    def node(self) -> str:
        """The cell of the tree."""
        return f"{self.branches}{self.name}{self.formula and f' = {self.formula}'}{self.tail}"

    @property
    def shortest(self) -> str:
        """The same with the least of its formula."""
        return f"{self.branches}{self.name}{' = …' if self.formula else self.tail}"


def _corner(part: str, unit: int) -> str:
    """Return the last branch before a name, followed by a space."""
    return part if unit == WIDEST_BRANCH else f"{part[: max(1, unit - 1)]} "


def graph_tree(
    text: StepText, cursor: PassCursor, focus: Value, *, width: int = 80, encoded: Encode = str
) -> list[TreeRow]:
    """Return the rows of a tree: the whole graph if it is small, else the neighbourhood of a node.

    Args:
        text: of the trace of the cursor.
        cursor: gives the numbers; in the forward pass only values are drawn, and in that of `jvp` tangents.
        focus: the node.
        width: in characters; longer rows are cut.
        encoded: returns a text as it will be shown, which may be longer.
    """
    if len(cursor.trace.edges) < MOST_ROWS:
        tree = _Tree(text, cursor, focus)
        cells = list(tree.cells(cursor.trace.root, BELOW, whole=True))
        if max(len(row.lead) for row in cells) <= DEEPEST * WIDEST_BRANCH:
            return _aligned(cells, width, encoded, tree.titles)
    spine = path_to_root(cursor, focus)[: ABOVE + 1]
    tree = _Tree(text, cursor, focus, spine=spine)
    cells = list(tree.cells(spine[-1], BELOW))
    if len(cells) > MOST_ROWS:
        cells = list(tree.cells(spine[-1], 1))
    return _aligned(cells, width, encoded, tree.titles)


def path_to_root(cursor: PassCursor, node: Value) -> list[Value]:
    """Return the nodes from one up to the root, always by the consumer that contributes first.

    >>> a = Value(3.0, label="a")
    >>> [node.data for node in path_to_root(PassCursor(a * a + a), a)]
    [3.0, 12.0]
    """
    edges, nodes = cursor.trace.edges, cursor.trace.nodes
    path = [cursor.trace.position(node)]
    while into := edges.into(path[-1]):
        path.append(edges.source[into[0]])
    return [nodes[x] for x in path]


class _Tree:
    """Visits the graph from a node down, without recursion, and fills the cells of its rows."""

    def __init__(self, text: StepText, cursor: PassCursor, focus: Value, *, spine: Sequence[Value] = ()) -> None:
        self._text, self._trace, self._cursor, self._focus = text, cursor.trace, cursor, focus
        self._spine, self._digits = set(spine), cursor.trace.events.digits_of_values()
        numbers = FORWARD_TITLES[: 1 if cursor.tangents is None else 2] if cursor.is_forward else TITLES[1:]
        self.titles = (*numbers, *self._line_titles())

    def _line_titles(self) -> tuple[str, ...]:
        """Return the title of the column of lines: their file, if there is one with a short name."""
        files = list(self._trace.lines.files.values())
        if len(files) == 1 and display_width(files[0]) <= WIDEST_FILE:
            return (f"{files[0]}:",)
        return ("line",) if files else ()

    def _line(self, node: Value) -> str:
        """Return the line of a node, with its file where there are several."""
        line = self._trace.lines.where(node)
        return line if len(self._trace.lines.files) > 1 else line.rpartition(":")[2]

    def cells(self, top: Value, below: int, *, whole: bool = False) -> Iterator[_Cells]:
        """Yield the rows from a node down to `below` levels below the focus, or all of them."""
        above = path_to_root(self._cursor, top)[1:]
        if above:
            passed = f" {len(above) - 1} more" if len(above) > 1 else ""
            yield _Cells(f"{self._text.name(above[-1])} …{passed}")
        drawn: set[Value] = set()
        stack: list[tuple[Value | str, Edge | None, str, str, int]] = [(top, None, "", "", -1)]
        while stack:
            node, edge, indent, corner, level = stack.pop()
            if isinstance(node, str):
                yield _Cells(node, lead=f"{indent}{corner}")
                continue
            level = 0 if node is self._focus else level
            opens = bool(node.inputs) and node not in drawn and (whole or node in self._spine or 0 <= level < below)
            yield self._row(node, edge, f"{indent}{corner}", is_known=node in drawn, is_open=opens)
            drawn.add(node)
            if opens:
                indent += UNDER[corner]
                children = list(self._children(node))
                deeper = level + 1 if level >= 0 else -1
                for child, position in reversed(children):
                    corner = "└─ " if (child, position) == children[-1] else "├─ "
                    stack.append((child, (node, position), indent, corner, deeper))

    def _children(self, node: Value) -> Iterator[tuple[Value | str, int]]:
        """Yield the inputs of a node with their positions; of many only some, and the number left out."""
        inputs = node.inputs
        kept: Sequence[int] = range(len(inputs))
        if len(inputs) > MANY:
            following = self._trace.cursor - self._cursor.contribution_at(node, 0)
            interesting = {following, *(position for position, x in enumerate(inputs) if x in self._spine)}
            kept = sorted({0, 1, 2, len(inputs) - 1, *(interesting & set(kept))})
        for position, after in zip(kept, [*kept[1:], len(inputs)], strict=True):
            yield inputs[position], position
            left_out = inputs[position + 1 : after]
            if left_out:
                names = list(map(self._trace.written_name, left_out[:MOST_NAMES]))
                listed = list_names(names, more=len(left_out) - len(names))
                yield f"… {len(left_out)} more: {listed}", position

    def _row(self, node: Value, edge: Edge | None, lead: str, *, is_known: bool, is_open: bool) -> _Cells:
        trace, cursor = self._trace, self._cursor
        name, formula = self._text.title(node), ""
        if node.inputs and not is_known:
            name, formula = self._text.name(node), self._text.formula(node, longest=LONGEST_FORMULA)
        tail = " …" if node.inputs and not is_open else ""
        numbers = [format_arrived(trace.value(node), self._digits[trace.position(node)])]
        if cursor.is_forward:
            event = cursor.computed_at(node)
            numbers += [] if cursor.tangents is None else [format_arrived(cursor.tangent(node))]
        else:
            event = cursor.received_at(node)[-1] if edge is None else cursor.contribution_at(*edge)
            numbers += ["", ""] if edge is None else self._numbers_of_edge(event)
            numbers.append(format_arrived(trace.gradient(node)))
        if len(self.titles) > len(numbers):
            numbers.append("" if is_known else self._line(node))
        style = "bold" if node is self._focus else "plain"
        style = "done" if event < trace.cursor else "next" if event == trace.cursor else style
        return _Cells(name, tuple(numbers), lead, formula, tail, style)

    def _numbers_of_edge(self, event: int) -> list[str]:
        edge = self._trace[event]
        digits = max(edge.digits, self._digits_of_contributions(event))
        contribution = format_arrived(edge.contribution, digits) if event < self._trace.cursor else ""
        return [format_arrived(edge.partial, edge.digits), contribution]

    def _digits_of_contributions(self, event: int) -> int:
        """Return how many digits the contributions to a node need, so that they add up to its gradient."""
        trace = self._trace
        numbers, edge = trace.events.numbers, event - trace.events.forward - 1
        x = trace.edges.target[edge]
        into, gradient = trace.edges.into(x), trace.gradient(trace.nodes[x])
        if gradient is None or len(into) > MANY:
            return FEWEST_DIGITS
        done = (other for other in into if other < trace.edges_done)
        terms = [[numbers.partials[k] * numbers.gradients[trace.edges.source[k]]] for k in done]
        return digits_of_sum(terms, gradient)


def _aligned(cells: Sequence[_Cells], width: int, encoded: Encode, titles: tuple[str, ...]) -> list[TreeRow]:
    """Align the columns: the numbers take what they need, the tree what is left."""
    rows = [_Cells(TITLES[0], titles, style="title"), *cells]
    widths = [max(display_width(row.numbers[column]) for row in rows if row.numbers) for column in range(len(titles))]
    rest = width - sum(widths) - 2 * len(widths) - 3
    needed = max(display_width(encoded(row.node)) for row in rows)
    if rest < min(needed, NARROWEST):
        return _stacked(cells, width, titles, encoded)
    tree = min(needed, rest)
    rows = [rows[0], *_narrowed(cells, tree, encoded)]
    aligned = []
    for row in rows:
        numbers = "".join(f"  {pad_left(x, size)}" for x, size in zip(row.numbers, widths, strict=False))
        has_room = not numbers or display_width(encoded(row.shortest)) <= tree
        node = pad_right(_cut(row, tree if numbers and has_room else width - 3, encoded), tree)
        text = f"{MARKS.get(row.style, ' ')}  {node}"
        if has_room:
            aligned.append(TreeRow(f"{text}{numbers}".rstrip(), row.style))
        else:  # the numbers below the name
            below = pad_right(cut_to(f"   {row.under}", tree), tree + 3)
            aligned += [TreeRow(text.rstrip(), row.style), TreeRow(f"{encoded(below)}{numbers}".rstrip(), row.style)]
    return aligned


def _narrowed(
    cells: Sequence[_Cells], width: int, encoded: Encode, *, otherwise: int = WIDEST_BRANCH
) -> list[_Cells]:
    """Return the rows with branches as narrow as it takes for all names to fit a width, `otherwise` if none does."""
    for unit in range(WIDEST_BRANCH, 0, -1):
        narrowed = [replace(row, unit=unit) for row in cells]
        if all(display_width(encoded(row.shortest)) <= width for row in narrowed if row.numbers):
            return narrowed
    return [replace(row, unit=otherwise) for row in cells]


def _cut(row: _Cells, width: int, encoded: Encode) -> str:
    """Return the cell of the tree as it will be shown: to fit a width its formula is cut, then its branches."""
    shown = encoded(row.node)
    if display_width(shown) <= width:
        return shown
    if not row.numbers:
        return _truncated(row.node, width, encoded)
    room = width - display_width(encoded(f"{row.branches}{row.name} = "))
    if row.formula and room > 0:
        return encoded(f"{row.branches}{row.name} = ") + _truncated(row.formula, room, encoded, cut=_cut_formula)
    short = replace(row, lead="").shortest
    left = max(0, width - display_width(encoded(short)) - len(encoded("…")))
    branches = row.branches[-left:] if left else ""
    return encoded(row.shortest if len(branches) == len(row.branches) else f"…{branches}{short}")


def _truncated(text: str, width: int, encoded: Encode, *, cut: Callable[[str, int], str] = truncate) -> str:
    """Return a text as it will be shown, cut to a width."""
    shown = encoded(cut(text, width))
    wide = display_width(shown)
    return shown if wide <= width else encoded(cut(text, 2 * width - wide))


def _cut_formula(text: str, width: int) -> str:
    """Return a formula cut to a width; of one such as dot(…) of layers[0], the module is left out first.

    >>> _cut_formula("dot(…) of layers[0]", 12), _cut_formula("dot(…) of layers[0]", 5), _cut_formula("a * b + c", 6)
    ('dot(…)', 'dot(…', 'a * …')
    """
    function, of_module, _ = text.partition("(…) of ")
    is_cut = of_module and display_width(text) > width
    return truncate_formula(f"{function}(…)" if is_cut else text, width)


def _stacked(cells: Sequence[_Cells], width: int, titles: Sequence[str], encoded: Encode) -> list[TreeRow]:
    """Write the numbers of each row below its node, with their titles: the columns are too wide for the terminal."""
    stacked = []
    for row in _narrowed(cells, width - 3, encoded, otherwise=1):
        stacked.append(TreeRow(f"{MARKS.get(row.style, ' ')}  {_cut(row, width - 3, encoded)}", row.style))
        numbers = [f"{title} {x}" for title, x in zip(titles, row.numbers, strict=False) if x]
        lead = f"{f'   {row.under}'[: width // 2]}  "
        stacked += [TreeRow(f"{lead}{line}", row.style) for line in _filled(numbers, width - len(lead))]
    return stacked


def _filled(items: Sequence[str], width: int) -> list[str]:
    """Return items in lines, as many in each as fit.

    >>> _filled(["value 1.5", "partial -3", "gradient 2"], 22)
    ['value 1.5, partial -3,', 'gradient 2']
    """
    lines: list[str] = []
    for place, item in enumerate(items, start=1):
        comma = "," if place < len(items) else ""
        if lines and display_width(lines[-1]) + display_width(item) + len(comma) < width:
            lines[-1] += f" {item}{comma}"
        else:
            lines.append(f"{item}{comma}")
    return lines
