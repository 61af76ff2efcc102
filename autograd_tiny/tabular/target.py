"""Read the target: a number, or a class; find targets that make no sense to predict.

>>> are_classes(["0", "1"], [0.0, 1.0]), are_classes(["0.5", "1"], [0.5, 1.0])
(True, False)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.support.console import counted
from autograd_tiny.tabular.cells import Column
from autograd_tiny.tabular.dialect import NUMBER
from autograd_tiny.tabular.inputs import ColumnError, NumberReading, listed, per_text, read_numbers, require_few_odd
from autograd_tiny.tabular.problems import Problems

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CLASSES: Final = 50
MOST_NUMBERED_CLASSES: Final = 10
"""A target of at most so many different whole numbers is taken as classes."""
LARGEST_WHOLE: Final = 2**53
"""From here on a float does not distinguish all whole numbers."""
MOST_SINGLE_CLASSES: Final = 5
NEARLY_ALL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Target:
    """The target of each row.

    Attributes:
        numbers: the number of its class, or a number.
        classes: the names of the classes; empty where the target is a number.
        text: how the column is read, in words.
        notes: on a target that is hardly worth predicting.
    """

    numbers: NDArray[Any]
    classes: tuple[str, ...]
    text: str
    notes: list[str]


def read_target(
    name: str,
    column: Column,
    lines: NDArray[Any],
    known: NumberReading,
    *,
    kind: str | None,
    problems: Problems,
) -> Target | None:
    """Return the target of some rows, or None after adding to the problems.

    Args:
        name: of the target.
        column: its cells; each has a value.
        lines: of the rows.
        known: of the notation of its numbers.
        kind: "classes" or "number" to decide for the target.
        problems: of the file.
    """
    try:
        read = numbers_of(column, known, kind)
    except ColumnError as error:
        line = None if error.cell is None else int(lines[column.first_row(error.cell)])
        problems.add(f"the target {name!r} {error}", line=line)
        return None
    if read is not None and (kind == "number" or (kind is None and not are_classes(column.texts, read[0]))):
        return number_target(name, column, lines, read, problems)
    return class_target(name, column, lines, is_numbered=read is not None, problems=problems)


def numbers_of(column: Column, known: NumberReading, kind: str | None) -> tuple[NDArray[Any], str] | None:
    """Return the target as numbers, and how they are read; None where it is classes for certain."""
    if kind == "classes":
        is_plain = all(map(NUMBER.fullmatch, column.values))
        return (per_text(column, float), "") if is_plain else None
    read = read_numbers(column, known)
    if read is None:
        remedy = "correct it, or treat the target as classes with --classes"
        if kind == "number" and known.survey.others:
            raise ColumnError(
                f"has {known.survey.others[0]!r}, which is not a number; {remedy}", known.survey.others[0]
            )
        require_few_odd(column, known.survey, remedy)
    return read


def are_classes(texts: Sequence[str], numbers: Sequence[float] | NDArray[Any]) -> bool:
    """Return whether numbers are meant as classes: few different whole numbers, all of them plainly written."""
    different = set(map(float, numbers))
    is_plain = all(NUMBER.fullmatch(text) for text in texts)
    return is_plain and len(different) <= MOST_NUMBERED_CLASSES and all(map(float.is_integer, different))


def number_target(
    name: str, column: Column, lines: NDArray[Any], read: tuple[NDArray[Any], str], problems: Problems
) -> Target | None:
    """Return a target that is a number, unless all rows have the same."""
    import numpy as np

    numbers, text = read
    low, high = float(numbers.min()), float(numbers.max())
    if low == high:
        problem = f"the target {name!r} is {column.first_value} here and in every other row; it must vary"
        problems.add(problem, line=int(lines[0]))
        return None
    notes = []
    if len(numbers) > 1 and bool((np.diff(numbers) == 1.0).all()):
        notes.append(f"the target {name!r} counts the rows: is it a row number?")
    most, times = most_frequent(numbers)
    if times >= NEARLY_ALL * len(numbers):
        share = 100.0 * times / len(numbers)
        notes.append(f"the target {name!r} is {most:g} in {share:.0f} % of the rows, and hardly varies")
    return Target(numbers, (), f"target: {text}, {low:g} to {high:g}", notes)


def most_frequent(numbers: NDArray[Any]) -> tuple[float, int]:
    """Return the most frequent number and how often it comes."""
    import numpy as np

    different, counts = np.unique(numbers, return_counts=True)
    return float(different[counts.argmax()]), int(counts.max())


def class_target(
    name: str, column: Column, lines: NDArray[Any], *, is_numbered: bool, problems: Problems
) -> Target | None:
    """Return a target of classes, sorted by name or number, unless they are too many or too few."""
    import numpy as np

    cells = [column.texts[code] for code in column.codes]
    is_numbered = is_numbered and all(map(NUMBER.fullmatch, column.texts))
    labels = [number_name(cell) for cell in cells] if is_numbered else cells
    rows: dict[str, list[int]] = {}
    for label, line in zip(labels, lines.tolist(), strict=True):
        rows.setdefault(label, []).append(line)
    add_problems_of_classes(name, rows, problems)
    if len(rows) < 2 or len(rows) > MOST_CLASSES:
        return None
    classes = sorted(rows, key=float) if is_numbered else sorted(rows)
    places = {label: place for place, label in enumerate(classes)}
    largest = max(rows, key=lambda label: len(rows[label]))
    share, notes = len(rows[largest]) / len(labels), []
    if share >= NEARLY_ALL:
        always = f"a model that always says so is right in {100.0 * share:.1f} %"
        notes.append(f"the target {name!r} is {largest!r} in nearly every row: {always}")
    text = f"target: {counted(len(classes), 'class', 'classes')}: {listed(classes)}"
    return Target(np.array([places[label] for label in labels]), tuple(classes), text, notes)


def add_problems_of_classes(name: str, rows: dict[str, list[int]], problems: Problems) -> None:
    """Add to the problems what is wrong with the classes of a target.

    Args:
        name: of the target.
        rows: the lines of each class.
        problems: of the file.
    """
    single = {label: lines[0] for label, lines in rows.items() if len(lines) == 1}
    if len(rows) < 2:
        ((label, lines),) = rows.items()
        problem = f"the target {name!r} is {label!r} here and in every other row; at least two classes are needed"
        problems.add(problem, line=lines[0])
    elif len(rows) > MOST_CLASSES or len(single) > MOST_SINGLE_CLASSES:
        count = sum(map(len, rows.values()))
        found = (
            f"{len(rows)} classes, more than {MOST_CLASSES}" if len(rows) > MOST_CLASSES else f"{len(rows)} classes"
        )
        unique = f" in {counted(count, 'row')}, {len(single)} of them in one row only" if single else ""
        problems.add(f"the target {name!r} has {found}{unique}; is it a name or a number?")
    else:
        for label, line in single.items():
            problem = f"class {label!r} has only this row; at least one to train and one to test are needed"
            problems.add(problem, line=line)


def number_name(cell: str) -> str:
    """Return a number as the name of a class: equal numbers have equal names.

    >>> number_name("1.0"), number_name("+01"), number_name("-0"), number_name("0.50")
    ('1', '1', '0', '0.5')
    """
    number = float(cell)
    if abs(number) >= LARGEST_WHOLE:
        return cell
    return str(int(number)) if number.is_integer() else str(number)
