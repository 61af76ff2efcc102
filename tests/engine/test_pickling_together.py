"""Nodes that are pickled or copied together: each is stored once, in linear time, whoever else pickles."""

from __future__ import annotations

import copy
import io
import multiprocessing
import pickle
import random
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from autograd_tiny import Value, dot, tanh, topological_order
from autograd_tiny import sum as sum_of
from autograd_tiny.engine.copying import MOST_TABLES, TABLES
from autograd_tiny.engine.node import Node

PICKLERS: list[Any] = [pickle.Pickler, pickle._Pickler]  # type: ignore[attr-defined]  # in C and in Python


def dumped(thing: Any, pickler: Any = pickle.Pickler, protocol: int = pickle.DEFAULT_PROTOCOL) -> bytes:
    file = io.BytesIO()
    pickler(file, protocol).dump(thing)
    return file.getvalue()


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


every_deep_copy = pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled], ids=["deepcopy", "pickle"])


def chain(length: int) -> list[Value]:
    """Return the nodes of a chain, from the leaf."""
    nodes = [Value(0.5, label="x")]
    for _ in range(length):
        nodes.append(tanh(nodes[-1]))
    return nodes


def graph(seed: int, size: int = 40) -> list[Value]:
    """Return the nodes of a random graph, with gradients."""
    rng, nodes = random.Random(seed), [Value(0.1 * k, label=str(k)) for k in range(4)]
    for _ in range(size):
        a, b = rng.choice(nodes), rng.choice(nodes)
        nodes.append(rng.choice([a * b, tanh(a), a - 2.0 * b, sum_of([a, b, a]), dot([a, b], [b, a], a)]))
    nodes[-1].backward()
    return nodes


def description(nodes: list[Value]) -> list[Any]:
    """Return the fields of all nodes below, and which of them are given."""
    order = topological_order(*nodes)
    position = {node: k for k, node in enumerate(order)}
    fields = [
        (type(x), x.data, x.grad, x.label, x.primitive, x.partials, [position.get(y, y) for y in x.operands])
        for x in order
    ]
    return [*fields, [position[node] for node in nodes]]


@pytest.mark.no_cover
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("pickler", PICKLERS)
@pytest.mark.parametrize("turned", [False, True])
def test_pickled_chain_is_linear_in_its_nodes(pickler: Any, protocol: int, turned: bool) -> None:
    sizes = []
    for length in (200, 400):
        nodes = chain(length)
        stored = dumped(nodes[::-1] if turned else nodes, pickler, protocol)
        sizes.append(len(stored))
        twins = pickle.loads(stored)
        twins = twins[::-1] if turned else twins
        assert all(node.inputs == (child,) for child, node in pairwise(twins))
    assert sizes[1] < 2.1 * sizes[0] < 2.1 * 200 * 300


@every_deep_copy
def test_copied_chain_visits_each_node_a_few_times(duplicate: Callable[[Any], Any]) -> None:
    nodes, calls = chain(500), 0
    visit = vars(Node)["inputs"].fget.__code__

    def profile(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code is visit

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        duplicate(nodes)
    finally:
        sys.setprofile(before)
    assert 0 < calls < 2000


@every_deep_copy
@pytest.mark.parametrize("seed", range(20))
def test_nodes_share_what_they_shared(duplicate: Callable[[Any], Any], seed: int) -> None:
    nodes = graph(seed)
    some = random.Random(seed).choices(nodes, k=10)
    assert description(duplicate(some)) == description(some)


def test_node_changed_between_two_pickles_is_stored_as_it_is() -> None:
    nodes = graph(1)
    first = pickle.dumps(nodes)
    before = description(nodes)
    nodes[0].data, nodes[-1].grad, nodes[2].label = 7.0, 9.0, "new"
    assert description(pickled(nodes)) == description(nodes) != before == description(pickle.loads(first))


@pytest.mark.parametrize("pickler", PICKLERS)
def test_one_pickler_stores_each_node_once(pickler: Any) -> None:
    nodes, file = graph(2), io.BytesIO()
    stream = pickler(file)
    for node in nodes:
        stream.dump(node)
    file.seek(0)
    reader = pickle.Unpickler(file)
    assert description([reader.load() for _ in nodes]) == description(nodes)


@pytest.mark.parametrize("turns", [1, 3])
def test_picklers_that_take_turns_are_right(turns: int) -> None:
    nodes = graph(3)
    files = [io.BytesIO() for _ in range(2)]
    streams = [pickle.Pickler(file) for file in files]
    for k, node in enumerate(nodes):
        for stream, file in list(zip(streams, files, strict=True))[:: 1 if k % turns == 0 else 2]:
            start = file.tell()
            stream.dump(node)
            assert file.tell() > start
    for file, count in zip(files, (len(nodes), len(nodes[::turns])), strict=True):
        file.seek(0)
        reader = pickle.Unpickler(file)
        expected = nodes if count == len(nodes) else nodes[::turns]
        for node in expected:
            assert description([reader.load()]) == description([node])
    assert len(TABLES.references) <= MOST_TABLES + 1


def test_pickler_that_forgets_stores_a_graph_anew() -> None:
    nodes, file = graph(4), io.BytesIO()
    stream = pickle.Pickler(file)
    stream.dump(nodes)
    stream.clear_memo()
    nodes[0].data = 7.0
    start = file.tell()
    stream.dump(nodes)
    file.seek(start)
    assert description(pickle.load(file)) == description(nodes)


def test_pickler_without_memory_stores_each_graph() -> None:
    nodes, file = graph(5, size=5), io.BytesIO()
    stream = pickle.Pickler(file)
    stream.fast = True
    stream.dump(nodes)
    file.seek(0)
    for twin, node in zip(pickle.load(file), nodes, strict=True):
        assert (twin.data, len(twin.inputs)) == (node.data, len(node.inputs))


class Boxed:
    """Pickles a node within another pickle."""

    def __init__(self, node: Value) -> None:
        self.node = node

    def __reduce__(self) -> tuple[Any, ...]:
        return Boxed, (pickled(self.node),)


def test_pickle_within_a_pickle_does_not_disturb_it() -> None:
    nodes = graph(6)
    first, box, middle, other, last = pickled([nodes[10], Boxed(nodes[20]), nodes[30], Boxed(nodes[-1]), nodes[-1]])
    assert description([first, middle, last]) == description([nodes[10], nodes[30], nodes[-1]])
    assert description([box.node]) == description([nodes[20]])
    assert description([other.node]) == description([nodes[-1]])


def test_table_ends_with_its_pickle() -> None:
    pickle.dumps(graph(7))
    assert [reference() for reference in TABLES.references] == [None]


def test_interrupted_pickle_leaves_nothing_behind() -> None:
    class Interrupting:
        def __reduce__(self) -> tuple[Any, ...]:
            raise KeyboardInterrupt

    nodes = graph(8)
    for position in (1, 10, 30):
        with pytest.raises(KeyboardInterrupt):
            pickle.dumps([*nodes[:position], Interrupting(), *nodes[position:]])
        assert description(pickled(nodes)) == description(nodes)


@pytest.mark.no_cover
def test_threads_pickle_one_graph_exactly() -> None:
    nodes = graph(9)
    expected, interval = description(nodes), sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            twins = list(pool.map(lambda _: pickled(nodes), range(80)))
    finally:
        sys.setswitchinterval(interval)
    assert all(description(twin) == expected for twin in twins)


@pytest.mark.no_cover
def test_process_gets_shared_nodes() -> None:
    nodes = graph(10)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(description, (nodes,)) == description(nodes)


# ── subclasses ──


class Named(Value):
    """A leaf with attributes."""

    loss: Value
    middle: Value


class Slotted(Value):
    """A node of another class."""

    __slots__ = ()


@every_deep_copy
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1)])
def test_attributes_may_hold_nodes_above(duplicate: Callable[[Any], Any], order: tuple[int, ...]) -> None:
    leaf = Named(1.0)
    leaf.middle = leaf * 2.0
    leaf.loss = tanh(leaf.middle)
    nodes = [leaf, leaf.middle, leaf.loss]
    twins = dict(zip(order, duplicate([nodes[k] for k in order]), strict=True))
    assert twins[0].loss is twins[2]
    assert twins[0].middle is twins[1] is twins[2].inputs[0]
    assert twins[1].inputs == (twins[0],)


@pytest.mark.no_cover
@every_deep_copy
@pytest.mark.parametrize("length", [3000, 3001])
def test_deep_chain_of_two_classes_keeps_them(duplicate: Callable[[Any], Any], length: int) -> None:
    nodes = chain(length)
    for node in nodes[1::2]:
        node.__class__ = Slotted
    assert description([duplicate(nodes[-1])]) == description([nodes[-1]])


@every_deep_copy
def test_inner_node_keeps_its_attributes(duplicate: Callable[[Any], Any]) -> None:
    inner, a = Named(0.0), Value(2.0)
    square = a * a
    for slot in ("_number", "primitive", "_x", "_dx", "_y", "_dy"):
        setattr(inner, slot, getattr(square, slot))
    inner.middle = a
    above, twin = duplicate([tanh(inner), inner])
    assert above.inputs == (twin,)
    assert twin.middle is twin.inputs[0]
