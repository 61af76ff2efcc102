"""`autograd-tiny check`: compare the gradients of an expression with central differences."""

from __future__ import annotations

import argparse
from typing import Any, Final

from autograd_tiny.cli.arguments import LANGUAGE, add_expression, read_numbers
from autograd_tiny.engine.gradient_check import compare_gradients
from autograd_tiny.engine.gradient_verdicts import AGREES
from autograd_tiny.support.console import show
from autograd_tiny.symbolic.expression import parse

SUMMARY = "compare the gradients of an expression with central differences"
DESCRIPTION = f"""\
Compare the gradient of each leaf of an expression with the central difference (f(x + h) - f(x - h)) / 2h,
which uses no chain rule, for smaller h where the function bends, for larger h where rounding hides the
difference. At a kink, where the slopes on both sides differ, the gradient follows a convention, such as 0 for relu
and abs at 0, and equal shares for ties of max. There, at a jump, where the slope is infinite, and where the
expression is not finite, a gradient is not judged.

{LANGUAGE}

examples:
  autograd-tiny check "tanh(w*x + b)" w=2 x=0.5 b=-1
  autograd-tiny check "relu(x)" x=0

The exit code is 0 if all agree, and 1 if one differs or is not judged."""

DISAGREE: Final = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_expression(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a row for each leaf."""
    expression = parse(arguments.expression)
    numbers = read_numbers(arguments.numbers, expression)
    expression.evaluate(**numbers)  # complains about a missing number

    def function(*leaves: Any) -> Any:
        return expression.evaluate(**dict(zip(numbers, leaves, strict=True)))

    table = compare_gradients(function, list(numbers.values()), names=list(numbers))
    show(str(table) if table else "no leaves: the expression has no names")
    return 0 if {AGREES}.issuperset(table.verdicts) else DISAGREE
