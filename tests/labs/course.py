"""The notebooks of the labs, run cell by cell in this process: as in a kernel, without the seconds to start it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from autograd_tiny.labs import Exercise, notebooks

PLANTED = Path(__file__).parent / "planted"
SOLUTIONS = Path(__file__).parent / "solutions"
LABS = [path.stem for path in notebooks.sources()]


class Plant(NamedTuple):
    """A wrong solution as a student would write it, and words of the message that names its mistake."""

    exercise: str
    words: str
    code: str


def planted(lab: str) -> list[Plant]:
    """Return the wrong solutions of `planted/lab1.txt` and its like; each begins with `### exercise: words`."""
    parts = (PLANTED / f"{lab.partition('_')[0]}.txt").read_text(encoding="utf-8").split("### ")[1:]
    heads_and_codes = (part.partition("\n") for part in parts)
    return [Plant(*head.split(": ", 1), code) for head, _, code in heads_and_codes]


class Solution(NamedTuple):
    """A solution by somebody who has not seen the checks."""

    exercise: str
    is_right: bool
    words: str
    code: str


def solutions(lab: str) -> list[Solution]:
    """Return the solutions of `solutions/lab1.txt` and its like; each begins with `### exercise: right: words`."""
    parts = (SOLUTIONS / f"{lab.partition('_')[0]}.txt").read_text(encoding="utf-8").split("### ")[1:]
    heads_and_codes = ((part.partition("\n")[0].split(": ", 2), part.partition("\n")[2]) for part in parts)
    return [Solution(name, verdict == "right", words, code) for (name, verdict, words), code in heads_and_codes]


@contextmanager
def shut_figures() -> Iterator[None]:
    """Let `plt.show()` close the figures: nobody looks at them."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    shown, plt.show = plt.show, lambda: plt.close("all")
    try:
        yield
    finally:
        plt.show = shown


def run(source: str, names: dict[str, Any]) -> Exception | None:
    """Run a cell, and return what it raises."""
    try:
        exec(compile(source, "cell", "exec"), names)
    except Exception as error:  # noqa: BLE001 - what a student's cell raises is what is asked here
        return error
    return None


@cache
def source(lab: str) -> Any:
    """Return the notebook with everything in it."""
    return notebooks.read(next(path for path in notebooks.sources() if path.stem == lab))


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def marks(cell: Any) -> dict[str, Any]:
    return cell.metadata.get("nbgrader", {})


def exercises(lab: str) -> dict[str, str]:
    """Return for each cell that is to be solved, by its grade_id, the source of its check."""
    checks: dict[str, str] = {}
    name = ""
    for cell in code_cells(source(lab)):
        if marks(cell).get("solution"):
            name = marks(cell)["grade_id"]
        elif marks(cell).get("grade"):
            checks[name] = cell.source
    return checks


class Findings(NamedTuple):
    """The results of a lab: errors of its cells, and of the checks after each planted solution."""

    errors: dict[str, Exception | None]
    caught: dict[Plant, Exception | None]
    judged: dict[Solution, Exception | None]


FEWER = ("examples[:900", "examples[:90")
"""What is replaced in the cells of lab 7, so that its training takes a tenth of the time."""


@cache
def solved(lab: str) -> Findings:
    """Run the notebook with solutions and hidden tests, and each planted or written solution before the right one."""
    names: dict[str, Any] = {"__name__": "__main__"}
    checks, plants = exercises(lab), planted(lab)
    errors: dict[str, Exception | None] = {}
    caught: dict[Plant, Exception | None] = {}
    judged: dict[Solution, Exception | None] = {}
    written = solutions(lab)
    with shut_figures():
        for cell in code_cells(source(lab)):
            for plant in plants:
                if plant.exercise == marks(cell).get("grade_id"):
                    there = dict(names)
                    problem = run(plant.code, there)
                    caught[plant] = problem or run(checks[plant.exercise], there)
            for solution in written:
                if solution.exercise == marks(cell).get("grade_id"):
                    there = dict(names)
                    check = notebooks.without_regions(checks[solution.exercise], "HIDDEN TESTS", "")
                    with patch.object(Exercise, "recognise", return_value=None):  # the verdict alone is asked
                        judged[solution] = run(solution.code, there) or run(check, there)
            errors[cell.id] = run(cell.source.replace(*FEWER), names)
    return Findings(errors, caught, judged)


@cache
def untouched(lab: str) -> dict[str, Exception | None]:
    """Run the student's notebook as it is handed out, and return what each check raises, by its grade_id."""
    names: dict[str, Any] = {"__name__": "__main__"}
    found = {}
    with shut_figures():
        for cell in code_cells(notebooks.for_students(source(lab))):
            error = run(cell.source.replace(*FEWER), names)
            if marks(cell).get("grade"):
                found[marks(cell)["grade_id"]] = error
    return found
