"""Equations in numbers are true as they are written, also where terms cancel."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest

from autograd_tiny import Value, dot
from autograd_tiny import sum as add_up
from autograd_tiny.debugger.step_text import StepText
from autograd_tiny.trace import Trace
from autograd_tiny.trace.true_digits import digits_of_sum

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def significant(text: str) -> int:
    """Return how many significant digits are written."""
    return len(text.partition("e")[0].replace(".", "").lstrip("0"))


def last_unit(number: Fraction, digits: int) -> Fraction:
    """Return the unit of the last of so many digits of a number."""
    return (
        Fraction(10) ** (int(f"{float(number):.{digits - 1}e}".partition("e")[2]) - digits + 1) if number else number
    )


def is_true(sum_text: str, result_text: str) -> bool:
    """Return whether a sum of products gives its result, from the numbers as written; ordinary sums to rounding."""
    found = NUMBER.findall(sum_text)
    python = NUMBER.sub(r"F('\g<0>')", sum_text.replace("·", "*").replace("sum", "total"))
    names = {"F": Fraction, "total": lambda xs: sum(xs, start=Fraction()), "dot": dot_of_fractions}
    value, result = eval(python, names), Fraction(result_text)
    digits = max(map(significant, found))
    largest = max(abs(product_of(term)) for term in re.split(r" [+-] |, ", sum_text.strip("sum()[]")))
    if result and abs(result) < largest and digits < 17 and "dot" not in sum_text:
        return abs(value - result) <= Fraction(502, 1000) * last_unit(result, 5)
    slack = sum(last_unit(largest, max(digits, 5)) for _ in found)
    return abs(value - result) <= last_unit(result, 5) + slack


def dot_of_fractions(ws: list[Fraction], xs: list[Fraction], bias: Fraction = Fraction()) -> Fraction:
    return sum((w * x for w, x in zip(ws, xs, strict=True)), start=bias)


def product_of(text: str) -> Fraction:
    """Return the product of the numbers in a text, without its sign."""
    product = Fraction(1)
    for number in NUMBER.findall(text):
        product *= Fraction(number)
    return product


def near(rng: random.Random, number: float) -> float:
    """Return a number that differs only from some digit on."""
    return number * (1.0 + rng.choice([1.0, -1.0, 0.3]) * 10.0 ** -rng.randint(1, 14))


@pytest.mark.parametrize("seed", range(100))
def test_forward_lines_and_sums_of_contributions_are_true(seed: int) -> None:
    rng = random.Random(seed)
    scale = 10.0 ** rng.randint(-8, 8)
    a = Value(rng.uniform(-2.0, 2.0) * scale, label="a")
    b = Value(-near(rng, a.data), label="b")
    x = Value(rng.choice([1.0, rng.uniform(-3.0, 3.0)]), label="x")
    roots = [a + b, a - (-b), x * a + x * b, add_up([a, b, x * 1e-9 * scale]), (x * a + b) * x + x * b]
    for root in roots:
        trace = Trace(root)
        trace.finish()
        text = StepText(trace)
        lines = [
            text.computation(z) for z in trace.nodes if z.primitive and z.primitive.name in {"add", "sub", "sum"}
        ]
        lines += [str(line) for leaf in trace.nodes if leaf.primitive is None for line in [trace.why(leaf)]]
        walk = trace.jvp({"a": 1.0, "b": near(rng, 1.0)})
        lines += [walk.sentence(z) for z in trace.nodes if z.primitive and walk.depends(z)]
        for event in trace:
            if event.before is not None:
                before, _, after, *_, contribution = text.step(event).split()[1:]
                lines.append(f"step = {before} + {contribution} = {after}")
        for line in lines:
            *_, numbers, result = line.partition("\n")[0].split(" = ")
            if " " in numbers and "…" not in numbers:  # a sum that is written in full
                assert is_true(numbers, result), line


def test_a_false_equation_is_found_by_the_test() -> None:
    assert not is_true("6 - 6", "2e-05")
    assert is_true("6.00002 - 6", "2e-05")


def test_a_difference_has_the_digits_that_remain() -> None:
    a, b, c = (Value(x, label=name) for x, name in ((3.00001, "a"), (2.0, "b"), (6.0, "c")))
    trace = Trace(a * b - c)
    assert StepText(trace).computation(trace.root) == "L = v1 - c = 6.00002 - 6 = 2e-05"


def test_a_constant_has_the_same_digits_among_names_and_among_numbers() -> None:
    trace = Trace(Value(1.0000012, label="x") - 1.000001)
    assert StepText(trace).computation(trace.root) == "L = x - 1.000001 = 1.0000012 - 1.000001 = 2e-07"


def test_why_has_the_digits_that_remain() -> None:
    x, a, b = (Value(n, label=name) for n, name in ((1.0, "x"), (1.234567, "a"), (-1.234562, "b")))
    trace = Trace(x * a + x * b)
    trace.finish()
    assert str(trace.why(x)).endswith(" = 1·(-1.234562) + 1·1.234567 = 5e-06")


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
    ],
)
def test_digits(terms: list[list[float]], result: float, digits: int) -> None:
    assert digits_of_sum(terms, result) == digits


def test_a_step_has_the_digits_that_remain() -> None:
    x, a, b = (Value(n, label=name) for n, name in ((1.0, "x"), (1.234567, "a"), (-1.234562, "b")))
    trace = Trace(x * a + x * b)
    step = next(event for event in trace if event.input == "x" and event.before is not None)
    words = StepText(trace).step(step).split()
    assert " ".join(words) == "x.grad -1.234562 → 5e-06 += v1.grad·a = 1·1.234567 = 1.234567"


def test_the_table_of_a_notebook_has_the_digits_that_remain() -> None:
    x, a, b = (Value(n, label=name) for n, name in ((1.0, "x"), (1.234567, "a"), (-1.234562, "b")))
    trace = Trace(x * a + x * b)
    trace.finish()
    assert "1·1.234567 = 1.234567` | -1.234562 → 5e-06" in trace._repr_markdown_()


def test_tangents_and_their_comparison_have_the_digits_that_remain() -> None:
    x, a, b = (Value(n, label=name) for n, name in ((1.0, "x"), (1.234567, "a"), (-1.234562, "b")))
    text = repr(Trace(x * a + x * b).jvp({"x": 1.0}))
    assert "L' = v1'·1 + v2'·1 = 1.234567·1 + (-1.234562)·1 = 5e-06" in text
    text = repr(Trace(a * a + b * b).jvp({"a": 1.0, "b": 1.000004}))
    assert "= 2.469134·1 + (-2.469124)·1.000004 = 1.2" in text
