"""The errors of nn: each says what arrived, what was expected, and how to mend it.

All derive from `AutogradError` and from the builtin that fits, and carry what they speak of as attributes.
`LengthError`, for two lists that differ in length, is the engine's.

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


class ArgumentError(AutogradError, ValueError):
    """An argument of the right type, but outside what the function is defined for.

    Attributes:
        place: the function or class that refused it.
        argument: name of the argument.
        received: what arrived.
    """

    def __init__(self, place: str, argument: str, received: object, expected: str) -> None:
        self.place = place
        self.argument = argument
        self.received = received
        super().__init__(f"{place} got {argument}={received!r}; it takes {expected}")


class ArgumentTypeError(AutogradError, TypeError):
    """An argument of a type that the function does not take.

    Attributes:
        place: the function or class that refused it.
        argument: name of the argument.
        received: name of the type that arrived.
    """

    def __init__(self, place: str, argument: str, received: object, expected: str) -> None:
        self.place = place
        self.argument = argument
        self.received = type(received).__name__
        super().__init__(f"{place} got {argument} of type {self.received!r}; it takes {expected}")


class UnknownNameError(AutogradError, ValueError):
    """A name that stands for nothing.

    Attributes:
        kind: what it should name, such as "activation".
        name: what arrived.
        close: the known names that look like it; all of them if none does.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        names = sorted(known)
        self.close = get_close_matches(name, names) or names
        super().__init__(f"unknown {kind} {name!r}; choose {' or '.join(map(repr, self.close))}, or pass a function")


class StateError(AutogradError, ValueError):
    """A state whose names are not those of the module's parameters.

    Attributes:
        missing: names of parameters that the state lacks.
        unexpected: names in the state that the module lacks.
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
        super().__init__(f"{sides}; {'; '.join(details)}; build the module as the one that was saved")


class FileFormatError(AutogradError, ValueError):
    """A file that holds no saved module.

    Attributes:
        path: where the file lies.
    """

    def __init__(self, path: object, problem: str) -> None:
        self.path = path
        super().__init__(f"{path} {problem}; give a file written by nn.save")


class NotFiniteError(AutogradError, FloatingPointError):
    """Training ran into a loss or a parameter that is infinite or not a number.

    Attributes:
        epoch: number of the epoch, from 1.
        batch: number of the batch in it, from 1; None for the validation loss, which is taken after the batches.
        loss: the loss of the batch or of the validation examples.
    """

    def __init__(self, epoch: int, batch: int | None, loss: float, culprit: str) -> None:
        self.epoch = epoch
        self.batch = batch
        self.loss = loss
        if batch is None:
            where = f"epoch {epoch}"
            remedy = "what was learnt is kept. Look for inputs and targets that are not finite, or far too large"
        else:
            where = f"epoch {epoch}, batch {batch}"
            remedy = (
                "that step is taken back. Try a smaller learning rate, clip_gradient_norm, or standardised inputs"
            )
        super().__init__(f"{culprit} is not finite in {where} (loss {loss}); {remedy}")


def _first(names: list[str], count: int = 3) -> str:
    more = len(names) - count
    return ", ".join(map(repr, names[:count])) + (f" and {more} more" if more > 0 else "")
