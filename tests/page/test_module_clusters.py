"""The clusters of a graph: its modules, and runs of nodes of a large module."""

from __future__ import annotations

import nn
from autograd_tiny import Value
from autograd_tiny.page.module_clusters import MOST, Cluster, clusters_of


def test_modules_are_nested_clusters() -> None:
    trace = nn.MLP(2, [2, 1], seed=0)([0.5, -1.0]).trace()
    clusters, innermost = clusters_of(trace)
    assert {cluster.name for cluster in clusters} == {
        "layers[0]",
        "layers[0].neurons[0]",
        "layers[0].neurons[1]",
        "layers[1]",
        "layers[1].neurons[0]",
    }
    for cluster in clusters:
        assert (cluster.parent >= 0) == ("." in cluster.name)
        assert cluster.parent < 0 or cluster.name.startswith(clusters[cluster.parent].name)
    assert all(clusters[place].name == trace.module(node) for place, node in zip(innermost, trace.nodes, strict=True))


def test_few_nodes_are_in_no_cluster() -> None:
    a = Value(1.0)
    assert clusters_of((a * a).trace()) == ([], [-1, -1])


def test_many_nodes_are_split_into_runs() -> None:
    x = Value(0.0, label="x")
    for _ in range(MOST):
        x = x + 1.0
    clusters, innermost = clusters_of(x.trace())
    assert clusters == [Cluster(f"x … v{MOST - 1}", -1), Cluster("L … L", -1)]
    assert innermost == [0] * MOST + [1]


def test_very_many_nodes_are_runs_of_runs() -> None:
    x = Value(0.0, label="x")
    for _ in range(MOST * MOST + 1):
        x = x + 1.0
    clusters, innermost = clusters_of(x.trace())
    sizes = [innermost.count(place) for place in range(len(clusters))]
    assert max(sizes) <= MOST
    assert sum(cluster.parent < 0 for cluster in clusters) <= MOST
    assert sum(sizes) == len(innermost)
