r"""Show where a session stops: the steps on the way, hints, displays, and the outcome of a pass.

>>> import io
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.terminal import Terminal
>>> a = Value(3.0, label="a")
>>> session = Session(a * 2.0, Terminal(io.StringIO(), io.StringIO()))
>>> show_steps(session, session.cursor.nodes(1))
>>> print(*session.terminal.transcript, sep="\n")
L = a * 2 = 6
[1/2]  L.grad          — → 1          the seed
[2/2]  a.grad          — → 2          += L.grad·2 = 1·2 = 2
The backward pass is over: a.grad = 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from autograd_tiny.debugger.event_numbers import remedy_of_word
from autograd_tiny.debugger.graph_tree import graph_tree
from autograd_tiny.debugger.session import Session, UnknownYetError
from autograd_tiny.debugger.step_text import MANY
from autograd_tiny.debugger.update_outlook import outlook
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import MOST_ECHOED, AutogradError, shorten
from autograd_tiny.support.console import counted
from autograd_tiny.support.display_width import display_width
from autograd_tiny.symbolic.expression_parser import ExpressionError, caret_lines
from autograd_tiny.symbolic.notation import exact_number, format_number, text_name
from autograd_tiny.trace import Event, UnknownNodeError
from autograd_tiny.trace.formula_text import format_arrived
from autograd_tiny.trace.mode_comparison import compare_modes

MOST_STEPS: Final = 40
"""Of more steps at once, only those of the last node are shown."""
MOST_LEAVES: Final = 8
"""The largest number of leaves whose gradients are listed at the end."""


def show_steps(session: Session, events: Sequence[Event]) -> None:
    """Show events that were just done, each node's under a heading, and the hints on them; then stop."""
    cursor = session.cursor
    first = cursor.done - len(events) + 1
    groups = [list(group) for _, group in groupby(events, key=_pass_and_node)]
    if len(events) > MOST_STEPS and len(groups) > 1:
        show_passed(session, len(events) - len(groups[-1]), len(groups) - 1)
        first, groups = cursor.done - len(groups[-1]) + 1, groups[-1:]
    split = not _fit(session, groups)
    narrow = split and not _fit(session, groups, split=True)
    for group in groups:
        show_heading(session, group[0])
        for count, text in session.text.steps(group, split=split, narrow=narrow):
            session.terminal.show(f"{_step_numbers(session, first, count)}{text}")
            _show_tangent(session, group[0], len(_step_numbers(session, first, count)))
            first += count
    show_hints(session, [hint for group in groups for event in group for hint in _hints(session, event)])
    stop(session)


def _show_tangent(session: Session, event: Event, margin: int) -> None:
    """Show below a node that `jvp` computes how its tangent comes from those of its inputs."""
    tangents = session.cursor.tangents
    if tangents is not None:
        sentence = tangents.sentence(event.node, short=session.text.short)
        session.terminal.show(f"{' ' * margin}{sentence}")
        definition = session.trace.events.definition(session.trace.position(event.node))
        if definition:
            session.terminal.show(f"{' ' * margin}where {definition}", style="dim")


def _hints(session: Session, event: Event) -> list[str]:
    """Return the hints on an event, in the forward pass of `jvp` those on the tangent."""
    tangents = session.cursor.tangents
    if tangents is None:
        return session.hints.at(event)
    return session.hints.tangent(tangents, session.trace.find(event.node))


def show_heading(session: Session, event: Event) -> None:
    """Show the node of an event, unless it is the node of the latest heading."""
    if event.kind == "forward" or session.headline == _pass_and_node(event):
        return
    session.headline = _pass_and_node(event)
    node = session.text.node(session.trace.find(event.node))
    upstream = (
        ""
        if event.upstream is None
        else f"     {text_name(event.node)}.grad = {format_number(event.upstream, event.digits)}"
    )
    line = session.trace.lines.where(session.trace.find(event.node))
    heading = f"{node}{upstream}{line and f'     {line}'}"
    fits = display_width(heading) <= session.terminal.width
    session.terminal.show(heading if fits else f"{node}{upstream}", style="bold")
    definition = session.trace.events.definition(session.trace.position(event.node))
    if definition:
        session.terminal.show(f"  where {definition}", style="dim")


def show_undone(session: Session, events: Sequence[Event]) -> None:
    """Show events that were just undone, the latest first; then stop."""
    session.headline = None
    if len(events) >= MANY:
        show_passed(session, len(events), len({_pass_and_node(event) for event in events}), back=True)
    else:
        narrow = not all(_fits(session, session.text.undone(event)) for event in events)
        for number, event in reversed(list(enumerate(events, start=session.cursor.done + 1))):
            session.terminal.show(f"{_step_numbers(session, number, 1)}{session.text.undone(event, narrow=narrow)}")
    stop(session)


def show_passed(session: Session, steps: int, nodes: int, *, back: bool = False, where: str = "") -> None:
    """Show in one line that steps were done or undone which are not shown."""
    is_forward = session.cursor.is_forward
    of_nodes = f"{counted(nodes, 'operation' if is_forward else 'node')}{where}"
    what = of_nodes if is_forward else f"{counted(steps, 'step')} of {of_nodes}"
    session.terminal.show(f"… {what} {'undone' if back else 'computed' if is_forward else 'done'}", style="dim")


def show_place(session: Session) -> None:
    """Show the latest event again, after a long move; then stop."""
    session.headline = None
    if session.cursor.is_at_start:
        session.terminal.show(f"This is the beginning of the {session.cursor.pass_name} pass.")
        stop(session)
    else:
        latest = session.trace.cursor
        show_steps(session, session.trace[latest - 1 : latest])


def stop(session: Session) -> None:
    """Show the displays, and at the end of a pass its outcome; focus on the current node."""
    session.focus, session.has_stopped = None, True
    show_displays(session)
    if session.cursor.is_at_end:
        show_text(session, _outcome(session))
        _show_comparison(session)


def _show_comparison(session: Session) -> None:
    """Show at the end of the pass of `jvp` what the backward pass gives, and what each of both costs."""
    tangents = session.cursor.tangents
    if tangents is not None:
        for line in compare_modes(tangents).lines(short=session.text.short, width=session.terminal.width):
            session.terminal.show_sentence(line)


def show_text(session: Session, text: str) -> None:
    """Show a sentence, wrapped to the width of the terminal."""
    session.terminal.show_sentence(text)


def show_hints(session: Session, hints: Sequence[str]) -> None:
    """Show hints, wrapped and indented."""
    for hint in hints:
        session.terminal.show_sentence(hint, style="hint", label="  hint: ")


def show_error(session: Session, error: AutogradError) -> None:
    """Show why a command was not carried out."""
    message = str(error)
    if isinstance(error, UnknownNodeError):
        close = f"did you mean {' or '.join(map(text_name, error.close))}?" if error.close else "l shows the nodes"
        message = remedy_of_word(error.name) or f"no node {shorten(error.name, MOST_ECHOED)}; {close}"
    elif isinstance(error, ExpressionError):
        shown, caret = caret_lines(error.text, error.line, error.column, width=session.terminal.width - 2)
        message = f"{error.problem}\n  {shown}\n  {caret}" if shown else error.problem
    session.terminal.show(message)


def show_graph(session: Session, focus: Value) -> None:
    """Show the graph around a node."""
    terminal = session.terminal
    for text, style in graph_tree(
        session.text, session.cursor, focus, width=terminal.width, encoded=terminal.encodable
    ):
        session.terminal.show(text, style=style)


def show_displays(session: Session) -> None:
    """Show the displayed expressions, a dash for one that is not known yet."""
    for number, text in session.displays.items():
        try:
            result = exact_number(session.compute(text))
        except UnknownYetError:
            result = format_arrived(None)
        session.terminal.show(f"{number}: {text} = {result}")


def _fit(session: Session, groups: Sequence[Sequence[Event]], *, split: bool = False) -> bool:
    """Return whether each step fits into a line, or the first of its two; all of a listing have one format."""
    return all(_fits(session, text) for group in groups for _, text in session.text.steps(group, split=split))


def _fits(session: Session, text: str) -> bool:
    return len(_step_numbers(session, 1, 1)) + display_width(text.partition("\n")[0]) <= session.terminal.width


def _step_numbers(session: Session, first: int, count: int) -> str:
    """Return the numbers of the steps in one line, and how many there are in all."""
    total = str(session.cursor.total)
    last = f"..{first + count - 1}" if count > 1 else ""
    return f"[{first:>{len(total)}}{last}/{total}]  "


def _outcome(session: Session) -> str:
    """Return the result of the pass: the value of the root, or the gradients of the leaves."""
    trace = session.trace
    if session.cursor.is_forward:
        name = trace.written_name(trace.root)
        root = f"{name} = {format_arrived(trace.value(trace.root))}"
        if session.cursor.tangents is not None:
            root += f", {name}' = {format_number(session.cursor.tangents.tangent(trace.root))}"
        return f"The forward pass is over: {root}. Now type backward."
    leaves = [node for node in trace.nodes if node.primitive is None]
    following = outlook(session.training) if session.training else ""
    remedy = f" {following if following.startswith('s ') else following.capitalize()}." if following else ""
    gradients = [f"{trace.written_name(leaf)}.grad = {format_arrived(trace.gradient(leaf))}" for leaf in leaves]
    if len(leaves) <= MOST_LEAVES:
        return f"The backward pass is over: {', '.join(gradients)}.{remedy}"
    sizes = [abs(trace.gradient(leaf) or 0.0) for leaf in leaves]
    if not any(sizes):
        return f"The backward pass is over: the gradients of all {len(leaves)} leaves are 0.{remedy}"
    largest = max(range(len(leaves)), key=sizes.__getitem__)
    return (
        f"The backward pass is over: {len(leaves)} leaves, the largest gradient is {gradients[largest]}, "
        f"{sizes.count(0.0) or 'none'} of them 0.{remedy}"
    )


def _pass_and_node(event: Event) -> tuple[bool, str]:
    return event.kind == "forward", event.node
