"""The notebooks: solutions pass, untouched ones fail with a helpful sentence, planted mistakes are named."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

import pytest

from autograd_tiny.labs import Exercise, LabError, notebooks
from tests.labs.course import (
    FEWER,
    LABS,
    Plant,
    code_cells,
    exercises,
    marks,
    planted,
    solutions,
    solved,
    source,
    untouched,
)

pytest.importorskip("jupytext")
pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")

MARKS = ["grade", "grade_id", "locked", "points", "schema_version", "solution", "task"]
README = Path(__file__).parents[2] / "demos" / "labs" / "README.md"

EXERCISES = {
    (lab, name): exercise
    for lab in LABS
    for name, exercise in vars(importlib.import_module(f"autograd_tiny.labs.{lab.partition('_')[0]}")).items()
    if isinstance(exercise, Exercise)
}
PLANTS = [(lab, plant) for lab in LABS for plant in planted(lab)]


def id_of(thing: object) -> str:
    return f"{thing.exercise}: {thing.words}" if isinstance(thing, Plant) else str(thing)


@pytest.mark.no_cover
@pytest.mark.parametrize("lab", LABS)
def test_solutions_pass_all_checks(lab: str) -> None:
    errors = solved(lab).errors
    assert {cell: error for cell, error in errors.items() if error} == {}
    assert len(errors) == len(code_cells(source(lab)))


@pytest.mark.parametrize("lab", LABS)
def test_untouched_notebook_is_told_what_to_do(lab: str) -> None:
    found = untouched(lab)
    assert len(found) == len(exercises(lab))
    for error in found.values():
        assert isinstance(error, LabError)
        if error.exercise == "backward":  # which needs the operators of the exercise before
            assert str(error) == "backward needs __mul__, which is not written yet: write that first."
        else:
            assert str(error).endswith("is not written yet: put your code where it says raise NotImplementedError().")


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize(("lab", "plant"), PLANTS, ids=id_of)
def test_planted_mistake_gets_its_message(lab: str, plant: Plant) -> None:
    error = solved(lab).caught[plant]
    assert isinstance(error, LabError), error
    assert plant.words not in str(error)
    assert error.mistake is not None
    assert plant.words in error.mistake


@pytest.mark.no_cover
@pytest.mark.parametrize("lab", LABS)
def test_independent_solutions_get_right_verdict(lab: str) -> None:
    for solution, error in solved(lab).judged.items():
        if solution.is_right:
            assert error is None, solution
        else:
            assert isinstance(error, LabError), solution


@pytest.mark.parametrize("lab", LABS)
def test_exercises_have_many_independent_solutions(lab: str) -> None:
    counts = Counter((solution.exercise, solution.is_right) for solution in solutions(lab))
    for name in exercises(lab):
        is_prediction = name.startswith("predict_")
        assert counts[name, True] >= (2 if is_prediction else 10), name
        assert counts[name, False] >= (2 if is_prediction else 19), name


def test_training_is_shortened() -> None:
    assert sum(FEWER[0] in cell.source for cell in code_cells(source("lab7_digits"))) == 1


@pytest.mark.parametrize("lab", LABS)
def test_exercises_have_three_planted_mistakes(lab: str) -> None:
    counts = Counter(plant.exercise for plant in planted(lab))
    assert {name: counts[name] for name in exercises(lab) if counts[name] < 3} == {}
    assert counts.keys() == exercises(lab).keys()


@pytest.mark.parametrize("lab", LABS)
def test_checks_have_hidden_tests(lab: str) -> None:
    for name, check in exercises(lab).items():
        assert ("BEGIN HIDDEN TESTS" in check) != name.startswith("predict_")


@pytest.mark.parametrize("lab", LABS)
def test_exercises_are_used_in_their_lab(lab: str) -> None:
    used = {check.partition("(")[0].removeprefix("check.") for check in exercises(lab).values()}
    assert used == {name for of, name in EXERCISES if of == lab}


@pytest.mark.parametrize("lab", LABS)
def test_labs_begin_with_prediction_end_with_explanation(lab: str) -> None:
    assert next(iter(exercises(lab))).startswith("predict_")
    last = source(lab).cells[-1]
    assert last.cell_type == "markdown"
    assert marks(last)["grade"]
    assert marks(last)["solution"]


@pytest.mark.parametrize("lab", LABS)
def test_cells_have_nbgrader_metadata(lab: str) -> None:
    marked = [marks(cell) for cell in source(lab).cells if marks(cell)]
    assert len({data["grade_id"] for data in marked}) == len(marked)
    for data in marked:
        assert sorted(data) == [mark for mark in MARKS if mark != "points" or data["grade"]]
        assert data["schema_version"] == 3
        assert data["locked"] == (data["grade"] and not data["solution"])


@pytest.mark.parametrize("lab", LABS)
def test_readme_has_titles_and_points(lab: str) -> None:
    title = notebooks.title(source(lab)).removeprefix("Lab ").replace(":", "")
    (row,) = [line for line in README.read_text(encoding="utf-8").splitlines() if f"({lab}.py)" in line]
    assert row.startswith(f"| [{title}]({lab}.py) |")
    assert row.endswith(f"| {notebooks.points(source(lab))} |")


@pytest.mark.no_cover
def test_readme_quotes_a_real_message() -> None:
    lab = "lab3_backward_pass"
    plant = next(plant for plant in planted(lab) if plant.exercise == "gradients")
    error = solved(lab).caught[plant]
    assert isinstance(error, LabError)
    assert "\n".join(["```text", *error._render_traceback_(), "```"]) in README.read_text(encoding="utf-8")
