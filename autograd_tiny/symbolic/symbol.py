"""`Symbol`: a leaf with a name, a constant, or a row of the table applied to other Symbols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd_tiny.errors import AutogradError, OperandError
from autograd_tiny.primitives.operands import as_float, is_array
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.conditions import CONDITIONS
from autograd_tiny.symbolic.render import LATEX, SOURCE, TEXT, render
from autograd_tiny.symbolic.templates import ANYTHING

SHOWN: Final = 200
"""How many characters of a formula its repr shows."""


class UndecidedError(AutogradError, TypeError):
    """The truth of a Symbol was asked for that has no number.

    Attributes:
        text: the Symbol as text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"whether {text} holds is not known, for a name in it has no number; give it one, as in "
            "Symbol('x', 2.0), or write where(condition, x, y) instead of `if`"
        )


def _operator(name: str) -> Callable[[Any, Any], Symbol]:
    row = TABLE[name]
    return lambda self, other: NotImplemented if is_array(other) else _operation(row, (self, symbol(other)))


def _reflected(name: str) -> Callable[[Any, Any], Symbol]:
    row = TABLE[name]
    return lambda self, other: _operation(row, (symbol(other), self))


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    row = CONDITIONS[name]

    def compare(self: Symbol, other: Any) -> Any:
        if is_array(other):
            return NotImplemented
        condition = _operation(row, (self, symbol(other)))
        return condition if condition.number is None else condition.number == 1.0

    return compare


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Symbol:
    """A number that remembers what it is called, or how it is computed from others.

    Args:
        name: of a leaf; empty for a constant and for an operation.
        number: its value, None where it is not known. Comparisons of known numbers are decided.
        primitive: the row of an operation, None for a leaf.
        operands: of the row, those of lists one after another.
        is_recorded: whether the operation is one of a recorded graph, to be read as it stands: 1·x is not x.

    Raises:
        OperandError: the name is no string or is empty, or the number no real number. It is a TypeError.

    >>> x = Symbol("x")
    >>> x / (x + 1.0)
    <symbol x / (x + 1)>
    >>> x > 0.0, Symbol("x", 2.0) > 0.0
    (<symbol [x > 0]>, True)
    """

    name: str
    number: float | None = None
    primitive: Primitive | None = None
    operands: tuple[Symbol, ...] = ()
    is_recorded: bool = False

    def __post_init__(self) -> None:
        name: Any = self.name
        if not isinstance(name, str) or (not name and self.primitive is None and self.number is None):
            raise OperandError("Symbol", name, expected="a name", remedy="write it in quotes: Symbol('x')")
        if self.number is not None and type(self.number) is not float:
            object.__setattr__(self, "number", as_float(self.number, "Symbol"))

    @property
    def inputs(self) -> tuple[Symbol, ...]:
        """The operands, under the name by which graphs are walked."""
        return self.operands

    @property
    def constant(self) -> float | None:
        """The number of a constant; None for everything else."""
        return self.number if self.primitive is None and not self.name else None

    # ── what it prints ──

    def text(self, within: int = ANYTHING) -> str:
        """Return the formula as people read it, with numbers in at most five digits.

        What is used twice is written twice; `formulas` writes whole graphs in lines.

        Args:
            within: how tightly the operator around it binds, such as SIGN for a factor: parentheses come where they
                are needed.

        >>> from autograd_tiny.symbolic.templates import SIGN
        >>> (2.0 * Symbol("x")).text(), (2.0 * Symbol("x")).text(SIGN)
        ('2 * x', '(2 * x)')
        """
        return render(self, TEXT, within)

    def latex(self, within: int = ANYTHING) -> str:
        r"""Return the formula as LaTeX, for math mode.

        >>> print((1.0 / Symbol("w1")).latex())
        \frac{1}{w_{1}}
        """
        return render(self, LATEX, within)

    def source(self) -> str:
        """Return the formula as Python source: numbers in all their digits, functions by their names in the table.

        >>> (1.0 - (Symbol("x") <= 0.0)).source()
        '1.0 - (x <= 0.0)'
        """
        return render(self, SOURCE)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        text = render(self, TEXT, limit=SHOWN)
        return f"<symbol {text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}>"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    # ── what it does as a number ──

    def apply_primitive(self, primitive: Primitive, operands: Sequence[Any]) -> Symbol:
        """Return the operation of a row on operands of which at least one is a Symbol."""
        return _operation(primitive, tuple(map(symbol, primitive.flatten(operands))))

    __add__, __radd__ = _operator("add"), _reflected("add")
    __sub__, __rsub__ = _operator("sub"), _reflected("sub")
    __mul__, __rmul__ = _operator("mul"), _reflected("mul")
    __truediv__, __rtruediv__ = _operator("div"), _reflected("div")
    __mod__, __rmod__ = _operator("remainder"), _reflected("remainder")
    __floordiv__, __rfloordiv__ = _operator("floordiv"), _reflected("floordiv")
    __rpow__ = _reflected("pow_constant_base")

    def __pow__(self, other: Any) -> Symbol:
        if is_array(other):
            return NotImplemented
        return _operation(
            TABLE["pow" if isinstance(other, Symbol) else "pow_constant_exponent"], (self, symbol(other))
        )

    def __neg__(self) -> Symbol:
        return _operation(TABLE["neg"], (self,))

    def __pos__(self) -> Symbol:
        return self

    def __abs__(self) -> Symbol:
        return _operation(TABLE["abs"], (self,))

    def __round__(self, ndigits: int = 0) -> Symbol:
        return _operation(TABLE["round"], (self, symbol(ndigits)))

    __lt__, __le__ = _comparison("less"), _comparison("less_or_equal")
    __gt__, __ge__ = _comparison("greater"), _comparison("greater_or_equal")

    def __and__(self, other: Any) -> Any:
        if isinstance(other, bool):  # decided: only the other condition is left, or none
            return self if other else False
        return _operation(CONDITIONS["both"], (self, symbol(other)))

    def __or__(self, other: Any) -> Any:
        if isinstance(other, bool):
            return True if other else self
        return _operation(CONDITIONS["either"], (self, symbol(other)))

    __rand__, __ror__ = __and__, __or__

    def __bool__(self) -> bool:
        if self.number is None:
            raise UndecidedError(repr(self))
        return self.number != 0.0


def symbol(operand: Any) -> Symbol:
    """Return a Symbol as it is, and a real number as a constant.

    Raises:
        OperandError: the operand is neither.

    >>> symbol(0.5).latex()
    '0.5'
    """
    return operand if isinstance(operand, Symbol) else Symbol("", as_float(operand, "Symbol"))


def recorded(row: Primitive, operands: Sequence[Any]) -> Symbol:
    """Return the operation of a recorded node, which nobody simplifies.

    Args:
        row: of the table.
        operands: Symbols and plain numbers, those of lists one after another.

    >>> from autograd_tiny.primitives.primitive import TABLE
    >>> x = Symbol("x")
    >>> recorded(TABLE["mul"], [1.0, x]), 1.0 * x
    (<symbol 1 * x>, <symbol x>)
    """
    return _operation(row, tuple(map(symbol, operands)), is_recorded=True)


def _operation(row: Primitive, operands: tuple[Symbol, ...], *, is_recorded: bool = False) -> Symbol:
    numbers = [operand.number for operand in operands]
    number = None if None in numbers else row.evaluate(*row.group(numbers))
    return Symbol("", number, row, operands, is_recorded)
