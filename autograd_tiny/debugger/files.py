r"""Writing a text file whole or not at all.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     write_whole(Path(folder, "session.txt"), "one\ntwo\n")
...     Path(folder, "session.txt").read_text()
'one\ntwo\n'
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4


def write_whole(path: Path, text: str) -> None:
    """Write a text as UTF-8 beside a file, and put it into its place when it is complete.

    Raises:
        OSError: it cannot be written; what was there is as it was.
    """
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with beside.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
