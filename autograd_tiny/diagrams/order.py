"""An order of items in which each link leads forwards.

>>> inputs_first(4, [(3, 1), (1, 0)])
[2, 3, 1, 0]
"""

from __future__ import annotations

from collections.abc import Iterable


def inputs_first(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """Return the items, the numbers below `count`, so that each link leads forwards (Kahn 1962).

    Items on circles, and those behind them, are left out. The order depends on the set of links alone.
    """
    missing, after = [0] * count, [[] for _ in range(count)]  # type: tuple[list[int], list[list[int]]]
    for tail, head in sorted(links):
        missing[head] += 1
        after[tail].append(head)
    order = [item for item in range(count) if not missing[item]]
    for item in order:
        for head in after[item]:
            missing[head] -= 1
            if not missing[head]:
                order.append(head)
    return order
