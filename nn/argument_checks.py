"""Validate and convert arguments: lists, sizes, rates, names. Each error names the function and the argument.

>>> nonempty_list("fit", "inputs", (1.0, 2.0)), real_number("fit", "loss", 3)
([1.0, 2.0], 3.0)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

import autograd_tiny as engine
from autograd_tiny import AutogradError, LengthError, Value
from autograd_tiny.errors import require_unmasked, whole_number
from nn.errors import ArgumentError, ArgumentTypeError, UnknownNameError

Choice = TypeVar("Choice")

PARAMETERS: Final = "a list of Values, such as model.parameters()"


def to_lists(thing: Any) -> Any:
    """Return an array or scalar of NumPy or pandas as lists and numbers, anything else unchanged.

    Raises:
        OperandError: an element is masked.
    """
    if isinstance(thing, Value) or not hasattr(thing, "tolist"):
        return thing
    require_unmasked("nn", thing)
    return thing.tolist()


def is_list(thing: Any) -> bool:
    """Return whether this is a list or a tuple."""
    return isinstance(thing, list | tuple)


def nonempty_list(place: str, argument: str, thing: Any) -> list[Any]:
    """Return a list, tuple or array as a nonempty list.

    Raises:
        ArgumentTypeError: it is of another type (a set has no order, an iterator can be read only once).
        LengthError: it is empty.
    """
    elements = to_lists(thing)
    if not is_list(elements):
        raise ArgumentTypeError(place, argument, thing, "a list, a tuple or an array")
    if not elements:
        raise LengthError(place, **{argument: 0})
    return list(elements)


def parameter_list(place: str, parameters: Iterable[Value]) -> list[Any]:
    """Return a collection or iterator of Values, such as `model.parameters()`, as a nonempty list.

    Raises:
        ArgumentTypeError: it is of another type, such as a module.
        LengthError: it is empty.
    """
    if isinstance(parameters, str | bytes | Mapping) or not isinstance(parameters, Iterable):
        raise ArgumentTypeError(place, "parameters", parameters, PARAMETERS)
    elements = parameters.tolist() if hasattr(parameters, "tolist") else list(parameters)
    if not is_list(elements):  # of an array without dimensions
        raise ArgumentTypeError(place, "parameters", parameters, PARAMETERS)
    return nonempty_list(place, "parameters", elements)


def leaf_list(place: str, parameters: Iterable[Value]) -> list[Any]:
    """Return a collection of leaves, which are made by `Value(...)`, as a nonempty list.

    Raises:
        ArgumentTypeError: it, or an element, is of another type.
        LengthError: it is empty.
    """
    leaves = parameter_list(place, parameters)
    for leaf in leaves:
        if not isinstance(leaf, Value) or leaf.primitive is not None:
            raise ArgumentTypeError(place, "parameters", leaf, "leaves, which are made by Value(...)")
    return leaves


def example_inputs(place: str, x: Any, nin: int) -> list[Any]:
    """Return the `nin` inputs of one example as a list; a single number becomes a list of one.

    Raises:
        LengthError: there are more or fewer.
        ArgumentTypeError: `x` is not a list, tuple, array, number or Value.

    >>> example_inputs("Layer", 3.0, 1), example_inputs("Layer", (1.0, 2.0), 2)
    ([3.0], [1.0, 2.0])
    """
    if type(x) is not list:
        x = to_lists(x)
        x = [x] if isinstance(x, Value | float | int) else nonempty_list(place, "x", x)
    if len(x) != nin:
        raise LengthError(place, inputs=len(x), weights=nin)
    return x  # type: ignore[no-any-return]  # a list


def as_pair(place: str, argument: str, thing: Any, example: str) -> tuple[Any, Any]:
    """Return both elements of a list or tuple of two.

    Raises:
        ArgumentTypeError: it is anything else.
    """
    if not is_list(thing) or len(thing) != 2:
        raise ArgumentTypeError(place, argument, thing, f"a pair such as {example}")
    return thing[0], thing[1]


def real_number(place: str, argument: str, thing: Any) -> float:
    """Return the number of a Value, or a real number or bool as a float.

    Raises:
        ArgumentTypeError: it is neither.
    """
    number = to_lists(thing)
    if isinstance(number, Value):
        return number.data
    try:
        real: float = float(number) if type(number) in {int, float} else engine.prod([number])  # validates it
    except (AutogradError, OverflowError):
        raise ArgumentTypeError(place, argument, thing, "a real number that a float can hold") from None
    return real


def real_numbers(place: str, argument: str, things: Any) -> list[float]:
    """Return a list, tuple or array of Values and real numbers as a nonempty list of floats.

    Raises:
        ArgumentTypeError: it, or an element, is of another type.
        LengthError: it is empty.
    """
    return [real_number(place, argument, thing) for thing in nonempty_list(place, argument, things)]


def positive_integer(place: str, argument: str, count: Any) -> int:
    """Return an integer of at least 1.

    Raises:
        ArgumentTypeError: it is not an integer.
        ArgumentError: it is smaller.
    """
    number = whole_number(count)
    if number is None:
        raise ArgumentTypeError(place, argument, count, "a whole number")
    if number < 1:
        raise ArgumentError(place, argument, count, "a whole number of at least 1")
    if number > sys.maxsize:  # which would count for ever
        raise ArgumentError(place, argument, count, f"a whole number of at most {sys.maxsize}")
    return number


def require_flag(place: str, argument: str, thing: Any) -> None:
    """Raise an ArgumentTypeError if a setting cannot be meant as True or False, such as "no" or an array."""
    if hasattr(thing, "__len__"):
        raise ArgumentTypeError(place, argument, thing, "True or False")


def number_between(place: str, argument: str, setting: float, low: float, high: float = math.inf) -> float:
    """Return a finite number from `low` to `high`, both included.

    Raises:
        ArgumentTypeError: it is not a number.
        ArgumentError: it is outside of the interval.
    """
    real = real_number(place, argument, setting)
    if not (low <= real <= high and math.isfinite(real)):
        expected = f"a number from {low:g} to {high:g}" if math.isfinite(high) else f"a finite number ≥ {low:g}"
        raise ArgumentError(place, argument, setting, expected)
    return real


def require_between(place: str, argument: str, thing: Any, low: float, high: float) -> None:
    """Raise an error if a number of an example is outside of an interval, by comparisons that a program records.

    Raises:
        ArgumentTypeError: it is not a number.
        ArgumentError: it is outside of the interval.

    >>> require_between("hinge", "target", 1.0, -1.0, 1.0)
    """
    real = thing if isinstance(thing, Value) else real_number(place, argument, thing)
    if not low <= real <= high:
        raise ArgumentError(place, argument, thing, f"a number from {low:g} to {high:g}")


def fraction(place: str, argument: str, setting: float) -> float:
    """Return a number from 0 to below 1, such as the decay of a running mean.

    Raises:
        ArgumentTypeError: it is not a number.
        ArgumentError: it is outside of the interval.
    """
    real = real_number(place, argument, setting)
    if not 0.0 <= real < 1.0:
        raise ArgumentError(place, argument, setting, "a number from 0 to below 1")
    return real


def choose(
    kind: str, choice: str | Choice, known: Mapping[str, Choice], *, place: str = "", argument: str = ""
) -> Choice:
    """Return the function of a name, or the function that was passed instead of a name.

    Args:
        kind: what it is, such as "loss".
        choice: a name or a function.
        known: the functions by their names.
        place: the function that got it.
        argument: its name there, if that is not the kind.

    Raises:
        UnknownNameError: the name is unknown.
        ArgumentTypeError: it is neither a name nor a function.
    """
    if isinstance(choice, str):
        if choice not in known:
            raise UnknownNameError(kind, choice, known)
        return known[choice]
    if not callable(choice):
        example = f"a name, such as {next(iter(known))!r}, or a function"
        raise ArgumentTypeError(place or kind, argument or kind, choice, example)
    return choice
