"""Run the command, in the process of the tests or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from autograd_tiny.cli import main

COMMAND = [sys.executable, "-W", "error", "-m", "autograd_tiny"]


def run_command(
    command: str, capsys: pytest.CaptureFixture[str], *arguments: str, expected: int = 0
) -> tuple[str, str]:
    """Return the standard output and the standard error of a command, and check its exit code."""
    status = main([command, *arguments])
    captured = capsys.readouterr()
    assert status == expected, captured
    return captured.out, captured.err


def run_process(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        env={**os.environ, **environment},
        encoding="utf-8",
        check=False,
    )
