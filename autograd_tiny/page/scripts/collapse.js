// Choose what is drawn: each node is a box, and each collapsed cluster is one box for all its nodes.
import { inputsOf, labelOf } from "./graph.js";
import { graph, state } from "./state.js";

const READABLE_BOXES = 40; // as many as a picture shows at a glance

const { clusters } = graph;
const children = clusters.map(() => 0);
const sizes = clusters.map(() => 0);
clusters.forEach(({ parent }) => {
  if (parent >= 0) children[parent] += 1;
});
graph.nodes.forEach(({ cluster }, z) => {
  if (cluster >= 0) children[cluster] += 1;
  clustersAround(z).forEach((around) => (sizes[around] += 1));
});

/** Return the clusters around a node, the innermost first. */
function clustersAround(z) {
  const around = [];
  for (let cluster = graph.nodes[z].cluster; cluster >= 0; cluster = clusters[cluster].parent) around.push(cluster);
  return around;
}

/** Return the number of nodes in a cluster. */
export const clusterSize = (cluster) => sizes[cluster];

/** Open clusters level by level, while few enough boxes are drawn. */
export function openOuterClusters() {
  let drawn = visible().boxes.length;
  let level = [...clusters.keys()].filter((cluster) => clusters[cluster].parent < 0);
  while (level.length) {
    drawn += level.reduce((sum, cluster) => sum + children[cluster] - 1, 0);
    if (drawn > READABLE_BOXES) return;
    level.forEach((cluster) => state.opened.add(cluster));
    level = [...clusters.keys()].filter((cluster) => level.includes(clusters[cluster].parent));
  }
}

/** Open all clusters around a node, so that it is drawn. */
export function openClustersAround(z) {
  clustersAround(z).forEach((cluster) => state.opened.add(cluster));
}

/** Return the outermost collapsed cluster around a node; -1 if the node itself is drawn. */
export function collapsedCluster(z) {
  return clustersAround(z).findLast((cluster) => !state.opened.has(cluster)) ?? -1;
}

/** Return the id of the box in which a node is drawn. */
export function boxOf(z) {
  const cluster = collapsedCluster(z);
  return cluster < 0 ? `n${z}` : `c${cluster}`;
}

/**
 * Return the boxes to draw and the lines between them: { id, z } or { id, cluster }, each with its `last` node, and
 * { from, to, edges } if a node in the one box is an input of nodes in the other.
 */
export function visible() {
  const boxes = new Map();
  const ids = graph.nodes.map((_, z) => boxOf(z));
  ids.forEach((id, z) => {
    const box = boxes.get(id) ?? (id[0] === "n" ? { id, z } : { id, cluster: Number(id.slice(1)) });
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
export const titleOf = (box) => (box.cluster === undefined ? labelOf(graph, box.z) : clusters[box.cluster].name);
