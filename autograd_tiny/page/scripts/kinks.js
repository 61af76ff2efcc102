// Which nodes changed to another side of a kink? The partials of the table tell, as in trace/kinks.py: `decisionsOf`
// writes down how their comparisons come out, and between two sides lies a kink if a partial or the value jumps there.
import { formulaOf, grouped, inputsOf, isMissing, nameOf, rowOf } from "./graph.js";
import { short } from "./numbers.js";
import { decisionsOf } from "./python.js";
import { operandsOf } from "./run.js";
import { rows } from "./table.js";

const SMALLEST_JUMP = 1e-6;

/** Return a sentence for each node that crossed a kink from one run to another. */
export function crossings(graph, before, after) {
  return graph.recorded
    .filter((z) => !isMissing(graph, z) && hasCrossed(graph, before, after, z))
    .map((z) => ({ z, text: describeCrossing(graph, before, after, z) }));
}

function hasCrossed(graph, before, after, z) {
  const start = operandsOf(graph, before.values, z).flat();
  const end = operandsOf(graph, after.values, z).flat();
  if (start.every((x, i) => Object.is(x, end[i])) || ![...start, ...end].every(Number.isFinite)) return false;
  const row = rowOf(graph, z);
  const decide = (operands) => decisionsOf(() => slopes(row, operands)).join();
  const first = decide(start);
  if (first === decide(end)) return false;
  const between = (place) => start.map((x, i) => (x === end[i] ? x : (1 - place) * x + place * end[i]));
  let [low, high] = [0, 1];
  for (let middle = 0.5; low < middle && middle < high; middle = 0.5 * (low + high)) {
    if (decide(between(middle)) === first) low = middle;
    else high = middle;
  }
  const [left, right] = [slopes(row, between(low)), slopes(row, between(high))];
  return (
    start.some((x, i) => x !== end[i] && jumps(left[i], right[i])) ||
    jumps(valueOf(row, between(low)), valueOf(row, between(high)))
  );
}

function valueOf(row, operands) {
  return rows[row.name].value(...grouped(row, operands));
}

function slopes(row, operands) {
  const { value, partials } = rows[row.name];
  const group = grouped(row, operands);
  return partials(...group, value(...group)).flat().map(Number);
}

function jumps(left, right) {
  return Math.abs(left - right) > SMALLEST_JUMP * Math.max(1, Math.abs(left), Math.abs(right));
}

function describeCrossing(graph, before, after, z) {
  const effects = inputsOf(graph, z).flatMap((x, i) => {
    const [then, now] = [before.partials[graph.first[z] + i], after.partials[graph.first[z] + i]];
    const partial = `∂${nameOf(graph, z)}/∂${nameOf(graph, x)} was ${short(then)}, is ${short(now)}`;
    if (then === now) return [];
    if (now === 0) return [`nothing goes back to ${nameOf(graph, x)} any more (${partial})`];
    return [then === 0 ? `the gradient goes to ${nameOf(graph, x)} now (${partial})` : partial];
  });
  const what = `${nameOf(graph, z)} = ${formulaOf(graph, z)}`;
  return `${what} switched: ${effects.slice(0, 3).join("; ") || "its partials are the same on this side"}.`;
}
