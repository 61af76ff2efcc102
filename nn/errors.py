"""The exceptions of nn. Each message says what arrived, what was expected, and how to mend it.

All derive from `AutogradError` and from the builtin exception that fits, and carry their data as attributes.
`LengthError`, for lists that differ in length, is the engine's.

>>> from nn import Layer
>>> try:
...     Layer(2, 0)
... except ValueError as error:
...     print(error)
...     print(error.place, error.argument, error.received)
Layer got nout=0; it takes a whole number of at least 1
Layer nout 0
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from autograd_tiny import AutogradError
from autograd_tiny.errors import shorten


class ArgumentError(AutogradError, ValueError):
    """An argument of the right type with a value that the function does not accept.

    Attributes:
        place: the name of the function or class.
        argument: the name of the argument.
        received: the value.
    """

    def __init__(self, place: str, argument: str, received: object, expected: str) -> None:
        self.place = place
        self.argument = argument
        self.received = received
        super().__init__(f"{place} got {argument}={shorten(received, 200)}; it takes {expected}")


class ArgumentTypeError(AutogradError, TypeError):
    """An argument of a type that the function does not accept.

    Attributes:
        place: the name of the function or class.
        argument: the name of the argument.
        received: the name of its type.
    """

    def __init__(self, place: str, argument: str, received: object, expected: str) -> None:
        self.place = place
        self.argument = argument
        self.received = type(received).__name__
        super().__init__(f"{place} got {argument} of type {self.received!r}; it takes {expected}")


class ResultTypeError(ArgumentTypeError):
    """A function given as an argument that returned something else than it is expected to.

    Attributes:
        place: the name of the function or class that called it.
        argument: the name of the argument.
        received: the name of the type of the result.
        result: what it returned.
    """

    def __init__(self, place: str, argument: str, result: object, expected: str) -> None:
        super().__init__(place, argument, result, expected)
        self.result = result
        returned = "nothing" if result is None else f"{shorten(result)} of type {self.received!r}"
        self.args = (
            f"{place} got a {argument} that returned {returned}; it takes a function that returns {expected}",
        )


class UnknownNameError(AutogradError, ValueError):
    """An unknown name of an activation, loss, initializer, ...

    Attributes:
        kind: what it should be the name of, such as "activation".
        name: the name.
        close: the known names that are similar; all of them if none is.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        names = sorted(known)
        self.close = get_close_matches(name, names) or names
        or_function = "" if kind == "reduction" else ", or pass a function"
        super().__init__(f"unknown {kind} {name!r}; choose {' or '.join(map(repr, self.close))}{or_function}")


class StateError(AutogradError, ValueError):
    """A state whose names differ from those of the module's parameters.

    Attributes:
        missing: the names of parameters that the state lacks.
        unexpected: the names in the state that the module lacks.
    """

    def __init__(self, module: str, state: Iterable[str], parameters: Iterable[str]) -> None:
        arrived, expected = dict.fromkeys(state), dict.fromkeys(parameters)
        self.missing = [name for name in expected if name not in arrived]
        self.unexpected = [name for name in arrived if name not in expected]
        sides = f"{module} has {len(expected)} parameters and the state {len(arrived)}"
        details = [
            f"{kind}: {_first(names)}"
            for kind, names in (("missing", self.missing), ("unexpected", self.unexpected))
            if names
        ]
        super().__init__(f"{sides}; {'; '.join(details)}; build the module in the same way as the one that was saved")


class FileFormatError(AutogradError, ValueError):
    """A file that does not contain a saved module.

    Attributes:
        path: the path of the file.
    """

    def __init__(self, path: object, problem: str, remedy: str = "give a file written by nn.save") -> None:
        self.path = path
        super().__init__(f"{path} {problem}; {remedy}")


class ExampleError(AutogradError, ValueError):
    """An example that cannot be trained on: it is unlike the others, or nan. The parameters are as before training.

    Attributes:
        row: its number among the examples, or in its batch, from 0.
    """

    def __init__(self, place: str, row: int, problem: str) -> None:
        self.row = row
        super().__init__(f"{place} got example {row} {problem}; remove it, or correct it")


class ReplayWarning(UserWarning):
    """`fit` computes examples one after another by eager code, and why it does not replay them."""


class NotFiniteError(AutogradError, FloatingPointError):
    """A loss or a parameter became infinite or nan during training.

    Attributes:
        epoch: the number of the epoch, from 1.
        batch: the number of the batch in the epoch, from 1; None for the validation loss.
        loss: the loss of the batch or of the validation examples.
        cause: in which example, which node became so first, why, and its line; empty where that was not found.
    """

    def __init__(self, epoch: int, batch: int | None, loss: float, culprit: str, *, cause: str = "") -> None:
        self.epoch = epoch
        self.cause = cause
        self.batch = batch
        self.loss = loss
        if batch is None:
            where = f"epoch {epoch}"
            remedy = "the parameters are those of the last step; check for inputs that are not finite or very large"
        else:
            where = f"epoch {epoch}, batch {batch}"
            remedy = "that step is undone; try a smaller learning rate, clip_gradient_norm, or standardised inputs"
        told = cause and f"\n{cause}"
        super().__init__(f"{culprit} is not finite in {where} (loss {loss}); {remedy}{told}")


def _first(names: list[str], count: int = 3) -> str:
    more = len(names) - count
    return ", ".join(shorten(name, 100) for name in names[:count]) + (f" and {more} more" if more > 0 else "")
