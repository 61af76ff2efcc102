"""Promise 4: whoever changes one operator or one number of the engine sees a test fail."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sampling import sizes

pytest.importorskip("cosmic_ray", reason='Cosmic Ray is not installed: pip install -e ".[dev]"')
pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parents[2]


def campaign(*arguments: str) -> tuple[float, str]:
    """Run the command; return the upper end of the interval for the rate of killed mutants, and the figure."""
    command = [sys.executable, "-m", "tests.promises.mutation", *arguments]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    figure = output.splitlines()[-1]
    return float(re.findall(r" to ([0-9.]+)%", figure)[0]) / 100.0, figure


@sizes("sample", 4, 200)
def test_mutants_of_the_engine_are_killed(sample: int, report_figure: Callable[[str], None]) -> None:
    few = ["--mirrored", "autograd_tiny/engine/hooks.py"] if sample < 100 else []
    most, figure = campaign("--sample", str(sample), *few)
    report_figure(figure)
    assert most >= 0.95, figure


FUNCTION = """
def clipped(x):
    if x > 2.0:
        return 2.0
    return -x + 1.0
"""
STRONG = "assert [clipped(x) for x in (1.0, 2.0, 2.5, 3.0)] == [0.0, -1.0, 2.0, 2.0]"
WEAK = "[clipped(x) for x in (1.0, 2.0, 2.5, 3.0)]"


@pytest.mark.parametrize(("statement", "enough"), [(STRONG, True), (WEAK, False)])
def test_planted_tests_without_assertions_kill_few(tmp_path: Path, statement: str, enough: bool) -> None:
    (tmp_path / "autograd_tiny/engine").mkdir(parents=True)
    (tmp_path / "tests/engine").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (tmp_path / "autograd_tiny/__init__.py").touch()
    (tmp_path / "autograd_tiny/engine/clip.py").write_text(FUNCTION)
    test = f"from autograd_tiny.engine.clip import clipped\ndef test_clip():\n    {statement}\n"
    (tmp_path / "tests/engine/test_clip.py").write_text(test)
    most, figure = campaign("--root", str(tmp_path), "autograd_tiny/engine/clip.py")
    assert (most >= 0.95) is enough, figure
    assert most == 1.0 or most < 0.6, figure
