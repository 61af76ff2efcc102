"""Compare two graphs: whether they have the same operations of corresponding operands, in the same order.

>>> from autograd_tiny import Value
>>> w, x, other = Value(3.0), Value(2.0), Value(5.0)
>>> Graph([w * x + 1.0]).is_like([w * other + 1.0], {x: other})
True
>>> Graph([w * x + 1.0]).is_like([w * other + 1.5], {x: other})
False
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.nary import operand_slots
from autograd_tiny.engine.value import Value


class Graph:
    """A graph, to be compared with others.

    Attributes:
        ends: its roots, of which one may be below another.
        order: its inner nodes, inputs before consumers.
        leaves: its leaves, in their order.
    """

    def __init__(self, ends: Sequence[Value]) -> None:
        self.ends = ends
        order, self.leaves = backward_order(*ends)
        self.order = order[::-1]

    def is_like(self, ends: Sequence[Value], inputs: Mapping[Value, Value]) -> bool:
        """Return whether another graph has the same operations of the same operands.

        Args:
            ends: the roots of the other graph.
            inputs: for leaves of this graph the corresponding one of the other. A leaf of both corresponds to itself;
                further leaves correspond in their order, and must have the same data.
        """
        other = Graph(ends)
        if (len(self.ends), len(self.order)) != (len(other.ends), len(other.order)):
            return False
        twins = {id(leaf): leaf for leaf in other.leaves}
        rest = [leaf for leaf in self.leaves if id(leaf) not in twins and leaf not in inputs]
        known = {*map(id, self.leaves), *map(id, inputs.values())}
        rest_of_other = [leaf for leaf in other.leaves if id(leaf) not in known]
        if _differ((x._number for x in rest), (y._number for y in rest_of_other), {}):
            return False
        twins.update(zip(map(id, rest), rest_of_other, strict=True))
        twins.update((id(x), y) for x, y in inputs.items())
        compared: set[tuple[int, int]] = set()
        for x, y in zip(self.order, other.order, strict=True):
            if x.primitive is not y.primitive or not _have_twins(x, y, twins, compared):
                return False
            twins[id(x)] = y
        return all(twins[id(x)] is y for x, y in zip(self.ends, other.ends, strict=True))


def _have_twins(x: Value, y: Value, twins: Mapping[int, Value], compared: set[tuple[int, int]]) -> bool:
    """Return whether each operand of a node corresponds to that of another one.

    Args:
        x: the node.
        y: the other one.
        twins: by the identity of a node of the graph of x.
        compared: the identities of sequences that were compared, such as the weights that neurons share.
    """
    if x._nary is None or y._nary is None:
        return x._nary is y._nary and not _differ(x.operands, y.operands, twins)
    (kept, rest), (kept_by_other, rest_of_other) = operand_slots(x), operand_slots(y)
    if len(kept) != len(kept_by_other) or _differ(rest, rest_of_other, twins):
        return False
    for xs, ys in zip(kept, kept_by_other, strict=True):
        key = id(xs), id(ys)
        if key not in compared:
            if _differ(xs, ys, twins):
                return False
            compared.add(key)
    return True


def _differ(xs: Iterable[Value | float], ys: Iterable[Value | float], twins: Mapping[int, Value]) -> bool:
    """Return whether nodes do not correspond, constants are not equal, or lengths differ; nan is equal to nan."""
    others = iter(ys)
    for x in xs:
        y = next(others, None)
        if isinstance(x, Value):
            if twins[id(x)] is not y:
                return True
        elif y is None or isinstance(y, Value) or (x != y and (x == x or y == y)):
            return True
    return next(others, None) is not None
