"""Lesson 5: by hand, in eleven steps, with small integers; the engine checks every number.

The eleven steps are in `eleven_steps`, the exercises in `exercises`, worksheet and solution in `worksheets`.

>>> from autograd_tiny.cli.lessons.exercises import given_exercise
>>> exercise = given_exercise()
>>> by_engine(exercise)["∂L/∂z3"].round(12).tolist()
[0.5, -0.5, 0.0]
>>> largest_difference(results_of(exercise), by_engine(exercise)) < 1e-12
True
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from autograd_tiny import Value, cross_entropy, relu, softmax
from autograd_tiny.cli.lessons.arrays import as_values, data_of, difference, gradient_of, largest_difference
from autograd_tiny.cli.lessons.eleven_steps import RATE, Exercise, loss_after, results_of, with_one
from autograd_tiny.cli.lessons.exercises import draw_exercise, given_exercise
from autograd_tiny.cli.lessons.network_diagram import Neuron, draw_network
from autograd_tiny.cli.lessons.pictures import made, name_panel, new_figure, panels_of, save
from autograd_tiny.cli.lessons.screen import apart, digits, heading, say
from autograd_tiny.cli.lessons.worksheets import (
    cells_of,
    equation,
    introduction_of,
    sections_of,
    title_of,
    write_worksheet,
)


def by_engine(exercise: Exercise) -> dict[str, Any]:
    """Return the results of all eleven steps by their names: one forward pass, one backward pass, one update."""
    A1, A2, A3 = (as_values(getattr(exercise, name), name) for name in ("A1", "A2", "A3"))
    z1 = A1 @ with_one(exercise.x)
    a1 = relu(z1)
    z2 = A2 @ with_one(a1)
    a2 = relu(z2)
    z3 = A3 @ with_one(a2)
    loss: Value = cross_entropy(list(z3), exercise.target)
    values = {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "z3": z3, "ŷ": softmax(list(z3)), "L": loss}
    recorded = {name: data_of(value) for name, value in values.items()}
    loss.backward()
    gradients = {f"∂L/∂{name}": gradient_of(values[name]) for name in ("z3", "a2", "z2", "a1", "z1")}
    for layer, A in enumerate((A1, A2, A3), start=1):
        gradients[f"∂L/∂W{layer} | ∂L/∂b{layer}"] = gradient_of(A)
        for parameter in A.flat:
            parameter.data -= RATE * parameter.grad
        gradients[f"new W{layer} | b{layer}"] = data_of(A)
    return recorded | gradients


def teach(*, seed: int | None = None, folder: Path | None = None, worksheet: Path | None = None) -> None:
    """Show the eleven steps, each number beside the engine's; or write the worksheet and its solution.

    Args:
        seed: of the exercise; None for the one that all share.
        folder: for the picture, None for none.
        worksheet: the folder for worksheet and solution; None for the steps on the screen.
    """
    exercise = given_exercise() if seed is None else draw_exercise(seed)
    if worksheet is not None:
        for path in write_worksheet(exercise, made(worksheet)):
            print(f"written: {path}")
        return
    show(exercise, by_engine(exercise))
    if folder is not None:
        draw(exercise, folder / "by-hand.png")


def show(exercise: Exercise, engine: dict[str, Any]) -> None:
    """Print what is given and the eleven steps, and how far the engine's numbers are from those by hand."""
    heading(title_of(exercise, blank=True))
    say(introduction_of(exercise))
    for title, rule, results, _ in sections_of(exercise, blank=False):
        heading(title)
        say(*([rule, ""] if rule else []))
        for name, numbers in results.items():
            first, *others = equation(name, cells_of(numbers, blank=False))
            check = f"the engine: {apart(difference(numbers, engine[name]))} apart" if name in engine else ""
            say(f"    {first:48}{check}".rstrip(), *(f"    {line}" for line in others))
    heading("What remains to be said")
    say(f"Hand and engine are at most {apart(largest_difference(results_of(exercise), engine))} apart.")
    say(f"The 0 in ŷ is {np.min(engine['ŷ']):.0e}: no finite logit gives exactly 0, but no pencil sees that.")
    say(f"The update takes the loss from {results_of(exercise)['L']:.4f} to {loss_after(exercise):.2g}.")


def draw(exercise: Exercise, path: Path) -> None:
    """Draw the network with its numbers, but the biases: forward in black, backward in colour."""
    results = results_of(exercise)
    figure = new_figure(9.0, 4.4)
    (panel,) = panels_of(figure, 1)
    layers = [[Neuron(f"$x$\n{digits(number)}") for number in exercise.x.tolist()]]
    for layer, output in ((1, "a_1"), (2, "a_2"), (3, "\\hat{y}")):
        after = results["ŷ" if layer == 3 else f"a{layer}"]
        rows = zip(results[f"z{layer}"].tolist(), after.tolist(), results[f"∂L/∂z{layer}"].tolist(), strict=True)
        layers.append(
            [
                Neuron(f"${output}$\n{digits(a)}", f"$z_{layer}$ = {digits(z)}", f"∂L/∂z = {digits(d)}")
                for z, a, d in rows
            ]
        )
    draw_network(panel, layers, [A[:, :-1].T for A in (exercise.A1, exercise.A2, exercise.A3)], form=".0f")
    name_panel(panel, "By hand: forward to the prediction, and the error back to the first layer")
    save(figure, path)
