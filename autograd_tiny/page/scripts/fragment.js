// The state in the address: what stands behind the # brings a reader of the link to the same numbers, step and breakpoints.
import { nameOf } from "./graph.js";
import { parseNumber } from "./numbers.js";
import { changed, canEdit, goTo, graph, onChange, setNumbers, state } from "./state.js";

const places = new Map(graph.nodes.map((node, z) => [node.name, z]));
const isFramed = location.protocol === "about:"; // a notebook's frame has no address of its own

/** Return the state as the text of a fragment. */
export function fragmentOf() {
  const parts = new URLSearchParams();
  parts.set("step", state.cursor);
  state.numbers.forEach((number, z) => parts.append("set", `${nameOf(graph, z)}=${number}`));
  state.breakpoints.forEach((z) => parts.append("break", nameOf(graph, z)));
  return `#${parts}`;
}

/** Take over the state of a fragment; what the graph does not have is left out. */
export function readFragment(text) {
  const parts = new URLSearchParams(text.slice(1));
  const numbers = new Map([...state.numbers.keys()].map((z) => [z, graph.nodes[z].value]));
  for (const entry of parts.getAll("set")) {
    const end = entry.lastIndexOf("=");
    const z = places.get(entry.slice(0, end));
    const number = parseNumber(entry.slice(end + 1));
    if (z !== undefined && canEdit(z) && number !== null) numbers.set(z, number);
  }
  state.breakpoints = new Set(parts.getAll("break").flatMap((name) => places.get(name) ?? []));
  if (numbers.size) setNumbers(numbers);
  changed("selection");
  if (/^\d+$/.test(parts.get("step") ?? "")) goTo(Number(parts.get("step")));
}

/** Keep the address up to date, and follow it where it is changed by hand. */
export function startFragment() {
  if (isFramed) return;
  if (location.hash.length > 1) readFragment(location.hash);
  addEventListener("hashchange", () => {
    if (location.hash !== fragmentOf()) readFragment(location.hash);
  });
  let waiting = 0;
  onChange(() => {
    clearTimeout(waiting); // browsers allow a hundred changes in some seconds, a drag makes more
    waiting = setTimeout(() => history.replaceState(null, "", fragmentOf()), 150);
  });
}
