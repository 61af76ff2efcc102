"""Export a recorded program as one standalone source file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.errors import OperandError
from autograd_tiny.replay.export import c_file, library_file, numpy_file, python_file
from autograd_tiny.replay.export.arrays import Standalone
from autograd_tiny.replay.export.names import LOCAL, NameClash
from autograd_tiny.replay.export.standalone import standalone_of
from autograd_tiny.support.atomic_files import write_whole

if TYPE_CHECKING:
    from autograd_tiny.replay.program import Program

NONE: Final = re.compile(r"(?!)")
LANGUAGES: Final[dict[str, tuple[Callable[[Standalone], str], frozenset[str], re.Pattern[str]]]] = {
    "python": (python_file.source, python_file.RESERVED, LOCAL),
    "c": (c_file.source, c_file.RESERVED, NONE),
    "numpy": (numpy_file.source, numpy_file.RESERVED, LOCAL),
    "torch": (library_file.torch_source, library_file.RESERVED, LOCAL),
    "jax": (library_file.jax_source, library_file.RESERVED, LOCAL),
}
"""For each language what writes a file, the names that such a file uses itself, and the pattern of its variables.

In C inputs and parameters are members of structs, so any name serves.
"""


def export(program: Program, language: Any, path: Any) -> Path:
    """Write a program as a source file; see `Program.export`."""
    if not isinstance(language, str) or language not in LANGUAGES:
        expected = " or ".join(map(repr, LANGUAGES))
        raise OperandError("export", language, expected=expected, remedy="choose one of these languages")
    if not isinstance(path, str | os.PathLike) or not str(path):
        raise OperandError(
            "export", path, expected="the path of a file", remedy='write program.export("c", "loss.c")'
        )
    write, reserved, local = LANGUAGES[language]
    try:
        text = write(standalone_of(program, reserved, local))
    except NameClash as clash:  # a parameter has the name of a function that the file needs
        text = write(standalone_of(program, reserved | clash.names, local))
    return write_whole(path, text.encode())
