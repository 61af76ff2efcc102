// Boxes: what is drawn. A node is a box; a part that is not opened is one box for all that is in it.
import { inputsOf, nameOf } from "./graph.js";
import { graph, state } from "./state.js";

const FEW = 40; // boxes make a picture that is read at a glance

const children = graph.parts.map(() => 0);
const counts = graph.parts.map(() => 0);
graph.parts.forEach(({ parent }) => {
  if (parent >= 0) children[parent] += 1;
});
graph.nodes.forEach(({ part }) => {
  if (part >= 0) children[part] += 1;
  for (let p = part; p >= 0; p = graph.parts[p].parent) counts[p] += 1;
});

/** How many nodes a part has. */
export const sizeOf = (part) => counts[part];

/** Open parts level by level, as long as the picture stays one of a few boxes. */
export function openFirst() {
  let drawn = visible().boxes.length;
  let level = graph.parts.map((_, part) => part).filter((part) => graph.parts[part].parent < 0);
  while (level.length) {
    drawn += level.reduce((sum, part) => sum + children[part] - 1, 0);
    if (drawn > FEW) return;
    level.forEach((part) => state.opened.add(part));
    level = graph.parts.map((_, part) => part).filter((part) => level.includes(graph.parts[part].parent));
  }
}

/** Open all parts around a node, so that it is drawn. */
export function reveal(z) {
  for (let p = graph.nodes[z].part; p >= 0; p = graph.parts[p].parent) state.opened.add(p);
}

/** Return the outermost part around a node that is not opened; -1 where the node itself is drawn. */
export function closedPart(z) {
  let closed = -1;
  for (let p = graph.nodes[z].part; p >= 0; p = graph.parts[p].parent) {
    if (!state.opened.has(p)) closed = p;
  }
  return closed;
}

/** Return the id of the box in which a node is drawn. */
export function boxOf(z) {
  const part = closedPart(z);
  return part < 0 ? `n${z}` : `p${part}`;
}

/**
 * Return the boxes to draw, and the lines between them: { id, z } or { id, part }, each with the place of its last
 * node, and { from, to, edges } where a node in the one box is an input of nodes in the other.
 */
export function visible() {
  const boxes = new Map();
  const ids = graph.nodes.map((_, z) => boxOf(z));
  ids.forEach((id, z) => {
    const box = boxes.get(id) ?? (id[0] === "n" ? { id, z } : { id, part: Number(id.slice(1)), first: z });
    boxes.set(id, { ...box, last: z });
  });
  const lines = new Map();
  for (const z of graph.recorded) {
    inputsOf(graph, z).forEach((x, i) => {
      const [from, to] = [ids[x], ids[z]];
      if (from === to) return;
      const key = `${from} ${to}`;
      if (!lines.has(key)) lines.set(key, { key, from, to, edges: [] });
      lines.get(key).edges.push(graph.first[z] + i);
    });
  }
  return { boxes: [...boxes.values()], lines: [...lines.values()], ids };
}

/** Return the title of a box. */
export function titleOf(box) {
  return box.part === undefined ? nameOf(graph, box.z) : graph.parts[box.part].name;
}
