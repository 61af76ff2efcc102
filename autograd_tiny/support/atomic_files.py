"""Write files atomically: completely or not at all.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     path = Path(folder, "graph.svg")
...     write_whole(path, b"<svg/>").name, write_numbered(path, b"<svg></svg>").name
('graph.svg', 'graph-2.svg')
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Final
from uuid import uuid4

TEMPORARY: Final = re.compile(r"\.autograd_tiny-(?P<process>\d{1,9})-[0-9a-f]{32}-(?P<host>.*)")
"""The name of a temporary file says who writes it, so that another process can remove it if that one was killed."""


def write_whole(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write a file atomically.

    The content is written to a temporary file in the same folder, which then replaces the file. If anything fails, an
    old file is left unchanged. A new file keeps the permissions of the old one, and a symbolic link its target, which
    is what is replaced; other hard links keep the old content.

    Args:
        path: the path of the file, in an existing folder.
        content: the content of the file.

    Returns:
        The path.

    Raises:
        OSError: the file cannot be written, or is a device, a pipe or a socket; it names `path`.
    """
    with _errors_name(path), _new_file_beside(path) as (beside, target):
        _fill(beside, content)
        beside.replace(target)
    return Path(path)


def write_numbered(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write a file under a name that the user did not choose, atomically, and overwrite nothing.

    Args:
        path: the path of the file, in an existing folder.
        content: the content of the file.

    Returns:
        The path, with a number where there is another file of that name: `graph-2.svg`. A file that has this content
        already is left as it is.

    Raises:
        OSError: the file cannot be written; it names `path`.
    """
    names = _numbered(Path(path))
    while True:
        free = next(names)
        if _has_content(free, content):
            return free
        with suppress(FileExistsError), _errors_name(path):
            free.touch(exist_ok=False)  # takes the name, also before another process
            try:
                write_whole(free, content)
            except BaseException:
                free.unlink()
                raise
            return free


def unused_path(path: str | os.PathLike[str]) -> Path:
    """Return the path that `write_numbered` would give a new file now."""
    return next(free for free in _numbered(Path(path)) if not os.path.lexists(free))


def require_writable(path: str | os.PathLike[str]) -> None:
    """Check that `write_whole` can write a file, before its content is computed.

    Args:
        path: the path of the file. An old file is left unchanged.

    Raises:
        OSError: the file cannot be written; it names `path`.
    """
    with _errors_name(path), _new_file_beside(path):
        pass


def _numbered(path: Path) -> Iterator[Path]:
    return chain([path], (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2)))


def _has_content(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


@contextmanager
def _errors_name(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let an OSError name the path that the caller gave."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), os.fspath(Path(path))) from error


@contextmanager
def _new_file_beside(path: str | os.PathLike[str]) -> Iterator[tuple[Path, Path]]:
    """Yield the path of a temporary file, which is removed afterwards, and that of the file to replace beside it."""
    if "\0" in os.fspath(path):
        raise OSError(errno.EINVAL, "the name of a file cannot contain a NUL character")
    target = Path(os.path.realpath(path))
    old = _status(Path(path), target)
    _remove_leftovers(target.parent)
    # the name does not depend on that of the file, which may be the longest possible
    beside = target.parent / f".autograd_tiny-{os.getpid()}-{uuid4().hex}-{_host()}"
    remove = partial(os.unlink, str(beside))  # written in C: a second Ctrl-C does not come before it
    try:
        beside.touch(mode=0o666 if old is None else 0o600, exist_ok=False)
        if old is not None:
            _keep_permissions(beside, old)
        yield beside, target
    finally:
        try:  # noqa: SIM105 - suppress is written in Python
            remove()
        except OSError:
            pass  # it has replaced the file, or could not be created


def _status(path: Path, target: Path) -> os.stat_result | None:
    """Return the status of the file to replace, or None where there is none.

    Raises:
        OSError: it cannot be replaced.
    """
    if not target.parent.is_dir():
        folder = target.parent if path.is_symlink() else path.parent
        raise OSError(errno.ENOENT, f"the folder {folder} does not exist; create it first")
    try:
        old = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EISDIR, "it is a folder or a device, not a file")
    if not os.access(target, os.W_OK):
        raise OSError(errno.EACCES, "it is read-only; make it writable, or give another name")
    return old


def _keep_permissions(path: Path, old: os.stat_result) -> None:
    """Give a file the mode and the group of another, and its owner where that is allowed."""
    mode = stat.S_IMODE(old.st_mode)
    try:
        os.chown(path, -1, old.st_gid)
    except (AttributeError, OSError):  # Windows, or a foreign group: do not give its permissions to ours
        mode &= ~(stat.S_IRWXG | stat.S_ISGID)
    with suppress(AttributeError, OSError):
        os.chown(path, old.st_uid, -1)
    path.chmod(mode)


def _remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of processes that were killed."""
    with suppress(OSError):
        for path in folder.iterdir():
            found = TEMPORARY.fullmatch(path.name)
            if found and found["host"] == _host() and not _is_running(int(found["process"])):
                path.unlink()


def _is_running(process: int) -> bool:
    if os.name != "posix":  # there `os.kill` would end it
        return True
    try:
        os.kill(process, 0)
    except OSError as error:
        return not isinstance(error, ProcessLookupError)
    return True


def _host() -> str:
    """Return the name of this machine, in letters that a file name may have."""
    node = os.uname().nodename if hasattr(os, "uname") else ""
    return re.sub(r"[^\w.]", "_", node, flags=re.ASCII)[:64]


def _fill(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
