"""Commands that step through the passes, and jump in them.

Each is a function of the session and of the rest of the command line; its docstring is its help.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Final

from autograd_tiny.debugger.output import show_passed, show_place, show_steps, show_text, show_undone, stop
from autograd_tiny.debugger.session import PromptError, Session, whole_number
from autograd_tiny.debugger.update_outlook import can_go_back, outlook
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import shorten
from autograd_tiny.support.console import counted
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace.name_ranges import list_names

NUMBER: Final = re.compile(r"[-+.\d]")
"""The beginning of a number; the name of a kind of module begins otherwise."""
LINE: Final = re.compile(r"(.+?:\d+)(?:\s+(if\s.*))?")
"""A line of the program, and a condition."""
MOST_LISTED: Final = 20
"""The largest number of nodes of a line that are listed."""


def step(session: Session, line: str) -> None:
    """Do the next step, one contribution, or N of them.

    The line shows whose gradient changes, from what to what, and why: the gradient of the consumer (the upstream)
    times the partial. A dash is a gradient that has received nothing yet.
    """
    count = times(line)
    if has_more(session, back=False):
        show_steps(session, session.cursor.steps(count))


def step_back(session: Session, line: str) -> None:
    """Undo the latest step, or N of them.

    Every number is restored to what it was, not subtracted.
    """
    count = times(line)
    if has_more(session, back=True):
        show_undone(session, session.cursor.steps(count, back=True))


def next_node(session: Session, line: str) -> None:
    """Do all steps of the next node, or of N nodes.

    A word such as layer or neuron goes on to the end of that module. The labels of parameters name the modules:
    layers[0].neurons[1].w[0] is a weight of a neuron in a layer. n does not stop at breakpoints; c does.
    """
    _step_nodes(session, line, back=False)


def previous_node(session: Session, line: str) -> None:
    """Undo all steps of the latest node.

    A number and a word mean what they mean for n.
    """
    _step_nodes(session, line, back=True)


def jump(session: Session, line: str) -> None:
    """Jump to where N steps of this pass are done.

    Forwards or backwards; j 0 is the beginning.
    """
    number, total = whole_number(line), session.cursor.total
    if number is None or number > total:
        got = f"{shorten(line)} is not a step" if line else "no step given"
        raise PromptError(f"{got}; j takes a whole number from 0 to {total}, the number of steps done")
    session.cursor.jump(number)
    show_place(session)


def enter_forward_pass(session: Session, line: str) -> None:
    """Enter the forward pass, one operation a step.

    The commands are the same; backward returns to where the backward pass was left.
    """
    _enter_pass(session, forward=True)


def enter_backward_pass(session: Session, line: str) -> None:
    """Enter the backward pass, one contribution a step."""
    _enter_pass(session, forward=False)


def _enter_pass(session: Session, *, forward: bool) -> None:
    cursor = session.cursor
    cursor.enter(forward=forward)
    session.headline, session.focus, session.has_stopped = None, None, True
    steps = counted(cursor.total, "operation, one a step", "operations, one a step")
    if not forward:
        steps = f"{counted(cursor.total, 'step')}, each one contribution, the seed included"
    done = f"; {cursor.done} done, j 0 goes to the beginning" if cursor.done else ""
    show_text(session, f"The {cursor.pass_name} pass: {steps}{done}.")


def has_more(session: Session, *, back: bool) -> bool:
    """Return whether there is a step to do or undo; if not, show what else to do."""
    cursor = session.cursor
    if not (cursor.is_at_start if back else cursor.is_at_end):
        return True
    if cursor.is_forward:
        remedy = "backward enters the backward pass"
    elif session.training is not None and not back and (following := outlook(session.training)):
        remedy = f"{following}, rs goes back" if following.startswith("s makes") else f"{following}; rs goes back"
    elif session.training is not None and back and can_go_back(session.training):
        remedy = "rs undoes the update before it"
    else:
        remedy = "forward enters the forward pass" if back else "rs goes back, q ends the session"
    name = cursor.pass_name
    where = f"This is the beginning of the {name} pass" if back else f"The {name} pass is over"
    session.terminal.show(f"{where}; {remedy}.")
    return False


def _step_nodes(session: Session, line: str, *, back: bool) -> None:
    is_module = bool(line) and not NUMBER.match(line)
    count = 1 if is_module else times(line)
    if is_module:
        _require_module(session, line)
    if not has_more(session, back=back):
        return
    if is_module:
        _step_module(session, line, back=back)
        return
    events = session.cursor.nodes(count, back=back)
    if back:
        show_undone(session, events)
    else:
        show_steps(session, events)


def _require_module(session: Session, kind: str) -> None:
    """Raise a PromptError where no module of the graph is of a kind."""
    kinds = session.module_kinds()
    if kind not in kinds:
        known = f"the labels here name: {', '.join(kinds)}" if kinds else "no label here is like layers[0].w[1]"
        raise PromptError(f"{shorten(kind)} is neither a number of times nor a module; {known}")


def _step_module(session: Session, kind: str, *, back: bool) -> None:
    """Do or undo the steps of a layer, a neuron or the like, and summarize them in one line."""
    trace = session.trace
    before = trace.cursor
    nodes = session.cursor.module(kind, back=back)
    modules = list(dict.fromkeys(filter(None, map(trace.module, nodes))))
    where = f" of {list_names(modules)}" if modules else f" outside every {kind}"
    show_part(session, nodes, abs(trace.cursor - before), back=back, where=where)


def show_part(session: Session, nodes: Sequence[Value], steps: int, *, back: bool, where: str) -> None:
    """Summarize the steps of a part of the graph, and the gradients of its parameters; then stop."""
    trace = session.trace
    show_passed(session, steps, len(nodes), back=back, where=where)
    parameters = [x for node in nodes for x in node.inputs if x.primitive is None and trace.module(x)]
    gradients = [gradient for x in dict.fromkeys(parameters) if (gradient := trace.gradient(x)) is not None]
    if gradients:
        least, most = format_number(min(gradients)), format_number(max(gradients))
        of = counted(len(gradients), "parameter")
        zeros = gradients.count(0.0) or "none"
        session.terminal.show(f"  gradients of {of}: from {least} to {most}, {zeros} of them 0")
    session.headline = None
    stop(session)


def times(line: str) -> int:
    """Return how many times to do a command, once if it does not say."""
    count = whole_number(line or "1")
    if not count:
        raise PromptError(f"{shorten(line)} is not a number of times; write a whole number from 1")
    return min(count, sys.maxsize)
