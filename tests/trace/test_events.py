"""Events: an immutable sequence, each with its numbers, its rule and its sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import FrozenInstanceError

import pytest

import autograd_tiny as at
from autograd_tiny import Value, primitive
from autograd_tiny.primitives.primitive import TABLE, Function
from autograd_tiny.symbolic.partial_rules import LONGEST, is_small
from autograd_tiny.symbolic.symbol import Symbol
from autograd_tiny.trace import Event


def events() -> tuple[Event, ...]:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return tuple((a * b + a).trace(forward=True))


def test_contribution_has_every_field() -> None:
    assert events()[5] == Event(
        kind="contribution",
        node="v1",
        input="a",
        position=0,
        upstream=1.0,
        partial=-3.0,
        contribution=-3.0,
        rule="b",
        before=1.0,
        after=-2.0,
        root="L",
        factor="(-3)",
    )


def test_seed_and_forward_event_have_one_number() -> None:
    forward, _, seed, *_ = events()
    assert forward == Event("forward", "v1", None, None, None, None, None, "", None, -6.0, "L", "a * b")
    assert seed == Event("seed", "L", None, None, None, None, None, "", None, 1.0, "L")


def test_event_prints_as_mathematics() -> None:
    assert [str(event) for event in events()] == [
        "v1 = a * b = -6",
        "L = v1 + a = -4",
        "∂L/∂L = 1",
        "∂L/∂v1 += ∂L/∂L·1 = 1·1 = 1, now 1",
        "∂L/∂a += ∂L/∂L·1 = 1·1 = 1, now 1",
        "∂L/∂a += ∂L/∂v1·b = 1·(-3) = -3, now -2",
        "∂L/∂b += ∂L/∂v1·a = 1·2 = 2, now 2",
    ]


def test_prompt_shows_the_event_of_a_step() -> None:
    assert repr(events()[2]) == "∂L/∂L = 1"


def test_long_formula_is_cut_when_printed() -> None:
    xs = [Value(1.0, label=f"x[{k}]") for k in range(100)]
    event = at.sum(xs).trace(forward=True)[0]
    assert str(event) == "L = sum([x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8], … = 100"
    assert event.formula.endswith("x[98], x[99]])")


def test_event_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        events()[0].after = 3.0  # type: ignore[misc]


def test_events_are_a_sequence() -> None:
    a = Value(3.0, label="a")
    trace = (a * a).trace()
    assert len(trace.events) == len(trace) == 3
    assert trace[-1] == trace[2] == trace.events[2]
    assert trace[1:] == (trace[1], trace[2])
    assert trace[::-1] == tuple(reversed(trace.events))
    assert trace[0] in trace.events
    with pytest.raises(IndexError):
        trace[3]


def test_rule_in_a_product_has_parentheses() -> None:
    x = Value(0.5, label="x")
    assert x.log1p().trace()[1].rule == "(1 / (1 + x))"
    assert (x.sin() * 2.0).trace()[2].rule == "cos(x)"


def test_rule_with_cases_shows_the_case_that_holds() -> None:
    assert [Value(number, label="x").relu().trace()[1].rule for number in (2.0, -2.0)] == ["1", "0"]


def test_rule_follows_a_number_that_is_set() -> None:
    trace = Value(2.0, label="x").elu().trace()
    assert trace[1].rule == "1"
    trace.set("x", -2.0)
    assert trace[1].rule == "exp(x)"


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_long_rule_is_its_number(sign: float) -> None:
    rules = [(Value(2.0) * Value(3.0 * sign, label=length * "b")).trace()[1].rule for length in (72, 73)]
    assert rules == [72 * "b", "3" if sign > 0 else "(-3)"]


def test_rule_at_constant_zero_follows_ieee() -> None:
    event = (Value(2.0, label="x") / 0.0).trace()[1]
    assert (event.rule, event.partial) == ("(1 / 0)", math.inf)


@pytest.fixture
def cube() -> Iterator[Function]:
    yield primitive("for_floats_only", "cube({x})", lambda x: x**3, lambda x, z: (3.0 * float.__mul__(x, x),))
    del TABLE["for_floats_only"]


def test_primitive_for_floats_has_no_rule(cube: Function) -> None:
    trace = cube(Value(2.0, label="x")).trace(forward=True)
    assert [str(event) for event in trace] == [
        "L = cube(x) = 8",
        "∂L/∂L = 1",
        "∂L/∂x += ∂L/∂L·12 = 1·12 = 12, now 12",
    ]


def test_constants_have_no_event() -> None:
    w, b = Value(2.0, label="w"), Value(1.0, label="b")
    assert [(event.input, event.rule) for event in at.dot([w, 3.0], [4.0, 5.0], b).trace()[1:]] == [
        ("w", "4"),
        ("b", "1"),
    ]


def test_partial_with_hundreds_of_inputs_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    factors = [Value(1.0, label=f"x{i}") for i in range(100)]
    trace = at.prod(factors).trace()
    assert trace[1].rule == "1"

    def no_text(*_: object) -> str:
        raise AssertionError("written")

    monkeypatch.setattr(Symbol, "text", no_text)
    assert trace[1].rule == "1"


@pytest.mark.parametrize("extra", [0, 1])
def test_formulas_of_few_leaves_are_written(extra: int) -> None:
    leaf = Symbol("x", 1.0)
    formula = sum([leaf] * (LONGEST - 1 + extra), start=leaf)
    assert is_small(formula) is (extra == 0)


def test_definition_of_shares_is_told_where_a_rule_has_them() -> None:
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    definitions = [root.trace().events.definition(2) for root in (at.cross_entropy([a, b], 0), a * b)]
    assert definitions == ["p = softmax([a, b]) = [p₁, p₂]", ""]
