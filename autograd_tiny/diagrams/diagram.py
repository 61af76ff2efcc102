"""A diagram before it has a format: nodes, edges and clusters with their texts.

Nothing in it is escaped and nothing has a position; `svg`, `dot`, `mermaid` and `tikz` render it.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograd_tiny.diagrams.options import Settings
from autograd_tiny.diagrams.palette import STYLES, Style
from autograd_tiny.support.older_pickles import takes_older_pickles

NOT_COMPUTED = "—"
"""Shown for a number that is not computed (yet)."""


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A line in the box of a node.

    Attributes:
        name: such as "value".
        text: such as "0.7071".
        sign: 1 or -1 of a number that is coloured by its sign, else 0.
    """

    name: str
    text: str
    sign: int = 0


@takes_older_pickles
@dataclass(frozen=True, slots=True)
class DiagramNode:
    """A box.

    Attributes:
        title: its name.
        operation: its symbol or formula; empty for a leaf.
        rows: the lines below the title.
        kind: "leaf", "operation", "root", "module" (it represents a part of a network), "more" (it represents all
            that is not drawn), or in a network "input" and "neuron" (circles).
        count: the number of equal nodes that it represents.
        cluster: the number of its cluster, -1 for none.
        note: its tooltip, in one line.
        highlighted: whether it is highlighted.
        short: the title in a box with little space, where it is long.
        ordered: whether its edges arrive in the order of its operands, as for x − y.
    """

    title: str
    operation: str = ""
    rows: tuple[BoxRow, ...] = ()
    kind: str = "operation"
    count: int = 1
    cluster: int = -1
    note: str = ""
    highlighted: bool = False
    short: str = ""
    ordered: bool = False

    def lines(self, *, formulas: bool) -> list[str]:
        """Return its texts line by line, for formats that lay out the box themselves."""
        sign = " = " if formulas and self.kind in {"operation", "root"} else "   "
        head = f"{self.title}{sign if self.operation else ''}{self.operation}"
        count = [f"×{self.count}"] if self.count > 1 else []
        return [head, *count, *(f"{row.name} {row.text}" for row in self.rows)]


@dataclass(frozen=True, slots=True)
class DiagramEdge:
    """An edge from an input to its consumer.

    Attributes:
        tail: number of the input.
        head: number of the consumer.
        text: the partial, where it is shown.
        sign: 1 or -1 of the partial or weight where it is shown, else 0.
        strength: from 0 to 1, how wide it is; None for the usual width.
        count: the number of edges that it represents.
        note: its tooltip.
        highlighted: whether it is highlighted.
    """

    tail: int
    head: int
    text: str = ""
    sign: int = 0
    strength: float | None = None
    count: int = 1
    note: str = ""
    highlighted: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """A frame around the nodes of a module.

    Attributes:
        title: its name.
        parent: the number of the cluster around it, a smaller one, or -1.
    """

    title: str
    parent: int = -1


@dataclass(frozen=True, slots=True)
class Diagram:
    """A diagram in no format yet.

    Attributes:
        title: a few words.
        description: sentences for readers who cannot see it.
        nodes: inputs before consumers.
        edges: those to a node in the order of its operands.
        clusters: the outer ones first.
        settings: its options.
        caption: below it, where something is left out.
        columns: of a network the column of each node; else empty.
    """

    title: str
    description: str
    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]
    clusters: tuple[Cluster, ...]
    settings: Settings
    caption: str = ""
    columns: tuple[int, ...] = ()

    @property
    def style(self) -> Style:
        """Its colours."""
        return STYLES[self.settings.style]
