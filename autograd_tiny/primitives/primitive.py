"""What a primitive is: one row of calculus that serves every kind of number.

A row holds a name, a formula as text, how to compute the value in floats, and the partials. The partials are
written with ordinary operators and with other primitives, so whatever flows in (a float, a `Value`, a NumPy
array, a symbol), the derivative flows out in kind. `primitive(...)` adds a row to the table and returns the
function that computes it; the function's attribute `primitive` is the row.

>>> from autograd_tiny import Value, primitive
>>> cube = primitive("cube", "cube({x})", lambda x: x * x * x, lambda x, z: (3.0 * x * x,))
>>> cube(2.0)
8.0
>>> x = Value(2.0)
>>> cube(x).backward()
>>> x.grad, cube.primitive.operands
(12.0, ('x',))

In formulas `x` and `y` are inputs, `z` is the output; `{x}` in a text stands for a number, `{*xs}` for a list.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from autograd_tiny.errors import OperandError, PrimitiveError, SignatureError
from autograd_tiny.primitives.operands import as_float, as_list, is_array
from autograd_tiny.primitives.rule import Interval, Rule
from autograd_tiny.primitives.signature import require_defaults, require_function

TABLE: dict[str, Primitive] = {}
"""Every primitive by name, in the order of their definition."""


class Function(Protocol):
    """A function of the table, with its row."""

    __name__: str
    primitive: Primitive

    def __call__(self, *operands: Any, **named: Any) -> Any:
        """Compute: floats give a float, a Value among the operands a Value, arrays an array."""


class Primitive(Rule):
    """One row of the table that can be called; made by `primitive(...)`, whose arguments are its attributes."""

    def __reduce__(self) -> tuple[Callable[[str], Primitive], tuple[str]]:
        return find_primitive, (self.name,)

    def __copy__(self) -> Primitive:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Primitive:
        return self

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Compute: floats give a float, any other kind of number what that kind makes of it."""
        if named or len(args) != self.arity:
            args = self._bind(args, named)
        for position in self.list_positions:
            if type(args[position]) is not list:
                args = self._with_lists(args)
                break
        for arg in args:
            if type(arg) is not float:
                first = arg[0] if type(arg) is list and arg else arg
                apply = getattr(first, "apply_primitive", None)
                if apply is None:
                    return self._dispatch(args)
                try:
                    return apply(self, args)
                except OperandError:
                    if any(map(is_array, self.flatten(args))):
                        return self._over_arrays(args)
                    raise
        return self.evaluate(*args)

    def _bind(self, args: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
        """Put operands given by name, and defaults, in their places."""
        if len(args) > self.arity:
            raise SignatureError(self.name, self.operands, f"got {len(args)} operands")
        given = dict(zip(self.operands, args, strict=False))
        for name in named:
            if name not in self.operands or name in given:
                problem = "twice" if name in given else "which it does not have"
                raise SignatureError(self.name, self.operands, f"got {name!r} {problem}")
        given = {**self.defaults, **given, **named}
        for name in self.operands:
            if name not in given:
                raise SignatureError(self.name, self.operands, f"misses {name!r}")
        return tuple(given[name] for name in self.operands)

    def _with_lists(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Make lists of what came as a tuple, an iterator or an array where the row takes a list."""
        return tuple(
            as_list(arg, self.name) if many and type(arg) is not list else arg
            for arg, many in zip(args, self.takes_list, strict=True)
        )

    def _dispatch(self, args: tuple[Any, ...]) -> Any:
        """Hand over to the first operand that is no plain number, or compute in floats."""
        operands = self.flatten(args)
        if {float}.issuperset(map(type, operands)):
            return self.evaluate(*args)
        if any(map(is_array, operands)):
            return self._over_arrays(args)
        for operand in operands:
            apply = getattr(operand, "apply_primitive", None)
            if apply is not None:
                return apply(self, args)
        return self.evaluate(*self.map(lambda operand: as_float(operand, self.name), args))

    def _over_arrays(self, args: tuple[Any, ...]) -> Any:
        """Compute element by element over NumPy arrays, with broadcasting; all floats give an array of floats."""
        numpy = sys.modules["numpy"]
        operands = self.flatten(args)
        elementwise = numpy.frompyfunc(lambda *numbers: self(*self.group(numbers)), len(operands), 1)
        result = elementwise(*operands)
        plain = all(type(number) is float for number in result.flat)
        return result.astype(float) if plain else result


def primitive(
    name: str,
    text: str,
    compute: Callable[..., float],
    partials: Callable[..., Sequence[Any]],
    *,
    symbol: str = "",
    domain: Sequence[Interval] = (),
    kinks: Mapping[tuple[Any, ...], tuple[Any, ...]] | None = None,
    source: str = "",
    defaults: Mapping[str, float] | None = None,
    latex: str | Callable[..., Any] = "",
) -> Function:
    """Add a row to the table and return the function that computes it.

    Args:
        name: the function's name, new in the table.
        text: the formula, which is also its Python source, with `{x}` for an operand, `{*xs}` for a list of them.
        compute: the value, from floats (lists of floats for a list).
        partials: from the operands and the output, a tuple with one partial for each operand (a list for a list).
            It must hold for every kind of number: ordinary operators and primitives, no `if` on a number
            (`cases` instead), comparisons as factors 0 and 1.
        symbol: what a diagram writes into the node; the name where it is empty.
        domain: for each operand the interval from which tests draw numbers.
        kinks: at inputs where the derivative jumps or does not exist, the partials chosen there.
        source: where the derivative can be looked up.
        defaults: operands that may be left out.
        latex: the formula as LaTeX, with the same fields, or a function of the operands that writes it with other
            rows; the name as a function where it is empty.

    Raises:
        PrimitiveError: the name is taken or is no identifier, the text names no operand or has a brace too many, or
            the value or the partials do not take these operands, as far as can be told.
    """
    if not str(name).isidentifier():
        raise PrimitiveError(name, "a name must be an identifier, such as 'cube'")
    if name in TABLE:
        raise PrimitiveError(name, f"the name is taken by {TABLE[name].text}; choose another")
    row = Primitive(
        name,
        text,
        compute,
        partials,
        symbol=symbol,
        domain=domain,
        kinks=kinks or {},
        source=source,
        defaults=defaults or {},
        latex=latex,
    )
    require_function(name, "value", compute, row.operands)
    require_function(name, "partials", partials, (*row.operands, "z"))
    require_defaults(name, row.operands, row.defaults)
    TABLE[name] = row
    return _function(row)


def _function(row: Primitive) -> Function:
    """Return the function of a row; that of one operand has a short way for floats, which partials take often."""
    raw = row.raw

    def unary(x: Any) -> Any:
        if type(x) is float:
            try:
                z = raw(x)
            except (ArithmeticError, ValueError):
                return row.evaluate(x)
            return z if type(z) is float else row.evaluate(x)
        record = getattr(x, "record_unary", None)
        return row(x) if record is None else record(row)

    def function(*operands: Any, **named: Any) -> Any:
        return row(*operands, **named)

    call: Any = unary if row.operands == ("x",) and not row.list_positions else function
    call.__name__ = call.__qualname__ = row.name
    call.__doc__ = row.__doc__
    call.__module__ = row.partials.__module__
    call.primitive = row
    return cast("Function", call)


def find_primitive(name: str) -> Primitive:
    """Return the row of that name.

    Raises:
        PrimitiveError: there is none (a pickle of a graph needs its own primitives defined before it is loaded).
    """
    try:
        return TABLE[name]
    except KeyError:
        raise PrimitiveError(name, "no row of the table has this name; define it with primitive(...) first") from None
