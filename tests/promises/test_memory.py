"""Promise: nothing that a user does leaves a reference cycle, and training does not take more and more memory.

Without the garbage collector, what is dropped is freed at once, however deep a graph is.
"""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
import nn
from autograd_tiny import Value, dot, exp, grad, topological_order
from autograd_tiny import sum as sum_of
from autograd_tiny.engine.hooks import HookHandle
from autograd_tiny.replay import compiling
from tests.promises.large_graphs import resident_bytes
from tests.promises.uses import USES, Use
from tests.replay.backends import BACKENDS, needs_compiler
from tests.sampling import sizes

pytestmark = pytest.mark.no_cover  # other tests cover these lines, and to trace a million nodes takes minutes


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    gc.disable()
    gc.freeze()  # what is there already is not searched each time, as after collection
    yield
    gc.enable()


# ── no cycles ─────────────────────────────────────────────────────────────────────────────────────────────────


def garbage_of(use: Use, folder: Path) -> dict[str, int]:
    """Return the objects that only the garbage collector finds after a use, counted by types."""
    use(folder)  # once before: imports and caches
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        use(folder)
        gc.collect()
        return Counter(kind_of(thing) for thing in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


def kind_of(thing: object) -> str:
    """Return the name of a type with its module; of a function its own."""
    named: Any = thing if callable(thing) and hasattr(thing, "__qualname__") else type(thing)
    return f"{named.__module__}.{named.__qualname__}"


def assert_no_cycle(use: Use, folder: Path, *, foreign: str = "") -> None:
    """Assert that a use leaves no garbage; where another package makes cycles, none of ours in it."""
    found = garbage_of(use, folder)
    if any(name.startswith(f"{foreign}.") for name in found):
        found = {name: n for name, n in found.items() if name.startswith(("autograd_tiny.", "nn.", "tests."))}
    assert found == {}, f"{use.__name__} leaves {found}"


def test_no_use_leaves_a_cycle(tmp_path: Path, report_figure: Callable[[str], None]) -> None:
    for name, use in USES.items():
        if name != "replay_in_c":
            assert_no_cycle(use, tmp_path)
    report_figure(f"{len(USES)} uses, from hooks to pictures and errors: 0 objects in cycles")


@pytest.mark.once
@needs_compiler
def test_replay_in_c_leaves_no_cycle(tmp_path: Path) -> None:
    assert_no_cycle(USES["replay_in_c"], tmp_path, foreign="ctypes")


def test_planted_cycle_of_a_hook_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = HookHandle.__init__

    def with_itself_as_token(handle: Any, node: Value, hook: Callable[[float], object]) -> None:
        right(handle, node, hook)
        handle._hooks[handle] = handle._hooks.pop(handle._token)
        handle._token = handle

    monkeypatch.setattr(HookHandle, "__init__", with_itself_as_token)
    with pytest.raises(AssertionError, match=r"hooks leaves .*HookHandle"):
        assert_no_cycle(USES["hooks"], tmp_path)


def test_planted_cycle_of_a_program_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def compiled(source: str, functions: list[str], names: dict[str, Any]) -> Any:
        namespace: dict[str, Any] = {"__builtins__": {}, **names}
        exec(compiling._code(source), namespace)
        return [namespace[function] for function in functions]

    monkeypatch.setattr("autograd_tiny.replay.python_backend.backend.compiled", compiled)
    with pytest.raises(AssertionError, match="replay_in_python leaves"):
        assert_no_cycle(USES["replay_in_python"], tmp_path)


# ── flat memory ───────────────────────────────────────────────────────────────────────────────────────────────

GROWTH = 4096
"""Bytes by which the memory may grow over all steps: lists that are half full, numbers that are interned."""


def eager_step() -> Callable[[], object]:
    """Return a step of training in eager code."""
    model = nn.MLP(2, [2, 1], hidden="tanh", seed=0)
    optimizer = nn.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def step() -> None:
        loss = nn.losses.squared_error(model([0.5, -1.0]), 0.25)
        model.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def replayed_step(backend: str) -> Callable[[], object]:
    """Return a step of training by a replayed program."""
    w = [Value(0.5), Value(-0.25), Value(0.1)]
    xs, ys = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([1.0, -1.0])

    def loss(x: Any, y: Any) -> Any:
        return (at.tanh(w[0] * x[0] + w[1] * x[1] + w[2]) - y) ** 2

    program = at.record(loss, inputs=(xs[0], ys[0]), parameters=w, backend=backend)

    def step() -> None:
        program.backward(xs, ys)
        for leaf in w:
            leaf.data -= 1e-3 * leaf.grad
            leaf.grad = 0.0

    return step


def growth_of(step: Callable[[], object], steps: int) -> tuple[int, int, int]:
    """Return by how much steps let memory grow: bytes that Python allocated, bytes of the process, objects.

    Python's allocations are traced over the last tenth of the steps, since tracing slows them.
    """
    for _ in range(100):
        step()
    resident, objects = resident_bytes(), len(gc.get_objects())
    for _ in range(steps - steps // 10):
        step()
    resident = resident_bytes() - resident
    tracemalloc.start()
    try:
        step()
        allocated = tracemalloc.get_traced_memory()[0]
        for _ in range(steps // 10):
            step()
        allocated = tracemalloc.get_traced_memory()[0] - allocated
    finally:
        tracemalloc.stop()
    return allocated, resident, len(gc.get_objects()) - objects


def check_memory(step: Callable[[], object], steps: int) -> str:
    """Assert that memory does not grow over steps, and return the figures."""
    allocated, resident, objects = growth_of(step, steps)
    assert objects <= 10, f"{objects} more objects"
    assert allocated <= GROWTH, f"{allocated} more bytes allocated"
    assert resident <= 2**20, f"{resident} more bytes in the process"
    return (
        f"{allocated:,} more bytes allocated in the last tenth, {resident:,} in the process, {objects} more objects"
    )


@sizes("steps", 500, 100_000)
def test_training_takes_no_more_memory(steps: int, report_figure: Callable[[str], None]) -> None:
    report_figure(f"{steps:,} eager steps: {check_memory(eager_step(), steps)}")


@sizes("steps", 500, 100_000)
@pytest.mark.parametrize("backend", BACKENDS)
def test_replayed_training_takes_no_more_memory(
    backend: str, steps: int, report_figure: Callable[[str], None]
) -> None:
    report_figure(f"{steps:,} steps replayed by {backend}: {check_memory(replayed_step(backend), steps)}")


def test_planted_leak_of_a_node_a_step_is_found() -> None:
    step, kept = eager_step(), []

    def leaking() -> None:
        step()
        kept.append(Value(0.5))

    with pytest.raises(AssertionError, match="more objects"):
        check_memory(leaking, 500)


def test_planted_leak_of_bytes_is_found() -> None:
    step, kept = eager_step(), []

    def leaking() -> None:
        step()
        kept.append(float(len(kept)) * 0.1)  # the collector does not count floats

    with pytest.raises(AssertionError, match="more bytes allocated"):
        check_memory(leaking, 2000)


# ── graphs are freed at once ──────────────────────────────────────────────────────────────────────────────────


def small() -> Value:
    a, b = Value(1.0), Value(2.0)
    c = a * b + a
    return dot([a, c], [exp(c), b], sum_of([c, c, 1.0])) ** 2.0


def deep() -> Value:
    node = Value(1.0)
    for _ in range(5_000):
        node = node + 1.0
    return node


def deep_and_many() -> Value:
    node = Value(1.0)
    for _ in range(5_000):
        node = sum_of([node, 1.0])
    return node


@pytest.mark.parametrize("build", [small, deep, deep_and_many])
@pytest.mark.parametrize("prepare", [lambda root: None, Value.backward, repr, topological_order])
def test_dropped_graph_is_freed_at_once(build: Callable[[], Value], prepare: Callable[[Value], object]) -> None:
    root = build()
    prepare(root)
    nodes = [weakref.ref(node) for node in topological_order(root)]
    del root
    assert [node for node in nodes if node() is not None] == []


def test_dropped_derivatives_are_freed_at_once() -> None:
    root = small()
    slopes = grad(root, topological_order(root))
    nodes = [weakref.ref(node) for node in topological_order(*slopes)]
    del root, slopes
    assert [node for node in nodes if node() is not None] == []


def test_referenced_part_of_graph_stays() -> None:
    a = Value(2.0)
    kept = a * a
    root = exp(kept)
    dropped = weakref.ref(root)
    del root
    assert dropped() is None
    kept.backward()
    assert a.grad == 4.0


def test_failed_operation_keeps_nothing_alive() -> None:
    a = Value(2.0)
    nodes = weakref.WeakSet([a])
    with pytest.raises(TypeError):
        nodes.add(a * a + "2")
    del a
    assert len(nodes) == 0
