"""Divide a graph into parts: its modules, and runs of nodes of a crowded module.

The page draws a part as one box until it is opened, so a network of thousands of nodes begins as a few boxes.

>>> from autograd_tiny import Value
>>> w = Value(2.0, label="layers[0].w")
>>> t = (w * 3.0 + 1.0).trace()
>>> parts, homes = parts_of(t)
>>> parts, homes
([Part(name='layers[0]', parent=-1)], [0, 0, -1])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from autograd_tiny.symbolic.module_names import split_module
from autograd_tiny.trace import Trace

MOST: Final = 60
"""The number of nodes that a part may hold itself; more are split into runs."""


@dataclass(frozen=True, slots=True)
class Part:
    """A module, or a run of nodes.

    Attributes:
        name: the full name, such as `layers[0].neurons[1]`.
        parent: the index of the enclosing part; -1 for none.
    """

    name: str
    parent: int


def parts_of(trace: Trace) -> tuple[list[Part], list[int]]:
    """Return the parts, and for each node the index of its innermost part, -1 for none."""
    parts: list[Part] = []
    places: dict[str, int] = {"": -1}
    homes = [_place(trace.module(node), parts, places) for node in trace.nodes]
    names = [trace.names[node] for node in trace.nodes]
    members: dict[int, list[int]] = {}
    for node, home in enumerate(homes):
        members.setdefault(home, []).append(node)
    crowded = [home for home in members if len(members[home]) > MOST]
    while crowded:
        home = crowded.pop()
        nodes = members[home]
        length = max(MOST, -(-len(nodes) // MOST))
        for start in range(0, len(nodes), length):
            run = nodes[start : start + length]
            parts.append(Part(f"{names[run[0]]} … {names[run[-1]]}", home))
            members[len(parts) - 1] = run
            for node in run:
                homes[node] = len(parts) - 1
            if len(run) > MOST:
                crowded.append(len(parts) - 1)
    return parts, homes


def _place(module: str, parts: list[Part], places: dict[str, int]) -> int:
    """Return the index of a module's part; make it, and those around it, if they are new."""
    name, parent = "", -1
    for step in split_module(module):
        name = f"{name}.{step}" if name else step
        if name not in places:
            places[name] = len(parts)
            parts.append(Part(name, parent))
        parent = places[name]
    return parent
