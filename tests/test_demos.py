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


def test_every_demo_is_run_here() -> None:
    assert {path.name for path in DEMOS.glob("*.py")} == set(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_a_demo_runs_and_says_what_it_should(name: str, tmp_path: Path) -> None:
    if name in {"iris.py", "digits.py"}:
        pytest.importorskip("sklearn")
    arguments, expected = RUNS[name]
    environment = {**os.environ, "PYTHONPATH": str(DEMOS.parent)}
    command = [sys.executable, "-W", "error", str(DEMOS / name), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert run.returncode == 0, run.stderr
    assert expected in run.stdout


@pytest.mark.parametrize("name", ["iris", "two-layer", "exam", "digits", "by-hand", "playground"])
def test_the_picture_of_a_lesson_is_there_and_small(name: str) -> None:
    assert 5_000 < (DEMOS / "pictures" / f"{name}.png").stat().st_size < 60_000


@pytest.mark.parametrize("picture", sorted((DEMOS / "gallery").iterdir()), ids=lambda picture: picture.name)
def test_the_pictures_of_the_readme_are_those_of_the_gallery(picture: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(DEMOS.parent)}
    command = [sys.executable, str(DEMOS / "gallery.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    assert picture.read_bytes() == (tmp_path / picture.name).read_bytes()
