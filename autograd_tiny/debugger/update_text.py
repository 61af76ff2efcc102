r"""Write the update of a parameter with its formula and its numbers.

>>> from types import SimpleNamespace
>>> numbers = {"p": 1.3, "g": -6.4, "lr": 0.05, "momentum": 0.9, "b": 0.5}
>>> formulas = (("b", "momentum*b + g"), ("p", "p - lr*b"))
>>> after = 1.3 - 0.05 * (0.9 * 0.5 - 6.4)
>>> record = SimpleNamespace(rule="SGD", before=1.3, after=after, formulas=formulas, numbers=numbers)
>>> text = UpdateText()
>>> print(text.line("w", record))
w  1.3 → 1.5975 = 1.3 - 0.05·(-5.95)
>>> print(*text.details("w", record), sep="\n")
w  1.3 → 1.5975 by SGD
  with lr = 0.05, momentum = 0.9
  before: p = 1.3, g = -6.4, b = 0.5
  b = momentum·b + g = 0.9·0.5 + (-6.4) = -5.95
  p = p - lr·b = 1.3 - 0.05·(-5.95) = 1.5975

The result is rounded to five digits, or to as many as tell it from the number before. The other numbers have as many
digits as it takes for the line to be true as it is printed. A formula that does not give the number of the parameter,
bit for bit, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from autograd_tiny.debugger.training import UpdateRecord
from autograd_tiny.engine.grad_mode import no_grad
from autograd_tiny.errors import AutogradError
from autograd_tiny.symbolic.expression import Expression, parse
from autograd_tiny.symbolic.notation import exact_number

FEWEST_DIGITS: Final = 5
MOST_DIGITS: Final = 17
"""So many digits tell all floats apart."""
NEWLINE: Final = "\n    "
"""The end of a line, and how far the formula below is indented."""
NAME: Final = re.compile(r"(?<![\w.])[a-z]\w*\b(?!\()")
"""The name of a number in a formula: not that of a function, and not the e of 1e-06."""
PRODUCT: Final = re.compile(r"(?<!\*)\*(?!\*)")


@dataclass(frozen=True, slots=True)
class Computation:
    """One formula of an update with its numbers.

    Attributes:
        name: of the result.
        formula: an expression.
        numbers: by the names in the formula.
        result: of the formula.
    """

    name: str
    formula: str
    numbers: Mapping[str, float]
    result: float


class UpdateText:
    """Writes updates; each formula is parsed once."""

    def __init__(self) -> None:
        self._parsed: dict[str, Expression] = {}

    def line(self, name: str, record: UpdateRecord, *, split: bool = False) -> str:
        """Return the update of a parameter in one line: before, after, and the last formula with its numbers.

        Args:
            name: of the parameter.
            record: of the update.
            split: write the formula in a second line.
        """
        before, after, how = self.parts(record)
        return f"{name}  {before} → {after}{NEWLINE if split else ' '}{how}"

    def parts(self, record: UpdateRecord) -> tuple[str, str, str]:
        """Return the number before an update, that after it, and the last formula with its numbers."""
        computations = self.computations(record)
        digits = digits_between(record.before, record.after)
        after = rounded(record.after, digits)
        if not computations:
            return rounded(record.before, digits), after, f"by {record.rule}"
        precise = self._digits(computations[-1], digits)
        return rounded(record.before, precise), after, f"= {_in_numbers(computations[-1], precise)}"

    def details(
        self, name: str, record: UpdateRecord, *, split: bool = False, taken: Collection[str] = ()
    ) -> list[str]:
        """Return the update of a parameter in lines: each formula in symbols and in numbers.

        Args:
            name: of the parameter.
            record: of the update.
            split: write the numbers of a formula in a second line.
            taken: the names of nodes. A number of a formula with the same name has `_t` after it.
        """

        def written(name: str) -> str:
            return written(f"{name}_t") if name in taken else name

        digits = digits_between(record.before, record.after)
        change = f"{name}  {rounded(record.before, digits)} → {rounded(record.after, digits)} by {record.rule}"
        computations = self.computations(record)
        if not computations:
            return [f"{change}, which gives no formula that computes it"]
        used = {found for computation in computations for found in computation.numbers}
        computed = {"p", "g", *(computation.name for computation in computations)}
        settings, before = (
            ", ".join(f"{written(x)} = {rounded(n, digits)}" for x, n in record.numbers.items() if x in names)
            for names in (used - computed, used & computed)
        )
        between = NEWLINE if split else " "
        lines = [change, *([f"  with {settings}"] if settings else []), f"  before: {before}"]
        for computation in computations:
            least = digits if computation.name == "p" else FEWEST_DIGITS
            numbers = _in_numbers(computation, self._digits(computation, least))
            symbols = PRODUCT.sub("·", NAME.sub(lambda match: written(match.group()), computation.formula))
            equation = f"{numbers} = {rounded(computation.result, least)}"
            lines.append(f"  {written(computation.name)} = {symbols}{between}= {equation}")
        return lines

    def computations(self, record: UpdateRecord) -> list[Computation]:
        """Return the formulas of an update with their numbers; none unless they give the number of the parameter."""
        numbers, computations = dict(record.numbers), []
        try:
            for name, formula in record.formulas:
                names = self._expression(formula).names
                computation = Computation(
                    name, formula, {x: numbers[x] for x in names}, self._number(formula, numbers)
                )
                computations.append(computation)
                numbers[name] = computation.result
        except (AutogradError, KeyError):  # of an optimizer of the user
            return []
        return computations if computations and computations[-1].result == record.after else []

    def _digits(self, computation: Computation, digits: int) -> int:
        """Return how many digits the numbers need, so that they give the result in so many digits."""
        result = rounded(computation.result, digits)
        for precise in range(digits, MOST_DIGITS):
            numbers = {name: float(rounded(number, precise)) for name, number in computation.numbers.items()}
            if rounded(self._number(computation.formula, numbers), digits) == result:
                return precise
        return MOST_DIGITS

    def _expression(self, formula: str) -> Expression:
        if formula not in self._parsed:
            self._parsed[formula] = parse(formula)
        return self._parsed[formula]

    def _number(self, formula: str, numbers: Mapping[str, float]) -> float:
        expression = self._expression(formula)
        with no_grad():
            return expression.evaluate(**{name: numbers[name] for name in expression.names}).data


def rounded(number: float, digits: int) -> str:
    """Return a number in so many digits, with `MOST_DIGITS` all that it has.

    >>> rounded(1 / 3, 5), rounded(0.1 + 0.2, 17), rounded(-0.0, 5)
    ('0.33333', '0.30000000000000004', '0')
    """
    return exact_number(number) if digits >= MOST_DIGITS else f"{number + 0.0:.{digits}g}"


def digits_between(before: float, after: float) -> int:
    """Return how many digits tell two numbers apart, at least five.

    >>> digits_between(1.3, 1.62), digits_between(0.5, 0.50000012)
    (5, 7)
    """
    digits = FEWEST_DIGITS
    while digits < MOST_DIGITS and before != after and rounded(before, digits) == rounded(after, digits):
        digits += 1
    return digits


def _in_numbers(computation: Computation, digits: int) -> str:
    """Return a formula with numbers in place of the names; a negative one after an operator is in parentheses."""

    def number(match: re.Match[str]) -> str:
        text = rounded(computation.numbers[match.group()], digits)
        is_first = match.start() == 0 or computation.formula[match.start() - 1] == "("
        return text if is_first or not text.startswith("-") else f"({text})"

    return PRODUCT.sub("·", NAME.sub(number, computation.formula))
