"""From a recorded graph to a picture of it.

>>> from autograd_tiny.diagrams.options import settings
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> picture = picture_of(a * b + a, settings(formulas=True))
>>> for node in picture.nodes:
...     print(node.title, node.operation, *(row.text for row in node.rows))
a  2 —
b  −3 —
v1 a * b −6 —
L v1 + a −4 —
>>> [(edge.tail, edge.head) for edge in picture.edges]
[(0, 2), (1, 2), (2, 3), (0, 3)]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from autograd_tiny.diagrams.collapse import Box, View, view
from autograd_tiny.diagrams.marks import Marks, marks
from autograd_tiny.diagrams.options import Settings
from autograd_tiny.diagrams.picture import NOT_COMPUTED, Edge, Group, Node, Picture, Row
from autograd_tiny.diagrams.subject import Graph, graph_of
from autograd_tiny.diagrams.text import number, visible
from autograd_tiny.diagrams.wording import formula, formula_of_module, operation, symbol
from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.module_names import split_module

TOLD: Final = 8
"""How many leaves a description names."""
READABLE: Final = 2000
"""How many boxes a picture may have for somebody to find something in it."""


def picture_of(subject: object, chosen: Settings) -> Picture:
    """Return the picture of a graph: what `Options` describes.

    Args:
        subject: the root, or a trace, whose numbers are those at its cursor and whose latest event is highlighted.
        chosen: the options.

    Raises:
        SubjectError: it is no graph.
        OptionError: an option names what the graph does not have.
    """
    graph = graph_of(subject)
    shown = view(graph.nodes, chosen)
    marked = marks(graph.nodes, graph.names, graph.trace, chosen.highlight)
    drawing = _Drawing(graph, shown, marked, chosen)
    name = visible(graph.names[graph.nodes[-1]])
    return Picture(
        title=f"Graph of {name}",
        description=drawing.description(),
        nodes=tuple(map(drawing.node, range(len(shown.boxes)))),
        edges=tuple(drawing.edges()),
        groups=tuple(Group(visible(drawing.inside(module, parent)), parent) for module, parent in shown.groups),
        settings=chosen,
        caption=drawing.caption(),
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What is drawn, of which graph, and how."""

    graph: Graph
    shown: View
    marked: Marks
    chosen: Settings

    def inside(self, name: str, group: int) -> str:
        """Return a name without that of the frame around it."""
        return name.removeprefix(f"{self.shown.groups[group][0]}.") if group != -1 else name

    # ── nodes ──

    def node(self, place: int) -> Node:
        """Return the box of that number."""
        box = self.shown.boxes[place]
        highlighted = not self.marked.nodes.isdisjoint(box.nodes)
        if box.is_rest:
            count = f"{len(box.nodes):,} more nodes"
            return Node("…", count, kind="more", group=-1, note=count, highlighted=highlighted)
        if box.module:
            return self._module(box, highlighted=highlighted)
        first = box.nodes[0]
        name = visible(self.inside(self.graph.names[first], box.group))
        is_root = first is self.graph.nodes[-1]
        kind = "root" if is_root and first.primitive else "operation" if first.primitive else "leaf"
        return Node(
            name if len(box.nodes) == 1 else f"{name}, …",
            self._words(box),
            tuple(self._rows(box.nodes)),
            kind,
            len(box.nodes),
            box.group,
            self._note(first) if len(box.nodes) == 1 else f"{len(box.nodes)} equal nodes",
            highlighted,
        )

    def _words(self, box: Box) -> str:
        """Return what a box says about its operation; of several nodes without the numbers in which they differ."""
        node, *others = box.nodes
        if self.chosen.formulas and not others:
            return formula(node, {x: self.inside(self.graph.names[x], box.group) for x in (*node.inputs, node)})
        words = {operation(z, self.chosen.precision) for z in box.nodes}
        return words.pop() if len(words) == 1 else symbol(node)

    def _rows(self, nodes: Sequence[Value]) -> list[Row]:
        rows = []
        if self.chosen.values:
            rows.append(self._row("value", [self.graph.value(node) for node in nodes]))
        if self.chosen.gradients:
            rows.append(self._row("gradient", [self.graph.gradient(node) for node in nodes]))
        return rows

    def _row(self, name: str, numbers: Sequence[float | None]) -> Row:
        """Return the row of a number, or of the least and the greatest of several."""
        known = [x for x in numbers if x is not None]
        if len(known) < len(numbers):
            return Row(name, NOT_COMPUTED)
        low, high = min(known), max(known)
        if len(known) == 1 or low == high:
            sign = (low > 0) - (low < 0) if name == "gradient" else 0
            return Row(name, number(known[0], self.chosen.precision), sign)
        return Row(name, f"{number(low, self.chosen.precision)} … {number(high, self.chosen.precision)}")

    def _module(self, box: Box, *, highlighted: bool) -> Node:
        words = Counter(formula_of_module(box.nodes))
        (most, count), *_ = words.most_common(1) or [("", 1)]
        parameters = sum(node.primitive is None for node in box.nodes)
        return Node(
            visible(self.inside(box.module, box.group)),
            most,
            (Row("parameters", str(parameters)),),
            "module",
            count,
            box.group,
            f"{box.module}: {len(box.nodes)} nodes, {parameters} of them parameters",
            highlighted,
        )

    def _note(self, node: Value) -> str:
        names, chosen = self.graph.names, self.chosen
        made = f" = {formula(node, names, longest=200)}" if node.primitive else ""
        rows = [self._row("value", [self.graph.value(node)]), self._row("gradient", [self.graph.gradient(node)])]
        shown = [
            f"{row.name} {row.text}"
            for row, wanted in zip(rows, (chosen.values, chosen.gradients), strict=True)
            if wanted
        ]
        return ", ".join([f"{visible(names[node])}{made}", *shown])

    # ── edges ──

    def edges(self) -> list[Edge]:
        """Return the edges: one for each use of a node, or one for all between two boxes that stand for several."""
        shown, edges = self.shown, []
        bundles = shown.links()
        single = [len(box.nodes) == 1 and not box.module and not box.is_rest for box in shown.boxes]
        for head, box in enumerate(shown.boxes):
            for node in box.nodes:
                for position, x in enumerate(node.inputs):
                    tail = shown.box_of[x]
                    if single[head] and single[tail]:
                        edges.append(self._edge(node, position, tail, head))
                    elif (count := bundles.pop((tail, head), 0)) and tail != head:
                        note = f"{count} edge{'s' * (count != 1)}"
                        edges.append(Edge(tail, head, count=count, note=note, highlighted=self._marks(tail, head)))
        return edges

    def _edge(self, node: Value, position: int, tail: int, head: int) -> Edge:
        x, partial = node.inputs[position], node.partials[position]
        text = number(partial, self.chosen.precision)
        names = self.graph.names
        return Edge(
            tail,
            head,
            text if self.chosen.partials else "",
            (partial > 0) - (partial < 0) if self.chosen.partials else 0,
            note=f"∂{visible(names[node])}/∂{visible(names[x])} = {text}",
            highlighted=(node, position) in self.marked.edges,
        )

    def _marks(self, tail: int, head: int) -> bool:
        """Tell whether one of the edges between two boxes is highlighted."""
        boxes = self.shown.box_of
        return any(boxes[z] == head and boxes[z.inputs[position]] == tail for z, position in self.marked.edges)

    # ── words ──

    def description(self) -> str:
        """Return the graph in sentences."""
        nodes = self.graph.nodes
        root, leaves = nodes[-1], [node for node in nodes if node.primitive is None]
        edges = sum(len(node.inputs) for node in nodes)
        told = [self._note(leaf) for leaf in leaves[:TOLD]]
        rest = f"; and {len(leaves) - TOLD} more" if len(leaves) > TOLD else ""
        counts = f"{len(nodes)} node{'s' * (len(nodes) != 1)} and {edges} edge{'s' * (edges != 1)}"
        return f"{counts}. Root: {self._note(root)}. Leaves: {'; '.join(told)}{rest}."

    def caption(self) -> str:
        """Return what is not drawn, and how to see it."""
        boxes, nodes = self.shown.boxes, self.graph.nodes
        if len(boxes) == len(nodes):
            return ""
        modules = sorted(box.module for box in boxes if box.module)
        hints = []
        if modules:
            deeper = len(split_module(modules[0])) + 1
            hints = [f"expand={visible(modules[0])!r} opens one of them", f"depth={deeper} opens all"]
        is_merged_by_itself = not modules and self.chosen.depth is None and not self.chosen.expand
        if is_merged_by_itself or any(box.is_rest for box in boxes):
            readable = f"cap={len(nodes)} draws them all"
            hints.append(readable if len(nodes) <= READABLE else "draw an inner node to see what is below it")
        return "; ".join([f"{len(nodes):,} nodes in {len(boxes)} boxes", *hints])
