"""Files that are written whole or not at all.

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
    """Write a file.

    The content goes to a new file beside it, which then takes its name: whatever fails, an old file stays as it was.

    Args:
        path: where to; its folder must exist.
        content: all of the file.

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
    """See that `write_whole` will find a place for a file, before the work that its content takes.

    Args:
        path: where to. An old file stays as it is.

    Raises:
        OSError: the file could not be written; it names `path`.
    """
    with _new_file_beside(Path(path)):
        pass


@contextmanager
def _new_file_beside(path: Path) -> Iterator[Path]:
    """Yield the path of a new file in the same folder; nothing is left of it, not even its name in an error."""
    beside = path.parent / f".{uuid4().hex}"  # not longer for a long name, which the file system might refuse
    try:
        _require_a_place(path)
        beside.touch(exist_ok=False)
        yield beside
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), os.fspath(path)) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _require_a_place(path: Path) -> None:
    if "\0" in os.fspath(path):
        raise OSError(errno.EINVAL, "no name of a file has a NUL in it")
    if not path.parent.is_dir():
        raise OSError(errno.ENOENT, f"there is no folder {path.parent}; make it first")
    if path.exists() and not path.is_file():
        raise OSError(errno.EISDIR, "it is a folder or a device, and no file")
