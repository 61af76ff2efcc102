// Start the page: its panels, its buttons and its keys.
import { announce, byId, html } from "./dom.js";
import { startEventList } from "./event_list.js";
import { countEvents, eventSentence } from "./events.js";
import { startExport } from "./export.js";
import { setDigits } from "./number_and_node_text.js";
import { descend, startGradientDescent } from "./gradient_descent.js";
import { startGradientSizes } from "./gradient_sizes.js";
import { startGraphPanel } from "./graph_panel.js";
import { openSlider, startSlider } from "./leaf_inputs.js";
import { startMistakes } from "./mistakes.js";
import { startNodeTable } from "./node_table.js";
import { fit, zoom } from "./pan_zoom.js";
import { changed, goTo, graph, onChange, reachesBreakpoint, startAddress, state, stepNode, toggleBreakpoint } from "./state.js";
import { startStepPanel } from "./step_panel.js";

const last = countEvents(graph);
const PAUSE = 700; // milliseconds for which an event is shown while playing

// ── playing ──

let timer = 0;

/** Play until the end or a breakpoint, from the start if the end is reached; or pause. */
function togglePlaying() {
  if (timer) {
    pause();
    return;
  }
  if (state.cursor === last) goTo(0);
  timer = setInterval(playNext, PAUSE);
  showPlaying();
}

function playNext() {
  if (state.cursor < last) goTo(state.cursor + 1);
  if (state.cursor === last || reachesBreakpoint(state.cursor - 1)) pause();
}

function pause() {
  clearInterval(timer);
  timer = 0;
  showPlaying();
}

function showPlaying() {
  byId("play").setAttribute("aria-pressed", String(timer !== 0));
  byId("play").firstElementChild.textContent = timer ? "❚❚" : "▶";
}

// ── buttons and keys ──

const CLICKS = {
  start: () => goTo(0),
  "node-back": () => stepNode(true),
  back: () => goTo(state.cursor - 1),
  play: togglePlaying,
  next: () => goTo(state.cursor + 1),
  "node-next": () => stepNode(false),
  end: () => goTo(last),
  "zoom-in": () => zoom(1.25),
  "zoom-out": () => zoom(0.8),
  fit,
  help: () => byId("help-dialog").showModal(),
};

/** The keys as the help shows them, what they do, and the action for each name that the browser gives a key. */
const KEYS = [
  ["← →", "one event back, one event forward", { ArrowLeft: CLICKS.back, ArrowRight: CLICKS.next }],
  ["Shift + ← →", "one node back, one node forward", { "Shift+ArrowLeft": CLICKS["node-back"], "Shift+ArrowRight": CLICKS["node-next"] }],
  ["Home, End", "to the start, to the end", { Home: CLICKS.start, End: CLICKS.end }],
  ["Space", "play or pause", { " ": togglePlaying }],
  ["b", "set or remove a breakpoint on the selected node", { b: () => toggleBreakpoint(state.selected) }],
  ["s", "open a slider for the selected leaf", { s: slide }],
  ["g", "one step of gradient descent", { g: descend }],
  ["/", "search the nodes", { "/": () => byId("search").focus() }],
  ["+ − 0", "zoom in, zoom out, fit; also Ctrl and the wheel", { "+": CLICKS["zoom-in"], "-": CLICKS["zoom-out"], 0: fit }],
  ["Tab", "go from node to node; Enter opens a module", {}],
  ["?", "show this help", { "?": CLICKS.help }],
];

const actions = Object.assign({}, ...KEYS.map(([, , keys]) => keys));

function slide() {
  openSlider(state.selected);
  byId("slider").querySelector("input")?.focus();
}

/** Return whether an element handles a key itself: a field all of them, a button the space bar. */
function isHandled({ target: { tagName, type }, key }) {
  if (["TEXTAREA", "SELECT"].includes(tagName) || (tagName === "INPUT" && type !== "checkbox")) return true;
  return key === " " && ["BUTTON", "INPUT", "SUMMARY"].includes(tagName);
}

function startControls() {
  Object.entries(CLICKS).forEach(([id, action]) => byId(id).addEventListener("click", action));
  byId("place").max = last;
  byId("place").addEventListener("input", (event) => goTo(Number(event.target.value)));
  byId("digits").addEventListener("change", (event) => {
    setDigits(Number(event.target.value));
    changed("digits");
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isHandled(event) || document.querySelector("dialog[open]")) return;
    const isArrow = event.key.startsWith("Arrow");
    const action = actions[isArrow && event.shiftKey ? `Shift+${event.key}` : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  byId("keys").append(...KEYS.flatMap(([keys, what]) => [html("dt", {}, html("kbd", {}, keys)), html("dd", {}, what)]));
}

// ── texts ──

function showPlace() {
  byId("place").value = state.cursor;
  byId("place").setAttribute("aria-valuetext", `step ${state.cursor} of ${last}`);
  byId("where").textContent = `step ${state.cursor} of ${last}`;
  for (const id of ["start", "node-back", "back"]) byId(id).disabled = state.cursor === 0;
  for (const id of ["next", "node-next", "end"]) byId(id).disabled = state.cursor === last;
}

function announceChange(what) {
  if (what === "step") announce(state.cursor ? eventSentence(graph, state.run, state.cursor - 1) : "At the start.");
  if (what === "numbers") {
    const texts = state.crossed.map(({ text }) => text);
    byId("notice").replaceChildren(...texts.slice(0, 4).map((text) => html("p", {}, text)));
    announce(texts.join(" ") || "Both passes are recomputed.");
  }
}

function summary() {
  const leaves = graph.nodes.length - graph.recorded.length;
  const missing = graph.missing.length
    ? ` ${graph.missing.join(", ")} is Python code that the page cannot run, so its nodes keep their recorded numbers.`
    : "";
  return `${graph.nodes.length} nodes, ${leaves} of them leaves, and ${last} events.${missing}`;
}

byId("summary").textContent = summary();
byId("title").textContent = graph.title;
startControls();
startGraphPanel();
startStepPanel();
startEventList();
startNodeTable();
startGradientDescent();
startMistakes();
startGradientSizes();
startSlider();
startExport();
onChange((what) => {
  showPlace();
  announceChange(what);
});
showPlace();
startAddress();
