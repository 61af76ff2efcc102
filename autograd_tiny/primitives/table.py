"""The table of primitives: one row each, with its value and its derivatives, as at the back of a calculus book.

A row is a call of `primitive`, with these fields in this order:

    name      the name of the function
    text      the formula, which is also its Python source; {x} is an operand, {*xs} a list of operands
    compute   the value z, a function of floats
    partials  the partial of z with respect to each operand, a function of the operands and z. It is written with
              operators and primitives, so it accepts every kind of number: floats, Values, arrays, Symbols.
              Comparisons are factors, 1 where they hold and 0 elsewhere (Iverson bracket)
    latex     LaTeX with the same fields, or a function that returns it in terms of other primitives;
              by default the name, as a function
    symbol    the text of a node in a diagram; by default the name
    defaults  default values of operands
    domain    for each operand the interval that tests sample
    kinks     points where the derivative jumps or does not exist, with the partials chosen there, as in PyTorch
    textbook  the partials as a textbook prints them, where `partials` are written otherwise for their accuracy; these
              are displayed, and only where they give the same number. A partial 1/n is written as a fraction, and
              the attribute `shares` of a list is p = softmax of it
    source    a reference for the derivative. DLMF is the Digital Library of Mathematical Functions,
              F is torch.nn.functional

>>> tanh(0.0), softmax([1.0, 1.0]), relu.primitive.kinks
(0.0, [0.5, 0.5], {(0.0,): (0.0,)})
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd_tiny.errors import LengthError, PositionError, require_same_length
from autograd_tiny.primitives import ieee_functions as floats
from autograd_tiny.primitives import special_functions as special
from autograd_tiny.primitives import textbook
from autograd_tiny.primitives.primitive import primitive
from autograd_tiny.primitives.safe_float import SafeFloat

LN2, LN10 = math.log(2.0), math.log(10.0)
LOG2_E, LOG10_E = math.log2(math.e), math.log10(math.e)
TWO_OVER_SQRT_PI, INF, NAN = 2.0 / math.sqrt(math.pi), math.inf, math.nan
SELU_SCALE, SELU_ALPHA = textbook.SELU_SCALE, textbook.SELU_ALPHA
GELU_SCALE, GELU_CUBIC = math.sqrt(2.0 / math.pi), 0.044715
WHOLE = 2.0**53  # every float from here on is a whole number
BCE_EPSILON = 9.999999960041972e-13  # float32(1e-12), PyTorch's lower bound of p·(1 - p)

REAL, POSITIVE, ABOVE_ONE, UNIT = (-4.0, 4.0), (0.05, 6.0), (1.05, 6.0), (-0.95, 0.95)


# ── functions that the rows below use ─────────────────────────────────────────────────────────────────────────


def cases(condition: Any, x: Any, y: Any) -> Any:
    """Return x where the condition holds and y elsewhere, for every kind of number."""
    if isinstance(condition, bool):
        return x if condition else y
    return getattr(condition, "choose_recorded", where)(condition, x, y)  # a program that is recorded has its own way


def equal(x: Any, y: Any) -> Any:
    """Return the factor 1 where x = y; `==` compares nodes by identity."""
    return (x >= y) & (x <= y)


def is_nan(x: Any) -> Any:
    """Return the factor 1 where x is nan, the only number that is not ≤ itself."""
    return 1.0 - (x <= x)


def is_rounded_exponent(x: Any, y: Any, z: Any) -> Any:
    """Return the factor 1 where xʸ⁻¹ is better computed as z / x, because y - 1 is rounded, or loses its last bit."""
    return ((y < 0.5) & (x > 0.0) | (y >= WHOLE) & (y < INF) & (x < 0.0)) & (z > 0.0) & (z < INF)


def power_partial_x(x: Any, y: Any, z: Any) -> Any:
    """Return ∂xʸ/∂x = y·xʸ⁻¹, and 0 for y = 0, where its derivative by y is 1 / x."""
    quotient = is_rounded_exponent(x, y, z)
    constant = cases((x > 0.0) & (x < INF), y * z / x, 0.0)
    return cases(equal(y, 0.0), constant, cases(quotient, y * z / x, y * pow(x, y - 1.0)))


def power_rule(x: Any, c: Any, z: Any) -> Any:
    """Return ∂xᶜ/∂x = c·xᶜ⁻¹ for a constant exponent, so that no logarithm is taken in derivatives of it either."""
    quotient = is_rounded_exponent(x, c, z)
    return cases(equal(c, 0.0), 0.0, cases(quotient, c * z / x, c * pow_constant_exponent(x, c - 1.0)))


def power_partial_y(x: Any, y: Any, z: Any) -> Any:
    """Return ∂xʸ/∂y = z·log x, and 0 for x = 0 ≤ y."""
    return cases(equal(x, 0.0) & (y >= 0.0), 0.0, z * log(x))


def exponential_rule(c: Any, x: Any, z: Any) -> Any:
    """Return ∂cˣ/∂x = z·log c, with z as two factors where it is subnormal, and so has few bits."""
    half = pow_constant_base(c, 0.5 * x)
    return cases((z < 1e-290) & (c > 0.0), half * log(c) * half, power_partial_y(c, x, z))


def copysign_partial(x: Any, y: Any, z: Any) -> Any:
    """Return z / x, a sign; near 0 from the signs of x and y, before the derivative of z / x overflows."""
    return cases(abs(x) < 1e-150, sign(x) * copysign(1.0, y), z / x)


def fmod_quotient(x: Any, y: Any) -> Any:
    """Return trunc(x / y), also where x / y rounds up to a whole number; its derivatives are 0, not 0·∞."""
    ratio = x / y
    infinite = cases(ratio > 0.0, INF, cases(ratio < 0.0, -INF, NAN))
    return cases(abs(ratio) < INF, sign(x) * sign(y) * floordiv(abs(x), abs(y)), infinite)


def scale_of(radius: Any) -> Any:
    """Return a factor for a radius that overflows, or that has few bits, or a square that underflows."""
    return cases(radius < 1e-150, 1e150, cases(radius < INF, 1.0, 0.5))


def direction_partials(x: Any, y: Any) -> tuple[Any, Any]:
    """Return sin²/r and -cos·sin/r, with r scaled and no square, which may underflow."""
    scale = scale_of(hypot(x, y))
    slope = direction(y, x) / hypot(scale * x, scale * y)
    return scale * (direction(y, x) * slope), scale * (-direction(x, y) * slope)


def sigmoid_slope(x: Any, z: Any) -> Any:
    """Return z·sigmoid(-x); for nodes and duals as ¼·sech²(x/2), whose derivative does not cancel near 0."""
    if hasattr(z, "record_unary") or hasattr(z, "coefficients"):
        return 0.25 * square(sech(0.5 * x))
    return z * sigmoid(-x)


def atan_slope(x: Any) -> Any:
    """Return 1 / (1 + x²), as 1 / x² before x⁴ overflows in its derivative."""
    if type(x) is float:
        return 1.0 / (1.0 + x * x) if -1e16 < x < 1e16 else 1.0 / x / x
    return cases(abs(x) < 1e16, 1.0 / (1.0 + x * x), square(reciprocal(x)))


def silu_slope(x: Any, z: Any) -> Any:
    """Return sigmoid(x) + z·sigmoid(-x); for nodes and duals where sigmoid(-x) is subnormal with silu(-x)."""
    if (hasattr(z, "record_unary") or hasattr(z, "coefficients")) and x > 700.0:
        return sigmoid(x) - silu(-x) * sigmoid(x)
    return sigmoid(x) + z * sigmoid(-x)


def atan2_partials(y: Any, x: Any) -> tuple[Any, Any]:
    """Return x / r² and -y / r², divided by r twice since r² may overflow, and scaled where r is at the limits."""
    scale = scale_of(hypot(x, y))
    x, y = scale * x, scale * y
    radius = hypot(x, y)
    at_origin = equal(radius, 0.0)
    return cases(at_origin, x, scale * x / radius / radius), cases(at_origin, -y, -scale * y / radius / radius)


def scaled_exp(scale: Any, x: Any) -> Any:
    """Return scale·eˣ, in the left tail with eˣ as a square, since it has few bits where it is subnormal."""
    if type(x) is float:
        return scale * floats.exp(x) if x > -700.0 else scale * floats.exp(0.5 * x) * floats.exp(0.5 * x)
    power = exp(cases(x > -700.0, x, 0.5 * x))
    return cases(x > -700.0, scale * power, scale * power * power)


def erfinv_slope(x: Any, z: Any) -> Any:
    """Return ½√π·exp(z²), corrected for the rounding of z."""
    return special.erfinv_slope(x, z) if type(z) is float else corrected_erfinv_slope(x, z)


def corrected_erfinv_slope(x: Any, z: Any) -> Any:
    """Return the same for other numbers; for nodes and duals not corrected, for the correction has no derivative."""
    slope = special.HALF_SQRT_PI / gaussian(z)
    if hasattr(z, "record_unary") or hasattr(z, "coefficients"):
        return slope
    excess = (1.0 - abs(x)) - erfc(abs(z))
    return cases((abs(x) > 0.5) & (abs(x) < 1.0), slope * (1.0 - 2.0 * abs(z) * excess * slope), slope)


def logit_entropy_slope(x: Any) -> Any:
    """Return -x·sigmoid(x)·sigmoid(-x), in the tails from silu(-|x|), and 0 before that is ∞·0."""
    tail = cases(abs(x) < 800.0, sign(x) * silu(-abs(x)), 0.0)
    return cases(abs(x) < 700.0, -x * sigmoid(x) * sigmoid(-x), tail)


def x_exp(x: Any) -> Any:
    """Return x·eˣ, in the left tail as eˣ⸍²·x·eˣ⸍², since eˣ has few bits where it is subnormal."""
    return cases(x > -700.0, x * exp(x), exp(0.5 * x) * x * exp(0.5 * x))


def gaussian_partial(x: Any, z: Any) -> Any:
    """Return -2x·z, in the tails with z as 2π·φ(x)², since z has few bits where it is subnormal."""
    if type(x) is float:
        return -2.0 * x * z if -26.5 < x < 26.5 else special.gaussian_tail_slope(x)
    return cases(abs(x) < 26.5, -2.0 * x * z, -4.0 * math.pi * (x * normal_pdf(x) * normal_pdf(x)))


def x_normal_pdf(x: Any) -> Any:
    """Return x·φ(x), in the tails with φ(x) as e^(-x²/4)·e^(-x²/4) / √(2π), since φ(x) is subnormal there."""
    if type(x) is float:
        return special.x_normal_pdf(x)
    tail = x * gaussian(0.5 * x) * gaussian(0.5 * x) * special.INVERSE_SQRT_2PI
    return cases(abs(x) < 37.0, x * normal_pdf(x), tail)


def normal_pdf_slope(x: Any, z: Any) -> Any:
    """Return -x·z, in the tails as `x_normal_pdf`."""
    if type(x) is float:
        return -x * z if -37.0 < x < 37.0 else -special.x_normal_pdf(x)
    return cases(abs(x) < 37.0, -x * z, -x_normal_pdf(x))


def gelu_tanh_gate(x: Any) -> Any:
    """Return ½(1 + tanh u) = sigmoid(2u), where u = √(2/π)·(x + 0.044715 x³)."""
    return sigmoid(2.0 * GELU_SCALE * (x + GELU_CUBIC * x * x * x))


def gelu_tanh_partial(x: Any) -> Any:
    """Return ∂(x·gate)/∂x = gate + x·gate·(1 - gate)·2u′, constant where the gate is, before u″ overflows."""
    slope = 2.0 * GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * x * x)
    inner = gelu_tanh_gate(x) + x * gelu_tanh_gate(x) * gelu_tanh_gate(-x) * slope
    return cases(abs(x) > 64.0, 1.0 * (x > 0.0), inner)


def share(x: Any, y: Any, z: Any) -> Any:
    """Return eˣ / (eˣ + eʸ) = sigmoid(x - y), for floats without the error of the difference."""
    return floats.sigmoid_of_difference(x, y) if type(z) is float else sigmoid(x - y)


def exp_of_quotient(x: Any, y: Any) -> Any:
    """Return e^(x/y); but for nodes and duals as eⁿ·e^(r/y) for x = n·y + r, so that x/y is not rounded."""
    if hasattr(x, "record_unary") or hasattr(y, "record_unary") or hasattr(x, "coefficients"):
        return exp(x / y)
    rest = fmod(x, y)
    return exp(floor((x - rest) / y + 0.5)) * exp(rest / y)


def celu_partials(z: Any, x: Any, alpha: Any) -> tuple[Any, Any]:
    """Return the slopes of α·(e^(x/α) - 1), constant where e^(x/α) is 0, and with tiny α scaled, since 1/α overflows."""
    scale = cases(alpha < 1e-290, floats.FAR, 1.0)
    x, alpha = scale * x, scale * alpha
    power = floats.exp_of_quotient(x, alpha) if type(z) is float else exp_of_quotient(x, alpha)
    inner = cases(x < -800.0 * alpha, 0.0, power), cases(x < -800.0 * alpha, -1.0, expm1_minus_xexp(x / alpha))
    return cases(x > 0.0, 1.0, inner[0]), cases(x > 0.0, 0.0, inner[1])


def mish_partial(x: Any, gate: Any) -> Any:
    """Return ∂(x·tanh(gate))/∂x, where gate = softplus(x)."""
    return tanh(gate) + silu(x) * square(sech(gate))


def clamp_partials(x: Any, low: Any, high: Any) -> tuple[Any, Any, Any]:
    """Return the factor 1 for the one of x, low and high that is the output, 0 for the others."""
    return 1.0 * ((x >= low) & (x <= high)), 1.0 * ((x < low) & (low < high)), 1.0 * ((x > high) | (low > high))


def bce_partial(p: Any, target: Any) -> Any:
    """Return (p - t) / (p·(1 - p)), for nodes as (1 - t)/(1 - p) - t/p, whose derivative does not cancel."""
    if (hasattr(p, "record_unary") or hasattr(target, "record_unary")) and p * (1.0 - p) > BCE_EPSILON:
        return (1.0 - target) / (1.0 - p) - target / p
    return (p - target) / maximum(p * (1.0 - p), BCE_EPSILON)


def bce_with_logits_partial(x: Any, target: Any) -> Any:
    """Return sigmoid(x) - t without cancellation, in the tails and where x ≈ 0 and t ≈ ½."""
    tail = cases(x > 0.0, (1.0 - target) - sigmoid(-x), sigmoid(x) - target)
    return cases((x > -1.0) & (x < 1.0), 0.5 * tanh(0.5 * x) + (0.5 - target), tail)


def softmax(xs: Sequence[Any]) -> list[Any]:
    """Return e^xᵢ / Σ e^xⱼ for each i, for every kind of number; that of `engine.softmax` is faster for Values.

    >>> softmax([0.0, 0.0, 0.0, 0.0])
    [0.25, 0.25, 0.25, 0.25]
    """
    xs = list(nonempty("softmax", list(xs)))
    return [softmax_at(xs, index) for index in range(len(xs))]


def log_softmax(xs: Sequence[Any]) -> list[Any]:
    """Return log softmax(xs)ᵢ for each i, for every kind of number; that of `engine.softmax` is faster for Values.

    >>> log_softmax([1000.0, 0.0])
    [0.0, -1000.0]
    """
    xs = list(nonempty("log_softmax", list(xs)))
    return [log_softmax_at(xs, index) for index in range(len(xs))]


def norm_partials(xs: Sequence[Any], z: Any) -> list[Any]:
    """Return x / z for each x, 0 for z = 0; for a node that is most of the norm in a form whose derivative is exact.

    That of x / z is 1/z - x²/z³, which cancels there.
    """
    if {float, SafeFloat}.issuperset(map(type, xs)):
        return floats.unit_vector(xs, z)
    recorded = hasattr(z, "record_unary")  # only Values are differentiated again
    extreme = recorded and (z < 1e-290 or z >= INF)
    if extreme:
        scale = scale_of(z)
        xs = [scale * x for x in xs]
    return [
        direction(x, norm([*xs[:i], *xs[i + 1 :]]))
        if extreme or (recorded and (x > 0.7 * z or x < -0.7 * z))
        else cases(equal(z, 0.0), 0.0, x / z)
        for i, x in enumerate(xs)
    ]


def log_sum_exp_partials(xs: Sequence[Any], z: Any) -> list[Any]:
    """Return softmax(xs), and 0 where all xs are -∞; not e^(x - z), since z is rounded."""
    infinite = equal(z, INF) | equal(z, -INF)
    shares = fast_softmax(xs)
    return [cases(infinite, cases(equal(z, INF), exp(x - z), 0.0), p) for x, p in zip(xs, shares, strict=True)]


def products_of_others(xs: Sequence[Any]) -> list[Any]:
    """Return for each x the product of all others, from products of those before and after it."""
    before, after = [1.0], [1.0]
    for x, y in zip(xs[:-1], reversed(xs[1:]), strict=True):
        before.append(before[-1] * x)
        after.append(y * after[-1])
    return [left * right for left, right in zip(before, reversed(after), strict=True)]


def tie_shares(hits: Sequence[Any]) -> list[Any]:
    """Return each hit divided by the number of hits, so that ties of max and min split evenly."""
    number = floats.add_all(hits)
    return [hit / number for hit in hits]


def fast_softmax(xs: Sequence[Any]) -> Sequence[Any]:
    """Return softmax(xs), in one pass for floats."""
    return floats.softmax(xs) if {float, SafeFloat}.issuperset(map(type, xs)) else softmax(xs)


def one_hot(index: Any, length: int) -> list[Any]:
    """Return the factor 1 at the index and 0 elsewhere."""
    if type(index) is float:
        return [0.0] * int(index) + [1.0] + [0.0] * (length - 1 - int(index))
    return [1.0 * equal(float(j), index) for j in range(length)]


def rest_of_softmax(index: Any, xs: Sequence[Any], misses: Sequence[Any]) -> Any:
    """Return the sum of the other probabilities; for nodes as a sigmoid, whose derivative is one product, no sum."""
    if type(misses[0]) is float:
        return floats.add_all(misses)
    if type(index) is float and len(xs) > 1 and any(hasattr(x, "record_unary") for x in xs):
        place = int(index)
        return sigmoid(logsumexp([x - xs[place] for x in [*xs[:place], *xs[place + 1 :]]]))
    return floats.add_all(misses)


def one_hot_minus_softmax(index: Any, xs: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return for each i the terms of one_hot(index) - softmax(xs): (1 - p, 0) at the index and (0, p) elsewhere.

    1 - p is computed as the sum of the other probabilities, which has no rounding error from the 1.
    """
    hits = one_hot(index, len(xs))
    misses = [(1.0 - hit) * p for hit, p in zip(hits, fast_softmax(xs), strict=True)]
    rest = rest_of_softmax(index, xs, misses)
    return [(hit * rest, miss) for hit, miss in zip(hits, misses, strict=True)]


def output_at(
    place: str, outputs_of: Callable[[Sequence[float]], list[float]], xs: Sequence[float], index: float
) -> float:
    """Return one output of a function of a list, or raise a PositionError."""
    if index % 1.0 or not 0.0 <= index < len(xs):
        raise PositionError(place, index, len(xs))
    return outputs_of(xs)[int(index)]


def nonempty(place: str, xs: Sequence[Any]) -> Sequence[Any]:
    """Return xs, or raise a LengthError if it is empty."""
    if not xs:
        raise LengthError(place, list=0)
    return xs


def dot_of_equal_lengths(ws: Sequence[float], xs: Sequence[float], bias: float) -> float:
    """Return bias + Σ wᵢ·xᵢ, or raise a LengthError."""
    require_same_length("dot", ws=ws, xs=xs)
    return floats.dot(ws, xs, bias)


# fmt: off
# The rows are aligned by hand.

# ── arithmetic ────────────────────────────────────────────────────────────────────────────────────────────────

add = primitive("add", "{x} + {y}", lambda x, y: x + y, lambda x, y, z: (1.0, 1.0),
    latex="{x} + {y}", symbol="+", domain=[REAL, REAL], source="sum rule")
sub = primitive("sub", "{x} - {y}", lambda x, y: x - y, lambda x, y, z: (1.0, -1.0),
    latex="{x} - {y}", symbol="-", domain=[REAL, REAL], source="sum rule")
mul = primitive("mul", "{x} * {y}", lambda x, y: x * y, lambda x, y, z: (y, x),
    latex=r"{x} \cdot {y}", symbol="*", domain=[REAL, REAL], source="product rule")
div = primitive("div", "{x} / {y}", floats.divide,      lambda x, y, z: (1.0 / y, -z / y),
    latex=r"\frac{{x}}{{y}}", symbol="/", domain=[REAL, POSITIVE], textbook=lambda x, y, z: (1.0 / textbook.kept(y, z), -z / y), source="quotient rule")
neg = primitive("neg", "-{x}",      lambda x: -x,       lambda x, z: (-1.0,),
    latex="-{x}", symbol="-", domain=[REAL], source="constant-factor rule")

# Value ** Value, Value ** constant and constant ** Value: with a constant exponent no logarithm is taken
pow                   = primitive("pow", "{x} ** {y}", floats.c_power,
    lambda x, y, z: (power_partial_x(x, y, z), power_partial_y(x, y, z)),
    latex="{x}^{{y}}", symbol="**", domain=[POSITIVE, REAL], kinks={(0.0, 0.0): (0.0, 0.0), (0.0, 2.0): (0.0, 0.0)},
    textbook=lambda x, y, z: (y * x ** (y - 1.0), z * log(x)), source="xʸ; DLMF §4.7; torch.pow, which takes x ** 0.5 and x ** -0.5 with constant exponents as square roots")
pow_constant_exponent = primitive("pow_constant_exponent", "{x} ** {c}", floats.power,
    lambda x, c, z: (power_rule(x, c, z), 0.0),
    latex="{x}^{{c}}", symbol="**", domain=[POSITIVE, REAL], kinks={(0.0, 0.0): (0.0, 0.0)}, textbook=lambda x, c, z: (c * pow_constant_exponent(x, c - 1.0), 0.0), source="power rule")
pow_constant_base     = primitive("pow_constant_base", "{c} ** {x}", floats.c_power,
    lambda c, x, z: (0.0, exponential_rule(c, x, z)),
    latex="{c}^{{x}}", symbol="**", domain=[POSITIVE, REAL], kinks={(0.0, 0.0): (0.0, 0.0)}, textbook=lambda c, x, z: (0.0, textbook.exponential_slope(c, c ** x, z, log)), source="DLMF §4.7")

# ── powers, roots, exponentials, logarithms ───────────────────────────────────────────────────────────────────

square     = primitive("square",     "square({x})",         lambda x: x * x,                  lambda x, z: (2.0 * x,),
    latex=lambda x: x ** 2.0, domain=[REAL], source="x²; power rule")
one_minus_square = primitive("one_minus_square", "one_minus_square({x})", lambda x: (1.0 - x) * (1.0 + x), lambda x, z: (-2.0 * x,),
    latex=lambda x: 1.0 - x ** 2.0, domain=[REAL], source="1 - x²; power rule")
reciprocal = primitive("reciprocal", "reciprocal({x})",     lambda x: floats.divide(1.0, x),  lambda x, z: (-z * z,),
    latex=lambda x: 1.0 / x, domain=[POSITIVE], source="1 / x; power rule")
sqrt       = primitive("sqrt",       "sqrt({x})",           floats.sqrt,                      lambda x, z: (0.5 / z,),
    latex=r"\sqrt{{x}}", symbol="√", domain=[POSITIVE], kinks={(0.0,): (INF,)}, textbook=lambda x, z: (1.0 / (2.0 * z),),
    source="√x; power rule")
rsqrt      = primitive("rsqrt", "rsqrt({x})", lambda x: floats.divide(1.0, floats.sqrt(x)), lambda x, z: (-0.5 * z * z * z,),
    latex=lambda x: 1.0 / sqrt(x), domain=[POSITIVE], textbook=lambda x, z: (-(z ** 3.0) / 2.0,), source="1 / √x; power rule")
cbrt       = primitive("cbrt",       "cbrt({x})",           floats.cbrt,                      lambda x, z: (1.0 / (3.0 * z * z),),
    latex=r"\sqrt[3]{{x}}", symbol="∛", domain=[REAL], kinks={(0.0,): (INF,)}, source="∛x; power rule")
exp        = primitive("exp",        "exp({x})",            floats.exp,                       lambda x, z: (z,),
    latex="e^{{x}}", domain=[REAL], source="eˣ; DLMF §4.7")
exp2       = primitive("exp2",       "exp2({x})",           lambda x: floats.c_power(2.0, x), lambda x, z: (z * LN2,),
    latex=lambda x: 2.0 ** x, domain=[REAL], textbook=lambda x, z: (z * log(textbook.constant(z, 2.0)),), source="2ˣ; DLMF §4.7")
expm1      = primitive("expm1",      "expm1({x})",          floats.expm1,                     lambda x, z: (exp(x),),
    latex=lambda x: exp(x) - 1.0, domain=[REAL], source="eˣ - 1; DLMF §4.7")
expm1_minus_xexp = primitive("expm1_minus_xexp", "expm1_minus_xexp({x})", floats.expm1_minus_xexp, lambda x, z: (-x_exp(x),),
    domain=[REAL], textbook=lambda x, z: (-x * exp(x),), source="eˣ - 1 - x·eˣ")
log        = primitive("log",        "log({x})",            floats.log,                       lambda x, z: (1.0 / x,),
    latex=r"\log\left({x}\right)", domain=[POSITIVE], source="ln x; DLMF §4.7")
log2       = primitive("log2",       "log2({x})",           floats.log2,                      lambda x, z: (LOG2_E / x,),
    latex=r"\log_{2}\left({x}\right)", domain=[POSITIVE], textbook=lambda x, z: (1.0 / (x * log(textbook.constant(z, 2.0))),),
    source="ln x / ln 2; DLMF §4.7")
log10      = primitive("log10",      "log10({x})",          floats.log10,                     lambda x, z: (LOG10_E / x,),
    latex=r"\log_{10}\left({x}\right)", domain=[POSITIVE], textbook=lambda x, z: (1.0 / (x * log(textbook.constant(z, 10.0))),),
    source="ln x / ln 10; DLMF §4.7")
log1p      = primitive("log1p",      "log1p({x})",          floats.log1p,                     lambda x, z: (1.0 / (1.0 + x),),
    latex=lambda x: log(1.0 + x), domain=[UNIT], source="ln(1 + x); DLMF §4.7")
xlogy      = primitive("xlogy",      "xlogy({x}, {y})", lambda x, y: 0.0 if x == 0.0 and y == y else x * floats.log(y),
    lambda x, y, z: (cases(equal(x, 0.0) & (y <= 0.0), 0.0, log(y)), x / y),
    latex=lambda x, y: x * log(y), domain=[REAL, POSITIVE], textbook=lambda x, y, z: (log(y), x / y), source="x·ln y, 0 where x is 0; torch.special.xlogy")
logaddexp  = primitive("logaddexp", "logaddexp({x}, {y})", floats.log_add_exp,
    lambda x, y, z: (cases(equal(z, -INF), 0.0, share(x, y, z)), cases(equal(z, -INF), 0.0, share(y, x, z))),
    latex=lambda x, y: log(exp(x) + exp(y)), domain=[REAL, REAL], kinks={(-INF, -INF): (0.0, 0.0)}, textbook=lambda x, y, z: (sigmoid(x - y), sigmoid(y - x)), source="ln(eˣ + eʸ); torch.logaddexp")

# ── absolute value, sign, rounding ────────────────────────────────────────────────────────────────────────────

abs       = primitive("abs",       "abs({x})",                 math.fabs,                   lambda x, z: (sign(x),),
    latex=r"\left\lvert {x} \right\rvert", domain=[REAL], kinks={(0.0,): (0.0,)}, source="|x|; torch.abs")
sign      = primitive("sign",      "sign({x})",                floats.sign,                 lambda x, z: (0.0,),
    latex=r"\operatorname{sgn}\left({x}\right)", domain=[REAL], kinks={(0.0,): (0.0,)}, source="-1, 0 or 1; torch.sign")
heaviside = primitive("heaviside", "heaviside({x}, {values})", floats.heaviside, lambda x, values, z: (0.0, 1.0 * equal(x, 0.0)),
    latex=r"H\left({x}\right)", domain=[REAL, REAL], kinks={(0.0, 0.5): (0.0, 1.0)}, source="0 for x < 0, values at 0, 1 for x > 0; torch.heaviside")
copysign  = primitive("copysign", "copysign({x}, {y})", math.copysign, lambda x, y, z: (copysign_partial(x, y, z), 0.0),
    domain=[REAL, REAL], kinks={(0.0, 1.0): (0.0, 0.0)}, textbook=lambda x, y, z: (z / x, 0.0), source="|x| with the sign of y; torch.copysign")
floor     = primitive("floor",     "floor({x})",               floats.floor,                lambda x, z: (0.0,),
    latex=r"\left\lfloor {x} \right\rfloor", domain=[REAL], kinks={(1.0,): (0.0,)}, source="the largest integer ≤ x; torch.floor")
ceil      = primitive("ceil",      "ceil({x})",                lambda x: -floats.floor(-x), lambda x, z: (0.0,),
    latex=r"\left\lceil {x} \right\rceil", domain=[REAL], kinks={(1.0,): (0.0,)}, source="the smallest integer ≥ x; torch.ceil")
trunc     = primitive("trunc",     "trunc({x})",               floats.trunc,                lambda x, z: (0.0,),
    domain=[REAL], kinks={(1.0,): (0.0,)}, source="the integer part of x; torch.trunc")
round     = primitive("round",     "round({x}, {ndigits})",    floats.round_half_even,      lambda x, ndigits, z: (0.0, 0.0),
    defaults={"ndigits": 0.0}, domain=[REAL, (0.0, 0.0)], kinks={(0.5, 0.0): (0.0, 0.0)}, source="x to ndigits decimals, halves to even; torch.round")
fmod      = primitive("fmod",      "fmod({x}, {y})",           floats.fmod,                 lambda x, y, z: (1.0, -fmod_quotient(x, y)),
    domain=[REAL, (1.1, 1.9)], kinks={(2.0, 1.0): (1.0, -2.0)}, textbook=lambda x, y, z: (1.0, -trunc(x / y)),
    source="x - y·trunc(x / y), with the sign of x; torch.fmod")
remainder = primitive("remainder", "{x} % {y}",                floats.remainder,            lambda x, y, z: (1.0, -floordiv(x, y)),
    latex=r"{x} \bmod {y}", symbol="%", domain=[REAL, (1.1, 1.9)], kinks={(2.0, 1.0): (1.0, -2.0)}, source="x - y·floor(x / y), with the sign of y; torch.remainder")
floordiv  = primitive("floordiv",  "{x} // {y}",               floats.floordiv,             lambda x, y, z: (0.0, 0.0),
    latex=r"\left\lfloor \frac{{x}}{{y}} \right\rfloor", symbol="//", domain=[REAL, (1.1, 1.9)], kinks={(2.0, 1.0): (0.0, 0.0)},
    source="floor(x / y); torch.floor_divide")

# ── trigonometric, hyperbolic, and their inverses ─────────────────────────────────────────────────────────────

sin     = primitive("sin",     "sin({x})",        floats.sin,   lambda x, z: (cos(x),),
    latex=r"\sin\left({x}\right)", domain=[REAL], source="DLMF §4.20")
cos     = primitive("cos",     "cos({x})",        floats.cos,   lambda x, z: (-sin(x),),
    latex=r"\cos\left({x}\right)", domain=[REAL], source="DLMF §4.20")
tan     = primitive("tan",     "tan({x})",        floats.tan,   lambda x, z: (1.0 + z * z,),
    latex=r"\tan\left({x}\right)", domain=[(-1.4, 1.4)], source="DLMF §4.20")
asin    = primitive("asin",    "asin({x})",       floats.asin,  lambda x, z: (rsqrt(one_minus_square(x)),),
    latex=r"\arcsin\left({x}\right)", domain=[UNIT], textbook=lambda x, z: (1.0 / sqrt(1.0 - x ** 2.0),),
    source="DLMF §4.24")
acos    = primitive("acos",    "acos({x})",       floats.acos,  lambda x, z: (-rsqrt(one_minus_square(x)),),
    latex=r"\arccos\left({x}\right)", domain=[UNIT], textbook=lambda x, z: (-1.0 / sqrt(1.0 - x ** 2.0),),
    source="DLMF §4.24")
atan    = primitive("atan",    "atan({x})",       math.atan,    lambda x, z: (atan_slope(x),),
    latex=r"\arctan\left({x}\right)", domain=[REAL], textbook=lambda x, z: (1.0 / (1.0 + x ** 2.0),), source="DLMF §4.24")
atan2   = primitive("atan2",   "atan2({y}, {x})", math.atan2,   lambda y, x, z: atan2_partials(y, x),
    domain=[REAL, REAL], kinks={(0.0, 0.0): (0.0, 0.0)}, textbook=lambda y, x, z: (x / (x ** 2.0 + y ** 2.0), -y / (x ** 2.0 + y ** 2.0)),
    source="the angle of the point (x, y); torch.atan2")
hypot   = primitive("hypot",   "hypot({x}, {y})", math.hypot,   lambda x, y, z: (direction(x, y), direction(y, x)),
    latex=lambda x, y: sqrt(x ** 2.0 + y ** 2.0), domain=[REAL, REAL], kinks={(0.0, 0.0): (0.0, 0.0)}, textbook=lambda x, y, z: (x / z, y / z),
    source="√(x² + y²); torch.hypot")
direction = primitive("direction", "direction({x}, {y})", floats.direction,
    lambda x, y, z: direction_partials(x, y),
    latex=r"\cos\left(\operatorname{atan2}\left({y}, {x}\right)\right)", domain=[REAL, REAL], textbook=lambda x, y, z: (y ** 2.0 / hypot(x, y) ** 3.0, -x * y / hypot(x, y) ** 3.0),
    source="x / √(x² + y²), the cosine of the angle of the point (x, y)")
sinh    = primitive("sinh",    "sinh({x})",       floats.sinh,  lambda x, z: (cosh(x),),
    latex=r"\sinh\left({x}\right)", domain=[REAL], source="(eˣ - e⁻ˣ) / 2; DLMF §4.34")
cosh    = primitive("cosh",    "cosh({x})",       floats.cosh,  lambda x, z: (sinh(x),),
    latex=r"\cosh\left({x}\right)", domain=[REAL], source="(eˣ + e⁻ˣ) / 2; DLMF §4.34")
tanh    = primitive("tanh",    "tanh({x})",       math.tanh,    lambda x, z: (sech(x) ** 2,),
    latex=r"\tanh\left({x}\right)", domain=[REAL], textbook=lambda x, z: (1.0 - z ** 2.0,),
    source="sinh x / cosh x; DLMF §4.34")
sech    = primitive("sech",    "sech({x})",       floats.sech, lambda x, z: (-z * tanh(x),),
    latex=r"\operatorname{sech}\left({x}\right)", domain=[REAL], source="1 / cosh x; DLMF §4.34")
asinh   = primitive("asinh",   "asinh({x})",      math.asinh,   lambda x, z: (1.0 / hypot(1.0, x),),
    latex=r"\operatorname{arsinh}\left({x}\right)", domain=[REAL], textbook=lambda x, z: (1.0 / sqrt(1.0 + x ** 2.0),),
    source="DLMF §4.38")
acosh   = primitive("acosh",   "acosh({x})",      floats.acosh, lambda x, z: (rsqrt(abs(x) - 1.0) * rsqrt(abs(x) + 1.0),),
    latex=r"\operatorname{arcosh}\left({x}\right)", domain=[ABOVE_ONE], kinks={(1.0,): (INF,)}, textbook=lambda x, z: (1.0 / sqrt(x ** 2.0 - 1.0),),
    source="DLMF §4.38")
atanh   = primitive("atanh",   "atanh({x})",      floats.atanh, lambda x, z: (1.0 / one_minus_square(x),),
    latex=r"\operatorname{artanh}\left({x}\right)", domain=[UNIT], textbook=lambda x, z: (1.0 / (1.0 - x ** 2.0),),
    source="DLMF §4.38")
sinc    = primitive("sinc", "sinc({x})", floats.sinc, lambda x, z: (sinc_derivative(1.0, x),),
    domain=[REAL], kinks={(0.0,): (0.0,)}, textbook=lambda x, z: ((cos(textbook.pi(z) * x) - z) / x,), source="sin(πx) / (πx); numpy.sinc")
sinc_derivative = primitive("sinc_derivative", "sinc_derivative({n}, {x})", floats.sinc_derivative,
    lambda n, x, z: (0.0, sinc_derivative(n + 1.0, x)),
    latex=r"\operatorname{sinc}^{\left({n}\right)}\left({x}\right)", domain=[(1.0, 1.0), REAL], textbook=lambda n, x, z: (0.0, textbook.sinc_derivative_slope(n, x, z, sin, cos)), source="the derivative of order n of sinc, from x·sinc x = sin(πx) / π")
degrees = primitive("degrees", "degrees({x})",    math.degrees, lambda x, z: (180.0 / math.pi,),
    domain=[REAL], textbook=lambda x, z: (180.0 / textbook.pi(z),), source="x·180 / π; definition")
radians = primitive("radians", "radians({x})",    math.radians, lambda x, z: (math.pi / 180.0,),
    domain=[REAL], textbook=lambda x, z: (textbook.pi(z) / 180.0,), source="x·π / 180; definition")

# ── error and gamma functions ─────────────────────────────────────────────────────────────────────────────────

gaussian   = primitive("gaussian",   "gaussian({x})",       special.gaussian,   lambda x, z: (gaussian_partial(x, z),),
    latex=lambda x: exp(-(x ** 2.0)), domain=[REAL], textbook=lambda x, z: (-2.0 * x * z,), source="exp(-x²)")
normal_pdf = primitive("normal_pdf", "normal_pdf({x})",     special.normal_pdf, lambda x, z: (normal_pdf_slope(x, z),),
    latex=r"\varphi\left({x}\right)", symbol="φ", domain=[REAL], textbook=lambda x, z: (-x * z,), source="exp(-x²/2) / √(2π), the density of the normal distribution")
normal_cdf = primitive("normal_cdf", "normal_cdf({x})",     special.normal_cdf, lambda x, z: (normal_pdf(x),),
    latex=r"\Phi\left({x}\right)", symbol="Φ", domain=[REAL], source="(1 + erf(x / √2)) / 2; torch.special.ndtr")
erf        = primitive("erf",        "erf({x})",            math.erf,           lambda x, z: (TWO_OVER_SQRT_PI * gaussian(x),),
    domain=[REAL], textbook=lambda x, z: (2.0 / sqrt(textbook.pi(z)) * exp(-(x ** 2.0)),), source="2/√π · ∫₀ˣ exp(-t²) dt; DLMF §7.10")
erfc       = primitive("erfc",       "erfc({x})",           math.erfc,          lambda x, z: (-TWO_OVER_SQRT_PI * gaussian(x),),
    domain=[REAL], textbook=lambda x, z: (-2.0 / sqrt(textbook.pi(z)) * exp(-(x ** 2.0)),), source="1 - erf x; DLMF §7.10")
erfinv     = primitive("erfinv", "erfinv({x})", special.erfinv, lambda x, z: (erfinv_slope(x, z),),
    latex=r"\operatorname{erf}^{-1}\left({x}\right)", domain=[UNIT], textbook=lambda x, z: (sqrt(textbook.pi(z)) / 2.0 * exp(z ** 2.0),), source="the inverse of erf; torch.special.erfinv, DLMF §7.17")
gamma      = primitive("gamma",      "gamma({x})",          special.gamma,      lambda x, z: (z * digamma(x),),
    latex=r"\Gamma\left({x}\right)", symbol="Γ", domain=[POSITIVE], source="∫₀^∞ t^(x - 1)·e⁻ᵗ dt; DLMF §5.2")
lgamma     = primitive("lgamma",     "lgamma({x})",         special.lgamma,     lambda x, z: (digamma(x),),
    latex=r"\log\Gamma\left({x}\right)", domain=[POSITIVE], source="ln |Γ(x)|; DLMF §5.2")
digamma    = primitive("digamma", "digamma({x})", lambda x: special.polygamma(0.0, x), lambda x, z: (polygamma(1.0, x),),
    latex=r"\psi\left({x}\right)", domain=[POSITIVE], source="the derivative of ln Γ(x); DLMF §5.15")
polygamma  = primitive("polygamma",  "polygamma({n}, {x})", special.polygamma,  lambda n, x, z: (0.0, polygamma(n + 1.0, x)),
    latex=r"\psi^{\left({n}\right)}\left({x}\right)", domain=[(1.0, 1.0), POSITIVE], source="the derivative of order n of digamma(x); DLMF §5.15")

# ── activations ───────────────────────────────────────────────────────────────────────────────────────────────

sigmoid     = primitive("sigmoid",     "sigmoid({x})",     floats.sigmoid,             lambda x, z: (z * floats.sigmoid(-x) if type(z) is float else sigmoid_slope(x, z),),
    latex=r"\sigma\left({x}\right)", domain=[REAL], textbook=lambda x, z: (z * (1.0 - z),),
    source="1 / (1 + e⁻ˣ); F.sigmoid")
logit       = primitive("logit",       "logit({x})",       floats.logit,               lambda x, z: (1.0 / (x * (1.0 - x)),),
    domain=[(0.05, 0.95)], source="ln(x / (1 - x)); torch.logit")
log_sigmoid = primitive("log_sigmoid", "log_sigmoid({x})", floats.log_sigmoid,         lambda x, z: (sigmoid(-x),),
    latex=r"\log\sigma\left({x}\right)", domain=[REAL], source="ln(1 / (1 + e⁻ˣ)); F.logsigmoid")
softplus    = primitive("softplus",    "softplus({x}, {beta})", floats.softplus,
    lambda x, beta, z: (sigmoid(beta * x), -logit_entropy(beta * x) / beta / beta),
    defaults={"beta": 1.0}, domain=[REAL, (0.5, 2.0)], textbook=lambda x, beta, z: (sigmoid(beta * x), (x * sigmoid(beta * x) - z) / beta),
    source="ln(1 + exp(beta·x)) / beta; F.softplus, without its threshold")
logit_entropy = primitive("logit_entropy", "logit_entropy({x})", floats.logit_entropy, lambda x, z: (logit_entropy_slope(x),),
    latex=r"H\left(\sigma\left({x}\right)\right)", domain=[REAL], textbook=lambda x, z: (-x * sigmoid(x) * sigmoid(-x),), source="log(1 + eˣ) - x·σ(x), the entropy of a class of that logit")
relu        = primitive("relu", "relu({x})", lambda x: 0.0 if x < 0.0 else x, lambda x, z: (1.0 - (x <= 0.0),),
    latex=r"\operatorname{ReLU}\left({x}\right)", domain=[REAL], kinks={(0.0,): (0.0,)}, textbook=lambda x, z: (1.0 * (x > 0.0),), source="max(x, 0); F.relu")
leaky_relu  = primitive("leaky_relu",  "leaky_relu({x}, {negative_slope})", lambda x, slope: x if x > 0.0 else slope * x,
    lambda x, slope, z: (cases(x > 0.0, 1.0, slope), cases(x > 0.0, 0.0, x)),
    latex=r"\operatorname{LeakyReLU}\left({x}, {negative_slope}\right)", defaults={"negative_slope": 0.01},
    domain=[REAL, (0.1, 0.5)], kinks={(0.0, 0.01): (0.01, 0.0)}, source="x, or negative_slope·x for x < 0; F.leaky_relu")
elu         = primitive("elu",         "elu({x}, {alpha})", lambda x, alpha: x if x > 0.0 else alpha * math.expm1(x),
    lambda x, alpha, z: (cases(x > 0.0, 1.0, scaled_exp(alpha, x)), cases(x > 0.0, 0.0, expm1(x))),
    latex=r"\operatorname{ELU}\left({x}, {alpha}\right)", defaults={"alpha": 1.0}, domain=[REAL, (0.5, 2.0)],
    kinks={(0.0, 1.5): (1.5, 0.0)}, textbook=lambda x, alpha, z: (cases(x > 0.0, 1.0, alpha * exp(x)), cases(x > 0.0, 0.0, exp(x) - 1.0)), source="x, or alpha·(eˣ - 1) for x < 0; arXiv:1511.07289, F.elu")
celu        = primitive("celu",        "celu({x}, {alpha})", lambda x, alpha: x if x > -1e-17 * alpha else alpha * floats.expm1(x / alpha),
    lambda x, alpha, z: celu_partials(z, x, alpha),
    latex=r"\operatorname{CELU}\left({x}, {alpha}\right)", defaults={"alpha": 1.0}, domain=[REAL, (0.5, 2.0)],
    kinks={(0.0, 2.0): (1.0, 0.0)}, textbook=lambda x, alpha, z: (cases(x > 0.0, 1.0, exp(x / alpha)), cases(x > 0.0, 0.0, (1.0 - x / alpha) * exp(x / alpha) - 1.0)), source="x, or alpha·(exp(x / alpha) - 1) for x < 0; arXiv:1704.07483, F.celu")
selu        = primitive("selu",        "selu({x})", lambda x: SELU_SCALE * (x if x > 0.0 else SELU_ALPHA * math.expm1(x)),
    lambda x, z: (SELU_SCALE * cases(x > 0.0, 1.0, SELU_ALPHA * exp(x)),),
    latex=r"\operatorname{SELU}\left({x}\right)", domain=[REAL], kinks={(0.0,): (SELU_SCALE * SELU_ALPHA,)},
    textbook=lambda x, z: (cases(x > 0.0, *textbook.selu_slopes(exp(x), z)),), source="scale·elu(x, alpha), with its two constants; arXiv:1706.02515, F.selu")
gelu        = primitive("gelu", "gelu({x})", special.gelu, lambda x, z: (normal_cdf(x) + x_normal_pdf(x),),
    latex=r"\operatorname{GELU}\left({x}\right)", domain=[REAL], textbook=lambda x, z: (normal_cdf(x) + x * normal_pdf(x),), source="x·normal_cdf(x); arXiv:1606.08415, F.gelu")
gelu_tanh   = primitive("gelu_tanh", "gelu_tanh({x})", lambda x: x * gelu_tanh_gate(x), lambda x, z: (gelu_tanh_partial(x),),
    latex=r"\operatorname{GELU}_{\tanh}\left({x}\right)", domain=[REAL], textbook=lambda x, z: (z / x + z * (1.0 - z / x) * sqrt(8.0 / textbook.pi(z)) * (1.0 + textbook.gelu_cubic(z) * x ** 2.0),),
    source='x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2; arXiv:1606.08415, F.gelu(approximate="tanh")')
silu        = primitive("silu",        "silu({x})",        floats.silu,                lambda x, z: (floats.sigmoid(x) + z * floats.sigmoid(-x) if type(z) is float else silu_slope(x, z),),
    latex=r"\operatorname{SiLU}\left({x}\right)", domain=[REAL], source="x·sigmoid(x); arXiv:1702.03118, F.silu")
mish        = primitive("mish",        "mish({x})",        floats.mish,                lambda x, z: (mish_partial(x, softplus(x)),),
    domain=[REAL], textbook=lambda x, z: (z / x + x * sigmoid(x) * (1.0 - (z / x) ** 2.0),),
    source="x·tanh(softplus(x)); arXiv:1908.08681, F.mish")
relu6       = primitive("relu6",       "relu6({x})", lambda x: floats.minimum(floats.maximum(x, 0.0), 6.0),
    lambda x, z: (1.0 * ((x > 0.0) & (x < 6.0)),),
    latex=r"\operatorname{ReLU6}\left({x}\right)", domain=[(-4.0, 8.0)], kinks={(0.0,): (0.0,), (6.0,): (0.0,)}, source="min(max(x, 0), 6); F.relu6")
hardtanh    = primitive("hardtanh",    "hardtanh({x}, {min_val}, {max_val})", floats.clamp,
    lambda x, low, high, z: (1.0 * ((x > low) & (x < high)), 1.0 * (x < low), 1.0 * (x > high)),
    defaults={"min_val": -1.0, "max_val": 1.0}, domain=[REAL, (-2.0, -1.0), (1.0, 2.0)], kinks={(1.0, -1.0, 1.0): (0.0, 0.0, 0.0)},
    source="min(max(x, min_val), max_val); F.hardtanh")
hardsigmoid = primitive("hardsigmoid", "hardsigmoid({x})", lambda x: floats.clamp((x + 3.0) / 6.0, 0.0, 1.0),
    lambda x, z: ((1.0 / 6.0) * ((x > -3.0) & (x < 3.0)),),
    domain=[REAL], kinks={(3.0,): (0.0,)}, textbook=lambda x, z: (((x > -3.0) & (x < 3.0)) / 6.0,), source="min(max(x + 3, 0), 6) / 6; F.hardsigmoid")
hardswish   = primitive("hardswish",   "hardswish({x})", lambda x: x * floats.clamp((x + 3.0) / 6.0, 0.0, 1.0),
    lambda x, z: (cases(x < -3.0, 0.0, cases(x > 3.0, 1.0, (x + 1.5) / 3.0)),),
    domain=[REAL], source="x·hardsigmoid(x); arXiv:1905.02244, F.hardswish")
softsign    = primitive("softsign",    "softsign({x})",    floats.softsign,            lambda x, z: (square(1.0 / (1.0 + abs(x))),),
    domain=[REAL], textbook=lambda x, z: (1.0 / (1.0 + abs(x)) ** 2.0,), source="x / (1 + |x|); F.softsign")
tanhshrink  = primitive("tanhshrink",  "tanhshrink({x})",  floats.tanhshrink, lambda x, z: (square(tanh(x)),),
    domain=[REAL], textbook=lambda x, z: (tanh(x) ** 2.0,), source="x - tanh x; F.tanhshrink")
softshrink  = primitive("softshrink",  "softshrink({x}, {lambd})", lambda x, lambd: x - floats.clamp(x, -lambd, lambd),
    lambda x, lambd, z: (1.0 * (abs(x) > lambd), -sign(x) * (abs(x) > lambd)),
    defaults={"lambd": 0.5}, domain=[REAL, (0.5, 0.9)], kinks={(0.5, 0.5): (0.0, 0.0)}, source="x ∓ lambd outside of ±lambd, 0 inside; F.softshrink")
hardshrink  = primitive("hardshrink",  "hardshrink({x}, {lambd})", lambda x, lambd: x if math.fabs(x) > lambd or x != x else 0.0,
    lambda x, lambd, z: (1.0 * (abs(x) > lambd), 0.0),
    defaults={"lambd": 0.5}, domain=[REAL, (0.5, 0.9)], kinks={(0.5, 0.5): (0.0, 0.0)}, source="x outside of ±lambd, 0 inside; F.hardshrink")
threshold   = primitive("threshold",   "threshold({x}, {threshold}, {value})",
    lambda x, threshold, value: x if x > threshold or x != x else value,
    lambda x, threshold, value, z: (1.0 * (x > threshold), 0.0, 1.0 - (x > threshold)),
    domain=[REAL, REAL, REAL], kinks={(1.0, 1.0, 5.0): (0.0, 0.0, 1.0)}, source="x where x > threshold, else value; F.threshold")

# ── selection ─────────────────────────────────────────────────────────────────────────────────────────────────

maximum = primitive("maximum", "maximum({x}, {y})", floats.maximum,
    lambda x, y, z: (1.0 - 0.5 * (x < y) - 0.5 * (x <= y), 1.0 - 0.5 * (y < x) - 0.5 * (y <= x)),
    latex=r"\max\left({x}, {y}\right)", domain=[REAL, REAL], kinks={(1.0, 1.0): (0.5, 0.5)}, textbook=lambda x, y, z: ((x > y) + equal(x, y) / 2.0, (y > x) + equal(x, y) / 2.0), source="the larger number, nan if one is nan; torch.maximum")
minimum = primitive("minimum", "minimum({x}, {y})", floats.minimum,
    lambda x, y, z: (1.0 - 0.5 * (x > y) - 0.5 * (x >= y), 1.0 - 0.5 * (y > x) - 0.5 * (y >= x)),
    latex=r"\min\left({x}, {y}\right)", domain=[REAL, REAL], kinks={(1.0, 1.0): (0.5, 0.5)}, textbook=lambda x, y, z: ((x < y) + equal(x, y) / 2.0, (y < x) + equal(x, y) / 2.0), source="the smaller number, nan if one is nan; torch.minimum")
fmax    = primitive("fmax",  "fmax({x}, {y})", lambda x, y: x if x >= y or y != y else y,
    lambda x, y, z: ((x >= y) + is_nan(y), 1.0 - (x >= y) - is_nan(y)),
    domain=[REAL, REAL], kinks={(1.0, 1.0): (1.0, 0.0)}, textbook=lambda x, y, z: (1.0 * (x >= y), 1.0 * (x < y)), source="the larger number; of nan and a number the number; torch.fmax")
fmin    = primitive("fmin",  "fmin({x}, {y})", lambda x, y: x if x <= y or y != y else y,
    lambda x, y, z: ((x <= y) + is_nan(y), 1.0 - (x <= y) - is_nan(y)),
    domain=[REAL, REAL], kinks={(1.0, 1.0): (1.0, 0.0)}, textbook=lambda x, y, z: (1.0 * (x <= y), 1.0 * (x > y)), source="the smaller number; of nan and a number the number; torch.fmin")
clamp   = primitive("clamp", "clamp({x}, {min}, {max})", floats.clamp, lambda x, low, high, z: clamp_partials(x, low, high),
    defaults={"min": -math.inf, "max": math.inf}, domain=[REAL, (-2.0, -1.0), (1.0, 2.0)],
    kinks={(1.0, -1.0, 1.0): (1.0, 0.0, 0.0)}, source="min(max(x, min), max); torch.clamp")
where   = primitive("where", "where({condition}, {x}, {y})", lambda condition, x, y: x if condition else y,
    lambda condition, x, y, z: (0.0, 1.0 - equal(condition, 0.0), 1.0 * equal(condition, 0.0)),
    latex=r"\begin{cases} {x} & \text{if } {condition} \\ {y} & \text{otherwise} \end{cases}", domain=[(1.0, 1.0), REAL, REAL],
    kinks={(0.0, 2.0, 3.0): (0.0, 0.0, 1.0)}, source="x where the condition is not 0, else y; torch.where")
lerp    = primitive("lerp",  "lerp({x}, {y}, {weight})", floats.lerp,
    lambda x, y, weight, z: (1.0 - weight, weight, y - x),
    domain=[REAL, REAL, REAL], source="x + weight·(y - x); torch.lerp")

# ── reductions of lists ───────────────────────────────────────────────────────────────────────────────────────

sum            = primitive("sum",  "sum({*xs})",                floats.add_all,       lambda xs, z: ([1.0] * len(xs),),
    latex=floats.add_all, symbol="Σ", domain=[REAL], source="Σᵢ xᵢ; sum rule")
mean           = primitive("mean", "mean({*xs})", lambda xs: floats.add_all(nonempty("mean", xs)) / len(xs),
    lambda xs, z: ([1.0 / len(xs)] * len(xs),),
    latex=lambda xs: floats.add_all(xs) / len(xs), domain=[REAL], textbook=lambda xs, z: ([1.0 / len(xs)] * len(xs),),
    source="Σᵢ xᵢ / n; sum and constant-factor rule")
prod           = primitive("prod", "prod({*xs})",               math.prod,            lambda xs, z: (products_of_others(xs),),
    latex=math.prod, symbol="Π", domain=[REAL], kinks={((2.0, 0.0, 3.0),): ((0.0, 6.0, 0.0),)}, source="∏ᵢ xᵢ; product rule")
dot            = primitive("dot",  "dot({*ws}, {*xs}, {bias})", dot_of_equal_lengths, lambda ws, xs, bias, z: (xs, ws, 1.0),
    latex=lambda ws, xs, bias: floats.dot(ws, xs) + bias, symbol="·", defaults={"bias": 0.0}, domain=[REAL, REAL, REAL],
    source="Σᵢ wᵢ·xᵢ + bias; product rule")
norm           = primitive("norm", "norm({*xs})", lambda xs: math.hypot(*xs),
    lambda xs, z: (norm_partials(xs, z),),
    latex=lambda xs: sqrt(floats.add_all([x ** 2.0 for x in xs])), symbol="‖·‖", domain=[REAL],
    kinks={((0.0, 0.0),): ((0.0, 0.0),)}, textbook=lambda xs, z: ([x / z for x in xs],), source="√(Σᵢ xᵢ²); torch.linalg.norm")
max            = primitive("max",  "max({*xs})", lambda xs: floats.largest(nonempty("max", xs)),
    lambda xs, z: (tie_shares([(x >= z) + is_nan(x) for x in xs]),),
    latex=r"\max\left({*xs}\right)", domain=[REAL], kinks={((1.0, 1.0, 0.0),): ((0.5, 0.5, 0.0),)}, textbook=lambda xs, z: (textbook.shares_of_ties([equal(x, z) for x in xs]),),
    source="the largest number, nan if one is nan; torch.amax")
min            = primitive("min",  "min({*xs})", lambda xs: floats.smallest(nonempty("min", xs)),
    lambda xs, z: (tie_shares([(x <= z) + is_nan(x) for x in xs]),),
    latex=r"\min\left({*xs}\right)", domain=[REAL], kinks={((1.0, 1.0, 2.0),): ((0.5, 0.5, 0.0),)}, textbook=lambda xs, z: (textbook.shares_of_ties([equal(x, z) for x in xs]),),
    source="the smallest number, nan if one is nan; torch.amin")
logsumexp      = primitive("logsumexp", "logsumexp({*xs})", lambda xs: floats.log_sum_exp(nonempty("logsumexp", xs)),
    lambda xs, z: (log_sum_exp_partials(xs, z),),
    latex=lambda xs: log(floats.add_all([exp(x) for x in xs])), domain=[REAL],
    kinks={((-INF, -INF),): ((0.0, 0.0),)}, textbook=lambda xs, z: (xs.shares,),
    source="ln Σᵢ exp(xᵢ); torch.logsumexp")
softmax_at     = primitive("softmax_at", "softmax({*xs})[{index}]",
    lambda xs, index: output_at("softmax", floats.softmax, xs, index),
    lambda xs, index, z: ([z * (hit - miss) for hit, miss in one_hot_minus_softmax(index, xs)], 0.0),
    latex=r"\operatorname{softmax}\left({*xs}\right)_{{index}}", domain=[REAL, (1.0, 1.0)], textbook=lambda xs, index, z: (textbook.softmax_partials(xs.shares, index), 0.0),
    source="exp(xₖ) / Σᵢ exp(xᵢ) for index k; F.softmax")
log_softmax_at = primitive("log_softmax_at", "log_softmax({*xs})[{index}]",
    lambda xs, index: output_at("log_softmax", floats.log_softmax, xs, index),
    lambda xs, index, z: ([hit - miss for hit, miss in one_hot_minus_softmax(index, xs)], 0.0),
    latex=r"\log\operatorname{softmax}\left({*xs}\right)_{{index}}", domain=[REAL, (1.0, 1.0)], textbook=lambda xs, index, z: (textbook.log_softmax_partials(xs.shares, index), 0.0),
    source="xₖ - ln Σᵢ exp(xᵢ) for index k; F.log_softmax")

# ── losses of one example ─────────────────────────────────────────────────────────────────────────────────────

cross_entropy                    = primitive("cross_entropy", "cross_entropy({*logits}, {target})",
    lambda logits, target: 0.0 - output_at("cross_entropy", floats.log_softmax, logits, target),
    lambda logits, target, z: ([miss - hit for hit, miss in one_hot_minus_softmax(target, logits)], 0.0),
    latex=lambda logits, target: -log_softmax_at(logits, target), domain=[REAL, (1.0, 1.0)], textbook=lambda logits, target, z: (textbook.cross_entropy_partials(logits.shares, target), 0.0),
    source="ln Σᵢ exp(xᵢ) - xₜ for the logits x and the position t of the target; F.cross_entropy")
binary_cross_entropy             = primitive("binary_cross_entropy", "binary_cross_entropy({p}, {target})",
    floats.binary_cross_entropy, lambda p, target, z: (bce_partial(p, target), log(1.0 - p) - log(p)),
    latex=r"\operatorname{BCE}\left({p}, {target}\right)", domain=[(0.05, 0.95), (0.05, 0.95)], textbook=lambda p, target, z: ((p - target) / (p * (1.0 - p)), log(1.0 - p) - log(p)),
    source="-target·ln p - (1 - target)·ln(1 - p), each ln at least -100, so 100 at p = 0, target = 1; p·(1 - p) in the partial for p is at least 1e-12; F.binary_cross_entropy")
binary_cross_entropy_with_logits = primitive("binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits({x}, {target})",
    floats.binary_cross_entropy_with_logits, lambda x, target, z: (bce_with_logits_partial(x, target), -x),
    latex=r"\operatorname{BCE}\left(\sigma\left({x}\right), {target}\right)", domain=[REAL, (0.05, 0.95)],
    textbook=lambda x, target, z: (sigmoid(x) - target, -x),
    source="ln(1 + eˣ) - target·x; F.binary_cross_entropy_with_logits")
