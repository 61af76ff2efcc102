"""`check_gradients` returns right gradients, and raises for planted wrong ones."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import autograd_tiny as at
import nn
from autograd_tiny import AutogradError, GradientCheck, Value, check_gradients, primitive
from autograd_tiny.engine.gradient_check import compare_gradients
from autograd_tiny.engine.gradient_verdicts import GradientError, KinkError
from autograd_tiny.errors import OperandError
from autograd_tiny.primitives.primitive import TABLE, Primitive

FUNCTIONS = {name: TABLE[name] for name in at.__all__ if name in TABLE}


@pytest.fixture
def wrong_cube() -> Iterator[Callable[[Value], Value]]:
    yield primitive("wrong_cube", "wrong_cube({x})", lambda x: x * x * x, lambda x, z: (2.0 * x * x,))
    del TABLE["wrong_cube"]


@pytest.mark.parametrize("check", [check_gradients, compare_gradients])
def test_usual_step_is_small(check: Any) -> None:
    points = []
    check(lambda v: points.append(v.data) or v * v, [0.5])
    assert 1e-6 < max(points) - 0.5 < 1e-4


@pytest.mark.parametrize(("x", "h"), [(0.5, 1e-3), (-0.25, 1e-3), (4.0, 4e-3), (-4.0, 4e-3)])
def test_step_is_relative_to_large_numbers(x: float, h: float) -> None:
    points = []

    def function(v: Value) -> Value:
        points.append(v.data)
        return v * v

    (compare_gradients if x > 0.0 else check_gradients)(function, [x], step=1e-3)
    assert {round((point - x) / h, 6) for point in points} == {0.0, 1.0, -1.0, 0.5, -0.5, 0.25, -0.25}


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (lambda x: x, [2.0]),
        (lambda x, y: x * y + at.exp(x), [0.5, -3.0]),
        (lambda *xs: at.logsumexp(list(xs)), [0.0, 1.0, 2.0]),
        (at.log, [1e6]),
        (lambda x: Value(3.0), [1.0]),
        (lambda: Value(3.0), []),
    ],
)
def test_right_gradient_is_returned(function: Callable[..., Value], inputs: list[float]) -> None:
    checks = check_gradients(function, inputs)
    leaves = [Value(x) for x in inputs]
    function(*leaves).backward()
    assert [check.gradient for check in checks] == [leaf.grad for leaf in leaves]
    assert all(check.error <= 1e-6 for check in checks)
    assert all(isinstance(check, GradientCheck) for check in checks)


def test_planted_wrong_partial_is_found(wrong_cube: Callable[[Value], Value]) -> None:
    with pytest.raises(GradientError, match=r"the gradient of input 1 is 8\.0, the central difference 1") as caught:
        check_gradients(lambda x, y: x + wrong_cube(y), [1.0, 2.0])
    assert caught.value.position == 1
    assert caught.value.check.gradient == 8.0
    assert caught.value.check.difference == pytest.approx(12.0)
    assert caught.value.check.error == pytest.approx(4.0 / 12.0)
    assert isinstance(caught.value, AutogradError)
    assert isinstance(caught.value, ArithmeticError)


def test_detached_input_is_found() -> None:
    with pytest.raises(GradientError, match=r"input 0 is 3\.0, the central difference [56]\."):
        check_gradients(lambda x: x * x.detach(), [3.0])


def test_tolerance_decides(wrong_cube: Callable[[Value], Value]) -> None:
    assert len(check_gradients(wrong_cube, [2.0], tolerance=0.34)) == 1
    with pytest.raises(GradientError, match=r"allowed 3\.2e-01"):
        check_gradients(wrong_cube, [2.0], tolerance=0.32)


def test_kink_at_the_point_is_found() -> None:
    with pytest.raises(GradientError, match=r"input 0 is at a kink: .* such as 0 for relu"):
        check_gradients(at.relu, [0.0])


def test_step_is_relative_to_large_input() -> None:
    (check,) = check_gradients(lambda x: x * x * x, [1e8])
    assert check.difference == pytest.approx(3e16, rel=1e-9)


def test_smaller_step_does_not_cross_kink() -> None:
    with pytest.raises(GradientError):
        check_gradients(at.abs, [1e-6])
    assert check_gradients(at.abs, [1e-6], step=1e-7)[0].gradient == 1.0


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (at.log, 1e-3),
        (at.log, 1e-7),
        (at.sqrt, 1e-9),
        (lambda x: at.sin(1000.0 * x), 0.3),
        (lambda x: 1.0 / x, 1e-4),
        (at.digamma, -1e-4),
    ],
)
def test_function_that_bends_within_the_step_is_judged(function: Callable[[Value], Value], x: float) -> None:
    (check,) = check_gradients(function, [x])
    assert check.difference == pytest.approx(check.gradient, rel=1e-6)
    with pytest.raises(GradientError):
        check_gradients(lambda x: function(x) + 1e-4 * x.data * at.sin(x / x.data) * check.gradient, [x])


def test_error_of_small_gradient_is_absolute() -> None:
    (check,) = check_gradients(lambda x: 1e-9 * at.sin(x), [1.0])
    assert check.error == abs(check.gradient - check.difference)


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_non_finite_input_raises(x: float) -> None:
    with pytest.raises(GradientError, match="the function is not finite at input 0"):
        check_gradients(lambda value: value * value, [x])


@pytest.mark.parametrize("result", [1.0, None, [Value(1.0)]])
def test_function_returning_non_value_raises(result: Any) -> None:
    with pytest.raises(OperandError, match=r"check_gradients got .*; it takes a function that returns a Value"):
        check_gradients(lambda x: result, [1.0])


@pytest.mark.parametrize("bad", ["1", None, True, Value(1.0)])
def test_non_numeric_input_raises(bad: Any) -> None:
    message = f"check_gradients, at input 0, got '{type(bad).__name__}'(?s:.*); it takes a real number"
    with pytest.raises(OperandError, match=message):
        check_gradients(lambda x: x, [bad])


def test_integers_are_inputs() -> None:
    assert check_gradients(lambda x: x * x, [3])[0].gradient == 6.0


def test_differences_record_nothing() -> None:
    roots: list[Value] = []

    def function(x: Value) -> Value:
        roots.append(x * x)
        return roots[-1]

    check_gradients(function, [3.0])
    assert [bool(root.inputs) for root in roots] == [True, *[False] * (len(roots) - 1)]
    assert len(roots) >= 3


# ── tables ──


def test_table_prints_a_line_for_each_number() -> None:
    table = check_gradients(lambda p, xs: p["w"] * xs[0] + p["b"], [{"w": 2.0, "b": -1.0}, [3.0]])
    assert [line.split("  ")[0] for line in str(table).splitlines()[1:]] == table.names
    assert table.names == ['input 0["w"]', 'input 0["b"]', "input 1[0]"]
    assert table.verdicts == ["agrees"] * 3
    assert table.slopes == [pytest.approx((slope, slope)) for slope in (3.0, 1.0, 2.0)]
    assert [round(check.gradient, 9) for check in pickle.loads(pickle.dumps(table))] == [3.0, 1.0, 2.0]


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=FUNCTIONS)
def test_row_of_the_table_is_checked_in_its_domain(row: Primitive) -> None:
    assert set(check_gradients(row).verdicts) == {"agrees"}


def test_row_of_ones_own_is_checked(wrong_cube: Callable[[Value], Value]) -> None:
    with pytest.raises(GradientError, match="the gradient of x is"):
        check_gradients(wrong_cube)
    right = primitive(
        "right_dot", "right_dot({*ws}, {x})", lambda ws, x: x * sum(ws), lambda ws, x, z: ([x] * 3, z / x)
    )
    try:
        assert check_gradients(right).names == ["ws[0]", "ws[1]", "ws[2]", "x"]
    finally:
        del TABLE["right_dot"]


def test_function_without_inputs_raises() -> None:
    with pytest.raises(OperandError, match="check_gradients got 'NoneType'; it takes a list of numbers"):
        check_gradients(lambda x: x)


# ── modules ──


class Line:
    """A module by its methods alone."""

    def __init__(self) -> None:
        self.w, self.b = Value(2.0, label="w"), Value(1.0)

    def parameters(self) -> list[Value]:
        return [self.w, self.b]

    def __call__(self, x: float) -> Value:
        return self.w * x + self.b


def test_module_is_checked_with_a_loss() -> None:
    model = nn.MLP(2, [3, 1], seed=0)
    before = [(parameter.data, parameter.grad) for parameter in model.parameters()]
    table = check_gradients(lambda model: (model([0.5, -1.0]) - 1.0) ** 2, model)
    assert table.names == [name for name, _ in model.named_parameters()]
    assert table.verdicts == ["agrees"] * len(before)
    assert [(parameter.data, parameter.grad) for parameter in model.parameters()] == before


def test_parameters_without_names_are_numbered() -> None:
    line = Line()
    assert check_gradients(lambda model: model(3.0) ** 2, line).names == ["w", "parameter 1"]
    with pytest.raises(GradientError, match="the gradient of w is 3"):
        check_gradients(lambda model: model(3.0) + model.w.detach(), line)


def test_parameter_keeps_its_number_if_the_loss_fails() -> None:
    line, calls = Line(), []

    def loss(model: Line) -> Value:
        calls.append(model.w.data)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return model(1.0)

    with pytest.raises(KeyboardInterrupt):
        check_gradients(loss, line)
    assert calls[1] != 2.0
    assert line.w.data == 2.0


# ── kinks ──


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (at.relu, 0.0),
        (at.abs, 0.0),
        *((at.abs, k * 1e-6) for k in range(-9, 10)),
        (lambda x: at.maximum(x, 1.0 - x), 0.5),
        (at.relu6, 6.0),
        (lambda x: x * x if x > 1.0 else x, 1.0),
    ],
)
def test_kink_is_not_judged(function: Callable[[Value], Value], x: float) -> None:
    is_at = function is not at.abs or x == 0.0
    told = "input 0 is at a kink: the difference " if is_at else "there is a kink near input 0, where "
    with pytest.raises(KinkError, match=f"{told}.* check at another point") as caught:
        check_gradients(function, [x])
    assert isinstance(caught.value, GradientError)
    assert caught.value.position == 0


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (at.exp, 30.0),
        (lambda x: x**20, 1.0),
        (lambda x: 1e6 + 1e-3 * x * x, 1.0),
        (lambda x: at.sin(100.0 * x), 0.3),
        (lambda x: x**4, 0.0),
        (at.relu, 1e-4),
        (at.tanh, 20.0),
    ],
)
def test_curvature_is_no_kink(function: Callable[[Value], Value], x: float) -> None:
    assert check_gradients(function, [x], tolerance=1e-5).verdicts == ["agrees"]


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (at.sqrt, 0.0),
        (at.cbrt, 0.0),
        (lambda x: -at.cbrt(x) + at.abs(x), 0.0),
        (lambda x: x ** (1.0 / 3.0), 0.0),
        *((function, x) for function in (at.asin, at.acos) for x in (1.0, -1.0)),
        (at.acosh, 1.0),
        (lambda x: at.sqrt(5.0 - x), 5.0),
    ],
)
def test_infinite_slope_is_no_kink(function: Callable[[Value], Value], x: float) -> None:
    assert compare_gradients(function, [x]).verdicts == ["not judged: the slope is infinite"]
    with pytest.raises(
        KinkError, match=r"^the slope is infinite at input 0: .* the gradient -?inf; check at another"
    ):
        check_gradients(function, [x])


@pytest.mark.parametrize(("compute", "slope", "x"), [(at.sin, math.inf, 0.3), (at.cbrt, -math.inf, 0.0)])
def test_planted_infinite_gradient_disagrees(compute: Callable[[Any], Any], slope: float, x: float) -> None:
    function = primitive("planted", "planted({x})", compute, lambda x, z: (slope,))
    del TABLE["planted"]
    assert compare_gradients(function, [x]).verdicts == ["disagrees"]
    assert compare_gradients(lambda x: at.where(x == 0.3, function(x), math.nan), [0.3]).verdicts != ["disagrees"]


@pytest.mark.parametrize(
    ("function", "x"), [(at.floor, 1.0), (at.sign, 0.0), (at.floor, 1.0 + 3e-6), (at.sign, -3e-6), (at.ceil, 7.0)]
)
def test_jump_is_no_kink(function: Callable[[Value], Value], x: float) -> None:
    assert compare_gradients(function, [x]).verdicts == ["not judged: a jump near"]
    with pytest.raises(KinkError, match=r"^the function jumps near input 0, .* check at another point"):
        check_gradients(function, [x])


@pytest.mark.parametrize(("function", "x"), [(at.cbrt, 1e-7), (at.cbrt, -3e-6), (lambda x: 1.0 / (x - 1e-8), 0.0)])
def test_place_that_is_steep_is_judged_by_smaller_steps(function: Callable[[Value], Value], x: float) -> None:
    assert compare_gradients(function, [x]).verdicts == ["agrees"]
    wrong = compare_gradients(lambda x: function(x) + 0.5 * function(Value(x.data)), [x])
    assert wrong.verdicts == ["disagrees"]


@pytest.mark.parametrize(("function", "x"), [(at.tan, 0.5 * math.pi), (lambda x: 1.0 / at.cos(x), 0.5 * math.pi)])
def test_pole_that_no_step_resolves_is_not_judged(function: Callable[[Value], Value], x: float) -> None:
    assert compare_gradients(function, [x]).verdicts == ["not judged: too steep near"]
    with pytest.raises(KinkError, match=r"^the function is too steep near input 0: .* pass a smaller step"):
        check_gradients(function, [x])


def test_table_of_kinks_and_mistakes_is_no_error(wrong_cube: Callable[[Value], Value]) -> None:
    table = compare_gradients(lambda x, y, z: at.relu(x) + wrong_cube(y) + z, [0.0, 1.0, 1.0], names=["x", "y", "z"])
    assert table.verdicts == ["not judged: at a kink", "disagrees", "agrees"]
    assert str(table).splitlines()[1].split(maxsplit=4) == [
        *("x", "0", "0.5", "5e-01"),
        "not judged: at a kink; slopes 0 and 1",
    ]


def test_kink_that_rounding_hides_is_near() -> None:
    assert compare_gradients(lambda x: at.abs(x) + 1e7, [0.0]).verdicts == ["not judged: a kink near"]
    assert compare_gradients(lambda x: at.abs(x) + 1e3, [0.0]).verdicts == ["not judged: at a kink"]


def test_no_gradient_changes() -> None:
    w = Value(2.0)
    w.grad = 7.0
    check_gradients(lambda x: w * x, [3.0])
    assert w.grad == 7.0


@pytest.mark.parametrize("function", [lambda x: x**1.5, at.acosh])
def test_point_at_the_end_of_the_domain_is_not_judged(function: Callable[[Value], Value]) -> None:
    at_end = 0.0 if function(Value(0.0)).data == 0.0 else 1.0
    with pytest.raises(KinkError):
        check_gradients(function, [at_end])


@pytest.mark.parametrize(
    ("function", "x"), [(lambda x: x**1.5, 0.0), (lambda x: x / at.floor(x), 1.0), (at.asin, 1.0 - 1e-10)]
)
def test_function_with_one_side_is_named(function: Callable[[Value], Value], x: float) -> None:
    with pytest.raises(
        KinkError, match=r"the function is not finite on both sides of input 0, .* check inside its domain"
    ):
        check_gradients(function, [x])
    assert compare_gradients(function, [x]).verdicts == ["not judged: the function is not finite beside the point"]


@pytest.mark.parametrize(
    ("function", "x"), [(at.log, -1.0), (lambda x: 1.0 / x, 0.0), (at.exp, 1000.0), (lambda x: x * x, math.inf)]
)
def test_function_that_is_not_finite_is_not_judged(function: Callable[[Value], Value], x: float) -> None:
    assert compare_gradients(function, [x]).verdicts == ["not judged: the function is not finite"]
    with pytest.raises(KinkError, match=r"the function is not finite at input 0, .* check at another point"):
        check_gradients(function, [x])


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (lambda x, y: x - y, [1e10, 2.0]),
        (lambda x, y: 1e6 * x * x - y, [3.0, 2.0]),
        (lambda x, y: x**2 + 3.0 * y, [1e6, 1.0]),
        (lambda x, y: (1e10 + x * x) - 1e10 + y, [3.0, 1.0]),
        (lambda x, y: 1e9 * x + at.minimum(y, Value(math.inf)), [1.0, 1.0]),
    ],
)
def test_right_gradient_beside_large_numbers_agrees(function: Callable[..., Value], inputs: list[float]) -> None:
    assert check_gradients(function, inputs).verdicts == ["agrees", "agrees"]


def test_difference_that_rounding_hides_is_not_judged(wrong_cube: Callable[[Value], Value]) -> None:
    for function in (at.sin, wrong_cube):
        with pytest.raises(KinkError, match=r"rounding hides the difference for input 0: .* pass a larger step"):
            check_gradients(lambda x, function=function: function(x) + 1e13, [0.3])
    table = compare_gradients(lambda x: at.sin(100.0 * x) + 1e10, [0.3], step=0.01)
    assert table.verdicts == ["not judged: rounding hides the difference"]


def test_wrong_gradient_beside_large_numbers_disagrees(wrong_cube: Callable[[Value], Value]) -> None:
    with pytest.raises(GradientError, match="a partial is wrong") as caught:
        check_gradients(lambda x, y: wrong_cube(x) + 1e6 * y, [1.0, 1.0])
    assert not isinstance(caught.value, KinkError)


def test_plain_number_beside_the_point_is_a_number() -> None:
    with pytest.raises(KinkError, match="input 0 is at a kink"):
        check_gradients(lambda x: max(x, 1.0), [1.0])
    table = compare_gradients(lambda x: x * x if x > 0.0 else 0.0, [1e-7])
    assert table.verdicts == ["agrees"]


@pytest.mark.parametrize("other", [None, [1.0], "1"])
def test_other_result_beside_the_point_is_named(other: Any) -> None:
    with pytest.raises(OperandError, match=r"beside the point, got .* a function that returns a Value"):
        check_gradients(lambda x: x if x >= 1.0 else other, [1.0])


def test_gradient_of_nan_is_wrong_at_the_end_of_the_domain_too() -> None:
    function = primitive("one_sided", "one_sided({x})", at.sqrt, lambda x, z: (math.nan,))
    try:
        with pytest.raises(GradientError, match="the gradient of input 0 is nan") as caught:
            check_gradients(function, [0.0])
    finally:
        del TABLE["one_sided"]
    assert type(caught.value) is GradientError


@pytest.mark.parametrize("option", ["step", "tolerance"])
@pytest.mark.parametrize("number", [0.0, -1e-5, math.nan, math.inf])
def test_option_that_is_not_above_0_is_refused(option: str, number: float) -> None:
    with pytest.raises(OperandError, match=rf"the {option} of check_gradients got .* a number above 0; leave it out"):
        check_gradients(lambda x: x * x, [3.0], **{option: number})
