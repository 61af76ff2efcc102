// Format and parse numbers, and write nodes, partials and gradients as text.
import { constantOf, fromJson, grouped, isLeaf, nameOf, rowOf } from "./graph.js";

// ── numbers ──

let digits = 5;

/** Set how many significant digits are shown; 17 shows all of them. */
export function setDigits(count) {
  digits = count;
}

/** Format a number as Python's `.5g` does, with the chosen number of digits; null gives a dash. */
export function formatNumber(x, count = digits) {
  if (x === null || x === undefined) return "—";
  if (!Number.isFinite(x)) return x === Infinity ? "inf" : x === -Infinity ? "-inf" : "nan";
  if (count >= 17) return String(x);
  const [mantissa, power] = x.toExponential(count - 1).split("e");
  const exponent = Number(power);
  if (x !== 0 && (exponent < -4 || exponent >= count)) {
    return `${Number(mantissa)}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return String(Number(x.toPrecision(count)));
}

/** Put a text that starts with a minus sign in parentheses. */
export const parenthesized = (text) => (text.startsWith("-") ? `(${text})` : text);

/** Format a number as a factor of a product. */
export const formatFactor = (x) => parenthesized(formatNumber(x));

/** Format a number in at most `most` characters, with fewer digits if necessary. */
export function formatNarrow(x, most) {
  const text = formatNumber(x);
  return text.length > most ? formatNumber(x, most - 7) : text;
}

/** Parse a number; null if the text is not one. */
export function parseNumber(text) {
  const plain = text.trim().toLowerCase().replace("−", "-");
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(plain)) return Number(plain);
  return /^([+-]?inf|nan)$/.test(plain) ? fromJson(plain.replace("+", "")) : null;
}

// ── nodes ──

/** Return the last part of a name: `w[0]` of `layers[0].w[0]`. */
export const shortName = (name) => name.slice(name.lastIndexOf(".") + 1);

/** Return a name unchanged. */
export const fullName = (name) => name;

/** Fill the blanks {…} of a sentence. */
export const fillBlanks = (sentence, blanks) => sentence.replace(/\{(\w+)\}/g, (_, blank) => blanks[blank]);

/** Fill the operands, as `write` gives them, into the text of the row that computes a node. */
export function fillOperands(graph, z, write) {
  const row = rowOf(graph, z);
  const values = grouped(row, graph.nodes[z].operands.map(write));
  let position = 0;
  return row.text.replace(/\{(\*?)\w+\}/g, (_, star) => {
    const value = values[position++];
    return star ? `[${value.join(", ")}]` : value;
  });
}

/** Return the formula of a node; an empty text for a leaf. */
export function formulaOf(graph, z, write = fullName) {
  if (isLeaf(graph, z)) return "";
  return fillOperands(graph, z, (operand) => {
    if (typeof operand === "number") return write(nameOf(graph, operand));
    return parenthesized(formatNumber(constantOf(operand), 5));
  });
}

// ── partials and gradients ──

/** Return the partial along an edge as text that can be a factor; ∂z/∂x if it is longer than `longest`. */
export function ruleOf(graph, edge, write = fullName, longest = 30) {
  const z = graph.source[edge];
  const node = graph.nodes[z];
  const text = (graph.rules[node.rules][edge - graph.first[z]] ?? "").replace(/⟨(\w+)⟩/g, (_, blank) => {
    const operand = node.operands[blank];
    if (blank === "z") return write(node.name);
    return typeof operand === "number" ? write(nameOf(graph, operand)) : formatNumber(constantOf(operand), 5);
  });
  return text && text.length <= longest ? text : partialName(graph, edge, write);
}

/** Remove parentheses that enclose the whole text. */
export function withoutParentheses(text) {
  let depth = 0;
  for (const [i, character] of [...text].entries()) {
    depth += character === "(" ? 1 : character === ")" ? -1 : 0;
    if (depth === 0) return i === [...text].length - 1 && i > 0 && character === ")" ? text.slice(1, -1) : text;
  }
  return text;
}

/** Return ∂z/∂x for the edge from z to its input x. */
export function partialName(graph, edge, write = fullName) {
  return `∂${write(nameOf(graph, graph.source[edge]))}/∂${write(nameOf(graph, graph.target[edge]))}`;
}

/** Return ∂root/∂x. */
export function gradientName(graph, x, write = fullName) {
  return `∂${write(nameOf(graph, graph.root))}/∂${write(nameOf(graph, x))}`;
}
