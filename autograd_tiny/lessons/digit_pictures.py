"""The picture of the lesson on digits: images and their wishes, the average, and the descent on its surface."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.cli.plots import COLOURS, INK, PALE
from autograd_tiny.lessons.digit_images import Images
from autograd_tiny.lessons.pictures import new_figure, save
from autograd_tiny.replay import Program

GRID: Final = 29
EXAMPLES: Final = 300
"""The surface is the mean cost of at most so many training images."""


def draw_lesson(images: Images, wishes: Any, program: Program, path_of_weights: Any, path: Path) -> None:
    """Draw the lesson.

    Args:
        images: the digits.
        wishes: for each example of a batch its wish for every weight; those of the first neuron come first.
        program: gives the cost for any weights.
        path_of_weights: a row of all weights for each epoch.
        path: the file.
    """
    figure = new_figure(10.0, 3.0)
    left, right = figure.subfigures(1, 2, width_ratios=[1.15, 1.0])
    draw_wishes(left, images, wishes)
    draw_surface(right, program, path_of_weights, images)
    save(figure, path)


def draw_wishes(figure: Any, images: Images, wishes: Any) -> None:
    """Draw images, below each what it wants of the first neuron's weights, and the average of the batch."""
    shown, pixels = min(5, len(wishes)), images.train.shape[1]
    grid = figure.subplots(2, shown + 1)
    average = wishes[:, :pixels].mean(axis=0)
    largest = np.abs(wishes[:shown, :pixels]).max() or 1.0
    for panel in grid.flat:
        panel.set_anchor("S" if panel in grid[0] else "N")  # each image close to its wish
    for column in range(shown):
        draw_pixels(grid[0, column], images.train[column], images.side, cmap="Greys", vmin=0.0, vmax=1.0)
        grid[0, column].set_title(f"a {images.train_digits[column]}", color=INK)
        draw_pixels(grid[1, column], wishes[column, :pixels], images.side, cmap="RdBu", vmin=-largest, vmax=largest)
    grid[0, shown].set_axis_off()
    grid[0, shown].text(
        0.5, 0.1, f"average\nof {len(wishes)}", ha="center", color=INK, transform=grid[0, shown].transAxes
    )
    draw_pixels(grid[1, shown], average, images.side, cmap="RdBu", vmin=-largest, vmax=largest)
    for spine in grid[1, shown].spines.values():
        spine.set(color=INK, linewidth=2.0)
    title = "What images want of one neuron's weights: more (blue), less (red)"
    figure.suptitle(title, color=INK, fontweight="bold", fontsize="medium")


def draw_pixels(panel: Any, numbers: Any, side: int, **colours: Any) -> None:
    """Draw numbers as a square of pixels."""
    panel.imshow(numbers.reshape(side, side), **colours)
    panel.set(xticks=[], yticks=[])
    panel.spines[:].set_color(PALE)


def draw_surface(figure: Any, program: Program, path_of_weights: Any, images: Images) -> None:
    """Draw the cost over the two directions in which the descent went furthest, and its path on the surface."""
    path, grid, heights = surface(program, path_of_weights, images)
    panel = figure.add_subplot(projection="3d", computed_zorder=False)
    xs, ys = np.meshgrid(*grid)
    panel.plot_surface(xs, ys, heights, cmap="viridis", alpha=0.75, linewidth=0, rstride=1, cstride=1, zorder=1)
    panel.plot(*path.T, color=COLOURS[1], linewidth=2.2, marker="o", markersize=3, zorder=2)
    panel.view_init(elev=38, azim=-60)
    panel.set_box_aspect((1.5, 1.5, 1.0), zoom=0.82)
    panel.set(xlabel="direction 1", ylabel="direction 2", zlabel="cost")
    for axis in (panel.xaxis, panel.yaxis, panel.zaxis):
        axis.set_tick_params(labelsize="small", pad=0)
        axis.labelpad = 2
    title = "The cost over two directions, and the descent on it"
    figure.suptitle(title, color=INK, fontweight="bold", fontsize="medium")


def surface(program: Program, path_of_weights: Any, images: Images) -> tuple[Any, list[Any], Any]:
    """Return a path over two directions with its cost, a grid in both, and the cost over the grid.

    The directions are taken from the last weights of the path. Those weights, moved along both, have the cost.
    """
    axes, places = directions(path_of_weights)
    pixels, targets = images.train[:EXAMPLES], images.targets(images.train_digits[:EXAMPLES])

    def cost(place: Any) -> float:
        program.parameters = path_of_weights[-1] + np.asarray(place) @ axes
        return float(program.evaluate(pixels, targets).mean())

    margins = 0.2 * np.ptp(places, axis=0)
    grid = [np.linspace(*ends, GRID) for ends in zip(places.min(0) - margins, places.max(0) + margins, strict=True)]
    heights = np.array([[cost((x, y)) for x in grid[0]] for y in grid[1]])
    return np.column_stack([places, [cost(place) for place in places]]), grid, heights


def directions(path_of_weights: Any) -> tuple[Any, Any]:
    """Return the two directions in which a path spreads most (its principal components), and its places along them.

    >>> axes, places = directions(np.array([[0.0, 0.0, 3.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))
    >>> axes.shape, places.shape, places[-1].tolist()
    ((2, 3), (3, 2), [0.0, 0.0])
    """
    _, _, axes = np.linalg.svd(path_of_weights - path_of_weights.mean(axis=0), full_matrices=False)
    return axes[:2], (path_of_weights - path_of_weights[-1]) @ axes[:2].T
