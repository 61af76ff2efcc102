// The graph: nodes, and the edges between them in the order in which the backward pass walks them.
//
// Data of a page, as graph.py writes it:
//   rows    { name, text, lists } of each primitive, isOwn where autograd_tiny does not have it
//   rules   for each pattern of node its partials as text, with blanks ⟨0⟩, ⟨1⟩, … for operands and ⟨z⟩ for the node
//   crossing, mistakes  sentences with blanks {z}, {x}, …, as trace/sentences.py has them
//   parts   { name, parent } of each module, and of each run of many nodes
//   nodes   inputs before consumers: { name, value, part }, and of all but leaves { row, operands, rules };
//           an operand is the place of a node, or a constant in brackets
//   missing names of rows that could not be translated; their nodes have { partials } too
import { enclosed, fromJson, short } from "./numbers.js";

/** Return what the page knows of the graph, from its data. */
export function readGraph(data) {
  const graph = {
    ...data,
    root: data.nodes.length - 1,
    recorded: [],
    place: new Map(),
    source: [],
    target: [],
    slot: [],
    first: [],
    into: data.nodes.map(() => []),
    frozen: new Set(),
  };
  data.nodes.forEach((node, z) => {
    node.value = fromJson(node.value);
    if (node.operands) graph.place.set(z, graph.recorded.push(z) - 1);
  });
  for (const z of [...graph.recorded].reverse()) {
    graph.first[z] = graph.target.length;
    graph.nodes[z].operands.forEach((operand, slot) => {
      if (typeof operand !== "number") return;
      graph.into[operand].push(graph.target.length);
      graph.source.push(z);
      graph.target.push(operand);
      graph.slot.push(slot);
    });
  }
  freeze(graph);
  return graph;
}

/** Mark what nodes that cannot be computed here depend on: these numbers cannot be changed. */
function freeze(graph) {
  for (const z of [...graph.recorded].reverse()) {
    if (isMissing(graph, z)) graph.frozen.add(z);
    if (graph.frozen.has(z)) inputsOf(graph, z).forEach((x) => graph.frozen.add(x));
  }
}

export const isLeaf = (graph, z) => !graph.nodes[z].operands;
export const rowOf = (graph, z) => graph.rows[graph.nodes[z].row];
export const isMissing = (graph, z) => !isLeaf(graph, z) && graph.missing.includes(rowOf(graph, z).name);
export const nameOf = (graph, z) => graph.nodes[z].name;

/** Return the inputs of a node in order, one twice where it is used twice. */
export function inputsOf(graph, z) {
  return (graph.nodes[z].operands ?? []).filter((operand) => typeof operand === "number");
}

/** Return the number of a constant operand. */
export const constantOf = (operand) => fromJson(operand[0]);

/** Return operands one after another in the shape that a row takes: those of a list together. */
export function grouped(row, operands) {
  const lists = row.lists.filter(Boolean).length;
  const length = lists ? (operands.length - row.lists.length + lists) / lists : 0;
  let next = 0;
  return row.lists.map((isList) => (isList ? operands.slice(next, (next += length)) : operands[next++]));
}

/** Return the last step of a name: `w[0]` of `layers[0].w[0]`. */
export const shortName = (name) => name.slice(name.lastIndexOf(".") + 1);

/** Return a name as it is, for where there is room. */
export const fullName = (name) => name;

/** Return how a node is computed, with its operands as texts in the blanks of the row's own text. */
export function filled(graph, z, write) {
  const row = rowOf(graph, z);
  const values = grouped(row, graph.nodes[z].operands.map(write));
  let position = 0;
  return row.text.replace(/\{(\*?)\w+\}/g, (_, star) => {
    const value = values[position++];
    return star ? `[${value.join(", ")}]` : value;
  });
}

/** Return a sentence with its blanks filled. */
export const phrase = (sentence, blanks) => sentence.replace(/\{(\w+)\}/g, (_, blank) => blanks[blank]);

/** Return the formula of a node as people read it; an empty text for a leaf. */
export function formulaOf(graph, z, write = fullName) {
  if (isLeaf(graph, z)) return "";
  return filled(graph, z, (operand) => {
    if (typeof operand === "number") return write(nameOf(graph, operand));
    return enclosed(short(constantOf(operand), 5));
  });
}

/** Return the partial along an edge as text, fit to be a factor; ∂z/∂x where it is longer than `longest`. */
export function ruleOf(graph, edge, write = fullName, longest = 30) {
  const z = graph.source[edge];
  const node = graph.nodes[z];
  const text = (graph.rules[node.rules][edge - graph.first[z]] ?? "").replace(/⟨(\w+)⟩/g, (_, blank) => {
    const operand = node.operands[blank];
    if (blank === "z") return write(node.name);
    return typeof operand === "number" ? write(nameOf(graph, operand)) : short(constantOf(operand), 5);
  });
  return text && text.length <= longest ? text : partialName(graph, edge, write);
}

/** Return a text without the parentheses around the whole of it. */
export function bare(text) {
  let depth = 0;
  for (const [i, character] of [...text].entries()) {
    depth += character === "(" ? 1 : character === ")" ? -1 : 0;
    if (depth === 0) return i === [...text].length - 1 && i > 0 && character === ")" ? text.slice(1, -1) : text;
  }
  return text;
}

/** Return ∂z/∂x. */
export function partialName(graph, edge, write = fullName) {
  return `∂${write(nameOf(graph, graph.source[edge]))}/∂${write(nameOf(graph, graph.target[edge]))}`;
}

/** Return ∂root/∂x. */
export function gradientName(graph, x, write = fullName) {
  return `∂${write(nameOf(graph, graph.root))}/∂${write(nameOf(graph, x))}`;
}
