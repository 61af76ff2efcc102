"""Files that are written whole or not at all.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     path = Path(folder, "graph.svg")
...     write_whole(path, b"<svg/>")
...     path.read_text()
'<svg/>'
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file.

    The content goes to a new file beside it, which then takes its name: whatever fails, an old file stays as it was.

    Args:
        path: where to; its folder must exist.
        content: all of the file.

    Raises:
        OSError: the file cannot be written.
    """
    path = Path(path)
    beside = path.with_name(f".{uuid4().hex}")  # not longer for a long name, which the file system might refuse
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
