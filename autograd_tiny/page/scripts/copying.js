// The buttons that copy the graph, as it is now, in another language.
import { byId, html, say, svg } from "./elements.js";
import { toDot, toLatex, toMermaid, toPython } from "./formats.js";
import { graph, state } from "./state.js";
import { view, viewport } from "./view.js";

const PAINT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "text-anchor", "opacity"];

const formats = {
  SVG: toSvg,
  DOT: () => toDot(graph, state.run),
  Mermaid: () => toMermaid(graph, state.run),
  LaTeX: () => toLatex(graph, state.run),
  Python: () => toPython(graph, state.run),
};

/** Return the picture as it is drawn, in a file of its own: what the page's style says stands on each element. */
export function toSvg() {
  const copy = viewport.cloneNode(true);
  const originals = [viewport, ...viewport.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, i) => paint(element, originals[i]));
  copy.querySelectorAll("foreignObject").forEach((holder, i) => holder.replaceWith(numberText(i)));
  copy.querySelectorAll(".break").forEach((mark) => mark.remove());
  copy.setAttribute("transform", "translate(20 20)");
  const [width, height] = [Math.ceil(view.width + 40), Math.ceil(view.height + 40)];
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  const paper = svg("rect", { width, height, fill: getComputedStyle(byId("graph")).backgroundColor });
  root.append(svg("title", {}, document.title), svg("desc", {}, byId("summary").textContent), paper, copy);
  return `${new XMLSerializer().serializeToString(root)}\n`;
}

function paint(element, original) {
  const style = getComputedStyle(original);
  if (element.tagName !== "g") PAINT.forEach((name) => element.setAttribute(name, style.getPropertyValue(name)));
  for (const name of ["class", "tabindex", "role", "data-id", "data-key", "aria-label"]) {
    if (name !== "class" || !element.classList.contains("break")) element.removeAttribute(name);
  }
}

/** Return the number in a number box as text. */
function numberText(i) {
  const holder = viewport.querySelectorAll("foreignObject")[i];
  const [x, y, width] = ["x", "y", "width"].map((name) => Number(holder.getAttribute(name)));
  const text = svg("text", { x: x + width - 6, y: y + 16 }, holder.firstChild.value);
  paint(text, viewport.querySelector(".figure.value") ?? viewport.querySelector(".figure"));
  return text;
}

async function copy(name) {
  const text = formats[name]();
  if (!text) {
    say(`This graph is too large to be written as ${name}.`);
    return;
  }
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied as ${name}.`);
    byId("copied").textContent = `Copied as ${name}`;
  } catch {
    showText(name, text); // a page in a frame, or from a file, may not be let at the clipboard
  }
}

function showText(name, text) {
  byId("text-title").textContent = `The graph as ${name}`;
  byId("text").value = text;
  byId("text-dialog").showModal();
  byId("text").select();
}

/** Make the buttons. */
export function startCopying() {
  const buttons = Object.keys(formats).map((name) =>
    html("button", { type: "button", id: `copy-${name.toLowerCase()}`, "aria-label": `copy as ${name}`, onclick: () => copy(name) }, name),
  );
  byId("copy").append(...buttons);
}
