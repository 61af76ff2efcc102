"""Collect all that is wrong with a file, to tell it at once.

>>> problems = Problems("a.csv")
>>> problems.add("column 'b' has 'red', which is not a number", line=7)
>>> problems.add("the target 'y' has no value", line=9)
>>> problems.raise_if_any()
Traceback (most recent call last):
    ...
autograd_tiny.tabular.problems.TableError: a.csv cannot be used; 2 problems:
  line 7: column 'b' has 'red', which is not a number
  line 9: the target 'y' has no value
"""

from __future__ import annotations

from typing import Final

from autograd_tiny.errors import InputError

MOST_TOLD: Final = 40
"""The most problems of one file that an error lists."""


class TableError(InputError):
    """A CSV file that cannot be used.

    Attributes:
        path: the file.
        line: the line of the first problem, counted from 1; None where it is the whole file.
        problems: each problem, with its line.
    """

    def __init__(self, path: object, problem: str, *, line: int | None = None) -> None:
        self.path, self.line = path, line
        self.problems: tuple[str, ...] = (problem if line is None else f"line {line}: {problem}",)
        super().__init__(f"{path}{'' if line is None else f', line {line}'}: {problem}")

    @classmethod
    def of(cls, path: object, found: list[tuple[int | None, str]]) -> TableError:
        """Return the error of several problems, each with its line or None."""
        line, problem = found[0]
        error = cls(path, problem, line=line)
        if len(found) > 1:
            error.problems = tuple(text if at is None else f"line {at}: {text}" for at, text in found)
            told = [*error.problems[:MOST_TOLD], *([f"and {len(found) - MOST_TOLD} more"] * (len(found) > MOST_TOLD))]
            error.args = ("\n  ".join([f"{path} cannot be used; {len(found)} problems:", *told]),)
        return error


class Problems:
    """The problems of a file.

    Args:
        path: the file.
    """

    def __init__(self, path: object) -> None:
        self.path = path
        self.found: list[tuple[int | None, str]] = []

    def add(self, problem: str, *, line: int | None = None) -> None:
        """Add a problem, with its line if it has one."""
        self.found.append((line, problem))

    def raise_if_any(self) -> None:
        """Raise a TableError with all problems, if there are any."""
        if self.found:
            raise TableError.of(self.path, self.found)
