"""Export a recorded program as one standalone source file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.errors import OperandError
from autograd_tiny.replay.export import numpy_file
from autograd_tiny.replay.export.arrays import Standalone
from autograd_tiny.replay.export.standalone import standalone_of
from autograd_tiny.support.atomic_files import write_whole

if TYPE_CHECKING:
    from autograd_tiny.replay.program import Program

LANGUAGES: Final[dict[str, tuple[Callable[[Standalone], str], frozenset[str]]]] = {
    "numpy": (numpy_file.source, numpy_file.RESERVED),
}
"""For each language what writes a file, and the names that such a file uses itself."""


def export(program: Program, language: Any, path: Any) -> Path:
    """Write a program as a source file; see `Program.export`."""
    if not isinstance(language, str) or language not in LANGUAGES:
        expected = " or ".join(map(repr, LANGUAGES))
        raise OperandError("export", language, expected=expected, remedy="choose one of these languages")
    if not isinstance(path, str | os.PathLike) or not str(path):
        raise OperandError(
            "export", path, expected="the path of a file", remedy='write program.export("c", "loss.c")'
        )
    write, reserved = LANGUAGES[language]
    return write_whole(path, write(standalone_of(program, reserved)).encode())
