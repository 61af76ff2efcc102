"""`autograd-tiny labs build`: the notebooks of the course, for students, for the teacher and for nbgrader."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from autograd_tiny.errors import InputError, require_package
from autograd_tiny.labs import notebooks
from autograd_tiny.support.atomic_files import write_whole

SUMMARY = "make the notebooks of the labs, for students and for nbgrader"
DESCRIPTION = """\
Make the notebooks of the labs, a course from "what is a derivative" to "build your own autograd".

In DIR there will be three folders, in each a folder for each lab, and a configuration for nbgrader:
  release/    for students: solutions and hidden tests are taken out, checks are locked
  solution/   to hand out afterwards
  source/     for the autograder: solutions and hidden tests, what nbgrader makes its release from

Students need no more than release/, Jupyter and autograd_tiny. With nbgrader, in DIR:
  nbgrader generate_assignment lab1_derivative --force
  nbgrader autograde lab1_derivative

example:
  autograd-tiny labs build course"""

CONFIGURATION: Final = """\
c = get_config()  # noqa: F821 - nbgrader defines it
c.CourseDirectory.course_id = "autograd_tiny"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of this command."""
    parser.add_argument("action", choices=["build"], metavar="build", help="what to do with the labs")
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to make them; nothing in it is overwritten")


def run(arguments: argparse.Namespace) -> int:
    """Make the notebooks, and tell what there is."""
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
    write(files)
    print(*lines, f"\nstudents get {folder / 'release'}", sep="\n")
    return 0


def write(files: dict[Path, Any]) -> None:
    """Write notebooks and texts, none of them over another file.

    Raises:
        InputError: a file already exists.
        OSError: one cannot be written.
    """
    nbformat = require_package("nbformat", package="nbformat", extra="labs")
    for path in files:
        if path.exists():
            raise InputError(f"{path} already exists and may hold your work; build into another folder")
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else nbformat.writes(content) + "\n"
        write_whole(path, text.encode())
