"""`autograd-tiny bench`: measure a training step on this machine, eager and replayed."""

from __future__ import annotations

import argparse
import importlib.util
import random
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.errors import require_own_nn
from autograd_tiny.primitives.table import mean
from autograd_tiny.support.console import console
from autograd_tiny.support.timing import in_turns

if TYPE_CHECKING:
    from nn import MLP

SUMMARY = "measure a training step on this machine, eager and replayed"
DESCRIPTION = """\
Measure one forward and backward pass of two networks on a batch: in eager code, replayed as
straight-line Python, replayed as calls of NumPy, and written by hand in NumPy.

  moons   MLP 2-16-16-1, relu, hinge loss, 100 points
  digits  MLP 64-32-10, tanh, softmax cross-entropy, 32 examples

They take turns, and the fastest call of each counts, since other programs only slow a call down.
Comparisons with PyTorch and JAX need the source of autograd_tiny: python -m tests.benchmarks.report replay

example:
  autograd-tiny bench"""

PEERS: Final = {"torch": "PyTorch", "jax": "JAX"}
NETWORKS: Final = {
    "moons": (2, [16, 16, 1], "relu", "hinge", 100),
    "digits": (64, [32, 10], "tanh", "softmax_cross_entropy", 32),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add no argument: this command has none."""


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print a table."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("a step, in ms")
    times = {name: measure(name) for name in NETWORKS}
    for name in NETWORKS:
        table.add_column(name, justify="right")
    for way in next(iter(times.values())):
        table.add_row(way, *(f"{1e3 * column[way]:.3f}" for column in times.values()))
    screen = console()
    screen.print(table)
    ratios = ", ".join(
        f"{column['eager'] / column['replayed, NumPy']:.0f} × on {name}" for name, column in times.items()
    )
    screen.print(f"\nreplayed against eager: {ratios}", soft_wrap=True)
    missing = [title for package, title in PEERS.items() if importlib.util.find_spec(package) is None]
    if missing:
        screen.print(f"not installed, and so not compared: {', '.join(missing)}", soft_wrap=True)
    return 0


def measure(name: str) -> dict[str, float]:
    """Return the seconds of a step of a network for each way to compute it."""
    import numpy as np

    from autograd_tiny.replay import record

    require_own_nn()
    from nn import MLP
    from nn.losses import LOSSES

    inputs, widths, hidden, loss_name, batch = NETWORKS[name]
    model, loss = MLP(inputs, widths, hidden=hidden, seed=0), LOSSES[loss_name]
    draw = random.Random(0)
    X = [[draw.gauss(0.0, 1.0) for _ in range(inputs)] for _ in range(batch)]
    Y = [draw.choice([-1, 1]) if loss_name == "hinge" else draw.randrange(widths[-1]) for _ in range(batch)]
    arrays = np.array(X), np.array(Y, dtype=float)

    def eager() -> None:
        mean([loss(model(x), y) for x, y in zip(X, Y, strict=True)]).backward()

    ways: dict[str, Callable[[], object]] = {"eager": eager}
    for backend, title in (("python", "replayed, Python"), ("numpy", "replayed, NumPy")):
        program = record(
            lambda x, y: loss(model(x), y), inputs=(X[0], Y[0]), parameters=model.parameters(), backend=backend
        )
        ways[title] = partial(program.differentiate, *arrays)
    ways["NumPy by hand"] = by_hand(model, loss_name, *arrays)
    return dict(zip(ways, in_turns(*ways.values()), strict=True))


def by_hand(model: MLP, loss: str, X: Any, Y: Any) -> Callable[[], list[Any]]:
    """Return a function that computes the gradients of the mean loss as written by hand in NumPy."""
    import numpy as np

    layers = [
        (np.array([[w.data for w in n.w] for n in layer.neurons]), np.array([n.b.data for n in layer.neurons]))
        for layer in model.layers
    ]
    is_relu, rows, classes = loss == "hinge", np.arange(len(Y)), Y.astype(int)

    def gradients() -> list[Any]:
        h = [X]
        for W, b in layers[:-1]:
            z = h[-1] @ W.T + b
            h.append(np.maximum(z, 0.0) if is_relu else np.tanh(z))
        z = h[-1] @ layers[-1][0].T + layers[-1][1]
        if is_relu:
            g = (Y[:, None] * z < 1.0) * -Y[:, None] / len(Y)
        else:
            g = np.exp(z - z.max(axis=1, keepdims=True))
            g /= g.sum(axis=1, keepdims=True)
            g[rows, classes] -= 1.0
            g /= len(Y)
        found = []
        for (W, _), x in zip(reversed(layers), reversed(h), strict=True):
            found.append((g.T @ x, g.sum(axis=0)))
            g = (g @ W) * ((x > 0.0) if is_relu else 1.0 - x * x)
        return found[::-1]

    return gradients
