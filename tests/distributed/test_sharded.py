"""Batches in shards over executors: one bit pattern, whatever the workers do."""

from __future__ import annotations

import copy
import os
import pickle
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import Pipe, get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
import nn
from autograd_tiny import Sharded, Value, record
from autograd_tiny.distributed import MappedRows, NumpyFiles, WorkerError, executor_backend, worker
from autograd_tiny.errors import OperandError, PositionError, ReplayMismatch, ShapeError
from tests.sampling import sizes

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
DRAW = np.random.default_rng(3)
X, Y = DRAW.normal(size=(100, 3)), DRAW.normal(size=100)


def program_of(leaves: list[Value], **settings: Any) -> Any:
    def loss(x: Any, y: Any) -> Any:
        return (at.tanh(at.dot(leaves[:3], x, leaves[3])) - y) ** 2

    return record(loss, inputs=([1.0, 2.0, 3.0], 1.0), parameters=leaves, **settings)


def leaves() -> list[Value]:
    return [Value(0.1 * k - 0.2) for k in range(4)]


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        yield pool


def kinds_of(sharded: Any) -> set[str]:
    known = worker._BACKENDS.items()
    return {type(backend).__name__.lower() for (key, _), backend in known if key == sharded._backend.key}


def bits(sharded: Any, *inputs: Any) -> tuple[bytes, bytes]:
    losses = sharded.differentiate(*(inputs or (X, Y)))
    return losses.tobytes(), sharded.gradients.tobytes()


# ── the same bits ──


def test_a_task_carries_as_many_shards_as_let_no_worker_wait() -> None:
    sizes = {(shards, workers): 0 for shards in (1, 5, 16, 64) for workers in (1, 2, 3, 5, 40)}
    for shards, workers in sizes:
        with ThreadPoolExecutor(workers) as pool:
            sizes[shards, workers] = executor_backend.Pool(pool).shards_of_a_task(shards)
    assert sizes == {
        (shards, workers): size
        for shards, row in {
            1: (1, 1, 1, 1, 1),
            5: (4, 2, 2, 1, 1),
            16: (16, 8, 2, 4, 1),
            64: (64, 32, 2, 1, 2),
        }.items()
        for workers, size in zip((1, 2, 3, 5, 40), row, strict=True)
    }


@pytest.mark.parametrize("batch", [0, 1, 5, 17, 100])
def test_any_executor_gives_the_same_bits(batch: int, processes: Executor) -> None:
    program, found = program_of(leaves()), set()
    for workers in (1, 2, 5):
        with ThreadPoolExecutor(workers) as pool:
            found.add(bits(Sharded(program, pool), X[:batch], Y[:batch]))
    found.add(bits(Sharded(program, processes), X[:batch], Y[:batch]))
    ((losses, gradients),) = found
    np.testing.assert_allclose(np.frombuffer(losses), program.differentiate(X[:batch], Y[:batch]), rtol=1e-13)
    np.testing.assert_allclose(np.frombuffer(gradients), program.gradients, rtol=1e-11, atol=1e-15)


def test_shards_count_by_their_number_of_examples() -> None:
    """A mean of means would weigh the examples of small shards more."""
    with ThreadPoolExecutor(2) as pool:
        for shards, batch in ((1, 7), (3, 7), (7, 7), (16, 7), (16, 33)):
            program = program_of(leaves())
            sharded = Sharded(program, pool, shards=shards)
            sharded.differentiate(X[:batch], Y[:batch])
            program.differentiate(X[:batch], Y[:batch])
            np.testing.assert_allclose(sharded.gradients, program.gradients, rtol=1e-12)
            sharded.differentiate(X[:batch], Y[:batch], reduction="sum")
            np.testing.assert_allclose(sharded.gradients, batch * program.gradients, rtol=1e-12)


def test_calls_are_those_of_a_program(processes: Executor) -> None:
    w, v = leaves(), leaves()
    sharded, alone = Sharded(program_of(w), processes), program_of(v)
    for _ in range(2):
        np.testing.assert_allclose(sharded.backward(X, Y), alone.backward(X, Y), rtol=1e-13)
        assert [leaf.grad for leaf in w] == pytest.approx([leaf.grad for leaf in v], rel=1e-11)
        for leaf in (*w, *v):
            leaf.data -= 0.1 * leaf.grad
    sharded.load()
    sharded.parameters -= 0.1
    alone.parameters[:] = sharded.parameters
    np.testing.assert_allclose(sharded.evaluate(X, Y), alone.evaluate(X, Y), rtol=1e-13)
    sharded.store()
    assert w[0].data == sharded.parameters[0]
    assert sharded.plan.endswith("up to 16 shards of a batch, over ProcessPoolExecutor")
    assert repr(sharded).endswith("4 parameters, 4 inputs, in shards over ProcessPoolExecutor>")


def test_gradients_of_inputs_and_other_leaves(processes: Executor) -> None:
    scale = Value(2.0)
    sharded = Sharded(record(lambda x: scale * x**2, inputs=(1.0,)), processes, shards=3)
    assert sharded.gradient(X[:, 0])[0] == pytest.approx(4.0 * X[:, 0])
    scale.data = 3.0  # read again at each call
    assert sharded.gradient(X[:, 0])[0] == pytest.approx(6.0 * X[:, 0])


@pytest.mark.parametrize("backend", ["numpy", "python"])
def test_workers_compile_the_back_end_of_the_program(backend: str) -> None:
    program = program_of(leaves(), backend=backend, workers=2)
    with ThreadPoolExecutor(2) as pool:
        sharded = Sharded(program, pool)
        sharded.differentiate(X, Y)
        kinds = {
            type(known).__name__.lower()
            for (key, _), known in worker._BACKENDS.items()
            if key == sharded._backend.key
        }
        assert kinds == {f"{backend}backend"}
        sharded.close()
    assert not kinds_of(sharded)


def test_a_process_keeps_few_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MOST", 2)
    with ThreadPoolExecutor(1) as pool:
        w, x = leaves(), X[:, 0]
        programs = [record(lambda x, k=k: k * w[0] * x, inputs=(1.0,), parameters=w) for k in range(2, 5)]
        sharded = [Sharded(program, pool, shards=1) for program in programs]
        for each, program in [*zip(sharded, programs, strict=True)] * 2:
            assert each.evaluate(x).tolist() == program.evaluate(x).tolist()
        assert len(worker._BACKENDS) == 2


def _threads_of_blas() -> set[int]:
    from threadpoolctl import threadpool_info

    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_workers_compute_in_one_thread_each(processes: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("threadpoolctl")
    before = _threads_of_blas()
    Sharded(program_of(leaves()), processes).differentiate(X, Y)
    assert processes.submit(_threads_of_blas).result() <= {1}
    with ThreadPoolExecutor(2) as pool:
        Sharded(program_of(leaves()), pool).differentiate(X, Y)
    assert _threads_of_blas() == before  # of this process, whose threads are the workers


def test_worker_in_another_process_than_the_caller_limits_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[tuple[int, str]] = []
    package = SimpleNamespace(threadpool_limits=lambda number, user_api: limits.append((number, user_api)))
    task = worker.Task(0, "none", None, X, [[X]], (), None, False, caller="process 1 of another machine")
    for known, expected in ((package, [(1, "blas")]), (None, [])):
        limits.clear()
        monkeypatch.setitem(sys.modules, "threadpoolctl", known)
        worker._compute_in_one_thread.cache_clear()
        for _ in range(2):
            assert worker.compute(task).is_missing
        assert limits == expected
    worker._compute_in_one_thread.cache_clear()


# ── rows in files ──


def test_matrices_in_files_that_take_another_branch_are_computed_eagerly(tmp_path: Path) -> None:
    matrices, w = np.arange(12.0).reshape(3, 2, 2), Value(2.0)
    np.save(tmp_path / "x.npy", matrices)
    program = record(
        lambda m: w * m[0][0] if m[0][0] > 1.0 else w * m[1][1],
        inputs=(matrices[1],),
        parameters=[w],
        on_mismatch="eager",
    )
    with Sharded(program, lambda: ThreadPoolExecutor(2)) as sharded:
        losses = sharded.differentiate(np.load(tmp_path / "x.npy", mmap_mode="r"), reduction="sum")
        assert (losses.tolist(), sharded.gradients.tolist()) == ([6.0, 8.0, 16.0], [15.0])
        assert sharded.eager_examples == 1


def test_workers_read_mapped_rows(tmp_path: Path, processes: Executor) -> None:
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    x, y = (np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in "xy")
    sharded = Sharded(program_of(leaves()), processes)
    expected = bits(sharded)
    assert bits(sharded, x, y) == expected
    assert bits(sharded, NumpyFiles([tmp_path / "x.npy"]), y) == expected
    assert bits(sharded, MappedRows(x, [4, 2]), Y[[4, 2]]) == bits(sharded, X[[4, 2]], Y[[4, 2]])
    with pytest.raises(ShapeError, match=r"input 0 has shape \(100, 1\)"):
        sharded.evaluate(MappedRows(np.load(tmp_path / "x.npy", mmap_mode="r").reshape(300, 1)[:100]), y)
    (tmp_path / "x.npy").unlink()
    problem = r"shard \d+ of 16 \(counted from 0\) failed on process \d+ of .*: FileNotFoundError: .*x\.npy"
    with pytest.raises(WorkerError, match=problem):
        sharded.evaluate(x[1:], y[1:])


# ── guards, and errors of the function ──


def test_a_guard_that_fails_names_the_example_of_the_batch(processes: Executor) -> None:
    w = leaves()
    program = record(lambda x: w[0] * x if x > 0.0 else w[1] * x, inputs=(1.0,), parameters=w)
    sharded = Sharded(program, processes)
    sharded.differentiate([1.0] * 40)
    before = sharded.gradients.copy()
    with pytest.raises(ReplayMismatch, match="example 37 takes another branch"):
        sharded.differentiate([1.0] * 37 + [-1.0] * 3)
    assert sharded.gradients.tolist() == before.tolist()


def test_examples_of_another_branch_are_computed_eagerly(processes: Executor) -> None:
    w, x = leaves(), np.linspace(-1.0, 1.0, 41)
    program = record(lambda x: w[0] * x if x > 0.0 else w[1] * x, inputs=(1.0,), parameters=w, on_mismatch="eager")
    sharded = Sharded(program, processes)
    losses = sharded.differentiate(x, reduction="sum")
    assert losses == pytest.approx(np.where(x > 0.0, w[0].data * x, w[1].data * x))
    assert sharded.gradients[:2] == pytest.approx([x[x > 0.0].sum(), x[x <= 0.0].sum()])


def test_an_index_outside_of_its_list_is_the_error_of_a_program(processes: Executor) -> None:
    w = leaves()
    program = record(lambda k: at.cross_entropy(w, k), inputs=(1,), parameters=w)
    with ThreadPoolExecutor(2) as threads:
        for pool in (threads, processes):
            with pytest.raises(PositionError):
                Sharded(program, pool).differentiate([0, 1, 2, 9])


def test_an_error_of_a_primitive_names_the_line(tmp_path: Path) -> None:
    def broken(x: float) -> float:
        if threading.current_thread().name.startswith("shards"):
            raise ZeroDivisionError("no luck")
        return x

    row = at.primitive("sharded_broken", "sharded_broken({x})", compute=broken, partials=lambda x, z: (1.0,))
    w = leaves()
    sharded = Sharded(
        record(lambda x: row(w[0] * x), inputs=(1.0,), parameters=w, backend="python"),
        partial(ThreadPoolExecutor, 2, thread_name_prefix="shards"),
    )
    with (
        sharded,
        pytest.raises(WorkerError, match=r"ZeroDivisionError: no luck \(line \d+ of .*: raise Zero") as caught,
    ):
        sharded.differentiate([1.0, 2.0])
    assert caught.value.worker.startswith(f"process {os.getpid()} of ")
    assert "no luck" in caught.value.problem
    assert caught.value.shard in {0, 1}
    assert sharded.gradients.tolist() == [0.0] * 4


# ── faults ──


class Faulty(ThreadPoolExecutor):
    """Threads whose tasks fail in all the ways of workers, as a seeded generator draws them.

    Args:
        draw: of the faults.
        share: of the tasks that fail.
    """

    faults = 0

    def __init__(self, draw: random.Random, share: float) -> None:
        super().__init__(3)
        self.draw, self.share, self.is_broken = draw, share, False

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.is_broken:
            raise BrokenExecutor("broken")
        if self.draw.random() >= self.share:
            return super().submit(call, *args, **kwargs)
        Faulty.faults += 1
        kind = self.draw.choice(["breaks", "memory", "cancelled", "dies late", "slow", "lost program"])
        if kind == "breaks":
            self.is_broken = True
            raise BrokenExecutor("broken")
        if kind == "slow":
            return super().submit(_late, call, *args)
        if kind == "lost program":
            worker.forget(args[0].key)
            return super().submit(call, *args)
        future: Future[Any] = Future()
        if kind == "cancelled":
            future.cancel()
            future.set_running_or_notify_cancel()
        elif kind == "memory":
            future.set_result(worker.Reply("a worker", problem="MemoryError: ", is_memory=True))
        else:
            future.set_exception(BrokenExecutor("a worker died"))
        return future


def _late(call: Callable[..., Any], *args: Any) -> Any:
    time.sleep(0.01)
    return call(*args)


def trained(make: Callable[[], Executor], steps: int = 5) -> tuple[bytes, Any]:
    """Return the parameters after some steps over an executor."""
    with Sharded(program_of(leaves()), make, retries=50) as sharded:
        for step in range(steps):
            sharded.differentiate(X[step:], Y[step:])
            sharded.parameters -= 0.5 * sharded.gradients
        return sharded.parameters.tobytes(), sharded


@sizes("faults", 200, 3000)
def test_faults_change_no_bit(faults: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_backend, "SHORTEST", 0.001)  # many shards are computed twice
    expected, _ = trained(partial(ThreadPoolExecutor, 2))
    draw, Faulty.faults, trainings = random.Random(5), 0, 0
    while Faulty.faults < faults:
        found, _ = trained(lambda: Faulty(draw, draw.choice([0.02, 0.2, 0.5])))
        assert found == expected
        trainings += 1
    assert trainings > 2


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@sizes("kills", 6, 200)
def test_killed_processes_change_no_bit(kills: int) -> None:
    draw, pools, trainings = random.Random(7), [], 0
    expected, _ = trained(partial(ThreadPoolExecutor, 2))

    class Killing(ProcessPoolExecutor):
        """Processes one of which kills itself between two tasks."""

        def __init__(self) -> None:
            super().__init__(2, mp_context=get_context("fork"))
            self.left = draw.randrange(12)
            pools.append(self)

        def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            if self.left == 0:
                super().submit(_die)
            self.left -= 1
            return super().submit(call, *args, **kwargs)

    while len(pools) - trainings < kills:  # a training makes one pool, and one more for each that broke in time
        found, _ = trained(Killing)
        assert found == expected
        trainings += 1
        assert trainings < 10 * kills


def test_a_slow_shard_is_computed_twice_and_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_backend, "SHORTEST", 0.01)
    is_over, slow = threading.Event(), []

    class OneSlow(ThreadPoolExecutor):
        def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            if args[0].first == 0 and not slow:
                slow.append(args[0])
                return super().submit(lambda task: is_over.wait(30.0) and call(task), *args)
            return super().submit(call, *args)

    expected = bits(Sharded(program_of(leaves()), partial(ThreadPoolExecutor, 2)))
    with OneSlow(2) as pool:
        assert bits(Sharded(program_of(leaves()), pool)) == expected
        assert slow
        assert not is_over.is_set()  # the result came from the second computation
        is_over.set()


def test_a_broken_pool_of_the_user_is_one_error() -> None:
    w = leaves()
    with ThreadPoolExecutor(1) as pool:
        sharded = Sharded(program_of(w), pool)
        sharded.backward(X, Y)
    before = [leaf.grad for leaf in w], sharded.gradients.tolist()
    remedy = r"to have a broken pool made again, pass what makes it: lambda: ProcessPoolExecutor\(2\)"
    with pytest.raises(WorkerError, match=f"failed on ThreadPoolExecutor: RuntimeError: .*{remedy}"):
        sharded.backward(X, Y)
    assert ([leaf.grad for leaf in w], sharded.gradients.tolist()) == before


def test_a_broken_pool_that_says_it_has_no_workers_is_one_error() -> None:
    """As mpi4py's does."""

    def refuse(*_: Any) -> Any:
        raise BrokenExecutor("it broke")

    pool: Any = SimpleNamespace(_max_workers=0, submit=refuse)
    with pytest.raises(WorkerError, match="BrokenExecutor: it broke; to have a broken pool made again"):
        Sharded(program_of(leaves()), pool).differentiate(X, Y)


def test_workers_that_always_die_end_in_one_error() -> None:
    class Dead(ThreadPoolExecutor):
        def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(BrokenExecutor("it died"))
            return future

    made: list[Executor] = []

    def make() -> Executor:
        made.append(Dead(1))
        return made[-1]

    with Sharded(program_of(leaves()), make, retries=2) as sharded, pytest.raises(WorkerError, match="it died; look"):
        sharded.differentiate(X, Y)
    assert len(made) == 3


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_process_pool_of_the_user_that_breaks_is_one_error() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        sharded = Sharded(program_of(leaves()), pool)
        expected = bits(sharded)
        pool.submit(_die)
        with pytest.raises(WorkerError, match=r"failed on ProcessPoolExecutor: Broken.*pass what makes it"):
            sharded.differentiate(X, Y)
        assert sharded.gradients.tobytes() == expected[1]


@pytest.mark.parametrize("retries", [0, 2])
def test_a_shard_that_needs_too_much_memory_is_one_error(retries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: Any, **__: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(worker, "compute_shard", exhausted)
    program = program_of(leaves())
    with Sharded(program, lambda: ThreadPoolExecutor(2), retries=retries) as sharded:
        with pytest.raises(WorkerError, match=r"failed on process \d+ of .*: MemoryError .*; look for what ends it"):
            sharded.differentiate(X, Y)
        monkeypatch.undo()
        sharded.differentiate(X, Y)


def test_an_interrupt_leaves_the_gradients_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(1) as pool:
        sharded = Sharded(program_of(leaves()), pool)
        before = bits(sharded)
        submitted: list[Future[Any]] = []
        submit = pool.submit

        def interrupted(*_: Any, **__: Any) -> Any:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(executor_backend, "wait", interrupted)
            patch.setattr(pool, "submit", lambda *args: submitted.append(submit(*args)) or submitted[-1])
            with pytest.raises(KeyboardInterrupt):
                sharded.differentiate(2.0 * X, Y)
        assert all(future.cancelled() or future.done() or future.running() for future in submitted)
        assert sharded.gradients.tobytes() == before[1]
        assert bits(sharded) == before


# ── what is refused ──


def test_arguments_are_validated() -> None:
    program = program_of(leaves())
    with ThreadPoolExecutor(1) as pool:
        for wrong in (lambda x: x, Sharded(program, pool), record(lambda x: x, inputs=(1.0,), batched=False)):
            with pytest.raises(OperandError, match="a program of one example, made by record"):
                Sharded(wrong, pool)
        for name, number in (("shards", 0), ("shards", True), ("shards", 2.0), ("retries", -1)):
            with pytest.raises(OperandError, match=f"{name} got .*a whole number from"):
                Sharded(program, pool, **{name: number})
        with pytest.raises(OperandError, match=r"a concurrent\.futures\.Executor, or a function that makes one"):
            Sharded(program, 2)
        for made in (3, ThreadPoolExecutor):
            with pytest.raises(OperandError, match="let the function return one, as in lambda: ProcessPoolExecutor"):
                Sharded(program, lambda made=made: made).differentiate(X, Y)
        for copied in (copy.deepcopy, pickle.dumps):
            with pytest.raises(OperandError, match="copy the program that it shards"):
                copied(Sharded(program, pool))


# ── training ──


def fitted(executor: Any, inputs: Any = X, targets: Any = Y, **settings: Any) -> tuple[list[float], Any]:
    model = nn.MLP(3, [4, 1], seed=1)
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    settings = {"loss": "squared_error", "epochs": 3, "seed": 2, **settings}
    history = nn.fit(model, inputs, targets, optimizer=optimizer, executor=executor, **settings)
    return [p.data for p in model.parameters()], history


def test_fit_gives_the_same_bits_over_any_executor(tmp_path: Path, processes: Executor) -> None:
    expected, history = fitted(processes, validation=(X[:9], Y[:9]))
    assert "in shards over ProcessPoolExecutor" in history.runs[0]
    draw = random.Random(1)
    assert fitted(lambda: Faulty(draw, 0.1), validation=(X[:9], Y[:9]))[0] == expected
    assert expected == pytest.approx(fitted(None)[0], rel=1e-9)
    np.save(tmp_path / "x.npy", X)
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert fitted(processes, x)[0] == expected
    assert fitted(processes, NumpyFiles([tmp_path / "x.npy"]))[0] == expected
    assert fitted(None, NumpyFiles([tmp_path / "x.npy"]))[0] == fitted(None)[0]


def test_fit_with_an_executor_needs_replay(processes: Executor) -> None:
    with pytest.raises(nn.ArgumentError, match="True with an executor"):
        fitted(processes, replay=False)


# ── a process that dies while it writes its result: the pool itself would wait for ever ──


class Stuck(Executor):
    """A pool with a dead process, whose futures are never done."""

    def __init__(self) -> None:
        self.reader, writer = Pipe(duplex=False)
        self._result_queue, self.has_ended = SimpleNamespace(_writer=writer), False
        sentinel, other = Pipe(duplex=False)
        other.close()  # so the sentinel is ready, as that of a process that has ended
        self._processes = {1: SimpleNamespace(sentinel=sentinel, kill=lambda: None)}

    def submit(self, *_: Any, **__: Any) -> Any:
        return Future()

    def shutdown(self, *_: Any, **__: Any) -> None:
        self.has_ended = True


def test_pool_that_waits_for_a_dead_process_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_backend, "WATCH", 0.01)
    program, stuck = program_of(leaves()), Stuck()
    pools = iter([stuck, ThreadPoolExecutor(1), ThreadPoolExecutor(1)])
    with Sharded(program, lambda: next(pools)) as sharded, ThreadPoolExecutor(1) as calm:
        assert bits(sharded) == bits(Sharded(program, calm))
    assert stuck.has_ended
    assert stuck._result_queue._writer.closed
    stuck.reader.close()


def test_pool_of_the_user_that_waits_for_a_dead_process_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_backend, "WATCH", 0.01)
    stuck = Stuck()
    with pytest.raises(
        WorkerError, match=r"Stuck: BrokenProcessPool: a process died while it wrote .*; to have a broken"
    ):
        Sharded(program_of(leaves()), stuck).differentiate(X, Y)
    assert stuck._result_queue._writer.closed
    stuck.reader.close()


def test_workers_that_are_looked_after_often_compute_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(1) as pool:
        expected = bits(Sharded(program_of(leaves()), pool))
        monkeypatch.setattr(executor_backend, "WATCH", 0.0)
        assert bits(Sharded(program_of(leaves()), pool)) == expected


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_process_that_is_still_at_work_ends_with_the_pool() -> None:
    pool = ProcessPoolExecutor(1)
    sharded = executor_backend.Pool(lambda: pool)
    sharded._started()
    sharded._open.add(pool.submit(time.sleep, 60.0))
    (process,) = pool._processes.values()
    sharded.close()
    process.join(10.0)
    assert process.exitcode == -signal.SIGKILL
