"""Copies and pickles keep the whole graph, and share no node with the original."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from autograd_tiny import (
    Value,
    clamp,
    dot,
    exp,
    grad,
    hessian,
    logsumexp,
    maximum,
    no_grad,
    primitive,
    softmax,
    topological_order,
    where,
)
from autograd_tiny import sum as sum_of
from autograd_tiny.errors import PrimitiveError
from autograd_tiny.primitives.primitive import TABLE


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


every_deep_copy = pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled], ids=["deepcopy", "pickle"])


def leaves() -> list[Value]:
    return [Value(1.5, label="a"), Value(-0.5, label="b"), Value(2.0)]


GRAPHS: dict[str, Callable[[Value, Value, Value], Value]] = {
    "leaf": lambda a, b, c: a,
    "unary": lambda a, b, c: exp(a),
    "binary": lambda a, b, c: a * b,
    "twice": lambda a, b, c: a * a,
    "constant on the right": lambda a, b, c: a**3,
    "constant on the left": lambda a, b, c: 3 / a,
    "three operands": lambda a, b, c: clamp(a, 0.0, c) + where(a > b, b, c),
    "sum": lambda a, b, c: sum_of([a, b, a]),
    "sum with constants": lambda a, b, c: sum_of([1, a, True, b]),
    "dot with floats": lambda a, b, c: dot([a, b], [0.25, 4.0], c),
    "dot with integers": lambda a, b, c: dot([a, b], [1.0, 4], c),
    "dot of nodes": lambda a, b, c: dot([a, b], [b, c], a),
    "dot of a mixture": lambda a, b, c: dot([a, 2.0, b], [3, c, 4.0], 0.5),
    "empty dot": lambda a, b, c: dot([], [], a),
    "softmax": lambda a, b, c: softmax([a, b, 1.0])[2],
    "shared": lambda a, b, c: (a * b + exp(a * b)) * maximum(a * b, c) / logsumexp([a, b, c]),
}
every_graph = pytest.mark.parametrize("build", GRAPHS.values(), ids=GRAPHS.keys())


def description(root: Value) -> list[Any]:
    """Return the attributes of all nodes of a graph, with positions instead of nodes."""
    nodes = topological_order(root)
    position = {node: k for k, node in enumerate(nodes)}
    return [
        (
            type(node),
            node.data.hex(),
            node.grad.hex(),
            node.label,
            node.primitive,
            node.partials,
            [position[x] for x in node.inputs],
            [f"node {position[x]}" if isinstance(x, Value) else x for x in node.operands],
        )
        for node in nodes
    ]


def graph(build: Callable[[Value, Value, Value], Value]) -> Value:
    """Return a graph with gradients and labels."""
    root = build(*leaves())
    root.backward(0.5)
    root.label = "root"
    return root


@every_graph
@every_deep_copy
def test_copied_graph_is_equal(build: Callable[..., Value], duplicate: Callable[[Any], Any]) -> None:
    root = graph(build)
    before = description(root)
    assert description(duplicate(root)) == before
    assert description(root) == before


@every_graph
@every_deep_copy
def test_copied_graph_shares_no_node(build: Callable[..., Value], duplicate: Callable[[Any], Any]) -> None:
    root = graph(build)
    twin = duplicate(root)
    assert set(topological_order(root)).isdisjoint(topological_order(twin))


@every_graph
@every_deep_copy
def test_copied_graph_has_same_gradients(build: Callable[..., Value], duplicate: Callable[[Any], Any]) -> None:
    root = graph(build)
    twin = duplicate(root)
    before = description(root)
    twin.backward()
    assert description(root) == before
    root.backward()
    assert description(twin) == description(root)


@every_graph
@every_deep_copy
def test_copied_graph_has_same_second_derivatives(
    build: Callable[..., Value], duplicate: Callable[[Any], Any]
) -> None:
    root = graph(build)

    def derivatives(root: Value) -> list[float]:
        inputs = [node for node in topological_order(root) if node.primitive is None]
        rows = [grad(root, inputs), *hessian(root, inputs)]
        return [derivative.data for row in rows for derivative in row]

    assert derivatives(duplicate(root)) == derivatives(root)


@every_graph
def test_shallow_copy_has_same_inputs(build: Callable[..., Value]) -> None:
    root = graph(build)
    twin = copy.copy(root)
    assert twin is not root
    assert twin.inputs == root.inputs
    assert twin.operands == root.operands
    assert (twin.data, twin.grad, twin.label, twin.primitive) == (root.data, root.grad, root.label, root.primitive)
    twin.data = twin.grad = 1234.5
    twin.label = "twin"
    assert 1234.5 not in {root.data, root.grad}
    assert root.label == "root"


@every_graph
def test_shallow_copy_has_same_gradients(build: Callable[..., Value]) -> None:
    root = graph(build)
    root.zero_grad()
    twin = copy.copy(root)
    twin.backward()
    by_twin = [leaf.grad for leaf in topological_order(twin)]
    root.zero_grad()
    twin.zero_grad()
    root.backward()
    assert [leaf.grad for leaf in topological_order(root)] == by_twin


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_pickle_protocol_keeps_the_graph(protocol: int) -> None:
    root = graph(GRAPHS["shared"])
    assert description(pickle.loads(pickle.dumps(root, protocol))) == description(root)


@every_deep_copy
def test_leaf_shared_by_roots_stays_shared(duplicate: Callable[[Any], Any]) -> None:
    a, b, c = leaves()
    roots = {"first": a * b, "second": dot([a, c], [1.0, 2.0], b), "leaf": a}
    twins = duplicate(roots)
    assert twins["first"].inputs == (twins["leaf"], twins["second"].inputs[2])
    assert twins["second"].inputs[0] is twins["leaf"]
    for root in (roots, twins):
        root["first"].backward()
        root["second"].backward()
    assert twins["leaf"].grad == a.grad


def test_inner_node_stays_shared_in_deepcopy() -> None:
    a, b, _ = leaves()
    shared = a * b
    first, second, twin = copy.deepcopy([shared + a, shared * 2.0, shared])
    assert first.inputs[0] is second.inputs[0] is twin


def test_pickled_roots_have_same_gradients() -> None:
    a, b, _ = leaves()
    shared = a * b
    roots = [shared + a, exp(shared)]
    twins = pickled(roots)
    for root in (*roots, *twins):
        root.backward()
    assert [x.grad for x in twins[0].inputs[0].inputs] == [a.grad, b.grad]


@every_deep_copy
def test_list_of_parameters_is_copied(duplicate: Callable[[Any], Any]) -> None:
    a, b, _ = leaves()
    twins = duplicate([a, b, a])
    assert twins[0] is twins[2]
    assert twins[0] is not a
    assert [x.label for x in twins] == ["a", "b", "a"]


@every_deep_copy
def test_unrecorded_node_is_copied_as_leaf(duplicate: Callable[[Any], Any]) -> None:
    with no_grad():
        x = Value(3.0) * 2.0
    twin = duplicate(x)
    assert (twin.data, twin.inputs, twin.primitive) == (6.0, (), None)


@every_deep_copy
def test_copied_graph_can_be_extended(duplicate: Callable[[Any], Any]) -> None:
    twin = duplicate(graph(GRAPHS["shared"]))
    root = twin * twin + 1.0
    root.backward()
    assert twin.grad == 2.0 * twin.data


class Parameter(Value):
    """A subclass with a method and no slots of its own."""

    __slots__ = ()

    def halve(self) -> None:
        self.data /= 2.0


class Named(Value):
    """A subclass with a dictionary."""

    def __init__(self, data: float, name: str) -> None:
        super().__init__(data)
        self.name = name


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])
def test_copy_keeps_subclass(duplicate: Callable[[Any], Any]) -> None:
    twin = duplicate(Parameter(3.0))
    assert type(twin) is Parameter
    twin.halve()
    assert twin.data == 1.5


@every_deep_copy
def test_copied_graph_keeps_subclass_of_leaf(duplicate: Callable[[Any], Any]) -> None:
    twin = duplicate(Parameter(3.0) * 2.0)
    assert type(twin) is Value
    assert type(twin.inputs[0]) is Parameter


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])
def test_copy_keeps_attributes_of_subclass(duplicate: Callable[[Any], Any]) -> None:
    assert duplicate(Named(3.0, "rate")).name == "rate"


@every_deep_copy
def test_copy_does_not_share_attributes(duplicate: Callable[[Any], Any]) -> None:
    x = Named(3.0, "rate")
    x.history = [1.0]
    duplicate(x).history.append(2.0)
    assert x.history == [1.0]


@every_deep_copy
def test_copied_graph_keeps_attributes_of_leaf(duplicate: Callable[[Any], Any]) -> None:
    assert duplicate(Named(3.0, "rate") * 2.0).inputs[0].name == "rate"


def test_pickle_of_own_primitive_needs_its_definition() -> None:
    cube = primitive("third_power", "third_power({x})", lambda x: x * x * x, lambda x, z: (3.0 * x * x,))
    try:
        pickle_of_a_cube = pickle.dumps(cube(Value(2.0)))
        assert pickle.loads(pickle_of_a_cube).primitive is cube.primitive
    finally:
        del TABLE["third_power"]
    with pytest.raises(PrimitiveError, match="'third_power': it is not in the table; define it"):
        pickle.loads(pickle_of_a_cube)
