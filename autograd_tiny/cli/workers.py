"""Options of a training for more processors: worker processes of this machine, or a Dask cluster.

>>> import argparse
>>> with executor_of(argparse.Namespace(workers=None, dask=None)) as executor:
...     print(executor)
None
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

from autograd_tiny.cli.arguments import whole_number
from autograd_tiny.distributed import DaskExecutor
from autograd_tiny.errors import InputError, require_package

MEMORY: Final = "The table is read as a whole; for larger files there is autograd_tiny.distributed.CsvFiles."


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    group = parser.add_argument_group("more processors (for steps of some milliseconds or more)", MEMORY)
    where = group.add_mutually_exclusive_group()
    where.add_argument("--workers", type=whole_number, metavar="N", help="cut each batch among N processes")
    where.add_argument("--dask", metavar="ADDRESS", help="or over a Dask cluster, such as tcp://10.0.0.1:8786")


@contextmanager
def executor_of(arguments: argparse.Namespace) -> Iterator[Any]:
    """Yield what `nn.fit` takes as executor: a function that makes processes, that of a cluster, or None.

    Raises:
        MissingPackageError: Dask is not installed.
        InputError: no cluster answers.
    """
    if arguments.dask is None:
        yield None if arguments.workers is None else lambda: _processes(arguments.workers)
        return
    distributed = require_package("distributed", package="Dask", extra="dask")
    try:
        client = distributed.Client(arguments.dask, timeout="5s")
    except (OSError, ValueError) as error:
        raise InputError(
            f"no Dask scheduler answers at {arguments.dask} ({type(error).__name__}: {error}); start one by: dask "
            "scheduler"
        ) from None
    with client:
        yield DaskExecutor(client)


def _processes(count: int) -> ProcessPoolExecutor:
    """Return worker processes that are not forked: this process has threads, which show the progress."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    return ProcessPoolExecutor(count, mp_context=context)
