// What the page knows: the numbers of the leaves, the step, what is selected, opened and switched on. Views listen.
import { countEvents, eventAt, nodeStep } from "./events.js";
import { isLeaf, nameOf, readGraph } from "./graph.js";
import { crossings } from "./kinks.js";
import { computeRun } from "./run.js";

export const graph = readGraph(JSON.parse(document.getElementById("data").textContent));

export const state = {
  cursor: graph.cursor,
  numbers: new Map(),
  run: computeRun(graph, new Map()),
  selected: graph.root,
  opened: new Set(),
  breakpoints: new Set(),
  crossed: [],
  predict: false,
  bugs: false,
  rate: 0.1,
  trained: new Set(),
  history: [],
};

const listeners = [];

/** Call `listener(what)` after every change; `what` says what kind: numbers, step, selection, opened, mode. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Tell all views that something changed. */
export function changed(what) {
  listeners.forEach((listener) => listener(what));
}

// ── going ──

/** Go to where so many events are done. */
export function goTo(cursor) {
  const last = countEvents(graph);
  state.cursor = Math.min(Math.max(cursor, 0), last);
  if (state.cursor > 0) {
    const { z, x } = eventAt(graph, state.cursor - 1);
    state.selected = x ?? z;
  }
  changed("step");
}

export const stepNode = (isBack) => goTo(nodeStep(graph, state.cursor, isBack));

/** Choose the node that the panel speaks of. */
export function select(z) {
  if (state.selected === z) return;
  state.selected = z;
  changed("selection");
}

export function toggleBreakpoint(z) {
  if (!state.breakpoints.delete(z)) state.breakpoints.add(z);
  changed("selection");
}

/** Tell whether an event reaches a node with a breakpoint. */
export function isBreak(place) {
  const { z, x } = eventAt(graph, place);
  return state.breakpoints.has(x ?? z);
}

// ── numbers ──

/** Give leaves other numbers, and compute everything anew; the step stays where it is. */
export function setNumbers(entries) {
  const before = state.run;
  for (const [z, number] of entries) {
    if (Object.is(number, graph.nodes[z].value)) state.numbers.delete(z);
    else state.numbers.set(z, number);
  }
  state.run = computeRun(graph, state.numbers);
  state.crossed = crossings(graph, before, state.run);
  changed("numbers");
}

/** Take back every number that was set. */
export function resetNumbers() {
  setNumbers([...state.numbers.keys()].map((z) => [z, graph.nodes[z].value]));
  state.history = [];
  changed("history");
}

export const canEdit = (z) => isLeaf(graph, z) && !graph.frozen.has(z);
export const leaves = graph.nodes.map((_, z) => z).filter((z) => isLeaf(graph, z));

/** The parameters of modules, whose names have a dot, are what descends; in a graph without any, all leaves. */
const parameters = leaves.filter((z) => nameOf(graph, z).includes(".") && canEdit(z));
state.trained = new Set(parameters.length ? parameters : leaves.filter(canEdit));

/** One step of gradient descent: each trained leaf goes against its gradient. */
export function descend() {
  const { gradients, values } = state.run;
  if (!state.history.length) state.history.push(values[graph.root]);
  setNumbers([...state.trained].map((z) => [z, values[z] - state.rate * gradients[z]]));
  state.history.push(state.run.values[graph.root]);
  changed("history");
}
