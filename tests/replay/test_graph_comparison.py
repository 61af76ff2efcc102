"""Graphs are alike if they have the same operations of corresponding operands."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay.graph_comparison import nodes_of
from autograd_tiny.replay.tape import tape_of

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


def is_like(roots: list[Any], others: list[Any], inputs: list[Value], other_inputs: list[Value]) -> bool:
    """Return whether graphs with corresponding roots are alike."""
    first, *conditions = roots
    tape = tape_of(first, inputs=inputs, parameters=[], conditions=conditions)
    ends = dict(zip((tape.root, *tape.guarded), others, strict=True))
    nodes = nodes_of(tape, ends, other_inputs)
    assert nodes is None or None not in nodes
    return nodes is not None


@pytest.mark.parametrize("first", GRAPHS)
def test_graph_is_like_itself_alone(first: str) -> None:
    inputs, others = ([Value(2.0), Value(3.0)], [Value(20.0), Value(30.0)])
    graph = GRAPHS[first](*inputs)
    alike = [second for second, build in GRAPHS.items() if is_like([graph], [build(*others)], inputs, others)]
    assert alike == [first]


def test_every_end_is_compared() -> None:
    x, y = Value(2.0), Value(3.0)
    product, other = W * x, W * y
    assert is_like([product, product + 1.0], [other, other + 1.0], [x], [y])
    assert is_like([product, x], [other, y], [x], [y])
    for ends in ([other + 1.0, other], [other, other], [W * y, other + 1.0]):
        assert not is_like([product, product + 1.0], ends, [x], [y])
    assert not is_like([product, x], [other, x], [x], [y])


def test_what_no_end_depends_on_has_no_node() -> None:
    x, y = Value(2.0), Value(3.0)
    product = x * W
    tape = tape_of(product * V, inputs=[x], parameters=[], conditions=[product])
    other = y * W
    assert nodes_of(tape, {tape.guarded[0]: other}, [y]) == [y, W, None, other, None]


def test_node_that_both_use_is_the_same() -> None:
    x, y, kept = Value(2.0), Value(3.0), W * V
    assert is_like([kept * x], [kept * y], [x], [y])
    assert is_like([kept * x], [W * V * y], [x], [y])
    assert not is_like([kept * x], [V * W * y], [x], [y])


def test_new_leaves_correspond_one_to_one() -> None:
    x, y, new = Value(2.0), Value(3.0), Value(3.0)
    assert is_like([x * Value(3.0) * Value(3.0)], [y * Value(3.0) * Value(3.0)], [x], [y])
    assert not is_like([x * Value(3.0) * Value(3.0)], [y * new * new], [x], [y])
    assert not is_like([x * W * Value(3.0)], [y * Value(3.0) * W], [x], [y])
    assert not is_like([x * Value(3.0)], [y * (W + 0.0)], [x], [y])


def test_sequence_that_is_no_longer_there_is_no_excuse() -> None:
    x, y = Value(2.0), Value(3.0)
    same = [at.sum([at.sum([z * k, z]) for k in range(200)]) for z in (x, y)]
    other = at.sum([at.sum([y * k, y] if k != 150 else [y, y * k]) for k in range(200)])
    assert is_like([same[0]], [same[1]], [x], [y])
    assert not is_like([same[0]], [other], [x], [y])


@pytest.mark.parametrize(
    ("build", "other"),
    [
        (lambda x, y: x - y, lambda x, y: x - 1.0),
        (lambda x, y: x - y, lambda x, y: 1.0 - y),
        (lambda x, y: x - 1.0, lambda x, y: x - y),
        (lambda x, y: 1.0 - x, lambda x, y: y - x),
        (lambda x, y: x - W, lambda x, y: x - 1.0),
        (lambda x, y: W - x, lambda x, y: 1.0 - x),
        (lambda x, y: at.sum([x, W]), lambda x, y: at.sum([x, 3.0])),
        (lambda x, y: at.sum([x, 3.0]), lambda x, y: at.sum([x, W])),
        (lambda x, y: at.sum([x, 3.0]), lambda x, y: at.sum([x, 4.0])),
        (lambda x, y: at.sum([x, W]), lambda x, y: at.sum([y, W])),
    ],
)
def test_constant_is_no_node(build: Callable[[Any, Any], Any], other: Callable[[Any, Any], Any]) -> None:
    inputs = [Value(2.0), Value(5.0)]
    assert is_like([build(*inputs)], [build(*inputs)], inputs, inputs)
    assert not is_like([build(*inputs)], [other(*inputs)], inputs, inputs)
