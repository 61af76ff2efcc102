"""What the lesson by hand prints and draws: each step with its rule and its numbers, and the network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd_tiny.lessons.arrays import difference, largest_difference
from autograd_tiny.lessons.eleven_steps import Exercise
from autograd_tiny.lessons.network_diagram import Neuron, draw_network
from autograd_tiny.lessons.pictures import name_panel, new_figure, panels_of, save
from autograd_tiny.lessons.screen import apart, digits, heading, say
from autograd_tiny.lessons.worksheets import cells_of, equation, introduction_of, sections_of, title_of

Results = Mapping[str, Any]


def show_eleven_steps(exercise: Exercise, hand: Results, engine: Results, *, loss_after: float) -> None:
    """Print what is given and the eleven steps, and how far the engine's numbers are from those by hand."""
    heading(title_of(exercise, blank=True))
    say(introduction_of(exercise))
    for title, rule, shown, _ in sections_of(exercise, hand, blank=False):
        heading(title)
        say(*([rule, ""] if rule else []))
        for name, numbers in shown.items():
            first, *others = equation(name, cells_of(numbers, blank=False))
            check = f"the engine: {apart(difference(numbers, engine[name]))} apart" if name in engine else ""
            say(f"    {first:48}{check}".rstrip(), *(f"    {line}" for line in others))
    heading("What remains to be said")
    say(f"Hand and engine are at most {apart(largest_difference(hand, engine))} apart.")
    say(f"The 0 in ŷ is {np.min(engine['ŷ']):.0e}: no finite logit gives exactly 0, but no pencil sees that.")
    say(f"The update takes the loss from {hand['L']:.4f} to {loss_after:.2g}.")


def draw_steps(exercise: Exercise, results: Results, path: Path) -> None:
    """Draw the network with its numbers: forward in black, backward in colour."""
    figure = new_figure(9.0, 4.4)
    (panel,) = panels_of(figure, 1)
    layers = [[Neuron(f"$x$\n{digits(number)}") for number in exercise.x.tolist()]]
    matrices = (exercise.A1, exercise.A2, exercise.A3)
    for layer, (output, A) in enumerate(zip(("a_1", "a_2", "\\hat{y}"), matrices, strict=True), start=1):
        after = results["ŷ" if layer == 3 else f"a{layer}"]
        rows = zip(results[f"z{layer}"], after, results[f"∂L/∂z{layer}"], A[:, -1], strict=True)
        layers.append(
            [
                Neuron(f"${output}$\n{a:g}", f"$z_{layer}$ = {z:g}", f"∂L/∂z = {d + 0.0:g}", bias=float(b))
                for z, a, d, b in rows
            ]
        )
    draw_network(panel, layers, [A[:, :-1].T for A in matrices], form=".0f")
    name_panel(panel, "By hand: forward to the prediction, and the error back to the first layer")
    save(figure, path)
