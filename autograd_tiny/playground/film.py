"""Draw a training as a GIF or a PNG: the map of every neuron, the weights between them, the points on the output.

>>> places, output = layout([2, 3, 1])
>>> len(places), output.size > places[0][0].size
(2, True)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from autograd_tiny.playground.training import REACH, Frame, Play, maps
from autograd_tiny.support.figures import COLOURS, INK, PALE, new_figure, save_animation, save_picture

SIDE: Final = 40
EDGES: Final = (-REACH, REACH, -REACH, REACH)
WIDEST: Final = 3.0
LEVELS: Final = 21
"""The number of shades from orange to blue: few make a small GIF."""


WIDTH, HEIGHT = 2.0, 1.0
"""The picture is twice as wide as high."""
OUTPUT: Final = 0.78
"""The side of the map of the output."""


class Square(NamedTuple):
    """The lower left corner of a map and its side, in heights of the picture."""

    x: float
    y: float
    size: float

    @property
    def left(self) -> tuple[float, float]:
        """The point where lines arrive."""
        return self.x, self.y + 0.5 * self.size

    @property
    def right(self) -> tuple[float, float]:
        """The point where lines leave."""
        return self.x + self.size, self.y + 0.5 * self.size


def layout(widths: Sequence[int]) -> tuple[list[list[Square]], Square]:
    """Return the squares of all layers but the last, from top to bottom, and that of the output.

    Args:
        widths: the number of neurons in each layer, the inputs first, the output last.
    """
    columns = len(widths) - 1
    step = (WIDTH - OUTPUT - 0.1) / columns
    places = []
    for column, count in enumerate(widths[:-1]):
        room = (HEIGHT - 0.12) / max(count, 4)
        size = min(0.8 * room, 0.6 * step)
        top = 0.5 * (HEIGHT - 0.08) + 0.5 * room * count
        x = 0.04 + column * step
        places.append([Square(x, top - room * (row + 0.5) - 0.5 * size, size) for row in range(count)])
    return places, Square(WIDTH - OUTPUT - 0.04, 0.06, OUTPUT)


class Film:
    """A figure that shows one frame after another.

    Args:
        play: the training to be shown.
    """

    def __init__(self, play: Play) -> None:
        self.play = play
        self.figure = new_figure(4.2 * WIDTH, 4.2)
        self.figure.set_layout_engine("none")
        self.shades = shades()
        columns, output = layout([2, *play.settings.hidden, 1])
        self.canvas = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0.0, WIDTH), ylim=(0.0, HEIGHT))
        self.canvas.set_axis_off()
        self.text = self.canvas.text(0.04, HEIGHT - 0.06, "", color=INK, fontsize=11, fontweight="bold")
        targets = [*columns[1:], [output]]
        self.lines = [
            [[self._line(start, end) for start in column] for end in ends]
            for column, ends in zip(columns, targets, strict=True)
        ]
        self.images = [[self._image(square) for square in column] for column in columns]
        self.output, self.boundary = self._image(output), None
        self._draw_points(self.output.axes)

    def draw(self, number: int) -> None:
        """Show a frame."""
        frame = self.play.frames[number]
        *layers, (logit,) = maps(self.play, frame, side=SIDE)
        for images, activations in zip(self.images, layers, strict=True):
            for image, activation in zip(images, activations, strict=True):
                image.set_data(activation)
                largest = np.abs(activation).max() or 1.0
                image.set_clim(-largest, largest)
        self.output.set_data(np.tanh(0.5 * logit))
        self.output.set_clim(-1.0, 1.0)
        self._draw_boundary(logit)
        self._draw_weights(frame)
        losses = f"loss {frame.train_loss:.3f}, test {frame.test_loss:.3f}"
        self.text.set_text(f"Epoch {frame.epoch}: {losses}, {100.0 * frame.accuracy:.1f} % right")

    def _line(self, start: Square, end: Square) -> Any:
        (line,) = self.canvas.plot(*zip(start.right, end.left, strict=True), zorder=1)
        return line

    def _image(self, square: Square) -> Any:
        size = (square.x / WIDTH, square.y / HEIGHT, square.size / WIDTH, square.size / HEIGHT)
        panel = self.figure.add_axes(size, xticks=[], yticks=[])
        panel.spines[:].set_color(PALE)
        blank = np.zeros((SIDE, SIDE))
        return panel.imshow(blank, origin="lower", extent=EDGES, cmap=self.shades, interpolation="bilinear")

    def _draw_points(self, panel: Any) -> None:
        for label, colour in ((0.0, COLOURS[1]), (1.0, COLOURS[0])):
            points = self.play.train[self.play.train_classes == label]
            panel.scatter(*points.T, s=14, color=colour, edgecolor="white", linewidth=0.6, zorder=3)
        panel.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH))

    def _draw_boundary(self, logit: Any) -> None:
        if self.boundary is not None:
            self.boundary.remove()
            self.boundary = None
        if logit.min() < 0.0 < logit.max():
            axis = np.linspace(-REACH, REACH, SIDE)
            self.boundary = self.output.axes.contour(axis, axis, logit, levels=[0.0], colors=INK, linewidths=1.4)

    def _draw_weights(self, frame: Frame) -> None:
        for lines, matrix in zip(self.lines, frame.weights, strict=True):
            largest = np.abs(matrix[:, :-1]).max() or 1.0
            for row, weights in zip(lines, matrix[:, :-1].tolist(), strict=True):
                for line, weight in zip(row, weights, strict=True):
                    line.set(linewidth=WIDEST * abs(weight) / largest, color=COLOURS[0 if weight > 0.0 else 1])


def shades() -> Any:
    """Return the colours from orange (-1) over white (0) to blue (1), pale enough for points to stand out."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    ends = [[1.0 - 0.75 * (1.0 - channel) for channel in to_rgb(colour)] for colour in (COLOURS[1], COLOURS[0])]
    return LinearSegmentedColormap.from_list("orange to blue", [ends[0], (1.0, 1.0, 1.0), ends[1]], N=LEVELS)


def save_film(play: Play, path: Path, *, overwrite: bool) -> None:
    """Write all frames as a GIF, or the last one as a PNG; with a number if it may not overwrite another file."""
    film = Film(play)
    if path.suffix == ".gif":
        save_animation(film.figure, film.draw, len(play.frames), path, overwrite=overwrite)
    else:
        film.draw(len(play.frames) - 1)
        save_picture(film.figure, path, overwrite=overwrite)
