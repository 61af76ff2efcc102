"""The JSON of a trace."""

from __future__ import annotations

import json
import math

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.trace.formats import markdown_table
from autograd_tiny.trace.stepper import Stepper
from nn import MLP


def test_nodes_have_names_formulas_and_numbers() -> None:
    a = Value(2.0, label="a")
    exported = (3.0 * a).trace().as_json()
    assert exported["root"] == "L"
    assert exported["cursor"] == 0
    assert exported["nodes"] == [
        {
            "name": "a",
            "formula": "",
            "primitive": None,
            "operands": [],
            "module": "",
            "value": 2.0,
            "gradient": 3.0,
            "line": None,
        },
        {
            "name": "L",
            "formula": "3 * a",
            "primitive": "mul",
            "operands": [3.0, "a"],
            "module": "",
            "value": 6.0,
            "gradient": 1.0,
            "line": None,
        },
    ]


def test_json_events_are_those_of_the_trace() -> None:
    a = Value(2.0, label="a")
    trace = (3.0 * a).trace(forward=True)
    nothing = dict.fromkeys(["input", "position", "upstream", "partial", "contribution", "before"])
    assert trace.as_json()["events"] == [
        {**nothing, "kind": "forward", "node": "L", "rule": "", "after": 6.0},
        {**nothing, "kind": "seed", "node": "L", "rule": "", "after": 1.0},
        {
            "kind": "contribution",
            "node": "L",
            "input": "a",
            "position": 0,
            "upstream": 1.0,
            "partial": 3.0,
            "contribution": 3.0,
            "rule": "3",
            "before": None,
            "after": 3.0,
        },
    ]


def test_json_has_cursor_and_modules() -> None:
    trace = MLP(1, [2, 1], seed=0)([1.0]).trace()
    trace.goto(3)
    exported = trace.as_json()
    assert exported["cursor"] == 3
    modules = {node["name"]: node["module"] for node in exported["nodes"]}
    assert modules["layers[0].neurons[1].b"] == "layers[0].neurons[1]"


def test_infinite_numbers_are_strings() -> None:
    a = Value(0.0, label="a")
    exported = at.dot([a.log()], [math.inf], math.nan).trace().as_json()
    assert [node["value"] for node in exported["nodes"]] == [0.0, "-inf", "nan"]
    assert exported["nodes"][2]["operands"] == ["v1", "inf", "nan"]
    assert exported["events"][2]["partial"] == "inf"
    json.dumps(exported, allow_nan=False)


def test_json_has_numbers_that_were_set() -> None:
    a = Value(2.0, label="a")
    trace = (3.0 * a).trace()
    trace.set(a, 5.0)
    assert [node["value"] for node in trace.as_json()["nodes"]] == [5.0, 15.0]


# ── the table of a notebook ─────────────────────────────────────────────────────────────────────────────────────


def rows(walk: Stepper) -> list[str]:
    return markdown_table(walk).splitlines()[2:]


def test_table_defines_what_only_rules_have() -> None:
    p, a = Value(1.0, label="p"), Value(2.0, label="a")
    walk = Stepper(at.softmax([p, a])[0] * a.selu())
    assert rows(walk)[-4:] == [
        *("", "In the rules of `v2`, `λ = 1.0507009873554805`."),
        *("", "In the rules of `v1`, `s = softmax([p, a]) = [s₁, s₂]`."),
    ]
    assert all(row.startswith("| ") for row in rows(Stepper(p * a)))


def test_each_kind_of_event_has_a_row() -> None:
    a = Value(3.0, label="a")
    walk = Stepper(a * a, forward=True)
    walk.goto(3)
    assert rows(walk) == [
        "|   | 1 | `L` | `a * a = 9` | — |",
        "|   | 2 | `L` | seed | 1 |",
        "|   | 3 | `a` | `∂L/∂L·a = 1·3 = 3` | — → 3 |",
        "| ▶ | 4 | `a` | `∂L/∂L·a = 1·3 = 3` | 3 → 6 |",
    ]


def test_table_shows_events_near_the_cursor() -> None:
    node = Value(1.0)
    for _ in range(100):
        node = -node
    walk = Stepper(node)
    assert len(rows(walk)) == 8
    walk.goto(50)
    assert len(rows(walk)) == 16
    walk.finish()
    assert len(rows(walk)) == 8
    assert not any("▶" in row for row in rows(walk))


def test_label_cannot_break_the_table() -> None:
    a = Value(1.0, label="a|`b`")
    assert rows(Stepper(a * 2.0))[1] == r'|   | 2 | `"a\|′b′"` | `∂L/∂L·2 = 1·2 = 2` | — → 2 |'
