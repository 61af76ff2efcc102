"""A character-level transformer in scalar Values: what the names workload trains, on any engine.

One layer, 16 channels, 4 heads, context 16, RMSNorm, no biases: 4,192 parameters. A training step is the mean
cross-entropy of every next letter of one name. The design is that of GPT-2 in its smallest form.

>>> import autograd_tiny
>>> transformer = Transformer(autograd_tiny)
>>> len(transformer.parameters())
4192
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType
from typing import Any

LETTERS, CHANNELS, HEADS, CONTEXT = 27, 16, 4, 16
WIDTH = CHANNELS // HEADS
NAME = "charlotte"

Vector = list[Any]


class Transformer:
    """The parameters, and the loss of one name."""

    def __init__(self, engine: ModuleType, seed: int = 0) -> None:
        draw = random.Random(seed)

        def matrix(rows: int, columns: int) -> list[Vector]:
            return [[engine.Value(draw.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]

        self.letters, self.places = matrix(LETTERS, CHANNELS), matrix(CONTEXT, CHANNELS)
        self.query, self.key, self.value, self.mix = (matrix(CHANNELS, CHANNELS) for _ in range(4))
        self.widen, self.narrow = matrix(4 * CHANNELS, CHANNELS), matrix(CHANNELS, 4 * CHANNELS)
        self.head = matrix(LETTERS, CHANNELS)

    def parameters(self) -> Vector:
        """All weights, matrix by matrix."""
        return [weight for matrix in vars(self).values() for row in matrix for weight in row]

    def loss(self, name: str = NAME) -> Any:
        """The mean cross-entropy of the letters of a name, and of its end, each from those before it."""
        tokens = [0, *(ord(letter) - ord("a") + 1 for letter in name), 0]
        keys: list[Vector] = []
        values: list[Vector] = []
        losses = []
        for place, (token, target) in enumerate(pairwise(tokens)):
            logits = self.step(token, place, keys, values)
            losses.append(-softmax(logits)[target].log())
        return sum(losses[1:], losses[0]) * (1.0 / len(losses))

    def step(self, token: int, place: int, keys: list[Vector], values: list[Vector]) -> Vector:
        """The logits of the next letter; keys and values are those of the letters so far."""
        x = normalized([a + b for a, b in zip(self.letters[token], self.places[place], strict=True)])
        h = normalized(x)
        query = linear(self.query, h)
        keys.append(linear(self.key, h))
        values.append(linear(self.value, h))
        heads: Vector = []
        for first in range(0, CHANNELS, WIDTH):
            part = slice(first, first + WIDTH)
            weights = softmax([product(query[part], key[part]) * WIDTH**-0.5 for key in keys])
            heads += [
                product(weights, [value[channel] for value in values]) for channel in range(first, first + WIDTH)
            ]
        x = [a + b for a, b in zip(x, linear(self.mix, heads), strict=True)]
        wide = [h.relu() for h in linear(self.widen, normalized(x))]
        x = [a + b for a, b in zip(x, linear(self.narrow, wide), strict=True)]
        return linear(self.head, x)


def product(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """Σ x·y, as one writes it."""
    terms = [x * y for x, y in zip(xs, ys, strict=True)]
    return sum(terms[1:], terms[0])


def linear(matrix: Sequence[Vector], xs: Vector) -> Vector:
    """The product of a matrix and a vector."""
    return [product(row, xs) for row in matrix]


def normalized(xs: Vector) -> Vector:
    """x divided by the root of its mean square."""
    scale = (product(xs, xs) * (1.0 / len(xs)) + 1e-5) ** -0.5
    return [x * scale for x in xs]


def softmax(xs: Vector) -> Vector:
    """Exponentials divided by their sum; the logits are small, so nothing need be shifted."""
    exponentials = [x.exp() for x in xs]
    total = sum(exponentials[1:], exponentials[0])
    return [exponential / total for exponential in exponentials]
