"""`why`: a gradient as the sum over the consumers."""

from __future__ import annotations

import math

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.trace import Trace, UnknownNodeError


def used_twice() -> Trace:
    """Return the trace of f = (a * b) * (a + b) at a = -2, b = 3."""
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    d, e = a * b, a + b
    f = d * e
    d.label, e.label, f.label = "d", "e", "f"
    return f.trace()


def at_end(root: Value) -> Trace:
    trace = root.trace()
    trace.finish()
    return trace


def test_node_used_twice_adds_contributions() -> None:
    trace = used_twice()
    trace.finish()
    assert trace.why("a") == "∂f/∂a = ∂f/∂e·1 + ∂f/∂d·b = -6·1 + 1·3 = -3"


def test_prompt_shows_why_as_it_is() -> None:
    answer = used_twice().why("a")
    assert isinstance(answer, str)
    assert repr(answer) == str(answer)


def test_later_negative_number_has_parentheses() -> None:
    trace = used_twice()
    trace.finish()
    assert trace.why("b") == "∂f/∂b = ∂f/∂e·1 + ∂f/∂d·a = -6·1 + 1·(-2) = -8"


def test_negative_partial_has_parentheses() -> None:
    a = Value(2.0, label="a")
    assert at_end(5.0 - a).why("a") == "∂L/∂a = ∂L/∂L·(-1) = 1·(-1) = -1"
    assert at_end(a.cos()).why("a") == "∂L/∂a = ∂L/∂L·(-sin(a)) = 1·(-0.9093) = -0.9093"


def test_why_in_the_middle_counts_what_is_to_come() -> None:
    trace = used_twice()
    symbols = "∂f/∂a = ∂f/∂e·1 + ∂f/∂d·b"
    assert trace.why("a") == f"{symbols}; 2 contributions are to come"
    trace.goto(4)
    assert trace.why("a") == f"{symbols} = -6·1 + — = -6 so far; 1 contribution is to come"
    trace.goto(5)  # the next event brings it
    assert trace.why("a") == f"{symbols} = -6·1 + — = -6 so far; 1 contribution is to come"
    trace.goto(6)
    assert trace.why("a") == f"{symbols} = -6·1 + 1·3 = -3"


def test_partial_of_the_root_is_written_out() -> None:
    trace = used_twice()
    trace.finish()
    assert trace.why("d") == "∂f/∂d = ∂f/∂f·e = 1·1 = 1"


def test_parallel_edges_are_written_out() -> None:
    a = Value(3.0, label="a")
    square = a * a
    square.label = "s"
    assert at_end(square * 2.0).why(a) == "∂L/∂a = ∂L/∂s·a + ∂L/∂s·a = 2·3 + 2·3 = 12"


def test_why_of_the_root_is_the_seed() -> None:
    trace = used_twice()
    assert trace.why("f") == "∂f/∂f: the seed is to come"
    trace.step()
    assert trace.why("f") == "∂f/∂f = 1: here the backward pass begins"


@pytest.mark.parametrize(("label", "name"), [("x", "x"), ("", "(no name)")])
def test_unrelated_node_has_gradient_0(label: str, name: str) -> None:
    assert used_twice().why(Value(1.0, label=label)) == f"∂f/∂{name} = 0: f does not depend on it"


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(UnknownNodeError):
        used_twice().why("z")


def uses(count: int) -> tuple[Value, Value]:
    """Return a and the sum of that many products with it."""
    a = Value(2.0, label="a")
    return a, at.sum([Value(float(k)) * a for k in range(count)])


def test_a_dozen_contributions_are_written_out() -> None:
    a, root = uses(12)
    terms = " + ".join(f"1·{k}" for k in reversed(range(12)))
    assert at_end(root).why(a).endswith(f" = {terms} = 66")


def test_hundreds_of_contributions_are_cut_short() -> None:
    a, root = uses(500)
    text, rest = at_end(root).why(a).splitlines()
    assert text.endswith(" = 1·499 + 1·498 + 1·497 + 1·496 + … (496 more) = 1.2475e+05")
    assert rest == f"  the sum of 496 others is {sum(range(496)):.5g}"
    assert len(text) < 250


def test_largest_of_many_contributions_are_written_and_the_sum_of_the_others() -> None:
    a = Value(2.0, label="a")
    factors = (1.0, -50.0, 3.0, 40.0, -2.0, 70.0, 4.0, -60.0, 0.5, -0.5, 0.25, -0.25, 0.0)
    text, rest = at_end(at.sum([a * factor for factor in factors])).why(a).splitlines()
    assert text.endswith(" = 1·(-60) + 1·70 + 1·40 + 1·(-50) + … (9 more) = 6")
    assert rest == "  the sum of 9 others is 6"
    text, *_ = at_end(at.sum([a * factor for factor in (*factors, math.nan, math.inf)])).why(a).splitlines()
    assert text.endswith(" = 1·inf + 1·nan + 1·(-60) + 1·70 + … (11 more) = nan")


def test_contributions_of_many_uses_are_those_that_have_come() -> None:
    a = Value(2.0, label="a")
    trace = at.sum([a * float(k) for k in range(14)]).trace()
    trace.goto(len(trace) - 9)
    text, rest = trace.why(a).splitlines()
    assert text.endswith(" = 1·13 + 1·12 + 1·11 + 1·10 + … (10 more) = 55 so far; 9 contributions are to come")
    assert rest == "  the sum of 1 other so far is 9"
    trace.goto(len(trace) - 12)
    assert trace.why(a).endswith(" = 1·13 + 1·12 + … (12 more) = 25 so far; 12 contributions are to come")


def test_twelve_contributions_are_shown_in_full() -> None:
    texts = [at_end(root).why(a) for a, root in (uses(12), uses(13))]
    assert [text.count("…") for text in texts] == [0, 2]
    assert "… (9 more)" in texts[1]


def test_unfinished_contributions_are_cut_short() -> None:
    a, root = uses(500)
    trace = root.trace()
    trace.goto(len(trace) - 800)
    text, rest = trace.why(a).splitlines()
    assert text.endswith(
        " = 1·499 + 1·498 + 1·497 + 1·496 + … (496 more) = 44950 so far; 400 contributions are to come"
    )
    assert rest == "  the sum of 96 others so far is 42960"


def test_infinite_partial_is_shown() -> None:
    x = Value(0.0, label="x")
    assert at_end(x.log() * 0.0).why(x) == "∂L/∂x = ∂L/∂v1·(1 / x) = 0·inf = nan"


def test_names_that_only_a_rule_has_are_defined() -> None:
    a = Value(1.0, label="a")
    shares = at.softmax([a, 2.0])
    assert trace_of(shares[0]).why("a").splitlines()[1:] == ["  where p = softmax([a, 2]) = [p₁, p₂]"]
    assert trace_of(shares[0] + shares[1]).why("a").splitlines()[1:] == ["  where p = softmax([a, 2]) = [p₁, p₂]"]
    lines = trace_of(shares[0] * at.selu(a)).why("a").splitlines()[1:]
    assert lines == [
        "  where λ = 1.0507009873554805 in the rule of v2",
        "  where p = softmax([a, 2]) = [p₁, p₂] in the rule of v1",
    ]


def test_names_that_only_a_rule_has_are_not_those_of_nodes() -> None:
    p, alpha = Value(-1.0, label="p"), Value(-0.5, label="α")
    assert trace_of(at.softmax([p, alpha])[0]).why("p").splitlines() == [
        "∂L/∂p = ∂L/∂L·(s₁ * (1 - s₁)) = 1·(0.37754 * (1 - 0.37754)) = 0.235",
        "  where s = softmax([p, α]) = [s₁, s₂]",
    ]
    assert trace_of(at.selu(alpha)).why("α").splitlines() == [
        "∂L/∂α = ∂L/∂L·(λ * k * exp(α)) = 1·1.0663 = 1.0663",
        "  where λ = 1.0507009873554805, k = 1.6732632423543772",
    ]


def trace_of(root: Value) -> Trace:
    trace = root.trace()
    trace.finish()
    return trace
