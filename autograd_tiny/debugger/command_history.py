"""Remember the commands typed at the prompt from session to session, in a file of the user.

The file is `history` in the folder `user_folder("state")`, or the one that $AUTOGRAD_TINY_HISTORY names; if this is
empty, nothing is kept. A file that cannot be read or written is ignored, so that the session goes on.

>>> history_file({"AUTOGRAD_TINY_HISTORY": ""}) is None
True
>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     first = CommandHistory(Path(folder, "history"))
...     for line in ("s", "why a", "why a", ""):
...         first.add(line)
...     first.save()
...     CommandHistory(Path(folder, "history")).lines
['s', 'why a']
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from autograd_tiny.support.atomic_files import write_whole
from autograd_tiny.support.user_folders import user_folder

VARIABLE: Final = "AUTOGRAD_TINY_HISTORY"
"""The environment variable with another path of the file, or empty for none."""
MOST_LINES: Final = 1000
"""The largest number of commands that are kept."""
LONGEST: Final = 1000
"""The longest command, in characters, that is kept."""
MOST_BYTES: Final = 4 * MOST_LINES * LONGEST
"""More of a file than its last bytes is not read."""
OWN: Final = 0o600
"""The permissions of the file: nobody else reads what is typed."""


def history_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the path of the file, which may not exist yet; None to keep no history."""
    with suppress(RuntimeError):  # no home folder
        if VARIABLE not in environment:
            return user_folder("state", environment) / "history"
        if environment[VARIABLE]:
            return Path(environment[VARIABLE]).expanduser()
    return None


class CommandHistory:
    """The commands of earlier sessions, and those of this one.

    Args:
        path: of the file; None to keep no history.

    Attributes:
        lines: the commands of earlier sessions, the oldest first.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._typed: list[str] = []
        self.lines = self._read()

    def add(self, line: str) -> None:
        """Remember a command that was typed."""
        self._typed.append(line)

    def save(self) -> None:
        """Write the file, whole or not at all: what other sessions have written meanwhile, then what was typed."""
        path, lines = self._path, _kept([*self._read(), *self._typed])
        self._typed.clear()
        if path is None or not lines:
            return
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=OWN)
            if path.stat().st_mode & 0o077:
                path.chmod(OWN)
            write_whole(path, "".join(f"{line}\n" for line in lines).encode())  # keeps the permissions

    def _read(self) -> list[str]:
        """Return the commands in the file; an empty list if it is missing, not a regular file, or not readable."""
        with suppress(OSError):
            if self._path is not None and self._path.is_file():  # reading a pipe would wait
                with self._path.open("rb") as file:
                    file.seek(max(self._path.stat().st_size - MOST_BYTES, 0))
                    return _kept(file.read(MOST_BYTES).decode("utf-8", "replace").splitlines())
        return []


def _kept(lines: list[str]) -> list[str]:
    """Return the commands to keep: printable, not too long, none twice in a row, and of many the latest."""
    kept: list[str] = []
    for line in map(str.strip, lines):
        if line and line.isprintable() and "\ufffd" not in line and len(line) <= LONGEST and [line] != kept[-1:]:
            kept.append(line)
    return kept[-MOST_LINES:]
