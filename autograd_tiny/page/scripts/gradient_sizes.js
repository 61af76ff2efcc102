// The sizes of the gradients in groups, with bars on a logarithmic scale, and what they show; as trace/profile.py.
import { byId, html } from "./dom.js";
import { edgesDone, gradientAt } from "./events.js";
import { fillBlanks, formatNumber } from "./number_and_node_text.js";
import { nameOf } from "./graph.js";
import { graph, onChange, state } from "./state.js";

const { by, unit, distances, groups, units, texts, strong, steady, fewest } = graph.sizes;
const three = (x) => formatNumber(x, 3);
const listed = (names) => names.slice(0, 4).join(", ") + (names.length > 4 ? ` and ${names.length - 4} more` : "");
const sumOf = (numbers) => numbers.reduce((sum, x) => sum + x, 0);

/** Return whether contributions to a node are still to come. */
function isOpen(x) {
  return gradientAt(graph, state.run, state.cursor, x) === null || graph.into[x].at(-1) >= edgesDone(graph, state.cursor);
}

/** Return the numbers of a group at the cursor. */
export function sizesOf([group, place, nodes]) {
  const sizes = nodes.map((x) => gradientAt(graph, state.run, state.cursor, x)).filter((x) => x !== null).map(Math.abs);
  const finite = sizes.filter(Number.isFinite);
  const [sum, count] = [sumOf(finite), finite.length];
  const mean = sum < Infinity ? sum / count : sumOf(finite.map((x) => x / count));
  const zeros = finite.filter((x) => x === 0).length;
  const [notFinite, open] = [sizes.length - count, nodes.filter(isOpen)];
  return { group, place, nodes, mean: count ? mean : null, zeros, notFinite, open };
}

/** Return what the rows show, as sentences. */
export function remarksOn(rows) {
  const told = (kind, blanks) => fillBlanks(texts[kind], blanks);
  const called = (row) => (by === "depth" ? told("at distance", row) : row.group);
  const ordered = by === "module" ? [] : rows.filter(({ place, open }) => place !== null && !open.length);
  const end = ordered.findIndex(({ mean, notFinite }) => !mean || notFinite);
  const sized = end < 0 ? ordered : ordered.slice(0, end);
  const logs = sized.map(({ mean }) => Math.log(mean));
  const change = logs.at(-1) - logs[0];
  const alike = logs.slice(1).filter((log, i) => (log - logs[i]) * change > 0).length;
  const remarks = [];
  if (logs.length >= fewest && Math.abs(change) >= Math.log(strong) && alike >= steady * (logs.length - 1)) {
    const [top, bottom] = [sized[0], sized.at(-1)];
    const factor = three(Math.exp(Math.abs(change) / (bottom.place - top.place)));
    const ends = { first: three(top.mean), last: three(bottom.mean), top: called(top), bottom: called(bottom) };
    remarks.push(told(change < 0 ? "vanishing" : "exploding", { ...ends, factor, unit }));
  }
  const all = (key) => rows.flatMap((row) => row[key]);
  const [open, total] = [all("open").sort((x, y) => y - x), all("nodes").length];
  const rest = ordered.slice(sized.length);
  if (sized.length && rest.length && !open.length && rest.every(({ zeros, nodes }) => zeros === nodes.length)) {
    const nearest = rest.flatMap(({ nodes }) => nodes).reduce((least, x) => Math.min(least, distances[x]), Infinity);
    const before = new Set(sized.flatMap(({ nodes }) => nodes));
    const isZero = (x) => before.has(x) || gradientAt(graph, state.run, state.cursor, x) === 0;
    const isFrom = distances.every((distance, x) => distance < nearest || isZero(x));
    const kind = isFrom ? "zero from" : rest.length > 1 ? "zero rows" : "zero row";
    remarks.push(told(kind, { group: called(rest[0]), last: called(rest.at(-1)) }));
  }
  const dead = units.filter(([, nodes]) => nodes.every((z) => state.run.partials[graph.first[z]] === 0));
  const deadNames = listed(dead.map(([name]) => name));
  if (dead.length) remarks.push(told("dead units", { dead: dead.length, units: units.length, names: deadNames }));
  const [zeros, count] = [sumOf(all("zeros")), sumOf(all("notFinite"))];
  if (zeros) remarks.push(told("zeros", { zeros, total }));
  if (count) remarks.push(told("not finite", { count, total }));
  const names = listed(open.map((x) => nameOf(graph, x)));
  if (open.length) remarks.push(told("unfinished", { count: open.length, total, names }));
  return remarks;
}

function show() {
  const rows = groups.map(sizesOf);
  const logs = rows.filter(({ mean }) => mean > 0).map(({ mean }) => Math.log10(mean));
  const [low, high] = [Math.ceil(Math.min(...logs)) - 1, Math.floor(Math.max(...logs)) + 1];
  byId("size-rows").replaceChildren(...rows.map((row) => drawnRow(row, low, high)));
  byId("size-axis").textContent = logs.length ? `1e${low} to 1e${high}, log scale` : "log scale";
  byId("size-remarks").replaceChildren(...remarksOn(rows).map((text) => html("p", {}, text)));
}

function drawnRow({ group, nodes, mean }, low, high) {
  const bar = html("div", { class: "bar-of-size" });
  bar.style.width = mean > 0 ? `${(100 * (Math.log10(mean) - low)) / (high - low)}%` : 0;
  const cells = [nodes.length, three(mean)].map((text) => html("td", { class: "figure" }, text));
  return html("tr", {}, html("th", { scope: "row" }, group), cells, html("td", { class: "size" }, bar));
}

/** Start the panel. */
export function startGradientSizes() {
  byId("size-by").textContent = by === "depth" ? "distance" : by;
  onChange(show);
  show();
}
