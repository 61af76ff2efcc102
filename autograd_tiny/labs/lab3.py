"""Lab 3, the backward pass: an order in which to go, and contributions that add up.

>>> gradients(lambda root: {node: 0.0 for node in topological_order(root)})
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: gradients of a*a gives {a: 0, L: 0}, it should be {a: 6, L: 1}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from functools import partial
from typing import Any, Final

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.labs import hints
from autograd_tiny.labs.calls import Call
from autograd_tiny.labs.exercise import Exercise, prediction
from autograd_tiny.labs.kinds import NUMBER_OF_NODE, VALUES
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.symbolic.node_names import name_nodes
from autograd_tiny.trace.fact_texts import MISTAKES

Numbers = dict[str, float]

GRAPHS: list[tuple[str, Numbers]] = [
    ("a*a", {"a": 3.0}),
    ("a*b + a", {"a": 2.0, "b": -3.0}),
    ("h = a*b; h*h + h*c", {"a": 2.0, "b": 0.5, "c": -3.0}),
    ("g = a + b; h = g*a; tanh(h*g - b)", {"a": 0.5, "b": -0.75}),
    ("a*b + b*a", {"a": 2.0, "b": 2.0}),
    ("g = a - b; h = g*g; k = h*g; k*k + a", {"a": 1.0, "b": 2.0}),
]
"""Graphs as text and numbers, each with a node that is used twice."""


def parse_graph(text: str, numbers: Numbers) -> tuple[Value, dict[Value, str]]:
    """Return the root of a graph, and a name for each of its nodes.

    >>> root, names = parse_graph("a*a", {"a": 3.0})
    >>> root.data, list(names.values())
    (9.0, ['a', 'L'])
    """
    root = parse(text).evaluate(**numbers)
    return root, name_nodes(topological_order(root))


# ── in which order? ──────────────────────────────────────────────────────────────────────────────────────────


def is_topological(order: list[Value], root: Value) -> bool:
    """Return whether an order has every node once, its inputs before it."""
    place = {node: position for position, node in enumerate(order)}
    return (
        len(place) == len(order)
        and place.keys() == set(topological_order(root))
        and all(place[child] < place[node] for node in order for child in node.inputs)
    )


def calls_on_graph(text: str, numbers: Numbers) -> list[Call]:
    """Return two calls for a graph, and one for a graph that contains it."""
    root, _ = parse_graph(text, numbers)
    (wider := root * topological_order(root)[0]).label = "M"
    return [
        Call((root,)),
        Call((root,), ", called again with the same graph,"),
        Call((wider,), " and then of a graph with one more node, M = L·a,"),
    ]


def names_of(root: Value) -> dict[Value, str]:
    """Return a name for each node of a graph."""
    inner = root.inputs[0] if root.label == "M" else root
    return {root: "M", **name_nodes(topological_order(inner))}


def order_seen(order: Sequence[Value], root: Value) -> list[str]:
    """Return the names of the nodes in the order of an attempt; for every good order those of the engine."""
    names = names_of(root)
    nodes = topological_order(root) if is_topological(list(order), root) else order
    return [names.get(node, "a node of another graph") for node in nodes]


def consumers_first(root: Any) -> list[Any]:
    """Return the order that begins with the root."""
    return list(topological_order(root)[::-1])


def each_use(root: Any) -> list[Any]:
    """Return inputs before consumers, a node once for each of its uses."""
    order: list[Any] = []
    stack = [root]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(node.inputs)
    return order[::-1]


def node_before_inputs(root: Any) -> list[Any]:
    """Return each node once, in the order of a depth-first search."""
    order: dict[Any, None] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in order:
            order[node] = None
            stack.extend(reversed(node.inputs))
    return list(order)


def farthest_first(root: Any) -> list[Any]:
    """Return each node once, those that are the most steps away from the root first."""
    order = [root]
    for node in order:
        order.extend(child for child in dict.fromkeys(node.inputs) if child not in order)
    return order[::-1]


def twice() -> float:
    """Return the gradient of a after two backward passes from a·a, where a is 3."""
    root, names = parse_graph("a*a", {"a": 3.0})
    root.backward()
    root.backward()
    return next(node.grad for node, name in names.items() if name == "a")


hint = hints.hint

predict_twice = prediction(
    "predict_twice",
    twice,
    mistakes={
        "6 is the gradient after one pass, and the second one adds 6 again: nothing sets it to 0": 6.0,
        "3 is one contribution; a is used twice in each of two passes, so there are four": 3.0,
        "9 is the value of the loss; the gradient of a·a is 2a in each pass": 9.0,
        "36 multiplies the two passes; what backward() does to a leaf is add": 36.0,
        "0 is where a leaf begins; backward() adds to it, and only zero_grad sets it back": 0.0,
    },
    hint="How often is a used in a·a, and what does a second pass do with what the first one left in a.grad?",
)

order = Exercise(
    "order",
    topological_order,
    samples=GRAPHS,
    mistakes={
        "that is the order of the backward pass, from the root; turn it round": consumers_first,
        "a node that is used twice is in the list twice; remember which ones you have": each_use,
        "a node is put into the list before its inputs; append it after all of them": node_before_inputs,
        "the distance from the root does not order nodes: a node comes after all of its inputs, far or near": (
            farthest_first
        ),
        "the root itself is missing at the end": lambda root: topological_order(root)[:-1],
        "those are the leaves only; the nodes in between belong to the graph too": lambda root: [
            node for node in topological_order(root) if not node.inputs
        ],
    },
    hint="Take a pencil: which node can be written down only when all of its inputs have been?",
    kind=VALUES,
    calls=calls_on_graph,
    seen=order_seen,
    show=lambda text, numbers: f"order of {text}",
)

# ── and what is done there ───────────────────────────────────────────────────────────────────────────────────


def gradients_seen(found: Mapping[Value, float], root: Value) -> dict[str, Any]:
    """Return the gradients that an attempt has found, by the names of nodes."""
    names = names_of(root)
    return {names[node]: found.get(node) for node in topological_order(root)}


def engine_gradients(root: Value) -> dict[Value, float]:
    """Return the gradient of each node, by the engine; the nodes stay as they were."""
    nodes = topological_order(root)
    before = [node.grad for node in nodes]
    for node in nodes:
        node.grad = 0.0
    root.backward()
    gradients = {node: node.grad for node in nodes}
    for node, gradient in zip(nodes, before, strict=True):
        node.grad = gradient
    return gradients


def beginning(root: Any, gradients: MutableMapping[Any, float] | None, *, start: float = 0.0) -> Any:
    """Return the gradients that a pass begins with."""
    if gradients is None:
        return dict.fromkeys(topological_order(root), start)
    for node in topological_order(root) if start else ():
        gradients[node] = start
    return gradients


def backward(
    root: Any,
    gradients: MutableMapping[Any, float] | None = None,
    *,
    order: Callable[[Any], Iterable[Any]] = consumers_first,
    seed: float = 1.0,
    start: float = 0.0,
    add: Callable[[float, float], float] = lambda before, contribution: before + contribution,
    contribution: Callable[[float, float], float] = lambda slope, upstream: slope * upstream,
) -> Any:
    """Return the gradient of each node as in the lab, with parts that can be wrong.

    Gradients that are there already, such as those of lab 8 in the nodes, are added to.

    >>> root, names = parse_graph("a*a", {"a": 3.0})
    >>> list(backward(root).values())
    [6.0, 1.0]
    """
    gradients = beginning(root, gradients, start=start)
    gradients[root] = seed
    for node in order(root):
        for child, slope in zip(node.inputs, node.partials, strict=True):
            gradients[child] = add(gradients[child], contribution(slope, gradients[node]))
    return gradients


def first_partial_for_all(root: Any, gradients: MutableMapping[Any, float] | None = None) -> Any:
    """Return the gradients if every input takes the partial of the first."""
    gradients = beginning(root, gradients)
    gradients[root] = 1.0
    for node in consumers_first(root):
        for child in node.inputs:
            gradients[child] += node.partials[0] * gradients[node]
    return gradients


def every_path(root: Any, gradients: MutableMapping[Any, float] | None = None) -> Any:
    """Return the gradients of a plain recursion: add the contribution of an input, then visit that input.

    >>> root, names = parse_graph("h = 2*a; h*h", {"a": 3.0})
    >>> {names[node]: gradient for node, gradient in every_path(root).items()}  # the gradient of a is 24
    {'a': 36.0, 'h': 12.0, 'L': 1.0}
    """

    def edges(node: Any) -> list[tuple[Any, Any, float]]:
        inputs = zip(node.inputs, node.partials, strict=True)
        return [(node, child, slope) for child, slope in inputs][::-1]

    gradients = beginning(root, gradients)
    gradients[root] = 1.0
    stack = edges(root)
    while stack:
        node, child, slope = stack.pop()
        gradients[child] += slope * gradients[node]
        stack.extend(edges(child))
    return gradients


WRONG_PASSES: Final[dict[str, Callable[..., Any]]] = {
    MISTAKES["overwrite"]: partial(backward, add=lambda before, contribution: contribution),
    "the upstream factor is missing: a contribution is partial times upstream": partial(
        backward, contribution=lambda slope, upstream: slope
    ),
    "the partial is missing: a contribution is partial times upstream": partial(
        backward, contribution=lambda slope, upstream: upstream
    ),
    "every gradient is 0: the root has to start with the gradient ∂root/∂root = 1": partial(backward, seed=0.0),
    "each input has a partial of its own, and you take the first one for all": first_partial_for_all,
    "every gradient starts with 1; only the root's does, the others start with 0 and add up": partial(
        backward, start=1.0
    ),
    "only the inputs of the root get a gradient: begin at the root, and go on through all nodes": partial(
        backward, order=topological_order
    ),
    MISTAKES["order"]: partial(backward, order=node_before_inputs),
    "a node that is used twice hands its gradient on twice; visit each node once": partial(
        backward, order=lambda root: each_use(root)[::-1]
    ),
    "a recursion into the inputs hands on what has come so far, once for each path; go through an order": every_path,
}
"""The mistakes of a backward pass, here and in lab 8."""

gradients = Exercise(
    "gradients",
    engine_gradients,
    samples=GRAPHS,
    mistakes=WRONG_PASSES,
    hint="Follow one number on paper: what arrives at the root, what does it add to each input, and what then?",
    kind=NUMBER_OF_NODE,
    calls=calls_on_graph,
    seen=gradients_seen,
    needs=(order,),
    show=lambda text, numbers: f"gradients of {text}",
)
