"""Commands that show the graph and its numbers, and change none of them.

Each is a function of the session and of the rest of the command line; its docstring is its help.
"""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise
from typing import Final

from autograd_tiny.debugger.calculator import PARTS
from autograd_tiny.debugger.graph_tree import path_to_root
from autograd_tiny.debugger.output import show_displays, show_graph, show_hints, show_text
from autograd_tiny.debugger.pass_cursor import PassCursor
from autograd_tiny.debugger.profile_commands import show_paths
from autograd_tiny.debugger.session import PromptError, Session, UnknownYetError, unquoted, whole_number
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import shorten
from autograd_tiny.support.console import counted
from autograd_tiny.support.display_width import display_width, pad_right
from autograd_tiny.symbolic.notation import exact_number
from autograd_tiny.trace import UnknownNodeError
from autograd_tiny.trace.difference_check import check
from autograd_tiny.trace.fact_texts import NO_LINES, NO_LINES_OF_TRAINING
from autograd_tiny.trace.formula_text import format_arrived
from autograd_tiny.trace.name_ranges import MOST_NAMES, list_names
from autograd_tiny.trace.path_sizes import product_of

LONGEST_PATH: Final = 12
"""The largest number of nodes of a path that are all shown."""
PATHS: Final = re.compile(r"(?:(.*)\s)?all(?:\s+(\S+))?")
"""The argument of `why` for a sum over paths: a node, and how many."""
NAME: Final = re.compile(r"[\w.…\[\]]*[.…\]][\w.…\[\]]*")
"""A name of several parts, which may be shortened, such as …neurons[1].w[0]."""
MANY_PATHS: Final = 1_000_000
"""More paths are not counted: in a deep graph their number has thousands of digits."""


def list_graph(session: Session, line: str) -> None:
    """List the graph around a node, with all its numbers.

    A tree with the root on top, drawn around the current node if none is named. Each row is an edge: its
    partial, the contribution if it is done, and the gradient of its lower end so far. ✓ is done, ▶ comes next. The
    graph below a node used twice is drawn once; … marks where it is left out.
    """
    show_graph(session, session.find(line))


def show_path(session: Session, line: str) -> None:
    """Show the path from a node up to the root.

    With the partial of each edge, and the number of all paths. In the forward pass a partial is known where its node
    is computed.
    """
    trace, cursor = session.trace, session.cursor
    path = path_to_root(cursor, session.find(line))
    events = [cursor.contribution_at(z, z.inputs.index(x)) for x, z in pairwise(path)]
    product = product_of([trace.events.numbers.partials[event - cursor.seed - 1] for event in events])
    _show_edges(session, path[0], events)
    count = number_of_paths(cursor, path[0])
    paths = "There is 1 path" if count == 1 else f"There are {count} paths"
    paths = "There are more than a million paths" if count == MANY_PATHS else paths
    along = f"; along this one the partials multiply to {product}" if trace.value(trace.root) is not None else ""
    show_text(session, f"{paths} from {trace.written_name(trace.root)} to {trace.written_name(path[0])}{along}.")


def number_of_paths(cursor: PassCursor, node: Value) -> int:
    """Return the number of paths from the root to a node, at most `MANY_PATHS`.

    >>> a = Value(3.0, label="a")
    >>> number_of_paths(PassCursor(a * a + a), a)
    3
    """
    edges = cursor.trace.edges
    paths = [0] * (len(edges.nodes) - 1) + [1]
    for z, x in zip(edges.source, edges.target, strict=True):
        paths[x] = min(paths[x] + paths[z], MANY_PATHS)
    return paths[cursor.trace.position(node)]


def _show_edges(session: Session, node: Value, edges: list[int]) -> None:
    """Show a node, and one row for each edge above it; of many edges those at both ends."""
    left_out = len(edges) - 7 if len(edges) >= LONGEST_PATH else 0
    rows = [(session.text.node(node), "")]
    where: dict[str, None] = {}
    for edge in edges if not left_out else [*edges[:3], *edges[-4:]]:
        consumer, events = session.cursor.node_at(edge), session.trace.events
        is_known = session.trace.value(consumer) is not None
        partial = events.partial_equation(edge - session.cursor.seed - 1) if is_known else format_arrived(None)
        where[events.definition(session.trace.position(consumer)) if is_known else ""] = None
        rows.append((session.text.node(consumer), f"partial: {partial}"))
    if left_out:
        rows.insert(4, (f"… {counted(left_out, 'more node')}", ""))
    width = max(display_width(consumer) for consumer, _ in rows)
    lines = [f"{pad_right(consumer, width)}     {partial}".rstrip() for consumer, partial in rows]
    if max(map(display_width, lines)) > session.terminal.width:
        lines = [f"{consumer}\n     {partial}".rstrip() for consumer, partial in rows]
    lines += [f"  where {text}" for text in where if text]
    for line in lines:
        session.terminal.show(line)


def up(session: Session, line: str) -> None:
    """Go up to a consumer, the N-th; l, w and p follow."""
    here = session.find("")
    _move(session, here, session.cursor.consumers(here), line, "consumer")


def down(session: Session, line: str) -> None:
    """Go down to an input, the N-th; l, w and p follow."""
    here = session.find("")
    _move(session, here, list(here.inputs), line, "input")


def _move(session: Session, here: Value, others: list[Value], line: str, kind: str) -> None:
    """Focus on the consumer or input of a number."""
    name, others = session.trace.written_name, list(dict.fromkeys(others))
    if not others:
        raise PromptError(f"{name(here)} has no {kind}s")
    number, count = whole_number(line or "1") or 0, len(others)
    if not 1 <= number <= count:
        listed = _numbered([name(node) for node in others])
        raise PromptError(f"{name(here)} has no {kind} {shorten(line)}; its {kind}s: {listed}")
    session.focus = others[number - 1]
    which = f"the {kind}" if count == 1 else f"{kind} {number} of {count}"
    session.terminal.show(f"{session.text.node(session.focus)}     {which} of {name(here)}")


def _numbered(names: list[str]) -> str:
    """Return names with their numbers, of many the first eight and the last.

    >>> _numbered(["a", "b"])
    '1 a, 2 b'
    """
    listed = [f"{number} {name}" for number, name in enumerate(names[:8], start=1)]
    return ", ".join(listed) + (f", ... {len(names)} {names[-1]}" if len(names) > 8 else "")


def print_number(session: Session, line: str) -> None:
    """Print a node, or a number such as a.grad * 2.

    A name means the value of the node. Expressions have + - * / // % **, and the functions of autograd_tiny. Labels
    with characters other than letters, digits, dots and brackets go in quotes: p "x+y".grad

    grad, value, upstream, partial and contribution alone, the numbers of a step, are for conditions only.
    """
    trace, node = session.trace, _named_node(session, line)
    if node is None:
        session.terminal.show(exact_number(session.compute(line)))
        return
    consumers = list(dict.fromkeys(session.cursor.consumers(node)))
    users = list(map(trace.written_name, consumers[:MOST_NAMES]))
    name, tangent = trace.written_name(node), session.cursor.tangent(node)
    numbers = f"{name}.grad = {format_arrived(trace.gradient(node))}"
    if session.cursor.tangents is not None:
        numbers = f"{name}' = {format_arrived(tangent)}"
    session.terminal.show(f"{session.text.node(node)}     {numbers}")
    session.terminal.show(
        f"  used by {list_names(users, more=len(consumers) - len(users))}"
        if users
        else "  the root: no node here uses it"
    )
    if line := trace.lines.sentence(node, trace.names[node]):
        session.terminal.show(f"  {line}")
    if session.cursor.tangents is None:
        show_hints(session, session.hints.inner(node))


def _named_node(session: Session, line: str) -> Value | None:
    """Return the node of a name, also of a shortened one; None for another expression, such as a.grad."""
    if not line or line in session.trace.names.values() or unquoted(line) in session.trace.names.values():
        return session.find(line)
    if NAME.fullmatch(line) and line.rpartition(".")[2] not in PARTS:
        with suppress(UnknownNodeError):
            return session.find(line)
    return None


def explain_gradient(session: Session, line: str) -> None:
    """Write a gradient as the sum over its consumers.

    In symbols and numbers, as far as it is known, with the notes on it not shown yet. In the walk of jvp, the tangent
    as the sum over its inputs.

    why w all sums over all paths from the root instead: the 20 largest one by one, by the product of their partials,
    then the number and the sum of the rest; why w all 50 shows 50.
    """
    paths = PATHS.fullmatch(line)
    if paths and line not in session.trace.names.values():
        show_paths(session, paths[1] or "", paths[2] or "")
        return
    node = session.find(line)
    tangents = session.cursor.tangents
    if tangents is not None:
        if session.cursor.tangent(node) is None:
            raise UnknownYetError(f"{session.trace.written_name(node)}'")
        session.terminal.show(tangents.sentence(node, short=session.text.short))
        if definition := session.trace.events.definition(session.trace.position(node)):
            session.terminal.show(f"  where {definition}")
        return
    session.terminal.show(session.trace.why(node))
    show_hints(session, session.hints.why(node))


def check_gradient(session: Session, line: str) -> None:
    """Compare a gradient with the central difference.

    (f(x + h) - f(x - h)) / 2h, beside the gradient at the end of the pass. Ctrl-C stops it.
    """
    node = session.find(line)
    with session.terminal.progress("check: {count} passes done; Ctrl-C stops it") as tell:
        result = check(session.trace, node, tell=tell)
    session.terminal.show(str(result))


def find_anomalies(session: Session, line: str) -> None:
    """Find where inf or nan began, and why.

    The first inf and the first nan that each pass makes, with its numbers, its cause and a remedy. The line of the
    program follows where it was recorded: build the graph inside `with record_lines():`.

    Left out is what follows from numbers that are inf or nan already, but for a nan that 0·inf or inf - inf makes;
    and in the backward pass each infinite partial of a node whose value or input is inf or nan.
    """
    found = session.trace.anomalies()
    for text in repr(found).splitlines():
        if text.startswith(" "):  # a line of the program
            session.terminal.show(text)
        else:
            show_text(session, text)
    if found and session.keeps and not any(anomaly.line for anomaly in found):
        show_text(session, NO_LINES if session.training is None else NO_LINES_OF_TRAINING)


def add_display(session: Session, line: str) -> None:
    """Show an expression at each stop.

    Alone, it shows the displayed expressions with their numbers.
    """
    if line:
        with suppress(UnknownYetError):
            session.compute(line)  # shows a mistake now, and once
        session.displays[max(session.displays, default=0) + 1] = line
    elif not session.displays:
        session.terminal.show(f"no displays; add one, as in display {session.leaf}.grad * 2")
    show_displays(session)


def remove_display(session: Session, line: str) -> None:
    """Stop showing the expression N, or all."""
    if not line:
        session.displays.clear()
    elif session.displays.pop(whole_number(line) or 0, None) is None:
        numbers = ", ".join(map(str, session.displays)) or "none"
        raise PromptError(f"no display {shorten(line)}; the displays are: {numbers}")
