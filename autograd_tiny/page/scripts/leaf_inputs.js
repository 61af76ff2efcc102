// Edit the number of a leaf: a field to type in, and a slider that opens when the leaf is dragged.
import { boxOf } from "./collapse.js";
import { byId, html } from "./dom.js";
import { formatNumber, parseNumber } from "./number_and_node_text.js";
import { labelOf } from "./graph.js";
import { valueText } from "./true_digits.js";
import { canEdit, graph, onChange, select, setNumbers, state } from "./state.js";

const READ_ONLY = "This number cannot be changed: a later operation is Python code that the page cannot run.";
const DRAG = 4; // pixels before a press is a drag
const STEPS = 400;

// ── the field ──

/** Return the number field of a leaf. */
export function numberField(z) {
  const field = html("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    class: "number",
    "aria-label": `value of ${labelOf(graph, z)}`,
    readonly: !canEdit(z),
    title: canEdit(z) ? null : READ_ONLY,
    onfocus: () => select(z),
    onchange: () => enter(field, z),
    onkeydown: (event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!direction || !canEdit(z)) return;
      event.preventDefault();
      const change = (direction * (event.shiftKey ? 10 : 1)) / 10;
      setNumbers([[z, roundOff(state.run.values[z] + change)]]);
    },
  });
  showNumber(field, z);
  return field;
}

/** Show the number of a leaf in its field, unless the user is typing into it; return whether the text changed. */
export function showNumber(field, z) {
  const text = valueText(graph, state.run, z);
  if (field.value === text) return false;
  if (document.activeElement === field && field.value !== field.shown) return false;
  field.value = field.shown = text;
  field.removeAttribute("aria-invalid");
  return true;
}

function enter(field, z) {
  const number = parseNumber(field.value);
  if (number === null) {
    field.setAttribute("aria-invalid", "true");
    return;
  }
  field.shown = field.value;
  setNumbers([[z, number]]);
  showNumber(field, z);
}

/** Remove rounding errors, so that 0.1 + 0.2 is shown as 0.3. */
const roundOff = (number) => Number(number.toPrecision(12));

// ── the slider ──

const slider = byId("slider");
let open = null;

const boxElement = (z) => byId("picture").querySelector(`[data-id="${boxOf(z)}"]`);

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
    "aria-label": `slider for ${labelOf(graph, z)}`,
    oninput: () => setNumbers([[z, roundToStep(Number(input.value), reach)]]),
    onkeydown: (event) => event.key === "Escape" && closeSlider(),
  });
  input.value = number;
  open = { z, reach, start: number, input, output: html("output", {}, formatNumber(number)) };
  slider.replaceChildren(html("label", {}, labelOf(graph, z)), input, open.output);
  slider.hidden = false;
  const box = boxElement(z).getBoundingClientRect();
  const room = byId("graph").getBoundingClientRect();
  slider.style.left = `${Math.max(8, Math.min(box.left - room.left, room.width - slider.offsetWidth - 8))}px`;
  slider.style.top = `${Math.min(box.bottom - room.top + 8, room.height - slider.offsetHeight - 8)}px`;
}

/** Hide the slider, and return the focus to its leaf. */
function closeSlider() {
  if (!open) return;
  const { z } = open;
  const hadFocus = slider.contains(document.activeElement);
  slider.hidden = true;
  open = null;
  if (hadFocus) boxElement(z)?.focus({ preventScroll: true });
}

/** Round to a power of 10 that suits the reach of the slider. */
function roundToStep(number, reach) {
  const step = 10 ** Math.floor(Math.log10((2 * reach) / STEPS));
  return roundOff(Math.round(number / step) * step);
}

/** Open and move the slider when a leaf is dragged sideways. */
export function startSlider() {
  let drag = null;
  byId("picture").addEventListener("pointerdown", (event) => {
    const leaf = event.target.closest(".leaf");
    if (!leaf || event.target.closest("input")) {
      closeSlider();
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
    if (open) setNumbers([[drag.z, roundToStep(open.start + ((event.clientX - drag.x) / 120) * open.reach, open.reach)]]);
  });
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => (drag = null));
  onChange((what) => {
    if (what === "opened") closeSlider();
    if (!open) return;
    open.input.value = state.run.values[open.z];
    open.output.textContent = formatNumber(state.run.values[open.z]);
  });
}
