"""The top level of the repository, the README's commands, what ruff and mypy say, and what is covered."""

from __future__ import annotations

import importlib.util
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
    """Return what stands in the fenced block directly under each such comment."""
    return re.findall(rf"^<!-- {marker} -->\n```\w*\n(.*?)\n```$", readme, flags=re.DOTALL | re.MULTILINE)


def test_the_top_level_is_exactly_the_house() -> None:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout, or no git: what belongs to the repository cannot be listed")
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    assert {name.split("/")[0] for name in listed} == TOP_LEVEL


@pytest.mark.parametrize("marker", COMMANDS)
def test_the_readme_gives_the_command_once_under_its_marker(marker: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert commands_under(marker, readme) == [f"python3 -m venv .venv && {COMMANDS[marker]}"]


def test_a_command_is_read_only_directly_under_its_marker() -> None:
    assert commands_under("x", "<!-- x -->\n```bash\nmake\n```\n") == ["make"]
    assert commands_under("x", "<!-- x -->\n\n```bash\nmake\n```\n") == []
    assert commands_under("x", "<!-- y -->\n```bash\nmake\n```\n") == []


@pytest.mark.once
@pytest.mark.parametrize("arguments", ["check --quiet", "format --check --diff --quiet"])
def test_ruff_finds_nothing_to_mend(arguments: str) -> None:
    skip_without("ruff")
    findings = run(sys.executable, "-m", "ruff", *arguments.split())
    assert not findings, findings


@pytest.mark.once
def test_mypy_agrees_with_every_type() -> None:
    skip_without("mypy")
    findings = run(sys.executable, "-m", "mypy", "--no-error-summary")
    assert not findings, findings


@pytest.mark.no_cover
def test_what_is_not_to_be_covered_is_not_traced() -> None:
    assert "coverage" not in f"{sys.gettrace()} {threading.gettrace()}"
