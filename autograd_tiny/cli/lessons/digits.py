"""Lesson 4: digits. What one example wants to change, and what a batch of them agrees upon.

1. One image goes forward: 64 pixels → 24 neurons with tanh → 10 logits → softmax → the cost −log p of its digit.
2. Its gradient, negated, is a wish: for each weight, which way it wants it moved, and how much.
3. Another image has other wishes. Their average over a batch is one vector with one change for every weight.
4. A step follows that average. The cost over two directions is a surface, and the descent a path on it.

The graph is recorded once, for one image, and replayed on batches: the same gradients, in a fraction of the time.

>>> network = new_network(64, seed=0)
>>> len(network.parameters())
1810
"""

from __future__ import annotations

import timeit
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Final

import numpy as np

from autograd_tiny import Value, dot, log_softmax, mean, no_gc
from autograd_tiny.cli.data import shuffle
from autograd_tiny.cli.lessons.arrays import difference
from autograd_tiny.cli.lessons.digit_images import Images, load_images
from autograd_tiny.cli.lessons.digit_pictures import draw_lesson
from autograd_tiny.cli.lessons.screen import apart, heading, say, table
from autograd_tiny.replay import Program, record
from nn import MLP

SEED: Final = 0
EPOCHS, EPOCHS_OF_MNIST = 30, 3
BATCH: Final = 32
RATE: Final = 0.5
CLOSE: Final = 12
"""So many places of the path are from the first epoch."""
MEASURED: Final = 2000
"""The train cost is the mean over at most so many images."""
TIMED_EAGERLY, TIMED_BY_REPLAY = 5, 25
"""So often a batch is computed to see how long it takes; a short time is more often disturbed by other programs."""


@dataclass(frozen=True, slots=True)
class Training:
    """What came out.

    Attributes:
        path: all weights, a row for each epoch, and some more from the first, when they move most.
        costs: before the first epoch and after each, the mean cost of training images.
        accuracy: at the same times, the share of the test images that were read rightly.
        seconds: how long the epochs took.
    """

    path: Any
    costs: list[float]
    accuracy: list[float]
    seconds: float


def new_network(pixels: int, seed: int) -> MLP:
    """Return a network with 24 hidden neurons and 10 logits."""
    return MLP(pixels, [24, 10], hidden="tanh", initializer="xavier_uniform", seed=seed)


def cost_of(network: MLP, pixels: Any, target: Any) -> Value:
    """Return −log p of the true digit, for a target with a 1 in its place."""
    cost: Value = -dot(list(target), log_softmax(network(list(pixels))))
    return cost


def record_cost(network: MLP, pixels: int) -> Program:
    """Return the program that computes the cost and its gradient for whole batches."""

    def cost(x: Any, target: Any) -> Value:
        return cost_of(network, x, target)

    return record(cost, inputs=([0.5] * pixels, [0.1] * 10), parameters=network.parameters())


def wishes_of(network: MLP, pixels: Any, target: Any) -> Any:
    """Return for each weight what one example wants it changed by: −∂cost/∂weight, by one backward pass."""
    network.zero_grad()
    cost_of(network, pixels.tolist(), target.tolist()).backward()
    return -np.array([parameter.grad for parameter in network.parameters()])


def probabilities(program: Program, pixels: Any) -> Any:
    """Return for each image the probability of each digit: the cost of a digit is −log p."""
    costs = [program.evaluate(pixels, np.tile(np.eye(10)[digit], (len(pixels), 1))) for digit in range(10)]
    return np.exp(-np.stack(costs, axis=1))


def train(program: Program, images: Images, *, epochs: int, seed: int) -> Training:
    """Descend, one step for each batch; the weights are a flat array that every replay reads."""
    targets = images.targets(images.train_digits)
    draw = Random(seed).random
    path: list[Any] = []
    costs, accuracy, seconds = [], [], 0.0
    for epoch in range(epochs + 1):
        if epoch:
            start = perf_counter()
            order = shuffle(range(len(targets)), draw)
            for step, batch in enumerate(np.split(order, range(BATCH, len(order), BATCH))):
                program.differentiate(images.train[batch], targets[batch])
                program.parameters -= RATE * program.gradients
                if epoch == 1 and step % 4 == 0 and len(path) < CLOSE:
                    path.append(program.parameters.copy())
            seconds += perf_counter() - start
        path.append(program.parameters.copy())
        costs.append(float(program.evaluate(images.train[:MEASURED], targets[:MEASURED]).mean()))
        guesses = probabilities(program, images.test).argmax(axis=1)
        accuracy.append(float((guesses == images.test_digits).mean()))
    program.store()
    return Training(np.array(path), costs, accuracy, seconds)


def time_per_example(network: MLP, program: Program, images: Images) -> tuple[float, float, float]:
    """Return seconds for one example forward and back, eagerly and by replay, and how far gradients are apart.

    Both take the same batch several times; the fastest counts.
    """
    pixels, targets = images.train[:BATCH], images.targets(images.train_digits[:BATCH])
    rows = list(zip(pixels.tolist(), targets.tolist(), strict=True))

    def eagerly() -> None:
        network.zero_grad()
        mean([cost_of(network, x, target) for x, target in rows]).backward()

    def by_replay() -> None:
        program.differentiate(pixels, targets)

    with no_gc():
        eager = min(timeit.repeat(eagerly, number=1, repeat=TIMED_EAGERLY))
        replayed = min(timeit.repeat(by_replay, number=1, repeat=TIMED_BY_REPLAY))
    gradients = [parameter.grad for parameter in network.parameters()]
    return eager / len(rows), replayed / len(rows), difference(gradients, program.gradients)


def teach(
    *, seed: int = SEED, folder: Path | None = None, epochs: int | None = None, mnist: Path | None = None
) -> None:
    """Show the wishes of one image and of a batch, train by replay, test, and draw the path of the descent."""
    epochs = epochs or (EPOCHS if mnist is None else EPOCHS_OF_MNIST)
    images = load_images(mnist, seed=seed)
    network = new_network(images.train.shape[1], seed)
    heading("Digits: what one example wants to change")
    say(f"{images.name}: {len(images.train)} to learn from, {len(images.test)} to test on; {network}")
    program = record_cost(network, images.train.shape[1])
    targets = images.targets(images.train_digits)
    wishes = np.array(
        [wishes_of(network, *example) for example in zip(images.train[:BATCH], targets[:BATCH], strict=True)]
    )
    show_one_example(network, program, images, wishes[0])
    show_a_batch(network, images, wishes)
    timing = time_per_example(network, program, images)
    training = train(program, images, epochs=epochs, seed=seed)
    show_training(training, images, timing)
    if folder is not None:
        draw_lesson(images, wishes, program, training.path, folder / "digits.png")


def show_one_example(network: MLP, program: Program, images: Images, wish: Any) -> None:
    """Print one image, what the network says of it, and what the image wants of output neurons and weights."""
    true = images.train_digits[0]
    (before,) = probabilities(program, images.train[:1])
    biases = [wish[place] for place, name in enumerate(short_names(network)) if name.startswith("b2")]
    picture = images.picture(images.train[0])
    say("", f"An image of a {true}. Of each output neuron it wants −∂cost/∂logit = y − p:")
    notes = [
        f"{digit}   p = {p:.3f}   wish {bias:+.3f}  {arrow(bias)}"
        for digit, (p, bias) in enumerate(zip(before, biases, strict=True))
    ]
    for line, note in zip_longest(picture, notes, fillvalue=""):
        say(f"  {line:{2 * images.side}}   {note}".rstrip())
    names = short_names(network)
    largest = sorted(range(len(wish)), key=lambda place: -abs(wish[place]))[:5]
    say("", "The five weights that it wants changed most:")
    say("  " + "   ".join(f"{names[place]} {wish[place]:+.3f}" for place in largest))


def show_a_batch(network: MLP, images: Images, wishes: Any) -> None:
    """Print the wishes of a batch beside their average."""
    names, average = short_names(network), wishes.mean(axis=0)
    heading(f"A batch: {len(wishes)} examples, each with its wishes, and their average")
    largest = sorted(range(len(average)), key=lambda place: -abs(average[place]))[:8]
    shown = min(6, len(wishes))
    header = ("weight", *(f"a {digit}" for digit in images.train_digits[:shown]), "...", "average")
    rows = [
        (names[place], *(f"{wish[place]:+.3f}" for wish in wishes[:shown]), "", f"{average[place]:+.3f}")
        for place in largest
    ]
    table(header, [rows])
    lengths = np.linalg.norm(wishes, axis=1)
    say(f"The average is one vector with {len(average)} entries, a change for every weight.")
    mine, theirs = np.linalg.norm(average), lengths.mean()
    say(f"It is {mine:.2f} long, a single wish {theirs:.2f}: in part they contradict each other.")


def show_training(training: Training, images: Images, timing: tuple[float, float, float]) -> None:
    """Print how the descent went, how well unseen digits are read, and what the replay saved."""
    heading("Descent, recorded once and replayed on batches")
    last = len(training.costs) - 1
    kept = sorted({*range(0, last, max(1, last // 6)), last})
    rows = [
        (str(epoch), f"{training.costs[epoch]:.4f}", f"{100.0 * training.accuracy[epoch]:.1f} %") for epoch in kept
    ]
    table(("epoch", "train cost", "test accuracy"), [rows])
    eager, replayed, gap = timing
    say(f"{last} epochs of {len(images.train)} images took {training.seconds:.2f} s.")
    say(f"An image forward and back: {1e6 * eager:.0f} µs eagerly, {1e6 * replayed:.1f} µs by replay,")
    say(f"{eager / replayed:.0f} times faster, measured here and now; the gradients are {apart(gap)} apart.")
    say(f"test accuracy: {100.0 * training.accuracy[-1]:.1f} %")


def short_names(network: MLP) -> list[str]:
    """Return for each parameter its layer and place: W1[0,5] for neuron 0, input 5; b2[3] for the bias of neuron 3.

    >>> short_names(new_network(2, seed=0))[:4]
    ['W1[0,0]', 'W1[0,1]', 'b1[0]', 'W1[1,0]']
    """
    names = []
    for layer, neurons in enumerate((layer.neurons for layer in network.layers), start=1):
        for number, neuron in enumerate(neurons):
            names += [f"W{layer}[{number},{place}]" for place in range(len(neuron.w))]
            names.append(f"b{layer}[{number}]")
    return names


def arrow(wish: float) -> str:
    """Return a bar for a wish of at most 1 in size: upwards +, downwards −.

    >>> arrow(0.5), arrow(-0.125)
    ('++++++++++', '−−')
    """
    return ("+" if wish > 0.0 else "−") * round(20 * abs(wish))
