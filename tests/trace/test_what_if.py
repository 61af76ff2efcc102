"""The effects of another number for a leaf, as data and as a table."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from math import inf, nan

import pytest

import autograd_tiny as at
from autograd_tiny import Value, maximum, minimum
from autograd_tiny import max as largest
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.trace import Change, Changes, Crossing, crossed_kinks
from autograd_tiny.trace.crossed_kinks import decisions_at


def relu_of_product() -> tuple[Value, Value, Value]:
    """Return a, b and L = relu(a * b) at a = 2, b = -3."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return a, b, (a * b).relu()


def test_changed_node_has_both_numbers() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    changes = (a * b + 1.0).trace().set(a, 4.0)
    assert changes.nodes == (
        Change("a", 2.0, 4.0, -3.0, -3.0),
        Change("b", -3.0, -3.0, 2.0, 4.0),
        Change("v1", -6.0, -12.0, 1.0, 1.0),
        Change("L", -5.0, -11.0, 1.0, 1.0),
    )
    assert (changes.leaf, changes.root) == (changes.nodes[0], changes.nodes[-1])
    assert changes.crossings == ()


def test_unchanged_nodes_are_left_out() -> None:
    a, b, c = (Value(number, label=name) for name, number in zip("abc", (1.0, 2.0, 3.0), strict=True))
    changes = (a * b + c.exp()).trace().set(a, 5.0)
    assert [change.node for change in changes.nodes] == ["a", "b", "v1", "L"]


def test_changes_count_from_the_last_set() -> None:
    a, _, root = relu_of_product()
    trace = root.trace()
    trace.set(a, 4.0)
    assert trace.set(a, 5.0).leaf.value_before == 4.0


def test_table_shows_changes_and_kinks() -> None:
    _, b, root = relu_of_product()
    assert repr(root.trace().set(b, 1.0)).splitlines() == [
        "with b = 1 (was -3), L = 2 (was 0)",
        "  node   value  gradient",
        "  a          2     0 → 1",
        "  b     -3 → 1     0 → 2",
        "  v1    -6 → 2     0 → 1",
        "  L      0 → 2         1",
        "  L = relu(v1) crossed a kink: it passes a gradient to v1 now (the partial was 0, is 1)",
    ]


def test_same_number_changes_nothing() -> None:
    a, _, root = relu_of_product()
    assert repr(root.trace().set(a, 2.0)) == "with a = 2 (as before), L = 0 (as before)"


def test_nan_after_nan_is_no_change() -> None:
    a = Value(math.nan, label="a")
    assert (a * 2.0).trace().set(a, math.nan).nodes == ()


def test_long_table_is_cut() -> None:
    x = Value(1.0, label="x")
    changes = at.sum([(x * float(k)).relu() for k in range(1, 101)]).trace().set(x, -1.0)
    assert isinstance(changes, Changes)
    assert len(changes.nodes) == 202
    assert len(changes.crossings) == 100
    lines = repr(changes).splitlines()
    assert len(lines) == 2 + 20 + 1 + 20 + 1
    assert lines[22] == "  … and 182 more nodes"
    assert lines[-1] == "  … and 80 more nodes crossed, reached or left a kink"


@pytest.mark.no_cover
def test_table_of_twenty_is_not_cut() -> None:
    x = Value(1.0, label="x")
    changes = at.sum([(x * float(k)).relu() for k in range(1, 21)]).trace().set(x, -1.0)
    twenty = dataclasses.replace(changes, nodes=changes.nodes[:20], crossings=changes.crossings[:20])
    assert len(str(twenty).splitlines()) == 2 + 20 + 20
    assert "…" not in str(twenty)


def test_node_of_which_only_the_gradient_changes_is_shown() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    changes = (a * b).trace().set(a, 4.0)
    assert [change.node for change in changes.nodes] == ["a", "b", "L"]


@pytest.mark.parametrize("count", [3, 4])
def test_partials_beyond_three_are_counted(count: int) -> None:
    names = tuple("pqrs"[:count])
    text = str(Crossing("z", "max(p, q, r, s)", names, (0.0,) * count, (1.0,) * count, jumps=False))
    assert ("1 more" in text, "0 more" in text) == (count == 4, False)


def test_jump_with_zero_partials_is_told() -> None:
    x = Value(1.2, label="x")
    trace = (x.floor() * 2.0).trace()
    changes = trace.set(x, 3.5)
    assert [change.node for change in changes.unseen] == ["v1"]
    assert str(changes).splitlines()[-1] == (
        "  v1 jumped on the way from 1 to 3, though its partial for x is 0 at both numbers: a gradient does not see "
        "jumps"
    )
    assert trace.set(x, 3.75).unseen == ()


def test_one_of_several_jumps_is_told() -> None:
    x = Value(1.2, label="x")
    changes = (x.floor() + x.ceil()).trace().set(x, 3.5)
    assert "v1 jumped on the way from 1 to 3, " in str(changes)
    assert str(changes).endswith("; so did 1 more")


def test_ordinary_changes_are_no_jumps() -> None:
    x, y = Value(-2.0, label="x"), Value(0.0, label="y")
    assert (x.relu6() + y * 3.0).trace().set(x, 8.0).unseen == ()
    assert (x * y).trace().set(y, 2.0).unseen == ()


# ── crossings ─────────────────────────────────────────────────────────────────────────────────────────────────────


SAME = "its partials are as before"


def crossing(root: Value, leaf: Value, number: float) -> Crossing:
    """Return the only node that is on another side of a kink with another number for a leaf."""
    (found,) = root.trace().set(leaf, number).crossings
    return found


def test_dying_relu_closes_the_gradient() -> None:
    x = Value(2.0, label="x")
    died = crossing(x.relu() * 3.0, x, -1.0)
    assert (died.node, died.formula, died.inputs, died.before, died.after) == (
        "v1",
        "relu(x)",
        ("x",),
        (1.0,),
        (0.0,),
    )
    assert str(died) == "v1 = relu(x) crossed a kink: it passes no gradient to x any more (the partial was 1, is 0)"


STEEP = "point of infinite slope"
OPENED_NO_MORE = "it passes no gradient to x any more (the partial was 0.5, is 0)"
OPENED = "it passes a gradient to x now (the partial was 0, is 1)"


@pytest.mark.parametrize(
    ("function", "start", "end", "said"),
    [
        (lambda x: x.relu(), 2.0, 0.0, "L = relu(x) is at a kink now: the partial for x went from 1 to 0"),
        (
            lambda x: x.relu(),
            0.0,
            2.0,
            f"L = relu(x) left a kink: {OPENED}",
        ),
        (abs, -2.0, 0.0, "L = abs(x) is at a kink now: the partial for x went from -1 to 0"),
        (lambda x: x % 2.0, 1.0, 4.0, f"L = x % 2 crossed a jump of its value, then reached a jump: {SAME}"),
        (lambda x: x.relu() * 0.0, 2.0, -1.0, "v1 = relu(x) crossed a kink: the partial for x went from 1 to 0"),
        (lambda x: x.relu() * 0.0, -2.0, 1.0, "v1 = relu(x) crossed a kink: the partial for x went from 0 to 1"),
        (lambda x: x.relu() * inf, 2.0, -1.0, "v1 = relu(x) crossed a kink: the partial for x went from 1 to 0"),
        (lambda x: x.relu() * inf, -2.0, 1.0, "v1 = relu(x) crossed a kink: the partial for x went from 0 to 1"),
    ],
)
def test_gradient_is_said_to_pass_or_not_where_it_does(
    function: Callable[[Value], Value], start: float, end: float, said: str
) -> None:
    x = Value(start, label="x")
    assert str(crossing(function(x), x, end)) == said


@pytest.mark.parametrize(
    ("text", "start", "end", "said"),
    [
        ("relu6(x)", 9.0, 6.0, f"L = relu6(x) is at a kink now: {SAME}"),
        ("relu6(x)", 6.0, 9.0, f"L = relu6(x) left a kink: {SAME}"),
        ("relu(x)", -1.0, 0.0, f"L = relu(x) is at a kink now: {SAME}"),
        ("relu(x)", 0.0, -1.0, f"L = relu(x) left a kink: {SAME}"),
        ("clamp(x, 0, 1)", 0.5, 1.0, f"L = clamp(x, 0, 1) is at a kink now: {SAME}"),
        ("maximum(0, x)", 0.0, -1.0, f"L = maximum(0, x) left a kink: {OPENED_NO_MORE}"),
        ("hardtanh(x, -1, 1)", -1.0, 1.0, f"L = hardtanh(x, -1, 1) left a kink, then reached a kink: {SAME}"),
        ("hardshrink(x, 0.5)", -2.0, 2.0, f"L = hardshrink(x, 0.5) crossed 2 jumps of its value: {SAME}"),
        ("floor(x)", 1.5, 1.0, f"L = floor(x) is at a jump now: {SAME}"),
        ("floor(x)", 1.0, 1.5, f"L = floor(x) left a jump: {SAME}"),
        ("fmod(x, 1)", 1.5, 1.0, f"L = fmod(x, 1) is at a jump now: {SAME}"),
        ("heaviside(x, 0)", -1.0, 0.0, f"L = heaviside(x, 0) is at a jump now: {SAME}"),
        ("sqrt(x)", 1.0, 0.0, f"L = sqrt(x) is at a {STEEP} now: the partial for x went from 0.5 to inf"),
        ("sqrt(x)", 0.0, 1.0, f"L = sqrt(x) left a {STEEP}: the partial for x went from inf to 0.5"),
    ],
)
def test_kink_is_told_where_no_comparison_changes(text: str, start: float, end: float, said: str) -> None:
    root = parse(text).evaluate(x=start)
    assert str(crossing(root, root.inputs[-1], end)) == said


def test_kink_at_which_several_operands_start_is_left() -> None:
    x = Value(0.0, label="x")
    assert str(crossing(at.maximum(x * 2.0, x * 3.0), x, 1.0)).startswith("L = maximum(v1, v2) left a kink: ")
    xs = [Value(0.0, label=f"x{k}") for k in range(40)]
    assert str(crossing(at.max(xs), xs[0], 1.0)).startswith("L = max([")
    assert " left a kink: " in str(crossing(at.max(xs), xs[0], 1.0))
    assert str(crossing(at.threshold(x, x * 2.0, 1.0), x, -1.0)).startswith("L = threshold(x, v1, 1) left a jump: ")


def test_two_kinks_at_one_point_are_both_told() -> None:
    root = parse("clamp(x, 0, 1) * hardtanh(x, -1, 1)").evaluate(x=3.0)
    told = list(map(str, root.trace().set("x", 1.0).crossings))
    assert told == [
        f"v1 = clamp(x, 0, 1) is at a kink now: {OPENED}",
        f"v2 = hardtanh(x, -1, 1) is at a kink now: {SAME}",
    ]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("relu(x)", -1.0, -2.0),  # beside the kink
        ("max([0, x, 5])", 1.0, 0.0),  # tied, but not the largest
        ("sinc(x) + elu(x)", 1.0, 0.0),  # comparisons that choose a formula
        ("floor(x)", 1.5, 1.25),
        ("relu(x) * x", 1.0, nan),
        ("maximum(x * 1, x * 1)", 1.0, 2.0),  # at the kink all the way
        ("x**-2 + log(x)", 2.0, 0.0),  # a pole
        ("clamp(x, 1, 1)", 1.0, 9.0),  # a constant, whose partial at 1 is a convention
        ("hardshrink(x, 0)", 1.0, 0.0),
    ],
)
def test_no_kink_is_told_where_none_is(text: str, start: float, end: float) -> None:
    assert parse(text).evaluate(x=start).trace().set("x", end).crossings == ()


@pytest.mark.no_cover
def test_many_nodes_at_a_kink_are_not_all_examined() -> None:
    x = Value(-1.0, label="x")
    changes = at.sum([(x * float(k)).relu() for k in range(1, 151)]).trace().set(x, 0.0)
    assert len(changes.crossings) == 100
    assert {one.passage for one in changes.crossings[:20]} == {"reached"}


def test_long_list_of_operands_is_told_by_its_partials() -> None:
    xs = [Value(float(k), label=f"x{k}") for k in range(40)]
    text = str(crossing(at.max(xs), xs[0], 50.0))
    assert f"crossed a kink: {OPENED.replace(' x ', ' x0 ')}; the partial for x39 went from 1 to 0" in text


def test_new_maximum_takes_the_gradient() -> None:
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    assert str(crossing(maximum(a, b), a, 3.0)) == (
        "L = maximum(a, b) crossed a kink: it passes a gradient to a now (the partial was 0, is 1); "
        "it passes no gradient to b any more (the partial was 1, is 0)"
    )


def test_changed_partial_is_told_in_numbers() -> None:
    x = Value(2.0, label="x")
    assert str(crossing(abs(x), x, -2.0)).endswith(": the partial for x changed its sign, from 1 to -1")
    assert str(crossing(x.leaky_relu(), x, -2.0)).endswith(": the partial for x went from 1 to 0.01")


def test_two_kinks_may_keep_the_partials() -> None:
    x = Value(-2.0, label="x")
    assert str(crossing(x.relu6(), x, 8.0)).endswith(" crossed 2 kinks: its partials are as before")


@pytest.mark.no_cover
def test_thousand_relus_that_die_need_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    w = Value(1.0, label="w")
    root = at.sum([(w * (1.0 + 0.25 * k)).relu() for k in range(60)])
    points: list[object] = []
    monkeypatch.setattr(crossed_kinks, "decisions_at", lambda *args: points.append(args) or decisions_at(*args))
    changed = root.trace().set(w, -1.0)
    assert len(changed.crossings) == 60
    assert all(crossing.effects == ("closed",) for crossing in changed.crossings[:20])
    assert len(points) < 2000  # a search takes 60, and each was one of two; the shapes of the first 20 take 40 each


def test_jump_of_the_value_is_told() -> None:
    x = Value(1.5, label="x")
    jumped = " crossed a jump of its value: "
    assert str(crossing(x % 1.0, x, 2.25)) == f"L = x % 1{jumped}its partials are as before"
    assert f"{jumped}it passes no gradient to x" in str(crossing(TABLE["hardshrink"](x, 0.5), x, 0.25))
    assert jumped not in str(crossing(x.relu(), x, -1.0))


@pytest.mark.no_cover
@pytest.mark.parametrize("size", [1e12, 1e15, 1e100, 1e300])
def test_large_numbers_make_no_jump(size: float) -> None:
    x = Value(size)
    assert "jumps" not in str(crossing(x.relu(), x, -size))
    assert "jumps" not in str(crossing(at.maximum(x, 3.0), x, -size))
    assert not x.elu().trace().set(x, -size).crossings  # smooth at 0


def test_crossing_names_three_inputs() -> None:
    xs = [Value(1.0, label=f"x[{k}]") for k in range(100)]
    text = str(crossing(largest(xs), xs[50], 3.0))
    assert text.count("the partial") == 3
    assert text.endswith("; 97 more inputs likewise")


def test_crossing_names_no_constants() -> None:
    x = Value(2.0, label="x")
    assert crossing(minimum(1.0, x), x, 0.5).inputs == ("x",)


def test_change_names_the_operand_of_an_input_used_twice() -> None:
    a = Value(0.0, label="a")
    (crossing,) = (a**a).trace().set(a, 0.5).crossings
    assert str(crossing) == (
        "L = a ** a left a point of infinite slope: it passes a gradient to a as the base now (the partial was 0, is "
        "0.70711); it passes a gradient to a as the exponent now (the partial was 0, is -0.49013)"
    )
    b = Value(-1.0, label="b")
    (crossing,) = at.dot([b.relu(), b], [1.0, 1.0]).trace().set(b, 1.0).crossings
    assert "passes a gradient to b now" in str(crossing)
    b = Value(1.0, label="b")
    (crossing,) = at.where(b, b, 2.0).trace().set(b, 0.0).crossings
    assert "b as operand 2" in str(crossing)


def test_input_that_is_used_twice_is_named_with_its_operands() -> None:
    a, b = Value(1.0, label="a"), Value(1.0, label="b")
    text = str(crossing(at.max([a, b, a]), a, 0.0))
    assert text.count("no gradient to a as operand 1 any more") == text.count("to a as operand 3 any more") == 1


# ── causes that are checked ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "start", "end", "said"),
    [
        ("atan2(0, x)", 1.0, -1.0, "L jumped on the way from 0 to 3.1416, though its partial"),
        ("copysign(3, x)", 2.0, -2.0, "L jumped on the way from 3 to -3, though"),
        ("floor(x)*2", 3.0, 2.9999999999, "v1 jumped on the way from 3 to 2, though"),
        ("round(x)", 1e4, -1e4, "L jumped on the way"),
        ("cos(x)", 0.0, 400.0, ""),
        ("tanh(x)", -1e17, 1e17, "L went from -1 to 1, though its partial for x is 0 at both numbers"),
        ("erf(x)", -40.0, 40.0, "L went from -1 to 1, though its partial for x is 0 at both numbers"),
        ("log(x)*0", 0.0, 1.0, ""),
        ("exp(x)*0", 800.0, 1.0, ""),
    ],
)
def test_cause_of_a_change_without_a_slope_is_checked(text: str, start: float, end: float, said: str) -> None:
    changes = parse(text).evaluate(x=start).trace().set("x", end)
    assert said in str(changes)
    assert bool(changes.unseen_text) == bool(said)


# ── numbers that are told apart ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "start", "end", "first", "row"),
    [
        ("clamp(x, -1, 1)", 1.0, 1.0000001, "with x = 1.0000001 (was 1), L = 1 (as before)", "1 → 1.0000001"),
        ("x*2", 3.0, 2.9999999999, "with x = 2.9999999999 (was 3), L = 5.9999999998 (was 6)", "6 → 5.9999999998"),
        ("atan2(x, -1)", 0.0, -0.0, "with x = -0 (was 0), L = -3.1416 (was 3.1416)", "3.1416 → -3.1416"),
        ("1/x", 0.0, -0.0, "with x = -0 (was 0), L = -inf (was inf)", "inf → -inf"),
        ("x+1", 1.0, 1.0, "with x = 1 (as before), L = 2 (as before)", ""),
    ],
)
def test_numbers_that_differ_are_written_differently(
    text: str, start: float, end: float, first: str, row: str
) -> None:
    lines = str(parse(text).evaluate(x=start).trace().set("x", end)).splitlines()
    assert lines[0] == first
    assert not row or any(row in line for line in lines[1:])
