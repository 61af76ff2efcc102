"""Compute the rows of the table for NumPy arrays.

Each kernel takes arrays and, last, the array for the result. A row is a function of NumPy if there is one, or of
`primitives/arrays`, else its translation. Rows of the user's own, and lists that neither that folder nor
`list_reductions` takes, are computed element by element by the row itself: slower, and bit for bit as eager code.

>>> import numpy as np
>>> from autograd_tiny.primitives.primitive import TABLE
>>> kernel_of(TABLE["sigmoid"])(np.array([0.0, 800.0, -800.0]), np.empty(3))
array([0.5, 1. , 0. ])
>>> kernel_of(TABLE["erf"])(np.array([0.0, 9.0]), np.empty(2))
array([0., 1.])
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy import absolute, add, copyto, divide, exp, multiply, subtract

from autograd_tiny.primitives.arrays import FUNCTIONS, LISTS, SLOPES
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.replay.compiling import compiled
from autograd_tiny.replay.contributions import OURS
from autograd_tiny.symbolic.translate.numpy_arrays import function
from autograd_tiny.symbolic.translate.table_source import RowSource, TranslationError, definition, references

Kernel = Callable[..., Any]

UFUNCS: Final = {
    **{f"rows.{name}": name for name in ("add", "square", "reciprocal", "exp2", "ceil", "fmax", "fmin")},
    **{f"rows.{name}": name for name in ("less", "greater")},
    "rows.sub": "subtract", "rows.mul": "multiply", "rows.neg": "negative", "rows.detach": "positive",
    "rows.less_or_equal": "less_equal", "rows.greater_or_equal": "greater_equal",
    "rows.both": "logical_and", "rows.either": "logical_or",
    **{f"floats.{name}": name for name in ("divide", "cbrt", "floor", "trunc", "remainder", "maximum", "minimum")},
    "floats.c_power": "power", "floats.log_add_exp": "logaddexp", "floats.floordiv": "floor_divide",
    "math.asin": "arcsin", "math.acos": "arccos", "math.atan": "arctan", "math.atan2": "arctan2",
    "math.asinh": "arcsinh", "math.acosh": "arccosh", "math.atanh": "arctanh",
    "math.fabs": "absolute", "math.pow": "power",
}  # fmt: skip
"""The functions of NumPy that compute a row, or a function of the table, or of `math`, under another name."""

WITH_OUT: Final[dict[str, Kernel]] = {
    "maximum": lambda x, y, out: np.maximum(x, y, out=out),
    "minimum": lambda x, y, out: np.minimum(x, y, out=out),
    # 8,000 numbers in 5.8 µs, translated (`where`) in 9.9 µs
    "relu": lambda x, out: np.maximum(x, 0.0, out=out),
}
"""Kernels that pass the array for the result by its name, as `numpy.maximum` asks for."""


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + e⁻ˣ), in the left tail eˣ / (1 + eˣ), by one exponential.

    8,000 numbers in 24 µs; the translation computes both branches, each with its exponential, in 34 µs.
    """
    tail = np.exp(-np.abs(x))
    return np.where(x >= 0.0, 1.0, tail) / (1.0 + tail)


CALLED: Final = ("absolute", "floor_divide", "logical_and", "logical_not", "logical_or", "power", "remainder", "rint")
"""The functions that a translation calls by their names in NumPy, besides `where`."""


@cache
def array_function(reference: str) -> Kernel:
    """Return a function of arrays that computes a row, or a function of the table or of `math`.

    Raises:
        TranslationError: NumPy lacks it, or it is not in the subset. It is a ValueError.
    """
    module, _, name = reference.partition(".")
    if module == "rows" and name in FUNCTIONS:
        return FUNCTIONS[name]
    if reference == "floats.sigmoid":
        return sigmoid
    ufunc = getattr(np, UFUNCS.get(reference, name if module == "math" else ""), None)
    if isinstance(ufunc, np.ufunc):
        return ufunc
    tree, names = definition(reference), references("primitives" if module in {"rows", "math"} else module)
    if isinstance(tree, RowSource):
        if not isinstance(tree.compute, ast.Lambda):
            return array_function(str(names[ast.unparse(tree.compute)]))
        tree = tree.compute
    if not isinstance(tree, ast.Lambda | ast.FunctionDef):
        raise TranslationError(ast.Name(reference), "NumPy")
    called = {"nan": np.nan, "inf": np.inf, "where": np.where, **{name: getattr(np, name) for name in CALLED}}

    def name_of(other: str) -> str:
        if other == reference:  # it calls itself
            raise TranslationError(ast.Name(reference), "NumPy")
        called[other.replace(".", "_")] = array_function(other)
        return other.replace(".", "_")

    source = function("compute", tree, names, name_of=name_of)
    return compiled(source, ["compute"], called)[0]


@cache
def kernel_of(row: Primitive) -> Kernel:
    """Return the function of arrays, and of the array for the result, that computes a row."""
    if row in OURS and row.name in LISTS:
        value, _ = LISTS[row.name]
        return _into(lambda *numbers: value(np.stack(np.broadcast_arrays(*numbers))))
    if row not in OURS or row.list_positions:
        return _loop(row)
    if row.name in WITH_OUT:
        return WITH_OUT[row.name]
    try:
        compute = array_function(f"rows.{row.name}")
    except TranslationError:
        return _loop(row)
    return compute if isinstance(compute, np.ufunc) else _into(compute)


def _into(compute: Kernel) -> Kernel:
    def kernel(*arrays_and_out: Any) -> Any:
        *arrays, out = arrays_and_out
        np.copyto(out, compute(*arrays))
        return out

    return kernel


def _loop(row: Primitive) -> Kernel:
    """Return a function that computes a row element by element; the elements of lists come one after another."""

    def evaluate(*numbers: float) -> float:
        return row.evaluate(*row.map(float, row.group(numbers)))

    return _into(lambda *arrays: np.frompyfunc(evaluate, len(arrays), 1)(*arrays).astype(float))


SLOPE_KERNELS: Final[dict[str, Kernel]] = {
    "slope_of_relu": np.sign,  # a function of the output alone
    **{f"slope_of_{name}": _into(slope) for name, slope in SLOPES.items()},
}
"""Kernels of partials that are faster than their formulas, by the names that a source calls them by."""


def linearize(row: Primitive, operands: Sequence[Any], output: Any, partials: Any) -> None:
    """Compute a row and all its partials, element by element as eager code does, but for lists with array code.

    Args:
        row: any.
        operands: arrays and numbers, those of lists one after another.
        output: the array for the values.
        partials: the array for the partials, one more axis in front: the operands.
    """
    arrays = [np.broadcast_to(operand, output.shape) for operand in operands]
    if row in OURS and row.name in LISTS:
        value, slopes_of = LISTS[row.name]
        lists = np.stack(arrays)
        np.copyto(output, value(lists))
        np.copyto(partials, slopes_of(lists))
        return
    for index in np.ndindex(output.shape):
        numbers = row.group([float(array[index]) for array in arrays])
        output[index], slopes = row.linearize(*numbers)
        place = (slice(None), *index)
        partials[place] = row.flatten(slopes)


def cube(x: Any, out: Any) -> None:
    """Compute x³ by two products, to 1 ulp; `power` takes ten times as long."""
    multiply(x, x, out)
    multiply(out, x, out)


ONE, TWO, MINUS_TWO = map(np.array, (1.0, 2.0, -2.0))  # faster for NumPy than floats
SMALL, LARGE = 2e-4, 354.0
"""Bounds of |x|: below, the difference would round tanh(x); above, the exponential may overflow, and the slope, less
than 1.3e-307, counts as 0."""


def tanh_and_slope(x: Any, power: Any, slope: Any, z: Any) -> None:
    """Compute tanh(x) = 2 / (1 + e) - 1 and its slope e·(2 / (1 + e))², for e = e^-2x.

    One exponential serves both. 3,200 numbers take 26 µs on a processor without AVX-512, by tanh and 1 / cosh² of the
    table 41 µs; with AVX-512, where NumPy has a fast cosh, 14 µs against 12 µs. 1 - tanh² has no digits in the tails.

    Args:
        x: the operand.
        power: an array for e.
        slope: an array for the slope.
        z: an array for the value.
    """
    multiply(x, MINUS_TWO, power)
    exp(power, power)
    add(power, ONE, slope)
    divide(TWO, slope, slope)
    subtract(slope, ONE, z)
    multiply(power, slope, power)
    multiply(power, slope, slope)
    largest = slope.item(slope.argmax()) if slope.size else 0.0
    if not largest < 1.0 - SMALL * SMALL:  # there are small operands, or nan as inf · 0 is
        np.tanh(x, z, where=absolute(x) < 2.0 * SMALL)
        if largest != largest:
            copyto(slope, 0.0, where=x < -LARGE)
