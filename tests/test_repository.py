"""The top level of the repository, the README's commands, ruff, mypy, and what coverage traces."""

from __future__ import annotations

import gc
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TOP_LEVEL = {
    "README.md",
    "pyproject.toml",
    "LICENSE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    ".ci",
    ".editorconfig",
    ".gitignore",
    "autograd_tiny",
    "nn",
    "tests",
    "demos",
}

COMMANDS = {
    "main command": '.venv/bin/pip install --quiet ".[all]" && .venv/bin/autograd-tiny train iris',
    "test command": '.venv/bin/pip install --quiet --editable ".[test]" && .venv/bin/python -m pytest --cov -n auto',
}


def run(*command: str) -> str:
    """Run a command in the repository and return all that it writes, ended by the exit code if it failed."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout + (f"exit code {done.returncode}" if done.returncode else "")


def skip_without(tool: str) -> None:
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")


def commands_under(marker: str, readme: str) -> list[str]:
    """Return the text of the fenced block directly under each such comment."""
    return re.findall(rf"^<!-- {marker} -->\n```\w*\n(.*?)\n```$", readme, flags=re.DOTALL | re.MULTILINE)


def test_top_level_has_no_other_entry() -> None:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout, or no git: what belongs to the repository cannot be listed")
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    assert {name.split("/")[0] for name in listed} == TOP_LEVEL


@pytest.mark.parametrize("marker", COMMANDS)
def test_readme_gives_each_command_once(marker: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert commands_under(marker, readme) == [f"python3 -m venv .venv && {COMMANDS[marker]}"]


def test_command_follows_its_marker_directly() -> None:
    assert commands_under("x", "<!-- x -->\n```bash\nmake\n```\n") == ["make"]
    assert commands_under("x", "<!-- x -->\n\n```bash\nmake\n```\n") == []
    assert commands_under("x", "<!-- y -->\n```bash\nmake\n```\n") == []


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize("arguments", ["check --quiet", "format --check --diff --quiet"])
def test_ruff_finds_nothing(arguments: str) -> None:
    skip_without("ruff")
    findings = run(sys.executable, "-m", "ruff", *arguments.split())
    assert not findings, findings


@pytest.mark.no_cover
@pytest.mark.once
def test_mypy_finds_nothing() -> None:
    skip_without("mypy")
    findings = run(sys.executable, "-m", "mypy", "--no-error-summary")
    assert not findings, findings


@pytest.mark.no_cover
def test_no_cover_stops_every_tracer() -> None:
    assert "coverage" not in f"{sys.gettrace()} {threading.gettrace()}"
    assert not any(name.startswith("COVERAGE_") for name in os.environ)


def test_collected_tests_are_no_work_for_the_garbage_collector() -> None:
    assert gc.get_freeze_count() > 0
