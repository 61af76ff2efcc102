"""The parts that the files in Python, NumPy, PyTorch and JAX share: what they say of themselves, and their `main`."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Final

from autograd_tiny.replay.export.arrays import Array, Operand, Standalone

PYTHON_NAMES: Final = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})


def shape_text(array: Array) -> str:
    """Return the name and the shape of an array for a comment.

    >>> shape_text(Array("W", (2, 3), "parameter")), shape_text(Array("b", (), "parameter"))
    ('W (2, 3)', 'b, a number')
    """
    title = f", {plain(array.title)} of the program" if array.title else ""
    return f"{array.name} {array.shape}{title}" if array.shape else f"{array.name}, a number{title}"


def plain(text: str) -> str:
    """Return a text that may be anything for a comment or a docstring: on one line, in ASCII, without quotes.

    >>> print(plain('w"' + chr(10)))
    'w_x22_xa'
    """
    letters = (c if c.isascii() and c.isprintable() and c not in "\"'\\" else f"_x{ord(c):x}" for c in text)
    return f"'{''.join(letters)}'"


def described(standalone: Standalone, language: str) -> Iterator[str]:
    """Yield the docstring of a file."""
    what = "outputs" if standalone.outputs is not None else "loss and gradient"
    yield f'"""Compute the {what} of a recorded program in {language}; exported by autograd_tiny.'
    yield ""
    if standalone.inputs:
        each = "of an example " * standalone.batched
        yield f"Inputs {each}and their columns in a CSV file, {columns(standalone)} in all:"
        yield ""
        first = 0
        for array in standalone.inputs:
            last = first + array.size
            place = f"column {first + 1}" if array.size == 1 else f"columns {first + 1} to {last}"
            yield f"    {shape_text(array)}: {place}"
            first = last
    else:
        yield "It has no inputs."
    count = sum(array.size for array in standalone.parameters)
    if count:
        yield ""
        yield f"Parameters, {count:,} numbers in all:"
        yield ""
        for array in standalone.parameters:
            yield f"    {shape_text(array)}"
    yield '"""'
    yield ""


def columns(standalone: Standalone) -> int:
    """Return the number of columns of a CSV file."""
    return sum(prod(array.shape) for array in standalone.inputs)


def guard_lines(standalone: Standalone, condition: Callable[[Operand], str], all_of: str) -> Iterator[str]:
    """Yield the lines that raise an error for another branch than the recorded one."""
    for guard, operand in standalone.guards:
        text = condition(operand)
        wrong = f"(({text}) == {guard.recorded}){all_of}"
        yield f"if not {wrong}:"
        place = f"line {guard.line} of {Path(guard.file).name}" + f": {guard.code}" * bool(guard.code)
        message = f"this file follows the branch taken when recording, {guard.recorded} at {place}"
        yield f"    raise ValueError({message!a})"


def main_lines(standalone: Standalone, module: str) -> Iterator[str]:
    """Yield the lines that train on a CSV file."""
    del standalone, module
    yield from ()
