// The list of events. Only the rows in view exist, so a list of a hundred thousand stays fast.
import { byId, html } from "./dom.js";
import { countEvents, describeEvent, resultOf } from "./events.js";
import { shortIn, truncate } from "./number_and_node_text.js";
import { goTo, graph, onChange, reachesBreakpoint, state } from "./state.js";

const HEIGHT = 30; // of a row in pixels, as in page.css
const SMALLER = 12.5 / 10.5; // sizes of the font of a formula, as in page.css
const SPARE = 6; // rows above and below those in view

const scroller = byId("events");
const list = byId("event-list");

function show() {
  const first = Math.max(0, Math.floor(scroller.scrollTop / HEIGHT) - SPARE);
  const end = Math.min(countEvents(graph), first + Math.ceil(scroller.clientHeight / HEIGHT) + 2 * SPARE);
  const rows = [];
  for (let place = first; place < end; place += 1) rows.push(row(place));
  list.replaceChildren(...rows);
  fitFormulas();
  const current = state.cursor - 1;
  if (current >= first && current < end) list.setAttribute("aria-activedescendant", `event-${current}`);
  else list.removeAttribute("aria-activedescendant");
}

/** Write the formulas that are wider than their room in two lines, if need be truncated; their font has one width. */
function fitFormulas() {
  const formulas = [...list.querySelectorAll(".formula")];
  const rooms = formulas.map(({ clientWidth, scrollWidth }) => clientWidth / scrollWidth);
  formulas.forEach((element, i) => {
    if (rooms[i] >= 1) return;
    const most = Math.floor(element.textContent.length * rooms[i] * SMALLER);
    const lines = element.textContent.split(/ (?=\+=)/);
    element.textContent = lines.map((line) => truncate(line, (text) => text.length <= most)).join("\n");
    element.classList.add("small");
  });
}

function row(place) {
  const isDone = place < state.cursor;
  const isHidden = state.predict && !isDone;
  const element = html(
    "li",
    {
      id: `event-${place}`,
      role: "option",
      class: `${isDone ? "" : "open"} ${reachesBreakpoint(place) ? "breakpoint" : ""}`,
      "aria-selected": String(place === state.cursor - 1),
      "aria-posinset": place + 1,
      "aria-setsize": countEvents(graph),
      "data-place": place,
      title: describeEvent(graph, state.run, place),
    },
    html("span", { class: "place" }, String(place + 1)),
    html("span", { class: "formula" }, describeEvent(graph, state.run, place, shortIn(graph))),
    html("b", {}, isHidden ? "?" : resultOf(graph, state.run, place)),
  );
  element.style.top = `${place * HEIGHT}px`;
  return element;
}

/** Scroll so that the current event is in view. */
function follow() {
  const top = (state.cursor - 1) * HEIGHT;
  const room = scroller.clientHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = Math.max(0, top - HEIGHT);
  else if (top + 2 * HEIGHT > scroller.scrollTop + room) scroller.scrollTop = top + 2 * HEIGHT - room;
}

/** Fill the list, and update it when the state changes. */
export function startEventList() {
  list.style.height = `${countEvents(graph) * HEIGHT}px`;
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-place]");
    if (chosen) goTo(Number(chosen.dataset.place) + 1);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (!step) return;
    event.preventDefault();
    goTo(state.cursor + step);
  });
  scroller.addEventListener("scroll", show);
  new ResizeObserver(show).observe(scroller);
  onChange((what) => {
    if (what === "step") follow();
    show();
  });
  show();
}
