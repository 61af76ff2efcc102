"""Make the diagram of a recorded graph.

>>> from autograd_tiny.diagrams.options import settings
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> diagram = graph_diagram(a * b + a, settings(formulas=True))
>>> for node in diagram.nodes:
...     print(node.title, node.operation, *(row.text for row in node.rows))
a  2 —
b  −3 —
v1 a * b −6 —
L v1 + a −4 —
>>> [(edge.tail, edge.head) for edge in diagram.edges]
[(0, 2), (1, 2), (2, 3), (0, 3)]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from autograd_tiny.diagrams.collapse import CollapsedGraph, Supernode, collapse
from autograd_tiny.diagrams.diagram import NOT_COMPUTED, BoxRow, Cluster, Diagram, DiagramEdge, DiagramNode
from autograd_tiny.diagrams.graph_view import GraphView, Highlighted, graph_view
from autograd_tiny.diagrams.node_text import (
    formula_text,
    has_ordered_inputs,
    module_formulas,
    operation_text,
    operator_symbol,
)
from autograd_tiny.diagrams.options import Settings
from autograd_tiny.diagrams.text import format_number, visible
from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.module_names import split_module
from autograd_tiny.symbolic.notation import text_name, title_name
from autograd_tiny.symbolic.short_names import WIDEST, short_names

DESCRIBED: Final = 8
"""The most leaves that a description names."""
READABLE: Final = 2000
"""The most boxes that a reader can still search."""


def graph_diagram(subject: object, chosen: Settings) -> Diagram:
    """Return the diagram of a graph, as `Options` describes it.

    Args:
        subject: the root, or a trace, whose numbers are those at its cursor and whose latest event is highlighted.
        chosen: the options.

    Raises:
        SubjectError: it is not a graph.
        OptionError: an option names a node or module that the graph does not have.
    """
    graph = graph_view(subject, variable_names=chosen.variable_names)
    collapsed = collapse(graph.nodes, chosen)
    short = short_names(graph.names.values())
    highlighted, ends = graph.highlight(chosen.highlight), _ends_of(graph.names.values())
    builder = _Builder(graph, collapsed, highlighted, chosen, short, set(graph.names.values()), ends)
    return Diagram(
        title=f"Graph of {visible(title_name(graph.names[graph.nodes[-1]]))}",
        description=builder.description(),
        nodes=tuple(map(builder.node, collapsed.supernodes)),
        edges=tuple(builder.edges()),
        clusters=tuple(Cluster(visible(builder.inside(name, parent)), parent) for name, parent in collapsed.clusters),
        settings=chosen,
        caption=builder.caption(),
    )


def _ends_of(names: Iterable[str]) -> Counter[str]:
    """Return how many names end with a part after a dot: one that several have is not the name of a node."""
    return Counter(name[place + 1 :] for name in names for place, sign in enumerate(name) if sign == ".")


@dataclass(frozen=True, slots=True)
class _Builder:
    graph: GraphView
    collapsed: CollapsedGraph
    highlighted: Highlighted
    chosen: Settings
    short: dict[str, str]
    names: set[str]
    ends: Counter[str]

    def inside(self, name: str, cluster: int) -> str:
        """Return a name without that of the cluster around it."""
        return name.removeprefix(f"{self.collapsed.clusters[cluster][0]}.") if cluster != -1 else name

    def title(self, node: Value, cluster: int) -> str:
        """Return a name without that of the cluster around it, where no other node has the same one in its cluster.

        So each name in a picture is that of one node, and the prompt accepts it.
        """
        name = self.graph.names[node]
        inside = self.inside(name, cluster)
        return name if inside in self.names or self.ends[inside] > 1 else inside

    def shown(self, node: Value, cluster: int) -> str:
        """Return the title of a node; where that is its whole name, or long, the short form of the name."""
        name, title = self.graph.names[node], self.title(node, cluster)
        return self.short.get(name, name) if title == name or len(title) > WIDEST else title

    # ── nodes ──

    def node(self, supernode: Supernode) -> DiagramNode:
        """Return the box of a supernode."""
        nodes, cluster = supernode.nodes, supernode.cluster
        highlighted = not self.highlighted[0].isdisjoint(nodes)
        if supernode.is_rest:
            count = f"{len(nodes):,} more nodes"
            named = [self.graph.names[node] for node in nodes if node.primitive is None and node.label]
            some = ", ".join(map(visible, named[:DESCRIBED]))
            with_names = f", with the leaves {some}{', …' if len(named) > DESCRIBED else ''}" if named else ""
            return DiagramNode("…", count, kind="more", note=count + with_names, highlighted=highlighted)
        if supernode.module:
            return self._module(supernode, highlighted=highlighted)
        first = nodes[0]
        names = self.title(first, cluster), self.shown(first, cluster)
        if first.primitive is not None:  # the operation follows in the same line
            names = text_name(names[0]), text_name(names[1])
        name, short = map(visible, names)
        is_root = first is self.graph.nodes[-1]
        return DiagramNode(
            name if len(nodes) == 1 else f"{name}, …",
            self._operation(supernode),
            tuple(self._rows(nodes)),
            "leaf" if first.primitive is None else "root" if is_root else "operation",
            len(nodes),
            cluster,
            self._note(first) if len(nodes) == 1 else f"{len(nodes)} equal nodes",
            highlighted,
            short if len(nodes) == 1 else f"{short}, …",
            len(nodes) == 1 and has_ordered_inputs(first),
        )

    def _operation(self, supernode: Supernode) -> str:
        """Return the operation of a box; of several nodes without the numbers in which they differ."""
        node, *others = supernode.nodes
        if self.chosen.formulas and not others:
            names = {x: self.shown(x, supernode.cluster) for x in (*node.inputs, node)}
            return formula_text(node, names)
        texts = {operation_text(z, self.chosen.precision) for z in supernode.nodes}
        return texts.pop() if len(texts) == 1 else operator_symbol(node)

    def _rows(self, nodes: Sequence[Value]) -> list[BoxRow]:
        rows = []
        if self.chosen.values:
            rows.append(self._row("value", [self.graph.value(node) for node in nodes]))
        if self.chosen.gradients:
            rows.append(self._row("gradient", [self.graph.gradient(node) for node in nodes]))
        return rows

    def _row(self, name: str, numbers: Sequence[float | None]) -> BoxRow:
        """Return the row of a number, or of the least and the greatest of several."""
        known = [x for x in numbers if x is not None]
        if len(known) < len(numbers):
            return BoxRow(name, NOT_COMPUTED)
        low, high = min(known), max(known)
        if len(known) == 1 or low == high:
            sign = (low > 0) - (low < 0) if name == "gradient" else 0
            return BoxRow(name, format_number(known[0], self.chosen.precision), sign)
        return BoxRow(name, " … ".join(format_number(x, self.chosen.precision) for x in (low, high)))

    def _module(self, supernode: Supernode, *, highlighted: bool) -> DiagramNode:
        module, nodes = supernode.module, supernode.nodes
        (formula, count), *_ = Counter(module_formulas(nodes)).most_common(1) or [("", 1)]
        parameters = sum(node.primitive is None for node in nodes)
        return DiagramNode(
            visible(self.inside(module, supernode.cluster)),
            formula,
            (BoxRow("parameters", str(parameters)),),
            "module",
            count,
            supernode.cluster,
            f"{module}: {len(nodes)} nodes, {parameters} of them parameters",
            highlighted,
        )

    def _note(self, node: Value) -> str:
        """Return a node in one line: name, formula, value and gradient."""
        formula = f" = {formula_text(node, self.graph.names, longest=200)}" if node.primitive else ""
        rows = [f"{row.name} {row.text}" for row in self._rows([node])]
        return ", ".join([f"{visible(text_name(self.graph.names[node]))}{formula}", *rows])

    # ── edges ──

    def edges(self) -> list[DiagramEdge]:
        """Return the edges: one for each use of a node, or one for all between two boxes that represent several."""
        number_of, edges = self.collapsed.number_of, []
        counts = self.collapsed.edge_counts()
        single = [len(box.nodes) == 1 and not box.module and not box.is_rest for box in self.collapsed.supernodes]
        for head, supernode in enumerate(self.collapsed.supernodes):
            for node in supernode.nodes:
                for position, x in enumerate(node.inputs):
                    tail = number_of[x]
                    if single[head] and single[tail]:
                        edges.append(self._edge(node, position, tail, head))
                    elif (count := counts.pop((tail, head), 0)) and tail != head:
                        note, highlighted = f"{count} edge{'s' * (count != 1)}", self._is_highlighted(tail, head)
                        edges.append(DiagramEdge(tail, head, count=count, note=note, highlighted=highlighted))
        return edges

    def _edge(self, node: Value, position: int, tail: int, head: int) -> DiagramEdge:
        x, partial = node.inputs[position], node.partials[position]
        text = format_number(partial, self.chosen.precision)
        z, consumed = (visible(text_name(self.graph.names[each])) for each in (node, x))
        return DiagramEdge(
            tail,
            head,
            text if self.chosen.partials else "",
            (partial > 0) - (partial < 0) if self.chosen.partials else 0,
            note=f"partial of {z} with respect to {consumed}: {text}",
            highlighted=(node, position) in self.highlighted[1],
        )

    def _is_highlighted(self, tail: int, head: int) -> bool:
        """Return whether one of the edges between two boxes is highlighted."""
        number_of = self.collapsed.number_of
        edges = self.highlighted[1]
        return any(number_of[z] == head and number_of[z.inputs[position]] == tail for z, position in edges)

    # ── texts ──

    def description(self) -> str:
        """Return the graph in sentences."""
        nodes = self.graph.nodes
        root, leaves = nodes[-1], [node for node in nodes if node.primitive is None]
        edges = sum(len(node.inputs) for node in nodes)
        notes = "; ".join(map(self._note, leaves[:DESCRIBED]))
        rest = f"; and {len(leaves) - DESCRIBED} more" if len(leaves) > DESCRIBED else ""
        counts = f"{len(nodes)} node{'s' * (len(nodes) != 1)} and {edges} edge{'s' * (edges != 1)}"
        return f"{counts}. Root: {self._note(root)}. Leaves: {notes}{rest}."

    def caption(self) -> str:
        """Return what is not drawn, and which options draw it."""
        boxes, nodes = self.collapsed.supernodes, self.graph.nodes
        if len(boxes) == len(nodes):
            return ""
        modules = sorted(box.module for box in boxes if box.module)
        hints = []
        if modules:
            deeper = len(split_module(modules[0])) + 1
            hints = [f"expand={visible(modules[0])!r} opens one of them", f"depth={deeper} opens all"]
        is_merged_by_default = not modules and self.chosen.depth is None and not self.chosen.expand
        if is_merged_by_default or any(box.is_rest for box in boxes):
            readable = f"cap={len(nodes)} draws them all"
            hints.append(readable if len(nodes) <= READABLE else "draw an inner node to see what is below it")
        return "; ".join([f"{len(nodes):,} nodes in {len(boxes)} boxes", *hints])
