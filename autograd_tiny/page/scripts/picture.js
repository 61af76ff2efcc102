// The picture: a box for each node or closed part, a line for each edge, and the step one stands on.
import { closedPart, openFirst, reveal, visible } from "./boxes.js";
import { BOLD, makeBox, sizeOfBox, textWidth } from "./cards.js";
import { flash, setText, svg } from "./elements.js";
import { eventAt, gradientAt, valueAt } from "./events.js";
import { formulaOf, nameOf } from "./graph.js";
import { layOut } from "./layout.js";
import { showNumber } from "./leaves.js";
import { factor, narrow, short } from "./numbers.js";
import { changed, graph, onChange, select, state } from "./state.js";
import { bringIntoView, fit, startView, view, viewport, zoom } from "./view.js";

const DENSE = 200; // lines, more of which are drawn thin
const READABLE = 0.62; // the scale at which texts still are
const ROOM = 11; // characters for a number

export const drawn = { boxes: new Map(), lines: new Map(), ids: [] };

// ── drawing anew, when parts open or close ──

/** Draw the boxes and lines that are to be seen. */
export function draw() {
  const { boxes, lines, ids } = visible();
  const sized = boxes.map((box) => ({ ...box, ...sizeOfBox(box) }));
  const { places, routes, width, height } = layOut(sized, lines);
  Object.assign(view, { width, height });
  drawn.ids = ids;
  drawn.boxes = new Map(sized.map((box) => [box.id, makeBox(places.get(box.id), { open: openPart, focus: focusBox })]));
  drawn.lines = new Map(lines.map((line, i) => [line.key, makeLine(line, routes[i])]));
  const labels = svg("g", { class: "labels", "aria-hidden": "true" });
  const elements = [...drawn.lines.values(), ...drawn.boxes.values()].map(({ element }) => element);
  viewport.replaceChildren(...elements, labels);
  drawn.labels = labels;
  viewport.classList.toggle("dense", lines.length > DENSE);
  update("opened");
}

function makeLine(line, points) {
  const element = svg("path", { class: "line", d: curve(points) });
  if (line.edges.length > 1) element.classList.add("many");
  return { ...line, points, element: svg("g", { class: "edge", "data-key": line.key }, element) };
}

/** Return a smooth way through points, that leaves and enters boxes at their sides and crosses ranks level. */
function curve(points) {
  const sign = points.at(-1).x >= points[0].x ? 1 : -1;
  const side = ({ x, y }, width, direction) => ({ x: x + (direction * sign * width) / 2, y });
  const between = points.slice(1, -1).map((item) => [side(item, item.span, -1), side(item, item.span, 1)]);
  const [start, end] = [side(points[0], points[0].width, 1), side(points.at(-1), points.at(-1).width, -1)];
  const stops = [start, ...between.flat(), end];
  const bends = stops.slice(1).map((to, i) => {
    const middle = (stops[i].x + to.x) / 2;
    return i % 2 ? `H${to.x}` : `C${middle} ${stops[i].y} ${middle} ${to.y} ${to.x} ${to.y}`;
  });
  return `M${start.x} ${start.y}${bends.join("")}`;
}

// ── keeping it up to date ──

/** Show numbers, step and selection in the boxes and lines that are drawn. */
export function update(what) {
  const event = state.cursor > 0 ? eventAt(graph, state.cursor - 1) : {};
  const isEdit = what === "numbers";
  const crossed = new Set(state.crossed.map(({ z }) => z));
  const touched = new Set([event.z, event.x].filter((z) => z !== undefined).map((z) => drawn.ids[z]));
  const chosen = drawn.ids[state.selected];
  const broken = new Set([...state.breakpoints].map((z) => drawn.ids[z]));
  for (const [id, box] of drawn.boxes) {
    const { classList } = box.element;
    classList.toggle("touched", touched.has(id));
    classList.toggle("giving", event.kind === "contribution" && drawn.ids[event.z] === id);
    classList.toggle("selected", id === chosen);
    classList.toggle("broken", broken.has(id));
    if (box.z !== undefined) updateNode(box, isEdit, crossed.has(box.z));
  }
  updateLines(event);
  if (what === "step") bringStepIntoView(event);
}

function updateNode(box, isEdit, isCrossed) {
  const { cursor, run } = state;
  const value = valueAt(graph, run, cursor, box.z);
  const gradient = gradientAt(graph, run, cursor, box.z);
  box.element.classList.toggle("crossed", isCrossed);
  if (box.input && showNumber(box.input, box.z) && isEdit) flash(box.input);
  if (box.value) setText(box.value, narrow(value, ROOM), isEdit);
  setText(box.gradient, narrow(gradient, ROOM), isEdit);
  box.gradient.classList.toggle("negative", gradient < 0);
  const breakpoint = state.breakpoints.has(box.z) ? ", breakpoint" : "";
  const formula = formulaOf(graph, box.z);
  const label = `${nameOf(graph, box.z)}${formula && ` = ${formula}`}, value ${short(value)}, gradient ${short(gradient)}${breakpoint}`;
  box.element.setAttribute("aria-label", label);
}

function updateLines(event) {
  const done = event.kind === "contribution" ? `${drawn.ids[event.x]} ${drawn.ids[event.z]}` : null;
  drawn.labels.replaceChildren();
  for (const [key, line] of drawn.lines) {
    const isActive = key === done;
    line.element.classList.toggle("active", isActive);
    if (isActive) {
      viewport.insertBefore(line.element, viewport.querySelector(".box"));
      line.element.classList.toggle("negative", state.run.partials[event.edge] < 0);
      drawn.labels.append(lineLabel(line, `× ${factor(state.run.partials[event.edge])}`));
    }
  }
}

function lineLabel(line, text) {
  const { x, y } = line.element.firstChild.getPointAtLength(line.element.firstChild.getTotalLength() / 2);
  const width = textWidth(text, BOLD) + 14;
  return svg(
    "g",
    { transform: `translate(${x} ${y})` },
    svg("rect", { x: -width / 2, y: -11, width, height: 22, rx: 11 }),
    svg("text", { y: 4.5 }, text),
  );
}

/** Show the whole graph, or of a long one the step, large enough to be read. */
export function lookAtStep() {
  fit();
  if (view.scale >= READABLE) return;
  zoom(READABLE / view.scale);
  const event = state.cursor > 0 ? eventAt(graph, state.cursor - 1) : { z: graph.root };
  bringStepIntoView(event);
}

function bringStepIntoView(event) {
  for (const z of [event.z, event.x]) {
    const box = drawn.boxes.get(drawn.ids[z]);
    if (box) bringIntoView(box);
  }
}

// ── what a reader does ──

function focusBox(box) {
  bringIntoView(box);
  if (box.z !== undefined) select(box.z);
}

/** Open a part, and go to the first box that was in it. */
export function openPart(part) {
  const inside = graph.nodes.findIndex((_, z) => closedPart(z) === part);
  state.opened.add(part);
  changed("opened");
  fit();
  drawn.boxes.get(drawn.ids[inside])?.element.focus({ preventScroll: true });
}

/** Close a part again. */
export function closePart(part) {
  state.opened.delete(part);
  changed("opened");
  fit();
  drawn.boxes.get(`p${part}`)?.element.focus({ preventScroll: true });
}

/** Show a node: open what is around it, bring it into view, and select it. */
export function showNode(z) {
  if (closedPart(z) >= 0) {
    reveal(z);
    changed("opened");
    fit();
  }
  select(z);
  bringIntoView(drawn.boxes.get(drawn.ids[z]));
}

/** Draw for the first time, and keep up with the state. */
export function startPicture() {
  openFirst();
  draw();
  startView(lookAtStep);
  onChange((what) => (what === "opened" ? draw() : update(what)));
}
