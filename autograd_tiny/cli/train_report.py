"""What `train` tells: the data, the progress, the confusion matrix, and the line at the end.

>>> last_line(True, 0.97777), last_line(False, 0.8666)
('test accuracy: 97.8 %', 'test R²: 0.87')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograd_tiny.support.console import console, counted, fit
from autograd_tiny.tabular.dataset import Dataset
from autograd_tiny.tabular.experiment import Result

if TYPE_CHECKING:
    from nn import History


def describe(dataset: Dataset) -> str:
    """Return a data set in one line.

    >>> describe(Dataset("fruit", ("weight",), [[1.0], [2.0]], "kind", [0, 1], ("plum", "pear")))
    'fruit: 2 examples, 1 input, kind is one of plum, pear'
    """
    names = [*dataset.classes[:6], *["..."] * (len(dataset.classes) > 6)]
    target = f"is one of {', '.join(names)}" if names else "is a number"
    counts = f"{counted(len(dataset.inputs), 'example')}, {counted(len(dataset.input_names), 'input')}"
    return f"{dataset.name}: {counts}, {dataset.target_name} {target}"


@contextmanager
def progress(epochs: int, *, quiet: bool) -> Iterator[Callable[[History], None]]:
    """Show a bar with both losses on the standard error where that is a terminal; yield what moves it."""
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
        lines.append(fit(step_line(min(result.settings.batch, len(result.train)), *result.step_times)))
    lines += ["", f"train loss: {result.train_loss:.4f}", f"test loss:  {result.test_loss:.4f}"]
    screen.print(*lines, sep="\n", soft_wrap=True)
    if result.dataset.classes:
        print_confusion(result)
    if result.history.interrupted:
        screen.print(f"\nended by Ctrl-C after epoch {len(result.history.loss)}", soft_wrap=True)
    screen.print("")


def print_confusion(result: Result) -> None:
    """Print how often each class (row) was predicted as each class (column)."""
    from rich import box
    from rich.table import Table

    from nn.metrics import confusion_matrix

    classes = result.dataset.classes
    matrix = confusion_matrix(result.predictions, result.targets, classes=list(range(len(classes))))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("actual | predicted", style="bold")
    for name in classes:
        table.add_column(name, justify="right")
    for row, (name, counts) in enumerate(zip(classes, matrix, strict=True)):
        table.add_row(name, *(_cell(count, is_right=row == column) for column, count in enumerate(counts)))
    screen = console()
    screen.print("")
    screen.print(table)


def _cell(count: int, *, is_right: bool) -> str:
    return str(count) if count or is_right else fit("·")


def step_line(examples: int, replayed: float, eager: float) -> str:
    """Return how fast a step is when it is replayed.

    >>> step_line(16, 0.0001, 0.002)
    'a step of 16 examples: 0.10 ms replayed, 2.00 ms eager, 20 × as fast'
    """
    times = f"{1e3 * replayed:.2f} ms replayed, {1e3 * eager:.2f} ms eager"
    return f"a step of {counted(examples, 'example')}: {times}, {eager / replayed:.0f} × as fast"


def last_line(is_accuracy: bool, score: float) -> str:  # noqa: FBT001 - private to this report
    """Return the line that the training is about."""
    return f"test accuracy: {100.0 * score:.1f} %" if is_accuracy else f"test R²: {score:.2f}"
