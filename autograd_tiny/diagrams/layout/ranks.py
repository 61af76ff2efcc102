"""Ranks: the column of each item, by the longest path that leads to it.

>>> ranks(4, [(0, 2), (1, 2), (2, 3), (0, 3)])
[0, 0, 1, 2]
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autograd_tiny.diagrams.errors import CycleError
from autograd_tiny.diagrams.order import inputs_first


def ranks(
    count: int,
    links: Sequence[tuple[int, int]],
    *,
    first: Collection[int] = (),
    last: Collection[int] = (),
    leaves_together: bool = False,
) -> list[int]:
    """Return the rank of each item: each link leads to a higher one.

    A leaf comes directly before the nearest of its consumers, so that its edge is short.

    Args:
        count: of the items, which are the numbers below it.
        links: from an item to one that uses it.
        first: what shall be alone on the first rank.
        last: what shall be alone on the last rank.
        leaves_together: whether all leaves shall be on one rank, whatever the length of their edges.

    Raises:
        CycleError: the links go round in a circle.
    """
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for tail, head in links:
        before[head].append(tail)
        after[tail].append(head)
    lowest = 1 if first else 0
    rank = [0 if item in first else lowest for item in range(count)]
    order = inputs_first(count, links)
    if len(order) < count:
        raise CycleError(count - len(order))
    for item in order:
        for head in after[item]:
            rank[head] = max(rank[head], rank[item] + 1)
    if not leaves_together:
        for item in order:
            if after[item] and not before[item] and item not in first:
                rank[item] = min(rank[head] for head in [h for h in after[item] if h not in last] or after[item]) - 1
    end = max((rank[item] for item in range(count) if item not in last), default=-1) + 1
    return [end if item in last else rank[item] for item in range(count)]
