"""Find the names that the user's program gives to nodes: its variables, and places such as `w[0]` and `self.b`.

>>> from autograd_tiny import Value
>>> w, x = [Value(2.0), Value(3.0)], Value(4.0)
>>> found = names_of_variables([w[0], x, w[0] * x])
>>> list(found.shown.values()), found.known["w[0]"] is w[0]
(['x', 'w[0]'], True)
"""

from __future__ import annotations

import sys
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType, MethodType, ModuleType
from typing import Any, Final

from autograd_tiny.engine.value import Value
from autograd_tiny.support.user_frames import is_user_file, user_frames, variables_of
from autograd_tiny.symbolic.node_names import IPYTHON_CELLS

MOST_LOOKED_AT: Final = 100_000
"""The largest number of objects that are looked at, which takes some 20 ms."""
MOST_FRAMES: Final = 20
"""The largest number of frames of the program whose variables are looked at."""
DEEPEST: Final = 8
"""The most indices and attributes in a name."""
LONGEST: Final = 80
"""The longest name, in characters."""
PLAIN: Final = frozenset(
    map(id, (int, float, bool, complex, str, bytes, type(None), type, ModuleType, FunctionType, MethodType))
)
"""Types of objects that contain no node; their ids, because the hash of a type may be its author's."""
KEYS: Final = (int, float, bool, str, type(None), tuple)
"""Types of keys; the repr of others may run any code."""
ATTRIBUTES_OF: Final = {("types", "SimpleNamespace"), ("argparse", "Namespace")}
"""Classes of Python with attributes that a program names."""

Place = tuple[int, str, Any]
"""The number of a scope, counted outwards, a name in it, and an object."""


@dataclass(frozen=True, slots=True)
class VariableNames:
    """The names of nodes in a program.

    Attributes:
        shown: one name for each node that has it alone, or before its others.
        known: every name, with the node that it denotes.
    """

    shown: dict[Value, str] = field(default_factory=dict)
    known: dict[str, Value] = field(default_factory=dict)


def names_of_variables(
    nodes: Collection[Value], *, scopes: Sequence[dict[str, Any]] | None = None, labelled: bool = False
) -> VariableNames:
    """Return the names of nodes in the program that calls this package.

    The frames of the program are searched from the innermost outwards, then the attributes of the user's objects and
    of modules of nn, and the elements of lists, tuples, dicts and arrays. The shortest path comes first, then the
    nearest frame, then public attributes. A node with several names that are equal in this has none of them shown. A
    name denotes the node that it has in the nearest frame. Nothing of the objects is called.

    Args:
        nodes: of a graph.
        scopes: variables to search, instead of those of the frames.
        labelled: whether to name nodes that have a label, too.
    """
    wanted = {node for node in nodes if labelled or not node._label}
    names = VariableNames()
    if not wanted:
        return names
    settled: set[Value] = set()
    for level in _levels(scopes):
        found: defaultdict[tuple[Value, int], list[str]] = defaultdict(list)
        for scope, name, thing in level:
            if thing in wanted and names.known.setdefault(name, thing) is thing:
                found[thing, scope].append(name)
        for (node, _), several in found.items():
            equal = [name for name in several if "._" not in name] or several  # private attributes come last
            if node not in settled and len(equal) == 1:
                names.shown[node] = equal[0]
            settled.add(node)
    return names


def _levels(scopes: Sequence[dict[str, Any]] | None) -> Iterator[list[Place]]:
    """Yield the Values that the variables of the program are, those one index or attribute deeper, and so on."""
    attributes = _Attributes()
    places, seen = list(_variables(scopes)), set[int]()
    left = MOST_LOOKED_AT - len(places)
    for _ in range(DEEPEST):
        others = [place for place in places if not issubclass(type(place[2]), Value)]
        yield [place for place in places if issubclass(type(place[2]), Value)]
        containers = [place for place in others if id(place[2]) not in seen]
        seen.update(id(thing) for _, _, thing in containers)
        places = []
        for scope, name, thing in containers:
            size, elements = _elements(thing, attributes)
            if size <= left:
                left -= size
                longer = ((scope, name + index, element) for index, element in elements)
                places += [place for place in longer if len(place[1]) <= LONGEST]


def _variables(scopes: Sequence[dict[str, Any]] | None) -> Iterator[Place]:
    """Yield the variables of scopes, each with the number of its scope."""
    left = MOST_LOOKED_AT
    for number, scope in enumerate(_scopes_of_frames() if scopes is None else scopes):
        variables = list(scope.items())[:left]
        left -= len(variables)
        others = ((name, thing) for name, thing in variables if id(type(thing)) not in PLAIN)
        yield from ((number, name, thing) for name, thing in others if _is_name(name) and not _is_hidden(name))


def _scopes_of_frames() -> list[dict[str, Any]]:
    """Return the variables that the frames of the program see, of each its own and then those of its module."""
    scopes = list[dict[str, Any]]()
    for _, frame in zip(range(MOST_FRAMES), user_frames(), strict=False):
        if frame.f_locals is not frame.f_globals:
            scopes.append(variables_of(frame))
        if all(scope is not frame.f_globals for scope in scopes):
            scopes.append(frame.f_globals)
    return scopes


def _elements(thing: Any, attributes: _Attributes) -> tuple[int, Iterable[tuple[str, Any]]]:
    """Return the number of elements or attributes of an object, and these with their index, such as `[0]` or `.b`."""
    kind = type(thing)
    if issubclass(kind, dict):
        return dict.__len__(thing), _of_dict(thing)
    for sequence in (list, tuple, deque):
        if issubclass(kind, sequence):
            numbered = enumerate(sequence.__iter__(thing))
            indices = _indices(kind)
            return sequence.__len__(thing), ((indices(i), x) for i, x in numbered if id(type(x)) not in PLAIN)
    numpy = sys.modules.get("numpy")
    if numpy is not None and issubclass(kind, numpy.ndarray):
        return (thing.size, _of_array(thing)) if thing.dtype.kind == "O" else (0, ())
    own = attributes.of(thing)
    shown = (name for name, part in own.items() if id(type(part)) not in PLAIN and _is_name(name))
    return len(own), ((f".{name}", own[name]) for name in shown if "__" not in name)


def _of_dict(thing: Any) -> Iterator[tuple[str, Any]]:
    for key, element in list(dict.items(thing)):  # another thread may change it
        if id(type(element)) not in PLAIN and _is_plain_key(key):
            yield f"[{key!r}]", element


def _indices(kind: type) -> Callable[[int], str]:
    """Return a function from the position of an element in a sequence to its index; the field of a named tuple."""
    fields = getattr(kind, "_fields", None)
    return "[{}]".format if type(fields) is not tuple else lambda position: f".{fields[position]}"


def _of_array(array: Any) -> Iterator[tuple[str, Any]]:
    for index in product(*map(range, array.shape)):
        yield "".join(f"[{position}]" for position in index), array[index]


def _is_hidden(name: str) -> bool:
    """Return whether a variable is not shown: one with a leading underscore, and the cells of IPython."""
    return name[0] == "_" or name in IPYTHON_CELLS


def _is_name(name: object) -> bool:
    """Return whether a key of a namespace can be a name: a program may store others."""
    return type(name) is str and name.isidentifier()


def _is_plain_key(key: Any) -> bool:
    """Return whether the repr of a key calls no code of the program, and is short."""
    if type(key) is tuple:
        return len(key) <= DEEPEST and all(type(part) is not tuple and _is_plain_key(part) for part in key)
    return type(key) in KEYS and (type(key) is not str or len(key) <= LONGEST)


class _Attributes:
    """Reads the attributes of objects of the user's classes, past all that a class defines to intervene."""

    def __init__(self) -> None:
        self._slots: dict[int, list[tuple[str, Any]]] = {}

    def of(self, thing: Any) -> dict[str, Any]:
        """Return the attributes of an object; none of one whose class comes from elsewhere."""
        kind = type(thing)
        if id(kind) not in self._slots:
            self._slots[id(kind)] = list(_slots(kind)) if _is_of_program(kind) else []
        found: dict[str, Any] = {}
        for name, slot in self._slots[id(kind)]:
            try:
                content = slot.__get__(thing)
            except AttributeError:  # not assigned
                continue
            found |= content if name == "__dict__" else {name: content}
        return found


def _slots(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield the places in which objects of a class hold their attributes: the dict, and slots."""
    for base in type.mro(kind):
        for name, slot in type.__dict__["__dict__"].__get__(base).items():
            is_dict = name == "__dict__" and isinstance(slot, GetSetDescriptorType)
            if is_dict or isinstance(slot, MemberDescriptorType):
                yield name, slot


def _is_of_program(kind: type) -> bool:
    """Return whether a class is the user's or of nn, or one of Python's with the user's attributes."""
    module = str(kind.__module__)
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top == "builtins":
        return any((base.__module__, base.__name__) in ATTRIBUTES_OF for base in type.mro(kind))
    file = getattr(sys.modules.get(module), "__file__", None)
    return top == "nn" or (top != "autograd_tiny" and (file is None or is_user_file(str(file))))
