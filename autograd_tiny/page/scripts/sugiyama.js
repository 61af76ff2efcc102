// Lay out boxes in layers from left to right (Sugiyama, Tagawa and Toda 1981): assign ranks, reduce crossings within
// each rank, then assign heights. A line that spans several ranks passes through a point in each, so it avoids boxes;
// it is level across the `span` of a rank, its width.

const GAP_X = 58;
const GAP_Y = 26;
const SWEEPS = 8;

/**
 * Place boxes, and route the lines between them.
 *
 * @param boxes { id, width, height, last }, where lines go from a smaller to a larger `last`
 * @param lines { from, to }, ids of boxes
 * @returns { places, routes, width, height }: the centre of each box by its id, and the points of each line
 */
export function layeredLayout(boxes, lines) {
  const items = new Map(boxes.map((box) => [box.id, { ...box, before: [], after: [] }]));
  const isForward = ({ from, to }) => items.get(from).last < items.get(to).last;
  const directed = lines.map((line) => (isForward(line) ? [line.from, line.to] : [line.to, line.from]));
  rank(items, directed);
  const chains = directed.map(([from, to]) => chain(items, from, to));
  const layers = intoLayers(items);
  reduceCrossings(layers);
  const width = placeColumns(layers);
  const height = placeRows(layers);
  const routes = chains.map((points, i) => (isForward(lines[i]) ? points : [...points].reverse()));
  return { places: items, routes, width, height };
}

/** Assign ranks: the longest path from a leaf; then leaves move next to their first consumer. */
function rank(items, lines) {
  const sorted = [...items.values()].sort((a, b) => a.last - b.last);
  const outgoing = new Map(sorted.map(({ id }) => [id, []]));
  lines.forEach(([from, to]) => outgoing.get(from).push(items.get(to)));
  sorted.forEach((item) => (item.rank = 0));
  for (const item of sorted) {
    for (const next of outgoing.get(item.id)) next.rank = Math.max(next.rank, item.rank + 1);
  }
  const hasInputs = new Set(lines.map(([, to]) => to));
  for (const item of sorted.reverse()) {
    const next = outgoing.get(item.id);
    if (next.length && !hasInputs.has(item.id)) item.rank = Math.min(...next.map((other) => other.rank)) - 1;
  }
}

/** Join two boxes by a chain of points, one in each rank between them, and return the items of the chain. */
function chain(items, from, to) {
  const [start, end] = [items.get(from), items.get(to)];
  const path = [start];
  for (let rank = start.rank + 1; rank < end.rank; rank += 1) {
    const id = `${from} ${to} ${rank}`;
    const point = { id, rank, width: 0, height: 4, last: start.last, before: [], after: [] };
    items.set(point.id, point);
    path.push(point);
  }
  path.push(end);
  path.slice(1).forEach((item, i) => {
    item.before.push(path[i]);
    path[i].after.push(item);
  });
  return path;
}

function intoLayers(items) {
  const layers = [];
  for (const item of [...items.values()].sort((a, b) => a.last - b.last)) (layers[item.rank] ??= []).push(item);
  return layers;
}

/** Sort each layer by the mean index of its neighbours, in alternating sweeps; keep the order with fewest crossings. */
function reduceCrossings(layers) {
  number(layers);
  let best = { crossings: countCrossings(layers), layers: layers.map((layer) => [...layer]) };
  for (let sweep = 0; sweep < SWEEPS && best.crossings; sweep += 1) {
    const side = sweep % 2 ? "after" : "before";
    for (const layer of sweep % 2 ? [...layers].reverse() : layers) {
      layer.forEach((item) => (item.wish = mean(item[side].map((other) => other.index)) ?? item.index));
      layer.sort((a, b) => a.wish - b.wish || a.index - b.index);
      layer.forEach((item, index) => (item.index = index));
    }
    const crossings = countCrossings(layers);
    if (crossings < best.crossings) best = { crossings, layers: layers.map((layer) => [...layer]) };
  }
  best.layers.forEach((layer, i) => (layers[i] = layer));
  number(layers);
}

function number(layers) {
  layers.forEach((layer) => layer.forEach((item, index) => (item.index = index)));
}

/** Count crossings as inversions, with a Fenwick tree (Barth, Jünger and Mutzel 2002). */
function countCrossings(layers) {
  return layers.slice(1).reduce((count, layer) => {
    const ends = layer.flatMap((item) => [...item.before].sort((a, b) => a.index - b.index).map((other) => other.index));
    const size = Math.max(0, ...ends) + 1;
    const tree = [];
    return ends.reduce((sum, end, done) => {
      let below = 0;
      for (let i = end + 1; i > 0; i -= i & -i) below += tree[i] ?? 0;
      for (let i = end + 1; i <= size; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
      return sum + done - below;
    }, count);
  }, 0);
}

/** Assign x to each rank, and return the total width. */
function placeColumns(layers) {
  let x = 0;
  for (const layer of layers) {
    const width = Math.max(...layer.map((item) => item.width));
    layer.forEach((item) => Object.assign(item, { x: x + width / 2, span: width }));
    x += width + GAP_X;
  }
  return x - GAP_X;
}

/** Move items toward the mean y of their neighbours without overlaps; return the total height. */
function placeRows(layers) {
  for (const layer of layers) spread(layer, layer.map(() => 0));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const side = sweep % 2 ? "after" : "before";
    for (const layer of sweep % 2 ? [...layers].reverse() : layers) {
      const wish = (item) => mean(item[side].map((other) => other.y)) ?? mean([...item.before, ...item.after].map((o) => o.y));
      spread(layer, layer.map((item) => wish(item) ?? item.y));
    }
  }
  for (const layer of layers) {
    spread(layer, layer.map((item) => mean([...item.before, ...item.after].map((other) => other.y)) ?? item.y));
  }
  const all = layers.flat();
  const top = Math.min(...all.map((item) => item.y - item.height / 2));
  all.forEach((item) => (item.y -= top));
  return Math.max(...all.map((item) => item.y + item.height / 2));
}

/** Place a layer as near to the wished heights as possible (least squares); items that would overlap move as one block. */
function spread(layer, wishes) {
  const blocks = [];
  let offset = 0;
  layer.forEach((item, i) => {
    if (i) offset += (layer[i - 1].height + item.height) / 2 + GAP_Y * (item.width && layer[i - 1].width ? 1 : 0.5);
    item.offset = offset;
    blocks.push({ sum: wishes[i] - offset, items: [item] });
    while (blocks.length > 1 && meanOf(blocks.at(-2)) > meanOf(blocks.at(-1))) {
      const last = blocks.pop();
      blocks.at(-1).sum += last.sum;
      blocks.at(-1).items.push(...last.items);
    }
  });
  for (const block of blocks) block.items.forEach((item) => (item.y = meanOf(block) + item.offset));
}

const meanOf = (block) => block.sum / block.items.length;

function mean(numbers) {
  return numbers.length ? numbers.reduce((sum, x) => sum + x, 0) / numbers.length : null;
}
