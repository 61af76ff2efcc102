// The state of the page: step, edited leaves, selection, open clusters, modes. Panels listen to changes; the address
// holds step, edits and breakpoints, so that a link restores them.
import { countEvents, eventAt, nodeStep } from "./events.js";
import { parseNumber } from "./number_and_node_text.js";
import { isLeaf, labelOf, readGraph } from "./graph.js";
import { crossings } from "./kinks.js";
import { computeRun } from "./passes.js";

const data = JSON.parse(document.getElementById("data").textContent);

/** Return which pass of a training the address asks for, the last one if it asks for none that there is. */
export function passIn({ passes = [] }) {
  const pass = Number(/\bpass=(\d+)/.exec(location.hash)?.[1]);
  return passes[pass] ? pass : passes.length - 1;
}

export const shown = passIn(data);
export const graph = readGraph({ ...data, ...data.passes?.[shown] });

export const state = {
  cursor: graph.cursor,
  numbers: new Map(),
  run: computeRun(graph, new Map()),
  selected: graph.root,
  opened: new Set(),
  breakpoints: new Set(),
  crossed: [],
  predict: false,
  mistakes: false,
  rate: 0.1,
  trained: new Set(),
  history: [],
};

const listeners = [];

/** Call `listener(what)` after every change; `what` is numbers, step, selection, opened, mode, digits or history. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Call all listeners. */
export function changed(what) {
  listeners.forEach((listener) => listener(what));
}

// ── step and selection ──

/** Move the cursor, so that this many events are done. */
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

/** Select the node that the panel describes. */
export function select(z) {
  if (state.selected === z) return;
  state.selected = z;
  changed("selection");
}

export function toggleBreakpoint(z) {
  if (!state.breakpoints.delete(z)) state.breakpoints.add(z);
  changed("selection");
}

/** Return whether an event reaches a node with a breakpoint. */
export function reachesBreakpoint(place) {
  const { z, x } = eventAt(graph, place);
  return state.breakpoints.has(x ?? z);
}

// ── numbers ──

export const canEdit = (z) => isLeaf(graph, z) && !graph.frozen.has(z);

/** Set leaves to other numbers, and recompute both passes; the cursor stays. */
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

/** Set all edited leaves back to their recorded numbers. */
export function resetNumbers() {
  setNumbers([...state.numbers.keys()].map((z) => [z, graph.nodes[z].value]));
  state.history = [];
  changed("history");
}

// ── the address ──

const places = new Map(graph.nodes.map((node, z) => [node.name, z]));

/** Return the state as the fragment of an address. */
function fragmentOf() {
  const parts = new URLSearchParams();
  if (graph.passes) parts.set("pass", shown);
  parts.set("step", state.cursor);
  state.numbers.forEach((number, z) => parts.append("set", `${labelOf(graph, z)}=${number}`));
  state.breakpoints.forEach((z) => parts.append("break", labelOf(graph, z)));
  return `#${parts}`;
}

/** Restore the state from a fragment, and ignore what does not fit the graph. */
function readFragment(text) {
  const parts = new URLSearchParams(text.slice(1));
  const numbers = new Map([...state.numbers.keys()].map((z) => [z, graph.nodes[z].value]));
  for (const entry of parts.getAll("set")) {
    const end = entry.lastIndexOf("=");
    const z = places.get(entry.slice(0, end));
    const number = parseNumber(entry.slice(end + 1));
    if (z !== undefined && canEdit(z) && number !== null) numbers.set(z, number);
  }
  state.breakpoints = new Set(parts.getAll("break").flatMap((name) => places.get(name) ?? []));
  if (numbers.size) setNumbers(numbers);
  changed("selection");
  if (/^\d+$/.test(parts.get("step") ?? "")) goTo(Number(parts.get("step")));
}

/** Keep state and address equal, in both directions. */
export function startAddress() {
  if (location.protocol === "about:") return; // the frame of a notebook has no address of its own
  if (location.hash.length > 1) readFragment(location.hash);
  addEventListener("hashchange", () => {
    if (location.hash !== fragmentOf()) readFragment(location.hash);
  });
  let waiting = 0;
  onChange(() => {
    clearTimeout(waiting); // browsers limit how often the address may change, and a drag changes it more often
    waiting = setTimeout(() => history.replaceState(null, "", fragmentOf()), 150);
  });
}
