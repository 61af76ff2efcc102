"""Compare a graph with a tape: whether it has the recorded operations of corresponding operands.

The graph is followed from its ends along the operations of the tape, from the last one to the first: each operation
has one node, and the operands of the node are those of the operation. So the graph needs no order of its own.

>>> from autograd_tiny import Value
>>> from autograd_tiny.replay.tape import tape_of
>>> w, x, other = Value(3.0), Value(2.0), Value(5.0)
>>> tape = tape_of(w * x + 1.0, inputs=[x], parameters=[w])
>>> nodes_of(tape, {tape.root: w * other + 1.0}, [other, w])
[Value(data=5.0, grad=0.0), Value(data=3.0, grad=0.0), Value(data=15.0, grad=0.0), Value(data=16.0, grad=0.0)]
>>> nodes_of(tape, {tape.root: w * other + 1.5}, [other, w]) is None
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_
from typing import Any

from autograd_tiny.engine.nary import operands_of
from autograd_tiny.engine.value import Value
from autograd_tiny.replay.operations import ABSENT, NARY
from autograd_tiny.replay.tape import Tape

Nodes = list[Any]
"""The node of each position of the tape, as far as it is known; None where not."""


def nodes_of(tape: Tape, ends: Mapping[int, Value], leaves: Sequence[Value]) -> Nodes | None:
    """Return the node of each position of a tape in another graph; None if the graph is not alike.

    Args:
        tape: the tape.
        ends: the roots of the graph by their position. What none of them depends on has no node, but for leaves.
        leaves: those of the graph for the inputs and the parameters of the tape. Further leaves correspond to
            themselves, or else to new ones of the same data.
    """
    nodes: Nodes = [*leaves, *[None] * (tape.size - len(leaves))]
    for position, end in ends.items():
        if nodes[position] is not None and nodes[position] is not end:
            return None
        nodes[position] = end
    return nodes if _follow(tape, nodes, max(ends)) and _have_same_leaves(tape, nodes) else None


def _follow(tape: Tape, nodes: Nodes, last: int) -> bool:  # noqa: C901, PLR0911, PLR0912 - one loop, hot
    """Fill in the operands of all nodes from a position downwards; return whether all operations are alike."""
    operations, leaves = tape.operations, tape.leaves
    rows, constants = operations.rows, operations.constants
    count = last - leaves + 1
    parts = (part[:count][::-1] for part in (operations.codes, operations.firsts, operations.seconds))
    for position, code, x, y in zip(range(last, leaves - 1, -1), *parts):  # noqa: B905 - of the same length
        node = nodes[position]
        if node is None:
            continue
        if node.primitive is not rows[code]:
            return False
        if y == NARY:
            if not _follow_list(operations.list_of(x), operands_of(node), constants, nodes):
                return False
            continue
        operand = node._x
        if x >= 0:
            known = nodes[x]
            if known is None:
                if operand is None:
                    return False
                nodes[x] = operand
            elif known is not operand:
                return False
        elif operand is not None or _is_other(node._dx, constants[-1 - x]):
            return False
        if y >= 0:
            operand, known = node._y, nodes[y]
            if known is None:
                if operand is None:
                    return False
                nodes[y] = operand
            elif known is not operand:
                return False
        elif y != ABSENT and (node._y is not None or _is_other(node._dy, constants[-1 - y])):
            return False
    return True


def _follow_list(codes: Sequence[int], operands: Sequence[Any], constants: Sequence[float], nodes: Nodes) -> bool:
    """Fill in the operands of a node with many; return whether they are alike."""
    if len(codes) != len(operands):
        return False
    if min(codes) >= 0 and all(map(is_, map(nodes.__getitem__, codes), operands)):
        return True
    for code, operand in zip(codes, operands, strict=True):
        if code < 0:
            if isinstance(operand, Value) or _is_other(operand, constants[-1 - code]):
                return False
        elif not isinstance(operand, Value) or (nodes[code] is not None and nodes[code] is not operand):
            return False
        else:
            nodes[code] = operand
    return True


def _is_other(number: float, constant: float) -> bool:
    """Return whether two constants differ as floats; nan is equal to nan."""
    return number != constant and (number == number or constant == constant) and float(number) != constant


def _have_same_leaves(tape: Tape, nodes: Nodes) -> bool:
    """Return whether each further leaf of a tape is the same in a graph, or a new one of the same data there."""
    start = tape.inputs + tape.parameters
    pairs = zip(tape.others, nodes[start : tape.leaves], strict=True)
    changed = [(leaf, node) for leaf, node in pairs if node is not None and node is not leaf]
    known = {*map(id, nodes[:start]), *map(id, tape.others)}
    for leaf, node in changed:
        if node.primitive is not None or id(node) in known or _is_other(node._number, leaf._number):
            return False
        known.add(id(node))
    return True
