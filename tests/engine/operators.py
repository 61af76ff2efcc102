"""Binary operators, non-numeric operands, and the check that a node agrees with the table."""

from __future__ import annotations

import datetime
import decimal
import fractions
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value
from autograd_tiny.primitives.primitive import TABLE, Primitive
from tests.references import same

Operator = Callable[[Any, Any], Any]
BINARY_OPERATORS: dict[str, Operator] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
}
"""The binary operators of `Value`, by the names of their primitives."""

every_operator = pytest.mark.parametrize(("name", "operate"), BINARY_OPERATORS.items(), ids=BINARY_OPERATORS.keys())


def primitive_of(name: str, x: Any, y: Any) -> Primitive:
    """Return the primitive that an operator of x and y records."""
    if name == "pow" and not isinstance(y, Value):
        name = "pow_constant_exponent"
    elif name == "pow" and not isinstance(x, Value):
        name = "pow_constant_base"
    return TABLE[name]


def check_operator(name: str, operate: Operator, x: Any, y: Any) -> None:
    """Check that the node of an operator agrees with its primitive."""
    check_against_table(primitive_of(name, x, y), operate(x, y), [x, y])


def check_against_table(primitive: Primitive, result: Any, args: Sequence[Any]) -> None:
    """Check data, inputs, partials and operands of a node; or a float, where no operand is a node."""
    data, partials = primitive.linearize(*primitive.map(number_of, args))
    operands = primitive.flatten(args)
    inputs = [x for x in operands if isinstance(x, Value)]
    expected = [
        partial for partial, x in zip(primitive.flatten(partials), operands, strict=True) if isinstance(x, Value)
    ]
    if not inputs:
        assert type(result) is float or {int, bool}.issuperset(map(type, operands))  # ints stay ints
        assert same(float(result), data)
        return
    assert result.primitive is primitive
    assert type(result.data) is float
    assert same(result.data, data), f"data {result.data!r} instead of {data!r}"
    assert list(result.inputs) == inputs
    assert len(result.partials) == len(expected)
    assert all(map(same, result.partials, expected)), f"partials {result.partials} instead of {expected}"
    assert {type(partial) for partial in result.partials} == {float}
    for kept, operand in zip(result.operands, operands, strict=True):
        assert kept is operand if isinstance(operand, Value) else same(kept, float(operand))


def number_of(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)


# ── non-numeric operands ──────────────────────────────────────────────────────────────────────────────────────


class Text(str):
    """A subclass of str."""

    __slots__ = ()


class Tensor:
    """An object with the interface of a tensor of another library."""

    dtype, ndim, shape = "float32", 0, ()

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        return np.array(2.0)

    def __float__(self) -> float:
        return 2.0

    def item(self) -> float:
        return 2.0


def type_name(thing: Any) -> str:
    return type(thing).__name__


NON_NUMBERS = [
    *("2", Text("2"), b"2", None, 2j, [2.0], (2.0,), {2.0}, {"x": 2.0}, object(), Tensor(), float, math.exp),
    *(decimal.Decimal(2), fractions.Fraction(2), datetime.timedelta(2)),
    *(np.complex128(2), np.array(2j), np.array("2"), np.array(None)),
]
