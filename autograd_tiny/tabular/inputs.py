"""Turn a column into inputs of a network: numbers, dates, yes and no, categories, ordered categories.

>>> import numpy as np
>>> column = Column(None, ["red", "blue", "green"], np.array([0, 1, 0, 1, 2, 0]))
>>> inputs = read_input("color", column, NumberReading(Survey.of(column.values), Evidence(), TableOptions()))
>>> inputs.names, inputs.arrays[0].tolist()
(['color=blue', 'color=green', 'color=red'], [0.0, 1.0, 0.0, 1.0, 0.0, 0.0])
>>> inputs.text
'3 categories, an input each: blue, green, red'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.errors import shorten
from autograd_tiny.support.console import counted
from autograd_tiny.tabular.cells import Column, is_missing
from autograd_tiny.tabular.dates import DateError, read_dates
from autograd_tiny.tabular.notation import Evidence, Notation, NotationError, Survey, decide
from autograd_tiny.tabular.options import TableOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

YES_AND_NO: Final = [
    ("yes", "no"),
    ("y", "n"),
    ("true", "false"),
    ("t", "f"),
    ("on", "off"),
    ("ja", "nein"),
    ("oui", "non"),
    ("sí", "no"),
    ("si", "no"),
    ("wahr", "falsch"),
    ("vrai", "faux"),
]
MOST_SPELLINGS: Final = 16
"""The most spellings of yes and no, such as YES and Yes."""
MOST_ODD_CELLS: Final = 3
MOST_NAMED: Final = 6
MOST_SPACES: Final = 2
"""Texts with more spaces, on average, do not name rows."""


class ColumnError(ValueError):
    """A column cannot be read.

    Attributes:
        cell: the text of the first cell at fault; None where it is the whole column.
    """

    def __init__(self, problem: str, cell: str | None = None) -> None:
        self.cell = cell
        super().__init__(problem)


class UnlearnableError(ColumnError):
    """A column of names or free text: most cells differ from all others.

    Attributes:
        names_rows: each cell is a short text that no other row has, such as a key or a name.
    """

    def __init__(self, problem: str, *, names_rows: bool) -> None:
        self.names_rows = names_rows
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs that a column makes.

    Attributes:
        names: one for each input.
        arrays: the numbers of each, nan where one is missing.
        text: how the column is read, in words.
        filling: how a missing number is filled: "mean" or "most frequent".
    """

    names: list[str]
    arrays: list[NDArray[Any]]
    text: str
    filling: str = "most frequent"


@dataclass(frozen=True, slots=True)
class NumberReading:
    """The knowledge about the notation of the numbers in a column.

    Attributes:
        survey: what its cells tell.
        evidence: what all columns of the file prove.
        options: what the user says.
    """

    survey: Survey
    evidence: Evidence
    options: TableOptions


def read_input(name: str, column: Column, known: NumberReading) -> Inputs:
    """Return the inputs that a column makes.

    Args:
        name: of the column.
        column: its cells, of which some have a value.
        known: of the notation of its numbers.

    Raises:
        ColumnError: it cannot be read.
    """
    options = known.options
    if column.numbers is not None:
        return Inputs([name], [column.numbers], f"numbers{extent(column.numbers)}", "mean")
    values = column.values
    if name in options.ordered:
        return ordered(name, column, options.ordered[name])
    if name in options.categories:
        return categories(name, column, options.most_categories)
    words = {text.lower() for text in values} if len(values) <= MOST_SPELLINGS else set()
    pair = next(((yes, no) for yes, no in YES_AND_NO if words == {yes, no}), None)
    if pair is not None:
        yes = spelled(values, pair[0])
        numbers = per_text(column, lambda text: float(text.lower() == pair[0]))
        return Inputs([name], [numbers], f"{yes} is 1, {spelled(values, pair[1])} is 0")
    numbers_read = read_numbers(column, known)
    if numbers_read is not None:
        return Inputs([name], [numbers_read[0]], f"{numbers_read[1]}{extent(numbers_read[0])}", "mean")
    require_few_odd(column, known.survey, "code it as a number, or leave the column out with --ignore")
    return categories(name, column, options.most_categories)


def read_numbers(column: Column, known: NumberReading) -> tuple[NDArray[Any], str] | None:
    """Return the numbers of a column of texts, in some notation or as dates, and how they are read; None for others.

    Raises:
        ColumnError: the notation is open or contradictory, or a number is too large.
    """
    import numpy as np

    try:
        if known.survey.is_numeric:
            notation = decide(known.survey, known.evidence, known.options)
            sign = known.survey.plain
            is_plain = bool(sign) and notation == Notation(decimal=notation.decimal)
            number = (lambda cell: float(cell.replace(sign, "."))) if is_plain else notation.number
            numbers = per_text(column, number)
            if np.isinf(numbers).any():
                cell = column.texts[column.codes[int(np.isinf(numbers).argmax())]]
                raise ColumnError(f"has {shorten(cell)}, which is too large for a float", cell)
            return numbers, notation.text
        moments = read_dates(column.values, known.options.dates)
    except (NotationError, DateError) as error:
        raise ColumnError(str(error), error.cell) from None
    if moments is None:
        return None
    if moments.wrong:
        raise ColumnError(f"has {shorten(moments.wrong[0])}, which no calendar or clock has", moments.wrong[0])
    found = dict(zip(column.values, moments.numbers, strict=True))
    return per_text(column, found.__getitem__), moments.text


def require_few_odd(column: Column, survey: Survey, remedy: str) -> None:
    """Raise a ColumnError if at least half of the cells are numbers, but not all."""
    import numpy as np

    others = set(survey.others)
    is_other = np.array([text in others for text in column.texts], dtype=bool)[column.codes]
    with_value = int((~column.missing).sum())
    if not others or 2 * int(is_other.sum()) > with_value or not survey.numbers:
        return
    odd = [text for text in column.texts if text in others]
    more = [*map(shorten, odd[1:MOST_ODD_CELLS]), *["..."] * (len(odd) > MOST_ODD_CELLS)]
    also = f" (nor are {', '.join(more)})" if more else ""
    raise ColumnError(f"has {shorten(odd[0])}, which is not a number{also}; {remedy}", odd[0])


def categories(name: str, column: Column, most: int) -> Inputs:
    """Return an input for each category, one for two of them; the rarest of too many share one.

    Raises:
        UnlearnableError: most cells differ from all others, as names and free text do.
    """
    import numpy as np

    values = sorted(column.values)
    counts = dict(zip(range(len(column.texts)), np.bincount(column.codes, minlength=len(column.texts)), strict=True))
    sizes = {text: int(counts[code]) for code, text in enumerate(column.texts)}
    rows = sum(sizes[text] for text in values)
    if 2 * len(values) > rows and len(values) > 2:
        problem = f"has {len(values)} different texts in {counted(rows, 'row')}, such as {shorten(values[0])}"
        names_rows = len(values) == rows and sum(text.count(" ") for text in values) <= MOST_SPACES * rows
        raise UnlearnableError(
            f"{problem}: names or free text, from which nothing can be learnt", names_rows=names_rows
        )
    if len(values) == 2:
        numbers = per_text(column, lambda text: float(text == values[1]))
        return Inputs([f"{name}={values[1]}"], [numbers], f"2 categories: {values[1]} is 1, {values[0]} is 0")
    kept = sorted(sorted(values, key=lambda text: -sizes[text])[: most - 1]) if len(values) > most else values
    arrays = [per_text(column, category.__eq__) for category in kept]
    names = [f"{name}={category}" for category in kept]
    if len(kept) == len(values):
        return Inputs(names, arrays, f"{len(values)} categories, an input each: {listed(values)}")
    arrays.append(per_text(column, lambda text: float(text not in kept)))
    told = f"{len(values)} categories, an input for each of the {len(kept)} most frequent, one for the others"
    return Inputs([*names, f"{name}=(others)"], arrays, f"{told} (all: --most-categories {len(values)})")


def ordered(name: str, column: Column, order: Sequence[str]) -> Inputs:
    """Return one input, the place of each category in an order.

    Raises:
        ColumnError: a cell is not in it.
    """
    unknown = next((text for text in column.values if text not in order), None)
    if unknown is not None:
        raise ColumnError(f"has {shorten(unknown)}, which --ordered lacks: it has {listed(order)}", unknown)
    return Inputs(
        [name],
        [per_text(column, lambda text: float(order.index(text)))],
        f"ordered: {listed(f'{text} {place}' for place, text in enumerate(order))}",
    )


def per_text(column: Column, number: Callable[[str], float]) -> NDArray[Any]:
    """Return a number for each row by its text, nan where it is missing."""
    import numpy as np

    numbers = np.array([np.nan if is_missing(text) else number(text) for text in column.texts], dtype=float)
    return np.asarray(numbers[column.codes])


def spelled(values: Iterable[str], word: str) -> str:
    """Return a word as the file spells it."""
    return next(text for text in values if text.lower() == word)


def extent(numbers: NDArray[Any]) -> str:
    """Return the smallest and the largest number in words."""
    import numpy as np

    return f", {np.nanmin(numbers):g} to {np.nanmax(numbers):g}"


def listed(words: Iterable[str]) -> str:
    """Return the first words of a list.

    >>> listed("abcdefgh")
    'a, b, c, d, e, f, ...'
    """
    all_words = list(words)
    return ", ".join([*all_words[:MOST_NAMED], *["..."] * (len(all_words) > MOST_NAMED)])
