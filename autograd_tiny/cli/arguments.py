"""Parse the arguments of the commands: expressions and their numbers, and the settings of a training.

>>> root_of(argparse.Namespace(expression="a*b", numbers=["a=2", "b=3"]))[1].data
6.0
>>> widths("16,8"), share("0.25")
((16, 8), 0.25)
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice, pairwise
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import InputError, require_own_nn, shorten
from autograd_tiny.symbolic.expression import Expression, parse

COMMANDS: Final = ("explain", "step", "check")
"""The commands that take an expression."""
WITH_A_WORD: Final = (
    *(
        "--format",
        "--html",
        "--jvp",
        "--target",
        "--ignore",
        "--hidden",
        "--activation",
        "--epochs",
        "--batch",
        "--lr",
        "--l2",
    ),
    *("--optimizer", "--seed", "--test-size", "--parameters", "--clip-norm", "--clip-value", "--history"),
    *("--decimal", "--thousands", "--dates", "--missing", "--categories", "--ordered", "--most-categories", "--skip"),
    *("--delimiter", "--encoding"),
)
"""The options of these commands that take a word."""
LANGUAGE: Final = """\
An expression has numbers, names, + - * / // % **, and the functions of autograd_tiny such as tanh, log,
sum([a, b]), softmax([a, b])[0], leaky_relu(x, negative_slope=0.1); pi, e, inf and nan are known. Parts of it
can be named: "h = tanh(w*x + b); (h - 1)**2"."""

MOST_LAYERS: Final = 100
MOST_WEIGHTS: Final = 1_000_000

NUMBER: Final = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|nan)", re.IGNORECASE | re.ASCII)


def add_expression(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that these commands share."""
    parser.add_argument("expression", metavar="EXPRESSION", help="in quotes, for the shell")
    parser.add_argument(
        "numbers", metavar="NAME=NUMBER", nargs="*", default=[], help="a number for each name, such as x1=2"
    )


def arrange(argv: Sequence[str]) -> list[str]:
    """Return the arguments so that argparse understands `explain "-x" x=2` and options in the middle.

    argparse takes a word that begins with a minus for an option unless it contains a space, and an option among the
    numbers for their end. Options go last, so that one that lacks its word does not take another. After --
    no word is an option.

    >>> arrange(["explain", "-x", "--format", "text", "x=2"]), arrange(["check", "--", "--x", "x=2"])
    (['explain', ' -x', 'x=2', '--format', 'text'], ['check', ' --x', 'x=2'])
    """
    if not argv or argv[0] not in COMMANDS:
        return list(argv)
    words = iter(argv[1:])
    options: list[str] = []
    others: list[str] = []
    for word in words:
        if word == "--":
            others += [f" {word}" if word.startswith("-") else word for word in words]
        elif word.startswith("--") or word == "-h":
            options += [word, *islice(words, word in WITH_A_WORD)]
        else:
            others.append(f" {word}" if word.startswith("-") else word)
    return [argv[0], *others, *options]


def root_of(arguments: argparse.Namespace) -> tuple[Expression, Value]:
    """Return the expression and the root of its graph."""
    expression = parse(arguments.expression)
    return expression, expression.evaluate(**read_numbers(arguments.numbers, expression))


def read_numbers(assignments: Sequence[str], expression: Expression) -> dict[str, float]:
    """Return the numbers of arguments such as `x1=2`.

    Raises:
        InputError: one is not NAME=NUMBER, or its name is given twice or is not in the expression.

    >>> read_numbers(["x=1e-3"], parse("x*x"))
    {'x': 0.001}
    """
    numbers: dict[str, float] = {}
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        name = name.strip()
        if not sign or not name:
            raise InputError(f"{shorten(assignment)} is not NAME=NUMBER; write for example x1=2")
        if name in numbers:
            raise InputError(f"{shorten(name)} is given twice; give it one number")
        if name not in expression.names:
            used = ", ".join(expression.names) or "none"
            raise InputError(f"{shorten(name)} is not a leaf of the expression; its leaves: {used}")
        numbers[name] = read_number(name, text.strip())
    return numbers


def read_number(name: str, text: str) -> float:
    """Return a decimal number.

    Raises:
        InputError: the text is not a number, or is too large for a float.

    >>> read_number("x", "-.5e1")
    -5.0
    """
    if not NUMBER.fullmatch(text):
        remedy = (
            "write one after the ="
            if not text
            else f"write such a number, or the formula itself in the place of {name}"
        )
        raise InputError(f"{name}={text[:40]} is not a decimal number such as 2, -0.5 or 1e-3; {remedy}")
    number = float(text)
    if math.isinf(number) and "n" not in text.lower():
        raise InputError(f"{name}={text[:40]} is too large for a float (largest: about 1.8e308)")
    return number


def activation(text: str) -> str:
    """Return the name of an activation if it is known.

    >>> activation("cosh")
    'cosh'
    >>> activation("rellu")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: unknown activation 'rellu'; did you mean relu?
    """
    require_own_nn()
    from nn.activations import ACTIVATIONS, COMMON_ACTIVATIONS

    if text not in ACTIVATIONS:
        close = get_close_matches(text, COMMON_ACTIVATIONS, n=1)
        choices = f"{', '.join(COMMON_ACTIVATIONS[:-1])} or {COMMON_ACTIVATIONS[-1]}"
        hint = f"did you mean {close[0]}?" if close else f"choose {choices}"
        raise argparse.ArgumentTypeError(f"unknown activation {text!r}; {hint}")
    return text


def widths(text: str) -> tuple[int, ...]:
    """Return the widths of the hidden layers.

    >>> widths("16,8"), widths("none")
    ((16, 8), ())
    """
    if text == "none":
        return ()
    parts = text.split(",")
    if len(parts) > MOST_LAYERS:
        raise argparse.ArgumentTypeError(f"{len(parts)} hidden layers cannot be trained; give at most {MOST_LAYERS}")
    return tuple(map(whole_number, parts))


def require_trainable(inputs: int, hidden: Sequence[int], outputs: int) -> None:
    """Raise an InputError if a network has too many weights.

    >>> require_trainable(784, [1000000], 10)
    Traceback (most recent call last):
        ...
    autograd_tiny.errors.InputError: --hidden 1000000 makes 794000000 weights; at most 1000000 can be trained
    """
    weights = sum(a * b for a, b in pairwise([inputs, *hidden, outputs]))
    if weights > MOST_WEIGHTS:
        chosen = ",".join(map(str, hidden)) or "none"
        raise InputError(f"--hidden {chosen} makes {weights} weights; at most {MOST_WEIGHTS} can be trained")


def whole_number(text: str) -> int:
    """Return a whole number of at least 1."""
    if not text.strip().isascii() or not text.strip().isdigit() or not 1 <= int(text) <= 10**6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to a million")
    return int(text)


def positive(text: str) -> float:
    """Return a finite number above 0."""
    return _real(text, math.inf, "number above 0")


def at_least_zero(text: str) -> float:
    """Return 0 or a finite number above 0.

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
        raise argparse.ArgumentTypeError(f"{text!r} is not a {expected}")
    return number
