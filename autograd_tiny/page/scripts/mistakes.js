// The gradients of common mistakes in a backward pass, beside the right ones.
import { byId, html } from "./dom.js";
import { edgesDone, gradientAt } from "./events.js";
import { formatNumber } from "./number_and_node_text.js";
import { inputsOf, isLeaf, nameOf } from "./graph.js";
import { changed, graph, onChange, state } from "./state.js";

const MOST = 100;

/** The keys of `graph.mistakes`, with a short name of each. */
const mistakes = { overwrite: "= instead of +=", order: "wrong order", zero: "no zero_grad()" };

/** Return the gradients that a mistake gives after `count` contributions; null where none has arrived. */
export function mistakenGradients(graph, run, mistake, count) {
  const gradients = Array(run.gradients.length).fill(null);
  gradients[graph.root] = 1;
  if (mistake === "zero") graph.nodes.forEach((_, x) => isLeaf(graph, x) && (gradients[x] = run.gradients[x]));
  for (const edge of edgesInOrder(graph, mistake).slice(0, count)) {
    const x = graph.target[edge];
    const contribution = run.partials[edge] * gradients[graph.source[edge]];
    gradients[x] = contribution + (mistake === "overwrite" ? 0 : (gradients[x] ?? 0));
  }
  return gradients;
}

/** Return the edges in the order of the backward pass; for the mistake "order" breadth first, from the root. */
function edgesInOrder(graph, mistake) {
  if (mistake !== "order") return [...graph.target.keys()];
  const seen = new Set([graph.root]);
  for (const z of seen) inputsOf(graph, z).forEach((x) => seen.add(x)); // the loop also visits what it adds
  return [...seen].flatMap((z) => inputsOf(graph, z).map((_, i) => graph.first[z] + i));
}

function show() {
  byId("mistakes-card").hidden = !state.mistakes;
  if (!state.mistakes) return;
  const done = edgesDone(graph, state.cursor);
  const wrong = Object.keys(mistakes).map((mistake) => mistakenGradients(graph, state.run, mistake, done));
  const right = graph.nodes.map((_, x) => gradientAt(graph, state.run, state.cursor, x));
  const differs = (x) => wrong.some((gradients) => formatNumber(gradients[x]) !== formatNumber(right[x]));
  const shown = [...graph.nodes.keys()].filter((x) => isLeaf(graph, x) || differs(x));
  byId("mistake-rows").replaceChildren(...shown.slice(0, MOST).map((x) => row(x, right[x], wrong)));
  byId("mistake-count").textContent = shown.length > MOST ? `The first ${MOST} of ${shown.length} nodes.` : "";
}

function row(x, right, wrong) {
  const cells = wrong.map((gradients) => {
    const isWrong = formatNumber(gradients[x]) !== formatNumber(right);
    const text = `${isWrong ? "≠ " : ""}${formatNumber(gradients[x])}`;
    return html("td", { class: isWrong ? "figure wrong" : "figure" }, text);
  });
  return html("tr", {}, html("th", { scope: "row" }, nameOf(graph, x)), html("td", { class: "figure" }, formatNumber(right)), cells);
}

/** Start the button and its panel. */
export function startMistakes() {
  for (const [mistake, name] of Object.entries(mistakes)) {
    byId("mistake-heads").append(html("th", { scope: "col", class: "figure" }, name));
    byId("mistake-texts").append(html("dt", {}, name), html("dd", {}, `${graph.mistakes[mistake]}.`));
  }
  byId("mistakes").addEventListener("click", () => {
    state.mistakes = !state.mistakes;
    byId("mistakes").setAttribute("aria-pressed", String(state.mistakes));
    changed("mode");
    if (state.mistakes) byId("mistakes-card").scrollIntoView({ block: "nearest" });
  });
  onChange(show);
  show();
}
