"""An operator of a Value and an object of a class of the user is left to that class."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest

from autograd_tiny import Value, record
from autograd_tiny.errors import OperandError


class Vector:
    """Numbers, with the operators that have a number on the left."""

    def __init__(self, *elements: Any) -> None:
        self.elements = elements

    def __radd__(self, x: Any) -> list[Any]:
        return [x + y for y in self.elements]

    def __rsub__(self, x: Any) -> list[Any]:
        return [x - y for y in self.elements]

    def __rmul__(self, x: Any) -> list[Any]:
        return [x * y for y in self.elements]

    def __rtruediv__(self, x: Any) -> list[Any]:
        return [x / y for y in self.elements]

    def __rpow__(self, x: Any) -> list[Any]:
        return [x**y for y in self.elements]

    def __rmod__(self, x: Any) -> list[Any]:
        return [x % y for y in self.elements]

    def __rfloordiv__(self, x: Any) -> list[Any]:
        return [x // y for y in self.elements]

    def __gt__(self, x: Any) -> list[Any]:
        return [y > x for y in self.elements]


class Text(str):
    """A class that inherits the multiplication of str."""

    __slots__ = ()


class Refusing:
    """A class that knows no numbers."""

    def __rmul__(self, x: Any) -> Any:
        return NotImplemented


OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.pow,
    operator.mod,
    operator.floordiv,
]


@pytest.mark.parametrize("operate", [*OPERATORS, operator.lt])
def test_operator_is_left_to_the_class_of_the_user(operate: Callable[[Any, Any], Any]) -> None:
    results = operate(Value(2.5), Vector(Value(3.0), 2.0))
    expected = operate(2.5, Vector(3.0, 2.0))
    assert [getattr(x, "data", x) for x in results] == expected


def test_gradient_passes_through_the_class_of_the_user() -> None:
    h, x = Value(0.5), Value(3.0)
    (h * Vector(x))[0].backward()
    assert (h.grad, x.grad) == (3.0, 0.5)


def test_operator_of_the_class_is_recorded() -> None:
    program = record(lambda x: (x * Vector(x, 1.0))[0], inputs=(2.0,))
    assert program([3.0, 4.0]).tolist() == [9.0, 16.0]


@pytest.mark.parametrize("other", [Refusing(), object(), Text("a"), "a", b"a", [1.0], (1.0,), None, 1j, {1.0}])
@pytest.mark.parametrize("operate", [*OPERATORS, operator.lt])
def test_object_that_knows_no_numbers_is_refused(operate: Callable[[Any, Any], Any], other: Any) -> None:
    with pytest.raises(OperandError, match=f"got '{type(other).__name__}'"):
        operate(Value(2.0), other)
