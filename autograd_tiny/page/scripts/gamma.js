// The gamma function and its logarithm, which `Math` lacks, by Lanczos' approximation as in CPython's mathmodule.c.
import { math, polynomial, python, ratio } from "./python_math.js";

const LANCZOS_G = 6.02468004077673;
const LANCZOS = [
  [23531376880.41076, 42919803642.6491, 35711959237.35567, 17921034426.03721, 6039542586.352028, 1439720407.3117216,
    248874557.86205417, 31426415.585400194, 2876370.6289353725, 186056.26539522348, 8071.672002365816,
    210.82427775157936, 2.5066282746310002],
  [0, 39916800, 120543840, 150917976, 105258076, 45995730, 13339535, 2637558, 357423, 32670, 1925, 66, 1],
];

/** Return the Lanczos sum, for large x as a ratio in 1/x, so that no power overflows. */
function lanczos(x) {
  if (x < 5) return ratio(LANCZOS, x);
  const [above, below] = LANCZOS.map((coefficients) => polynomial([...coefficients].reverse(), 1 / x));
  return above / below;
}

/** Return sin(πx) for x ≥ 0. */
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

/** Return Γ(x): infinite at 0 with the sign of x, nan at -1, -2, … */
math.gamma = (x) => {
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
};

/** Return log |Γ(x)|: infinite at 0, -1, -2, … */
math.lgamma = (x) => {
  if (!Number.isFinite(x)) return x === x ? Infinity : x;
  if (x <= 0 && x % 1 === 0) return Infinity;
  const size = Math.abs(x);
  if (size < 1e-20) return -Math.log(size);
  const result = Math.log(lanczos(size)) - LANCZOS_G + (size - 0.5) * (Math.log(size + LANCZOS_G - 0.5) - 1);
  return x > 0 ? result : Math.log(Math.PI) - Math.log(Math.abs(sinPi(size))) - Math.log(size) - result;
};
