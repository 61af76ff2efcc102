"""`check`: the gradient of the chain rule beside a central difference."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator

import pytest

import autograd_tiny as at
from autograd_tiny import Value, primitive
from autograd_tiny.engine.gradient_check import compare_gradients
from autograd_tiny.primitives.primitive import TABLE, Function
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.trace import Check
from autograd_tiny.trace.difference_check import _Line
from autograd_tiny.trace.local_shape import shape_at
from nn import MLP

ALONE = "L differs at x from both sides, which the difference leaves out, while the gradient follows the convention"
MEAN = ", so the difference is the mean of two slopes, and the gradient follows the convention"


def check(function: Callable[[Value], Value], number: float) -> Check:
    x = Value(number, label="x")
    return function(x).trace().check(x)


@pytest.mark.parametrize(
    ("function", "number"),
    [
        (lambda x: x, 2.0),
        (lambda x: x * x * x, -3.0),
        (at.exp, 0.5),
        (at.sin, 0.0),
        (at.sin, 1e-12),
        (at.log, 1e-9),
        (at.log, 1e12),
        (at.sqrt, 1e-200),
        (lambda x: x * 1e-30, 1.0),
        (lambda x: (x + 1e6) - 1e6, 1e-3),
        (lambda x: (x.sin() + 1e6) - 1e6, 1e-9),
        (at.sin, 5e-324),
        (lambda x: (1e8 * x).sin(), 1e-9),
        (at.tanh, 20.0),
        (lambda x: x * 0.0, 3.0),
        (lambda x: x**2, 1e150),
        (at.relu, 1e-7),
        (at.relu, -1e-7),
        (lambda x: x * 0.5 + at.relu(x - 1.0) * 100.0, 1.0 - 1e-5),
        (lambda x: at.sum([x] * 100), 0.1),
    ],
)
def test_right_gradient_agrees(function: Callable[[Value], Value], number: float) -> None:
    result = check(function, number)
    assert result.agrees, result
    assert result.kinks == ()


@pytest.mark.parametrize(("function", "number"), [(at.exp, 0.5), (at.sin, 0.3), (at.tanh, -0.7), (at.sqrt, 2.0)])
def test_difference_has_many_right_digits(function: Callable[[Value], Value], number: float) -> None:
    assert check(function, number).error < 1e-8


def test_step_is_larger_than_rounding() -> None:
    result = check(lambda x: (x.sin() + 1e8) - 1e8, 1e-9)
    assert result.difference == pytest.approx(1.0, rel=1e-4)


def test_noise_is_the_rounding_of_all_nodes_above() -> None:
    x, y = Value(2.0, label="x"), Value(5.0)
    check = ((x * 3.0 + y.exp()) * -0.5).trace().check(x)  # the root has the gradient 1, the sum -0.5, 3x -0.5
    end = 2.0 + check.step  # there the sizes are largest; x itself has the gradient -1.5
    size = 0.5 * 3.0 * end + 2.0 * 0.5 * (3.0 * end + math.exp(5.0)) + 1.5 * end
    assert check.noise == pytest.approx(4.0 * sys.float_info.epsilon * size / check.step)
    assert check.step in {10.0**-k for k in range(3, 9)} | {2.0 * 10.0**-k for k in range(3, 9)}


def test_every_node_of_a_network_agrees() -> None:
    loss = (MLP(2, [4, 3, 1], hidden="tanh", seed=0)([1.0, -2.0]) - 1.0) ** 2
    trace = loss.trace()
    assert all(trace.check(node).agrees for node in trace.nodes)


def test_inner_node_is_a_free_variable() -> None:
    x = Value(3.0, label="x")
    square = x * x
    result = (square * x).trace().check(square)
    assert result.gradient == 3.0
    assert result.difference == pytest.approx(3.0)


def test_root_has_slope_1() -> None:
    root = Value(2.0) * 3.0
    result = root.trace().check(root)
    assert (result.gradient, result.root, result.node) == (1.0, "L", "L")
    assert result.difference == pytest.approx(1.0)


@pytest.fixture
def wrong_cube() -> Iterator[Function]:
    yield primitive("wrong_cube", "wrong_cube({x})", lambda x: x * x * x, lambda x, z: (2.0 * x * x,))
    del TABLE["wrong_cube"]


def test_wrong_partial_is_found(wrong_cube: Function) -> None:
    result = check(wrong_cube, 2.0)
    assert not result.agrees
    assert result.error == pytest.approx(4.0 / 12.0)
    assert repr(result).endswith(": relative error 0.3; they disagree: a jump is near, or a partial is wrong")


def test_jump_at_the_point_is_no_mean_of_slopes() -> None:
    result = check(lambda x: x % 1.0, 2.0)
    assert result.jumps
    assert repr(result).endswith(
        ", of x % 1: the value jumps there, which the difference divides by 2h, and the gradient leaves out"
    )


def test_infinite_gradient_is_told() -> None:
    assert repr(check(at.cbrt, 0.0)).endswith("; the gradient is not finite, so it has no difference to agree with")


def test_wrong_partial_at_a_zero_is_found() -> None:
    row = primitive("wrong_square", "wrong_square({x})", lambda x: x * x, lambda x, z: (2.0 * x + 1e-9,))
    try:
        result = check(lambda x: row(x - 7.0), 7.0)
    finally:
        del TABLE["wrong_square"]
    assert (result.gradient, result.agrees) == (1e-9, False)


def test_wrong_partial_beside_a_kink_is_found(wrong_cube: Function) -> None:
    for number in (0.0, 3.0):
        result = check(lambda x, number=number: (x - number).relu() + wrong_cube(x + 2.0), number)
        assert (result.effect, len(result.kinks)) == ("wrong", 1)
        assert repr(result).endswith(": they disagree: a jump is near, or a partial is wrong")


def test_wrong_partial_beside_large_numbers_is_found(wrong_cube: Function) -> None:
    assert not check(lambda x: (wrong_cube(x) + 1e6) - 1e6, 2.0).agrees


def test_kink_at_the_point_is_named() -> None:
    result = check(at.relu, 0.0)
    assert (result.gradient, result.difference, result.kinks) == (0.0, 0.5, ("relu(x)",))
    assert repr(result).endswith(
        "; there is a kink between x - h and x + h, of relu(x): the slope of L is 0 on the left and 1 on the right"
        + MEAN
    )


def test_three_of_many_kinks_are_named() -> None:
    result = check(lambda x: at.sum([(x * float(k)).relu() for k in range(1, 9)]), 0.0)
    assert len(result.kinks) == 8
    assert "of relu(v1), relu(v3), relu(v5), …: the slope of L is 0 on the left and 36 on the right" in repr(result)


@pytest.mark.parametrize("count", [3, 4])
def test_fourth_kink_is_cut(count: int) -> None:
    text = str(check(lambda x: at.sum([(x * float(k)).relu() for k in range(1, count + 1)]), 0.0))
    assert (text.count("relu("), "…" in text) == (3, count == 4)


KINKS = [
    (row, inputs, place)
    for row in TABLE.values()
    for inputs in row.kinks
    for place in range(len(row.flatten(inputs)))
]
SHAPES = [shape_at(row, row.flatten(inputs), [place]).kind for row, inputs, place in KINKS]


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", ["jump", "kink"])
def test_every_jump_and_kink_of_the_table_is_named(kind: str) -> None:
    found = [known for known, shape in zip(KINKS, SHAPES, strict=True) if shape == kind]
    assert len(found) > 10
    for row, inputs, place in found:
        operands = row.flatten(inputs)
        x = Value(operands[place], label="x")
        root = row(*row.group([*operands[:place], x, *operands[place + 1 :]])) + x * 2.0
        result = root.trace().check(x)
        if row.name.startswith("pow") and kind == "jump":  # 0 ** y is inf for y < 0: there is no difference
            assert math.isnan(result.difference)
            continue
        assert len(result.kinks) == 1, (row, result)
        assert result.jumps is (kind == "jump"), (row, result)
        assert result.effect not in {"", "wrong"}, (row, result)


@pytest.mark.parametrize(
    ("function", "numbers"),
    [
        (at.floor, [3.0, -2.0, 1e7]),
        (at.ceil, [2.0, 1e7]),
        (at.trunc, [1.0, -1.0]),
        (at.round, [1.5, 2.5, 1e6 + 0.5]),
        (lambda x: x // 2.0, [4.0, -2.0]),
        (at.sign, [0.0]),
        (lambda x: at.floor(2.0 * x + 1.0), [0.5]),
    ],
)
def test_jump_of_a_flat_function_is_told(function: Callable[[Value], Value], numbers: list[float]) -> None:
    for number in numbers:
        result = check(lambda x: function(x) + x, number)
        assert (result.agrees, result.jumps, len(result.kinks)) == (False, True, 1)
        assert repr(result).endswith(
            ": the value jumps there, which the difference divides by 2h, and the gradient leaves out"
        )


def test_flat_function_between_jumps_agrees() -> None:
    for function, number in ((at.floor, 2.5), (at.trunc, 0.0), (at.round, 2.0), (at.floor, 3.0 - 1e-10)):
        result = check(function, number)
        assert (result.agrees, result.kinks) == (True, ())


@pytest.mark.parametrize(
    ("function", "number", "agrees", "end"),
    [
        (lambda x: x * abs(x), 0.0, True, "of abs(x): it does not change the slope of L, and they agree"),
        (lambda x: x.relu() ** 2, 0.0, True, "of relu(x): it does not change the slope of L, and they agree"),
        (
            lambda x: at.where(x, 1.0, 2.0) + x,
            0.0,
            True,
            "of where(x, 1, 2): it does not show in L(x - h) and L(x + h), and they agree",
        ),
        (lambda x: at.where(x, 1.0, 2.0) + x.relu(), 0.0, False, ": " + ALONE),
        (
            lambda x: x.relu() - (-x).relu(),
            0.0,
            False,
            "of relu(x), relu(v2): L has the same slope on both sides, while the gradient follows the convention",
        ),
        (
            lambda x: at.floor(x) * (x - 3.0),
            3.0,
            False,
            "; there is a jump between x - h and x + h, of floor(x): "
            "the slope of L is 2 on the left and 3 on the right" + MEAN,
        ),
        (
            abs,
            0.0,
            True,
            "the slope of L is -1 on the left and 1 on the right" + MEAN,
        ),
        (
            lambda x: (at.sinh(x) + 1.0 - 1.0).relu(),
            1e-15,
            False,
            "of relu(v3): the slope of L is 0 on the left and 1 on the right" + MEAN,
        ),
        (
            lambda x: (x.abs()) ** 0.5,
            0.0,
            False,
            "of abs(x), v1 ** 0.5: the gradient is not finite, so it has no difference to agree with",
        ),
    ],
)
def test_effect_of_a_kink_is_measured(
    function: Callable[[Value], Value],
    number: float,
    agrees: bool,
    end: str,
) -> None:
    result = check(function, number)
    assert result.agrees is agrees
    assert repr(result).endswith(end)


@pytest.mark.parametrize("number", [1e-9, 1e-14, -1e-12])
def test_kink_close_by_is_avoided(number: float) -> None:
    result = check(at.relu, number)
    assert (result.agrees, result.kinks, result.difference) == (True, (), float(number > 0.0))


# ── one notion of agreement, with `check_gradients` ──────────────────────────────────────────────────────────


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "line",
    [
        "x**3 x=0",
        "x**5 x=0",
        "sin(x)**3 x=0",
        "(x-7)**3 x=7",
        "(x-y)**2 x=2 y=2",
        "(w*x-y)**3 w=2 x=3 y=6",
        "(tanh(w*x)-tanh(y))**2 x=0.3 w=3 y=0.9",
        "(x*0.1-0.3)**2 x=3",
        "(x*0.1-0.3)**4 x=3",
        "(softplus(x)-softplus(1.7))**2 x=1.7",
        "(log(x)-log(y))**2 x=0.7 y=0.7",
        "x-y x=1e10 y=2",
        "1e6*x*x-y x=3 y=2",
        "(1e10+x*x)-1e10+y x=3 y=1",
        "exp(x) x=700",
    ],
)
def test_right_gradient_agrees_in_both_tools(line: str) -> None:
    text, *assigned = line.split(" ")
    numbers = {name: float(number) for name, number in (pair.split("=") for pair in assigned)}
    expression = parse(text)
    table = compare_gradients(
        lambda *xs: expression.evaluate(**dict(zip(numbers, xs, strict=True))), [*numbers.values()]
    )
    trace = expression.evaluate(**{name: Value(x, label=name) for name, x in numbers.items()}).trace()
    for name, verdict in zip(numbers, table.verdicts, strict=True):
        result = trace.check(name)
        assert (result.agrees, result.kinks, verdict) == (True, (), "agrees"), result
        assert "disagree" not in repr(result)


def test_error_of_the_difference_is_told() -> None:
    assert repr(check(lambda x: x**3, 0.0)) == (
        "∂L/∂x = 0 by the chain rule, 1e-16 by the central difference with h = 1e-08: "
        "they agree within the error of the difference, 1e-14"
    )


def test_difference_hidden_by_rounding_is_told() -> None:
    result = check(lambda x: x.sin() + 1e13, 0.3)
    assert result.is_hidden
    assert ": rounding hides the difference, whose error is up to " in repr(result)


def test_function_that_bends_in_a_small_step_is_checked() -> None:
    result = check(lambda x: (1e8 * x).sin(), 1.0)
    assert result.agrees
    assert result.difference == pytest.approx(result.gradient, rel=1e-3)


def test_check_uses_a_number_that_was_set() -> None:
    x = Value(2.0, label="x")
    trace = (x * x).trace()
    trace.set(x, 10.0)
    assert trace.check(x).gradient == 20.0
    assert trace.check(x).difference == pytest.approx(20.0)


def test_check_keeps_the_cursor() -> None:
    x = Value(2.0, label="x")
    trace = (x * x).trace()
    trace.goto(2)
    assert trace.check(x).gradient == 4.0
    assert trace.cursor == 2


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_infinite_value_has_no_difference(number: float) -> None:
    result = check(lambda x: x * x, number)
    assert math.isnan(result.difference)
    assert not result.agrees


def test_infinite_inner_value_keeps_the_difference() -> None:
    result = check(lambda x: 1.0 / x.exp(), 800.0)
    assert math.isnan(result.gradient)
    assert result.difference == 0.0


def test_class_index_has_no_difference() -> None:
    target = Value(1.0, label="target")
    result = at.cross_entropy([Value(0.5), Value(0.25)], target).trace().check(target)
    assert (result.gradient, result.kinks) == (0.0, ())
    assert repr(result) == (
        "∂L/∂target = 0 by the chain rule, nan by the central difference with h = 1e-05: relative error nan; "
        "there is no difference, because L is not finite on one side"
    )


def test_infinite_gradient_does_not_agree() -> None:
    assert not check(at.sqrt, 0.0).agrees


def test_largest_float_has_no_step() -> None:
    assert math.isnan(check(lambda x: x * 0.5, sys.float_info.max).difference)


def test_check_prints_as_a_sentence() -> None:
    assert repr(check(lambda x: x * -3.0, 2.0)).startswith(
        "∂L/∂x = -3 by the chain rule, -3 by the central difference with h = 0.0002: relative error "
    )


def test_kink_beside_x_is_told_from_one_at_x() -> None:
    x = Value(0.0, label="x")
    trace = at.relu(x - 1e-4).trace()
    line = _Line(trace, trace.position(x))
    assert line.check((1e-2, 1e-3)).effect == "mixed"
    assert line.check((1e-5, 1e-6)).effect == ""


def test_step_of_the_difference_is_not_named_as_a_node_is() -> None:
    h, d = Value(0.0, label="h"), Value(0.0, label="d")
    assert " with h = 1e-06: " in repr(Value(1.0, label="a").sin().trace().check("a"))
    assert " with d = 1e-08: " in repr(h.sin().trace().check("h"))
    text = repr((h.relu() - d).trace().check("h"))
    assert " with η = 0.0001: relative error 1; there is a kink between h - η and h + η, of relu(h): " in text
    h.data = 1.0
    text = repr((h.floor() + h).trace().check("h"))
    assert "between h - d and h + d, of floor(h): the value jumps there, which the difference divides by 2d, " in text
