"""The numbers after many events against those at the cursor, one event at a time."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_tiny import Value
from autograd_tiny.debugger.event_numbers import OF_EVENT, OF_NODE, numbers_after
from autograd_tiny.debugger.session import Breakpoint, Session
from autograd_tiny.debugger.terminal import Terminal
from autograd_tiny.trace.tangents import Tangents

PARTS = ("value", "grad", "tangent")


def random_session(seed: int) -> tuple[Session, random.Random]:
    draw = random.Random(seed)
    nodes = [Value(draw.choice([0.0, draw.uniform(-2.0, 2.0)])) for _ in range(3)]
    for _ in range(draw.randrange(1, 12)):
        x, y = draw.choice(nodes), draw.choice(nodes)
        nodes.append(draw.choice([x * y, x + y, x.tanh(), x.log(), Value(1.0)]))
    session = Session(nodes[-1], Terminal(io.StringIO(), io.StringIO()))
    kind = draw.choice(["forward", "backward", "jvp"])
    leaves = [node for node in session.trace.nodes if node.primitive is None]
    if kind == "jvp":
        session.cursor.enter_with(Tangents(session.trace, {draw.choice(leaves): 1.0}))
    else:
        session.cursor.enter(forward=kind == "forward")
    return session, draw


def condition(session: Session, draw: random.Random) -> str:
    names = [f"{name}.{part}" for name in session.trace.names.values() for part in PARTS]
    words = [*OF_NODE, *OF_EVENT, *names]
    comparisons = [f"{draw.choice(words)} {draw.choice(['<', '!=', '>='])} {draw.choice(['0', '0.5', *words])}"]
    comparisons += [f"{draw.choice(words)} {draw.choice(['==', '>'])} {draw.choice(words)} / 2" for _ in range(2)]
    return draw.choice([" and ", " or ", " or not "]).join(comparisons)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_condition_holds_after_the_same_events_at_the_cursor(seed: int) -> None:
    session, draw = random_session(seed)
    cursor, text = session.cursor, condition(session, draw)
    node = draw.choice([None, *session.trace.nodes])
    events = range(*((0, cursor.seed) if cursor.is_forward else (cursor.seed, len(session.trace))))
    some = [k for k in events if draw.random() < 0.8 and node in {None, cursor.receiver_at(k)}]
    breakpoint = Breakpoint(1, "any", node, session.condition(None if node is None else (node,), text))
    one_by_one = []
    for event in some:
        session.trace.goto(event + 1)
        if breakpoint.holds():
            one_by_one.append(event)
    assert session.where_holds(breakpoint, some) == one_by_one, text


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_columns_have_the_numbers_at_the_cursor(seed: int) -> None:
    session, _ = random_session(seed)
    cursor = session.cursor
    events = range(*((0, cursor.seed) if cursor.is_forward else (cursor.seed, len(session.trace))))
    mentions = [(word, "value") for word in [*OF_NODE, *OF_EVENT]]
    mentions += [(name, part) for name in session.trace.names.values() for part in PARTS]
    for name, part in mentions:
        number = session.condition(None, name if name in {*OF_NODE, *OF_EVENT} else f"'{name}'.{part}")
        one_by_one = []
        for event in events:
            session.trace.goto(event + 1)
            one_by_one.append(number.compute())
        assert list(map(repr, numbers_after(cursor, events, name, part))) == list(map(repr, one_by_one)), (name, part)


@pytest.mark.parametrize("word", [*OF_NODE, *OF_EVENT, "a", "a.grad", "a.tangent"])
def test_no_events_have_no_numbers(word: str) -> None:
    a = Value(1.0, label="a")
    session = Session(a * a, Terminal(io.StringIO(), io.StringIO()))
    assert session.where_holds(Breakpoint(1, "any", None, session.condition(None, f"{word} == 1")), []) == []
