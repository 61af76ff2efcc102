// The slider: it appears when a leaf is dragged, and stays to be moved with the keyboard too.
import { byId, html } from "./elements.js";
import { nameOf } from "./graph.js";
import { drawn } from "./picture.js";
import { canEdit, graph, onChange, select, setNumbers, state } from "./state.js";
import { short } from "./numbers.js";

const DRAG = 4; // pixels before a press is a drag
const STEPS = 400;

const holder = byId("slider");
let open = null;

/** Show the slider of a leaf, below its box. */
export function openSlider(z) {
  if (!canEdit(z)) return;
  const number = Number.isFinite(state.run.values[z]) ? state.run.values[z] : 0;
  const reach = 2 * Math.max(1, Math.abs(number));
  const input = html("input", {
    type: "range",
    min: number - reach,
    max: number + reach,
    step: "any",
    "aria-label": `slider for ${nameOf(graph, z)}`,
    oninput: () => setNumbers([[z, rounded(Number(input.value), reach)]]),
    onkeydown: (event) => {
      if (event.key === "Escape") closeSlider();
    },
  });
  input.value = number;
  open = { z, reach, start: number, input, output: html("output", {}, short(number)) };
  holder.replaceChildren(html("label", {}, nameOf(graph, z)), input, open.output);
  holder.hidden = false;
  const box = drawn.boxes.get(drawn.ids[z])?.element.getBoundingClientRect();
  const room = byId("graph").getBoundingClientRect();
  const left = box ? box.left - room.left : 0;
  holder.style.left = `${Math.max(8, Math.min(left, room.width - holder.offsetWidth - 8))}px`;
  holder.style.top = `${Math.min(box ? box.bottom - room.top + 8 : 8, room.height - holder.offsetHeight - 8)}px`;
}

/** Take the slider away, and go back to its leaf. */
export function closeSlider() {
  if (!open) return;
  const box = drawn.boxes.get(drawn.ids[open.z]);
  const hadFocus = holder.contains(document.activeElement);
  holder.hidden = true;
  open = null;
  if (hadFocus) box?.element.focus({ preventScroll: true });
}

/** Return a number rounded to a step that suits its reach, so that it reads well. */
function rounded(number, reach) {
  const step = 10 ** Math.floor(Math.log10((2 * reach) / STEPS));
  return Number((Math.round(number / step) * step).toPrecision(12));
}

/** Let leaves be dragged sideways. */
export function startSlider() {
  let drag = null;
  byId("picture").addEventListener("pointerdown", (event) => {
    const leaf = event.target.closest(".leaf");
    if (!leaf || event.target.closest("input")) {
      if (!event.target.closest("#slider")) closeSlider();
      return;
    }
    const z = Number(leaf.dataset.id.slice(1));
    select(z);
    drag = { z, x: event.clientX };
  });
  addEventListener("pointermove", (event) => {
    if (!drag || Math.abs(event.clientX - drag.x) < (open?.z === drag.z ? 0 : DRAG)) return;
    if (open?.z !== drag.z || !drag.isMoving) openSlider(drag.z);
    drag.isMoving = true;
    if (open) setNumbers([[drag.z, rounded(open.start + ((event.clientX - drag.x) / 120) * open.reach, open.reach)]]);
  });
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => (drag = null));
  onChange((what) => {
    if (what === "opened") closeSlider();
    if (!open) return;
    open.input.value = state.run.values[open.z];
    open.output.textContent = short(state.run.values[open.z]);
  });
}
