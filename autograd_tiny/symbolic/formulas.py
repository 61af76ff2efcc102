r"""A recorded graph as a formula: `loss.formula()` as text, `loss.latex()` for mathematics.

What is used more than once, and what would make a line too long, gets a line of its own, with its label as its name
or t1, t2, ... So the formula is as long as the graph is large, and no longer. The text is an expression that
`expressions.parse` reads.

>>> from autograd_tiny import Value
>>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
>>> h = (w * x).tanh()
>>> (h * h + 1.0).formula()
t1 = tanh(w * x)
L = t1 * t1 + 1
>>> print((h / w).latex())
L = \frac{\tanh\left(w \cdot x\right)}{w}
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.support.terminal_text import ShownText
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.symbolic.number_text import short
from autograd_tiny.symbolic.symbol import Symbol, recorded

WIDTH: Final = 80
"""How long a line of text may grow, in characters."""


class Formula(ShownText):
    """A formula as text; a prompt shows it line by line."""

    __slots__ = ()


class Latex(Formula):
    """LaTeX for math mode, which a notebook shows as mathematics."""

    __slots__ = ()

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self}$"


def formula(root: Value) -> Formula:
    """Return the formula of a graph as text, one line for each part that has a name; a leaf is its name."""
    return Formula("\n".join(" = ".join(part.text() for part in line) for line in lines_of(root)))


def latex(root: Value) -> Latex:
    r"""Return the formula of a graph as LaTeX for math mode; several lines are `aligned`, as of amsmath."""
    lines = [[part.latex() for part in line] for line in lines_of(root)]
    if len(lines) == 1:
        return Latex(" = ".join(lines[0]))
    rows = " \\\\\n".join(" &= ".join(line) for line in lines)
    return Latex(f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}")


def lines_of(root: Value) -> list[tuple[Symbol, ...]]:
    """Return for each part that has a line its name and its formula; for a leaf its name alone. O(edges)."""
    nodes = topological_order(root)
    uses = dict.fromkeys(nodes, 0)
    for node in nodes:
        for x in node.inputs:
            uses[x] += 1
    writer = _Writer(nodes)
    for node in nodes:
        if node.primitive is not None:
            writer.add(node)
            if uses[node] > 1 or node is root:
                writer.give_a_line(node)
    return writer.lines or [(writer.symbols[root],)]


class _Writer:
    """Puts the operations of a graph into each other, as far as a line holds them.

    Attributes:
        lines: names and what they stand for.
        symbols: what each node so far is written as.
        lengths: how long that is as text, about.
    """

    def __init__(self, nodes: list[Value]) -> None:
        self.names = name_nodes(nodes)
        taken = set(self.names.values())
        self._free: Iterator[str] = (name for name in map("t{}".format, count(1)) if name not in taken)
        self.lines: list[tuple[Symbol, ...]] = []
        self.symbols = {node: Symbol(self.names[node]) for node in nodes if node.primitive is None}
        self.lengths = {node: len(self.names[node]) for node in self.symbols}
        self._root = nodes[-1]

    def add(self, node: Any) -> None:
        """Write an operation with its operands in it; those that are too long get lines of their own before."""
        own = len(node.primitive.text) + sum(len(short(x)) for x in node.operands if not isinstance(x, Value))
        length = own + sum(self.lengths[x] for x in node.inputs)
        for x in sorted(node.inputs, key=self.lengths.__getitem__, reverse=True):
            if length <= WIDTH or self.symbols[x].primitive is None:
                break
            length -= self.lengths[x]
            self.give_a_line(x)
            length += self.lengths[x]
        operands = [self.symbols[x] if isinstance(x, Value) else x for x in node.operands]
        self.symbols[node], self.lengths[node] = recorded(node.primitive, operands), length

    def give_a_line(self, node: Value) -> None:
        """Write a node on a line, and its name from now on."""
        name = self.names[node] if node.label or node is self._root else next(self._free)
        symbol = Symbol(name)
        self.lines.append((symbol, self.symbols[node]))
        self.symbols[node], self.lengths[node] = symbol, len(name)
