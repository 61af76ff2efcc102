// Compute the forward and the backward pass.
import { constantOf, fromJson, grouped, isMissing, rowOf } from "./graph.js";
import { rows } from "./table.js";

/** Return the operands of a node as numbers, grouped as its row takes them. */
export function operandsOf(graph, values, z) {
  const numbers = graph.nodes[z].operands.map((x) => (typeof x === "number" ? values[x] : constantOf(x)));
  return grouped(rowOf(graph, z), numbers);
}

/** Return the value and the partials of a row. */
export function linearize(row, operands) {
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
