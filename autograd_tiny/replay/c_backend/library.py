"""Compile C to a library, once; cache it under a hash of all that it depends on; load it by `ctypes`.

The cache is the folder `user_folder("cache")`, in the platform's folder for caches. A library is built in a temporary
folder and renamed, so it is in the cache whole or not at all, also if two processes build it at once. The cache keeps
the libraries that were used last.

>>> key_of("void replay(void) {}", "/usr/bin/cc") == key_of("void replay(void) {}", "/usr/bin/clang")
False
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from autograd_tiny.errors import BackendError
from autograd_tiny.support.user_folders import user_folder

FLAGS: Final = (
    *("-std=c99", "-O3", "-march=native", "-fPIC", "-shared"),
    *("-fno-math-errno", "-fno-trapping-math"),  # errno and the flags of the processor are not read
    "-ffp-contract=off",  # x·y + z is rounded twice, as eager code rounds it
)
"""Without -ffast-math: nan, inf and the order of sums follow IEEE."""

KEPT: Final = 256
"""The most libraries in the cache, of 20 kB to 2 MB each."""
LONG: Final = 20_000
"""The lines of a source that takes a second or more to compile."""

ANOTHER: Final = 'or take backend="numpy"'
MSVC: Final = "cl"
ON_WINDOWS: Final = "on Windows gcc of MinGW-w64 and clang work"


class Call(ctypes.Structure):
    """The arguments of `replay`, as `struct call` of the source declares them; arrays by their addresses."""

    _fields_ = (
        ("batch", ctypes.c_longlong),
        ("seed", ctypes.c_double),
        ("backward", ctypes.c_longlong),
        *((name, ctypes.c_void_p) for name in ("u", "gu", "rows", "slopes_of_rows")),
        *((name, ctypes.c_void_p) for name in ("inputs", "losses", "truths", "slopes", "fault")),
    )


def compiler() -> str:
    """Return the path of the C compiler: $CC, or the first that is found.

    Raises:
        BackendError: no compiler was found, or only that of MSVC.
    """
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        path = shutil.which(name) if name else None
        if path and Path(path).stem.lower() == MSVC:
            raise BackendError(
                f"{path} of MSVC lacks C99 and the flags of gcc", f"{ON_WINDOWS}; name one in $CC, {ANOTHER}"
            )
        if path:
            return path
    if shutil.which(MSVC):
        raise BackendError("of the C compilers only cl of MSVC was found", f"{ON_WINDOWS}; install one, {ANOTHER}")
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
    try:
        if library.exists():
            os.utime(library)  # it was used just now
            return library
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            program, new = Path(beside, "replay.c"), Path(beside, "replay.so")
            program.write_text(source, encoding="utf-8")
            _compile([path, *FLAGS, str(program), "-o", str(new), "-lm"], source.count("\n"))
            new.replace(library)
        _remove_oldest(folder)
    except OSError as error:
        raise BackendError(
            f"nothing could be built in {folder}: {error}", f"set $XDG_CACHE_HOME, {ANOTHER}"
        ) from error
    return library


def _compile(command: list[str], lines: int) -> None:
    """Run the compiler; while a long source is compiled, a line at the terminal says so."""
    is_shown = lines > LONG and sys.stderr.isatty()
    if is_shown:
        print(f"compiling {lines:,} lines of C ...", end="", file=sys.stderr, flush=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if is_shown:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    if done.returncode:
        lines_said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        first = next((line for line in lines_said if "error" in line), lines_said[0])
        raise BackendError(f"{command[0]} failed: {first[:500]}", f"mend it, {ANOTHER}")


def _remove_oldest(folder: Path) -> None:
    """Remove the libraries that were used longest ago; one that another process loaded stays loaded."""
    libraries = sorted(folder.glob("*.so"), key=lambda path: path.stat().st_mtime)
    for path in libraries[:-KEPT]:
        path.unlink(missing_ok=True)


@lru_cache(maxsize=KEPT)
def _loaded(path: Path) -> Callable[[Any], None]:
    function = ctypes.CDLL(str(path)).replay
    function.argtypes, function.restype = [ctypes.POINTER(Call)], None
    return function


def load(source: str) -> Callable[[Any], None]:
    """Compile a source, and return its function, which takes a `Call`.

    Raises:
        BackendError: the source cannot be compiled, or its library not be loaded.
    """
    path = built(source)
    try:
        return _loaded(path)
    except OSError as error:
        raise BackendError(f"{path} cannot be loaded: {error}", f"remove the file, {ANOTHER}") from error
