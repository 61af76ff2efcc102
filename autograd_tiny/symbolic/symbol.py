"""`Symbol`: a number that is a name, a constant, or a primitive applied to other Symbols.

Partials are written for every kind of number. Computed with Symbols, they become formulas.

>>> from autograd_tiny import sigmoid
>>> x = Symbol("x")
>>> sigmoid.primitive.partials(x, sigmoid(x))
(<symbol sigmoid(x) * sigmoid(-x)>,)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from autograd_tiny.errors import AutogradError, OperandError
from autograd_tiny.primitives.operands import as_float, is_array
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.symbolic.conditions import CONDITIONS
from autograd_tiny.symbolic.notation import FEWEST_DIGITS
from autograd_tiny.symbolic.render import SOURCE, TEXT, latex_language, render, text_language
from autograd_tiny.symbolic.templates import ANYTHING

REPR_LENGTH: Final = 200
"""The longest formula in a repr, in characters."""


class UndecidedError(AutogradError, TypeError):
    """`if` or `bool` was applied to a Symbol without a number.

    Attributes:
        text: the Symbol as text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text} is neither true nor false, because a name in it has no number; give it a number, as in "
            "Symbol('x', 2.0), or write where(condition, x, y) instead of `if`"
        )


def _operator(name: str) -> Callable[[Any, Any], Symbol]:
    primitive = TABLE[name]
    return lambda self, other: NotImplemented if is_array(other) else _operation(primitive, (self, as_symbol(other)))


def _reflected(name: str) -> Callable[[Any, Any], Symbol]:
    primitive = TABLE[name]
    return lambda self, other: _operation(primitive, (as_symbol(other), self))


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    primitive = CONDITIONS[name]

    def compare(self: Symbol, other: Any) -> Any:
        if is_array(other):
            return NotImplemented
        condition = _operation(primitive, (self, as_symbol(other)))
        return condition if condition.number is None else condition.number == 1.0

    return compare


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Symbol:
    """A number that knows its name, or how it is computed from others.

    Args:
        name: the name of a leaf; empty for a constant and for an operation.
        number: its value, None if it is unknown. Comparisons of known numbers give a bool.
        primitive: the primitive of an operation, None for a leaf.
        operands: the operands of the primitive, lists flattened.
        is_recorded: whether the operation is a node of a recorded graph, which is not simplified: 1·x stays 1·x.

    Raises:
        OperandError: the name is not a string or is empty, or the number is not a real number.

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

    is_label: ClassVar[bool] = True
    """True if the name is the label of a node, which formulas may put into quotes."""

    def __post_init__(self) -> None:
        name: Any = self.name
        if not isinstance(name, str) or (not name and self.primitive is None and self.number is None):
            raise OperandError("Symbol", name, expected="a name", remedy="write it in quotes: Symbol('x')")
        if self.number is not None and type(self.number) is not float:
            object.__setattr__(self, "number", as_float(self.number, "Symbol"))

    @property
    def inputs(self) -> tuple[Symbol, ...]:
        """The operands, by the name that graph traversals use."""
        return self.operands

    @classmethod
    def named_constant(cls, name: str, number: float | None) -> Constant:
        """Return a constant of a formula on display, such as π, with a name or without; see `primitives.textbook`."""
        return Constant(name, number)

    @property
    def constant(self) -> float | None:
        """The number of a constant; None for everything else."""
        return self.number if self.primitive is None and not self.name else None

    # ── text ──

    def text(self, within: int = ANYTHING, digits: int = FEWEST_DIGITS) -> str:
        """Return the formula as text, with at most five digits a number, or so many.

        A part that is used twice is written twice; `Value.formula` gives it a line of its own.

        Args:
            within: the precedence of the operator around it, such as SIGN for a factor, so that parentheses are added
                where they are needed.
            digits: of each number.

        >>> from autograd_tiny.symbolic.templates import SIGN
        >>> (2.0 * Symbol("x")).text(), (2.0 * Symbol("x")).text(SIGN)
        ('2 * x', '(2 * x)')
        """
        return render(self, text_language(digits), within)

    def latex(self, within: int = ANYTHING, digits: int = FEWEST_DIGITS) -> str:
        r"""Return the formula as LaTeX, for math mode.

        >>> print((1.0 / Symbol("w1")).latex())
        \frac{1}{w_{1}}
        """
        return render(self, latex_language(digits), within)

    def source(self) -> str:
        """Return the formula as Python source, with all digits of each number and the functions of the table.

        >>> (1.0 - (Symbol("x") <= 0.0)).source()
        '1.0 - (x <= 0.0)'
        """
        return render(self, SOURCE)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        text = render(self, TEXT, limit=REPR_LENGTH)
        return f"<symbol {text if len(text) <= REPR_LENGTH else text[: REPR_LENGTH - 1] + '…'}>"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    # ── arithmetic ──

    def apply_primitive(self, primitive: Primitive, operands: Sequence[Any]) -> Symbol:
        """Return the operation of a primitive on operands of which at least one is a Symbol."""
        return _operation(primitive, tuple(map(as_symbol, primitive.flatten(operands))))

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
            TABLE["pow" if isinstance(other, Symbol) else "pow_constant_exponent"], (self, as_symbol(other))
        )

    def __neg__(self) -> Symbol:
        return _operation(TABLE["neg"], (self,))

    def __pos__(self) -> Symbol:
        return self

    def __abs__(self) -> Symbol:
        return _operation(TABLE["abs"], (self,))

    def __round__(self, ndigits: int = 0) -> Symbol:
        return _operation(TABLE["round"], (self, as_symbol(ndigits)))

    __lt__, __le__ = _comparison("less"), _comparison("less_or_equal")
    __gt__, __ge__ = _comparison("greater"), _comparison("greater_or_equal")

    def __and__(self, other: Any) -> Any:
        if isinstance(other, bool):  # a comparison of known numbers
            return self if other else False
        return _operation(CONDITIONS["both"], (self, as_symbol(other)))

    def __or__(self, other: Any) -> Any:
        if isinstance(other, bool):
            return True if other else self
        return _operation(CONDITIONS["either"], (self, as_symbol(other)))

    __rand__, __ror__ = __and__, __or__

    def __bool__(self) -> bool:
        if self.number is None:
            raise UndecidedError(repr(self))
        return self.number != 0.0


class Constant(Symbol):
    """A constant in the partial of a primitive, such as π, which no node of a graph holds."""

    __slots__ = ()

    is_label = False


def as_symbol(operand: Any) -> Symbol:
    """Return a Symbol unchanged, and a real number as a constant.

    Raises:
        OperandError: the operand is neither of these.

    >>> as_symbol(0.5).latex()
    '0.5'
    """
    return operand if isinstance(operand, Symbol) else Symbol("", as_float(operand, "Symbol"))


def recorded_operation(primitive: Primitive, operands: Sequence[Any]) -> Symbol:
    """Return the operation of a recorded node, which is not simplified.

    Args:
        primitive: a primitive.
        operands: Symbols and plain numbers, lists flattened.

    >>> from autograd_tiny.primitives.primitive import TABLE
    >>> x = Symbol("x")
    >>> recorded_operation(TABLE["mul"], [1.0, x]), 1.0 * x
    (<symbol 1 * x>, <symbol x>)
    """
    return _operation(primitive, tuple(map(as_symbol, operands)), is_recorded=True)


def _operation(primitive: Primitive, operands: tuple[Symbol, ...], *, is_recorded: bool = False) -> Symbol:
    numbers = [operand.number for operand in operands]
    number = None if None in numbers else primitive.evaluate(*primitive.group(numbers))
    return Symbol("", number, primitive, operands, is_recorded)
