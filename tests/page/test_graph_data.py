"""The data of a page."""

from __future__ import annotations

import json
import math
from typing import Any

from autograd_tiny import Value, dot, primitive, prod
from autograd_tiny.page.graph_data import MOST_FORMULAS, graph_data, rows_of
from autograd_tiny.page.rows import pick
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.trace import Trace
from tests.programs import run_program


def data(trace: Trace) -> dict[str, Any]:
    return graph_data(trace, pick(rows_of(trace)))


def rules_of(described: dict[str, Any], place: int) -> list[str]:
    return described["rules"][described["nodes"][place]["rules"]]


def test_long_name_has_its_short_form() -> None:
    w, b = (Value(2.0, label=f"layers[0].neurons[{k}].w[0]") for k in range(2))
    described = data((w * b).trace())["nodes"]
    assert [node.get("shortName") for node in described] == ["…neurons[0].w[0]", "…neurons[1].w[0]", None]


def test_label_that_could_be_misread_has_its_form_in_formulas() -> None:
    described = data((Value(2.0, label="x + y") * Value(3.0, label="w")).trace())["nodes"]
    assert [node.get("writtenNames") for node in described] == [['"x + y"', '"x + y"'], None, None]
    assert described[2]["latex"] == r"{\text{“}\mathrm{x\ {+}\ y}\text{”}} \cdot w"


def test_operands_are_indices_or_constants() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    described = data((a * b - math.inf).trace())
    assert [node.get("operands") for node in described["nodes"]] == [None, None, [0, 1], [2, ["inf"]]]
    assert [row["text"] for row in described["rows"]] == ["{x} * {y}", "{x} - {y}"]


def test_equal_nodes_share_rules() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    described = data(((a * b) * (b * a) + a**2 + b**3).trace())
    products = [node["rules"] for node in described["nodes"] if node.get("row") == 0]
    assert products == [0, 0, 0]
    assert ["(2 * ⟨0⟩)"] in described["rules"]
    assert ["(3 * ⟨0⟩ ** 2)"] in described["rules"]


def test_constants_in_lists_are_blanks() -> None:
    w, v = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    described = data((dot(w, [5.0, 6.0]) + dot(v, [7.0, 8.0])).trace())
    assert described["rules"][0] == ["⟨2⟩", "⟨3⟩"]
    assert len(described["rules"]) == 2


def test_rules_hold_for_every_number() -> None:
    described = data(Value(2.0, label="a").relu().trace())
    assert rules_of(described, 1) == ["[⟨0⟩ > 0]"]


def test_rule_divides_by_zero_as_ieee() -> None:
    described = data((Value(2.0, label="a") / 0.0).trace())
    assert rules_of(described, 1) == ["(1 / 0)"]


def test_long_rules_are_left_out() -> None:
    described = data(prod([Value(float(i)) for i in range(80)]).trace())
    assert rules_of(described, 80) == [""] * 80


def test_missing_rows_have_partials_as_numbers() -> None:
    opaque = primitive("opaque_", "opaque_({x})", math.exp, lambda x, z: (math.exp(float(x)),))
    try:
        a = Value(0.0, label="a")
        described = data(opaque(a).trace())
        trace = opaque(a).trace()
        trace.set(a, 1.0)
        changed = data(trace)
    finally:
        del TABLE["opaque_"]
    assert rules_of(described, 1) == [""]
    assert described["missing"] == ("opaque_",)
    assert described["nodes"][1]["partials"] == [1.0]
    assert changed["nodes"][1]["partials"] == [math.e] == [changed["nodes"][1]["value"]]


def test_large_graphs_have_no_latex() -> None:
    x = Value(0.0, label="x")
    for _ in range(MOST_FORMULAS):
        x = x + 1.0
    assert all("latexName" not in node for node in data(x.trace())["nodes"])


def test_data_is_deterministic_json() -> None:
    def text() -> str:
        a = Value(math.nan, label="a\ud800")
        return json.dumps(data((a * a).trace(forward=True)), allow_nan=False)

    assert text() == text()
    assert json.loads(text())["forward"] is True


def test_nodes_have_their_lines_without_the_folder() -> None:
    trace = run_program("/home/me/net.py").trace()
    lines = [node["line"] for node in data(trace)["nodes"]]
    assert lines[3:5] == ["net.py:2, in loss: h = (w * x).relu()", "net.py:3, in loss: p = h.log()"]
    trace = run_program("/home/me/net.py", records=False).trace()
    assert not any("line" in node for node in data(trace)["nodes"])


def test_constants_have_their_text_where_five_digits_do_not_do() -> None:
    x = Value(1.0000012, label="x")

    def constants(root: Value) -> list[Any]:
        trace = root.trace()
        operands: list[Any] = graph_data(trace, pick(rows_of(trace)))["nodes"][-1]["operands"]
        return operands[1:]

    assert constants(x * math.pi) == [[math.pi, "π"]]
    assert constants(x - 0.5) == [[0.5]]
    assert constants(x - 1.000001) == [[1.000001, "1.000001"]]
    assert constants(x * 1.000001) == [[1.000001]]
