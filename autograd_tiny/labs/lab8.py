"""Lab 8, build your own autograd: the student writes a class `Value`: arithmetic, a backward pass, functions.

The student's class has `data`, `grad`, `inputs` and `partials`; the checks run it beside the engine's own.

>>> arithmetic(Wrong.make(slopes_of_product=lambda self, x, y: (x, y)))
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: a*b with a = 2, b = -3 gives {partial for a: 2, ... the other factor.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.labs.exercise import Exercise, prediction
from autograd_tiny.labs.lab3 import WRONG_PASSES
from autograd_tiny.labs.spoilt_value import Wrong

Expression = tuple[str, Callable[..., Any], dict[str, float]]


def in_numbers(expression: Expression) -> str:
    """Return an expression with its numbers, for messages."""
    text, _, numbers = expression
    return f"{text} with {', '.join(f'{name} = {number:g}' for name, number in numbers.items())}"


def uses() -> Value:
    """Return a·b + a·a.

    >>> uses().data
    10.0
    """
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    return a * b + a * a


predict_uses = prediction(
    "predict_uses",
    lambda: float(sum(1 for node in topological_order(uses()) for x in node.inputs if x.label == "a")),
    mistakes={
        "2 counts the operations; a·a uses a twice, and each use hands back a contribution": 2.0,
        "1 is how often a is written down as a node; count the edges that leave it": 1.0,
        "4 counts b's use too": 4.0,
        "5 counts the nodes of the graph": 5.0,
    },
)


# ── arithmetic: each node knows its inputs and its partials ──────────────────────────────────────────────────


def run_arithmetic(attempt: type[Any], *expression: Any) -> dict[str, Any] | None:
    """Return the data of a node, and the sum of its partials for each leaf."""
    _, compute, numbers = expression
    leaves = {name: attempt(number) for name, number in numbers.items()}
    node = compute(*leaves.values())
    if node is None:
        return None
    edges = list(zip(node.inputs, node.partials, strict=True))
    slopes = {f"partial for {name}": sum(p for x, p in edges if x is leaf) for name, leaf in leaves.items()}
    return {"data": node.data, **slopes}


arithmetic = Exercise(
    "arithmetic",
    Value,
    samples=[
        ("a*b", lambda a, b: a * b, {"a": 2.0, "b": -3.0}),
        ("a + b", lambda a, b: a + b, {"a": 2.0, "b": -3.0}),
        ("a*a", lambda a: a * a, {"a": 3.0}),
        ("a + 2", lambda a: a + 2.0, {"a": 0.5}),
        ("a*4", lambda a: a * 4.0, {"a": -1.5}),
        ("2 + a", lambda a: 2.0 + a, {"a": 0.5}),
        ("4*a", lambda a: 4.0 * a, {"a": -1.5}),
    ],
    mistakes={
        "the partials of the product are in the wrong order: that for a is b, the other factor": Wrong.make(
            slopes_of_product=lambda self, x, y: (x, y)
        ),
        "the partials of a product are the factors: that for a is b, the other one": Wrong.make(
            slopes_of_product=lambda self, x, y: (1.0, 1.0)
        ),
        "the partials of a sum are both 1; those are the partials of a product": Wrong.make(
            slopes_of_sum=lambda self, x, y: (y, x)
        ),
        "the partials of a sum are both 1, not the numbers themselves": Wrong.make(
            slopes_of_sum=lambda self, x, y: (x, y)
        ),
        "the node does not remember what it was made of: hand inputs and partials on to Value(...)": Wrong.make(
            node=lambda self, data, *edges: type(self)(data)
        ),
        "only the operand on the left is remembered; a node has all its inputs": Wrong.make(
            node=lambda self, data, *edges: type(self)(data, *zip(*edges[:1], strict=True))
        ),
        "with a number on the left, Python asks the Value on the right: write __radd__ and __rmul__ too": Wrong.make(
            __radd__=None, __rmul__=None
        ),
        "a plain number has no .data: make it a Value first": Wrong.make(wrapped=lambda self, x: x),
    },
    run=run_arithmetic,
    show=lambda *expression: in_numbers(expression),
)

# ── the backward pass ────────────────────────────────────────────────────────────────────────────────────────


def run_backward(attempt: type[Any], *expression: Any) -> dict[str, Any]:
    """Return the gradients of the leaves after one backward pass."""
    _, compute, numbers = expression
    leaves = {name: attempt(number) for name, number in numbers.items()}
    compute(*leaves.values()).backward()
    return {f"{name}.grad": leaf.grad for name, leaf in leaves.items()}


def shared(a: Any, b: Any) -> Any:
    """Return h·h + h·a, where h = a·b."""
    h = a * b
    return h * h + h * a


def nested(a: Any, b: Any) -> Any:
    """Return k·k + a·k + k, where k = h + h·b and h = a + b."""
    h = a + b
    k = h + h * b
    return k * k + a * k + k


def passing(gradients_of: Callable[[Any], dict[Any, float]]) -> type[Wrong]:
    """Return a class whose backward pass has these gradients."""

    def backward(self: Wrong) -> None:
        for node, gradient in gradients_of(self).items():
            node.grad = gradient

    return Wrong.make(backward=backward)


backward = Exercise(
    "backward",
    Value,
    samples=[
        ("a*a", lambda a: a * a, {"a": 3.0}),
        ("a*b + a", lambda a, b: a * b + a, {"a": 2.0, "b": -3.0}),
        ("h*h + h*a, where h = a*b,", shared, {"a": 2.0, "b": 0.5}),
        ("k*k + a*k + k, where k = h + h*b and h = a + b,", nested, {"a": 0.5, "b": -2.0}),
    ],
    mistakes={sentence: passing(gradients_of) for sentence, gradients_of in WRONG_PASSES.items()},
    run=run_backward,
    show=lambda *expression: f"the backward pass of {in_numbers(expression)}",
)

# ── functions ────────────────────────────────────────────────────────────────────────────────────────────────

functions = Exercise(
    "functions",
    Value,
    samples=[
        ("tanh(a)", lambda a: a.tanh(), {"a": 0.75}),
        ("tanh(a)", lambda a: a.tanh(), {"a": -2.0}),
        ("relu(a)", lambda a: a.relu(), {"a": 1.5}),
        ("relu(a)", lambda a: a.relu(), {"a": -0.5}),
        ("relu(a)", lambda a: a.relu(), {"a": 0.0}),
        ("a**3", lambda a: a**3, {"a": 1.5}),
        ("a**-1", lambda a: a**-1, {"a": -2.0}),
    ],
    mistakes={
        "tanh's derivative is taken at the wrong point: 1 - y² needs y = tanh(x), not x": Wrong.make(
            tanh=lambda self: self.node(math.tanh(self.data), (self, 1.0 - self.data**2))
        ),
        "relu'(0) is 0 by convention: the partial is 1 only where x > 0": Wrong.make(
            relu=lambda self: self.node(max(self.data, 0.0), (self, float(self.data >= 0.0)))
        ),
        "the node does not remember what it was made of: hand inputs and partials on to Value(...)": Wrong.make(
            node=lambda self, data, *edges: type(self)(data)
        ),
        "relu's partial is 1 only where x > 0; below 0 it is flat": Wrong.make(
            relu=lambda self: self.node(max(self.data, 0.0), (self, 1.0))
        ),
        "relu's partial is its slope, 0 or 1, not its value": Wrong.make(
            relu=lambda self: self.node(max(self.data, 0.0), (self, max(self.data, 0.0)))
        ),
        "in the slope of xⁿ the power goes down by one: it is n·xⁿ⁻¹": Wrong.make(
            __pow__=lambda self, n: self.node(self.data**n, (self, n * self.data**n))
        ),
        "in the slope of xⁿ the power comes down as a factor: it is n·xⁿ⁻¹": Wrong.make(
            __pow__=lambda self, n: self.node(self.data**n, (self, self.data ** (n - 1.0)))
        ),
        "tanh's slope is 1 - y², not y": Wrong.make(
            tanh=lambda self: self.node(math.tanh(self.data), (self, math.tanh(self.data)))
        ),
    },
    run=run_arithmetic,
    show=lambda *expression: in_numbers(expression),
)
