"""The command `lesson`: every lesson runs, reproducibly for a seed; its options; its pictures."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path

import pytest

from autograd_tiny.cli.lesson import LESSONS
from autograd_tiny.errors import InputError
from autograd_tiny.lessons import programs
from autograd_tiny.lessons.programs import path_of
from tests.cli.command import run_command

PNG = b"\x89PNG\r\n\x1a\n"

SMALL = {
    "iris": (["--epochs", "2"], "Training with cross-entropy"),
    "two-layer": ([], "tanh: hand and engine are at most"),
    "exam": (["--epochs", "3", "--rates", "0.001,0.5"], "The gradients at the end, with learning rate 0.5"),
    "digits": (["--epochs", "1"], "1 epoch of 1198 images took"),
    "by-hand": ([], "Step 11: the update"),
}
"""Arguments that make a lesson short, and something that it prints."""


PUBLIC = {"autograd_tiny", "autograd_tiny.replay", "nn", "nn.losses"}


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


run = partial(run_command, "lesson")


def skip_without_data(lesson: str) -> None:
    if lesson in {"iris", "digits"}:
        pytest.importorskip("sklearn")


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_runs_to_the_end(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    skip_without_data(lesson)
    arguments, marker = SMALL[lesson]
    told, complaint = run(capsys, lesson, *arguments, "--no-pictures")
    assert marker in told
    assert complaint == ""
    assert list(Path().iterdir()) == []


@pytest.mark.no_cover
@pytest.mark.parametrize("lesson", LESSONS)
def test_same_seed_gives_same_lesson(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    skip_without_data(lesson)
    arguments = [lesson, *SMALL[lesson][0], "--no-pictures", "--seed", "5"]
    first, second = (re.sub(r"[\d.]+ (s\.|µs|times)", "", run(capsys, *arguments)[0]) for _ in range(2))
    assert first == second


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize("lesson", LESSONS)
def test_another_seed_gives_another_lesson(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    skip_without_data(lesson)
    arguments = [lesson, *SMALL[lesson][0], "--no-pictures", "--seed"]
    assert run(capsys, *arguments, "5")[0] != run(capsys, *arguments, "6")[0]


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_fits_80_columns(
    lesson: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_without_data(lesson)
    monkeypatch.setenv("COLUMNS", "80")
    told, _ = run(capsys, lesson, *SMALL[lesson][0], "--no-pictures")
    assert "…" not in told


# ── pictures ──


@pytest.mark.once
@pytest.mark.parametrize("lesson", LESSONS)
def test_pictures_go_to_folder_of_lesson(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    skip_without_data(lesson)
    told, _ = run(capsys, lesson, *SMALL[lesson][0])
    picture = Path(f"lesson-{lesson}") / f"{lesson}.png"
    assert picture.read_bytes().startswith(PNG)
    assert f"picture: {picture}" in told


@pytest.mark.parametrize("folder", [None, "here"])
def test_pictures_overwrite_nothing(folder: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    place = Path(folder or "lesson-two-layer")
    place.mkdir()
    (place / "two-layer.png").write_text("mine")
    told, _ = run(capsys, "two-layer", *([] if folder is None else ["--pictures", folder]))
    assert f"picture: {place / 'two-layer-2.png'}" in told
    assert (place / "two-layer.png").read_text() == "mine"


def test_exam_draws_an_animation(capsys: pytest.CaptureFixture[str]) -> None:
    image = pytest.importorskip("PIL.Image")
    told, _ = run(capsys, "exam", "--epochs", "3", "--rates", "0.5", "--pictures", "deep/exam")
    with image.open("deep/exam/exam.gif") as film:
        assert film.n_frames >= 4
    assert "animation: deep/exam/exam.gif" in told
    assert sorted(path.name for path in Path("deep/exam").iterdir()) == ["exam-student.png", "exam.gif", "exam.png"]


def test_without_matplotlib_no_pictures(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    _, complaint = run(capsys, "two-layer")
    assert complaint.startswith("no pictures: this needs matplotlib")


def test_asked_pictures_need_matplotlib(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    _, complaint = run(capsys, "two-layer", "--pictures", "here", expected=2)
    assert complaint.startswith("autograd-tiny: this needs matplotlib")


def test_unwritable_folder_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    Path("file").write_text("", encoding="utf-8")
    _, complaint = run(capsys, "two-layer", "--pictures", "file/folder", expected=2)
    assert complaint == "autograd-tiny: file/folder cannot be written: Not a directory\n"


# ── options ──


def test_option_of_another_lesson_raises(capsys: pytest.CaptureFixture[str]) -> None:
    _, complaint = run(capsys, "two-layer", "--epochs", "3", expected=2)
    assert complaint == "autograd-tiny: --epochs is for iris, exam, digits; the lesson two-layer does not take it\n"


def test_unknown_lesson_lists_lessons(capsys: pytest.CaptureFixture[str]) -> None:
    _, complaint = run(capsys, "irsi", expected=2)
    assert "'irsi' is not a lesson; choose iris, two-layer, exam, digits, by-hand" in complaint


def test_copy_runs_by_path(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    program = path_of("two-layer").read_text(encoding="utf-8")
    (tmp_path / "two_layer.py").write_text(program.replace("RATE = 0.5", "RATE = 0.25"), encoding="utf-8")
    told, _ = run(capsys, "two_layer.py")
    assert "learning rate η = 0.25;" in told
    assert Path("lesson-two-layer/two-layer.png").exists()


def test_missing_copy_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    _, complaint = run(capsys, "mine/iris.py", "--no-pictures", expected=2)
    assert complaint == "autograd-tiny: mine/iris.py cannot be read: No such file or directory\n"


def test_copy_takes_options_of_its_lesson(capsys: pytest.CaptureFixture[str]) -> None:
    _, complaint = run(capsys, "mine/two_layer.py", "--epochs", "3", expected=2)
    assert "the lesson two-layer does not take it" in complaint


def test_programs_are_found_in_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lessons = tmp_path / "autograd_tiny" / "lessons"
    (lessons / "sources").mkdir(parents=True)
    (lessons / "sources" / "two_layer.py").touch()
    monkeypatch.setattr(programs, "__file__", str(lessons / "programs.py"))
    assert path_of("two-layer") == lessons.resolve() / "sources" / "two_layer.py"
    with pytest.raises(InputError, match="the programs of the lessons are not installed"):
        path_of("iris")


@pytest.mark.parametrize("lesson", LESSONS)
def test_wheel_includes_program(lesson: str) -> None:
    settings = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    name = path_of(lesson).name
    assert f'"demos/{name}" = "autograd_tiny/lessons/sources/{name}"' in settings


@pytest.mark.parametrize("lesson", LESSONS)
def test_program_is_short_and_uses_public_names(lesson: str) -> None:
    source = path_of(lesson).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 150
    for module in re.findall(r"^from (autograd_tiny\S*|nn\S*) import", source, re.MULTILINE):
        assert module in PUBLIC or module.startswith("autograd_tiny.lessons"), f"{module} is not public"


@pytest.mark.parametrize("rates", ["0.1,", "0", "-1", "fast"])
def test_rates_must_be_positive(rates: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, complaint = run(capsys, "exam", f"--rates={rates}", expected=2)
    assert "is not a number above 0" in complaint


def test_plain_terminal_gets_ascii(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_tiny.support.console.needs_ascii", lambda encoding: True)
    told, _ = run(capsys, "two-layer", "--no-pictures")
    assert "delta2 = dL/dg2" in told
    assert "1/2(y - h2)2" in told
