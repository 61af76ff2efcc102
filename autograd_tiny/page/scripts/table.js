// The table of primitives, translated by `python -m autograd_tiny.page.generate` from primitives/table.py,
// ieee_functions.py and special_functions.py: do not edit. A page holds only the functions that its graph needs.
import "./erf.js";
import "./gamma.js";
import "./rounding.js";
import { decide, math, python } from "./python_math.js";

export const floats = {};
export const special = {};
export const primitives = {};
export const rows = {};

/** Return x / y; a zero denominator gives a signed infinity, or nan for 0 / 0. */
floats.divide = (x, y) => {
  if (python.truth(y)) {
    return x / y;
  }
  return !python.truth(x) || x !== x ? NaN : math.copysign(Infinity, x) * math.copysign(1.0, y);
};

/** Return x ** y for a constant exponent, as a square root for y = ±½ (as PyTorch does, so nan at x = -inf). */
floats.power = (x, y) => {
  if (Math.abs(y) === 0.5) {
    return y > 0.0 ? math.sqrt(x) : floats.divide(1.0, math.sqrt(x));
  }
  return floats.c_power(x, y);
};

/** Return x ** y as C's `pow` does: never complex, never an exception. */
floats.c_power = (x, y) => math.pow(x, y);

/** Return the real cube root: one Newton step on a power, exact for perfect cubes. */
floats.cbrt = (x) => {
  let root;
  if (!python.truth(x) || !math.isfinite(x)) {
    return x;
  }
  root = math.copysign(math.pow(Math.abs(x), 1.0 / 3.0), x);
  return root - (root - x / root / root) / 3.0;
};

/** Return sin(πx), with x reduced exactly to at most ½ before π rounds it. */
floats.sin_pi = (x) => {
  let turn;
  turn = floats.fmod(x, 2.0);
  if (Math.abs(turn) > 1.5) {
    return math.sin(Math.PI * (turn - math.copysign(2.0, turn)));
  }
  return Math.abs(turn) > 0.5 ? math.sin(Math.PI * (math.copysign(1.0, turn) - turn)) : math.sin(Math.PI * turn);
};

/** Return cos(πx), as the sine of an exact difference near its zeros. */
floats.cos_pi = (x) => {
  let turn;
  turn = Math.abs(floats.fmod(x, 2.0));
  turn = turn > 1.0 ? 2.0 - turn : turn;
  return turn < 0.25 ? math.cos(Math.PI * turn) : math.sin(Math.PI * (0.5 - turn));
};

/** Return sin(πx) / (πx), 1 at 0. */
floats.sinc = (x) => Math.abs(x) > 0.5 ? floats.divide(floats.sin_pi(x), Math.PI) / x : python.truth(x) ? floats.divide(math.sin(Math.PI * x), Math.PI * x) : 1.0;

/** Return the derivative of sinc of order n, a whole number, nan for n above 150: a Taylor series or a recurrence. */
floats.sinc_derivative = (n, x) => {
  let y, y_squared, odd, k, term, series, power, result, order, scale, wave;
  if (python.truth(floats.fmod(n, 1.0)) || !(0.0 <= n && n <= 150.0)) {
    return NaN;
  }
  [y, y_squared, odd] = [Math.PI * Math.abs(x), 9.869604401089358 * x * x, floats.fmod(n, 2.0)];
  if (y < 1.0 + 0.6 * n) {
    k = n + odd;
    term = (1.0 - floats.fmod(k, 4.0)) / (k + 1.0);
    series = term;
    while (Math.abs(term) > 1e-18 * Math.abs(series)) {
      k += 2.0;
      term *= -y_squared / ((k - n) * (k - n - 1.0)) * (k - 1.0) / (k + 1.0);
      series += term;
    }
    power = floats.c_power(Math.PI, n + odd);
    power += power * (n + odd) * 3.8981718325193755e-17;
    return power * series * (python.truth(odd) ? x : 1.0);
  }
  [result, order, scale] = [floats.sinc(x), 0.0, 1.0 / Math.PI];
  while (order < n) {
    order += 1.0;
    scale *= Math.PI;
    wave = python.truth(floats.fmod(order, 2.0)) ? floats.cos_pi(x) : floats.sin_pi(x);
    result = (scale * (floats.fmod(order, 4.0) > 1.0 ? -wave : wave) - order * result) / x;
  }
  return result;
};

/** Return x / √(x² + y²), the cosine of the angle of the point (x, y), and 0 at the origin. */
floats.direction = (x, y) => {
  let radius, scale;
  radius = math.hypot(x, y);
  if (radius < 1e-290 || radius === Infinity) {
    scale = radius < 1.0 ? 1e+150 : 0.5;
    return python.truth(radius) ? scale * x / math.hypot(scale * x, scale * y) : 0.0;
  }
  return x / radius;
};

/** Return x / norm for each x, 0 for the norm 0; scaled where the norm is subnormal, and so has few bits, or ∞. */
floats.unit_vector = (xs, norm) => {
  let scale;
  if (1e-290 < norm && norm < Infinity) {
    return xs.map((x) => x / norm);
  }
  scale = norm < 1.0 ? 1e+150 : 0.5;
  norm = math.hypot(...xs.map((x) => scale * x));
  return xs.map((x) => python.truth(norm) ? floats.divide(scale * x, norm) : 0.0);
};

/** Return e^(x/y), corrected for the rounding of x/y, which exp magnifies, by Dekker's exact product. */
floats.exp_of_quotient = (x, y) => {
  let quotient, scale, rest, high, y_high, low, y_low;
  quotient = floats.divide(x, y);
  if (!(1.0 < Math.abs(quotient) && Math.abs(quotient) < 800.0)) {
    return math.exp(quotient);
  }
  scale = Math.abs(y) > 1e+200 ? 1.0 / 6.668014432879854e+240 : Math.abs(y) < 1e-200 ? 6.668014432879854e+240 : 1.0;
  [x, y] = [scale * x, scale * y];
  [high, y_high] = [134217729.0 * quotient, 134217729.0 * y];
  [high, y_high] = [high - (high - quotient), y_high - (y_high - y)];
  [low, y_low] = [quotient - high, y - y_high];
  rest = x - high * y_high - high * y_low - low * y_high - low * y_low;
  return math.exp(quotient) * (1.0 + rest / y);
};

/** Return eˣ - 1 - x·eˣ, near 0 as -Σ (k - 1)·xᵏ/k! or -eˣ·Σ (-x)ᵏ/k! for k = 2, 3, ..., of one sign. */
floats.expm1_minus_xexp = (x) => {
  let series, term, k;
  if (!(Math.abs(x) < 1.0)) {
    return Math.abs(x) < 700.0 ? math.expm1(x) - x * math.exp(x) : x <= -800.0 ? -1.0 : (1.0 - x) * math.exp(x) - (x < 0.0);
  }
  [series, term, k] = [0.0, 0.5 * x * x, 2.0];
  while (k < 21.0) {
    series += term;
    term *= x > 0.0 ? x * k / ((k - 1.0) * (k + 1.0)) : -x / (k + 1.0);
    k += 1.0;
  }
  return x > 0.0 ? -series : -math.exp(x) * series;
};

/** Return 1 / (1 + e⁻ˣ), without overflow or cancellation. */
floats.sigmoid = (x) => {
  let tail;
  if (x >= 0.0) {
    return 1.0 / (1.0 + math.exp(-x));
  }
  tail = math.exp(x);
  return tail / (1.0 + tail);
};

/** Return sigmoid(x - y), corrected for the rounding of the difference, which the exponential magnifies. */
floats.sigmoid_of_difference = (x, y) => {
  let difference, change, rest;
  difference = x - y;
  if (!(Math.abs(difference) < 800.0)) {
    return floats.sigmoid(difference);
  }
  change = difference - x;
  rest = x - (difference - change) - (y + change);
  return floats.sigmoid(difference) * (1.0 + rest * floats.sigmoid(-difference));
};

/** Return log(1 + e^(βx)) / β, without overflow. */
floats.softplus = (x, beta = 1.0) => {
  let logit;
  logit = beta * x;
  return (logit > 0.0 ? x : 0.0) + floats.divide(math.log1p(math.exp(-Math.abs(logit))), beta);
};

/** Return log(sigmoid(x)), accurate in both tails. */
floats.log_sigmoid = (x) => floats.minimum(x, 0.0) - math.log1p(math.exp(-Math.abs(x)));

/** Return log(1 + eˣ) - x·sigmoid(x), an even function, without cancellation. */
floats.logit_entropy = (x) => !(Math.abs(x) > 800.0) ? math.log1p(math.exp(-Math.abs(x))) - floats.silu(-Math.abs(x)) : 0.0;

/** Return x·sigmoid(x); in the left tail x·e^(x/2)·e^(x/2), since eˣ underflows before x·eˣ does. */
floats.silu = (x) => x > -700.0 ? x * floats.sigmoid(x) : math.exp(0.5 * x) * x * math.exp(0.5 * x);

/** Return x·tanh(softplus(x)), in the left tail x·eˣ like `silu`. */
floats.mish = (x) => x > -700.0 ? x * math.tanh(floats.softplus(x)) : floats.silu(x);

/** Return log(x / (1 - x)), the inverse of sigmoid, also accurate near its zero at ½. */
floats.logit = (x) => 0.25 < x && x < 0.75 ? 2.0 * math.atanh(2.0 * x - 1.0) : math.log(floats.divide(x, 1.0 - x));

/** Return log(eˣ + eʸ) without overflow. */
floats.log_add_exp = (x, y) => x === y && math.isinf(x) ? x : floats.maximum(x, y) + math.log1p(math.exp(-Math.abs(x - y)));

/** Return the largest whole number ≤ x, as a float. */
floats.floor = (x) => math.isfinite(x) ? python.floordiv(x, 1.0) : x;

/** Return x without its fraction. */
floats.trunc = (x) => math.copysign(floats.floor(Math.abs(x)), x);

/** Return x rounded to a number of decimals, halves to even. */
floats.round_half_even = (x, digits = 0.0) => {
  if (!math.isfinite(x) || digits !== digits) {
    return digits !== digits ? x * digits : x;
  }
  return python.round(x, Math.trunc(floats.clamp(digits, -400.0, 400.0)));
};

/** Return -1.0, 0.0 or 1.0, the sign of x; 0 for nan, as `torch.sign`. */
floats.sign = (x) => Number((x > 0.0) - (x < 0.0));

/** Return 0.0 for x < 0, 1.0 for x > 0, and `value` for x = 0; 0 for nan, as `torch.heaviside`. */
floats.heaviside = (x, value) => x === 0.0 ? value : Number(x > 0.0);

/** Return the larger of two; nan if either is nan. */
floats.maximum = (x, y) => x >= y || x !== x ? x : y;

/** Return the smaller of two; nan if either is nan. */
floats.minimum = (x, y) => x <= y || x !== x ? x : y;

/** Return x limited to [low, high], and `high` if low > high, as `torch.clamp`. */
floats.clamp = (x, low, high) => floats.minimum(floats.maximum(x, low), high);

/** Return ⌊x / y⌋ as Python's `//`, also exact where x / y rounds up to a whole number. */
floats.floordiv = (x, y) => python.truth(y) ? python.floordiv(x, y) : floats.divide(x, y);

/** Return the remainder of x / y with the sign of x, as C's `fmod`. */
floats.fmod = (x, y) => math.fmod(x, y);

/** Return x - ⌊x / y⌋·y, the remainder with the sign of y, as Python's `%`. */
floats.remainder = (x, y) => {
  let rest;
  rest = floats.fmod(x, y);
  return python.truth(rest) && (rest < 0.0) !== (y < 0.0) ? rest + y : rest;
};

/** Return the sum, added from left to right; `sum` compensates rounding since Python 3.12. */
floats.add_all = (xs, start = 0.0) => {
  for (const x of xs) {
    start += x;
  }
  return start;
};

/** Return bias + Σ wᵢ·xᵢ, added from left to right. */
floats.dot = (ws, xs, bias = 0.0) => {
  for (const [w, x] of python.zip(ws, xs)) {
    bias += w * x;
  }
  return bias;
};

/** Return the maximum, the last of equal ones (zeros have signs); nan if any is nan. */
floats.largest = (xs) => python.any(xs.map((x) => x !== x)) ? NaN : python.max(python.reversed(xs));

/** Return the minimum, the last of equal ones; nan if any is nan. */
floats.smallest = (xs) => python.any(xs.map((x) => x !== x)) ? NaN : python.min(python.reversed(xs));

/** Return m = max(xs) and the list of e^(xᵢ - m), without overflow; one of them is 1. */
floats.shifted_exponentials = (xs) => {
  let shift;
  shift = python.max(xs);
  return [shift, xs.map((x) => math.exp(x - shift))];
};

/** Return log Σ tᵢ of numbers of which one is 1, as log1p of the sum of the others, for accuracy. */
floats.log_of_sum = (tails) => math.log1p(math.fsum([-1.0, ...tails]));

/** Return log Σ e^xᵢ, shifted by the maximum. */
floats.log_sum_exp = (xs) => {
  let shift, tails;
  [shift, tails] = floats.shifted_exponentials(xs);
  return math.isinf(shift) ? floats.largest(xs) : shift + floats.log_of_sum(tails);
};

/** Return e^xᵢ / Σ e^xⱼ for each i, shifted by the maximum. */
floats.softmax = (xs) => {
  let whole, _, tails;
  [_, tails] = floats.shifted_exponentials(xs);
  whole = math.fsum(tails);
  return tails.map((tail) => tail / whole);
};

/** Return log softmax(xs)ᵢ for each i, also accurate where that probability is close to 1. */
floats.log_softmax = (xs) => {
  let log_of_whole, shift, tails;
  [shift, tails] = floats.shifted_exponentials(xs);
  log_of_whole = floats.log_of_sum(tails);
  return xs.map((x) => x - shift - log_of_whole);
};

/** Return -(t·log p + (1 - t)·log(1 - p)), with logarithms of at least -100 as in PyTorch. */
floats.binary_cross_entropy = (p, target) => 0.0 - (target * floats.maximum(math.log(p), -100.0) + (1.0 - target) * floats.maximum(math.log1p(-p), -100.0));

/** Return softplus(x) - x·t, without cancellation where the logit agrees with the target. */
floats.binary_cross_entropy_with_logits = (x, target) => x * ((x > 0.0) - target) + math.log1p(math.exp(-Math.abs(x)));

/** Return 1 / cosh(x), as 2·e^-|x| where cosh(x) overflows. */
floats.sech = (x) => !(Math.abs(x) > 710.0) ? 1.0 / math.cosh(x) : 2.0 * math.exp(-Math.abs(x));

/** Return x - tanh(x), near 0 as the series of x·cosh(x) - sinh(x), over cosh(x). */
floats.tanhshrink = (x) => {
  let y, series;
  if (!(Math.abs(x) < 1.0)) {
    return x - math.tanh(x);
  }
  y = x * x;
  series = 1.0 + y / 88.0 * (1.0 + y / 130.0 * (1.0 + y / 180.0 * (1.0 + y / 238.0 * (1.0 + y / 304.0))));
  series = 1.0 + y / 10.0 * (1.0 + y / 28.0 * (1.0 + y / 54.0 * series));
  return x * y / 3.0 * series / math.cosh(x);
};

/** Return x + weight·(y - x), from the nearer end as `torch.lerp`, so that it is y for the weight 1. */
floats.lerp = (x, y, weight) => Math.abs(weight) < 0.5 ? x + weight * (y - x) : y - (y - x) * (1.0 - weight);

/** Return x / (1 + |x|). */
floats.softsign = (x) => math.isfinite(x) ? x / (1.0 + Math.abs(x)) : x === x ? floats.sign(x) : x;

special.ZETA_MINUS_ONE = [0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914, 0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-05, 3.058823630702049e-05, 1.528225940865187e-05, 7.637197637899763e-06, 3.81729326499984e-06, 1.908212716553939e-06, 9.539620338727962e-07, 4.769329867878064e-07, 2.38450502727733e-07, 1.1921992596531106e-07, 5.960818905125948e-08, 2.980350351465228e-08, 1.4901554828365043e-08, 7.45071178983543e-09, 3.725334024788457e-09, 1.862659723513049e-09, 9.313274324196682e-10, 4.656629065033784e-10, 2.3283118336765053e-10, 1.164155017270052e-10, 5.820772087902701e-11, 2.9103850444971e-11, 1.4551921891041985e-11, 7.275959835057482e-12, 3.637979547378651e-12, 1.818989650307066e-12, 9.094947840263888e-13, 4.547473783042154e-13];

special.LGAMMA_BELOW = [-0.056243716497674054, 1.103156640645243, 0.7696233224945619, -0.018034008606954567, 0.11449484246615094, -0.0005666333292227613, 0.030750066703199734, -2.7452005466276826e-05, 0.00992495409830374, -1.5883615847385705e-06, 0.0034896743273733913, -1.0087715050387293e-07, 0.0012873799701430602, -6.772525536522676e-09, 0.0004897406008644977, -4.713196896658322e-10, 0.00019035866769234118, -3.3621741436467685e-11, 7.518980949603444e-05, -2.441668782869774e-12, 3.0073966155258982e-05, -1.7972011896132166e-13, 1.2150812900011507e-05, -1.3367792840095535e-14, 4.950289465201504e-06, -1.0027088760323668e-15, 2.0308818257297387e-06, -7.573414668283891e-17, 8.381407907468725e-07, -5.753424149023143e-18, 3.476730802527933e-07, -4.392470493711703e-19, 1.4486376294174116e-07, -3.3678239019100123e-20, 6.059660363417277e-08, -2.5918877059453737e-21];

special.BERNOULLI = [0.16666666666666666, -0.03333333333333333, 0.023809523809523808, -0.03333333333333333, 0.07575757575757576, -0.2531135531135531, 1.1666666666666667, -7.092156862745098];

/** Return log |Γ(x)|, infinite at 0, -1, -2, ...; below 10 it is more accurate than `math.lgamma`. */
special.lgamma = (x) => {
  let nearest, rest, result, product, factor;
  if (x <= 0.0 && (x === -Infinity || !python.truth(python.mod(x, 1.0)))) {
    return Infinity;
  }
  if (x < -0.5) {
    return special._lgamma_of_negative(x);
  }
  if (!(x < 10.0)) {
    return special._lgamma_of_c(x);
  }
  nearest = 1.25 <= x && x < 2.5 ? 2.0 : python.floordiv(x + 0.5, 1.0);
  rest = x - nearest;
  [result, product, factor] = [special._lgamma_near_two(rest), 1.0, 2.0];
  while (factor < nearest) {
    product *= rest + factor;
    factor += 1.0;
  }
  if (nearest > 1.0) {
    return math.log(product) + result;
  }
  result -= math.log1p(rest);
  return nearest === 1.0 ? result : result - math.log(Math.abs(x));
};

/** _lgamma_of_c */
special._lgamma_of_c = (x) => math.lgamma(x);

/** Return log Γ(2 + x) for -¾ ≤ x ≤ ½ by its Taylor series, (1 - γ)·x + Σ (ζ(k) - 1)·(-x)ᵏ / k (DLMF 5.7.3). */
special._lgamma_near_two = (x) => {
  let series, terms;
  [series, terms] = [0.0, x < -0.5 ? special.ZETA_MINUS_ONE.length : 26];
  for (const k of python.range(terms + 1, 1, -1)) {
    series = -x * (series + special.ZETA_MINUS_ONE.at(k - 2) / k);
  }
  return x * (0.42278433509846713 - series);
};

/** Return log |Γ(x)| for x < -½, not whole: by reflection (DLMF 5.5.3), which would cancel from -4 to -2. */
special._lgamma_of_negative = (x) => {
  let rest, series;
  if (x < -4.0 || x > -2.0) {
    return math.log(Math.PI / Math.abs(special._sin_pi(x))) - special.lgamma(1.0 - x);
  }
  if (x < -3.0) {
    return special._lgamma_of_negative(x + 1.0) - math.log(-x);
  }
  [rest, series] = [x + 2.5, 0.0];
  for (const k of python.range(special.LGAMMA_BELOW.length, 0, -1)) {
    series = series * rest + special.LGAMMA_BELOW.at(k - 1);
  }
  if (Math.abs(rest) < 0.25) {
    return series - math.log1p(-4.0 * rest * rest);
  }
  return series - math.log((1.0 - 2.0 * rest) * (1.0 + 2.0 * rest));
};

/** Return ψ⁽ⁿ⁾(x), the derivative of log Γ(x) of order n + 1, a whole number; nan for n above 150. */
special.polygamma = (n, x) => {
  let sign;
  if (x !== x || x === -Infinity || python.truth(python.mod(n, 1.0)) || !(0.0 <= n && n <= 150.0)) {
    return NaN;
  }
  if (x <= 0.0 && !python.truth(python.mod(x, 1.0))) {
    return python.truth(python.mod(n, 2.0)) ? Infinity : python.truth(x) ? NaN : -math.copysign(Infinity, x);
  }
  if (x === Infinity) {
    return python.truth(n) ? 0.0 : Infinity;
  }
  sign = python.truth(python.mod(n, 2.0)) ? -1.0 : 1.0;
  if (-0.5 < x && x < 0.0) {
    return special.polygamma(n, 1.0 + x) - sign * math.gamma(n + 1.0) * floats.c_power(x, -n - 1.0);
  }
  if (x < 0.0) {
    return sign * special.polygamma(n, 1.0 - x) - Math.PI * special._derivative_of_cot_pi(Math.trunc(n), x);
  }
  return python.truth(n) ? special._polygamma(n, x) : special._digamma(x);
};

/** Return ψ(x) for x > 0, every rounding kept small since it has a zero at 1.46. */
special._digamma = (x) => {
  let far, logarithm, series, fraction, steps;
  [fraction, steps] = x < 16.0 ? [python.mod(x, 1.0), Math.trunc(16.0 - python.floordiv(x, 1.0))] : [x - 16.0, 0];
  far = 16.0 + fraction;
  logarithm = python.truth(steps) ? [2.772588722239781, 9.276187255385198e-17, math.log1p(fraction / 16.0)] : [math.log(x)];
  series = python.enumerate(special.BERNOULLI, 1).map(([k, bernoulli]) => -bernoulli / (2.0 * k) * math.pow(far, -2.0 * k));
  return math.fsum([...logarithm, -0.5 / far, ...series, ...python.range(steps).map((step) => -1.0 / (x + step))]);
};

/** Return ψ⁽ⁿ⁾(x) for n ≥ 1 and x > 0. */
special._polygamma = (n, x) => {
  let steps, far, near, step;
  steps = x < 15.0 + n ? 15.0 + n - python.floordiv(x, 1.0) : 0.0;
  [near, step] = [0.0, steps];
  while (step > 0.0) {
    step -= 1.0;
    near += floats.c_power(x + step, -n - 1.0);
  }
  x += steps;
  far = math.gamma(n) * floats.c_power(x, -n) + math.gamma(n + 1.0) * floats.c_power(x, -n - 1.0) / 2.0;
  for (const [k, bernoulli] of python.enumerate(special.BERNOULLI, 1)) {
    far += bernoulli * math.gamma(2.0 * k + n) / math.gamma(2.0 * k + 1.0) * floats.c_power(x, -2.0 * k - n);
  }
  return (python.truth(python.mod(n, 2.0)) ? 1.0 : -1.0) * (math.gamma(n + 1.0) * near + far);
};

/** Return sin(πx) up to its sign; x is reduced to |x| ≤ ½ before π rounds it. */
special._sin_pi = (x) => math.sin(Math.PI * (x - python.round(x)));

/** Return the n-th derivative of cot(πx), a polynomial in the cotangent: cot′ = -π·(1 + cot²). */
special.cot_polynomial = (n) => {
  let powers, slopes;
  powers = [0.0, 1.0];
  for (const _ of python.range(n)) {
    slopes = python.enumerate(powers).map(([k, power]) => power * k).slice(1);
    powers = python.zip([...slopes, 0.0, 0.0], [0.0, 0.0, ...slopes]).map(([a, b]) => -Math.PI * (a + b));
  }
  return powers;
};

/** Return the n-th derivative of cot(πx). */
special._derivative_of_cot_pi = (n, x) => {
  let cot, result;
  x -= python.round(x);
  cot = Math.abs(x) < 0.25 ? 1.0 / math.tan(Math.PI * x) : math.tan(Math.PI * (math.copysign(0.5, x) - x));
  result = 0.0;
  for (const power of python.reversed(special.cot_polynomial(n))) {
    result = result * cot + power;
  }
  return result;
};

/** Return exp(-rate·x²), with x² in two parts so that the tails are accurate. */
special.gaussian = (x, rate = 1.0) => {
  let high;
  if (!(Math.abs(x) < 40.0)) {
    return x !== x ? NaN : 0.0;
  }
  high = python.round(x * 16.0) / 16.0;
  return math.exp(-rate * high * high) * math.exp(rate * (high - x) * (high + x));
};

/** Return the inverse of erf, ±∞ at ±1: an estimate and three steps of Halley's method, with erfc above ½. */
special.erfinv = (x) => {
  let size, root, logarithm, middle, excess, step;
  size = Math.abs(x);
  if (!(0.0 < size && size < 1.0)) {
    return size === 0.0 ? x : size === 1.0 ? math.copysign(Infinity, x) : NaN;
  }
  root = 0.8862269254527579 * size * (1.0 + Math.PI / 12.0 * size * size);
  if (size > 0.5) {
    logarithm = math.log1p(-size * size);
    middle = 2.0 / (Math.PI * 0.147) + 0.5 * logarithm;
    root = math.sqrt(math.sqrt(middle * middle - logarithm / 0.147) - middle);
  }
  for (const _ of python.range(3)) {
    excess = size > 0.5 ? 1.0 - size - math.erfc(root) : math.erf(root) - size;
    step = excess * 0.8862269254527579 * math.exp(root * root);
    root -= step / (1.0 + root * step);
  }
  return math.copysign(root, x);
};

/** Return ½√π·exp(z²) for z = erfinv(x), corrected by erfc(z) for the rounding of z, which exp(z²) magnifies. */
special.erfinv_slope = (x, z) => {
  let excess, slope, size;
  [slope, size] = [0.8862269254527579 / special.gaussian(z), Math.abs(x)];
  if (!(0.5 < size && size < 1.0)) {
    return slope;
  }
  excess = 1.0 - size - math.erfc(Math.abs(z));
  return slope * (1.0 - 2.0 * Math.abs(z) * excess * slope);
};

/** Return exp(-x²/2) / √(2π). */
special.normal_pdf = (x) => 0.3989422804014327 * special.gaussian(x, 0.5);

/** Return Φ(x) = ½·erfc(-x/√2), in the left tail corrected for the rounding of x/√2, which erfc magnifies. */
special.normal_cdf = (x) => {
  let y, excess, high_x, high_y;
  y = -x * 0.7071067811865476;
  if (!(-40.0 < x && x < -1.0)) {
    return 0.5 * math.erfc(y);
  }
  [high_x, high_y] = [python.round(x * 16.0) / 16.0, python.round(y * 16.0) / 16.0];
  excess = high_y * high_y - high_x * high_x / 2.0;
  excess += (y - high_y) * (y + high_y) - (x - high_x) * (x + high_x) / 2.0;
  return 0.5 * math.erfc(y) * math.exp(excess);
};

/** Return -2x·exp(-x²), with exp(-x²) as 2π·φ(x)², since it is subnormal in the tails. */
special.gaussian_tail_slope = (x) => -4.0 * Math.PI * (x * special.normal_pdf(x) * special.normal_pdf(x));

/** Return x·φ(x), in the tails with φ(x) as e^(-x²/4)·e^(-x²/4) / √(2π), since it is subnormal there. */
special.x_normal_pdf = (x) => {
  let half;
  if (Math.abs(x) < 37.0) {
    return x * special.normal_pdf(x);
  }
  half = special.gaussian(0.5 * x);
  return x * half * half * 0.3989422804014327;
};

/** Return x·Φ(x), in the left tail by the asymptotic series of Φ(x) / φ(x), since Φ(x) is subnormal there. */
special.gelu = (x) => {
  let y, series;
  if (!(-40.0 < x && x < -37.0)) {
    return x * special.normal_cdf(x);
  }
  y = 1.0 / (x * x);
  series = 1.0 - 7.0 * y * (1.0 - 9.0 * y * (1.0 - 11.0 * y * (1.0 - 13.0 * y)));
  return -special.normal_pdf(x) * (1.0 - y * (1.0 - 3.0 * y * (1.0 - 5.0 * y * series)));
};

/** Return x where the condition holds and y elsewhere, for every kind of number. */
primitives.cases = (condition, x, y) => python.truth(condition) ? x : y;

/** Return the factor 1 where x = y; `==` compares nodes by identity. */
primitives.equal = (x, y) => python.both(decide(x >= y), decide(x <= y));

/** Return the factor 1 where x is nan, the only number that is not ≤ itself. */
primitives.is_nan = (x) => 1.0 - decide(x <= x);

/** Return the factor 1 where xʸ⁻¹ is better computed as z / x, because y - 1 is rounded, or loses its last bit. */
primitives.is_rounded_exponent = (x, y, z) => python.both(python.both(python.either(python.both(decide(y < 0.5), decide(x > 0.0)), python.both(python.both(decide(y >= 9007199254740992.0), decide(y < Infinity)), decide(x < 0.0))), decide(z > 0.0)), decide(z < Infinity));

/** Return ∂xʸ/∂x = y·xʸ⁻¹, and 0 for y = 0, where its derivative by y is 1 / x. */
primitives.power_partial_x = (x, y, z) => {
  let quotient, constant;
  quotient = primitives.is_rounded_exponent(x, y, z);
  constant = primitives.cases(python.both(decide(x > 0.0), decide(x < Infinity)), y * z / x, 0.0);
  return primitives.cases(primitives.equal(y, 0.0), constant, primitives.cases(quotient, y * z / x, y * rows.pow.value(x, y - 1.0)));
};

/** Return ∂xᶜ/∂x = c·xᶜ⁻¹ for a constant exponent, so that no logarithm is taken in derivatives of it either. */
primitives.power_rule = (x, c, z) => {
  let quotient;
  quotient = primitives.is_rounded_exponent(x, c, z);
  return primitives.cases(primitives.equal(c, 0.0), 0.0, primitives.cases(quotient, c * z / x, c * rows.pow_constant_exponent.value(x, c - 1.0)));
};

/** Return ∂xʸ/∂y = z·log x, and 0 for x = 0 ≤ y. */
primitives.power_partial_y = (x, y, z) => primitives.cases(python.both(primitives.equal(x, 0.0), decide(y >= 0.0)), 0.0, z * rows.log.value(x));

/** Return ∂cˣ/∂x = z·log c, with z as two factors where it is subnormal, and so has few bits. */
primitives.exponential_rule = (c, x, z) => {
  let half;
  half = rows.pow_constant_base.value(c, 0.5 * x);
  return primitives.cases(python.both(decide(z < 1e-290), decide(c > 0.0)), half * rows.log.value(c) * half, primitives.power_partial_y(c, x, z));
};

/** Return z / x, a sign; near 0 from the signs of x and y, before the derivative of z / x overflows. */
primitives.copysign_partial = (x, y, z) => primitives.cases(decide(rows.abs.value(x) < 1e-150), decide(rows.sign.value(x)) * rows.copysign.value(1.0, y), z / x);

/** Return trunc(x / y), also where x / y rounds up to a whole number; its derivatives are 0, not 0·∞. */
primitives.fmod_quotient = (x, y) => {
  let ratio, infinite;
  ratio = x / y;
  infinite = primitives.cases(decide(ratio > 0.0), Infinity, primitives.cases(decide(ratio < 0.0), -Infinity, NaN));
  return primitives.cases(decide(rows.abs.value(ratio) < Infinity), decide(rows.sign.value(x)) * decide(rows.sign.value(y)) * decide(rows.floordiv.value(rows.abs.value(x), rows.abs.value(y))), infinite);
};

/** Return a factor for a radius that overflows, or that has few bits, or a square that underflows. */
primitives.scale_of = (radius) => primitives.cases(decide(radius < 1e-150), 1e+150, primitives.cases(decide(radius < Infinity), 1.0, 0.5));

/** Return sin²/r and -cos·sin/r, with r scaled and no square, which may underflow. */
primitives.direction_partials = (x, y) => {
  let scale, slope;
  scale = primitives.scale_of(rows.hypot.value(x, y));
  slope = rows.direction.value(y, x) / rows.hypot.value(scale * x, scale * y);
  return [scale * (rows.direction.value(y, x) * slope), scale * (-rows.direction.value(x, y) * slope)];
};

/** Return z·sigmoid(-x); for nodes and duals as ¼·sech²(x/2), whose derivative does not cancel near 0. */
primitives.sigmoid_slope = (x, z) => {
  if (python.truth(false) || python.truth(false)) {
    return 0.25 * rows.square.value(rows.sech.value(0.5 * x));
  }
  return z * rows.sigmoid.value(-x);
};

/** Return 1 / (1 + x²), as 1 / x² before x⁴ overflows in its derivative. */
primitives.atan_slope = (x) => decide(-1e+16 < x) && decide(x < 1e+16) ? 1.0 / (1.0 + x * x) : 1.0 / x / x;

/** Return sigmoid(x) + z·sigmoid(-x); for nodes and duals where sigmoid(-x) is subnormal with silu(-x). */
primitives.silu_slope = (x, z) => {
  if ((python.truth(false) || python.truth(false)) && decide(x > 700.0)) {
    return rows.sigmoid.value(x) - rows.silu.value(-x) * rows.sigmoid.value(x);
  }
  return rows.sigmoid.value(x) + z * rows.sigmoid.value(-x);
};

/** Return x / r² and -y / r², divided by r twice since r² may overflow, and scaled where r is at the limits. */
primitives.atan2_partials = (y, x) => {
  let scale, radius, at_origin;
  scale = primitives.scale_of(rows.hypot.value(x, y));
  [x, y] = [scale * x, scale * y];
  radius = rows.hypot.value(x, y);
  at_origin = primitives.equal(radius, 0.0);
  return [primitives.cases(at_origin, x, scale * x / radius / radius), primitives.cases(at_origin, -y, -scale * y / radius / radius)];
};

/** Return scale·eˣ, in the left tail with eˣ as a square, since it has few bits where it is subnormal. */
primitives.scaled_exp = (scale, x) => {
  let power;
  return decide(x > -700.0) ? scale * math.exp(x) : scale * math.exp(0.5 * x) * math.exp(0.5 * x);
};

/** Return ½√π·exp(z²), corrected for the rounding of z. */
primitives.erfinv_slope = (x, z) => special.erfinv_slope(x, z);

/** Return the same for other numbers; for nodes and duals not corrected, for the correction has no derivative. */
primitives.corrected_erfinv_slope = (x, z) => {
  let slope, excess;
  slope = 0.8862269254527579 / rows.gaussian.value(z);
  if (python.truth(false) || python.truth(false)) {
    return slope;
  }
  excess = 1.0 - rows.abs.value(x) - rows.erfc.value(rows.abs.value(z));
  return primitives.cases(python.both(decide(rows.abs.value(x) > 0.5), decide(rows.abs.value(x) < 1.0)), slope * (1.0 - 2.0 * rows.abs.value(z) * excess * slope), slope);
};

/** Return -x·sigmoid(x)·sigmoid(-x), in the tails from silu(-|x|), and 0 before that is ∞·0. */
primitives.logit_entropy_slope = (x) => {
  let tail;
  tail = primitives.cases(decide(rows.abs.value(x) < 800.0), decide(rows.sign.value(x)) * rows.silu.value(-rows.abs.value(x)), 0.0);
  return primitives.cases(decide(rows.abs.value(x) < 700.0), -x * rows.sigmoid.value(x) * rows.sigmoid.value(-x), tail);
};

/** Return x·eˣ, in the left tail as eˣ⸍²·x·eˣ⸍², since eˣ has few bits where it is subnormal. */
primitives.x_exp = (x) => primitives.cases(decide(x > -700.0), x * rows.exp.value(x), rows.exp.value(0.5 * x) * x * rows.exp.value(0.5 * x));

/** Return -2x·z, in the tails with z as 2π·φ(x)², since z has few bits where it is subnormal. */
primitives.gaussian_partial = (x, z) => decide(-26.5 < x) && decide(x < 26.5) ? -2.0 * x * z : special.gaussian_tail_slope(x);

/** Return x·φ(x), in the tails with φ(x) as e^(-x²/4)·e^(-x²/4) / √(2π), since φ(x) is subnormal there. */
primitives.x_normal_pdf = (x) => {
  let tail;
  return special.x_normal_pdf(x);
};

/** Return -x·z, in the tails as `x_normal_pdf`. */
primitives.normal_pdf_slope = (x, z) => decide(-37.0 < x) && decide(x < 37.0) ? -x * z : -special.x_normal_pdf(x);

/** Return ½(1 + tanh u) = sigmoid(2u), where u = √(2/π)·(x + 0.044715 x³). */
primitives.gelu_tanh_gate = (x) => rows.sigmoid.value(2.0 * 0.7978845608028654 * (x + 0.044715 * x * x * x));

/** Return ∂(x·gate)/∂x = gate + x·gate·(1 - gate)·2u′, constant where the gate is, before u″ overflows. */
primitives.gelu_tanh_partial = (x) => {
  let slope, inner;
  slope = 2.0 * 0.7978845608028654 * (1.0 + 3.0 * 0.044715 * x * x);
  inner = primitives.gelu_tanh_gate(x) + x * primitives.gelu_tanh_gate(x) * primitives.gelu_tanh_gate(-x) * slope;
  return primitives.cases(decide(rows.abs.value(x) > 64.0), 1.0 * decide(x > 0.0), inner);
};

/** Return eˣ / (eˣ + eʸ) = sigmoid(x - y), for floats without the error of the difference. */
primitives.share = (x, y, z) => floats.sigmoid_of_difference(x, y);

/** Return e^(x/y); but for nodes and duals as eⁿ·e^(r/y) for x = n·y + r, so that x/y is not rounded. */
primitives.exp_of_quotient = (x, y) => {
  let rest;
  if (python.truth(false) || python.truth(false) || python.truth(false)) {
    return rows.exp.value(x / y);
  }
  rest = rows.fmod.value(x, y);
  return rows.exp.value(decide(rows.floor.value((x - rest) / y + 0.5))) * rows.exp.value(rest / y);
};

/** Return the slopes of α·(e^(x/α) - 1), constant where e^(x/α) is 0, and with tiny α scaled, since 1/α overflows. */
primitives.celu_partials = (z, x, alpha) => {
  let scale, power, inner;
  scale = primitives.cases(decide(alpha < 1e-290), 6.668014432879854e+240, 1.0);
  [x, alpha] = [scale * x, scale * alpha];
  power = floats.exp_of_quotient(x, alpha);
  inner = [primitives.cases(decide(x < -800.0 * alpha), 0.0, power), primitives.cases(decide(x < -800.0 * alpha), -1.0, rows.expm1_minus_xexp.value(x / alpha))];
  return [primitives.cases(decide(x > 0.0), 1.0, inner.at(0)), primitives.cases(decide(x > 0.0), 0.0, inner.at(1))];
};

/** Return ∂(x·tanh(gate))/∂x, where gate = softplus(x). */
primitives.mish_partial = (x, gate) => rows.tanh.value(gate) + rows.silu.value(x) * rows.square.value(rows.sech.value(gate));

/** Return the factor 1 for the one of x, low and high that is the output, 0 for the others. */
primitives.clamp_partials = (x, low, high) => [1.0 * python.both(decide(x >= low), decide(x <= high)), 1.0 * python.both(decide(x < low), decide(low < high)), 1.0 * python.either(decide(x > high), decide(low > high))];

/** Return (p - t) / (p·(1 - p)), for nodes as (1 - t)/(1 - p) - t/p, whose derivative does not cancel. */
primitives.bce_partial = (p, target) => {
  if ((python.truth(false) || python.truth(false)) && decide(p * (1.0 - p) > 9.999999960041972e-13)) {
    return (1.0 - target) / (1.0 - p) - target / p;
  }
  return (p - target) / rows.maximum.value(p * (1.0 - p), 9.999999960041972e-13);
};

/** Return sigmoid(x) - t without cancellation, in the tails and where x ≈ 0 and t ≈ ½. */
primitives.bce_with_logits_partial = (x, target) => {
  let tail;
  tail = primitives.cases(decide(x > 0.0), 1.0 - target - rows.sigmoid.value(-x), rows.sigmoid.value(x) - target);
  return primitives.cases(python.both(decide(x > -1.0), decide(x < 1.0)), 0.5 * rows.tanh.value(0.5 * x) + (0.5 - target), tail);
};

/** Return e^xᵢ / Σ e^xⱼ for each i, for every kind of number; that of `engine.softmax` is faster for Values. */
primitives.softmax = (xs) => {
  xs = Array.from(primitives.nonempty("softmax", Array.from(xs)));
  return python.range(xs.length).map((index) => rows.softmax_at.value(xs, index));
};

/** Return log softmax(xs)ᵢ for each i, for every kind of number; that of `engine.softmax` is faster for Values. */
primitives.log_softmax = (xs) => {
  xs = Array.from(primitives.nonempty("log_softmax", Array.from(xs)));
  return python.range(xs.length).map((index) => rows.log_softmax_at.value(xs, index));
};

/** Return x / z for each x, 0 for z = 0; for a node that is most of the norm in a form whose derivative is exact. */
primitives.norm_partials = (xs, z) => {
  let recorded, extreme, scale;
  return floats.unit_vector(xs, z);
};

/** Return softmax(xs), and 0 where all xs are -∞; not e^(x - z), since z is rounded. */
primitives.log_sum_exp_partials = (xs, z) => {
  let infinite, shares;
  infinite = python.either(primitives.equal(z, Infinity), primitives.equal(z, -Infinity));
  shares = primitives.fast_softmax(xs);
  return python.zip(xs, shares).map(([x, p]) => primitives.cases(infinite, primitives.cases(primitives.equal(z, Infinity), rows.exp.value(x - z), 0.0), p));
};

/** Return for each x the product of all others, from products of those before and after it. */
primitives.products_of_others = (xs) => {
  let before, after;
  [before, after] = [[1.0], [1.0]];
  for (const [x, y] of python.zip(xs.slice(0, -1), python.reversed(xs.slice(1)))) {
    before.push(before.at(-1) * x);
    after.push(y * after.at(-1));
  }
  return python.zip(before, python.reversed(after)).map(([left, right]) => left * right);
};

/** Return each hit divided by the number of hits, so that ties of max and min split evenly. */
primitives.tie_shares = (hits) => {
  let number;
  number = floats.add_all(hits);
  return hits.map((hit) => hit / number);
};

/** Return softmax(xs), in one pass for floats. */
primitives.fast_softmax = (xs) => floats.softmax(xs);

/** Return the factor 1 at the index and 0 elsewhere. */
primitives.one_hot = (index, length) => [...[...python.repeat([0.0], Math.trunc(index)), ...[1.0]], ...python.repeat([0.0], length - 1 - Math.trunc(index))];

/** Return the sum of the other probabilities; for nodes as a sigmoid, whose derivative is one product, no sum. */
primitives.rest_of_softmax = (index, xs, misses) => {
  let place;
  return floats.add_all(misses);
};

/** Return for each i the terms of one_hot(index) - softmax(xs): (1 - p, 0) at the index and (0, p) elsewhere. */
primitives.one_hot_minus_softmax = (index, xs) => {
  let hits, misses, rest;
  hits = primitives.one_hot(index, xs.length);
  misses = python.zip(hits, primitives.fast_softmax(xs)).map(([hit, p]) => (1.0 - hit) * p);
  rest = primitives.rest_of_softmax(index, xs, misses);
  return python.zip(hits, misses).map(([hit, miss]) => [hit * rest, miss]);
};

/** Return one output of a function of a list, or raise a PositionError. */
primitives.output_at = (place, outputs_of, xs, index) => outputs_of(xs).at(Math.trunc(index));

/** Return xs, or raise a LengthError if it is empty. */
primitives.nonempty = (place, xs) => xs;

/** Return bias + Σ wᵢ·xᵢ, or raise a LengthError. */
primitives.dot_of_equal_lengths = (ws, xs, bias) => floats.dot(ws, xs, bias);

rows.add = {
  value: (x, y) => x + y,
  partials: (x, y, z) => [1.0, 1.0],
};

rows.sub = {
  value: (x, y) => x - y,
  partials: (x, y, z) => [1.0, -1.0],
};

rows.mul = {
  value: (x, y) => x * y,
  partials: (x, y, z) => [y, x],
};

rows.div = {
  value: floats.divide,
  partials: (x, y, z) => [1.0 / y, -z / y],
};

rows.neg = {
  value: (x) => -x,
  partials: (x, z) => [-1.0],
};

rows.pow = {
  value: floats.c_power,
  partials: (x, y, z) => [primitives.power_partial_x(x, y, z), primitives.power_partial_y(x, y, z)],
};

rows.pow_constant_exponent = {
  value: floats.power,
  partials: (x, c, z) => [primitives.power_rule(x, c, z), 0.0],
};

rows.pow_constant_base = {
  value: floats.c_power,
  partials: (c, x, z) => [0.0, primitives.exponential_rule(c, x, z)],
};

rows.square = {
  value: (x) => x * x,
  partials: (x, z) => [2.0 * x],
};

rows.one_minus_square = {
  value: (x) => (1.0 - x) * (1.0 + x),
  partials: (x, z) => [-2.0 * x],
};

rows.reciprocal = {
  value: (x) => floats.divide(1.0, x),
  partials: (x, z) => [-z * z],
};

rows.sqrt = {
  value: math.sqrt,
  partials: (x, z) => [0.5 / z],
};

rows.rsqrt = {
  value: (x) => floats.divide(1.0, math.sqrt(x)),
  partials: (x, z) => [-0.5 * z * z * z],
};

rows.cbrt = {
  value: floats.cbrt,
  partials: (x, z) => [1.0 / (3.0 * z * z)],
};

rows.exp = {
  value: math.exp,
  partials: (x, z) => [z],
};

rows.exp2 = {
  value: (x) => floats.c_power(2.0, x),
  partials: (x, z) => [z * 0.6931471805599453],
};

rows.expm1 = {
  value: math.expm1,
  partials: (x, z) => [rows.exp.value(x)],
};

rows.expm1_minus_xexp = {
  value: floats.expm1_minus_xexp,
  partials: (x, z) => [-primitives.x_exp(x)],
};

rows.log = {
  value: math.log,
  partials: (x, z) => [1.0 / x],
};

rows.log2 = {
  value: math.log2,
  partials: (x, z) => [1.4426950408889634 / x],
};

rows.log10 = {
  value: math.log10,
  partials: (x, z) => [0.4342944819032518 / x],
};

rows.log1p = {
  value: math.log1p,
  partials: (x, z) => [1.0 / (1.0 + x)],
};

rows.xlogy = {
  value: (x, y) => x === 0.0 && y === y ? 0.0 : x * math.log(y),
  partials: (x, y, z) => [primitives.cases(python.both(primitives.equal(x, 0.0), decide(y <= 0.0)), 0.0, rows.log.value(y)), x / y],
};

rows.logaddexp = {
  value: floats.log_add_exp,
  partials: (x, y, z) => [primitives.cases(primitives.equal(z, -Infinity), 0.0, primitives.share(x, y, z)), primitives.cases(primitives.equal(z, -Infinity), 0.0, primitives.share(y, x, z))],
};

rows.abs = {
  value: math.fabs,
  partials: (x, z) => [decide(rows.sign.value(x))],
};

rows.sign = {
  value: floats.sign,
  partials: (x, z) => [0.0],
};

rows.heaviside = {
  value: floats.heaviside,
  partials: (x, values, z) => [0.0, 1.0 * primitives.equal(x, 0.0)],
};

rows.copysign = {
  value: math.copysign,
  partials: (x, y, z) => [primitives.copysign_partial(x, y, z), 0.0],
};

rows.floor = {
  value: floats.floor,
  partials: (x, z) => [0.0],
};

rows.ceil = {
  value: (x) => -floats.floor(-x),
  partials: (x, z) => [0.0],
};

rows.trunc = {
  value: floats.trunc,
  partials: (x, z) => [0.0],
};

rows.round = {
  value: floats.round_half_even,
  partials: (x, ndigits, z) => [0.0, 0.0],
};

rows.fmod = {
  value: floats.fmod,
  partials: (x, y, z) => [1.0, -primitives.fmod_quotient(x, y)],
};

rows.remainder = {
  value: floats.remainder,
  partials: (x, y, z) => [1.0, -decide(rows.floordiv.value(x, y))],
};

rows.floordiv = {
  value: floats.floordiv,
  partials: (x, y, z) => [0.0, 0.0],
};

rows.sin = {
  value: math.sin,
  partials: (x, z) => [rows.cos.value(x)],
};

rows.cos = {
  value: math.cos,
  partials: (x, z) => [-rows.sin.value(x)],
};

rows.tan = {
  value: math.tan,
  partials: (x, z) => [1.0 + z * z],
};

rows.asin = {
  value: math.asin,
  partials: (x, z) => [rows.rsqrt.value(rows.one_minus_square.value(x))],
};

rows.acos = {
  value: math.acos,
  partials: (x, z) => [-rows.rsqrt.value(rows.one_minus_square.value(x))],
};

rows.atan = {
  value: math.atan,
  partials: (x, z) => [primitives.atan_slope(x)],
};

rows.atan2 = {
  value: math.atan2,
  partials: (y, x, z) => primitives.atan2_partials(y, x),
};

rows.hypot = {
  value: math.hypot,
  partials: (x, y, z) => [rows.direction.value(x, y), rows.direction.value(y, x)],
};

rows.direction = {
  value: floats.direction,
  partials: (x, y, z) => primitives.direction_partials(x, y),
};

rows.sinh = {
  value: math.sinh,
  partials: (x, z) => [rows.cosh.value(x)],
};

rows.cosh = {
  value: math.cosh,
  partials: (x, z) => [rows.sinh.value(x)],
};

rows.tanh = {
  value: math.tanh,
  partials: (x, z) => [math.pow(rows.sech.value(x), 2)],
};

rows.sech = {
  value: floats.sech,
  partials: (x, z) => [-z * rows.tanh.value(x)],
};

rows.asinh = {
  value: math.asinh,
  partials: (x, z) => [1.0 / rows.hypot.value(1.0, x)],
};

rows.acosh = {
  value: math.acosh,
  partials: (x, z) => [rows.rsqrt.value(rows.abs.value(x) - 1.0) * rows.rsqrt.value(rows.abs.value(x) + 1.0)],
};

rows.atanh = {
  value: math.atanh,
  partials: (x, z) => [1.0 / rows.one_minus_square.value(x)],
};

rows.sinc = {
  value: floats.sinc,
  partials: (x, z) => [rows.sinc_derivative.value(1.0, x)],
};

rows.sinc_derivative = {
  value: floats.sinc_derivative,
  partials: (n, x, z) => [0.0, rows.sinc_derivative.value(n + 1.0, x)],
};

rows.degrees = {
  value: math.degrees,
  partials: (x, z) => [180.0 / Math.PI],
};

rows.radians = {
  value: math.radians,
  partials: (x, z) => [Math.PI / 180.0],
};

rows.gaussian = {
  value: special.gaussian,
  partials: (x, z) => [primitives.gaussian_partial(x, z)],
};

rows.normal_pdf = {
  value: special.normal_pdf,
  partials: (x, z) => [primitives.normal_pdf_slope(x, z)],
};

rows.normal_cdf = {
  value: special.normal_cdf,
  partials: (x, z) => [rows.normal_pdf.value(x)],
};

rows.erf = {
  value: math.erf,
  partials: (x, z) => [1.1283791670955126 * rows.gaussian.value(x)],
};

rows.erfc = {
  value: math.erfc,
  partials: (x, z) => [-1.1283791670955126 * rows.gaussian.value(x)],
};

rows.erfinv = {
  value: special.erfinv,
  partials: (x, z) => [primitives.erfinv_slope(x, z)],
};

rows.gamma = {
  value: math.gamma,
  partials: (x, z) => [z * rows.digamma.value(x)],
};

rows.lgamma = {
  value: special.lgamma,
  partials: (x, z) => [rows.digamma.value(x)],
};

rows.digamma = {
  value: (x) => special.polygamma(0.0, x),
  partials: (x, z) => [rows.polygamma.value(1.0, x)],
};

rows.polygamma = {
  value: special.polygamma,
  partials: (n, x, z) => [0.0, rows.polygamma.value(n + 1.0, x)],
};

rows.sigmoid = {
  value: floats.sigmoid,
  partials: (x, z) => [z * floats.sigmoid(-x)],
};

rows.logit = {
  value: floats.logit,
  partials: (x, z) => [1.0 / (x * (1.0 - x))],
};

rows.log_sigmoid = {
  value: floats.log_sigmoid,
  partials: (x, z) => [rows.sigmoid.value(-x)],
};

rows.softplus = {
  value: floats.softplus,
  partials: (x, beta, z) => [rows.sigmoid.value(beta * x), -rows.logit_entropy.value(beta * x) / beta / beta],
};

rows.logit_entropy = {
  value: floats.logit_entropy,
  partials: (x, z) => [primitives.logit_entropy_slope(x)],
};

rows.relu = {
  value: (x) => x < 0.0 ? 0.0 : x,
  partials: (x, z) => [1.0 - decide(x <= 0.0)],
};

rows.leaky_relu = {
  value: (x, slope) => x > 0.0 ? x : slope * x,
  partials: (x, slope, z) => [primitives.cases(decide(x > 0.0), 1.0, slope), primitives.cases(decide(x > 0.0), 0.0, x)],
};

rows.elu = {
  value: (x, alpha) => x > 0.0 ? x : alpha * math.expm1(x),
  partials: (x, alpha, z) => [primitives.cases(decide(x > 0.0), 1.0, primitives.scaled_exp(alpha, x)), primitives.cases(decide(x > 0.0), 0.0, rows.expm1.value(x))],
};

rows.celu = {
  value: (x, alpha) => x > -1e-17 * alpha ? x : alpha * math.expm1(x / alpha),
  partials: (x, alpha, z) => primitives.celu_partials(z, x, alpha),
};

rows.selu = {
  value: (x) => 1.0507009873554805 * (x > 0.0 ? x : 1.6732632423543772 * math.expm1(x)),
  partials: (x, z) => [1.0507009873554805 * primitives.cases(decide(x > 0.0), 1.0, 1.6732632423543772 * rows.exp.value(x))],
};

rows.gelu = {
  value: special.gelu,
  partials: (x, z) => [rows.normal_cdf.value(x) + primitives.x_normal_pdf(x)],
};

rows.gelu_tanh = {
  value: (x) => x * primitives.gelu_tanh_gate(x),
  partials: (x, z) => [primitives.gelu_tanh_partial(x)],
};

rows.silu = {
  value: floats.silu,
  partials: (x, z) => [floats.sigmoid(x) + z * floats.sigmoid(-x)],
};

rows.mish = {
  value: floats.mish,
  partials: (x, z) => [primitives.mish_partial(x, rows.softplus.value(x))],
};

rows.relu6 = {
  value: (x) => floats.minimum(floats.maximum(x, 0.0), 6.0),
  partials: (x, z) => [1.0 * python.both(decide(x > 0.0), decide(x < 6.0))],
};

rows.hardtanh = {
  value: floats.clamp,
  partials: (x, low, high, z) => [1.0 * python.both(decide(x > low), decide(x < high)), 1.0 * decide(x < low), 1.0 * decide(x > high)],
};

rows.hardsigmoid = {
  value: (x) => floats.clamp((x + 3.0) / 6.0, 0.0, 1.0),
  partials: (x, z) => [1.0 / 6.0 * python.both(decide(x > -3.0), decide(x < 3.0))],
};

rows.hardswish = {
  value: (x) => x * floats.clamp((x + 3.0) / 6.0, 0.0, 1.0),
  partials: (x, z) => [primitives.cases(decide(x < -3.0), 0.0, primitives.cases(decide(x > 3.0), 1.0, (x + 1.5) / 3.0))],
};

rows.softsign = {
  value: floats.softsign,
  partials: (x, z) => [rows.square.value(1.0 / (1.0 + rows.abs.value(x)))],
};

rows.tanhshrink = {
  value: floats.tanhshrink,
  partials: (x, z) => [rows.square.value(rows.tanh.value(x))],
};

rows.softshrink = {
  value: (x, lambd) => x - floats.clamp(x, -lambd, lambd),
  partials: (x, lambd, z) => [1.0 * decide(rows.abs.value(x) > lambd), -decide(rows.sign.value(x)) * decide(rows.abs.value(x) > lambd)],
};

rows.hardshrink = {
  value: (x, lambd) => math.fabs(x) > lambd || x !== x ? x : 0.0,
  partials: (x, lambd, z) => [1.0 * decide(rows.abs.value(x) > lambd), 0.0],
};

rows.threshold = {
  value: (x, threshold, value) => x > threshold || x !== x ? x : value,
  partials: (x, threshold, value, z) => [1.0 * decide(x > threshold), 0.0, 1.0 - decide(x > threshold)],
};

rows.maximum = {
  value: floats.maximum,
  partials: (x, y, z) => [1.0 - 0.5 * decide(x < y) - 0.5 * decide(x <= y), 1.0 - 0.5 * decide(y < x) - 0.5 * decide(y <= x)],
};

rows.minimum = {
  value: floats.minimum,
  partials: (x, y, z) => [1.0 - 0.5 * decide(x > y) - 0.5 * decide(x >= y), 1.0 - 0.5 * decide(y > x) - 0.5 * decide(y >= x)],
};

rows.fmax = {
  value: (x, y) => x >= y || y !== y ? x : y,
  partials: (x, y, z) => [decide(x >= y) + primitives.is_nan(y), 1.0 - decide(x >= y) - primitives.is_nan(y)],
};

rows.fmin = {
  value: (x, y) => x <= y || y !== y ? x : y,
  partials: (x, y, z) => [decide(x <= y) + primitives.is_nan(y), 1.0 - decide(x <= y) - primitives.is_nan(y)],
};

rows.clamp = {
  value: floats.clamp,
  partials: (x, low, high, z) => primitives.clamp_partials(x, low, high),
};

rows.where = {
  value: (condition, x, y) => python.truth(condition) ? x : y,
  partials: (condition, x, y, z) => [0.0, 1.0 - primitives.equal(condition, 0.0), 1.0 * primitives.equal(condition, 0.0)],
};

rows.lerp = {
  value: floats.lerp,
  partials: (x, y, weight, z) => [1.0 - weight, weight, y - x],
};

rows.sum = {
  value: floats.add_all,
  partials: (xs, z) => [python.repeat([1.0], xs.length)],
};

rows.mean = {
  value: (xs) => floats.add_all(primitives.nonempty("mean", xs)) / xs.length,
  partials: (xs, z) => [python.repeat([1.0 / xs.length], xs.length)],
};

rows.prod = {
  value: math.prod,
  partials: (xs, z) => [primitives.products_of_others(xs)],
};

rows.dot = {
  value: primitives.dot_of_equal_lengths,
  partials: (ws, xs, bias, z) => [xs, ws, 1.0],
};

rows.norm = {
  value: (xs) => math.hypot(...xs),
  partials: (xs, z) => [primitives.norm_partials(xs, z)],
};

rows.max = {
  value: (xs) => floats.largest(primitives.nonempty("max", xs)),
  partials: (xs, z) => [primitives.tie_shares(xs.map((x) => decide(x >= z) + primitives.is_nan(x)))],
};

rows.min = {
  value: (xs) => floats.smallest(primitives.nonempty("min", xs)),
  partials: (xs, z) => [primitives.tie_shares(xs.map((x) => decide(x <= z) + primitives.is_nan(x)))],
};

rows.logsumexp = {
  value: (xs) => floats.log_sum_exp(primitives.nonempty("logsumexp", xs)),
  partials: (xs, z) => [primitives.log_sum_exp_partials(xs, z)],
};

rows.softmax_at = {
  value: (xs, index) => primitives.output_at("softmax", floats.softmax, xs, index),
  partials: (xs, index, z) => [primitives.one_hot_minus_softmax(index, xs).map(([hit, miss]) => z * (hit - miss)), 0.0],
};

rows.log_softmax_at = {
  value: (xs, index) => primitives.output_at("log_softmax", floats.log_softmax, xs, index),
  partials: (xs, index, z) => [primitives.one_hot_minus_softmax(index, xs).map(([hit, miss]) => hit - miss), 0.0],
};

rows.cross_entropy = {
  value: (logits, target) => 0.0 - primitives.output_at("cross_entropy", floats.log_softmax, logits, target),
  partials: (logits, target, z) => [primitives.one_hot_minus_softmax(target, logits).map(([hit, miss]) => miss - hit), 0.0],
};

rows.binary_cross_entropy = {
  value: floats.binary_cross_entropy,
  partials: (p, target, z) => [primitives.bce_partial(p, target), rows.log.value(1.0 - p) - rows.log.value(p)],
};

rows.binary_cross_entropy_with_logits = {
  value: floats.binary_cross_entropy_with_logits,
  partials: (x, target, z) => [primitives.bce_with_logits_partial(x, target), -x],
};
