"""List the rows on `fit`: against the loop over a recorded program that one writes by hand, which it is built on."""

from __future__ import annotations

from functools import partial

from tests.benchmarks.harness.comparisons import Row
from tests.benchmarks.harness.measure import Cost, Timing
from tests.benchmarks.workloads.trainings import (
    adam_by_hand,
    flat_adam,
    megabytes_of_training,
    own_loop,
    with_fit,
)

TITLES = {
    "moons": "MLP 2-16-16-1 on the batch of 100",
    "digits": "MLP 64-32-10, batches of 32",
    "small": "MLP 2-8-1, batches of 32",
}

FIT_ROWS = [
    Row(
        f"fit-{name}-{optimizer}",
        f"`fit`, {title}, {optimizer.upper() if optimizer == 'sgd' else 'Adam'}, against the program's own loop",
        ours=Timing(partial(with_fit, name, optimizer)),
        peer=Timing(partial(own_loop, name, optimizer)),
        bound=0.77,
        rounds=9,
    )
    for name, title in TITLES.items()
    for optimizer in ("sgd", "adam")
]
FIT_ROWS += [
    Row(
        "fit-million",
        "an update of 1,000,000 parameters by Adam in `fit`, against NumPy by hand",
        ours=Timing(partial(flat_adam, 1_000_000), 5),
        peer=Timing(partial(adam_by_hand, 1_000_000), 5),
        bound=0.8,
        rounds=9,
    ),
    Row(
        "fit-memory",
        "memory of a training beside an array of 88 MB",
        ours=Cost(partial(megabytes_of_training, 110_000, 100)),
        bound=30,
        unit="MB",
        rounds=1,
    ),
]
