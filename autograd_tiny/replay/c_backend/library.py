"""Compile C to a library, once; cache it under a hash of all that it depends on.

The cache is the folder `user_folder("cache")`, in the platform's folder for caches. A library is built in a temporary
folder and renamed, so it is in the cache whole or not at all.

>>> key_of("void replay(void) {}", "/usr/bin/cc") == key_of("void replay(void) {}", "/usr/bin/clang")
False
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from autograd_tiny.errors import BackendError
from autograd_tiny.replay.c_backend.c_source import SIGNATURE
from autograd_tiny.support.user_folders import user_folder

FLAGS: Final = (
    *("-std=c99", "-O3", "-march=native", "-fPIC", "-shared"),
    *("-fno-math-errno", "-fno-trapping-math"),  # errno and the flags of the processor are not read
    "-ffp-contract=off",  # x·y + z is rounded twice, as eager code rounds it
)
"""Without -ffast-math: nan, inf and the order of sums follow IEEE."""

ANOTHER: Final = 'or take backend="numpy"'


def compiler() -> str:
    """Return the path of the C compiler: $CC, or the first that is found.

    Raises:
        BackendError: no compiler was found.
    """
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        path = shutil.which(name) if name else None
        if path:
            return path
    raise BackendError("no C compiler (cc, gcc, clang) was found", f"install one, name it in $CC, {ANOTHER}")


def key_of(source: str, path: str) -> str:
    """Return a hash of the source, the compiler, the flags, and the machine, for whose processor it is compiled."""
    size = Path(path).stat().st_size if Path(path).exists() else 0
    parts = (source, path, str(size), *FLAGS, platform.machine(), platform.node())
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def built(source: str) -> Path:
    """Return the path of the library of a source; compile it if it is not in the cache.

    Raises:
        BackendError: no compiler was found, it fails, or the cache cannot be written.
    """
    path = compiler()
    folder = user_folder("cache")
    library = folder / f"{key_of(source, path)}.so"
    if library.exists():
        return library
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            program, new = Path(beside, "replay.c"), Path(beside, "replay.so")
            program.write_text(source, encoding="utf-8")
            command = [path, *FLAGS, str(program), "-o", str(new), "-lm"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise BackendError(f"{path} failed: {done.stderr.strip()[:500]}", f"mend it, {ANOTHER}")
            new.replace(library)
    except OSError as error:
        raise BackendError(
            f"nothing could be built in {folder}: {error}", f"set $XDG_CACHE_HOME, {ANOTHER}"
        ) from error
    return library


class CLibrary:
    """A compiled program.

    Args:
        source: in C.

    Raises:
        BackendError: the source cannot be compiled, or cffi is not installed.
    """

    def __init__(self, source: str) -> None:
        try:
            from cffi import FFI
        except ImportError as error:
            raise BackendError("cffi is not installed", f"pip install 'autograd_tiny[c]', {ANOTHER}") from error
        self._ffi = FFI()
        self._ffi.cdef(f"{SIGNATURE};")
        self._library = self._ffi.dlopen(str(built(source)))

    def buffer(self, array: Any) -> Any:
        """Return the buffer of an array of floats."""
        return self._ffi.from_buffer("double[]", array)

    def replay(self, *arguments: Any) -> None:
        """Run the program; the arguments are those of `SIGNATURE`."""
        self._library.replay(*arguments)
