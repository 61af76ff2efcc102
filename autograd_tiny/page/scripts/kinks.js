// Find the kinks that nodes reach, leave or cross from one run to another, as trace/crossed_kinks.py and what_if.py do.
import { grouped, inputsOf, isMissing, nameOf, rowOf } from "./graph.js";
import { isClose, shapeOf } from "./local_shape.js";
import { fillBlanks, formatNumber, formulaOf, truncate } from "./number_and_node_text.js";
import { linearize, operandsOf } from "./passes.js";
import { decisionsOf } from "./python_math.js";

const NARROW = 1e-12;
const NEAR = 1e-8;
const MOST_CHANGES = 8;
const MOST_OPERANDS = 32; // of a node whose shape is looked for
const LONGEST = 60;

/** Return each node that a kink concerns between two runs, with a sentence about it. */
export function crossings(graph, before, after) {
  return graph.recorded.flatMap((z) => {
    if (isMissing(graph, z)) return [];
    const [start, end] = [before, after].map(({ values }) => operandsOf(graph, values, z).flat());
    if (start.every((x, i) => x === end[i])) return [];
    const row = rowOf(graph, z);
    const f = (operands) => {
      let result;
      const decisions = decisionsOf(() => (result = linearize(row, grouped(row, operands)))).join();
      return { ...result, decisions };
    };
    const found = passagesOf(f, start, end);
    const shapes = [start, end, between(start, end, 0.5)].map((numbers) => shapesOf(graph, z, f, numbers));
    const [left, reached, middle] = shapes.map((found) => found.find((shape) => shape && shape !== "flat"));
    if (!found.length && (!(left || reached) || (left && reached && middle))) return []; // at the same kink all the way
    const crossed = found.filter(([, from, to]) => !(left && isSame(from, start)) && !(reached && isSame(to, end)));
    return { z, text: describe(graph, before, after, z, shapes[1], { left, crossed, reached }) };
  });
}

/** Return the shape of a node as a function of each of its inputs; none for a node of many operands. */
function shapesOf(graph, z, f, numbers) {
  const { operands } = graph.nodes[z];
  if (operands.length > MOST_OPERANDS) return [];
  return inputsOf(graph, z).map((x) => shapeOf(f, numbers, operands.flatMap((y, i) => (y === x ? i : []))));
}

// ── from one side to another ──

const between = (start, end, place) => start.map((x, i) => (x === end[i] ? x : (1 - place) * x + place * end[i]));
const isSame = (start, end) => start.join() === end.join();
const gapOf = (start, end) => Math.max(...start.map((x, i) => Math.abs(x - end[i])));
const toFinite = (x) => Math.max(-Number.MAX_VALUE, Math.min(x, Number.MAX_VALUE));
const isJump = (x, y) => !Number.isNaN(x) && !Number.isNaN(y) && !isClose(x, y, 1e-6, 1e-6);

/** Return the closest points on a line of which the first decides as its start does, as far as numbers divide it. */
function bisect(f, start, end) {
  const { decisions } = f(start);
  let [low, high] = [0, 1];
  for (let middle = 0.5; low < middle && middle < high && high > 1e-30; middle = 0.5 * (low + high)) {
    if (f(between(start, end, middle)).decisions === decisions) low = middle;
    else high = middle;
  }
  return [between(start, end, low), between(start, end, high)];
}

/** Return the neighbouring points between which comparisons change on the way. */
function sidesOf(f, before, after) {
  if ([...before, ...after].some(Number.isNaN)) return [];
  let start = before.map(toFinite);
  const stops = [after.map(toFinite)];
  const [end] = stops;
  const first = f(start).decisions;
  const through = start.findIndex((x, i) => x * end[i] < 0);
  if (through >= 0 && first && first === f(end).decisions) {
    const [x, y] = [start[through], end[through]];
    const zero = between(start, end, x / (x - y)).map((number, i) => (start[i] === x && end[i] === y ? 0 : number));
    stops.unshift(zero);
  }
  const found = [];
  for (const stop of stops) {
    for (let count = 0; count < MOST_CHANGES && f(start).decisions !== f(stop).decisions; count++) {
      let sides = [start, stop];
      for (let gap = Infinity, next = gap; gap > NARROW; gap = next) {
        sides = bisect(f, ...sides);
        next = gapOf(...sides);
        if (!(next < gap)) break;
      }
      const last = found.at(-1);
      if (last && gapOf(last[1], sides[0]) <= NARROW * Math.max(1, ...sides[0].map(Math.abs))) last[1] = sides[1];
      else found.push(sides);
      start = sides[1];
    }
  }
  return found;
}

/** Return the kinks and jumps between two points, each with its kind and its sides. */
function passagesOf(f, before, after) {
  return sidesOf(f, before, after).flatMap((sides) => {
    const [left, right] = sides.map(f);
    const isLevel = [...left.partials, ...right.partials].every((slope) => slope === 0);
    const isFinite = Number.isFinite(left.value) && Number.isFinite(right.value);
    const jumps = isFinite && (isLevel ? !isClose(left.value, right.value, NARROW) : isJump(left.value, right.value));
    const isBent = left.partials.some((slope, i) => before[i] !== after[i] && isJump(slope, right.partials[i]));
    return jumps || (isBent && bends(f, ...sides)) ? [[jumps ? "jump" : "kink", ...sides]] : [];
  });
}

/** Return whether difference quotients to the left and to the right of two neighbouring points differ. */
function bends(f, left, right) {
  const size = Math.max(...[...left, ...right].map(Math.abs));
  const apart = right.map((x, i) => x - left[i]);
  const widest = Math.max(...apart.map(Math.abs));
  const ways = apart.map((way) => (way / widest) * NEAR * (size > widest ? size : 1));
  const outer = [left.map((x, i) => x - ways[i]), left, right, right.map((x, i) => x + ways[i])];
  const values = outer.map((numbers) => f(numbers).value);
  const [falls, rises] = [values[1] - values[0], values[3] - values[2]];
  const room = 1e-5 * Math.max(Math.abs(falls), Math.abs(rises)) + 2 ** -49 * Math.max(...values.map(Math.abs));
  return Math.abs(falls - rises) > room;
}

// ── sentences ──

function describe(graph, before, after, z, shapes, { left, crossed, reached }) {
  const { crossing } = graph;
  const inputs = inputsOf(graph, z);
  const slope = ({ partials }, x) => inputs.reduce((sum, y, i) => (y === x ? sum + partials[graph.first[z] + i] : sum), 0);
  const effects = inputs.flatMap((x, i) => {
    const [then, now] = [slope(before, x), slope(after, x)];
    if (Object.is(then, now) || then === now || inputs.indexOf(x) < i) return [];
    const [passed, passes] = [then * before.gradients[z], now * after.gradients[z]];
    const isOpened = then === 0 && passed === 0 && passes !== 0 && !Number.isNaN(passes);
    const isClosed = now === 0 && passes === 0 && passed !== 0 && !Number.isNaN(passed) && shapes[i] === "flat";
    const kind = isOpened ? "opened" : isClosed ? "closed" : then * now < 0 ? "sign" : "changed";
    return [fillBlanks(crossing[kind], { x: nameOf(graph, x), ...twoNumbers(then, now) })];
  });
  const most = effects.slice(0, 3);
  if (effects.length > 3) most.push(fillBlanks(crossing.more, { count: effects.length - 3 }));
  const formula = truncate(formulaOf(graph, z), (text) => text.length <= LONGEST);
  const count = (kind) => crossed.filter(([other]) => other === kind).length;
  const what = ["kink", "jump"].flatMap((kind) => crossing[kind + Math.min(4, count(kind))] ?? []).join(" and ");
  const places = Object.entries({ left, crossed: what, reached });
  const ways = places.flatMap(([way, place]) => (place ? fillBlanks(crossing[way], { place }) : [])).join(crossing.then);
  const sentence = crossing[reached && !left && !what ? "arrived" : "passed"];
  const blanks = { z: nameOf(graph, z), formula, effects: most.join("; ") || crossing.same, place: reached, ways };
  return `${fillBlanks(sentence, blanks)}.`;
}

/** Return two numbers as text, with as many digits as it takes to tell them apart. */
function twoNumbers(before, after) {
  let count;
  const write = (x) => formatNumber(x, count);
  for (count = undefined; write(before) === write(after) && (count ?? 5) < 17; count = (count ?? 5) + 1);
  return { before: write(before), after: write(after) };
}
