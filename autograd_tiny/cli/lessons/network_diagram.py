"""A network as a diagram: neurons in columns, weights as lines whose width is their size and whose colour their sign.

>>> Neuron("x = 1").gradient
''
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd_tiny.cli.plots import COLOURS, INK

POSITIVE, NEGATIVE = COLOURS[0], COLOURS[1]
WIDEST: Final = 3.5
"""Width of the line of the largest weight, in points."""


@dataclass(frozen=True, slots=True)
class Neuron:
    """What is written at a neuron.

    Attributes:
        value: what it hands forward.
        pre_activation: what went into its activation; empty for an input.
        gradient: what comes back to it; empty for an input.
    """

    value: str
    pre_activation: str = ""
    gradient: str = ""


def draw_network(
    panel: Any, layers: Sequence[Sequence[Neuron]], weights: Sequence[Any], *, form: str = ".2f"
) -> None:
    """Draw the layers from left to right.

    Args:
        panel: of matplotlib.
        layers: the neurons of each layer, the inputs first.
        weights: for each two neighbours a matrix with a row for each neuron on the left.
        form: of the weights.
    """
    places = [
        [(float(column), 0.5 * (len(layer) - 1) - row) for row in range(len(layer))]
        for column, layer in enumerate(layers)
    ]
    largest = max(abs(float(weight)) for matrix in weights for row in matrix for weight in row) or 1.0
    for matrix, left, right in zip(weights, places[:-1], places[1:], strict=True):
        for row, start in zip(matrix, left, strict=True):
            for weight, end in zip(row, right, strict=True):
                draw_weight(panel, (start, end), float(weight), WIDEST / largest, form)
    for layer, spots in zip(layers, places, strict=True):
        for neuron, spot in zip(layer, spots, strict=True):
            draw_neuron(panel, neuron, spot)
    height = max(map(len, layers))
    panel.set(xlim=(-0.35, len(layers) - 0.65), ylim=(-0.5 * height + 0.05, 0.5 * height - 0.05))
    panel.set_axis_off()


def draw_weight(
    panel: Any, ends: Sequence[tuple[float, float]], weight: float, points_per_unit: float, form: str
) -> None:
    """Draw one weight, its number near the neuron that it leads to."""
    colour = POSITIVE if weight >= 0.0 else NEGATIVE
    width = 0.4 + abs(weight) * points_per_unit
    panel.plot(*zip(*ends, strict=True), color=colour, linewidth=width, alpha=0.55, zorder=1)
    share = 0.77  # where the numbers of neighbouring weights stand apart
    spot = [(1.0 - share) * a + share * b for a, b in zip(*ends, strict=True)]
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
    panel.text(*spot, format(weight, form), color=colour, fontsize=8, ha="center", va="center", bbox=box, zorder=2)


def draw_neuron(panel: Any, neuron: Neuron, spot: tuple[float, float]) -> None:
    """Draw one neuron as a circle, what goes into it above and what comes back below."""
    panel.scatter(*spot, s=2300, facecolor="white", edgecolor=INK, linewidth=1.2, zorder=3)
    panel.text(*spot, neuron.value, color=INK, fontsize=9, ha="center", va="center", zorder=4)
    for text, points, colour in ((neuron.pre_activation, 31, INK), (neuron.gradient, -32, COLOURS[3])):
        panel.annotate(
            text, spot, (0, points), textcoords="offset points", color=colour, fontsize=9, ha="center", va="center",
            zorder=4, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85} if text else None,
        )  # fmt: skip
