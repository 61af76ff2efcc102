"""Name nodes: `name_values(locals())` labels Values after variables, `name_nodes(nodes)` gives each node a name.

>>> from autograd_tiny import Value
>>> a, w = Value(2.0), [Value(1.0), Value(3.0)]
>>> name_values({"a": a, "w": w})
>>> a.label, w[1].label
('a', 'w[1]')
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, product
from types import MappingProxyType
from typing import Any, Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError
from autograd_tiny.primitives.operands import is_array
from autograd_tiny.support.at_once import assign
from autograd_tiny.support.terminal_text import printable

IPYTHON_CELLS = ("In", "Out")
"""Variables in which IPython stores earlier cells."""
NO_VARIABLES: Final[Mapping[Value, str]] = MappingProxyType({})
"""No names from variables."""


def name_values(names: Mapping[str, Any]) -> None:
    """Label every Value without a label in a mapping of names, such as `locals()`.

    Values in lists, tuples, dicts and NumPy arrays get the name with the index or key: `w[0]`, `p['bias']`,
    `W[0][1]`. Names with a leading underscore are skipped. A variable takes precedence over an element of a
    container, and the first name over later ones.

    Args:
        names: a mapping from names to objects; those that are neither Values nor containers are ignored.
    """
    if not isinstance(names, Mapping):
        expected, remedy = "a dict of names and objects", "write name_values(locals())"
        raise OperandError("name_values", names, expected=expected, remedy=remedy)
    public = {name: thing for name, thing in names.items() if not name.startswith("_") and name not in IPYTHON_CELLS}
    labels: dict[Value, str] = {}
    for name, thing in [*public.items(), *_inside(public)]:
        if isinstance(thing, Value) and not thing.label:
            labels.setdefault(thing, name)
    assign(labels, "_label", labels.values())


def name_nodes(nodes: Sequence[Value], variables: Mapping[Value, str] = NO_VARIABLES) -> dict[Value, str]:
    """Return a unique name for each node: its label, its variable, or L for the root and v1, v2, ... for the others.

    Args:
        nodes: the nodes of a graph in topological order, the root last. Repeated labels are numbered: `a`, `a_2`.
            Control characters are escaped for terminals.
        variables: names for nodes without a label, each of one node; a name that is also a label is not used.

    >>> a = Value(1.0, label="a")
    >>> list(name_nodes([a, -a, a * a]).values())
    ['a', 'v1', 'L']
    """
    labels = {printable(node.label) for node in nodes}
    variables = {node: name for node, name in variables.items() if name not in labels}
    labels.update(variables.values())
    root = next((name for name in ("L", "loss", "result") if name not in labels), "root_")
    prefix = next((prefix for prefix in ("v", "u", "t", "node") if f"{prefix}1" not in labels), "node_")
    automatic = (name for name in map(f"{prefix}{{}}".format, count(1)) if name not in labels)
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(2))
    names, used = dict[Value, str](), set(variables.values())
    for node in nodes:
        name = printable(node.label) or variables.get(node, "")
        name = label = name or (root if node is nodes[-1] else next(automatic))
        while name in used and node not in variables:
            name = f"{label}_{next(numbers[label])}"
        used.add(name)
        names[node] = name
    return names


def _inside(names: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield all objects in nested containers with their names; each container once, in case of cycles."""
    seen: set[int] = set()
    stack = list(reversed(names.items()))
    while stack:
        name, thing = stack.pop()
        elements = _elements(thing)
        if elements is None:
            yield name, thing
        elif id(thing) not in seen:
            seen.add(id(thing))
            stack += [(name + index, element) for index, element in reversed(elements)]


def _elements(thing: Any) -> list[tuple[str, Any]] | None:
    """Return the elements of a container, each with its index, such as `[0]`; None for other objects."""
    if isinstance(thing, dict):
        return [(f"[{key!r}]", element) for key, element in thing.items()]
    if isinstance(thing, list | tuple):
        return [(f"[{position}]", element) for position, element in enumerate(thing)]
    if is_array(thing) and thing.dtype.kind == "O":
        indices = product(*map(range, thing.shape))
        return [("".join(f"[{position}]" for position in index), thing[index]) for index in indices]
    return None
