"""The programs in demos/ run, each as a user would start it, and say what they should."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DEMOS = Path(__file__).parents[1] / "demos"

RUNS = {
    "neuron.py": ([], "x1 =   2.0000   gradient  -1.5000   a leaf"),
    "gallery.py": ([], "large-capped.svg"),
    "moons.py": (["30"], "test accuracy: 9"),
    "iris.py": (["--no-pictures", "--epochs", "2"], "Training with cross-entropy"),
    "two_layer.py": (["--no-pictures"], "relu: hand and engine are at most"),
    "exam.py": (["--no-pictures", "--epochs", "2"], "The gradients at the end"),
    "digits.py": (["--no-pictures", "--epochs", "1"], "times faster in processor time, measured here"),
    "by_hand.py": (["--no-pictures"], "Step 11: the update"),
}


def run_demo(name: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a demo, untraced: other tests cover what it runs, and coverage would take three times as long."""
    command = [sys.executable, "-W", "error", str(DEMOS / name), *arguments]
    untraced = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
    environment = {**untraced, "PYTHONPATH": str(DEMOS.parent)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    run = run_demo("gallery.py", str(folder), cwd=folder)
    assert run.returncode == 0, run.stderr
    return folder


def test_every_demo_is_run_here() -> None:
    assert {path.name for path in DEMOS.glob("*.py")} == set(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_a_demo_runs_and_says_what_it_should(name: str, tmp_path: Path) -> None:
    if name in {"iris.py", "digits.py"}:
        pytest.importorskip("sklearn")
    arguments, expected = RUNS[name]
    run = run_demo(name, *arguments, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert expected in run.stdout


@pytest.mark.parametrize("name", ["iris", "two-layer", "exam", "digits", "by-hand", "playground"])
def test_the_picture_of_a_lesson_is_there_and_small(name: str) -> None:
    assert 5_000 < (DEMOS / "pictures" / f"{name}.png").stat().st_size < 60_000


@pytest.mark.parametrize("picture", sorted((DEMOS / "gallery").iterdir()), ids=lambda picture: picture.name)
def test_the_pictures_of_the_readme_are_those_of_the_gallery(picture: Path, gallery: Path) -> None:
    assert picture.read_bytes() == (gallery / picture.name).read_bytes()
