"""Passes over a recorded graph whose numbers are kept outside of it: no `.grad` and no node of the user changes.

The reverse pass carries gradients from the root to its inputs, the forward pass `Dual`s from inputs to the root.
Both take any kind of number: floats for numbers, Values for derivatives as graphs, Duals for the Hessian.

>>> from autograd_tiny import Value
>>> x = Value(3.0)
>>> y = x * x * x
>>> gradients(y, [x]), series_of(y, {x: Dual(3.0, 1.0, 0.0)}), hessian_row(y, {x: 1.0}), x.grad
([27.0], Dual(27.0, 27.0, 9.0), [18.0], 0.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast
from weakref import WeakSet

from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.grad_mode import RECORDERS
from autograd_tiny.engine.source_lines import observe_pass, quoted_line
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import StaleDataError
from autograd_tiny.primitives.dual import Dual, partials_at
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.support.terminal_text import printable

CONSTANTS: Final[WeakSet[Value]] = WeakSet()
"""Leaves that the engine made of numbers, in the graphs of derivatives: no Values of the user's."""

Slopes = Callable[[Value], Iterable[tuple[Any, Any]]]


def constant(number: float) -> Value:
    """Return a new leaf of CONSTANTS."""
    leaf = Value(number)
    CONSTANTS.add(leaf)
    return leaf


def gradients(root: Value, inputs: Sequence[Value], *, graph: bool = False) -> list[Any]:
    """Return ∂root/∂input for each input, None where the root does not depend on it.

    Args:
        root: the root.
        inputs: leaves or inner nodes.
        graph: compute with Values, whose graphs can be differentiated again; floats otherwise.
    """
    order, leaves = backward_order(root)
    found = _reverse_pass(root, order, inputs, _slopes_as_graphs if graph else _recorded_slopes)
    if RECORDERS and order:
        observe_pass([x._number for x in (*order, *leaves)], [slope for slope in found if slope is not None], root)
    return found


def series_of(root: Value, inputs: Mapping[Value, Dual], *, graph: bool = False) -> Dual | None:
    """Return the Dual of the root from those of its inputs (forward mode); None if it depends on none of them."""
    order, _ = backward_order(root)
    return _forward_pass(order, inputs, graph=graph).get(root)


def hessian_row(root: Value, tangents: Mapping[Value, float]) -> list[float]:
    """Return Σⱼ ∂²root/∂xᵢ∂xⱼ · tangentⱼ for each input xᵢ: forward over reverse, without a graph.

    The reverse pass computes with dual numbers, so the tangent of a gradient is its derivative along the tangents.
    O(edges), for any number of inputs (Pearlmutter 1994).
    """
    order, _ = backward_order(root)
    duals = _forward_pass(order, {x: Dual(x._number, tangent) for x, tangent in tangents.items()})

    def slopes(node: Value) -> Iterable[tuple[Any, Any]]:
        primitive = cast("Primitive", node.primitive)
        operands = [_number(x, duals) for x in node.operands]
        return zip(node.operands, partials_at(primitive, operands, duals[node]), strict=True)

    results = _reverse_pass(root, order, list(tangents), slopes)
    return [result.tangent if isinstance(result, Dual) else 0.0 for result in results]


def _reverse_pass(root: Value, order: Sequence[Value], inputs: Sequence[Value], slopes: Slopes) -> list[Any]:
    """Apply the chain rule at each node between the root and the inputs, consumers first."""
    needed = _dependent(order, inputs)
    found: dict[Value, Any] = {root: 1.0}
    for node in order:
        if node in needed:
            upstream = found[node]
            for operand, partial in slopes(node):
                if isinstance(operand, Value) and operand in needed:
                    contribution = upstream * partial
                    before = found.get(operand)
                    found[operand] = contribution if before is None else before + contribution
    return [found.get(x) for x in inputs]


def _forward_pass(order: Sequence[Value], inputs: Mapping[Value, Dual], *, graph: bool = False) -> dict[Value, Dual]:
    """Compute every node that depends on the inputs again, with Duals."""
    duals = dict(inputs)
    for node in reversed(order):
        if node not in duals and any(x in duals for x in node.inputs):
            primitive = cast("Primitive", node.primitive)
            duals[node] = primitive(*primitive.group([_number(x, duals, graph=graph) for x in node.operands]))
    return duals


def _number(x: Any, duals: Mapping[Value, Dual], *, graph: bool = False) -> Any:
    """Return the number of an operand in a pass with Duals; other Values of a graph become constant Duals."""
    if not isinstance(x, Value):
        return x
    if x in duals:
        return duals[x]
    order = len(next(iter(duals.values())).coefficients)
    return Dual(x, *(0.0,) * (order - 1)) if graph else x._number


def _dependent(order: Sequence[Value], inputs: Iterable[Value]) -> set[Value]:
    """Return the inputs and the nodes that depend on them."""
    needed = set(inputs)
    for node in reversed(order):
        if not needed.isdisjoint(node.inputs):
            needed.add(node)
    return needed


def _recorded_slopes(node: Value) -> Iterable[tuple[Value, float]]:
    return zip(node.inputs, node._partials, strict=True)


def _slopes_as_graphs(node: Value) -> Iterable[tuple[Any, Any]]:
    """Return the operands with ∂node/∂operand for each, as graphs over the operands; the numbers must be recent."""
    primitive, operands = cast("Primitive", node.primitive), node.operands
    flat = primitive.flatten(_partials_as_graphs(node))
    of_inputs = (partial for x, partial in zip(operands, flat, strict=True) if isinstance(x, Value))
    numbers = (partial._number if isinstance(partial, Value) else partial for partial in of_inputs)
    if any(map(_differ, numbers, node._partials)) and _is_stale(node, primitive, operands):
        raise stale_data_error(node)
    return zip(operands, flat, strict=True)


def stale_data_error(node: Value) -> StaleDataError:
    """Return the error of a node whose number, or that of an input, was changed; it has the labels of the user."""
    labels = [printable(x.label) for x in dict.fromkeys(node.inputs) if x.label]
    primitive, label = cast("Primitive", node.primitive), printable(node.label)
    return StaleDataError(primitive.name, inputs=labels, result=label, line=quoted_line(node))


def _is_stale(node: Value, primitive: Primitive, operands: Sequence[Any]) -> bool:
    """Return True if the recorded partials, or the node's own number, are not those of today's numbers of its inputs.

    They are computed as they were recorded, with floats: a graph rounds otherwise, by more than a small change of the
    data would. What remains is the difference between the mathematical libraries of two machines, of one pickle.
    """
    z, partials = primitive.linearize(*primitive.group([x._number if isinstance(x, Value) else x for x in operands]))
    pairs = zip(operands, primitive.flatten(partials), strict=True)
    recent = (partial for x, partial in pairs if isinstance(x, Value))
    return _differ(z, node._number) or any(map(_differ, recent, node._partials))


def _partials_as_graphs(node: Value) -> Sequence[Any]:
    """Return the partials of a node as graphs over its operands."""
    primitive, operands = cast("Primitive", node.primitive), node.operands
    try:
        return primitive.partials(*primitive.group(operands), node)
    except ArithmeticError:  # a constant of 0 among plain numbers, while Values follow IEEE rules
        if _is_stale(node, primitive, operands):
            raise stale_data_error(node) from None
        wrapped = [x if isinstance(x, Value) else constant(x) for x in operands]
        return primitive.partials(*primitive.group(wrapped), node)


def _differ(x: float, y: float) -> bool:
    """Return True if two numbers differ by more than four units in the last place."""
    return not math.isclose(x, y, rel_tol=1e-15) and (x == x or y == y)
