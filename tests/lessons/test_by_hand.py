"""The lesson by hand: its numbers and those of the engine, the exercises, the worksheets."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from autograd_tiny import softmax
from autograd_tiny.cli import main
from autograd_tiny.lessons import difference, largest_difference
from autograd_tiny.lessons.by_hand import BLANK, as_markdown, as_page
from autograd_tiny.lessons.exercises import RATE, STEPS, HandExercise, draw_exercise, given_exercise, is_good, updated
from autograd_tiny.lessons.programs import load_program, path_of

program = load_program(path_of("by-hand"))
by_hand, by_engine, with_one = program.by_hand, program.by_engine, program.with_one
EXERCISES = [given_exercise(), *(draw_exercise(seed, by_hand) for seed in range(12))]


@pytest.fixture(params=EXERCISES, ids=lambda exercise: exercise.name or "given")
def exercise(request: pytest.FixtureRequest) -> HandExercise:
    return request.param


# ── the numbers ──


def test_given_exercise_has_prediction_and_error() -> None:
    results = by_hand(given_exercise())
    assert given_exercise().y.tolist() == [0.0, 1.0, 0.0]
    assert results["ŷ"].tolist() == [0.5, 0.5, 0.0]
    assert results["∂L/∂z3"].tolist() == [0.5, -0.5, 0.0]


def test_eleven_steps_cover_all_results(exercise: HandExercise) -> None:
    assert len(STEPS) == 11
    assert [STEPS[place][0] for place in (0, 2, 10)] == [
        "forward through the layers",
        "the error of layer 3",
        "the update",
    ]
    assert sorted(name for _, _, names in STEPS for name in names) == sorted(by_hand(exercise))


def test_hand_equals_engine(exercise: HandExercise) -> None:
    hand, engine = by_hand(exercise), by_engine(exercise)
    assert hand.keys() == engine.keys()
    assert all(np.shape(hand[name]) == np.shape(engine[name]) for name in hand)
    assert largest_difference(hand, engine) <= 1e-12


def test_prediction_is_exactly_one_half_twice(exercise: HandExercise) -> None:
    likely = sorted(softmax(by_hand(exercise)["z3"].tolist()))
    assert likely[1:] == [0.5, 0.5]
    assert 0.0 < likely[0] < 1e-17


def test_planted_mistake_is_found() -> None:
    wrong = by_hand(given_exercise())
    wrong["∂L/∂z1"] = wrong["∂L/∂a1"]  # relu forgotten
    assert difference(wrong["∂L/∂z1"], by_engine(given_exercise())["∂L/∂z1"]) == 1.0


def test_weight_gradients_are_outer_products(exercise: HandExercise) -> None:
    results = by_hand(exercise)
    for layer, below in ((3, "a2"), (2, "a1")):
        gradient = results[f"∂L/∂W{layer} | ∂L/∂b{layer}"]
        assert (gradient == np.outer(results[f"∂L/∂z{layer}"], with_one(results[below]))).all()


def test_update_subtracts_a_tenth_of_gradient(exercise: HandExercise) -> None:
    results = by_hand(exercise)
    assert (results["new W2 | b2"] == exercise.A2 - RATE * results["∂L/∂W2 | ∂L/∂b2"]).all()


def test_update_lowers_loss(exercise: HandExercise) -> None:
    assert by_hand(updated(exercise, by_hand(exercise)))["L"] < by_hand(exercise)["L"]


# ── the exercises ──


def test_given_numbers_are_small_integers(exercise: HandExercise) -> None:
    for numbers in (exercise.x, exercise.A1, exercise.A2, exercise.A3):
        assert (numbers == numbers.round()).all()
        assert np.abs(numbers).max() <= 12


def test_gradients_are_multiples_of_one_half(exercise: HandExercise) -> None:
    for name, numbers in by_hand(exercise).items():
        if name.startswith("∂"):
            assert (2.0 * numbers == (2.0 * numbers).round()).all(), name


def test_relu_closes_one_neuron_a_layer(exercise: HandExercise) -> None:
    results = by_hand(exercise)
    assert [(results[name] == 0.0).sum() for name in ("a1", "a2")] == [1, 1]
    assert not any((results[name] == 0.0).any() for name in ("z1", "z2"))


def test_each_seed_has_its_own_exercise() -> None:
    matrices = [(*exercise.A1.ravel(), *exercise.A2.ravel(), *exercise.A3.ravel()) for exercise in EXERCISES]
    assert len(set(matrices)) == len(EXERCISES)


def test_every_class_is_a_target() -> None:
    assert {exercise.target for exercise in EXERCISES} == {0, 1, 2}


def test_close_logits_are_not_good() -> None:
    exercise = given_exercise()
    exercise.A3[2] = [0.0, 0.0, 0.0, -1.0]
    assert not is_good(exercise, by_hand)


# ── the worksheet ──


class Cells(HTMLParser):
    """Counts the cells of a page that are blank, and those that hold something; every tag has to be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.blank, self.filled = 0, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        if tag == "td":
            is_blank = "blank" in (dict(attrs)["class"] or "").split()
            self.blank, self.filled = self.blank + is_blank, self.filled + (not is_blank)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def cells_of(page: str) -> Cells:
    cells = Cells()
    cells.feed(page)
    assert cells.open == []
    return cells


def test_worksheet_has_blanks_for_results(exercise: HandExercise) -> None:
    results = sum(np.size(numbers) for numbers in by_hand(exercise).values())
    given = 2 + 3 + 9 + 12 + 12
    assert as_markdown(exercise, by_hand(exercise), blank=True).count(BLANK) == results
    cells = cells_of(as_page(exercise, by_hand(exercise), blank=True))
    assert (cells.blank, cells.filled) == (results, given)


def test_solution_has_no_blanks(exercise: HandExercise) -> None:
    assert BLANK not in as_markdown(exercise, by_hand(exercise), blank=False)
    page = as_page(exercise, by_hand(exercise), blank=False)
    assert cells_of(page).blank == 0
    assert "Name:" not in page


def test_page_loads_nothing(exercise: HandExercise) -> None:
    page = as_page(exercise, by_hand(exercise), blank=True)
    assert not any(word in page for word in ("http:", "https:", "src=", "@import", "url("))


def test_solution_separates_biases() -> None:
    lines = as_markdown(given_exercise(), by_hand(given_exercise()), blank=False).splitlines()
    start = lines.index("∂L/∂W3 | ∂L/∂b3 = [  2.5  0   3 |  0.5 ]")
    assert lines[start + 1 : start + 3] == [
        "                  [ -2.5  0  -3 | -0.5 ]",
        "                  [    0  0   0 |    0 ]",
    ]


def test_command_writes_worksheet_and_solution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lesson", "by-hand", "--worksheet", "--seed", "7"]) == 0
    folder = Path("lesson-by-hand")
    assert sorted(path.name for path in folder.iterdir()) == [
        "solution.html",
        "solution.md",
        "worksheet.html",
        "worksheet.md",
    ]
    assert f"written: {folder / 'worksheet.html'}" in capsys.readouterr().out
    assert "exercise 7" in (folder / "solution.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", [[], ["class"]])
def test_worksheets_overwrite_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    place = Path(*folder or ["lesson-by-hand"])
    place.mkdir()
    (place / "worksheet.md").write_text("filled in")
    assert main(["lesson", "by-hand", "--worksheet", *folder]) == 0
    assert main(["lesson", "by-hand", "--worksheet", *folder]) == 0
    assert (place / "worksheet.md").read_text() == "filled in"
    assert sorted(path.name for path in place.iterdir()) == [
        "solution.html",
        "solution.md",
        "worksheet-2.md",
        "worksheet.html",
        "worksheet.md",
    ]


def test_worksheets_go_to_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lesson", "by-hand", "--worksheet", "class"]) == 0
    assert (tmp_path / "class" / "worksheet.md").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["class"]


def test_worksheet_has_no_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "by-hand", "--worksheet", "class", "--pictures", "here"]) == 2
    assert "--worksheet draws no pictures" in capsys.readouterr().err
