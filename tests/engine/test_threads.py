"""Several threads may use one graph: every traversal and every gradient is exact, or the call is refused."""

from __future__ import annotations

import bdb
import copy
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from autograd_tiny import Value, dot, exp, grad
from autograd_tiny import sum as sum_of
from autograd_tiny.engine.backward_order import PASS, backward_order
from autograd_tiny.errors import NestedPassError

THREADS = 8
is_locked = PASS._is_owned  # a function that names the lock itself counts as a pass


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def graph() -> tuple[Value, list[Value]]:
    """Return the root of a graph with shared nodes of one, two and many inputs, and its leaves."""
    leaves = [Value(0.1 * k - 0.3) for k in range(6)]
    x, y = leaves[0], leaves[1]
    for _ in range(10):
        x, y = exp(x * y) - sum_of([*leaves, x]), dot([x, y], leaves[2:4], y) / 8.0
    return x * y, leaves


def in_threads(call: Callable[[], Any]) -> list[Any]:
    """Call a function in several threads at once, and return the results."""
    start = threading.Barrier(THREADS)

    def work() -> list[Any]:
        start.wait(120.0)
        return [call() for _ in range(50)]

    with ThreadPoolExecutor(THREADS) as pool:
        return [result for work in [pool.submit(work) for _ in range(THREADS)] for result in work.result()]


@pytest.mark.no_cover
def test_grad_is_exact_in_every_thread() -> None:
    root, leaves = graph()
    expected = [slope.data for slope in grad(root, leaves)]
    for slopes in in_threads(lambda: [slope.data for slope in grad(root, leaves)]):
        assert slopes == expected


def test_order_is_the_same_in_every_thread() -> None:
    root, _ = graph()
    expected = backward_order(root)
    assert all(order == expected for order in in_threads(lambda: backward_order(root)))


@pytest.mark.no_cover
def test_backward_passes_of_threads_add_up() -> None:
    root, leaves = graph()
    for _ in range(50 * THREADS):
        root.backward()
    expected = [leaf.grad for leaf in leaves]
    root.zero_grad()
    in_threads(root.backward)
    assert [leaf.grad for leaf in leaves] == expected


def test_passes_over_shared_leaves_add_up() -> None:
    a = Value(3.0)
    roots = [a * k for k in range(1, 9)]
    in_threads(lambda: [root.backward() for root in roots])
    assert a.grad == 36.0 * 50 * THREADS


def test_zero_grad_waits_for_backward() -> None:
    root, leaves = graph()
    root.backward()
    once = leaves[0].grad
    zero = threading.Thread(target=root.zero_grad)
    with PASS:
        zero.start()
        zero.join(0.05)
        assert leaves[0].grad == once
    zero.join()
    assert leaves[0].grad == 0.0


@pytest.mark.no_cover
@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda root: pickle.loads(pickle.dumps(root))])
def test_copies_are_exact_in_every_thread(twin_of: Callable[[Value], Value]) -> None:
    root, _ = graph()
    size = len(backward_order(root)[0])
    for twin in in_threads(lambda: twin_of(root)):
        assert len(backward_order(twin)[0]) == size
        assert twin.data == root.data


def test_traversal_during_a_traversal_uses_no_marks() -> None:
    root, _ = graph()
    expected = backward_order(root)
    marks = [node._mark for node in expected[0]]
    with PASS:
        assert backward_order(root) == expected
    assert [node._mark for node in expected[0]] == marks


@pytest.mark.parametrize("method", ["backward", "zero_grad"])
def test_pass_during_a_pass_of_the_same_thread_raises(method: str) -> None:
    class Calling(tuple[float, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[float]:
            getattr(root, method)()
            return iter(())

    a = Value(2.0)
    total = sum_of([a, a])
    root = total * a
    before = total._dx
    total._dx = Calling()
    with pytest.raises(NestedPassError, match=rf"{method}\(\) was called during a backward pass of the same thread"):
        root.backward()
    assert (a.grad, total.grad, root.grad) == (0.0, 0.0, 0.0)
    total._dx = before
    root.backward()
    assert a.grad == 8.0


@pytest.mark.parametrize("method", ["backward", "zero_grad"])
def test_debugger_that_is_quit_during_a_pass_leaves_no_lock(method: str) -> None:
    a = Value(2.0)
    root = a * a

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal left
        if frame.f_code.co_name != method:
            return None
        left -= event == "line"
        if left < 0:
            raise bdb.BdbQuit
        return trace

    before, locked, lines, left = sys.gettrace(), 0, 0, -1
    while left < 0:  # until the pass is over before the debugger is quit
        left = lines = lines + 1
        sys.settrace(trace)
        try:
            with suppress(bdb.BdbQuit):
                getattr(root, method)()
        finally:
            sys.settrace(before)
        locked += is_locked()
        root.zero_grad()
        assert not is_locked()
        root.backward()
        assert a.grad == 4.0
    assert locked > 0


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # from Python 3.12 on
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_fork_during_a_pass_of_another_thread_does_not_block() -> None:
    root, leaves = graph()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with PASS:
            held.set()
            done.wait(120.0)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(120.0)
    child = os.fork()
    if child == 0:  # pragma: no cover - in another process
        root.backward()
        os._exit(0 if leaves[0].grad else 1)
    done.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
