"""The rows that a worker has read from files, up to a bound, so that the same shard is not read at each step.

>>> import numpy as np
>>> cache = BoundedCache(100)
>>> [cache.get("shard 0", lambda: np.full(1, number)).item() for number in (7.0, 8.0)]
[7.0, 7.0]
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, Final

CACHED: Final = 1 << 28
"""The most bytes of rows that a worker keeps in memory."""


def version_of(path: str | Path) -> tuple[int, int]:
    """Return the time of change and the size of a file; that of a deleted one, which a worker will name, is 0."""
    try:
        status = Path(path).stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


class BoundedCache:
    """Arrays by key, of at most so many bytes; the one that was used longest ago goes first.

    Args:
        size: the bound, in bytes.
    """

    def __init__(self, size: int) -> None:
        self._size, self._used = size, 0
        self._arrays: OrderedDict[Any, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any, read: Callable[[], Any]) -> Any:
        """Return the array of a key, read if it is not there."""
        with self._lock:
            if key in self._arrays:
                self._arrays.move_to_end(key)
                return self._arrays[key]
        array = read()
        with self._lock:
            self._used += array.nbytes - getattr(self._arrays.get(key), "nbytes", 0)  # which another thread read
            self._arrays[key] = array
            while self._used > self._size:
                self._used -= self._arrays.popitem(last=False)[1].nbytes
        return array


KEPT: Final = BoundedCache(CACHED)
"""The rows that this process has read."""
