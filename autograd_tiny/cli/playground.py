"""`autograd-tiny playground`: draw the boundary and every neuron while a small network trains."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autograd_tiny.cli.arguments import (
    activation,
    at_least_zero,
    positive,
    require_trainable,
    whole_number,
    widths,
)
from autograd_tiny.errors import require_package
from autograd_tiny.playground.points import SHAPES
from autograd_tiny.support.atomic_files import require_writable, unused_path
from autograd_tiny.support.console import counted, show

if TYPE_CHECKING:
    from autograd_tiny.playground.training import Play

SUMMARY = "draw the boundary and every neuron while a small network trains"
DESCRIPTION = """\
Train a small network on points in the plane, and draw the activation of each neuron over the plane:
as an animation (.gif), the last picture (.png), or a page (.html) on which networks with other
settings train in the browser.

Points: moons (two interleaved half circles), circles (one in the other), xor (four quarters),
spiral (two arms).

examples:
  autograd-tiny playground moons
  autograd-tiny playground spiral --epochs 200 --output spiral.html
  autograd-tiny playground circles --hidden 3 --activation relu --lr 0.03 --regularization 0.001"""

SUFFIXES: Final = (".gif", ".png", ".html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("shape", metavar="POINTS", choices=SHAPES, help=", ".join(SHAPES))
    parser.add_argument(
        "--hidden", type=widths, default=(8, 8), metavar="N,N", help="neurons in each hidden layer (default: 8,8)"
    )
    parser.add_argument(
        "--activation", type=activation, default="tanh", metavar="NAME", help="of the hidden layers (default: tanh)"
    )
    parser.add_argument("--lr", type=positive, default=0.05, metavar="RATE", help="learning rate (default: 0.05)")
    parser.add_argument(
        "--regularization",
        type=at_least_zero,
        default=0.0,
        metavar="WEIGHT",
        help="of half the sum of squared parameters (default: 0)",
    )
    parser.add_argument(
        "--epochs", type=whole_number, default=100, metavar="N", help="passes over all points (default: 100)"
    )
    parser.add_argument(
        "--noise",
        type=at_least_zero,
        default=0.06,
        metavar="SIZE",
        help="standard deviation of the points (default: 0.06)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of all random numbers (default: 0)")
    parser.add_argument(
        "--output",
        type=output,
        action="append",
        metavar="FILE",
        help=".gif, .png or .html; may be given several times "
        "(default: playground-POINTS.gif, with a number if that exists)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Train, write the files that are asked for, and print losses and accuracy."""
    from autograd_tiny.playground.training import PlaySettings, new_network, train

    require_trainable(2, arguments.hidden, 1)
    is_named = arguments.output is not None
    paths: list[Path] = arguments.output if is_named else [unused_path(f"playground-{arguments.shape}.gif")]
    for path in paths:
        require_writable(path)
    names = ("shape", "hidden", "activation", "lr", "regularization", "epochs", "noise", "seed")
    settings = PlaySettings(**{name: getattr(arguments, name) for name in names})
    show(f"{settings.shape}: {new_network(settings)}")
    play = train(settings)
    for path in paths:
        save_play(play, path, overwrite=is_named)
    last = play.frames[-1]
    show(f"train loss {last.train_loss:.4f}, test loss {last.test_loss:.4f} after {counted(last.epoch, 'epoch')}")
    show(f"test accuracy: {100.0 * last.accuracy:.1f} %")
    return 0


def save_play(play: Play, path: Path, *, overwrite: bool) -> None:
    """Write a training in the format of the suffix, and print the path; a page always has a name from the user.

    Raises:
        MissingPackageError: pictures need matplotlib, and it is not installed.
    """
    if path.suffix == ".html":
        from autograd_tiny.playground.page import save_page

        save_page(play, path)
    else:
        require_package("matplotlib.figure", package="matplotlib", extra="plots")
        from autograd_tiny.playground.film import save_film

        save_film(play, path, overwrite=overwrite)


def output(text: str) -> Path:
    """Return a path if its suffix is one of a format.

    >>> output("moons.gif").suffix
    '.gif'
    """
    path = Path(text)
    if path.suffix not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text!r} ends with none of {', '.join(SUFFIXES)}")
    return path
