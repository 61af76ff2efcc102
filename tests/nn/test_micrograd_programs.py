"""Programs in the manner of micrograd's notebooks, of which only the two import lines were changed.

They lean on all that such programs lean on: positional arguments, `list(map(Value, row))`, the builtin `sum`,
`p.data -= rate * p.grad`, and readers of `_prev` and `_op`.
"""

from __future__ import annotations

from typing import Any

import graphviz
import numpy as np
import pytest

from autograd_tiny import Value
from nn import MLP, Layer, Neuron

COUNT = 40


def two_moons() -> tuple[np.ndarray, np.ndarray]:
    """Points on two half circles as an array of rows, and their targets -1 and 1 as an array of integers."""
    angles = np.linspace(0.0, np.pi, COUNT // 2)
    upper = np.column_stack([np.cos(angles), np.sin(angles)])
    noise = np.random.default_rng(1337).normal(0.0, 0.05, (COUNT, 2))
    return np.vstack([upper, [1.0, 0.5] - upper]) + noise, np.repeat([-1, 1], COUNT // 2)


@pytest.mark.no_cover
def test_moons_classifier_trains() -> None:
    X, y = two_moons()
    model = MLP(2, [16, 16, 1], seed=1)
    assert len(model.parameters()) == 337

    def loss(batch_size: int | None = None) -> tuple[Any, float]:
        if batch_size is None:
            Xb, yb = X, y
        else:
            chosen = np.random.default_rng(0).permutation(X.shape[0])[:batch_size]
            Xb, yb = X[chosen], y[chosen]
        inputs = [list(map(Value, row)) for row in Xb]
        scores = list(map(model, inputs))
        losses = [(1 + -target * score).relu() for target, score in zip(yb, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        hits = [(target > 0) == (score.data > 0) for target, score in zip(yb, scores, strict=True)]
        return data_loss + penalty, sum(hits) / len(hits)

    assert isinstance(loss(batch_size=10)[0], Value)
    accuracy = 0.0
    for k in range(30):
        total, accuracy = loss()
        model.zero_grad()
        total.backward()
        rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= rate * p.grad
    assert accuracy >= 0.9


def test_decision_grid_reads_data() -> None:
    model = MLP(2, [4, 1], seed=0)
    xx, yy = np.meshgrid(np.arange(-1.0, 1.0, 0.5), np.arange(-1.0, 1.0, 0.5))
    scores = list(map(model, [list(map(Value, row)) for row in np.c_[xx.ravel(), yy.ravel()]]))
    Z = np.array([score.data > 0 for score in scores]).reshape(xx.shape)
    assert Z.dtype == bool
    assert Z.shape == (4, 4)


def trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    """Gather nodes and edges as drawing cells do: recursively, in sets, by `_prev`."""
    nodes: set[Value] = set()
    edges: set[tuple[Value, Value]] = set()

    def visit(node: Value) -> None:
        if node not in nodes:
            nodes.add(node)
            for child in node._prev:
                edges.add((child, node))
                visit(child)

    visit(root)
    return nodes, edges


def test_drawing_cell_finds_nodes_and_edges() -> None:
    neuron = Neuron(2, seed=0)
    x = [Value(1.0), Value(-2.0)]
    y = neuron(x)
    y.backward()
    nodes, edges = trace(y)
    assert len(nodes) == 7  # two inputs, two weights, the bias, their dot product and its relu
    assert len(edges) == 6
    assert sorted(node._op for node in nodes if node._op) == sorted({y._op, next(iter(y._prev))._op})
    assert all(not node._op for node in nodes if not node._prev)


def test_drawing_cell_uses_graphviz() -> None:
    x = Value(1.0)
    y = (x * 2 + 1).relu()
    y.backward()
    nodes, edges = trace(y)
    dot = graphviz.Digraph(graph_attr={"rankdir": "LR"})
    for node in nodes:
        dot.node(str(id(node)), label="{ data %.4f | grad %.4f }" % (node.data, node.grad), shape="record")  # noqa: UP031
        if node._op:
            dot.node(str(id(node)) + node._op, label=node._op)
            dot.edge(str(id(node)) + node._op, str(id(node)))
    for child, node in edges:
        dot.edge(str(id(child)), str(id(node)) + node._op)
    assert "data 3.0000 | grad 1.0000" in dot.source
    assert "data 1.0000 | grad 2.0000" in dot.source


def test_neurons_and_layers_by_position() -> None:
    neuron, layer = Neuron(3, False), Layer(3, 2, nonlin=False)
    assert neuron.parameters() == neuron.w + [neuron.b]  # noqa: RUF005 - as such programs write it
    assert [len(n.w) for n in layer.neurons] == [3, 3]
    assert neuron.nonlin is False
    assert -neuron([0, 0, 0]).data == 0
    assert (neuron([1, 2, 3]) ** 2 + 1).data == pytest.approx(neuron([1.0, 2.0, 3.0]).data ** 2 + 1)
