"""Draw with matplotlib in one style, on figures that leave the global state of `pyplot` alone.

>>> widened(0.0, 10.0), widened(3.0, 3.0)
((-0.8, 10.8), (2.0, 4.0))
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from autograd_tiny.support.atomic_files import write_numbered, write_whole
from autograd_tiny.support.console import displayable

COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#666666")
"""The colours of Okabe and Ito, which people with colour blindness can tell apart, and two more."""
INK, GREY, PALE = "#333333", "#8a8a8a", "#d9d9d9"
DOTS_PER_INCH: Final = 110
DOTS_PER_INCH_MOVING: Final = 80
MILLISECONDS: Final = 100
"""How long a frame of an animation is shown; the last one stays for a second longer."""


def new_figure(width: float, height: float) -> Any:
    """Return an empty figure of this size, in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def panels_of(figure: Any, count: int) -> list[Any]:
    """Return panels side by side, without the lines that are not needed to read them."""
    panels = list(figure.subplots(1, count, squeeze=False)[0])
    for panel in panels:
        tidy(panel)
    return panels


def name_panel(panel: Any, title: str, *, x: str = "", y: str = "") -> None:
    """Write the title of a panel and the names of its axes."""
    panel.set_title(title, loc="left", color=INK, fontweight="bold", fontsize="medium")
    panel.set(xlabel=x, ylabel=y)


def tidy(panel: Any) -> None:
    """Leave out the lines of a panel that are not needed to read it."""
    panel.spines[["top", "right"]].set_visible(False)
    panel.spines[["left", "bottom"]].set_color(PALE)
    panel.tick_params(color=PALE, labelcolor=INK)


def widened(low: float, high: float) -> tuple[float, float]:
    """Return an interval with a margin on both sides."""
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def save_picture(figure: Any, path: Path, *, overwrite: bool = False) -> None:
    """Write a figure as PNG with a palette, which takes a third of the bytes, whole or not at all; print its path.

    Args:
        figure: of matplotlib.
        path: the file.
        overwrite: whether the user named the file, so that it may be overwritten; otherwise a number is added.
    """
    picture = io.BytesIO()
    _as_image(figure, DOTS_PER_INCH).quantize(128).save(picture, format="png", optimize=True)
    path = (write_whole if overwrite else write_numbered)(path, picture.getvalue())
    print(displayable(f"picture: {path}"))


def save_animation(
    figure: Any, draw: Callable[[int], None], count: int, path: Path, *, overwrite: bool = False
) -> None:
    """Write a GIF whose frames are what `draw` makes of the figure, whole or not at all; print its path.

    Args:
        figure: where `draw` draws.
        draw: takes the number of a frame, from 0, and draws it.
        count: the number of frames.
        path: the file.
        overwrite: as for `save_picture`.
    """
    frames = []
    for number in range(count):
        draw(number)
        frames.append(_as_image(figure, DOTS_PER_INCH_MOVING))
    durations = [MILLISECONDS] * (count - 1) + [1000 + MILLISECONDS]
    film = io.BytesIO()
    frames[0].save(film, format="gif", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    path = (write_whole if overwrite else write_numbered)(path, film.getvalue())
    print(displayable(f"animation: {path}"))


def _as_image(figure: Any, dots_per_inch: int) -> Any:
    from PIL import Image

    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=dots_per_inch)
    with Image.open(drawn) as image:
        return image.convert("RGB")
