"""The shape of a function near a point is told from numbers, and not told where they do not tell."""

from __future__ import annotations

import math
from typing import Any

import pytest

from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.trace.local_shape import shape_at


@pytest.mark.parametrize(
    ("name", "numbers", "kind"),
    [
        ("relu", [-1e-5], "flat"),
        ("floor", [2.5], "flat"),
        ("prod", [2.0, 0.0, 3.0], "flat"),
        ("exp", [-1000.0], "saturated"),
        ("softplus", [1000.0, 1.5], "smooth"),
        ("softmax_at", [0.0, 1000.0, 0.0], "saturated"),
        ("softmax_at", [0.5, -800.0, 1.0, 1.0], "saturated"),
        ("reciprocal", [1e200], "vanishing"),
        ("square", [0.0], "stationary"),
        ("sinc", [0.0], "stationary"),
        ("elu", [0.0, 1.0], "smooth"),
        ("elu", [0.0, 1.5], "kink"),
        ("hypot", [0.0, 0.0], "kink"),
        ("remainder", [2.0, 1.0], "jump"),
        ("remainder", [2.0**24 - 1.0, 2.0**23 - 0.5], "jump"),
        ("where", [0.0, 2.0, 3.0], "jump"),
        ("cbrt", [0.0], "infinite slope"),
        ("acosh", [1.0], "infinite slope"),
    ],
)
def test_shape_is_told(name: str, numbers: list[float], kind: str) -> None:
    assert shape_at(TABLE[name], numbers, [0]).kind == kind


@pytest.mark.parametrize(
    ("name", "numbers", "place"),
    [
        ("log", [-1.0], 0),  # not finite
        ("xlogy", [1.0, 0.0], 0),  # the slope is infinite on both sides
        ("pow_constant_exponent", [1e-120, -2.0], 0),  # the partial overflows
        ("exp", [-745.13322], 0),  # beside it the slope is the smallest float
        ("remainder", [2.0**25 - 1.0, 2.0**24 - 0.5], 0),  # more than 24 bits
        ("floor", [1e17], 0),  # neighbours are far apart
        ("relu", [5e-324], 0),
        ("relu", [math.inf], 0),
        ("softshrink", [0.0, 5e-9], 0),  # a border is near
        ("softshrink", [0.0, 4e-9], 0),  # and the slope is the same at half the distance
        ("remainder", [-800.0, 1e-9], 0),
        ("polygamma", [1.0, 2.0], 0),  # of orders between whole numbers
        ("cross_entropy", [1.0, 2.0, 1.0], 2),  # of a class between two
        ("hardtanh", [1.0 - 2**-53, 1.0 + 2**-52, 1.0 - 2**-53], 2),  # another operand is almost the point
        ("softplus", [0.0, 1e-200], 0),  # an operand is tiny
    ],
)
def test_shape_is_not_guessed(name: str, numbers: list[float], place: int) -> None:
    assert shape_at(TABLE[name], numbers, [place]).kind in {"unknown", "smooth"}


@pytest.mark.parametrize(
    ("name", "numbers", "places", "kind"),
    [
        ("pow_constant_exponent", [1e-200, 3.0], [0], "vanishing"),
        ("pow", [1e-200, 3.0], [0], "vanishing"),
        ("tanhshrink", [1e-200], [0], "vanishing"),
        ("div", [1e-200, 1e150], [1], "vanishing"),
        ("prod", [2.0, 1e-200, 1e-200], [0], "vanishing"),
        ("reciprocal", [1e308], [0], "vanishing"),
        ("relu", [-1e-200], [0], "unknown"),
        ("maximum", [1e-200, 1e-150], [0], "unknown"),
        ("pow", [0.0, 0.0], [1], "jump"),
        ("pow_constant_base", [0.0, 0.0], [1], "jump"),
        ("xlogy", [0.0, 0.0], [0], "jump"),
        ("atan2", [0.0, -1.0], [0], "jump"),
        ("atan2", [0.0, 1.0], [0], "smooth"),
        ("pow", [0.0, 0.0], [0, 1], "infinite slope"),
        ("binary_cross_entropy", [0.0, 0.0], [0], "edge"),
        ("binary_cross_entropy", [1.0, 1.0], [0], "edge"),
    ],
)
def test_partial_of_zero_or_at_a_cut_has_its_shape(
    name: str, numbers: list[float], places: list[int], kind: str
) -> None:
    assert shape_at(TABLE[name], numbers, places).kind == kind


def test_slope_that_is_no_power_is_not_extrapolated() -> None:
    def partials(x: Any, z: Any) -> tuple[Any]:
        return (x * x * (1.0 + 1e3 * (x > 1e-143)),)

    broken = Primitive("broken", "broken({x})", lambda x: 0.0, partials, domain=[(0.0, 1.0)])
    assert shape_at(broken, [1e-200], [0]).kind == "unknown"


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("ceil", [1.0 - 2**-53]),
        ("trunc", [1.0 + 2**-52]),
        ("trunc", [1.0 - 2**-53]),
        ("floordiv", [1.0, 1.0 - 2**-53]),
        ("floordiv", [-0.125, 1e-9]),
    ],
)
def test_jump_near_a_point_is_not_told_of_it(name: str, numbers: list[float]) -> None:
    assert shape_at(TABLE[name], numbers, [0]).kind in {"unknown", "flat"}


def test_edge_has_the_slope_of_its_inner_side() -> None:
    left, right = (shape_at(TABLE["binary_cross_entropy"], [x, x], [0]) for x in (1.0, 0.0))
    assert left.left == pytest.approx(-1.0)
    assert right.right == pytest.approx(1.0)


def test_slopes_of_a_kink_are_given() -> None:
    shape = shape_at(TABLE["leaky_relu"], [0.0, 0.1], [0])
    assert (shape.kind, shape.slope, shape.left, shape.right) == ("kink", 0.1, 0.1, 1.0)


def test_input_used_twice_moves_in_both_places() -> None:
    assert shape_at(TABLE["maximum"], [1.0, 1.0], [0, 1]).kind == "smooth"
    assert shape_at(TABLE["mul"], [0.0, 0.0], [0, 1]).kind == "stationary"
    assert shape_at(TABLE["hardtanh"], [0.0, 0.0, 0.25], [0, 1]).kind == "unknown"


def test_stationary_point_may_be_steeper_on_one_side() -> None:
    bowl = Primitive(
        "bowl",
        "bowl({x})",
        lambda x: x * x + 3e7 * x * x * x,
        lambda x, z: (2.0 * x + 9e7 * x * x,),
        domain=[(-1.0, 1.0)],
    )
    assert shape_at(bowl, [0.0], [0]).kind == "stationary"
