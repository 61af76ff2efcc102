r"""Make the notebooks of a lab from its source, for teachers, students and the autograder.

A source is a Python file in the percent format of jupytext, its cells with the metadata of nbgrader. What is removed
and what replaces it follows nbgrader's preprocessors ClearSolutions, ClearHiddenTests and LockCells.

>>> cell = ["def f():", "    ### BEGIN SOLUTION", "    return 1", "    ### END SOLUTION"]
>>> print(without_regions("\n".join(cell), "SOLUTION", CODE_STUB))
def f():
    # YOUR CODE HERE
    raise NotImplementedError()
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from autograd_tiny.errors import InputError, require_package

CODE_STUB: Final = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB: Final = "YOUR ANSWER HERE"

PYTHON: Final = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def sources() -> list[Path]:
    """Return the sources of the labs: in the installed package, or in the folder of the repository.

    Raises:
        InputError: they are not installed.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "sources", here.parents[1] / "demos" / "labs"):
        if found := sorted(folder.glob("lab*.py")):
            return found
    raise InputError(
        "the sources of the labs are not installed; install autograd_tiny from its wheel or its repository"
    )


def read(path: Path) -> Any:
    """Return a source as a notebook with solutions and hidden tests, which nbgrader calls the source.

    Raises:
        MissingPackageError: jupytext is not installed.
    """
    jupytext = require_package("jupytext", package="jupytext", extra="labs")
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    notebook.metadata = require_package("nbformat", package="nbformat", extra="labs").from_dict(PYTHON)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"{path.stem}-{number}"  # jupytext draws one at random
    return notebook


def for_students(notebook: Any) -> Any:
    """Return the notebook without solutions and hidden tests, its checks locked, which nbgrader calls the release."""
    return _mapped(notebook, _emptied)


def solved(notebook: Any) -> Any:
    """Return the notebook with its solutions, without hidden tests and markers, for students afterwards."""
    return _mapped(notebook, _unmarked)


def without_regions(source: str, name: str, stub: str) -> str:
    """Return a text with a stub in place of each region from BEGIN name to END name."""
    kept, is_inside = [], False
    for line in source.splitlines():
        if f"BEGIN {name}" in line:
            is_inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + part for part in stub.splitlines()]
        elif f"END {name}" in line:
            is_inside = False
        elif not is_inside:
            kept.append(line)
    return "\n".join(kept)


def points(notebook: Any) -> int:
    """Return the number of points of a lab."""
    return sum(_marks(cell).get("points", 0) for cell in notebook.cells)


def title(notebook: Any) -> str:
    """Return the first heading of a notebook."""
    first: str = notebook.cells[0].source.partition("\n")[0]
    return first.lstrip("# ")


def _mapped(notebook: Any, change: Callable[[Any], None]) -> Any:
    """Return a copy with each cell changed."""
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        change(cell)
    return notebook


def _emptied(cell: Any) -> None:
    """Remove the solution and the hidden tests from a cell, and lock it as nbgrader does."""
    marks = _marks(cell)
    if marks.get("solution"):
        stub = CODE_STUB if cell.cell_type == "code" else TEXT_STUB
        emptied = without_regions(cell.source, "SOLUTION", stub)
        cell.source = stub if emptied == cell.source else emptied  # without a region, the whole cell is the solution
    cell.source = without_regions(cell.source, "HIDDEN TESTS", "")
    if marks:
        cell.metadata.deletable = False
    if marks.get("locked"):
        cell.metadata.editable = False


def _unmarked(cell: Any) -> None:
    """Remove the hidden tests and the markers of the solution from a cell."""
    lines = without_regions(cell.source, "HIDDEN TESTS", "").splitlines()
    cell.source = "\n".join(line for line in lines if "BEGIN SOLUTION" not in line and "END SOLUTION" not in line)


def _marks(cell: Any) -> dict[str, Any]:
    """Return the metadata of nbgrader in a cell, empty for an ordinary one."""
    marks: dict[str, Any] = cell.metadata.get("nbgrader", {})
    return marks
