// Format and parse numbers, and write nodes, partials and gradients as text.
import { constantOf, fromJson, grouped, nameOf, rowOf } from "./graph.js";

// ── numbers ──

let digits = 5;

/** Set how many significant digits are shown; 17 shows all of them. */
export function setDigits(count) {
  digits = count;
}

/** Return how many that are. */
export const shownDigits = () => digits;

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
export const formatFactor = (x, count) => parenthesized(formatNumber(x, count));

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

/** Return a function from a name to its short form. */
export const shortIn = (graph) => (name) => graph.shortNames.get(name);

// A name in quotes, a number, a name with its indices, or another character, as in short_names.py.
const ATOM = /"(?:[^"\\]|\\.)+"|-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|…?[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*|\[[^[\]]*\])*|./gsu;

/** Truncate a text until it fits, never within a number or a name, if something is left then. */
export function truncate(text, fits) {
  if (fits(text)) return text;
  const cut = (parts) => {
    while (parts.length && !fits(`${parts.join("")}…`)) parts.pop();
    return parts.join("");
  };
  return `${cut(text.match(ATOM)) || cut([...text])}…`;
}

/** Return a name unchanged. */
export const fullName = (name) => name;

/** Fill the blanks {…} of a sentence. */
export const fillBlanks = (sentence, blanks) => sentence.replace(/\{(\w+)\}/g, (_, blank) => blanks[blank]);

/** Return the formula of a node; an empty text for a leaf. */
export function formulaOf(graph, z, write = fullName) {
  const { operands, rules } = graph.nodes[z];
  return operands ? fillPlaces(graph, z, graph.formulas[rules], write) : "";
}

/** Fill the blanks ⟨0⟩, ⟨1⟩, … of a formula with the operands of a node, names or constants, and ⟨z⟩ with its name. */
function fillPlaces(graph, z, text, write) {
  return text.replace(/⟨(\w+)⟩/g, (_, place) => {
    const operand = place === "z" ? z : graph.nodes[z].operands[place];
    return typeof operand === "number" ? write(nameOf(graph, operand)) : operand[1] ?? formatNumber(operand[0], 5);
  });
}

// ── partials and gradients ──

/** Return the partial along an edge as text that can be a factor; its number if that is longer than `longest`. */
export function ruleOf(graph, run, edge, write = fullName, longest = 30) {
  const z = graph.source[edge];
  const rule = graph.rules[graph.nodes[z].rules][edge - graph.first[z]] ?? "";
  const text = fillPlaces(graph, z, rule, write);
  return text && text.length <= longest ? text : formatNumber(run.partials[edge]);
}

/** Return what n, p or a constant is in the rules of a node; an empty text if they have none. */
export function definitionOf(graph, run, z) {
  const node = graph.nodes[z];
  const { n, p } = graph.helpers;
  const has = (pattern) => graph.rules[node.rules].some((text) => new RegExp(pattern, "u").test(text));
  if (has(`\\] / ${n}\\)?$`)) {
    const ties = node.operands.filter((x) => (typeof x === "number" ? run.values[x] : constantOf(x)) === run.values[z]);
    return `${n} = ${ties.length}, the number of operands equal to ${nameOf(graph, z)}`;
  }
  if (rowOf(graph, z).where) return rowOf(graph, z).where;
  if (!has(`${p}[₀-₉]`)) return "";
  const names = node.operands.map((x) => (typeof x === "number" ? nameOf(graph, x) : formatNumber(constantOf(x), 5)));
  const xs = grouped(rowOf(graph, z), names).find(Array.isArray);
  const shares = xs.map((_, i) => p + String(i + 1).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]));
  return `${p} = softmax([${cutMiddle(xs)}]) = [${cutMiddle(shares)}]`;
}

/** Return items with commas between them, of more than four the first two and the last, as formula_text.py does. */
const cutMiddle = (items) => (items.length > 4 ? [...items.slice(0, 2), "…", items.at(-1)] : items).join(", ");

/** Return ∂root/∂x. */
export function gradientName(graph, x, write = fullName) {
  return `∂${write(nameOf(graph, graph.root))}/∂${write(nameOf(graph, x))}`;
}
