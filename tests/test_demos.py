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
}


def test_every_demo_is_run_here() -> None:
    assert {path.name for path in DEMOS.glob("*.py")} == set(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_a_demo_runs_and_says_what_it_should(name: str, tmp_path: Path) -> None:
    arguments, expected = RUNS[name]
    environment = {**os.environ, "PYTHONPATH": str(DEMOS.parent)}
    command = [sys.executable, "-W", "error", str(DEMOS / name), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert run.returncode == 0, run.stderr
    assert expected in run.stdout


@pytest.mark.parametrize("picture", sorted((DEMOS / "gallery").iterdir()), ids=lambda picture: picture.name)
def test_the_pictures_of_the_readme_are_those_of_the_gallery(picture: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(DEMOS.parent)}
    command = [sys.executable, str(DEMOS / "gallery.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    assert picture.read_bytes() == (tmp_path / picture.name).read_bytes()
