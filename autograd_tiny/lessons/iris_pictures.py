"""The picture of the lesson on iris: losses, the way of one output, and the confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograd_tiny.cli.plots import COLOURS, INK, tidy
from autograd_tiny.lessons.iris_flowers import Course
from autograd_tiny.lessons.pictures import name_panel, new_figure, save


def draw_lesson(courses: Sequence[Course], species: Sequence[str], confusion: list[list[int]], path: Path) -> None:
    """Draw two trainings in one picture.

    Args:
        courses: with mean squared error, and with cross-entropy.
        species: their names.
        confusion: of the first training.
        path: the file.
    """
    figure = new_figure(8.6, 5.6)
    upper, lower = figure.subplots(2, 2)
    for panel, course in zip(upper, courses, strict=True):
        draw_losses(panel, course)
    draw_path(lower[0], courses[0], species)
    draw_confusion(lower[1], confusion, species)
    save(figure, path)


def draw_losses(panel: Any, course: Course) -> None:
    """Draw train and test loss by epoch."""
    for name, losses, colour in (("train", course.train, COLOURS[0]), ("test", course.test, COLOURS[1])):
        panel.plot(losses, color=colour, linewidth=2, label=f"{name} {losses[-1]:.3f}")
    panel.set_ylim(bottom=0.0)
    panel.legend(frameon=False, labelcolor="linecolor")
    name_panel(panel, f"Loss: {course.loss}", x="epoch")
    tidy(panel)


def draw_path(panel: Any, course: Course, species: Sequence[str]) -> None:
    """Draw the three outputs for one flower of the first species, which shall become 1, 0, 0."""
    for name, outputs, colour in zip(species, zip(*course.path, strict=True), COLOURS, strict=False):
        panel.plot(outputs, color=colour, linewidth=2, label=name)
    panel.set(ylim=(-0.03, 1.03), yticks=[0.0, 0.5, 1.0])
    panel.legend(frameon=False, labelcolor="linecolor", loc="center right")
    end = ", ".join(f"{output:.2f}" for output in course.path[-1])
    name_panel(panel, f"One {species[0]}: its output becomes ({end})", x="epoch")
    tidy(panel)


def draw_confusion(panel: Any, confusion: list[list[int]], species: Sequence[str]) -> None:
    """Draw how often each species was taken for each."""
    largest = max(map(max, confusion))
    panel.imshow(confusion, cmap="Blues", vmin=0, vmax=largest)
    for row, counts in enumerate(confusion):
        for column, count in enumerate(counts):
            colour = "white" if 2 * count > largest else INK
            panel.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=12)
    places = range(len(species))
    panel.set(xticks=places, xticklabels=species, yticks=places, yticklabels=species)
    name_panel(panel, "Test flowers", x="predicted", y="actual")
    panel.spines[:].set_visible(False)
    panel.tick_params(length=0, labelcolor=INK)
