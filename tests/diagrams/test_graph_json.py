"""Graphs as JSON."""

from __future__ import annotations

import json

import pytest

from autograd_tiny import Value
from autograd_tiny.diagrams import SubjectError, to_json
from tests.diagrams.hostile_labels import HOSTILE


def test_json_has_the_whole_graph():
    a, w = Value(2.0, label="a"), Value(float("inf"), label="layers[0].w")
    loss = a * a - 1.0 + w
    document = json.loads(to_json(loss))
    assert {key: document[key] for key in ("format", "version", "root")} == {
        "format": "autograd_tiny graph",
        "version": 1,
        "root": 4,
    }
    assert document["nodes"][0] == {
        "id": 0,
        "name": "a",
        "label": "a",
        "primitive": None,
        "module": "",
        "value": 2.0,
        "gradient": None,
        "operands": [],
    }
    assert document["nodes"][2]["operands"] == [{"node": 1}, {"number": 1.0}]
    assert document["nodes"][3]["value"] == "inf"
    assert document["edges"][:2] == [
        {"tail": 0, "head": 1, "position": 0, "partial": 2.0},
        {"tail": 0, "head": 1, "position": 1, "partial": 2.0},
    ]


def test_json_of_trace_has_gradients_at_cursor(graph):
    trace = graph.trace()
    trace.goto(2)
    assert [node["gradient"] for node in json.loads(to_json(trace))["nodes"]] == [3.0, None, 1.0]


def test_number_is_no_graph():
    with pytest.raises(SubjectError):
        to_json(3.0)


def test_json_keeps_every_label():
    for label in HOSTILE:
        assert json.loads(to_json(Value(1.0, label=label)))["nodes"][0]["label"] == label
