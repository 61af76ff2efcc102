// Number boxes: where a leaf is given another number.
import { html } from "./elements.js";
import { nameOf } from "./graph.js";
import { parseNumber, short } from "./numbers.js";
import { canEdit, graph, select, setNumbers, state } from "./state.js";

const REFUSED = "An operation after it is Python that this page cannot repeat, so this number stays as it was recorded.";

/** Return the number box of a leaf. */
export function numberBox(z) {
  const box = html("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    class: "number",
    "data-leaf": z,
    "aria-label": `value of ${nameOf(graph, z)}`,
    readonly: !canEdit(z),
    title: canEdit(z) ? null : REFUSED,
    onfocus: () => select(z),
    onchange: () => enter(box, z),
    onkeydown: (event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!direction || !canEdit(z)) return;
      event.preventDefault();
      setNumbers([[z, nudged(state.run.values[z], direction * (event.shiftKey ? 10 : 1))]]);
    },
  });
  showNumber(box, z);
  return box;
}

/** Let a number box show the number of its leaf, unless somebody is typing into it. */
export function showNumber(box, z) {
  const text = short(state.run.values[z]);
  if (box.value === text) return false;
  if (document.activeElement === box && box.value !== box.shown) return false;
  box.value = box.shown = text;
  box.removeAttribute("aria-invalid");
  return true;
}

function enter(box, z) {
  const number = parseNumber(box.value);
  if (number === null) {
    box.setAttribute("aria-invalid", "true");
    return;
  }
  box.shown = box.value;
  setNumbers([[z, number]]);
  showNumber(box, z);
}

/** Return a number moved by so many tenths, rounded to tenths of them. */
function nudged(number, tenths) {
  return Number((number + tenths / 10).toPrecision(12));
}
