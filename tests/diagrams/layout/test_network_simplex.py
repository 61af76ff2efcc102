"""Ranks by the network simplex method."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from autograd_tiny.diagrams.layout.network_simplex import shortest_ranks

COUNT = 9


def connected_graph(seed):
    source = random.Random(seed)
    pairs = {(source.randrange(head), head) for head in range(1, COUNT)}
    pairs |= {tuple(sorted(source.sample(range(COUNT), 2))) for _ in range(7)}
    turned = list(range(COUNT))
    source.shuffle(turned)
    return [(turned[tail], turned[head], source.randint(1, 3)) for tail, head in sorted(pairs)]


def total(ranks, edges):
    """Return the weighted length of all edges; infinity where one does not lead upwards."""
    lengths = [ranks[head] - ranks[tail] for tail, head, _ in edges]
    if min(lengths) < 1:
        return float("inf")
    return sum(weight * length for (_, _, weight), length in zip(edges, lengths, strict=True))


def shortest_after_a_move(ranks, edges):
    """Return the least total after some of the vertices move by one rank.

    The total is L-natural-convex in the ranks, so where no such move improves it nothing does (Murota 2003).
    """
    moves = [some for size in range(1, COUNT) for some in combinations(range(COUNT), size)]
    return min(total([rank + (v in some) for v, rank in enumerate(ranks)], edges) for some in moves)


@pytest.mark.parametrize("seed", [*range(8), 17, 20, 37, 47])
def test_no_move_makes_the_edges_shorter(seed):
    edges = connected_graph(seed)
    ranks = shortest_ranks(COUNT, edges)
    assert total(ranks, edges) <= shortest_after_a_move(ranks, edges)


def test_vertices_without_edges_have_rank_0():
    assert shortest_ranks(2, []) == [0, 0]


def test_exchanges_end_at_the_limit(monkeypatch):
    edges = connected_graph(4)
    best = total(shortest_ranks(COUNT, edges), edges)
    monkeypatch.setattr("autograd_tiny.diagrams.layout.network_simplex.MOST_PIVOTS", 1)
    assert best < total(shortest_ranks(COUNT, edges), edges) < float("inf")
