"""What the options of a training may be, each told in one line where it is something else.

>>> widths("16,8"), share("0.25")
((16, 8), 0.25)
"""

from __future__ import annotations

import argparse
import math
from difflib import get_close_matches
from typing import Final

ACTIVATIONS: Final = ("tanh", "relu", "sigmoid", "leaky_relu", "elu", "softplus", "silu", "gelu", "sin", "linear")
"""Those to choose from; the others of nn are taken, too."""


def activation(text: str) -> str:
    """Return the name of an activation.

    >>> activation("cosh")
    'cosh'
    >>> activation("rellu")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: unknown activation 'rellu'; did you mean relu?
    """
    from nn.activations import ACTIVATIONS as KNOWN

    if text not in KNOWN:
        close = get_close_matches(text, ACTIVATIONS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"choose {', '.join(ACTIVATIONS[:-1])} or {ACTIVATIONS[-1]}"
        raise argparse.ArgumentTypeError(f"unknown activation {text!r}; {hint}")
    return text


def widths(text: str) -> tuple[int, ...]:
    """Return the numbers of neurons that `--hidden` gives.

    >>> widths("16,8"), widths("none")
    ((16, 8), ())
    """
    return () if text == "none" else tuple(count(part) for part in text.split(","))


def count(text: str) -> int:
    """Return a whole number of at least 1."""
    if not text.strip().isascii() or not text.strip().isdigit() or not 1 <= int(text) <= 10**6:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to a million")
    return int(text)


def positive(text: str) -> float:
    """Return a finite number above 0."""
    return _real(text, math.inf, "number above 0")


def at_least_zero(text: str) -> float:
    """Return 0 or a finite number above.

    >>> at_least_zero("0"), at_least_zero("1e-3")
    (0.0, 0.001)
    """
    return 0.0 if text.strip() in {"0", "0.0"} else positive(text)


def share(text: str) -> float:
    """Return a number between 0 and 1."""
    return _real(text, 1.0, "number between 0 and 1, such as 0.33")


def _real(text: str, below: float, expected: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 < number < below:
        raise argparse.ArgumentTypeError(f"{text!r} is no {expected}")
    return number
