"""Formulas as text, and what they leave out."""

from __future__ import annotations

import pytest

from autograd_tiny.cli.formulas import Formula, compose, formula, short
from autograd_tiny.primitive import TABLE

A, B = Formula("a", 2.0), Formula("b", -3.0)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (A + B * A, "a + b * a"),
        ((A + B) * A, "(a + b) * a"),
        (A - (B - A), "a - (b - a)"),
        (A - B - A, "a - b - a"),
        (A / (B * A), "a / (b * a)"),
        ((A**B) ** A, "(a ** b) ** a"),
        (A ** (B**A), "a ** b ** a"),
        ((-A) ** B, "(-a) ** b"),
        (-(A + B), "-(a + b)"),
        (2.0**A, "2 ** a"),
        (A**-1.0, "a ** (-1)"),
        (1.0 / A, "1 / a"),
        (3.0 - A, "3 - a"),
        (3.0 * A, "3 * a"),
        (TABLE["tanh"](A + B), "tanh(a + b)"),
    ],
)
def test_parentheses_stand_where_python_needs_them(written: Formula, text: str) -> None:
    assert str(written) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (1.0 * A, "a"),
        (A * 1.0, "a"),
        (A / 1.0, "a"),
        (A**1.0, "a"),
        (A + 0.0, "a"),
        (0.0 + A, "a"),
        (A - 0.0, "a"),
        (0.0 - A, "-a"),
        (0.0 * A, "0"),
        (A * 0.0, "0"),
    ],
)
def test_what_changes_nothing_is_left_out(written: Formula, text: str) -> None:
    assert str(written) == text


def test_comparisons_follow_the_numbers() -> None:
    assert [A > B, A >= 2.0, A < B, B <= A] == [True, True, False, True]


def test_a_formula_knows_its_number() -> None:
    assert (A * B + 1.0).number == -5.0


@pytest.mark.parametrize(("number", "text"), [(2.0, "2"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (float("inf"), "inf")])
def test_a_number_is_shown_short(number: float, text: str) -> None:
    assert short(number) == text
    assert str(formula(number)) == text


def test_lists_are_put_in_with_brackets() -> None:
    assert str(compose(TABLE["softmax_at"], [[A, B], 1.0])) == "softmax([a, b])[1]"


@pytest.mark.parametrize("name", list(TABLE))
def test_every_row_has_formulas_for_its_partials(name: str) -> None:
    row = TABLE[name]
    numbers = [0.3 * low + 0.7 * high for low, high in row.domain]
    operands = [
        [Formula("p", x), Formula("q", x)] if many else Formula("x", x)
        for x, many in zip(numbers, row.takes_list, strict=True)
    ]
    if name in {"softmax_at", "log_softmax_at", "cross_entropy"}:
        operands[1] = 1.0
    shape = [[x, x] if many else x for x, many in zip(numbers, row.takes_list, strict=True)]
    value, expected = row.linearize(*shape)
    partials = row.partials(*operands, Formula("z", value))
    got = [formula(partial).number for partial in row.flatten(partials)]
    assert got == pytest.approx(row.flatten(expected), rel=1e-12)
