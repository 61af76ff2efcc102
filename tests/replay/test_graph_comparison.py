"""Graphs are alike if they have the same operations of corresponding operands."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay.graph_comparison import Graph

W, V = Value(3.0), Value(2.0)
WEIGHTS = (W, V, W)

GRAPHS: dict[str, Callable[[Any, Any], Any]] = {
    "constant": lambda x, y: x + 1.0,
    "another constant": lambda x, y: x + 2.0,
    "constant on the left": lambda x, y: 1.0 + x,
    "another operation": lambda x, y: x - 1.0,
    "the other input": lambda x, y: y + 1.0,
    "two inputs": lambda x, y: x * y,
    "inputs in the other order": lambda x, y: y * x,
    "one input twice": lambda x, y: x * x,
    "weight": lambda x, y: W * x,
    "another weight": lambda x, y: V * x,
    "nan": lambda x, y: x * math.nan,
    "new leaf": lambda x, y: Value(7.0) * x,
    "another new leaf": lambda x, y: Value(8.0) * x,
    "two new leaves": lambda x, y: Value(7.0) * Value(8.0),
    "unary": lambda x, y: at.tanh(x * y),
    "sum": lambda x, y: at.sum([x, y, W]),
    "longer sum": lambda x, y: at.sum([x, y, W, W]),
    "sum in another order": lambda x, y: at.sum([y, x, W]),
    "sum with a constant": lambda x, y: at.sum([x, y, 1.0]),
    "sum of two and three": lambda x, y: at.sum([x, y]) + at.sum([x, y, y]),
    "dot": lambda x, y: at.dot(WEIGHTS, (x, y, x)),
    "dot with a bias": lambda x, y: at.dot(WEIGHTS, (x, y, x), W),
    "dot with another bias": lambda x, y: at.dot(WEIGHTS, (x, y, x), V),
    "dot of constants": lambda x, y: at.dot(WEIGHTS, (1.0, 2.0, 3.0), x),
    "dot of other constants": lambda x, y: at.dot(WEIGHTS, (1.0, 2.0, 4.0), x),
    "layer": lambda x, y: at.sum(at.affine([WEIGHTS, WEIGHTS], (x, y, x), [0.0, x])),
    "layer in another order": lambda x, y: at.sum(at.affine([WEIGHTS, WEIGHTS], (y, x, x), [0.0, x])),
    "softmax": lambda x, y: at.softmax([x, y, 1.0])[0],
    "the other of a softmax": lambda x, y: at.softmax([x, y, 1.0])[1],
    "three operands": lambda x, y: at.clamp(x, 0.0, y),
}


@pytest.mark.parametrize("first", GRAPHS)
def test_graph_is_like_itself_alone(first: str) -> None:
    inputs, others = ([Value(2.0), Value(3.0)], [Value(20.0), Value(30.0)])
    graph = Graph([GRAPHS[first](*inputs)])
    alike = [
        second
        for second, build in GRAPHS.items()
        if graph.is_like([build(*others)], dict(zip(inputs, others, strict=True)))
    ]
    assert alike == [first]


def test_every_end_is_compared() -> None:
    x, y = Value(2.0), Value(3.0)
    product, other = W * x, W * y
    assert Graph([product, product + 1.0]).is_like([other, other + 1.0], {x: y})
    for ends in ([other + 1.0, other], [other, other], [other], [other, other + 1.0, other]):
        assert not Graph([product, product + 1.0]).is_like(ends, {x: y})


def test_node_that_both_use_is_the_same() -> None:
    x, y, kept = Value(2.0), Value(3.0), W * V
    assert Graph([kept * x]).is_like([kept * y], {x: y})
    assert Graph([kept * x]).is_like([W * V * y], {x: y})
    assert not Graph([kept * x]).is_like([V * W * y], {x: y})


def test_sequence_that_is_no_longer_there_is_no_excuse() -> None:
    x, y = Value(2.0), Value(3.0)
    same = [at.sum([x * k, x]) for k in range(200)], [at.sum([y * k, y]) for k in range(200)]
    other = [at.sum([y * k, y] if k != 150 else [y, y * k]) for k in range(200)]
    assert Graph(same[0]).is_like(same[1], {x: y})
    assert not Graph(same[0]).is_like(other, {x: y})
