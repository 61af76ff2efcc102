"""Print and draw the lesson on digits: the wishes of images, their average, and the descent.

>>> arrow(0.5), arrow(-0.125)
('++++++++++', '−−')
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.lessons.digit_images import Images
from autograd_tiny.lessons.printing import apart, heading, print_table, say
from autograd_tiny.replay import Program
from autograd_tiny.support.console import counted
from autograd_tiny.support.figures import COLOURS, INK, PALE, new_figure, save_picture
from nn import MLP

GRID: Final = 29
EXAMPLES: Final = 300
"""The surface is the mean cost of at most so many training images."""


@dataclass(slots=True)
class DigitTraining:
    """The record of a training.

    Attributes:
        path: all weights, after each epoch and several times in the first, when they move most.
        costs: before the first epoch and after each, the mean cost of training images.
        accuracy: at the same times, the share of test images that are classified rightly.
        seconds: how long the epochs took.
    """

    path: list[Any] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0


def show_one_example(network: MLP, probabilities: Any, images: Images, wish: Any) -> None:
    """Print one image, its probabilities, and the changes that it wants of output neurons and weights."""
    names = short_names(network)
    biases = [wish[place] for place, name in enumerate(names) if name.startswith("b2")]
    picture = images.picture(images.train[0])
    say("", f"An image of a {images.train_digits[0]}. Of each output neuron it wants −∂cost/∂logit = y − p:")
    notes = [
        f"{digit}   p = {p:.3f}   wish {bias:+.3f}  {arrow(bias)}"
        for digit, (p, bias) in enumerate(zip(probabilities, biases, strict=True))
    ]
    for line, note in zip_longest(picture, notes, fillvalue=""):
        say(f"  {line:{2 * images.side}}   {note}".rstrip())
    largest = sorted(range(len(wish)), key=lambda place: -abs(wish[place]))[:5]
    say("", "The five weights that it wants changed most:")
    say("  " + "   ".join(f"{names[place]} {wish[place]:+.3f}" for place in largest))


def show_a_batch(network: MLP, images: Images, wishes: Any) -> None:
    """Print the wishes of a batch and their average."""
    names, average = short_names(network), wishes.mean(axis=0)
    heading(f"A batch: {counted(len(wishes), 'example')}, each with its wishes, and their average")
    largest = sorted(range(len(average)), key=lambda place: -abs(average[place]))[:8]
    shown = min(6, len(wishes))
    header = ("weight", *(f"a {digit}" for digit in images.train_digits[:shown]), "...", "average")
    rows = [
        (names[place], *(f"{wish[place]:+.3f}" for wish in wishes[:shown]), "", f"{average[place]:+.3f}")
        for place in largest
    ]
    print_table(header, [rows])
    lengths = np.linalg.norm(wishes, axis=1)
    say(f"The average is one vector with {len(average)} entries, a change for every weight.")
    mine, theirs = np.linalg.norm(average), lengths.mean()
    say(f"Its length is {mine:.2f}, the mean length of a wish {theirs:.2f}: in part the wishes cancel.")


def show_training(training: DigitTraining, images: Images, timing: tuple[float, float, float]) -> None:
    """Print costs and accuracy by epoch, and the times of an image eagerly and by replay.

    Args:
        training: the record.
        images: trained and tested on.
        timing: seconds for one image, eagerly and by replay, and how far apart the two gradients are.
    """
    heading("Descent, recorded once and replayed on batches")
    last = len(training.costs) - 1
    kept = sorted({*range(0, last, max(1, last // 6)), last})
    rows = [
        (str(epoch), f"{training.costs[epoch]:.4f}", f"{100.0 * training.accuracy[epoch]:.1f} %") for epoch in kept
    ]
    print_table(("epoch", "train cost", "test accuracy"), [rows])
    say(f"{counted(last, 'epoch')} of {counted(len(images.train), 'image')} took {training.seconds:.2f} s.")
    eager, replayed, gap = timing
    say(f"An image forward and back takes {1e6 * eager:.0f} µs eagerly and {1e6 * replayed:.1f} µs by replay,")
    say(f"{eager / replayed:.0f} times faster in processor time, measured here; gradients are {apart(gap)} apart.")
    say(f"test accuracy: {100.0 * training.accuracy[-1]:.1f} %")


def short_names(network: MLP) -> list[str]:
    """Return for each parameter its layer and place: W1[0,5] for neuron 0, input 5; b2[3] for the bias of neuron 3.

    >>> short_names(MLP(2, [24, 10], seed=0))[:4]
    ['W1[0,0]', 'W1[0,1]', 'b1[0]', 'W1[1,0]']
    """
    names = []
    for layer, neurons in enumerate((layer.neurons for layer in network.layers), start=1):
        for number, neuron in enumerate(neurons):
            names += [f"W{layer}[{number},{place}]" for place in range(len(neuron.w))]
            names.append(f"b{layer}[{number}]")
    return names


def arrow(wish: float) -> str:
    """Return a bar for a wish of at most 1 in size: upwards +, downwards −.

    >>> arrow(0.5), arrow(-0.125)
    ('++++++++++', '−−')
    """
    return ("+" if wish > 0.0 else "−") * round(20 * abs(wish))


def draw_lesson(images: Images, wishes: Any, program: Program, path_of_weights: Any, path: Path) -> None:
    """Draw the lesson.

    Args:
        images: the digits.
        wishes: a row of wishes for all weights for each example; those of the first neuron come first.
        program: computes the cost for any weights.
        path_of_weights: a row of all weights for each epoch.
        path: the file.
    """
    figure = new_figure(10.0, 3.0)
    left, right = figure.subfigures(1, 2, width_ratios=[1.15, 1.0])
    draw_wishes(left, images, wishes)
    draw_surface(right, program, path_of_weights, images)
    save_picture(figure, path)


def draw_wishes(figure: Any, images: Images, wishes: Any) -> None:
    """Draw images, below each its wish for the weights of the first neuron, and the average of the batch."""
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
