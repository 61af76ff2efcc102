"""The cursor of a pass against the events themselves, on random graphs."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_tiny import Value
from autograd_tiny.debugger.inspect_commands import number_of_paths
from autograd_tiny.debugger.pass_cursor import PassCursor, enclosing_module, kinds_of
from autograd_tiny.trace import Trace

seeds = st.integers(0, 10**6)


def random_graph(draw: random.Random) -> Value:
    nodes = [Value(draw.uniform(-2.0, 2.0)) for _ in range(3)]
    for _ in range(draw.randrange(1, 25)):
        x, y = draw.choice(nodes), draw.choice(nodes)
        nodes.append(draw.choice([x * y, x + y, x.tanh(), x - 1.0, Value(1.0)]))
    return nodes[-1]


@given(seeds)
def test_events_know_their_nodes(seed: int) -> None:
    cursor = PassCursor(random_graph(random.Random(seed)))
    for place, event in enumerate(cursor.trace):
        assert cursor.trace.names[cursor.node_at(place)] == event.node
        assert cursor.trace.names[cursor.receiver_at(place)] == (event.input or event.node)


@given(seeds)
def test_nodes_know_when_they_receive(seed: int) -> None:
    cursor = PassCursor(random_graph(random.Random(seed)))
    trace = cursor.trace
    for node in trace.nodes:
        received = [
            place
            for place, event in enumerate(trace)
            if event.kind != "forward" and (event.input or event.node) == trace.names[node]
        ]
        computed = [k for k, event in enumerate(trace) if event.kind == "forward" and event.node == trace.names[node]]
        assert cursor.received_at(node) == received
        assert cursor.received_at(node, forward=True) == computed


@given(seeds)
def test_nodes_visit_same_places_both_ways(seed: int) -> None:
    cursor = PassCursor(random_graph(random.Random(seed)))
    for forward in (True, False):
        cursor.enter(forward=forward)
        places, events = [cursor.done], []
        while not cursor.is_at_end:
            events += cursor.nodes(1)
            places.append(cursor.done)
        assert len(events) == cursor.total
        back = [cursor.done]
        while not cursor.is_at_start:
            cursor.nodes(1, back=True)
            back.append(cursor.done)
        assert back == places[::-1]
        assert cursor.nodes(1, back=True) == ()


@given(seeds, st.lists(st.integers(-3, 30)))
def test_gradients_depend_on_place_only(seed: int, moves: list[int]) -> None:
    root = random_graph(random.Random(seed))
    cursor = PassCursor(root)
    for move in moves:
        cursor.steps(abs(move), back=move < 0)
    fresh = Trace(root, forward=True)
    for _ in range(cursor.trace.cursor):
        fresh.step()
    for node in fresh.nodes:
        assert repr(cursor.trace.gradient(node)) == repr(fresh.gradient(node))


def test_current_at_the_end_is_the_last_node() -> None:
    a = Value(3.0)
    cursor = PassCursor(a * 2.0 + a)
    cursor.steps(100)
    assert cursor.current is cursor.trace.root.inputs[0]


def test_gradient_of_ones_counts_paths() -> None:
    a = Value(1.0)
    b = a + a
    cursor = PassCursor(b + b + a)
    assert number_of_paths(cursor, a) == 5 == (cursor.trace.finish() or cursor.trace.gradient(a))


def test_modules_around_a_module() -> None:
    assert kinds_of(["encoder.layers[0].heads['x.y']", "layers[1]"]) == ["encoder", "layer", "head"]
    assert enclosing_module("encoder.layers[0].heads['x.y'].q", "head") == "encoder.layers[0].heads['x.y']"
    assert enclosing_module("encoder.layers[0]", "encoder") == "encoder"
    assert enclosing_module("encoder.layers[0]", "neuron") == ""


@settings(max_examples=30)
@given(seeds)
def test_events_change_gradients_and_belong_to_nodes(seed: int) -> None:
    cursor = PassCursor(random_graph(random.Random(seed)))
    trace, draw = cursor.trace, random.Random(seed)
    for place, event in enumerate(trace):
        assert cursor.changes(place) == (event.before is None or event.before != event.after)
    for start, end in ((0, cursor.seed), (cursor.seed, len(trace))):
        first, last = sorted(draw.randint(start, end) for _ in range(2))
        assert cursor.count_nodes(first, last) == len({event.node for event in trace[first:last]})


@settings(max_examples=30)
@given(seeds)
def test_events_ahead_are_reached(seed: int) -> None:
    cursor = PassCursor(random_graph(random.Random(seed)))
    draw = random.Random(seed)
    cursor.enter(forward=draw.random() < 0.5)
    cursor.jump(draw.randint(0, cursor.total))
    start, events = cursor.trace.cursor, range(len(cursor.trace))
    for back in (False, True):
        reached: list[int] = []
        cursor.trace.goto(start)
        cursor.until(lambda found=reached: found.append(cursor.trace.cursor - 1), events, back=back)  # type: ignore[misc]
        cursor.trace.goto(start)
        assert list(cursor.ahead(events, back=back)) == sorted(reached)
