"""The first inf and nan of each pass are found, with a cause that an independent walk over the graph confirms."""

from __future__ import annotations

import math
import pickle
import re
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from random import Random
from threading import Thread

import mpmath
import pytest
from mpmath import mpf

import autograd_tiny as at
from autograd_tiny import Value, detect_anomaly
from autograd_tiny.engine.grad_mode import RECORDERS
from autograd_tiny.errors import AnomalyError
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.trace import Trace
from autograd_tiny.trace.anomalies import facts_of_anomalies
from tests.programs import run_program
from tests.sampling import sizes
from tests.trace.test_fact_truth import DIGITS, Truth, is_steep, is_undefined, random_graph

Function = Callable[..., Value]


def x(number: float = 0.0) -> Value:
    return Value(number, label="x")


def found(root: Value) -> list[tuple[str, str, str]]:
    return [(anomaly.phase, anomaly.node, anomaly.kind) for anomaly in root.trace().anomalies()]


FORWARD: list[tuple[Function, float, str]] = [
    (at.log, 0.0, "log of zero"),
    (at.log1p, -1.0, "log of zero"),
    (at.log2, -2.0, "log of negative"),
    (at.sqrt, -2.0, "root of negative"),
    (lambda x: x**0.5, -2.0, "root of negative"),
    (lambda x: (x - 3.0) / x, 0.0, "division by zero"),
    (lambda x: x**-1, 0.0, "division by zero"),
    (lambda x: 0.0**x, -1.0, "division by zero"),
    (at.exp, 800.0, "exp overflow"),
    (at.cosh, 800.0, "exp overflow"),
    (lambda x: x**2, 1e200, "overflow"),
    (lambda x: x * 1e200, 1e200, "overflow"),
    (at.atanh, 1.0, "unbounded"),
    (at.atanh, -1.0, "unbounded"),
    (at.logit, 1.0, "unbounded"),
    (at.gamma, -2.0, "unbounded"),
    (at.lgamma, 0.0, "unbounded"),
    (at.lgamma, -100.0, "unbounded"),
    (at.digamma, -3.0, "unbounded"),
    (at.gamma, 200.0, "overflow"),
    (at.gamma, 1e-320, "undefined value"),
    (at.atanh, 2.0, "undefined value"),
    (at.logit, 1.0000000000000002, "undefined value"),
    (at.acosh, 0.5, "undefined value"),
    (at.reciprocal, 5e-324, "quotient overflow"),
    (lambda x: 1.0 / x, 1e-320, "quotient overflow"),
    (lambda x: x / 1e-200, -1e200, "quotient overflow"),
]


@pytest.mark.parametrize(("function", "number", "kind"), FORWARD)
def test_first_node_that_is_not_finite_is_found(function: Function, number: float, kind: str) -> None:
    node = function(x(number))
    node.label = "here"
    assert found(node + 1.0)[0] == ("forward", "here", kind)


def test_inputs_and_result_are_given() -> None:
    anomaly, *_ = (x().log() + 1.0).trace().anomalies()
    assert (anomaly.inputs, anomaly.result, anomaly.input) == ({"x": 0.0}, -math.inf, None)
    assert anomaly.text == (
        "forward pass: v1 = log(x) becomes -inf, at x = 0: a logarithm goes to -inf there. Keep x above 0, "
        "as log(maximum(x, 1e-12)) does; for probabilities take log_softmax, log_sigmoid or cross_entropy, which "
        "take logits."
    )


def test_only_the_first_inf_is_told() -> None:
    a = x()
    assert found(a.log() + at.log2(a)) == [("forward", "v1", "log of zero")]


@pytest.mark.parametrize("number", [math.inf, math.nan])
def test_leaf_is_the_first(number: float) -> None:
    assert found(x(number).tanh())[0] == ("forward", "x", "not finite leaf")


@pytest.mark.parametrize("number", [math.inf, math.nan])
def test_leaf_that_was_set_is_told_so(number: float) -> None:
    trace = (x(2.0) * Value(3.0, label="b")).trace()
    trace.set("x", number)
    assert trace.anomalies()[0].text == f"forward pass: x is {number} since it was set. To take that back: reset x"
    trace.reset()
    assert not trace.anomalies()


def test_partial_is_told_with_its_input() -> None:
    text = parse("p**n").evaluate(p=-1.0, n=3.0).trace().anomalies()[0].text
    assert "at p = -1, n = 3: its gradient 1 times its partial for n, nan, is not defined." in text


def test_nan_after_inf_is_a_second_one() -> None:
    a = x(800.0).exp()
    assert found(a - a.exp())[:2] == [("forward", "v1", "exp overflow"), ("forward", "L", "infinity minus infinity")]
    assert found(a * 0.0)[1] == ("forward", "L", "product of zero and infinity")
    assert found(a.sin())[1] == ("forward", "L", "infinite operand")


@pytest.mark.parametrize(
    ("function", "number", "kinds"),
    [
        (lambda x: x * math.nan, 2.0, ["not finite operand"]),
        (lambda x: at.dot([x], [math.inf]), 2.0, ["not finite operand"]),
        (lambda x: x.exp() + math.nan, 800.0, ["exp overflow", "not finite operand"]),
        (lambda x: x.exp() - math.inf, 800.0, ["exp overflow", "infinity minus infinity"]),
        (lambda x: at.minimum(x, math.inf) * 1.0, 2.0, []),
    ],
)
def test_plain_number_that_is_not_finite_is_found(function: Function, number: float, kinds: list[str]) -> None:
    assert [kind for phase, _, kind in found(function(x(number))) if phase == "forward"] == kinds


def test_plain_number_is_named() -> None:
    text = (x(2.0) * math.nan).trace().anomalies()[0].text
    assert text.endswith("becomes nan, at x = 2: its operand nan is not finite. Look at where that number was read.")


BACKWARD: list[tuple[Function, float, str]] = [
    (lambda x: at.where(x > 0.0, x.sqrt() * 2.0, 0.0), 0.0, "unprotected branch"),
    (lambda x: x.sqrt() * 0.0, 0.0, "zero times infinite partial"),
    (lambda x: x.sqrt() * 2.0, 0.0, "vertical slope"),
    (lambda x: at.reciprocal(x) * 2.0, 1e-200, "infinite partial"),
    (lambda x: x * 1e-200 * 1e200 * 1e200 * 1e-60 * 1e170, 1e-200, "gradient overflow"),
    (lambda x: x * 1e308 + x * 1e308, 0.0, "gradient overflow"),
]


@pytest.mark.parametrize(("function", "number", "kind"), BACKWARD)
def test_first_event_that_is_not_finite_is_found(function: Function, number: float, kind: str) -> None:
    root = function(x(number))
    assert [anomaly[::2] for anomaly in found(root)][:1] == [("backward", kind)]


def test_protected_branch_has_no_anomaly() -> None:
    a = x()
    root = at.where(a > 0.0, at.where(a > 0.0, a, 1.0).sqrt(), 0.0)
    assert repr(root.trace().anomalies()) == "All values and gradients are finite."


def test_later_events_are_told_by_their_own_causes() -> None:
    a = x()
    assert found(a.sqrt() - a.sqrt() * 2.0) == [
        ("backward", "v2", "vertical slope"),
        ("backward", "v1", "infinite contributions cancel"),
    ]
    assert found(a.relu().sqrt())[1] == ("backward", "v1", "infinite gradient times zero")
    assert found(x(800.0).exp() * 0.0)[-1] == ("backward", "v1", "zero times partial of infinity")


def test_nan_partial_of_ones_own_is_told() -> None:
    row = at.primitive("half_known", "half_known({x})", lambda x: x, lambda x, z: (math.nan,))
    del at.primitives.primitive.TABLE["half_known"]
    assert found(row(x(1.0)) * 2.0) == [("backward", "v1", "nan partial")]


def test_what_if_is_searched_too() -> None:
    trace = x(1.0).log().trace()
    assert not trace.anomalies()
    trace.set("x", 0.0)
    assert trace.anomalies()[0].kind == "log of zero"


REMEDIES: list[tuple[str, Function, float, str, Function]] = [
    ("log of zero", at.log, 0.0, "log(maximum(x, 1e-12))", lambda x: at.log(at.maximum(x, 1e-12))),
    ("log of negative", at.log, -2.0, "log(maximum(x, 1e-12))", lambda x: at.log(at.maximum(x, 1e-12))),
    ("log of zero", lambda x: x.sigmoid().log(), -800.0, "log_sigmoid", at.log_sigmoid),
    ("root of negative", at.sqrt, -2.0, "sqrt(maximum(x, 1e-12))", lambda x: at.sqrt(at.maximum(x, 1e-12))),
    ("division by zero", lambda x: 3.0 / x, 0.0, "3 / (x + 1e-12)", lambda y: 3.0 / (y + 1e-12)),
    ("division by zero", lambda x: 3.0 / x, 0.0, "3 / where(x, x, 1)", lambda y: 3.0 / at.where(y, y, 1.0)),
    ("exp overflow", lambda x: at.log(at.exp(x) + 1.0), 800.0, "softplus(x, 1)", at.softplus),
    ("exp overflow", lambda x: at.exp(x) / at.exp(x), 800.0, "softmax", lambda x: at.softmax([x, 0.0])[0]),
    (
        *("unprotected branch", lambda x: at.where(x > 0.0, x.sqrt(), 0.0), 0.0, "the inner where"),
        lambda x: at.where(x > 0.0, at.where(x > 0.0, x, 1.0).sqrt(), 0.0),
    ),
    ("zero times infinite partial", lambda x: x.sqrt() * 0.0, 0.0, "sqrt(x + 1e-12)", lambda x: at.sqrt(x + 1e-12)),
    ("vertical slope", at.sqrt, 0.0, "sqrt(x + 1e-12)", lambda x: at.sqrt(x + 1e-12)),
    ("vertical slope", lambda x: at.sqrt(x * x + 0.0), 0.0, "hypot or norm", lambda x: at.norm([x, 0.0])),
]


@pytest.mark.parametrize(("kind", "function", "number", "told", "remedied"), REMEDIES)
def test_remedy_is_told_and_works(
    kind: str, function: Function, number: float, told: str, remedied: Function
) -> None:
    assert told in next(anomaly for anomaly in function(x(number)).trace().anomalies() if anomaly.kind == kind).text
    assert not remedied(x(number)).trace().anomalies()


OPERANDS: list[tuple[str, dict[str, float], str]] = [
    (
        "y/x",
        {"y": 3.0, "x": 0.0},
        "Keep x away from 0, as y / where(x, x, 1) does. Where x is never negative, y / (x",
    ),
    ("x**y", {"x": 0.0, "y": -1.0}, "Keep x away from 0, as where(x, x, 1) ** y does. Where x is never"),
    ("x**y", {"x": 0.0, "y": -40.0}, "Keep x away from 0, as where(x, x, 1) ** y does."),
    ("x/x", {"x": 0.0}, "Keep x away from 0, as x / where(x, x, 1) does."),
    ("b%a", {"b": 3.0, "a": 0.0}, "Keep a away from 0, as b % where(a, a, 1) does."),
    ("rsqrt(w)", {"w": 0.0}, "Keep w away from 0, as rsqrt(where(w, w, 1)) does."),
    ("0**x", {"x": -1.0}, "it divides by 0."),
    ("log(a*b)", {"a": 1.0, "b": 0.0}, "Keep v1 above 0, as log(maximum(v1, 1e-12)) does"),
    ("log2(p)", {"p": -2.0}, "Keep p above 0, as log2(maximum(p, 1e-12)) does"),
    ("log1p(u)", {"u": -1.0}, "Keep u above -1, as log1p(maximum(u, -1 + 1e-12)) does"),
    ("w**0.5", {"w": -2.0}, "Keep w above 0, as maximum(w, 1e-12) ** 0.5 does."),
    ("(-2)**x", {"x": 0.5}, "a negative number has no such root or power."),
    (
        "sqrt(w)*0",
        {"w": 0.0},
        "Keep w away from the point where the partial is infinite. An example: sqrt(w + 1e-12).",
    ),
    ("sqrt(w)", {"w": 0.0}, "An example: sqrt(w + 1e-12). For a length take hypot or norm, whose partial at 0 is 0."),
    ("w**0.5", {"w": 0.0}, "An example: (w + 1e-12) ** 0.5. For a length"),
    ("cbrt(w)", {"w": 0.0}, "Keep w away from that point. An example: cbrt(w + 1e-12)."),
    ("asin(w)", {"w": 1.0}, "Keep w away from that point. An example: asin(minimum(w, 1 - 1e-12))."),
    ("acos(w)", {"w": -1.0}, "Keep w away from that point. An example: acos(maximum(w, -1 + 1e-12))."),
    ("acosh(w)", {"w": 1.0}, "Keep w away from that point. An example: acosh(maximum(w, 1 + 1e-12))."),
]


@pytest.mark.parametrize(("text", "numbers", "told"), OPERANDS)
def test_remedy_names_the_operands_of_the_node(text: str, numbers: dict[str, float], told: str) -> None:
    first, *_ = parse(text).evaluate(**numbers).trace().anomalies()
    assert told in first.text
    assert ("hypot" in first.text) == ("For a length" in told)
    for shown in re.findall(r"(?:[01], as|An example:|negative,) (.+?)(?: does|\. For|\.$)", first.text):
        formula = parse(shown)  # the remedy is an expression over the names of the graph
        given = {name: numbers.get(name, 0.0) for name in formula.names}
        assert not formula.evaluate(**given).trace().anomalies(), shown


def test_remedy_that_does_not_work_is_not_told() -> None:
    row = at.primitive("steep", "steep({x})", lambda x: x, lambda x, z: (math.inf,))
    del at.primitives.primitive.TABLE["steep"]
    assert "Keep x away from the point where the partial is infinite." in str((row(x()) * 0.0).trace().anomalies())
    for number in (0.0, 2.0, 1234567.8):
        assert "An example" not in str((row(x(number)) * 0.0).trace().anomalies())


def walk(root: Value) -> tuple[bool, bool]:
    """Return whether the forward pass, and whether the backward pass, has a number that is not finite."""
    nodes = at.topological_order(root)
    gradients = {root: 1.0}
    for z in reversed(nodes):
        for y, partial in zip(z.inputs, z.partials, strict=True):
            gradients[y] = gradients.get(y, 0.0) + partial * gradients.get(z, 0.0)
    return any(not math.isfinite(z.data) for z in nodes), any(not math.isfinite(g) for g in gradients.values())


def numbers(truth: Truth) -> list[float]:
    return [y.data if isinstance(y, Value) else y for y in truth.z.operands]


def is_beyond(truth: Truth) -> bool:
    return bool(abs(truth.at(truth.point)) > sys.float_info.max)


def grows(truth: Truth) -> bool:
    """Return whether a node grows as its input comes to the point within 1e-40 and 1e-80, on a side."""
    for side in (-1, 1):
        near = []
        with suppress(ZeroDivisionError, ValueError):
            near = [truth.at(truth.point + side * truth.unit * mpf(10) ** power) for power in (-20, -40, -80)]
        if near and all(map(mpmath.isfinite, near)) and 1.5 * abs(near[0]) < abs(near[1]) < abs(near[2]) / 1.5:
            return True
    return False


def adds_up_beyond(truth: Truth) -> bool:
    upstream, partial = truth.numbers()
    before = truth.fact.details["before"]
    return bool(abs(mpf(upstream) * mpf(partial) + mpf(before)) > sys.float_info.max)


def cancels(truth: Truth) -> bool:
    details = truth.fact.details
    return {details["before"], details["contribution"]} == {math.inf, -math.inf}


def has_unchosen_branch(truth: Truth) -> bool:
    nodes = [z for z in truth.trace.nodes if z.primitive is not None and z.primitive.name == "where"]
    return is_undefined(truth) and any(0.0 in z.partials for z in nodes)


CONFIRMED: dict[str, Callable[[Truth], bool]] = {
    "not finite leaf": lambda truth: truth.z.inputs == (),
    "not finite operand": lambda truth: any(isinstance(y, float) and not math.isfinite(y) for y in truth.z.operands),
    "log of zero": lambda truth: numbers(truth) == [-1.0 if truth.row.name == "log1p" else 0.0],
    "log of negative": lambda truth: numbers(truth)[0] < (-1.0 if truth.row.name == "log1p" else 0.0),
    "root of negative": lambda truth: numbers(truth)[0] < 0.0,
    "division by zero": lambda truth: 0.0 in numbers(truth),
    "exp overflow": is_beyond,
    "overflow": is_beyond,
    "quotient overflow": is_beyond,
    "infinite operand": lambda truth: math.inf in map(abs, numbers(truth)),
    "unbounded": lambda truth: any(grows(Truth(truth.trace, replace(truth.fact, x=y))) for y in truth.z.inputs),
    "infinity minus infinity": lambda truth: math.inf in map(abs, numbers(truth)),
    "product of zero and infinity": lambda truth: {0.0, math.inf} <= set(map(abs, numbers(truth))),
    "undefined value": lambda truth: not math.isfinite(truth.z.data),
    "unprotected branch": has_unchosen_branch,
    "zero times infinite partial": is_undefined,
    "zero times partial of infinity": lambda truth: is_undefined(truth) and not math.isfinite(truth.z.data),
    "infinite gradient times zero": is_undefined,
    "vertical slope": is_steep,
    "infinite partial": lambda truth: not math.isfinite(truth.numbers()[1]),
    "nan partial": lambda truth: math.isnan(truth.numbers()[1]),
    "partial of constant": lambda truth: any(isinstance(y, float) and math.isinf(y) for y in truth.z.operands),
    "gradient overflow": adds_up_beyond,
    "infinite contributions cancel": cancels,
}


def test_constant_that_is_not_finite_is_blamed_for_a_partial() -> None:
    x = Value(9.0, label="x")
    (anomaly,) = at.atan2(math.inf, x).trace().anomalies()
    assert (anomaly.phase, anomaly.node, anomaly.kind) == ("backward", "L", "partial of constant")
    assert anomaly.text.endswith(
        "its gradient 1 times its partial for x, nan, is not finite, because its operand inf is not. "
        "Look at where that number was read."
    )


@pytest.mark.no_cover
@sizes("graphs", 1500, 15_000)
def test_anomalies_agree_with_a_walk_and_their_causes_are_true(graphs: int) -> None:
    source, met = Random(5), Counter[str]()
    for _ in range(graphs):
        trace = random_graph(source).trace()
        facts = list(facts_of_anomalies(trace))
        forward, backward = walk(trace.root)
        met.update(fact.kind for fact in facts)
        assert any("partial" not in fact.details for fact in facts) == forward
        assert backward or not any("partial" in fact.details for fact in facts)
        assert facts or not backward
        with mpmath.workdps(DIGITS):
            wrong = [fact.kind for fact in facts if not CONFIRMED[fact.kind](Truth(trace, fact))]
        assert not wrong, f"{wrong} in {trace.root.formula()}"
    assert len(met) > 10


# ── around a program ──


def test_program_stops_at_the_first_anomaly_and_keeps_gradients() -> None:
    a = x()
    a.grad = 7.0
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match=r"v1 = sqrt\(x\) makes inf, at x = 0") as error,
    ):
        (a.sqrt() * 2.0).backward()
    assert a.grad == 7.0
    assert [anomaly.kind for anomaly in error.value.anomalies] == ["vertical slope"]
    assert pickle.loads(pickle.dumps(error.value)).anomalies[0].node == "v1"


def test_finite_pass_goes_on() -> None:
    a = x(3.0)
    with detect_anomaly():
        (a * a).backward()
        a.backward()
    assert a.grad == 7.0


def test_seed_counts() -> None:
    with detect_anomaly(), pytest.raises(AnomalyError, match="beyond the largest float"):
        (x(1.0) * 1e200).backward(1e200)


def test_leaf_that_adds_up_to_inf_is_no_anomaly_of_the_pass() -> None:
    a = x(1.0)
    with detect_anomaly(), a.register_hook(lambda gradient: math.inf):
        (a * 2.0).backward()  # what a hook returns is not of the pass
    assert a.grad == math.inf


def test_nothing_is_left_after_the_block() -> None:
    before = dict(RECORDERS)
    with detect_anomaly(), detect_anomaly():
        assert len(RECORDERS) == len(before) + 2
    assert before == RECORDERS
    a = x()
    a.sqrt().backward()
    assert a.grad == math.inf


@pytest.mark.parametrize(
    "differentiate",
    [
        lambda a: at.grad(a.sqrt() * 2.0, a),
        lambda a: at.grad(lambda a: a.sqrt() * 2.0)(0.0),
        lambda a: at.value_and_grad(lambda a: a.sqrt() * 2.0)(0.0),
        lambda a: at.jacobian([a.sqrt() * 2.0], [a]),
    ],
)
def test_other_backward_passes_are_looked_at(differentiate: Callable[[Value], object]) -> None:
    a = x()
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"backward pass: \w+ = sqrt\(\w+\) makes inf"):
        differentiate(a)
    differentiate(a)  # outside of the block it goes on


def test_line_is_quoted_inside_the_block() -> None:
    root = run_program("/home/me/net.py", records=False)
    with (
        pytest.raises(AnomalyError, match=r"these nodes were made before the block began; make them in it\."),
        detect_anomaly(),
    ):
        root.backward()
    with pytest.raises(AnomalyError) as error, detect_anomaly():
        run_program("/home/me/net.py", records=False).backward()
    assert "  v3 was made at net.py:3, in loss: p = h.log()" in str(error.value).splitlines()
    assert [anomaly.line and anomaly.line.line for anomaly in error.value.anomalies] == [3, 2]


def test_graph_without_a_backward_pass_is_not_looked_at() -> None:
    with detect_anomaly():
        root = x().log()
        assert root.trace().anomalies()[0].line is not None
        at.jvp(lambda a: a.log(), (0.0,), (1.0,))


def test_decorated_program_is_looked_at() -> None:
    with pytest.raises(AnomalyError):
        detect_anomaly(lambda: x().log().backward())()


def test_other_threads_go_on() -> None:
    a = x()
    thread = Thread(target=lambda: a.sqrt().backward())
    with detect_anomaly():
        thread.start()
        thread.join()
    assert a.grad == math.inf


LISTED = {
    "a*log(a)": [("forward", "v1", "-inf"), ("forward", "L", "nan"), ("backward", "v1", "nan")],
    "lgamma(a)": [("forward", "L", "inf")],
    "1/a": [("forward", "L", "inf")],
    "sqrt(c) + 1/a": [("forward", "v2", "inf"), ("backward", "v1", "inf")],
    "sqrt(a) + 1/a": [("forward", "v2", "inf"), ("backward", "v1", "nan")],
    "sqrt(a)": [("backward", "L", "inf")],
    "b*sqrt(a)": [("backward", "v1", "inf")],
    "exp(1e4*b)": [("forward", "L", "inf")],
    "log(a) - log(a)": [("forward", "v1", "-inf"), ("forward", "L", "nan"), ("backward", "v1", "nan")],
}


@pytest.mark.parametrize("text", LISTED)
def test_listed_is_what_the_help_says(text: str) -> None:
    expression = parse(text)
    trace = expression.evaluate(**{name: {"a": 0.0, "b": 1.0, "c": 0.0}[name] for name in expression.names}).trace(
        forward=True
    )
    assert [(found.phase, found.node, str(found.result)) for found in trace.anomalies()] == LISTED[text]
    assert _first_of_each(trace) == LISTED[text]


def _first_of_each(trace: Trace) -> list[tuple[str, str, str]]:
    """Return what the help of `nan` says, from the events alone."""
    made: dict[tuple[str, bool], tuple[str, str, str]] = {}
    for event in trace:
        node = trace.find(event.node)
        around = [node.data, *(x.data for x in node.inputs)]
        if event.kind == "forward":
            result, given = node.data, around[1:]
        elif event.kind == "seed" or event.upstream is None or event.partial is None:
            continue
        else:
            result, given = float(event.after), [event.upstream, event.before or 0.0]
            if math.isnan(event.partial) or (math.isinf(event.partial) and not math.isnan(result)):
                given += around
        is_nan = math.isnan(result)
        if any(map(math.isnan, given)) or not (is_nan or all(map(math.isfinite, given))) or math.isfinite(result):
            continue
        phase = "forward" if event.kind == "forward" else "backward"
        if (phase, True) not in made:  # what comes after the first nan is not looked at
            made.setdefault((phase, is_nan), (phase, event.node, str(result)))
    return list(made.values())


def test_zero_is_told_with_its_sign() -> None:
    assert "becomes -inf, at x = -0: it divides by 0." in (1.0 / x(-0.0)).trace().anomalies()[0].text
    assert "becomes inf, at x = 0: it divides by 0." in (1.0 / x(0.0)).trace().anomalies()[0].text
