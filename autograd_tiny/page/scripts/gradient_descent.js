// Gradient descent: one step at a time, with the value of the root after each step as a curve.
import { byId, svg } from "./dom.js";
import { formatNumber, parseNumber } from "./number_and_node_text.js";
import { labelOf, nameOf } from "./graph.js";
import { canEdit, changed, graph, onChange, setNumbers, state } from "./state.js";

const WIDTH = 320;
const HEIGHT = 120;

// at first it updates the parameters of modules, whose names have a dot; in a graph without any, all leaves
const leaves = [...graph.nodes.keys()].filter(canEdit);
const parameters = leaves.filter((z) => labelOf(graph, z).includes("."));
state.trained = new Set(parameters.length ? parameters : leaves);

/** Do one step: subtract learning rate × gradient from each trained leaf. */
export function descend() {
  const { gradients, values } = state.run;
  if (!state.history.length) state.history.push(values[graph.root]);
  setNumbers([...state.trained].map((z) => [z, values[z] - state.rate * gradients[z]]));
  state.history.push(state.run.values[graph.root]);
  changed("history");
}

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
  const root = nameOf(graph, graph.root);
  const steps = history.length - 1;
  const summary = `${root}: ${formatNumber(history[0])} → ${formatNumber(history.at(-1))} in ${steps} ${steps === 1 ? "step" : "steps"}`;
  byId("curve").setAttribute("aria-label", history.length ? summary : "No step of gradient descent yet");
  byId("loss").textContent = history.length ? summary : `${root} = ${formatNumber(state.run.values[graph.root])}`;
  byId("trained").textContent = `updates ${state.trained.size} ${state.trained.size === 1 ? "leaf" : "leaves"}`;
  byId("descend").disabled = state.trained.size === 0;
}

/** Start the panel. */
export function startGradientDescent() {
  const rate = byId("rate");
  rate.addEventListener("change", () => {
    const number = parseNumber(rate.value);
    const isValid = number !== null && Number.isFinite(number);
    rate.setAttribute("aria-invalid", String(!isValid));
    if (isValid) state.rate = number;
  });
  byId("descend").addEventListener("click", descend);
  onChange(show);
  show();
}
