// The graph panel: a box for each node or collapsed cluster, a line for each edge, and the current step marked.
import { collapsedCluster, openClustersAround, openOuterClusters, visible } from "./collapse.js";
import { byId, flash, html, setText, svg } from "./dom.js";
import { contributionAt, eventAt, gradientAt, valueAt } from "./events.js";
import { formatFactor, formatNarrow, formatNumber, formulaOf } from "./number_and_node_text.js";
import { nameOf } from "./graph.js";
import { showNumber } from "./leaf_inputs.js";
import { BOLD, boxSize, drawBox, textWidth } from "./node_boxes.js";
import { bringIntoView, fit, startPanZoom, view, viewport, zoom } from "./pan_zoom.js";
import { changed, graph, onChange, select, state } from "./state.js";
import { layeredLayout } from "./sugiyama.js";
import { valueText } from "./true_digits.js";

const DENSE = 200; // more lines than this are drawn thin
const READABLE = 0.62; // the smallest scale at which texts can be read
const MOST_CHARACTERS = 11; // of a number in a box
const MOST_BUTTONS = 40; // of open clusters

const drawn = { boxes: new Map(), lines: new Map(), ids: [] };

// ── drawing, whenever clusters open or close ──

/** Draw the visible boxes and lines. */
function draw() {
  const { boxes, lines, ids } = visible();
  const sized = boxes.map((box) => ({ ...box, ...boxSize(box) }));
  const { places, routes, width, height } = layeredLayout(sized, lines);
  Object.assign(view, { width, height });
  drawn.ids = ids;
  const on = { open: openCluster, focus: focusBox };
  drawn.boxes = new Map(sized.map((box) => [box.id, drawBox(places.get(box.id), on)]));
  drawn.lines = new Map(lines.map((line, i) => [line.key, drawLine(line, routes[i])]));
  drawn.labels = svg("g", { class: "labels", "aria-hidden": "true" });
  const elements = [...drawn.lines.values(), ...drawn.boxes.values()].map(({ element }) => element);
  viewport.replaceChildren(...elements, drawn.labels);
  viewport.classList.toggle("dense", lines.length > DENSE);
  update("opened");
  showOpened();
}

function drawLine(line, points) {
  const element = svg("path", { class: "line", d: curve(points) });
  if (line.edges.length > 1) element.classList.add("many");
  return { ...line, element: svg("g", { class: "edge" }, element) };
}

/** Return a smooth path through points, which meets boxes at their sides and is level within each rank. */
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

/** List the outermost open clusters, each with a button that closes it. */
function showOpened() {
  const isOuter = ({ parent }) => parent < 0 || state.opened.has(parent);
  const outer = [...state.opened].filter((cluster) => isOuter(graph.clusters[cluster]));
  const buttons = outer.slice(0, MOST_BUTTONS).map((cluster) => {
    const { name } = graph.clusters[cluster];
    return html("button", { type: "button", "aria-label": `close ${name}`, onclick: () => closeCluster(cluster) }, `${name} ×`);
  });
  byId("opened").replaceChildren(...buttons);
  byId("opened").hidden = buttons.length === 0;
}

// ── updating ──

/** Show the numbers, the step and the selection in what is drawn. */
function update(what) {
  const event = currentEvent();
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
  if (what === "step") bringEventIntoView(event);
}

const currentEvent = () => (state.cursor > 0 ? eventAt(graph, state.cursor - 1) : {});

function updateNode(box, isEdit, isCrossed) {
  const { cursor, run } = state;
  const value = valueAt(graph, run, cursor, box.z);
  const gradient = gradientAt(graph, run, cursor, box.z);
  box.element.classList.toggle("crossed", isCrossed);
  if (box.input && showNumber(box.input, box.z) && isEdit) flash(box.input);
  const text = valueText(graph, run, box.z, value);
  if (box.value) setText(box.value, text.length > MOST_CHARACTERS ? formatNarrow(value, MOST_CHARACTERS) : text, isEdit);
  setText(box.gradient, formatNarrow(gradient, MOST_CHARACTERS), isEdit);
  box.gradient.classList.toggle("negative", gradient < 0);
  const formula = formulaOf(graph, box.z);
  const numbers = `value ${text}, gradient ${formatNumber(gradient)}`;
  const breakpoint = state.breakpoints.has(box.z) ? ", breakpoint" : "";
  box.element.setAttribute("aria-label", `${nameOf(graph, box.z)}${formula && ` = ${formula}`}, ${numbers}${breakpoint}`);
}

function updateLines(event) {
  const current = event.kind === "contribution" ? `${drawn.ids[event.x]} ${drawn.ids[event.z]}` : null;
  drawn.labels.replaceChildren();
  for (const [key, line] of drawn.lines) {
    const isActive = key === current;
    line.element.classList.toggle("active", isActive);
    if (isActive) {
      viewport.insertBefore(line.element, viewport.querySelector(".box"));
      const { partial, digits } = contributionAt(graph, state.run, event.edge);
      line.element.classList.toggle("negative", partial < 0);
      drawn.labels.append(lineLabel(line, `× ${formatFactor(partial, digits)}`));
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

// ── moving the view ──

/** Show the whole graph, or, if that is too small to be read, the current step. */
function showCurrentStep() {
  fit();
  if (view.scale >= READABLE) return;
  zoom(READABLE / view.scale);
  bringEventIntoView(state.cursor > 0 ? currentEvent() : { z: graph.root });
}

function bringEventIntoView(event) {
  for (const z of [event.z, event.x]) {
    const box = drawn.boxes.get(drawn.ids[z]);
    if (box) bringIntoView(box);
  }
}

function focusBox(box) {
  bringIntoView(box);
  if (box.z !== undefined) select(box.z);
}

function redraw() {
  changed("opened");
  fit();
}

/** Open a cluster, and focus the first box in it. */
function openCluster(cluster) {
  const first = graph.nodes.findIndex((_, z) => collapsedCluster(z) === cluster);
  state.opened.add(cluster);
  redraw();
  drawn.boxes.get(drawn.ids[first])?.element.focus({ preventScroll: true });
}

/** Close a cluster, and focus its box. */
function closeCluster(cluster) {
  state.opened.delete(cluster);
  redraw();
  drawn.boxes.get(`c${cluster}`)?.element.focus({ preventScroll: true });
}

/** Show a node: open the clusters around it, bring it into view, and select it. */
export function showNode(z) {
  if (collapsedCluster(z) >= 0) {
    openClustersAround(z);
    redraw();
  }
  select(z);
  bringIntoView(drawn.boxes.get(drawn.ids[z]));
}

/** Draw the panel, and update it when the state changes. */
export function startGraphPanel() {
  openOuterClusters();
  draw();
  startPanZoom(showCurrentStep);
  onChange((what) => (what === "opened" ? draw() : update(what)));
}
