"""Estimate, from measured costs, what a step of a million parameters takes with 1, 8, 64 and 512 workers.

`Sharded` sends the parameters to each worker in one message, and the caller adds the gradients. So a step takes

    examples · t / workers  +  workers · (16 MB through the caller)  +  (workers - 1) · (one addition)

where t is the time of one example: the first term falls with the workers, the others rise. The sum is least at about
√(examples · t / time of a message) workers.

>>> step = Step(workers=8, examples=65_536)
>>> step.shards, step.depth, f"{step.seconds:.2f} s, {alone(65_536) / step.seconds:.1f} times as fast"
(16, 4, '1.16 s, 5.4 times as fast')
>>> best_workers(65_536), best_workers(8_192)
(12, 4)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, sqrt

# Measured by `python -m tests.benchmarks.sharded_costs` on two cores of a server, one thread each.
PARAMETERS = 1_000_000
SECONDS_AN_EXAMPLE = 95e-6  # of an MLP 784-1000-200-10, by NumPy, forwards and backwards
SECONDS_A_MESSAGE = 47e-3  # to another process with 8 MB of parameters, and back with 8 MB of gradients
SECONDS_AN_ADDITION = 0.44e-3  # of two gradients


@dataclass(frozen=True)
class Step:
    """One step over workers.

    Attributes:
        workers: how many compute at the same time, a power of two.
        examples: of the batch.
    """

    workers: int
    examples: int

    @property
    def shards(self) -> int:
        """16, the default, or as many as give each worker one."""
        return max(16, self.workers)

    @property
    def depth(self) -> int:
        """The additions between a shard and the sum: the depth of the tree."""
        return round(log2(self.shards))

    @property
    def traffic(self) -> int:
        """The bytes through the caller: parameters there, gradients back."""
        return 2 * 8 * PARAMETERS * self.workers

    @property
    def seconds(self) -> float:
        """The time of the step, if the workers are alike and have processors of their own."""
        compute = alone(self.examples) / self.workers
        return compute + self.workers * SECONDS_A_MESSAGE + (self.workers - 1) * SECONDS_AN_ADDITION


def alone(examples: int) -> float:
    """Return the seconds of a step without workers."""
    return examples * SECONDS_AN_EXAMPLE


def best_workers(examples: int) -> int:
    """Return the number of workers with which a step is shortest."""
    return max(1, round(sqrt(alone(examples) / SECONDS_A_MESSAGE)))


def main() -> None:
    """Print the table, and when to leave."""
    for examples in (8_192, 65_536):
        print(f"\n{PARAMETERS:,} parameters, {examples:,} examples a step; alone {alone(examples):.2f} s")
        print("workers  shards  depth of the tree   through the caller   a step   against alone")
        for workers in (1, 8, 64, 512):
            step = Step(workers, examples)
            print(
                f"{workers:7}{step.shards:8}{step.depth:19}{step.traffic / 1e9:18.2f} GB"
                f"{step.seconds:7.2f} s{alone(examples) / step.seconds:13.2f} x"
            )
        print(f"It is fastest with about {best_workers(examples)}.")
    print(
        "\nThe caller sends and adds for everyone, so with a million parameters more than about sixteen"
        "\nworkers cost more than they bring. Beyond that, leave for PyTorch, whose DistributedDataParallel"
        "\nadds gradients in a ring, 16 MB through each worker however many there are:"
        '\nprogram.export("torch", "model.py"), or nn.to_torch_source(model), writes the program that goes there.'
    )


if __name__ == "__main__":
    main()
