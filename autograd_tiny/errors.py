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

import importlib
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


class RecordError(AutogradError, RuntimeError):
    """A function did something that a recorded program could not repeat for other examples.

    Attributes:
        problem: what it did.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        super().__init__(f"while a program was recorded, {problem}: its replay would be wrong; {remedy}")


class GeneratedSourceError(AutogradError, ValueError):
    """Source that was generated for a program contains more than calculations: a mistake of ours.

    Attributes:
        line: where, from 1.
        found: what.
    """

    def __init__(self, line: int, found: str) -> None:
        self.line = line
        self.found = found
        super().__init__(f"generated source contains {found} in line {line}, which no calculation needs; report this")


class ShapeError(AutogradError, ValueError):
    """What came for an argument has another shape than the example that was recorded.

    Attributes:
        argument: name of the argument.
        received: the shape that arrived.
        expected: the shape of one example.
    """

    def __init__(self, argument: str, received: tuple[int, ...], expected: tuple[int, ...], *, batched: bool) -> None:
        self.argument = argument
        self.received = received
        self.expected = expected
        wanted = f"({', '.join(['batch' * batched, *map(str, expected)]).strip(', ')})"
        super().__init__(
            f"{argument} has the shape {received}; the program was recorded for {wanted}. Record another program "
            "for examples of another shape"
        )


class ReplayMismatch(AutogradError, RuntimeError):  # noqa: N818 - it tells of two ways, rather than of a mistake
    """An example would have taken another way through the recorded function than the one that was recorded.

    Attributes:
        example: the number of the example in the batch, from 0; None where it concerns all of them.
        file, line: where the function decided.
        recorded: how it decided for the example that was recorded.
    """

    def __init__(self, example: int | None, file: str, line: int, code: str, *, recorded: bool) -> None:
        self.example = example
        self.file, self.line = file, line
        self.recorded = recorded
        who = "this call" if example is None else f"example {example}"
        super().__init__(
            f'{who} would take another way than the recorded example at line {line} of "{file}", `{code}`, which was '
            f"{recorded} then. Choose by autograd_tiny.where, max, min, clamp, ..., or record with "
            'on_mismatch="eager"'
        )


class InputError(AutogradError, ValueError):
    """Something that the user typed, or that a file holds, cannot be used; the message says what can."""


class MissingPackageError(AutogradError, ImportError):
    """An optional package is not installed.

    Attributes:
        package: its name where packages are installed from.
        extra: the extra of autograd_tiny that installs it.
    """

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f'this needs {package}; install it with: pip install "autograd_tiny[{extra}]"')


def require_package(module: str, *, package: str, extra: str) -> Any:
    """Import and return a module of an optional package.

    Raises:
        MissingPackageError: the package is not installed.

    >>> require_package("math", package="math", extra="all").floor(1.5)
    1
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackageError(package, extra) from error


def shorten(operand: object, width: int = 40) -> str:
    """Return the repr of `operand`, cut to `width` characters, for an error message."""
    try:
        text = repr(operand)
    except Exception as error:  # noqa: BLE001 - a stranger's __repr__ may raise anything; the message must still be made
        text = f"a {type(operand).__name__} whose repr raises {type(error).__name__}"
    return text if len(text) <= width else text[: width - 1] + "…"
