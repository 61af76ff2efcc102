"""Change parameters at once: Ctrl-C comes before or after a change, and the changes of threads follow one another.

>>> from autograd_tiny import Value
>>> parameters = [Value(1.0), Value(2.0)]
>>> set_numbers(parameters, [3.0, 4.0])
>>> [parameter.data for parameter in parameters]
[3.0, 4.0]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from threading import RLock
from typing import Any, Final
from weakref import WeakKeyDictionary

from autograd_tiny import Value
from autograd_tiny.support.at_once import assign

UPDATE: Final = RLock()
"""Held from the reading of parameters to their change, so that no change of another thread is lost."""

TRAINING: Final[WeakKeyDictionary[Value, Any]] = WeakKeyDictionary()
"""A lock for each model that is trained, by its first parameter."""

NUMBER: Final = "_number"
"""The slot behind `data`, a property written in Python, in which Ctrl-C may come."""

GRADIENT, LABEL = "_grad", "_label"
"""The slots behind `grad` and `label`."""


def set_numbers(parameters: Iterable[Value], numbers: Iterable[float]) -> None:
    """Set the data of all parameters, to floats.

    Raises:
        RecordError: a program is being recorded.
    """
    parameters = list(parameters)
    for parameter in parameters[:1]:
        parameter.data = getattr(parameter, NUMBER)  # the property raises the error
    assign(parameters, NUMBER, numbers)


def set_gradients(parameters: Iterable[Value], gradients: Iterable[float]) -> None:
    """Set the gradients of all parameters, to floats.

    Raises:
        RecordError: a program is being recorded.
    """
    parameters = list(parameters)
    for parameter in parameters[:1]:
        parameter.grad = getattr(parameter, GRADIENT)  # as above
    assign(parameters, GRADIENT, gradients)


def set_labels(parameters: Iterable[Value], labels: Iterable[str]) -> None:
    """Set the labels of all parameters."""
    assign(parameters, LABEL, labels)


def changes(
    parameters: Sequence[Value], numbers: Iterable[float], owner: object, state: dict[str, Any]
) -> Iterator[None]:
    """Return an iterator that changes data and attributes at once when `consume` gets it.

    Args:
        parameters: the leaves.
        numbers: their data.
        owner: an object, such as an optimizer.
        state: its attributes, such as the momentum.
    """
    things = [*parameters, *repeat(owner, len(state))]
    names = [*repeat(NUMBER, len(parameters)), *state]
    return map(setattr, things, names, [*map(float, numbers), *state.values()])


def state_of(owner: object) -> dict[str, Any]:
    """Return the attributes of an object to restore later, with copies of lists and dicts that may change.

    >>> from types import SimpleNamespace
    >>> state_of(SimpleNamespace(parameters=[], lr=0.1, means=[1.0]))
    {'lr': 0.1, 'means': [1.0]}
    """
    return {
        name: thing.copy() if isinstance(thing, list | dict) else thing
        for name, thing in vars(owner).items()
        if name != "parameters"
    }


def training_lock(parameters: Sequence[Value]) -> Any:
    """Return the lock that the trainings of one model hold, one after another."""
    with UPDATE:
        return TRAINING.setdefault(parameters[0], RLock())
