"""Lesson 1, iris: three species, three output neurons, and the gradients layer by layer.

Run it: `python demos/iris.py`. Once installed, `autograd-tiny lesson iris` runs it with options.

1. The target of a flower of the first species is (1, 0, 0), one number for each output neuron.
2. Forward: 4 lengths and widths → 4 neurons with tanh → 3 outputs → the loss, a mean squared error.
3. Backward, layer by layer: ∂L/∂ŷ → δ of the outputs → ∂L/∂h → δ of the hidden neurons → every weight.
4. Descent: p := p − rate·∂L/∂p, batch by batch, epoch by epoch, until the test loss is low.
5. The same with softmax and cross-entropy, from the same initial weights.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from autograd_tiny import mean, no_gc, no_grad, softmax
from autograd_tiny.lessons import data_of, gradient_of, heading, picture_folder, say, weights_and_biases
from autograd_tiny.lessons.iris import (
    Flower,
    Flowers,
    IrisTraining,
    confusion,
    draw_lesson,
    load_flowers,
    show_one_flower,
    show_training,
)
from nn import MLP, batches
from nn.losses import softmax_cross_entropy, squared_error

RATE, BATCH = 0.5, 10


class Loss(NamedTuple):
    """A loss, the activation of its outputs, the function that makes probabilities of them, and when to stop."""

    name: str
    of: Callable[[Any, Any], Any]
    activation: str
    outputs: Callable[[Any], Any]
    low: float


LOSSES = (
    Loss("mean squared error", squared_error, "sigmoid", list, low=0.02),
    Loss("cross-entropy", softmax_cross_entropy, "linear", softmax, low=0.1),
)


def new_network(loss: Loss, seed: int) -> MLP:
    """Return a network with 4 inputs, 4 hidden neurons and 3 outputs; the same weights for either loss."""
    return MLP(4, [4, 3], hidden="tanh", output=loss.activation, initializer="xavier_uniform", seed=seed)


def by_hand(network: MLP, flower: Flower) -> dict[str, Any]:
    """Return the activations, the loss and the gradients of one flower, in NumPy; a row of W is a neuron."""
    (W1, b1), (W2, b2) = (weights_and_biases(layer, data_of) for layer in network.layers)
    x, y = np.array(flower.inputs), np.array(flower.target)
    h = np.tanh(W1 @ x + b1)
    output = 1.0 / (1.0 + np.exp(-(W2 @ h + b2)))
    loss = np.mean((output - y) ** 2)
    to_output = 2.0 * (output - y) / 3
    delta2 = to_output * output * (1.0 - output)
    to_hidden = W2.T @ delta2
    delta1 = to_hidden * (1.0 - h**2)
    back = {"∂L/∂ŷ": to_output, "δ2": delta2, "∂L/∂W2": np.outer(delta2, h)}
    back |= {"∂L/∂h": to_hidden, "δ1": delta1, "∂L/∂W1": np.outer(delta1, x)}
    return {"h": h, "ŷ": output, "L": loss, **back}


def by_engine(network: MLP, flower: Flower) -> dict[str, Any]:
    """Return the same from the graph of the loss: one backward pass computes every gradient."""
    network.zero_grad()
    first, second = network.layers
    hidden = first(flower.inputs)
    output = second(hidden)
    loss = squared_error(output, flower.target)
    loss.backward()
    delta1, delta2 = (gradient_of([neuron.inputs[0] for neuron in layer]) for layer in (hidden, output))
    (W1, _), (W2, _) = (weights_and_biases(layer, gradient_of) for layer in network.layers)
    back = {"∂L/∂ŷ": gradient_of(output), "δ2": delta2, "∂L/∂W2": W2}
    back |= {"∂L/∂h": gradient_of(hidden), "δ1": delta1, "∂L/∂W1": W1}
    return {"h": data_of(hidden), "ŷ": data_of(output), "L": loss.data, **back}


@no_gc()
def learn(flowers: Flowers, loss: Loss, *, epochs: int, seed: int) -> IrisTraining:
    """Train a network until the test loss is low, or the epochs are over."""
    network, draw, training = new_network(loss, seed), Random(seed), IrisTraining(loss.name)
    inputs, targets = [flower.inputs for flower in flowers.train], [flower.target for flower in flowers.train]
    test(network, loss, flowers, training)
    for _ in range(epochs):
        for xs, ys in batches(inputs, targets, BATCH, seed=draw):
            network.zero_grad()
            mean([loss.of(network(x), y) for x, y in zip(xs, ys, strict=True)]).backward()
            for p in network.parameters():
                p.data -= RATE * p.grad
        test(network, loss, flowers, training)
        if training.test[-1] < loss.low:
            break
    return training


@no_grad()
def test(network: MLP, loss: Loss, flowers: Flowers, training: IrisTraining) -> None:
    """Record both losses, and the predictions for the test flowers."""
    for losses, part in ((training.train, flowers.train), (training.test, flowers.test)):
        losses.append(mean([loss.of(network(flower.inputs), flower.target) for flower in part]).data)
    training.predictions = [data_of(loss.outputs(network(flower.inputs))).tolist() for flower in flowers.test]
    training.path.append(training.predictions[flowers.numbers.index(0)])


def teach(*, seed: int = 13, folder: Path | None = None, epochs: int = 150) -> None:
    """Show the passes of one flower, train with either loss, and test."""
    flowers = load_flowers(seed)
    heading("Iris: three species, three output neurons")
    say(f"{len(flowers.train)} flowers to learn from, {len(flowers.test)} to test on; {', '.join(flowers.species)}")
    flower, network = next(flower for flower in flowers.train if flower.target[0]), new_network(LOSSES[0], seed)
    show_one_flower(flower, flowers.species[0], by_hand(network, flower), by_engine(network, flower))
    trainings = [learn(flowers, loss, epochs=epochs, seed=seed) for loss in LOSSES]
    for training in trainings:
        show_training(flowers, training)
    if folder is not None:
        draw_lesson(trainings, flowers.species, confusion(flowers, trainings[0]), folder / "iris.png")


if __name__ == "__main__":
    teach(folder=picture_folder("lesson-iris"))
