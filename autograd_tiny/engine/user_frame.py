"""Find the statement of the user's program that called this package: the first frame outside of it and of `nn`.

>>> from autograd_tiny.engine.user_frame import user_frame
>>> def program():
...     local = 3.0
...     return user_frame()
>>> frame = program()
>>> frame.f_code.co_name, frame.f_locals["local"]
('program', 3.0)

NumPy calls the operators of nodes from functions of its own, as `np.mean` does; they are skipped too.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Final

HERE: Final = Path(__file__).parents[1]
OUR_FILES: Final = (f"{HERE}{os.sep}", f"{HERE.parent / 'nn'}{os.sep}")
"""The folders of this package and of nn."""


class OurFiles(dict[str, bool]):
    """Whether a file is of this package, of nn or of NumPy, by its name, looked up once."""

    def __missing__(self, file: str) -> bool:
        self[file] = is_ours = file.startswith((*OUR_FILES, *_folder_of_numpy()))
        return is_ours


IS_OURS: Final = OurFiles()


def _folder_of_numpy() -> tuple[str, ...]:
    numpy: Any = sys.modules.get("numpy")
    return () if numpy is None else (f"{Path(numpy.__file__).parent}{os.sep}",)


def user_frame(depth: int = 1) -> FrameType:
    """Return the innermost frame of the user's program; the outermost of all if each is of this package.

    Args:
        depth: where to begin: 1 is the caller of this function, 2 the caller of that.
    """
    return user_frame_of(sys._getframe(depth))


def user_frame_of(frame: FrameType) -> FrameType:
    """Return the first frame of the user's program from this one outwards; the outermost if there is none."""
    while IS_OURS[frame.f_code.co_filename] and frame.f_back is not None:
        frame = frame.f_back
    return frame
