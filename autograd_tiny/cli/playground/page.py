"""The playground as a page: one file without network, with a slider through the training.

What the page shows was computed here, by the engine: the maps are bytes, 0 for -1, 255 for 1, each neuron scaled by
its largest activation. The page only colours them.
"""

from __future__ import annotations

import base64
import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.cli.playground.layout import HEIGHT, WIDTH, layout
from autograd_tiny.cli.playground.training import REACH, Frame, Play, maps
from autograd_tiny.cli.plots import write_whole

SIDE: Final = 32


def save_page(play: Play, path: Path) -> None:
    """Write the page, whole or not at all, and say so."""
    template = files("autograd_tiny.cli.playground").joinpath("page.html").read_text(encoding="utf-8")
    data = json.dumps(as_json(play), separators=(",", ":"))
    write_whole(path, template.replace("{{title}}", title(play)).replace("{{data}}", data).encode())
    print(f"page: {path}")


def title(play: Play) -> str:
    """Return what was played.

    >>> from autograd_tiny.cli.playground.training import Settings, train
    >>> title(train(Settings("xor", hidden=(3,), epochs=1)))
    'xor: 3 tanh neurons, learning rate 0.05, regularization 0'
    """
    settings = play.settings
    hidden = " + ".join(map(str, settings.hidden)) or "no"
    rates = f"learning rate {settings.lr:g}, regularization {settings.regularization:g}"
    return f"{settings.shape}: {hidden} {settings.activation} neurons, {rates}"


def as_json(play: Play) -> dict[str, Any]:
    """Return all that the page needs.

    The keys: `width`, `height`, `reach`, `side`; `squares`, for each layer a list of [x, y, size], x and y of the
    lower left corner, the output last; `points`, for each [x, y, class]; `frames`, for each its `epoch`, `train` and
    `test` loss, `accuracy`, `weights` (for each layer a row for each neuron, without biases) and `maps` (base64).
    """
    columns, output = layout([2, *play.settings.hidden, 1])
    points = np.column_stack([play.train, play.train_classes]).round(4).tolist()
    squares = [[list(square) for square in column] for column in [*columns, [output]]]
    frames = [frame_as_json(play, frame) for frame in play.frames]
    return {
        "width": WIDTH, "height": HEIGHT, "reach": REACH, "side": SIDE,
        "squares": squares, "points": points, "frames": frames,
    }  # fmt: skip


def frame_as_json(play: Play, frame: Frame) -> dict[str, Any]:
    """Return one frame."""
    *layers, logits = maps(play, frame, side=SIDE)
    scaled = [neuron / (np.abs(neuron).max() or 1.0) for layer in layers for neuron in layer]
    pixels = np.round(127.5 + 127.5 * np.array([*scaled, *np.tanh(0.5 * logits)])).astype(np.uint8)
    return {
        "epoch": frame.epoch,
        "train": round(frame.train_loss, 4),
        "test": round(frame.test_loss, 4),
        "accuracy": frame.accuracy,
        "weights": [matrix[:, :-1].round(3).tolist() for matrix in frame.weights],
        "maps": base64.b64encode(pixels.tobytes()).decode(),
    }
