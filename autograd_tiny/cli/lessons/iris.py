"""Lesson 1: iris. Three species, three output neurons, and an error that flows back layer by layer.

1. The target of a flower of the first species is (1, 0, 0), one number for each output neuron.
2. Forward: 4 lengths and widths → 4 neurons with tanh → 3 outputs → the loss, a mean squared error.
3. Backward, layer by layer: ∂L/∂ŷ → δ of the outputs → ∂L/∂h → δ of the hidden neurons → every weight.
4. Descent: p := p − rate·∂L/∂p, batch by batch, epoch by epoch, until the loss of flowers never seen is low.
5. The same once more with softmax and cross-entropy, from the same initial weights.

>>> flowers = iris_flowers(seed=13)
>>> len(flowers.train), len(flowers.test), flowers.train[0].target
(99, 51, [0.0, 0.0, 1.0])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np

from autograd_tiny import Value, mean, no_gc, no_grad, softmax
from autograd_tiny.cli.data import Scaler, split
from autograd_tiny.cli.datasets import SEED, load_iris
from autograd_tiny.cli.lessons.arrays import data_of, difference, gradient_of, largest_difference
from autograd_tiny.cli.lessons.course import Course
from autograd_tiny.cli.lessons.iris_pictures import draw_lesson
from autograd_tiny.cli.lessons.screen import apart, digits, heading, say, table
from nn import MLP, batches
from nn.losses import softmax_cross_entropy, squared_error
from nn.metrics import accuracy, confusion_matrix

EPOCHS: Final = 150
RATE: Final = 0.5
BATCH: Final = 10
LOW: Final = {"mean squared error": 0.02, "cross-entropy": 0.1}
"""A test loss that is low enough to stop."""


@dataclass(frozen=True, slots=True)
class Flower:
    """One example: four standardised numbers, and a one-hot target."""

    inputs: list[float]
    target: list[float]


@dataclass(frozen=True, slots=True)
class Flowers:
    """The flowers to learn from, the flowers to test on, and the names of the species."""

    train: list[Flower]
    test: list[Flower]
    species: tuple[str, ...]


LOSSES: Final[dict[str, tuple[str, Callable[[Any, Any], Any], Callable[[Any], Any]]]] = {
    "mean squared error": ("sigmoid", squared_error, list),
    "cross-entropy": ("linear", softmax_cross_entropy, softmax),
}
"""By its name, a loss, the activation of the outputs that it suits, and what makes outputs of these."""


def iris_flowers(seed: int) -> Flowers:
    """Return Fisher's flowers, a third of them to test on; inputs are standardised, targets one-hot."""
    data = load_iris(seed)
    rows = split(data, test_size=1 / 3 + 0.005, seed=seed)
    scale = Scaler.of([data.inputs[row] for row in rows[0]])
    one_hot = np.eye(len(data.classes)).tolist()
    train, test = (
        [Flower(scale(data.inputs[row]), one_hot[int(data.targets[row])]) for row in part] for part in rows
    )
    return Flowers(train, test, data.classes)


def network_for(loss: str, seed: int) -> MLP:
    """Return a network with 4 inputs, 4 hidden neurons and 3 outputs; the same weights for either loss."""
    activation, _, _ = LOSSES[loss]
    return MLP(4, [4, 3], hidden="tanh", output=activation, initializer="xavier_uniform", seed=seed)


def learn(flowers: Flowers, loss: str, *, epochs: int, seed: int) -> Course:
    """Train a network until the test loss is low, or the epochs are over."""
    network, loss_of, dealer = network_for(loss, seed), LOSSES[loss][1], Random(seed)
    inputs, targets = [flower.inputs for flower in flowers.train], [flower.target for flower in flowers.train]
    course = Course(loss)
    look(network, flowers, course)
    with no_gc():
        for _ in range(epochs):
            for batch in batches(inputs, targets, BATCH, seed=dealer):
                network.zero_grad()
                mean([loss_of(network(x), target) for x, target in zip(*batch, strict=True)]).backward()
                for parameter in network.parameters():
                    parameter.data -= RATE * parameter.grad
            look(network, flowers, course)
            if course.test[-1] < LOW[loss]:
                break
    return course


@no_grad()
def look(network: MLP, flowers: Flowers, course: Course) -> None:
    """Note both losses, and what the network says of the test flowers."""
    _, loss_of, outputs_of = LOSSES[course.loss]
    for losses, part in ((course.train, flowers.train), (course.test, flowers.test)):
        losses.append(mean([loss_of(network(flower.inputs), flower.target) for flower in part]).data)
    course.predictions = [data_of(outputs_of(network(flower.inputs))).tolist() for flower in flowers.test]
    watched = next(place for place, flower in enumerate(flowers.test) if flower.target[0])
    course.path.append(course.predictions[watched])


Gradients = dict[str, Any]
"""Arrays by the names of `BACKWARD`."""

BACKWARD: Final = {
    "∂L/∂ŷ": "2(ŷ − y)/3",
    "δ2": "∂L/∂ŷ ⊙ ŷ(1 − ŷ)",
    "∂L/∂W2": "δ2 hᵀ",
    "∂L/∂h": "W2ᵀ δ2",
    "δ1": "∂L/∂h ⊙ (1 − h²)",
    "∂L/∂W1": "δ1 xᵀ",
}
"""The way back, from the loss to the first layer: what is computed, and how. A row of W is a neuron's weights."""


def by_hand(network: MLP, flower: Flower) -> Gradients:
    """Return the gradients of one flower's mean squared error, layer by layer, in NumPy."""
    (W1, b1), (W2, b2) = (weights_and_biases(layer, data_of) for layer in network.layers)
    x, y = np.array(flower.inputs), np.array(flower.target)
    h = np.tanh(W1 @ x + b1)
    output = 1.0 / (1.0 + np.exp(-(W2 @ h + b2)))
    to_output = 2.0 * (output - y) / len(y)
    delta2 = to_output * output * (1.0 - output)
    to_hidden = W2.T @ delta2
    delta1 = to_hidden * (1.0 - h**2)
    gradients = (to_output, delta2, np.outer(delta2, h), to_hidden, delta1, np.outer(delta1, x))
    return dict(zip(BACKWARD, gradients, strict=True))


def by_engine(network: MLP, flower: Flower) -> tuple[Value, Gradients]:
    """Return the loss of one flower and the same gradients from its graph."""
    network.zero_grad()
    first, second = network.layers
    hidden = first(flower.inputs)
    output = second(hidden)
    loss: Value = squared_error(output, flower.target)
    loss.backward()
    to_W1, to_W2 = (weights_and_biases(layer, gradient_of)[0] for layer in (first, second))
    delta1, delta2 = ([neuron.inputs[0] for neuron in neurons] for neurons in (hidden, output))  # pre-activations
    gradients = (*map(gradient_of, (output, delta2)), to_W2, *map(gradient_of, (hidden, delta1)), to_W1)
    return loss, dict(zip(BACKWARD, gradients, strict=True))


def weights_and_biases(layer: Any, read: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Return what is read of the weights, a row for each neuron, and of the biases of a layer."""
    return read([neuron.w for neuron in layer.neurons]), read([neuron.b for neuron in layer.neurons])


def teach(*, seed: int = SEED, folder: Path | None = None, epochs: int = EPOCHS) -> None:
    """Take one flower forward and back, train with either loss, and test on flowers never seen."""
    flowers = iris_flowers(seed)
    heading("Iris: three species, three output neurons")
    say(f"{len(flowers.train)} flowers to learn from, {len(flowers.test)} to test on; {', '.join(flowers.species)}")
    show_one_flower(flowers, seed)
    courses = [learn(flowers, loss, epochs=epochs, seed=seed) for loss in LOSSES]
    for course in courses:
        show_course(flowers, course)
    if folder is not None:
        draw_lesson(courses, flowers.species, confusion(flowers, courses[0]), folder / "iris.png")


def show_one_flower(flowers: Flowers, seed: int) -> None:
    """Print the way of one flower: forward to the loss, and back layer by layer."""
    flower = next(flower for flower in flowers.train if flower.target[0])
    network = network_for("mean squared error", seed)
    loss, engine = by_engine(network, flower)
    hand = by_hand(network, flower)
    with no_grad():
        hidden = network.layers[0](flower.inputs)
        output = network.layers[1](hidden)
    heading("One flower, before any training: forward")
    say(f"x = ({digits(flower.inputs, '.3f')}), a {flowers.species[0]}: y = ({digits(flower.target)})")
    say(f"h = tanh(W1 x + b1)    = ({digits(data_of(hidden), '.3f')})")
    say(f"ŷ = sigmoid(W2 h + b2) = ({digits(data_of(output), '.3f')})")
    say(f"L = mean of (ŷ − y)²   = {loss.data:.4f}")
    heading("... and back, layer by layer")
    rows = [
        (name, rule, digits(hand[name], ".3f"), apart(difference(hand[name], engine[name])))
        for name, rule in BACKWARD.items()
    ]
    table(("gradient", "rule", "by hand", "engine apart"), [rows], words=2)
    say(f"Hand and engine are at most {apart(largest_difference(hand, engine))} apart.")


def show_course(flowers: Flowers, course: Course) -> None:
    """Print how a training went, and how it ended."""
    heading(f"Training with {course.loss}")
    every = max(1, len(course.test) // 6)
    kept = [*range(0, len(course.test) - 1, every), len(course.test) - 1]
    numbers = ([course.train[epoch], course.test[epoch], course.path[epoch]] for epoch in kept)
    rows = [
        (str(epoch), *(digits(number, ".4f") for number in row[:2]), f"({digits(row[2], '.3f')})")
        for epoch, row in zip(kept, numbers, strict=True)
    ]
    table(("epoch", "train loss", "test loss", f"one {flowers.species[0]}'s output → (1, 0, 0)"), [rows])
    say("")
    header = ("actual | predicted", *flowers.species)
    matrix = confusion(flowers, course)
    table(header, [[(name, *map(str, row)) for name, row in zip(flowers.species, matrix, strict=True)]])
    say(f"test accuracy: {100.0 * accuracy(course.predictions, classes_of(flowers)):.1f} %")


def confusion(flowers: Flowers, course: Course) -> list[list[int]]:
    """Return how often each species (row) was taken for each (column), among the test flowers."""
    return confusion_matrix(course.predictions, classes_of(flowers), classes=list(range(len(flowers.species))))


def classes_of(flowers: Flowers) -> list[int]:
    """Return the species of the test flowers by number."""
    return [flower.target.index(1.0) for flower in flowers.test]
