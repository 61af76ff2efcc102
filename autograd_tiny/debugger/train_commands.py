"""Commands that step through a training: by example, update and epoch, and back; its loss, and its updates.

Each is a function of the session and of the rest of the command line; its docstring is its help.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import isfinite
from pathlib import Path
from typing import Final

from autograd_tiny.debugger import edit_commands, step_commands
from autograd_tiny.debugger.calculator import Calculation
from autograd_tiny.debugger.inspect_commands import find_anomalies
from autograd_tiny.debugger.output import show_text, stop
from autograd_tiny.debugger.session import PromptError, Session, whole_number
from autograd_tiny.debugger.training import Training
from autograd_tiny.debugger.training_page import save_page, update_place
from autograd_tiny.debugger.update_text import digits_between, rounded
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError, shorten
from autograd_tiny.support.area_plot import area_plot
from autograd_tiny.support.console import counted
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace import Trace

MOST_UPDATES: Final = 8
"""The largest number of parameters whose updates are all shown unasked."""
LARGEST_UPDATES: Final = 4
"""How many are shown of more."""
PLOT_HEIGHT: Final = 8
KINDS: Final = {"example": "example", "batch": "update", "update": "update", "epoch": "epoch"}
"""What `n` and `rn` step over in a training; a batch is what an update is made from."""
MOVE: Final = re.compile(r"(?:(\d+)\s+)?(example|batch|update|epoch)(?:e?s)?(?:\s+(\d+))?")
"""What to step over, and how many, before or after it."""
NUMBERS: Final[dict[str, Callable[[Training], float]]] = {
    "loss": lambda training: training.loss,
    "lr": lambda training: training.lr,
    "update": lambda training: training.update + 1.0,
    "epoch": lambda training: float(training.epoch),
    "batch": lambda training: float(training.batch),
}
"""The numbers of the next update that a condition of `until` may name."""


# ── commands ──


def step(session: Session, line: str) -> None:
    """Do a step, at the end the update.

    A step is one contribution; s 3 does three. After the last one of the pass, s makes the update.

    The line shows whose gradient changes, from what to what, and why: the gradient of the consumer (the upstream)
    times the partial. A dash is a gradient that has received nothing yet.
    """
    if session.cursor.is_at_end and not session.cursor.is_forward:
        _go_on(session, training_of(session).update + 1)
    else:
        step_commands.step(session, line)


def step_back(session: Session, line: str) -> None:
    """Undo the latest step, or N.

    At the beginning of the pass it undoes the latest update, and is at the end of the pass before that. Every number
    is restored to what it was, not subtracted.
    """
    if session.cursor.is_at_start and not session.cursor.is_forward:
        _go_back(session, training_of(session).update - 1)
        session.cursor.jump(session.cursor.total)
        stop(session)
    else:
        step_commands.step_back(session, line)


def next_part(session: Session, line: str) -> None:
    """Do a node, an example, an update or an epoch.

    n update (or n batch) finishes the pass and makes the update; n 3 updates makes three. n epoch goes on to the next
    epoch. n layer and n neuron stay within the pass: the labels of parameters name the modules.
    """
    kind, count = _kind_and_count(line)
    training = training_of(session)
    if kind == "example":
        _step_examples(session, count, back=False)
    elif kind == "update":
        _go_on(session, training.update + count)
    elif kind == "epoch":
        _go_on(session, (training.epoch + count - 1) * training.updates_per_epoch)
    elif line in {"", "1"} and session.cursor.is_at_end and not session.cursor.is_forward:
        step(session, line)
    else:
        step_commands.next_node(session, line)


def previous_part(session: Session, line: str) -> None:
    """Undo a node, an example, an update or an epoch.

    rn update goes to the beginning of the pass, and from there undoes the latest update. All numbers are restored:
    parameters, the state of the rule, the order of the examples.
    """
    kind, count = _kind_and_count(line)
    training, cursor = training_of(session), session.cursor
    if kind == "example":
        _step_examples(session, count, back=True)
    elif kind == "update":
        within = cursor.is_forward or not cursor.is_at_start
        _go_back(session, training.update - count + within)
    elif kind == "epoch":
        first = (training.epoch - 1) * training.updates_per_epoch
        within = training.update > first or cursor.is_forward or not cursor.is_at_start
        _go_back(session, first - (count - within) * training.updates_per_epoch)
    else:
        step_commands.previous_node(session, line)


def go_until(session: Session, line: str) -> None:
    """Go on until loss < 0.1, or until a node.

    A condition is about the update that comes next: its loss, lr, epoch, batch and update (its number), the
    parameters, and the gradients at the end of its pass: until epoch == 3, until abs(w.grad) < 1e-3. A node alone is
    reached within the pass; breakpoints stop on the way.
    """
    if not line or _is_node(session, line):
        step_commands.go_until(session, line)
        return
    training = training_of(session)
    condition = Condition(training, line, variable_names=session.variable_names)
    if condition.holds():
        raise PromptError(f"{line} holds here already")
    _go_on(session, training.total, until=condition)
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
    """Show the latest update, or that of one parameter.

    With a parameter, each formula in symbols and in numbers. In the formulas p is the parameter, g its gradient, t
    the number of the update; others are the settings and the state of the rule before the update.
    """
    training = training_of(session)
    if training.update == 0:
        raise PromptError("no update is done yet; n update makes one")
    if line:
        parameter = session.find(line)
        record = training.record(parameter)
        if record is None:
            raise PromptError(f"update {training.update} did not change {session.trace.names[parameter]}")
        name, width = _name(session, parameter), session.terminal.width
        lines = session.update_text.details(name, record)
        if max(map(len, lines)) > width:
            lines = session.update_text.details(name, record, split=True)
        for text in lines:
            session.terminal.show(text)
        return
    for text in _update_lines(session, most=len(training.parameters)):
        session.terminal.show(text)


def show_losses(session: Session, line: str) -> None:
    """Plot the loss so far.

    That of each update, computed before it from the examples of its batch.
    """
    training = training_of(session)
    losses = training.losses[: training.update + 1]
    least = min(range(len(losses)), key=lambda place: (losses[place] != losses[place], losses[place]))
    summary = f"loss of update 1: {format_number(losses[0])}"
    if len(losses) > 1:
        summary = (
            f"loss of updates 1 to {len(losses)}: {format_number(losses[0])} → {format_number(losses[-1])}, "
            f"least {format_number(losses[least])} in update {least + 1}"
        )
    show_text(session, summary)
    for text in area_plot(losses, width=session.terminal.width, height=PLOT_HEIGHT):
        session.terminal.show(text)


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
        raise SystemExit("stopped by abort at the prompt of debug_training()")
    return True


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
    show_text(session, "s makes a step, n update an update, n epoch an epoch; h helps.")


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
        show_text(session, f"The loss was {before} before: the model computes something else each time.")
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


def _go_on(session: Session, target: int, *, until: Condition | None = None) -> None:
    """Make updates up to a number of them, or until a condition holds; then show the place."""
    training = training_of(session)
    begun, target = training.update, min(target, training.total)
    if begun == training.total:
        raise PromptError(f"the training is over after {counted(begun, 'update')}; rn update goes back, q ends")
    if not isfinite(training.loss):
        loss = format_number(training.loss)
        raise PromptError(f"the loss is {loss}, so no update can follow; nan tells why, rn update goes back")
    problem: BaseException | None = None
    try:
        while training.update < target:
            training.forward()
            if not isfinite(training.loss) or (until is not None and until.holds()):
                break
    except (AutogradError, KeyboardInterrupt) as error:
        problem = error
    if training.update > begun:
        _show_moved_on(session, begun)
        _open(session)
    if isinstance(problem, KeyboardInterrupt):
        session.terminal.show(f"\ninterrupted; {counted(training.update, 'update')} done")
        session.pending.clear()
    elif problem is not None:
        raise problem


def _go_back(session: Session, target: int) -> None:
    """Undo updates down to a number of them; then show the place."""
    training = training_of(session)
    if target < training.oldest:
        if training.oldest == 0:
            where = "this is the beginning of the training" if training.update == 0 else "so many are not done"
            raise PromptError(f"{where}; {counted(training.update, 'update')} can be undone")
        oldest = counted(training.update - training.oldest, "update")
        raise PromptError(f"only {oldest} can be undone, older ones are not kept; {_keep_more(session)}")
    undone = list(_undone_lines(session)) if training.update - target == 1 else []
    begun = training.update
    if target < begun:
        training.back(begun - target)
    if target == begun - 1:
        session.terminal.show(f"update {begun} undone: all numbers restored", style="bold")
        for text in undone:
            session.terminal.show(text)
    elif target < begun:
        session.terminal.show(f"… {counted(begun - target, 'update')} undone", style="dim")
    _open(session)


def _open(session: Session) -> None:
    """Go on with the pass of the next update, and show the place."""
    training = training_of(session)
    for breakpoint in session.open(training.root):
        session.terminal.show(f"cleared {breakpoint}: this pass has no such node")
    show_update_place(session)
    if training.oldest and not session.has_told_oldest:
        session.has_told_oldest = True
        kept = counted(training.update - training.oldest, "update")
        show_text(session, f"Only the latest {kept} can be undone from here on; {_keep_more(session)}.")
    stop(session)


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
        for text in _update_lines(session, most=MOST_UPDATES):
            session.terminal.show(text)
    size = training.updates_per_epoch
    epochs = range(begun // size + 1, training.update // size + 1)
    if size > 1 and epochs:
        mean = format_number(training.mean_loss(epochs[-1]))
        session.terminal.show(f"epoch {epochs[-1]} is over: its mean loss is {mean}", style="bold")


def _update_lines(session: Session, *, most: int) -> Iterator[str]:
    """Yield a line for each parameter that the latest update changed, of many for those it changed most."""
    training = training_of(session)
    found = [(x, record) for x in training.parameters if (record := training.record(x)) is not None]
    shown = found
    if len(found) > most:
        sizes = {x: abs(record.after - record.before) for x, record in found}
        largest = set(sorted(sizes, key=sizes.__getitem__, reverse=True)[:LARGEST_UPDATES])
        shown = [(x, record) for x, record in found if x in largest]
    width = max((len(_name(session, x)) for x, _ in shown), default=0)
    named = [(_name(session, x).ljust(width), record) for x, record in shown]
    texts = [f"  {session.update_text.line(name, record)}" for name, record in named]
    if max(map(len, texts), default=0) > session.terminal.width:
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
        yield f"  {_name(session, x)}  {rounded(record.after, digits)} → {rounded(record.before, digits)}"


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


def _kind_and_count(line: str) -> tuple[str, int]:
    """Return what a command steps over, an empty text for nodes and modules, and how many of them."""
    match = MOVE.fullmatch(line.strip())
    if match is None:
        kinds = [kind for kind in KINDS if kind in line]
        if kinds:
            raise PromptError(f"{shorten(line)} is not a number of times; write for example 3 {KINDS[kinds[0]]}s")
        return "", 1
    kind = KINDS[match[2]]
    count = whole_number(match[1] or match[3] or "1")
    if not count or (match[1] and match[3]):
        raise PromptError(f"{shorten(line)} is not a number of times; write for example 3 {kind}s")
    return kind, count


def _name(session: Session, parameter: Value) -> str:
    """Return the short name of a parameter; its label if the pass does not use it."""
    name = session.trace.names.get(parameter)
    return session.text.short(name) if name else parameter.label or "a parameter that this pass does not use"


def _is_node(session: Session, text: str) -> bool:
    try:
        session.find(text)
    except AutogradError:
        return False
    return True


class Condition:
    """A condition about the next update of a training.

    Args:
        training: holds the numbers.
        text: of the condition.
        variable_names: whether nodes without a label are named after the variables of the caller.

    Raises:
        AutogradError: the text is not a condition, or names a node that the pass does not have.
    """

    def __init__(self, training: Training, text: str, *, variable_names: bool = True) -> None:
        labelled = {x.label: place for place, x in enumerate(training.parameters) if x.label}
        parts: set[str] = set()
        traces: list[Trace] = []

        def look_up(name: str, part: str) -> float:  # not a method, which would refer to itself by the calculation
            parts.add(part)
            if part not in {"value", "grad"}:
                raise PromptError(f"{name}.{part} belongs to the walk of jvp; until takes values and gradients")
            if name in labelled:
                place = labelled[name]
                return training.gradients()[place] if part == "grad" else training.parameters[place].data
            if name in NUMBERS and part == "value":
                return NUMBERS[name](training)
            if not traces or traces[0].root is not training.root:
                traces[:] = [Trace(training.root, variable_names=variable_names)]
            place, numbers = traces[0].position(name), traces[0].events.numbers
            return (numbers.gradients if part == "grad" else numbers.values)[place]

        self._parts = parts
        self._calculation = Calculation(text, look_up)

    @property
    def has_gradient(self) -> bool:
        """Whether it mentions a gradient."""
        return "grad" in self._parts

    def holds(self) -> bool:
        """Return whether it holds for the next update."""
        return self._calculation.holds()
