"""`train --workers`, `--dask` and `--checkpoint`: the same result on more processors, and after a crash."""

from __future__ import annotations

import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograd_tiny.cli import workers
from autograd_tiny.errors import MissingPackageError
from tests.cli.command import run_command


def run(capsys: pytest.CaptureFixture[str], epochs: str, *options: str, expected: int = 0) -> tuple[str, str]:
    network = ("iris", "--no-plot", "--hidden", "3", "--epochs", epochs)
    return run_command("train", capsys, *network, *options, expected=expected)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pytest.importorskip("sklearn")


def weights(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    run(capsys, "3", "--save", "model.json", "--quiet", *options)
    return Path("model.json").read_text(encoding="utf-8")


def test_workers_train_the_same_network(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    counts: list[int] = []

    def threads(count: int) -> Executor:
        counts.append(count)
        return ThreadPoolExecutor(count)

    monkeypatch.setattr(workers, "_processes", threads)
    one = weights(capsys, "--workers", "1")
    assert weights(capsys, "--workers", "2") == one
    assert counts == [1, 2]


def test_processes_are_no_forks() -> None:
    with workers._processes(3) as pool:
        assert pool._max_workers == 3
        assert pool._mp_context.get_start_method() in {"forkserver", "spawn"}


class Client:
    """A cluster of two threads."""

    def __init__(self, address: str, timeout: str) -> None:
        if not address.startswith("tcp://"):
            raise ValueError("missing port number")
        self.pool = ThreadPoolExecutor(2)

    def nthreads(self) -> dict[str, int]:
        return {"tcp://localhost:1": 2}

    def get_executor(self, **_: Any) -> Executor:
        return self.pool

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: Any) -> None:
        self.pool.shutdown()


def test_cluster_trains_the_same_network(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=Client))
    monkeypatch.setattr(workers, "_processes", ThreadPoolExecutor)
    assert weights(capsys, "--dask", "tcp://localhost:8786") == weights(capsys, "--workers", "2")
    _, err = run(capsys, "3", "--dask", "nowhere", expected=2)
    assert "no Dask scheduler answers at nowhere (ValueError: missing port number); start one by: dask" in err


def test_cluster_without_dask_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    arguments = SimpleNamespace(workers=None, dask="tcp://localhost:8786")
    with pytest.raises(MissingPackageError, match=r"Dask.*autograd_tiny\[dask\]"), workers.executor_of(arguments):
        pass


def test_training_goes_on_from_its_checkpoint(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "1", "--checkpoint", "run.json", "--quiet")
    assert weights(capsys, "--checkpoint", "run.json") == weights(capsys)
    _, err = run(capsys, "3", "--checkpoint", "run.json", "--batch", "7", expected=2)
    assert "its batch_size is 16, that of this training 7" in err
    _, err = run(capsys, "3", "--checkpoint", "run.json", "--lr", "0.5", expected=2)
    assert "that of this training 0.5; name another file, or delete this one" in err
    _, err = run(capsys, "1", "--checkpoint", "run.json", expected=2)
    assert "epochs already, more than epochs=1; pass epochs=" in err
