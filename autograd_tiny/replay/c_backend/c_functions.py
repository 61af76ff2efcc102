r"""Define the functions that a program in C calls: translations of the table, and the exceptions to these.

A function is named by its reference, such as `rows.relu` or `floats.sigmoid`; `c_function` finds it in `<math.h>` or
among the exceptions, or translates it. A translation that only calls another function is replaced by that function.

>>> c_function("rows.fmod").name, c_function("rows.exp2").name
('fmod', 'rows_exp2')
>>> print("\n".join(functions_for("rows_exp2(x)")))
static inline double rows_exp2(double x) {
  return pow(2.0, x);
}
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from autograd_tiny.replay.c_backend.gamma_functions import GAMMA_FUNCTIONS
from autograd_tiny.symbolic.translate.c import function
from autograd_tiny.symbolic.translate.table_source import RowSource, TranslationError, definition, references

MATH_H: Final = {
    *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "copysign", "cos", "cosh", "erf", "erfc", "exp"),
    *("expm1", "fabs", "fmod", "hypot", "isfinite", "isinf", "isnan", "log", "log10", "log1p", "log2", "pow", "sin"),
    *("sinh", "sqrt", "tan", "tanh"),
}
"""The functions of `math` that C has under the same name."""

OF_PYTHON: Final = {
    "python.floordiv": """\
static inline double python_floordiv(double x, double y) {
  double rest = fmod(x, y), quotient = (x - rest) / y;
  if (rest != 0.0 && (rest < 0.0) != (y < 0.0)) quotient -= 1.0;
  if (quotient == 0.0) return copysign(0.0, x / y);
  double whole = floor(quotient);
  return quotient - whole > 0.5 ? whole + 1.0 : whole;
}""",
    "math.degrees": "static inline double math_degrees(double x) { return x * (180.0 / 3.141592653589793); }",
    "math.radians": "static inline double math_radians(double x) { return x * (3.141592653589793 / 180.0); }",
}
"""Operators and functions of Python that C lacks."""

FASTER: Final = {
    # 0.07 ns a number in a loop, translated 6.4 ns: `//` needs fmod
    "floats.floor": "static inline double floats_floor(double x) { return floor(x); }",
    # 10 ns, translated 15 ns: `**` needs pow
    "floats.cbrt": "static inline double floats_cbrt(double x) { return cbrt(x); }",
    # 1.3 ns, exp of <math.h> 4.1 ns, since compilers vectorize this one; at most 0.93 ulp from eˣ, that one 0.51.
    # n = x / log 2 rounded, by a sum that shifts it to the last bits (Cody and Waite 1980); the Taylor series of e^r
    # for |r| <= log(2) / 2; and 2ⁿ as a product of two powers, of which both are normal numbers.
    "math.exp": """\
static inline __attribute__((always_inline)) double math_exp(double x) {
  const double shift = 0x1.8p52;
  double y = x > 711.0 ? 711.0 : x;
  y = y < -746.0 ? -746.0 : y;
  double n = (y * 1.4426950408889634 + shift) - shift, h = n * 0.5 + shift, k = (n - (h - shift)) + shift;
  double r = (y - n * 0x1.62e42fefap-1) - n * 0x1.cf79abc9e3b3ap-40, q = 1.0 / 6227020800.0, first, second;
  q = q * r + 1.0 / 479001600.0; q = q * r + 1.0 / 39916800.0; q = q * r + 1.0 / 3628800.0;
  q = q * r + 1.0 / 362880.0; q = q * r + 1.0 / 40320.0; q = q * r + 1.0 / 5040.0; q = q * r + 1.0 / 720.0;
  q = q * r + 1.0 / 120.0; q = q * r + 1.0 / 24.0; q = q * r + 1.0 / 6.0; q = q * r + 0.5;
  uint64_t a, b;
  memcpy(&a, &h, 8); memcpy(&b, &k, 8);
  a = (a + 1023) << 52; b = (b + 1023) << 52;
  memcpy(&first, &a, 8); memcpy(&second, &b, 8);
  return (1.0 + (r + r * r * q)) * first * second;
}""",
    # 2.9 ns, translated (tanh of <math.h>) 17 ns; near 0 the difference has no digits
    "rows.tanh": """\
static inline double rows_tanh(double x) {
  double e = math_exp(-2.0 * x);
  return fabs(x) < 2e-4 ? x - x * x * x / 3.0 : 2.0 / (1.0 + e) - 1.0;
}""",
    # 2.8 ns, 1 / cosh(x)² of <math.h> 11 ns
    "rows.slope_of_tanh": """\
static inline double rows_slope_of_tanh(double x) {
  double e = math_exp(-2.0 * fabs(x)), h = 2.0 / (1.0 + e);
  return e * h * h;
}""",
}
"""The exceptions: faster than their translations, by gcc 12 -O3 -march=native on x86-64. All others are as fast."""

WRITTEN: Final = {**OF_PYTHON, **FASTER, **GAMMA_FUNCTIONS}

PLAIN: Final = {
    "floats.cbrt": "cbrt",
    "floats.floor": "floor",
    "math.exp": "exp",
    "math.gamma": "tgamma",
    "rows.tanh": "tanh",
    "special.lgamma": "lgamma",
}
"""The functions of `<math.h>` that a source for readers calls, where `WRITTEN` has a faster one, or wraps it."""
PLAIN_SLOPE_OF_TANH: Final = """\
static inline double rows_slope_of_tanh(double x) {
  double sech = 1.0 / cosh(x);
  return sech * sech;
}"""


@dataclass(frozen=True, slots=True)
class CFunction:
    """A function in C, with its definition; that of `<math.h>` is empty."""

    name: str
    text: str = ""


@cache
def c_function(reference: str, *, plain: bool = False) -> CFunction:
    """Return a function of the table, or of Python, in C.

    Args:
        reference: of the function.
        plain: whether to take the functions of `<math.h>` where a faster one is written out.

    Raises:
        TranslationError: it, or a function that it calls, cannot be translated. It is a ValueError.
    """
    module, _, own_name = reference.partition(".")
    name = f"{module}_{own_name}"
    if plain and reference in PLAIN:
        return CFunction(PLAIN[reference])
    if plain and reference == "rows.slope_of_tanh":
        return CFunction(name, PLAIN_SLOPE_OF_TANH)
    if reference in WRITTEN:
        return CFunction(name, WRITTEN[reference])
    if module == "math" and own_name in MATH_H:
        return CFunction(own_name)
    tree = definition(reference)
    if not isinstance(tree, RowSource | ast.FunctionDef):
        raise TranslationError(ast.Name(reference), "C")
    names = references("primitives" if module == "rows" else module)
    body = tree.compute_lambda() if isinstance(tree, RowSource) else tree
    text = function(name, body, names, name_of=lambda called: c_function(called, plain=plain).name)
    alias = re.fullmatch(r".*\((.*)\) \{\n  return (\w+)\((.*)\);\n\}", text)
    if alias and alias[1].replace("double ", "") == alias[3]:
        return CFunction(alias[2])
    return CFunction(name, text)


def functions_for(source: str, *, plain: bool = False) -> list[str]:
    """Return the definitions of the functions that a source calls, each after those that it calls itself.

    `plain` as of `c_function`.
    """
    needed: dict[str, None] = {}
    for module, name in re.findall(r"\b(rows|floats|special|primitives|python|math)_(\w+)\(", source):
        text = c_function(f"{module}.{name}", plain=plain).text
        if text not in needed:
            needed |= dict.fromkeys([*functions_for(text.partition(") {")[2], plain=plain), text])
    return list(needed)
