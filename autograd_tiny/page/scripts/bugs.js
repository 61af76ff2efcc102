// Bugs: what wrong backward passes give at this step, beside the right one.
import { byId, html } from "./elements.js";
import { edgesDone, gradientAt } from "./events.js";
import { isLeaf, nameOf } from "./graph.js";
import { short } from "./numbers.js";
import { mistakenGradients, mistakes } from "./run.js";
import { changed, graph, onChange, state } from "./state.js";

const MOST = 100;

function show() {
  byId("bugs-card").hidden = !state.bugs;
  if (!state.bugs) return;
  const done = edgesDone(graph, state.cursor);
  const wrong = Object.keys(mistakes).map((mistake) => mistakenGradients(graph, state.run, mistake, done));
  const right = graph.nodes.map((_, x) => gradientAt(graph, state.run, state.cursor, x));
  const differs = (x) => wrong.some((gradients) => short(gradients[x]) !== short(right[x]));
  const shown = graph.nodes.map((_, x) => x).filter((x) => isLeaf(graph, x) || differs(x));
  byId("bug-rows").replaceChildren(...shown.slice(0, MOST).map((x) => row(x, right[x], wrong)));
  byId("bug-count").textContent = shown.length > MOST ? `The first ${MOST} of ${shown.length} nodes.` : "";
}

function row(x, right, wrong) {
  const cells = wrong.map((gradients) => {
    const isWrong = short(gradients[x]) !== short(right);
    return html("td", { class: isWrong ? "figure wrong" : "figure" }, `${isWrong ? "≠ " : ""}${short(gradients[x])}`);
  });
  return html("tr", {}, html("th", { scope: "row" }, nameOf(graph, x)), html("td", { class: "figure" }, short(right)), cells);
}

/** Start the toggle and its card. */
export function startBugs() {
  byId("bug-heads").append(...Object.values(mistakes).map((name) => html("th", { scope: "col", class: "figure" }, name)));
  byId("bug-texts").append(...Object.entries(mistakes).flatMap(([mistake, name]) => [html("dt", {}, name), html("dd", {}, `${graph.mistakes[mistake]}.`)]));
  byId("bugs").addEventListener("click", () => {
    state.bugs = !state.bugs;
    byId("bugs").setAttribute("aria-pressed", String(state.bugs));
    changed("mode");
    if (state.bugs) byId("bugs-card").scrollIntoView({ block: "nearest" });
  });
  onChange(show);
  show();
}
