"""The errors of the command: one line for the user, who sees no traceback.

>>> str(CommandError("unknown data 'irs'"))
"unknown data 'irs'"
"""

from __future__ import annotations

import importlib
from typing import Any

from autograd_tiny.errors import AutogradError


class CommandError(AutogradError, ValueError):
    """Something that the user typed, or that a file holds, cannot be used; the message says what can."""


class TableError(CommandError):
    """A CSV file that cannot be used.

    Attributes:
        path: the file.
        line: the line that is at fault, counted from 1; None where it is the whole file.
    """

    def __init__(self, path: object, problem: str, *, line: int | None = None) -> None:
        self.path, self.line = path, line
        super().__init__(f"{path}{'' if line is None else f', line {line}'}: {problem}")


class MissingPackageError(AutogradError, ImportError):
    """A package that the core does without is not installed.

    Attributes:
        package: its name where packages are installed from.
        extra: the extra of autograd_tiny that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f'this needs {package}; install it with: pip install "autograd_tiny[{extra}]"')


def require(module: str, *, package: str, extra: str) -> Any:
    """Import a module of an optional package.

    Raises:
        MissingPackageError: it is not installed.

    >>> require("math", package="math", extra="all").floor(1.5)
    1
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackageError(package, extra) from error
