"""Load the flowers of the lesson on iris, and print and draw its training.

>>> flowers = Flowers(train=[Flower([0.5], [0.0, 1.0])], test=[Flower([0.25], [1.0, 0.0])], species=("a", "b"))
>>> flowers.test[0].target, flowers.numbers
([1.0, 0.0], [0])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.lessons.printing import apart, heading, in_digits, print_table, say
from autograd_tiny.lessons.value_arrays import difference, largest_difference
from autograd_tiny.support.figures import COLOURS, INK, name_panel, new_figure, save_picture, tidy
from autograd_tiny.tabular.dataset import Scaler, split
from autograd_tiny.tabular.sample_data import load_iris
from nn.metrics import accuracy, confusion_matrix

RULES: Final = {
    "∂L/∂ŷ": "2(ŷ − y)/3",
    "δ2": "∂L/∂ŷ ⊙ ŷ(1 − ŷ)",
    "∂L/∂W2": "δ2 hᵀ",
    "∂L/∂h": "W2ᵀ δ2",
    "δ1": "∂L/∂h ⊙ (1 − h²)",
    "∂L/∂W1": "δ1 xᵀ",
}
"""The gradients, from the loss back to layer 1. A row of W is a neuron's weights; ∂L/∂b of a layer is its δ."""


@dataclass(frozen=True, slots=True)
class Flower:
    """One example: four standardised numbers, and a one-hot target."""

    inputs: list[float]
    target: list[float]


@dataclass(frozen=True, slots=True)
class Flowers:
    """The flowers to train on, the flowers to test on, and the names of the species."""

    train: list[Flower]
    test: list[Flower]
    species: tuple[str, ...]

    @property
    def numbers(self) -> list[int]:
        """The number of the species of each test flower."""
        return [flower.target.index(1.0) for flower in self.test]


@dataclass(slots=True)
class IrisTraining:
    """The record of a training.

    Attributes:
        loss: name of the loss.
        train, test: the mean losses, before the first epoch and after each.
        path: at the same times, the outputs for one example.
        predictions: the outputs for all test examples at the end.
    """

    loss: str
    train: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    path: list[list[float]] = field(default_factory=list)
    predictions: list[list[float]] = field(default_factory=list)


def load_flowers(seed: int) -> Flowers:
    """Return Fisher's 150 flowers, a third of them to test on: standardised inputs, one-hot targets."""
    table = load_iris(seed)
    train, test = split(table, test_size=1 / 3 + 0.005, seed=seed)
    scale, one_hot = Scaler.of([table.inputs[row] for row in train]), np.eye(len(table.classes)).tolist()
    flowers = [Flower(scale(x), one_hot[int(k)]) for x, k in zip(table.inputs, table.targets, strict=True)]
    return Flowers([flowers[row] for row in train], [flowers[row] for row in test], table.classes)


def show_one_flower(flower: Flower, species: str, hand: Mapping[str, Any], engine: Mapping[str, Any]) -> None:
    """Print the forward pass of one flower, and its gradients layer by layer, by hand and by the engine."""
    heading("One flower, before any training: forward")
    say(f"x = ({in_digits(flower.inputs, '.3f')}), a {species}: y = ({in_digits(flower.target)})")
    say(f"h = tanh(W1 x + b1)    = ({in_digits(hand['h'], '.3f')})")
    say(f"ŷ = sigmoid(W2 h + b2) = ({in_digits(hand['ŷ'], '.3f')})")
    say(f"L = mean of (ŷ − y)²   = {hand['L']:.4f}")
    heading("... and back, layer by layer")
    rows = [
        (name, rule, in_digits(hand[name], ".3f"), apart(difference(hand[name], engine[name])))
        for name, rule in RULES.items()
    ]
    print_table(("gradient", "rule", "by hand", "engine apart"), [rows], words=2)
    say(f"Hand and engine are at most {apart(largest_difference(hand, engine))} apart.")


def show_training(flowers: Flowers, training: IrisTraining) -> None:
    """Print losses by epoch, and the confusion matrix at the end."""
    heading(f"Training with {training.loss}")
    every = max(1, len(training.test) // 6)
    kept = [*range(0, len(training.test) - 1, every), len(training.test) - 1]
    numbers = ([training.train[epoch], training.test[epoch], training.path[epoch]] for epoch in kept)
    rows = [
        (str(epoch), *(in_digits(number, ".4f") for number in row[:2]), f"({in_digits(row[2], '.3f')})")
        for epoch, row in zip(kept, numbers, strict=True)
    ]
    print_table(("epoch", "train loss", "test loss", f"one {flowers.species[0]}'s output → (1, 0, 0)"), [rows])
    say("")
    header = ("actual | predicted", *flowers.species)
    matrix = confusion(flowers, training)
    print_table(header, [[(name, *map(str, row)) for name, row in zip(flowers.species, matrix, strict=True)]])
    say(f"test accuracy: {100.0 * accuracy(training.predictions, flowers.numbers):.1f} %")


def confusion(flowers: Flowers, training: IrisTraining) -> list[list[int]]:
    """Return how often each species (row) was predicted as each (column), among the test flowers."""
    return confusion_matrix(training.predictions, flowers.numbers, classes=list(range(len(flowers.species))))


def draw_lesson(
    trainings: Sequence[IrisTraining], species: Sequence[str], confusion: list[list[int]], path: Path
) -> None:
    """Draw two trainings in one picture.

    Args:
        trainings: with mean squared error, and with cross-entropy.
        species: their names.
        confusion: of the first training.
        path: the file.
    """
    figure = new_figure(8.6, 5.6)
    upper, lower = figure.subplots(2, 2)
    for panel, training in zip(upper, trainings, strict=True):
        draw_losses(panel, training)
    draw_path(lower[0], trainings[0], species)
    draw_confusion(lower[1], confusion, species)
    save_picture(figure, path)


def draw_losses(panel: Any, training: IrisTraining) -> None:
    """Draw train and test loss by epoch."""
    for name, losses, colour in (("train", training.train, COLOURS[0]), ("test", training.test, COLOURS[1])):
        panel.plot(losses, color=colour, linewidth=2, label=f"{name} {losses[-1]:.3f}")
    panel.set_ylim(bottom=0.0)
    panel.legend(frameon=False, labelcolor="linecolor")
    name_panel(panel, f"Loss: {training.loss}", x="epoch")
    tidy(panel)


def draw_path(panel: Any, training: IrisTraining, species: Sequence[str]) -> None:
    """Draw the three outputs for one flower of the first species, whose target is 1, 0, 0."""
    for name, outputs, colour in zip(species, zip(*training.path, strict=True), COLOURS, strict=False):
        panel.plot(outputs, color=colour, linewidth=2, label=name)
    panel.set(ylim=(-0.03, 1.03), yticks=[0.0, 0.5, 1.0])
    panel.legend(frameon=False, labelcolor="linecolor", loc="center right")
    end = ", ".join(f"{output:.2f}" for output in training.path[-1])
    name_panel(panel, f"One {species[0]}: its output becomes ({end})", x="epoch")
    tidy(panel)


def draw_confusion(panel: Any, confusion: list[list[int]], species: Sequence[str]) -> None:
    """Draw how often each species was predicted as each."""
    largest = max(map(max, confusion))
    panel.imshow(confusion, cmap="Blues", vmin=0, vmax=largest)
    for row, counts in enumerate(confusion):
        for column, count in enumerate(counts):
            colour = "white" if 2 * count > largest else INK
            panel.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=12)
    places = range(len(species))
    panel.set(xticks=places, xticklabels=species, yticks=places, yticklabels=species)
    name_panel(panel, "Test flowers", x="predicted", y="actual")
    panel.spines[:].set_visible(False)
    panel.tick_params(length=0, labelcolor=INK)
