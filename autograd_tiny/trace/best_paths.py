"""Find the largest paths from the root of a graph to a node, and their number, without enumerating all.

>>> from autograd_tiny import Value
>>> a, b = Value(3.0, label="a"), Value(-2.0, label="b")
>>> trace = ((a * b) * a + b).trace()
>>> tree = BestPaths(trace, {}, trace.position("a"), most=2, done=len(trace.edges))
>>> [len(list(tree.edges_of(detours))) for _, detours in tree.in_order()], number_of_paths(tree)
([2, 3], 2)

The number of paths is exponential. One walk over the edges finds the best path from each node. Every other path
leaves these at some edges, its detours, and each detour costs a known factor. So the next path has a detour more, or
another last detour, than one that was found already, and a heap gives them in order (Eppstein 1998, "Finding the k
shortest paths", with sorted lists of detours in place of its heaps).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import Any, Final, NamedTuple

from autograd_tiny.trace.path_sizes import weight_of
from autograd_tiny.trace.stepper import Stepper

SCALE: Final = 2.0**500
"""Numbers of paths above this are counted in multiples of it, of its square, and so on."""


class Found(NamedTuple):
    """A path in the heap: the best one, with detours."""

    loss: int
    order: int
    detours: tuple[int, ...]
    others: Sequence[tuple[int, int]]
    place: int


class BestPaths:
    """The best path from each node to one node.

    Args:
        trace: a pass.
        weights: the sizes of partials that are known; others are added.
        x: the position of that node.
        most: the largest number of paths that are asked for.
        done: the number of edges that are looked at.

    Attributes:
        x: the position of that node.
        size: of the best path from each node; None where there is no path.
        best: the first edge of that path.
        last: the last edge of it.
    """

    def __init__(self, trace: Stepper, weights: dict[float, int], x: int, *, most: int, done: int) -> None:
        self.trace, self.x, self.most = trace, x, most
        # the edges of a path are done before its last one is
        self.source, self.target = trace.edges.source[:done], trace.edges.target[:done]
        count = len(trace.nodes)
        self.size: list[Any] = [
            None
        ] * count  # int | None; to narrow each in the loops would take as long as the sums
        self.best, self.last = [-1] * count, [-1] * count
        # without lists of lists, which the garbage collector would visit
        self._other, self._more = [-1] * count, dict[int, list[int]]()
        self._detours: list[Sequence[tuple[int, int]] | None] = [None] * count
        self._weights = weights
        self._search()

    def _search(self) -> None:
        """Walk the edges that are done from the inputs up."""
        partials, weights, x = self.trace.events.numbers.partials, self._weights, self.x
        size, best, last, other = self.size, self.best, self.last, self._other
        size[x], edge, current = 0, len(self.target), x
        for z, y in zip(reversed(self.source), reversed(self.target), strict=True):  # those from one node together
            edge -= 1
            beyond = size[y]
            if beyond is None:
                continue
            weight = weights.get(partials[edge])
            through = beyond + (self._weight(edge) if weight is None else weight)
            if z != current:
                current = z
            else:
                is_better = through > size[z]
                loser = best[z] if is_better else edge
                if other[z] < 0:
                    other[z] = loser
                else:
                    self._more.setdefault(z, []).append(loser)
                if not is_better:
                    continue
            size[z], best[z] = through, edge
            last[z] = edge if y == x else last[y]

    def _weight(self, edge: int) -> int:
        partial = self.trace.events.numbers.partials[edge]
        weight = self._weights.get(partial)
        if weight is None:
            weight = weight_of(partial)
            if not math.isnan(partial):  # which a dict would not find again
                self._weights[partial] = weight
        return weight

    def detours(self, z: int) -> Sequence[tuple[int, int]]:
        """Return the smallest detours from the best path of a node, with what they cost, in order."""
        below: list[int] = []
        while z != self.x and self._detours[z] is None:
            below.append(z)
            z = self.target[self.best[z]]
        known = self._detours[z] or ()
        most, more, size, target = self.most, self._more, self.size, self.target
        weights, partials = self._weights, self.trace.events.numbers.partials
        for node in reversed(below):
            edge = self._other[node]
            if edge >= 0:
                weight = weights.get(partials[edge])
                cost = size[node] - size[target[edge]] - (self._weight(edge) if weight is None else weight)
                if len(known) < most or cost < known[-1][0] or node in more:
                    others = [edge, *more.get(node, ())]
                    known = sorted([*known, *((self._cost(node, other), other) for other in others)])[:most]
            self._detours[node] = known
        return known

    def _cost(self, z: int, edge: int) -> int:
        """Return what the detour along an edge from a node costs."""
        return int(self.size[z] - self._weight(edge) - self.size[self.target[edge]])

    @property
    def gradient(self) -> float | None:
        """The gradient of the node after the edges that are looked at."""
        numbers, done = self.trace.events.numbers, len(self.target)
        if self.x == len(self.size) - 1:
            return numbers.gradients[-1]
        latest = self.trace.edges.latest_into(self.x, done)
        return None if latest is None else numbers.sums[latest]

    def in_order(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield each path from the root as its size and its detours, the largest first."""
        root, target = len(self.trace.nodes) - 1, self.target
        whole = self.size[root]
        if whole is None:
            return
        yield whole, ()
        heap: list[Found] = []
        order = 0

        def offer(loss: int, before: tuple[int, ...], others: Sequence[tuple[int, int]], place: int) -> None:
            nonlocal order
            if place < len(others):
                cost, edge = others[place]
                order += 1
                heappush(heap, Found(loss + cost, order, (*before, edge), others, place))

        offer(0, (), self.detours(root), 0)
        while heap:
            found = heappop(heap)
            yield whole - found.loss, found.detours
            *before, edge = found.detours
            offer(found.loss - found.others[found.place][0], tuple(before), found.others, found.place + 1)
            offer(found.loss, found.detours, self.detours(target[edge]), 0)

    def edges_of(self, detours: Sequence[int]) -> Iterator[int]:
        """Yield the edges of a path, from the root down."""
        z, source, target = len(self.trace.nodes) - 1, self.source, self.target
        for detour in (*detours, None):
            while z != (self.x if detour is None else source[detour]):
                yield self.best[z]
                z = target[self.best[z]]
            if detour is not None:
                yield detour
                z = target[detour]


def number_of_paths(tree: BestPaths) -> int:
    """Return the number of paths from the root to the node of a tree, as far as the cursor has come.

    An integer of thousands of digits takes a while, so `rounded_number_of_paths` serves where it is only printed.
    """
    size, current = tree.size, len(tree.size) - 1
    counts = [0] * current + [1]
    for z, y in zip(tree.source, tree.target, strict=True):
        if z != current:
            if z <= tree.x:
                break
            counts[current], current = 0, z  # frees a large integer
        if size[y] is not None:
            counts[y] += counts[z]
    return counts[tree.x]


def rounded_number_of_paths(tree: BestPaths) -> tuple[float, float]:
    """Return the number of paths as a float, inf if it is too large, and its logarithm to base 10."""
    size, x = tree.size, tree.x
    counts, scales = [0.0] * (len(size) - 1) + [1.0], [0] * len(size)
    for z, y in zip(tree.source, tree.target, strict=True):
        if size[y] is None:
            continue
        shift = scales[z] - scales[y]
        if not shift:
            count = counts[y] + counts[z]
        elif shift < 0:
            count = counts[y] + counts[z] * SCALE**shift
        else:
            count, scales[y] = counts[y] * SCALE**-shift + counts[z], scales[z]
        if count > SCALE:
            count, scales[y] = count / SCALE, scales[y] + 1
        counts[y] = count
    return math.inf if scales[x] else counts[x], math.log10(counts[x] or 1.0) + scales[x] * math.log10(SCALE)
