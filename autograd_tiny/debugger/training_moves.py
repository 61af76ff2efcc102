"""Move a training by updates, and show where it is and how its parameters changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite
from typing import Final

from autograd_tiny.debugger.inspect_commands import find_anomalies
from autograd_tiny.debugger.output import show_text, stop
from autograd_tiny.debugger.session import PromptError, Session
from autograd_tiny.debugger.training import Training
from autograd_tiny.debugger.training_page import update_place
from autograd_tiny.debugger.update_outlook import can_go_back, no_update
from autograd_tiny.debugger.update_text import digits_between, rounded
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.support.console import counted
from autograd_tiny.support.display_width import display_width, pad_right
from autograd_tiny.symbolic.notation import format_number

MOST_UPDATES: Final = 8
"""The largest number of parameters whose updates are all shown unasked."""
LARGEST_UPDATES: Final = 4
"""The number that is shown of more."""

# ── the place ──


def training_of(session: Session) -> Training:
    """Return the training that the session steps through.

    Raises:
        PromptError: it steps through one pass.
    """
    if session.training is None:
        raise PromptError("this session steps through one pass; autograd-tiny step --train steps through a training")
    return session.training


def show_beginning(session: Session) -> None:
    """Show the training, and where it is."""
    show_text(session, training_of(session).title)
    show_update_place(session)
    moves = ", n update an update, n epoch an epoch" if isfinite(training_of(session).loss) else ""
    show_text(session, f"s makes a step{moves}; h helps.")


def show_update_place(session: Session) -> None:
    """Show the next update and the size of its pass; where its loss is not finite, why."""
    training = training_of(session)
    size = f"{counted(len(session.trace.nodes), 'node')}, {counted(session.cursor.total, 'step')}"
    if training.update == training.total:
        loss = f"the last batch once more: loss = {format_number(training.loss)}, {size}"
        show_text(session, f"The training is over after {counted(training.total, 'update')}; {loss}.")
    else:
        session.terminal.show(f"{update_place(training)}; {size}", style="bold")
    if training.changed is not None:
        before = format_number(training.losses[training.update])
        show_text(session, f"The loss was {before} at first: the model does not repeat its numbers.")
    if not isfinite(training.loss):
        show_text(session, "The loss is not finite, so no update can follow.")
        find_anomalies(session, "")


def follow(session: Session) -> None:
    """Open the pass of the next update, where Ctrl-C came before this was done."""
    training = training_of(session)
    if session.update != training.update:
        session.open(training.root)


def show_farewell(session: Session) -> None:
    """Show in which state the model is left."""
    update = training_of(session).update
    if not session.keeps:
        return
    if update:
        text = f"The model has the parameters after update {update}, and the gradients of that update."
    else:
        text = "No update is done: the model is as it was."
    show_text(session, text)


# ── moving ──


def go_on(
    session: Session, target: int, *, until: Callable[[], bool] | None = None, ends: Callable[[Session], None] = stop
) -> None:
    """Make updates up to a number of them, or until something holds before the next one; then show the place.

    Args:
        session: that steps through a training.
        target: the number of updates.
        until: is called after each update.
        ends: is called at the end.
    """
    training = training_of(session)
    begun, target = training.update, min(target, training.total)
    if begun == training.total:
        raise PromptError(f"the training is over after {counted(begun, 'update')}; rn update goes back, q ends")
    if not isfinite(training.loss):
        back = ", rn update goes back" if can_go_back(training) else ""
        raise PromptError(f"{no_update(training)}; nan tells why{back}")
    problem: BaseException | None = None
    try:
        while training.update < target:
            training.forward()
            if (until is not None and until()) or not isfinite(training.loss):
                break
    except (AutogradError, KeyboardInterrupt) as error:
        problem = error
    if training.update > begun:
        _show_moved_on(session, begun)
        _open(session, ends)
    if isinstance(problem, KeyboardInterrupt):
        session.terminal.show(f"\ninterrupted; {counted(training.update, 'update')} done")
        session.pending.clear()
    elif problem is not None:
        raise problem


def go_back(
    session: Session, target: int, *, until: Callable[[], bool] | None = None, ends: Callable[[Session], None] = stop
) -> None:
    """Undo updates down to a number of them, or until something holds before one; then show the place."""
    training = training_of(session)
    if target < training.oldest:
        if training.oldest == 0:
            where = "this is the beginning of the training" if training.update == 0 else "so many are not done"
            raise PromptError(f"{where}; {counted(training.update, 'update')} can be undone")
        kept = training.update - training.oldest
        oldest = f"only {counted(kept, 'update')}" if kept else "no update"
        raise PromptError(f"{oldest} can be undone, older ones are not kept; {_keep_more(session)}")
    undone = list(_undone_lines(session)) if target < training.update else []
    begun = training.update
    if until is None and target < begun:
        training.back(begun - target)
    while training.update > target:
        training.back()
        if until is not None and until():
            break
    if training.update == begun - 1:
        session.terminal.show(f"update {begun} undone: all numbers restored", style="bold")
        for text in undone:
            session.terminal.show(text)
    elif training.update < begun:
        session.terminal.show(f"… {counted(begun - training.update, 'update')} undone", style="dim")
    _open(session, ends)


def _open(session: Session, ends: Callable[[Session], None]) -> None:
    """Go on with the pass of the next update, and show the place."""
    training = training_of(session)
    for breakpoint in session.open(training.root):
        session.terminal.show(f"cleared {breakpoint}: this pass has no such node")
    show_update_place(session)
    if training.oldest and not session.has_told_oldest:
        session.has_told_oldest = True
        kept = counted(training.update - training.oldest, "update")
        show_text(session, f"Only the latest {kept} can be undone from here on; {_keep_more(session)}.")
    ends(session)


def _keep_more(session: Session) -> str:
    return f"{'history=N' if session.keeps else '--history N'} keeps more"


def _show_moved_on(session: Session, begun: int) -> None:
    """Show the updates that were made: one with its parameters, several in a line; and the epochs that are over."""
    training = training_of(session)
    done = training.update - begun
    if done > 1:
        session.terminal.show(f"… {counted(done, 'update')} done; update shows the latest", style="dim")
    else:
        loss = format_number(training.losses[training.update - 1])
        session.terminal.show(f"update {training.update} done: loss = {loss}", style="bold")
        for text in update_lines(session, most=MOST_UPDATES):
            session.terminal.show(text)
    size = training.updates_per_epoch
    epochs = range(begun // size + 1, training.update // size + 1)
    if size > 1 and epochs:
        mean = format_number(training.mean_loss(epochs[-1]))
        session.terminal.show(f"epoch {epochs[-1]} is over: its mean loss is {mean}", style="bold")


def update_lines(session: Session, *, most: int) -> Iterator[str]:
    """Yield a line for each parameter that the latest update changed, of many for those it changed most."""
    training = training_of(session)
    found = [(x, record) for x in training.parameters if (record := training.record(x)) is not None]
    shown = found
    if len(found) > most:
        sizes = {x: abs(record.after - record.before) for x, record in found}
        largest = set(sorted(sizes, key=sizes.__getitem__, reverse=True)[:LARGEST_UPDATES])
        shown = [(x, record) for x, record in found if x in largest]
    width = max((display_width(parameter_name(session, x)) for x, _ in shown), default=0)
    named = [(pad_right(parameter_name(session, x), width), record) for x, record in shown]
    texts = [f"  {session.update_text.line(name, record)}" for name, record in named]
    if max(map(display_width, texts), default=0) > session.terminal.width:
        texts = [f"  {session.update_text.line(name, record, split=True)}" for name, record in named]
    yield from texts
    if len(found) > len(shown):
        yield f"  … {counted(len(found) - len(shown), 'more parameter')}, none changed more: update lists all"


def _undone_lines(session: Session) -> Iterator[str]:
    """Yield a line for each parameter that the latest update changed, if they are few, as it is undone."""
    training = training_of(session)
    found = [(x, record) for x in training.parameters if (record := training.record(x)) is not None]
    for x, record in found if len(found) <= MOST_UPDATES else []:
        digits = digits_between(record.before, record.after)
        yield f"  {parameter_name(session, x)}  {rounded(record.after, digits)} → {rounded(record.before, digits)}"


def parameter_name(session: Session, parameter: Value) -> str:
    """Return the short name of a parameter; its label if the pass does not use it."""
    name = session.trace.names.get(parameter)
    return (
        session.text.name(name or parameter.label)
        if name or parameter.label
        else "a parameter that this pass does not use"
    )
