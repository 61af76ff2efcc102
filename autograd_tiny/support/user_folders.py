"""Find the folders in which a platform keeps the files of its users: caches, and what a program remembers.

>>> user_folder("cache", {"XDG_CACHE_HOME": os.getcwd()}) == Path.cwd() / "autograd_tiny"
True
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

FOLDERS: Final = {
    ("cache", "linux"): ".cache",
    ("cache", "darwin"): "Library/Caches",
    ("cache", "win32"): "AppData/Local",
    ("state", "linux"): ".local/state",
    ("state", "darwin"): "Library/Application Support",
    ("state", "win32"): "AppData/Local",
}
"""The folder of each kind in the home folder, by the platform; others are like Linux."""


def user_folder(kind: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Return our folder for files of a kind; it may not exist yet.

    $XDG_CACHE_HOME and $XDG_STATE_HOME come first, on every platform; a relative path in them is ignored, as the
    specification of the XDG base directories asks. https://specifications.freedesktop.org/basedir-spec/latest/

    Args:
        kind: "cache" for what can be computed again, "state" for what is remembered from run to run.
        environment: variables.

    Raises:
        RuntimeError: the home folder of the user is not known.
    """
    variables = [f"XDG_{kind.upper()}_HOME", *["LOCALAPPDATA"] * (sys.platform == "win32")]
    for folder in (environment.get(variable, "") for variable in variables):
        if Path(folder).is_absolute():
            return Path(folder, "autograd_tiny")
    system = sys.platform if (kind, sys.platform) in FOLDERS else "linux"
    return Path.home() / FOLDERS[kind, system] / "autograd_tiny"
