"""What users hand in, checked and made plain in one place: lists, sizes, rates, names.

>>> nonempty_list("fit", "inputs", (1.0, 2.0)), real_number("fit", "loss", 3)
([1.0, 2.0], 3.0)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import autograd_tiny as engine
from autograd_tiny import AutogradError, LengthError, Value
from nn.errors import ArgumentError, ArgumentTypeError, UnknownNameError

Choice = TypeVar("Choice")


def to_lists(thing: Any) -> Any:
    """Return an array (of NumPy, pandas, ...) or its scalar as lists and numbers; all else as it is."""
    return thing if isinstance(thing, Value) or not hasattr(thing, "tolist") else thing.tolist()


def is_list(thing: Any) -> bool:
    """Tell whether this is a list or a tuple."""
    return isinstance(thing, list | tuple)


def nonempty_list(place: str, argument: str, thing: Any) -> list[Any]:
    """Return a list, tuple or array as a list that is not empty.

    Raises:
        ArgumentTypeError: it is none of these (a set has no order, an iterator can be read only once).
        LengthError: it is empty.
    """
    elements = to_lists(thing)
    if not is_list(elements):
        raise ArgumentTypeError(place, argument, thing, "a list, a tuple or an array")
    if not elements:
        raise LengthError(place, **{argument: 0})
    return list(elements)


def parameter_list(place: str, parameters: Iterable[Value]) -> list[Any]:
    """Return what `parameters()` returned, or another collection or iterator of Values, as a list that is not empty.

    Raises:
        ArgumentTypeError: it is none, such as a module itself.
        LengthError: it is empty.
    """
    if not isinstance(parameters, Iterable):
        raise ArgumentTypeError(place, "parameters", parameters, "a list of Values, such as model.parameters()")
    return nonempty_list(place, "parameters", list(parameters))


def example_inputs(place: str, x: Any, nin: int) -> list[Any]:
    """Return the inputs of one example as a list of that length; a single number is a list of one.

    Raises:
        LengthError: there are more or fewer.
        ArgumentTypeError: `x` is no list, tuple, array, number or Value.

    >>> example_inputs("Layer", 3.0, 1), example_inputs("Layer", (1.0, 2.0), 2)
    ([3.0], [1.0, 2.0])
    """
    if type(x) is not list:
        x = to_lists(x)
        x = [x] if isinstance(x, Value | float | int) else nonempty_list(place, "x", x)
    if len(x) != nin:
        raise LengthError(place, inputs=len(x), weights=nin)
    return x  # type: ignore[no-any-return]


def as_pair(place: str, argument: str, thing: Any, example: str) -> tuple[Any, Any]:
    """Return both parts of a list or a tuple of two.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not is_list(thing) or len(thing) != 2:
        raise ArgumentTypeError(place, argument, thing, f"a pair such as {example}")
    return thing[0], thing[1]


def real_number(place: str, argument: str, thing: Any) -> float:
    """Return the number of a Value, or a real number (a bool too: a mask) as a float.

    Raises:
        ArgumentTypeError: it is neither.
    """
    if isinstance(thing, Value):
        return thing.data
    try:
        largest: float = engine.max([to_lists(thing)])  # of one: checked, as a float, to the last bit
    except AutogradError:
        raise ArgumentTypeError(place, argument, thing, "a real number that a float can hold") from None
    return largest


def real_numbers(place: str, argument: str, things: Any) -> list[float]:
    """Return a list, tuple or array of Values and real numbers as a list of floats that is not empty.

    Raises:
        ArgumentTypeError: it is none of these, or holds something else.
        LengthError: it is empty.
    """
    return [real_number(place, argument, thing) for thing in nonempty_list(place, argument, things)]


def positive_integer(place: str, argument: str, count: Any) -> int:
    """Return an integer of at least 1.

    Raises:
        ArgumentTypeError: it is no int.
        ArgumentError: it is smaller.
    """
    if isinstance(count, bool) or not hasattr(count, "__index__"):
        raise ArgumentTypeError(place, argument, count, "a whole number")
    if count < 1:
        raise ArgumentError(place, argument, count, "a whole number of at least 1")
    return int(count)


def number_between(place: str, argument: str, setting: float, low: float, high: float = math.inf) -> float:
    """Return a finite number of the interval from `low` to `high`, both included.

    Raises:
        ArgumentTypeError: it is no number.
        ArgumentError: it lies outside.
    """
    real = real_number(place, argument, setting)
    if not (low <= real <= high and math.isfinite(real)):
        expected = f"a number from {low:g} to {high:g}" if math.isfinite(high) else f"a finite number ≥ {low:g}"
        raise ArgumentError(place, argument, setting, expected)
    return real


def require_between(place: str, argument: str, thing: Any, low: float, high: float) -> None:
    """Raise if a number of an example lies outside of an interval; comparisons alone, so that a program records them.

    Raises:
        ArgumentTypeError: it is no number.
        ArgumentError: it lies outside.

    >>> require_between("hinge", "target", 1.0, -1.0, 1.0)
    """
    real = thing if isinstance(thing, Value) else real_number(place, argument, thing)
    if not low <= real <= high:
        raise ArgumentError(place, argument, thing, f"a number from {low:g} to {high:g}")


def fraction(place: str, argument: str, setting: float) -> float:
    """Return a number from 0 to 1, 1 excluded: what a running mean keeps.

    Raises:
        ArgumentTypeError: it is no number.
        ArgumentError: it lies outside.
    """
    real = real_number(place, argument, setting)
    if not 0.0 <= real < 1.0:
        raise ArgumentError(place, argument, setting, "a number from 0 to below 1")
    return real


def choose(kind: str, choice: str | Choice, known: Mapping[str, Choice]) -> Choice:
    """Return what a name stands for, or the function that was passed instead of a name.

    Raises:
        UnknownNameError: the name is not known.
        ArgumentTypeError: neither a name nor a function.
    """
    if isinstance(choice, str):
        if choice not in known:
            raise UnknownNameError(kind, choice, known)
        return known[choice]
    if not callable(choice):
        raise ArgumentTypeError(kind, "choice", choice, "a name or a function")
    return choice
