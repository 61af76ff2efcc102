"""Check the guards of a program, and compute examples eagerly that take another branch than the recorded one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import ReplayMismatch
from autograd_tiny.primitives.safe_float import SafeFloat
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.recorder import Guard


def raise_mismatch(guards: Sequence[Guard], conditions: Sequence[Any], *, batched: bool) -> None:
    """Raise a ReplayMismatch if a choice differs from the recorded one.

    Args:
        guards: the recorded choices.
        conditions: the numbers of each guard, one an example or one for all; true if not 0.
        batched: whether to name the first example that differs, unless all do.
    """
    for guard, condition in zip(guards, conditions, strict=True):
        wrong = (condition != 0.0) != guard.recorded
        if wrong.any():
            example = int(np.argmax(wrong)) if batched and not wrong.all() else None
            raise ReplayMismatch(example, guard.file, guard.line, guard.code, recorded=guard.recorded)


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
        leaves: the parameters; their data and gradients are restored.
        numbers: the data of the parameters for this call.
        seed: the gradient of the loss.

    Returns:
        The loss, the gradient of the parameters, and that of the inputs, which is 0 if there are parameters.
    """
    before = [(leaf._number, leaf._grad) for leaf in leaves]
    wrap: Callable[[float], Any] = SafeFloat if leaves else Value
    inputs = [list(map(wrap, row)) for row in example]
    for leaf, number in zip(leaves, numbers, strict=True):
        leaf._number, leaf._grad = number, 0.0
    try:
        with np.errstate(all="ignore"):
            root = loss(*(argument.nested(row) for argument, row in zip(arguments, inputs, strict=True)))
        if isinstance(root, Value):
            root.backward(seed)
        gradients = [leaf._grad for leaf in leaves]
    finally:
        for leaf, (data, grad) in zip(leaves, before, strict=True):
            leaf._number, leaf._grad = data, grad
    slopes = [x.grad if isinstance(x, Value) else 0.0 for row in inputs for x in row]
    return root.data if isinstance(root, Value) else float(root), gradients, slopes
