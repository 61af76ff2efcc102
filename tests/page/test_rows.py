"""The rows of the table that a page includes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

import autograd_tiny
from autograd_tiny import primitive
from autograd_tiny.page.rows import definitions, own_row, pick
from autograd_tiny.primitives.primitive import TABLE


@pytest.fixture
def plant() -> Iterator[Any]:
    before = set(TABLE)
    yield lambda *columns, **named: primitive(*columns, **named).primitive
    for name in set(TABLE) - before:
        del TABLE[name]


def test_row_brings_only_what_it_calls() -> None:
    picked = pick([TABLE["relu"]])
    assert picked.text.startswith("rows.relu = {")
    assert picked.text.count(" = ") == 1
    called = pick([TABLE["gelu"]]).text
    assert all(f"{name} = " in called for name in ("special.normal_cdf", "special.gaussian", "rows.normal_pdf"))


def test_called_functions_are_defined() -> None:
    everything = definitions()
    text = pick([TABLE[name[5:]] for name in everything if name.startswith("rows.")]).text
    assert {name for name in everything if f"{name} = " not in text} == {
        "primitives.softmax",
        "primitives.log_softmax",
        "primitives.sigmoid_slope",  # for other numbers than floats
        "primitives.silu_slope",
        "primitives.corrected_erfinv_slope",
        "primitives.exp_of_quotient",
    } & {name for name in everything if f"{name} = " not in text}


def test_own_row_is_translated(plant: Any) -> None:
    cube = plant("cube_", "cube_({x})", lambda x: x * x * x, lambda x, z: (3.0 * autograd_tiny.square(x),))
    picked = pick([cube])
    assert picked.own == ("cube_",)
    assert picked.missing == ()
    assert picked.text.startswith("rows.square = {")
    assert "partials: (x0, z) => [3.0 * rows.square.value(x0)]" in picked.text


def test_own_row_brings_own_rows(plant: Any) -> None:
    twice = plant("twice_", "twice_({x})", lambda x: x + x, lambda x, z: (2.0,))
    four = plant("four_", "four_({x})", lambda x: 4.0 * x, lambda x, z: (twice(2.0 * x / x),))
    assert "rows.twice_ = {" in pick([four]).text


@pytest.mark.parametrize(
    ("compute", "partials"),
    [
        (math.exp, lambda x, z: (z,)),
        (lambda x: x if x > 0.0 else 0.0, lambda x, z: (1.0,)),
        (lambda x: 2.0 * x, lambda x, z: (float(x),)),
        (lambda x: x.real, lambda x, z: (1.0,)),
        (lambda x: 1.0 / 0.0 * x, lambda x, z: (1.0,)),
    ],
)
def test_row_that_needs_floats_is_missing(plant: Any, compute: Any, partials: Any) -> None:
    row = plant("opaque_", "opaque_({x})", compute, partials)
    assert pick([row]).missing == ("opaque_",)


def test_own_row_with_list_is_missing(plant: Any) -> None:
    row = plant("first_", "first_({*xs})", lambda xs: xs[0], lambda xs, z: ([1.0] + [0.0] * (len(xs) - 1),))
    assert own_row(row) == ""
