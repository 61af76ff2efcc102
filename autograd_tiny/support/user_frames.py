"""Find the frames of the user's program above a call: those of neither this package, nn, Python nor installed ones.

>>> frame = next(user_frames())
>>> frame.f_code.co_name, "user_frames" in variables_of(frame)
('<module>', True)
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

HERE: Final = Path(__file__).parents[1]
OUR_FILES: Final = (f"{HERE}{os.sep}", f"{HERE.parent / 'nn'}{os.sep}")
"""How the paths of this package and of nn begin."""
OTHERS: Final = (*OUR_FILES, f"{Path(os.__file__).parent}{os.sep}", "<frozen ")
"""How the paths of this package, of nn and of the standard library begin."""
INSTALLED: Final = tuple(f"{os.sep}{folder}{os.sep}" for folder in ("site-packages", "dist-packages"))


def is_user_file(path: str) -> bool:
    """Return whether a file of code, as frames name it, is the user's; so is a cell, or a line at a prompt.

    >>> is_user_file("<stdin>"), is_user_file(__file__), is_user_file(inspect.__file__)
    (True, False, False)
    """
    return not path.startswith(OTHERS) and not any(folder in path for folder in INSTALLED)


class UserFiles(dict[str, bool]):
    """The answer of `is_user_file` for each file, found once."""

    def __missing__(self, path: str) -> bool:
        self[path] = is_user = is_user_file(path)
        return is_user


IS_USER_FILE: Final = UserFiles()


def user_frame() -> FrameType:
    """Return the innermost frame of the user's program above the caller, or the caller's own.

    If there is none, it is the first outside of this package and of nn; the outermost if all are inside.

    >>> user_frame().f_code.co_name
    '<module>'
    """
    return user_frame_of(sys._getframe(1))


def user_frame_of(start: FrameType) -> FrameType:
    """Return the same from a frame outwards."""
    frame: FrameType | None = start
    while frame is not None:
        if IS_USER_FILE[frame.f_code.co_filename]:
            return frame
        frame = frame.f_back
    while start.f_back is not None and start.f_code.co_filename.startswith(OUR_FILES):
        start = start.f_back
    return start


def user_frames() -> Iterator[FrameType]:
    """Yield the frames of the user's program above the caller, the innermost first, up to its first module.

    Above that are the frames of what runs the program, such as a notebook or a test runner.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if is_user_file(frame.f_code.co_filename):
            yield frame
            if frame.f_code.co_name == "<module>":
                return
        frame = frame.f_back


def variables_of(frame: FrameType) -> dict[str, Any]:
    """Return the local variables of a frame.

    Up to Python 3.12 a frame stores the variables that were asked for, and with them their objects, until it is asked
    again. They are removed from there, so that no graph outlives its last variable; but not under a debugger, which
    copies what is stored back into the frame, nor where the program holds the result of `locals()`.
    """
    stored: Any = frame.f_locals
    code, variables = frame.f_code, dict(stored)
    is_copy = isinstance(stored, dict) and bool(code.co_flags & inspect.CO_OPTIMIZED)
    if is_copy and sys.getrefcount(stored) <= 3 and sys.gettrace() is None and sys.getprofile() is None:
        for name in (*code.co_varnames, *code.co_cellvars, *code.co_freevars):
            stored.pop(name, None)
    return variables
