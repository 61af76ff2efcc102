"""Compare the public functions with PyTorch at the edges of their domains: the records of data/edge-cases.json.

A record holds an operation, its operands, and the value and gradients of PyTorch. Some also hold the exact ones,
which count where they differ from PyTorch's by more than 64 ulp. EXCEPTIONS lists the records from which we differ,
with the reason; there our numbers are compared with mpmath's.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import mpmath
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import LengthError
from tests.data import stored
from tests.references import log_sum_exp, step

Record = dict[str, Any]
ULPS = 64.0
RECORDS: dict[str, list[Record]] = defaultdict(list)
for entry in stored("edge-cases"):
    RECORDS[entry["op"]].append(entry)


# ── the operations ────────────────────────────────────────────────────────────────────────────────────────────


def naive_log_of_softmax(x: Value) -> Value:
    power = at.exp(x)
    return at.log(power / (power + 1.0))


COMPOSED: dict[str, Callable[..., Any]] = {
    "gelu_erf": at.gelu,
    "bce": at.binary_cross_entropy,
    "bce_logits": at.binary_cross_entropy_with_logits,
    "norm2": at.norm,
    "clamp_tensor": at.clamp,
    "clamp_const": at.clamp,
    "clamp_m1_1": lambda x: at.clamp(x, -1.0, 1.0),
    "clamp_min_0": lambda x: at.clamp(x, min=0.0),
    "clamp_max_0": lambda x: at.clamp(x, max=0.0),
    "pow": lambda x, y: x**y,
    "pow_const_exp": lambda x, c: x**c,
    "pow_const_base": lambda c, x: c**x,
    "softmax0": lambda xs: at.softmax(xs)[0],
    "log_softmax0": lambda xs: at.log_softmax(xs)[0],
    "log_softmax_01": lambda x: at.log_softmax([x, 0.0])[0],
    "cross_entropy0": lambda xs: at.cross_entropy(xs, 0),
    "x_mul_x": lambda x: x * x,
    "x_div_x": lambda x: x / x,
    "x_sub_x": lambda x: x - x,
    "x_add_x": lambda x: x + x,
    "pow_x_x": lambda x: x**x,
    "max_x_x": lambda x: at.maximum(x, x),
    "hypot_x_x": lambda x: at.hypot(x, x),
    "where_log": lambda x: at.where(x > 0.0, at.log(x), 0.0),
    "where_sqrt": lambda x: at.where(x > 0.0, at.sqrt(x), 0.0),
    "where_exp": lambda x: at.where(x < 0.0, at.exp(x), 1.0),
    "double_where_log": lambda x: at.where(x > 0.0, at.log(at.where(x > 0.0, x, 1.0)), 0.0),
    "double_where_sqrt": lambda x: at.where(x > 0.0, at.sqrt(at.where(x > 0.0, x, 1.0)), 0.0),
    "abs_via_sqrt_sq": lambda x: at.sqrt(x * x),
    "sqrt_of_square": lambda x: at.sqrt(at.square(x)),
    "relu_sub_relu_neg": lambda x: at.relu(x) - at.relu(-x),
    "log_of_exp": lambda x: at.log(at.exp(x)),
    "log_of_sigmoid": lambda x: at.log(at.sigmoid(x)),
    "log_of_softmax_naive": naive_log_of_softmax,
}
CONSTANTS = {"clamp_const": {1, 2}, "pow_const_exp": {1}, "pow_const_base": {0}, "where": {0}}
"""The positions of the operands that a record holds constant; it has gradients for the others only."""

CANCELLING = {
    "log_of_sigmoid": "PyTorch's sigmoid′ is (1 - z)·z, and 1 - z is rounded to an ulp of 1; ours is not",
    "log_of_softmax_naive": "the slope is 1 - e/(e + 1), rounded to an ulp of 1 on either side",
}
"""Why the gradients of an operation agree to a few ulp of 1 only."""


def run(op: str, args: Sequence[Any], constants: set[int]) -> tuple[float, list[Any]]:
    """Return the value and the gradients of all operands that are not constant, one for each number."""
    operands = [
        arg if i in constants else [Value(x) for x in arg] if isinstance(arg, list) else Value(arg)
        for i, arg in enumerate(args)
    ]
    node = COMPOSED[op](*operands) if op in COMPOSED else getattr(at, op)(*operands)
    if isinstance(node, float):  # nothing to differentiate: the norm of no numbers
        return node, []
    node.backward()
    return node.data, [leaf.grad for leaf in numbers_in(operands) if isinstance(leaf, Value)]


def numbers_in(items: Any) -> Iterator[Any]:
    for item in items:
        if isinstance(item, list):
            yield from numbers_in(item)
        else:
            yield item


def as_number(item: Any) -> Any:
    """Return an item of a record as numbers: some are stored as text, and nan as null."""
    if isinstance(item, list):
        return [as_number(x) for x in item]
    return item if isinstance(item, bool) else math.nan if item is None else float(item)


# ── comparison with a record ──────────────────────────────────────────────────────────────────────────────────


def distance(x: float, y: float) -> float:
    """Return how far two floats are apart, in ulp of the larger."""
    if x == y or (x != x and y != y):
        return 0.0
    if not (math.isfinite(x) and math.isfinite(y)):
        return math.inf
    return abs(x / 2.0 - y / 2.0) / max(math.ulp(max(abs(x), abs(y)) / 2.0), 5e-324)


def expected_of(record: Record) -> list[float]:
    """Return the value that a record expects, and then the gradients."""
    measured = [as_number(record["value"]), *numbers_in(as_number(record["grads"]))]
    if "exact_value" not in record:
        return measured
    exact = [as_number(record["exact_value"]), *numbers_in(as_number(record["exact_grads"]))]
    if record["op"] == "mish" and record["exact_grads"] == [None]:
        exact[1] = measured[1]  # the exact gradients of mish were not computed
    return [e if distance(m, e) > ULPS else m for m, e in zip(measured, exact, strict=True)]


def mismatches(op: str, args: Sequence[Any], ours: Sequence[float], expected: Sequence[float]) -> list[str]:
    """Return a message for each number that differs from the expected one: the value first, then the gradients."""
    found = []
    for position, (x, y) in enumerate(zip(ours, expected, strict=True)):
        cancels = position > 0 and op in CANCELLING and abs(x - y) <= 4.0 * math.ulp(1.0)
        wrong_zero = position == 0 and x == y == 0.0 and math.copysign(1.0, x) != math.copysign(1.0, y)
        if wrong_zero or (distance(x, y) > ULPS and not cancels):
            found.append(f"{op}{tuple(args)}, number {position}: {x!r} instead of {y!r}")
    return found


# ── exceptions ────────────────────────────────────────────────────────────────────────────────────────────────


def slopes_of_angle(y: Any, x: Any) -> list[Any]:
    return [mpmath.atan2(y, x), x / (x * x + y * y), -y / (x * x + y * y)]


def others_multiplied(xs: list[Any]) -> list[Any]:
    return [mpmath.fprod(xs), *(mpmath.fprod(xs[:i] + xs[i + 1 :]) for i in range(len(xs)))]


def length_and_direction(xs: list[Any]) -> list[Any]:
    norm = mpmath.sqrt(mpmath.fdot(xs, xs))
    return [norm, *(x / norm for x in xs)]


def length_of_zero(*xs: Any) -> list[Any]:
    return [mpmath.mpf(0), *xs]


def loss_of_logit(x: Any, target: Any) -> list[Any]:
    loss = mpmath.log1p(mpmath.exp(x)) - x * target
    return [loss, 1 / (1 + mpmath.exp(-x)) - target, -x]


def log_softmax_beside_zero(x: Any) -> list[Any]:
    return [-mpmath.log1p(mpmath.exp(-x)), 1 / (1 + mpmath.exp(x))]


EXCEPTIONS: list[tuple[str, str, Callable[..., list[Any]], list[list[Any]]]] = [
    (
        "asinh",
        "PyTorch's 1/√(x² + 1) overflows to 0",
        lambda x: [mpmath.asinh(x), 1 / mpmath.sqrt(x * x + 1)],
        [[-1e155], [-1.7976931348623157e308]],
    ),
    (
        "acosh",
        "PyTorch's 1/√(x² - 1) overflows to 0; left of the domain both extend it evenly",
        lambda x: [mpmath.acosh(x) if x > 1 else mpmath.nan, 1 / mpmath.sqrt(x * x - 1)],
        [[1e155], [-1e155], [1e300], [1.7976931348623157e308]],
    ),
    (
        "sinc",
        "PyTorch's π·x² overflows to 0; beyond 2⁵³ the phase of π·x is lost, and the partial is anything in ±1/x",
        lambda x: [None, mpmath.mpi(-1 / x, 1 / x)],
        [[1e154], [1e300]],
    ),
    (
        "sinc",
        "PyTorch's cos πx - sinc x cancels near 0",
        lambda x: [mpmath.sinc(mpmath.pi * x), (mpmath.cos(mpmath.pi * x) - mpmath.sinc(mpmath.pi * x)) / x],
        [[1e-320], [1e-20]],
    ),
    ("hypot", "PyTorch's 0/0 is nan; ours is the subgradient of smallest norm", length_of_zero, [[0.0, 0.0]]),
    ("hypot_x_x", "PyTorch's 0/0 is nan; ours is the subgradient of smallest norm", length_of_zero, [[0.0]]),
    (
        "pow_const_exp",
        "PyTorch rounds c - 1, which counts where x is tiny",
        lambda x, c: [x**c, c * x ** (c - 1)],
        [[5e-324, 0.3333333333333333], [1e-200, 0.3333333333333333]],
    ),
    (
        "logsumexp",
        "PyTorch's e^(x - z) has the rounding of z, which counts where z is large",
        lambda xs: [log_sum_exp(xs), *(1 / mpmath.mpf(2) for _ in xs)],
        [[[-1000.0, -1000.0]], [[1e200, 1e200]]],
    ),
    (
        "gelu_tanh",
        "PyTorch's x³ overflows, and 0·∞ is nan",
        lambda x: [x * step(x > 0), step(x > 0)],
        [[-1e155], [1e200]],
    ),
    (
        "log_of_sigmoid",
        "PyTorch's 1/(1 + e⁷¹⁰) overflows to 0; ours is a subnormal number, whose reciprocal overflows in turn",
        lambda x: [mpmath.log(1 / (1 + mpmath.exp(-x))), None],
        [[-710.0]],
    ),
    (
        "atan2",
        "PyTorch's x² + y² overflows or underflows, and the partials with it",
        slopes_of_angle,
        [
            [-0.0, 5e-324],
            [-0.0, 1e-200],
            [5e-324, -0.0],
            [1e200, -0.0],
            [-1e200, -0.0],
            [1.7976931348623157e308, -0.0],
        ],
    ),
    (
        "bce_logits",
        "the record's exact gradient lost 2.5e-201 beside ½",
        loss_of_logit,
        [[1e-200, 0.5]],
    ),
    (
        "bce_logits",
        "PyTorch subtracts one infinity from another; the loss of an infinitely wrong logit is infinite",
        lambda x, target: [mpmath.inf * mpmath.sign(target), -target, -x],
        [[-math.inf, t] for t in (5e-324, 1e-200, 1e-16, -1.0, -1000.0, -math.inf)],
    ),
    (
        "prod",
        "PyTorch divides the product by each factor, which may be infinite or nan; ours is the product of the others",
        others_multiplied,
        [
            [[math.inf]],
            [[math.nan]],
            [[math.inf, -math.inf]],
            [[math.nan, 1.0]],
            [[1e-200, 1e-200, 5.0]],
            [[-1.7976931348623157e308, 1.7976931348623157e308]],
            [[1e-320, 1e-320]],
        ],
    ),
    (
        "log_softmax_01",
        "PyTorch's log Σ e^(xᵢ - m) and 1 - p are rounded to an ulp of 1, and to 0 where one logit leads",
        log_softmax_beside_zero,
        [[20.0], [30.0], [100.0], [709.7], [709.79], [710.0]],
    ),
    (
        "norm2",
        "PyTorch's sum of squares overflows or underflows",
        length_and_direction,
        [[[1e200, 1e200]], [[1e-320, 1e-320]]],
    ),
    (
        "hypot",
        "PyTorch divides 0 by 0 at the origin; ours is the subgradient of smallest norm, as of the norm",
        lambda x, y: [mpmath.mpf(0)] * 3,
        [[0.0, 0.0]],
    ),
    ("hypot_x_x", "as hypot", lambda x: [mpmath.mpf(0)] * 2, [[0.0]]),
]
EXCEPTED = {(op, repr(args)) for op, _, _, cases in EXCEPTIONS for args in cases}


# ── the tests ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("op", RECORDS)
def test_operation_agrees_with_its_records(op: str) -> None:
    found = []
    for record in RECORDS[op]:
        args = as_number(record["args"])
        if "error" not in record and (op, repr(args)) not in EXCEPTED:
            value, gradients = run(op, args, CONSTANTS.get(op, set()))
            found += mismatches(op, args, [value, *gradients], expected_of(record))
    assert found == []


TWO_OPERANDS = [op for op in RECORDS if len(RECORDS[op][0]["args"]) > 1 and op not in {*CONSTANTS, "pow"}]


@pytest.mark.parametrize("op", TWO_OPERANDS)
def test_constant_operands_change_no_other_gradient(op: str) -> None:
    found = []
    for record in RECORDS[op]:
        args = as_number(record["args"])
        if "error" in record or (op, repr(args)) in EXCEPTED:
            continue
        value, gradients = run(op, args, set())
        lengths = [len(arg) if isinstance(arg, list) else 1 for arg in args]
        for free, length in enumerate(lengths):
            first = sum(lengths[:free])
            alone = run(op, args, set(range(len(args))) - {free})
            found += mismatches(op, args, [alone[0], *alone[1]], [value, *gradients[first : first + length]])
    assert found == []


@pytest.mark.parametrize(
    ("op", "true", "args"),
    [pytest.param(op, true, args, id=f"{op}-{args}") for op, _, true, cases in EXCEPTIONS for args in cases],
)
def test_exception_agrees_with_mpmath(op: str, true: Callable[..., list[Any]], args: list[Any]) -> None:
    value, gradients = run(op, args, CONSTANTS.get(op, set()))
    with mpmath.workdps(1500):
        exact = true(*[[mpmath.mpf(x) for x in arg] if isinstance(arg, list) else mpmath.mpf(arg) for arg in args])
        for ours, x in zip([value, *gradients], exact, strict=True):
            if isinstance(x, mpmath.ctx_iv.ivmpf):
                assert ours in x
            elif x is not None:
                few_digits = 5e-324 / abs(value) if value else 0.0  # of a subnormal value, and so of its partials
                assert distance(ours, float(x)) <= 4.0 or abs(ours / float(x) - 1.0) <= few_digits


@pytest.mark.parametrize(("op", "args"), [(op, args) for op, _, _, cases in EXCEPTIONS for args in cases])
def test_exception_differs_from_its_record(op: str, args: list[Any]) -> None:
    (record,) = (record for record in RECORDS[op] if repr(as_number(record["args"])) == repr(args))
    value, gradients = run(op, args, CONSTANTS.get(op, set()))
    assert mismatches(op, args, [value, *gradients], expected_of(record))


@pytest.mark.parametrize("op", CANCELLING)
def test_cancelling_slope_differs_from_its_records(op: str) -> None:
    """An operation that agrees with its records does not belong into CANCELLING."""
    apart = []
    for record in RECORDS[op]:
        _, (slope,) = run(op, as_number(record["args"]), set())
        apart.append(ULPS < distance(slope, expected_of(record)[1]) < math.inf)
    assert any(apart)


@pytest.mark.parametrize(
    "op", sorted({record["op"] for op in RECORDS for record in RECORDS[op] if "error" in record})
)
def test_inputs_refused_by_pytorch(op: str) -> None:
    for record in RECORDS[op]:
        if "error" in record:
            args = as_number(record["args"])
            if args == [[]]:
                with pytest.raises(LengthError):
                    run(op, args, set())
            else:
                assert isinstance(run(op, args, set())[0], float)


def test_all_records_are_read() -> None:
    assert sum(len(records) for records in RECORDS.values()) == 7143


def test_wrong_number_is_reported() -> None:
    assert mismatches("tanh", [1.0], [1.0, 0.5], [1.0, 0.5]) == []
    assert mismatches("tanh", [1.0], [1.0, 0.5], [1.0 + 1e-13, 0.5]) == [
        "tanh(1.0,), number 0: 1.0 instead of 1.0000000000001"
    ]
    assert mismatches("relu", [0.0], [-0.0, 0.0], [0.0, -0.0]) == ["relu(0.0,), number 0: -0.0 instead of 0.0"]
    assert len(mismatches("log", [0.0], [-math.inf, math.nan], [math.inf, math.inf])) == 2
    assert len(mismatches("log_of_sigmoid", [9.0], [0.1, 1e-4], [0.1, 1e-4 + 1e-14])) == 1
