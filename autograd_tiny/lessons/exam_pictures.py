"""The pictures of the lesson on the exam: descents with several steps, and the boundary as it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.cli.plots import COLOURS, INK, widened
from autograd_tiny.lessons.exam_students import Descent, Students, short_name
from autograd_tiny.lessons.network_diagram import Neuron, draw_network
from autograd_tiny.lessons.pictures import name_panel, new_figure, panels_of, save, save_animation

Forward = Callable[[dict[str, Any], Any], tuple[Any, Any, Any]]
"""From the parameters and a row of inputs for each student to z, h and ŷ."""

GRID: Final = 60
FRAMES: Final = 30


def draw_descents(
    students: Students, descents: Sequence[Descent], best: Descent, forward: Forward, path: Path
) -> None:
    """Draw the losses of all descents, the sizes of their gradients, and the plane at the end of the best."""
    figure = new_figure(11.0, 3.6)
    losses, sizes, plane = panels_of(figure, 3)
    for descent, colour in zip(descents, cycle(COLOURS), strict=False):
        label = f"{short_name(descent.loss)}, step {descent.rate:g}"
        losses.plot(descent.losses, color=colour, linewidth=2, label=label)
        sizes.plot(descent.sizes, color=colour, linewidth=1.5)
    losses.set_ylim(0.0, 1.4 * max(max(descent.losses) for descent in descents))  # room for the legend
    losses.legend(frameon=False, labelcolor="linecolor", fontsize="small", ncols=2, loc="upper right")
    sizes.set_yscale("log")
    name_panel(losses, "Loss by step", x="step")
    name_panel(sizes, "Size of the gradient", x="step")
    draw_plane(plane, students, best, forward, step=len(best.losses) - 1)
    save(figure, path)


def draw_student(
    parameters: Mapping[str, Any], forward: Sequence[Any], deltas: Mapping[str, Any], x: Any, path: Path
) -> None:
    """Draw the network with what one student sends forward, and the deltas that come back.

    Args:
        parameters: of the network.
        forward: z, h and ŷ, one row each.
        deltas: `δ_hidden` and `δ_out`.
        x: the inputs of the student, one row.
        path: the file.
    """
    (z,), (h,), (output,) = forward
    figure = new_figure(8.0, 4.2)
    (panel,) = panels_of(figure, 1)
    inputs = [Neuron(f"{name}\n{number:.3f}") for name, number in zip(("study", "sleep"), x[0], strict=True)]
    hidden = [
        Neuron(f"$h_{i}$\n{after:.3f}", f"$z_{i}$ = {before:.3f}", f"$\\delta_{i}$ = {delta:.3f}", bias=float(bias))
        for i, (before, after, delta, bias) in enumerate(
            zip(z, h, deltas["δ_hidden"], parameters["b"], strict=True), start=1
        )
    ]
    logit = h @ parameters["w"] + parameters["c"]
    out = Neuron(
        f"$\\hat{{y}}$\n{output:.3f}",
        f"$w{{\\cdot}}h + c$ = {logit:.3f}",
        f"$\\delta$ = {deltas['δ_out']:.3f}",
        bias=float(parameters["c"]),
    )
    draw_network(panel, [inputs, hidden, [out]], [parameters["W"].T, parameters["w"][:, None]])
    name_panel(panel, "A student who did not pass: forward to ŷ, and back from δ = ŷ − y")
    save(figure, path)


def draw_film(students: Students, descent: Descent, forward: Forward, path: Path) -> None:
    """Draw the boundary as it moves from the first step to the last; the frames begin close together."""
    figure = new_figure(4.6, 3.6)
    (panel,) = panels_of(figure, 1)
    last = len(descent.parameters) - 1
    steps = sorted({round(last ** (frame / (FRAMES - 1))) for frame in range(FRAMES)} | {0, last})

    def draw(frame: int) -> None:
        panel.clear()
        draw_plane(panel, students, descent, forward, step=steps[frame])

    save_animation(figure, draw, len(steps), path)


def draw_plane(panel: Any, students: Students, descent: Descent, forward: Forward, *, step: int) -> None:
    """Draw the probability to pass over hours of study and sleep, its boundary at ½, and the students."""
    axes = [np.linspace(*widened(column.min(), column.max()), GRID) for column in students.hours.T]
    hours = np.stack([grid.ravel() for grid in np.meshgrid(*axes)], axis=1)
    inputs = (hours - students.scale.means) / students.scale.deviations
    _, _, probability = forward(descent.parameters[step], inputs)
    field = probability.reshape(GRID, GRID)
    panel.contourf(*axes, field, levels=np.linspace(0.0, 1.0, 11), cmap="RdYlBu", alpha=0.55)
    if field.min() < 0.5 < field.max():
        panel.contour(*axes, field, levels=[0.5], colors=INK, linewidths=1.6)
    for passed, colour, mark in ((0.0, COLOURS[1], "X"), (1.0, COLOURS[0], "o")):
        points = students.hours[students.passed == passed]
        panel.scatter(*points.T, s=26, color=colour, marker=mark, edgecolor="white", linewidth=0.7)
    title = f"Step {step}: loss {descent.losses[step]:.3f}"
    name_panel(panel, title, x="hours of study", y="hours of sleep")
