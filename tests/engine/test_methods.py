"""Methods and operators of Value made from the table; comparison, hash, conversion and text."""

from __future__ import annotations

import cmath
import decimal
import fractions
import math
import operator
import string
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value, primitives
from autograd_tiny.engine.methods import ElementaryMethods
from autograd_tiny.errors import CutGraphError, OperandError, SignatureError
from tests.operands import COMPARISONS

OTHER_NAMES = {"rint": "round", "deg2rad": "radians", "rad2deg": "degrees", "fabs": "abs"}
OTHER_NAMES |= {f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")}
WRITTEN_OUT = ["relu", "tanh"]
NO_ROWS = {"conjugate"}
INHERITED = [
    name
    for name, method in vars(ElementaryMethods).items()
    if callable(method) and not name.startswith("_") and name not in NO_ROWS
]
NAMES = sorted(INHERITED + WRITTEN_OUT)
POINTS = {"acosh": 1.5, "arccosh": 1.5}


def arguments(name: str) -> list[float]:
    """Return the operands of a method beside its node."""
    row = getattr(at, OTHER_NAMES.get(name, name)).primitive
    return [1.25] * (row.arity - 1 - len(row.defaults))


# ── functions ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NAMES)
def test_method_agrees_with_function(name: str) -> None:
    function = getattr(at, OTHER_NAMES.get(name, name))
    x = Value(POINTS.get(name, 0.5))
    by_method, by_function = getattr(x, name)(*arguments(name)), function(x, *arguments(name))
    assert by_method.primitive is by_function.primitive is function.primitive
    assert by_method.data == by_function.data
    assert by_method.operands == by_function.operands
    assert by_method.partials == by_function.partials


@pytest.mark.parametrize("name", NAMES)
def test_method_has_docstring_of_function(name: str) -> None:
    function = getattr(primitives, OTHER_NAMES.get(name, name))
    method = getattr(Value, name)
    if name not in WRITTEN_OUT:  # these have a shorter one
        assert method.__doc__ == function.__doc__
    assert method.__name__ == function.__name__
    assert method.__qualname__ == f"Value.{function.__name__}"


def test_conjugate_returns_the_node() -> None:
    x = Value(3.0)
    assert x.conjugate() is x


def test_method_takes_keyword_operands() -> None:
    x = Value(3.0)
    assert x.clamp(max=2.0).data == 2.0
    assert x.leaky_relu(negative_slope=0.5).operands == (x, 0.5)
    with pytest.raises(SignatureError, match="got an unexpected operand 'maximum'"):
        x.clamp(maximum=2.0)


@pytest.mark.parametrize("name", ["tanh", "exp", "relu"])
def test_unary_method_of_two_operands_raises(name: str) -> None:
    with pytest.raises(TypeError, match="positional argument"):
        getattr(Value(1.0), name)(2.0)


# ── operators ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("function", "name"),
    [(abs, "abs"), (math.floor, "floor"), (math.ceil, "ceil"), (math.trunc, "trunc"), (round, "round")],
)
def test_builtin_unary_functions_are_recorded(function: Callable[[Any], Any], name: str) -> None:
    x = Value(-2.7)
    node = function(x)
    assert node.primitive.name == name
    assert node.data == function(-2.7)
    assert node.inputs == (x,)


def test_round_takes_digits() -> None:
    x = Value(2.347)
    assert round(x, 2).data == 2.35
    assert round(x, 2).operands == (x, 2.0)
    assert round(x, None).data == 2.0


@pytest.mark.parametrize(("operate", "name"), [(operator.mod, "remainder"), (operator.floordiv, "floordiv")])
@pytest.mark.parametrize("number", [2, 2.0, True, np.float64(2.0), np.array(2)])
def test_mod_and_floordiv_take_numbers(operate: Callable[[Any, Any], Any], name: str, number: Any) -> None:
    x = Value(7.5)
    right, left = operate(x, number), operate(number, x)
    assert right.primitive.name == left.primitive.name == name
    assert right.operands == (x, float(number))
    assert left.operands == (float(number), x)
    assert right.data == operate(7.5, float(number))
    assert left.data == operate(float(number), 7.5)


@pytest.mark.parametrize("operate", [operator.mod, operator.floordiv])
def test_mod_and_floordiv_take_nodes(operate: Callable[[Any, Any], Any]) -> None:
    x, y = Value(-7.5), Value(2.0)
    node = operate(x, y)
    assert node.data == operate(-7.5, 2.0)
    assert node.inputs == (x, y)


@pytest.mark.parametrize("operate", [operator.mod, operator.floordiv])
@pytest.mark.parametrize("other", ["2", None, decimal.Decimal(2), fractions.Fraction(2), 2j, [2.0]])
def test_mod_and_floordiv_of_non_number_raise(operate: Callable[[Any, Any], Any], other: Any) -> None:
    with pytest.raises(OperandError, match=f"got '{type(other).__name__}'"):
        operate(Value(1.0), other)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: pow(x, 2, 3),
        lambda x: pow(2, x, 3),
        lambda x: ~x,
        lambda x: x & 1,
        lambda x: x << 1,
        lambda x: x @ 2.0,
        operator.index,
        range,
        lambda x: [1][x],
    ],
)
def test_undefined_operators_raise(call: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError):
        call(Value(1.0))


def test_unary_plus_returns_the_node() -> None:
    x = Value(2.0)
    assert +x is x


@given(x=st.floats(-100.0, 100.0), y=st.floats(0.1, 50.0))
def test_divmod_agrees_with_python(x: float, y: float) -> None:
    for quotient, rest in (divmod(Value(x), y), divmod(x, Value(y)), divmod(Value(x), Value(y))):
        assert (quotient.data, rest.data) == divmod(x, y)


def test_divmod_of_array_is_elementwise() -> None:
    quotients, rests = divmod(Value(7.0), np.array([2.0, 4.0]))
    assert [[z.data for z in quotients], [z.data for z in rests]] == [[3.0, 1.0], [1.0, 3.0]]


# ── comparison and truth ──────────────────────────────────────────────────────────────────────────────────────

comparisons = pytest.mark.parametrize("compare", COMPARISONS, ids=lambda compare: compare.__name__)


@comparisons
@pytest.mark.parametrize("pair", [(1.0, 2.0), (2.0, 1.0), (1.0, 1.0), (0.0, -0.0), (math.nan, 1.0), (math.inf, 1.0)])
def test_comparison_compares_data(compare: Callable[[Any, Any], bool], pair: tuple[float, float]) -> None:
    x, y = pair
    expected = compare(x, y)
    assert compare(Value(x), Value(y)) is expected
    assert compare(Value(x), y) is expected
    assert compare(x, Value(y)) is expected


@comparisons
@pytest.mark.parametrize("number", [2, True, np.float64(2.0), np.float32(2.0), np.int8(2), np.True_, np.array(2.0)])
def test_comparison_takes_every_kind_of_number(compare: Callable[[Any, Any], bool], number: Any) -> None:
    assert bool(compare(Value(1.5), number)) is compare(1.5, float(number))
    assert bool(compare(number, Value(1.5))) is compare(float(number), 1.5)


@comparisons
@pytest.mark.parametrize("other", ["2", None, 2j, np.complex64(2j), [1.0]])
def test_comparison_with_non_number_raises(compare: Callable[[Any, Any], bool], other: Any) -> None:
    with pytest.raises(
        OperandError, match=f"a comparison got '{type(other).__name__}'(?s:.*); it takes Values and real numbers"
    ):
        compare(Value(1.0), other)


@pytest.mark.parametrize("data", [0.0, -0.0, 1.0, 5e-324, math.nan, -math.inf])
def test_bool_is_that_of_data(data: float) -> None:
    assert bool(Value(data)) is bool(data)


def test_sorted_min_and_max_return_the_nodes() -> None:
    x, y, z = Value(2.0), Value(1.0), Value(3.0)
    assert sorted([x, y, z]) == [y, x, z]
    assert min(x, y, z) is y
    assert max(x, y, z) is z


# ── conversion to plain numbers ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "cut",
    [
        float,
        int,
        complex,
        math.exp,
        math.sqrt,
        math.isnan,
        cmath.exp,
        lambda v: math.atan2(v, 1.0),
        lambda v: math.fsum([v]),
        lambda v: math.hypot(v, v),
        lambda v: "%f" % v,  # noqa: UP031 - the old format is tested
        np.float64,
        np.int64,
        lambda v: np.array([v], dtype=float),
        lambda v: np.asarray(v, dtype=float),
        lambda v: np.array([v]).astype(float),
        lambda v: np.full(2, v, dtype=float),
        lambda v: np.zeros(2).__setitem__(0, v),
    ],
)
def test_implicit_conversion_to_number_raises(cut: Callable[[Any], Any]) -> None:
    with pytest.raises(
        CutGraphError, match=r"implicitly.*use v\.data for the number.*autograd_tiny\.exp\(v\)"
    ) as caught:
        cut(Value(3.0))
    assert isinstance(caught.value, TypeError)
    assert caught.value.data == 3.0


@pytest.mark.parametrize(
    "call", [len, iter, list, lambda v: v[0], lambda v: 1.0 in v, lambda v: [*v], reversed, lambda v: v.__array__]
)
def test_container_protocol_raises(call: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, AttributeError)):
        call(Value(1.0))


def test_builtin_sum_and_math_prod_keep_graph() -> None:
    x, y = Value(2.0), Value(3.0)
    (sum([x, y]) + math.prod([x, y])).backward()
    assert (x.grad, y.grad) == (4.0, 3.0)


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_repr_shows_data_and_gradient() -> None:
    x = Value(2)
    x.grad = -0.1
    assert repr(x) == str(x) == f"{x}" == "Value(data=2.0, grad=-0.1)"


def test_repr_shows_label() -> None:
    assert repr(Value(2.0, label="it's")) == 'Value(data=2.0, grad=0.0, label="it\'s")'


def test_rich_repr_leaves_out_empty_label() -> None:
    data, grad, label = Value(2.0, label="x").__rich_repr__()
    assert (data, grad, label) == (("data", 2.0), ("grad", 0.0), ("label", "x", ""))


@pytest.mark.parametrize("data", [0.1, -0.0, math.inf, math.nan, 1e300, 5e-324])
def test_repr_shows_every_digit(data: float) -> None:
    assert repr(Value(data)) == f"Value(data={data!r}, grad=0.0)"


@pytest.mark.parametrize("spec", [".3f", "8.2e", "+", "g", "%", "010.4f", ">12"])
def test_format_spec_formats_data(spec: str) -> None:
    assert format(Value(2.5), spec) == format(2.5, spec)


@pytest.mark.parametrize("spec", ["d", "s", "x"])
def test_format_spec_of_other_type_raises(spec: str) -> None:
    with pytest.raises(ValueError, match="format code"):
        format(Value(2.5), spec)


def test_template_shows_repr() -> None:
    assert string.Template("$v").substitute(v=Value(1.0)) == "Value(data=1.0, grad=0.0)"


# ── match ─────────────────────────────────────────────────────────────────────────────────────────────────────


def described(thing: Any) -> str:
    match thing:
        case Value(0.0):
            return "zero"
        case Value(float(data), label="x"):
            return f"x is {data}"
        case Value(data=data, primitive=None):
            return f"leaf {data}"
        case Value(primitive=at.Primitive(name="mul"), inputs=(Value(x), Value(y))):
            return f"{x} times {y}"
        case Value():
            return "node"
    return "no node"


@pytest.mark.parametrize(
    ("thing", "description"),
    [
        (Value(0.0), "zero"),
        (Value(1.0, label="x"), "x is 1.0"),
        (Value(2.0), "leaf 2.0"),
        (Value(2.0) * Value(3.0), "2.0 times 3.0"),
        (Value(2.0) * 3.0, "node"),
        (2.0, "no node"),
    ],
)
def test_match_by_data_and_attributes(thing: Any, description: str) -> None:
    assert described(thing) == description
