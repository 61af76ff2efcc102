"""Pickles and saved networks of version 0.1.0 still load, though modules have moved."""

from __future__ import annotations

import base64
import importlib
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd_tiny as ag
import nn

pytestmark = pytest.mark.filterwarnings("ignore:.*missing 1 required positional argument:DeprecationWarning")
"""CPython 3.13 warns of a syntax tree, such as that of an expression, which an older one pickled."""

PREVIOUS = Path(__file__).parents[1] / "data" / "previous"
PICKLES = json.loads((PREVIOUS / "pickles-0.1.0.json").read_text(encoding="utf-8"))


NARY: dict[str, Callable[[ag.Value, ag.Value, ag.Value], ag.Value]] = {
    "sum": lambda a, b, c: ag.sum([a, b, a]),
    "sum with constants": lambda a, b, c: ag.sum([1, a, True, b]),
    "three operands": lambda a, b, c: ag.clamp(a, 0.0, c),
    "dot with floats and no bias": lambda a, b, c: ag.dot([a, b], [0.25, 4.0]),
    "dot of nodes": lambda a, b, c: ag.dot([a, b], [b, c], a),
    "dot of a mixture": lambda a, b, c: ag.dot([a, 2.0, b], [3, c, 4.0], 0.5),
    "empty dot": lambda a, b, c: ag.dot([], [], a),
    "softmax node": lambda a, b, c: ag.softmax([a, b, 1.0])[2],
}
"""The n-ary nodes that are stored: one for each way of keeping the operands."""


def stored(name: str) -> Any:
    return pickle.loads(base64.b64decode(PICKLES[name]))


@pytest.mark.parametrize("name", PICKLES)
def test_previous_pickle_loads(name: str) -> None:
    assert stored(name) is not None


def test_previous_graph_runs_backward() -> None:
    root = stored("graph")
    a, b = sorted(ag.leaves(root), key=lambda leaf: leaf.label)
    assert (root.data, a.data, b.data, a.grad, b.grad) == (-2.0, 2.0, -3.0, 1.0, 2.0)
    root.backward()
    assert (a.grad, b.grad) == (2.0, 4.0)


def test_previous_nary_node_runs_backward() -> None:
    root, neuron = stored("list of roots sharing leaves")
    a, b = sorted(ag.leaves(root), key=lambda leaf: leaf.label)
    assert neuron.data == a.data * 1.0 + b.data * 2.0 + 3.0 * a.data + a.data
    neuron.backward()
    assert (a.grad, b.grad) == (1.0 + 5.0, 2.0 + 2.0)


def description(root: ag.Value) -> list[Any]:
    return [
        (x.data, x.grad, x.label, x.primitive, x.partials, [getattr(y, "label", y) for y in x.operands])
        for x in ag.topological_order(root)
    ]


@pytest.mark.parametrize("name", NARY)
def test_previous_nary_node_is_equal(name: str) -> None:
    previous = stored(f"n-ary node: {name}")
    root = NARY[name](ag.Value(1.5, label="a"), ag.Value(-0.5, label="b"), ag.Value(2.0, label="c"))
    root.backward()
    for _ in range(2):
        assert description(previous) == description(root)
        previous.backward()
        root.backward()


def test_previous_functions_are_the_current_ones() -> None:
    assert stored("function of the table") is ag.tanh
    assert stored("primitive") is ag.tanh.primitive
    assert (stored("reduction"), stored("composition"), stored("softmax")) == (ag.sum, ag.max, ag.softmax)


def test_previous_network_and_optimizer_are_equal() -> None:
    fresh = nn.MLP(2, [3, 1], seed=0)
    assert stored("network").state_dict() == fresh.state_dict()
    assert [p.data for p in stored("Adam").parameters] == [p.data for p in fresh.parameters()]


@pytest.mark.parametrize("name", [name for name in PICKLES if name.startswith("nn.")])
def test_previous_names_of_nn_are_those_of_today(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert stored(name) is getattr(importlib.import_module(module), attribute)


def test_previous_texts_and_records_are_equal() -> None:
    a, b = ag.Value(2.0, label="a"), ag.Value(-3.0, label="b")
    root = a * b + a**2
    assert (stored("formula"), stored("latex")) == (root.formula(), root.latex())
    assert len(stored("trace")) == len(root.trace(forward=True))
    assert stored("expression").evaluate(x=2.0, y=3.0).data == 7.0
    assert stored("symbol").text() == "tanh(x * 2)"
    assert stored("gradient check")[0].gradient == 4.0
    assert "<svg" in stored("drawing").svg()


def test_previous_saved_network_loads() -> None:
    fresh, loaded = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=1)
    nn.load(loaded, PREVIOUS / "network-0.1.0.json")
    assert loaded.state_dict() == fresh.state_dict()


def test_previous_pickle_loads_in_new_process() -> None:
    program = "import base64, pickle, sys; print(pickle.loads(base64.b64decode(sys.argv[1])).text())"
    command = [sys.executable, "-c", program, PICKLES["symbol"]]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "tanh(x * 2)"


def test_unknown_module_raises() -> None:
    with pytest.raises(ModuleNotFoundError):
        pickle.loads(b"cautograd_tiny.novelty\nValue\n.")


def test_previous_pickle_changes_no_public_names() -> None:
    stored("primitive")
    assert ag.primitive.__module__ == "autograd_tiny.primitives.primitive"
    assert not hasattr(sys.modules["autograd_tiny.symbol"], "__path__")
