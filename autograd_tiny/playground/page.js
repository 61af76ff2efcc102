// The page: it shows the training that it was written with, and trains networks with the settings chosen on it.

const byId = id => document.getElementById(id);
const slider = byId("slider"), play = byId("play");
const EPOCHS = 1000; // the longest training
const TICK = 100, BUDGET = 50; // milliseconds from picture to picture, and of training between them
let frames = data.frames, training = null, show = null, timer = null, seed = 0;

for (const name of Object.keys(data.points)) byId("shape").add(new Option(name));
for (const name of Object.keys(data.activations)) byId("activation").add(new Option(name));
for (const [name, value] of Object.entries(data.chosen)) byId(name).value = value;

/** Return the settings on the page. */
function choices() {
  const activation = byId("activation").value;
  return {
    points: data.points[byId("shape").value],
    widths: [2, ...byId("hidden").value.split(",").map(Number).filter(Boolean), 1],
    activation: {name: activation, constants: data.activations[activation]},
    rate: byId("lr").valueAsNumber,
    regularization: byId("regularization").valueAsNumber,
    batch: data.batch,
  };
}

function draw() {
  const frame = frames[slider.value];
  show(frame.weights);
  byId("text").textContent = `epoch ${frame.epoch}: loss ${frame.train.toFixed(3)}, test ${frame.test.toFixed(3)}, ` +
    `${(100 * frame.accuracy).toFixed(1)} % right`;
}

/** Make the slider as long as there are frames, and go to the last one. */
function goToTheEnd() {
  slider.max = frames.length - 1;
  slider.value = slider.max;
  draw();
}

function setUp(chosen) {
  show = newPicture(byId("picture"), {...chosen, points: chosen.points.train, reach: data.reach, side: data.side});
}

/** Start a training with the chosen settings and other first weights, unless a field is invalid. */
function begin() {
  if (!byId("choices").reportValidity()) return;
  const chosen = choices();
  stop();
  seed += 1;
  training = newTraining({...chosen, seed});
  frames = [training.frame()];
  setUp(chosen);
  goToTheEnd();
  start();
}

/** Train on until the next picture: by one epoch at first, and by a tenth of those that are done later. */
function learn() {
  const deadline = performance.now() + BUDGET, next = Math.min(EPOCHS, Math.ceil(1.1 * frames.at(-1).epoch + .5));
  do training.epoch(); while (training.epochs() < next && performance.now() < deadline);
  frames.push(training.frame());
  goToTheEnd();
  if (frames.at(-1).epoch >= EPOCHS) stop();
}

function replay() {
  slider.stepUp();
  draw();
  if (slider.value === slider.max && !training) stop();
}

function stop() { clearInterval(timer); timer = null; play.textContent = "Play"; }

function start() {
  if (slider.value === slider.max && (!training || frames.at(-1).epoch >= EPOCHS)) slider.value = 0;
  play.textContent = "Pause";
  timer = setInterval(() => { if (training && slider.value === slider.max) learn(); else replay(); }, TICK);
}

play.addEventListener("click", () => { if (timer === null) start(); else stop(); });
byId("again").addEventListener("click", begin);
byId("choices").addEventListener("change", begin);
byId("choices").addEventListener("submit", event => event.preventDefault());
slider.addEventListener("input", () => { stop(); draw(); });
setUp(choices());
goToTheEnd();
