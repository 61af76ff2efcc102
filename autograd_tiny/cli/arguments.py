"""The arguments of commands that take an expression: its text, and a number for each name in it.

>>> root_of(argparse.Namespace(expression="a*b", numbers=["a=2", "b=3"]))[1].data
6.0
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from autograd_tiny.cli.errors import CommandError
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import shorten
from autograd_tiny.symbolic.expression import Expression, parse

COMMANDS: Final = ("explain", "step")
"""The commands that take an expression."""
WITH_A_WORD: Final = ("--format", "--html")
"""Their options that are followed by a word of their own."""
LANGUAGE: Final = """\
An expression has numbers, names, + - * / // % **, and the functions of autograd_tiny such as tanh, log,
sum([a, b]), softmax([a, b])[0], leaky_relu(x, negative_slope=0.1); pi, e, inf and nan are known. Parts of it
can be named: "h = tanh(w*x + b); (h - 1)**2"."""

NUMBER: Final = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|nan)", re.IGNORECASE | re.ASCII)


def add_expression(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments that these commands share."""
    parser.add_argument("expression", metavar="EXPRESSION", help="in quotes, so that the shell leaves it alone")
    parser.add_argument(
        "numbers", metavar="NAME=NUMBER", nargs="*", default=[], help="a number for each name, such as x1=2"
    )


def arrange(argv: Sequence[str]) -> list[str]:
    """Return the arguments so that argparse understands `explain "-x" x=2` and options in the middle.

    It takes what begins with a minus for an option unless there is a space in it, and an option among the
    numbers for their end. Options come last, so that one without its word takes no other for it.

    >>> arrange(["explain", "-x", "--format", "text", "x=2"])
    ['explain', ' -x', 'x=2', '--format', 'text']
    """
    if not argv or argv[0] not in COMMANDS:
        return list(argv)
    words = iter(argv[1:])
    options: list[str] = []
    others: list[str] = []
    for word in words:
        if word.startswith("--") or word == "-h":
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
        CommandError: one is no NAME=NUMBER, or its name is given twice or does not occur in the expression.

    >>> read_numbers(["x=1e-3"], parse("x*x"))
    {'x': 0.001}
    """
    numbers: dict[str, float] = {}
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        name = name.strip()
        if not sign or not name:
            raise CommandError(f"{shorten(assignment)} is no NAME=NUMBER; write it as in x1=2")
        if name in numbers:
            raise CommandError(f"{shorten(name)} is given twice; give it one number")
        if name not in expression.names:
            used = ", ".join(expression.names) or "no names"
            raise CommandError(f"{shorten(name)} needs no number; the expression has {used}")
        numbers[name] = read_number(name, text.strip())
    return numbers


def read_number(name: str, text: str) -> float:
    """Return a decimal number.

    Raises:
        CommandError: it is none, or no float can hold it.

    >>> read_number("x", "-.5e1")
    -5.0
    """
    if not NUMBER.fullmatch(text):
        remedy = "put it into the expression" if text else "write one behind the ="
        raise CommandError(f"{name}={text[:40]} is no decimal number such as 2, -0.5 or 1e-3; {remedy}")
    number = float(text)
    if math.isinf(number) and "n" not in text.lower():
        raise CommandError(f"{name}={text[:40]} is too large for a float (largest: about 1.8e308)")
    return number
