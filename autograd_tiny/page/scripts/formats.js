// The graph in other languages, with the numbers as they are now.
import { constantOf, filled, inputsOf, isLeaf, nameOf, rowOf } from "./graph.js";
import { short } from "./numbers.js";

/** Return the graph in DOT, for Graphviz; one edge for each use, in order. */
export function toDot(graph, run) {
  const lines = graph.nodes.map((_, z) => {
    const text = [titleLine(graph, z), `value ${short(run.values[z])}`, `gradient ${short(run.gradients[z])}`];
    const shape = isLeaf(graph, z) ? ", style=filled, fillcolor=\"#e6f1f8\"" : "";
    return `  n${z} [label="${text.map(dotText).join("\\n")}"${shape}];`;
  });
  const edges = graph.recorded.flatMap((z) => inputsOf(graph, z).map((x) => `  n${x} -> n${z};`));
  return ["digraph {", "  rankdir=LR;", "  node [shape=box];", ...lines, ...edges, "}", ""].join("\n");
}

/** Return the graph in Mermaid, as GitHub shows it. */
export function toMermaid(graph, run) {
  const lines = graph.nodes.map((_, z) => {
    const text = [titleLine(graph, z), `value ${short(run.values[z])}`, `gradient ${short(run.gradients[z])}`];
    const [open, close] = isLeaf(graph, z) ? ["([", "])"] : ["[", "]"];
    return `  n${z}${open}"${text.map(mermaidText).join("<br/>")}"${close}`;
  });
  const edges = graph.recorded.flatMap((z) => inputsOf(graph, z).map((x) => `  n${x} --> n${z}`));
  return ["flowchart LR", ...lines, ...edges, ""].join("\n");
}

/** Return the pass as LaTeX: every node forward, then every gradient backward. */
export function toLatex(graph, run) {
  if (graph.nodes[0].latexName === undefined) return "";
  const name = (z) => graph.nodes[z].latexName;
  const upstream = (z) => `\\frac{\\partial ${name(graph.root)}}{\\partial ${name(z)}}`;
  const forward = graph.nodes.map((node, z) => {
    const formula = isLeaf(graph, z) ? "" : `${node.latex} = `;
    return `${name(z)} &= ${formula}${latexNumber(run.values[z])}`;
  });
  const backward = graph.nodes.map((_, x) => x).reverse().map((x) => {
    const terms = graph.into[x].map((edge) => {
      const z = graph.source[edge];
      return `${upstream(z)} \\cdot ${graph.nodes[z].latexRules[edge - graph.first[z]]}`;
    });
    return `${upstream(x)} &= ${terms.length ? `${terms.join(" + ")} = ` : ""}${latexNumber(run.gradients[x])}`;
  });
  return `\\begin{align*}\n${[...forward, ...backward].join(" \\\\\n")}\n\\end{align*}\n`;
}

/** Return a program that records the same graph. */
export function toPython(graph, run) {
  const names = identifiers(graph);
  const write = (operand) => (typeof operand === "number" ? names[operand] : pythonFactor(constantOf(operand)));
  const lines = graph.nodes.map((node, z) => {
    const label = names[z] === node.name ? "" : `  # ${JSON.stringify(node.name)}`;
    if (isLeaf(graph, z)) return `${names[z]} = Value(${pythonNumber(run.values[z])}, label=${JSON.stringify(node.name)})`;
    return `${names[z]} = ${filled(graph, z, write).replace(/\[(\d+)\.0\]$/, "[$1]")}${label}`;
  });
  const functions = graph.rows.filter((row) => !row.isOwn).flatMap(({ text }) => /^(\w+)\(/.exec(text)?.[1] ?? []);
  const own = graph.rows.filter((row) => row.isOwn).map(({ name }) => `# ${name} is a primitive of your own: define it here`);
  const imports = ["Value", ...new Set(functions)].sort().join(", ");
  const root = names[graph.root];
  return [`from autograd_tiny import ${imports}`, "", ...own, ...lines, "", `${root}.backward()`, `print(${root}.data)`, ""].join("\n");
}

function titleLine(graph, z) {
  if (isLeaf(graph, z)) return nameOf(graph, z);
  const write = (operand) => (typeof operand === "number" ? nameOf(graph, operand) : short(constantOf(operand)));
  const formula = filled(graph, z, write);
  return `${nameOf(graph, z)} = ${formula.length > 60 ? rowOf(graph, z).name : formula}`;
}

const printable = (text) => text.replace(/[\p{C}\u2028\u2029]/gu, "?");
const dotText = (text) => printable(text).replace(/[\\"]/g, "\\$&");
const mermaidText = (text) => printable(text).replace(/[^\p{L}\p{N} .,=+*/()[\]_∂-]/gu, (c) => `#${c.codePointAt(0)};`);

function latexNumber(x) {
  const [digits, exponent] = short(x).replace("inf", "\\infty").replace("nan", "\\mathrm{nan}").split("e");
  return exponent ? `${digits} \\times 10^{${Number(exponent)}}` : digits;
}

function pythonNumber(x) {
  if (!Number.isFinite(x)) return `float("${short(x)}")`;
  const text = Object.is(x, -0) ? "-0" : String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function pythonFactor(x) {
  const text = pythonNumber(x);
  return text.startsWith("-") ? `(${text})` : text;
}

const RESERVED = new Set(
  ("False None True and as assert async await break class continue def del elif else except finally for from global " +
    "if import in is lambda nonlocal not or pass raise return try while with yield Value print float").split(" "),
);

/** Return a name for each node that Python takes, each once. */
function identifiers(graph) {
  const taken = new Set([...RESERVED, ...graph.rows.flatMap(({ text }) => text.match(/^\w+/) ?? [])]);
  return graph.nodes.map(({ name }) => {
    const plain = name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/_+$/, "").replace(/^(?=\d)|^$/, "_");
    let unique = plain;
    for (let i = 2; taken.has(unique); i += 1) unique = `${plain}_${i}`;
    taken.add(unique);
    return unique;
  });
}
