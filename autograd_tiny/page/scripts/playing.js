// Playing: one event after another, until the end or a breakpoint.
import { byId } from "./elements.js";
import { countEvents } from "./events.js";
import { goTo, graph, isBreak, state } from "./state.js";

const PAUSE = 700; // milliseconds an event is shown

let timer = 0;

function show() {
  const isPlaying = timer !== 0;
  byId("play").setAttribute("aria-pressed", String(isPlaying));
  byId("play").firstElementChild.textContent = isPlaying ? "❚❚" : "▶";
}

function stop() {
  clearInterval(timer);
  timer = 0;
  show();
}

function tick() {
  if (state.cursor < countEvents(graph)) goTo(state.cursor + 1);
  if (state.cursor === countEvents(graph) || isBreak(state.cursor - 1)) stop();
}

/** Play, from the beginning if the end is reached; or stop. */
export function togglePlaying() {
  if (timer) {
    stop();
    return;
  }
  if (state.cursor === countEvents(graph)) goTo(0);
  timer = setInterval(tick, PAUSE);
  show();
}

/** Start the button. */
export function startPlaying() {
  byId("play").addEventListener("click", togglePlaying);
}
