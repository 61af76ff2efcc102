"""JavaScript agrees with Python: every primitive in its domain, at kinks and in tails, and random graphs."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

import autograd_tiny
from autograd_tiny import Value, dot, maximum
from autograd_tiny.page import document
from autograd_tiny.page.graph_data import graph_data, rows_of
from autograd_tiny.page.rows import pick
from autograd_tiny.primitives import table
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.trace import Trace
from tests.page_driver import PageDriver

ROWS = [thing.primitive for thing in vars(table).values() if hasattr(thing, "primitive")]
DRAWS, LENGTH = 40, 3
TAILS = [0.0, 1e-300, 1e-8, 0.5, 1.0, 2.0, 3.0, 30.0, 100.0, 700.0, 800.0, 1e10, 1e300, math.inf]
TAILS += [-x for x in TAILS] + [math.nan]

COMPARE = """(cases) => {
  const number = (x) => (Array.isArray(x) ? x.map(number) : fromJson(x));
  const room = (x, y) => 1e-12 * Math.max(Math.abs(x), Math.abs(y)) + 1e-307; // below it numbers lose their digits
  const isClose = (x, y) => Object.is(x, y) || x === y || Math.abs(x - y) <= room(x, y);
  return cases.flatMap(([name, operands, value, partials]) => {
    const given = number(operands);
    const slopes = rows[name].partials(...given, number(value)).flat().map(Number);
    const found = [rows[name].value(...given), ...slopes];
    const expected = [value, ...partials.flat()].map(number);
    const isGood = found.every((x, i) => isClose(x, expected[i]));
    return isGood ? [] : [[name, operands, found.map(String), expected.map(String)]];
  });
}"""


def json_of(numbers: Any) -> Any:
    if isinstance(numbers, list | tuple):
        return [json_of(number) for number in numbers]
    return float(numbers) if math.isfinite(numbers) else str(float(numbers))


def points(row: Primitive) -> Iterator[list[Any]]:
    """Yield operands: from the domain, at the kinks, and combinations of numbers far out."""
    generator = random.Random(row.name)
    for _ in range(DRAWS):
        yield row.map(
            lambda interval: generator.uniform(*interval),
            [
                [interval] * LENGTH if many else interval
                for interval, many in zip(row.domain, row.takes_list, strict=True)
            ],
        )
    for kink in row.kinks:
        yield [list(x) if isinstance(x, tuple) else x for x in kink]
    for _ in range(2 * DRAWS):
        operands: list[Any] = []
        for (low, high), many in zip(row.domain, row.takes_list, strict=True):
            fixed = low == high  # an order, or a position
            operands.append(
                [generator.choice(TAILS) for _ in range(LENGTH)]
                if many
                else low
                if fixed
                else generator.choice(TAILS)
            )
        yield operands


@pytest.fixture
def whole_table(driver: PageDriver, monkeypatch: pytest.MonkeyPatch) -> PageDriver:
    """Open a page that has every row of the table."""
    everything = pick(ROWS)
    monkeypatch.setattr(document, "pick", lambda rows: everything)
    return driver.open((Value(1.0, label="a") * 2.0).trace())


@pytest.mark.no_cover
def test_primitives_agree_with_python(whole_table: PageDriver) -> None:
    cases = [
        [row.name, json_of(operands), json_of(value), json_of(partials)]
        for row in ROWS
        for operands in points(row)
        for value, partials in [row.linearize(*operands)]
    ]
    assert len(cases) > 100 * DRAWS
    assert whole_table.ask(COMPARE, cases) == []


def test_planted_wrong_partial_is_found(whole_table: PageDriver) -> None:
    whole_table.ask("rows.tanh.partials = (x, z) => [1 - z * z * (1 + 1e-10)]")
    value, partials = TABLE["tanh"].linearize(0.7)
    assert len(whole_table.ask(COMPARE, [["tanh", [0.7], value, list(partials)]])) == 1


EXACT = {
    1: [
        lambda x: -x,
        abs,
        Value.relu,
        Value.square,
        lambda x: x / 3.0,
        lambda x: x**2,
        lambda x: x - 0.1,
        Value.sqrt,
    ],
    2: [
        lambda x, y: x + y,
        lambda x, y: x - y,
        lambda x, y: x * y,
        lambda x, y: x / y,
        maximum,
        lambda x, y: dot([x, y], [y, 0.5], x),
    ],
}
SMOOTH = {
    1: [
        *EXACT[1],
        Value.tanh,
        Value.exp,
        Value.sigmoid,
        Value.gelu,
        Value.softplus,
        Value.sin,
        Value.log_sigmoid,
        autograd_tiny.erf,
    ],
    2: [*EXACT[2], autograd_tiny.logaddexp, lambda x, y: autograd_tiny.softmax([x, y, 0.1])[1], autograd_tiny.hypot],
}


def random_trace(seed: int, operations: dict[int, list[Any]]) -> Trace:
    generator = random.Random(seed)
    nodes = [Value(generator.uniform(-2.0, 2.0), label=f"x{i}") for i in range(4)]
    for _ in range(25):
        arity = generator.choice([1, 2])
        nodes.append(generator.choice(operations[arity])(*generator.choices(nodes, k=arity)))
    return autograd_tiny.sum(nodes).trace(forward=bool(seed % 2))


RUN = """(text) => {
  const graph = readGraph(JSON.parse(text));
  const run = computeRun(graph, new Map());
  const changed = computeRun(graph, new Map([[0, 1.25]]));
  return [...run.gradients, ...run.sums, ...run.values, ...changed.gradients, ...changed.values].map(String);
}"""


def expected(trace: Trace) -> list[float]:
    numbers = trace.events.numbers
    trace.set(trace.nodes[0], 1.25)
    changed = trace.events.numbers
    return [*numbers.gradients, *numbers.sums, *numbers.values, *changed.gradients, *changed.values]


@pytest.mark.no_cover
@pytest.mark.parametrize(("operations", "tolerance"), [(EXACT, 0.0), (SMOOTH, 1e-10)], ids=["exact", "smooth"])
def test_random_graphs_agree_with_python(
    whole_table: PageDriver, operations: dict[int, list[Any]], tolerance: float
) -> None:
    for seed in range(100):
        trace = random_trace(seed, operations)
        text = json.dumps(graph_data(trace, pick(rows_of(trace))))
        found = [float(number.replace("Infinity", "inf")) for number in whole_table.ask(RUN, text)]
        for ours, theirs in zip(found, expected(trace), strict=True):
            is_same = ours == theirs or (math.isnan(ours) and math.isnan(theirs))
            assert is_same or math.isclose(ours, theirs, rel_tol=tolerance, abs_tol=tolerance), f"seed {seed}"


CROSSINGS = """([text, number]) => {
  const graph = readGraph(JSON.parse(text));
  const [before, after] = [computeRun(graph, new Map()), computeRun(graph, new Map([[0, number]]))];
  return crossings(graph, before, after).map(({ z }) => graph.nodes[z].name);
}"""


def test_crossed_kinks_agree_with_python(whole_table: PageDriver) -> None:
    crossed = 0
    for seed in range(60):
        trace = random_trace(seed, EXACT)
        text = json.dumps(graph_data(trace, pick(rows_of(trace))))
        number = random.Random(1000 + seed).uniform(-3.0, 3.0)
        names = [crossing.node for crossing in trace.set(trace.nodes[0], number).crossings]
        assert whole_table.ask(CROSSINGS, [text, number]) == names
        crossed += len(names)
    assert crossed > 20


SAID = """([text, number]) => {
  const graph = readGraph(JSON.parse(text));
  const [before, after] = [computeRun(graph, new Map()), computeRun(graph, new Map([[0, fromJson(number)]]))];
  return [graph.nodes.map((_, z) => formulaOf(graph, z)), crossings(graph, before, after).map(({ text }) => text)];
}"""


WHAT_IFS = [
    ("relu6(x)", 9.0, 6.0),
    ("relu6(x)", 6.0, 9.0),
    ("clamp(x, 0, 1) * hardtanh(x, -1, 1)", 3.0, 1.0),
    ("clamp(x, 0, 1) * hardtanh(x, -1, 1)", 0.5, 1.0),
    ("minimum(x, -2) + maximum(1/3, x)", 0.0, -2.0),
    ("maximum(x, 1/3)", 1.0, 0.0),
    ("max([x, 2*x, -1])", 1.0, 0.0),  # two operands that cross at once
    ("max([x, 2*x, -1])", 1.0, -1.0),
    ("maximum(x, x)", 1.0, -2.0),
    ("sqrt(x) + cbrt(x)", 1.0, 0.0),
    ("x**0.5", 0.0, 2.0),
    ("mean([x, 1/3, -2]) - -x * -0.123456", 1.0, 2.0),
    ("hypot(x, 0)", 1.0, 0.0),
    ("fmod(x, 1)", 1.5, 1.0),
    ("x % 2", 1.0, 4.5),
    ("hardshrink(x, 0.5)", -2.0, 3.0),
    ("abs(x) + leaky_relu(x, 0.99999)", 2.0, -2.0),
    ("x**-2 + log(x)", 2.0, 0.0),  # at a pole there is no kink
    ("sigmoid(x) + sinc(x) + elu(x, 1)", 2.0, -1.0),
    ("relu(x)", -1.0, math.inf),
    ("hardtanh(x, -1, 1)", -5.0, 5.0),  # two kinks
    ("hardtanh(x, -1, 1) + clamp(x, 0, 1)", -1.0, 1.0),
    ("hardsigmoid(x) + max([x, -x, 0.5])", -3.0, 5.0),
    ("x % 1", 0.5, 30.25),
    ("relu(x)", 1.0, math.nan),
]


def test_formulas_and_sentences_about_kinks_are_those_of_the_prompt(whole_table: PageDriver) -> None:
    for text, start, end in WHAT_IFS:
        trace = parse(text).evaluate(x=start).trace()
        data = json.dumps(graph_data(trace, pick(rows_of(trace))))
        formulas = [trace.formula(node) for node in trace.nodes]
        said = [f"{crossing}." for crossing in trace.set("x", end).crossings]
        assert trace.names[trace.nodes[0]] == "x"
        assert whole_table.ask(SAID, [data, json_of(end)]) == [formulas, said], (text, start, end)


EVENTS = """(text) => {
  const graph = readGraph(JSON.parse(text));
  const run = computeRun(graph, new Map());
  return [...Array(countEvents(graph)).keys()].map((place) => {
    const { kind, z, x, edge } = eventAt(graph, place);
    const numbers = kind === "contribution" ? contributionAt(graph, run, edge) : {};
    const input = x === undefined ? null : graph.nodes[x].name;
    return [kind, graph.nodes[z].name, input, String(numbers.before ?? null), String(numbers.after)];
  });
}"""


def test_events_agree_with_trace(whole_table: PageDriver) -> None:
    for seed in range(10):
        trace = random_trace(seed, EXACT)
        text = json.dumps(graph_data(trace, pick(rows_of(trace))))
        for found, event in zip(whole_table.ask(EVENTS, text), trace, strict=True):
            assert found[:3] == [event.kind, event.node, event.input]
            if event.kind == "contribution":
                assert float(found[4].replace("Infinity", "inf")) == pytest.approx(
                    event.after, rel=0, abs=0, nan_ok=True
                )
                assert (found[3] == "null") == (event.before is None)


NUMBERS = [
    0.0,
    -0.0,
    1.0,
    -2.5,
    1 / 3,
    1e-5,
    1.2345678e-5,
    123456.0,
    99999.5,
    1e300,
    1e-300,
    math.inf,
    -math.inf,
    math.nan,
    0.0001,
]


def test_number_format_agrees_with_python(whole_table: PageDriver) -> None:
    written = whole_table.ask("(numbers) => numbers.map((x) => formatNumber(fromJson(x)))", json_of(NUMBERS))
    assert written == [f"{number + 0.0:.5g}" for number in NUMBERS]


ROUNDED = [
    (x, digits)
    for x in (2.5, 3.5, -0.5, 2.675, 1.005, 0.125, 1234.5678, 25.0, 150.0, 1e22, 0.1)
    for digits in (-2, -1, 0, 1, 2, 3, 20, 330)
]


def test_rounding_agrees_with_python(whole_table: PageDriver) -> None:
    found = whole_table.ask(
        "(cases) => cases.map(([x, digits]) => python.round(x, digits))", [list(case) for case in ROUNDED]
    )
    assert found == [round(x, digits) for x, digits in ROUNDED]
