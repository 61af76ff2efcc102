"""A module: something with parameters, found in its attributes.

>>> from autograd_tiny import Value
>>> class Line(Module):
...     def __init__(self):
...         self.slope, self.shift = Value(2.0), Value(1.0)
...         self.label_parameters()
...     def __call__(self, x):
...         return self.slope * x + self.shift
>>> line = Line()
>>> line
Line with 2 parameters
>>> line(3.0).backward()
>>> [(parameter.label, parameter.grad) for parameter in line.parameters()]
[('slope', 3.0), ('shift', 1.0)]

A parameter is a leaf `Value`; parameters and modules are found in the attributes, and in lists, tuples, dicts and
NumPy arrays of these, in the order of their assignment. A set has no order: parameters in one are refused. An
attribute whose name begins with an underscore is left alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, Final, TypeVar

from autograd_tiny import Value
from nn.errors import ArgumentTypeError, StateError
from nn.validation import real_number

FoundT = TypeVar("FoundT")


class Module:
    """The base of networks and their parts: derive from it, and assign Values and modules to attributes."""

    def parameters(self) -> list[Value]:
        """Return every parameter, each once even if it is shared.

        >>> from nn import MLP
        >>> len(MLP(2, [16, 16, 1], seed=0).parameters())
        337
        """
        found: dict[Value, None] = {}
        _collect(self, found, set())
        return list(found)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return every parameter with its place in the tree of modules.

        >>> from nn import Neuron
        >>> [name for name, parameter in Neuron(2, seed=0).named_parameters()]
        ['w[0]', 'w[1]', 'b']
        """
        return list(_walk(self, "", set(), Value))

    def named_children(self) -> list[tuple[str, Module]]:
        """Return the modules directly below this one, with their names.

        >>> from nn import MLP
        >>> [name for name, child in MLP(2, [3, 1], seed=0).named_children()]
        ['layers[0]', 'layers[1]']
        """
        return list(_walk(self, "", set(), Module))

    def children(self) -> list[Module]:
        """Return the modules directly below this one.

        >>> from nn import MLP
        >>> len(MLP(2, [3, 1], seed=0).children())
        2
        """
        return [child for _, child in self.named_children()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def label_parameters(self) -> None:
        """Label every parameter with its name in this tree, as diagrams and explanations show it.

        The modules of nn call it at the end of their construction, so the outermost one gives the names. Call
        it at the end of yours. Labels that were given otherwise stay.

        >>> from nn import MLP
        >>> MLP(2, [3, 1], seed=0).layers[0].neurons[2].w[1].label
        'layers[0].neurons[2].w[1]'
        """
        for name, parameter in self.named_parameters():
            if not parameter.label or isinstance(parameter.label, NameInTree):
                parameter.label = NameInTree(name)

    def state_dict(self) -> dict[str, float]:
        """Return the number of every parameter by its name.

        >>> from nn import Neuron
        >>> Neuron(2, initializer="zeros").state_dict()
        {'w[0]': 0.0, 'w[1]': 0.0, 'b': 0.0}
        """
        return {name: parameter.data for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Take over the number of every parameter, or none of them.

        Args:
            state: what `state_dict()` returned for a module built in the same way.

        Raises:
            StateError: names are missing, or not known here.
            ArgumentTypeError: `state` is no mapping, or something in it is no real number.

        >>> from nn import Neuron
        >>> neuron = Neuron(1, seed=0)
        >>> neuron.load_state_dict({"w[0]": 0.5, "b": 0.25})
        >>> neuron.w[0].data
        0.5
        """
        if not isinstance(state, Mapping):
            raise ArgumentTypeError("load_state_dict", "state", state, "a dict of names and numbers")
        parameters = dict(self.named_parameters())
        if state.keys() != parameters.keys():
            raise StateError(type(self).__name__, state, parameters)
        numbers = [real_number("load_state_dict", f"state[{name!r}]", state[name]) for name in parameters]
        for parameter, data in zip(parameters.values(), numbers, strict=True):
            parameter.data = data

    def __repr__(self) -> str:
        lines = [f"{name}: {child!r}" for name, child in self.named_children()]
        count = len(self.parameters())
        summary = f"{self.describe()} with {count} parameter{'s' * (count != 1)}"
        return "\n".join([summary, *lines]).replace("\n", "\n  ")

    def __rich_repr__(self) -> Iterator[tuple[object, ...]]:
        yield "parameters", len(self.parameters())
        yield from self.named_children()

    def describe(self) -> str:
        """Return what the first line of the repr calls this module; override it to tell sizes and settings.

        >>> from nn import Layer
        >>> Layer(2, 16, seed=0).describe()
        "Layer(2, 16, activation='relu')"
        """
        return type(self).__name__


class NameInTree(str):
    """A label that came from a tree of modules: the next tree that the parameter joins may replace it."""

    __slots__ = ()


def _collect(whole: Any, found: dict[Value, None], seen: set[int]) -> None:
    """Add the parameters below a module or container; without names, as training asks for them each step."""
    seen.add(id(whole))
    for part in _contents(whole):
        if isinstance(part, Value):
            if part.primitive is None:
                found[part] = None
        elif (isinstance(part, CONTAINERS) or hasattr(part, "dtype")) and id(part) not in seen:
            _collect(part, found, seen)


def _walk(whole: Any, place: str, seen: set[int], kind: type[FoundT]) -> Iterator[tuple[str, FoundT]]:
    """Yield the leaves or the modules below a module or container, each once; do not enter what is found."""
    seen.add(id(whole))
    for name, part in zip(_names(whole), _contents(whole), strict=True):
        if id(part) in seen:
            continue
        if isinstance(part, kind):
            seen.add(id(part))
            if not isinstance(part, Value) or part.primitive is None:
                yield (place + name).removeprefix("."), part
        elif isinstance(part, CONTAINERS) or hasattr(part, "dtype"):
            yield from _walk(part, place + name, seen, kind)


def _contents(whole: Any) -> Iterable[Any]:
    """Return what a module or container consists of; nothing for an array of plain numbers.

    Raises:
        ArgumentTypeError: it is a set of parameters or modules.
    """
    match whole:
        case Module():
            return _attributes(whole).values()
        case list() | tuple():
            return whole
        case dict():
            return whole.values()
        case set() | frozenset() if any(isinstance(part, Value | Module) for part in whole):
            raise ArgumentTypeError("a module", "parameters", whole, "them in a list, tuple, dict or array")
    return whole.flat if _is_array(whole) else ()


def _names(whole: Any) -> list[str]:
    """Return the names of these, as they follow the name of the whole."""
    match whole:
        case Module():
            return [f".{name}" for name in _attributes(whole)]
        case list() | tuple():
            return [f"[{position}]" for position in range(len(whole))]
        case dict():
            return [f"[{key!r}]" for key in whole]
    places = product(*map(range, whole.shape)) if _is_array(whole) else ()
    return ["".join(f"[{position}]" for position in place) for place in places]


def _is_array(thing: Any) -> bool:
    """Tell whether this is an array of objects, such as Values, without importing NumPy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(thing, numpy.ndarray) and thing.dtype.kind == "O"


def _attributes(module: Module) -> dict[str, Any]:
    return {name: part for name, part in vars(module).items() if not name.startswith("_")}


CONTAINERS: Final = (Module, list, tuple, dict, set, frozenset)
