"""`autograd-tiny explain`: every node of an expression with its value, its gradient, and how it came."""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from autograd_tiny.cli.errors import CommandError
from autograd_tiny.cli.explanation import Step, how
from autograd_tiny.cli.explanation import explain as explain_graph
from autograd_tiny.cli.terminal import console, fit
from autograd_tiny.errors import shorten
from autograd_tiny.explanation import FORMATS
from autograd_tiny.expressions import Expression, parse
from autograd_tiny.symbol import short

SUMMARY = "show every node of an expression with its value, gradient and rule"
DESCRIPTION = """\
Show every node of an expression with its value, its gradient, and how the gradient came: for each
consumer the upstream gradient times the partial, first as a rule, then in numbers.

An expression has numbers, names, + - * / // % **, and the functions of autograd_tiny such as tanh, log,
sum([a, b]), softmax([a, b])[0], leaky_relu(x, negative_slope=0.1); pi and e are known. Parts of it can be
named: "h = tanh(w*x + b); (h - 1)**2".

examples:
  autograd-tiny explain "tanh(x1*w1 + x2*w2 + b)" x1=2 x2=0 w1=-3 w2=1 b=6.8813735870195432
  autograd-tiny explain "h = sigmoid(a*b); -log(h)" a=0.5 b=-2
  autograd-tiny explain "tanh(w*x + b)" w=2 x=0.5 b=-1 --format text
  autograd-tiny explain "a * a" a=3 --json

With --json the output is one object:
  expression    the text
  root          name of the last node
  value         its number
  nodes         a list, inputs before consumers; each has
    name, formula, primitive (null for a leaf), operands (names and numbers), value, gradient,
    contributions   a list that adds up to the gradient; each has
      consumer, rule, upstream, partial, contribution (upstream times partial)
Numbers that JSON does not have are the strings "inf", "-inf" and "nan"."""

NUMBER: Final = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|nan)", re.IGNORECASE | re.ASCII)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of this command."""
    parser.add_argument("expression", metavar="EXPRESSION", help="in quotes, so that the shell leaves it alone")
    parser.add_argument(
        "numbers", metavar="NAME=NUMBER", nargs="*", default=[], help="a number for each name, such as x1=2"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON, for programs")
    form.add_argument(
        "--format", choices=list(FORMATS), help="print a worked solution instead of the table, step by step"
    )


def arrange(argv: Sequence[str]) -> list[str]:
    """Return the arguments so that argparse understands `explain "-x" x=2` and options in the middle.

    It takes what begins with a minus for an option unless there is a space in it, and an option among the
    numbers for their end.

    >>> arrange(["explain", "-x", "--format", "text", "x=2"])
    ['explain', '--format', 'text', ' -x', 'x=2']
    """
    if list(argv[:1]) != ["explain"]:
        return list(argv)
    words = iter(argv[1:])
    options: list[str] = []
    others: list[str] = []
    for word in words:
        if word == "--format":
            options += [word, *islice(words, 1)]
        elif word.startswith("--") or word == "-h":
            options.append(word)
        else:
            others.append(f" {word}" if word.startswith("-") else word)
    return ["explain", *options, *others]


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation."""
    expression = parse(arguments.expression)
    root = expression.evaluate(**read_numbers(arguments.numbers, expression))
    if arguments.format:
        print(fit(root.explain(arguments.format, full=True)))
    elif arguments.json:
        print(json.dumps(as_json(expression.text, explain_graph(root)), indent=2, allow_nan=False))
    else:
        print_table(expression.text, explain_graph(root))
    return 0


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


def print_table(text: str, steps: Sequence[Step]) -> None:
    """Print one row for each node, then the result in all its digits."""
    from rich import box
    from rich.padding import Padding
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("node", style="cyan", no_wrap=True)
    table.add_column("formula", min_width=8)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("gradient", justify="right", style="bold", no_wrap=True)
    table.add_column("how the gradient came")
    for step in steps:
        parts = "\n+ ".join(map(how, step.contributions)) or f"∂{step.name}/∂{step.name} = 1"
        table.add_row(step.name, step.formula, short(step.value), short(step.gradient), fit(parts))
    screen = console()
    screen.print(Padding(table, (0, 0, 1, 2), expand=False))
    name, value = steps[-1].name, steps[-1].value
    shown = f"  {name} = {text} = {value!r}"
    if "\n" in text or ";" in text or len(shown) > screen.width:
        shown = f"  {name} = {value!r}"
    screen.print(shown, style="bold", soft_wrap=True)
    screen.print()


def as_json(text: str, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the explanation in the form that `--help` describes."""
    nodes = [
        {
            "name": step.name,
            "formula": step.formula,
            "primitive": step.primitive,
            "operands": [x if isinstance(x, str) else _json_number(x) for x in step.operands],
            "value": _json_number(step.value),
            "gradient": _json_number(step.gradient),
            "contributions": [
                {
                    "consumer": part.node,
                    "rule": part.rule,
                    "upstream": _json_number(part.upstream),
                    "partial": _json_number(part.partial),
                    "contribution": _json_number(part.contribution),
                }
                for part in step.contributions
            ],
        }
        for step in steps
    ]
    return {
        "expression": text,
        "root": steps[-1].name,
        "value": _json_number(steps[-1].value),
        "nodes": nodes,
    }


def _json_number(number: float | None) -> float | str | None:
    return number if number is None or math.isfinite(number) else str(number)
