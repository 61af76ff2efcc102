"""Write files atomically: completely or not at all.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     path = Path(folder, "graph.svg")
...     write_whole(path, b"<svg/>")
...     path.read_text()
'<svg/>'
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file atomically.

    The content is written to a temporary file in the same folder, which then replaces the file. If anything fails, an
    old file is left unchanged.

    Args:
        path: the path of the file, in an existing folder.
        content: the content of the file.

    Raises:
        OSError: the file cannot be written; it names `path`.
    """
    path = Path(path)
    with _new_file_beside(path) as beside:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


def require_writable(path: str | os.PathLike[str]) -> None:
    """Check that `write_whole` can write a file, before its content is computed.

    Args:
        path: the path of the file. An old file is left unchanged.

    Raises:
        OSError: the file cannot be written; it names `path`.
    """
    with _new_file_beside(Path(path)):
        pass


@contextmanager
def _new_file_beside(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary file in the same folder, which is removed afterwards; errors name `path`."""
    beside = (
        path.parent / f".{uuid4().hex}"
    )  # independent of the length of the name, which may be the longest possible
    try:
        _require_possible(path)
        beside.touch(exist_ok=False)
        yield beside
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), os.fspath(path)) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _require_possible(path: Path) -> None:
    if "\0" in os.fspath(path):
        raise OSError(errno.EINVAL, "the name of a file cannot contain a NUL character")
    if not path.parent.is_dir():
        raise OSError(errno.ENOENT, f"the folder {path.parent} does not exist; create it first")
    if path.exists() and not path.is_file():
        raise OSError(errno.EISDIR, "it is a folder or a device, not a file")
