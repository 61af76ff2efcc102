"""The errors of autograd_tiny: each says what arrived, what was expected, and how to mend it.

All derive from `AutogradError` and from the builtin that fits, so both kinds of `except` clause catch them,
and they carry what they speak of as attributes.

>>> from autograd_tiny import Value
>>> try:
...     Value(3.0) + "2"
... except TypeError as error:
...     print(error)
...     print(error.primitive, error.received)
add takes Values and real numbers, not 'str' ('2'); convert it with float(...) first
add str
"""

from __future__ import annotations

from typing import Any


class AutogradError(Exception):
    """The root of every error that autograd_tiny raises itself."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _without_init, (type(self), self.args), vars(self)


def _without_init(kind: type[AutogradError], args: tuple[Any, ...]) -> AutogradError:
    """Return a copied or pickled error as it was: its `__init__` takes something else than the message."""
    return kind.__new__(kind, *args)


class OperandError(AutogradError, TypeError):
    """Something that is not a real number came where a number or a Value was expected.

    Attributes:
        primitive: name of the primitive, or of the place, that refused it.
        received: name of the type that arrived.
    """

    def __init__(self, primitive: str, operand: object, *, expected: str, remedy: str) -> None:
        self.primitive = primitive
        self.received = type(operand).__name__
        shown = "" if operand is None else f" ({shorten(operand)})"
        super().__init__(f"{primitive} takes {expected}, not {self.received!r}{shown}; {remedy}")


class NumberTooLargeError(AutogradError, OverflowError):
    """An integer that no float can hold.

    Attributes:
        primitive: name of the primitive, or of the place, that refused it.
    """

    def __init__(self, primitive: str) -> None:
        self.primitive = primitive
        super().__init__(f"{primitive} got an integer too large for a float (largest: about 1.8e308)")


class SignatureError(AutogradError, TypeError):
    """A primitive was called with operands that its row does not name.

    Attributes:
        primitive: name of the primitive.
        operands: the names that its row gives.
    """

    def __init__(self, primitive: str, operands: tuple[str, ...], problem: str) -> None:
        self.primitive = primitive
        self.operands = operands
        super().__init__(f"{primitive}({', '.join(operands)}) {problem}")


class StaleDataError(AutogradError, ValueError):
    """The data of a node changed after an operation used it, so the graph no longer says what was computed.

    Attributes:
        primitive: name of the primitive that used the earlier number.
    """

    def __init__(self, primitive: str) -> None:
        self.primitive = primitive
        super().__init__(
            f"the data of an input of {primitive} was changed after the operation; run the forward pass again "
            "before you differentiate"
        )


class LengthError(AutogradError, ValueError):
    """Two lists that belong together differ in length, or one that may not be empty is.

    Attributes:
        lengths: the length on each side, by name.
    """

    def __init__(self, place: str, **lengths: int) -> None:
        self.lengths = lengths
        sides = " and ".join(f"{name} of length {length}" for name, length in lengths.items())
        expected = "equal lengths" if len(lengths) > 1 else "at least one element"
        super().__init__(f"{place} got {sides}; it takes {expected}")


class PositionError(AutogradError, IndexError):
    """A position, such as the number of a class, that a list does not have.

    Attributes:
        position: what arrived.
        length: the length of the list.
    """

    def __init__(self, place: str, position: float, length: int) -> None:
        self.position = position
        self.length = length
        super().__init__(f"{place} got position {position!r}; it takes a whole number from 0 to {length - 1}")


class PrimitiveError(AutogradError, ValueError):
    """A row of the table that cannot be: its name is taken, or its text does not fit.

    Attributes:
        primitive: name of the row.
    """

    def __init__(self, primitive: str, problem: str) -> None:
        self.primitive = primitive
        super().__init__(f"primitive {primitive!r}: {problem}")


class CutGraphError(AutogradError, TypeError):
    """A Value was to become a plain float, which would cut it out of the graph without a word.

    Attributes:
        data: the number of the Value.
    """

    def __init__(self, data: float) -> None:
        self.data = data
        super().__init__(
            f"a Value does not turn into a plain number (here {data!r}) by itself, as float(v) or math.exp(v) "
            "would have it: that would cut it out of the graph. Write v.data for the number, or take the "
            "function from autograd_tiny, such as autograd_tiny.exp(v) or v.exp()"
        )


def shorten(operand: object, width: int = 40) -> str:
    """Return the repr of `operand`, cut to `width` characters, for an error message."""
    try:
        text = repr(operand)
    except Exception as error:  # noqa: BLE001 - a stranger's __repr__ may raise anything; the message must still be made
        text = f"a {type(operand).__name__} whose repr raises {type(error).__name__}"
    return text if len(text) <= width else text[: width - 1] + "…"
