r"""Functions of the table that the library of C lacks, in the stable forms of `floats` and `special`.

Every C function is named after its row, with `at_` before it, so that none hides one of the library. A function
calls only those that stand above it.

>>> print("\n".join(functions_for("at_silu(x)")))
static inline double at_sigmoid(double x) {
    double tail = exp(x);
    return x >= 0.0 ? 1.0 / (1.0 + exp(-x)) : tail / (1.0 + tail);
}
static inline double at_silu(double x) {
    return x > -700.0 ? x * at_sigmoid(x) : exp(0.5 * x) * x * exp(0.5 * x);
}
"""

from __future__ import annotations

import math
import re
from typing import Final

from autograd_tiny.primitives.special_functions import HALF_SQRT_PI, INVERSE_SQRT_2PI, SQRT_HALF, WINITZKI
from autograd_tiny.primitives.table import GELU_CUBIC, GELU_SCALE, SELU_ALPHA, SELU_SCALE

ITSELF: Final = (
    "exp expm1 log log2 log10 log1p cbrt copysign floor ceil trunc fmod sqrt sin cos tan asin acos atan atan2 "
    "hypot sinh cosh asinh acosh atanh erf erfc"
)
LIBRARY: Final = {name: name for name in ITSELF.split()} | {
    "pow": "pow",
    "pow_constant_base": "pow",
    "abs": "fabs",
}
"""The functions of C's library by the rows that they compute."""

BODIES: Final = {
    "maximum": ("x, y", "return x >= y || x != x ? x : y;"),
    "minimum": ("x, y", "return x <= y || x != x ? x : y;"),
    "fmax": ("x, y", "return x >= y || y != y ? x : y;"),
    "fmin": ("x, y", "return x <= y || y != y ? x : y;"),
    "clamp": ("x, low, high", "return at_minimum(at_maximum(x, low), high);"),
    "hardtanh": ("x, low, high", "return at_clamp(x, low, high);"),
    "relu6": ("x", "return at_clamp(x, 0.0, 6.0);"),
    "hardsigmoid": ("x", "return at_clamp(x / 6.0 + 0.5, 0.0, 1.0);"),
    "hardswish": ("x", "return x * at_clamp(x / 6.0 + 0.5, 0.0, 1.0);"),
    "softshrink": ("x, lambd", "return x - at_clamp(x, -lambd, lambd);"),
    "hardshrink": ("x, lambd", "return fabs(x) > lambd || x != x ? x : 0.0;"),
    "threshold": ("x, threshold, value", "return x > threshold || x != x ? x : value;"),
    "square": ("x", "return x * x;"),
    "reciprocal": ("x", "return 1.0 / x;"),
    "rsqrt": ("x", "return 1.0 / sqrt(x);"),
    "exp2": ("x", "return pow(2.0, x);"),
    "pow_constant_exponent": (
        "x, y",
        "if (fabs(y) == 0.5) return y > 0.0 ? sqrt(x) : 1.0 / sqrt(x);\nreturn pow(x, y);",
    ),
    "xlogy": ("x, y", "return x == 0.0 && y == y ? 0.0 : x * log(y);"),
    "logaddexp": (
        "x, y",
        "return x == y && isinf(x) ? x : at_maximum(x, y) + log1p(exp(-fabs(x - y)));",
    ),
    "sign": ("x", "return (double)((x > 0.0) - (x < 0.0));"),
    "heaviside": ("x, value", "return x == 0.0 ? value : (double)(x > 0.0);"),
    "remainder": (
        "x, y",
        "double rest = fmod(x, y);\nreturn rest != 0.0 && (rest < 0.0) != (y < 0.0) ? rest + y : rest;",
    ),
    "floordiv": (
        "x, y",
        (
            "double rest = fmod(x, y), quotient = (x - rest) / y;\n"
            "if (y == 0.0) return x / y;\n"
            "if (rest != 0.0 && (rest < 0.0) != (y < 0.0)) quotient -= 1.0;\n"
            "if (quotient == 0.0) return copysign(0.0, x / y);\n"
            "double whole = floor(quotient);\n"
            "return quotient - whole > 0.5 ? whole + 1.0 : whole;"
        ),
    ),
    "sinc": ("x", f"return x == 0.0 ? 1.0 : sin({math.pi!r} * x) / ({math.pi!r} * x);"),
    "degrees": ("x", f"return x * {180.0 / math.pi!r};"),
    "radians": ("x", f"return x * {math.pi / 180.0!r};"),
    "bell": (
        "x, rate",
        (
            "double high = rint(x * 16.0) / 16.0;\n"
            "if (!(fabs(x) < 40.0)) return x != x ? x : 0.0;\n"
            "return exp(-rate * high * high) * exp(rate * (high - x) * (high + x));"
        ),
    ),
    "gaussian": ("x", "return at_bell(x, 1.0);"),
    "normal_pdf": ("x", f"return {INVERSE_SQRT_2PI!r} * at_bell(x, 0.5);"),
    "normal_cdf": (
        "x",
        (
            f"double y = -x * {SQRT_HALF!r};\n"
            "if (!(-40.0 < x && x < -1.0)) return 0.5 * erfc(y);\n"
            "double high_x = rint(x * 16.0) / 16.0, high_y = rint(y * 16.0) / 16.0;\n"
            "double excess = high_y * high_y - high_x * high_x / 2.0;\n"
            "excess += (y - high_y) * (y + high_y) - (x - high_x) * (x + high_x) / 2.0;\n"
            "return 0.5 * erfc(y) * exp(excess);"
        ),
    ),
    "erfinv": (
        "x",
        (
            "double size = fabs(x);\n"
            "if (!(0.0 < size && size < 1.0)) return size == 0.0 ? x : size == 1.0 ? copysign(INFINITY, x) : NAN;\n"
            f"double root = {HALF_SQRT_PI!r} * size * (1.0 + {math.pi / 12.0!r} * size * size);\n"
            "if (size > 0.5) {\n"
            "    double logarithm = log1p(-size * size);\n"
            f"    double middle = {2.0 / (math.pi * WINITZKI)!r} + 0.5 * logarithm;\n"
            f"    root = sqrt(sqrt(middle * middle - logarithm / {WINITZKI!r}) - middle);\n"
            "}\n"
            "for (int i = 0; i < 3; i++) {\n"
            "    double excess = size > 0.5 ? (1.0 - size) - erfc(root) : erf(root) - size;\n"
            f"    double step = excess * {HALF_SQRT_PI!r} * exp(root * root);\n"
            "    root -= step / (1.0 + root * step);\n"
            "}\n"
            "return copysign(root, x);"
        ),
    ),
    "sigmoid": (
        "x",
        "double tail = exp(x);\nreturn x >= 0.0 ? 1.0 / (1.0 + exp(-x)) : tail / (1.0 + tail);",
    ),
    "logit": ("x", "return 0.25 < x && x < 0.75 ? 2.0 * atanh(2.0 * x - 1.0) : log(x / (1.0 - x));"),
    "log_sigmoid": ("x", "return at_minimum(x, 0.0) - log1p(exp(-fabs(x)));"),
    "softplus": (
        "x, beta",
        "return (at_maximum(beta * x, 0.0) + log1p(exp(-fabs(beta * x)))) / beta;",
    ),
    "relu": ("x", "return x < 0.0 ? 0.0 : x;"),
    "leaky_relu": ("x, slope", "return x > 0.0 ? x : slope * x;"),
    "elu": ("x, alpha", "return x > 0.0 ? x : alpha * expm1(x);"),
    "celu": ("x, alpha", "return x > 0.0 ? x : alpha * expm1(x / alpha);"),
    "selu": ("x", f"return {SELU_SCALE!r} * (x > 0.0 ? x : {SELU_ALPHA!r} * expm1(x));"),
    "gelu": ("x", "return x * at_normal_cdf(x);"),
    "gelu_tanh": (
        "x",
        f"return x * at_sigmoid({2.0 * GELU_SCALE!r} * (x + {GELU_CUBIC!r} * x * x * x));",
    ),
    "silu": ("x", "return x > -700.0 ? x * at_sigmoid(x) : exp(0.5 * x) * x * exp(0.5 * x);"),
    "mish": ("x", "return x > -700.0 ? x * tanh(at_softplus(x, 1.0)) : at_silu(x);"),
    "softsign": ("x", "return isfinite(x) ? x / (1.0 + fabs(x)) : x == x ? at_sign(x) : x;"),
    "tanh": (
        "x",
        "double e = exp(-2.0 * x);\nreturn fabs(x) < 2e-4 ? tanh(x) : 2.0 / (1.0 + e) - 1.0;  // faster than tanh",
    ),
    "slope_of_tanh": ("x", "double e = exp(-2.0 * fabs(x)), h = 2.0 / (1.0 + e);\nreturn e * h * h;"),
    "tanhshrink": ("x", "return x - tanh(x);"),
    "lerp": ("x, y, weight", "return x + weight * (y - x);"),
    "binary_cross_entropy": (
        "p, target",
        "return 0.0 - (target * at_maximum(log(p), -100.0) + (1.0 - target) * at_maximum(log1p(-p), -100.0));",
    ),
    "binary_cross_entropy_with_logits": (
        "x, target",
        "return x * ((x > 0.0) - target) + log1p(exp(-fabs(x)));",
    ),
}
"""The parameters and the statements of each function."""


def _function(name: str, parameters: str, body: str) -> str:
    arguments = ", ".join(f"double {parameter}" for parameter in parameters.split(", "))
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"static inline double at_{name}({arguments}) {{\n{lines}\n}}"


FUNCTIONS: Final = {name: _function(name, *parts) for name, parts in BODIES.items()}
"""The functions in C, by the names of their rows."""


def functions_for(source: str) -> list[str]:
    """Return the functions that a source calls, and those that these call, in an order in which C can read them."""
    needed: list[str] = []
    for name, text in reversed(FUNCTIONS.items()):
        if re.search(rf"\bat_{name}\(", source):
            needed.insert(0, text)
            source += text
    return needed
