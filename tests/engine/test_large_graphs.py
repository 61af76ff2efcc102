"""Deep and wide graphs of up to a million nodes work within the default recursion limit: nothing recurses."""

from __future__ import annotations

import copy
import pickle
import sys
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest

from autograd_tiny import Value, dot, leaves, no_gc, topological_order
from autograd_tiny import sum as sum_of
from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.graph import count
from tests.sampling import sizes

MILLION = 1_000_000

pytestmark = pytest.mark.no_cover  # smaller graphs cover these lines, and to trace a million times takes minutes


@pytest.fixture(autouse=True)
def _the_default_recursion_limit_without_collector() -> Iterator[None]:
    assert sys.getrecursionlimit() <= 1100
    with no_gc():
        yield


def chain(length: int) -> tuple[Value, Value]:
    """Return the leaf and the root of a chain of products and sums in turn."""
    x = node = Value(1.0, label="x")
    for _ in range(length // 2):
        node = node * 1.0 + 1.0
    return x, node


def chain_of_lists(length: int) -> tuple[Value, Value]:
    """Return the leaf and the root of a chain of n-ary nodes."""
    x = node = Value(1.0, label="x")
    for _ in range(length):
        node = sum_of([node, 1.0])
    return x, node


def tree(number: int) -> tuple[list[Value], Value]:
    """Return the leaves and the root of a balanced tree of sums and products."""
    layer = bottom = [Value(1.0) for _ in range(number)]
    while len(layer) > 1:
        layer = [x + y for x, y in zip(layer[::2], layer[1::2], strict=True)]
    return bottom, layer[0]


def test_chain_of_million_nodes() -> None:
    x, root = chain(MILLION)
    assert root.data == 1.0 + MILLION / 2
    root.backward()
    root.backward()
    assert (x.grad, root.grad) == (2.0, 1.0)
    assert repr(root) == f"Value(data={root.data}, grad=1.0)"
    assert copy.copy(root).inputs == root.inputs
    assert count(root) == MILLION + 1
    assert leaves(root) == [x]
    root.zero_grad()
    assert x.grad == 0.0
    inner = weakref.ref(root.inputs[0])
    del root
    assert inner() is None


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda root: pickle.loads(pickle.dumps(root))], ids=["deepcopy", "pickle"]
)
@sizes("length", 100_000, MILLION)
def test_copy_of_long_chain(again: Callable[[Value], Value], length: int) -> None:
    x, root = chain(length)
    twin = again(root)
    del root
    twin.backward()
    order, (leaf,) = backward_order(twin)
    assert len(order) == length
    assert (leaf.label, leaf.grad, x.grad) == ("x", 1.0, 0.0)


@sizes("number", 2**16, 2**19)
def test_wide_tree(number: int) -> None:
    bottom, root = tree(number)
    root.backward()
    assert root.data == number
    assert all(leaf.grad == 1.0 for leaf in bottom)
    assert repr(root) == f"Value(data={float(number)}, grad=1.0)"
    order = topological_order(root)
    assert len(order) == 2 * number - 1
    del order
    inner = weakref.ref(root.inputs[1])
    del root
    assert inner() is None


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda root: pickle.loads(pickle.dumps(root))], ids=["deepcopy", "pickle"]
)
@sizes("number", 2**14, 2**17)
def test_copy_of_wide_tree(again: Callable[[Value], Value], number: int) -> None:
    _, root = tree(number)
    twin = again(root)
    del root
    twin.backward()
    bottom = leaves(twin)
    assert len(bottom) == number
    assert all(leaf.grad == 1.0 for leaf in bottom)


@sizes("number", 100_000, MILLION)
def test_sum_of_many_nodes(number: int) -> None:
    xs = [Value(1.0) for _ in range(number)]
    root = sum_of(xs)
    root.backward()
    assert root.data == number
    assert all(x.grad == 1.0 for x in xs)
    assert len(repr(root)) < 50
    assert len(topological_order(root)) == number + 1


@sizes("number", 100_000, MILLION)
def test_dot_of_many_products(number: int) -> None:
    ws = [Value(2.0) for _ in range(number)]
    root = dot(ws, [0.5] * number, Value(1.0))
    root.backward()
    assert root.data == number + 1.0
    assert all(w.grad == 0.5 for w in ws)


@sizes("length", 20_000, 200_000)
def test_chain_of_nary_nodes(length: int) -> None:
    x, root = chain_of_lists(length)
    root.backward()
    assert (root.data, x.grad) == (length + 1.0, 1.0)
    twin = copy.deepcopy(root)
    inner = weakref.ref(root.inputs[0])
    del root
    assert inner() is None
    assert count(pickle.loads(pickle.dumps(twin))) == length + 1


def test_nodes_used_twice_take_linear_time() -> None:
    x = node = Value(1.0)
    for _ in range(1000):
        node = (node + node) * 0.5
    node.backward()
    assert x.grad == 1.0
    assert count(node) == 2001
    assert count(copy.deepcopy(node)) == count(pickle.loads(pickle.dumps(node))) == 2001


def test_small_stack_is_enough() -> None:
    stack = 2 * 1024 * 1024  # CPython 3.13 itself takes 1 MiB to free any long chain of objects
    results: list[float] = []

    def work() -> None:
        x, root = chain(100_000)
        root.backward()
        pickle.loads(pickle.dumps(copy.deepcopy(root)))
        del root
        results.append(x.grad)

    before = threading.stack_size(stack)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert results == [1.0]
