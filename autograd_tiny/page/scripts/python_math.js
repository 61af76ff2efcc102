// Python's operators, built-in functions and module `math`, as far as the table uses them and JavaScript lacks them.
// Nothing here throws; results follow IEEE arithmetic.

// ── which side of a kink ──

let log = null;

/** Return an answer unchanged, and log it inside `decisionsOf`. */
export function decide(answer) {
  if (log) log.push(answer);
  return answer;
}

/** Return the answers of all comparisons that a computation makes, in order. */
export function decisionsOf(compute) {
  log = [];
  compute();
  const decisions = log;
  log = null;
  return decisions;
}

// ── operators and built-in functions ──

export const python = {
  /** Return whether x is true in Python: not 0; nan is true. */
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
  /** Return the first of the largest, as Python compares them. */
  max: (xs) => xs.reduce((best, x) => (x > best ? x : best)),
  min: (xs) => xs.reduce((best, x) => (x < best ? x : best)),
  /** Return the remainder with the sign of y. */
  mod(x, y) {
    const rest = x % y;
    if (rest === 0) return math.copysign(0, y);
    return rest < 0 === y < 0 ? rest : rest + y;
  },
  /** Return ⌊x / y⌋, exact where the quotient rounds up to a whole number. */
  floordiv(x, y) {
    const rest = x % y;
    const quotient = (x - rest) / y - (rest !== 0 && rest < 0 !== y < 0 ? 1 : 0);
    if (quotient === 0) return math.copysign(0, x / y);
    const whole = Math.floor(quotient);
    return quotient - whole > 0.5 ? whole + 1 : whole;
  },
};

// ── the module `math` ──

export const math = {
  isfinite: Number.isFinite,
  isinf: (x) => x === Infinity || x === -Infinity,
  fabs: Math.abs,
  copysign: (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)),
  degrees: (x) => x * (180 / Math.PI),
  radians: (x) => x * (Math.PI / 180),
  fmod: (x, y) => x % y,
  /** Return x ** y as C's `pow` does: 1 for x = 1, and for x = -1 with an infinite y. */
  pow: (x, y) => (x === 1 || (x === -1 && math.isinf(y)) ? 1 : Math.pow(x, y)),
  prod: (xs) => xs.reduce((product, x) => product * x, 1),
  fsum: sumExactly,
};
for (const name of (
  "acos acosh asin asinh atan atan2 atanh cos cosh exp expm1 hypot log log10 log1p log2 sin sinh sqrt tan tanh"
).split(" ")) {
  math[name] = Math[name];
}

/** Return the sum, rounded once (Shewchuk 1997), as `math.fsum` does. */
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

/** Evaluate a polynomial; the constant coefficient comes first. */
export const polynomial = (coefficients, x) => coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

/** Evaluate a ratio of two polynomials. */
export const ratio = ([above, below], x) => polynomial(above, x) / polynomial(below, x);
