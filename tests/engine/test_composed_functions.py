"""Functions composed of primitives: values, gradients, agreement with Python and PyTorch, and errors."""

from __future__ import annotations

import builtins
import math
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value, check_gradients, no_grad
from autograd_tiny.errors import LengthError, OperandError, SignatureError
from autograd_tiny.primitives import ieee_functions as floats
from autograd_tiny.primitives import table
from autograd_tiny.symbolic.symbol import Symbol

numbers = st.floats(-100.0, 100.0)
samples = st.lists(numbers, min_size=2, max_size=6)


@pytest.mark.parametrize(
    ("function", "point"),
    [
        (at.log, [5.0, 3.0]),
        (at.prelu, [-2.0, 0.25]),
        (lambda x: at.gelu(x, approximate="tanh"), [0.7]),
        (at.gelu, [0.7]),
        (lambda *xs: at.var(xs), [1.0, 4.0, -2.0]),
        (lambda *xs: at.var(xs, correction=0), [1.0, 4.0, -2.0]),
        (lambda *xs: at.std(xs), [1.0, 4.0, -2.0]),
        (lambda a, b, c, d: at.dist([a, b], [c, d]), [1.0, 4.0, -2.0, 3.0]),
        (at.max, [1.0, 4.0, -2.0]),
        (lambda *xs: at.min(xs, key=at.abs), [1.5, 4.0, -2.0]),
        (lambda x, y: at.add(*divmod(x, y)), [7.3, 2.0]),
    ],
)
def test_gradients_agree_with_differences(function: Callable[..., Any], point: list[float]) -> None:
    assert all(check.error < 1e-6 for check in check_gradients(function, point))


@given(x=st.floats(0.01, 1e6), base=st.floats(1.5, 100.0))
def test_log_to_base_agrees_with_math(x: float, base: float) -> None:
    assert at.log(x) == at.log(Value(x)).data == math.log(x)
    assert at.log(x, base) == at.log(Value(x), base).data == at.log(x, Value(base)).data == math.log(x, base)


def test_log_to_base_1_is_infinite() -> None:
    assert at.log(2.0, 1.0) == math.inf
    assert at.log(np.array([1.0, 8.0]), 2.0).tolist() == [0.0, 3.0]


def test_wrapped_functions_keep_their_primitive() -> None:
    rows = [at.log.primitive, at.gelu.primitive, at.max.primitive, at.min.primitive]
    assert [row.name for row in rows] == ["log", "gelu", "max", "min"]
    assert (at.fabs.primitive, at.logsigmoid) == (at.abs.primitive, at.log_sigmoid)


def test_gelu_with_unknown_approximation_raises() -> None:
    with pytest.raises(SignatureError, match=r"gelu\(x, approximate\) got approximate='tan'; write \"none\" or"):
        at.gelu(1.0, approximate="tan")
    assert at.gelu(Value(1.0), "tanh").primitive is at.gelu_tanh.primitive


# ── max and min ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.no_cover
@given(xs=samples)
@pytest.mark.parametrize("name", ["max", "min"])
def test_max_and_min_agree_with_python(name: str, xs: list[float]) -> None:
    ours, theirs = getattr(at, name), getattr(builtins, name)
    assert ours(xs) == ours(*xs) == ours([Value(x) for x in xs]).data == ours(*map(Value, xs)).data == theirs(xs)
    assert ours(xs, key=at.abs) == ours(*xs, key=at.abs) == theirs(xs, key=abs)
    assert ours(xs, default=7.0) == theirs(xs)


def test_max_of_value_and_number_is_one_node() -> None:
    x = Value(2.0)
    assert at.max(x, 3).inputs == (x,)
    assert (at.max(x, 3).data, at.min(1, 2), at.max(iter([x, 1.0])).data) == (3.0, 1.0, 2.0)


def test_max_with_key_returns_the_element() -> None:
    xs = [Value(1.0), Value(-3.0), Value(3.0)]
    assert at.max(xs, key=lambda x: x * x) is xs[1]
    assert at.min([("b", 2), ("a", 1)], key=lambda pair: pair[1]) == ("a", 1)


def test_max_of_empty_list_gives_default_or_raises() -> None:
    assert at.max([], default=None) is None
    assert at.min([], key=abs, default=2.0) == 2.0
    for call in (lambda: at.max([]), at.max, lambda: at.max([], key=abs)):
        with pytest.raises(LengthError, match="max got a list of length 0"):
            call()


@pytest.mark.parametrize("operands", [(3.0,), ("ab",), (None,)])
def test_max_of_single_number_raises(operands: tuple[Any, ...]) -> None:
    with pytest.raises(OperandError, match=r"max got .*; it takes a list of numbers"):
        at.max(*operands)


# ── var, std and dist ─────────────────────────────────────────────────────────────────────────────────────────


@given(xs=samples)
def test_var_and_std_agree_with_statistics(xs: list[float]) -> None:
    tolerance = 1e-9 * (1.0 + builtins.max(map(abs, xs)) ** 2)
    for correction, true in ((1, statistics.variance(xs)), (0, statistics.pvariance(xs))):
        assert at.var(xs, correction) == at.var(list(map(Value, xs)), correction).data
        assert at.var(xs, correction) == pytest.approx(true, rel=1e-12, abs=tolerance)
        assert at.std(xs, correction=correction) ** 2 == pytest.approx(true, rel=1e-12, abs=tolerance)


def test_std_of_equal_numbers_has_gradient_zero() -> None:
    xs = [Value(2.0), Value(2.0)]
    z = at.std(xs)
    z.backward()
    assert (z.data, [x.grad for x in xs]) == (0.0, [0.0, 0.0])


def test_var_without_degrees_of_freedom() -> None:
    assert math.isnan(at.var([2.0]))
    assert math.isnan(at.std([Value(2.0)]).data)
    assert at.var([2.0, 3.0], correction=3) == math.inf


def test_std_of_large_numbers_does_not_overflow() -> None:
    assert at.std([1e200, -1e200], correction=0) == 1e200


@pytest.mark.parametrize("name", ["var", "std"])
def test_var_and_std_of_bad_samples_raise(name: str) -> None:
    function = getattr(at, name)
    with pytest.raises(LengthError, match=f"^{name} got a list of length 0"):
        function([])
    for bad in (3.0, "ab", np.ones((2, 2)), [1.0, None]):
        with pytest.raises(OperandError, match=f"^{name} got"):
            function(bad)
    with pytest.raises(OperandError, match=f"^{name} got"):
        function([1.0, 2.0], correction="1")


@given(p=st.lists(numbers, max_size=4))
def test_dist_agrees_with_math(p: list[float]) -> None:
    q = [2.0 * x - 1.0 for x in p]
    assert at.dist(p, q) == pytest.approx(math.dist(p, q), rel=1e-15)


def test_dist_of_different_dimensions_raises() -> None:
    with pytest.raises(LengthError, match="dist got p of length 1 and q of length 2"):
        at.dist([1.0], [1.0, 2.0])
    with pytest.raises(OperandError, match=r"^dist got"):
        at.dist([1.0], ["a"])


@pytest.mark.parametrize("ddof", [0, 1])
def test_numpy_var_and_std_take_values(ddof: int) -> None:
    data = np.array([[1.0, 4.0, -2.0], [0.5, 2.0, 8.0]])
    leaves = np.array([[Value(x) for x in row] for row in data])
    variance, deviations = np.var(leaves, ddof=ddof), np.std(leaves, axis=1, ddof=ddof)
    assert variance.data == pytest.approx(np.var(data, ddof=ddof), rel=1e-14)
    assert [z.data for z in deviations] == pytest.approx(np.std(data, axis=1, ddof=ddof), rel=1e-14)
    variance.backward()
    expected = 2.0 * (data - data.mean()) / (data.size - ddof)
    assert [x.grad for x in leaves.flat] == pytest.approx(expected.ravel(), rel=1e-12)


# ── softmax, log_softmax and softmin ──────────────────────────────────────────────────────────────────────────

lists = st.lists(st.floats() | st.sampled_from([0.0, 40.0, 800.0, -800.0]), min_size=1, max_size=6)
SOFTMAXES = {"softmax": table.softmax, "log_softmax": table.log_softmax}
every_softmax = pytest.mark.parametrize("name", SOFTMAXES)
every_softmax_or_softmin = pytest.mark.parametrize("name", [*SOFTMAXES, "softmin"])


@pytest.mark.no_cover
@every_softmax
@given(xs=lists)
@example(xs=[math.inf])
def test_softmax_agrees_with_table(name: str, xs: list[float]) -> None:
    nodes = [Value(x) for x in xs]
    for ours, theirs in zip(getattr(at, name)(nodes), SOFTMAXES[name](nodes), strict=True):
        assert ours.primitive is theirs.primitive
        assert ours.inputs == theirs.inputs == tuple(nodes)
        assert ours.operands == theirs.operands
        np.testing.assert_array_equal([ours.data, *ours.partials], [theirs.data, *theirs.partials])


@pytest.mark.no_cover
@every_softmax
@given(xs=lists)
def test_softmax_of_floats_gives_same_floats(name: str, xs: list[float]) -> None:
    outputs = getattr(at, name)(xs)
    assert {type(output) for output in outputs} == {float}
    np.testing.assert_array_equal(outputs, SOFTMAXES[name](xs))
    np.testing.assert_array_equal(outputs, [node.data for node in getattr(at, name)([Value(x) for x in xs])])


@every_softmax
def test_softmax_of_values_and_numbers(name: str) -> None:
    x = Value(2.0)
    outputs = getattr(at, name)([1, x, np.float32(0.5)])
    assert [output.inputs for output in outputs] == [(x,)] * 3
    assert [output.data for output in outputs] == getattr(at, name)([1.0, 2.0, 0.5])


@every_softmax
def test_softmax_computes_exponentials_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counting(xs: Any) -> Any:
        calls.append(len(xs))
        return shifted(xs)

    shifted = floats.shifted_exponentials
    monkeypatch.setattr(floats, "shifted_exponentials", counting)
    assert len(getattr(at, name)([Value(float(i)) for i in range(50)])) == 50
    assert calls == [50, 50]  # for the values, and for the partials


@every_softmax
def test_softmax_in_no_grad_records_nothing(name: str) -> None:
    with no_grad():
        assert [output.inputs for output in getattr(at, name)([Value(1.0), Value(2.0)])] == [(), ()]


def test_softmin_is_softmax_of_negatives() -> None:
    xs = [Value(1.0), Value(3.0), Value(2.0)]
    outputs = at.softmin(xs)
    assert [output.data for output in outputs] == at.softmin([1, 3.0, 2]) == at.softmax([-1.0, -3.0, -2.0])
    outputs[0].backward()
    assert [x.grad < 0.0 for x in xs] == [True, False, False]


def test_softmax_of_symbols_and_arrays() -> None:
    assert [str(output) for output in at.softmax([Symbol("a"), 1.0])] == ["softmax([a, 1])[0]", "softmax([a, 1])[1]"]
    first, second = at.softmax([np.array([0.0, 1.0]), np.array([0.0, 1.0])])
    np.testing.assert_array_equal([first, second], [[0.5, 0.5], [0.5, 0.5]])


@every_softmax_or_softmin
@pytest.mark.parametrize("xs", [3, None, Value(3.0), "ab", {1.0: 2.0}, np.array(3.0)])
def test_softmax_of_non_list_raises(name: str, xs: Any) -> None:
    with pytest.raises(OperandError, match=rf"^{name} got .*; it takes a list of numbers"):
        getattr(at, name)(xs)


MATRICES: list[Callable[[], Any]] = [
    lambda: [[1, 2], [3, 4]],
    lambda: np.ones((2, 2)),
    lambda: np.array([[Value(1.0)], [Value(2.0)]]),
    lambda: [Value(1.0), "a"],
    lambda: [1j],
    lambda: [1.0, None],
]


@every_softmax_or_softmin
@pytest.mark.parametrize("make", MATRICES)
def test_softmax_of_non_numbers_raises(name: str, make: Callable[[], Any]) -> None:
    with pytest.raises(OperandError, match=rf"^{name} got .*; it takes Values and real numbers") as caught:
        getattr(at, name)(make())
    assert caught.value.primitive == name


@every_softmax_or_softmin
def test_softmax_of_empty_list_raises(name: str) -> None:
    with pytest.raises(LengthError, match=f"^{name} got a list of length 0"):
        getattr(at, name)([])


def test_star_import_leaves_what_the_functions_of_python_do_with_plain_numbers() -> None:
    names: dict[str, Any] = {}
    exec("from autograd_tiny import *", names)
    for source in (
        "max(2, 3)", "min([2, True])", "max([1, 2], [3])", "sum([1, 2])", "sum([[1], [2]], [])", "sum(((1,),), ())",
        "sum(range(4), 2)", "abs(-3)", "abs(-10**400)", "round(2.5)", "round(7)", "round(2.567, 1)",
        "round(2.5, None)", "pow(2, 3)", "pow(2, -1)", "pow(2, 3, 5)", "max([3, -4], key=abs)", "sum([], 0)",
        "max(2.5, 1.0)",
    ):  # fmt: skip
        ours, pythons = eval(source, names), eval(source)
        assert (ours, type(ours)) == (pythons, type(pythons)) or source == "sum([], 0)", source
    node = Value(2.5)
    assert [at.round(node).data, at.round(node, None).data, at.pow(node, 2).data] == [2.0, 2.0, 6.25]
