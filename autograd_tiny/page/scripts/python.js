// What Python has and JavaScript has not: its operators and built-in functions as far as the table uses them, and of
// its module `math` what `Math` lacks. Nothing here raises; results are those of IEEE arithmetic.

// ── on which side of a kink? ──

let log = null;

/** Pass an answer on, and write it down while somebody listens. */
export function decide(answer) {
  if (log) log.push(answer);
  return answer;
}

/** Return the answers that decided what some work computed, in order. */
export function decisionsOf(work) {
  log = [];
  work();
  const decisions = log;
  log = null;
  return decisions;
}

// ── operators and built-in functions ──

export const python = {
  /** Python asks of a number whether it is 0; nan is not. */
  truth: (x) => x !== 0 && x !== false,
  both: (a, b) => Boolean(a) && Boolean(b),
  either: (a, b) => Boolean(a) || Boolean(b),
  any: (answers) => answers.some(Boolean),
  enumerate: (xs, start = 0) => xs.map((x, i) => [start + i, x]),
  repeat: (xs, times) => Array.from({ length: times }, () => xs).flat(),
  reversed: (xs) => [...xs].reverse(),
  zip: (xs, ys) => xs.map((x, i) => [x, ys[i]]),
  range(start, stop, step = 1) {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
  },
  /** The first of the largest, as Python compares them. */
  max: (xs) => xs.reduce((best, x) => (x > best ? x : best)),
  min: (xs) => xs.reduce((best, x) => (x < best ? x : best)),
  /** The remainder with the sign of y. */
  mod(x, y) {
    const rest = x % y;
    if (rest === 0) return math.copysign(0, y);
    return rest < 0 === y < 0 ? rest : rest + y;
  },
  /** ⌊x / y⌋, exact where the quotient rounds up to a whole number. */
  floordiv(x, y) {
    const rest = x % y;
    const quotient = (x - rest) / y - (rest !== 0 && rest < 0 !== y < 0 ? 1 : 0);
    if (quotient === 0) return math.copysign(0, x / y);
    const whole = Math.floor(quotient);
    return quotient - whole > 0.5 ? whole + 1 : whole;
  },
  /** x rounded to so many decimals, halves to even, as the decimal digits of x have them. */
  round(x, digits = 0) {
    if (!Number.isFinite(x) || digits > 323) return x;
    const size = Math.abs(x);
    const rounded = digits >= 0 ? roundDecimals(size, Math.min(digits, 100)) : roundWhole(size, -digits);
    return math.copysign(rounded, x);
  },
};

function roundDecimals(size, digits) {
  if (size >= 2 ** 53) return size;
  const [whole, decimals = ""] = size.toFixed(100).split(".");
  const rest = decimals.slice(digits);
  const kept = BigInt(whole + decimals.slice(0, digits));
  const isUp = /^5(?=0*[1-9])|^[6-9]/.test(rest) || (/^50*$/.test(rest) && kept % 2n === 1n);
  const text = String(kept + (isUp ? 1n : 0n)).padStart(digits + 1, "0");
  return Number(digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

function roundWhole(size, zeros) {
  const unit = 10n ** BigInt(zeros);
  const whole = BigInt(Math.floor(size));
  const rest = 2n * (whole % unit);
  const kept = whole / unit;
  const isUp = rest > unit || (rest === unit && (size % 1 > 0 || kept % 2n === 1n));
  return Number((kept + (isUp ? 1n : 0n)) * unit);
}

// ── the module `math` ──

export const math = {
  isfinite: Number.isFinite,
  isinf: (x) => x === Infinity || x === -Infinity,
  fabs: Math.abs,
  copysign: (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)),
  degrees: (x) => x * (180 / Math.PI),
  radians: (x) => x * (Math.PI / 180),
  fmod: (x, y) => x % y,
  /** As C's `pow`, for which 1 to any power is 1, and -1 to an infinite one. */
  pow: (x, y) => (x === 1 || (x === -1 && math.isinf(y)) ? 1 : Math.pow(x, y)),
  prod: (xs) => xs.reduce((product, x) => product * x, 1),
  fsum: sumExactly,
};
for (const name of (
  "acos acosh asin asinh atan atan2 atanh cos cosh exp expm1 hypot log log10 log1p log2 sin sinh sqrt tan tanh"
).split(" ")) {
  math[name] = Math[name];
}

/** The sum as if it were rounded once (Shewchuk 1997), as `math.fsum`. */
function sumExactly(xs) {
  if (!xs.every(Number.isFinite)) return xs.reduce((sum, x) => sum + x, 0);
  let parts = [];
  for (let x of xs) {
    const kept = [];
    for (const part of parts) {
      const [large, small] = Math.abs(x) < Math.abs(part) ? [part, x] : [x, part];
      const sum = large + small;
      const lost = small - (sum - large);
      if (lost) kept.push(lost);
      x = sum;
    }
    parts = [...kept, x];
  }
  return parts.reduceRight((sum, part) => sum + part, 0);
}

/** The sum of coefficients times powers of x, the constant one first. */
export const polynomial = (coefficients, x) => coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

/** A ratio of two polynomials. */
export const ratio = ([above, below], x) => polynomial(above, x) / polynomial(below, x);
