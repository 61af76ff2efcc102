"""The picture of a training: the curves of both losses, and for two inputs the plane as the network sees it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

from autograd_tiny.cli.errors import require
from autograd_tiny.cli.experiment import Result
from autograd_tiny.recording import no_grad
from autograd_tiny.writing import write_whole

COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#666666")
"""Okabe and Ito's colours, which people with colour blindness can tell apart, and two more."""
INK, PALE = "#333333", "#d9d9d9"
GRID: Final = 90
"""The plane is cut into so many points a side."""


def require_matplotlib() -> Any:
    """Return `matplotlib.figure`, or raise a MissingPackageError."""
    return require("matplotlib.figure", package="matplotlib", extra="plots")


def save_plot(result: Result, path: Path) -> None:
    """Draw a training into a PNG file, which is written whole or not at all.

    Raises:
        MissingPackageError: matplotlib is not installed.
        OSError: the file cannot be written.
    """
    has_plane = len(result.dataset.input_names) == 2
    figure = require_matplotlib().Figure(figsize=(11, 4.6) if has_plane else (7.2, 4.4), layout="constrained")
    panels = figure.subplots(1, 2 if has_plane else 1, squeeze=False)[0]
    draw_curves(panels[0], result)
    if has_plane:
        draw_plane(panels[1], result)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=150)
    write_whole(path, picture.getvalue())


def draw_curves(panel: Any, result: Result) -> None:
    """Draw the losses by epoch, each named where it ends."""
    history = result.history
    epochs = range(1, len(history.loss) + 1)
    for name, losses, colour, final in (
        ("train", history.loss, COLOURS[0], result.train_loss),
        ("test", history.validation_loss, COLOURS[1], result.test_loss),
    ):
        panel.plot(epochs, losses, color=colour, linewidth=2, label=f"{name} {final:.3g}")
    largest = max(*history.loss, *history.validation_loss)
    panel.set_ylim(0.0, 1.05 * largest or 1.0)
    kind = "cross-entropy" if result.dataset.classes else "squared error, standardised"
    panel.set(xlabel="epoch", ylabel=f"loss ({kind})")
    panel.set_title(f"{result.dataset.name}: {score(result)}", loc="left", color=INK, fontweight="bold")
    panel.legend(frameon=False, labelcolor="linecolor", title="loss at the end", alignment="left")
    tidy(panel)


def score(result: Result) -> str:
    """Return the title of the picture: how well the test examples were predicted."""
    if result.dataset.classes:
        return f"test accuracy {100.0 * result.accuracy:.1f} %"
    return f"test R² {result.r2:.2f}"


def draw_plane(panel: Any, result: Result) -> None:
    """Draw the prediction over the plane of the two inputs, and the examples on it."""
    import numpy as np

    dataset = result.dataset
    columns = [[row[axis] for row in dataset.inputs] for axis in (0, 1)]
    xs, ys = (np.linspace(*widened(min(column), max(column)), GRID) for column in columns)
    with no_grad():
        plane = [[result.model([float(x), float(y)]) for x in xs] for y in ys]
    if dataset.classes:
        colours = [COLOURS[i % len(COLOURS)] for i in range(len(dataset.classes))]
        logits = np.array([[[logit.data for logit in p] for p in line] for line in plane])
        for number, colour in enumerate(colours):  # a class lies where its logit leads, and ends where it is equal
            lead = logits[..., number] - np.delete(logits, number, axis=2).max(axis=2)
            if lead.max() > 0.0:
                panel.contourf(xs, ys, lead, levels=[0.0, np.inf], colors=[colour], alpha=0.18)
                if lead.min() < 0.0:
                    panel.contour(xs, ys, lead, levels=[0.0], colors=INK, linewidths=0.8)
        draw_examples(panel, result, colours)
    else:
        heights = [[p.data for p in line] for line in plane]
        filled = panel.contourf(xs, ys, heights, levels=14, cmap="viridis", alpha=0.8)
        panel.figure.colorbar(filled, ax=panel, label=dataset.target_name)
        panel.scatter(*columns, c=dataset.targets, norm=filled.norm, cmap="viridis", edgecolor="white")
    panel.set(xlabel=dataset.input_names[0], ylabel=dataset.input_names[1])
    panel.set_title(f"what the network predicts: {dataset.target_name}", loc="left", color=INK)
    tidy(panel)


def draw_examples(panel: Any, result: Result, colours: list[str]) -> None:
    """Draw the examples, test examples with a ring, and name the classes."""
    dataset = result.dataset
    for number, (name, colour) in enumerate(zip(dataset.classes, colours, strict=True)):
        for rows, ring, size in ((result.train, "white", 26), (result.test, INK, 34)):
            points = [dataset.inputs[row] for row in rows if dataset.targets[row] == number]
            label = name if ring == "white" else None
            panel.scatter(
                *zip(*points, strict=True), s=size, color=colour, edgecolor=ring, linewidth=0.9, label=label
            )
    panel.scatter([], [], s=34, color="white", edgecolor=INK, linewidth=0.9, label="test example")
    panel.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def widened(low: float, high: float) -> tuple[float, float]:
    """Return an interval with a margin on both sides.

    >>> widened(0.0, 10.0), widened(3.0, 3.0)
    ((-0.8, 10.8), (2.0, 4.0))
    """
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def tidy(panel: Any) -> None:
    """Leave out what is not needed to read a panel."""
    panel.spines[["top", "right"]].set_visible(False)
    panel.spines[["left", "bottom"]].set_color(PALE)
    panel.tick_params(color=PALE, labelcolor=INK)
