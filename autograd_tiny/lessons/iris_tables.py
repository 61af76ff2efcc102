"""What the lesson on iris prints: the way of one flower, the course of a training, the confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from autograd_tiny.lessons.arrays import difference, largest_difference
from autograd_tiny.lessons.iris_flowers import Course, Flower, Flowers
from autograd_tiny.lessons.screen import apart, digits, heading, say, table
from nn.metrics import accuracy, confusion_matrix

RULES: Final = {
    "∂L/∂ŷ": "2(ŷ − y)/3",
    "δ2": "∂L/∂ŷ ⊙ ŷ(1 − ŷ)",
    "∂L/∂W2": "δ2 hᵀ",
    "∂L/∂h": "W2ᵀ δ2",
    "δ1": "∂L/∂h ⊙ (1 − h²)",
    "∂L/∂W1": "δ1 xᵀ",
}
"""The way back, from the loss to the first layer. A row of W is a neuron's weights; ∂L/∂b of a layer is its δ."""


def show_flowers(flowers: Flowers) -> None:
    """Print how many flowers there are, and of which species."""
    heading("Iris: three species, three output neurons")
    say(f"{len(flowers.train)} flowers to learn from, {len(flowers.test)} to test on; {', '.join(flowers.species)}")


def show_one_flower(flower: Flower, species: str, hand: Mapping[str, Any], engine: Mapping[str, Any]) -> None:
    """Print the way of one flower: forward to the loss, and back layer by layer, by hand and by the engine."""
    heading("One flower, before any training: forward")
    say(f"x = ({digits(flower.inputs, '.3f')}), a {species}: y = ({digits(flower.target)})")
    say(f"h = tanh(W1 x + b1)    = ({digits(hand['h'], '.3f')})")
    say(f"ŷ = sigmoid(W2 h + b2) = ({digits(hand['ŷ'], '.3f')})")
    say(f"L = mean of (ŷ − y)²   = {hand['L']:.4f}")
    heading("... and back, layer by layer")
    rows = [
        (name, rule, digits(hand[name], ".3f"), apart(difference(hand[name], engine[name])))
        for name, rule in RULES.items()
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
    say(f"test accuracy: {100.0 * accuracy(course.predictions, flowers.numbers):.1f} %")


def confusion(flowers: Flowers, course: Course) -> list[list[int]]:
    """Return how often each species (row) was taken for each (column), among the test flowers."""
    return confusion_matrix(course.predictions, flowers.numbers, classes=list(range(len(flowers.species))))
