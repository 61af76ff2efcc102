"""Write the playground as a page: one file that loads nothing, with a slider through the training, and choices.

The training that the page shows first was computed here, by the engine. Other choices train in the browser:
`network.js` has the chain rule for layers, and takes values and partials of activation and loss from the JavaScript
that is translated from the table.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.page.bundle import MODULES, bundle
from autograd_tiny.page.rows import pick
from autograd_tiny.playground.points import SHAPES
from autograd_tiny.playground.training import BATCH, REACH, Frame, Play, PlaySettings, points_of
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.support.atomic_files import write_whole
from autograd_tiny.support.console import show
from nn.activations import COMMON_ACTIVATIONS

SIDE: Final = 40
LOSS: Final = "binary_cross_entropy_with_logits"
TABLE_SCRIPTS: Final = MODULES[: MODULES.index("table.js") + 1]
SCRIPTS: Final = ("network.js", "picture.js", "page.js")


def save_page(play: Play, path: Path) -> None:
    """Write the page, whole or not at all, and say so."""
    write_whole(path, page_of(play).encode())
    show(f"page: {path}", in_files=False)


def page_of(play: Play) -> str:
    """Return the page."""
    names = [name for name in (*activations_of(play.settings), LOSS) if name in TABLE]
    blanks = {
        "table": bundle(pick(TABLE[name] for name in names).text, modules=TABLE_SCRIPTS),
        "data": json.dumps(as_json(play), separators=(",", ":")),  # with NaN and Infinity, as JavaScript has them
        "scripts": "\n".join(map(_file, SCRIPTS)),
    }
    page = _file("page.html")
    for name, text in blanks.items():
        page = page.replace(f"{{{{{name}}}}}", text)
    return page


def as_json(play: Play) -> dict[str, Any]:
    """Return the data of the page.

    The keys: `reach`, `side`, `batch`; `points`, for each shape its `train` and `test` points [x, y, class];
    `activations`, for each the constants of its row; `chosen`, what its fields show at first; `frames`, for each its
    `epoch`, `train` and `test` loss, `accuracy`, and `weights`, for each layer a row for each neuron, its bias last.
    """
    settings = play.settings
    return {
        "reach": REACH,
        "side": SIDE,
        "batch": BATCH,
        "points": {shape: _points(shape, settings) for shape in SHAPES},
        "activations": activations_of(settings),
        "chosen": {
            "shape": settings.shape,
            "hidden": ",".join(map(str, settings.hidden)),
            "activation": settings.activation,
            "lr": settings.lr,
            "regularization": settings.regularization,
        },
        "frames": list(map(frame_as_json, play.frames)),
    }


def activations_of(settings: PlaySettings) -> dict[str, list[float]]:
    """Return the activations to choose from, each with the constants that its row takes besides the number.

    >>> activations_of(PlaySettings("xor", activation="sinh"))["leaky_relu"]
    [0.01]
    """
    names = dict.fromkeys([*COMMON_ACTIVATIONS, settings.activation])
    return {name: list(TABLE[name].defaults.values()) if name in TABLE else [] for name in names}


def frame_as_json(frame: Frame) -> dict[str, Any]:
    """Return one frame."""
    return {
        "epoch": frame.epoch,
        "train": round(frame.train_loss, 4),
        "test": round(frame.test_loss, 4),
        "accuracy": frame.accuracy,
        "weights": [matrix.round(4).tolist() for matrix in frame.weights],
    }


def _points(shape: str, settings: PlaySettings) -> dict[str, list[list[float]]]:
    train, train_classes, test, test_classes = points_of(shape, settings)
    parts = {"train": (train, train_classes), "test": (test, test_classes)}
    return {name: np.column_stack(part).round(3).tolist() for name, part in parts.items()}


def _file(name: str) -> str:
    return files("autograd_tiny.playground").joinpath(name).read_text(encoding="utf-8")
