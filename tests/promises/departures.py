"""The departures from PyTorch's records, each with its reason, and the numbers that are right there.

`python -m tests.promises.departures` writes the table of all of them, `departures.md`; a test compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import mpmath

from tests.promises.edge_oracle import RECORDS, ULPS, Record, as_number, departs, distance, expected_of, outcome
from tests.references import log_sum_exp, step

TABLE = Path(__file__).with_name("departures.md")


class Departure(NamedTuple):
    """Records of one operation that differ for one reason, and the exact numbers, None for one not checked."""

    op: str
    reason: str
    true: Callable[..., list[Any]]
    cases: list[list[Any]]


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


def exact_sinc(x: Any) -> list[Any]:
    value = mpmath.sinpi(x) / (mpmath.pi * x)
    return [value, (mpmath.cospi(x) - value) / x]


DEPARTURES = [
    Departure(
        "asinh",
        "PyTorch's 1/√(x² + 1) overflows to 0",
        lambda x: [mpmath.asinh(x), 1 / mpmath.sqrt(x * x + 1)],
        [[-1e155], [-1.7976931348623157e308]],
    ),
    Departure(
        "acosh",
        "PyTorch's 1/√(x² - 1) overflows to 0; left of the domain both extend it evenly",
        lambda x: [mpmath.acosh(x) if x > 1 else mpmath.nan, 1 / mpmath.sqrt(x * x - 1)],
        [[1e155], [-1e155], [1e300], [1.7976931348623157e308]],
    ),
    Departure(
        "sinc",
        "PyTorch's cos πx - sinc x cancels near 0",
        exact_sinc,
        [[1e-320], [1e-20]],
    ),
    Departure(
        "sinc",
        "PyTorch rounds π·x, which shifts the phase, and its π·x² overflows to 0",
        exact_sinc,
        [
            *([x] for x in (1.0, 6.0, 10.0, 20.0, 20.5, 30.0, 36.8, 709.79, 710.0, 1e8, 4503599627370496.0)),
            *([x] for x in (-0.9999999999999999, -6.0, -30.0, -37.5, -708.5, -745.2, -746.0, -1000.0)),
            *([x] for x in (1e154, 1e300, -1.7976931348623157e308)),
        ],
    ),
    Departure(
        "atan",
        "PyTorch's 1 + x² overflows, and the partial is 0",
        lambda x: [mpmath.atan(x), 1 / (1 + x * x)],
        [[1e155], [-1e155]],
    ),
    Departure(
        "log10",
        "PyTorch's x·ln 10 overflows, and the partial is 0",
        lambda x: [mpmath.log10(x) if x > 0 else mpmath.nan, 1 / (x * mpmath.log(10))],
        [[1.7976931348623157e308], [-1.7976931348623157e308]],
    ),
    Departure(
        "mish",
        "PyTorch's eˣ underflows to 0 before x·eˣ does",
        lambda x: [x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))), mpmath.exp(x) * (1 + x)],
        [[-746.0]],
    ),
    Departure(
        "hypot_x_x",
        "PyTorch divides by a radius that is subnormal, and so has few bits, or infinite",
        lambda x: [mpmath.sqrt(2) * abs(x), mpmath.sqrt(2) * mpmath.sign(x)],
        [[-5e-324], [1.7976931348623157e308]],
    ),
    Departure(
        "log_of_sigmoid",
        "PyTorch's sigmoid′ is (1 - z)·z, and 1 - z is rounded to an ulp of 1; ours is not",
        lambda x: [None, 1 / (1 + mpmath.exp(x))],
        [[6.0], [10.0], [20.5], [30.0], [36.8]],
    ),
    Departure(
        "log_of_softmax_naive",
        "the slope is 1 - e/(e + 1), rounded to an ulp of 1 on either side",
        lambda x: [None, mpmath.mpi(-1e-15, 1e-15) + 1 / (1 + mpmath.exp(x))],
        [[10.0], [20.0], [30.0]],
    ),
    Departure(
        "bce",
        "PyTorch refuses numbers outside of [0, 1]; ours is the formula, nan for such a probability",
        lambda p, target: [None if 0 <= p <= 1 else mpmath.nan, None, None],
        [as_number(record["args"]) for record in RECORDS["bce"] if "error" in record],
    ),
    Departure(
        "hypot", "PyTorch's 0/0 is nan; ours is the subgradient of smallest norm", length_of_zero, [[0.0, 0.0]]
    ),
    Departure("hypot_x_x", "PyTorch's 0/0 is nan; ours is the subgradient of smallest norm", length_of_zero, [[0.0]]),
    Departure(
        "pow_const_exp",
        "PyTorch rounds c - 1, which counts where x is tiny",
        lambda x, c: [x**c, c * x ** (c - 1)],
        [[5e-324, 0.3333333333333333], [1e-200, 0.3333333333333333]],
    ),
    Departure(
        "logsumexp",
        "PyTorch's e^(x - z) has the rounding of z, which counts where z is large",
        lambda xs: [log_sum_exp(xs), *(1 / mpmath.mpf(2) for _ in xs)],
        [[[-1000.0, -1000.0]], [[1e200, 1e200]]],
    ),
    Departure(
        "gelu_tanh",
        "PyTorch's x³ overflows, and 0·∞ is nan",
        lambda x: [x * step(x > 0), step(x > 0)],
        [[-1e155], [1e200]],
    ),
    Departure(
        "log_of_sigmoid",
        "PyTorch's 1/(1 + e⁷¹⁰) overflows to 0; ours is a subnormal number, whose reciprocal overflows in turn",
        lambda x: [mpmath.log(1 / (1 + mpmath.exp(-x))), None],
        [[-710.0]],
    ),
    Departure(
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
    Departure(
        "bce_logits",
        "the record's exact gradient lost 2.5e-201 beside ½",
        loss_of_logit,
        [[1e-200, 0.5]],
    ),
    Departure(
        "bce_logits",
        "PyTorch subtracts one infinity from another; the loss of an infinitely wrong logit is infinite",
        lambda x, target: [mpmath.inf * mpmath.sign(target), -target, -x],
        [[-math.inf, t] for t in (5e-324, 1e-200, 1e-16, -1.0, -1000.0, -math.inf)],
    ),
    Departure(
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
    Departure(
        "log_softmax_01",
        "PyTorch's log Σ e^(xᵢ - m) and 1 - p are rounded to an ulp of 1, and to 0 where one logit leads",
        log_softmax_beside_zero,
        [[20.0], [30.0], [100.0], [709.7], [709.79], [710.0]],
    ),
    Departure(
        "norm2",
        "PyTorch's sum of squares overflows or underflows",
        length_and_direction,
        [[[1e200, 1e200]], [[1e-320, 1e-320]]],
    ),
]
"""Groups of records, by operation and reason."""


def key(op: str, args: Sequence[Any]) -> tuple[str, str]:
    return op, repr(args)


def reasons_by_record(departures: Sequence[Departure] = DEPARTURES) -> dict[tuple[str, str], str]:
    """Return the reason of each departure, by operation and operands."""
    return {key(group.op, args): group.reason for group in departures for args in group.cases}


def found() -> list[Record]:
    """Return the records from which we depart, in their order."""
    return [record for records in RECORDS.values() for record in records if departs(record)]


def mistakes(departures: Sequence[Departure] = DEPARTURES) -> list[str]:
    """Return a message for each departure without a row, for each row without a departure, and each wrong number."""
    reasons = reasons_by_record(departures)
    records = {key(record["op"], as_number(record["args"])) for record in found()}
    missing = [f"{op}{args}: no row gives the reason" for op, args in sorted(records - reasons.keys())]
    stale = [f"{op}{args}: this row agrees with its record" for op, args in sorted(reasons.keys() - records)]
    return (
        missing
        + stale
        + [wrong for group in departures for args in group.cases for wrong in wrong_numbers(group, args)]
    )


def wrong_numbers(group: Departure, args: Sequence[Any]) -> list[str]:
    """Return a message for each of our numbers that is not the exact one, which the reason claims."""
    ours = outcome(group.op, args)
    with mpmath.workdps(1500):
        exact = group.true(
            *[[mpmath.mpf(x) for x in arg] if isinstance(arg, list) else mpmath.mpf(arg) for arg in args]
        )
        few_digits = 5e-324 / abs(ours[0]) if ours[0] else 0.0  # of a subnormal value, and so of its partials
        return [
            f"{group.op}{args}, number {place}: {x!r} instead of {mpmath.nstr(true, 17)}"
            for place, (x, true) in enumerate(zip(ours, exact, strict=True))
            if not is_right(x, true, few_digits)
        ]


def is_right(ours: float, true: Any, few_digits: float) -> bool:
    if true is None:
        return True
    if isinstance(true, mpmath.ctx_iv.ivmpf):
        return ours in true
    return distance(ours, float(true)) <= 4.0 or abs(ours - float(true)) <= few_digits * abs(float(true))


def text(numbers: Sequence[float] | str) -> str:
    return numbers if isinstance(numbers, str) else ", ".join(f"{x:.12g}" for x in numbers)


def table() -> str:
    """Return `departures.md`."""
    records = found()
    total = sum(map(len, RECORDS.values()))
    lines = [
        "# Departures from PyTorch",
        "",
        f"Of the {total} records in [edge-cases.json](../data/edge-cases.json), PyTorch's values and gradients at",
        f"the edges of the domains, {total - len(records)} agree, to {ULPS:.0f} ulp and in every inf, nan and zero.",
        f"The other {len(records)} are below, with the value and the gradients.",
        "`python -m tests.promises.departures` writes this table; a test compares it.",
        "",
        "| operation | operands | autograd_tiny | record | reason |",
        "|---|---|---|---|---|",
    ]
    reasons = reasons_by_record()
    for record in records:
        args = as_number(record["args"])
        theirs = record["error"].partition(":")[0] if "error" in record else expected_of(record)
        reason = reasons.get(key(record["op"], args), "")
        ours = text(outcome(record["op"], args))
        lines.append(f"| {record['op']} | {args} | {ours} | {text(theirs)} | {reason} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
