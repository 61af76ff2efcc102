"""Simplification of displayed formulas."""

from __future__ import annotations

import math

import pytest

from autograd_tiny.primitives.table import cases, equal
from autograd_tiny.symbolic.simplify import rewrite, simplify
from autograd_tiny.symbolic.symbol import Symbol

A, B = Symbol("a"), Symbol("b")


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
        (A * 0.0 + B * 1.0, "b"),
        (1.0 * (1.0 * (0.0 + A)), "a"),
    ],
)
def test_identities_are_left_out(written: Symbol, text: str) -> None:
    assert written.text() == written.latex() == text


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_zero_times_nonfinite_is_kept(number: float) -> None:
    assert str(Symbol("a", number) * 0.0) == "a * 0"


def test_named_number_is_kept() -> None:
    assert str(Symbol("one", 1.0) * A) == "one * a"


def test_similar_number_is_kept() -> None:
    assert str(1.0000001 * A) == "1 * a"


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (equal(A, B), "[a == b]"),
        (equal(A, 0.0), "[a == 0]"),
        ((A >= 0.0) & (A <= 1.0), "[a >= 0 and a <= 1]"),
        ((A >= B) & (B <= A), "[a >= b and b <= a]"),
        ((A <= 0.0) & (A >= 0.0), "[a <= 0 and a >= 0]"),
    ],
)
def test_two_bounds_become_equality(condition: Symbol, text: str) -> None:
    assert str(condition) == text


def test_latex_has_an_equals_sign() -> None:
    assert cases(equal(A, 0.0), 1.0, B).latex().startswith(r"\begin{cases} 1 & \text{if } a = 0 \\")


def test_shared_parts_stay_shared() -> None:
    shared = 1.0 * A + B
    root = rewrite(shared * shared, simplify)
    assert root.operands[0] is root.operands[1]
    assert str(root) == "(a + b) * (a + b)"


def test_simple_tree_is_returned_unchanged() -> None:
    root = A * B
    assert rewrite(root, simplify) is root
