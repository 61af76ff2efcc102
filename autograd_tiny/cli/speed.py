"""How many times as fast a step is when it is replayed: what `train` tells at the end.

>>> from nn import MLP
>>> from nn.losses import squared_error
>>> model = MLP(2, [4, 1], seed=0)
>>> told = speed_of_replay(model, squared_error, [[0.0, 1.0]] * 8, [1.0] * 8)
>>> told is not None and told.startswith("a step of 8 examples: ")
True
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.cli.terminal import counted
from autograd_tiny.cli.threads import one_thread
from autograd_tiny.primitives.table import mean

if TYPE_CHECKING:
    from nn import MLP

ROUNDS: Final = 3
CALLS: Final = 3
"""So many turns, of so many calls each; the fastest call counts, since other programs only add to it."""


def speed_of_replay(model: MLP, loss: Callable[[Any, Any], Any], inputs: list[Any], targets: list[Any]) -> str | None:
    """Return a line on one forward and backward pass, replayed and eager, or None where it cannot be recorded.

    Args:
        model: whose parameters' gradients are computed; they are overwritten.
        loss: of a prediction and a target.
        inputs: of one batch.
        targets: for each of these.
    """
    from nn.replaying import Replay

    replay = Replay.of(model, loss, model.parameters(), inputs, targets)
    if replay is None:
        return None
    rows = list(range(len(inputs)))

    def eager() -> None:
        mean([loss(model(x), target) for x, target in zip(inputs, targets, strict=True)]).backward()

    replayed_time, eager_time = in_turns(lambda: replay.backward(rows), eager)
    ratio = f"{eager_time / replayed_time:.0f} × as fast"
    times = f"{1e3 * replayed_time:.2f} ms replayed, {1e3 * eager_time:.2f} ms eager"
    return f"a step of {counted(len(rows), 'example')}: {times}, {ratio}"


@one_thread()
def in_turns(*works: Callable[[], object]) -> list[float]:
    """Return for each piece of work the processor time of its fastest call, in seconds.

    They take turns, so that a machine that is busy for a while is busy for all of them. Processor time leaves out the
    programs of others; one thread is what it counts, and what a batch of this size needs.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, mine in zip(works, times, strict=True):
            mine += [seconds_of(work) for _ in range(CALLS)]
    return [min(mine) for mine in times]


def seconds_of(work: Callable[[], object]) -> float:
    """Return the processor time of one call, in seconds."""
    start = process_time()
    work()
    return process_time() - start
