"""`autograd-tiny train`: a network learns real data, and is tested on what it has not seen."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from autograd_tiny.cli.arguments import activation, at_least_zero, count, positive, share, widths
from autograd_tiny.cli.train_plot import save_plot
from autograd_tiny.cli.train_report import describe, last_line, print_result, progress
from autograd_tiny.errors import InputError, MissingPackageError, require_package
from autograd_tiny.support.atomic_files import require_writable
from autograd_tiny.support.console import fit
from autograd_tiny.tabular.columns import read_dataset
from autograd_tiny.tabular.dataset import Dataset
from autograd_tiny.tabular.experiment import OPTIMIZERS, Result, learn
from autograd_tiny.tabular.sample_data import LOADERS, OTHER_SETTINGS, SEED, SETTINGS, TrainingSettings

SUMMARY = "train a network on real data and test it on what it has not seen"
DESCRIPTION = """\
Train a network on two thirds of the data, test it on the rest, and draw how it went.

data:
  iris      150 flowers of three species, by the lengths and widths of their leaves
  digits    1797 handwritten digits of 8 x 8 pixels
  moons     two interleaved half circles, with noise
  exam      60 students: hours of study, hours of sleep, passed or not (invented)
  FILE.csv  your own: names in the first line; all columns but the target hold numbers

A target of words, or of at most 10 different whole numbers, is a class; any other is a number.
Inputs are standardised with the training examples' mean and deviation. The same seed gives the
same result. Ctrl-C ends the training early and keeps what was learnt.

examples:
  autograd-tiny train iris
  autograd-tiny train moons --hidden 8 --activation tanh --epochs 100
  autograd-tiny train flowers.csv --target species --hidden 16,16 --plot flowers.png"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of this command."""
    parser.add_argument("data", metavar="DATA", help="iris, digits, moons, exam or a CSV file")
    table = parser.add_argument_group("the CSV file")
    table.add_argument("--target", metavar="NAME", help="the column to be predicted")
    table.add_argument("--ignore", metavar="NAME", action="append", default=[], help="a column to leave out")
    kind = table.add_mutually_exclusive_group()
    kind.add_argument(
        "--classes", dest="kind", action="store_const", const="classes", help="take the target as classes"
    )
    kind.add_argument(
        "--number", dest="kind", action="store_const", const="number", help="take the target as a number"
    )
    network = parser.add_argument_group("the network and its training (without them: what suits the data)")
    network.add_argument(
        "--hidden", type=widths, metavar="N,N", help="neurons in each hidden layer, such as 16,16, or none"
    )
    network.add_argument(
        "--activation", type=activation, metavar="NAME", help="of the hidden layers: tanh, relu, sigmoid, ..."
    )
    network.add_argument("--epochs", type=count, metavar="N", help="how often every example has its turn")
    network.add_argument("--batch", type=count, metavar="N", help="examples in a step")
    network.add_argument("--lr", type=positive, metavar="RATE", help="the learning rate")
    network.add_argument("--l2", type=at_least_zero, metavar="WEIGHT", help="weight of half the sum of squares")
    network.add_argument("--optimizer", choices=OPTIMIZERS, default="adam", help="(default: adam)")
    network.add_argument("--seed", type=int, default=SEED, help=f"of everything that is drawn (default: {SEED})")
    network.add_argument("--test-size", type=share, metavar="SHARE", default=0.33, help="(default: 0.33)")
    output = parser.add_argument_group("the results")
    output.add_argument(
        "--plot", type=Path, metavar="FILE.png", help="where to draw (default: DATA.png, in this folder)"
    )
    output.add_argument("--no-plot", action="store_true", help="draw nothing")
    output.add_argument("--save", type=Path, metavar="FILE.json", help="write the network, for nn.load")
    output.add_argument("--quiet", action="store_true", help="print the last line only")


def run(arguments: argparse.Namespace) -> int:
    """Train and report; exit code 130 if Ctrl-C ended the training."""
    dataset = load(arguments)
    settings = settings_of(arguments)
    path = plot_path(arguments, dataset)
    for file in filter(None, (path, arguments.save)):
        require_writable(file)  # before the training, not after it
    if not arguments.quiet:
        print(fit(describe(dataset)))
        warn_of_constant_columns(dataset, is_own=arguments.data not in LOADERS)
    with progress(settings.epochs, quiet=arguments.quiet) as advance:
        result = learn(
            dataset,
            settings,
            optimizer=arguments.optimizer,
            test_size=arguments.test_size,
            seed=arguments.seed,
            on_epoch=advance,
        )
    if not result.history.loss:  # Ctrl-C came before the first epoch was over
        raise KeyboardInterrupt
    report(result, path, arguments)
    return 130 if result.history.interrupted else 0


def report(result: Result, plot: Path | None, arguments: argparse.Namespace) -> None:
    """Print the results, and write the files that were asked for; what fails there takes no result away."""
    is_classes = bool(result.dataset.classes)
    if not arguments.quiet:
        print_result(result)
    try:
        for note in write_files(result, plot, arguments.save):
            if not arguments.quiet:
                print(note)
    finally:
        print(fit(last_line(is_classes, result.accuracy if is_classes else result.r2)))


def write_files(result: Result, plot: Path | None, network: Path | None) -> Iterator[str]:
    """Write the network and the plot where there is a path for them, and yield a line on each."""
    from nn import save

    if network is not None:
        save(result.model, network)
        yield f"network: {network}, for {result.model.describe()}"
    if plot is not None:
        boxes = save_plot(result, plot)
        yield f"plot: {plot}"
        if boxes:
            remedy = "name one that has them as font.family in a matplotlibrc"
            yield f"note: the font of the plot lacks {' '.join(boxes)}; {remedy}"


def load(arguments: argparse.Namespace) -> Dataset:
    """Return the data that is asked for.

    Raises:
        InputError: there is none such, or the file cannot be used.
    """
    name = arguments.data
    if name in LOADERS:
        if arguments.target or arguments.ignore or arguments.kind:
            raise InputError(f"--target, --ignore, --classes and --number are for CSV files; {name} needs none")
        return LOADERS[name](arguments.seed)
    path = Path(name)
    if path.suffix.lower() != ".csv" and not os.path.exists(name):  # noqa: PTH110 - Path's raises where a name is too long
        close = get_close_matches(name, LOADERS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"choose {', '.join(LOADERS)} or a CSV file"
        raise InputError(f"unknown data {name!r}; {hint}")
    return read_dataset(path, target=arguments.target, ignore=arguments.ignore, kind=arguments.kind)


def settings_of(arguments: argparse.Namespace) -> TrainingSettings:
    """Return the settings that suit the data, changed by those that are given."""
    names = ("hidden", "activation", "epochs", "lr", "batch", "l2")
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    return replace(SETTINGS.get(arguments.data, OTHER_SETTINGS), **given)


def plot_path(arguments: argparse.Namespace, dataset: Dataset) -> Path | None:
    """Return where to draw, or None; without matplotlib a plot is missed only if it was asked for.

    Raises:
        MissingPackageError: it was, and matplotlib is not installed.
        InputError: the file is no PNG.
    """
    if arguments.no_plot:
        return None
    if arguments.plot is not None and arguments.plot.suffix.lower() != ".png":
        raise InputError(f"--plot {arguments.plot}: plots are PNG files; give it a name that ends with .png")
    try:
        require_package("matplotlib.figure", package="matplotlib", extra="plots")
    except MissingPackageError as error:
        if arguments.plot is not None:
            raise
        print(f"no plot: {error}", file=sys.stderr)
        return None
    path: Path = arguments.plot or Path(f"{dataset.name}.png")
    return path


def warn_of_constant_columns(dataset: Dataset, *, is_own: bool) -> None:
    """Say which inputs are the same in every row."""
    if is_own:
        for name, column in zip(dataset.input_names, zip(*dataset.inputs, strict=True), strict=True):
            if min(column) == max(column):
                print(
                    f"note: column {name!r} is {column[0]:g} in every row, so it helps nothing",
                    file=sys.stderr,
                )
