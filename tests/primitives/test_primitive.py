"""Calls of primitives: operands, arrays, errors, user-defined primitives."""

from __future__ import annotations

import copy
import datetime
import decimal
import fractions
import functools
import inspect
import math
import pickle
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import AutogradError, Primitive, Value, primitive
from autograd_tiny.errors import LengthError, NumberTooLargeError, OperandError, PrimitiveError, SignatureError
from autograd_tiny.primitives.primitive import TABLE, find_primitive
from tests.operands import REAL_SCALARS


@pytest.fixture(autouse=True)
def _table_as_before() -> Iterator[None]:
    before = dict(TABLE)
    yield
    TABLE.clear()
    TABLE.update(before)


# ── calling ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", [name for name in at.__all__ if isinstance(getattr(getattr(at, name), "primitive", None), Primitive)]
)
def test_signature_shows_the_operands_of_the_call(name: str) -> None:
    function = getattr(at, name)
    shown = inspect.signature(function).parameters
    if name not in {"log", "gelu", "max", "min", "pow", "round"}:  # which take more than their rows
        row = function.primitive
        defaults = {x: y.default for x, y in shown.items() if y.default is not y.empty}
        assert (tuple(shown), defaults) == (row.operands, row.defaults)
    assert "operands" not in shown


def test_signatures_of_functions_and_methods() -> None:
    signatures = {f.__name__: str(inspect.signature(f)) for f in (at.mean, at.softplus, Value.clamp, Value.exp)}
    assert signatures["mean"] == "(xs)"
    assert signatures["softplus"] == "(x, beta=1.0)"
    assert signatures["clamp"] == "(self, min=-inf, max=inf)"
    assert list(inspect.signature(at.log).parameters) == ["x", "base"]
    assert str(inspect.signature(at.max).parameters["default"]).endswith("= ...")


def test_default_before_an_operand_without_one_is_not_shown() -> None:
    row = at.primitive("scaled_by", "{x} * {y}", lambda x, y: x * y, lambda x, y, z: (y, x), defaults={"x": 2.0})
    assert str(inspect.signature(row)) == "(x, y)"
    assert row(y=3.0) == 6.0


def test_decorated_compute_is_called_as_it_is_decorated() -> None:
    @functools.wraps(math.exp)
    def bounded(x: float) -> float:
        return min(math.exp(x), 1.0)

    row = at.primitive("bounded_exp", "bounded_exp({x})", bounded, lambda x, z: (z * (x < 0.0),))
    assert (row(5.0), row(Value(5.0)).data, row(-1.0)) == (1.0, 1.0, math.exp(-1.0))


def test_floats_give_float_and_values_give_value() -> None:
    assert at.exp(0.0) == 1.0
    assert type(at.exp(0.0)) is float
    assert isinstance(at.exp(Value(0.0)), Value)


def test_operands_by_name() -> None:
    assert at.atan2(y=1.0, x=0.0) == at.atan2(x=0.0, y=1.0) == math.pi / 2
    assert at.clamp(Value(5.0), max=2.0).data == 2.0
    assert at.dot(ws=[1.0], xs=[2.0], bias=3.0) == 5.0
    assert at.exp(x=0.0) == 1.0
    assert at.relu(x=Value(-1.0)).data == 0.0


def test_defaults_are_filled_in() -> None:
    assert at.clamp(5.0) == 5.0
    assert at.dot([1.0], [2.0]) == 2.0
    assert at.leaky_relu(-1.0) == -0.01
    assert at.leaky_relu(-1.0, 0.5) == at.leaky_relu(-1.0, negative_slope=0.5) == -0.5
    assert at.softplus(0.0, beta=2.0) == math.log(2.0) / 2.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (at.tanh, r"tanh\(x\) is missing operand 'x'"),
        (lambda: at.tanh(1.0, 2.0), r"tanh\(x\) got 2 operands; it takes 1"),
        (lambda: at.relu(1.0, 2.0, 3.0), r"relu\(x\) got 3 operands; it takes 1"),
        (lambda: at.tanh(Value(1.0), 2.0), r"tanh\(x\) got 2 operands; it takes 1"),
        (lambda: at.hypot(1.0), r"hypot\(x, y\) is missing operand 'y'"),
        (at.hypot, r"hypot\(x, y\) is missing operand 'x'"),
        (lambda: at.hypot(1.0, 2.0, 3.0), r"hypot\(x, y\) got 3 operands; it takes 2"),
        (lambda: at.hypot(1.0, z=2.0), r"hypot\(x, y\) got an unexpected operand 'z'"),
        (lambda: at.hypot(1.0, x=2.0), r"hypot\(x, y\) got operand 'x' twice"),
        (lambda: at.mean(1.0, 2.0), r"mean\(xs\) got 2 operands; it takes 1"),
        (lambda: Value(1.0).clamp(minimum=0.0), r"clamp\(x, min, max\) got an unexpected operand 'minimum'"),
    ],
)
def test_wrong_signature_names_the_operands(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(SignatureError, match=message):
        call()


def test_signature_error_has_attributes() -> None:
    with pytest.raises(SignatureError) as caught:
        at.hypot(1.0)
    assert (caught.value.primitive, caught.value.operands) == ("hypot", ("x", "y"))


@pytest.mark.parametrize(
    "operands", [(1.0, 2.0), iter([1.0, 2.0]), np.array([1.0, 2.0]), range(1, 3), {1.0: "one", 2.0: "two"}.keys()]
)
def test_iterables_are_accepted_as_lists(operands: Any) -> None:
    assert at.mean(operands) == 1.5


def test_lists_mix_values_and_numbers() -> None:
    x = Value(3.0)
    z = at.logsumexp([1, x, np.float32(2.0), True])
    z.backward()
    assert z.data == at.logsumexp([1.0, 3.0, 2.0, 1.0])
    assert x.grad == at.softmax([1.0, 3.0, 2.0, 1.0])[1]


@pytest.mark.parametrize("operands", [1.0, "12", b"12", None, Value(1.0), {"x": 1.0}])
def test_non_lists_are_refused(operands: Any) -> None:
    with pytest.raises(OperandError, match=r"norm got .*; it takes a list of numbers"):
        at.norm(operands)


# ── plain numbers ─────────────────────────────────────────────────────────────────────────────────────────────

PLAIN = [1, True, 1.0, *(scalar(1) for scalar in REAL_SCALARS), np.array(1.0), np.array(1), np.array(True)]


@pytest.mark.parametrize("number", PLAIN, ids=lambda number: type(number).__name__)
def test_real_numbers_are_operands(number: Any) -> None:
    x = Value(3.0)
    for node in (at.maximum(x, number), at.maximum(number, x), at.clamp(x, number, 5)):
        assert node.data == 3.0
    assert at.exp(number) == math.e
    assert type(at.exp(number)) is float
    assert at.max([x, number]).data == 3.0


class Text(str):
    """A subclass of str."""

    __slots__ = ()


class Tensor:
    """A tensor of another library, which NumPy converts to an array."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        return np.array(2.0)

    def __float__(self) -> float:
        return 2.0


BAD = [
    "2",
    Text("2"),
    b"2",
    None,
    2j,
    decimal.Decimal(2),
    fractions.Fraction(1, 2),
    {1.0},
    {"x": 1.0},
    (1.0, 2.0),
    [1.0],
    object(),
    Tensor(),
    np.complex128(2),
    np.complex64(2),
    np.str_("2"),
    np.bytes_(b"2"),
    np.datetime64("2020-01-01"),
    np.timedelta64(1, "s"),
    np.array(2j),
    np.array("2"),
    datetime.date(2020, 1, 1),
    float,
    math.exp,
]


@pytest.mark.parametrize("operand", BAD, ids=lambda operand: type(operand).__name__)
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("exp", at.exp),
        ("maximum", lambda operand: at.maximum(1.0, operand)),
        ("maximum", lambda operand: at.maximum(operand, Value(1.0))),
        ("maximum", lambda operand: at.maximum(Value(1.0), operand)),
        ("clamp", lambda operand: at.clamp(Value(1.0), operand, 2.0)),
        ("logsumexp", lambda operand: at.logsumexp([Value(1.0), operand])),
        ("logsumexp", lambda operand: at.logsumexp([1.0, operand])),
    ],
)
def test_other_types_are_refused_with_the_primitive(name: str, call: Callable[[Any], Any], operand: Any) -> None:
    with pytest.raises(OperandError) as caught:
        call(operand)
    assert isinstance(caught.value, TypeError)
    assert caught.value.primitive == name
    assert caught.value.received == type(operand).__name__
    assert str(caught.value).startswith(f"{name} got {type(operand).__name__!r}")
    assert "; it takes Values and real numbers; " in str(caught.value)
    assert len(str(caught.value)) < 200


def test_object_array_without_dimensions_is_refused() -> None:
    with pytest.raises(
        OperandError, match=r"maximum got '(NoneType|ndarray)'(?s:.*); it takes Values and real numbers"
    ):
        at.maximum(Value(1.0), np.array(None))


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_too_large_integer_gives_short_message(number: int) -> None:
    for call in (lambda: at.exp(number), lambda: at.hypot(Value(1.0), number), lambda: at.sum([1.0, number])):
        with pytest.raises(NumberTooLargeError, match="got an integer too large for a float") as caught:
            call()
        assert isinstance(caught.value, OverflowError)
        assert len(str(caught.value)) < 120


# ── arrays ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("call", [at.maximum, at.hypot, at.logaddexp], ids=lambda function: function.__name__)
def test_array_beside_value_gives_values(call: Callable[..., Any]) -> None:
    x, numbers = Value(2.0), np.array([[1.0, 3.0]])
    for nodes in (call(x, numbers), call(numbers, x)):
        assert nodes.shape == (1, 2)
        assert [node.inputs for node in nodes.flat] == [(x,), (x,)]


def test_array_chooses_between_values() -> None:
    x, y = Value(2.0), Value(3.0)
    assert [node.data for node in at.where(np.array([True, False]), x, y)] == [2.0, 3.0]


def test_list_starting_with_value_may_hold_array() -> None:
    x = Value(2.0)
    nodes = at.logsumexp([x, np.array([1.0, 2.0, 3.0])])
    assert [node.data for node in nodes] == [at.logsumexp([2.0, y]) for y in (1.0, 2.0, 3.0)]


def test_integer_and_bool_arrays_are_numbers() -> None:
    assert at.square(np.array([1, 2])).tolist() == [1.0, 4.0]
    assert at.exp(np.array([False])).tolist() == [1.0]


def test_empty_array_stays_empty() -> None:
    assert at.exp(np.zeros((0, 3))).shape == (0, 3)


def test_string_array_is_refused() -> None:
    with pytest.raises(OperandError, match=r"exp got 'str'(?s:.*); it takes Values and real numbers"):
        at.exp(np.array(["1"]))


# ── user-defined primitives ───────────────────────────────────────────────────────────────────────────────────


def test_user_primitive_works_everywhere() -> None:
    cube = primitive("third_power", "third_power({x})", lambda x: x * x * x, lambda x, z: (3.0 * x * x,))
    x = Value(2.0)
    z = cube(x)
    z.backward()
    assert (cube(2.0), z.data, x.grad) == (8.0, 8.0, 12.0)
    assert cube(np.array([1.0, 2.0])).tolist() == [1.0, 8.0]
    assert cube.__name__ == "third_power"
    assert cube.primitive.symbol == "third_power"
    assert TABLE["third_power"] is cube.primitive is z.primitive


def test_user_primitive_with_lists_and_defaults() -> None:
    weighted = primitive(
        "weighted",
        "weighted({*ws}, {*xs}, {scale})",
        lambda ws, xs, scale: scale * math.fsum(map(float.__mul__, ws, xs)),
        lambda ws, xs, scale, z: ([scale * x for x in xs], [scale * w for w in ws], z / scale),
        defaults={"scale": 2.0},
        symbol="w",
        domain=[(-1.0, 1.0), (-1.0, 1.0), (1.0, 2.0)],
        source="a test",
    )
    ws, xs, scale = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], Value(3.0)
    assert weighted([1.0, 2.0], [3.0, 4.0]) == 22.0
    z = weighted(ws, xs, scale)
    z.backward()
    assert [x.grad for x in [*ws, *xs, scale]] == [9.0, 12.0, 3.0, 6.0, 11.0]
    row = weighted.primitive
    assert (row.operands, row.takes_list, row.list_positions) == (("ws", "xs", "scale"), (True, True, False), (0, 1))
    assert repr(row) == "<primitive weighted(ws, xs, scale)>"
    assert "scale: a number (default 2.0)" in row.__doc__
    assert "ws: a list of numbers" in row.__doc__
    assert "\n\nFormula: a test.\n\n" in row.__doc__


def test_docstring_lists_kinks() -> None:
    assert "At x = 0.0 the partial is 0.0." in at.relu.__doc__


@pytest.mark.parametrize("name", ["", "2x", "a b", "x.y", "x-y"])
def test_name_that_is_not_an_identifier_is_refused(name: str) -> None:
    with pytest.raises(PrimitiveError, match="the name is not an identifier"):
        primitive(name, "f({x})", lambda x: x, lambda x, z: (1.0,))


def test_existing_name_is_refused() -> None:
    before = TABLE["exp"]
    with pytest.raises(PrimitiveError, match=r"the name exists already, for exp\({x}\); choose another") as caught:
        primitive("exp", "exp({x})", lambda x: x, lambda x, z: (1.0,))
    assert caught.value.primitive == "exp"
    assert TABLE["exp"] is before


def test_text_without_operands_is_refused() -> None:
    with pytest.raises(PrimitiveError, match=r"names no operand; write 'one\({x}\)'"):
        primitive("one", "1", lambda: 1.0, lambda z: ())
    assert "one" not in TABLE


@pytest.mark.parametrize("text", ["f({x", "f({x, 3)", "f({x}, 3})", "f({})", "f({x:.3f})", "f({2})"])
def test_unbalanced_braces_are_refused(text: str) -> None:
    with pytest.raises(PrimitiveError, match=r"has unbalanced braces; write {x} for a number and {\*xs} for a list"):
        primitive("braced", text, lambda x: x, lambda x, z: (1.0,))
    assert "braced" not in TABLE


def test_non_string_name_or_text_is_refused() -> None:
    with pytest.raises(PrimitiveError, match="the name is not an identifier"):
        primitive(3, "f({x})", lambda x: x, lambda x, z: (1.0,))
    with pytest.raises(PrimitiveError, match="it must be a string such as"):
        primitive("untold", 3, lambda x: x, lambda x, z: (1.0,))


def test_default_without_operand_is_refused() -> None:
    with pytest.raises(PrimitiveError, match="a default for 'y'; its operands are x"):
        primitive("defaulted", "defaulted({x})", lambda x: x, lambda x, z: (1.0,), defaults={"y": 1.0})


@pytest.mark.parametrize(
    ("text", "compute", "partials", "message"),
    [
        ("f({x})", 3.0, lambda x, z: (1.0,), "compute is 3.0; it must be a function such as lambda x: …"),
        ("f({x})", math.sin, (1.0,), "partials is (1.0,); it must be a function such as lambda x, z: …"),
        (
            "f({x})",
            math.sin,
            lambda x: (1.0,),
            "partials takes (x); it will be called with (x, z)",
        ),
        ("f({x}, {y})", math.hypot, lambda x, y: (x, y), "takes (x, y); it will be called with (x, y, z)"),
        (
            "f({x})",
            lambda x, y: x,
            lambda x, z: (1.0,),
            "compute takes (x, y); it will be called with (x)",
        ),
        ("f({x}, {y})", lambda x: x, lambda x, y, z: (1.0, 0.0), "takes (x); it will be called with (x, y)"),
        ("f({y})", lambda x: x, lambda x, z: (1.0,), "takes (x); it will be called with (y)"),
        ("f({y}, {x})", lambda x, y: x, lambda x, y, z: (1.0, 0.0), "takes (x, y); it will be called with (y, x)"),
        ("f({*xs})", lambda *xs: xs[0], lambda xs, z: ([1.0],), "takes (*xs); it will be called with (xs)"),
        ("f({x})", lambda x: x, lambda z, x: (1.0,), "takes (z, x); it will be called with (x, z)"),
    ],
)
def test_wrong_function_signature_is_refused(text: str, compute: Any, partials: Any, message: str) -> None:
    with pytest.raises(PrimitiveError, match=re.escape(message)):
        primitive("misfit", text, compute, partials)
    assert "misfit" not in TABLE


@pytest.mark.parametrize(
    ("text", "compute", "partials"),
    [
        ("f({x})", math.sin, lambda x, z: (1.0,)),  # without a signature
        ("f({x})", np.sin, lambda x, z: (1.0,)),
        ("f({x})", (3.0).__add__, lambda x, z: (1.0,)),
        ("f({x})", lambda x, scale=2.0, *, shift=1.0: scale * x + shift, lambda x, out: (2.0,)),
        ("f({x}, {negative_slope})", lambda x, slope: x, lambda x, slope, z: (1.0, 0.0)),
        ("f({x}, {y})", lambda *numbers: numbers[0], lambda *_: (1.0, 0.0)),
    ],
)
def test_compatible_function_signature_is_accepted(text: str, compute: Any, partials: Any) -> None:
    operands = [Value(2.0), Value(3.0)][: text.count("{")]
    assert isinstance(primitive("fitting", text, compute, partials)(*operands), Value)


NO_TUPLE = "; return one for each of the operands, such as"


@pytest.mark.parametrize(
    ("text", "compute", "partials", "message"),
    [
        ("f({x})", lambda x: x, lambda x, z: 2.0 * x, f"partials are 4.0{NO_TUPLE}"),
        ("f({x})", lambda x: x, lambda x, z: None, f"partials are None{NO_TUPLE}"),
        ("f({x})", lambda x: x, lambda x, z: (1.0, 2.0), "the number of its partials is 2, that of the operands 1"),
        ("f({x})", lambda x: x, lambda x, z: ("1",), "its partial is '1'; return a real number"),
        ("f({*x})", math.prod, lambda x, z: (1.0,), "1.0; return one for each of the numbers in 'x'"),
        (
            "f({*x})",
            math.prod,
            lambda x, z: [1.0] * len(x),
            "1.0; return one for each of the numbers in 'x'",
        ),
    ],
)
def test_invalid_partials_are_refused(text: str, compute: Any, partials: Any, message: str) -> None:
    row = primitive("mistaken", text, compute, partials)
    with pytest.raises(PrimitiveError, match=message):
        row([Value(2.0)] if "*" in text else Value(2.0))


def test_users_type_error_propagates() -> None:
    row = primitive("raising", "raising({x})", lambda x: x, lambda x, z: (x + "1",))
    with pytest.raises(TypeError, match="unsupported operand"):
        row(Value(2.0))


def test_wrong_number_of_partials_is_refused() -> None:
    twice = primitive("twice", "twice({x}, {y})", lambda x, y: 2.0 * x, lambda x, y, z: (2.0,))
    assert twice(1.0, 1.0) == 2.0
    with pytest.raises(
        PrimitiveError, match="the number of its partials is 1, that of the operands 2; return one for each"
    ):
        twice(Value(1.0), 1.0)


def test_short_list_of_partials_is_refused() -> None:
    first = primitive("first", "first({*xs})", lambda xs: xs[0], lambda xs, z: ([1.0],))
    with pytest.raises(PrimitiveError, match="partials"):
        first([Value(1.0), Value(2.0)])


@pytest.mark.parametrize(
    ("compute", "partials", "z", "dx"),
    [
        (lambda x: 3, lambda x, z: (2,), 3.0, 2.0),
        (lambda x: x > 0.0, lambda x, z: (True,), 1.0, 1.0),
        (lambda x: np.float32(1.5), lambda x, z: (np.float64(0.5),), 1.5, 0.5),
        (lambda x: (-x) ** 0.5, lambda x, z: (x,), math.nan, 2.0),
        (lambda x: x, lambda x, z: ((-x) ** 0.5,), 2.0, math.nan),
        (lambda x: 1.0 / (x - 2.0), lambda x, z: (-1.0 / (x - 2.0) ** 2,), math.inf, -math.inf),
        (lambda x: (x * 1e200) ** 2, lambda x, z: (2.0 * x * 1e200**2.0 if False else x,), math.inf, 2.0),
        (lambda x: x % (x - 2.0), lambda x, z: (1.0,), math.nan, 1.0),
        (lambda x: math.nan, lambda x, z: (x // (x - 2.0),), math.nan, math.inf),
    ],
    ids=["int", "bool", "numpy", "complex", "complex slope", "division by 0", "overflow", "modulo 0", "floor of 0"],
)
def test_results_are_converted_to_float(compute: Any, partials: Any, z: float, dx: float) -> None:
    row = primitive("own", "own({x})", compute, partials)
    x = Value(2.0)
    node = row(x)
    node.backward()
    assert repr((node.data, x.grad)) == repr((z, dx))
    assert type(row(2.0)) is type(node.data) is type(x.grad) is float


@pytest.mark.parametrize("result", ["1", None, decimal.Decimal(1), [1.0]])
def test_invalid_result_is_refused(result: Any) -> None:
    row = primitive("own", "own({x})", lambda x: result, lambda x, z: (1.0,))
    for operand in (1.0, Value(1.0)):
        with pytest.raises(PrimitiveError, match=r"its value is .*; return a real number"):
            row(operand)


def test_users_errors_propagate() -> None:
    def compute(x: float) -> float:
        raise ValueError("not today")

    row = primitive("own", "own({x})", compute, lambda x, z: (1.0,))
    for operand in (1.0, Value(1.0)):
        with pytest.raises(ValueError, match="not today"):
            row(operand)


# ── copies and pickles ────────────────────────────────────────────────────────────────────────────────────────


def test_find_primitive_by_name() -> None:
    assert find_primitive("exp") is TABLE["exp"]
    with pytest.raises(PrimitiveError, match="it is not in the table; define it") as caught:
        find_primitive("expo")
    assert isinstance(caught.value, AutogradError)


def test_copies_and_pickles_are_identical() -> None:
    row = TABLE["tanh"]
    assert copy.copy(row) is copy.deepcopy(row) is pickle.loads(pickle.dumps(row)) is row
    assert isinstance(row, Primitive)


@given(length=st.integers(0, 5))
def test_group_inverts_flatten(length: int) -> None:
    for row in TABLE.values():
        args = [[0.5] * length if many else 1.0 for many in row.takes_list]
        assert row.group(row.flatten(args)) == args
        assert row.map(lambda x: 2.0 * x, args) == row.group([2.0 * x for x in row.flatten(args)])


def test_dot_refuses_different_lengths() -> None:
    with pytest.raises(LengthError) as caught:
        at.dot([Value(1.0)], [1.0, 2.0])
    assert caught.value.lengths == {"ws": 1, "xs": 2}


def test_single_operand_keeps_its_name() -> None:
    turned = primitive("turned", "turned({angle})", lambda angle: 2.0 * angle, lambda angle, z: (2.0,))
    try:
        assert turned(angle=2.0) == turned(2.0) == 4.0
        assert turned(Value(2.0)).partials == (2.0,)
        with pytest.raises(SignatureError):
            turned(x=2.0)
    finally:
        del TABLE["turned"]
