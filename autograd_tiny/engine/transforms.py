"""Derivatives of functions: functions of numbers and nested numbers, with results in the shape of the arguments.

>>> from autograd_tiny import exp, sin
>>> value_and_grad(lambda p, x: p["w"] * x + p["b"])({"w": 2.0, "b": 1.0}, 3.0)
(7.0, {'w': 3.0, 'b': 1.0})
>>> derivative(lambda x: x**5, order=3)(2.0), taylor(exp, 0.0, 3)
(240.0, [1.0, 1.0, 0.5, 0.16666666666666666])
>>> jvp(lambda x, y: [x * y, sin(x)], (0.0, 2.0), (1.0, 0.0))
([0.0, 0.0], [2.0, 1.0])

A function gets Values and is called once for each derivative. Numbers give numbers. Values in the arguments, and
functions that use other Values, give Values with a graph, so derivatives nest: `grad(grad(f))`. An argument that the
result does not depend on has derivative 0, as in JAX. A plain number as the result is a constant: the function is
called once more, for other arguments, and a number that changes with them is refused, since it was cut off from them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, Final

from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.engine.nested import map_leaves, named_leaves, rebuild
from autograd_tiny.engine.node import require_recorded
from autograd_tiny.engine.passes import CONSTANTS, constant, gradients, hessian_row, series_of
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import LengthError, OperandError, PositionError, require_callable, whole_number
from autograd_tiny.primitives.dual import Dual
from autograd_tiny.primitives.operands import as_float, as_leaf_data, as_list, is_array, is_iterable, is_number

Argnums = int | Sequence[int]

LARGEST_ORDERS: Final = {"derivative": 170, "taylor": 10_000}
"""The order of a derivative is at most that of the largest factorial that is a float."""


class Call:
    """One call of a function with leaves of its own instead of numbers.

    Attributes:
        inputs: the leaves, in order; for a Value that was passed a node that copies it, so that another use of the
            Value by the function does not count as a use of the argument.
        output: what the function returned, a Value or a nested structure of them.
        graph: whether derivatives are Values with graphs: a Value was passed or used, besides the leaves. Those that
            an inner transform made of numbers are constants of its result.
    """

    def __init__(
        self, place: str, function: Callable[..., Any], argnums: Argnums, args: Sequence[Any], named: Any
    ) -> None:
        require_callable(function, place)
        self.place, self.single = place, not isinstance(argnums, Sequence)
        self.graph = False
        self.inputs: list[Value] = []
        arguments = list(args)
        positions = _positions(place, argnums, len(args))
        for position in positions:
            arguments[position] = map_leaves(self._as_input, arguments[position], f"argument {position}")
        self.shapes = tuple(args[position] for position in positions)
        self.output = function(*arguments, **named)
        found = list(named_leaves(self.output, ""))
        if not all(isinstance(root, Value) for _, root in found):
            for position in positions:
                arguments[position] = map_leaves(_elsewhere, args[position], "")
            found = [
                (name, _constant_root(root, name, lambda: function(*arguments, **named))) for name, root in found
            ]
        self.roots = [self._root(root, name) for name, root in found]
        own = set(self.inputs)
        leaves = {leaf for root in self.roots for leaf in backward_order(root)[1]}
        self.graph = self.graph or any(leaf not in CONSTANTS for leaf in leaves - own)
        if self.graph:
            CONSTANTS.update(own & leaves)

    def _as_input(self, number: Any, name: str) -> Value:
        if isinstance(number, Value):
            self.graph = True
            copy = number * 1.0
        else:
            copy = Value(as_leaf_data(number, f"{self.place}, at {name},"))
        self.inputs.append(copy)
        return copy

    def _root(self, root: Any, name: str) -> Value:
        if not isinstance(root, Value):
            expected = f"a function that returns a Value{f' at {name}' if name else ''}"
            why = ", of which it is cut off" if is_number(root) else " to differentiate for"
            remedy = f"compute it from the arguments{why}"
            raise OperandError(self.place, root, expected=expected, remedy=remedy)
        require_recorded(root, self.place)
        return root

    @property
    def root(self) -> Value:
        """The one Value that the function returned.

        Raises:
            OperandError: it returned a list or the like.
        """
        if isinstance(self.output, list | tuple | dict) or is_array(self.output):
            remedy = "reduce it to one, as by sum, or use jacobian"
            raise OperandError(self.place, self.output, expected="a function that returns one Value", remedy=remedy)
        return self.roots[0]

    def number(self, result: Any) -> Any:
        """Return a result as the kind of number of this call: a Value or a float; None is 0."""
        result = 0.0 if result is None else result
        if not self.graph:
            return result._number if isinstance(result, Value) else result
        return result if isinstance(result, Value) else constant(result)

    def shaped(self, results: Iterable[Any]) -> Any:
        """Return one result for each input, in the shape of the arguments."""
        whole = rebuild(self.shapes, map(self.number, results))
        return whole[0] if self.single else whole

    def gradient(self, root: Value) -> Any:
        """Return the derivatives of a root, in the shape of the arguments."""
        return self.shaped(gradients(root, self.inputs, graph=self.graph))

    def hessian(self) -> Any:
        """Return for each input, in the shape of the arguments, its row of second derivatives in that shape."""
        if self.graph:
            slopes = [self.number(slope) for slope in gradients(self.root, self.inputs, graph=True)]
            rows = [self.gradient(slope) for slope in slopes]
        else:
            units = ({x: float(x is y) for x in self.inputs} for y in self.inputs)
            rows = [self.shaped(hessian_row(self.root, unit)) for unit in units]
        whole = rebuild(self.shapes, rows)
        return whole[0] if self.single else whole

    def series(self, root: Value, tangents: Sequence[Any], order: int) -> tuple[Any, ...]:
        """Return the coefficients of a root along the line through the inputs in direction of the tangents."""
        numbers = self.inputs if self.graph else [x._number for x in self.inputs]
        rest = (0.0,) * (order - 1)
        lines = zip(self.inputs, numbers, tangents, strict=True)
        dual = series_of(root, {x: Dual(number, t, *rest) for x, number, t in lines}, graph=self.graph)
        return (root, *(0.0,) * order) if dual is None else dual.coefficients


def _elsewhere(number: Any, _: str) -> Value:
    """Return a leaf with another number."""
    x = number._number if isinstance(number, Value) else float(number)
    return constant(1.3125 * x + 0.40625)


def _constant_root(root: Any, name: str, call_elsewhere: Callable[[], Any]) -> Any:
    """Return a plain number as a constant if the function returns the same for other arguments, all else as it is."""
    if isinstance(root, Value) or not is_number(root):
        return root
    try:
        other: Any = dict(named_leaves(call_elsewhere(), "")).get(name)
        same = not isinstance(other, Value) and (other == root or (other != other and root != root))
        return constant(as_float(root, name)) if same else root
    except Exception:  # noqa: BLE001 - of the user's function, for other numbers than the user's
        return root


def _positions(place: str, argnums: Argnums, length: int) -> list[int]:
    """Return the positions of the arguments to differentiate for."""
    if length == 0 and argnums != range(0):
        expected = "at least one argument by position"
        raise OperandError(place, (), expected=expected, remedy="pass those to differentiate for without their names")
    positions = []
    for argnum in argnums if isinstance(argnums, Sequence) else [argnums]:
        if not -length <= argnum < length:
            raise PositionError(f"argnums of {place}", argnum, length)
        positions.append(argnum % length)
    if len(set(positions)) < len(positions):
        raise OperandError(
            place, argnums, expected="different positions as argnums", remedy="write each of them once"
        )
    return positions


def _require_positions(place: str, argnums: Any) -> None:
    """Raise an OperandError unless these are one or more whole numbers."""
    whole = argnums if isinstance(argnums, list | tuple | range) and argnums else [argnums]
    if any(whole_number(n) is None for n in whole):
        expected = "positions of arguments as argnums of a function"
        raise OperandError(place, argnums, expected=expected, remedy="write 0 for the first, (0, 1) for two")


def transformed(place: str, function: Callable[..., Any], argnums: Argnums, read: Callable[[Call], Any]) -> Any:
    """Return a function of the same arguments that returns what `read` takes from a call of the given function."""
    require_callable(function, place)
    _require_positions(place, argnums)

    @wraps(function, assigned=("__module__", "__name__", "__qualname__"))
    def derived(*args: Any, **named: Any) -> Any:
        return read(Call(place, function, argnums, args, named))

    derived.__doc__ = f"Return the result of {place} for {getattr(function, '__name__', 'the function')}."
    return derived


def value_and_grad(function: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that returns f and its gradient (as `jax.value_and_grad`).

    Args:
        function: takes numbers and nested lists, tuples, dicts and arrays of numbers, returns one Value.
        argnums: the position of the argument to differentiate for, or several: then the gradient is a tuple. Other
            arguments and keyword arguments are passed unchanged.

    Returns:
        A function of the same arguments; its result is (value, gradient), the gradient in the shape of the argument.

    Raises:
        OperandError: when called: the function does not return one Value, or a leaf of the argument is not a number.
        PositionError: when called: no argument has that position.
        NotRecordedError: when called: the function computed inside `no_grad()`.

    >>> value_and_grad(lambda xs: xs[0] * xs[1])([2.0, 3.0])
    (6.0, [3.0, 2.0])
    """
    return transformed(  # type: ignore[no-any-return]  # a function
        "value_and_grad", function, argnums, lambda call: (call.number(call.root), call.gradient(call.root))
    )


def grad_of_function(function: Callable[..., Any], argnums: Argnums) -> Any:
    """Return the function of `grad(f)`."""
    return transformed("grad", function, argnums, lambda call: call.gradient(call.root))


def jacobian_of_function(function: Callable[..., Any], argnums: Argnums) -> Any:
    """Return the function of `jacobian(f)`: the shape of the output, in each place that of the argument."""
    return transformed(
        "jacobian", function, argnums, lambda call: rebuild(call.output, [call.gradient(root) for root in call.roots])
    )


def hessian_of_function(function: Callable[..., Any], argnums: Argnums) -> Any:
    """Return the function of `hessian(f)`."""
    return transformed("hessian", function, argnums, Call.hessian)


def jvp(function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return f and its derivative along a direction, in forward mode with dual numbers (as `jax.jvp`).

    Args:
        function: returns a Value, or a nested structure of Values.
        primals: the arguments, as a list or tuple; each a number or nested numbers.
        tangents: the direction, in the same shape.

    Returns:
        The value and the derivative Σ ∂f/∂xᵢ · tangentᵢ, both in the shape of the output.

    Raises:
        LengthError: primals and tangents differ in their number of leaves.
        OperandError: they differ in their shape, or the function does not return Values.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
    (6.0, 23.0)
    """
    call, flat = _along("jvp", function, primals, tangents)
    pairs = [call.series(root, flat, 1) for root in call.roots]
    values, slopes = (rebuild(call.output, [call.number(pair[k]) for pair in pairs]) for k in (0, 1))
    return values, slopes


def hessian_vector_product(function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Return H·v, the derivative of the gradient along a direction, without computing H (Pearlmutter 1994).

    Forward over reverse: it costs a few passes, however many inputs there are.

    Args:
        function: returns one Value.
        primals: the arguments, as a list or tuple; each a number or nested numbers.
        tangents: the vector v, in the same shape.

    Returns:
        Σⱼ ∂²f/∂xᵢ∂xⱼ · vⱼ for each i, as a tuple in the shape of the primals.

    Raises:
        LengthError: primals and tangents differ in their number of leaves.
        OperandError: they differ in their shape, or the function does not return one Value.

    >>> hessian_vector_product(lambda xs: xs[0] * xs[0] * xs[1], ([2.0, 3.0],), ([1.0, 0.0],))
    ([6.0, 4.0],)
    """
    call, flat = _along("hessian_vector_product", function, primals, tangents)
    if not call.graph:
        return call.shaped(hessian_row(call.root, dict(zip(call.inputs, flat, strict=True))))
    slopes = gradients(call.root, call.inputs, graph=True)
    total = constant(0.0)
    for slope, tangent in zip(slopes, flat, strict=True):
        total = total + call.number(slope) * tangent
    return call.gradient(total)


def _along(
    place: str, function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[Call, list[Any]]:
    """Return a call at the primals, and the tangents as a flat list."""
    args, directions = (as_list(xs, place, expected="arguments as a tuple") for xs in (primals, tangents))
    names, given = ([name for name, _ in named_leaves(xs, "")] for xs in (args, directions))
    if len(names) != len(given):
        raise LengthError(place, primals=len(names), tangents=len(given))
    if set(names) != set(given):
        missing = next(name for name in names if name not in given)
        expected = f"tangents in the shape of the primals, with one at {missing}"
        raise OperandError(place, tangents, expected=expected, remedy="write 0.0 where there is no direction")
    tangent = dict(named_leaves(directions, ""))  # of the same names, maybe in another order
    flat = [x if isinstance(x, Value) else as_float(x, place) for x in map(tangent.__getitem__, names)]
    call = Call(place, function, range(len(args)), args, {})
    call.graph = call.graph or any(isinstance(x, Value) for x in flat)
    return call, flat


def derivative(function: Callable[..., Any], order: int = 1) -> Callable[[Any], Any]:
    """Return the derivative of any order of a function of one number.

    Computed in forward mode with a truncated Taylor series (Griewank, Walther 2008, §13). The time grows with the
    square of the order, or with its cube.

    Args:
        function: takes a number, returns a Value or a nested structure of Values.
        order: 1 for the slope, 2 for the curvature; 0 is the function itself.

    Returns:
        A function of a number, or of a Value; its result has the structure that the function returns.

    At a pole, such as that of 1 / x at 0, the orders from the second on are nan, the difference of infinities.

    Raises:
        OperandError: the order is not a whole number from 0 to 170; when called: the argument is not one number, the
            function does not return Values, or it needs deeper recursion than Python's limit, as some do from 90 on.
        NotRecordedError: when called: the function computed inside `no_grad()`.

    >>> derivative(lambda x: x * x * x, order=2)(2.0)
    12.0
    """
    require_callable(function, "derivative")
    order = _order("derivative", order)

    step = 2.0 ** round(math.log2(math.factorial(order)) / max(order, 1))

    def read(coefficients: list[Any], step: float) -> Any:
        return coefficients[order] * (math.factorial(order) / step**order)

    def derived(at: Any) -> Any:
        return _series("derivative", function, at, order, read, step=step)

    return derived


def taylor(function: Callable[..., Any], at: Any, order: int) -> Any:
    """Return the Taylor coefficients f(a), f'(a), f''(a) / 2!, … of a function of one number.

    Computed as by `derivative`, all orders at once.

    Args:
        function: takes a number, returns a Value or a nested structure of Values.
        at: the point a, a number or a Value.
        order: that of the last coefficient.

    Returns:
        A list of order + 1 numbers, in the structure that the function returns.

    Raises:
        OperandError: the order is not a whole number from 0 to 10,000, the point is not one number, the function does
            not return Values, or it needs deeper recursion than Python's limit, as some do from order 90 on.
        NotRecordedError: the function computed inside `no_grad()`.

    >>> taylor(lambda x: 1.0 / (1.0 - x), 0.0, 4)
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    order = _order("taylor", order)
    return _series("taylor", function, at, order, lambda coefficients, _: coefficients)


def _order(place: str, order: Any) -> int:
    number = whole_number(order)
    if number is None or not 0 <= number <= LARGEST_ORDERS[place]:
        expected = f"a whole number from 0 to {LARGEST_ORDERS[place]:,} as the order"
        raise OperandError(place, order, expected=expected, remedy="write 1 for the first derivative")
    return number


def _series(
    place: str,
    function: Callable[..., Any],
    at: Any,
    order: int,
    read: Callable[[list[Any], float], Any],
    *,
    step: float = 1.0,
) -> Any:
    """Return what `read` takes from the coefficients of f(at + step·ε), and the step.

    A step of about (n!)^(1/n), a power of 2, makes coefficient n as large as the derivative: it does not underflow.
    If it overflows on the way, the step is 1.
    """
    if is_iterable(at):
        raise OperandError(place, at, expected="a function of one number", remedy="use hessian, or jvp along a line")
    call = Call(place, function, 0, (at,), {})
    results = []
    for root in call.roots:
        try:
            numbers, used = _coefficients(call, root, order, step), step
            if not math.isfinite(float(getattr(numbers[-1], "_number", numbers[-1]))):
                numbers, used = _coefficients(call, root, order, 1.0), 1.0
        except RecursionError:
            expected = "an order for which the function needs no deeper recursion than Python's limit"
            raise OperandError(
                place, order, expected=expected, remedy="raise it: sys.setrecursionlimit(20_000)"
            ) from None
        results.append(read(numbers, used))
    return rebuild(call.output, results)


def _coefficients(call: Call, root: Value, order: int, step: float) -> list[Any]:
    return [call.number(c) for c in (call.series(root, [step], order) if order else (root,))]
