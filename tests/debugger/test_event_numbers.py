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


FORMS = ("{} > 0", "{}", "{0} != {0}", "0 < {} < 1", "max({}, 1) > 0", "({} > 0 and 1 > 0)", "({} < 0 or 0 > 1)")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["forward", "backward", "jvp"])
def test_neither_a_condition_nor_its_not_holds_before_its_number_is_known(form: str, kind: str) -> None:
    a = Value(2.0, label="a")
    session = Session((a * a).tanh() * a, Terminal(io.StringIO(), io.StringIO()))
    cursor, checked = session.cursor, 0
    if kind != "backward":
        cursor.enter_with(Tangents(session.trace, {a: 1.0})) if kind == "jvp" else cursor.enter(forward=True)
    events = range(*((0, cursor.seed) if cursor.is_forward else (cursor.seed, len(session.trace))))
    for word in [*OF_NODE, *OF_EVENT, "a.grad", "v1.grad", "v2", "v2.tangent"]:
        name, _, part = word.partition(".")
        unknown = {e for e, x in zip(events, numbers_after(cursor, events, name, part), strict=True) if x is None}
        for text in (form.format(word), f"not {form.format(word)}"):
            found = session.where_holds(Breakpoint(1, "any", None, session.condition(None, text)), events)
            assert unknown.isdisjoint(found)
            checked += len(unknown)
    assert checked > 10


def test_known_part_of_a_condition_decides() -> None:
    a = Value(2.0, label="a")
    session = Session(a * a, Terminal(io.StringIO(), io.StringIO()))
    for text in ("upstream > 0 or grad == 1", "not (upstream > 0 and grad != 1)", "grad == 1"):
        condition = session.condition(None, text)
        assert session.where_holds(Breakpoint(1, "any", None, condition), [session.cursor.seed]) == [1]
