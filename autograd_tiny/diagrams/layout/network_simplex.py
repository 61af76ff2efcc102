"""Find the ranks of a graph that make its edges shortest in total, by the network simplex method.

The method is that of Gansner, Koutsofios, North and Vo 1993, "A technique for drawing directed graphs", section 2. A
spanning tree of tight edges, those of length 1, gives all ranks. The cut value of a tree edge is the weight of all
edges from its tail side to its head side, less that of those in the other direction. Where it is negative, the total
gets less as the tree edge becomes longer: it leaves the tree, and the edge with the least slack in the other
direction enters. All numbers are integers.

>>> shortest_ranks(4, [(0, 2, 1), (1, 2, 1), (2, 3, 1), (0, 3, 1)])
[0, 0, 1, 2]
>>> shortest_ranks(4, [(0, 1, 1), (1, 3, 1), (2, 3, 1)])  # a leaf is beside its consumer
[0, 1, 1, 2]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

Edge = tuple[int, int, int]
"""Tail, head, weight."""

MOST_PIVOTS: Final = 4000
"""The most exchanges of tree edges: a larger graph stays a little longer than it could be."""


def shortest_ranks(count: int, edges: Sequence[Edge]) -> list[int]:
    """Return a rank for each vertex, from 0 on: that of a head is greater than that of its tail.

    Args:
        count: of the vertices, the numbers below it, which the edges connect.
        edges: without a cycle, each pair of vertices at most once.
    """
    if not edges:
        return [0] * count
    tree = _SpanningTree(count, edges)
    tree.grow()
    tree.balance()
    tree.exchange()
    lowest = min(tree.rank)
    return [rank - lowest for rank in tree.rank]


class _SpanningTree:
    """Ranks, and the tree of tight edges that gives them; its root is vertex 0.

    `up` has for each vertex the edge to its parent, -1 for the root.
    """

    def __init__(self, count: int, edges: Sequence[Edge]) -> None:
        self.edges = edges
        self.at: list[list[int]] = [[] for _ in range(count)]
        for number, (tail, head, _) in enumerate(edges):
            self.at[tail].append(number)
            self.at[head].append(number)
        self.rank = self._longest_paths()
        self.parent = [-1] * count
        self.up = [-1] * count
        self.balances = [0] * count
        self.children: list[list[int]] = [[] for _ in range(count)]

    def _longest_paths(self) -> list[int]:
        """Return the length of the longest path to each vertex."""
        missing = [0] * len(self.at)
        for _, head, _ in self.edges:
            missing[head] += 1
        rank = [0] * len(self.at)
        order = [vertex for vertex, count in enumerate(missing) if not count]
        for vertex in order:
            for number in self.at[vertex]:
                tail, head, _ = self.edges[number]
                if tail == vertex:
                    rank[head] = max(rank[head], rank[vertex] + 1)
                    missing[head] -= 1
                    if not missing[head]:
                        order.append(head)
        return rank

    def slack(self, number: int) -> int:
        """Return by how much an edge is longer than it must be."""
        tail, head, _ = self.edges[number]
        return self.rank[head] - self.rank[tail] - 1

    # ── the first tree ──

    def grow(self) -> None:
        """Span the graph: follow tight edges, and where there are none move the tree until one more is tight."""
        inside = [False] * len(self.at)
        members = self._follow_tight_edges([0], inside)
        while len(members) < len(self.at):
            best, least = -1, 0
            for number, (tail, head, _) in enumerate(self.edges):
                if inside[tail] != inside[head]:
                    slack = self.slack(number)
                    if best == -1 or slack < least:
                        best, least = number, slack
            tail, head, _ = self.edges[best]
            shift = least if inside[tail] else -least
            for vertex in members:
                self.rank[vertex] += shift
            old, new = (tail, head) if inside[tail] else (head, tail)
            self._attach(new, old, best)
            inside[new] = True
            members += [new, *self._follow_tight_edges([new], inside)[1:]]

    def _follow_tight_edges(self, members: list[int], inside: list[bool]) -> list[int]:
        inside[members[0]] = True
        for vertex in members:
            for number in self.at[vertex]:
                tail, head, _ = self.edges[number]
                other = head if tail == vertex else tail
                if not inside[other] and self.rank[head] - self.rank[tail] == 1:
                    inside[other] = True
                    self._attach(other, vertex, number)
                    members.append(other)
        return members

    def _attach(self, vertex: int, parent: int, number: int) -> None:
        self.parent[vertex], self.up[vertex] = parent, number
        self.children[parent].append(vertex)

    # ── cut values ──

    def balance(self) -> None:
        """Compute the balance of each subtree: the weight of the edges that lead into it, less of those out of it."""
        for tail, head, weight in self.edges:
            self.balances[head] += weight
            self.balances[tail] -= weight
        for vertex in reversed(self._subtree(0)[1:]):
            self.balances[self.parent[vertex]] += self.balances[vertex]

    def _subtree(self, top: int) -> list[int]:
        """Return a vertex and all below it, parents first."""
        members = [top]
        for vertex in members:
            members += self.children[vertex]
        return members

    def _cut_value(self, vertex: int) -> int:
        """Return the cut value of the tree edge above a vertex."""
        return self.balances[vertex] if self.edges[self.up[vertex]][1] == vertex else -self.balances[vertex]

    # ── exchanges ──

    def exchange(self) -> None:
        """Exchange tree edges with negative cut values until there are none."""
        vertex, passed = 0, 0
        for _ in range(MOST_PIVOTS):
            while vertex == 0 or self._cut_value(vertex) >= 0:
                vertex = (vertex + 1) % len(self.at)
                passed += 1
                if passed > len(self.at):
                    return
            self._replace(vertex)
            passed = 0

    def _replace(self, top: int) -> None:
        """Replace the tree edge above a vertex by the edge with the least slack that leads the other way."""
        members = self._subtree(top)
        inside = set(members)
        is_head = self.edges[self.up[top]][1] == top
        entering = self._entering(members, inside, leads_out=is_head)
        shift = self.slack(entering) if is_head else -self.slack(entering)
        for vertex in members:
            self.rank[vertex] += shift
        tail, head, _ = self.edges[entering]
        inner, outer = (tail, head) if tail in inside else (head, tail)
        self._move_balance(self.parent[top], -self.balances[top])
        self._move_balance(outer, self.balances[top])
        self._turn(top, inner)
        self._attach(inner, outer, entering)

    def _entering(self, members: list[int], inside: set[int], *, leads_out: bool) -> int:
        best, least = -1, 0
        for vertex in members:
            for number in self.at[vertex]:
                tail, head, _ = self.edges[number]
                if (tail == vertex) == leads_out and (head if leads_out else tail) not in inside:
                    slack = self.rank[head] - self.rank[tail] - 1
                    if best == -1 or slack < least:
                        best, least = number, slack
        return best

    def _move_balance(self, vertex: int, change: int) -> None:
        """Add to the balances of a vertex and of all above it."""
        while vertex != -1:
            self.balances[vertex] += change
            vertex = self.parent[vertex]

    def _turn(self, top: int, inner: int) -> None:
        """Take a subtree off the tree, and make `inner` its top instead of `top`."""
        self.children[self.parent[top]].remove(top)
        whole, below = self.balances[top], 0
        parent, number = -1, -1
        vertex = inner
        while True:
            above, above_number = self.parent[vertex], self.up[vertex]
            rest, below = whole - below, self.balances[vertex]
            self.balances[vertex] = rest
            if parent != -1:
                self.children[vertex].remove(parent)
                self._attach(vertex, parent, number)
            if vertex == top:
                return
            parent, number, vertex = vertex, above_number, above
