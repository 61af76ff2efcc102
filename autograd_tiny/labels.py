"""`name_values(locals())` gives many nodes their variable names as labels at once.

>>> from autograd_tiny import Value
>>> a, w = Value(2.0), [Value(1.0), Value(3.0)]
>>> name_values({"a": a, "w": w})
>>> a.label, w[1].label
('a', 'w[1]')
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograd_tiny.value import Value

HISTORY = ("In", "Out")
"""What IPython keeps of earlier cells: these are no names of the user's."""


def name_values(names: Mapping[str, Any]) -> None:
    """Label every Value in a mapping of names, such as `locals()`, that has no label yet.

    Values in lists, tuples and dicts get the name with the position or key: `w[0]`, `p['bias']`. Names with a leading
    underscore are left out. A variable of its own goes before a place in a container; else the first name wins.

    Args:
        names: from names to anything; what is no Value and no container is passed over.
    """
    public = {name: thing for name, thing in names.items() if not name.startswith("_") and name not in HISTORY}
    containers = {name: thing for name, thing in public.items() if isinstance(thing, list | tuple | dict)}
    for name, thing in [*public.items(), *_inside(containers)]:
        if isinstance(thing, Value) and not thing.label:
            thing.label = name


def _inside(containers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield everything in nested containers with its full name; each container once, so a cycle ends."""
    seen: set[int] = set()
    stack = list(reversed(list(containers.items())))
    while stack:
        name, thing = stack.pop()
        if not isinstance(thing, list | tuple | dict):
            yield name, thing
        elif id(thing) not in seen:
            seen.add(id(thing))
            items = list(thing.items() if isinstance(thing, dict) else enumerate(thing))
            stack += [(f"{name}[{key!r}]", element) for key, element in reversed(items)]
