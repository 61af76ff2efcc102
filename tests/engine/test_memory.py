"""Graphs hold no reference cycles: without the garbage collector, a dropped graph is freed at once, however deep."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

from autograd_tiny import Value, dot, exp, grad, topological_order
from autograd_tiny import sum as sum_of

pytestmark = pytest.mark.no_cover  # smaller graphs cover these lines, and to trace a million times takes minutes


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def small() -> Value:
    a, b = Value(1.0), Value(2.0)
    c = a * b + a
    return dot([a, c], [exp(c), b], sum_of([c, c, 1.0])) ** 2.0


def deep() -> Value:
    node = Value(1.0)
    for _ in range(50_000):
        node = node + 1.0
    return node


def deep_and_many() -> Value:
    node = Value(1.0)
    for _ in range(50_000):
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
