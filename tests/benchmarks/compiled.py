"""Print what compiling gains: `python -m tests.benchmarks.compiled /path/to/python`, of the compiled installation.

That Python is one where `AUTOGRAD_TINY_COMPILE=1 pip install .` was run; the one that runs this has the pure engine.
Each installation works in a process of its own, on the same user code, and they take turns (see `measure`).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, cast

from .measure import Spread, Timing, Work

ROOT = Path(__file__).parents[2]
ROUNDS = 9
PROMISE = 2.5

WORKER = """
import sys
sys.path.remove("")  # the checkout, so that what is imported is what is installed
import autograd_tiny.engine.value, nn
sys.path.insert(0, {root!r})
from tests.benchmarks.compiled import work
work({name!r})
"""


def expression() -> Work:
    """Return the pass through the small expression."""
    from . import workloads

    return workloads.expression(sys.modules["autograd_tiny"])


def step(name: str, *, layers: bool = False) -> Work:
    """Return the training step of that name."""
    from . import workloads

    if layers:
        return getattr(workloads, f"{name}_with_layers")().step  # type: ignore[no-any-return]
    return getattr(workloads, name)(sys.modules["autograd_tiny"]).step  # type: ignore[no-any-return]


def passes(operations: int) -> Work:
    """Return forward and backward passes through a chain, and its deletion."""
    from . import workloads

    return lambda: workloads.chain(sys.modules["autograd_tiny"], operations).backward()


ROWS: dict[str, tuple[Callable[[], Work], int]] = {
    "60 operations, forward and backward": (expression, 2000),
    "moons step, products summed with `+`": (partial(step, "moons"), 3),
    "digits step, products summed with `+`": (partial(step, "digits"), 1),
    "moons step, the layers of `nn`": (partial(step, "moons", layers=True), 20),
    "digits step, the layers of `nn`": (partial(step, "digits", layers=True), 20),
    "chain of 100,000 operations, forward, backward and freed": (partial(passes, 100_000), 1),
}
"""What is timed: the work, and how often a round does it."""


def work(name: str) -> None:
    """In the process of an installation: tell its kind, then do one round for each line that comes in."""
    build, calls = ROWS[name]
    timing = Timing(build, calls)
    timing.prepare()
    print(Path(str(sys.modules["autograd_tiny.engine.value"].__file__)).suffix, flush=True)
    for _ in sys.stdin:
        timing.make_ready()
        print(timing.measure(), flush=True)


@contextmanager
def installation(python: str, name: str, *, compiled: bool) -> Iterator[Callable[[], float]]:
    """Give an installation its process; what is yielded lets it have one round, and returns the seconds of a call."""
    command = [python, "-c", WORKER.format(root=str(ROOT), name=name)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        questions, answers = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        kind = answers.readline().strip()
        if (kind != ".py") != compiled:
            raise SystemExit(f"{python} has {'no compiled' if compiled else 'no pure'} engine")

        def round_of_calls() -> float:
            questions.write("\n")
            questions.flush()
            return float(answers.readline())

        yield round_of_calls
        questions.close()


def main(python: str) -> int:
    """Measure every row and print the table; the exit code is 1 if the promise is broken."""
    from .report import duration, machine, number

    print(f"{machine()} Promised: ≥ {PROMISE} ×.\n")
    print("| workload | measured | median of the rounds | middle half | pure | compiled |\n|---|---|---|---|---|---|")
    kept = True
    for name in ROWS:
        with (
            installation(sys.executable, name, compiled=False) as pure,
            installation(python, name, compiled=True) as compiled,
        ):
            pairs = [(pure(), compiled()) for _ in range(ROUNDS)]
        ratios = Spread(tuple(slow / fast for slow, fast in pairs))
        slow, fast = (min(side) for side in zip(*pairs, strict=True))
        low, high = ratios.quartiles
        kept = kept and slow / fast >= PROMISE
        cells = [name, f"{number(slow / fast)} ×", number(ratios.median), f"{number(low)} to {number(high)}"]
        print(f"| {' | '.join([*cells, duration(slow), duration(fast)])} |", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
