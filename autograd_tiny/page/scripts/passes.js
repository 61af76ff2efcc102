// Compute the forward and the backward pass, and find the kinks that nodes cross from one pass to another.
import { fillBlanks, formatNumber, formulaOf } from "./number_and_node_text.js";
import { constantOf, fromJson, grouped, inputsOf, isMissing, nameOf, rowOf } from "./graph.js";
import { decisionsOf } from "./python_math.js";
import { rows } from "./table.js";

/** Return the operands of a node as numbers, grouped as its row takes them. */
function operandsOf(graph, values, z) {
  const numbers = graph.nodes[z].operands.map((x) => (typeof x === "number" ? values[x] : constantOf(x)));
  return grouped(rowOf(graph, z), numbers);
}

/** Return the value and the partials of a row. */
function linearize(row, operands) {
  const { value, partials } = rows[row.name];
  const z = value(...operands);
  return { value: z, partials: partials(...operands, z).flat().map(Number) };
}

/**
 * Compute both passes: the value of each node, the partial along each edge, the partial sum of the gradient after each
 * edge, and the gradient of each node. Sums are added in the order of the edges, so they equal Python's bit by bit.
 *
 * @param numbers the edited leaves: a Map from indices to numbers
 */
export function computeRun(graph, numbers) {
  const values = Float64Array.from(graph.nodes, (node, z) => numbers.get(z) ?? node.value);
  const partials = new Float64Array(graph.target.length);
  for (const z of graph.recorded) {
    const { operands } = graph.nodes[z];
    if (isMissing(graph, z)) {
      partials.set(graph.nodes[z].partials.map(fromJson), graph.first[z]);
      continue;
    }
    const result = linearize(rowOf(graph, z), operandsOf(graph, values, z));
    values[z] = result.value;
    partials.set(result.partials.filter((_, slot) => typeof operands[slot] === "number"), graph.first[z]);
  }
  const sums = new Float64Array(partials.length);
  const gradients = new Float64Array(values.length);
  gradients[graph.root] = 1;
  graph.target.forEach((x, edge) => {
    gradients[x] += partials[edge] * gradients[graph.source[edge]];
    sums[edge] = gradients[x];
  });
  return { values, partials, sums, gradients };
}

// ── kinks, as in trace/kinks.py ──

const SMALLEST_JUMP = 1e-6;
const NARROW = 1e-12;
const MOST_OPERANDS = 32; // of a node that is computed five times for each of them

/** Return the closest points on a line of which the first is on one side of a kink, as far as numbers divide it. */
function bisect(start, end, isBefore) {
  const between = (place) => start.map((x, i) => (x === end[i] ? x : (1 - place) * x + place * end[i]));
  let [low, high] = [0, 1];
  for (let middle = 0.5; low < middle && middle < high; middle = 0.5 * (low + high)) {
    if (isBefore(between(middle))) low = middle;
    else high = middle;
  }
  return [between(low), between(high)];
}

/** Return each node that crossed a kink between two runs, with a sentence about it. */
export function crossings(graph, before, after) {
  return graph.recorded
    .filter((z) => !isMissing(graph, z) && hasCrossed(graph, before, after, z))
    .map((z) => ({ z, text: describeCrossing(graph, before, after, z) }));
}

/** Return whether comparisons of the partials come out differently, and a partial or the value jumps between them. */
function hasCrossed(graph, before, after, z) {
  const start = operandsOf(graph, before.values, z).flat();
  const end = operandsOf(graph, after.values, z).flat();
  if (start.every((x, i) => Object.is(x, end[i])) || ![...start, ...end].every(Number.isFinite)) return false;
  const row = rowOf(graph, z);
  const linearizeAt = (operands) => linearize(row, grouped(row, operands));
  const decide = (operands) => decisionsOf(() => linearizeAt(operands)).join();
  const first = decide(start);
  if (first === decide(end)) return false;
  let sides = [start, end];
  for (let gap = Infinity, next = gap; gap > NARROW; gap = next) {
    sides = bisect(...sides, (operands) => decide(operands) === first);
    next = Math.max(...sides[0].map((x, i) => Math.abs(x - sides[1][i])));
    if (!(next < gap)) break;
  }
  const [left, right] = sides.map(linearizeAt);
  const hasJump = start.some((x, i) => x !== end[i] && jumps(left.partials[i], right.partials[i]));
  return hasJump || jumps(left.value, right.value);
}

function jumps(left, right) {
  return Math.abs(left - right) > SMALLEST_JUMP * Math.max(1, Math.abs(left), Math.abs(right));
}

/** Return for each input whether the node is at a kink or a jump of it, or flat beside the point; else nothing. */
function placesOf(graph, values, z) {
  const row = rowOf(graph, z);
  const { operands } = graph.nodes[z];
  const numbers = operandsOf(graph, values, z).flat();
  if (numbers.length > MOST_OPERANDS) return [];
  const at = (x, number) => linearize(row, grouped(row, numbers.map((y, i) => (operands[i] === x ? number : y))));
  return inputsOf(graph, z).map((x) => {
    const slot = operands.indexOf(x);
    const [here, size] = [values[x], Math.abs(values[x])];
    const beside = (h) => [at(x, here - h), at(x, here + h)];
    const [below, above] = beside(here === 0 ? 1e-150 : size * 2 ** -52);
    if (jumps(below.value, above.value)) return "jump";
    if (jumps(below.partials[slot], above.partials[slot])) return "kink";
    const value = at(x, here).value;
    const isFlat = (side) => side.value === value && side.partials[slot] === 0;
    return beside(1e-8 * (size || 1)).every(isFlat) ? "flat" : "";
  });
}

function describeCrossing(graph, before, after, z) {
  const { crossing } = graph;
  const places = ({ values }) => placesOf(graph, values, z);
  const [there, here] = [places(before), places(after)];
  const inputs = inputsOf(graph, z);
  const slope = ({ partials }, x) => inputs.reduce((sum, y, i) => (y === x ? sum + partials[graph.first[z] + i] : sum), 0);
  const effects = inputs.flatMap((x, i) => {
    const [then, now] = [slope(before, x), slope(after, x)];
    if (then === now || inputs.indexOf(x) < i) return [];
    const [passed, passes] = [then * before.gradients[z], now * after.gradients[z]];
    const isOpened = then === 0 && passed === 0 && passes !== 0 && !Number.isNaN(passes);
    const isClosed = now === 0 && passes === 0 && passed !== 0 && !Number.isNaN(passed) && here[i] === "flat";
    const kind = isOpened ? "opened" : isClosed ? "closed" : then * now < 0 ? "sign" : "changed";
    return [fillBlanks(crossing[kind], { x: nameOf(graph, x), before: formatNumber(then), after: formatNumber(now) })];
  });
  const text = effects.slice(0, 3).join("; ") || crossing.same;
  const isBorder = (place) => place === "kink" || place === "jump";
  const [reached, left] = [here.find(isBorder), there.find(isBorder)];
  const sentence = reached ? crossing.reached : left ? crossing.left : crossing.crossed;
  const blanks = { z: nameOf(graph, z), formula: formulaOf(graph, z), effects: text, place: reached ?? left };
  return `${fillBlanks(sentence, blanks)}.`;
}
