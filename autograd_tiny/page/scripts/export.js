// Export the graph with its current numbers as SVG, DOT, Mermaid, LaTeX or Python, to the clipboard.
import { announce, byId, html, svg } from "./dom.js";
import { formatNumber, formulaOf, parenthesized } from "./number_and_node_text.js";
import { constantOf, grouped, inputsOf, isLeaf, nameOf, rowOf } from "./graph.js";
import { view, viewport } from "./pan_zoom.js";
import { graph, state } from "./state.js";
import { valueText } from "./true_digits.js";

const LONGEST = 60; // characters of a formula in a diagram
const PAINT = [
  "fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "text-anchor", "opacity",
];

// ── the formats ──

/** Return the picture as an SVG file of its own: each element gets the properties that the page's style gives it. */
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
  for (const name of ["class", "tabindex", "role", "data-id", "aria-label"]) {
    if (name !== "class" || !element.classList.contains("break")) element.removeAttribute(name);
  }
}

/** Return the number in a number field as a text element. */
function numberText(i) {
  const holder = viewport.querySelectorAll("foreignObject")[i];
  const [x, y, width] = ["x", "y", "width"].map((name) => Number(holder.getAttribute(name)));
  const text = svg("text", { x: x + width - 6, y: y + 16 }, holder.firstChild.value);
  paint(text, viewport.querySelector(".figure.value") ?? viewport.querySelector(".figure"));
  return text;
}

/** Return the graph in DOT, for Graphviz; an input that is used twice has two edges. */
export function toDot() {
  const lines = graph.nodes.map((_, z) => {
    const shape = isLeaf(graph, z) ? ", style=filled, fillcolor=\"#e6f1f8\"" : "";
    return `  n${z} [label="${labelLines(z).map(dotText).join("\\n")}"${shape}];`;
  });
  const edges = graph.recorded.flatMap((z) => inputsOf(graph, z).map((x) => `  n${x} -> n${z};`));
  return ["digraph {", "  rankdir=LR;", "  node [shape=box];", ...lines, ...edges, "}", ""].join("\n");
}

/** Return the graph as a Mermaid flowchart. */
export function toMermaid() {
  const lines = graph.nodes.map((_, z) => {
    const [open, close] = isLeaf(graph, z) ? ["([", "])"] : ["[", "]"];
    return `  n${z}${open}"${labelLines(z).map(mermaidText).join("<br/>")}"${close}`;
  });
  const edges = graph.recorded.flatMap((z) => inputsOf(graph, z).map((x) => `  n${x} --> n${z}`));
  return ["flowchart LR", ...lines, ...edges, ""].join("\n");
}

/** Return both passes as LaTeX: each value, then each gradient; empty if the page has no LaTeX formulas. */
export function toLatex() {
  if (graph.nodes[0].latexName === undefined) return "";
  const name = (z) => graph.nodes[z].latexName;
  const gradient = (z) => `\\frac{\\partial ${name(graph.root)}}{\\partial ${name(z)}}`;
  const forward = graph.nodes.map((node, z) => {
    const formula = isLeaf(graph, z) ? "" : `${node.latex} = `;
    return `${name(z)} &= ${formula}${latexNumber(valueText(graph, state.run, z))}`;
  });
  const backward = [...graph.nodes.keys()].reverse().map((x) => {
    const terms = graph.into[x].map((edge) => {
      const z = graph.source[edge];
      return `${gradient(z)} \\cdot ${graph.nodes[z].latexRules[edge - graph.first[z]]}`;
    });
    return `${gradient(x)} &= ${terms.length ? `${terms.join(" + ")} = ` : ""}${latexNumber(formatNumber(state.run.gradients[x]))}`;
  });
  return `\\begin{align*}\n${[...forward, ...backward].join(" \\\\\n")}\n\\end{align*}\n`;
}

/** Fill the operands, as `write` gives them, into the text of the row that computes a node. */
function fillOperands(z, write) {
  const row = rowOf(graph, z);
  const values = grouped(row, graph.nodes[z].operands.map(write));
  let position = 0;
  return row.text.replace(/\{(\*?)\w+\}/g, (_, star) => {
    const value = values[position++];
    return star ? `[${value.join(", ")}]` : value;
  });
}

/** Return a Python program that records the same graph. */
export function toPython() {
  const names = identifiers();
  const write = (operand) => (typeof operand === "number" ? names[operand] : parenthesized(pythonNumber(constantOf(operand))));
  const lines = graph.nodes.map((node, z) => {
    const label = names[z] === node.name ? "" : `  # ${JSON.stringify(node.name)}`;
    if (isLeaf(graph, z)) return `${names[z]} = Value(${pythonNumber(state.run.values[z])}, label=${JSON.stringify(node.name)})`;
    return `${names[z]} = ${fillOperands(z, write).replace(/\[(\d+)\.0\]$/, "[$1]")}${label}`;
  });
  const functions = graph.rows.filter((row) => !row.isOwn).flatMap(({ text }) => /^(\w+)\(/.exec(text)?.[1] ?? []);
  const own = graph.rows.filter((row) => row.isOwn).map(({ name }) => `# ${name} is your own primitive: define it here`);
  const imports = ["Value", ...new Set(functions)].sort().join(", ");
  const root = names[graph.root];
  return [`from autograd_tiny import ${imports}`, "", ...own, ...lines, "", `${root}.backward()`, `print(${root}.data)`, ""].join("\n");
}

/** Return the lines of a node in a diagram: its formula, its value, its gradient. */
function labelLines(z) {
  const formula = formulaOf(graph, z);
  const title = nameOf(graph, z) + (formula && ` = ${formula.length > LONGEST ? rowOf(graph, z).name : formula}`);
  return [title, `value ${valueText(graph, state.run, z)}`, `gradient ${formatNumber(state.run.gradients[z])}`];
}

const printable = (text) => text.replace(/[\p{C}\u2028\u2029]/gu, "?");
const dotText = (text) => printable(text).replace(/[\\"]/g, "\\$&");
const mermaidText = (text) => printable(text).replace(/[^\p{L}\p{N} .,=+*/()[\]_∂-]/gu, (c) => `#${c.codePointAt(0)};`);

function latexNumber(text) {
  const [digits, exponent] = text.replace("inf", "\\infty").replace("nan", "\\mathrm{nan}").split("e");
  return exponent ? `${digits} \\times 10^{${Number(exponent)}}` : digits;
}

function pythonNumber(x) {
  if (!Number.isFinite(x)) return `float("${formatNumber(x)}")`;
  const text = Object.is(x, -0) ? "-0" : String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const RESERVED = new Set(
  ("False None True and as assert async await break class continue def del elif else except finally for from global " +
    "if import in is lambda nonlocal not or pass raise return try while with yield Value print float").split(" "),
);

/** Return a unique Python identifier for each node. */
function identifiers() {
  const taken = new Set([...RESERVED, ...graph.rows.flatMap(({ text }) => text.match(/^\w+/) ?? [])]);
  return graph.nodes.map(({ name }) => {
    const plain = name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/_+$/, "").replace(/^(?=\d)|^$/, "_");
    let unique = plain;
    for (let i = 2; taken.has(unique); i += 1) unique = `${plain}_${i}`;
    taken.add(unique);
    return unique;
  });
}

// ── the buttons ──

const formats = { SVG: toSvg, DOT: toDot, Mermaid: toMermaid, LaTeX: toLatex, Python: toPython };

async function copyAs(name) {
  const text = formats[name]();
  if (!text) {
    announce(`This graph is too large for ${name}.`);
    return;
  }
  try {
    await navigator.clipboard.writeText(text);
    announce(`Copied as ${name}.`);
    byId("copied").textContent = `Copied as ${name}`;
  } catch {
    showText(name, text); // browsers may deny the clipboard to a frame or a file
  }
}

function showText(name, text) {
  byId("text-title").textContent = `The graph as ${name}`;
  byId("text").value = text;
  byId("text-dialog").showModal();
  byId("text").select();
}

/** Add a button for each format. */
export function startExport() {
  const buttons = Object.keys(formats).map((name) => {
    const id = `copy-${name.toLowerCase()}`;
    return html("button", { type: "button", id, "aria-label": `copy as ${name}`, onclick: () => copyAs(name) }, name);
  });
  byId("copy").append(...buttons);
}
