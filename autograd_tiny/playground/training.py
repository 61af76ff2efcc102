"""Train a network on points in the plane, and keep its weights frame by frame.

The network is recorded once and replayed on batches. A frame holds weights and losses; `maps` returns for a frame the
activation of every neuron over the plane.

>>> play = train(PlaySettings("xor", hidden=(3,), epochs=2))
>>> len(play.frames), [layer.shape for layer in maps(play, play.frames[-1], side=5)]
(3, [(2, 5, 5), (3, 5, 5), (1, 5, 5)])
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, Final

import numpy as np

from autograd_tiny import Value, binary_cross_entropy_with_logits
from autograd_tiny.errors import require_own_nn
from autograd_tiny.playground.points import draw_points
from autograd_tiny.replay import record

require_own_nn()
from nn import MLP, Adam, batches  # noqa: E402 - after the check
from nn.activations import ACTIVATIONS  # noqa: E402 - after the check

POINTS: Final = 200
BATCH: Final = 10
FRAMES: Final = 40
REACH: Final = 1.7
"""The plane is shown from -REACH to REACH in both directions."""


@dataclass(frozen=True, slots=True)
class PlaySettings:
    """The settings of a training.

    Attributes:
        shape: of the points.
        hidden: the number of neurons in each hidden layer.
        activation: of the hidden layers.
        lr: the learning rate.
        regularization: weight of ½ Σ p² in the loss.
        epochs: passes over all points.
        noise: of the points.
        seed: of points, first weights and order.
    """

    shape: str
    hidden: tuple[int, ...] = (8, 8)
    activation: str = "tanh"
    lr: float = 0.05
    regularization: float = 0.0
    epochs: int = 100
    noise: float = 0.06
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """The state after some epochs.

    Attributes:
        epoch: the number of epochs before it.
        weights: for each layer a matrix with a row for each neuron, its bias last.
        train_loss, test_loss: the mean losses.
        accuracy: the share of the test points that are classified rightly.
    """

    epoch: int
    weights: list[Any]
    train_loss: float
    test_loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Play:
    """A training: its settings, the points, and its frames.

    Attributes:
        settings: of the network, its training and its points.
        train, test: points, a row each.
        train_classes, test_classes: 0 or 1 for each.
        frames: before the first epoch, and on the way to the last.
    """

    settings: PlaySettings
    train: Any
    train_classes: Any
    test: Any
    test_classes: Any
    frames: list[Frame]


def train(settings: PlaySettings) -> Play:
    """Train on half of the points, and test on the others."""
    play = Play(settings, *points_of(settings.shape, settings), [])
    model = new_network(settings)
    optimizer = Adam(model.parameters(), lr=settings.lr, weight_decay=settings.regularization)

    def loss(point: Any, label: Any) -> Value:
        of_one: Value = binary_cross_entropy_with_logits(model(list(point)), label)
        return of_one

    program, dealer = record(loss, inputs=([0.5, 0.5], 1.0), parameters=model.parameters()), Random(settings.seed)
    kept = {round(settings.epochs * (frame / (FRAMES - 1)) ** 2) for frame in range(FRAMES)}  # close at first
    for epoch in range(settings.epochs + 1):
        if epoch:
            for batch in batches(play.train, play.train_classes, BATCH, seed=dealer):
                optimizer.zero_grad()
                program.backward(*map(np.array, batch))
                optimizer.step()
        if epoch in kept:
            parts = (play.train, play.train_classes), (play.test, play.test_classes)
            train_loss, test_loss = (float(program(*part).mean()) for part in parts)
            weights = weights_of(model)
            right = (predict(weights, settings.activation, play.test)[-1][0] > 0.0) == play.test_classes
            play.frames.append(Frame(epoch, weights, train_loss, test_loss, float(right.mean())))
    return play


def points_of(shape: str, settings: PlaySettings) -> tuple[Any, Any, Any, Any]:
    """Return training points and their classes, test points and their classes."""
    inputs, classes = draw_points(shape, 2 * POINTS, noise=settings.noise, seed=settings.seed)
    points, labels = np.array(inputs), np.array(classes, dtype=float)
    return points[:POINTS], labels[:POINTS], points[POINTS:], labels[POINTS:]


def new_network(settings: PlaySettings) -> MLP:
    """Return a network with two inputs and one logit.

    Raises:
        UnknownNameError: the activation is unknown.
    """
    start = "he_uniform" if "elu" in settings.activation else "xavier_uniform"
    widths = [*settings.hidden, 1]
    return MLP(2, widths, hidden=settings.activation, initializer=start, seed=settings.seed)


def weights_of(model: MLP) -> list[Any]:
    """Return for each layer a matrix with a row for each neuron, its bias last."""
    return [np.array([[p.data for p in (*n.w, n.b)] for n in layer.neurons]) for layer in model.layers]


def predict(weights: list[Any], activation: str, points: Any) -> list[Any]:
    """Return the activation of every neuron at each point: for each layer, the inputs first, a row for each neuron.

    The last layer has the logit, without an activation.
    """
    layers = [np.asarray(points, dtype=float).T]
    for number, matrix in enumerate(weights, start=1):
        before = matrix[:, :-1] @ layers[-1] + matrix[:, -1:]
        layers.append(before if number == len(weights) else np.asarray(ACTIVATIONS[activation](before), dtype=float))
    return layers


def maps(play: Play, frame: Frame, *, side: int) -> list[Any]:
    """Return the activation of every neuron over the plane: an array (neurons, side, side) a layer, south first."""
    axis = np.linspace(-REACH, REACH, side)
    points = np.stack([grid.ravel() for grid in np.meshgrid(axis, axis)], axis=1)
    layers = predict(frame.weights, play.settings.activation, points)
    return [layer.reshape(-1, side, side) for layer in layers]
