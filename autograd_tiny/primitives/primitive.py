"""Define primitives: one row of calculus that serves every kind of number.

A primitive has a name, its formula as text, a function that computes its value from floats, and its partials. The
partials are written with operators and other primitives, so they accept every kind of number (a float, a `Value`, a
NumPy array, a `Symbol`) and return derivatives of the same kind. `primitive(...)` adds a primitive to the table and
returns a function; its attribute `primitive` is the `Primitive`.

>>> from autograd_tiny import Value, primitive
>>> cube = primitive("cube", "cube({x})", lambda x: x * x * x, lambda x, z: (3.0 * x * x,))
>>> cube(2.0)
8.0
>>> x = Value(2.0)
>>> cube(x).backward()
>>> x.grad, cube.primitive.operands
(12.0, ('x',))

In formulas `x` and `y` are inputs and `z` is the output.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, cast

from autograd_tiny.errors import OperandError, PrimitiveError, SignatureError
from autograd_tiny.primitives.operands import (
    EXPECTED,
    as_float,
    as_list,
    is_array,
    is_iterable,
    is_real_array_or_number,
)
from autograd_tiny.primitives.rule import Interval, Rule
from autograd_tiny.primitives.signature import require_defaults, require_function, with_signature

TABLE: dict[str, Primitive] = {}
"""All primitives by name, in the order of their definition."""


class Nothing:
    """The type of `NOTHING`, which a signature shows as three dots."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "..."


NOTHING: Final = Nothing()
"""The default of an operand: none was given."""
OF_MATH: Final = frozenset(
    getattr(math, name)
    for name in (
        *("acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "degrees", "erf", "erfc", "exp", "expm1"),
        *("fabs", "log", "log10", "log1p", "log2", "radians", "sin", "sinh", "sqrt", "tan", "tanh"),
    )
)
"""Functions of `math` of one float that return a float."""


class Function(Protocol):
    """A function that computes a primitive."""

    __name__: str
    primitive: Primitive

    def __call__(self, *operands: Any, **named: Any) -> Any:
        """Return a float for floats, a Value if an operand is a Value, an array if one is an array."""


class Primitive(Rule):
    """A row of the table, which can be called; `primitive(...)` makes it, and its arguments are the attributes."""

    def __reduce__(self) -> tuple[Callable[[str], Primitive], tuple[str]]:
        return find_primitive, (self.name,)

    def __copy__(self) -> Primitive:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Primitive:
        return self

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Return a float for floats; other kinds of numbers compute the result themselves."""
        if named or len(args) != self.arity:
            args = self._bind(args, named)
        for position in self.list_positions:
            if type(args[position]) is not list:
                args = self._with_lists(args)
                break
        for arg in args:
            if type(arg) is not float:
                first = arg[0] if type(arg) is list and arg and self.list_positions else arg
                apply = getattr(type(first), "apply_primitive", None)  # of its class, for a class may be passed too
                try:
                    return self._dispatch(args) if apply is None else apply(first, self, args)
                except OperandError:
                    if apply is not None and any(map(is_array, self.flatten(args))):
                        return self.over_arrays(args)
                    self._refuse_lists(args)
                    raise
        return self.evaluate(*args)

    def _refuse_lists(self, args: Sequence[Any]) -> None:
        """Raise an OperandError that names the comprehension if a list is given where it takes a number."""
        for name, many, arg in zip(self.operands, self.takes_list, args, strict=True):
            if not many and is_iterable(arg) and not is_array(arg):
                elements = f"{name}{'es' if name.endswith('s') else 's'}{'.values()' * isinstance(arg, Mapping)}"
                call = f"{self.name}({', '.join(self.operands)})"
                remedy = f"call it for each element: [{call} for {name} in {elements}]"
                raise OperandError(self.name, arg, expected=EXPECTED, remedy=remedy) from None

    def _bind(self, args: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return all operands by position, with keyword arguments and defaults filled in."""
        if len(args) > self.arity:
            raise SignatureError(self.name, self.operands, f"got {len(args)} operands; it takes {self.arity}")
        given = dict(zip(self.operands, args, strict=False))
        for name in named:
            if name not in self.operands:
                raise SignatureError(self.name, self.operands, f"got an unexpected operand {name!r}")
            if name in given:
                raise SignatureError(self.name, self.operands, f"got operand {name!r} twice")
        given = {**self.defaults, **given, **named}
        for name in self.operands:
            if name not in given:
                raise SignatureError(self.name, self.operands, f"is missing operand {name!r}")
        return tuple(given[name] for name in self.operands)

    def _with_lists(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Convert tuples, iterators and arrays to lists where the primitive takes a list."""
        return tuple(
            as_list(arg, self.name) if many and type(arg) is not list else arg
            for arg, many in zip(args, self.takes_list, strict=True)
        )

    def _dispatch(self, args: tuple[Any, ...]) -> Any:
        """Let the first operand that is not a plain number compute the result, or convert all to floats."""
        operands = self.flatten(args)
        if {float}.issuperset(map(type, operands)):
            return self.evaluate(*args)
        if any(map(is_array, operands)):
            return self.over_arrays(args)
        for operand in operands:
            apply = getattr(type(operand), "apply_primitive", None)
            if apply is not None:
                return apply(operand, self, args)
        return self.evaluate(*self.map(lambda operand: as_float(operand, self.name), args))

    def over_arrays(self, args: tuple[Any, ...]) -> Any:
        """Compute elementwise on NumPy arrays with broadcasting; the result has dtype float if it has only floats."""
        numpy = sys.modules["numpy"]
        operands = self.flatten(args)
        if TABLE.get(self.name) is self and all(map(is_real_array_or_number, operands)):
            from autograd_tiny.primitives.arrays import FUNCTIONS  # it imports NumPy

            if self.name in FUNCTIONS:
                return FUNCTIONS[self.name](*(x if is_array(x) else as_float(x, self.name) for x in operands))
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
    textbook: Callable[..., Sequence[Any]] | None = None,
) -> Function:
    """Add a primitive to the table and return the function that computes it.

    Args:
        name: the name of the function, an identifier that is not in the table yet.
        text: the formula, which is also its Python source, with `{x}` for an operand and `{*xs}` for a list of them.
        compute: a function of floats (lists of floats for a list) that returns the value.
        partials: a function of the operands and the output that returns a tuple with one partial for each operand
            (a list for a list). It must accept every kind of number, so it uses operators and primitives, `where`
            instead of `if`, and comparisons as factors 0 and 1.
        symbol: the text of a node in a diagram; by default the name.
        domain: for each operand the interval from which tests draw numbers.
        kinks: inputs at which the derivative jumps or does not exist, and the partials chosen there.
        source: a reference for the derivative.
        defaults: default values of operands, by name.
        latex: the formula as LaTeX, with the same fields, or a function of the operands that returns it in terms of
            other primitives; by default the name as a function.
        textbook: the partials as a textbook prints them, if `partials` are written otherwise for their accuracy.
            They are displayed, not computed with, and only where they give the same number. The operands are
            Symbols, the lists of them have an attribute `shares`, p = softmax of the list.

    Raises:
        PrimitiveError: the name is not an identifier or exists already, the text names no operand or has unbalanced
            braces, or the signature of `compute` or `partials` does not match the operands.
    """
    if not isinstance(name, str) or not name.isidentifier():  # type: ignore[redundant-expr]  # may be anything
        raise PrimitiveError(name, "the name is not an identifier; it must be one, such as 'cube'")
    row = Primitive(
        name,
        text,
        compute,
        partials,
        symbol=symbol,
        domain=domain,
        kinks=kinks,
        source=source,
        defaults=defaults,
        latex=latex,
        textbook=textbook,
    )
    require_function(name, "compute", compute, row.operands)
    require_function(name, "partials", partials, (*row.operands, "z"))
    require_function(name, "textbook", textbook or partials, (*row.operands, "z"))
    require_defaults(name, row.operands, row.defaults)
    if TABLE.setdefault(name, row) is not row:  # in one call: another thread may define the same name
        raise PrimitiveError(name, f"the name exists already, for {TABLE[name].text}; choose another")
    return _function(row)


def _function(row: Primitive) -> Function:
    """Return the function of a primitive, with a fast path for one float, which partials use often."""

    def function(*operands: Any, **named: Any) -> Any:
        return row(*operands, **named)

    call: Any = function
    if row.operands == ("x",) and not row.list_positions:
        call = _unary_of_math(row) if row.raw in OF_MATH else _unary(row)
    call.__name__ = call.__qualname__ = row.name
    call.__doc__ = row.__doc__
    call.__module__ = row.partials.__module__
    call.primitive = row
    with_signature(call, row.operands, row.defaults)
    return cast("Function", call)


def _unary(row: Primitive) -> Callable[..., Any]:
    raw = row.raw

    def unary(x: Any = NOTHING, *more: Any) -> Any:
        if more:
            return row(x, *more)  # raises a SignatureError
        if type(x) is float:
            try:
                z = raw(x)
            except (ArithmeticError, ValueError):
                return row.evaluate(x)
            return z if type(z) is float else row.evaluate(x)
        record = getattr(type(x), "record_unary", None)
        return _of_another_kind(row, x) if record is None else record(x, row)

    return unary


def _unary_of_math(row: Primitive) -> Callable[..., Any]:
    """Return the same for a function of `math`, whose results need no check."""
    raw = row.raw

    def unary(x: Any = NOTHING, *more: Any) -> Any:
        if more:
            return row(x, *more)
        try:
            if type(x) is float:
                return raw(x)
        except (ArithmeticError, ValueError):
            return row.evaluate(x)
        record = getattr(type(x), "record_unary", None)
        return _of_another_kind(row, x) if record is None else record(x, row)

    return unary


def _of_another_kind(row: Primitive, x: Any) -> Any:
    return row() if x is NOTHING else row(x)


def find_primitive(name: str) -> Primitive:
    """Return the primitive of that name.

    Raises:
        PrimitiveError: there is none. A graph with user-defined primitives unpickles only after these are defined.
    """
    try:
        return TABLE[name]
    except KeyError:
        raise PrimitiveError(name, "it is not in the table; define it with primitive(...) first") from None
