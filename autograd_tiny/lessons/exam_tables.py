"""What the lesson on the exam prints: one student, the descents, and the gradients at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from autograd_tiny.cli.terminal import counted
from autograd_tiny.lessons.arrays import largest_difference
from autograd_tiny.lessons.exam_students import Descent, Students, short_name, size_of
from autograd_tiny.lessons.screen import apart, compare, digits, heading, say, table

Gradients = Mapping[str, Any]

RULES: Final = {"binary cross-entropy": "ŷ − y", "mean squared error": "2(ŷ − y)·ŷ(1 − ŷ)"}
"""δ_out of each loss."""

NEAR_ZERO: Final = 0.05
"""A gradient is near zero when no more than this share is left of its first size."""


def show_students(students: Students) -> None:
    """Print how many there are, and what the network is."""
    heading("The exam: hours of study and of sleep, passed or not")
    say(f"{len(students.passed)} students, {int(students.passed.sum())} passed; the network is 2-3-1: relu, sigmoid")


def show_one_student(
    students: Students, forward: Sequence[Any], results: Sequence[tuple[str, Gradients, Gradients]]
) -> None:
    """Print what the first student sends forward, and every gradient by hand and by the engine.

    Args:
        students: of whom the first is shown.
        forward: its z, h and ŷ, one row each.
        results: for each loss its name, and the gradients by hand and by the engine.
    """
    (z,), (h,), (output,) = forward
    (study, sleep), passed = students.hours[0], students.passed[0]
    heading(f"One student: {study:g} hours of study, {sleep:g} of sleep, {'passed' if passed else 'not passed'}")
    x = digits(students.inputs[0], ".3f")
    say(f"x = ({x})    y = {digits(passed)}    (x: how far from the average, in deviations)")
    say(f"z = ({digits(z, '.3f')})    h = ({digits(h, '.3f')})    ŷ = {digits(output, '.3f')}")
    say(
        "δ_hidden = δ_out·w ⊙ relu′(z)    ∂L/∂W = δ_hidden xᵀ    ∂L/∂b = δ_hidden    ∂L/∂w = δ_out·h    ∂L/∂c = δ_out"
    )
    for loss, hand, engine in results:
        heading(f"{loss}: δ_out = {RULES[loss]}")
        show_gradients(hand, engine)


def show_gradients(hand: Gradients, engine: Gradients) -> None:
    """Print gradients by hand beside the engine's."""
    rows = [(name, *compare(hand[name], engine[name], ".4f")) for name in hand]
    table(("gradient", "by hand", "by the engine", "apart"), [rows])


def show_descents(students: Students, descents: Sequence[Descent]) -> None:
    """Print where each descent began and ended."""
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
    table(("loss", "step", "loss at first", "at last", "gradient at first", "at last", "correct"), [rows])


def ends(curve: Sequence[float]) -> tuple[str, str]:
    """Return the first and the last number of a curve."""
    return f"{curve[0]:.4f}", f"{curve[-1]:.4f}"


def show_the_end(students: Students, descent: Descent, hand: Gradients, engine: Gradients) -> None:
    """Print the gradients at the end of a descent, by hand and by the engine, and whether they are near zero."""
    there = "near zero" if size_of(hand) <= NEAR_ZERO * descent.sizes[0] else "not near zero"
    heading(f"The gradients at the end, with step {descent.rate:g}: {there}")
    show_gradients(hand, engine)
    say(f"Hand and engine are at most {apart(largest_difference(engine, hand))} apart.")
    if np.any(np.abs(descent.outputs - students.passed) == 1.0):
        say(
            "The steps were too large: ŷ is exactly 0 or 1 for some student, and wrong.",
            "There floats see no slope of sigmoid. The engine multiplies ∂L/∂ŷ by it, and gets 0;",
            "in ŷ − y the two are multiplied beforehand.",
        )
