"""Check the guards of a program: the choices of a batch against those that were recorded.

>>> from autograd_tiny import Value, record
>>> w = Value(3.0)
>>> program = record(lambda x: w * x if w > 1.0 else w, inputs=(1.0,), parameters=[w])
>>> w.data = 0.5
>>> program([1.0])
Traceback (most recent call last):
autograd_tiny.errors.ReplayMismatch: ...
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_tiny.errors import ReplayMismatch
from autograd_tiny.replay.recorder import Guard


def raise_mismatch(guards: Sequence[Guard], conditions: Sequence[Any], *, batched: bool) -> None:
    """Raise a ReplayMismatch if a choice differs from the recorded one.

    Args:
        guards: the recorded choices.
        conditions: the numbers of each guard, one an example or one for all; true if not 0.
        batched: whether to name the first example that differs, unless all do.
    """
    firsts = []
    for k, (guard, condition) in enumerate(zip(guards, conditions, strict=True)):
        taken = condition != 0.0
        if np.count_nonzero(taken) != (taken.size if guard.recorded else 0):  # in half the time of `any`
            firsts.append((int(np.argmax(taken != guard.recorded)), k))
    if firsts:
        example, k = min(firsts)  # the first example, and the first of its choices
        guard = guards[k]
        one = batched and not wrong_examples(guards, conditions, max(map(np.size, conditions))).all()
        raise ReplayMismatch(example if one else None, guard.file, guard.line, guard.code, recorded=guard.recorded)


def wrong_examples(guards: Sequence[Guard], conditions: Sequence[Any], batch: int) -> Any:
    """Return for each example whether any of its choices differs from the recorded one."""
    wrong = np.zeros(batch, dtype=bool)
    for guard, condition in zip(guards, conditions, strict=True):
        wrong |= (condition != 0.0) != guard.recorded
    return wrong
