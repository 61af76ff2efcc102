"""Walk nested arguments: numbers in lists, tuples, dicts and NumPy arrays, and results in their shape.

>>> map_leaves(lambda x, name: 2 * x, {"w": [1, 2], "b": 3})
{'w': [2, 4], 'b': 6}
>>> list(named_leaves({"w": [1, 2], "b": 3}, "p"))
[('p["w"][0]', 1), ('p["w"][1]', 2), ('p["b"]', 3)]
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from autograd_tiny.primitives.operands import is_array


def map_leaves(function: Callable[[Any, str], Any], nested: Any, name: str = "") -> Any:
    """Return the same structure with `function(leaf, name)` for each leaf; names are written as in Python."""
    if isinstance(nested, Mapping):
        same = copy.copy(nested) if isinstance(nested, dict) else {}  # an OrderedDict stays one
        same.update((key, map_leaves(function, child, _item(name, key))) for key, child in nested.items())
        return same
    if isinstance(nested, list | tuple):
        children = [map_leaves(function, child, _item(name, k)) for k, child in enumerate(nested)]
        if isinstance(nested, list):
            return children
        return type(nested)(*children) if hasattr(nested, "_fields") else tuple(children)
    if is_array(nested):
        elements = zip(sys.modules["numpy"].ndindex(nested.shape), nested.ravel().tolist(), strict=True)
        return _array([function(leaf, name + str([*index])) for index, leaf in elements], nested.shape)
    return function(nested, name)


def named_leaves(nested: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Return the leaves with their names, in order."""
    found: list[tuple[str, Any]] = []
    map_leaves(lambda leaf, place: found.append((place, leaf)), nested, name)
    return iter(found)


def rebuild(nested: Any, leaves: Iterable[Any]) -> Any:
    """Return the same structure with other leaves.

    >>> rebuild((0, [0, 0]), [1, 2, 3])
    (1, [2, 3])
    """
    rest = iter(leaves)
    return map_leaves(lambda leaf, name: next(rest), nested)


def _item(name: str, key: Any) -> str:
    return f'{name}["{key}"]' if isinstance(key, str) else f"{name}[{key!r}]"


def _array(elements: list[Any], shape: tuple[int, ...]) -> Any:
    """Return an array of floats if all elements are; arrays in it add their dimensions."""
    numpy = sys.modules["numpy"]
    if elements and all(map(is_array, elements)):
        return numpy.stack(elements).reshape(shape + elements[0].shape)
    array = numpy.empty(len(elements), dtype=object)
    for k, element in enumerate(elements):
        array[k] = element
    plain = all(type(element) is float for element in elements)
    return (array.astype(float) if plain else array).reshape(shape)
