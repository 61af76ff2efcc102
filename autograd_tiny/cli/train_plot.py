"""Draw a training: the curves of both losses, and for two inputs the predictions over the plane."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

from autograd_tiny.engine.grad_mode import no_grad
from autograd_tiny.support.atomic_files import write_numbered, write_whole
from autograd_tiny.support.figures import COLOURS, GREY, INK, tidy, widened
from autograd_tiny.tabular.experiment import Result

MARKERS: Final = "osD^v<>"
"""Seven markers and eight colours distinguish 56 classes."""
GRID: Final = 90
"""The number of points on each side of the plane."""
LETTERS: Final = 40
"""The length of the longest name that is shown in full."""
LEGEND_ROWS: Final = 20
AS_IT_IS: Final[dict[Any, Any]] = {"text.parse_math": False, "text.usetex": False}
"""Names are drawn as they are, with their dollars and underscores."""


def save_plot(result: Result, path: Path, *, overwrite: bool = True) -> tuple[Path, str]:
    """Draw a training into a PNG file, which is written whole or not at all.

    Args:
        result: the training.
        path: the file.
        overwrite: whether it may overwrite another file; otherwise a number is added.

    Returns:
        The file, and the characters of its names that the font lacks; it draws boxes.

    Raises:
        ImportError: matplotlib is not installed.
        OSError: the file cannot be written.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    picture = io.BytesIO()
    with rc_context(AS_IT_IS), warnings.catch_warnings(record=True) as warned:
        warnings.filterwarnings("always", "Glyph")  # and not once
        draw_training(Figure(), result).savefig(picture, format="png", dpi=150)
    path = (write_whole if overwrite else write_numbered)(path, picture.getvalue())
    missing = [re.match(r"Glyph (\d+) ", str(warning.message)) for warning in warned]
    return path, "".join(sorted({chr(int(glyph[1])) for glyph in missing if glyph}))


def draw_training(figure: Any, result: Result) -> Any:
    """Draw a training on an empty figure, and return this."""
    has_plane = len(result.dataset.input_names) == 2
    figure.set_layout_engine("constrained")
    figure.set_size_inches((11, 4.6) if has_plane else (7.2, 4.4))
    panels = figure.subplots(1, 2 if has_plane else 1, squeeze=False)[0]
    draw_curves(panels[0], result)
    if has_plane:
        draw_predictions(panels[1], result)
    return figure


def draw_curves(panel: Any, result: Result) -> None:
    """Draw the losses by epoch; a few of them with points, since one alone makes no line."""
    history = result.history
    epochs = range(1, len(history.loss) + 1)
    marker = "o" if len(epochs) <= 10 else ""
    for name, losses, final, look in (
        ("train", history.loss, result.train_loss, {"color": GREY, "linestyle": "--"}),
        ("test", history.validation_loss, result.test_loss, {"color": INK}),
    ):
        panel.plot(epochs, losses, marker=marker, linewidth=2, label=f"{name} {final:.3g}", **look)
    largest = max(*history.loss, *history.validation_loss)
    panel.set_ylim(0.0, 1.05 * largest or 1.0)
    panel.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    kind = "cross-entropy" if result.dataset.classes else "squared error, standardised"
    panel.set(xlabel="epoch", ylabel=f"loss ({kind})")
    panel.set_title(f"{cut(result.dataset.name)}: {score(result)}", loc="left", color=INK, fontweight="bold")
    panel.legend(frameon=False, labelcolor=INK, title="loss at the end", alignment="left")
    tidy(panel)


def score(result: Result) -> str:
    """Return the score of the test examples as a title."""
    if result.dataset.classes:
        return f"test accuracy {100.0 * result.accuracy:.1f} %"
    return f"test R² {result.r2:.2f}"


def draw_predictions(panel: Any, result: Result) -> None:
    """Draw the prediction over the plane of the two inputs, and the examples on it."""
    import numpy as np

    dataset = result.dataset
    columns = [[row[axis] for row in dataset.inputs] for axis in (0, 1)]
    xs, ys = (np.linspace(*widened(min(column), max(column)), GRID) for column in columns)
    with no_grad():
        plane = [[result.model([float(x), float(y)]) for x in xs] for y in ys]
    if dataset.classes:
        draw_classes(panel, result, xs, ys, np.array([[[logit.data for logit in p] for p in line] for line in plane]))
    else:
        draw_heights(panel, result, xs, ys, [[p.data for p in line] for line in plane])
    x, y = map(cut, dataset.input_names)
    panel.set(xlabel=x, ylabel=y)
    panel.set_title(f"what the network predicts: {cut(dataset.target_name)}", loc="left", color=INK)
    tidy(panel)


def draw_classes(panel: Any, result: Result, xs: Any, ys: Any, logits: Any) -> None:
    """Draw the region of each class, its examples, and its name beside the panel."""
    import numpy as np

    classes, targets = result.dataset.classes, result.dataset.targets
    looks = [look_of(number) for number in range(len(classes))]
    for number, (colour, _) in enumerate(looks):  # the region where its logit is the largest
        lead = logits[..., number] - np.delete(logits, number, axis=2).max(axis=2)
        if lead.max() > 0.0:
            panel.contourf(xs, ys, lead, levels=[0.0, np.inf], colors=[colour], alpha=0.18)
            if lead.min() < 0.0:
                panel.contour(xs, ys, lead, levels=[0.0], colors=INK, linewidths=0.8)
    handles = []
    for number, (colour, marker) in enumerate(looks):
        rows = {row for row, target in enumerate(targets) if target == number}
        handles.append(draw_examples(panel, result, rows, [colour] * len(targets), marker))
    columns = -(-len(handles) // LEGEND_ROWS)
    name_examples(panel, handles, classes, loc="upper left", bbox_to_anchor=(1.0, 1.0), ncols=columns)


def look_of(number: int) -> tuple[str, str]:
    """Return colour and marker of a class.

    >>> look_of(0), look_of(8)
    (('#0072b2', 'o'), ('#0072b2', 's'))
    """
    return COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]


def draw_heights(panel: Any, result: Result, xs: Any, ys: Any, heights: list[list[float]]) -> None:
    """Draw the predicted number as a colour, and that of the examples."""
    filled = panel.contourf(xs, ys, heights, levels=14, cmap="viridis", alpha=0.8)
    panel.figure.colorbar(filled, ax=panel, label=cut(result.dataset.target_name))
    targets = result.dataset.targets
    draw_examples(panel, result, range(len(targets)), filled.cmap(filled.norm(targets)), "o")
    name_examples(panel, [], [])


def draw_examples(panel: Any, result: Result, rows: Collection[int], colours: Sequence[Any], marker: str) -> Any:
    """Draw some of the examples, those of the test with a ring; return the others, for a legend.

    Args:
        panel: where to draw.
        result: has the examples.
        rows: the numbers of those to draw.
        colours: one for each example, drawn or not.
        marker: of their points.
    """
    drawn = []
    for part, ring, size in ((result.train, "white", 26), (result.test, INK, 34)):
        mine = [row for row in part if row in rows]
        points = zip(*(result.dataset.inputs[row] for row in mine), strict=True)
        look = {"marker": marker, "c": [colours[row] for row in mine], "edgecolor": ring}
        drawn.append(panel.scatter(*points, s=size, linewidth=0.9, **look))
    return drawn[0]


def name_examples(panel: Any, handles: list[Any], names: Sequence[str], **place: Any) -> None:
    """Write the legend; names are set afterwards, since matplotlib leaves out a label that begins with _."""
    ring = panel.scatter([], [], s=34, color="white", edgecolor=INK, linewidth=0.9)
    legend = panel.legend([*handles, ring], [""] * (len(handles) + 1), frameon=not handles, **place)
    for text, name in zip(legend.get_texts(), [*names, "test example"], strict=True):
        text.set_text(cut(name))


def cut(name: str) -> str:
    """Return a name, cut to leave space for the picture.

    >>> cut("price in $"), len(cut("very " * 100))
    ('price in $', 40)
    """
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
