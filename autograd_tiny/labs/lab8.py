"""Lab 8, build your own autograd: the student writes a class `Value`: arithmetic, a backward pass, functions.

The student's class has `data`, `grad`, `inputs` and `partials`; the checks run it beside the engine's own.

>>> arithmetic(Wrong.make(slopes_of_product=lambda self, x, y: (x, y)))
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: a*b with a = 2, b = -3 gives {partial for a: 2, ...
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.labs import hints
from autograd_tiny.labs.calls import Call
from autograd_tiny.labs.exercise import Exercise, prediction
from autograd_tiny.labs.kinds import ANYTHING, Kind, is_number, returned
from autograd_tiny.labs.lab3 import WRONG_PASSES
from autograd_tiny.labs.lab3 import backward as backward_pass
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


hint = hints.hint

predict_uses = prediction(
    "predict_uses",
    lambda: float(sum(1 for node in topological_order(uses()) for x in node.inputs if x.label == "a")),
    mistakes={
        "2 counts the operations; a·a uses a twice, and each use hands back a contribution": 2.0,
        "1 is how often a is written down as a node; count the edges that leave it": 1.0,
        "4 counts b's use too": 4.0,
        "5 counts the nodes of the graph": 5.0,
    },
    hint="Draw the graph, and count the edges that begin at a.",
)


def call_once(*sample: Any) -> list[Call]:
    """Return one call with the arguments of a sample."""
    return [Call(sample)]


# ── arithmetic: each node knows its inputs and its partials ──────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Made:
    """What an expression has become in the student's class.

    Attributes:
        node: the result.
        leaves: by name.
        value: the class.
    """

    node: Any
    leaves: dict[str, Any]
    value: type[Any]


def evaluated(value: type[Any]) -> Callable[..., Made]:
    """Return a function that evaluates an expression in a class."""

    def evaluate(text: str, compute: Callable[..., Any], numbers: dict[str, float]) -> Made:
        leaves = {name: value(number) for name, number in numbers.items()}
        return Made(compute(*leaves.values()), leaves, value)

    return evaluate


NODE = Kind(
    "a node of your class Value",
    lambda made: isinstance(made.node, made.value) and is_number(made.node.data),
    lambda made: returned(made.node),
)


def flaw_of(node: Any) -> str | None:
    """Return what is wrong with the inputs and partials of a node, or None."""
    inputs, partials = node.inputs, node.partials
    if not isinstance(inputs, tuple | list) or not all(hasattr(x, "inputs") for x in inputs):
        return f"inputs {returned(inputs)}, not Values"
    if not isinstance(partials, tuple | list) or not all(map(is_number, partials)):
        return f"partials {returned(partials)}, not numbers"
    return None if len(inputs) == len(partials) else f"{len(inputs)} inputs and {len(partials)} partials"


def made_seen(made: Made, *expression: Any) -> dict[str, Any]:
    """Return the data of a node, its partial for each leaf, and whether the leaves are as they were."""
    nodes, flaw = nodes_of(made.node), None
    for node in nodes:
        flaw = flaw or flaw_of(node)
    slopes = {} if flaw else backward_pass(made.node)
    seen: dict[str, Any] = {"data": made.node.data, "flaw": flaw or "none"}
    for name, leaf in made.leaves.items():
        seen[f"partial for {name}"] = 0.0 if flaw else slopes.get(leaf, 0.0)
        seen[f"{name} and its gradient"] = [leaf.data, leaf.grad]
    return seen


def nodes_of(root: Any) -> list[Any]:
    """Return the nodes of a graph of the student's, the root first; inputs that are not nodes are left out."""
    nodes, seen = [root], {id(root)}
    for node in nodes:
        for x in node.inputs if isinstance(node.inputs, tuple | list) else ():
            if hasattr(x, "inputs") and id(x) not in seen:
                seen.add(id(x))
                nodes.append(x)
    return nodes


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
        ("a*3", lambda a: a * 3, {"a": 0.5}),
        ("a + 1", lambda a: a + 1, {"a": 0.5}),
        ("a*b", lambda a, b: a * b, {"a": 1, "b": -4}),
    ],
    kind=NODE,
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
    hint="Which number does the node have, and how fast does it change with each operand?",
    calls=call_once,
    seen=made_seen,
    use=evaluated,
    writes=("__add__", "__mul__"),
    show=lambda *expression: in_numbers(expression),
)

# ── the backward pass ────────────────────────────────────────────────────────────────────────────────────────


def passes(value: type[Any]) -> Callable[..., dict[str, float]]:
    """Return a function that runs backward passes of a class, on graphs that share nodes."""

    def run(text: str, compute: Callable[..., Any], numbers: dict[str, float]) -> dict[str, float]:
        leaves = {name: value(number) for name, number in numbers.items()}
        (root := compute(*leaves.values())).backward()
        found = {**{f"{name}.grad": leaf.grad for name, leaf in leaves.items()}, "root.grad": root.grad}
        for leaf in leaves.values():
            leaf.grad = 0.5
        compute(*leaves.values()).backward()
        found |= {f"{name}.grad of a new graph, from 0.5": leaf.grad for name, leaf in leaves.items()}
        for node in nodes_of(root):
            node.grad = 0.0
        (root * leaves["a"]).backward()
        found |= {f"{name}.grad of a graph with one more node, times a": leaf.grad for name, leaf in leaves.items()}
        return found

    return run


def shared(a: Any, b: Any) -> Any:
    """Return h·h + h·a, where h = a·b."""
    h = a * b
    return h * h + h * a


def nested(a: Any, b: Any) -> Any:
    """Return k·k + a·k + k, where k = h + h·b and h = a + b."""
    h = a + b
    k = h + h * b
    return k * k + a * k + k


class GradientsInNodes(dict[Any, float]):
    """A dict from nodes to gradients that keeps them in the nodes.

    >>> a = Value(1.0)
    >>> GradientsInNodes()[a] = 2.0
    >>> a.grad
    2.0
    """

    def __getitem__(self, node: Any) -> float:
        gradient: float = node.grad
        return gradient

    def __setitem__(self, node: Any, gradient: float) -> None:
        node.grad = gradient


def passing(gradients_of: Callable[..., Any]) -> type[Wrong]:
    """Return a class whose backward pass adds these gradients to those of the nodes."""

    def backward(self: Wrong) -> None:
        gradients_of(self, GradientsInNodes())

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
    hint="Follow one number on paper: what arrives at the root, what does it add to each input, and what then?",
    kind=ANYTHING,
    calls=call_once,
    use=passes,
    needs=(arithmetic,),
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
        ("a**2", lambda a: a**2, {"a": -3}),
        ("a**0.5", lambda a: a**0.5, {"a": 4.0}),
    ],
    kind=NODE,
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
    hint="For each function: its value at x, and its slope at x, on paper. Then compare with your node.",
    calls=call_once,
    seen=made_seen,
    use=evaluated,
    writes=("tanh", "relu", "power"),
    show=lambda *expression: in_numbers(expression),
)
