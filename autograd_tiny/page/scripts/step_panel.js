// The step panel: the current event in symbols and numbers, or as a question in predict mode; and the selected node
// with the contributions to its gradient.
import { announce, byId, html } from "./dom.js";
import {
  contributionAt, countEvents, digitsOfGradient, edgesDone, eventAt, gradientAt, MOST_CONTRIBUTIONS, valueAt,
} from "./events.js";
import {
  definitionOf, formatFactor, formatNumber, formulaOf, fullName, gradientName, parenthesized, parseNumber, ruleOf,
} from "./number_and_node_text.js";
import { isMissing, nameOf } from "./graph.js";
import { valueText } from "./true_digits.js";
import { changed, goTo, graph, onChange, state } from "./state.js";

const LONGEST = 120;
const TOLERANCE = 0.01; // relative: an answer computed in the head may be rounded

// ── the step ──

/** Show the last event that was done; in predict mode the next one, without its result. */
function showStep() {
  const isAsked = state.predict && state.cursor < countEvents(graph);
  const place = isAsked ? state.cursor : state.cursor - 1;
  byId("step-title").textContent = isAsked ? "What comes next?" : "This step";
  byId("step").replaceChildren(...(place < 0 ? [html("p", {}, startText())] : stepLines(place, isAsked)));
}

function startText() {
  const root = nameOf(graph, graph.root);
  const backward = `backward pass starts at the root ${root}`;
  const text = graph.forward ? `The forward pass computes each node, then the ${backward}.` : `The ${backward}.`;
  return `${text} Press → or the button ›.`;
}

function stepLines(place, isAsked) {
  const { kind, z, x, edge } = eventAt(graph, place);
  const operation = `${nameOf(graph, z)} = ${formulaOf(graph, z)}`;
  if (kind === "forward") {
    const value = state.run.values[z];
    const answer = isAsked ? question(value, "value") : figure("value", valueText(graph, state.run, z));
    return [line("in symbols", operation), ...programLine(z), equation(figure("node", nameOf(graph, z)), sign("="), answer)];
  }
  if (kind === "seed") {
    const text = "The backward pass starts here: the gradient of the root with respect to itself is 1.";
    if (isAsked) return [equation(figure("gradient", gradientName(graph, z)), sign("="), question(1, "seed"))];
    return [line("in symbols", `${gradientName(graph, z)} = 1`), html("p", {}, text)];
  }
  const { before, upstream, partial, contribution, after, digits } = contributionAt(graph, state.run, edge);
  const target = gradientName(graph, x);
  const rule = ruleOf(graph, state.run, edge, fullName, LONGEST);
  const where = definitionOf(graph, state.run, z);
  const product = isAsked ? "?" : `${formatFactor(partial, digits)} = ${formatNumber(contribution, digits)}`;
  return [
    line("operation", operation),
    ...programLine(z),
    line("in symbols", `${target} += ${gradientName(graph, z)} · ${parenthesized(rule)}`),
    ...(where ? [line("where", where)] : []),
    ...(isMissing(graph, z) ? [line("partial", "as recorded")] : []),
    line("in numbers", `${target} += ${formatNumber(upstream, digits)} · ${product}`),
    equation(
      figure("before", formatNumber(before ?? 0, digits)),
      sign("+"),
      figure("upstream", formatNumber(upstream, digits)),
      sign("×"),
      figure("partial", isAsked ? "?" : formatFactor(partial, digits)),
      sign("="),
      isAsked ? question(after, "after") : figure("after", formatNumber(after)),
    ),
  ];
}

/** Return the line of the program that made a node, where it was recorded. */
const programLine = (z) => (graph.nodes[z].line ? [line("made at", graph.nodes[z].line)] : []);

const equation = (...parts) => html("div", { class: "equation" }, parts);

const sign = (text) => html("span", { class: "sign" }, text);

function figure(caption, text) {
  return html("span", { class: `part ${caption}` }, html("b", {}, text), html("small", {}, caption));
}

function line(caption, text) {
  return html("p", { class: "line" }, html("span", { class: "caption" }, caption), html("span", { class: "formula" }, text));
}

// ── predict mode ──

const score = { right: 0, asked: 0 };
let tried = -1; // the event whose first answer was counted

/** Return a field for the result of the next event. */
function question(expected, caption) {
  const field = html("input", {
    id: "answer",
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": `your prediction: ${caption}`,
  });
  const onsubmit = (event) => {
    event.preventDefault();
    check(field.value, expected);
  };
  return html("form", { class: "part question", onsubmit }, field, html("small", {}, caption));
}

function check(text, expected) {
  const answer = parseNumber(text);
  if (answer === null) {
    showVerdict("Not a number. Type one such as -1.5 or 2e-3.");
    return;
  }
  const isRight = Object.is(answer, expected) || Math.abs(answer - expected) <= TOLERANCE * Math.abs(expected) + 1e-9;
  if (tried !== state.cursor) {
    tried = state.cursor;
    score.asked += 1;
    score.right += isRight ? 1 : 0;
  }
  if (!isRight) {
    showVerdict(`${formatNumber(answer)} is wrong. Try again, or press → for the answer.`);
    return;
  }
  showVerdict(`Right: ${formatNumber(expected)}.`);
  goTo(state.cursor + 1);
  byId("answer")?.focus();
}

function showVerdict(text) {
  byId("verdict").textContent = text;
  announce(text);
}

/** Switch predict mode on or off; at the end of the pass it starts over. */
function togglePredict() {
  state.predict = !state.predict;
  byId("predict").setAttribute("aria-pressed", String(state.predict));
  byId("verdict").textContent = "";
  if (state.predict && state.cursor === countEvents(graph)) goTo(0);
  changed("mode");
  if (state.predict) byId("answer")?.focus();
}

// ── the selected node ──

/** Show the selected node: its value, and its gradient as the sum of its contributions. */
function showSelected() {
  const x = state.selected;
  const { run, cursor } = state;
  const formula = formulaOf(graph, x);
  byId("node-title").textContent = formula ? `${nameOf(graph, x)} = ${formula}` : nameOf(graph, x);
  const missing = graph.into[x].filter((edge) => edge >= edgesDone(graph, cursor)).length;
  const rest = missing ? `, ${missing} of ${graph.into[x].length} contributions to come` : "";
  byId("node").replaceChildren(
    ...programLine(x),
    line("value", valueText(graph, run, x, valueAt(graph, run, cursor, x))),
    line(gradientName(graph, x), `${formatNumber(gradientAt(graph, run, cursor, x))}${rest}`),
    contributions(x),
  );
}

function contributions(x) {
  if (x === graph.root) return html("p", {}, "This is the root, where the backward pass starts.");
  const done = edgesDone(graph, state.cursor);
  const edges = graph.into[x];
  const digits = digitsOfGradient(graph, state.run, x, done);
  const items = edges.slice(0, MOST_CONTRIBUTIONS).map((edge) => {
    const { upstream, partial, contribution } = contributionAt(graph, state.run, edge);
    const symbols = `${gradientName(graph, graph.source[edge])} · ${parenthesized(ruleOf(graph, state.run, edge))}`;
    const isDone = edge < done;
    const product = `${formatNumber(upstream, digits)} · ${formatFactor(partial, digits)}`;
    const numbers = isDone ? `${product} = ${formatNumber(contribution, digits)}` : "—";
    return html("li", { class: isDone ? null : "open" }, html("span", { class: "formula" }, symbols), html("b", {}, numbers));
  });
  if (edges.length > MOST_CONTRIBUTIONS) items.push(html("li", {}, `… and ${edges.length - MOST_CONTRIBUTIONS} more`));
  return html("ol", { class: "contributions", "aria-label": "contributions to the gradient" }, items);
}

/** Start the panel, and update it when the state changes. */
export function startStepPanel() {
  const show = () => {
    showStep();
    showSelected();
    byId("predicting").hidden = !state.predict;
    byId("score").textContent = `${score.right} of ${score.asked} right`;
  };
  byId("predict").addEventListener("click", togglePredict);
  onChange(show);
  show();
}
