"""Draw a network as a diagram, and make the folder that the pictures of a lesson go to.

A diagram has a column for each layer. The width of a line is the size of its weight, the colour its sign. A bias is a
line that comes from above.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.errors import MissingPackageError, require_package
from autograd_tiny.support.figures import COLOURS, INK

POSITIVE, NEGATIVE = COLOURS[0], COLOURS[1]
WIDEST: Final = 3.5
"""The width of the line of the largest weight, in points."""
RADIUS: Final = 24
"""The radius of a neuron, in points."""
PAPER: Final = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
"""The box behind a text, so that lines do not cross it."""


def picture_folder(folder: str | Path, *, asked: bool = False) -> Path | None:
    """Return a folder for pictures, made if it does not exist; None, and print why, where matplotlib is missing.

    Raises:
        MissingPackageError: matplotlib is missing, and pictures were asked for.
        OSError: the folder cannot be made.
    """
    try:
        require_package("matplotlib.figure", package="matplotlib", extra="plots")
    except MissingPackageError as error:
        if asked:
            raise
        print(f"no pictures: {error}", file=sys.stderr)
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)


@dataclass(frozen=True, slots=True)
class NeuronText:
    """The texts at a neuron.

    Attributes:
        value: its activation.
        pre_activation: shown where there is a bias.
        gradient: of its pre-activation; empty for an input.
        bias: the weight of an input that is always 1; None for an input.
    """

    value: str
    pre_activation: str = ""
    gradient: str = ""
    bias: float | None = None


def draw_network(
    panel: Any, layers: Sequence[Sequence[NeuronText]], weights: Sequence[Any], *, form: str = ".2f"
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
    weights = [np.asarray(matrix, dtype=float) for matrix in weights]
    biases = [neuron.bias for layer in layers for neuron in layer if neuron.bias is not None]
    largest = max(np.abs(numbers).max(initial=0.0) for numbers in (*weights, np.array(biases))) or 1.0
    pen = Pen(panel, WIDEST / largest, form)
    for matrix, left, right in zip(weights, places[:-1], places[1:], strict=True):
        for row, start in zip(matrix.tolist(), left, strict=True):
            for weight, end in zip(row, right, strict=True):
                draw_weight(pen, (start, end), weight)
    for layer, spots in zip(layers, places, strict=True):
        for neuron, spot in zip(layer, spots, strict=True):
            draw_neuron(pen, neuron, spot)
    height = max(map(len, layers))
    panel.set(xlim=(-0.35, len(layers) - 0.65), ylim=(-0.5 * height + 0.05, 0.5 * height - 0.05))
    panel.set_axis_off()


@dataclass(frozen=True, slots=True)
class Pen:
    """The style of weights and biases.

    Attributes:
        panel: of matplotlib.
        points_per_unit: the width of the line of a weight of 1, less its least width.
        form: of the numbers.
    """

    panel: Any
    points_per_unit: float
    form: str

    def line(self, weight: float) -> dict[str, Any]:
        """Return the style of the line of a weight or bias."""
        return {"color": colour_of(weight), "linewidth": 0.4 + abs(weight) * self.points_per_unit, "alpha": 0.55}


def colour_of(weight: float) -> str:
    """Return the colour of a weight's sign."""
    return POSITIVE if weight >= 0.0 else NEGATIVE


def draw_weight(pen: Pen, ends: Sequence[tuple[float, float]], weight: float) -> None:
    """Draw one weight, its number near the neuron that it leads to."""
    pen.panel.plot(*zip(*ends, strict=True), **pen.line(weight), zorder=1)
    share = 0.77  # here the numbers of neighbouring weights do not overlap
    x, y = ((1.0 - share) * a + share * b for a, b in zip(*ends, strict=True))
    text, colour = format(weight, pen.form), colour_of(weight)
    pen.panel.text(x, y, text, color=colour, fontsize=8, ha="center", va="center", bbox=PAPER, zorder=2)


def draw_neuron(pen: Pen, neuron: NeuronText, spot: tuple[float, float]) -> None:
    """Draw one neuron as a circle: its pre-activation above, its bias from there, its gradient below."""
    pen.panel.scatter(*spot, s=(2 * RADIUS) ** 2, facecolor="white", edgecolor=INK, linewidth=1.2, zorder=3)
    pen.panel.text(*spot, neuron.value, color=INK, fontsize=9, ha="center", va="center", zorder=4)

    def write(text: str, place: tuple[float, float], colour: str, align: str) -> None:
        style = {"fontsize": 9, "ha": align, "va": "center", "bbox": PAPER, "zorder": 4}
        pen.panel.annotate(text, spot, place, textcoords="offset points", color=colour, **style)

    if neuron.gradient:
        write(neuron.gradient, (0, -RADIUS - 9), COLOURS[3], "center")
    if neuron.bias is None:
        return
    above = RADIUS + 9
    write(neuron.pre_activation, (5, above), INK, "left")
    write(format(neuron.bias, pen.form), (-5, above), colour_of(neuron.bias), "right")
    stub = {"arrowstyle": "-", "shrinkA": 0.0, "shrinkB": RADIUS, **pen.line(neuron.bias)}
    pen.panel.annotate("", spot, (0, above + 6), textcoords="offset points", arrowprops=stub, zorder=2)
