"""`autograd-tiny explain`: every node of an expression with its value, its gradient, and how it came."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.cli.arguments import LANGUAGE, add_expression, root_of
from autograd_tiny.cli.explanation import Step, how
from autograd_tiny.cli.explanation import explain as explain_graph
from autograd_tiny.cli.terminal import console, counted, fit
from autograd_tiny.engine.value import Value
from autograd_tiny.explanation import FORMATS
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.symbolic.expression import Expression
from autograd_tiny.symbolic.notation import format_number

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SUMMARY = "show every node of an expression with its value, gradient and rule"
DESCRIPTION = f"""\
Show every node of an expression with its value, its gradient, and how the gradient came: for each
consumer the upstream gradient times the partial, first as a rule, then in numbers.

{LANGUAGE}

examples:
  autograd-tiny explain "tanh(x1*w1 + x2*w2 + b)" x1=2 x2=0 w1=-3 w2=1 b=6.8813735870195432
  autograd-tiny explain "h = sigmoid(a*b); -log(h)" a=0.5 b=-2
  autograd-tiny explain "tanh(w*x + b)" w=2 x=0.5 b=-1 --format text
  autograd-tiny explain "a * a" a=3 --json
  autograd-tiny explain "tanh(w*x + b)" w=2 x=0.5 b=-1 --html page.html

With --html a page is written instead, on which both passes can be walked and the numbers changed, in any browser.

With --json the output is one object:
  expression    the text
  root          name of the last node
  value         its number
  nodes         a list, inputs before consumers; each has
    name, formula, primitive (null for a leaf), operands (names and numbers), value, gradient,
    contributions   a list that adds up to the gradient; each has
      consumer, rule, upstream, partial, contribution (upstream times partial)
Numbers that JSON does not have are the strings "inf", "-inf" and "nan"."""

MARGIN: Final = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of this command."""
    add_expression(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON, for programs")
    form.add_argument(
        "--format", choices=list(FORMATS), help="print a worked solution instead of the table, step by step"
    )
    form.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page to walk through and to change, for a browser"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation."""
    expression, root = root_of(arguments)
    if arguments.html is not None:
        write_page(root, arguments.html, expression.text)
    elif arguments.format:
        print(fit(root.explain(arguments.format, full=True)))
    elif arguments.json:
        print(json.dumps(as_json(expression.text, explain_graph(root)), indent=2, allow_nan=False))
    else:
        print_nodes(expression, explain_graph(root))
    return 0


def write_page(root: Value, path: Path, text: str) -> None:
    """Write the page of an expression, and say where it is."""
    trace = root.trace(forward=True)
    trace.save(path, title=text)
    print(f"{path}: {counted(len(trace.nodes), 'node')}, {counted(len(trace), 'event')}; open it in a browser")


def print_nodes(expression: Expression, steps: Sequence[Step]) -> None:
    """Print one row for each node, or on a narrow screen a paragraph, then the result in all its digits."""
    from rich.measure import Measurement
    from rich.padding import Padding

    screen = console()
    table = table_of(steps)
    needed = Measurement.get(screen, screen.options.update_width(sys.maxsize), table).minimum
    if MARGIN + needed <= screen.width:
        screen.print(Padding(table, (0, 0, 1, MARGIN), expand=False))
    else:
        print_paragraphs(steps, screen)
    screen.print(" " * MARGIN + result_of(expression, steps[-1], screen.width), style="bold", soft_wrap=True)
    screen.print()


def table_of(steps: Sequence[Step]) -> Table:
    """Return one row for each node."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("node", style="cyan", no_wrap=True)
    table.add_column("formula", min_width=8)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("gradient", justify="right", style="bold", no_wrap=True)
    table.add_column("how the gradient came", min_width=16)
    for step in steps:
        table.add_row(step.name, step.formula, format_number(step.value), format_number(step.gradient), came(step))
    return table


def print_paragraphs(steps: Sequence[Step], screen: Console) -> None:
    """Print what stands in the table, below each other."""
    from rich.padding import Padding

    for step in steps:
        number = " = ".join(filter(None, (step.name, step.formula, format_number(step.value))))
        screen.print(Padding(f"{number}, gradient {format_number(step.gradient)}", (0, 0, 0, MARGIN)), style="bold")
        screen.print(Padding(came(step), (0, 0, 1, 2 * MARGIN)))


def came(step: Step) -> str:
    """Return how a gradient came, a line for each contribution."""
    return fit("\n+ ".join(map(how, step.contributions)) or f"∂{step.name}/∂{step.name} = 1")


def result_of(expression: Expression, root: Step, width: int) -> str:
    """Return the name of the root, its formula unless there is no room for it, and its number in all digits.

    >>> from autograd_tiny.symbolic.expression import parse
    >>> expression = parse("y = x*2")
    >>> result_of(expression, explain_graph(expression.evaluate(x=2.0))[-1], 80)
    'y = x*2 = 4.0'
    """
    ((name, _), *others) = expression.statements
    formula = expression.text.partition("=")[2].strip() if name else expression.text
    parts = dict.fromkeys([root.name, formula, repr(root.value)])
    shown = " = ".join(parts)
    if others or "\n" in formula or MARGIN + len(shown) > width:
        return f"{root.name} = {root.value!r}"
    return shown


def as_json(text: str, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the explanation in the form that `--help` describes."""
    nodes = [
        {
            "name": step.name,
            "formula": step.formula,
            "primitive": step.primitive,
            "operands": [x if isinstance(x, str) else json_number(x) for x in step.operands],
            "value": json_number(step.value),
            "gradient": json_number(step.gradient),
            "contributions": [
                {
                    "consumer": part.node,
                    "rule": part.rule,
                    "upstream": json_number(part.upstream),
                    "partial": json_number(part.partial),
                    "contribution": json_number(part.contribution),
                }
                for part in step.contributions
            ],
        }
        for step in steps
    ]
    return {
        "expression": text,
        "root": steps[-1].name,
        "value": json_number(steps[-1].value),
        "nodes": nodes,
    }
