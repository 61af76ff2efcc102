"""`no_grad()` pauses recording in its thread, `no_gc()` the garbage collector; a recorder of a program has hooks."""

from __future__ import annotations

import asyncio
import copy
import gc
import inspect
import operator
import pickle
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, clamp, dot, exp, grad, logsumexp, no_gc, no_grad, softmax, topological_order, where
from autograd_tiny import sum as sum_of
from autograd_tiny.engine.grad_mode import OPEN, Recording, active_recorder
from autograd_tiny.errors import NotRecordedError, OperandError, RecordError


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    assert set() == OPEN
    assert gc.isenabled()
    yield
    assert set() == OPEN
    assert gc.isenabled()


def records() -> bool:
    """Return True if operations are recorded."""
    x = Value(2.0)
    return (x * x).inputs == (x, x)


# ── no_grad ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("compute", "data"),
    [
        (lambda x, y: x + y, 5.0),
        (lambda x, y: 2 * x, 4.0),
        (lambda x, y: x**2, 4.0),
        (lambda x, y: -x, -2.0),
        (lambda x, y: exp(0.0 * x), 1.0),
        (lambda x, y: x.relu(), 2.0),
        (lambda x, y: x % 2, 0.0),
        (lambda x, y: clamp(x, y, y), 3.0),
        (lambda x, y: where(x > y, x, y), 3.0),
        (lambda x, y: sum_of([x, y]), 5.0),
        (lambda x, y: sum_of([x, 1.0]), 3.0),
        (lambda x, y: dot([x], [y], x), 8.0),
        (lambda x, y: dot([x], [3.0], y), 9.0),
        (lambda x, y: logsumexp([x]), 2.0),
        (lambda x, y: softmax([x, x])[0], 0.5),
        (lambda x, y: (np.array([x]) * np.array([y])).sum(), 6.0),
    ],
)
def test_no_grad_computes_data_only(compute: Callable[[Value, Value], Value], data: float) -> None:
    with no_grad():
        node = compute(Value(2.0), Value(3.0))
    assert node.data == data
    assert (node.primitive, node.inputs, node.operands, node.partials) == (None, (), (), ())
    assert topological_order(node) == [node]


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x * 2.0,
        exp,
        lambda x: clamp(x, 0.0, x),
        lambda x: sum_of([x, x]),
        lambda x: dot([x], [x], x),
        lambda x: dot([x], [1.0], x),
        lambda x: logsumexp([x, 1.0]),
    ],
)
def test_no_grad_result_keeps_nothing_alive(compute: Callable[[Value], Value]) -> None:
    x = Value(2.0)
    with no_grad():
        node = compute(x)
    reference = weakref.ref(x)
    del x
    assert reference() is None
    assert (node._dx, node._dy) == (None, 0.0)


def test_recording_resumes_after_block() -> None:
    assert records()
    with no_grad():
        assert not records()
    assert records()


def test_no_grad_blocks_nest() -> None:
    switch = no_grad()
    with switch:
        with no_grad(), switch:
            assert not records()
        assert not records()
    assert records()


def test_recording_resumes_after_exception() -> None:
    with pytest.raises(KeyError, match="inner"), no_grad(), no_grad():
        raise KeyError("inner")
    assert records()


def test_decorated_function_records_nothing() -> None:
    @no_grad()
    def predict(x: Value) -> Value:
        """Double x."""
        return 2.0 * x

    assert predict(Value(3.0)).data == 6.0
    assert predict(Value(3.0)).inputs == ()
    assert (predict.__name__, predict.__doc__) == ("predict", "Double x.")
    assert records()


def test_decorated_function_can_recurse() -> None:
    @no_grad()
    def countdown(n: int) -> bool:
        return not records() and (n == 0 or countdown(n - 1)) and not records()

    assert countdown(3)
    assert records()


def test_recording_resumes_after_decorated_function_raises() -> None:
    @no_grad()
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert records()


def test_node_made_in_block_stays_leaf() -> None:
    x = Value(3.0)
    with no_grad():
        y = x * x
    (x * y).backward()
    assert (x.grad, y.grad) == (9.0, 3.0)


def test_backward_in_block_uses_earlier_graph() -> None:
    x = Value(3.0)
    y = x * x
    with no_grad():
        y.backward()
    assert x.grad == 6.0


def test_grad_in_block_returns_leaves() -> None:
    x = Value(3.0)
    y = x**3
    with no_grad():
        (slope,) = grad(y, [x])
    assert slope.data == 27.0
    assert slope.inputs == ()


@pytest.mark.parametrize("compute", [lambda x: x * x, exp, lambda x: dot([x], [x]), lambda x: logsumexp([x, 1.0])])
def test_backward_of_root_made_in_block_raises(compute: Callable[[Value], Value]) -> None:
    x = Value(3.0)
    with no_grad():
        root = compute(x)
    for twin in (root, copy.copy(root), copy.deepcopy(root), pickle.loads(pickle.dumps(root))):
        with pytest.raises(
            NotRecordedError, match=r"backward\(\) got a Value \(data=.*\) that was computed inside no_grad"
        ):
            twin.backward()
        with pytest.raises(NotRecordedError, match="grad got a Value"):
            grad(twin, [x])
    assert (root.grad, x.grad) == (0.0, 0.0)


def test_backward_of_leaf_made_in_block_sets_own_gradient() -> None:
    with no_grad():
        leaf = Value(3.0)
    leaf.backward()
    assert leaf.grad == 1.0


def test_block_in_task_pauses_only_it() -> None:
    async def pauses() -> bool:
        with no_grad():
            await asyncio.sleep(0)
            return records()

    async def other() -> bool:
        await asyncio.sleep(0)
        return records()

    async def both() -> Any:
        return await asyncio.gather(pauses(), other(), pauses(), other())

    assert result_of(both()) == [False, True, False, True]


def test_block_can_be_entered_by_exit_stack() -> None:
    with ExitStack() as stack:
        stack.enter_context(no_grad())
        stack.enter_context(no_gc())
        assert not records()
        assert not gc.isenabled()
    assert records()


def test_block_can_be_entered_by_hand() -> None:
    switch = no_grad()
    for _ in range(2):
        switch.__enter__()
        assert not records()
        with switch:
            assert not records()
        switch.__exit__(None, None, None)
        assert records()


def test_threads_can_share_switch() -> None:
    switch = no_grad()
    both_inside = threading.Barrier(2)

    def work() -> list[bool]:
        seen = []
        with switch:
            both_inside.wait(120.0)
            seen.append(records())
        seen.append(records())
        return seen

    with ThreadPoolExecutor(2) as pool:
        works = [pool.submit(work), pool.submit(work)]
        assert [work.result() for work in works] == [[False, True]] * 2


def test_other_thread_records_during_block() -> None:
    with no_grad(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(records).result()
        assert not records()


def test_block_in_other_thread_pauses_only_it() -> None:
    inside, done = threading.Event(), threading.Event()
    seen: list[bool] = []

    def work() -> None:
        with no_grad():
            inside.set()
            done.wait(120.0)
            seen.append(records())

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(120.0)
    assert records()
    done.set()
    thread.join()
    assert seen == [False]


# ── decorators ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("decorate", [no_grad, no_grad()])
def test_decorator_works_without_parentheses(decorate: Callable[..., Any]) -> None:
    @decorate
    def computes(a: float, *, b: float) -> tuple[float, bool]:
        """Compute."""
        return a + b, records()

    assert computes(1.0, b=2.0) == (3.0, False)
    assert (computes.__name__, computes.__doc__) == ("computes", "Compute.")
    assert records()


def test_decorated_generator_pauses_only_its_steps() -> None:
    seen = []

    @no_grad()
    def steps() -> Generator[bool, bool, str]:
        seen.append((yield records()))
        try:
            yield records()
        except KeyError:
            yield records()
        finally:
            seen.append(records())
        return "done"

    def consumer() -> Generator[bool, bool, None]:
        seen.append((yield from steps()))

    assert inspect.isgeneratorfunction(steps)
    generator = consumer()
    assert next(generator) is False
    assert records()
    assert generator.send(True) is False
    assert generator.throw(KeyError("raised")) is False
    assert records()
    with pytest.raises(StopIteration):
        next(generator)
    assert seen == [True, False, "done"]
    assert next(steps()) is False


def test_decorated_generator_can_be_closed_early() -> None:
    ended = []

    @no_grad
    def steps() -> Iterator[bool]:
        try:
            yield records()
        finally:
            ended.append(records())

    generator = steps()
    assert next(generator) is False
    generator.close()
    assert ended == [False]
    assert records()


def result_of(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a new thread: in this one the browser of other tests keeps an event loop running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_decorated_coroutine_pauses_only_its_steps() -> None:
    @no_grad()
    async def computes() -> list[bool]:
        before = records()
        await asyncio.sleep(0)
        return [before, records()]

    async def other() -> list[bool]:
        seen = []
        for _ in range(3):
            seen.append(records())
            await asyncio.sleep(0)
        return seen

    async def both() -> Any:
        return await asyncio.gather(computes(), other(), computes())

    assert inspect.iscoroutinefunction(computes)
    assert result_of(both()) == [[False, False], [True, True, True], [False, False]]


def test_decorated_coroutine_propagates_exception() -> None:
    @no_grad
    async def fails() -> None:
        await asyncio.sleep(0)
        raise KeyError("raised")

    with pytest.raises(KeyError, match="raised"):
        result_of(fails())
    assert records()


def test_decorating_async_generator_raises() -> None:
    async def steps() -> AsyncIterator[bool]:
        yield records()

    with pytest.raises(
        OperandError,
        match=r"no_grad got 'function'(?s:.*); it takes a function that is not an asynchronous generator",
    ):
        no_grad()(steps)


def test_decorating_non_function_raises() -> None:
    with pytest.raises(
        OperandError, match=r"no_grad got 'bool'(?s:.*); it takes a function to decorate.*leave it out"
    ):
        no_grad(True)


def test_no_gc_decorates_generator() -> None:
    @no_gc
    def steps() -> Iterator[bool]:
        yield gc.isenabled()
        yield gc.isenabled()

    for enabled in steps():
        assert not enabled
        assert gc.isenabled()


# ── the recorder of a program ─────────────────────────────────────────────────────────────────────────────────


ANSWERS = {
    "refuse_to_read": None,
    "copy_into": 5.0,
    "decide": True,
    "compare": True,
    "equal": True,
    "detach": Value(5.0),
}


class Recorder(Recording):
    """A recorder that lists the calls it receives, and returns a fixed answer to each."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.calls.append((name, *arguments))
            return ANSWERS[name]

        return call


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    with recorder:
        yield recorder


def test_recorder_decides_what_leaves_the_graph(recorder: Recorder) -> None:
    x, y = Value(2.0), Value(3.0)
    assert (x.data, bool(x), x < y, x >= 1.0) == (2.0, True, True, True)
    assert x.detach() is ANSWERS["detach"]
    assert [name for name, *_ in recorder.calls] == ["refuse_to_read", "decide", "compare", "compare", "detach"]
    assert recorder.calls[2:4] == [("compare", operator.lt, x, y), ("compare", operator.ge, x, 1.0)]
    assert all(call[1] is x for call in (recorder.calls[0], recorder.calls[1], recorder.calls[4]))


def test_recorder_compares_node_with_number(recorder: Recorder) -> None:
    x = Value(2.0)
    assert (x == 3.0) is True
    assert x != Value(2.0)
    assert recorder.calls == [("equal", x, 3.0)]


def test_recorder_copies_node_that_is_assigned_as_data(recorder: Recorder) -> None:
    x = Value(2.0)
    copy = Value(x)
    assert copy._number == 5.0
    assert recorder.calls == [("copy_into", copy, x)]


def test_comparison_with_array_bypasses_recorder(recorder: Recorder) -> None:
    assert (np.array([1.0, 3.0]) > Value(2.0)).tolist() == [True, True]  # NumPy compares the elements one by one
    assert [name for name, *_ in recorder.calls] == ["compare", "compare"]


def test_no_grad_raises_while_recording(recorder: Recorder) -> None:
    with pytest.raises(RecordError, match=r"no_grad\(\) was entered"), no_grad():
        pass
    assert recorder.calls == []


def test_recorder_belongs_to_its_thread(recorder: Recorder) -> None:
    assert active_recorder() is recorder
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(active_recorder).result() is None


# ── no_gc ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_gc_disables_collector_in_block() -> None:
    with no_gc():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_no_gc_blocks_nest() -> None:
    switch = no_gc()
    with switch:
        with no_gc(), switch:
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_no_gc_leaves_disabled_collector_off() -> None:
    gc.disable()
    try:
        with no_gc():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_no_gc_enables_collector_after_exception() -> None:
    with pytest.raises(KeyError, match="inner"), no_gc():
        raise KeyError("inner")
    assert gc.isenabled()


def test_no_gc_decorates_function() -> None:
    @no_gc()
    def train(epochs: int) -> bool:
        return not gc.isenabled() and (epochs == 0 or train(epochs - 1)) and not gc.isenabled()

    assert train(3)
    assert gc.isenabled()
    assert train.__name__ == "train"


def test_no_gc_changes_no_gradient() -> None:
    with no_gc():
        x = Value(3.0)
        (x * x).backward()
    assert x.grad == 6.0
