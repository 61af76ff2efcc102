"""Notebooks from sources: what students do not get, what the autograder keeps, as nbgrader has it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from autograd_tiny.errors import InputError, MissingPackageError
from autograd_tiny.labs import notebooks

pytest.importorskip("jupytext")

SOURCE = '''\
# %% [markdown]
# # Lab 0: Doubling
#
# Double a number.

# %% nbgrader={"grade": false, "grade_id": "double", "locked": false, "schema_version": 3, "solution": true, "task": false}
def double(x):
    """Return 2x."""
    ### BEGIN SOLUTION
    two = 2
    return two * x
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
print(double(1))
### BEGIN HIDDEN TESTS
print(double(2))
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": true, "grade_id": "why", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# Because.

# %%
print("an ordinary cell")
'''


@pytest.fixture
def notebook(tmp_path: Path) -> Any:
    path = tmp_path / "lab0.py"
    path.write_text(SOURCE, encoding="utf-8")
    return notebooks.read(path)


def cell(notebook: Any, position: int) -> str:
    return str(notebook.cells[position].source)


def test_source_becomes_complete_notebook(notebook: Any) -> None:
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code", "markdown", "code"]
    assert "two = 2" in cell(notebook, 1)
    assert "print(double(2))" in cell(notebook, 2)
    assert notebook.metadata.kernelspec.name == "python3"


def test_same_source_gives_same_notebook(notebook: Any, tmp_path: Path) -> None:
    assert notebooks.read(tmp_path / "lab0.py") == notebook
    assert [cell.id for cell in notebook.cells] == [f"lab0-{number}" for number in range(1, 6)]


def test_students_get_stub_for_solution(notebook: Any) -> None:
    stub = "    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert cell(notebooks.for_students(notebook), 1) == f'def double(x):\n    """Return 2x."""\n{stub}'


def test_text_after_solution_stays() -> None:
    cell = "a = 1\n  ### BEGIN SOLUTION\n  b = 2\n  ### END SOLUTION\nc = 3"
    assert notebooks.without_regions(cell, "SOLUTION", "...") == "a = 1\n  ...\nc = 3"


def test_students_get_no_hidden_tests(notebook: Any) -> None:
    assert cell(notebooks.for_students(notebook), 2) == "print(double(1))"


def test_text_answers_are_emptied(notebook: Any) -> None:
    assert cell(notebooks.for_students(notebook), 3) == "YOUR ANSWER HERE"


def test_graded_cells_are_locked(notebook: Any) -> None:
    metadata = [cell.metadata for cell in notebooks.for_students(notebook).cells]
    assert [data.get("deletable", True) for data in metadata] == [True, False, False, False, True]
    assert [data.get("editable", True) for data in metadata] == [True, True, False, True, True]


def test_solution_has_no_markers_or_hidden_tests(notebook: Any) -> None:
    solved = notebooks.solved(notebook)
    assert cell(solved, 1) == 'def double(x):\n    """Return 2x."""\n    two = 2\n    return two * x'
    assert cell(solved, 2) == "print(double(1))"
    assert cell(solved, 3) == "Because."


def test_source_notebook_is_unchanged(notebook: Any, tmp_path: Path) -> None:
    notebooks.for_students(notebook)
    notebooks.solved(notebook)
    assert notebooks.read(tmp_path / "lab0.py") == notebook


def test_title_and_points_of_cells(notebook: Any) -> None:
    assert notebooks.title(notebook) == "Lab 0: Doubling"
    assert notebooks.points(notebook) == 5


def test_eight_labs_are_found() -> None:
    assert [path.stem.partition("_")[0] for path in notebooks.sources()] == [f"lab{n}" for n in range(1, 9)]


def test_sources_are_found_in_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "autograd_tiny"
    (installed / "labs" / "sources").mkdir(parents=True)
    (installed / "labs" / "sources" / "lab1_x.py").touch()
    monkeypatch.setattr(notebooks, "__file__", str(installed / "labs" / "notebooks.py"))
    assert notebooks.sources() == [installed.resolve() / "labs" / "sources" / "lab1_x.py"]


def test_missing_sources_raise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebooks, "__file__", str(tmp_path / "autograd_tiny" / "labs" / "notebooks.py"))
    with pytest.raises(InputError, match="sources of the labs are not installed"):
        notebooks.sources()


def test_without_jupytext_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(MissingPackageError, match=r"pip install \"autograd_tiny\[labs\]\""):
        notebooks.read(notebooks.sources()[0])
