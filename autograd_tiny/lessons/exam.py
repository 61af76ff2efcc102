"""Load the students of the lesson on the exam, and print and draw its descents.

>>> students = exam_students()
>>> students.inputs.shape, int(students.passed.sum())
((60, 2), 27)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.lessons.pictures import NeuronText, draw_network
from autograd_tiny.lessons.printing import apart, compare, heading, in_digits, print_table, say
from autograd_tiny.lessons.value_arrays import largest_difference
from autograd_tiny.support.console import counted
from autograd_tiny.support.figures import (
    COLOURS,
    INK,
    name_panel,
    new_figure,
    panels_of,
    save_animation,
    save_picture,
    widened,
)
from autograd_tiny.tabular.dataset import Scaler
from autograd_tiny.tabular.sample_data import load_exam
from nn import MLP

Gradients = Mapping[str, Any]
RULES: Final = {"binary cross-entropy": "ŷ − y", "mean squared error": "2(ŷ − y)·ŷ(1 − ŷ)"}
"""δ_out of each loss."""
NEAR_ZERO: Final = 0.05
"""A gradient is near zero at no more than this share of its first size."""
Forward = Callable[[dict[str, Any], Any], tuple[Any, Any, Any]]
"""A function of the parameters and a row of inputs for each student that returns z, h and ŷ."""
GRID: Final = 60
FRAMES: Final = 30


@dataclass(frozen=True, slots=True)
class Students:
    """The table of the exam.

    Attributes:
        hours: of study and of sleep, a row for each student.
        scale: standardises the hours.
        inputs: the hours, standardised.
        passed: 1 or 0 for each student.
    """

    hours: Any
    scale: Scaler
    inputs: Any
    passed: Any


@dataclass(slots=True)
class Descent:
    """The record of one descent.

    Attributes:
        loss: name of the loss.
        rate: the learning rate.
        network: the one that is trained.
        losses: before each step, and at the end.
        sizes: at the same times, the size of the gradient √(Σ (∂L/∂p)²).
        parameters: at the same times, all of them.
        outputs: ŷ of each student at the end.
    """

    loss: str
    rate: float
    network: MLP
    losses: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    parameters: list[dict[str, Any]] = field(default_factory=list)
    outputs: Any = None


def exam_students() -> Students:
    """Return the 60 students of the exam."""
    data = load_exam(0)
    scale = Scaler.of(data.inputs)
    inputs = np.array([scale(row) for row in data.inputs])
    return Students(np.array(data.inputs), scale, inputs, np.array(data.targets, dtype=float))


def size_of(gradients: Mapping[str, Any]) -> float:
    """Return √(Σ (∂L/∂p)²) over all parameters.

    >>> size_of({"∂L/∂w": np.array([3.0]), "∂L/∂c": np.array(4.0), "δ_out": 4.0})
    5.0
    """
    return math.hypot(*np.concatenate([np.ravel(numbers) for name, numbers in gradients.items() if "∂" in name]))


def short_name(loss: str) -> str:
    """Return the abbreviation of a loss.

    >>> short_name("mean squared error"), short_name("binary cross-entropy")
    ('MSE', 'BCE')
    """
    return "MSE" if "squared" in loss else "BCE"


def show_one_student(
    students: Students, forward: Sequence[Any], results: Sequence[tuple[str, Gradients, Gradients]]
) -> None:
    """Print the forward pass of the first student, and every gradient by hand and by the engine.

    Args:
        students: of whom the first is shown.
        forward: its z, h and ŷ, one row each.
        results: for each loss its name, and the gradients by hand and by the engine.
    """
    (z,), (h,), (output,) = forward
    (study, sleep), passed = students.hours[0], students.passed[0]
    heading(f"One student: {study:g} hours of study, {sleep:g} of sleep, {'passed' if passed else 'not passed'}")
    x = in_digits(students.inputs[0], ".3f")
    say(f"x = ({x})    y = {in_digits(passed)}    (x: how far from the average, in deviations)")
    say(f"z = ({in_digits(z, '.3f')})    h = ({in_digits(h, '.3f')})    ŷ = {in_digits(output, '.3f')}")
    say(
        "δ_hidden = δ_out·w ⊙ relu′(z)    ∂L/∂W = δ_hidden xᵀ    ∂L/∂b = δ_hidden    ∂L/∂w = δ_out·h    ∂L/∂c = δ_out"
    )
    for loss, hand, engine in results:
        heading(f"{loss}: δ_out = {RULES[loss]}")
        show_gradients(hand, engine)


def show_gradients(hand: Gradients, engine: Gradients) -> None:
    """Print gradients by hand beside the engine's."""
    rows = [(name, *compare(hand[name], engine[name], ".4f")) for name in hand]
    print_table(("gradient", "by hand", "by the engine", "apart"), [rows])


def show_descents(students: Students, descents: Sequence[Descent]) -> None:
    """Print the start and the end of each descent."""
    heading(f"{counted(len(descents[0].losses) - 1, 'step')}, each with the gradient over all students")
    rows = [
        (
            short_name(descent.loss),
            f"{descent.rate:g}",
            *ends(descent.losses),
            *ends(descent.sizes),
            f"{100.0 * np.mean((descent.outputs > 0.5) == students.passed):.0f} %",
        )
        for descent in descents
    ]
    print_table(("loss", "rate", "loss at first", "at last", "gradient at first", "at last", "correct"), [rows])


def ends(curve: Sequence[float]) -> tuple[str, str]:
    """Return the first and the last number of a curve."""
    return f"{curve[0]:.4f}", f"{curve[-1]:.4f}"


def show_the_end(students: Students, descent: Descent, hand: Gradients, engine: Gradients) -> None:
    """Print the gradients at the end of a descent, by hand and by the engine, and if they are near zero."""
    there = "near zero" if size_of(hand) <= NEAR_ZERO * descent.sizes[0] else "not near zero"
    heading(f"The gradients at the end, with learning rate {descent.rate:g}: {there}")
    show_gradients(hand, engine)
    say(f"Hand and engine are at most {apart(largest_difference(engine, hand))} apart.")
    if np.any(np.abs(descent.outputs - students.passed) == 1.0):
        say(
            "The learning rate is too large: ŷ is exactly 0 or 1 for some student, and wrong.",
            "There the slope of sigmoid is 0 in floats. The engine multiplies ∂L/∂ŷ by it, and gets 0;",
            "by hand, ŷ − y is their exact product.",
        )


def draw_descents(
    students: Students, descents: Sequence[Descent], best: Descent, forward: Forward, path: Path
) -> None:
    """Draw the losses of all descents, the sizes of their gradients, and the plane at the end of the best."""
    figure = new_figure(11.0, 3.6)
    losses, sizes, plane = panels_of(figure, 3)
    for descent, colour in zip(descents, cycle(COLOURS), strict=False):
        label = f"{short_name(descent.loss)}, rate {descent.rate:g}"
        losses.plot(descent.losses, color=colour, linewidth=2, label=label)
        sizes.plot(descent.sizes, color=colour, linewidth=1.5)
    losses.set_ylim(0.0, 1.4 * max(max(descent.losses) for descent in descents))  # room for the legend
    losses.legend(frameon=False, labelcolor="linecolor", fontsize="small", ncols=2, loc="upper right")
    sizes.set_yscale("log")
    name_panel(losses, "Loss by step", x="step")
    name_panel(sizes, "Size of the gradient", x="step")
    draw_plane(plane, students, best, forward, step=len(best.losses) - 1)
    save_picture(figure, path)


def draw_student(
    parameters: Mapping[str, Any], forward: Sequence[Any], deltas: Mapping[str, Any], x: Any, path: Path
) -> None:
    """Draw the network with the activations of one student, and the deltas of the backward pass.

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
    inputs = [NeuronText(f"{name}\n{number:.3f}") for name, number in zip(("study", "sleep"), x[0], strict=True)]
    hidden = [
        NeuronText(
            f"$h_{i}$\n{after:.3f}", f"$z_{i}$ = {before:.3f}", f"$\\delta_{i}$ = {delta:.3f}", bias=float(bias)
        )
        for i, (before, after, delta, bias) in enumerate(
            zip(z, h, deltas["δ_hidden"], parameters["b"], strict=True), start=1
        )
    ]
    logit = h @ parameters["w"] + parameters["c"]
    out = NeuronText(
        f"$\\hat{{y}}$\n{output:.3f}",
        f"$w{{\\cdot}}h + c$ = {logit:.3f}",
        f"$\\delta$ = {deltas['δ_out']:.3f}",
        bias=float(parameters["c"]),
    )
    draw_network(panel, [inputs, hidden, [out]], [parameters["W"].T, parameters["w"][:, None]])
    name_panel(panel, "A student who did not pass: forward to ŷ, and back from δ = ŷ − y")
    save_picture(figure, path)


def draw_film(students: Students, descent: Descent, forward: Forward, path: Path) -> None:
    """Draw the boundary from the first step to the last; the first frames are close together."""
    figure = new_figure(4.6, 3.6)
    (panel,) = panels_of(figure, 1)
    last = len(descent.parameters) - 1
    steps = sorted({round(last ** (frame / (FRAMES - 1))) for frame in range(FRAMES)} | {0, last})

    def draw(frame: int) -> None:
        panel.clear()
        draw_plane(panel, students, descent, forward, step=steps[frame])

    save_animation(figure, draw, len(steps), path)


def draw_plane(panel: Any, students: Students, descent: Descent, forward: Forward, *, step: int) -> None:
    """Draw the probability of passing over hours of study and sleep, its boundary at ½, and the students."""
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
