"""Record the comparisons in the partials of a primitive: which side of each kink a point is on.

A float that records the results of its comparisons flows through the partials, so that no list of kinks is needed.

>>> from autograd_tiny.primitives.primitive import TABLE
>>> decisions_at(TABLE["relu6"], [7.0]), decisions_at(TABLE["relu6"], [6.0]).equal, decisions_at(TABLE["abs"], [2.0])
([True, False], [1], [1.0])
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from autograd_tiny.errors import AutogradError
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.primitives.safe_float import SafeFloat


class Decisions(list[float]):
    """The results of comparisons, in their order.

    Attributes:
        equal: the positions of comparisons of two numbers that are equal.
        flat: the flat primitives whose values are among the results, with their operands.
    """

    __slots__ = ("equal", "flat")

    def __init__(self) -> None:
        self.equal: list[int] = []
        self.flat: list[tuple[Primitive, Sequence[float]]] = []


def decisions_at(primitive: Primitive, numbers: Sequence[float]) -> Decisions:
    """Return the results of the comparisons in the partials of a primitive at a point, in their order."""
    decisions = Decisions()
    operands = primitive.group([_watched(number, decisions) for number in numbers])
    primitive.partials(*operands, _watched(primitive.evaluate(*primitive.group(numbers)), decisions))
    return decisions


def partials_at(primitive: Primitive, numbers: Sequence[float]) -> list[float]:
    """Return the partials of a primitive at a point, those of lists one after another."""
    return primitive.flatten(primitive.linearize(*primitive.group(numbers))[1])


def _arithmetic(name: str) -> Callable[..., WatchedFloat]:
    compute = getattr(SafeFloat, name)
    return lambda self, *other: _watched(compute(self, *other), self.decisions)


def _comparison(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def decide(self: Any, other: Any) -> bool:
        left, right, decisions = float(self), float(other), self.decisions
        if left == right:
            decisions.equal.append(len(decisions))
        answer = compare(left, right)
        decisions.append(answer)
        return answer

    return decide


class WatchedFloat(SafeFloat):
    """A float that records the result of each comparison with it; every result of arithmetic is one as well.

    Attributes:
        decisions: shared by all numbers of one computation.
    """

    __slots__ = ("decisions",)

    decisions: Decisions

    def apply_primitive(self, primitive: Any, operands: Sequence[Any]) -> WatchedFloat:
        """Compute a primitive; the value of one that is flat, as the sign of a number is, counts as a comparison."""
        numbers = primitive.flatten(primitive.map(float, operands))
        value, partials = primitive.linearize(*primitive.group(numbers))
        if not any(primitive.flatten(partials)) and not _is_stationary(primitive, numbers):
            self.decisions.flat.append((primitive, numbers))
            self.decisions.append(value)
        return _watched(value, self.decisions)

    __add__, __sub__, __rsub__ = _arithmetic("__add__"), _arithmetic("__sub__"), _arithmetic("__rsub__")
    __mul__, __truediv__, __rtruediv__ = map(_arithmetic, ("__mul__", "__truediv__", "__rtruediv__"))
    __pow__, __rpow__, __neg__, __abs__ = map(_arithmetic, ("__pow__", "__rpow__", "__neg__", "__abs__"))
    __mod__, __rmod__, __floordiv__, __rfloordiv__ = map(
        _arithmetic, ("__mod__", "__rmod__", "__floordiv__", "__rfloordiv__")
    )
    __radd__, __rmul__ = __add__, __mul__

    __lt__, __le__ = _comparison(operator.lt), _comparison(operator.le)
    __gt__, __ge__ = _comparison(operator.gt), _comparison(operator.ge)


def _is_stationary(primitive: Primitive, numbers: Sequence[float]) -> bool:
    """Return whether a primitive whose partials are 0 at a point has others on both sides, as cos at 0 has."""
    sides = ([math.nextafter(x, limit) for x in numbers] for limit in (-math.inf, math.inf))
    with suppress(ArithmeticError, AutogradError, ValueError):  # not defined there, as beside the index of a class
        return all(any(partials_at(primitive, side)) for side in sides)
    return False


def _watched(number: float, decisions: Decisions) -> WatchedFloat:
    watched = WatchedFloat(number)
    watched.decisions = decisions
    return watched
