"""The parts of a graph: its modules, and runs of nodes of a crowded module."""

from __future__ import annotations

import nn
from autograd_tiny import Value
from autograd_tiny.page.parts import MOST, Part, parts_of


def test_modules_are_nested_parts() -> None:
    trace = nn.MLP(2, [2, 1], seed=0)([0.5, -1.0]).trace()
    parts, homes = parts_of(trace)
    assert {part.name for part in parts} == {
        "layers[0]",
        "layers[0].neurons[0]",
        "layers[0].neurons[1]",
        "layers[1]",
        "layers[1].neurons[0]",
    }
    for part in parts:
        assert (part.parent >= 0) == ("." in part.name)
        assert part.parent < 0 or part.name.startswith(parts[part.parent].name)
    assert all(parts[home].name == trace.module(node) for home, node in zip(homes, trace.nodes, strict=True))


def test_few_nodes_without_module_are_in_no_part() -> None:
    a = Value(1.0)
    assert parts_of((a * a).trace()) == ([], [-1, -1])


def test_many_nodes_are_split_into_runs() -> None:
    x = Value(0.0, label="x")
    for _ in range(MOST):
        x = x + 1.0
    parts, homes = parts_of(x.trace())
    assert parts == [Part(f"x … v{MOST - 1}", -1), Part("L … L", -1)]
    assert homes == [0] * MOST + [1]


def test_very_many_nodes_are_runs_of_runs() -> None:
    x = Value(0.0, label="x")
    for _ in range(MOST * MOST + 1):
        x = x + 1.0
    parts, homes = parts_of(x.trace())
    sizes = [homes.count(place) for place in range(len(parts))]
    assert max(sizes) <= MOST
    assert sum(part.parent < 0 for part in parts) <= MOST
    assert sum(sizes) == len(homes)
