"""The programs in demos/ run as a user starts them, and print what they should."""

from __future__ import annotations

import doctest
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

DEMOS = Path(__file__).parents[1] / "demos"

RUNS = {
    "neuron.py": ([], "x1 =   2.0000   gradient  -1.5000   a leaf"),
    "gallery.py": ([], "large-capped.svg"),
    "moons.py": (["30"], "test accuracy: 9"),
    "iris.py": ([], "Training with cross-entropy"),
    "two_layer.py": ([], "relu: hand and engine are at most"),
    "exam.py": ([], "The gradients at the end"),
    "digits.py": ([], "times faster in processor time, measured here"),
    "by_hand.py": ([], "Step 11: the update"),
    "exported.py": ([], "recurrent.c: "),
    "scaling.py": ([], "It is fastest with about 12."),
}
"""The arguments of each demo, and something that it prints."""
EPOCHS = {"iris.py": "epochs: int = 150", "exam.py": "epochs: int = 500", "digits.py": "EPOCHS, EPOCHS_OF_MNIST = 30"}
"""The text that a copy changes to 2 epochs, to be fast."""


def run_demo(name: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    source, long = (DEMOS / name).read_text(encoding="utf-8"), EPOCHS.get(name, "")
    assert long in source
    (cwd / name).write_text(source.replace(long, re.sub(r"\d+$", "2", long), 1), encoding="utf-8")
    command = [sys.executable, "-W", "error", str(cwd / name), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(DEMOS.parent)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


def test_no_demo_is_left_out() -> None:
    assert {path.name for path in DEMOS.glob("*.py")} == {*RUNS, "cluster.py"}  # which tests/distributed runs


@pytest.mark.no_cover  # other tests cover what it runs
@pytest.mark.parametrize("name", RUNS)
def test_demo_runs_and_prints(name: str, tmp_path: Path) -> None:
    if name in {"iris.py", "digits.py"}:
        pytest.importorskip("sklearn")
    arguments, expected = RUNS[name]
    run = run_demo(name, *arguments, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert expected in run.stdout
    folder = name.removesuffix(".py")
    if folder in {"exported", "gallery"}:
        stored = sorted(path for path in (DEMOS / folder).iterdir() if path.is_file())
        assert [
            path.name for path in stored if path.read_bytes() != (tmp_path / folder / path.name).read_bytes()
        ] == []


def test_estimate_of_scaling_is_the_one_it_shows() -> None:
    scope = runpy.run_path(str(DEMOS / "scaling.py"))
    examples = doctest.DocTestParser().get_doctest(scope["__doc__"], scope, "scaling", None, None)
    assert doctest.DocTestRunner().run(examples) == (0, 3)


@pytest.mark.parametrize("name", ["iris", "two-layer", "exam", "digits", "by-hand", "playground"])
def test_picture_of_lesson_is_small(name: str) -> None:
    assert 5_000 < (DEMOS / "pictures" / f"{name}.png").stat().st_size < 60_000
