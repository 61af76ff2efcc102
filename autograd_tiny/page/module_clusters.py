"""Group the nodes of a graph into nested clusters: its modules, and runs of nodes of a large module.

The page draws a collapsed cluster as one box, so a network of thousands of nodes starts as a few boxes.

>>> from autograd_tiny import Value
>>> w = Value(2.0, label="layers[0].w")
>>> t = (w * 3.0 + 1.0).trace()
>>> clusters_of(t)
([Cluster(name='layers[0]', parent=-1)], [0, 0, -1])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from autograd_tiny.symbolic.module_names import split_module
from autograd_tiny.trace import Trace

MOST: Final = 60
"""The largest number of nodes directly in a cluster; more are split into runs."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A module, or a run of nodes.

    Attributes:
        name: the full name, such as `layers[0].neurons[1]`.
        parent: the index of the enclosing cluster; -1 for none.
    """

    name: str
    parent: int


def clusters_of(trace: Trace) -> tuple[list[Cluster], list[int]]:
    """Return the clusters, and for each node the index of its innermost cluster, -1 for none."""
    clusters: list[Cluster] = []
    indices: dict[str, int] = {"": -1}
    innermost = [_index(trace.module(node), clusters, indices) for node in trace.nodes]
    names = [trace.names[node] for node in trace.nodes]
    members: dict[int, list[int]] = {}
    for node, cluster in enumerate(innermost):
        members.setdefault(cluster, []).append(node)
    crowded = [cluster for cluster in members if len(members[cluster]) > MOST]
    while crowded:
        cluster = crowded.pop()
        nodes = members[cluster]
        length = max(MOST, -(-len(nodes) // MOST))
        for start in range(0, len(nodes), length):
            run = nodes[start : start + length]
            clusters.append(Cluster(f"{names[run[0]]} … {names[run[-1]]}", cluster))
            members[len(clusters) - 1] = run
            for node in run:
                innermost[node] = len(clusters) - 1
            if len(run) > MOST:
                crowded.append(len(clusters) - 1)
    return clusters, innermost


def _index(module: str, clusters: list[Cluster], indices: dict[str, int]) -> int:
    """Return the index of the cluster of a module; add it and those around it if they are new."""
    name, parent = "", -1
    for step in split_module(module):
        name = f"{name}.{step}" if name else step
        if name not in indices:
            indices[name] = len(clusters)
            clusters.append(Cluster(name, parent))
        parent = indices[name]
    return parent
