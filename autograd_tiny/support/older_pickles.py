"""Let pickles of a frozen dataclass load that were made before it got its newest fields, which have defaults.

>>> from dataclasses import dataclass
>>> @takes_older_pickles
... @dataclass(frozen=True, slots=True)
... class Point:
...     x: float
...     y: float = 0.0
>>> point = object.__new__(Point)
>>> point.__setstate__([3.0])
>>> point
Point(x=3.0, y=0.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def takes_older_pickles(kind: type[T]) -> type[T]:
    """Decorate a frozen dataclass with slots, whose new fields come last, as plain values by default."""
    kind.__setstate__ = _set_state  # type: ignore[attr-defined]  # dataclass adds the method
    return kind


def _set_state(instance: Any, state: Sequence[Any]) -> None:
    """Assign the fields in order, and their defaults to those that the state lacks."""
    all_fields = fields(instance)
    missing = [field.default for field in all_fields[len(state) :]]
    for field, value in zip(all_fields, [*state, *missing], strict=True):
        object.__setattr__(instance, field.name, value)
