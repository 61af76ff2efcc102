"""Dask and Ray as executors: a Dask cluster that keeps each shard at one worker; and Ray, which has none of its own.

`nn.fit(..., executor=DaskExecutor(client))` and `nn.fit(..., executor=RayExecutor())` are all that is needed. The
workers import this package, and the modules of the user's primitives.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from autograd_tiny.errors import OperandError, require_package


class DaskExecutor(Executor):
    """A Dask cluster each of whose workers is sent the same shards at each step, whose rows it has read.

    If that worker dies, Dask lets another one compute them; what is computed a second time goes to another one.
    `client.get_executor()` does without places: any worker gets any shard, in a message each.

    Args:
        client: of the cluster, `dask.distributed.Client`.

    Raises:
        OperandError: it is not a client, or its cluster has no workers.
    """

    def __init__(self, client: Any) -> None:
        remedy = "write DaskExecutor(Client(LocalCluster(n_workers=2)))"
        if not hasattr(client, "get_executor") or isinstance(client, type):
            raise OperandError("DaskExecutor", client, expected="a Dask client", remedy=remedy)
        addresses = sorted(client.nthreads())
        if not addresses:
            raise OperandError("DaskExecutor", client, expected="a client of a cluster with workers", remedy=remedy)
        self._executors = [
            client.get_executor(workers=[address], allow_other_workers=True, pure=False) for address in addresses
        ]
        self._max_workers = len(addresses)
        self._places: dict[int, int] = {}  # of tasks, by their first shard
        self._latest: dict[int, Future[Any]] = {}

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start a task at the worker that had its shards before."""
        first = getattr(args[0], "first", 0) if args else 0
        place = self._places.setdefault(first, len(self._places) % self._max_workers)
        is_late = first in self._latest and not self._latest[first].done()
        self._latest[first] = self._executors[(place + is_late) % self._max_workers].submit(call, *args, **kwargs)
        return self._latest[first]


class RayExecutor(Executor):
    """Remote functions of Ray; Ray is started on this machine if it was not.

    A worker that dies is an error of its task, which `Sharded` computes again.

    Args:
        workers: how many compute at the same time; all processors of the cluster by default.

    Raises:
        MissingPackageError: Ray is not installed.
    """

    def __init__(self, workers: int | None = None) -> None:
        ray = require_package("ray", package="Ray", extra="ray")
        if not ray.is_initialized():
            ray.init(num_cpus=workers, include_dashboard=False)
        self._max_workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._call = ray.remote(max_retries=0)(_called)

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start a task."""
        future: Future[Any] = self._call.remote(call, args, kwargs).future()
        return future


def _called(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return call(*args, **kwargs)
