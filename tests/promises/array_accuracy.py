"""Compare the rows with array code with mpmath, in programs of the NumPy back-end: value and slopes, over all floats.

`python -m tests.promises.array_accuracy` measures at full size and writes the worst of each row to
`array-accuracy.md`. Operands, units and bounds are those of `accuracy`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd_tiny import Value
from autograd_tiny.primitives.arrays import FUNCTIONS
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.numpy_backend.backend import NumpyBackend
from autograd_tiny.replay.plan import plan_of
from autograd_tiny.replay.tape import tape_of
from tests.promises.accuracy import (
    CHOICES,
    NOT_NUMBERS,
    REGIONS,
    Comparison,
    Figures,
    add,
    free_operands,
    full_size,
    operands,
    true_results,
)
from tests.references import reference_of

FILE = Path(__file__).with_name("array-accuracy.md")
ROWS: tuple[Primitive, ...] = (*(TABLE[name] for name in FUNCTIONS), TABLE["sinc"], TABLE["celu"])
"""The rows with array code, and those whose partials call one of them."""


LOWEST = -1e4
"""The least operand of polygamma: mpmath leads one below to 0 by steps of 1."""


def program(row: Primitive, constants: Sequence[float | None]) -> NumpyBackend:
    """Return a program that computes a row and its slopes; None is an operand that varies."""
    leaves = [Value(0.5) for number in constants if number is None]
    rest = iter(leaves)
    node = row(*(next(rest) if number is None else number for number in constants))
    return NumpyBackend(plan_of(tape_of(node, inputs=leaves, parameters=[]), of_inputs=True), [len(leaves)])


def results(row: Primitive, points: Sequence[Sequence[float]]) -> tuple[list[float], list[list[float]]]:
    """Return the values and the slopes at points, all computed at once; an operand of few choices is a constant."""
    varies = [f"{row.name}.{operand}" not in CHOICES for operand in row.operands]
    values, slopes = np.empty(len(points)), np.zeros((len(points), row.arity))
    keys = [tuple(None if free else x for x, free in zip(point, varies, strict=True)) for point in points]
    for constants in set(keys):
        places = [i for i, key in enumerate(keys) if key == constants]
        backend = program(row, constants)
        X = np.array([points[i] for i in places])[:, varies]
        values[places] = backend.run([X], [], 1.0, lambda _: None)
        slopes[np.ix_(places, varies)] = backend.slopes(len(places))
    return values.tolist(), slopes.tolist()


def measure(row: Primitive, count: int) -> Figures:
    """Compare the program of a row at random operands."""
    reference, generator, points, trues = reference_of(row), random.Random(f"{row.name} over arrays"), [], []
    while len(points) < count:
        args = operands(row, generator)
        if not REGIONS.get(row.name, lambda *_: True)(*args) or (row.name == "polygamma" and args[1] < LOWEST):
            continue
        free = free_operands(row, reference, args)
        try:
            found = [true_results(row, reference, args, (i,)) for i in free]
        except NOT_NUMBERS:
            continue
        if found and found[0][0] is not None:
            points.append(args)
            trues.append({(): found[0][0]} | {(i,): slope for i, (_, slope) in zip(free, found, strict=True)})
    figures = Figures(row.name)
    for point, true, value, slopes in zip(points, trues, *results(row, points), strict=True):
        for order, number in true.items():
            if number is not None:
                ours: Any = slopes[order[0]] if order else value
                figures.count += 1
                add(figures, row, reference, Comparison(order, ours, number, point))
    return figures


def table(everything: Sequence[Figures]) -> str:
    """Return `array-accuracy.md`."""
    lines = [
        "# Accuracy over arrays",
        "",
        "The worst of value and slopes, in ulp, of the rows that `autograd_tiny/primitives/arrays` computes, in",
        "programs of the NumPy back-end; bounds 4 and 8, near a zero in units of the condition number, as in",
        "[accuracy.md](accuracy.md). `python -m tests.promises.array_accuracy` measures it and writes this file.",
        "",
        "| row | comparisons | value | first | value, first near a zero |",
        "|---|---|---|---|---|",
    ]
    for figures in everything:
        value, first, _ = figures.worst
        lines.append(
            f"| {figures.name} | {figures.count} | {value.error:.2f} | {first.error:.2f} "
            f"| {value.near_zero:.2g}, {first.near_zero:.2g} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    measured = []
    for each in ROWS:
        measured.append(measure(each, full_size(each.name) // 8))
        print(measured[-1], *measured[-1].misses, sep="\n  ", flush=True)
    FILE.write_text(table(measured), encoding="utf-8")
