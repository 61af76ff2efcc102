"""Assign the vertices of a graph to layers, by the longest path that leads to each.

>>> assign_layers(4, [(0, 2), (1, 2), (2, 3), (0, 3)])
[0, 0, 1, 2]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from autograd_tiny.diagrams.errors import CycleError


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


def assign_layers(
    count: int,
    edges: Sequence[tuple[int, int]],
    *,
    first: Collection[int] = (),
    last: Collection[int] = (),
    leaves_together: bool = False,
) -> list[int]:
    """Return the layer of each vertex: each edge leads to a higher one.

    A leaf is put directly before the nearest of its consumers, so that its edge is short.

    Args:
        count: of the vertices, which are the numbers below it.
        edges: from a vertex to its consumer.
        first: the vertices that have the first layer to themselves.
        last: the vertices that have the last layer to themselves.
        leaves_together: whether all leaves are in one layer, whatever the length of their edges.

    Raises:
        CycleError: the graph has a cycle.
    """
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for tail, head in edges:
        before[head].append(tail)
        after[tail].append(head)
    lowest = 1 if first else 0
    layer_of = [0 if vertex in first else lowest for vertex in range(count)]
    order = kahn_order(count, edges)
    if len(order) < count:
        raise CycleError(count - len(order))
    for vertex in order:
        for head in after[vertex]:
            layer_of[head] = max(layer_of[head], layer_of[vertex] + 1)
    if not leaves_together:
        for vertex in order:
            if after[vertex] and not before[vertex] and vertex not in first:
                consumers = [head for head in after[vertex] if head not in last] or after[vertex]
                layer_of[vertex] = min(layer_of[head] for head in consumers) - 1
    end = max((layer_of[vertex] for vertex in range(count) if vertex not in last), default=-1) + 1
    return [end if vertex in last else layer_of[vertex] for vertex in range(count)]
