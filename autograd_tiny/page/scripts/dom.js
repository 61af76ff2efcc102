// Create and update elements. Texts are always set as text, so no name of a node is parsed as markup.

const SVG = "http://www.w3.org/2000/svg"; // a name, not an address: nothing is loaded from it

/** Return a new HTML element with attributes and children; `on…` attributes are listeners. */
export function html(tag, attributes = {}, ...children) {
  return completed(document.createElement(tag), attributes, children);
}

/** Return a new SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return completed(document.createElementNS(SVG, tag), attributes, children);
}

function completed(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

/** Return the element with that id. */
export const byId = (id) => document.getElementById(id);

/** Set the text of an element; it flashes if the text changed and `isFlashing`. */
export function setText(element, text, isFlashing = false) {
  if (element.textContent === text) return;
  element.textContent = text;
  if (isFlashing) flash(element);
}

/** Run the flash animation of an element, from the start if it is running. */
export function flash(element) {
  element.classList.remove("flash");
  element.getBoundingClientRect(); // forces a layout, without which the animation does not restart
  element.classList.add("flash");
}

/** Announce a text to screen readers. */
export function announce(text) {
  byId("live").textContent = text;
}
