"""Real engines: a Dask cluster and loky that lose a worker, and MPI; each is skipped by name if it is missing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograd_tiny.distributed import DaskExecutor, RayExecutor
from autograd_tiny.errors import MissingPackageError, OperandError

DEMOS = Path(__file__).parents[2] / "demos"
TRAINING = """
import os, signal
import numpy as np
import nn
from autograd_tiny import Sharded, Value, record

X = np.linspace(-1.0, 1.0, 300).reshape(100, 3)
Y = X.sum(axis=1)

def trained(executor):
    model = nn.MLP(3, [4, 1], seed=1)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    nn.fit(model, X, Y, loss="squared_error", optimizer=optimizer, epochs=3, seed=2, executor=executor)
    return [parameter.data for parameter in model.parameters()]
"""
LOKY = f"""{TRAINING}
from concurrent.futures import ThreadPoolExecutor
from loky import get_reusable_executor

expected = trained(lambda: ThreadPoolExecutor(2))
assert trained(get_reusable_executor(2)) == expected
killed = []

def make():
    pool = get_reusable_executor(2)
    if not killed:
        killed.append(pool.submit(os.getpid).result())
        pool.submit(os.kill, killed[0], signal.SIGKILL)
    return pool

assert trained(make) == expected
get_reusable_executor().shutdown(kill_workers=True)
print("equal")
"""
RAY = f"""{TRAINING}
from concurrent.futures import ThreadPoolExecutor
from autograd_tiny.distributed import RayExecutor

pool = RayExecutor(2)
expected, killed = trained(lambda: ThreadPoolExecutor(2)), []
assert trained(pool) == expected

def kill():
    try:
        os.kill(os.getpid(), signal.SIGKILL)
    finally:
        print("not killed")

for _ in range(2):
    killed.append(pool.submit(kill))
    assert trained(pool) == expected
assert all("WorkerCrashed" in type(future.exception()).__name__ for future in killed)
print("equal")
"""
MPI = f"""{TRAINING}
from concurrent.futures import ThreadPoolExecutor
from mpi4py.futures import MPIPoolExecutor

if __name__ == "__main__":
    with MPIPoolExecutor() as pool:
        print("equal" if trained(pool) == trained(lambda: ThreadPoolExecutor(2)) else "different")
"""


def run(folder: Path, program: str, *command: str) -> str:
    (folder / "program.py").write_text(program, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(DEMOS.parent), "HOME": str(folder)}
    words = [*(command or [sys.executable]), str(folder / "program.py")]
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120.0
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.ci
def test_dask_cluster_that_loses_a_worker(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason='Dask is not installed: pip install -e ".[dask]"')
    pytest.importorskip("sklearn")
    out = run(tmp_path, (DEMOS / "cluster.py").read_text(encoding="utf-8"))
    assert "killed\n" in out
    assert "1810 of 1810 weights are equal to the last bit" in out


@pytest.mark.ci
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_loky_pool_that_loses_a_worker(tmp_path: Path) -> None:
    pytest.importorskip("loky", reason='loky is not installed: pip install -e ".[ci]"')
    assert run(tmp_path, LOKY) == "equal\n"


@pytest.mark.ci
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_ray_that_loses_workers(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[ray]"')
    assert "equal" in run(tmp_path, RAY).splitlines()  # Ray writes of the killed workers there too


@pytest.mark.ci
def test_dask_computes_a_shard_where_its_rows_are() -> None:
    distributed = pytest.importorskip("distributed", reason='Dask is not installed: pip install -e ".[dask]"')
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = DaskExecutor(client)
        tasks = [SimpleNamespace(first=first) for first in (0, 8)]
        rounds = [
            [executor.submit(lambda _: distributed.get_worker().address, task).result() for task in tasks]
            for _ in range(4)
        ]
    assert len(set(rounds[0])) == 2
    assert rounds == [rounds[0]] * 4


class FakeClient:
    """Executors that keep the number of tasks of each worker, and start none before it is told to."""

    def __init__(self, workers: int) -> None:
        self.workers = [f"tcp://{k}" for k in range(workers)]
        self.submitted: list[str] = []

    def nthreads(self) -> dict[str, int]:
        return dict.fromkeys(self.workers, 1)

    def get_executor(self, *, workers: list[str], allow_other_workers: bool, pure: bool) -> Any:
        assert (allow_other_workers, pure) == (True, False)
        return SimpleNamespace(submit=lambda *_: self.submitted.append(workers[0]) or Future())


def test_a_task_that_is_late_goes_to_another_worker_of_dask() -> None:
    client = FakeClient(3)
    executor = DaskExecutor(client)
    tasks = [SimpleNamespace(first=first) for first in (0, 6, 12)]
    for _ in range(2):
        futures = [executor.submit(id, task) for task in tasks]
        for future in futures[:2]:
            future.set_result(None)
    assert client.submitted == ["tcp://0", "tcp://1", "tcp://2", "tcp://0", "tcp://1", "tcp://0"]
    executor.submit(print)
    for wrong in (FakeClient(0), FakeClient, 3):
        with pytest.raises(OperandError, match="write DaskExecutor"):
            DaskExecutor(wrong)


def test_ray_executor_starts_ray_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, started = ThreadPoolExecutor(1), list[Any]()

    def remote(max_retries: int) -> Any:
        return lambda called: SimpleNamespace(
            remote=lambda *args: SimpleNamespace(future=lambda: pool.submit(called, *args))
        )

    ray = SimpleNamespace(
        is_initialized=lambda: bool(started),
        init=lambda **settings: started.append(settings),
        cluster_resources=lambda: {"CPU": 4.0},
        remote=remote,
    )
    monkeypatch.setitem(sys.modules, "ray", ray)
    executors: list[Executor] = [RayExecutor(2), RayExecutor()]
    assert started == [{"num_cpus": 2, "include_dashboard": False}]
    assert [executor.submit(int, "11", base=2).result() for executor in executors] == [3, 3]
    assert [vars(executor)["_max_workers"] for executor in executors] == [2, 4]
    pool.shutdown()
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPackageError, match=r"Ray.*autograd_tiny\[ray\]"):
        RayExecutor()


@pytest.mark.ci
def test_mpi_of_two_workers(tmp_path: Path) -> None:
    pytest.importorskip("mpi4py", reason="mpi4py is not installed: pip install mpi4py")
    if shutil.which("mpiexec") is None:
        pytest.skip("no MPI is installed, as by: apt-get install openmpi-bin")
    options = ["--allow-run-as-root", "--oversubscribe"] if "open" in _mpi() else []
    assert run(tmp_path, MPI, "mpiexec", *options, "-n", "3", sys.executable, "-m", "mpi4py.futures") == "equal\n"


def _mpi() -> str:
    return subprocess.run(["mpiexec", "--version"], capture_output=True, text=True, check=False).stdout.lower()
