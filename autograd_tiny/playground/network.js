// A small network and its training. A layer is a matrix: a row for each neuron, its bias last. The values and partials
// of activation and loss are rows of the table; the chain rule between them is here.

/** Return a generator of uniform numbers from 0 to 1 for a seed (mulberry32). */
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Return first weights from ±√(6 / fan_in) for kinds of relu, else ±√(6 / (fan_in + fan_out)); biases are 0. */
function firstWeights(widths, activation, draw) {
  return widths.slice(1).map((count, layer) => {
    const inputs = widths[layer], reach = Math.sqrt(6 / (inputs + (activation.name.includes("elu") ? 0 : count)));
    return Array.from({length: count}, () => [...Array.from({length: inputs}, () => reach * (2 * draw() - 1)), 0]);
  });
}

function activate(activation, x) {
  const row = rows[activation.name];
  return row ? row.value(x, ...activation.constants) : x;
}

function slopeOf(activation, x, z) {
  const row = rows[activation.name];
  return row ? row.partials(x, ...activation.constants, z)[0] : 1;
}

/** Return what every neuron makes of a point: its pre-activations and its activations, layer by layer. */
function forward(weights, activation, point) {
  const before = [], layers = [point];
  weights.forEach((matrix, layer) => {
    const inputs = layers[layer];
    before.push(matrix.map(row => inputs.reduce((sum, x, place) => sum + row[place] * x, row.at(-1))));
    layers.push(layer === weights.length - 1 ? before[layer] : before[layer].map(x => activate(activation, x)));
  });
  return {before, layers};
}

/** Return the gradient of the mean loss over some points [x, y, class], in the form of the weights. */
function gradientsOf(weights, activation, points) {
  const gradients = weights.map(matrix => matrix.map(row => row.map(() => 0)));
  for (const [x, y, label] of points) {
    const {before, layers} = forward(weights, activation, [x, y]);
    let deltas = [rows.binary_cross_entropy_with_logits.partials(before.at(-1)[0], label)[0] / points.length];
    for (let layer = weights.length - 1; layer >= 0; layer--) {
      const inputs = layers[layer];
      deltas.forEach((delta, neuron) => {
        const gradient = gradients[layer][neuron];
        inputs.forEach((input, place) => { gradient[place] += delta * input; });
        gradient[inputs.length] += delta;
      });
      if (layer) deltas = inputs.map((z, place) => slopeOf(activation, before[layer - 1][place], z) *
        deltas.reduce((sum, delta, neuron) => sum + delta * weights[layer][neuron][place], 0));
    }
  }
  return gradients;
}

/** Return Adam's step for these weights: a function that moves them once by a gradient. Source: Kingma, Ba, 2015. */
function adam(weights, rate, regularization) {
  const zeros = () => weights.map(matrix => matrix.map(row => row.map(() => 0)));
  const m = zeros(), v = zeros();
  let time = 0;
  return gradients => {
    time += 1;
    gradients.forEach((matrix, layer) => matrix.forEach((row, neuron) => row.forEach((slope, place) => {
      const g = slope + regularization * weights[layer][neuron][place];
      m[layer][neuron][place] = 0.9 * m[layer][neuron][place] + 0.1 * g;
      v[layer][neuron][place] = 0.999 * v[layer][neuron][place] + 0.001 * g * g;
      const step = m[layer][neuron][place] / (1 - 0.9 ** time);
      weights[layer][neuron][place] -= rate * step / (Math.sqrt(v[layer][neuron][place] / (1 - 0.999 ** time)) + 1e-8);
    })));
  };
}

/** Return the mean loss over some points, and the share of them on their side. */
function measure(weights, activation, points) {
  let loss = 0, right = 0;
  for (const [x, y, label] of points) {
    const logit = forward(weights, activation, [x, y]).layers.at(-1)[0];
    loss += rows.binary_cross_entropy_with_logits.value(logit, label) / points.length;
    right += ((logit > 0 ? 1 : 0) === label) / points.length;
  }
  return {loss, right};
}

/** Return a training: `epoch()` sees each point once, in batches; `frame()` is the moment after so many `epochs()`. */
function newTraining({points, widths, activation, rate, regularization, batch, seed}) {
  const draw = generator(seed), weights = firstWeights(widths, activation, draw);
  const step = adam(weights, rate, regularization);
  let epochs = 0;
  return {
    epoch() {
      const order = points.train.map(point => [draw(), point]).sort((a, b) => a[0] - b[0]).map(pair => pair[1]);
      for (let start = 0; start < order.length; start += batch)
        step(gradientsOf(weights, activation, order.slice(start, start + batch)));
      epochs += 1;
    },
    epochs: () => epochs,
    frame() {
      const [train, test] = [points.train, points.test].map(part => measure(weights, activation, part));
      return {epoch: epochs, train: train.loss, test: test.loss, accuracy: test.right, weights: structuredClone(weights)};
    },
  };
}
