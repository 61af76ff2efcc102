"""Write the page of a training: the passes of the latest updates, the losses, and the change of each parameter.

The page takes texts and numbers. The passes are those of updates that are kept: the training goes back to the first
of them and forward again, which restores the same numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from autograd_tiny.debugger.session import Session
from autograd_tiny.debugger.training import Training
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace import Trace

MOST_PASSES: Final = 21
"""The largest number of passes in a page."""
MOST_EDGES: Final = 60_000
"""The largest number of edges of all passes, which make a page of some megabytes; the pass shown is always there."""


def save_page(session: Session, training: Training, path: Path) -> int:
    """Write the page of a training that ends with the pass shown; return how many passes it has.

    Raises:
        OSError: the file cannot be written.
    """
    passes, updates = _passes(session, training)
    data = {
        "title": training.title,
        "losses": list(map(json_number, training.losses[: training.update + 1])),
        "total": training.total,
        "first": training.update + 2 - len(passes),
        "updates": updates,
    }
    passes[-1]._save_training(path, passes[:-1], data, title=training.title.partition(":")[0])
    return len(passes)


def update_place(training: Training) -> str:
    """Return which update comes next, where it is in its epoch, and its loss."""
    batch = f"epoch {training.epoch}, batch {training.batch} of {training.updates_per_epoch}, "
    batch = batch if training.updates_per_epoch > 1 else ""
    lr = f"lr = {format_number(training.lr)}, " if training.has_schedule else ""
    numbers = f"{batch}{lr}loss = {format_number(training.loss)}"
    return f"update {training.update + 1} of {training.total}: {numbers}"


def _passes(session: Session, training: Training) -> tuple[list[Trace], list[dict[str, Any]]]:
    """Return the traces of the latest updates up to the pass shown, and what the page shows of each update."""
    here = training.update
    most = min(MOST_PASSES, max(1, MOST_EDGES // max(1, len(session.trace.edges))))
    count = min(here - training.oldest, most - 1)
    passes: list[Trace] = []
    updates: list[dict[str, Any]] = []
    try:
        if count:
            training.back(count)
        while True:
            trace = Trace(training.root, forward=True, variable_names=session.variable_names)
            is_over = training.update == training.total
            place = "the last batch once more, after the training" if is_over else update_place(training)
            passes.append(trace)
            updates.append({"place": place, "rows": []})
            if training.update == here:
                return passes, updates
            training.forward()
            updates[-1]["rows"] = _rows(session, training, trace)
    finally:
        while training.update < here:  # after an interruption
            training.forward()


def _rows(session: Session, training: Training, trace: Trace) -> list[list[str]]:
    """Return for each parameter that the latest update changed its name, both numbers, and the formula."""
    rows = []
    for parameter in training.parameters:
        record = training.record(parameter)
        if record is not None:
            name = trace.names.get(parameter) or parameter.label or "not in this pass"
            rows.append([name, *session.update_text.parts(record)])
    return rows
