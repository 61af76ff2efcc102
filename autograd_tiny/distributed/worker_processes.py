"""Look after the processes of a pool: find out that one is dead, and end all.

A process that is killed while it writes a long result leaves a part of it in the pipe. The pool waits for the rest,
and neither tells that it is broken nor can be shut down, until nobody can write into the pipe any more. Executors
without processes of their own, such as threads or a cluster, have nothing to look after.

>>> from concurrent.futures import ThreadPoolExecutor
>>> with ThreadPoolExecutor(1) as pool:
...     WorkerProcesses(pool).has_dead_one()
False
"""

from __future__ import annotations

from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any


class WorkerProcesses:
    """The processes of an executor at this moment.

    Args:
        executor: a `ProcessPoolExecutor`, that of loky, or any other one.
    """

    def __init__(self, executor: Any) -> None:
        self._processes = list((getattr(executor, "_processes", None) or {}).values())
        self._writer = getattr(getattr(executor, "_result_queue", None), "_writer", None)

    def has_dead_one(self) -> bool:
        """Return whether one of them has ended."""
        return bool(self._processes) and bool(wait([process.sentinel for process in self._processes], timeout=0))

    def end(self) -> None:
        """Kill all, also those that were stopped, and close the pipe of the results."""
        with suppress(OSError, ValueError):  # ended, or closed
            for process in self._processes:
                process.kill()
            if self._processes and self._writer is not None:
                self._writer.close()
