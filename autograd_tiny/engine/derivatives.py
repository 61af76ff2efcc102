"""Compute derivatives as graphs, which can be differentiated again: Values flow through the partials of the table.

>>> from autograd_tiny import Value
>>> x = Value(2.0)
>>> y = x**3
>>> (slope,) = grad(y, [x])
>>> (curvature,) = grad(slope, [x])
>>> slope.data, curvature.data
(12.0, 12.0)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.node import require_node, require_recorded
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import StaleDataError
from autograd_tiny.primitives.operands import as_list
from autograd_tiny.primitives.primitive import Primitive


def grad(output: Value, inputs: Sequence[Value]) -> list[Value]:
    """Return ∂output/∂input for each input, as Values with a graph of their own.

    No `.grad` is touched (as `torch.autograd.grad` with `create_graph=True`). O(edges) nodes are recorded.

    Args:
        output: the root.
        inputs: leaves or inner nodes; one that the root does not depend on has derivative 0.

    Raises:
        OperandError: the output or an input is not a Value.
        NotRecordedError: the output was computed inside `no_grad()`.
        StaleDataError: the data of a node was changed after the forward pass.

    >>> from autograd_tiny import tanh
    >>> x = Value(0.0)
    >>> [slope.data for slope in grad(tanh(x), [x])]
    [1.0]
    """
    require_node(output, "grad")
    inputs = _as_values(inputs, "grad")
    require_recorded(output, "grad")
    order, _ = backward_order(output)
    gradients: dict[Value, Any] = {output: 1.0}
    for node in order:
        upstream = gradients[node]
        for operand, partial in zip(node.operands, _partials(node), strict=True):
            if isinstance(operand, Value):
                contribution = upstream * partial
                before = gradients.get(operand)
                gradients[operand] = contribution if before is None else before + contribution
    results = (gradients.get(value, 0.0) for value in inputs)
    return [result if isinstance(result, Value) else Value(result) for result in results]


def _as_values(values: Any, place: str) -> list[Value]:
    """Return a list of Values, which may be an iterator."""
    elements = as_list(values, place, expected="a list of Values")
    for element in elements:
        require_node(element, place)
    return elements


def _partials(node: Value) -> list[Any]:
    """Return ∂node/∂operand for each operand, as graphs over the node's own operands."""
    primitive, operands = cast("Primitive", node.primitive), node.operands  # a recorded node has one
    try:
        partials = primitive.partials(*primitive.group(operands), node)
    except ArithmeticError:  # a constant of 0 among plain numbers, while Values follow IEEE rules
        wrapped = [x if isinstance(x, Value) else Value(x) for x in operands]
        partials = primitive.partials(*primitive.group(wrapped), node)
    flat = primitive.flatten(partials)
    of_inputs = (partial for x, partial in zip(operands, flat, strict=True) if isinstance(x, Value))
    for partial, recorded in zip(of_inputs, node._partials, strict=True):
        if _differ(partial._data if isinstance(partial, Value) else partial, recorded):
            raise StaleDataError(primitive.name)
    return flat


def _differ(x: float, y: float) -> bool:
    """Return True if two numbers differ by more than the rounding of two ways to compute them."""
    return not math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-15) and x == x and y == y


def jacobian(outputs: Sequence[Value], inputs: Sequence[Value]) -> list[list[Value]]:
    """Return ∂outputs[i]/∂inputs[j] in row i and column j, as Values with graphs.

    >>> x, y = Value(2.0), Value(3.0)
    >>> [[entry.data for entry in row] for row in jacobian([x * y, x + y], [x, y])]
    [[3.0, 2.0], [1.0, 1.0]]
    """
    inputs = _as_values(inputs, "jacobian")
    return [grad(output, inputs) for output in _as_values(outputs, "jacobian")]


def hessian(output: Value, inputs: Sequence[Value]) -> list[list[Value]]:
    """Return ∂²output/∂inputs[i]∂inputs[j] in row i and column j, as Values with graphs.

    >>> x, y = Value(2.0), Value(3.0)
    >>> [[entry.data for entry in row] for row in hessian(x * x * y, [x, y])]
    [[6.0, 4.0], [4.0, 0.0]]
    """
    inputs = _as_values(inputs, "hessian")
    return jacobian(grad(output, inputs), inputs)
