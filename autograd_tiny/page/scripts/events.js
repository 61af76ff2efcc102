// Events: what happens in a pass, one node computed or one contribution at a time, and what is known where one stands.
import { formulaOf, fullName, gradientName, nameOf, ruleOf } from "./graph.js";
import { enclosed, factor, short } from "./numbers.js";

export const countForward = (graph) => (graph.forward ? graph.recorded.length : 0);
export const countEvents = (graph) => countForward(graph) + 1 + graph.target.length;

/** Return an event: its kind, the node z that it is about, and of a contribution the edge and the input x. */
export function eventAt(graph, place) {
  const forward = countForward(graph);
  if (place < forward) return { kind: "forward", z: graph.recorded[place] };
  if (place === forward) return { kind: "seed", z: graph.root };
  const edge = place - forward - 1;
  return { kind: "contribution", z: graph.source[edge], x: graph.target[edge], edge };
}

/** How many contributions are done. */
export const edgesDone = (graph, cursor) => Math.max(0, cursor - countForward(graph) - 1);

/** Return the value of a node at the cursor; null where the forward pass has not come to it. */
export function valueAt(graph, run, cursor, z) {
  const isComputed = cursor >= countForward(graph) || !graph.nodes[z].operands;
  return isComputed || graph.place.get(z) < cursor ? run.values[z] : null;
}

/** Return the gradient of a node as far as it has come; null where nothing has arrived. */
export function gradientAt(graph, run, cursor, x) {
  if (x === graph.root) return cursor > countForward(graph) ? 1 : null;
  const edge = latestInto(graph, x, edgesDone(graph, cursor));
  return edge === null ? null : run.sums[edge];
}

/** Return the last edge into a node before the edge `end`, or null. */
export function latestInto(graph, x, end) {
  const into = graph.into[x];
  let [low, high] = [0, into.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (into[middle] < end) low = middle + 1;
    else high = middle;
  }
  return low ? into[low - 1] : null;
}

/** Return the cursor at the end of the node that is next, or at the beginning of the latest one. */
export function nodeStep(graph, cursor, isBack) {
  const last = countEvents(graph);
  const step = isBack ? -1 : 1;
  const next = (at) => (isBack ? at - 1 : at); // the event that would be done, or undone
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

/** Return an event in symbols; `write` makes its names shorter, or leaves them as they are. */
export function describeEvent(graph, place, write = fullName) {
  const { kind, z, x, edge } = eventAt(graph, place);
  if (kind === "forward") return `${write(nameOf(graph, z))} = ${formulaOf(graph, z, write)}`;
  if (kind === "seed") return gradientName(graph, z, write);
  const upstream = gradientName(graph, z, write);
  return `${gradientName(graph, x, write)} += ${upstream}·${enclosed(ruleOf(graph, edge, write))}`;
}

/** Return the number that an event gives: a value, or a contribution. */
export function resultOf(graph, run, place) {
  const { kind, z, edge } = eventAt(graph, place);
  if (kind === "forward") return run.values[z];
  return kind === "seed" ? 1 : run.partials[edge] * run.gradients[z];
}

/** Return the numbers of a contribution: before + upstream × partial = after. */
export function contributionAt(graph, run, edge) {
  const [z, x] = [graph.source[edge], graph.target[edge]];
  const earlier = latestInto(graph, x, edge);
  return {
    before: earlier === null ? null : run.sums[earlier],
    upstream: run.gradients[z],
    partial: run.partials[edge],
    contribution: run.partials[edge] * run.gradients[z],
    after: run.sums[edge],
  };
}

/** Return the sentence that is read out for a step. */
export function sayEvent(graph, run, place) {
  const { kind, z, x, edge } = eventAt(graph, place);
  if (kind === "forward") return `${nameOf(graph, z)} = ${formulaOf(graph, z)} = ${short(run.values[z])}`;
  if (kind === "seed") return `The gradient of ${nameOf(graph, z)} itself is 1.`;
  const { upstream, partial, after } = contributionAt(graph, run, edge);
  const product = `${short(upstream)} times ${factor(partial)}`;
  return `${nameOf(graph, z)} hands ${product} to ${nameOf(graph, x)}, whose gradient is now ${short(after)}.`;
}
