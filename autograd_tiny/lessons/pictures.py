"""Pictures of a lesson: where they go, how they look, and how they move.

A lesson draws with matplotlib on figures of its own; the global state of `pyplot` is left alone.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from autograd_tiny.cli.errors import CommandError, MissingPackageError
from autograd_tiny.cli.plots import INK, require_matplotlib, tidy
from autograd_tiny.support.atomic_files import write_whole

DOTS_PER_INCH: Final = 110
DOTS_PER_INCH_MOVING: Final = 80
FRAMES_PER_SECOND: Final = 10


def folder_for_pictures(folder: Path | None, name: str, *, wanted: bool) -> Path | None:
    """Return the folder that pictures go to, made if it is not there; None where nothing is to be drawn.

    Without matplotlib pictures are missed only if a folder was asked for.

    Args:
        folder: what the user asked for.
        name: of the folder otherwise, in the current one.
        wanted: whether there shall be pictures at all.

    Raises:
        MissingPackageError: a folder was asked for, and matplotlib is not installed.
        CommandError: the folder cannot be made.
    """
    if not wanted:
        return None
    try:
        require_matplotlib()
    except MissingPackageError as error:
        if folder is not None:
            raise
        print(f"no pictures: {error}", file=sys.stderr)
        return None
    return made(folder or Path(name))


def made(folder: Path) -> Path:
    """Return a folder, made if it is not there.

    Raises:
        CommandError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"the folder {folder} cannot be made: {error.strerror}") from None
    return folder


def new_figure(width: float, height: float) -> Any:
    """Return an empty figure of this size, in inches."""
    return require_matplotlib().Figure(figsize=(width, height), layout="constrained")


def panels_of(figure: Any, count: int, **settings: Any) -> list[Any]:
    """Return panels side by side, with no more ink than it takes to read them."""
    panels = list(figure.subplots(1, count, squeeze=False, **settings)[0])
    for panel in panels:
        tidy(panel)
    return panels


def name_panel(panel: Any, title: str, *, x: str = "", y: str = "") -> None:
    """Write a title over a panel, and what its axes are."""
    panel.set_title(title, loc="left", color=INK, fontweight="bold", fontsize="medium")
    panel.set(xlabel=x, ylabel=y)


def save(figure: Any, path: Path) -> None:
    """Write a figure as PNG with a palette, which takes a third of the bytes, whole or not at all; and say so."""
    from PIL import Image

    drawn, picture = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DOTS_PER_INCH)
    with Image.open(drawn) as image:
        image.convert("RGB").quantize(128).save(picture, format="png", optimize=True)
    write_whole(path, picture.getvalue())
    print(f"picture: {path}")


def save_animation(figure: Any, draw: Callable[[int], None], count: int, path: Path) -> None:
    """Write a GIF in which each frame is what `draw` makes of the figure, and say so.

    Args:
        figure: what is drawn on.
        draw: takes the number of a frame, from 0, and draws it.
        count: the number of frames; the last one stays for a second.
        path: the file, written whole or not at all.
    """
    from matplotlib.animation import PillowWriter
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    writer = PillowWriter(fps=FRAMES_PER_SECOND)
    beside = path.with_name(f".{uuid4().hex}.gif")
    try:
        with writer.saving(figure, str(beside), dpi=DOTS_PER_INCH_MOVING):
            for frame in range(count):
                draw(frame)
                writer.grab_frame()
            for _ in range(FRAMES_PER_SECOND):
                writer.grab_frame()
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    print(f"animation: {path}")
