"""When an example takes another way than the recorded one: who, where, and how to compute it all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import ReplayMismatch
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.recorder import Guard


def raise_mismatch(guards: Sequence[Guard], conditions: Sequence[Any], *, batched: bool) -> None:
    """Raise a ReplayMismatch if a choice would be another one than the recorded one.

    Args:
        guards: what was asked while recording.
        conditions: for each guard its numbers, one an example or one for all; true where they are not 0.
        batched: whether there are examples to be named.
    """
    for guard, condition in zip(guards, conditions, strict=True):
        wrong = (condition != 0.0) != guard.recorded
        if wrong.any():
            example = int(np.argmax(wrong)) if batched else None
            raise ReplayMismatch(example, guard.file, guard.line, guard.code, recorded=guard.recorded)


def wrong_examples(guards: Sequence[Guard], conditions: Sequence[Any], batch: int) -> Any:
    """Return for each example whether any of its choices would be another one."""
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
    """Compute one example by the recorded function itself.

    Args:
        loss: the function.
        arguments: what it takes.
        example: for each argument its numbers.
        leaves: the parameters; their data and gradients are afterwards as they were.
        numbers: the data that they have meanwhile.
        seed: what the gradient of the loss is to be.

    Returns:
        The loss, the gradient of the parameters, and that of the inputs, which is 0 where there are parameters.
    """
    before = [(leaf._data, leaf._grad) for leaf in leaves]
    inputs = [row if leaves else list(map(Value, row)) for row in example]
    for leaf, number in zip(leaves, numbers, strict=True):
        leaf._data, leaf._grad = number, 0.0
    try:
        root = loss(*(argument.nested(row) for argument, row in zip(arguments, inputs, strict=True)))
        if isinstance(root, Value):
            root.backward(seed)
        gradients = [leaf._grad for leaf in leaves]
    finally:
        for leaf, (data, grad) in zip(leaves, before, strict=True):
            leaf._data, leaf._grad = data, grad
    slopes = [x.grad if isinstance(x, Value) else 0.0 for row in inputs for x in row]
    return root.data if isinstance(root, Value) else float(root), gradients, slopes
