// Find how many digits make an equation of numbers true as it is written, as trace/true_digits.py does.
import { constantOf, grouped, inputsOf, rowOf } from "./graph.js";
import { formatNumber, shownDigits } from "./number_and_node_text.js";
import { math } from "./python_math.js";
import { rows } from "./table.js";

const MOST_DIGITS = 17;
const LOOSE = 10; // units of the last digit by which rounded operands may change a result
const MOST_OPERANDS = 8;
const MOST_NODES = 400; // of a graph whose values have more digits where those computed from them need it

const exponential = (x, count) => x.toExponential(count - 1).split("e");
const rounded = (x, count) => (Number.isFinite(x) ? Number(x.toExponential(count - 1)) : x);
const isAtMost = (x, room) => -room <= x && x <= room;

/** Return the least number of digits, from `fewest` on, that `isEnough`. */
function least(fewest, isEnough) {
  let count = fewest;
  while (count < MOST_DIGITS && !isEnough(count)) count += 1;
  return count;
}

/** Return a number with so many digits as a whole number and the power of 10 that it is multiplied by. */
function decimal(x, count) {
  const [mantissa, power] = exponential(x, count);
  return [BigInt(mantissa.replace(".", "")), power - count + 1];
}

/** Return whether one of some numbers is written with so many digits. */
const lookRounded = (numbers, count) =>
  numbers.some((x) => Number.isFinite(x) && exponential(x, count)[0].replace(/[-.]|\.?0+$/g, "").length >= count);

/** Return how many digits the numbers of a sum of products need to give its result in `fewest` digits. */
export function digitsOfSum(terms, result, fewest = shownDigits()) {
  const [numbers, size] = [terms.flat(), Math.abs(result)];
  if (![...numbers, result].every(Number.isFinite) || (size && size < 1e-300)) return fewest;
  if (terms.every((term) => Math.abs(math.prod(term)) <= size) && lookRounded(numbers, fewest)) return fewest;
  const shown = decimal(result, fewest);
  const isTrue = (count) => {
    const parts = terms.map((term) => term.map((x) => decimal(x, count)).reduce(([m, e], [n, f]) => [m * n, e + f]));
    const low = Math.min(shown[1], ...parts.map(([, e]) => e)) - 3;
    const scaled = ([m, e]) => m * 10n ** BigInt(e - low);
    const room = size ? scaled([501n, shown[1] - 3]) : 0n; // half a unit, and a little for ties
    return isAtMost(parts.reduce((sum, part) => sum + scaled(part), -scaled(shown)), room);
  };
  const count = least(fewest, isTrue);
  return size || isTrue(count) ? count : fewest;
}

/** Return how many digits make each upstream · partial = contribution true, and before + all of them = after. */
export function digitsOfSteps(steps, before, after, fewest = shownDigits()) {
  const products = steps.map(({ upstream, partial }) => [upstream, partial]);
  const start = before === null ? [] : [[before]];
  const sums = [products, products.map((product) => [math.prod(product)])].map((terms) => [...start, ...terms]);
  const needed = sums.map((terms) => (terms.length > 1 ? digitsOfSum(terms, after, fewest) : fewest));
  const isTrue = (product, count) => digitsOfSum([product], math.prod(product), count) <= count;
  return least(Math.max(...needed), (count) => products.every((product) => isTrue(product, count)));
}

/** Return how many digits the operands of an operation need to give its result. */
export function digitsOfOperation(row, operands, result, fewest) {
  if (row.isOwn) return fewest;
  const sum = () => operands.map((x) => [x]);
  const sub = () => [[operands[0]], [-1, operands[1]]];
  const dot = ([ws, xs, bias]) => [...ws.map((w, i) => [w, xs[i]]), [bias]];
  const terms = { add: sum, sum, sub, dot }[row.name]?.(grouped(row, operands));
  if (terms) return digitsOfSum(terms, result, fewest);
  if (operands.length > MOST_OPERANDS) return fewest;
  const room = 10 ** (exponential(result, fewest)[1] - fewest + 1);
  return least(fewest, (count) => {
    const found = rows[row.name].value(...grouped(row, operands.map((x) => rounded(x, count))));
    if (!Number.isFinite(found - result)) return Object.is(found, result) || found === result;
    const units = count === fewest && lookRounded(operands, fewest) ? LOOSE : 0.501;
    return (result && Math.abs(result) < 1e-300) || isAtMost(found - rounded(result, fewest), result ? units * room : 0);
  });
}

/** Return the value of a node as text; null as a dash. */
export function valueText(graph, run, z, value = run.values[z]) {
  if (run.shown !== shownDigits()) Object.assign(run, { shown: shownDigits(), digits: digitsOfValues(graph, run) });
  return formatNumber(value, run.digits[z]);
}

/** Return for each node how many digits its value needs to give those computed from it, as these are shown. */
function digitsOfValues(graph, { values }) {
  const fewest = shownDigits();
  const digits = graph.nodes.map(() => fewest);
  if (digits.length > MOST_NODES) return digits;
  for (const z of [...graph.recorded].reverse()) {
    const operands = graph.nodes[z].operands.map((x) => (typeof x === "number" ? values[x] : constantOf(x)));
    const needed = digitsOfOperation(rowOf(graph, z), operands, values[z], digits[z]);
    inputsOf(graph, z).forEach((x) => (digits[x] = Math.max(digits[x], needed)));
  }
  return digits;
}
