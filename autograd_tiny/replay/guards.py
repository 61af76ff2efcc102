"""Check the guards of a program, and compute examples eagerly that take another branch than the recorded one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, Final

import numpy as np

from autograd_tiny.engine.backward_order import PASS, mark_in_backward_order
from autograd_tiny.engine.node import require_recorded
from autograd_tiny.engine.value import Value, accumulate_gradients
from autograd_tiny.errors import ReplayMismatch
from autograd_tiny.primitives.safe_float import SafeFloat
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.recorder import Guard
from autograd_tiny.support.at_once import assign, assignments, consume

NUMBER: Final = attrgetter("_number")


def raise_mismatch(guards: Sequence[Guard], conditions: Sequence[Any], *, batched: bool) -> None:
    """Raise a ReplayMismatch if a choice differs from the recorded one.

    Args:
        guards: the recorded choices.
        conditions: the numbers of each guard, one an example or one for all; true if not 0.
        batched: whether to name the first example that differs, unless all do.
    """
    firsts = []
    for k, (guard, condition) in enumerate(zip(guards, conditions, strict=True)):
        wrong = (condition != 0.0) != guard.recorded
        if wrong.any():
            firsts.append((int(np.argmax(wrong)), k))
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


def run_eagerly(
    loss: Callable[..., Any],
    arguments: Sequence[Argument],
    example: Sequence[list[float]],
    leaves: Sequence[Value],
    numbers: Sequence[float],
    *,
    seed: float,
) -> tuple[float, list[float], list[float]]:
    """Compute one example by calling the recorded function, with floats that do not raise: 1 / 0 is infinite.

    Args:
        loss: the function.
        arguments: of the function.
        example: the numbers of each argument.
        leaves: the parameters; their data are restored, their gradients not touched.
        numbers: the data of the parameters for this call.
        seed: the gradient of the loss.

    Returns:
        The loss, the gradient of the parameters, and that of the inputs, which is 0 if there are parameters.
    """
    before = list(map(NUMBER, leaves))
    restore = assignments(leaves, "_number", before)
    wrap: Callable[[float], Any] = SafeFloat if leaves else Value
    inputs = [list(map(wrap, row)) for row in example]
    try:
        if numbers != before:  # other threads that use the leaves would see it
            assign(leaves, "_number", numbers)
        with np.errstate(all="ignore"):
            root = loss(*(argument.nested_numbers(row) for argument, row in zip(arguments, inputs, strict=True)))
    finally:
        consume(restore)
    flat = [x for row in inputs for x in row]
    if not isinstance(root, Value):
        return float(root), [0.0] * len(leaves), [0.0] * len(flat)
    require_recorded(root, "a program")
    gradients = _gradients(root, [*leaves, *(x for x in flat if isinstance(x, Value))], seed)
    return root._number, gradients[: len(leaves)], gradients[len(leaves) :] or [0.0] * len(flat)


def _gradients(root: Value, leaves: Sequence[Value], seed: float) -> list[float]:
    """Return the gradients of leaves by a backward pass that leaves every `.grad` as it was."""
    with PASS:
        order, others = mark_in_backward_order(root)
        nodes = [*order, *others, *leaves]
        restore = assignments(nodes, "_grad", [node._grad for node in nodes])
        try:
            assign(nodes, "_grad", repeat(0.0))
            root._grad = seed
            accumulate_gradients(order)
            return [leaf._grad for leaf in leaves]
        finally:
            consume(restore)
