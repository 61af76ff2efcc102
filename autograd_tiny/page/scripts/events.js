// The events of a pass in order: each node computed, the seed, each contribution; and the numbers known after each.
import { formatFactor, formatNumber, formulaOf, fullName, gradientName, parenthesized, ruleOf } from "./number_and_node_text.js";
import { nameOf } from "./graph.js";
import { digitsOfSteps, valueText } from "./true_digits.js";

export const MOST_CONTRIBUTIONS = 12; // contributions of a node that are written

const countForward = (graph) => (graph.forward ? graph.recorded.length : 0);
export const countEvents = (graph) => countForward(graph) + 1 + graph.target.length;

/** Return an event: its kind and its node z; of a contribution also its edge and the input x. */
export function eventAt(graph, place) {
  const forward = countForward(graph);
  if (place < forward) return { kind: "forward", z: graph.recorded[place] };
  if (place === forward) return { kind: "seed", z: graph.root };
  const edge = place - forward - 1;
  return { kind: "contribution", z: graph.source[edge], x: graph.target[edge], edge };
}

/** Return how many contributions have been added at the cursor. */
export const edgesDone = (graph, cursor) => Math.max(0, cursor - countForward(graph) - 1);

/** Return the value of a node at the cursor; null if the forward pass has not reached it. */
export function valueAt(graph, run, cursor, z) {
  const isComputed = cursor >= countForward(graph) || !graph.nodes[z].operands;
  return isComputed || graph.place.get(z) < cursor ? run.values[z] : null;
}

/** Return the partial sum of the gradient of a node at the cursor; null if no contribution has arrived. */
export function gradientAt(graph, run, cursor, x) {
  if (x === graph.root) return cursor > countForward(graph) ? 1 : null;
  const edge = latestInto(graph, x, edgesDone(graph, cursor));
  return edge === null ? null : run.sums[edge];
}

/** Return the last edge into a node before the edge `end`, or null. */
function latestInto(graph, x, end) {
  const into = graph.into[x];
  let [low, high] = [0, into.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (into[middle] < end) low = middle + 1;
    else high = middle;
  }
  return low ? into[low - 1] : null;
}

/** Return the cursor after all events of the next node, or before all events of the last one. */
export function nodeStep(graph, cursor, isBack) {
  const last = countEvents(graph);
  const step = isBack ? -1 : 1;
  const next = (at) => (isBack ? at - 1 : at); // the event to apply or undo
  const nodeOf = (at) => {
    const { kind, z } = eventAt(graph, next(at));
    return `${kind === "forward"} ${z}`;
  };
  const hasNext = (at) => next(at) >= 0 && next(at) < last;
  if (!hasNext(cursor)) return cursor;
  let at = cursor + step;
  while (hasNext(at) && nodeOf(at) === nodeOf(cursor)) at += step;
  return at;
}

/** Return an event in symbols; `write` shortens names or not. */
export function describeEvent(graph, run, place, write = fullName) {
  const { kind, z, x, edge } = eventAt(graph, place);
  if (kind === "forward") return `${write(nameOf(graph, z))} = ${formulaOf(graph, z, write)}`;
  if (kind === "seed") return gradientName(graph, z, write);
  const upstream = gradientName(graph, z, write);
  return `${gradientName(graph, x, write)} += ${upstream}·${parenthesized(ruleOf(graph, run, edge, write))}`;
}

/** Return the result of an event as text: a value, the seed, or a contribution. */
export function resultOf(graph, run, place) {
  const { kind, z, x, edge } = eventAt(graph, place);
  if (kind === "forward") return valueText(graph, run, z);
  if (kind === "seed") return "1";
  return formatNumber(run.partials[edge] * run.gradients[z], digitsOfGradient(graph, run, x));
}

/** Return the numbers of a contribution, before + upstream × partial = after, and how many digits make that true. */
export function contributionAt(graph, run, edge) {
  const [z, x] = [graph.source[edge], graph.target[edge]];
  const [earlier, after] = [latestInto(graph, x, edge), run.sums[edge]];
  const [upstream, partial] = [run.gradients[z], run.partials[edge]];
  const before = earlier === null ? null : run.sums[earlier];
  const digits = digitsOfSteps([{ upstream, partial }], before, after);
  return { before, upstream, partial, contribution: partial * upstream, after, digits };
}

/** Return how many digits the contributions before the edge `end` need to add up to the gradient, if they are few. */
export function digitsOfGradient(graph, run, x, end = Infinity) {
  const edges = graph.into[x].filter((edge) => edge < end);
  const steps = edges.length > MOST_CONTRIBUTIONS ? [] : edges.map((edge) => contributionAt(graph, run, edge));
  return digitsOfSteps(steps, null, steps.at(-1)?.after);
}

/** Return the sentence that a screen reader reads for an event. */
export function eventSentence(graph, run, place) {
  const { kind, z, x, edge } = eventAt(graph, place);
  if (kind === "forward") return `${nameOf(graph, z)} = ${formulaOf(graph, z)} = ${formatNumber(run.values[z])}`;
  if (kind === "seed") return `The gradient of the root ${nameOf(graph, z)} is 1.`;
  const { upstream, partial, after, digits } = contributionAt(graph, run, edge);
  const product = `${formatNumber(upstream, digits)} times ${formatFactor(partial, digits)}`;
  return `${nameOf(graph, z)} passes ${product} to ${nameOf(graph, x)}, whose gradient is now ${formatNumber(after)}.`;
}
