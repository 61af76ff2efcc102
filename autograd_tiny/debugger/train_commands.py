"""Commands that step through a training: by example, update and epoch, and back; its loss, and its updates.

Each is a function of the session and of the rest of the command line; its docstring is its help.
"""

from __future__ import annotations

import re
from math import isfinite
from pathlib import Path
from typing import Final

from autograd_tiny.debugger import breakpoint_commands, edit_commands, step_commands, training_runs
from autograd_tiny.debugger.output import show_text, stop
from autograd_tiny.debugger.session import PromptError, Session, whole_number
from autograd_tiny.debugger.training_condition import Condition
from autograd_tiny.debugger.training_moves import (
    go_back,
    go_on,
    parameter_name,
    show_farewell,
    training_of,
    update_lines,
)
from autograd_tiny.debugger.training_page import save_page
from autograd_tiny.debugger.update_outlook import can_go_back
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError, shorten
from autograd_tiny.support.area_plot import area_plot, points_per_column
from autograd_tiny.support.console import counted
from autograd_tiny.support.display_width import display_width
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace.name_ranges import list_names

PLOT_HEIGHT: Final = 8
MOST_LISTED: Final = 20
"""The largest number of parameters that are listed in an error."""
KINDS: Final = {"example": "example", "pass": "pass", "batch": "update", "update": "update", "epoch": "epoch"}
"""The units of `n` and `rn` in a training, and the word for each; a batch makes one update."""
MOVE: Final = re.compile(r"(?:(\d+)\s+)?(example|pass|batch|update|epoch)(?:e?s)?(?:\s+(\d+))?")
"""A unit, with its count before or after it."""
LETTER: Final = re.compile(r"[^\W\d_]")

# ── commands ──


def step(session: Session, line: str) -> None:
    """Do a step, at the end the update.

    A step is one contribution; s 3 does three. After the last one of the pass, s makes the update.

    The line shows whose gradient changes, from what to what, and why: the gradient of the consumer (the upstream)
    times the partial. A dash is a gradient that has received nothing yet.
    """
    _times(line, "n")  # refuses a mistake before the update as well
    if session.cursor.is_at_end and not session.cursor.is_forward:
        go_on(session, training_of(session).update + 1)
    else:
        step_commands.step(session, line)


def step_back(session: Session, line: str) -> None:
    """Undo the latest step, or N.

    At the beginning of the pass it undoes the latest update, and is at the end of the pass before that. Every number
    is restored to what it was, not subtracted.
    """
    _times(line, "rn")
    if session.cursor.is_at_start and not session.cursor.is_forward:
        go_back(session, training_of(session).update - 1)
        session.cursor.jump(session.cursor.total)
        stop(session)
    else:
        step_commands.step_back(session, line)


def next_part(session: Session, line: str) -> None:
    """Do a node, an example, an update or an epoch.

    n pass finishes the pass, before its update; n update (or n batch) makes the update too, n 3 updates makes three.
    n epoch goes on to the next epoch. n layer and n neuron stay within the pass: the labels of parameters name the
    modules. None of them stops at a breakpoint; c does.
    """
    kind, count = _kind_and_count(session, line, "n")
    training = training_of(session)
    if kind == "example":
        _step_examples(session, count, back=False)
    elif kind == "pass":
        _finish_passes(session, count)
    elif kind == "update":
        go_on(session, training.update + count)
    elif kind == "epoch":
        go_on(session, (training.epoch + count - 1) * training.updates_per_epoch)
    elif line in {"", "1"} and session.cursor.is_at_end and not session.cursor.is_forward:
        step(session, line)
    else:
        step_commands.next_node(session, line)


def previous_part(session: Session, line: str) -> None:
    """Undo a node, an example, an update or an epoch.

    rn update, or rn pass, goes to the beginning of the pass, and from there undoes the latest update. All numbers are
    restored: parameters, the state of the rule, the order of the examples.
    """
    kind, count = _kind_and_count(session, line, "rn")
    training, cursor = training_of(session), session.cursor
    if kind == "example":
        _step_examples(session, count, back=True)
    elif kind in {"pass", "update"}:
        within = cursor.is_forward or not cursor.is_at_start
        go_back(session, training.update - count + within)
    elif kind == "epoch":
        first = (training.epoch - 1) * training.updates_per_epoch
        within = training.update > first or cursor.is_forward or not cursor.is_at_start
        go_back(session, first - (count - within) * training.updates_per_epoch)
    else:
        step_commands.previous_node(session, line)


def run_on(session: Session, line: str) -> None:
    """Go on to the next breakpoint, the N-th, or the end.

    The end is that of the training: c makes all updates on the way, and stops where the loss is not finite. n pass
    goes to the end of the pass, n update to the next update. In the forward pass, and in the pass after the last
    update, c stays within the pass.
    """
    _run(session, line, back=False)


def run_back(session: Session, line: str) -> None:
    """Go back to a breakpoint, the N-th, or the start.

    The start is that of the training, as far as its updates are kept. j 0 goes to the beginning of the pass.
    """
    _run(session, line, back=True)


def go_until(session: Session, line: str) -> None:
    """Go on until loss < 0.1, or until a node.

    A condition is about the update that comes next: its loss, lr, epoch, batch and update (its number), the
    parameters, and the gradients at the end of its pass: until epoch == 3, until abs(w.grad) < 1e-3. A node alone is
    reached within the pass; breakpoints stop on the way.
    """
    if not line:
        raise PromptError(
            f"no condition and no node given; write one, as in until loss < 0.1, or until {session.stop_example}"
        )
    if _is_node(session, line):
        breakpoint_commands.go_until(session, line)
        return
    training = training_of(session)
    condition = Condition(training, line, variable_names=session.variable_names)
    if condition.holds():
        raise PromptError(f"{line} holds here already")
    go_on(session, training.total, until=condition.holds)
    if not condition.holds():
        show_text(session, f"{line} did not hold before any of these updates.")
    elif condition.has_gradient:
        session.cursor.jump(session.cursor.total)
        show_text(session, f"{line} holds at the end of this pass, before the update.")
    else:
        show_text(session, f"{line} holds.")


def set_leaf(session: Session, line: str) -> None:
    """Try another number for a leaf, in this pass.

    As in a session of one pass: it shows all that changes, and which kinks are crossed. The model stays as it is, so
    the update is made from its own numbers.
    """
    edit_commands.set_leaf(session, line)
    show_text(session, "The update is made from the numbers of the model, without this one.")


def show_updates(session: Session, line: str) -> None:
    """Show the latest update.

    With a parameter, that of this one, each formula in symbols and in numbers. In the formulas p is the parameter, g
    its gradient, t the number of the update; others are the settings and the state of the rule before the update. If
    a node has such a name too, the formulas have _t after it, as in b_t.
    """
    training = training_of(session)
    if training.update == 0:
        raise PromptError("no update is done yet; n update makes one")
    if line:
        parameter = session.find(line)
        record = training.record(parameter)
        if record is None:
            raise _not_updated(session, parameter)
        name, width = parameter_name(session, parameter), session.terminal.width
        taken = set(session.trace.names.values())
        lines = session.update_text.details(name, record, taken=taken)
        if max(map(display_width, lines)) > width:
            lines = session.update_text.details(name, record, taken=taken, split=True)
        for text in lines:
            session.terminal.show(text)
        return
    for text in update_lines(session, most=len(training.parameters)):
        session.terminal.show(text)


def show_losses(session: Session, line: str) -> None:
    """Plot the loss so far.

    That of each update, computed before it from the examples of its batch. Where there are more updates than columns,
    a column is the mean of several.
    """
    training, width = training_of(session), session.terminal.width
    losses = training.losses[: min(training.update + 1, training.total)]
    least = min(range(len(losses)), key=lambda place: (losses[place] != losses[place], losses[place]))
    summary = f"loss of update 1: {format_number(losses[0])}"
    if len(losses) > 1:
        summary = (
            f"loss of updates 1 to {len(losses)}: {format_number(losses[0])} → {format_number(losses[-1])}, "
            f"least {format_number(losses[least])} in update {least + 1}"
        )
    show_text(session, summary)
    for text in area_plot(losses, width=width, height=PLOT_HEIGHT):
        session.terminal.show(text)
    fewest, most = points_per_column(losses, width=width)
    if most > 1:
        count = str(most) if fewest == most else f"{fewest} or {most}"
        show_text(session, f"Each column is the mean of {count} updates.")
    if not isfinite(losses[-1]):  # the training stops there
        show_text(session, f"The loss of update {len(losses)}, {format_number(losses[-1])}, is left out.")
    if training.update == training.total:
        show_text(session, f"After the training, the last batch has the loss {format_number(training.loss)}.")


def save(session: Session, line: str) -> None:
    """Write the transcript into a file, or a page.

    save session.txt writes what this session has shown. save walk.html writes a page that steps through the passes of
    the latest updates, up to the one shown, with the losses and the formula of each update. Before it overwrites a
    file, it asks.
    """
    if Path(line).suffix.lower() not in {".html", ".htm"}:
        edit_commands.save_transcript(session, line)
        return
    path = edit_commands.path_to_write(session, line)
    with edit_commands.refusing(path):
        passes = save_page(session, training_of(session), path)
    session.terminal.show(f"wrote {path}, a page with {counted(passes, 'pass', 'passes')}")


def quit_training(session: Session, line: str) -> bool:
    """End the session.

    The model and the optimizer stay in the state shown: after the latest update that was done and not undone. The end
    of the input, Ctrl-D, does the same. The program goes on; abort stops it.
    """
    show_farewell(session)
    return True


def abort(session: Session, line: str) -> bool:
    """Stop the program.

    The model and the optimizer stay in the state shown, as after q; abort raises SystemExit.
    """
    if session.keeps:
        raise SystemExit("stopped by abort in debug_training()")
    return True


def _not_updated(session: Session, node: Value) -> PromptError:
    """Return why the latest update has no record of a node, and of which nodes it has one."""
    training, name = training_of(session), session.trace.written_name(node)
    if node in training.parameters:
        return PromptError(f"update {training.update} did not change {name}: the optimizer does not update it")
    names = [parameter_name(session, x) for x in training.parameters[:MOST_LISTED]]
    known = list_names(names, more=len(training.parameters) - len(names))
    what = "is a leaf, but not a parameter" if node.primitive is None else "is computed, not updated"
    return PromptError(f"{name} {what}; the parameters are: {known}")


def _run(session: Session, line: str, *, back: bool) -> None:
    training, cursor, count = training_of(session), session.cursor, _times(line, "rn" if back else "n")
    can_move = can_go_back(training) if back else training.update < training.total and isfinite(training.loss)
    if cursor.is_forward or not can_move:
        breakpoint_commands.run(session, line, back=back)
    elif back:
        training_runs.run_back(session, count)
    else:
        training_runs.run_on(session, count)


def _finish_passes(session: Session, count: int) -> None:
    """Go on to the end of the pass, at the end to that of the next pass; before its update."""
    updates = count - 1 + (session.cursor.is_at_end and not session.cursor.is_forward)
    if updates:
        go_on(session, training_of(session).update + updates, ends=lambda session: None)
    breakpoint_commands.show_end(session)


def _step_examples(session: Session, count: int, *, back: bool) -> None:
    """Do or undo the steps of examples, and summarize each in a line."""
    part_of = _examples(session)
    for _ in range(count):
        if not step_commands.has_more(session, back=back):
            return
        before = session.trace.cursor
        nodes = session.cursor.part(part_of.__getitem__, back=back)
        names = dict.fromkeys(part_of[node] for node in nodes)
        session.headline = None
        steps = abs(session.trace.cursor - before)
        where = f" of {', '.join(names)}"
        step_commands.show_part(session, nodes, steps, back=back, where=where)


def _examples(session: Session) -> dict[Value, str]:
    """Return the example that each computed node belongs to; their mean counts to the one that comes next."""
    part_of: dict[Value, str] = {}
    for number, loss in training_of(session).examples:
        for node in topological_order(loss):
            if node.primitive is not None:
                part_of.setdefault(node, f"example {number + 1}")
    nodes = reversed(session.trace.nodes)
    first = next((part_of[node] for node in nodes if node in part_of), "")
    return {session.trace.root: first} | part_of


def _times(line: str, command: str) -> int:
    """Return how many times to do a command that takes no unit; `command` is the one that does."""
    if MOVE.fullmatch(line.strip()):
        raise PromptError(
            f"{shorten(line)} is not a number of times; {command} takes it, as in {command} {line.strip()}"
        )
    return step_commands.times(line)


def _kind_and_count(session: Session, line: str, command: str) -> tuple[str, int]:
    """Return what a command steps over, an empty text for nodes and modules, and how many of them."""
    match = MOVE.fullmatch(line.strip())
    if match is None:
        kinds = [kind for kind in KINDS if kind in line]
        if kinds:
            raise _not_a_number_of_times(command, line, KINDS[kinds[0]])
        modules = session.module_kinds()
        if LETTER.search(line) and line not in modules:
            known = f"a number of nodes, or one of {', '.join([*KINDS, *modules])}, as in {command} 2 updates"
            raise PromptError(f"{command} does not take {shorten(line)}; it takes {known}")
        return "", 1
    kind = KINDS[match[2]]
    count = whole_number(match[1] or match[3] or "1")
    if not count or (match[1] and match[3]):
        raise _not_a_number_of_times(command, line, kind)
    return kind, count


def _not_a_number_of_times(command: str, line: str, kind: str) -> PromptError:
    several = counted(2, kind, "passes" if kind == "pass" else "")
    return PromptError(f"{shorten(line)} is not a number of times; write one, as in {command} {several}")


def _is_node(session: Session, text: str) -> bool:
    try:
        session.find(text)
    except AutogradError:
        return False
    return True
