"""The attributes of a node: how they are read and written."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, exp, maximum
from autograd_tiny.errors import OperandError
from autograd_tiny.primitives.primitive import TABLE

X, Y = Value(2.0, label="x"), Value(3.0, label="y")


@pytest.mark.parametrize(
    ("make", "name", "operands", "inputs", "partials"),
    [
        (lambda: Value(1.0), None, (), (), ()),
        (lambda: X + Y, "add", (X, Y), (X, Y), (1.0, 1.0)),
        (lambda: X + 1, "add", (X, 1.0), (X,), (1.0,)),
        (lambda: 1 - X, "sub", (1.0, X), (X,), (-1.0,)),
        (lambda: X * X, "mul", (X, X), (X, X), (2.0, 2.0)),
        (lambda: X * 4, "mul", (X, 4.0), (X,), (4.0,)),
        (lambda: 4 * X, "mul", (4.0, X), (X,), (4.0,)),
        (lambda: X / 4, "div", (X, 4.0), (X,), (0.25,)),
        (lambda: 4 / X, "div", (4.0, X), (X,), (-1.0,)),
        (lambda: X**3, "pow_constant_exponent", (X, 3.0), (X,), (12.0,)),
        (lambda: 3**X, "pow_constant_base", (3.0, X), (X,), (9.0 * math.log(3.0),)),
        (lambda: -X, "neg", (X,), (X,), (-1.0,)),
        (lambda: exp(X), "exp", (X,), (X,), (math.exp(2.0),)),
        (lambda: maximum(1.0, X), "maximum", (1.0, X), (X,), (1.0,)),
    ],
)
def test_node_lists_operands_inputs_and_partials(
    make: Callable[[], Value],
    name: str | None,
    operands: tuple[Any, ...],
    inputs: tuple[Value, ...],
    partials: tuple[float, ...],
) -> None:
    node = make()
    assert node.primitive is (name and TABLE[name])
    assert node.operands == operands
    assert node.inputs == inputs
    assert node.partials == partials
    assert {type(x) for x in node.operands} <= {float, Value}
    assert {type(x) for x in node.partials} <= {float}


def test_node_has_only_slots() -> None:
    assert not hasattr(Value(1.0), "__dict__")
    with pytest.raises(AttributeError, match="dat"):
        Value(1.0).dat = 2.0


@pytest.mark.parametrize("name", ["inputs", "partials", "operands"])
def test_inputs_partials_and_operands_are_read_only(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(Value(1.0), name, ())


@pytest.mark.parametrize("name", ["data", "grad"])
@pytest.mark.parametrize("number", [2, 2.0, np.float32(2.0), np.int64(2), np.array(2.0)])
def test_assigned_number_becomes_float(name: str, number: Any) -> None:
    x = Value(1.0)
    setattr(x, name, number)
    assert getattr(x, name) == 2.0
    assert type(getattr(x, name)) is float


@pytest.mark.parametrize("name", ["data", "grad"])
@pytest.mark.parametrize("number", ["2", None, 2j, [2.0], np.array([2.0]), Value(2.0)])
def test_assigned_non_number_raises_and_changes_nothing(name: str, number: Any) -> None:
    x = Value(1.0)
    x.grad = 1.0
    with pytest.raises(
        OperandError, match=f"^the {name} of a Value got '{type(number).__name__}'(?s:.*); it takes a real"
    ):
        setattr(x, name, number)
    assert getattr(x, name) == 1.0


def test_bool_can_be_grad_but_not_data() -> None:
    x = Value(1.0)
    x.grad = True
    assert x.grad == 1.0
    with pytest.raises(OperandError, match="got 'bool'"):
        x.data = True


@pytest.mark.parametrize("name", ["data", "grad"])
def test_integer_too_large_raises(name: str) -> None:
    with pytest.raises(OverflowError, match=f"^the {name} of a Value got an integer too large"):
        setattr(Value(1.0), name, 10**400)


def test_label_can_be_reassigned() -> None:
    x = Value(1.0, label="before")
    x.label = "after"
    assert x.label == "after"


@pytest.mark.parametrize("label", [1, None, b"x", Value(1.0)])
def test_non_string_label_raises(label: Any) -> None:
    x = Value(1.0, label="x")
    with pytest.raises(
        OperandError, match=f"the label of a Value got '{type(label).__name__}'(?s:.*); it takes a string"
    ):
        x.label = label
    assert x.label == "x"


def test_weak_reference_dies_with_node() -> None:
    x = Value(1.0)
    reference = weakref.ref(x)
    assert reference() is x
    del x
    assert reference() is None


# ── the names of micrograd ────────────────────────────────────────────────────────────────────────────────────


def test_prev_holds_each_input_once() -> None:
    a, b = Value(1.0), Value(2.0)
    assert (a * a)._prev == {a}
    assert list((b + a)._prev) == [b, a]
    assert a._prev == set()


@pytest.mark.parametrize(
    ("make", "op"),
    [(lambda x: x, ""), (lambda x: x + 1, "+"), (lambda x: x * x, "*"), (lambda x: x**2, "**"), (Value.tanh, "tanh")],
)
def test_op_is_the_symbol(make: Callable[[Value], Value], op: str) -> None:
    assert make(Value(1.0))._op == op
