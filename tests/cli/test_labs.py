"""`autograd-tiny labs build`: what it writes, that it overwrites nothing, and that nbgrader and a kernel take it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograd_tiny.cli import main
from autograd_tiny.labs import notebooks

pytest.importorskip("jupytext")

LABS = [path.stem for path in notebooks.sources()]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labs") / "course"
    assert main(["labs", "build", str(folder)]) == 0
    return folder


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def text_of(path: Path) -> str:
    return "\n".join("".join(cell["source"]) for cell in read(path)["cells"])


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "IPYTHONDIR": str(cwd / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(cwd / "runtime"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # nbgrader calls alembic
    }
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["source", "release", "solution"])
def test_each_folder_has_each_lab(course: Path, kind: str) -> None:
    assert sorted(path.relative_to(course / kind).as_posix() for path in (course / kind).rglob("*.ipynb")) == [
        f"{lab}/{lab}.ipynb" for lab in LABS
    ]


@pytest.mark.parametrize("lab", LABS)
def test_release_has_no_markers_or_answers(course: Path, lab: str) -> None:
    text = text_of(course / "release" / lab / f"{lab}.ipynb")
    assert "SOLUTION" not in text
    assert "HIDDEN" not in text
    assert "YOUR CODE HERE" in text
    assert text.endswith("YOUR ANSWER HERE")


@pytest.mark.parametrize("lab", LABS)
def test_regions_end(course: Path, lab: str) -> None:
    text = text_of(course / "source" / lab / f"{lab}.ipynb")
    for region in ("SOLUTION", "HIDDEN TESTS"):
        assert text.count(f"BEGIN {region}") == text.count(f"END {region}") > 0


def test_output_lists_points_and_titles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labs", "build", str(tmp_path / "course")]) == 0
    out = capsys.readouterr().out
    assert "lab1_derivative        10 points   Lab 1: What is a derivative?" in out
    assert out.endswith(f"students get {tmp_path / 'course' / 'release'}\n")


def test_builds_are_identical(course: Path, tmp_path: Path) -> None:
    assert main(["labs", "build", str(tmp_path)]) == 0
    files = [path.relative_to(course) for path in course.rglob("*") if path.is_file()]
    assert len(files) == 1 + 3 * len(LABS)
    assert [path for path in files if (course / path).read_bytes() != (tmp_path / path).read_bytes()] == []


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "release" / LABS[2] / f"{LABS[2]}.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("my work", encoding="utf-8")
    assert main(["labs", "build", str(tmp_path)]) == 2
    assert f"{mine} already exists" in capsys.readouterr().err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]


def test_unwritable_folder_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["labs", "build", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_only_action_is_build(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labs", "biuld", "course"]) == 2
    assert "invalid choice: 'biuld'" in capsys.readouterr().err


@pytest.mark.ci
def test_solution_runs_in_kernel(course: Path, tmp_path: Path) -> None:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    shutil.copy(course / "source" / LABS[2] / f"{LABS[2]}.ipynb", tmp_path / "lab.ipynb")
    done = run(sys.executable, "-m", "jupyter", "execute", "--inplace", "lab.ipynb", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "✓ gradients is right, at 7 points." in json.dumps(read(tmp_path / "lab.ipynb"), ensure_ascii=False)


@pytest.mark.ci
def test_kernel_shows_mistake_as_one_sentence(course: Path, tmp_path: Path) -> None:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    shutil.copy(course / "release" / LABS[2] / f"{LABS[2]}.ipynb", tmp_path / "lab.ipynb")
    run(sys.executable, "-m", "jupyter", "execute", "--inplace", "--allow-errors", "lab.ipynb", cwd=tmp_path)
    errors = [
        output["traceback"]
        for cell in read(tmp_path / "lab.ipynb")["cells"]
        for output in cell.get("outputs", ())
        if output["output_type"] == "error" and output["ename"] == "LabError"
    ]
    assert len(errors) == 3
    assert all(" ".join(lines).startswith("✗ ") and "is not written yet" in lines[0] for lines in errors)


# ── nbgrader ──

GRADING = """
import json, shutil, warnings
from pathlib import Path

warnings.simplefilter("ignore")  # nbgrader may use its database as it likes
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

config = Config()
exec(Path("nbgrader_config.py").read_text(encoding="utf-8"), {"get_config": lambda: config})
config.CourseDirectory.root = str(Path.cwd())
api, labs = NbGraderAPI(config=config), sorted(path.name for path in Path("source").iterdir())
shutil.move("release", "ours")
done = [api.generate_assignment(lab) for lab in labs]
for student, folder in (("ada", "solution"), ("bob", "release")):
    shutil.copytree(Path(folder, labs[2]), Path("submitted", student, labs[2]))
    done.append(api.autograde(labs[2], student))
with api.gradebook as gradebook:
    scores = {student: gradebook.find_submission(labs[2], student).score for student in ("ada", "bob")}
    most = {lab: gradebook.find_assignment(lab).max_score for lab in labs}
Path("grading.json").write_text(json.dumps({"done": done, "scores": scores, "most": most}), encoding="utf-8")
"""
"""A teacher's work in one process: nbgrader makes its release of every lab, and grades two students in the third."""


@pytest.fixture(scope="module")
def graded(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("nbgrader")
    folder = tmp_path_factory.mktemp("nbgrader") / "course"
    shutil.copytree(course, folder)
    done = run(sys.executable, "-c", GRADING, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.ci
def test_nbgrader_accepts_sources_and_submissions(graded: Path) -> None:
    done = read(graded / "grading.json")["done"]
    assert [step["error"] for step in done if not step["success"]] == []
    assert len(done) == len(LABS) + 2


@pytest.mark.ci
def test_nbgrader_makes_same_release(course: Path, graded: Path) -> None:
    for lab in LABS:
        ours, theirs = (read(folder / "release" / lab / f"{lab}.ipynb")["cells"] for folder in (course, graded))
        for other in theirs:
            for key in ("checksum", "cell_type"):  # what nbgrader notes down for its own use
                other["metadata"].get("nbgrader", {}).pop(key, None)
        assert ours == theirs


@pytest.mark.ci
def test_nbgrader_counts_same_points(graded: Path) -> None:
    assert read(graded / "grading.json")["most"] == {
        path.stem: notebooks.points(notebooks.read(path)) for path in notebooks.sources()
    }


@pytest.mark.ci
def test_nbgrader_scores_solution_and_untouched(graded: Path) -> None:
    grading = read(graded / "grading.json")
    by_the_teacher = 2.0  # the explanation at the end
    assert grading["scores"] == {"ada": grading["most"][LABS[2]] - by_the_teacher, "bob": 0.0}
