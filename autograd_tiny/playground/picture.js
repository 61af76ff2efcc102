// The picture: a square for each neuron with its activation over the plane, lines for weights, points on the output.

const WIDTH = 2, HEIGHT = 1, OUTPUT = 0.78; // heights of the picture
const BLUE = [0, 114, 178], ORANGE = [213, 94, 0];

/** Return for each layer its squares [x, y, size], y downwards; the output, which is large, comes last. */
function squaresOf(widths) {
  const step = (WIDTH - OUTPUT - 0.1) / (widths.length - 1);
  const columns = widths.slice(0, -1).map((count, column) => {
    const room = (HEIGHT - 0.12) / Math.max(count, 4), size = Math.min(0.8 * room, 0.6 * step);
    const top = 0.5 * (HEIGHT - 0.08) + 0.5 * room * count;
    return Array.from({length: count}, (_, row) =>
      [0.04 + column * step, HEIGHT - (top - room * (row + 0.5) + 0.5 * size), size]);
  });
  return [...columns, [[WIDTH - OUTPUT - 0.04, HEIGHT - 0.06 - OUTPUT, OUTPUT]]];
}

/** Return the activation of every neuron over the plane: for each a row for each line, from the north; scaled to ±1. */
function mapsOf(weights, activation, reach, side) {
  const fields = [];
  for (let place = 0; place < side * side; place++) {
    const x = reach * (2 * (place % side) / (side - 1) - 1), y = reach * (1 - 2 * Math.floor(place / side) / (side - 1));
    forward(weights, activation, [x, y]).layers.flat().forEach((z, neuron) => {
      (fields[neuron] ??= new Float64Array(side * side))[place] = z;
    });
  }
  return fields.map((field, neuron) => {
    const largest = field.reduce((most, z) => Math.max(most, Math.abs(z)), 0) || 1;
    return field.map(neuron === fields.length - 1 ? z => Math.tanh(z / 2) : z => z / largest);
  });
}

function mix(share) {
  const end = share > 0 ? BLUE : ORANGE;
  return end.map(channel => 255 + Math.abs(share) * (channel - 255));
}

function colour(share) { return `rgb(${mix(share).map(Math.round)})`; }

/** Return a map as an image. */
function painted(map, side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d"), pixels = context.createImageData(side, side);
  map.forEach((share, place) => pixels.data.set([...mix(0.8 * share), 255], 4 * place));
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}

function add(parent, name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return parent.appendChild(element);
}

/** Draw an empty network into an SVG, and return what shows a moment of it. */
function newPicture(svg, {widths, activation, points, reach, side}) {
  const squares = squaresOf(widths), names = ["x", "y"];
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  const middle = ([, y, size]) => y + size / 2;
  const lines = squares.slice(1).map((ends, layer) => ends.map(end => squares[layer].map(start =>
    add(svg, "line", {x1: start[0] + start[2], y1: middle(start), x2: end[0], y2: middle(end)}))));
  let large = null, drawn = [];
  const output = drawn => images.at(-1).setAttribute("href", drawn[large ?? drawn.length - 1]);
  const images = squares.flatMap((column, layer) => column.map(([x, y, size], row) => {
    const name = layer === 0 ? names[row] : layer === squares.length - 1 ? "the output" : `neuron ${row + 1} of layer ${layer}`;
    const group = add(svg, "g", {class: "neuron", tabindex: 0, role: "img", "aria-label": `the map of ${name}`});
    const image = add(group, "image", {x, y, width: size, height: size, preserveAspectRatio: "none"});
    add(group, "rect", {x, y, width: size, height: size});
    const number = squares.slice(0, layer).flat().length + row;
    for (const event of ["mouseenter", "focus"]) group.addEventListener(event, () => { large = number; output(drawn); });
    for (const event of ["mouseleave", "blur"]) group.addEventListener(event, () => { large = null; output(drawn); });
    return image;
  }));
  const [x0, y0, size] = squares.at(-1)[0];
  for (const [x, y, label] of points) {
    const across = (x + reach) / (2 * reach), down = (reach - y) / (2 * reach);
    if (Math.min(across, down) >= 0 && Math.max(across, down) <= 1)
      add(svg, "circle", {cx: x0 + size * across, cy: y0 + size * down, r: .009, fill: colour(label ? 1 : -1)});
  }
  return weights => {
    drawn = mapsOf(weights, activation, reach, side).map(map => painted(map, side));
    images.forEach((image, number) => image.setAttribute("href", drawn[number]));
    output(drawn);
    weights.forEach((matrix, layer) => {
      const largest = Math.max(...matrix.flatMap(row => row.slice(0, -1)).map(Math.abs)) || 1;
      matrix.forEach((row, end) => row.slice(0, -1).forEach((weight, start) => {
        const line = lines[layer][end][start];
        line.setAttribute("stroke", colour(weight > 0 ? 1 : -1));
        line.setAttribute("stroke-width", .012 * Math.abs(weight) / largest);
        line.setAttribute("stroke-opacity", .7);
      }));
    });
  };
}
