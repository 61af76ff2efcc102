"""Define the gamma function, its logarithm and the derivatives of that in C; the table's own are not translated.

Γ and log Γ are those of `<math.h>`, as accurate as the table's in glibc. ψ and its derivatives are the series of
`primitives/arrays/gamma_functions`, with the same coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autograd_tiny.primitives.special_functions import BERNOULLI, HIGHEST_ORDER, ONE_MINUS_EULER, ZETA_MINUS_ONE

TERMS: Final = 32
"""Of the Taylor series of ψ, for the last bit."""


def _list(numbers: Sequence[float]) -> str:
    return f"{{{', '.join(map(repr, numbers))}}}"


GAMMA_FUNCTIONS: Final = {
    "math.gamma": "static inline double math_gamma(double x) { return tgamma(x); }",
    "special.lgamma": "static inline double special_lgamma(double x) { return lgamma(x); }",
    # ψ(x) for x ≥ -½: the Taylor series about 2 with recurrence, from 10 on the asymptotic series
    "special.digamma_above": f"""\
static double special_digamma_above(double x) {{
  static const double zeta[] = {_list(ZETA_MINUS_ONE[:TERMS])};
  static const double bernoulli[] = {_list(BERNOULLI)};
  double series = 0.0;
  if (x >= 10.0) {{
    double square = 1.0 / x / x;
    for (int k = {len(BERNOULLI)}; k > 0; k--) series = (series + bernoulli[k - 1] / (2.0 * k)) * square;
    return log(x) - 0.5 / x - series;
  }}
  double nearest = floor(x + 0.5), rest = x - nearest;
  for (int k = {TERMS}; k > 0; k--) series = zeta[k - 1] - rest * series;
  series = {ONE_MINUS_EULER!r} + rest * series;
  for (double k = 2.0; k < nearest; k += 1.0) series += 1.0 / (rest + k);
  if (nearest < 2.0) series -= 1.0 / (1.0 + rest);
  return nearest < 1.0 ? series - 1.0 / x : series;
}}""",
    # |ψ⁽ⁿ⁾(x)| for n ≥ 1 and x > 0: recurrence to large x, then the asymptotic series
    "special.polygamma_above": f"""\
static double special_polygamma_above(double n, double x) {{
  static const double bernoulli[] = {_list(BERNOULLI)};
  double near = 0.0, steps = x < 15.0 + n ? 15.0 + n : 0.0;
  for (double step = steps - 1.0; step >= 0.0; step -= 1.0) near += pow(x + step, -n - 1.0);
  x += steps;
  double far = tgamma(n) + 0.5 * tgamma(n + 1.0) / x;
  for (int k = 1; k <= {len(BERNOULLI)}; k++) {{
    far += bernoulli[k - 1] * tgamma(2.0 * k + n) / tgamma(2.0 * k + 1.0) * pow(x, -2.0 * k);
  }}
  return tgamma(n + 1.0) * near + far * pow(x, -n);
}}""",
    # the n-th derivative of cot(πx), a polynomial in the cotangent: cot′ = -π·(1 + cot²)
    "special.cotangent_slope": f"""\
static double special_cotangent_slope(int n, double x) {{
  double powers[{int(HIGHEST_ORDER) + 3}] = {{0.0, 1.0}}, pi = 3.141592653589793, result = 0.0;
  x -= rint(x);
  double cot = fabs(x) < 0.25 ? 1.0 / tan(pi * x) : tan(pi * (copysign(0.5, x) - x));
  for (int order = 0; order < n; order++) {{
    double two_below = 0.0, below = 0.0;  // the slopes of the powers before
    for (int k = 0; k <= order + 2; k++) {{
      double slope = k < order + 1 ? (k + 1) * powers[k + 1] : 0.0;
      powers[k] = -pi * (slope + two_below);
      two_below = below;
      below = slope;
    }}
  }}
  for (int k = n + 1; k >= 0; k--) result = result * cot + powers[k];
  return result;
}}""",
    "special.polygamma": f"""\
static double special_polygamma(double n, double x) {{
  double odd = fmod(n, 2.0), pi = 3.141592653589793;
  if (x != x || x == -INFINITY || n != floor(n) || !(n >= 0.0 && n <= {HIGHEST_ORDER!r})) return NAN;
  if (x <= 0.0 && x == floor(x)) return odd ? INFINITY : x != 0.0 ? NAN : -copysign(INFINITY, x);
  if (x == INFINITY) return n != 0.0 ? 0.0 : INFINITY;
  if (n == 0.0) {{
    return x < -0.5 ? special_digamma_above(1.0 - x) - pi * special_cotangent_slope(0, x) : special_digamma_above(x);
  }}
  if (x <= -0.5) return -special_polygamma_above(n, 1.0 - x) - pi * special_cotangent_slope((int)n, x);
  if (x >= 0.0) return (odd ? 1.0 : -1.0) * special_polygamma_above(n, x);
  return (odd ? 1.0 : -1.0) * (special_polygamma_above(n, 1.0 + x) + tgamma(n + 1.0) * pow(x, -n - 1.0));
}}""",
}
"""By their references."""
