// Pan and zoom the picture, and fit it into its panel.
import { byId } from "./dom.js";

const LARGEST = 3;
const SMALLEST = 0.02;
const MARGIN = 28;

const picture = byId("picture");
export const viewport = byId("viewport");
export const view = { x: 0, y: 0, scale: 1, width: 1, height: 1 };

function show() {
  viewport.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
}

/** Fit the whole picture into the panel, enlarged by at most 15 %. */
export function fit() {
  const { width, height } = picture.getBoundingClientRect();
  const room = Math.min((width - 2 * MARGIN) / view.width, (height - 2 * MARGIN) / view.height);
  view.scale = Math.max(SMALLEST, Math.min(1.15, room));
  view.x = (width - view.width * view.scale) / 2;
  view.y = (height - view.height * view.scale) / 2;
  show();
}

/** Zoom by a factor around a point of the window, by default the middle of the panel. */
export function zoom(by, point = null) {
  const { left, top, width, height } = picture.getBoundingClientRect();
  const [x, y] = point ? [point.clientX - left, point.clientY - top] : [width / 2, height / 2];
  const scale = Math.max(SMALLEST, Math.min(LARGEST, view.scale * by));
  view.x = x - ((x - view.x) * scale) / view.scale;
  view.y = y - ((y - view.y) * scale) / view.scale;
  view.scale = scale;
  show();
}

/** Move the picture just far enough to show a box. */
export function bringIntoView({ x, y, width = 0, height = 0 }) {
  const room = picture.getBoundingClientRect();
  const move = (start, size, from, length) => {
    const [low, high] = [start + view.scale * (from - length / 2), start + view.scale * (from + length / 2)];
    return low < MARGIN ? MARGIN - low : high > size - MARGIN ? size - MARGIN - high : 0;
  };
  view.x += move(view.x, room.width, x, width);
  view.y += move(view.y, room.height, y, height);
  show();
}

/** Pan with one pointer, zoom with two or with Ctrl and the wheel; call `look` when the size of the panel changes. */
export function startPanZoom(look) {
  const pointers = new Map();
  picture.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the page
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), event);
  }, { passive: false });
  picture.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".leaf, input")) return;
    pointers.set(event.pointerId, event);
    picture.classList.add("moving");
  });
  addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (pointers.size === 1) {
      view.x += event.clientX - before.clientX;
      view.y += event.clientY - before.clientY;
      show();
    } else {
      const other = [...pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
      const length = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      zoom(length(event) / Math.max(1, length(before)), other);
    }
    pointers.set(event.pointerId, event);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    addEventListener(name, (event) => {
      pointers.delete(event.pointerId);
      picture.classList.toggle("moving", pointers.size > 0);
    });
  }
  new ResizeObserver(look).observe(picture);
}
