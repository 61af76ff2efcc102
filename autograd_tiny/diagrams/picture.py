"""A picture before it has a format: boxes, edges and groups with their texts.

Nothing in it is escaped and nothing has a place; `svg`, `dot`, `mermaid` and `tikz` write it down.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograd_tiny.diagrams.options import Settings

NOT_COMPUTED = "—"
"""Stands for a number that there is not (yet)."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line in a box: what it tells, and what it says.

    Attributes:
        name: such as "value".
        text: such as "0.7071".
        sign: 1 or -1 of a number that is to be told by its colour, else 0.
    """

    name: str
    text: str
    sign: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A box.

    Attributes:
        title: its name.
        operation: its symbol or formula; empty for a leaf.
        rows: what else it says.
        kind: "leaf", "operation", "root", "module" (it stands for a part of a network), "more" (it stands for what is
            not drawn), or in a network "input" and "neuron" (circles).
        count: how many nodes of the same kind it stands for.
        group: the number of its group, -1 for none.
        note: all that can be said about it, in one line, for who points at it.
        highlighted: whether it stands out.
    """

    title: str
    operation: str = ""
    rows: tuple[Row, ...] = ()
    kind: str = "operation"
    count: int = 1
    group: int = -1
    note: str = ""
    highlighted: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from an input to its consumer.

    Attributes:
        tail: number of the input.
        head: number of the consumer.
        text: the partial, where it is shown.
        sign: 1 or -1 of the partial or weight where it is shown, else 0.
        strength: from 0 to 1, how wide it is; None for the usual width.
        count: how many edges it stands for.
        note: all that can be said about it.
        highlighted: whether it stands out.
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
class Group:
    """A frame around the nodes of a module.

    Attributes:
        title: its name.
        parent: the number of the group around it, a smaller one, or -1.
    """

    title: str
    parent: int = -1


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn.

    Attributes:
        title: what it shows, in a few words.
        description: what it shows, in sentences, for who cannot see it.
        nodes: inputs before consumers.
        edges: those to a node in the order of its operands.
        groups: the outer ones first.
        settings: of the diagram.
        caption: below the picture, where something is left out.
        columns: for each node its column where the picture has fixed columns, as that of a network; else empty.
    """

    title: str
    description: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    groups: tuple[Group, ...]
    settings: Settings
    caption: str = ""
    columns: tuple[int, ...] = ()
