// A card: the box of a node or of a closed part, with its head and its rows, as wide as its text.
import { sizeOf, titleOf } from "./boxes.js";
import { svg } from "./elements.js";
import { formulaOf, isLeaf, nameOf, shortName } from "./graph.js";
import { numberBox } from "./leaves.js";
import { graph, select } from "./state.js";

const LEAF = { height: 78 };
const NODE = { height: 72 };
const PART = { height: 60 };
const PADDING = 12;
const NARROWEST = 156;
const WIDEST = 236;
const LONGEST = 60; // characters of a name or formula that are measured
export const BOLD = "600 13px";
const PLAIN = "13px";

const canvas = document.createElement("canvas").getContext("2d");

/** Return how wide a text is in a font. */
export function textWidth(text, font) {
  canvas.font = `${font} system-ui, sans-serif`;
  return canvas.measureText(text).width;
}

/** Return as much of a text as there is room for. */
function cut(text, width, font) {
  let shown = text;
  for (let end = text.length; end > 1 && textWidth(shown, font) > width; end -= 1) shown = `${text.slice(0, end - 1)}…`;
  return shown;
}

function headOf(box) {
  const room = WIDEST - 2 * PADDING;
  if (box.part !== undefined) return { name: cut(titleOf(box), room, BOLD), rest: "" };
  const formula = formulaOf(graph, box.z, shortName).slice(0, LONGEST);
  const name = cut(shortName(nameOf(graph, box.z)).slice(0, LONGEST), formula ? 0.6 * room : room, BOLD);
  return { name, rest: formula ? cut(` = ${formula}`, room - textWidth(name, BOLD), PLAIN) : "" };
}

/** Return the width and height of a box. */
export function sizeOfBox(box) {
  const { name, rest } = headOf(box);
  const text = textWidth(name, BOLD) + textWidth(rest, PLAIN);
  const width = Math.min(WIDEST, Math.max(NARROWEST, Math.ceil(text) + 2 * PADDING));
  const { height } = box.part !== undefined ? PART : isLeaf(graph, box.z) ? LEAF : NODE;
  return { width, height };
}

/** Draw a box; `on.open` is told of the part that is opened, `on.focus` of the box that has the focus. */
export function makeBox(box, on) {
  const { name, rest } = headOf(box);
  const isPart = box.part !== undefined;
  const kind = isPart ? "part" : isLeaf(graph, box.z) ? "leaf" : box.z === graph.root ? "inner root" : "inner";
  const [left, top] = [-box.width / 2, -box.height / 2];
  const element = svg(
    "g",
    {
      class: `box ${kind}`,
      transform: `translate(${box.x} ${box.y})`,
      tabindex: 0,
      role: isPart ? "button" : "group",
      "data-id": box.id,
      onclick: () => (isPart ? on.open(box.part) : select(box.z)),
      onfocusin: () => on.focus(box),
      onkeydown: (event) => {
        if (!isPart || !["Enter", " "].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        on.open(box.part);
      },
    },
    svg("title", {}, isPart ? `open ${titleOf(box)}` : titleOf(box)),
    svg("rect", { class: "card", x: left, y: top, width: box.width, height: box.height, rx: 8 }),
    svg(
      "text",
      { class: "head", x: left + PADDING, y: top + 20 },
      svg("tspan", { class: "name" }, name),
      svg("tspan", { class: "formula" }, rest),
    ),
    svg("circle", { class: "break", cx: left, cy: top, r: 5 }),
  );
  const parts = isPart ? closedRows(box, element, left, top) : nodeRows(box, element, left, top);
  return { ...box, element, ...parts };
}

function closedRows(box, element, left, top) {
  const count = sizeOf(box.part);
  const text = `${count} ${count === 1 ? "node" : "nodes"} · open`;
  element.setAttribute("aria-label", `${titleOf(box)}, ${count} nodes, closed`);
  element.append(svg("text", { class: "caption", x: left + PADDING, y: top + 42 }, text));
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
  const input = numberBox(box.z);
  const width = Math.min(100, box.width - 58);
  const holder = svg("foreignObject", { x: right - width + 6, y: top + 27, width, height: 24 }, input);
  element.append(holder);
  return { input, gradient };
}
