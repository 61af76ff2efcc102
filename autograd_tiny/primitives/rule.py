"""Evaluate the fields of a primitive at floats: its value, its partials, and the structure of its operands.

>>> from autograd_tiny import tanh
>>> tanh.primitive.evaluate(0.0), tanh.primitive.linearize(0.0)
(0.0, (0.0, (1.0,)))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd_tiny.errors import OperandError, PrimitiveError, shorten
from autograd_tiny.primitives.operands import as_float
from autograd_tiny.primitives.safe_float import SafeFloat
from autograd_tiny.primitives.signature import fields_of

Interval = tuple[float, float]


class Rule:
    """The fields of a primitive, the arguments of `primitive(...)`, and their evaluation at floats.

    Attributes:
        operands: the names of the operands in the text, in order, those of lists without the star.
        takes_list: for each operand, whether it is a list.
        list_positions: the positions of the operands that are lists.
        arity: the number of operands.
        raw: `compute` without its IEEE results: faster, but it raises where Python's arithmetic raises.
    """

    def __init__(
        self,
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
    ) -> None:
        fields = fields_of(name, text)
        self.name, self.text, self.compute, self.partials = name, text, compute, partials
        self.symbol, self.domain, self.kinks, self.source = symbol or name, tuple(domain), dict(kinks or {}), source
        self.operands = tuple(field.lstrip("*") for field in fields)
        self.takes_list = tuple(field.startswith("*") for field in fields)
        self.defaults, self.latex, self.textbook = dict(defaults or {}), latex, textbook
        self.arity = len(fields)
        self.list_positions = tuple(position for position, is_list in enumerate(self.takes_list) if is_list)
        self.raw = getattr(compute, "raw", compute)
        self.__doc__ = self._describe()

    def _describe(self) -> str:
        call = self.text.replace("{*", "{").replace("{", "").replace("}", "")
        lines = [f"Return {call}: a Value, recorded in the graph, if an operand is one.", ""]
        if self.source:
            lines += [f"Formula: {self.source.replace('F.', 'torch.nn.functional.')}.", ""]
        for operand, is_list in zip(self.operands, self.takes_list, strict=True):
            kind = "a list of numbers" if is_list else "a number"
            default = f" (default {self.defaults[operand]})" if operand in self.defaults else ""
            lines.append(f"{operand}: {kind}{default}")
        for inputs, partials in self.kinks.items():
            place = ", ".join(f"{name} = {x}" for name, x in zip(self.operands, inputs, strict=True))
            verb = "partial is" if len(partials) == 1 else "partials are"
            lines.append(f"At {place} the {verb} {', '.join(map(str, partials))}.")
        return "\n".join(lines).rstrip()

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.operands)})>"

    def evaluate(self, *args: Any) -> float:
        """Return the value at floats, an IEEE result where Python's arithmetic raises or returns a complex number."""
        try:
            z = self.compute(*args)
            if type(z) is float:
                return z
        except (ArithmeticError, ValueError):
            z = self.compute(*self.map(SafeFloat, args))
        return self._as_float(self.compute(*self.map(SafeFloat, args)) if isinstance(z, complex) else z, "value")

    def flatten(self, args: Sequence[Any]) -> list[Any]:
        """Return the operands with lists flattened."""
        flat: list[Any] = []
        for arg, many in zip(args, self.takes_list, strict=True):
            if many:
                flat += arg
            else:
                flat.append(arg)
        return flat

    def group(self, operands: Sequence[Any]) -> list[Any]:
        """Return flat operands in the structure that `compute` and `partials` take; the inverse of `flatten`."""
        lists = len(self.list_positions)
        length = (len(operands) - self.arity + lists) // lists if lists else 0
        rest = iter(operands)
        return [[next(rest) for _ in range(length)] if many else next(rest) for many in self.takes_list]

    def map(self, function: Callable[[Any], Any], args: Sequence[Any]) -> list[Any]:
        """Apply a function to every operand, and to every element of a list."""
        return [
            [function(element) for element in arg] if many else function(arg)
            for arg, many in zip(args, self.takes_list, strict=True)
        ]

    def linearize(self, *args: Any) -> tuple[float, Sequence[Any]]:
        """Return the value and the partials at floats, IEEE results where Python's arithmetic raises."""
        z = self.evaluate(*args)
        try:
            partials = self.partials(*args, z)
        except (ArithmeticError, ValueError):
            partials = self.partials(*self.map(SafeFloat, args), SafeFloat(z))
        if type(partials) is not tuple or len(partials) != self.arity:
            self._require_one_each(partials, self.arity, "operands")
        if self.list_positions:
            return z, self._as_floats(partials, args, z)
        for partial in partials:
            if type(partial) is not float:
                return z, self._as_floats(partials, args, z)
        return z, partials

    def linearize_unary(self, x: float) -> tuple[float, float]:
        """Return the value and the partial at one float; a fast path of `linearize`."""
        try:
            z = self.raw(x)
            (dx,) = self.partials(x, z)
            if type(z) is float and type(dx) is float:
                return z, dx
        except (ArithmeticError, TypeError, ValueError):
            pass  # `linearize` computes the IEEE result, or reports the error
        z, (dx,) = self.linearize(x)
        return z, dx

    def _as_floats(self, partials: Sequence[Any], args: Sequence[Any], z: float) -> Sequence[Any]:
        """Convert partials to floats, and check that lists have the lengths of the operands."""
        for position in self.list_positions:
            given, needed = partials[position], len(args[position])
            if type(given) is not list or len(given) != needed:
                self._require_one_each(given, needed, f"numbers in {self.operands[position]!r}")
        kinds = set(map(type, self.flatten(partials)))
        if kinds <= {float}:
            return partials
        if complex in kinds:
            partials = self.partials(*self.map(SafeFloat, args), SafeFloat(z))
        return self.map(lambda number: self._as_float(number, "partial"), partials)

    def _require_one_each(self, partials: Any, needed: int, of_what: str) -> None:
        """Raise a PrimitiveError unless the partials are a sequence of the needed length."""
        if not isinstance(partials, Sequence):
            problem = f"its partials are {shorten(partials)}; return one for each of the {of_what}, such as (dx,)"
            raise PrimitiveError(self.name, problem)
        if len(partials) != needed:
            raise PrimitiveError(
                self.name,
                f"the number of its partials is {len(partials)}, that of the {of_what} {needed}; return one for each",
            )

    def _as_float(self, number: Any, what: str) -> float:
        try:
            return as_float(number, self.name)
        except OperandError:
            raise PrimitiveError(self.name, f"its {what} is {shorten(number)}; return a real number") from None
