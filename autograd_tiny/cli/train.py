"""`autograd-tiny train`: train a network on real data, and test it on the rest.

>>> last_line(True, 0.97777), last_line(False, 0.8666)
('test accuracy: 97.8 %', 'test R²: 0.87')
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from autograd_tiny.cli.arguments import (
    activation,
    at_least_zero,
    positive,
    require_trainable,
    share,
    whole_number,
    widths,
)
from autograd_tiny.cli.table_options import TABLE_OPTIONS, add_table_options, show_reading, table_options
from autograd_tiny.cli.train_plot import save_plot
from autograd_tiny.cli.workers import add_workers, executor_of
from autograd_tiny.errors import InputError, MissingPackageError, require_own_nn, require_package
from autograd_tiny.support.atomic_files import require_writable, unused_path
from autograd_tiny.support.console import console, counted, displayable, show, show_table
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.tabular.columns import read_dataset
from autograd_tiny.tabular.dataset import Dataset
from autograd_tiny.tabular.experiment import OPTIMIZERS, Result, learn
from autograd_tiny.tabular.sample_data import LOADERS, OTHER_SETTINGS, SEED, SETTINGS, TrainingSettings

if TYPE_CHECKING:
    from nn import History

SUMMARY = "train a network on real data and test it on the rest"
DESCRIPTION = """\
Train a network on two thirds of the data, test it on the rest, and draw the losses.

data:
  iris      150 flowers of three species, by the lengths and widths of sepals and petals
  digits    1797 handwritten digits of 8 x 8 pixels
  moons     two interleaved half circles, with noise
  exam      60 students: hours of study, hours of sleep, passed or not (invented)
  FILE.csv  your own: names in the first line; numbers, dates, yes or no, categories

The reading of each column of a file is printed before the training. Where the cells leave it open, as
1,455 does, an error names the option that decides.

A target of words, or of at most 10 different whole numbers, is a class; any other is a number.
Inputs are standardised with the training examples' mean and deviation. The same seed gives the
same result. Ctrl-C ends the training early and keeps the network.

examples:
  autograd-tiny train iris
  autograd-tiny train moons --hidden 8 --activation tanh --epochs 100
  autograd-tiny train flowers.csv --target species --hidden 16,16 --plot flowers.png"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("data", metavar="DATA", help="iris, digits, moons, exam or a CSV file")
    add_training(parser)
    add_workers(parser)
    output = parser.add_argument_group("the results")
    output.add_argument(
        "--plot",
        type=Path,
        metavar="FILE.png",
        help="where to write the plot (default: DATA.png in this folder, with a number if that exists)",
    )
    output.add_argument("--no-plot", action="store_true", help="draw nothing")
    output.add_argument(
        "--save",
        type=Path,
        metavar="FILE.json",
        help="write the network, for nn.load; it takes raw inputs, as in the file",
    )
    output.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE.json",
        help="save the whole state after each epoch, and go on from it if it is there",
    )
    output.add_argument("--quiet", action="store_true", help="print only the last line")


def add_training(parser: argparse.ArgumentParser, *, optimizer: str = "adam") -> None:
    """Add the arguments of the table, the network and its training, which `step --train` shares.

    Args:
        parser: of the command.
        optimizer: the default, as the help tells it.
    """
    table = parser.add_argument_group("the CSV file")
    table.add_argument("--target", metavar="NAME", help="the column to predict")
    table.add_argument(
        "--ignore", metavar="NAME,NAME", action="append", default=[], help="columns to leave out; may be repeated"
    )
    kind = table.add_mutually_exclusive_group()
    kind.add_argument(
        "--classes", dest="kind", action="store_const", const="classes", help="treat the target as classes"
    )
    kind.add_argument(
        "--number", dest="kind", action="store_const", const="number", help="treat the target as a number"
    )
    add_table_options(table)
    network = parser.add_argument_group("the network and its training (by default what suits the data)")
    network.add_argument(
        "--hidden", type=widths, metavar="N,N", help="neurons in each hidden layer, such as 16,16, or none"
    )
    network.add_argument(
        "--activation", type=activation, metavar="NAME", help="of the hidden layers: tanh, relu, sigmoid, ..."
    )
    network.add_argument("--epochs", type=whole_number, metavar="N", help="passes over all examples")
    network.add_argument("--batch", type=whole_number, metavar="N", help="examples in a step")
    network.add_argument("--lr", type=positive, metavar="RATE", help="the learning rate")
    network.add_argument(
        "--l2", type=at_least_zero, metavar="WEIGHT", help="weight of half the sum of squared parameters"
    )
    network.add_argument("--optimizer", choices=OPTIMIZERS, default="adam", help=f"(default: {optimizer})")
    network.add_argument("--seed", type=int, default=SEED, help=f"of all random numbers (default: {SEED})")
    network.add_argument(
        "--test-size", type=share, metavar="SHARE", default=0.33, help="share of the test examples (default: 0.33)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Train and report; exit code 130 if Ctrl-C ended the training."""
    require_own_nn()
    dataset = load_dataset(arguments)
    settings = settings_of(arguments)
    require_trainable(len(dataset.input_names), settings.hidden, len(dataset.classes) or 1)
    path = plot_path(arguments, dataset)
    for file in filter(None, (path, arguments.save, arguments.checkpoint)):
        require_writable(file)  # before the training, not after it
    if not arguments.quiet:
        show(describe(dataset), in_files=False)
        if arguments.data not in LOADERS:
            show_reading(dataset)
    with progress(settings.epochs, quiet=arguments.quiet) as advance, executor_of(arguments) as executor:
        result = learn(
            dataset,
            settings,
            optimizer=arguments.optimizer,
            test_size=arguments.test_size,
            seed=arguments.seed,
            on_epoch=advance,
            executor=executor,
            checkpoint=arguments.checkpoint,
        )
    if not result.history.loss:  # Ctrl-C came before the first epoch was over
        raise KeyboardInterrupt
    report(result, path, arguments)
    return 130 if result.history.interrupted else 0


def report(result: Result, plot: Path | None, arguments: argparse.Namespace) -> None:
    """Print the results, and write the files that were asked for; the last line is printed even if that fails."""
    is_classes = bool(result.dataset.classes)
    if not arguments.quiet:
        print_result(result)
    try:
        for note in write_files(result, plot, arguments):
            if not arguments.quiet:
                show(note, in_files=False)
    finally:
        show(last_line(is_classes, result.accuracy if is_classes else result.r2))


def write_files(result: Result, plot: Path | None, arguments: argparse.Namespace) -> Iterator[str]:
    """Write the network and the plot where they have a path, and yield a line on each."""
    from nn import save

    if arguments.save is not None:
        save(result.model, arguments.save)
        yield f"network: {arguments.save}, for {result.model.describe()}"
    if plot is not None:
        path, boxes = save_plot(result, plot, overwrite=arguments.plot is not None)
        yield f"plot: {path}"
        if boxes:
            remedy = "name one that has them as font.family in a matplotlibrc"
            yield f"note: the font of the plot lacks {' '.join(boxes)}; {remedy}"


def load_dataset(arguments: argparse.Namespace) -> Dataset:
    """Return the data that is asked for.

    Raises:
        InputError: the name is unknown, or the file cannot be used.
    """
    name = arguments.data
    if name in LOADERS:
        if arguments.target or arguments.ignore or arguments.kind:
            raise InputError(f"--target, --ignore, --classes and --number are for CSV files; {name} needs none")
        for option in TABLE_OPTIONS:
            if getattr(arguments, option) is not None:
                raise InputError(f"--{option.replace('_', '-')} is for CSV files; {name} needs none")
        return LOADERS[name](arguments.seed)
    path = Path(name)
    if path.suffix.lower() != ".csv" and not os.path.exists(name):  # noqa: PTH110 - Path's raises where a name is too long
        close = get_close_matches(name, LOADERS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"choose {', '.join(LOADERS)} or a CSV file"
        raise InputError(f"unknown data {name!r}; {hint}")
    options = table_options(arguments)
    return read_dataset(path, target=arguments.target, ignore=arguments.ignore, kind=arguments.kind, options=options)


def settings_of(arguments: argparse.Namespace) -> TrainingSettings:
    """Return the settings that suit the data, with those given in their place."""
    names = ("hidden", "activation", "epochs", "lr", "batch", "l2")
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    return replace(SETTINGS.get(arguments.data, OTHER_SETTINGS), **given)


def plot_path(arguments: argparse.Namespace, dataset: Dataset) -> Path | None:
    """Return the path of the plot, or None; without matplotlib it is an error only if the plot was asked for.

    Raises:
        MissingPackageError: it was asked for, and matplotlib is not installed.
        InputError: the file is not a PNG.
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
    path: Path = arguments.plot or unused_path(f"{dataset.name}.png")
    return path


def describe(dataset: Dataset) -> str:
    """Return a data set in one line, without control characters.

    >>> describe(Dataset("fruit", ("weight",), [[1.0], [2.0]], "kind", [0, 1], ("plum", "pear")))
    'fruit: 2 examples, 1 input, kind is one of plum, pear'
    """
    names = [*dataset.classes[:6], *["..."] * (len(dataset.classes) > 6)]
    target = f"is one of {', '.join(names)}" if names else "is a number"
    counts = f"{counted(len(dataset.inputs), 'example')}, {counted(len(dataset.input_names), 'input')}"
    return printable(f"{dataset.name}: {counts}, {dataset.target_name} {target}")


@contextmanager
def progress(epochs: int, *, quiet: bool) -> Iterator[Callable[[History], None]]:
    """Show a bar with both losses on the standard error if that is a terminal; yield a function that advances it."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    screen = console(to_stderr=True)
    columns = (
        TextColumn("epoch"),
        MofNCompleteColumn(),
        BarColumn(bar_width=None),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, expand=True, disable=quiet or not screen.is_terminal) as bar:
        task = bar.add_task("", total=epochs)

        def advance(history: History) -> None:
            losses = f"loss {history.loss[-1]:.4f} train, {history.validation_loss[-1]:.4f} test"
            bar.update(task, advance=1, description=losses)

        yield advance


def print_result(result: Result) -> None:
    """Print the network, the parts of the data, the losses, and for classes the confusion matrix."""
    screen = console()
    lines = [str(result.model), f"{counted(len(result.train), 'example')} to train, {len(result.test)} to test"]
    if result.step_times:
        lines.append(displayable(step_line(min(result.settings.batch, len(result.train)), *result.step_times)))
    lines += ["", f"train loss: {result.train_loss:.4f}", f"test loss:  {result.test_loss:.4f}"]
    screen.print(*lines, sep="\n", soft_wrap=True)
    if result.dataset.classes:
        print_confusion(result)
    if result.history.interrupted:
        screen.print(f"\nended by Ctrl-C after epoch {len(result.history.loss)}", soft_wrap=True)
    screen.print("")


def print_confusion(result: Result) -> None:
    """Print how often each class (row) was predicted as each (column)."""
    from rich import box
    from rich.table import Table

    from nn.metrics import confusion_matrix

    classes = result.dataset.classes
    matrix = confusion_matrix(result.predictions, result.targets, classes=list(range(len(classes))))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("actual | predicted", style="bold")
    for name in classes:
        table.add_column(printable(name), justify="right")
    for row, (name, counts) in enumerate(zip(classes, matrix, strict=True)):
        table.add_row(printable(name), *(_cell(count, is_right=row == column) for column, count in enumerate(counts)))
    screen = console()
    screen.print("")
    show_table(table)


def _cell(count: int, *, is_right: bool) -> str:
    return str(count) if count or is_right else displayable("·")


def step_line(examples: int, replayed: float, eager: float) -> str:
    """Return how fast a step is when it is replayed.

    >>> step_line(16, 0.0001, 0.002)
    'a step of 16 examples: 0.10 ms replayed, 2.00 ms eager, 20 × as fast'
    """
    times = f"{1e3 * replayed:.2f} ms replayed, {1e3 * eager:.2f} ms eager"
    return f"a step of {counted(examples, 'example')}: {times}, {eager / replayed:.0f} × as fast"


def last_line(is_accuracy: bool, score: float) -> str:  # noqa: FBT001 - private to this report
    """Return the score of the test examples."""
    return f"test accuracy: {100.0 * score:.1f} %" if is_accuracy else f"test R²: {score:.2f}"
