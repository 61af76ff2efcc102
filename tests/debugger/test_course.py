"""The course and its schedule against the events themselves, on random graphs."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import Value
from autograd_tiny.debugger.course import Course
from autograd_tiny.debugger.path import number_of_paths
from autograd_tiny.trace import Trace

seeds = st.integers(0, 10**6)


def random_graph(draw: random.Random) -> Value:
    nodes = [Value(draw.uniform(-2.0, 2.0)) for _ in range(3)]
    for _ in range(draw.randrange(1, 25)):
        x, y = draw.choice(nodes), draw.choice(nodes)
        nodes.append(draw.choice([x * y, x + y, x.tanh(), x - 1.0, Value(1.0)]))
    return nodes[-1]


@given(seeds)
def test_the_schedule_knows_who_acts_in_each_event(seed: int) -> None:
    course = Course(random_graph(random.Random(seed)))
    for place, event in enumerate(course.trace):
        assert course.trace.names[course.schedule.node_at(place)] == event.node
        assert course.trace.names[course.schedule.receiver_at(place)] == (event.input or event.node)


@given(seeds)
def test_the_schedule_knows_when_each_node_receives(seed: int) -> None:
    course = Course(random_graph(random.Random(seed)))
    trace, schedule = course.trace, course.schedule
    for node in trace.nodes:
        received = [
            place
            for place, event in enumerate(trace)
            if event.kind != "forward" and (event.input or event.node) == trace.names[node]
        ]
        computed = [k for k, event in enumerate(trace) if event.kind == "forward" and event.node == trace.names[node]]
        assert schedule.arrivals(node) == received
        assert schedule.arrivals(node, forward=True) == computed


@given(seeds)
def test_nodes_forth_and_back_visit_the_same_places(seed: int) -> None:
    course = Course(random_graph(random.Random(seed)))
    for forward in (True, False):
        course.enter(forward=forward)
        places, events = [course.done], []
        while not course.is_at_end:
            events += course.node()
            places.append(course.done)
        assert len(events) == course.total
        back = [course.done]
        while not course.is_at_start:
            course.node(back=True)
            back.append(course.done)
        assert back == places[::-1]
        assert course.node(back=True) == ()


@given(seeds, st.lists(st.integers(-3, 30)))
def test_any_way_to_a_place_shows_the_same_gradients(seed: int, moves: list[int]) -> None:
    root = random_graph(random.Random(seed))
    course = Course(root)
    for move in moves:
        course.steps(abs(move), back=move < 0)
    fresh = Trace(root, forward=True)
    for _ in range(course.trace.cursor):
        fresh.step()
    for node in fresh.nodes:
        assert repr(course.trace.gradient(node)) == repr(fresh.gradient(node))


def test_the_node_that_acts_is_the_last_one_in_the_end() -> None:
    a = Value(3.0)
    course = Course(a * 2.0 + a)
    course.steps(100)
    assert course.current is course.trace.root.inputs[0]


def test_paths_are_products_that_the_gradient_sums() -> None:
    a = Value(1.0)
    b = a + a
    course = Course(b + b + a)
    assert number_of_paths(course.schedule, a) == 5 == (course.trace.finish() or course.trace.gradient(a))
