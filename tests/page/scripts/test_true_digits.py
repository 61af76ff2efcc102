"""The digits of the page: those of Python, so that its equations are true as they are written."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

from autograd_tiny import Value
from autograd_tiny import sum as add_up
from autograd_tiny.page import document
from autograd_tiny.page.rows import pick
from autograd_tiny.trace import Trace
from autograd_tiny.trace.true_digits import digits_of_operation, digits_of_step, digits_of_sum
from tests.page_driver import PageDriver
from tests.trace.test_true_digits import OWN, false_equations, graph, near

COMPARE = """(cases) => {
  const ofStep = (step, fewest) => digitsOfSteps([step], step.before, step.after, fewest);
  return cases.flatMap(([name, digits, ...given]) => {
  const found = { sum: digitsOfSum, step: ofStep, operation: digitsOfOperation }[name](...given);
  return found === digits ? [] : [[name, digits, found, ...given]];
  });
}"""


def cases_of_sums(rng: random.Random) -> Iterator[list[Any]]:
    """Yield sums and steps, most of which cancel or look exact."""
    for _ in range(450):
        scale, fewest = 10.0 ** rng.randint(-12, 12), rng.choice([3, 5, 10])
        first = rng.choice([rng.uniform(-3.0, 3.0), near(rng, rng.choice([1.0, 2.5, -7.0, 9.9]))]) * scale
        factor = rng.choice([1.0, near(rng, 1.0), rng.uniform(-3.0, 3.0)])
        terms = [[first, factor], [-near(rng, first * factor)], *[[rng.gauss(0.0, scale)]] * rng.randint(0, 1)]
        terms = rng.choice([terms, [[abs(x) for x in term] for term in terms]])
        result = math.fsum(map(math.prod, terms))
        yield ["sum", digits_of_sum(terms, result, fewest=fewest), terms, result, fewest]
        before = rng.choice([None, -near(rng, first * factor), rng.gauss(0.0, scale)])
        step = {"upstream": first, "partial": factor, "before": before, "after": (before or 0.0) + factor * first}
        yield ["step", digits_of_step(**step, fewest=fewest), step, fewest]


def cases_of_operations(rng: random.Random) -> Iterator[list[Any]]:
    """Yield operations with operands near round numbers, where many functions are steep."""
    for name, row in OWN.items():
        given = {"name": name, "lists": list(row.takes_list)}
        for _ in range(10 if "_at" not in name and name != "cross_entropy" else 0):
            fewest = rng.choice([3, 5, 10])
            numbers = [near(rng, rng.choice([1.0, 0.5, 2.0, 3.0, math.pi, 100.0, -1.0])) for _ in row.operands]
            flat = row.flatten([[x, 2.0] if many else x for x, many in zip(numbers, row.takes_list, strict=True)])
            result = row.evaluate(*row.group(flat))
            if math.isfinite(result):
                yield [
                    "operation",
                    digits_of_operation(row, flat, result, fewest=fewest),
                    given,
                    flat,
                    result,
                    fewest,
                ]


@pytest.mark.no_cover
def test_digits_are_those_of_python(driver: PageDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = pick(OWN.values())
    monkeypatch.setattr(document, "pick", lambda rows: everything)
    driver.open((Value(1.0, label="a") * 2.0).trace())
    rng = random.Random(1)
    cases = [*cases_of_sums(rng), *cases_of_operations(rng)]
    assert len(cases) > 1500
    assert driver.ask(COMPARE, cases) == []
    name, digits, *given = cases[0]
    assert driver.ask(COMPARE, [[name, digits + 1, *given]]) != []


SCREENS = """() => [...Array(countEvents(graph)).keys()].map((place) => {
  goTo(place + 1);
  const texts = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
  return { lines: texts("#step .line .formula"), parts: texts(".equation b"), sums: texts(".contributions b"),
    gradient: texts("#node .line .formula").at(-1), sentence: document.getElementById("live").textContent };
})"""


@pytest.mark.parametrize("seed", range(8))
def test_equations_of_the_page_are_true(driver: PageDriver, seed: int) -> None:
    trace = Trace(graph(random.Random(seed)), variable_names=False)
    driver.open(trace)
    for screen in driver.ask(SCREENS)[1:]:
        before, upstream, partial, after = screen["parts"]
        lines = [line.partition("+= ")[2] for line in screen["lines"][-1:]]
        lines.append(f"{before} + {upstream}·{partial} = {after}")
        done = [text for text in screen["sums"] if text != "—"]
        lines += done
        contributions = [f"({text.rpartition(' = ')[2]})" for text in done]
        if len(contributions) > 1:
            products = [f"{text.rpartition(' = ')[0].replace(' ', '')}" for text in done]
            gradient = screen["gradient"].partition(",")[0]
            lines += [f"{' + '.join(contributions)} = {gradient}", f"{' + '.join(products)} = {gradient}"]
        assert [false for line in lines for false in false_equations(line)] == []


def cancelling() -> Trace:
    """Return the trace of x * a + x * b; its terms, and the contributions to x, cancel but for 5e-06."""
    x, a, b = (Value(n, label=name) for n, name in ((1.0, "x"), (1.234567, "a"), (-1.234562, "b")))
    return Trace(x * a + x * b, forward=True, variable_names=False)


def test_boxes_table_and_events_have_the_digits_that_remain(driver: PageDriver) -> None:
    driver.open(cancelling(), fragment="#step=10")
    events = driver.ask("[...document.querySelectorAll('#event-list b')].map((element) => element.textContent)")
    assert events[:3] == ["1.234567", "-1.234562", "5e-06"]
    assert sorted(events[6:]) == ["-1.234562", "1", "1", "1.234567"]
    boxes = driver.ask("[...document.querySelectorAll('.box .value')].map((element) => element.textContent)")
    assert sorted(boxes) == ["-1.234562", "1.234567", "5e-06"]
    fields = driver.ask("[...document.querySelectorAll('#node-rows .number')].map((field) => field.value)")
    assert sorted(fields) == ["-1.234562", "1", "1.234567"]
    driver.ask("goTo(graph.recorded.length + 1 + graph.target.lastIndexOf(0) + 1)")
    assert "whose gradient is now" in driver.text("#live")


def test_other_numbers_get_the_digits_that_they_need(driver: PageDriver) -> None:
    driver.open(cancelling())
    driver.enter("b", "1")
    assert driver.leaf("a").input_value() == "1.2346"
    assert driver.ask("valueText(graph, state.run, graph.root)") == "2.2346"


def test_fewer_digits_are_true_too(driver: PageDriver) -> None:
    driver.open(cancelling(), fragment="#step=10")
    driver.page.select_option("#digits", "3")
    assert driver.ask("document.querySelector('.box.root .value').textContent") == "5e-06"
    assert driver.leaf("b").input_value() == "-1.234562"


def test_a_constant_has_the_digits_that_remain(driver: PageDriver) -> None:
    trace = Trace(add_up([Value(1.0000012, label="x"), -1.000001]) * 2.0, forward=True, variable_names=False)
    driver.open(trace)
    assert driver.ask("formulaOf(graph, 1)") == trace.formula(trace.nodes[1]) == "sum([x, -1.000001])"
    trace = Trace(Value(1.0000012, label="x") - 1.000001, forward=True, variable_names=False)
    driver.open(trace, fragment="#step=1")
    assert driver.text("#live") == "L = x - 1.000001 = 2e-07"
    assert "L &= x - 1.000001 = 2 \\times 10^{-7}" in driver.ask("toLatex()")
