"""The way from a node up to the root, and how many there are.

>>> from autograd_tiny import Value
>>> from autograd_tiny.trace import Trace
>>> a = Value(3.0, label="a")
>>> schedule = Schedule(Trace(a * a + a, forward=True))
>>> [node.data for node in path_to_root(schedule, a)], number_of_paths(schedule, a)
([3.0, 12.0], 3)
"""

from __future__ import annotations

from typing import Final

from autograd_tiny.debugger.schedule import Schedule
from autograd_tiny.engine.value import Value

MANY_PATHS: Final = 1_000_000
"""More are not counted: in a deep graph their number has thousands of digits."""


def path_to_root(schedule: Schedule, node: Value) -> list[Value]:
    """Return the nodes from one to the root, by the consumer that hands its gradient down first."""
    path = [node]
    while schedule.consumers[path[-1]]:
        path.append(schedule.consumers[path[-1]][-1])
    return path


def number_of_paths(schedule: Schedule, node: Value) -> int:
    """Return the number of paths from the root to a node, at most `MANY_PATHS`: so many products add up."""
    paths = dict.fromkeys(schedule.consumers, 0)
    for consumer in reversed(schedule.consumers):
        users = schedule.consumers[consumer]
        paths[consumer] = min(sum(paths[user] for user in users), MANY_PATHS) if users else 1
    return paths[node]
