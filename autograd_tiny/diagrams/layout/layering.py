"""Assign the vertices of a graph to layers, so that the edges are as short as they can be in total.

What hangs on the rest by one edge, such as a leaf with one consumer, is beside its neighbour; `network_simplex` ranks
the rest.

>>> assign_layers(4, [(0, 2), (1, 2), (2, 3), (0, 3)])
[0, 0, 1, 2]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from autograd_tiny.diagrams.errors import CycleError
from autograd_tiny.diagrams.layout.network_simplex import shortest_ranks


def kahn_order(count: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """Return the vertices, the numbers below `count`, in topological order (Kahn 1962).

    Vertices on cycles, and those behind them, are left out. The order depends on the set of edges alone.

    >>> kahn_order(4, [(3, 1), (1, 0)])
    [2, 3, 1, 0]
    """
    missing, after = [0] * count, [[] for _ in range(count)]  # type: tuple[list[int], list[list[int]]]
    for tail, head in sorted(edges):
        missing[head] += 1
        after[tail].append(head)
    order = [vertex for vertex in range(count) if not missing[vertex]]
    for vertex in order:
        for head in after[vertex]:
            missing[head] -= 1
            if not missing[head]:
                order.append(head)
    return order


SHARED, ALONE = 3, 4
"""Weights of the edges from a node with several consumers, which share a line, and from one with a single one."""


def assign_layers(
    count: int,
    edges: Sequence[tuple[int, int]],
    *,
    first: Collection[int] = (),
    last: Collection[int] = (),
    leaves_together: bool = False,
) -> list[int]:
    """Return the layer of each vertex: each edge leads to a higher one.

    Args:
        count: of the vertices, which are the numbers below it.
        edges: from a vertex to its consumer; the same pair may come several times.
        first: the vertices that have the first layer to themselves.
        last: the vertices that have the last layer to themselves.
        leaves_together: whether all leaves are in one layer, whatever the length of their edges.

    Raises:
        CycleError: the graph has a cycle.
    """
    order = kahn_order(count, edges)
    if len(order) < count:
        raise CycleError(count - len(order))
    start, end = count, count + 1  # one vertex for all in `first` or `leaves`, and one for all in `last`
    used, fed = {tail for tail, _ in edges}, {head for _, head in edges}
    leaves = {v for v in used - fed if v not in first} if leaves_together else set()
    name = [start if v in first or v in leaves else end if v in last else v for v in range(count)]
    uses = Counter(tail for tail, _ in edges)
    weights: dict[tuple[int, int], int] = {}
    for tail, head in edges:
        pair = name[tail], name[head]
        weights[pair] = weights.get(pair, 0) + (SHARED if uses[tail] > 1 else ALONE)
    weights.pop((start, end), None)
    rank = _ranks(count + 2, weights)
    inner = [rank[v] for v in range(count) if name[v] == v]
    lowest, highest = min(inner, default=0), max(inner, default=-1)
    before = lowest - (2 if first and leaves else 1)
    layers = [
        before if v in first else lowest - 1 if v in leaves else highest + 1 if v in last else rank[v]
        for v in range(count)
    ]
    least = min(layers, default=0)
    return [layer - least for layer in layers]


def _ranks(count: int, weights: dict[tuple[int, int], int]) -> list[int]:
    """Return a rank for each vertex, that of a head greater than that of its tail."""
    neighbours: list[dict[int, int]] = [{} for _ in range(count)]  # and how much higher they are
    for tail, head in weights:
        neighbours[tail][head], neighbours[head][tail] = 1, -1
    hanging = _take_hanging(neighbours)
    rank = [0] * count
    for members in _components(neighbours):
        number = {vertex: i for i, vertex in enumerate(members)}
        inside = [(number[a], number[b], weights[a, b]) for a in members for b in neighbours[a] if (a, b) in weights]
        for vertex, layer in zip(members, shortest_ranks(len(members), inside), strict=True):
            rank[vertex] = layer
    for vertex, other, step in reversed(hanging):
        rank[vertex] = rank[other] - step
    return rank


def _take_hanging(neighbours: list[dict[int, int]]) -> list[tuple[int, int, int]]:
    """Take vertices with one neighbour off a graph, again and again: (vertex, neighbour, how much higher it is)."""
    hanging = []
    waiting = [vertex for vertex, others in enumerate(neighbours) if len(others) == 1]
    for vertex in waiting:
        if neighbours[vertex]:
            ((other, step),) = neighbours[vertex].items()
            hanging.append((vertex, other, step))
            neighbours[vertex] = {}
            del neighbours[other][vertex]
            if len(neighbours[other]) == 1:
                waiting.append(other)
    return hanging


def _components(neighbours: Sequence[Collection[int]]) -> list[list[int]]:
    """Return the vertices that are connected with each other, but for those without neighbours.

    >>> _components([[1], [0], []])
    [[0, 1]]
    """
    seen, found = [False] * len(neighbours), []
    for first, others in enumerate(neighbours):
        if others and not seen[first]:
            seen[first] = True
            members = [first]
            for vertex in members:
                for other in neighbours[vertex]:
                    if not seen[other]:
                        seen[other] = True
                        members.append(other)
            found.append(members)
    return found
