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
    """Run the command; return the rate of mutants that are killed or known as equivalent, and its last line."""
    command = [sys.executable, "-m", "tests.promises.mutation", *arguments]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    figure = output.splitlines()[-1]
    killed, run, equivalent = map(int, re.findall(r"(\d+) of (\d+) mutants killed.*; (\d+) of", figure)[0])
    return (killed + equivalent) / run, figure


@sizes("sample", 4, 200)
def test_mutants_of_the_engine_are_killed(sample: int, report_figure: Callable[[str], None]) -> None:
    few = ["--mirrored", "autograd_tiny/engine/hooks.py"] if sample < 100 else []
    rate, figure = campaign("--sample", str(sample), *few)
    report_figure(figure)
    assert rate >= (0.5 if few else 0.95)


FUNCTION = """
def clipped(x):
    if x > 2.0:
        return 2.0
    return -x + 1.0
"""
STRONG = "assert [clipped(x) for x in (1.0, 2.0, 2.5, 3.0)] == [0.0, -1.0, 2.0, 2.0]"
WEAK = "[clipped(x) for x in (1.0, 2.0, 2.5, 3.0)]"


@pytest.mark.parametrize(("statement", "low", "high"), [(STRONG, 1.0, 1.0), (WEAK, 0.0, 0.2)])
def test_planted_tests_without_assertions_kill_few(tmp_path: Path, statement: str, low: float, high: float) -> None:
    (tmp_path / "autograd_tiny/engine").mkdir(parents=True)
    (tmp_path / "tests/engine").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (tmp_path / "autograd_tiny/__init__.py").touch()
    (tmp_path / "autograd_tiny/engine/clip.py").write_text(FUNCTION)
    test = f"from autograd_tiny.engine.clip import clipped\ndef test_clip():\n    {statement}\n"
    (tmp_path / "tests/engine/test_clip.py").write_text(test)
    rate, figure = campaign("--root", str(tmp_path), "autograd_tiny/engine/clip.py")
    assert low <= rate <= high, figure
