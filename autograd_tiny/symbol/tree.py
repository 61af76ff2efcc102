"""`Symbol`: a leaf with a name, a constant, or a row of the table applied to other Symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_tiny.errors import AutogradError
from autograd_tiny.node import Node
from autograd_tiny.operands import as_float, is_array
from autograd_tiny.primitive import TABLE, Primitive
from autograd_tiny.symbol.conditions import CONDITIONS
from autograd_tiny.symbol.rendering import LATEX, SOURCE, TEXT, render
from autograd_tiny.symbol.templates import ANYTHING


class UndecidedError(AutogradError, TypeError):
    """The truth of a Symbol was asked for that has no number.

    Attributes:
        text: the Symbol as text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"whether {text} holds is not decided, for it has no number; write cases(condition, x, y) or "
            "where(condition, x, y) instead of `if`, or give the Symbols numbers"
        )


def _operator(name: str) -> Callable[[Any, Any], Symbol]:
    return lambda self, other: NotImplemented if is_array(other) else TABLE[name](self, other)


def _reflected(name: str) -> Callable[[Any, Any], Symbol]:
    return lambda self, other: TABLE[name](other, self)


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    row = CONDITIONS[name]

    def compare(self: Any, other: Any) -> Any:
        if is_array(other):
            return NotImplemented
        other = symbol(other)
        if self.number is None or other.number is None:
            return _operation(row, (self, other))
        return row.compute(self.number, other.number)

    return compare


def _both(self: Any, other: Any) -> Any:
    if isinstance(other, bool):
        return self if other else False
    return _operation(CONDITIONS["both"], (self, symbol(other)))


def _either(self: Any, other: Any) -> Any:
    if isinstance(other, bool):
        return True if other else self
    return _operation(CONDITIONS["either"], (self, symbol(other)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Symbol:
    """A number that remembers what it is called, or how it is computed from others.

    Attributes:
        name: of a leaf; empty for a constant and for an operation.
        number: its value, None where it is not known. Comparisons of known numbers are decided.
        primitive: the row of an operation, None for a leaf.
        operands: of the row, those of lists one after another.
    """

    name: str
    number: float | None = None
    primitive: Primitive | None = None
    operands: tuple[Symbol, ...] = ()

    @property
    def inputs(self) -> tuple[Symbol, ...]:
        """The operands, by the name that walking a graph needs."""
        return self.operands

    @property
    def constant(self) -> float | None:
        """The number of a constant; None for everything else."""
        return self.number if self.primitive is None and not self.name else None

    def text(self, within: int = ANYTHING) -> str:
        """Return the formula as people read it, numbers in at most five digits.

        Args:
            within: how tightly the operator around it binds, such as SIGN for a factor; parentheses are put where
                they are needed.
        """
        return render(self, TEXT, within)

    def latex(self, within: int = ANYTHING) -> str:
        """Return the formula as LaTeX, for math mode."""
        return render(self, LATEX, within)

    def source(self) -> str:
        """Return the formula as Python source, numbers in all their digits, functions by their names in the table."""
        return render(self, SOURCE)

    __str__ = text

    def __repr__(self) -> str:
        return f"<symbol {self.text()}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

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
        return TABLE["pow" if isinstance(other, Symbol) else "pow_constant_exponent"](self, other)  # type: ignore[no-any-return]

    def __neg__(self) -> Symbol:
        return TABLE["neg"](self)  # type: ignore[no-any-return]

    def __abs__(self) -> Symbol:
        return TABLE["abs"](self)  # type: ignore[no-any-return]

    def __round__(self, ndigits: int = 0) -> Symbol:
        return TABLE["round"](self, ndigits)  # type: ignore[no-any-return]

    def __bool__(self) -> bool:
        if self.number is None:
            raise UndecidedError(self.text())
        return self.number != 0.0

    __lt__, __le__ = _comparison("less"), _comparison("less_or_equal")
    __gt__, __ge__ = _comparison("greater"), _comparison("greater_or_equal")
    __and__, __or__ = _both, _either
    __rand__, __ror__ = _both, _either


def symbol(operand: Any) -> Symbol:
    """Return a Symbol as it is, and a real number as a constant."""
    return operand if isinstance(operand, Symbol) else Symbol("", as_float(operand, "symbol"))


def _operation(row: Primitive, operands: tuple[Symbol, ...]) -> Symbol:
    numbers = [operand.number for operand in operands]
    number = None if None in numbers else row.evaluate(*row.group(numbers))
    return Symbol("", number, row, operands)


def operation_of(node: Node, names: Mapping[Any, str], *, numbers: bool = True) -> Symbol:
    """Return a node as one step: its row, applied to Symbols named after its operands; constants stay numbers.

    Args:
        node: of a recorded graph; a leaf gives the Symbol of its name.
        names: of the node and its inputs, as `labels.name_nodes` gives them.
        numbers: whether the Symbols know their numbers.
    """
    if node.primitive is None:
        return _named(node, names, numbers)
    return _operation(node.primitive, tuple(symbol(x) for x in _operands(node, names, numbers)))


def partials_of(node: Node, names: Mapping[Any, str], *, numbers: bool = True) -> list[Symbol]:
    """Return ∂node/∂input for each of the node's inputs, in their order.

    With numbers, a formula with cases shows the case that holds. Without, it shows all of them.

    A row of the user's own whose partials are for floats only gives the Symbol ∂node/∂input with its number.
    """
    row = node.primitive
    if row is None:
        return []
    operands, z = _operands(node, names, numbers), _named(node, names, numbers)
    try:
        try:
            partials = row.flatten(row.partials(*row.group(operands), z))
        except ArithmeticError:  # a constant of 0 among plain numbers: Symbols follow IEEE rules
            partials = row.flatten(row.partials(*row.group(list(map(symbol, operands))), z))
        flat = [symbol(partial) for partial in partials]
    except (ArithmeticError, AttributeError, TypeError, ValueError):  # for floats only
        flat = []
    if len(flat) != len(operands):
        return [
            Symbol(f"∂{names[node]}/∂{names[x]}", partial if numbers else None)
            for x, partial in zip(node.inputs, node.partials, strict=True)
        ]
    return [partial for x, partial in zip(node.operands, flat, strict=True) if isinstance(x, Node)]


def _operands(node: Node, names: Mapping[Any, str], numbers: bool) -> list[Any]:
    return [_named(x, names, numbers) if isinstance(x, Node) else x for x in node.operands]


def _named(node: Node, names: Mapping[Any, str], numbers: bool) -> Symbol:
    return Symbol(names[node], node.data if numbers else None)
