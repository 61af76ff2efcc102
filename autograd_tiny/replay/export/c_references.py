r"""Write elements of arrays in C: a view and the variables of loops as an array with subscripts.

>>> from autograd_tiny.replay.export.arrays import Array
>>> w = Array("w", (3, 4), "parameter")
>>> element(View(w, 4, 0, (1,), (4,)), ["i"], Repetition("k", 1))
'p.w[1][i]'
>>> element(View(w, 0, 4, (1,), (4,)), ["i"], Repetition("k", 3))
'p.w[k][i]'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from autograd_tiny.replay.export.arrays import Array, View

PREFIXES: Final = {"input": "in->", "parameter": "p.", "constant": "c.", "result": "", "table": ""}
"""Before the name of an array, by its kind."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """The loop around a statement: its variable, and how many repetitions; the variable is empty outside of loops."""

    variable: str = ""
    count: int = 1


OUTSIDE: Final = Repetition()


@dataclass(frozen=True, slots=True)
class _Product:
    """A multiple of the variable of a loop."""

    factor: int
    variable: str
    count: int


def name_of(array: Array, *, gradient: bool = False) -> str:
    """Return an array, or its gradient, in C."""
    if gradient:
        return f"g->{array.name}" if array.kind in {"input", "parameter"} else f"g_{array.name}"
    return f"{PREFIXES[array.kind]}{array.name}"


def pointer_to(array: Array, *, gradient: bool = False) -> str:
    """Return a pointer to the first element of an array."""
    name = name_of(array, gradient=gradient)
    return name if len(array.shape) == 1 else f"&{name}{'[0]' * len(array.shape)}"


def element(view: View, variables: Sequence[str], around: Repetition, *, gradient: bool = False) -> str:
    """Return an element of a view.

    Args:
        view: of an array.
        variables: the index along each axis of the view.
        around: the loop around.
        gradient: whether to return that of the gradient.
    """
    array = view.array
    factors = [(view.step, around.variable, around.count), *zip(view.strides, variables, view.shape, strict=True)]
    products = [_Product(*factor) for factor in factors if factor[0] and factor[2] > 1]
    subscripts = _subscripts(array.shape, view.base, products)
    name = name_of(array, gradient=gradient)
    if subscripts is not None:
        return name + "".join(f"[{text}]" for text in subscripts)
    return f"({pointer_to(array, gradient=gradient)})[{_sum(view.base, products)}]"


def _subscripts(shape: Sequence[int], base: int, products: Sequence[_Product]) -> list[str] | None:
    """Return a position in an array along each of its axes; None if these do not grow evenly."""
    strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    texts = []
    for stride, size in zip(strides, shape, strict=True):
        offset, base = divmod(base, stride)
        own, rest, low, high = [], [], offset, offset
        for product in products:
            factor = int(product.factor / stride)  # towards 0
            last = factor * (product.count - 1)
            low, high = low + min(last, 0), high + max(last, 0)
            own += [_Product(factor, product.variable, product.count)] * bool(factor)
            left = product.factor - factor * stride
            rest += [_Product(left, product.variable, product.count)] * bool(left)
        if low < 0 or high >= size:
            return None
        texts.append(_sum(offset, own))
        products = rest
    return texts


def _sum(base: int, products: Sequence[_Product]) -> str:
    """Return a base and multiples as text.

    >>> _sum(1, [_Product(2, "i", 5), _Product(-1, "j", 3)]), _sum(4, [_Product(-1, "i", 5)])
    ('2 * i - j + 1', '4 - i')
    """
    text = ""
    up_first = sorted(products, key=lambda product: product.factor < 0)
    if up_first and up_first[0].factor < 0:
        text, base = str(base), 0
    for product in up_first:
        size = abs(product.factor)
        one = product.variable if size == 1 else f"{size} * {product.variable}"
        text += f" {'-' if product.factor < 0 else '+'} {one}" if text else one
    if not text:
        return str(base)
    return text if not base else f"{text} {'+' if base > 0 else '-'} {abs(base)}"
