"""Equations in numbers are true as they are written, also where terms cancel and where functions are steep."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from autograd_tiny import Value, dot, log, primitive, sin
from autograd_tiny import sum as add_up
from autograd_tiny.cli.explain import came, node_rows
from autograd_tiny.debugger.graph_tree import graph_tree
from autograd_tiny.debugger.pass_cursor import PassCursor
from autograd_tiny.debugger.quiz import feedback
from autograd_tiny.debugger.step_text import StepText
from autograd_tiny.errors import AutogradError
from autograd_tiny.explanation import explain
from autograd_tiny.primitives import table
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.symbolic.symbol import Symbol
from autograd_tiny.trace import Trace
from autograd_tiny.trace.true_digits import digits_of_formula, digits_of_operation, digits_of_step, digits_of_sum

OWN = {name: row for name, row in TABLE.items() if row.partials.__module__ == table.__name__}
NAMES = [
    name for name, row in OWN.items() if not {"index", "target"} & {*row.operands} or name == "binary_cross_entropy"
]
"""The rows without a position among their operands."""
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?")
TERM = re.compile(r" [+-] (?![^(\[]*[)\]])")
"""What is between the terms of a sum, outside of parentheses."""


def significant(text: str) -> int:
    """Return how many digits a number shows, without the zeros at its ends."""
    return len(text.partition("e")[0].replace(".", "").strip("-0"))


def last_unit(number: float, digits: int) -> float:
    """Return the unit of the last of so many digits of a number; of 0 the smallest float."""
    return 10.0 ** (math.floor(math.log10(abs(number))) - digits + 1) if number else 5e-324


def value_of(text: str) -> float:
    return parse(text.replace("·", "*")).evaluate().data


def exact_value_of(text: str) -> Fraction:
    """Return the value of a sum of products of numbers, without rounding."""
    total = Fraction()
    for term in TERM.split(text):
        total += math.prod((Fraction(x.strip("()")) for x in term.split("·")), start=Fraction(1))
    return total


def is_numeric(text: str) -> bool:
    try:
        return not parse(text.replace("·", "*")).names
    except AutogradError:
        return False


def false_equations(text: str) -> list[str]:
    """Return the equations between numbers, in a text with ` = ` between its parts, that are not true as written."""
    *parts, result = text.split(" = ")
    return [f"{part} = {result}" for part in parts if is_numeric(part) and not is_true(part, result)]


def is_true(left: str, result: str) -> bool:
    """Return whether an expression gives a result: to half a unit, to ten where it is rounded and nothing cancels."""
    shown, found = float(result), value_of(left)
    if not math.isfinite(shown) or not math.isfinite(found) or 0.0 < abs(shown) < 1e-300:
        return abs(shown) < 1e-300 or shown == found or (math.isnan(shown) and math.isnan(found))
    counts = [significant(x) for x in NUMBER.findall(left)]
    terms = TERM.split(left)
    cancels = len(terms) > 1 and any(abs(value_of(term)) > abs(shown) for term in terms)
    digits = max(5, significant(result))
    if max(counts) == 17:
        return True  # floats are too coarse
    is_loose = not cancels and (max(counts) == digits or (max(counts) > digits and "·" in left))
    room = (10.001 if is_loose else 0.502) * last_unit(shown, digits)
    return abs(found - shown) <= room + (1e-15 * sum(abs(value_of(term)) for term in terms) if cancels else 0.0)


def near(rng: random.Random, number: float) -> float:
    """Return a number that differs only from some digit on."""
    return number * (1.0 + rng.choice([1.0, -1.0, 0.3]) * 10.0 ** -rng.randint(1, 14))


def graph(rng: random.Random) -> Value:
    """Return a graph in which terms, contributions and steep functions cancel."""
    scale = 10.0 ** rng.randint(-8, 8)
    a = Value(rng.uniform(-2.0, 2.0) * scale, label="a")
    b = Value(-near(rng, a.data), label="b")
    x = Value(rng.choice([1.0, rng.uniform(-3.0, 3.0)]), label="x")
    y = Value(near(rng, 1.0), label="y")
    return rng.choice(
        [
            lambda: a + b,
            lambda: a - (-b),
            lambda: x * a + x * b,
            lambda: add_up([a, b, x * 1e-9 * scale]),
            lambda: (x * a + b) * x + x * b,
            lambda: log(y) * x + y - near(rng, y.data),
            lambda: sin(y * math.pi) / x - y,
        ]
    )()


def lines_of(trace: Trace) -> Iterator[str]:
    """Yield the equations of each screen on a trace at its end."""
    text = StepText(trace)
    recorded = [node for node in trace.nodes if node.primitive is not None]
    yield from (text.computation(node) for node in recorded)
    yield from (str(trace.why(node)).partition("\n")[0] for node in trace.nodes)
    walk = trace.jvp({"x" if "x" in trace.names.values() else "a": 1.0})
    yield from (walk.sentence(node) for node in recorded if walk.depends(node))
    for event in trace:
        if event.upstream is not None:
            yield repr(event).partition(" += ")[2].partition(", now ")[0]
            _, before, _, after, *_, contribution = text.step(event).split()
            yield text.step(event).partition(" += ")[2]
            if event.before is not None:
                yield f"{before} + ({contribution}) = {after}"
    for row in str(explain(trace.root)).splitlines():
        yield re.sub(r" +", " ", row).strip()
    for node in node_rows(trace.root):
        *_, last = zip(*(row.partition("= ")[::2] for row in came(node).splitlines()), strict=True)
        yield f"{' + '.join(last)} = {node.gradient:.5g}"
    for row in trace._repr_markdown_().splitlines():
        yield from re.findall("`([^`]* = [^`]*)`", row)


@pytest.mark.parametrize("seed", range(40))
def test_equations_of_each_screen_are_true(seed: int) -> None:
    trace = Trace(graph(random.Random(seed)), forward=True, variable_names=False)
    trace.finish()
    lines = list(lines_of(trace))
    assert len(lines) > 5
    assert [false for line in lines for false in false_equations(line)] == []


def test_a_false_equation_is_found_by_the_test() -> None:
    for false in ("6 - 6 = 2e-05", "log(1) = 1e-07", "1 + 1 = 2.0001", "9.9·1 = 9.9004", "1.2346 * 2 = 2.4715"):
        assert false_equations(f"L = a * b = {false}") == [false]
    assert false_equations("L = v1 - c = 6.00002 - 6 = 2e-05") == []


@pytest.mark.parametrize("name", NAMES)
def test_operands_give_the_result_of_each_function(name: str) -> None:
    """Operands in so many digits give the result, in one digit less they do not, unless all have five."""
    row, rng = TABLE[name], random.Random(name)
    for _ in range(10):
        numbers = [near(rng, rng.choice([1.0, 0.5, 2.0, 3.0, math.pi, 100.0, 1e5, -1.0])) for _ in row.operands]
        operands = [[x, 2.0] if many else x for x, many in zip(numbers, row.takes_list, strict=True)]
        flat = row.flatten(operands)
        result = row.evaluate(*operands)
        digits = digits_of_operation(row, flat, result)
        assert 5 <= digits <= 17
        assert error_in_units(row, flat, result, digits) <= (10.0 if digits == 5 else 0.502)
        if digits > 6 and name not in {"add", "sub", "sum", "dot"}:
            assert error_in_units(row, flat, result, digits - 1) > 0.5


def error_in_units(row: Primitive, operands: list[float], result: float, digits: int) -> float:
    """Return by how many units of its fifth digit the result of rounded operands differs from the result written."""
    found = row.evaluate(*row.group([float(f"{x:.{digits}g}") for x in operands]))
    shown = float(f"{result:.5g}")
    if digits == 17 or found == shown or (math.isnan(found) and math.isnan(result)):
        return 0.0
    is_finite = math.isfinite(found) and math.isfinite(result)
    return abs(found - shown) / last_unit(result, 5) if is_finite else math.inf


def test_a_difference_has_the_digits_that_remain() -> None:
    a, b, c = (Value(x, label=name) for x, name in ((3.00001, "a"), (2.0, "b"), (6.0, "c")))
    trace = Trace(a * b - c, forward=True)
    assert StepText(trace).node(trace.root) == "L = v1 - c = —"
    trace.finish()
    assert StepText(trace).computation(trace.root) == "L = v1 - c = 6.00002 - 6 = 2e-05"
    assert repr(trace[1]) == "L = v1 - c = 2e-05"


def test_a_constant_has_the_same_digits_among_names_and_among_numbers() -> None:
    trace = Trace(Value(1.0000012, label="x") - 1.000001)
    text = StepText(trace)
    assert text.computation(trace.root) == "L = x - 1.000001 = 1.0000012 - 1.000001 = 2e-07"
    assert text.node(trace.root) == "L = x - 1.000001 = 2e-07"
    assert graph_tree(text, PassCursor(trace.root), trace.root)[1].text.split()[1:5] == ["L", "=", "x", "-"]
    assert "L = x - 1.000001: sum rule" in str(explain(trace.root))
    assert str(explain(trace.root)).startswith("L = x - 1.000001 at x = 1.0000012.")
    assert "L = x - 1.000001 = 2e-07" in repr(trace.jvp({"x": 1.0}))


def test_a_constant_that_is_written_as_a_formula_is_exact() -> None:
    x = Value(math.pi + 1e-7, label="x")
    assert "x - π = 3.14159275359 - π = 1e-07" in re.sub(" +", " ", str(explain(x - math.pi)))
    assert digits_of_operation(TABLE["log"], [Symbol("", 1.0000001)], 1e-07) == 5


def test_a_row_of_the_user_is_not_computed_again() -> None:
    row = primitive("steep", "steep({x})", lambda x: 1 / (x - 1), lambda x, z: (-z * z,)).primitive
    try:
        assert digits_of_operation(row, [1.0000001], 1e7) == 5  # with five digits it would divide by 0
    finally:
        del TABLE["steep"]


def test_a_steep_function_has_the_digits_that_remain() -> None:
    y = Value(1.0000001, label="y")
    trace = Trace(log(y))
    assert StepText(trace).computation(trace.root) == "L = log(y) = log(1.0000001) = 1e-07"
    assert "log(1.0000001) = 1e-07" in str(explain(trace.root))


def test_a_node_has_the_digits_that_those_computed_from_it_need() -> None:
    a, b, c = (Value(x, label=name) for x, name in ((3.00001, "a"), (2.0, "b"), (6.0, "c")))
    trace = Trace(a * b - c)
    text, product = StepText(trace), trace.nodes[2]
    assert text.computation(product) == "v1 = a * b = 3.00001 * 2 = 6.00002"
    assert text.node(product) == "v1 = a * b = 6.00002"
    solved = re.sub(" +", " ", str(explain(trace.root)))
    assert solved.startswith("L = a * b - c at a = 3.00001, b = 2, c = 6.")
    assert "v1 = a * b = 3.00001 * 2 = 6.00002" in solved


def test_nodes_of_a_large_graph_have_five_digits() -> None:
    a = Value(1.234567, label="a")
    root = add_up([a * 1.0 for _ in range(400)]) - 493.8267
    trace = Trace(root)
    assert set(trace.events.digits_of_values()) == {5}


def test_why_has_the_digits_that_remain() -> None:
    trace = cancelling()
    assert str(trace.why("x")).endswith(" = 1·(-1.234562) + 1·1.234567 = 5e-06")


def cancelling() -> Trace:
    """Return x * a + x * b at its end; the contributions to x cancel but for 5e-06."""
    x, a, b = (Value(n, label=name) for n, name in ((1.0, "x"), (1.234567, "a"), (-1.234562, "b")))
    trace = Trace(x * a + x * b)
    trace.finish()
    return trace


def test_paths_add_up_as_they_are_written() -> None:
    _, first, second = repr(cancelling().paths("x")).splitlines()
    assert first == "   1.234567  L → v1 → x: 1·1.234567"
    assert second == "  -1.234562  L → v2 → x: 1·(-1.234562)"


def test_an_event_has_the_digits_that_remain() -> None:
    events = [event for event in cancelling() if event.input == "x"]
    assert [repr(event).partition(" = ")[2] for event in events] == [
        "1·(-1.2346) = -1.2346, now -1.2346",
        "1·1.234567 = 1.234567, now 5e-06",
    ]


def test_rows_of_a_tree_follow_from_those_below() -> None:
    trace = cancelling()
    cursor = PassCursor(trace.root)
    cursor.jump(7)
    rows = [row.text.split()[-4:] for row in graph_tree(StepText(cursor.trace), cursor, trace.root)[1:]]
    assert rows[1] == ["1.234567", "1", "1", "1"]
    assert [row for row in rows if row[3] == "5e-06"] == [
        ["1", "1.234567", "1.234567", "5e-06"],
        ["1", "-1.2346", "-1.234562", "5e-06"],
    ]


def test_a_mistake_in_the_quiz_has_the_digits_that_remain() -> None:
    *_, event = (event for event in cancelling() if event.input == "x")
    assert "the gradient so far, -1.234562, plus the upstream, 1, times" in feedback(7.0, event)
    assert feedback(1.234567, event) == "that is the contribution: add it to the gradient so far, -1.234562"


def test_a_sum_in_a_remark_has_the_digits_that_remain() -> None:
    third = 1.0 / 3.0
    terms = [Symbol("", x) for x in (third, third, -2.0 * third)]
    assert digits_of_formula(terms[0] + terms[1] + terms[2]) == 16
    assert digits_of_formula(Symbol("x") + Symbol("", 1.0)) == digits_of_formula(terms[0] * terms[1]) == 5


def test_a_dot_has_the_digits_that_remain() -> None:
    a, b = Value(1.234567, label="a"), Value(-1.0, label="b")
    trace = Trace(dot([a, b], [b, b], 0.234566))
    assert "1.234567" in StepText(trace).computation(trace.root)


@pytest.mark.parametrize(
    ("terms", "result", "digits"),
    [
        ([[1 / 3], [1 / 3]], 2 / 3, 5),
        ([[1 / 3, 3.0], [-1.0]], 0.0, 5),
        ([[1.23456, 2.0], [-2.46912]], 0.0, 6),
        ([[float("inf")], [1.0]], float("inf"), 5),
        ([[0.1 + 0.2], [-0.3]], 0.1 + 0.2 - 0.3, 17),
        ([[1.00004], [1.00004]], 2.00008, 6),
        ([[1e-200, 1e-120]], 1e-320, 5),
    ],
)
def test_digits_of_a_sum(terms: list[list[float]], result: float, digits: int) -> None:
    assert digits_of_sum(terms, result) == digits


def test_digits_of_a_step_make_product_and_sum_true() -> None:
    assert digits_of_step(1.0, 1.234567, -1.234562, 5e-06) == 7
    assert digits_of_step(9.9, 1.00004, None, 9.9 * 1.00004) == 6
    assert digits_of_step(2.0, 3.0, 1.0, 7.0) == digits_of_step(1.23456, 6.54321, None, 1.23456 * 6.54321) == 5


def test_a_step_has_the_digits_that_remain() -> None:
    trace = cancelling()
    step = next(event for event in trace if event.input == "x" and event.before is not None)
    words = StepText(trace).step(step).split()
    assert " ".join(words) == "x.grad -1.234562 → 5e-06 += v1.grad·a = 1·1.234567 = 1.234567"


def test_the_table_of_a_notebook_has_the_digits_that_remain() -> None:
    assert "1·1.234567 = 1.234567` | -1.234562 → 5e-06" in cancelling()._repr_markdown_()


def test_tangents_and_their_comparison_have_the_digits_that_remain() -> None:
    text = repr(cancelling().jvp({"x": 1.0}))
    assert "L' = v1'·1 + v2'·1 = 1.234567·1 + (-1.234562)·1 = 5e-06" in text
    a, b = (Value(n, label=name) for n, name in ((1.234567, "a"), (-1.234562, "b")))
    text = repr(Trace(a * a + b * b).jvp({"a": 1.0, "b": 1.000004}))
    assert "= 2.469134·1 + (-2.469124)·1.000004 = 1.2" in text
