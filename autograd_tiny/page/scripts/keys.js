// The keys, and the help that lists them.
import { byId, html } from "./elements.js";
import { countEvents } from "./events.js";
import { togglePlaying } from "./playing.js";
import { openSlider } from "./slider.js";
import { descend, goTo, graph, state, stepNode, toggleBreakpoint } from "./state.js";
import { fit, zoom } from "./view.js";

/** [keys as people read them, what they do, keys as the browser names them, how]. */
const KEYS = [
  ["← →", "one event back, one on", { ArrowLeft: () => goTo(state.cursor - 1), ArrowRight: () => goTo(state.cursor + 1) }],
  ["Shift + ← →", "one node back, one on", { "Shift+ArrowLeft": () => stepNode(true), "Shift+ArrowRight": () => stepNode(false) }],
  ["Home, End", "to the beginning, to the end", { Home: () => goTo(0), End: () => goTo(countEvents(graph)) }],
  ["Space", "play, or stop", { " ": togglePlaying }],
  ["b", "set a breakpoint on the selected node, or take it away", { b: () => toggleBreakpoint(state.selected) }],
  ["s", "a slider for the selected leaf", { s: slide }],
  ["g", "one step of gradient descent", { g: descend }],
  ["/", "search the nodes", { "/": () => byId("search").focus() }],
  ["+ − 0", "zoom in, zoom out, fit; Ctrl and the wheel zoom too", { "+": () => zoom(1.25), "-": () => zoom(0.8), 0: fit }],
  ["Tab", "walk the nodes; Enter opens a module", {}],
  ["?", "this help", { "?": () => byId("help-dialog").showModal() }],
];

const actions = Object.assign({}, ...KEYS.map(([, , keys]) => keys));

function slide() {
  openSlider(state.selected);
  byId("slider").querySelector("input")?.focus();
}

function isTyping({ tagName, type }) {
  return tagName === "TEXTAREA" || tagName === "SELECT" || (tagName === "INPUT" && type !== "checkbox");
}

/** Tell whether an element takes a key itself: a button takes the space bar. */
function isTaken(event) {
  const { target, key } = event;
  if (isTyping(target)) return true;
  return key === " " && ["BUTTON", "INPUT", "SUMMARY"].includes(target.tagName);
}

/** Listen to the keyboard, and fill the help. */
export function startKeys() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event) || document.querySelector("dialog[open]")) return;
    const isArrow = event.key.startsWith("Arrow");
    const action = actions[isArrow && event.shiftKey ? `Shift+${event.key}` : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  byId("keys").append(...KEYS.flatMap(([keys, what]) => [html("dt", {}, html("kbd", {}, keys)), html("dd", {}, what)]));
  byId("help").addEventListener("click", () => byId("help-dialog").showModal());
}
