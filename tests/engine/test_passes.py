"""Passes whose numbers are kept outside of the graph: which nodes they visit, and that nothing in it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value, hessian, topological_order
from autograd_tiny.engine.passes import gradients, hessian_row, series_of
from autograd_tiny.errors import StaleDataError
from autograd_tiny.primitives.dual import Dual


def state(root: Value) -> list[Any]:
    return [(node.data, node.grad, node.partials, node.label) for node in topological_order(root)]


def some_graph(x: Value, y: Value) -> Value:
    return at.logsumexp([x * y, at.tanh(x), 0.5]) + at.dot([x, 2.0], [y, y], x) / (1.0 + at.square(y))


@pytest.mark.parametrize(
    "derive",
    [
        lambda root, x: gradients(root, [x]),
        lambda root, x: gradients(root, [x], graph=True),
        lambda root, x: series_of(root, {x: Dual(0.5, 1.0)}),
        lambda root, x: hessian_row(root, {x: 1.0}),
    ],
)
def test_no_node_changes(derive: Callable[[Value, Value], Any]) -> None:
    x, y = Value(0.5), Value(-1.5)
    root = some_graph(x, y)
    root.backward(3.0)
    before = state(root)
    derive(root, x)
    assert state(root) == before


def test_gradients_are_exactly_those_of_backward() -> None:
    x, y = Value(0.5), Value(-1.5)
    root = some_graph(x, y)
    nodes = topological_order(root)
    root.backward()
    assert gradients(root, nodes) == [node.grad for node in nodes]


def test_hessian_rows_are_those_of_graphs() -> None:
    x, y = Value(0.5), Value(-1.5)
    root = some_graph(x, y)
    rows = [hessian_row(root, {x: float(x is z), y: float(y is z)}) for z in (x, y)]
    assert rows == [pytest.approx([v.data for v in row], rel=1e-12) for row in hessian(root, [x, y])]


def test_rows_for_some_leaves_are_floats() -> None:
    x, y = Value(0.5), Value(-1.5)
    (row,) = hessian_row(x * y * x, {x: 1.0})
    assert (type(row), row) == (float, -3.0)


def test_only_nodes_between_root_and_inputs_are_differentiated() -> None:
    x, y = Value(0.5), Value(2.0)
    stale = y * y
    root = x * stale
    y.data = 3.0  # the partials of `stale` are old, but not needed
    assert gradients(root, [x], graph=True)[0].data == 4.0


def test_unused_input_has_none() -> None:
    x, y = Value(0.5), Value(2.0)
    assert gradients(x * x, [y, x]) == [None, 1.0]
    assert series_of(x * x, {y: Dual(2.0, 1.0)}) is None
    assert hessian_row(x * x, {y: 1.0, x: 0.5}) == [0.0, 1.0]


def test_stale_data_names_the_labels() -> None:
    w, x = Value(2.0, label="w"), Value(3.0, label="x\x1b")
    loss = w * x
    loss.label = "loss"
    w.data = 5.0
    expected = "the data of an input of mul (w, x\\x1b), or of its result (loss), was changed after the operation"
    with pytest.raises(StaleDataError) as caught:
        loss.trace()
    assert str(caught.value).startswith(expected)
    assert (caught.value.inputs, caught.value.result) == (("w", "x\\x1b"), "loss")
    with pytest.raises(StaleDataError) as caught:
        at.grad(loss, x)
    assert str(caught.value).startswith(expected)


def test_stale_data_of_many_inputs_names_four() -> None:
    error = StaleDataError("sum", inputs=["a", "b", "c", "d", "e"])
    assert "of sum (a, b, c, d, ...), or of its result, was" in str(error)
