"""Formulas as text: what a row of the table says when named numbers flow through it.

A `Formula` knows its number too, so comparisons are decided: a formula with cases shows the case that holds.

>>> from autograd_tiny.primitive import TABLE
>>> w, x = Formula("w", 3.0), Formula("x", -2.0)
>>> str(TABLE["tanh"](w * x + 1.0)), str((w - 2.0) ** 2.0)
('tanh(w * x + 1)', '(w - 2) ** 2')
>>> [str(partial) for partial in TABLE["elu"].partials(x, Formula("alpha", 2.0), Formula("z", -1.7))]
['alpha * exp(x)', 'expm1(x)']
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

from autograd_tiny.primitive import TABLE, Primitive

ATOM: Final = 9
SUM, PRODUCT, SIGN, POWER = 4, 5, 6, 7
BINDING: Final = {
    "add": SUM,
    "sub": SUM,
    "mul": PRODUCT,
    "div": PRODUCT,
    "floordiv": PRODUCT,
    "remainder": PRODUCT,
    "neg": SIGN,
    "pow": POWER,
    "pow_constant_exponent": POWER,
    "pow_constant_base": POWER,
}
"""How tightly the operators among the rows bind, as in Python."""
LEFT_OUT: Final = {
    ("mul", "1", 0),
    ("mul", "1", 1),
    ("div", "1", 1),
    ("add", "0", 0),
    ("add", "0", 1),
    ("sub", "0", 1),
    ("pow", "1", 1),
    ("pow_constant_exponent", "1", 1),
}
"""Row, operand and its place: what changes nothing there."""


def short(number: float) -> str:
    """Return a number in at most five digits, -0.0 as 0.

    >>> short(2.0), short(1 / 3), short(-0.0), short(1e300)
    ('2', '0.33333', '0', '1e+300')
    """
    return f"{number + 0.0:.5g}"


def _operator(name: str) -> Callable[[Any, Any], Formula]:
    return lambda self, other: self.apply_primitive(TABLE[name], (self, other))


def _reflected(name: str) -> Callable[[Any, Any], Formula]:
    return lambda self, other: self.apply_primitive(TABLE[name], (other, self))


def _comparison(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    return lambda self, other: compare(self.number, formula(other).number)


class Formula:
    """A text with its number that takes part in arithmetic; 1·x and x + 0 become x.

    Args:
        text: what it stands for.
        number: its value.
        binding: how tightly its outermost operator binds.
    """

    __slots__ = ("binding", "number", "text")

    def __init__(self, text: str, number: float, binding: int = ATOM) -> None:
        self.text, self.number, self.binding = text, number, binding

    def __str__(self) -> str:
        return self.text

    def within(self, binding: int) -> str:
        """Return the text as an operand of an operator that binds so tightly: in parentheses where needed."""
        return self.text if self.binding >= binding else f"({self.text})"

    def apply_primitive(self, primitive: Primitive, operands: Sequence[Any]) -> Formula:
        """Return the formula of a primitive of operands of which at least one is a Formula."""
        return _simplified(primitive.name, primitive.map(formula, operands)) or compose(primitive, operands)

    __add__, __radd__ = _operator("add"), _reflected("add")
    __sub__, __rsub__ = _operator("sub"), _reflected("sub")
    __mul__, __rmul__ = _operator("mul"), _reflected("mul")
    __truediv__, __rtruediv__ = _operator("div"), _reflected("div")
    __pow__, __rpow__ = _operator("pow"), _reflected("pow")

    def __neg__(self) -> Formula:
        return self.apply_primitive(TABLE["neg"], (self,))

    __lt__, __le__ = _comparison(operator.lt), _comparison(operator.le)
    __gt__, __ge__ = _comparison(operator.gt), _comparison(operator.ge)


def formula(operand: Any) -> Formula:
    """Return a Formula as it is, and a number as the Formula of its digits."""
    if isinstance(operand, Formula):
        return operand
    return Formula(short(operand), float(operand), SIGN if operand < 0 else ATOM)


def compose(primitive: Primitive, operands: Sequence[Any]) -> Formula:
    """Return the formula of a row with its operands, Formulas and numbers and lists of these, put in.

    >>> from autograd_tiny.primitive import TABLE
    >>> w, x, b = (Formula(name, 1.0) for name in "wxb")
    >>> str(compose(TABLE["dot"], [[w, w], [x, x], b]))
    'dot([w, w], [x, x], b)'
    """
    binding, text = BINDING.get(primitive.name, ATOM), primitive.text
    operands = primitive.map(formula, operands)
    for position, (name, operand) in enumerate(zip(primitive.operands, operands, strict=True)):
        if isinstance(operand, list):
            text = text.replace(f"{{*{name}}}", f"[{', '.join(map(str, operand))}]")
        elif binding == ATOM:
            text = text.replace(f"{{{name}}}", operand.text)
        else:  # a - (b - c) and (a ** b) ** c: the side that is not computed first needs its parentheses
            on_far_side = (position == 0) if binding == POWER else (position == 1)
            text = text.replace(f"{{{name}}}", operand.within(binding + on_far_side))
    return Formula(text, primitive.evaluate(*primitive.map(lambda operand: operand.number, operands)), binding)


def _simplified(name: str, operands: list[Any]) -> Formula | None:
    """Return what remains of a product with 0 or 1 and of a sum with 0, or None where nothing is simpler."""
    if name not in BINDING or name == "neg":
        return None
    x: Formula = operands[0]
    y: Formula = operands[1]
    if name == "mul" and "0" in {x.text, y.text}:
        return Formula("0", 0.0)
    if (name, x.text) == ("sub", "0"):
        return -y
    if (name, x.text, 0) in LEFT_OUT:
        return y
    return x if (name, y.text, 1) in LEFT_OUT else None
