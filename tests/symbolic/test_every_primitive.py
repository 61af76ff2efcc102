"""Every primitive and its partials as text, LaTeX and source."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from math_core import LatexToMathML

import autograd_tiny
from autograd_tiny import Value, primitive
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.symbolic.formulas import node_operation, node_partials
from autograd_tiny.symbolic.notation import format_number

pytestmark = pytest.mark.no_cover  # other tests cover these lines, and tracing takes three times as long

ROWS = list(TABLE.values())
NAMESPACE = {name: getattr(autograd_tiny, name) for name in autograd_tiny.__all__}
CONSTANTS = {
    "softmax_at": 1,
    "log_softmax_at": 1,
    "cross_entropy": 1,
    "pow_constant_exponent": 1,
    "pow_constant_base": 0,
}
"""The operand of these rows that is always a plain number."""

few = settings(max_examples=10, deadline=None)  # for each of a hundred rows
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
check_latex = LatexToMathML(fancy_error=False).convert_with_local_state


# ── nodes and their formulas ──────────────────────────────────────────────────────────────────────────────────


@st.composite
def operands_of(draw: Callable[..., Any], row: Primitive) -> list[Any]:
    """Draw operands from the row's domain, lists of two or three; one of them may be a constant."""
    length = draw(st.integers(2, 3))
    counts = [length if many else 1 for many in row.takes_list]
    numbers = [draw(st.floats(*span)) for span, count in zip(row.domain, counts, strict=True) for _ in range(count)]
    constant = draw(st.integers(0, len(numbers) - 1)) if len(numbers) > 1 and draw(st.booleans()) else None
    return as_operands(row, [x if i == constant else Value(x) for i, x in enumerate(numbers)])


def as_operands(row: Primitive, flat: list[Any]) -> list[Any]:
    """Return operands in the structure of a row, plain numbers where it takes only these."""
    operands = row.group(flat)
    if row.name in CONSTANTS:
        constant = CONSTANTS[row.name]
        operands[constant] = getattr(operands[constant], "data", operands[constant])
        if isinstance(operands[1 - constant], float):
            operands[1 - constant] = Value(operands[1 - constant])
    return operands


def names_of(node: Value) -> dict[Value, str]:
    return {x: f"x{i}" for i, x in enumerate(dict.fromkeys(node.inputs))} | {node: "z"}


def scope_of(names: dict[Value, str]) -> dict[str, Any]:
    """Return Values with the same numbers, which follow IEEE rules as the table does."""
    return {name: Value(node.data) for node, name in names.items()}


def evaluated(source: str, names: dict[Value, str]) -> float:
    result = eval(source, NAMESPACE | scope_of(names))
    return result.data if isinstance(result, Value) else float(result)


def at_kinks(row: Primitive) -> Iterator[Value]:
    for inputs in row.kinks:
        args = [list(x) if many else x for x, many in zip(inputs, row.takes_list, strict=True)]
        yield row(*as_operands(row, [Value(x) for x in row.flatten(args)]))


CORRECTED = {"celu", "erfinv", "logaddexp"}
"""The rows whose partials are corrected, as numbers, for a rounding that the formula magnifies."""


def check_partials(node: Value, *, numbers: bool) -> None:
    names = names_of(node)
    sources = [partial.source() for partial in node_partials(node, names, numbers=numbers)]
    results = [evaluated(source, names) + 0.0 for source in sources]
    is_subnormal = any(0.0 < abs(x.data) < sys.float_info.min for x in (node, *node.inputs))  # of fewer digits
    if (node.primitive is not None and node.primitive.name in CORRECTED) or is_subnormal:
        assert results == pytest.approx(list(node.partials), rel=1e-14)
    else:
        assert list(map(repr, results)) == [repr(p + 0.0) for p in node.partials]


# ── value ─────────────────────────────────────────────────────────────────────────────────────────────────────


@every_row
@few
@given(data=st.data())
def test_node_source_evaluates_to_its_number(row: Primitive, data: st.DataObject) -> None:
    node = row(*data.draw(operands_of(row)))
    names = names_of(node)
    for numbers in (True, False):
        assert repr(evaluated(node_operation(node, names, numbers=numbers).source(), names)) == repr(node.data)
    assert repr(node_operation(node, names).number) == repr(node.data)


@every_row
@few
@given(data=st.data())
def test_node_text_parses_to_its_number(row: Primitive, data: st.DataObject) -> None:
    operands = row.map(lambda x: x if isinstance(x, Value) else float(format_number(x)), data.draw(operands_of(row)))
    node = row(*operands)
    names = names_of(node)
    result = parse(node_operation(node, names).text()).evaluate(**scope_of(names))
    assert repr(result.data) == repr(node.data)


# ── partials ──────────────────────────────────────────────────────────────────────────────────────────────────


@every_row
@pytest.mark.parametrize("numbers", [True, False])
@few
@given(data=st.data())
def test_partial_source_evaluates_to_stored_partial(row: Primitive, numbers: bool, data: st.DataObject) -> None:
    check_partials(row(*data.draw(operands_of(row))), numbers=numbers)


@every_row
@pytest.mark.parametrize("numbers", [True, False])
def test_partial_source_holds_at_kinks(row: Primitive, numbers: bool) -> None:
    for node in at_kinks(row):
        check_partials(node, numbers=numbers)


@every_row
def test_partial_without_numbers_holds_everywhere(row: Primitive) -> None:
    """Compute formulas at one point of the domain, and evaluate them at another."""
    here, there = ([low + share * (high - low) for low, high in row.domain] for share in (0.9, 0.2))
    if row.name in CONSTANTS:
        there[CONSTANTS[row.name]] = here[CONSTANTS[row.name]]
    nodes = [row(*as_operands(row, row.flatten(row.map(Value, lists(row, at))))) for at in (here, there)]
    names = [dict(zip(node.inputs, map("x{}".format, range(9)), strict=False)) | {node: "z"} for node in nodes]
    for partial, expected in zip(node_partials(nodes[0], names[0], numbers=False), nodes[1].partials, strict=True):
        rounding = 1e-14 if row.name in CORRECTED else 0.0
        assert evaluated(partial.source(), names[1]) == pytest.approx(expected, rel=rounding, abs=0.0)


def lists(row: Primitive, numbers: list[float]) -> list[Any]:
    return [[x, x - 0.25] if many else x for x, many in zip(numbers, row.takes_list, strict=True)]


def test_planted_wrong_partial_is_found(plant: Callable[..., Primitive]) -> None:
    row = plant("wrong", "wrong({x})", lambda x: x * x, lambda x, z: (2.0 * x if type(x) is float else 3.0 * x,))
    with pytest.raises(AssertionError):
        check_partials(row(Value(1.0)), numbers=False)


@pytest.fixture
def plant() -> Iterator[Callable[..., Primitive]]:
    """Add rows to the table during one test."""
    before = set(TABLE)
    yield lambda *columns, **named: primitive(*columns, **named).primitive
    for name in set(TABLE) - before:
        del TABLE[name]


# ── LaTeX ─────────────────────────────────────────────────────────────────────────────────────────────────────


@every_row
@few
@given(data=st.data())
def test_latex_of_nodes_and_partials_parses(row: Primitive, data: st.DataObject) -> None:
    node = row(*data.draw(operands_of(row)))
    names = names_of(node)
    for numbers in (True, False):
        check_latex(node_operation(node, names, numbers=numbers).latex(), displaystyle=True)
        for partial in node_partials(node, names, numbers=numbers):
            check_latex(partial.latex(), displaystyle=True)


@every_row
def test_no_row_repeats_an_operand(row: Primitive) -> None:
    count = 2 if any(row.takes_list) else 1
    flat = [Value(1.0) for _ in row.flatten(lists(row, [1.0] * row.arity))]
    operands = as_operands(row, flat)
    node = row(*operands)
    names = dict(zip(dict.fromkeys(node.inputs), map("q_{}".format, range(9)), strict=False)) | {node: "z"}
    latex = node_operation(node, names, numbers=False).latex()
    found = re.findall(r"q_\{\d\}", latex)
    assert sorted(found) == sorted(set(found))
    assert len(found) >= count


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("div", r"\frac{x_{0}}{x_{1}}"),
        ("pow", "x_{0}^{x_{1}}"),
        ("exp", "e^{x_{0}}"),
        ("sqrt", r"\sqrt{x_{0}}"),
        ("cbrt", r"\sqrt[3]{x_{0}}"),
        ("abs", r"\left\lvert x_{0} \right\rvert"),
        ("floor", r"\left\lfloor x_{0} \right\rfloor"),
        ("ceil", r"\left\lceil x_{0} \right\rceil"),
        ("floordiv", r"\left\lfloor \frac{x_{0}}{x_{1}} \right\rfloor"),
        ("sigmoid", r"\sigma\left(x_{0}\right)"),
        ("tanh", r"\tanh\left(x_{0}\right)"),
        ("square", "x_{0}^{2}"),
        ("rsqrt", r"\frac{1}{\sqrt{x_{0}}}"),
        ("gaussian", "e^{-x_{0}^{2}}"),
        ("sum", "x_{0} + x_{1}"),
        ("prod", r"x_{0} \cdot x_{1}"),
        ("mean", r"\frac{x_{0} + x_{1}}{2}"),
        ("max", r"\max\left(x_{0}, x_{1}\right)"),
        ("dot", r"x_{0} \cdot x_{2} + x_{1} \cdot x_{3} + x_{4}"),
        ("norm", r"\sqrt{x_{0}^{2} + x_{1}^{2}}"),
        ("logsumexp", r"\log\left(e^{x_{0}} + e^{x_{1}}\right)"),
        ("softmax_at", r"\operatorname{softmax}\left(x_{0}, x_{1}\right)_{1}"),
        ("cross_entropy", r"-\log\operatorname{softmax}\left(x_{0}, x_{1}\right)_{1}"),
        ("leaky_relu", r"\operatorname{LeakyReLU}\left(x_{0}, x_{1}\right)"),
        ("copysign", r"\operatorname{copysign}\left(x_{0}, x_{1}\right)"),
        ("gelu_tanh", r"\operatorname{GELU}_{\tanh}\left(x_{0}\right)"),
        ("where", r"\begin{cases} x_{1} & \text{if } x_{0} \\ x_{2} & \text{otherwise} \end{cases}"),
    ],
)
def test_latex_matches_textbooks(name: str, latex: str) -> None:
    row = TABLE[name]
    node = row(*as_operands(row, [Value(1.0) for _ in row.flatten(lists(row, [1.0] * row.arity))]))
    names = {x: f"x{i}" for i, x in enumerate(node.inputs)} | {node: "z"}
    assert node_operation(node, names).latex() == latex


def test_partials_of_subnormal_numbers_hold_nearly() -> None:
    check_partials(autograd_tiny.norm([Value(1.1125369292536007e-308), Value(2.225073858507203e-309)]), numbers=False)
