// The panel "why": the step one stands on, in symbols and in numbers, and where the gradient of a node comes from.
import { byId, html } from "./elements.js";
import { contributionAt, countEvents, edgesDone, eventAt, gradientAt, valueAt } from "./events.js";
import { bare, formulaOf, fullName, gradientName, isMissing, nameOf, partialName, ruleOf } from "./graph.js";
import { enclosed, factor, short } from "./numbers.js";
import { questionOf } from "./predict.js";
import { graph, onChange, state } from "./state.js";

const LONGEST = 120;
const MOST = 12;

/** Show the step: the last event that was done, or, to be predicted, the next one. */
function showStep() {
  const isAsked = state.predict && state.cursor < countEvents(graph);
  const place = isAsked ? state.cursor : state.cursor - 1;
  byId("step-title").textContent = isAsked ? "What comes next?" : "This step";
  byId("step").replaceChildren(...(place < 0 ? beginning() : stepLines(place, isAsked)));
}

function beginning() {
  const what = graph.forward ? "computes the nodes one by one, then goes back from" : "goes back from";
  const text = `Nothing has happened yet. The pass ${what} ${nameOf(graph, graph.root)}: press → or the button ›.`;
  return [html("p", {}, text)];
}

function stepLines(place, isAsked) {
  const { kind, z, x, edge } = eventAt(graph, place);
  if (kind === "forward") {
    return [line("in symbols", `${nameOf(graph, z)} = ${formulaOf(graph, z)}`), ...forwardNumbers(z, isAsked)];
  }
  if (kind === "seed") {
    const text = "The backward pass begins here: the gradient of the root with respect to itself is 1.";
    if (isAsked) return [equation(figure("gradient", gradientName(graph, z)), sign("="), questionOf(1, "seed"))];
    return [line("in symbols", `${gradientName(graph, z)} = 1`), html("p", {}, text)];
  }
  const { before, upstream, partial, after } = contributionAt(graph, state.run, edge);
  const target = gradientName(graph, x);
  const rule = ruleOf(graph, edge, fullName, LONGEST);
  const given = isMissing(graph, z) ? " (as recorded)" : rule === partialName(graph, edge) ? "" : ` = ${bare(rule)}`;
  const product = isAsked ? `${short(upstream)} · ?` : `${short(upstream)} · ${factor(partial)} = ${short(upstream * partial)}`;
  return [
    line("operation", `${nameOf(graph, z)} = ${formulaOf(graph, z)}`),
    line("in symbols", `${target} += ${gradientName(graph, z)} · ${partialName(graph, edge)}`),
    line("partial", `${partialName(graph, edge)}${given}`),
    line("in numbers", `${target} += ${product}`),
    equation(
      figure("before", before === null ? "0" : short(before)),
      sign("+"),
      figure("upstream", short(upstream)),
      sign("×"),
      figure("partial", isAsked ? "?" : factor(partial)),
      sign("="),
      isAsked ? questionOf(after, "after") : figure("after", short(after)),
    ),
  ];
}

function forwardNumbers(z, isAsked) {
  const value = state.run.values[z];
  const answer = isAsked ? questionOf(value, "value") : figure("value", short(value));
  return [equation(figure("node", nameOf(graph, z)), sign("="), answer)];
}

const equation = (...parts) => html("div", { class: "equation" }, parts);

const sign = (text) => html("span", { class: "sign" }, text);

function figure(caption, text) {
  return html("span", { class: `part ${caption}` }, html("b", {}, text), html("small", {}, caption));
}

function line(caption, text) {
  return html("p", { class: "line" }, html("span", { class: "caption" }, caption), html("span", { class: "formula" }, text));
}

/** Show the selected node: what it is, and its gradient as the sum over its consumers. */
function showNode() {
  const x = state.selected;
  const { run, cursor } = state;
  const formula = formulaOf(graph, x);
  byId("node-title").textContent = formula ? `${nameOf(graph, x)} = ${formula}` : nameOf(graph, x);
  const gradient = gradientAt(graph, run, cursor, x);
  const lines = [
    line("value", short(valueAt(graph, run, cursor, x))),
    line(gradientName(graph, x), `${short(gradient)}${stillToCome(x)}`),
  ];
  byId("node").replaceChildren(...lines, contributions(x));
}

function stillToCome(x) {
  const missing = graph.into[x].filter((edge) => edge >= edgesDone(graph, state.cursor)).length;
  return missing ? `, ${missing} of ${graph.into[x].length} contributions to come` : "";
}

function contributions(x) {
  if (x === graph.root) return html("p", {}, "The root: its gradient is where the backward pass begins.");
  const done = edgesDone(graph, state.cursor);
  const edges = graph.into[x];
  const items = edges.slice(0, MOST).map((edge) => {
    const { upstream, partial, contribution } = contributionAt(graph, state.run, edge);
    const z = graph.source[edge];
    const symbols = `${gradientName(graph, z)} · ${enclosed(ruleOf(graph, edge))}`;
    const numbers = edge < done ? `${short(upstream)} · ${factor(partial)} = ${short(contribution)}` : "—";
    return html("li", { class: edge < done ? "done" : "open" }, html("span", { class: "formula" }, symbols), html("b", {}, numbers));
  });
  if (edges.length > MOST) items.push(html("li", {}, `… and ${edges.length - MOST} more`));
  return html("ol", { class: "contributions", "aria-label": "contributions, which add up" }, items);
}

/** Keep the panel up to date. */
export function startWhy() {
  const show = () => {
    showStep();
    showNode();
  };
  onChange((what) => what !== "history" && show());
  show();
}
