"""`autograd-tiny explain`: show every node of an expression with its value, its gradient, and how that came.

>>> from autograd_tiny.symbolic.expression import parse
>>> for row in node_rows(parse("tanh(w*x)").evaluate(w=0.0, x=2.0)):
...     print(row.name, row.formula, row.gradient, [product_of(event) for event in row.contributions])
w  2.0 ['∂L/∂v1 · x = 1 · 2']
x  0.0 ['∂L/∂v1 · w = 1 · 0']
v1 w * x 1.0 ['∂L/∂L · (1 - L ** 2) = 1 · 1']
L tanh(v1) 1.0 []
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from autograd_tiny.cli.arguments import LANGUAGE, add_expression, read_numbers, root_of
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import InputError
from autograd_tiny.explanation import FORMATS
from autograd_tiny.explanation.rendering import render_text
from autograd_tiny.support.console import console, counted, displayable, line_width, show
from autograd_tiny.support.display_width import display_width
from autograd_tiny.support.json_numbers import indented_json, json_number
from autograd_tiny.symbolic.expression import Expression
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, exact_number, format_number, text_name, title_name
from autograd_tiny.trace import Anomalies, Anomaly, Event, Trace
from autograd_tiny.trace.name_ranges import list_names
from autograd_tiny.trace.tangents import Tangents
from autograd_tiny.trace.true_digits import digits_of_sum

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
  autograd-tiny explain "tanh(w*x + b)" w=2 x=0.5 b=-1 --jvp w

With --html it writes a page for any browser, on which you step through both passes and change the numbers.

With --jvp w=1 it writes out the forward mode instead: the tangent of each node as w changes with the tangent
1, then the derivatives by both modes. Several leaves may have one: --jvp w=1 --jvp b=0.5; w means w=1.

With --json the output is one object:
  expression    the text
  root          name of the last node
  value         its number
  nodes         a list, inputs before consumers; each has
    name, formula, primitive (null for a leaf), operands (names and numbers),
    value, gradient,
    contributions   a list that adds up to the gradient, empty for the root; each has
      consumer, rule, upstream, partial, contribution (upstream times partial)
    where           only if the rules for its operands have p, λ or the like: what these are
  anomalies     where inf and nan began, an empty list if all numbers are finite; each has
    phase (forward or backward), node, inputs (names and values), result, kind,
    input (that received it; null in the forward pass),
    text (its cause and a remedy)
Numbers that JSON does not have are the strings "inf", "-inf" and "nan"."""

MARGIN: Final = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_expression(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON, for programs")
    form.add_argument(
        "--format", choices=list(FORMATS), help="print a worked solution instead of the table, step by step"
    )
    form.add_argument(
        "--jvp", action="append", metavar="LEAF[=NUMBER]", help="walk the forward mode, with a tangent of this leaf"
    )
    form.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page for a browser, to step through both passes"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation."""
    expression, root = root_of(arguments)
    if arguments.html is not None:
        write_page(root, arguments.html, expression.text)
    elif arguments.jvp:
        show(repr(tangents_of(expression, root, arguments.jvp)))
    elif arguments.format == "text":
        blocks = root.explain(full=True, variable_names=False).blocks
        show(render_text(blocks, width=line_width()), hanging=4)
    elif arguments.format:
        print(displayable(root.explain(arguments.format, full=True, variable_names=False)))
    elif arguments.json:
        print(indented_json(as_json(expression.text, node_rows(root), anomalies_of(root)), indent=2))
    else:
        print_nodes(expression, node_rows(root), anomalies_of(root))
    return 0


def anomalies_of(root: Value) -> Anomalies:
    """Return where numbers first became inf or nan."""
    return Trace(root, variable_names=False).anomalies()


def tangents_of(expression: Expression, root: Value, assignments: Sequence[str]) -> Tangents:
    """Return the forward mode with the tangents of arguments such as `a=1`, or `a` for that.

    >>> from autograd_tiny.symbolic.expression import parse
    >>> expression = parse("a * a")
    >>> tangents_of(expression, expression.evaluate(a=3.0), ["a"]).tangent("L")
    6.0
    """
    seeds = read_numbers([text if "=" in text else f"{text}=1" for text in assignments], expression)
    trace = Trace(root, variable_names=False)
    for name in seeds.keys() - set(trace.names.values()):
        raise InputError(
            f"{trace.written_name(root)} does not depend on {text_name(name)}; give a tangent to another leaf"
        )
    return trace.jvp(seeds)


def write_page(root: Value, path: Path, text: str) -> None:
    """Write the page of an expression, and print its path."""
    trace = root.trace(forward=True, variable_names=False)
    trace.save(path, title=text)
    counts = f"{counted(len(trace.nodes), 'node')}, {counted(len(trace), 'event')}"
    show(f"{path}: {counts}; open it in a browser", in_files=False)


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node of the graph with its gradient.

    Attributes:
        name: its label, or v1, v2, ... where it has none; the root is L.
        formula: how it is computed from the nodes above, empty for a leaf.
        primitive: name of the row of the table, None for a leaf.
        operands: names of nodes, and plain numbers.
        value: the number.
        gradient: ∂root/∂node.
        contributions: the events that the gradient is the sum of, in the order of the backward pass.
        where: what p, λ and the like are in the rules for its operands; empty if these have none.
    """

    name: str
    formula: str
    primitive: str | None
    operands: tuple[str | float, ...]
    value: float
    gradient: float
    contributions: tuple[Event, ...]
    where: str = ""


def node_rows(root: Value) -> list[NodeRow]:
    """Return every node of a graph, inputs before consumers, with its gradient; `.grad` stays as it is."""
    trace = Trace(root, variable_names=False)
    trace.finish()
    received: defaultdict[str | None, list[Event]] = defaultdict(list)
    for event in trace:
        received[event.input].append(event)
    return [_row(trace, node, tuple(received[trace.names[node]])) for node in trace.nodes]


def product_of(event: Event, digits: int = FEWEST_DIGITS) -> str:
    """Return a contribution as upstream times partial, in symbols and in numbers of so many digits."""
    gradient = f"∂{text_name(event.root)}/∂{text_name(event.node)}"
    numbers = event.product(digits).partition(" = ")[0].replace("·", " · ", 1)
    return f"{gradient} · {event.rule} = {numbers}"


def _row(trace: Trace, node: Value, contributions: tuple[Event, ...]) -> NodeRow:
    names = trace.names
    operands = tuple(names[x] if isinstance(x, Value) else x for x in node.operands)
    name, gradient = None if node.primitive is None else node.primitive.name, trace.gradient(node) or 0.0
    text, where = (of(trace.position(node)) for of in (trace.events.formula, trace.events.definition))
    return NodeRow(names[node], text, name, operands, node.data, gradient, contributions, where)


def print_nodes(expression: Expression, rows: Sequence[NodeRow], anomalies: Sequence[Anomaly] = ()) -> None:
    """Print a row, or on a narrow terminal a paragraph, for each node; the result in all digits; causes of inf."""
    from rich.measure import Measurement
    from rich.padding import Padding

    screen = console()
    table = table_of(rows)
    needed = Measurement.get(screen, screen.options.update_width(sys.maxsize), table).minimum
    if MARGIN + needed <= screen.width:
        screen.print(Padding(table, (0, 0, 1, MARGIN), expand=False))
    else:
        print_paragraphs(rows, screen)
    for text in definitions(rows):
        screen.print(Padding(displayable(text), (0, 0, 1, MARGIN)))
    screen.print(" " * MARGIN + result_of(expression, rows[-1], screen.width), style="bold", soft_wrap=True)
    screen.print()
    for anomaly in anomalies:
        screen.print(Padding(displayable(anomaly.text), (0, 0, 1, MARGIN)))


def definitions(rows: Sequence[NodeRow]) -> list[str]:
    """Return what the names in rules are that no node has, such as p of softmax, with the nodes of these rules."""
    nodes: defaultdict[str, list[str]] = defaultdict(list)
    for row in filter(lambda row: row.where, rows):
        nodes[row.where].append(text_name(row.name))
    return [f"In the rules of {list_names(names)}, {where}." for where, names in nodes.items()]


def table_of(rows: Sequence[NodeRow]) -> Table:
    """Return one row for each node."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("node", style="cyan", no_wrap=True)
    table.add_column("formula", min_width=8, overflow="fold")  # rich may take a space at the end for too wide
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("gradient", justify="right", style="bold", no_wrap=True)
    table.add_column("how the gradient came", min_width=16, overflow="fold")
    for row in rows:
        table.add_row(
            title_name(row.name), row.formula, format_number(row.value), format_number(row.gradient), came(row)
        )
    return table


def print_paragraphs(rows: Sequence[NodeRow], screen: Console) -> None:
    """Print a paragraph for each node."""
    from rich.padding import Padding

    for row in rows:
        number = " = ".join(filter(None, (text_name(row.name), row.formula, format_number(row.value))))
        screen.print(Padding(f"{number}, gradient {format_number(row.gradient)}", (0, 0, 0, MARGIN)), style="bold")
        screen.print(Padding(came(row), (0, 0, 1, 2 * MARGIN)))


def came(row: NodeRow) -> str:
    """Return the products that a gradient is the sum of, a line for each."""
    terms = [(cast("float", event.upstream), cast("float", event.partial)) for event in row.contributions]
    digits = digits_of_sum(terms, row.gradient) if terms else FEWEST_DIGITS
    products = (product_of(event, digits) for event in row.contributions)
    return displayable("\n+ ".join(products) or "∂{0}/∂{0} = 1".format(text_name(row.name)))


def result_of(expression: Expression, root: NodeRow, width: int) -> str:
    """Return the name of the root, its formula where there is space for it, and its number in all digits.

    >>> from autograd_tiny.symbolic.expression import parse
    >>> expression = parse("y = x*2")
    >>> result_of(expression, node_rows(expression.evaluate(x=2.0))[-1], 80)
    'y = x*2 = 4'
    """
    ((name, _), *others) = expression.statements
    formula = expression.text.partition("=")[2].strip() if name else expression.text
    parts = dict.fromkeys([text_name(root.name), formula, exact_number(root.value)])
    shown = " = ".join(parts)
    if others or "\n" in formula or MARGIN + display_width(shown) > width:
        return f"{root.name} = {exact_number(root.value)}"
    return shown


def as_json(text: str, rows: Sequence[NodeRow], anomalies: Sequence[Anomaly] = ()) -> dict[str, Any]:
    """Return the explanation as `--help` describes it."""
    nodes = [
        {
            "name": row.name,
            "formula": row.formula,
            "primitive": row.primitive,
            "operands": [x if isinstance(x, str) else json_number(x) for x in row.operands],
            "value": json_number(row.value),
            "gradient": json_number(row.gradient),
            **({"where": row.where} if row.where else {}),
            "contributions": [
                {
                    "consumer": event.node,
                    "rule": event.rule,
                    "upstream": json_number(event.upstream),
                    "partial": json_number(event.partial),
                    "contribution": json_number(event.contribution),
                }
                for event in row.contributions
            ],
        }
        for row in rows
    ]
    return {
        "expression": text,
        "root": rows[-1].name,
        "value": json_number(rows[-1].value),
        "nodes": nodes,
        "anomalies": [
            {
                "phase": anomaly.phase,
                "node": anomaly.node,
                "input": anomaly.input,
                "inputs": {name: json_number(number) for name, number in anomaly.inputs.items()},
                "result": json_number(anomaly.result),
                "kind": anomaly.kind,
                "text": anomaly.text,
            }
            for anomaly in anomalies
        ],
    }
