"""`Module`: the base class of networks, which finds parameters in its attributes.

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

A parameter is a leaf `Value`. Parameters and modules are found in the attributes, and in lists, tuples, dicts and
NumPy arrays in attributes, in the order of assignment. Sets of parameters are refused since they have no order.
Attributes whose name begins with an underscore are ignored.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import product, repeat
from typing import Any, Final, TypeVar

from autograd_tiny import Value
from nn.argument_checks import real_number
from nn.errors import ArgumentTypeError, StateError
from nn.updates import set_gradients, set_labels, set_numbers

FoundT = TypeVar("FoundT")


class Module:
    """The base class of networks and their parts: derive from it, and assign Values and modules to attributes."""

    def parameters(self) -> list[Value]:
        """Return all parameters, shared ones once.

        >>> from nn import MLP
        >>> len(MLP(2, [16, 16, 1], seed=0).parameters())
        337
        """
        found: dict[Value, None] = {}
        _collect(self, found, set())
        return list(found)

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return all parameters with their names in the tree of modules.

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
        set_gradients(self.parameters(), repeat(0.0))

    def label_parameters(self) -> None:
        """Label every parameter with its name in the tree of modules, for diagrams and explanations.

        Call it at the end of `__init__`, as the modules of nn do; the outermost module determines the names. Labels
        that you set yourself are kept.

        >>> from nn import MLP
        >>> MLP(2, [3, 1], seed=0).layers[0].neurons[2].w[1].label
        'layers[0].neurons[2].w[1]'
        """
        names = {parameter: NameInTree(name) for name, parameter in self.named_parameters()}
        own = [parameter for parameter in names if not parameter.label or isinstance(parameter.label, NameInTree)]
        set_labels(own, map(names.__getitem__, own))

    def state_dict(self) -> dict[str, float]:
        """Return the number of every parameter by its name.

        >>> from nn import Neuron
        >>> Neuron(2, initializer="zeros").state_dict()
        {'w[0]': 0.0, 'w[1]': 0.0, 'b': 0.0}
        """
        return {name: parameter.data for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set the number of every parameter; if that fails, no parameter is changed.

        Args:
            state: the result of `state_dict()` of a module built in the same way.

        Raises:
            StateError: names are missing or unexpected.
            ArgumentTypeError: `state` is not a mapping, or an element is not a real number.

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
        set_numbers(parameters.values(), numbers)

    def __repr__(self) -> str:
        lines = [f"{name}: {child!r}" for name, child in self.named_children()]
        count = len(self.parameters())
        summary = f"{self.describe()} with {count} parameter{'s' * (count != 1)}"
        return "\n".join([summary, *lines]).replace("\n", "\n  ")

    def __rich_repr__(self) -> Iterator[tuple[object, ...]]:
        yield "parameters", len(self.parameters())
        yield from self.named_children()

    def describe(self) -> str:
        """Return the name of this module in its repr; override it to add sizes and settings.

        >>> from nn import Layer
        >>> Layer(2, 16, seed=0).describe()
        "Layer(2, 16, activation='relu')"
        """
        return type(self).__name__


class NameInTree(str):
    """A label that `label_parameters` set, which an enclosing module may replace."""

    __slots__ = ()


def _collect(whole: Any, found: dict[Value, None], seen: set[int]) -> None:
    """Add the parameters below a module or container, without their names, which would cost time in each step."""
    seen.add(id(whole))
    for part in _contents(whole):
        if isinstance(part, Value):
            if part.primitive is None:
                found[part] = None
        elif (isinstance(part, CONTAINERS) or hasattr(part, "dtype")) and id(part) not in seen:
            _collect(part, found, seen)


def _walk(whole: Any, place: str, seen: set[int], kind: type[FoundT]) -> Iterator[tuple[str, FoundT]]:
    """Yield the leaves or the modules below a module or container, each once, but none below a module found."""
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
    """Return the elements of a module or container; none for an array of plain numbers.

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
    """Return the names of these elements, to be appended to that of the module or container."""
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
    """Return whether this is an array of objects, such as Values, without importing NumPy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(thing, numpy.ndarray) and thing.dtype.kind == "O"


def _attributes(module: Module) -> dict[str, Any]:
    return {name: part for name, part in vars(module).items() if not name.startswith("_")}


CONTAINERS: Final = (Module, list, tuple, dict, set, frozenset)
