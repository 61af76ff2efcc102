// Predicting: the numbers that come are hidden until the learner types them.
import { byId, html, say } from "./elements.js";
import { countEvents } from "./events.js";
import { parseNumber, short } from "./numbers.js";
import { changed, goTo, graph, onChange, state } from "./state.js";

const CLOSE = 0.01; // relative: who computes in the head may round

const score = { right: 0, asked: 0 };
let tried = -1; // the place of the event whose first answer was counted

/** Return a box for the number that the next event will give. */
export function questionOf(expected, caption) {
  const box = html("input", { id: "answer", type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `your prediction: ${caption}` });
  const form = html("form", { class: "part question", onsubmit: (event) => check(event, box, expected) }, box, html("small", {}, caption));
  return form;
}

function check(event, box, expected) {
  event.preventDefault();
  const answer = parseNumber(box.value);
  if (answer === null) {
    tell("That is no number.");
    return;
  }
  const isRight = Object.is(answer, expected) || Math.abs(answer - expected) <= CLOSE * Math.abs(expected) + 1e-9;
  if (tried !== state.cursor) {
    tried = state.cursor;
    score.asked += 1;
    score.right += isRight ? 1 : 0;
  }
  if (!isRight) {
    tell(`Not ${short(answer)}. Try again, or press → to see it.`);
    return;
  }
  tell(`Right: ${short(expected)}.`);
  goTo(state.cursor + 1);
  byId("answer")?.focus();
}

function tell(text) {
  byId("verdict").textContent = text;
  say(text);
}

function show() {
  byId("predicting").hidden = !state.predict;
  byId("score").textContent = `${score.right} of ${score.asked} right`;
}

/** Start the toggle; predicting begins where one stands, or at the beginning if all is known. */
export function startPredict() {
  byId("predict").addEventListener("click", () => {
    state.predict = !state.predict;
    byId("predict").setAttribute("aria-pressed", String(state.predict));
    byId("verdict").textContent = "";
    if (state.predict && state.cursor === countEvents(graph)) goTo(0);
    changed("mode");
    if (state.predict) byId("answer")?.focus();
  });
  onChange(show);
  show();
}
