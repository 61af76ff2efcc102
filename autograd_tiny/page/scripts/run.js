// One forward and one backward pass, from the numbers of the leaves.
import { constantOf, grouped, inputsOf, isMissing, rowOf } from "./graph.js";
import { fromJson } from "./numbers.js";
import { rows } from "./table.js";

/** Return the operands of a node as numbers, in the shape that its row takes. */
export function operandsOf(graph, values, z) {
  const numbers = graph.nodes[z].operands.map((x) => (typeof x === "number" ? values[x] : constantOf(x)));
  return grouped(rowOf(graph, z), numbers);
}

/**
 * Compute everything: the value of each node, the partial along each edge, what its input has received with it, and
 * the gradient of each node. Sums are added in the order of the edges, as Python adds them, bit by bit.
 *
 * @param numbers the numbers of leaves that differ from the recorded ones, by their places
 */
export function computeRun(graph, numbers) {
  const values = Float64Array.from(graph.nodes, (node, z) => numbers.get(z) ?? node.value);
  const partials = new Float64Array(graph.target.length);
  for (const z of graph.recorded) {
    const slopes = isMissing(graph, z) ? recordedSlopes(graph, z) : slopesOf(graph, values, z);
    partials.set(slopes, graph.first[z]);
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

/** Compute the value of a node, and return its partials with respect to its inputs. */
function slopesOf(graph, values, z) {
  const row = rows[rowOf(graph, z).name];
  const operands = operandsOf(graph, values, z);
  values[z] = row.value(...operands);
  const partials = row.partials(...operands, values[z]).flat();
  return partials.filter((_, slot) => typeof graph.nodes[z].operands[slot] === "number").map(Number);
}

const recordedSlopes = (graph, z) => graph.nodes[z].partials.map(fromJson);

/** The ways of adding up in which a backward pass goes wrong: keys of `graph.mistakes`, with their names. */
export const mistakes = { overwrite: "= instead of +=", order: "wrong order", zero: "no zero_grad()" };

/** Return the gradients that a wrong backward pass leaves after so many contributions; null where nothing arrived. */
export function mistakenGradients(graph, run, mistake, edgesDone) {
  const gradients = Array(run.gradients.length).fill(null);
  gradients[graph.root] = 1;
  if (mistake === "zero") startWithFirstPass(graph, run, gradients);
  for (const edge of edgesInOrder(graph, mistake).slice(0, edgesDone)) {
    const x = graph.target[edge];
    const contribution = run.partials[edge] * gradients[graph.source[edge]];
    gradients[x] = contribution + (mistake === "overwrite" ? 0 : (gradients[x] ?? 0));
  }
  return gradients;
}

function startWithFirstPass(graph, run, gradients) {
  graph.nodes.forEach((node, x) => {
    if (!node.operands) gradients[x] = run.gradients[x];
  });
}

function edgesInOrder(graph, mistake) {
  const edges = [...graph.target.keys()];
  if (mistake !== "order") return edges;
  const seen = new Set([graph.root]);
  for (const z of seen) inputsOf(graph, z).forEach((x) => seen.add(x)); // a set is walked as it grows
  return [...seen].flatMap((z) => inputsOf(graph, z).map((_, i) => graph.first[z] + i));
}
