"""The syntax trees of the table, and what its names refer to."""

from __future__ import annotations

import ast
import math

from autograd_tiny.primitives import table
from autograd_tiny.symbolic.translate.table_source import RowSource, definition, references


def test_every_row_has_a_source() -> None:
    rows = [thing.primitive for thing in vars(table).values() if hasattr(thing, "primitive")]
    assert all(isinstance(definition(f"rows.{row.name}"), RowSource) for row in rows)


def test_definitions() -> None:
    assert definition("special.BERNOULLI")[0] == 1 / 6
    assert definition("floats.sigmoid").name == "sigmoid"
    assert definition("floats.total") is None
    assert definition("math.exp") is None


def test_references() -> None:
    in_table, in_special = references("primitives"), references("special")
    assert (in_table["exp"], in_table["floats.exp"], in_special["exp"]) == ("rows.exp", "math.exp", "math.exp")
    assert (in_table["floats.silu"], in_special["c_power"]) == ("floats.silu", "floats.c_power")
    assert in_table["math.pi"] == in_special["pi"] == math.pi


def test_compute_lambda_calls_the_named_function() -> None:
    assert ast.unparse(definition("rows.pow").compute_lambda()) == "lambda x, y: floats.c_power(x, y)"
    assert ast.unparse(definition("rows.neg").compute_lambda()) == "lambda x: -x"
