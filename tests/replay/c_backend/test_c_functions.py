"""The functions in C, translated or written by hand, agree with the table."""

from __future__ import annotations

import ctypes
import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_tiny.primitives import ieee_functions
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.c_backend.c_functions import FASTER, OF_PYTHON, c_function, functions_for
from autograd_tiny.replay.c_backend.library import built
from autograd_tiny.symbolic.translate.table_source import TranslationError
from tests.replay.backends import NOT_IN_C, needs_compiler

ROWS = [row for row in TABLE.values() if row.domain and not row.list_positions and row.name not in NOT_IN_C]
POINTS = [0.0, 1e-300, 1e-9, 1e-4, 0.3, 0.5, 0.7, 1.0, 2.5, 6.0, 30.0, 400.0, 720.0, 1e5, 1e300, math.inf]
POINTS = [*POINTS, *(-x for x in POINTS), math.nan]


@pytest.fixture(scope="module")
def library() -> Any:
    """Compile a function of C for every row, and for each function that is written by hand."""
    tested = {f"rows_{row.name}": (c_function(f"rows.{row.name}").name, row.arity) for row in ROWS}
    tested |= {name.replace(".", "_"): (c_function(name).name, 1 + (name == "python.floordiv")) for name in WRITTEN}
    lines = [
        f"double test_{name}({', '.join(f'double x{i}' for i in range(arity))}) "
        f"{{ return {called}({', '.join(f'x{i}' for i in range(arity))}); }}"
        for name, (called, arity) in tested.items()
    ]
    loaded = ctypes.CDLL(
        str(
            built(
                "\n".join(
                    [
                        "#include <math.h>",
                        "#include <stdint.h>",
                        "#include <string.h>",
                        *functions_for("".join(lines)),
                        *lines,
                    ]
                )
            )
        )
    )
    functions = {name: loaded[f"test_{name}"] for name in tested}
    for name, (_, arity) in tested.items():
        functions[name].restype, functions[name].argtypes = ctypes.c_double, [ctypes.c_double] * arity
    return functions


WRITTEN = [*FASTER, *OF_PYTHON]


def agree(found: Any, expected: Any, rtol: float) -> None:
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-307)


@needs_compiler
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_rows_agree_with_the_table(library: Any, row: Primitive) -> None:
    cases = list(itertools.product(POINTS if row.arity < 3 else POINTS[::4], repeat=row.arity))
    found = [library[f"rows_{row.name}"](*case) for case in cases]
    agree(found, [row.evaluate(*case) for case in cases], 1e-12 if row.name == "tanh" else 1e-14)


@needs_compiler
@pytest.mark.parametrize(
    ("name", "expected", "rtol"),
    [
        ("floats.floor", ieee_functions.floor, 0.0),
        ("floats.cbrt", ieee_functions.cbrt, 1e-15),
        ("math.exp", TABLE["exp"].evaluate, 2.0**-52),
        ("rows.tanh", TABLE["tanh"].evaluate, 1e-12),
        ("rows.slope_of_tanh", lambda x: TABLE["tanh"].linearize(x)[1][0], 1e-13),
        ("python.floordiv", lambda x: ieee_functions.floordiv(x, 0.7), 0.0),
        ("math.degrees", math.degrees, 0.0),
        ("math.radians", math.radians, 0.0),
    ],
)
def test_hand_written_functions_agree_with_the_table(library: Any, name: str, expected: Any, rtol: float) -> None:
    function = library[name.replace(".", "_")]
    rest = [0.7] if name == "python.floordiv" else []
    agree([function(x, *rest) for x in POINTS], [expected(x) for x in POINTS], rtol)


def test_every_hand_written_function_is_compared() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert all(f'("{name}", ' in source for name in WRITTEN)


@pytest.mark.parametrize("name", sorted(NOT_IN_C))
def test_row_outside_the_subset_is_refused(name: str) -> None:
    with pytest.raises(TranslationError):
        c_function(f"rows.{name}")


def test_function_that_c_lacks_is_refused() -> None:
    with pytest.raises(TranslationError):
        c_function("math.perm")


def test_called_functions_are_defined_first() -> None:
    names = [text.partition("(")[0].split()[-1] for text in functions_for("floats_mish(x) + rows_relu6(x)")]
    assert names.index("floats_divide") < names.index("floats_softplus") < names.index("floats_mish")
    assert len(names) == len(set(names))
