// Tell how a node depends on one of its inputs near a point, as trace/local_shape.py does; here the shapes of a what-if.

const NEAR = 1e-8;

/** Return whether two numbers are close; two of which one is not finite are not, unless they are equal. */
export function isClose(x, y, relative, absolute = 0) {
  const room = Math.max(relative * Math.max(Math.abs(x), Math.abs(y)), absolute);
  return x === y || (Number.isFinite(x - y) && Math.abs(x - y) <= room);
}

/** Return the numbers beside a number, those beside 0 at a distance at which products are not rounded to 0. */
export function beside(x) {
  const gap = Math.abs(x) * 2 ** -52 || 1e-150;
  return [x - gap, x + gap];
}

/**
 * Return "kink", "jump", "point of infinite slope", "flat", or an empty text for another shape.
 *
 * @param f takes operands, and returns { value, partials, decisions }
 * @param slots the places of the input among the operands
 */
export function shapeOf(f, numbers, slots) {
  const x = numbers[slots[0]];
  const others = numbers.filter((_, i) => !slots.includes(i)).map(Math.abs);
  const at = (number) => {
    const { value, partials, decisions } = f(numbers.map((y, i) => (slots.includes(i) ? number : y)));
    const slope = slots.reduce((sum, i) => sum + partials[i], 0);
    return { value, slope, decisions: slope === 0 ? `${decisions} ${value}` : decisions };
  };
  const [here, size] = [at(x), Math.abs(x)];
  const step = NEAR * (size || 1);
  const quotient = (h) => (at(x + h).value - here.value) / h;
  const steepens = () => [-step, step].some((h) => {
    const [wide, narrow] = [Math.abs(quotient(h)), Math.abs(quotient(1e-4 * h))];
    return Math.max(1, 1.2 * wide) < narrow && narrow < Infinity;
  });
  const isPlain = others.every((y) => y === 0 || y > 1e-150) && (x === 0 || (size > 1e-150 && size < Infinity));
  if (!Number.isFinite(here.value) || !isPlain || Number.isNaN(here.slope)) return "";
  if (!Number.isFinite(here.slope)) return steepens() ? "point of infinite slope" : "";

  const places = beside(x);
  const sides = places.map(at);
  const jumps = (steepest) => {
    const largest = Math.max(Math.abs(here.value), ...sides.map(({ value }) => Math.abs(value)));
    const room = 1e-9 * largest + 4 * Math.max(steepest, 1) * (places[1] - places[0]);
    return sides.some(({ value }) => Math.abs(value - here.value) > room);
  };
  const isFine = others.every((y) => (y === size || Math.abs(y - size) > NEAR * size) && y < 1e100) && size < 1e9;
  const isRound = [size, ...others].every((y) => Math.fround(y) === y); // no border is near that is not the point
  const isAlone = sides.every((side, i) => side.decisions === here.decisions || !others.includes(Math.abs(places[i])));
  const isBorder = sides.some(({ decisions }) => decisions !== here.decisions);
  if (isFine && isBorder && isAlone && (x === 0 || isRound || others.includes(size))) {
    const slopes = sides.map(({ slope }) => slope);
    const isKnown = slopes.every(Number.isFinite);
    if (isKnown && jumps(Math.max(...[here.slope, ...slopes].map(Math.abs)))) return "jump";
    const bends = () => [-step, step].every((h, i) => isClose(quotient(h), slopes[i], 1e-3, 1e-6));
    if (isKnown && !isClose(...slopes, 1e-6, 1e-12) && bends()) return "kink";
  } else if (isFine && here.slope !== 0 && x === 0 && jumps(Math.abs(here.slope))) {
    return "jump";
  }
  if (here.slope !== 0) return "";
  if ([...sides, at(x - step), at(x + step)].every(({ value, slope }) => slope === 0 && value === here.value)) return "flat";
  if (!isFine || !isRound) return "";
  const leaps = [-1, 1].some((side) => {
    const gaps = [step, 1e-4 * step, places[1] - x].map((h) => Math.abs(at(x + side * h).value - here.value));
    return Math.min(...gaps) > 1e-3 && gaps[2] >= 0.5 * gaps[0];
  });
  return leaps ? "jump" : steepens() ? "point of infinite slope" : "";
}
