"""Compute derivatives of nodes as graphs, which can be differentiated again, and of functions (see `transforms`).

>>> from autograd_tiny import Value
>>> x = Value(2.0)
>>> y = x**3
>>> slope = grad(y, x)
>>> slope.data, grad(slope, x).data
(12.0, 12.0)
>>> grad(lambda x: x**3)(2.0), grad(grad(lambda x: x**3))(2.0)
(12.0, 12.0)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

from autograd_tiny.engine.node import require_node, require_recorded
from autograd_tiny.engine.passes import constant, gradients
from autograd_tiny.engine.transforms import Argnums, grad_of_function, hessian_of_function, jacobian_of_function
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError, UnusedInputError
from autograd_tiny.primitives.operands import as_list, is_iterable


@overload
def grad(output: Value, inputs: Value, *, allow_unused: Literal[False] = False) -> Value: ...
@overload
def grad(output: Value, inputs: Value, *, allow_unused: bool) -> Value | None: ...
@overload
def grad(output: Value, inputs: Sequence[Value], *, allow_unused: Literal[False] = False) -> list[Value]: ...
@overload
def grad(output: Value, inputs: Sequence[Value], *, allow_unused: bool) -> list[Value | None]: ...
@overload
def grad(output: Callable[..., Any], inputs: Argnums = 0) -> Callable[..., Any]: ...
@overload
def grad(output: Callable[..., Any], *, argnums: Argnums) -> Callable[..., Any]: ...
def grad(output: Any, inputs: Any = None, *, argnums: Any = None, allow_unused: bool = False) -> Any:
    """Return ∂output/∂input for each input as a Value with a graph; of a function, return the gradient function.

    No `.grad` is touched (as `torch.autograd.grad` with `create_graph=True`), and no hook runs. O(edges) nodes are
    recorded.

    Args:
        output: the root; or a function that returns one Value, as for `value_and_grad`.
        inputs: leaves or inner nodes, or a single one; for a function `argnums`.
        argnums: for a function (as `jax.grad`): the position of the argument to differentiate for, 0 by default, or
            several, and then the result is a tuple.
        allow_unused: return None for an input that the root does not depend on.

    Returns:
        A list with one derivative for each input; one derivative for a single input; or a function whose result has
        the shape of the argument (see `transforms`).

    Raises:
        OperandError: the output or an input is not a Value.
        NotRecordedError: the output was computed inside `no_grad()`.
        UnusedInputError: the output does not depend on an input, and `allow_unused` is False.
        StaleDataError: the data of a node was changed after the forward pass.

    >>> from autograd_tiny import tanh
    >>> x, y = Value(0.0), Value(2.0)
    >>> grad(tanh(x), x).data, grad(tanh(x), [x, y], allow_unused=True)[1]
    (1.0, None)
    >>> grad(lambda p: p["w"] * p["x"])({"w": 2.0, "x": 3.0})
    {'w': 3.0, 'x': 2.0}
    """
    if _is_function(output):
        return grad_of_function(output, _argnums("grad", inputs, argnums))
    require_node(output, "grad")
    _argnums("grad", inputs, argnums)
    single = isinstance(inputs, Value)
    values = [inputs] if single else _as_values(inputs, "grad")
    require_recorded(output, "grad")
    results = [x if x is None or isinstance(x, Value) else constant(x) for x in gradients(output, values, graph=True)]
    for position, (value, result) in enumerate(zip(values, results, strict=True)):
        if result is None and not allow_unused:
            raise UnusedInputError(None if single else position, value.label)
    return results[0] if single else results


@overload
def jacobian(outputs: Sequence[Value], inputs: Sequence[Value]) -> list[list[Value]]: ...
@overload
def jacobian(outputs: Callable[..., Any], inputs: Argnums = 0) -> Callable[..., Any]: ...
@overload
def jacobian(outputs: Callable[..., Any], *, argnums: Argnums) -> Callable[..., Any]: ...
def jacobian(outputs: Any, inputs: Any = None, *, argnums: Any = None) -> Any:
    """Return ∂outputs[i]/∂inputs[j] in row i and column j, as Values with graphs; of a function, a function.

    An entry is 0 where an output does not depend on an input.

    Args:
        outputs: the roots; or a function that returns Values, one or nested.
        inputs: leaves or inner nodes; for a function `argnums`.
        argnums: for a function, as for `grad` (and `jax.jacrev`).

    Returns:
        A list of lists; or a function whose result has the shape of the output, and in each place of the argument.

    Raises:
        OperandError: an output or an input is not a Value.
        NotRecordedError: an output was computed inside `no_grad()`.

    >>> x, y = Value(2.0), Value(3.0)
    >>> [[entry.data for entry in row] for row in jacobian([x * y, x + y], [x, y])]
    [[3.0, 2.0], [1.0, 1.0]]
    >>> jacobian(lambda xs: {"product": xs[0] * xs[1]})([2.0, 3.0])
    {'product': [3.0, 2.0]}
    """
    if _is_function(outputs):
        return jacobian_of_function(outputs, _argnums("jacobian", inputs, argnums))
    _argnums("jacobian", inputs, argnums)
    inputs = _as_values(inputs, "jacobian")
    return [_row(output, inputs, "jacobian") for output in _as_values(outputs, "jacobian")]


@overload
def hessian(output: Value, inputs: Sequence[Value]) -> list[list[Value]]: ...
@overload
def hessian(output: Callable[..., Any], inputs: Argnums = 0) -> Callable[..., Any]: ...
@overload
def hessian(output: Callable[..., Any], *, argnums: Argnums) -> Callable[..., Any]: ...
def hessian(output: Any, inputs: Any = None, *, argnums: Any = None) -> Any:
    """Return ∂²output/∂inputs[i]∂inputs[j] in row i and column j, as Values with graphs; of a function, a function.

    Args:
        output: the root; or a function that returns one Value.
        inputs: leaves or inner nodes; for a function `argnums`.
        argnums: for a function, as for `grad` (and `jax.hessian`).

    Returns:
        A list of lists; or a function whose result has the shape of the argument, and in each place that shape again.

    Raises:
        OperandError: the output or an input is not a Value.
        NotRecordedError: the output was computed inside `no_grad()`.

    >>> x, y = Value(2.0), Value(3.0)
    >>> [[entry.data for entry in row] for row in hessian(x * x * y, [x, y])]
    [[6.0, 4.0], [4.0, 0.0]]
    >>> hessian(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0)
    ((6.0, 4.0), (4.0, 0.0))
    """
    if _is_function(output):
        return hessian_of_function(output, _argnums("hessian", inputs, argnums))
    require_node(output, "hessian")
    _argnums("hessian", inputs, argnums)
    inputs = _as_values(inputs, "hessian")
    return [_row(slope, inputs, "hessian") for slope in _row(output, inputs, "hessian")]


def _is_function(x: Any) -> bool:
    return callable(x) and not isinstance(x, Value | type)


def _argnums(place: str, inputs: Any, argnums: Any) -> Any:
    """Return the positions for a function, which are given in one of two places."""
    if inputs is not None and argnums is not None:
        remedy = "name the inputs of a node, or the argnums of a function"
        raise OperandError(place, argnums, expected="no argnums beside the inputs", remedy=remedy)
    return 0 if inputs is None and argnums is None else argnums if inputs is None else inputs


def _row(output: Value, inputs: Sequence[Value], place: str) -> list[Value]:
    """Return the derivatives of one output, 0 where it does not depend on an input."""
    require_recorded(output, place)
    slopes = (0.0 if slope is None else slope for slope in gradients(output, inputs, graph=True))
    return [slope if isinstance(slope, Value) else constant(slope) for slope in slopes]


def _as_values(values: Any, place: str) -> list[Value]:
    """Return a list of Values, which may be an iterator."""
    if not is_iterable(values) and not isinstance(values, Value):
        raise OperandError(place, values, expected="a list of Values", remedy="pass nodes of the graph, or one")
    elements = as_list(values, place, expected="a list of Values")
    for element in elements:
        require_node(element, place)
    return elements
