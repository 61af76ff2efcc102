// Which nodes changed to another side of a kink? The partials of the table tell, as in trace/kinks.py: `decisionsOf`
// writes down how their comparisons come out, and between two sides lies a kink if a partial or the value jumps there.
import { formulaOf, grouped, inputsOf, isMissing, nameOf, phrase, rowOf } from "./graph.js";
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
  const { crossing } = graph;
  const effects = inputsOf(graph, z).flatMap((x, i) => {
    const [then, now] = [before.partials[graph.first[z] + i], after.partials[graph.first[z] + i]];
    if (then === now) return [];
    const kind = now === 0 ? "closed" : then === 0 ? "opened" : then * now < 0 ? "sign" : "changed";
    return [phrase(crossing[kind], { x: nameOf(graph, x), before: short(then), after: short(now) })];
  });
  const text = effects.slice(0, 3).join("; ") || crossing.same;
  return `${phrase(crossing.crossed, { z: nameOf(graph, z), formula: formulaOf(graph, z), effects: text })}.`;
}
