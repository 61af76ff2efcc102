// A training: its loss as a curve, how each update changed the parameters, and buttons from the pass of one update to
// that of the next. The page shows one pass at a time and loads again for another; its address holds which.
import { announce, byId, html, svg } from "./dom.js";
import { formatNumber } from "./number_and_node_text.js";
import { fromJson } from "./graph.js";
import { graph, passIn, shown } from "./state.js";

const { losses, first, total, title, updates } = graph.training;
const WIDTH = 640;
const HEIGHT = 100;
const numbers = losses.map(fromJson);
const finite = numbers.filter(Number.isFinite);
const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
const x = (i) => 8 + (i / Math.max(1, numbers.length - 1)) * (WIDTH - 16);
const y = (loss) => HEIGHT - 8 - ((loss - low) / (high - low || 1)) * (HEIGHT - 16);
const here = first + shown;

/** Show the pass of another update. */
function go(pass) {
  if (pass >= 0 && pass < updates.length && pass !== shown) location.hash = `#pass=${pass}`;
}

function curve() {
  const points = numbers.flatMap((loss, i) => (Number.isFinite(loss) ? [[x(i), y(loss)]] : []));
  const count = Math.min(numbers.length, total);
  const until = count > 1 ? ` → ${formatNumber(numbers[count - 1])}` : "";
  const after = numbers.length > count ? `, after them ${formatNumber(numbers.at(-1))}` : "";
  const text = `loss of update${count > 1 ? "s 1 to" : ""} ${count}: ${formatNumber(numbers[0])}${until}${after}`;
  const left = numbers.length > finite.length ? `; left out where it is not finite` : "";
  const picture = svg("svg", { id: "losses", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": text });
  const loss = numbers[here - 1];
  const line = { fill: "none", stroke: "var(--positive)", "stroke-width": 2, "stroke-linejoin": "round" };
  picture.append(svg("polyline", { points: points.join(" "), ...line }));
  if (Number.isFinite(loss)) picture.append(svg("circle", { cx: x(here - 1), cy: y(loss), r: 5, fill: "var(--active)" }));
  picture.addEventListener("click", ({ clientX }) => {
    const { left, width } = picture.getBoundingClientRect();
    const nearest = Math.round((((clientX - left) / width) * WIDTH - 8) / ((WIDTH - 16) / Math.max(1, numbers.length - 1)));
    go(Math.min(Math.max(nearest + 1 - first, 0), updates.length - 1));
  });
  return [picture, html("p", { class: "caption" }, `${text}; drawn from ${formatNumber(low)} to ${formatNumber(high)}${left}. ${span()} be opened.`)];
}

function span() {
  const last = Math.min(first + updates.length - 1, total);
  const several = last > first ? `updates ${first} to ${last}` : last === first ? `update ${first}` : "";
  const again = first + updates.length - 1 > total ? "the last batch once more" : "";
  return `The pass${updates.length > 1 ? "es" : ""} of ${[several, again].filter(Boolean).join(" and ")} can`;
}

function table({ rows }) {
  if (!rows.length) {
    const next = Number.isFinite(numbers[here - 1]) ? "This update is not made yet." : "The loss is not finite, so no update can follow.";
    return html("p", {}, here > total ? "The training is over." : next);
  }
  const head = ["parameter", "before", "after", "formula"].map((name) =>
    html("th", { scope: "col", class: /fore|after/.test(name) ? "figure" : "" }, name),
  );
  const lines = rows.map(([name, before, after, by]) =>
    html(
      "tr",
      {},
      html("th", { scope: "row" }, name),
      html("td", { class: "figure" }, before),
      html("td", { class: "figure" }, after),
      html("td", { class: "formula" }, by),
    ),
  );
  const body = html("table", {}, html("thead", {}, html("tr", {}, head)), html("tbody", { id: "update-rows" }, lines));
  return html("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "update of the parameters" }, body);
}

function button(id, text, label, pass) {
  return html("button", { type: "button", id, "aria-label": label, disabled: !updates[pass], onclick: () => go(pass) }, text);
}

function start() {
  const heading = html("h2", { id: "training-title" }, updates[shown].place);
  const attributes = { id: "training", class: "card", "aria-labelledby": "training-title" };
  const section = html("section", attributes, heading, curve(), table(updates[shown]));
  section.style.gridColumn = "1 / -1";
  byId("nodes").before(section);
  const where = here > total ? "the end" : `update ${here} of ${total}`;
  byId("title").after(
    html(
      "div",
      { class: "tools", role: "group", "aria-label": "updates of the training" },
      button("update-back", "‹", "previous update", shown - 1),
      html("span", { id: "update-place" }, where),
      button("update-next", "›", "next update", shown + 1),
    ),
  );
  byId("summary").prepend(`${title} `);
  byId("keys").append(
    html("dt", {}, html("kbd", {}, "Page Up, Page Down")),
    html("dd", {}, "to the previous update, to the next update"),
  );
  addEventListener("keydown", (event) => {
    const step = { PageUp: -1, PageDown: 1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    go(shown + step);
  });
  addEventListener("hashchange", () => {
    if (passIn(graph) !== shown) location.reload();
  });
  announce(updates[shown].place);
}

start();
