"""Promise: every row agrees with mpmath over all floats: value to 4 ulp, slopes to 8, second derivatives to 1e-12."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.primitives.table import cases, cos, cosh, equal, exp, sin, sinh
from tests import jets
from tests.promises import array_accuracy
from tests.promises.accuracy import FILE, ROWS, Figures, add, comparisons, full_size, measure, own_line, true_results
from tests.promises.own_bounds import OWN_BOUNDS
from tests.references import Reference, exact, fixed, reference_of
from tests.sampling import sizes


@pytest.mark.no_cover
@sizes("share", 0.004, 1.0)
def test_every_row_agrees_with_mpmath(share: float, report_figure: Callable[[str], None]) -> None:
    measured = [measure(row, round(share * full_size(row.name))) for row in ROWS.values()]
    worst = [max(measured, key=lambda figures: figures.worst[order].error) for order in range(3)]
    count = sum(figures.count for figures in measured)
    report_figure(f"{count} comparisons; the worst of value, first and second derivatives:")
    for figures in measured if share == 1.0 else worst:
        report_figure(str(figures))
    assert [miss for figures in measured for miss in figures.misses] == []
    assert share < 1.0 or count >= 10**6


@pytest.mark.no_cover
@sizes("share", 0.003, 0.2)
def test_array_code_agrees_with_mpmath(share: float) -> None:
    measured = [array_accuracy.measure(row, round(share * full_size(row.name))) for row in array_accuracy.ROWS]
    assert [miss for figures in measured for miss in figures.misses] == []


def test_table_of_array_code_has_every_row() -> None:
    lines = array_accuracy.FILE.read_text(encoding="utf-8").splitlines()
    rows = [line[2:].partition(" |")[0] for line in lines if line.startswith("| ") and not line.startswith("| row")]
    assert rows == [row.name for row in array_accuracy.ROWS], "run: python -m tests.promises.array_accuracy"


def test_table_of_figures_has_every_row() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = [line[2:].partition(" |")[0] for line in lines if line.startswith("| ") and not line.startswith("| row")]
    assert rows == [*ROWS, *(name for name in ROWS if name in OWN_BOUNDS)], "run: python -m tests.promises.accuracy"


def test_at_most_ten_rows_have_a_bound_of_their_own() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert len(OWN_BOUNDS) <= 10
    assert all(f"| {own_line(name, own)} |" in text for name, own in OWN_BOUNDS.items())


@pytest.mark.no_cover
@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.name)
def test_jets_agree_with_differences(row: Primitive) -> None:
    """The slopes of the jets are written by hand; central differences in mpmath need none."""
    reference, generator = reference_of(row), random.Random(row.name)
    args = [
        [generator.uniform(*interval) for _ in range(2)] if many else generator.uniform(*interval)
        for interval, many in zip(row.domain, row.takes_list, strict=True)
    ]
    for position in set(range(len(row.flatten(args)))) - fixed(row, reference, args):
        true = true_results(row, reference, row.flatten(args), (position, position))
        for order, slope in ((1, true[1]), (2, true[3])):
            by_differences = exact(row, reference, args, *[position] * order)
            assert abs(slope - by_differences) <= 1e-20 * (1 + abs(slope))


def name_of(item: object) -> str:
    return item if isinstance(item, str) else ""


LIMITS: list[tuple[str, list[list[Any]]]] = [
    ("atan", [[1.9e90], [-1.9e159], [2.0]]),
    ("atan2", [[-2.9e-8, 1.04e-318], [1.7e308, 1.7e308], [3.0, -4.0]]),
    ("binary_cross_entropy", [[1.8e-4, 2.3e-316], [0.3, 0.3]]),
    (
        "celu",
        [
            [-415.47, 2.736],
            [-1e-322, 41.6],
            [-10.5, 2.6e-313],
            [-2.2e-311, 6.5e-314],
            [-3e250, 1e249],
            [-1.7e308, 1.2e308],
        ],
    ),
    ("copysign", [[5e-320, -1.0], [-2.0, 3.0]]),
    ("cross_entropy", [[[38.0, 0.2, -3.4, 9e-93], 1.0]]),
    ("direction", [[-7.7e-317, 1.8e-180], [1e308, 1.7e308], [3.0, 4.0]]),
    ("elu", [[-724.0, 565.8], [-2.0, 1.5]]),
    ("erfinv", [[0.9999999999977585], [0.9999999999999123], [-0.9999999999999972], [0.3]]),
    ("expm1_minus_xexp", [[779.0], [-724.4], [-900.0], [0.42], [-0.54], [2.0]]),
    ("fmod", [[788.6, 7.9e-319], [-788.6, 7.9e-319]]),
    ("gaussian", [[26.66], [-27.0], [-1.6e308]]),
    ("gelu", [[-38.0], [38.0], [1.0]]),
    ("hardsigmoid", [[-2.99999]]),
    ("hardswish", [[-1.4999999]]),
    ("hypot", [[2.1e-313, 2.13e-313], [-1.6e-125, 4.3e-315]]),
    ("lgamma", [[1.4616], [1.3], [3.6], [0.3], [-0.3], [-2.6249209642824685], [-2.1], [-3.3], [-3.7]]),
    ("log10", [[7.9e307], [1.7976931348623157e308], [5e-324]]),
    ("log2", [[1.7976931348623157e308], [5e-324]]),
    ("logaddexp", [[-389.8, -38.25], [-389.8, 38.3], [38.3, -389.8], [900.0, 0.0]]),
    ("logit_entropy", [[-723.2], [750.0], [900.0], [1.0]]),
    ("mish", [[-740.12]]),
    ("norm", [[[1.5e-320, 1.6e-320]], [[1.7e308, 1.7e308]], [[1e8, 1.0]], [[1e-5, 1e-13]], [[3.0, 4.0]]]),
    ("normal_pdf", [[38.4], [1.0]]),
    ("pow", [[0.5, 0.0], [1e-180, 1.75]]),
    ("pow_constant_base", [[1e-300, 1.05], [2.0, 3.0]]),
    ("polygamma", [[3.0, 0.03], [1.0, 20.5]]),
    ("sech", [[733.7], [1.0]]),
    ("sigmoid", [[1e-10]]),
    ("silu", [[738.7], [1.0]]),
    ("sinc", [[488.9000474094976], [11.000000000000002], [-751.72], [1.7]]),
    ("sinc_derivative", [[3.0, 394.63], [3.0, 6e-317], [2.0, -1.6]]),
    ("softmax_at", [[[2.7, 1.7e88, 1.7e88], 2.0], [[1.0], 0.0]]),
    ("softplus", [[1e160, 1e160], [-1e160, -1e160], [1e-320, 1.0], [-3.0, 0.5]]),
    ("softsign", [[4.7e98]]),
]
"""Operands at which a formula that is right elsewhere overflows, underflows or cancels."""


NEGATED = """
atan direction erfinv expm1_minus_xexp gelu hypot logit_entropy mish norm normal_pdf sech silu sinc softsign
"""
"""The rows of which the operands are tried with the other sign too."""


@pytest.mark.no_cover
@pytest.mark.parametrize(("name", "points"), LIMITS, ids=name_of)
def test_formula_holds_at_the_limits_of_floats(name: str, points: list[list[Any]]) -> None:
    row, figures = ROWS[name], Figures(name)
    for args, side in product(points, (1.0, -1.0) if name in NEGATED.split() else (1.0,)):
        for comparison in comparisons(row, reference_of(row), row.map(lambda x, side=side: side * x, args)):
            add(figures, row, reference_of(row), comparison)
    assert figures.misses == []


SWITCHES: list[tuple[str, Callable[[float], list[Any]], list[float]]] = [
    ("atan", lambda x: [x], [1e16]),
    ("atan2", lambda x: [x, 0.7 * x], [1e-150, 1.4e308]),
    ("binary_cross_entropy_with_logits", lambda x: [x, 0.3], [1.0]),
    ("celu", lambda x: [x, 1.0], [1.0, 800.0, 1e-17]),
    ("celu", lambda x: [x, 1e-290], [3e-290]),
    ("celu", lambda x: [-3.0 * abs(x), abs(x)], [1e-290, 1e-200, 1e200, 5.9e307]),
    ("copysign", lambda x: [x, 1.0], [1e-150]),
    ("digamma", lambda x: [x], [0.25, 0.5, 16.0]),
    ("direction", lambda x: [x, 0.7 * x], [1e-150, 1e-290, 1.4e308]),
    ("elu", lambda x: [x, 1.5], [700.0]),
    ("erfinv", lambda x: [x], [0.5]),
    ("expm1_minus_xexp", lambda x: [x], [1.0, 700.0, 800.0]),
    ("gaussian", lambda x: [x], [26.5, 40.0]),
    ("gelu", lambda x: [x], [37.0, 40.0]),
    ("gelu_tanh", lambda x: [x], [64.0]),
    ("hypot", lambda x: [x, 0.7 * x], [1e-150, 1e-290, 1.4e308]),
    ("lerp", lambda x: [3.0, 5.0, x], [0.5]),
    ("lgamma", lambda x: [x], [0.5, 1.25, 1.5, 2.0, 2.25, 2.5, 2.75, 3.5, 4.0, 10.0]),
    ("logaddexp", lambda x: [x, 0.0], [800.0]),
    ("logit", lambda x: [x], [0.25, 0.75]),
    ("logit_entropy", lambda x: [x], [700.0, 800.0]),
    ("mish", lambda x: [x], [700.0]),
    ("norm", lambda x: [[x, 0.7 * x]], [1e-150, 1e-290, 1.4e308]),
    ("norm", lambda x: [[3.0, x]], [3.0]),  # 0.7 of the norm
    ("normal_cdf", lambda x: [x], [1.0, 40.0]),
    ("normal_pdf", lambda x: [x], [37.0, 40.0]),
    ("polygamma", lambda x: [1.0, x], [0.25, 0.5, 16.0]),
    ("polygamma", lambda x: [2.0, x], [0.5, 17.0]),
    ("pow", lambda x: [2.7, x], [0.5]),
    ("pow_constant_base", lambda x: [2.0, x], [963.35]),
    ("sech", lambda x: [x], [710.0]),
    ("silu", lambda x: [x], [700.0]),
    ("sinc", lambda x: [x], [0.5, 1.5, 2.5]),
    ("sinc_derivative", lambda x: [1.0, x], [0.51, 5.0, 5.25]),
    ("sinc_derivative", lambda x: [2.0, x], [0.7, 5.5]),
    ("tanhshrink", lambda x: [x], [1.0]),
]
"""The operands at which a row changes from one formula to another, as a function of the number that decides."""


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("name", "operands", "places"), SWITCHES, ids=lambda item: item if isinstance(item, str) else ""
)
def test_both_formulas_hold_beside_a_switch(
    name: str, operands: Callable[[float], list[Any]], places: list[float]
) -> None:
    row, figures = ROWS[name], Figures(name)
    for place, side in product(places, (1.0, -1.0)):
        for distance in (-1e-3, 0.0, 1e-3):
            for comparison in comparisons(row, reference_of(row), operands(side * place * (1.0 + distance))):
                add(figures, row, reference_of(row), comparison)
    assert figures.misses == []


SUBNORMAL = {
    "gaussian": (26.4, 27.4),
    "erf erfc": (26.4, 27.4),
    "normal_pdf normal_cdf gelu": (36.9, 38.9),
    "exp expm1 expm1_minus_xexp logit_entropy mish sech sigmoid silu": (699.0, 748.0),
}
"""Where values or derivatives of rows are subnormal numbers, which have few bits."""


@pytest.mark.no_cover
@pytest.mark.parametrize(("names", "low", "high"), [(names, *ends) for names, ends in SUBNORMAL.items()])
def test_formulas_hold_where_results_are_subnormal(names: str, low: float, high: float) -> None:
    for row in map(ROWS.__getitem__, names.split()):
        figures = Figures(row.name)
        for k, side in product(range(16), (1.0, -1.0)):
            for comparison in comparisons(row, reference_of(row), [side * (low + (high - low) * k / 15.0)]):
                add(figures, row, reference_of(row), comparison)
        assert figures.misses == []


# ── planted mistakes ──

REAL, TAIL = (-4.0, 4.0), 30.0
SINH = Reference(jets.sinh)
PLANTED: dict[str, tuple[Callable[[float], float], Callable[..., tuple[object]], str]] = {
    "right": (sinh, lambda x, z: (cosh(x),), ""),
    "partial 10 ulp off": (sinh, lambda x, z: (cosh(x) * (1.0 + 10 * 2.0**-52),), "∂(0,)"),
    "value 6 ulp off in one tail": (
        lambda x: sinh(x) * (1.0 + 6 * 2.0**-52 * (x < -TAIL)),
        lambda x, z: (cosh(x),),
        "∂()",
    ),
    "partial that is constant where it is differentiated": (
        sinh,
        lambda x, z: (cases(equal(x, 0.0), 1.0, cosh(getattr(x, "data", x))),),
        "∂(0, 0)",
    ),
    "0 instead of subnormal numbers": (
        lambda x: sinh(x) if abs(x) > 1e-308 else 0.0,
        lambda x, z: (cosh(x),),
        "∂()",
    ),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", PLANTED)
def test_planted_row_misses_the_bound(kind: str) -> None:
    compute, partials, order = PLANTED[kind]
    row = Primitive("planted", "planted({x})", compute, partials, domain=[REAL])
    misses = measure(row, 300, SINH).misses
    assert {miss.partition(" at")[0].split(" ", 2)[2] for miss in misses} == ({order} if order else set())


def test_planted_error_in_a_tail_is_not_excused_by_the_condition_number() -> None:
    """The condition number of eˣ is |x|, but eˣ has no zero."""
    row = Primitive(
        "planted", "planted({x})", lambda x: exp(x) * (1.0 + 2e-14 * (x < -200.0)), lambda x, z: (z,), domain=[REAL]
    )
    assert measure(row, 1500, Reference(jets.exp)).misses


def test_planted_error_near_a_zero_is_found() -> None:
    row = Primitive(
        "planted", "planted({x})", lambda x: sin(x) + 1e-14 * (3.0 < x < 3.3), lambda x, z: (cos(x),), domain=[REAL]
    )
    assert measure(row, 1500, Reference(jets.sin)).misses
