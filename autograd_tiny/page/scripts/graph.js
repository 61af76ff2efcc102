// The graph: its nodes, and its edges in the order of the backward pass.
//
// The data of a page, as graph_data.py writes it:
//   rows      { name, text, lists } of each primitive; isOwn if the user defined it; where: its constants, if any
//   rules     for each kind of node its partials as text, with blanks ⟨0⟩, ⟨1⟩, … for operands and ⟨z⟩ for the node
//   helpers   the names n and p have in rules, where no node has these
//   formulas  for each kind of node how it is computed, with such blanks
//   crossing, mistakes  sentences with blanks {z}, {x}, …, from trace/fact_texts.py
//   sizes     groups of nodes { name, place, nodes } and units { name, nodes } as lists, and PROFILE of fact_texts.py
//   clusters  { name, parent } of each module, and of each run of many nodes
//   nodes     inputs before consumers: { name, value, cluster }, shortName of a long name, writtenNames (full and short)
//             of one that is in quotes in formulas, line of the program where it was recorded, and of all but leaves
//             { row, operands, rules };
//             an operand is the index of a node, or a constant in brackets, followed by its text if that is no number
//   passes    of a training: for each its rows, rules, formulas, clusters and nodes, of which the page shows one
//   training  see training.js
//   missing   names of rows that could not be translated; their nodes have { partials } too

const NOT_FINITE = { inf: Infinity, "-inf": -Infinity, nan: NaN };

/** Decode a number of the data, where JSON has strings for numbers that are not finite. */
export const fromJson = (x) => (typeof x === "string" ? NOT_FINITE[x] : x);

/** Read the data of a page, and add the edges: `source` and `target` of each, and those `into` each node. */
export function readGraph(data) {
  const graph = {
    ...data,
    root: data.nodes.length - 1,
    recorded: [],
    place: new Map(),
    source: [],
    target: [],
    first: [],
    into: data.nodes.map(() => []),
    frozen: new Set(),
    shortNames: new Map(
      data.nodes.flatMap(({ name, shortName, writtenNames: written }) => [[name, shortName ?? name], ...(written ? [written] : [])]),
    ),
  };
  data.nodes.forEach((node, z) => {
    node.value = fromJson(node.value);
    if (node.operands) graph.place.set(z, graph.recorded.push(z) - 1);
  });
  for (const z of [...graph.recorded].reverse()) {
    graph.first[z] = graph.target.length;
    graph.nodes[z].operands.forEach((operand) => {
      if (typeof operand !== "number") return;
      graph.into[operand].push(graph.target.length);
      graph.source.push(z);
      graph.target.push(operand);
    });
    if (isMissing(graph, z)) graph.frozen.add(z); // its value cannot be recomputed, so nothing that affects it may change
    if (graph.frozen.has(z)) inputsOf(graph, z).forEach((x) => graph.frozen.add(x));
  }
  return graph;
}

export const isLeaf = (graph, z) => !graph.nodes[z].operands;
export const rowOf = (graph, z) => graph.rows[graph.nodes[z].row];
export const isMissing = (graph, z) => !isLeaf(graph, z) && graph.missing.includes(rowOf(graph, z).name);

/** Return the name of a node as formulas write it, which may be in quotes. */
export const nameOf = (graph, z) => graph.nodes[z].writtenNames?.[0] ?? graph.nodes[z].name;

/** Return the name of a node for a title, or for an address. */
export const labelOf = (graph, z) => graph.nodes[z].name;

/** Return the inputs of a node in order; an input that is used twice is listed twice. */
export function inputsOf(graph, z) {
  return (graph.nodes[z].operands ?? []).filter((operand) => typeof operand === "number");
}

/** Return the number of a constant operand. */
export const constantOf = (operand) => fromJson(operand[0]);

/** Group flat operands into the arguments of a row: those of a list together. */
export function grouped(row, operands) {
  const lists = row.lists.filter(Boolean).length;
  const length = lists ? (operands.length - row.lists.length + lists) / lists : 0;
  let next = 0;
  return row.lists.map((isList) => (isList ? operands.slice(next, (next += length)) : operands[next++]));
}
