"""Traces of random graphs: at every position, whichever way one came there, every number is the one that it must be.

The graphs are those of `random_programs`, from a seed, which is faster than drawing each step.
"""

from __future__ import annotations

import json
import math
import struct
from array import array
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value, topological_order
from autograd_tiny.trace import Trace
from autograd_tiny.trace.passes import Edges, Pass
from nn import MLP
from tests.random_programs import Step, compute, tame_program, wild_steps
from tests.sampling import campaign

pytestmark = [pytest.mark.once, pytest.mark.no_cover]  # other tests cover these lines, and tracing takes minutes

Snapshot = tuple[bytes, ...]
NOTHING = b"nothing yet"
LEAVES = 4


def bits(number: float | None) -> bytes:
    """Return a number so that 0.0 and -0.0 differ, and nan is nan: Python does not keep its sign."""
    if number is None:
        return NOTHING
    return struct.pack("<d", math.nan if math.isnan(number) else number)


def snapshot(trace: Trace) -> Snapshot:
    """Return the bits of all gradients and values at the cursor."""
    gradients = tuple(bits(trace.gradient(node)) for node in trace.nodes)
    return gradients + tuple(bits(trace.value(node)) for node in trace.nodes)


def expected(root: Value, *, forward: bool) -> list[Snapshot]:
    """Return the snapshot after each event, found by doing the pass step by step with a dict of numbers."""
    nodes = topological_order(root)
    gradients: dict[Value, float] = {}
    values = {node: node.data for node in nodes if node.primitive is None or not forward}

    def now() -> Snapshot:
        return tuple(bits(numbers.get(node)) for numbers in (gradients, values) for node in nodes)

    snapshots = [now()]
    for node in nodes if forward else []:
        if node.primitive is not None:
            values[node] = node.data
            snapshots.append(now())
    gradients[root] = 1.0
    snapshots.append(now())
    for node in reversed(nodes):
        for child, partial in zip(node.inputs, node.partials, strict=True):
            gradients[child] = gradients.get(child, 0.0) + partial * gradients[node]
            snapshots.append(now())
    return snapshots


def tame_graph(seed: int) -> Value:
    """Return the root of a graph all of whose numbers are of moderate size."""
    source = Random(seed)
    numbers, steps = tame_program(source, leaves=LEAVES, steps=source.randint(1, 25), recent=3)
    return compute([Value(number) for number in numbers], steps)[-1]


def wild_graph(numbers: list[float], steps: list[Step]) -> Value:
    """Return the root of a graph with every step of a program, whatever becomes of the numbers."""
    return at.sum(compute([Value(number) for number in numbers], steps))


EXTREMES = [0.0, -0.0, 1.0, -1.0, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan]


def wild_number(source: Random) -> float:
    return source.choice([*EXTREMES, *(source.uniform(-4.0, 4.0) for _ in EXTREMES)])


def assert_ends_as_backward(root: Value) -> None:
    trace = root.trace()
    trace.finish()
    nodes = trace.nodes
    walked = [trace.gradient(node) for node in nodes]
    root.backward()
    assert list(map(bits, walked)) == [bits(node.grad) for node in nodes]


seeds = st.integers(0, 2**32)


@campaign(100, 1000, seed=seeds)
def test_gradients_equal_those_of_backward(seed: int) -> None:
    assert_ends_as_backward(tame_graph(seed))


@campaign(100, 1000, seed=seeds)
def test_gradients_of_zeros_infinities_and_nan_equal_backward(seed: int) -> None:
    source = Random(seed)
    assert_ends_as_backward(wild_graph([wild_number(source) for _ in range(LEAVES)], wild_steps(source, LEAVES)))


@campaign(30, 300, seed=seeds)
def test_gradients_of_shared_weights_equal_backward(seed: int) -> None:
    source = Random(seed)
    model = MLP(2, [source.randint(1, 4) for _ in range(3)], bias=source.random() < 0.5, seed=seed)
    examples = [[wild_number(source), Value(source.uniform(-2.0, 2.0))] for _ in range(4)]
    outputs = [model(example) for example in [*examples, examples[0]]]
    assert_ends_as_backward(at.sum([at.sum(output) if isinstance(output, list) else output for output in outputs]))


@campaign(100, 1000, seed=seeds, forward=st.booleans())
def test_steps_back_restore_every_number(seed: int, forward: bool) -> None:
    root = tame_graph(seed)
    trace, snapshots = root.trace(forward=forward), expected(root, forward=forward)
    assert len(trace) == len(snapshots) - 1
    source = Random(seed)
    for position in range(len(trace) + 1):
        assert trace.cursor == position
        far = source.randint(1, 3) if position else len(trace)
        done = [trace.step() for _ in range(min(far, len(trace) - position))]
        assert snapshot(trace) == snapshots[trace.cursor]
        undone = [trace.back() for _ in done]
        assert undone == done[::-1]
        assert snapshot(trace) == snapshots[position]
        trace.step()


@campaign(100, 1000, seed=seeds, forward=st.booleans())
def test_goto_does_not_depend_on_the_start(seed: int, forward: bool) -> None:
    root, source = tame_graph(seed), Random(seed)
    trace, snapshots = root.trace(forward=forward), expected(root, forward=forward)
    for _ in range(20):
        trace.goto(source.randint(0, len(trace)))
        assert snapshot(trace) == snapshots[trace.cursor]


@campaign(40, 400, seed=seeds, forward=st.booleans())
def test_events_match_the_numbers(seed: int, forward: bool) -> None:
    trace = tame_graph(seed).trace(forward=forward)
    for event in trace:
        if event.kind == "contribution":
            assert trace.gradient(event.input) == event.before
            assert trace.gradient(event.node) == event.upstream
            consumer = trace.find(event.node)
            assert consumer.inputs[event.position] is trace.find(event.input)
            assert consumer.partials[event.position] == event.partial
            assert event.contribution == event.partial * event.upstream
        assert trace.step() == event
        changed = event.node if event.input is None else event.input
        look = trace.value if event.kind == "forward" else trace.gradient
        assert look(changed) == event.after


def ends_of_nodes(trace: Trace) -> Iterator[int]:
    """Yield the positions between the nodes: where the next event is of another node, or another pass."""
    events = list(trace)
    for place, (event, following) in enumerate(pairwise(events), start=1):
        if event.node != following.node or (event.kind == "forward") != (following.kind == "forward"):
            yield place
    yield len(events)


@campaign(40, 400, seed=seeds, forward=st.booleans())
def test_node_steps_reach_both_ends(seed: int, forward: bool) -> None:
    trace = tame_graph(seed).trace(forward=forward)
    ends = [0, *ends_of_nodes(trace)]
    trace.goto(Random(seed).randint(0, len(trace)))
    for end in [end for end in ends if end > trace.cursor]:
        assert trace.node() == trace[end - 1]
        assert trace.cursor == end
    assert trace.node() is None
    for end in reversed(ends[:-1]):
        assert trace.node(back=True) == trace[end]
        assert trace.cursor == end
    assert trace.node(back=True) is None


@campaign(60, 600, seed=seeds)
def test_set_equals_a_new_graph(seed: int) -> None:
    source = Random(seed)
    steps, numbers = wild_steps(source, LEAVES), [wild_number(source) for _ in range(LEAVES)]
    leaf, number = source.randrange(LEAVES), wild_number(source)
    root = wild_graph(numbers, steps)
    trace = root.trace()
    trace.set(root.inputs[leaf], number)
    other = wild_graph([*numbers[:leaf], number, *numbers[leaf + 1 :]], steps).trace()
    trace.finish()
    other.finish()
    assert snapshot(trace) == snapshot(other)
    trace.reset()
    fresh = root.trace()
    fresh.finish()
    assert snapshot(trace) == snapshot(fresh)


@campaign(30, 300, seed=seeds)
def test_every_gradient_agrees_with_its_difference(seed: int) -> None:
    trace = tame_graph(seed).trace()
    for node in trace.nodes:
        check = trace.check(node)
        assert check.agrees or check.kinks, check


@campaign(50, 500, seed=seeds)
def test_every_question_has_an_answer(seed: int) -> None:
    source = Random(seed)
    trace = wild_graph([wild_number(source) for _ in range(LEAVES)], wild_steps(source, LEAVES)).trace(forward=True)
    trace.goto(source.randint(0, len(trace)))
    leaf, node = trace.root.inputs[source.randrange(LEAVES)], source.choice(trace.nodes)
    answers = [
        trace.why(node),
        trace.notes(node),
        trace.notes(),
        trace.check(node),
        trace.set(leaf, wild_number(source)),
    ]
    assert all(map(repr, [*answers, trace, trace._repr_markdown_(), trace.step(), trace.node(back=True)]))
    json.dumps(trace.as_json(), allow_nan=False)


# ── the tester is tested ──────────────────────────────────────────────────────────────────────────────────────


def test_subtraction_in_undo_is_found() -> None:
    a = Value(0.1)
    big = a * 1e16
    (contribution, *_) = [event for event in (big + a * 3.0).trace() if event.before is not None]
    assert contribution.after - contribution.contribution != contribution.before


def test_wrong_order_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Pass.__init__

    def swapped(self: Pass, edges: Edges, values: array[float], partials: array[float]) -> None:
        edges.target.reverse()
        right(self, edges, values, partials)
        edges.target.reverse()

    monkeypatch.setattr(Pass, "__init__", swapped)
    a, b = Value(2.0), Value(3.0)
    with pytest.raises(AssertionError):
        assert_ends_as_backward(a * b + a)
