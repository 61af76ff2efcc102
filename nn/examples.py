"""The examples of a training: lists, arrays that are read batch by batch, or batches that an iterable yields.

An array, such as a memory-mapped one, is never copied as a whole. Before the first step the examples that are unlike
the first one, in shape or type, and the first that is nan, are tried: if the loss cannot be computed, or is nan,
training does not begin.

>>> import numpy as np
>>> examples = Examples("fit", np.array([[0.0, 1.0], [1.0, 0.0]]), [1, -1])
>>> len(examples), examples[1], examples.batch([1, 0])
(2, ([1.0, 0.0], -1), (array([[1., 0.],
       [0., 1.]]), array([-1.,  1.])))
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from math import isfinite
from typing import Any, Final

from autograd_tiny import no_grad
from autograd_tiny.errors import require_same_length
from autograd_tiny.support.terminal_text import printable
from nn.argument_checks import as_pair, nonempty_list, real_number, to_lists
from nn.errors import ArgumentError, ArgumentTypeError, ExampleError

SCANNED: Final = 1 << 20
"""Numbers that are looked at in one go, so that no array as large as the data is made."""

BATCHES: Final = "a list, a tuple or an array; None if the inputs are batches, pairs of inputs and targets"


class Examples:
    """Inputs and targets.

    Args:
        place: the function that got them, for messages.
        inputs, targets: lists, tuples or arrays of equal length.

    Raises:
        ArgumentTypeError: one of them is neither.
        LengthError: they differ in length, or are empty.
    """

    def __init__(self, place: str, inputs: Any, targets: Any) -> None:
        self.place = place
        self.columns = {"input": _column(place, "inputs", inputs), "target": _column(place, "targets", targets)}
        require_same_length(place, **{f"{name}s": column for name, column in self.columns.items()})

    def __len__(self) -> int:
        return len(self.columns["input"])

    def __getitem__(self, row: int) -> tuple[Any, Any]:
        """Return the input and the target of an example, as eager code takes them."""
        inputs, targets = self.columns.values()
        return _element(inputs, row), _element(targets, row)

    def lists(self) -> tuple[list[Any], list[Any]]:
        """Return all inputs and all targets."""
        inputs, targets = map(to_lists, self.columns.values())
        return inputs, targets

    @cached_property
    def arrays(self) -> list[Any]:
        """The inputs and the targets as arrays; None for those that are not numbers of one shape."""
        return list(map(_array, self.columns.values()))

    @property
    def are_uniform(self) -> bool:
        """Whether all inputs, and all targets, are numbers of one shape."""
        return all(array is not None for array in self.arrays)

    def batch(self, rows: Any) -> tuple[Any, Any]:
        """Return the inputs and the targets at some rows as arrays, if they are uniform."""
        inputs, targets = self.arrays
        return inputs[rows], targets[rows]

    @cached_property
    def kinds(self) -> list[str]:
        """The shape or type of the input and of the target of the first example."""
        return list(map(_kind, self[0]))

    def check(self, loss: Callable[[Any, Any], Any], kinds: Sequence[str] = ()) -> None:
        """Try the loss of examples that are unlike the first one, or nan.

        Args:
            loss: of an input and a target.
            kinds: those of the first example of an earlier batch.

        Raises:
            ExampleError: the loss of one of them cannot be computed, or is not finite.
        """
        for k, (name, array) in enumerate(zip(self.columns, self.arrays, strict=True)):
            first, others = self._unlike(k, kinds[k] if kinds else "")
            for kind, row in others.items():
                self._try(row, f"with {kind} as its {name}, unlike {first} of the first example", loss, has_nan=False)
            nan_row = None if array is None else _first_nan(array)
            if nan_row is not None:
                self._try(nan_row, f"whose {name} is nan", loss, has_nan=True)

    def _unlike(self, k: int, first: str) -> tuple[str, dict[str, int]]:
        """Return the kind of the first input or target, and the first row of each other kind."""
        is_uniform = self.arrays[k] is not None
        kinds = [self.kinds[k]] if is_uniform else map(_kind, list(self.columns.values())[k])
        rows: dict[str, int] = {}
        for row, kind in enumerate(kinds):
            rows.setdefault(kind, row)
        first = first or self.kinds[k]
        return first, {kind: row for kind, row in rows.items() if kind != first}

    def _try(self, row: int, problem: str, loss: Callable[[Any, Any], Any], *, has_nan: bool) -> None:
        try:
            with no_grad():
                number = real_number("fit", "loss", loss(*self[row]))
        except Exception as error:
            raise ExampleError(self.place, row, f"{problem}: {error}") from error
        if has_nan and not isfinite(number):
            raise ExampleError(self.place, row, f"{problem}, so its loss is {number}")


class Batches:
    """Batches that an iterable yields anew in each epoch, pairs of inputs and targets, as a PyTorch `DataLoader`.

    Args:
        batches: the iterable.
        epochs: how often it is read.

    Raises:
        ArgumentTypeError: it is not an iterable.
        ArgumentError: it is an iterator, which can be read once, and there are several epochs.
    """

    def __init__(self, batches: Any, epochs: int) -> None:
        if isinstance(batches, str | bytes | Mapping) or not hasattr(batches, "__iter__"):
            raise ArgumentTypeError("fit", "targets", None, BATCHES)
        if epochs > 1 and iter(batches) is batches:
            raise ArgumentError(
                "fit",
                "epochs",
                epochs,
                f"epochs=1 with a {type(batches).__name__}, which can be read once; pass a list of batches, or an "
                "object whose __iter__ begins anew, such as a DataLoader",
            )
        self.batches, self._is_first = batches, True
        self._kinds: list[str] = []  # of the first example
        self.count: int | None = None
        with suppress(TypeError, NotImplementedError):  # a DataLoader has no length if its data have none
            self.count = len(batches)

    def epoch(self, epoch: int, loss: Callable[[Any, Any], Any]) -> Iterator[Examples]:
        """Yield the checked batches of an epoch.

        Raises:
            ExampleError: the loss of an example cannot be computed, or it is nan.
            ArgumentError: the iterable ended early: it has fewer batches than in the first epoch, or than its length.
        """
        number = 0
        for number, pair in enumerate(self.batches, start=1):
            examples = self._batch(f"batch {number} of epoch {epoch}", pair)
            examples.check(loss, self._kinds)
            self._kinds = self._kinds or examples.kinds
            yield examples
        expected = max(1, number if self.count is None else self.count)
        if number < expected:
            batches = "no batch" if number == 0 else f"{number} batch{'es' * (number > 1)}"
            taken = f"{expected} or more in each epoch; {batches} came in epoch {epoch}, so it ended early"
            raise ArgumentError("fit", "inputs", self.batches, taken)
        self.count = expected

    def _batch(self, name: str, pair: Any) -> Examples:
        try:
            inputs, targets = as_pair("fit", name, pair, "(inputs, targets)")
            examples = Examples(f"fit's {name}", inputs, targets)
        except ArgumentTypeError as error:
            if self._is_first:  # a list of inputs, without targets
                raise ArgumentTypeError("fit", "targets", None, BATCHES) from error
            raise
        self._is_first = False
        return examples


def _column(place: str, argument: str, thing: Any) -> Any:
    """Return an array of numbers as it is, and anything else as a nonempty list."""
    if (
        _is_array(thing)
        and thing.dtype.kind in "biuf"
        and thing.dtype.itemsize <= 8
        and len(thing.shape) > 0 < len(thing)
    ):
        return thing
    return nonempty_list(place, argument, thing)


def _is_array(thing: Any) -> bool:
    """Return whether a column is an array, or reads its rows from files as an array."""
    numpy = sys.modules.get("numpy")
    is_array = numpy is not None and type(thing) in {numpy.ndarray, numpy.memmap}
    return is_array or hasattr(type(thing), "rows_of_files")


def _element(column: Any, row: int) -> Any:
    return column[row] if isinstance(column, list) else to_lists(column[row])


def _array(column: Any) -> Any:
    """Return a column as an array of numbers, or None if they are not, or differ in shape; a large array as it is."""
    import numpy as np

    if hasattr(type(column), "rows_of_files"):
        return column
    try:
        array = np.asarray(column)
    except ValueError:
        return None
    if array.dtype.kind not in "biuf":
        return None
    return array.astype(float, copy=False) if isinstance(column, list) or array.size <= SCANNED else array


def _first_nan(array: Any) -> int | None:
    """Return the row of the first nan."""
    if array.dtype.kind != "f":
        return None
    import numpy as np

    step = max(1, SCANNED * len(array) // array.size) if array.size else len(array)
    for start in range(0, len(array), step):
        part = np.isnan(array[start : start + step])
        if part.any():
            return start + int(part.reshape(len(part), -1).any(axis=1).argmax())
    return None


def _kind(element: Any) -> str:
    """Return the shape or the type of an example, for messages and comparisons."""
    import numpy as np

    try:
        array = np.asarray(element)
    except ValueError:
        return "lists of different lengths"
    if array.dtype.kind in "biuf":
        return f"numbers of shape {array.shape}" if array.shape else "a number"
    if array.dtype.kind == "O" and not isinstance(element, Sequence):
        return f"a {printable(type(element).__name__)}"
    kinds = dict.fromkeys(type(x).__name__ for x in array.ravel().tolist())
    return f"{' and '.join(kinds)} of shape {array.shape}" if array.shape else f"a {next(iter(kinds))}"
