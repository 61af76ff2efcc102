// Gradient descent: one step at the press of a key, and the root's value after each as a curve.
import { byId, svg } from "./elements.js";
import { nameOf } from "./graph.js";
import { parseNumber, short } from "./numbers.js";
import { descend, graph, onChange, state } from "./state.js";

const WIDTH = 320;
const HEIGHT = 120;

function show() {
  const { history } = state;
  const finite = history.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const x = (i) => 8 + (i / Math.max(1, history.length - 1)) * (WIDTH - 16);
  const y = (loss) => HEIGHT - 8 - ((loss - low) / (high - low || 1)) * (HEIGHT - 16);
  const points = history.flatMap((loss, i) => (Number.isFinite(loss) ? [[x(i), y(loss)]] : []));
  const last = points.at(-1);
  byId("curve").replaceChildren(
    ...(points.length
      ? [svg("polyline", { points: points.join(" ") }), svg("circle", { cx: last[0], cy: last[1], r: 4 })]
      : [svg("text", { x: WIDTH / 2, y: HEIGHT / 2 + 5 }, "no step yet")]),
  );
  byId("curve").setAttribute("aria-label", curveLabel(history));
  byId("loss").textContent = history.length ? curveLabel(history) : `${nameOf(graph, graph.root)} = ${short(state.run.values[graph.root])}`;
  byId("trained").textContent = `${state.trained.size} ${state.trained.size === 1 ? "leaf descends" : "leaves descend"}`;
  byId("descend").disabled = state.trained.size === 0;
}

function curveLabel(history) {
  if (!history.length) return "No step of gradient descent yet";
  const name = nameOf(graph, graph.root);
  return `${name}: ${short(history[0])} → ${short(history.at(-1))} in ${history.length - 1} steps`;
}

/** Start the card of gradient descent. */
export function startDescent() {
  const rate = byId("rate");
  rate.addEventListener("change", () => {
    const number = parseNumber(rate.value);
    const isGood = number !== null && Number.isFinite(number);
    rate.setAttribute("aria-invalid", String(!isGood));
    if (isGood) state.rate = number;
  });
  byId("descend").addEventListener("click", descend);
  onChange(show);
  show();
}
