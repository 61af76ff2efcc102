"""`autograd-tiny labs build`: write the notebooks of the labs, for students, for teachers and for nbgrader."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from autograd_tiny.errors import InputError, require_package
from autograd_tiny.labs import notebooks
from autograd_tiny.support.atomic_files import write_whole
from autograd_tiny.support.console import show

SUMMARY = "make the notebooks of the labs, for students and for nbgrader"
DESCRIPTION = """\
Make the notebooks of the labs, a course from "what is a derivative" to "build your own autograd".

In DIR there will be a configuration for nbgrader and three folders, each with a folder for each lab:
  release/    for students: solutions and hidden tests are removed, checks are locked
  solution/   to hand out afterwards
  source/     for the autograder: solutions and hidden tests, from which nbgrader makes its release

Students need only release/, Jupyter and autograd_tiny. With nbgrader, in DIR:
  nbgrader generate_assignment lab1_derivative --force
  nbgrader autograde lab1_derivative

example:
  autograd-tiny labs build course"""

CONFIGURATION: Final = """\
c = get_config()  # noqa: F821 - nbgrader defines it
c.CourseDirectory.course_id = "autograd_tiny"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("action", choices=["build"], metavar="build", help="write the notebooks")
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="where to write them; existing files are not overwritten"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the notebooks, and print the labs with their points."""
    folder: Path = arguments.folder
    files: dict[Path, Any] = {folder / "nbgrader_config.py": CONFIGURATION}
    lines = []
    for path in notebooks.sources():
        source = notebooks.read(path)
        place = Path(path.stem, f"{path.stem}.ipynb")
        files[folder / "source" / place] = source
        files[folder / "release" / place] = notebooks.for_students(source)
        files[folder / "solution" / place] = notebooks.solved(source)
        lines.append(f"  {path.stem:<22}{notebooks.points(source):3} points   {notebooks.title(source)}")
    write_new(files)
    show("\n".join([*lines, f"\nstudents get {folder / 'release'}"]), in_files=False)
    return 0


def write_new(files: dict[Path, Any]) -> None:
    """Write notebooks and texts; overwrite nothing.

    Raises:
        InputError: a file already exists.
        OSError: a file cannot be written.
    """
    nbformat = require_package("nbformat", package="nbformat", extra="labs")
    for path in files:
        if path.exists():
            raise InputError(f"{path} already exists and may hold your work; build into another folder")
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else nbformat.writes(content) + "\n"
        write_whole(path, text.encode())
