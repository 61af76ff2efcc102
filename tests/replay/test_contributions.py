"""Rows as Python source."""

from __future__ import annotations

from typing import Any

import pytest

from autograd_tiny import primitive
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.contributions import OURS, contribution_sources, partial_symbols, value_source


@pytest.mark.parametrize(
    ("name", "operands", "source"),
    [
        ("add", ["a", -2.0], "a + -2.0"),
        ("neg", ["a"], "-a"),
        ("pow", ["a", "b"], "pow(a, b)"),
        ("where", ["c", "a", "b"], "(a if c else b)"),
        ("softplus", ["a", 1.0], "softplus(a, 1.0)"),
        ("clamp", ["a", float("-inf"), 1.0], "clamp(a, float('-inf'), 1.0)"),
    ],
)
def test_value_source(name: str, operands: list[Any], source: str) -> None:
    assert value_source(TABLE[name], operands) == source


@pytest.mark.parametrize(
    ("name", "operands", "sources"),
    [
        ("add", ["a", "b"], ["g", "g"]),
        ("sub", ["a", "b"], ["g", "-g"]),
        ("mul", ["a", 3.0], ["3.0 * g", "a * g"]),
        ("relu", ["a"], ["(1.0 - (a <= 0.0)) * g"]),
        ("exp", ["a"], ["z * g"]),
        ("leaky_relu", ["a", 0.5], ["((1.0 if (a > 0.0) else 0.5)) * g", "((0.0 if (a > 0.0) else a)) * g"]),
    ],
)
def test_contribution_sources(name: str, operands: list[Any], sources: list[str]) -> None:
    assert contribution_sources(TABLE[name], operands, "z", "g") == sources


@pytest.mark.parametrize("name", ["dot", "atan2"])
def test_lists_and_long_partials_have_no_source(name: str) -> None:
    assert contribution_sources(TABLE[name], ["a", "b", "c"][: TABLE[name].arity], "z", "g") is None


def test_placeholders_are_replaced_once() -> None:
    assert value_source(TABLE["mul"], ["X1_", "X0_"]) == "X1_ * X0_"


@pytest.mark.parametrize(
    "partials",
    [lambda x, z: (1.0 if x > 0.0 else 2.0,), lambda x, z: (float(x),), lambda x, z: (1.0, 2.0), lambda x, z: ()],
)
def test_partials_for_floats_only_have_no_source(partials: Any) -> None:
    row = primitive("only_floats", "only_floats({x})", lambda x: x, partials).primitive
    del TABLE["only_floats"]
    assert partial_symbols(row, (None,)) is None
    assert row not in OURS


def test_own_row_named_like_a_placeholder() -> None:
    row = primitive("X0_", "X0_({x})", lambda x: x, lambda x, z: (1.0,)).primitive
    del TABLE["X0_"]
    assert value_source(row, ["a"]) == "X0_(a)"
