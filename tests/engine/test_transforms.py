"""Derivatives of functions: known derivatives, shapes, nesting, forward mode, and refusals with their sentences."""

from __future__ import annotations

import math
import sys
from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Callable, Iterator
from functools import partial
from traceback import walk_stack
from types import MappingProxyType
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import (
    LengthError,
    Value,
    derivative,
    grad,
    hessian,
    hessian_vector_product,
    jacobian,
    jvp,
    no_grad,
    taylor,
    value_and_grad,
)
from autograd_tiny.errors import NotRecordedError, OperandError, PositionError
from autograd_tiny.primitives import dual

reals = st.floats(min_value=-1.5, max_value=1.5)
Point = namedtuple("Point", "x y")


def cubic(x: Any) -> Any:
    return x * x * x


def banana(xs: Any) -> Any:
    a, b = xs
    return (1.0 - a) ** 2 + 100.0 * (b - a**2) ** 2


def mixed(a: Any, b: Any) -> Any:
    c = at.tanh(a * b) + at.exp(a)
    return at.logsumexp([c, a, 0.5]) * at.dot([a, c, 2.0], [b, 3.0, c], a) / (1.0 + at.square(b)) + 2.0 ** at.sin(c)


# ── shapes ──


@pytest.mark.parametrize(
    ("function", "args", "argnums", "expected"),
    [
        (cubic, (2.0,), 0, 12.0),
        (cubic, (2,), 0, 12.0),
        (cubic, (np.float32(2.0),), 0, 12.0),
        (lambda x: x, (2.0,), 0, 1.0),
        (lambda x, y: x * y, (2.0, 3.0), 1, 2.0),
        (lambda x, y: x * y, (2.0, 3.0), -1, 2.0),
        (lambda x, y: x * y, (2.0, 3.0), (0, 1), (3.0, 2.0)),
        (lambda x, y: x * y, (2.0, 3.0), [1], (2.0,)),
        (lambda x, y: x * x, (2.0, "unused"), 0, 4.0),
        (lambda xs: xs[0] * xs[0], ([2.0, 3.0],), 0, [4.0, 0.0]),
        (lambda xs: xs[0] * xs[1], ([2.0, 3.0],), 0, [3.0, 2.0]),
        (lambda xs: xs[0] * xs[1], ((2.0, 3.0),), 0, (3.0, 2.0)),
        (lambda p: p.x * p.y, (Point(2.0, 3.0),), 0, Point(3.0, 2.0)),
        (
            lambda p: at.dot(p["w"][0], [1.0, 2.0]) + p["b"] * p["w"][1],
            ({"w": [[5.0, 6.0], 7.0], "b": 8.0},),
            0,
            {"w": [[1.0, 2.0], 8.0], "b": 7.0},
        ),
        (lambda p: Value(1.0) * p["b"][0], ({"b": [1.0], "c": []},), 0, {"b": [1.0], "c": []}),
    ],
)
def test_gradient_has_shape_of_argument(
    function: Callable[..., Any], args: tuple[Any, ...], argnums: Any, expected: Any
) -> None:
    found = grad(function, argnums)(*args)
    assert type(found) is type(expected) or isinstance(found, Value)
    assert found == expected or repr_of_numbers(found) == expected
    value, again = value_and_grad(function, argnums=argnums)(*args)
    assert repr_of_numbers(again) == expected
    assert isinstance(value, float | Value)


def repr_of_numbers(nested: Any) -> Any:
    """Return a nested structure with the numbers of its Values."""
    if isinstance(nested, dict):
        return {key: repr_of_numbers(x) for key, x in nested.items()}
    if isinstance(nested, list):
        return [repr_of_numbers(x) for x in nested]
    return nested.data if isinstance(nested, Value) else nested


def test_gradient_of_array_is_array() -> None:
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    slopes = grad(lambda x: (x * x).sum())(points)
    assert slopes.dtype == float
    assert slopes.tolist() == [[2.0, 4.0], [6.0, 8.0]]
    curvature = hessian(lambda x: (x * x * x).sum())(np.array([1.0, 2.0]))
    assert (curvature.dtype, curvature.tolist()) == (np.dtype(float), [[6.0, 0.0], [0.0, 12.0]])
    assert jacobian(lambda x: x * x)(np.array([1.0, 2.0])).tolist() == [[2.0, 0.0], [0.0, 4.0]]


def test_gradient_of_array_of_values_is_array_of_values() -> None:
    x = Value(3.0)
    (slope,) = grad(lambda xs: (xs * xs).sum())(np.array([x]))
    assert (slope.data, grad(slope, x).data) == (6.0, 2.0)


def test_keyword_arguments_are_passed_unchanged() -> None:
    assert grad(lambda x, *, power: x**power)(2.0, power=3) == 12.0


def test_argnums_by_keyword() -> None:
    def product(x: Any, y: Any) -> Any:
        return x * x * y

    assert grad(product, argnums=1)(3.0, 1.0) == 9.0
    assert jacobian(product, argnums=(0, 1))(3.0, 1.0) == (6.0, 9.0)
    assert hessian(product, argnums=0)(3.0, 1.0) == 2.0
    assert hessian(product, argnums=(0, 1))(3.0, 1.0) == ((2.0, 6.0), (6.0, 0.0))


def test_jacobian_has_shape_of_output_then_of_argument() -> None:
    def polar(p: Any) -> Any:
        return {"x": p["r"] * at.cos(p["t"]), "y": [p["r"] * at.sin(p["t"])]}

    assert jacobian(polar)({"r": 2.0, "t": 0.0}) == {"x": {"r": 1.0, "t": 0.0}, "y": [{"r": 0.0, "t": 2.0}]}
    assert jacobian(cubic)(2.0) == 12.0
    assert jacobian(lambda x: [])(2.0) == []


def test_hessian_of_nested_argument() -> None:
    found = hessian(lambda p: p["a"] * p["a"] * p["b"][0])({"a": 2.0, "b": [3.0]})
    assert found == {"a": {"a": 6.0, "b": [4.0]}, "b": [{"a": 4.0, "b": [0.0]}]}


def test_result_keeps_name_of_function() -> None:
    assert grad(cubic).__name__ == "cubic"
    assert grad(cubic).__doc__ == "Return the result of grad for cubic."
    assert grad(at.sin)(0.0) == 1.0
    assert "grad" in str(value_and_grad(Cube()).__doc__)


class Cube:
    """A callable without a name."""

    def __call__(self, x: Any) -> Any:
        return x * x * x


# ── numbers ──


@pytest.mark.no_cover
@given(x=reals, y=reals)
def test_every_way_to_second_derivatives_agrees(x: float, y: float) -> None:
    def of_list(xs: Any) -> Any:
        return mixed(*xs)

    leaves = [Value(x), Value(y)]
    expected = [[v.data for v in row] for row in hessian(of_list(leaves), leaves)]
    rows = hessian(of_list)([x, y])
    by_values = hessian(of_list)([Value(x), Value(y)])
    by_products = [hessian_vector_product(of_list, ([x, y],), (unit,))[0] for unit in ([1.0, 0.0], [0.0, 1.0])]
    by_forward = [jvp(grad(of_list), ([Value(x), Value(y)],), (unit,))[1] for unit in ([1.0, 0.0], [0.0, 1.0])]
    for i in range(2):
        assert rows[i] == pytest.approx(expected[i], rel=1e-9, abs=1e-9)
        assert by_products[i] == pytest.approx(expected[i], rel=1e-9, abs=1e-9)
        assert [v.data for v in by_values[i]] == pytest.approx(expected[i], rel=1e-9, abs=1e-9)
        assert [v.data for v in by_forward[i]] == pytest.approx(expected[i], rel=1e-9, abs=1e-9)


@pytest.mark.no_cover
@given(x=reals, y=reals, dx=reals, dy=reals)
def test_jvp_agrees_with_gradient(x: float, y: float, dx: float, dy: float) -> None:
    value, slope = jvp(mixed, (x, y), (dx, dy))
    expected, (by_x, by_y) = value_and_grad(mixed, (0, 1))(x, y)
    assert value == pytest.approx(expected, rel=1e-14)
    assert slope == pytest.approx(by_x * dx + by_y * dy, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("function", "at_point", "expected"),
    [
        (cubic, 2.0, [8.0, 12.0, 12.0, 6.0, 0.0]),
        (lambda x: x**5, -1.0, [-1.0, 5.0, -20.0, 60.0, -120.0, 120.0, 0.0]),
        (lambda x: 1.0 / x, 2.0, [0.5, -0.25, 0.25, -0.375, 0.75, -1.875]),
        (at.exp, 0.5, [math.exp(0.5)] * 9),
        (at.sin, 0.5, [math.sin(0.5 + k * math.pi / 2.0) for k in range(9)]),
        (at.log, 2.0, [math.log(2.0), *((-1) ** (k - 1) * math.factorial(k - 1) / 2.0**k for k in range(1, 8))]),
        (at.sqrt, 4.0, [2.0, 0.25, -1 / 32, 3 / 256, -15 / 2048]),
        (lambda x: 3.0**x, 2.0, [9.0 * math.log(3.0) ** k for k in range(6)]),
        (at.atan, 0.0, [0.0, 1.0, 0.0, -2.0, 0.0, 24.0]),
        (at.tanh, 0.0, [0.0, 1.0, 0.0, -2.0, 0.0, 16.0, 0.0, -272.0]),
        (lambda x: at.relu(x - 1.0), 2.0, [1.0, 1.0, 0.0]),
        (lambda x: Value(3.0), 2.0, [3.0, 0.0, 0.0]),
        (lambda x: x, 2.0, [2.0, 1.0, 0.0]),
    ],
)
def test_derivatives_and_taylor_agree_with_closed_form(
    function: Callable[[Any], Any], at_point: float, expected: list[float]
) -> None:
    def number(x: Any) -> float:
        return float(x.data) if isinstance(x, Value) else x

    found = [number(derivative(function, order)(at_point)) for order in range(len(expected))]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)
    coefficients = [number(c) for c in taylor(function, at_point, len(expected) - 1)]
    assert coefficients == pytest.approx(
        [c / math.factorial(k) for k, c in enumerate(expected)], rel=1e-12, abs=1e-12
    )
    assert [number(c) for c in taylor(function, Value(at_point), 2)] == pytest.approx(coefficients[:3], abs=1e-12)


def coefficients_of_lgamma(x: Any, order: int) -> list[Any]:
    """Return the Taylor coefficients of lgamma(2 + x) by polygamma, which is 100 times as fast as by differences."""
    slopes = [mpmath.psi(k - 1, 2 + x) / mpmath.factorial(k) for k in range(1, order + 1)]
    return [mpmath.loggamma(2 + x), *slopes]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("function", "exact"),
    [
        (at.sin, mpmath.sin),
        (at.tanh, mpmath.tanh),
        (at.erf, mpmath.erf),
        (at.sigmoid, lambda x: 1 / (1 + mpmath.exp(-x))),
        (at.normal_cdf, mpmath.ncdf),
        (lambda x: at.sin(x) / at.cos(x), mpmath.tan),
        (lambda x: at.exp(at.sin(x)) ** 2, lambda x: mpmath.exp(mpmath.sin(x)) ** 2),
        (lambda x: (2.0 + x) ** (x + 1.0), lambda x: (2 + x) ** (x + 1)),
        (lambda x: at.lgamma(2.0 + x), coefficients_of_lgamma),
        (lambda x: at.atan2(x + 1.0, 2.0 * x + 3.0), lambda x: mpmath.atan((x + 1) / (2 * x + 3))),
        (lambda x: at.logsumexp([x, 2.0 * x, x * x]), lambda x: mpmath.log(sum(map(mpmath.exp, (x, 2 * x, x * x))))),
    ],
)
def test_taylor_of_high_order_ends_and_is_right(function: Callable[..., Any], exact: Callable[..., Any]) -> None:
    with mpmath.workdps(60):
        coefficients = exact if exact is coefficients_of_lgamma else partial(mpmath.taylor, exact)
        expected = [float(c) for c in coefficients(mpmath.mpf(0.25), 24)]
    scale = max(map(abs, expected))
    assert taylor(function, 0.25, 24) == pytest.approx(expected, rel=1e-7, abs=1e-9 * scale)
    mixed = grad(lambda a: derivative(lambda x: function(a * x), order=9)(0.5))
    assert isinstance(mixed(0.5), float)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("function", "order", "x", "exact"),
    [
        (at.exp, 20, -700.0, math.exp(-700.0)),
        (at.exp, 170, -40.0, math.exp(-40.0)),
        (at.log, 120, 1000.0, -5.574585761207607e-164),
        (lambda x: at.exp(0.01 * x), 100, 0.0, 1e-200),
        (lambda x: 1.0 / (1.0 - x), 170, 0.0, float(math.factorial(170))),
        (lambda x: at.sin(x / 1000.0), 101, 0.0, 1e-303),
    ],
)
def test_derivative_does_not_underflow_on_the_way(
    function: Callable[..., Any], order: int, x: float, exact: float
) -> None:
    assert derivative(function, order=order)(x) == pytest.approx(exact, rel=1e-13)


@pytest.fixture
def low_recursion_limit() -> Iterator[None]:
    """Reach the limit of recursion sooner: each level costs more than all before it."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(sum(1 for _ in walk_stack(None)) + 250)
    yield
    sys.setrecursionlimit(limit)


def test_order_beyond_the_recursion_limit_is_named(low_recursion_limit: None) -> None:
    for call in (lambda: taylor(at.tanh, 0.4, 400), lambda: derivative(lambda x: x**170, order=170)(1.0)):
        with pytest.raises(OperandError, match=r"deeper recursion .*; raise it: sys.setrecursionlimit"):
            call()


def test_results_of_one_series_end_with_it() -> None:
    taylor(at.erf, 0.25, 8)
    assert dual.RESULTS.get() is None


def test_derivative_of_several_outputs_has_their_shape() -> None:
    assert derivative(lambda x: {"a": [x * x], "b": cubic(x)}, order=2)(2.0) == {"a": [2.0], "b": 12.0}
    assert taylor(lambda x: (x, x * x), 1.0, 2) == ([1.0, 1.0, 0.0], [1.0, 2.0, 1.0])


def test_derivatives_divide_by_zero_as_ieee() -> None:
    assert derivative(at.log)(0.0) == math.inf
    assert jvp(lambda x, y: x / y, (1.0, 0.0), (1.0, 0.0))[0] == math.inf
    assert hessian_vector_product(lambda x: at.xlogy(x, 0.0), (2.0,), (1.0,))[0] == 0.0
    assert derivative(lambda x: at.atan2(0.0, x), order=3)(2.0) == 0.0
    assert jvp(lambda x: at.xlogy(x, 0.0), (Value(2.0),), (1.0,))[1].data == -math.inf
    assert jvp(lambda x: at.hypot(x, 0.0), (Value(2.0),), (1.0,))[1].data == 1.0


# ── nesting ──


def test_transforms_nest() -> None:
    assert grad(grad(cubic))(2.0) == 12.0
    assert grad(grad(grad(cubic)))(2.0) == 6.0
    assert grad(grad(grad(grad(cubic))))(2.0) == 0.0
    assert derivative(derivative(cubic), 2)(2.0) == 6.0
    assert grad(derivative(cubic, 2))(2.0) == 6.0
    assert derivative(grad(cubic))(2.0) == 12.0
    assert jvp(grad(cubic), (2.0,), (1.0,)) == (12.0, 12.0)
    assert grad(lambda x: jvp(cubic, (x,), (1.0,))[1])(2.0) == 12.0
    assert grad(lambda x: hessian_vector_product(cubic, (x,), (1.0,))[0])(2.0) == 6.0
    assert grad(lambda v: hessian_vector_product(cubic, (2.0,), (v,))[0])(1.0) == 12.0
    assert grad(lambda x: taylor(cubic, x, 2)[2])(2.0) == 3.0
    assert jacobian(grad(banana))([1.0, 1.0]) == hessian(banana)([1.0, 1.0])
    assert value_and_grad(lambda x: value_and_grad(cubic)(x)[1])(2.0) == (12.0, 12.0)


@pytest.mark.parametrize("inner", [grad, derivative, lambda f: lambda y: jvp(f, (y,), (1.0,))[1]])
def test_inner_derivative_sees_only_its_own_argument(inner: Any) -> None:
    assert grad(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: inner(lambda y: x * y)(x))(2.0) == 1.0
    assert derivative(lambda x: x * inner(lambda y: x * y)(3.0))(2.0) == 4.0


TRANSFORMS: dict[str, Callable[[Any], Callable[[Any], Any]]] = {
    "grad": grad,
    "value": lambda f: lambda x: value_and_grad(f)(x)[0],
    "jacobian": jacobian,
    "hessian": hessian,
    "derivative": derivative,
    "third derivative": lambda f: derivative(f, order=3),
    "taylor": lambda f: lambda x: taylor(f, x, 2)[2],
    "jvp": lambda f: lambda x: jvp(f, (x,), (1.5,))[1],
    "product": lambda f: lambda x: hessian_vector_product(f, (x,), (1.5,))[0],
}


@pytest.mark.no_cover
@pytest.mark.parametrize("outer", TRANSFORMS)
@pytest.mark.parametrize("inner", TRANSFORMS)
def test_numbers_give_numbers_in_nested_transforms(outer: str, inner: str) -> None:
    def nested(body: Callable[[Any, Any], Any], factor: Any) -> Any:
        return TRANSFORMS[outer](lambda a: factor * TRANSFORMS[inner](lambda x: body(a, x))(0.5) + a)(0.7)

    for body in (lambda a, x: a * a * x * x + at.sin(a) * x, lambda a, x: 3.0 * x + a, lambda a, x: a * x**3):
        assert type(nested(body, 2.0)) is float
        assert isinstance(nested(body, Value(2.0)), Value)


def test_numbers_give_numbers_where_the_function_differentiates_nodes() -> None:
    assert type(grad(lambda x: x * grad(3.0 * x, x))(2.0)) is float
    assert type(grad(lambda x: x * at.hessian(x * 3.0, [x])[0][0])(2.0)) is float


def test_mixed_term_of_lagrange_is_a_matrix_of_numbers() -> None:
    def energy(q: Any, v: Any) -> Any:
        return 0.5 * v[0] * v[0] + v[1] * v[1] * q[0] + at.cos(q[0] - q[1]) * v[0] * v[1]

    mixed_term = np.array(jacobian(grad(energy, argnums=1), argnums=0)([0.3, 0.7], [1.0, 2.0]))
    sine = math.sin(0.3 - 0.7)
    assert mixed_term == pytest.approx(np.array([[-2.0 * sine, 2.0 * sine], [4.0 - sine, sine]]), rel=1e-14)
    assert mixed_term.dtype == float


def test_function_of_other_values_gives_graph() -> None:
    w = Value(3.0)
    slope = grad(lambda x: w * x * x)(2.0)
    assert isinstance(slope, Value)
    assert (slope.data, grad(slope, w).data) == (12.0, 4.0)
    assert isinstance(grad(cubic)(Value(2.0)), Value)
    assert isinstance(jvp(cubic, (2.0,), (Value(1.0),))[1], Value)
    assert jvp(lambda x, y: w * at.sin(x * y), (0.0, Value(2.0)), (1.0, 0.0))[1].data == 6.0


# ── nodes of the user ──


def test_no_gradient_of_user_changes() -> None:
    x, w = Value(2.0), Value(3.0)
    x.grad = w.grad = 7.0
    for transform in (grad, hessian, jacobian, value_and_grad, derivative):
        transform(lambda v: w * cubic(v))(x)
    jvp(lambda v: w * v, (x,), (1.0,))
    hessian_vector_product(lambda v: w * v * v, (x,), (1.0,))
    assert (x.grad, w.grad) == (7.0, 7.0)


@pytest.mark.no_cover
def test_deep_function_does_not_recurse() -> None:
    def chain(x: Any) -> Any:
        for _ in range(3_000):
            x = x * 1.0 + 0.0
        return x

    assert grad(chain)(2.0) == derivative(chain)(2.0) == 1.0
    assert hessian(chain)(2.0) == 0.0


# ── refusals ──


@pytest.mark.parametrize(
    "transform", [grad, hessian, value_and_grad, lambda f: lambda x: hessian_vector_product(f, (x,), (1.0,))]
)
def test_output_that_is_not_one_value_raises(transform: Any) -> None:
    with pytest.raises(OperandError, match="takes a function that returns one Value; reduce it to one"):
        transform(lambda x: [x, x])(2.0)


@pytest.mark.parametrize("number", [3, 3.0, np.float64(3.0), math.nan])
def test_plain_number_is_a_constant(number: Any) -> None:
    assert grad(lambda a, b: number)(3.0, {"w": [9.0]}) == 0.0
    assert grad(lambda a, b: number, argnums=1)(3.0, {"w": [9.0]}) == {"w": [0.0]}
    assert jacobian(lambda x: [x * x, number])(3.0) == [6.0, 0.0]
    assert hessian(lambda x: number)(3.0) == 0.0
    assert jvp(lambda x: number, (3.0,), (1.0,))[1] == 0.0
    assert taylor(lambda x: number, 3.0, 2)[1:] == [0.0, 0.0]
    assert grad(lambda x: number)(Value(3.0)).data == 0.0


def test_function_of_an_argument_that_is_not_differentiated_for_is_constant() -> None:
    assert grad(lambda a, b: a * a, argnums=1)(3.0, 9.0) == 0.0


@pytest.mark.parametrize("transform", [grad, hessian, jacobian, value_and_grad, derivative])
@pytest.mark.parametrize("result", [None, "3", {3.0}])
def test_output_that_is_no_real_number_raises(transform: Any, result: Any) -> None:
    with pytest.raises(OperandError, match="takes a function that returns a Value; compute it from the arguments to"):
        transform(lambda x: result)(2.0)


def test_output_that_changes_its_kind_elsewhere_raises() -> None:
    for elsewhere in (lambda x: x, lambda x: [1.0], lambda x: 1.0 / 0):
        with pytest.raises(OperandError, match="compute it from the arguments, of which it is cut off"):
            grad(lambda x, elsewhere=elsewhere: 1.0 if x == 2.0 else elsewhere(x))(2.0)


@pytest.mark.parametrize("transform", [grad, hessian, jacobian, value_and_grad, derivative])
def test_output_without_graph_raises(transform: Any) -> None:
    with pytest.raises(OperandError, match="takes a function that returns a Value; compute it from the arguments"):
        transform(lambda x: x.data)(2.0)
    with pytest.raises(NotRecordedError, match="computed inside no_grad"):
        transform(no_grad()(cubic))(2.0)


def test_place_of_output_without_graph_is_named() -> None:
    with pytest.raises(OperandError, match=r'returns a Value at \["a"\]\[1\]; compute'):
        jacobian(lambda x: {"a": [x, None]})(2.0)


@pytest.mark.parametrize("leaf", ["2", None, True, {1.0}])
def test_leaf_that_is_no_number_raises(leaf: Any) -> None:
    with pytest.raises(OperandError, match="takes a real number"):
        grad(lambda xs: xs[0])([leaf])


@pytest.mark.parametrize("transform", [grad, jacobian, hessian, value_and_grad])
def test_wrong_argnums_raise(transform: Any) -> None:
    for argnums in ("0", True, (0, 1.0), (), [Value(1.0)]):
        with pytest.raises(OperandError, match=r"takes positions of arguments as argnums of a function; write 0"):
            transform(cubic, argnums)
    with pytest.raises(PositionError, match="got position 1; it takes a whole number from 0 to 0"):
        transform(cubic, 1)(2.0)


@pytest.mark.parametrize("order", [-1, 1.0, True, "2", None])
def test_wrong_order_raises(order: Any) -> None:
    with pytest.raises(OperandError, match=r"takes a whole number from 0 to 1[\d,]+ as the order; write 1 for"):
        derivative(cubic, order)
    with pytest.raises(OperandError, match=r"takes a whole number from 0 to 1[\d,]+ as the order; write 1 for"):
        taylor(cubic, 1.0, order)


@pytest.mark.parametrize("point", [[2.0], {"x": 2.0}, (2.0,), [1.0, 2.0], np.ones(1), {2.0}])
def test_derivative_at_nested_point_raises(point: Any) -> None:
    for transform in (derivative(cubic), lambda point: taylor(cubic, point, 2)):  # before the function is called
        with pytest.raises(OperandError, match="takes a function of one number; use hessian, or jvp along a line"):
            transform(point)


def test_tangents_of_another_length_raise() -> None:
    with pytest.raises(LengthError, match="primals of length 2 and tangents of length 1"):
        jvp(lambda x, y: x, (1.0, 2.0), (1.0,))
    with pytest.raises(OperandError, match="it takes arguments as a tuple"):
        jvp(cubic, 1.0, 1.0)  # type: ignore[arg-type]
    with pytest.raises(OperandError, match="jvp got 'str'"):
        jvp(cubic, (1.0,), ("1",))


@pytest.mark.parametrize(
    "transform", [value_and_grad, derivative, lambda f: taylor(f, 1.0, 2), lambda f: jvp(f, (1.0,), (1.0,))]
)
def test_no_function_raises(transform: Any) -> None:
    with pytest.raises(OperandError, match="it takes a function; pass one, such as a lambda"):
        transform(3.0)


# ── argnums and tangents, as in JAX ──


@pytest.mark.parametrize("argnums", [np.int64(1), (np.int8(1),)])
def test_argnums_may_be_whole_numbers_of_numpy(argnums: Any) -> None:
    assert grad(lambda x, y: x * y, argnums=argnums)(2.0, 3.0) in {2.0, (2.0,)}


@pytest.mark.parametrize("argnums", [(0, 0), (0, -2), [1, 0, 1]])
def test_position_that_is_given_twice_raises(argnums: Any) -> None:
    with pytest.raises(OperandError, match="different positions as argnums; write each of them once"):
        grad(lambda x, y: x * y, argnums=argnums)(2.0, 3.0)


@pytest.mark.parametrize("transform", [grad, jacobian, hessian])
def test_argnums_beside_inputs_raise(transform: Any) -> None:
    x = Value(2.0)
    root: Any = [x * x] if transform is jacobian else x * x
    for output, inputs in ((root, [x]), (lambda x: x * x, 0)):
        with pytest.raises(OperandError, match="no argnums beside the inputs; name the inputs of a node, or"):
            transform(output, inputs, argnums=0)


def test_call_without_argument_by_position_raises() -> None:
    with pytest.raises(OperandError, match="at least one argument by position; pass those to differentiate for"):
        grad(cubic)(x=2.0)
    assert jvp(lambda: Value(2.0), (), ())[1].data == 0.0


@pytest.mark.parametrize("product", [jvp, hessian_vector_product])
def test_tangents_are_matched_by_their_keys(product: Any) -> None:
    def function(p: Any) -> Any:
        return p["a"] ** 2 * p["b"]

    at_point = ({"a": 1.0, "b": 2.0},)
    expected = product(function, at_point, ({"a": 1.0, "b": 0.5},))
    assert product(function, at_point, ({"b": 0.5, "a": 1.0},)) == expected


@pytest.mark.parametrize(
    ("primals", "tangents", "place"),
    [
        (({"a": 1.0, "b": 2.0},), ({"a": 1.0, "c": 2.0},), r'\[0\]\["b"\]'),
        (([2.0, 3.0], 1.0), (1.0, [1.0, 1.0]), r"\[0\]\[0\]"),
        ((np.ones((2, 1)),), (np.ones((1, 2)),), r"\[0\]\[1, 0\]"),
    ],
)
@pytest.mark.parametrize("product", [jvp, hessian_vector_product])
def test_tangents_of_another_shape_raise(product: Any, primals: Any, tangents: Any, place: str) -> None:
    with pytest.raises(OperandError, match=f"tangents in the shape of the primals, with one at {place}; write 0.0"):
        product(lambda *args: Value(1.0), primals, tangents)


@pytest.mark.parametrize("kind", [OrderedDict, partial(defaultdict, float), dict])
def test_mapping_keeps_its_class(kind: Any) -> None:
    result = grad(lambda p: p["x"] * p["y"])(kind(x=2.0, y=3.0))
    assert result == {"x": 3.0, "y": 2.0}
    assert type(result) is type(kind())


def test_read_only_mapping_gives_dict() -> None:
    assert grad(lambda p: p["x"] * p["y"])(MappingProxyType({"x": 2.0, "y": 3.0})) == {"x": 3.0, "y": 2.0}


def test_wrong_leaf_of_an_argument_is_named() -> None:
    with pytest.raises(OperandError, match=r"grad, at argument 0\[\"w\"\]\[1\], got 'str'"):
        grad(lambda p: p["w"][0])({"w": [1.0, "2"]})
    with pytest.raises(OperandError, match=r"jacobian, at argument 1, got 'bool'"):
        jacobian(lambda x, y: x * y, argnums=(0, 1))(1.0, True)
