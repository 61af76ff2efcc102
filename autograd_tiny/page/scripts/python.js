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
  erf: (x) => (Math.abs(x) < 1.25 ? errorFunction(x) : Math.sign(x) * (1 - tail(Math.abs(x)))),
  erfc(x) {
    if (x !== x || x < 0.25) return x < -1.25 ? 2 - tail(-x) : 1 - errorFunction(x);
    if (x < 0.84375) return 0.5 - (x - 0.5 + x * ratio(ERF_SMALL, x * x));
    return x < 1.25 ? 1 - ERX - nearOne(x - 1) : tail(x);
  },
  gamma,
  lgamma,
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

const polynomial = (coefficients, x) => coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

// ── error function: the rational approximations of FreeBSD's s_erf.c (Sun Microsystems 1993) ──

const ERX = 0.845062911510467529297;
const ERF_SMALL = [
  [0.128379167095512558561, -0.32504210724700149937, -0.0284817495755985104766, -0.00577027029648944159157,
    -0.0000237630166566501626084],
  [1, 0.397917223959155352819, 0.0650222499887672944485, 0.00508130628187576562776, 0.000132494738004321644526,
    -0.0000039602282787753681232],
];
const ERF_NEAR_ONE = [
  [-0.00236211856075265944077, 0.414856118683748331666, -0.372207876035701323847, 0.318346619901161753674,
    -0.110894694282396677476, 0.0354783043256182359371, -0.002166375594868790843],
  [1, 0.106420880400844228286, 0.540397917702171048937, 0.0718286544141962662868, 0.126171219808761642112,
    0.0136370839120290507362, 0.011984499846799107417],
];
const ERFC_MIDDLE = [
  [-0.00986494403484714822705, -0.693858572707181764372, -10.5586262253232909814, -62.3753324503260060396,
    -162.396669462573470355, -184.605092906711035994, -81.2874355063065934246, -9.81432934416914548592],
  [1, 19.6512716674392571292, 137.6577541435190426, 434.565877475229228821, 645.387271733267880336,
    429.008140027567833386, 108.635005541779435134, 6.57024977031928170135, -0.0604244152148580987438],
];
const ERFC_FAR = [
  [-0.00986494292470009928597, -0.799283237680523006574, -17.7579549177547519889, -160.636384855821916062,
    -637.566443368389627722, -1025.09513161107724954, -483.519191608651397019],
  [1, 30.3380607434824582924, 325.792512996573918826, 1536.72958608443695994, 3199.85821950859553908,
    2553.05040643316442583, 474.528541206955367215, -22.4409524465858183362],
];

const ratio = ([above, below], x) => polynomial(above, x) / polynomial(below, x);
const nearOne = (x) => ratio(ERF_NEAR_ONE, x);

/** erf(x) for |x| < 1.25. */
function errorFunction(x) {
  if (Math.abs(x) < 0.84375) return x + x * ratio(ERF_SMALL, x * x);
  return Math.sign(x) * (ERX + nearOne(Math.abs(x) - 1));
}

/** erfc(x) for x ≥ 1.25; the square is taken in two parts, so that it stays accurate far out. */
function tail(x) {
  if (x > 28) return 0;
  const high = Math.fround(x);
  const rest = ratio(x < 1 / 0.35 ? ERFC_MIDDLE : ERFC_FAR, 1 / (x * x));
  return (Math.exp(-high * high - 0.5625) * Math.exp((high - x) * (high + x) + rest)) / x;
}

// ── gamma function: Lanczos' approximation, as in CPython's mathmodule.c ──

const LANCZOS_G = 6.02468004077673;
const LANCZOS = [
  [23531376880.41076, 42919803642.6491, 35711959237.35567, 17921034426.03721, 6039542586.352028, 1439720407.3117216,
    248874557.86205417, 31426415.585400194, 2876370.6289353725, 186056.26539522348, 8071.672002365816,
    210.82427775157936, 2.5066282746310002],
  [0, 39916800, 120543840, 150917976, 105258076, 45995730, 13339535, 2637558, 357423, 32670, 1925, 66, 1],
];

/** The Lanczos sum: as a ratio in 1/x where x is large, so that no power overflows. */
function lanczos(x) {
  if (x < 5) return ratio(LANCZOS, x);
  const [above, below] = LANCZOS.map((coefficients) => polynomial([...coefficients].reverse(), 1 / x));
  return above / below;
}

function sinPi(x) {
  const rest = x % 2;
  const half = Math.round(2 * rest);
  return [
    () => Math.sin(Math.PI * rest),
    () => Math.cos(Math.PI * (rest - 0.5)),
    () => Math.sin(Math.PI * (1 - rest)),
    () => -Math.cos(Math.PI * (rest - 1.5)),
    () => Math.sin(Math.PI * (rest - 2)),
  ][half]();
}

/** Γ(x); infinite at 0 with its sign, nan at -1, -2, … */
function gamma(x) {
  if (x === 0) return math.copysign(Infinity, x);
  if (x !== x || x === -Infinity || (x < 0 && x % 1 === 0)) return NaN;
  if (x > 0 && x <= 23 && x % 1 === 0) return math.prod(python.range(1, x));
  const size = Math.abs(x);
  if (size > 200) return x < 0 ? 0 / sinPi(size) : x + Infinity;
  const y = size + (LANCZOS_G - 0.5);
  const lost = size > LANCZOS_G - 0.5 ? y - size - (LANCZOS_G - 0.5) : y - (LANCZOS_G - 0.5) - size;
  const correction = (lost * LANCZOS_G) / y;
  const half = Math.pow(y, size / 2 - 0.25);
  if (x > 0) {
    const scale = lanczos(size) / Math.exp(y);
    return (scale + correction * scale) * half * half;
  }
  const scale = ((-Math.PI / sinPi(size) / size) * Math.exp(y)) / lanczos(size);
  return (scale - correction * scale) / half / half;
}

/** log |Γ(x)|; infinite at 0, -1, -2, … */
function lgamma(x) {
  if (!Number.isFinite(x)) return x === x ? Infinity : x;
  if (x <= 0 && x % 1 === 0) return Infinity;
  const size = Math.abs(x);
  if (size < 1e-20) return -Math.log(size);
  const result = Math.log(lanczos(size)) - LANCZOS_G + (size - 0.5) * (Math.log(size + LANCZOS_G - 0.5) - 1);
  return x > 0 ? result : Math.log(Math.PI) - Math.log(Math.abs(sinPi(size))) - Math.log(size) - result;
}
