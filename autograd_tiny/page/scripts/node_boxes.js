// Draw the box of a node or of a collapsed cluster, as wide as its text.
import { clusterSize, titleOf } from "./collapse.js";
import { svg } from "./dom.js";
import { formulaOf, shortIn, truncate } from "./number_and_node_text.js";
import { isLeaf, labelOf, nameOf, rowOf } from "./graph.js";
import { numberField } from "./leaf_inputs.js";
import { graph, select } from "./state.js";

const HEIGHTS = { leaf: 78, node: 72, cluster: 60 };
const PADDING = 12;
const NARROWEST = 156;
const WIDEST = 256;
const LONGEST = 60; // characters of a formula that are measured
export const BOLD = "600 13px";
const PLAIN = "13px";

const canvas = document.createElement("canvas").getContext("2d");

/** Return the width of a text in a font. */
export function textWidth(text, font) {
  canvas.font = `${font} system-ui, sans-serif`;
  return canvas.measureText(text).width;
}

const fits = (width, font) => (text) => text.length <= LONGEST && textWidth(text, font) <= width;

/** Return the first line of a box: its name, and the formula that follows it. */
function headOf(box) {
  const room = WIDEST - 2 * PADDING;
  if (box.cluster !== undefined) return { name: truncate(titleOf(box), fits(room, BOLD)), rest: "" };
  const short = shortIn(graph);
  const formula = formulaOf(graph, box.z, short);
  const name = short((formula ? nameOf : labelOf)(graph, box.z));
  const isShort = fits(room - textWidth(name, BOLD), PLAIN);
  const row = formula && rowOf(graph, box.z);
  const isLong = formula && !isShort(` = ${formula}`) && row.lists.includes(true); // most of it would be a list
  return { name, rest: formula && truncate(isLong ? ` = ${row.name}(…)` : ` = ${formula}`, isShort) };
}

/** Return the width and height of a box. */
export function boxSize(box) {
  const { name, rest } = headOf(box);
  const text = textWidth(name, BOLD) + textWidth(rest, PLAIN);
  const width = Math.max(NARROWEST, Math.ceil(text) + 2 * PADDING);
  const kind = box.cluster !== undefined ? "cluster" : isLeaf(graph, box.z) ? "leaf" : "node";
  return { width, height: HEIGHTS[kind] };
}

/** Draw a box; `on.open` is called with the cluster to open, `on.focus` with the box that gets the focus. */
export function drawBox(box, on) {
  const { name, rest } = headOf(box);
  const isCluster = box.cluster !== undefined;
  const kind = isCluster ? "cluster" : isLeaf(graph, box.z) ? "leaf" : box.z === graph.root ? "inner root" : "inner";
  const [left, top] = [-box.width / 2, -box.height / 2];
  const element = svg(
    "g",
    {
      class: `box ${kind}`,
      transform: `translate(${box.x} ${box.y})`,
      tabindex: 0,
      role: isCluster ? "button" : "group",
      "data-id": box.id,
      onclick: () => (isCluster ? on.open(box.cluster) : select(box.z)),
      onfocusin: () => on.focus(box),
      onkeydown: (event) => {
        if (!isCluster || !["Enter", " "].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        on.open(box.cluster);
      },
    },
    svg("title", {}, isCluster ? `open ${titleOf(box)}` : titleOf(box)),
    svg("rect", { class: "card", x: left, y: top, width: box.width, height: box.height, rx: 8 }),
    svg(
      "text",
      { class: "head", x: left + PADDING, y: top + 20 },
      svg("tspan", { class: "name" }, name),
      svg("tspan", { class: "formula" }, rest),
    ),
    svg("circle", { class: "break", cx: left, cy: top, r: 5 }),
  );
  const rows = isCluster ? clusterRows(box, element, left, top) : nodeRows(box, element, left, top);
  return { ...box, element, ...rows };
}

function clusterRows(box, element, left, top) {
  const count = clusterSize(box.cluster);
  const nodes = `${count} ${count === 1 ? "node" : "nodes"}`;
  element.setAttribute("aria-label", `${titleOf(box)}, ${nodes}, closed`);
  element.append(svg("text", { class: "caption", x: left + PADDING, y: top + 42 }, `${nodes} · open`));
  return {};
}

function nodeRows(box, element, left, top) {
  const leaf = isLeaf(graph, box.z);
  const right = left + box.width - PADDING;
  const [first, second] = [top + 43, top + (leaf ? 66 : 61)];
  const caption = (text, y) => svg("text", { class: "caption", x: left + PADDING, y }, text);
  const figure = (name, y) => svg("text", { class: `figure ${name}`, x: right, y });
  const gradient = figure("gradient", second);
  element.append(caption("value", first), caption("gradient", second), gradient);
  if (!leaf) {
    const value = figure("value", first);
    element.append(value);
    return { value, gradient };
  }
  const input = numberField(box.z);
  const width = Math.min(100, box.width - 58);
  element.append(svg("foreignObject", { x: right - width + 6, y: top + 27, width, height: 24 }, input));
  return { input, gradient };
}
