"""Collapse a large graph: many nodes become one supernode, so that the diagram can be read.

The modules that `modules_of` finds are clusters around their nodes, or single supernodes. In a collapsed graph, equal
nodes without a label and with the same inputs, those of many examples, are one supernode too. Above the cap,
everything that is farthest from the root becomes one supernode for the rest, but for leaves with a label.

>>> from autograd_tiny.diagrams.options import settings
>>> w = Value(2.0, label="layers[0].neurons[0].w[0]")
>>> nodes = [w, *(part := (w * 3.0).tanh()).inputs, part]
>>> collapse(nodes, settings()).clusters, collapse(nodes, settings(depth=1)).supernodes[0].module
([('layers[0]', -1), ('layers[0].neurons[0]', 0)], 'layers[0]')
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import accumulate
from typing import Final

from autograd_tiny.diagrams.errors import OptionError
from autograd_tiny.diagrams.layout.layering import kahn_order
from autograd_tiny.diagrams.options import Settings
from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.module_names import modules_of, split_module

READABLE_SUPERNODES: Final = 40
READABLE_EDGES: Final = 60
"""How much a collapsed graph may show by default."""


@dataclass(slots=True)
class Supernode:
    """One or more nodes that are drawn as one box.

    Attributes:
        cluster: the number of the cluster that it is in, -1 for none.
        module: the name of the module that it represents; empty for single nodes.
        nodes: those it represents, in topological order.
        is_rest: whether it represents all that is not drawn.
    """

    cluster: int
    module: str = ""
    nodes: list[Value] = field(default_factory=list)
    is_rest: bool = False

    @property
    def is_named_leaf(self) -> bool:
        """True for a leaf to which the user gave a label."""
        return not self.module and self.nodes[0].primitive is None and bool(self.nodes[0].label)


@dataclass(slots=True)
class CollapsedGraph:
    """The supernodes of a diagram.

    Attributes:
        supernodes: inputs before consumers, but for that of the rest, which is the first.
        number_of: the number of the supernode of each node.
        clusters: the name of each cluster, and the number of the cluster around it, -1 for none.
    """

    supernodes: list[Supernode] = field(default_factory=list)
    number_of: dict[Value, int] = field(default_factory=dict)
    clusters: list[tuple[str, int]] = field(default_factory=list)

    def edge_counts(self) -> dict[tuple[int, int], int]:
        """Return for each pair of supernodes how many edges lead from one to the other."""
        counts: dict[tuple[int, int], int] = {}
        for node, head in self.number_of.items():
            for x in node.inputs:
                tail = self.number_of[x]
                if tail != head:
                    counts[tail, head] = counts.get((tail, head), 0) + 1
        return counts


def collapse(nodes: Sequence[Value], chosen: Settings) -> CollapsedGraph:
    """Return the supernodes that a diagram shows.

    Args:
        nodes: of the graph, in topological order; the last is the root.
        chosen: the settings `depth`, `expand` and `cap`.

    Raises:
        OptionError: `expand` names a module that the graph does not have.
    """
    paths = _paths(nodes)
    _check_expand(chosen.expand, {prefix for path in paths.values() for prefix in path})
    deepest = max(map(len, paths.values()), default=0) + 1
    if chosen.depth is not None:
        return _capped(_arrange(nodes, paths, chosen.depth, chosen.expand), chosen.cap)
    if len(nodes) <= chosen.cap and not chosen.expand:
        return _arrange(nodes, paths, deepest, (), merge=False)
    shown = _arrange(nodes, paths, 1, chosen.expand)
    for depth in range(deepest, 1, -1):
        deeper = _arrange(nodes, paths, depth, chosen.expand)
        if len(deeper.supernodes) <= READABLE_SUPERNODES and len(deeper.edge_counts()) <= READABLE_EDGES:
            shown = deeper
            break
    return _capped(shown, chosen.cap)


def _paths(nodes: Sequence[Value]) -> dict[Value, tuple[str, ...]]:
    """Return for each node the names of the modules around it, the outermost first.

    A module that both feeds and uses another, as the cell of a recurrent network does, is left out: as a single
    supernode it would be on a cycle.
    """
    modules = modules_of(nodes)
    known = {module: tuple(accumulate(split_module(module), "{}.{}".format)) for module in set(modules.values())}
    paths = {node: known[modules[node]] for node in nodes}
    cyclic: set[str] = set()
    for depth in range(max(map(len, known.values()), default=0)):
        cyclic |= _on_cycle({node: path[depth] for node, path in paths.items() if len(path) > depth}, nodes)
    return {node: tuple(module for module in path if module not in cyclic) for node, path in paths.items()}


def _on_cycle(module_of: dict[Value, str], nodes: Sequence[Value]) -> set[str]:
    """Return the modules that are on a cycle, or between cycles, if each were one supernode."""
    numbers: dict[Hashable, int] = {}
    number_of = {node: numbers.setdefault(module_of.get(node, node), len(numbers)) for node in nodes}
    names = [name if isinstance(name, str) else "" for name in numbers]
    edges = {(number_of[x], number_of[node]) for node in nodes for x in node.inputs}
    edges = {(tail, head) for tail, head in edges if tail != head}
    backwards = {(head, tail) for tail, head in edges}
    acyclic = {*kahn_order(len(names), edges), *kahn_order(len(names), backwards)}
    return {name for number, name in enumerate(names) if name and number not in acyclic}


def _check_expand(expand: Sequence[str], modules: set[str]) -> None:
    for name in expand:
        if name not in modules:
            close = get_close_matches(name, sorted(modules), cutoff=0.4) or sorted(modules)[:5]
            some = f"the name of a module, such as {', '.join(close)}"
            raise OptionError("expand", name, some if close else "nothing: the graph has no modules")


def _arrange(
    nodes: Sequence[Value],
    paths: dict[Value, tuple[str, ...]],
    depth: int,
    expand: Sequence[str],
    *,
    merge: bool = True,
) -> CollapsedGraph:
    """Return the graph whose modules are open down to a depth, and those of `expand`."""
    opened = {prefix for name in expand for prefix in accumulate(split_module(name), "{}.{}".format)}
    arranged, numbers, clusters = CollapsedGraph(), {}, {}  # type: tuple[CollapsedGraph, dict[Hashable, int], dict[str, int]]
    for node in nodes:
        cluster, module = -1, ""
        for level, name in enumerate(paths[node], start=1):
            if level >= depth and name not in opened:
                module = name
                break
            if name not in clusters:
                clusters[name] = len(arranged.clusters)
                arranged.clusters.append((name, cluster))
            cluster = clusters[name]
        key: Hashable = node
        if module:
            key = module
        elif merge and not node.label and node is not nodes[-1]:
            row = node.primitive
            key = (cluster, row and row.name, *(arranged.number_of[x] for x in node.inputs))
        if key not in numbers:
            numbers[key] = len(arranged.supernodes)
            arranged.supernodes.append(Supernode(cluster, module))
        arranged.number_of[node] = numbers[key]
        arranged.supernodes[numbers[key]].nodes.append(node)
    return _sorted(arranged) if merge else arranged


def _sorted(graph: CollapsedGraph) -> CollapsedGraph:
    """Sort the supernodes topologically: the order of their first nodes need not be topological."""
    order = kahn_order(len(graph.supernodes), graph.edge_counts())
    position = {number: i for i, number in enumerate(order)}
    graph.supernodes = [graph.supernodes[number] for number in order]
    graph.number_of = {node: position[number] for node, number in graph.number_of.items()}
    return graph


def _capped(graph: CollapsedGraph, cap: int) -> CollapsedGraph:
    """Return the graph with all supernodes merged into one but for at most `cap`.

    These are leaves with a label, as far as they take half of the cap, and what is nearest to the root.
    """
    if len(graph.supernodes) <= cap:
        return graph
    from_root = kahn_order(len(graph.supernodes), [(head, tail) for tail, head in graph.edge_counts()])
    named = [number for number in from_root if graph.supernodes[number].is_named_leaf]
    kept = set(named[: cap // 2])
    others = [number for number in from_root if number not in kept]
    kept.update(others[: cap - 1 - len(kept)])
    capped = CollapsedGraph(supernodes=[Supernode(-1, is_rest=True)], clusters=graph.clusters)
    for number, supernode in enumerate(graph.supernodes):
        if number in kept:
            capped.supernodes.append(supernode)
        else:
            capped.supernodes[0].nodes += supernode.nodes
    _release_leaves(capped)
    capped.number_of = {node: number for number, part in enumerate(capped.supernodes) for node in part.nodes}
    return _without_empty_clusters(capped)


def _release_leaves(capped: CollapsedGraph) -> None:
    """Take leaves that feed the rest out of their clusters, which the rest feeds too: there would be a cycle."""
    feeding = {x for node in capped.supernodes[0].nodes for x in node.inputs}
    for supernode in capped.supernodes:
        if supernode.is_named_leaf and supernode.nodes[0] in feeding:
            supernode.cluster = -1


def _without_empty_clusters(graph: CollapsedGraph) -> CollapsedGraph:
    used: set[int] = set()
    for supernode in graph.supernodes:
        cluster = supernode.cluster
        while cluster not in used and cluster != -1:
            used.add(cluster)
            cluster = graph.clusters[cluster][1]
    renumber = {-1: -1, **{cluster: number for number, cluster in enumerate(sorted(used))}}
    graph.clusters = [(graph.clusters[cluster][0], renumber[graph.clusters[cluster][1]]) for cluster in sorted(used)]
    for supernode in graph.supernodes:
        supernode.cluster = renumber[supernode.cluster]
    return graph
