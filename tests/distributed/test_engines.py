"""Real engines: a Dask cluster and loky that lose a worker, and MPI; each is skipped by name if it is missing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

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
MPI = f"""{TRAINING}
from concurrent.futures import ThreadPoolExecutor
from mpi4py.futures import MPIPoolExecutor

if __name__ == "__main__":
    with MPIPoolExecutor() as pool:
        print("equal" if trained(pool) == trained(lambda: ThreadPoolExecutor(2)) else "different")
"""


def run(folder: Path, program: str, *command: str) -> str:
    (folder / "program.py").write_text(program, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(DEMOS.parent)}
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
def test_mpi_of_two_workers(tmp_path: Path) -> None:
    pytest.importorskip("mpi4py", reason="mpi4py is not installed: pip install mpi4py")
    if shutil.which("mpiexec") is None:
        pytest.skip("no MPI is installed, as by: apt-get install openmpi-bin")
    options = ["--allow-run-as-root", "--oversubscribe"] if "open" in _mpi() else []
    assert run(tmp_path, MPI, "mpiexec", *options, "-n", "3", sys.executable, "-m", "mpi4py.futures") == "equal\n"


def _mpi() -> str:
    return subprocess.run(["mpiexec", "--version"], capture_output=True, text=True, check=False).stdout.lower()
