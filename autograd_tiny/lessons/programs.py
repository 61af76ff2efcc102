"""Find and load the programs of the lessons: `demos/NAME.py`, which a wheel carries inside this package.

>>> path_of("two-layer").name
'two_layer.py'
>>> load_program(path_of("two-layer")).teach.__name__
'teach'
"""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from autograd_tiny.errors import InputError


def path_of(lesson: str) -> Path:
    """Return the program of a lesson: in the installed package, or in the folder of the repository.

    Raises:
        InputError: it is in neither.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "sources", here.parents[1] / "demos"):
        path = folder / f"{lesson.replace('-', '_')}.py"
        if path.exists():
            return path
    raise InputError(
        "the programs of the lessons are not installed; install autograd_tiny from its wheel or its repository"
    )


def load_program(path: Path) -> ModuleType:
    """Return a program as a module; its function `teach` runs the lesson.

    Raises:
        InputError: the file cannot be read.
    """
    name = f"autograd_tiny_lesson_{path.stem}"
    module = ModuleType(name)
    try:
        SourceFileLoader(name, str(path)).exec_module(module)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    return module
