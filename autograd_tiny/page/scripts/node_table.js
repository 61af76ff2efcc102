// The table of all nodes with their formulas and numbers, and a number field for each leaf.
import { byId, flash, html, setText } from "./dom.js";
import { gradientAt, valueAt } from "./events.js";
import { formatNumber, formulaOf } from "./number_and_node_text.js";
import { isLeaf, nameOf } from "./graph.js";
import { showNode } from "./graph_panel.js";
import { numberField, showNumber } from "./leaf_inputs.js";
import { canEdit, changed, graph, onChange, resetNumbers, state } from "./state.js";
import { valueText } from "./true_digits.js";

const MOST = 200;

let rows = [];
let most = MOST;

/** Fill the table with the nodes that match the search. */
function fill() {
  const words = byId("search").value.trim().toLowerCase();
  const found = [...graph.nodes.keys()].filter((z) => matches(z, words));
  rows = found.slice(0, most).map(makeRow);
  byId("node-rows").replaceChildren(...rows.map((row) => row.element));
  const rest = found.length - rows.length;
  byId("more").hidden = rest === 0;
  byId("more").textContent = `Show ${rest} more`;
  byId("found").textContent = words ? `${found.length} of ${graph.nodes.length} nodes` : `${graph.nodes.length} nodes`;
  update("opened");
}

function matches(z, words) {
  return !words || nameOf(graph, z).toLowerCase().includes(words) || formulaOf(graph, z).toLowerCase().includes(words);
}

function makeRow(z) {
  const name = html("button", { type: "button", class: "link", onclick: () => showNode(z) }, nameOf(graph, z));
  const leaf = isLeaf(graph, z);
  const [value, gradient] = [html("td", { class: "figure" }), html("td", { class: "figure" })];
  const input = leaf ? numberField(z) : null;
  if (input) value.append(input);
  const element = html(
    "tr",
    {},
    html("th", { scope: "row" }, name),
    html("td", { class: "formula" }, leaf ? html("span", { class: "caption" }, "leaf") : formulaOf(graph, z)),
    value,
    gradient,
    html("td", { class: "tick" }, canEdit(z) ? trainedBox(z) : ""),
  );
  return { z, element, value, gradient, input };
}

function trainedBox(z) {
  const box = html("input", {
    type: "checkbox",
    "aria-label": `update ${nameOf(graph, z)}`,
    onchange: () => {
      if (!state.trained.delete(z)) state.trained.add(z);
      changed("mode");
    },
  });
  box.checked = state.trained.has(z);
  return box;
}

function update(what) {
  const { cursor, run } = state;
  for (const { z, element, value, gradient, input } of rows) {
    if (!input) setText(value, valueText(graph, run, z, valueAt(graph, run, cursor, z)), what === "numbers");
    else if (showNumber(input, z) && what === "numbers") flash(input);
    setText(gradient, formatNumber(gradientAt(graph, run, cursor, z)), what === "numbers");
    element.classList.toggle("selected", z === state.selected);
  }
}

/** Fill the table, and start its search and its buttons. */
export function startNodeTable() {
  const search = byId("search");
  search.addEventListener("input", () => {
    most = MOST;
    fill();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && rows.length) showNode(rows[0].z);
    if (event.key === "Escape") search.blur();
  });
  byId("more").addEventListener("click", () => {
    most = Infinity;
    fill();
  });
  byId("reset").addEventListener("click", resetNumbers);
  onChange((what) => {
    update(what);
    byId("reset").disabled = state.numbers.size === 0;
  });
  byId("reset").disabled = true;
  fill();
}
