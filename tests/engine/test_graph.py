"""Traversal of anything that has inputs: topological order, leaves, count and consumers."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import Value, dot, topological_order
from autograd_tiny.engine.graph import consumers, count, leaves


@dataclass(frozen=True, eq=False)
class Box:
    """A node of another kind."""

    name: str
    inputs: tuple[Box, ...] = ()


def names(boxes: list[Box]) -> str:
    return "".join(box.name for box in boxes)


def diamond() -> Box:
    a = Box("a")
    b, c = Box("b", (a,)), Box("c", (a,))
    return Box("d", (b, c))


def test_inputs_come_before_consumers_left_first() -> None:
    assert names(topological_order(diamond())) == "abcd"


def test_node_used_twice_comes_once() -> None:
    a = Box("a")
    assert names(topological_order(Box("b", (a, a)))) == "ab"


def test_deeper_use_on_the_left_comes_first() -> None:
    a, b = Box("a"), Box("b")
    inner = Box("c", (a, b))
    assert names(topological_order(Box("d", (inner, b, a)))) == "abcd"


def test_several_roots_are_visited_in_order() -> None:
    a, b = Box("a"), Box("b")
    c, d = Box("c", (b,)), Box("d", (a, b))
    assert names(topological_order(c, d)) == "bcad"
    assert names(topological_order(d, c)) == "abdc"
    assert names(topological_order(c, c, b)) == "bc"


def test_no_roots_give_no_nodes() -> None:
    assert topological_order() == leaves() == []
    assert count() == 0


@given(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=10))
def test_order_agrees_with_recursive_definition(shape: list[list[int]]) -> None:
    nodes: list[Box] = []
    for k, positions in enumerate(shape):
        nodes.append(Box(str(k), tuple(nodes[p % k] for p in positions) if k else ()))
    expected: list[Box] = []

    def visit(node: Box) -> None:
        if node not in expected:
            for child in node.inputs:
                visit(child)
            expected.append(node)

    visit(nodes[-1])
    assert topological_order(nodes[-1]) == expected
    assert leaves(nodes[-1]) == [node for node in expected if not node.inputs]
    assert count(nodes[-1]) == len(expected)


def test_leaves_are_in_order_of_first_use() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    assert leaves(dot([b, a], [c, b]) * a) == [b, a, c]
    assert leaves(a) == [a]


def test_plain_numbers_are_not_counted() -> None:
    a = Value(1.0)
    assert count(2.0 * a + 1.0) == 3


def test_consumers_are_listed_once_per_use() -> None:
    root = diamond()
    a, b, c, d = topological_order(root)
    assert consumers([a, b, c, d]) == {a: [b, c], b: [d], c: [d], d: []}
    x = Value(2.0)
    square = x * x
    assert consumers([square, x]) == {x: [square, square], square: []}


def test_inputs_outside_the_list_have_consumers() -> None:
    root = diamond()
    b, c = root.inputs
    assert consumers([b, root]) == {b: [root], root: [], b.inputs[0]: [b], c: [root]}


def test_consumers_take_an_iterator() -> None:
    root = diamond()
    assert consumers(iter(topological_order(root))) == consumers(topological_order(root))
