"""Find the example of a batch that makes inf or nan, by eager code that records the lines of the program.

>>> from autograd_tiny import Value
>>> w = Value(1.0, label="w")
>>> first_anomaly(lambda x, target: (w * x).log() - target, [(2.0, 0.0), (0.0, 0.0)])
(1, 'forward pass: v2 = log(v1) becomes -inf, at v1 = 0: a logarithm goes to -inf there. ...')
>>> batch_place(3, 2, [7, 4], 1)
'example 1 of batch 2 of epoch 3, example 4 of the data (examples count from 0)'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import isfinite
from types import FrameType
from typing import Any, Final

from autograd_tiny import Value, record_lines
from autograd_tiny.support.user_frames import user_frame
from nn.examples import Examples
from nn.losses import Loss

MOST_NODES: Final = 200_000
"""The search among the gradients of examples ends after so many nodes, which takes some seconds."""


def first_anomaly(
    loss_of: Loss,
    examples: Sequence[tuple[Any, Any]] | Examples,
    *,
    expected: Sequence[float] = (),
    is_infinite: bool = False,
    like: Any = None,
) -> tuple[int | None, str]:
    """Return the first example that makes inf or nan, as its position, and a sentence of node, cause and line.

    Args:
        loss_of: the loss of an input and a target.
        examples: the inputs and targets of the batch.
        expected: the losses as they were; the search ends where one is another now, as with dropout.
        is_infinite: whether an example whose loss is not finite is looked for, else one with such gradients too.
        like: the anomaly of the batch that is looked for; any by default.

    Returns:
        None and an empty text where no example does so by itself, or the loss cannot be computed again.
    """
    start, is_recording = user_frame(), Value(0.0).line is not None
    with suppress(Exception), record_lines():  # also one of the user: an error of the training is about to be raised
        for example, anomaly in _anomalies(loss_of, examples, expected, is_infinite=is_infinite):
            if like is None or _numbers(anomaly) == _numbers(like):
                has_line = is_recording or is_called(anomaly.line, start)
                return example, anomaly.text if has_line else anomaly.text.partition("\n")[0]
    return None, ""


def is_called(line: Any, start: FrameType) -> bool:
    """Return whether a line that made a node is of a function that a training called, not the line that began it."""
    return line is not None and (line.file, line.line, line.function) != (
        start.f_code.co_filename,
        start.f_lineno,
        start.f_code.co_name,
    )


def _anomalies(
    loss_of: Loss, examples: Sequence[tuple[Any, Any]] | Examples, expected: Sequence[float], *, is_infinite: bool
) -> Iterator[tuple[int, Any]]:
    """Yield the first anomaly of each example that has one, as that of the mean of the batch."""
    nodes, count = 0, len(examples)
    for example in range(count):
        loss = loss_of(*examples[example])
        if nodes > MOST_NODES or (expected and repr(plain_number(loss)) != repr(expected[example])):
            return
        is_finite = isfinite(plain_number(loss))
        if isinstance(loss, Value) and not (is_infinite and is_finite):
            trace = (loss * (1.0 / count) if is_finite and count > 1 else loss).trace()
            nodes += len(trace.nodes)
            yield from ((example, anomaly) for anomaly in trace.anomalies()[:1])


def _numbers(anomaly: Any) -> str:
    """Return what is the same of an anomaly in the graph of an example, and in that of its batch."""
    return repr((anomaly.phase, anomaly.kind, anomaly.result, list(anomaly.inputs.values())))


def plain_number(loss: Any) -> Any:
    """Return the number of a loss, which may be a number itself."""
    return loss.data if isinstance(loss, Value) else loss


def batch_place(epoch: int, batch: int, rows: Any, example: int | None) -> str:
    """Return the words for a batch, or for one of its examples, with its index in the data.

    That is not known, and the rows are `slice(None)`, for a batch of the user's iterable.
    """
    where = f"batch {batch} of epoch {epoch}"
    if example is None:
        return where
    row = (None if rows.start is None else rows.start + example) if isinstance(rows, slice) else int(rows[example])
    known = "" if row is None else f", example {row} of the data"
    return f"example {example} of {where}{known} (examples count from 0)"
