// The page: everything is started, and what belongs to no other module is wired up.
import { closePart } from "./picture.js";
import { startBugs } from "./bugs.js";
import { startCopying } from "./copying.js";
import { startDescent } from "./descent.js";
import { byId, html, say } from "./elements.js";
import { countEvents, sayEvent } from "./events.js";
import { startFragment } from "./fragment.js";
import { startKeys } from "./keys.js";
import { startList } from "./list.js";
import { startNodes } from "./nodes.js";
import { setDigits } from "./numbers.js";
import { startPicture } from "./picture.js";
import { startPlaying } from "./playing.js";
import { startPredict } from "./predict.js";
import { startSlider } from "./slider.js";
import { changed, goTo, graph, onChange, state, stepNode } from "./state.js";
import { fit, zoom } from "./view.js";
import { startWhy } from "./why.js";

const last = countEvents(graph);

function wire() {
  const clicks = {
    start: () => goTo(0),
    "node-back": () => stepNode(true),
    back: () => goTo(state.cursor - 1),
    next: () => goTo(state.cursor + 1),
    "node-next": () => stepNode(false),
    end: () => goTo(last),
    "zoom-in": () => zoom(1.25),
    "zoom-out": () => zoom(0.8),
    fit,
  };
  Object.entries(clicks).forEach(([id, action]) => byId(id).addEventListener("click", action));
  byId("place").max = last;
  byId("place").addEventListener("input", (event) => goTo(Number(event.target.value)));
  byId("digits").addEventListener("change", (event) => {
    setDigits(Number(event.target.value));
    changed("digits");
  });
}

function showPlace() {
  byId("place").value = state.cursor;
  byId("place").setAttribute("aria-valuetext", `step ${state.cursor} of ${last}`);
  byId("where").textContent = `step ${state.cursor} of ${last}`;
  for (const id of ["start", "node-back", "back"]) byId(id).disabled = state.cursor === 0;
  for (const id of ["next", "node-next", "end"]) byId(id).disabled = state.cursor === last;
}

/** List the parts that are open, each with a button that closes it. */
function showOpened() {
  const tops = [...state.opened].filter((part) => graph.parts[part].parent < 0 || state.opened.has(graph.parts[part].parent));
  const chips = tops.slice(0, 40).map((part) => {
    const { name } = graph.parts[part];
    return html("button", { type: "button", "aria-label": `close ${name}`, onclick: () => closePart(part) }, `${name} ×`);
  });
  byId("opened").replaceChildren(...chips);
  byId("opened").hidden = chips.length === 0;
}

function announce(what) {
  if (what === "step") say(state.cursor ? sayEvent(graph, state.run, state.cursor - 1) : "At the beginning.");
  if (what === "numbers") {
    byId("notice").replaceChildren(...state.crossed.slice(0, 4).map(({ text }) => html("p", {}, text)));
    say(state.crossed.map(({ text }) => text).join(" ") || `Everything is computed anew.`);
  }
}

function summary() {
  const leaves = graph.nodes.length - graph.recorded.length;
  const missing = graph.missing.length
    ? ` ${graph.missing.join(", ")} is computed by Python that this page cannot repeat: its nodes keep their recorded numbers.`
    : "";
  return `${graph.nodes.length} nodes, ${leaves} of them leaves, and ${last} events.${missing}`;
}

byId("summary").textContent = summary();
byId("title").textContent = graph.title;
wire();
startPicture();
startWhy();
startList();
startNodes();
startDescent();
startPredict();
startBugs();
startSlider();
startCopying();
startPlaying();
startKeys();
onChange((what) => {
  showPlace();
  if (what === "opened") showOpened();
  announce(what);
});
showPlace();
showOpened();
startFragment();
