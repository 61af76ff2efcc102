"""Convert the arguments of a recorded function (numbers, nested lists, arrays) to flat arrays and back.

>>> argument = Argument.like("x", [[1.0, 2.0], [3.0, 4.0]])
>>> argument.shape, argument.size
((2, 2), 4)
>>> argument.flat([[[1.0, 2.0], [3.0, 4.0]]], batched=True)
array([[1., 2., 3., 4.]])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from autograd_tiny.errors import LengthError, OperandError, ShapeError, require_unmasked
from autograd_tiny.support.console import counted

FLOAT: Final = np.dtype(float)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a recorded function.

    Attributes:
        name: for messages.
        shape: of one example.
        size: the number of elements of one example.
        is_array: whether the function takes an array rather than lists.
        is_whole: whether this is an array of integers.
    """

    name: str
    shape: tuple[int, ...]
    size: int
    is_array: bool
    is_whole: bool = False

    @staticmethod
    def like(name: str, example: Any) -> Argument:
        """Return the argument with the shape of an example."""
        array = numbers_of(name, example)
        is_array = isinstance(example, np.ndarray)
        return Argument(name, array.shape, array.size, is_array, is_array and example.dtype.kind in "iu")

    def flat(self, numbers: Any, batched: bool) -> Any:  # noqa: FBT001 - hot
        """Return the numbers of a call as (examples, size), or (examples,) where each example has one number.

        Raises:
            OperandError: one is not a real number.
            ShapeError: the shape is not that of the recorded example.
        """
        if type(numbers) is not np.ndarray or numbers.dtype is not FLOAT:
            numbers = numbers_of(self.name, numbers)
        shape = numbers.shape
        if not batched:
            if shape != self.shape:
                raise ShapeError(self.name, shape, self.shape, batched=False)
            return numbers.reshape(1, self.size)
        if not shape or shape[1:] != self.shape:
            raise ShapeError(self.name, shape, self.shape, batched=True)
        return numbers if len(shape) <= 2 else numbers.reshape(shape[0], self.size)

    def nested(self, elements: Sequence[Any]) -> Any:
        """Return flat numbers or nodes as the function takes them: nested lists, or an array."""
        if not self.shape:
            return elements[0]
        array: Any = np.empty(self.size, dtype=object)
        array[:] = elements
        array = array.reshape(self.shape)
        if not self.is_array:
            return array.tolist()
        return array.astype(float) if all(isinstance(x, float) for x in elements) else array

    def nested_numbers(self, elements: Sequence[Any]) -> Any:
        """Return the same for numbers that the function computes with: indices are an array of integers again."""
        nested = self.nested(elements)
        is_whole = self.is_whole and nested.dtype is FLOAT and not (nested % 1.0).any()
        return nested.astype(int) if is_whole else nested


class Arguments:
    """The arguments of a program, in their order, which take the inputs of its calls.

    Args:
        arguments: of the recorded function.
        batched: whether they have a first axis of examples.
    """

    def __init__(self, arguments: Sequence[Argument], *, batched: bool) -> None:
        self._arguments, self._batched = arguments, batched
        self._are_taken = [batched and type(x) is Argument and len(x.shape) < 2 for x in arguments]
        self._places = range(len(arguments))
        self._shapes: list[tuple[int, ...] | None] = [None] * len(arguments)

    def flat(self, inputs: Sequence[Any]) -> list[Any]:
        """Return the inputs of a call as (batch, size) each, or (batch,) where each example has one number.

        An array of floats in the shape that it had in the last call is taken as it is.

        Raises:
            OperandError: one is not a number, or there are more or fewer than arguments.
            ShapeError: the shape of one is not that of the recorded example.
            LengthError: they are not of one batch.
        """
        shapes, is_new = self._shapes, False
        arrays = list(inputs)
        if len(arrays) != len(shapes):
            expected = counted(len(shapes), "argument")
            remedy = f"give one for each argument of the function, not {len(inputs)}"
            raise OperandError("the program", inputs, expected=expected, remedy=remedy)
        for k in self._places:  # faster than zip
            x = arrays[k]
            if type(x) is not np.ndarray or x.dtype is not FLOAT or x.shape != shapes[k]:
                arrays[k] = x = self._arguments[k].flat(x, self._batched)
                is_new = is_new or x.shape != shapes[k]
        if is_new:
            self._require_one_batch(arrays)
        return arrays

    def _require_one_batch(self, arrays: Sequence[Any]) -> None:
        """Raise a LengthError if arrays have different numbers of examples; otherwise remember their shapes."""
        for array in arrays:
            if len(array) != len(arrays[0]):
                names = [argument.name.replace(" ", "_") for argument in self._arguments]
                raise LengthError("the program", **dict(zip(names, map(len, arrays), strict=True)))
        if self._batched:
            taken = zip(arrays, self._are_taken, strict=True)
            self._shapes = [array.shape if is_taken else None for array, is_taken in taken]


def numbers_of(name: str, numbers: Any) -> Any:
    """Return real numbers as an array of floats."""
    try:
        array = np.asarray(numbers)
    except ValueError:  # lists of different lengths
        array = np.empty(1, dtype=object)
    if array.dtype.kind not in "biuf":
        remedy = "convert it to floats, all rows of one length, first"
        raise OperandError(
            name, numbers, expected="a number, an array, or lists of equal length of them", remedy=remedy
        )
    require_unmasked(name, numbers)
    return array.astype(float)
