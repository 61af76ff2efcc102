"""List the rows on replay: whole batches against hand-written NumPy, PyTorch and JAX, and against the closure engine.

Every task is a full step on a batch: forward, backward, update. Each side computes with one thread and in float64,
and gets the parameters of the same model; `test_agreement.py` compares the losses.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from typing import Any

import autograd_tiny
from autograd_tiny.replay import record
from tests.benchmarks.harness.comparisons import DIGITS_PEER, MOONS_PEER, ROWS, Row
from tests.benchmarks.harness.fit_comparisons import FIT_ROWS
from tests.benchmarks.harness.measure import Cost, Timing, Work
from tests.benchmarks.harness.replay_costs import (
    bytes_a_number,
    bytes_to_record,
    lines_of_source,
    microseconds_of_call,
    microseconds_to_plan,
    microseconds_to_record,
    milliseconds_for_transformer,
    nanoseconds_an_operation,
    recorded_product_by_product,
    seconds_to_compile,
    seconds_to_record,
)
from tests.benchmarks.harness.special_comparisons import SPECIAL_ROWS
from tests.benchmarks.peers import closure_engine
from tests.benchmarks.peers.array_networks import (
    Network,
    Step,
    digits_network,
    jax_step,
    moons_network,
    plain_numpy,
    recorded,
    replay,
    torch_step,
    tuned_numpy,
)
from tests.benchmarks.peers.c_networks import c_step
from tests.benchmarks.peers.torch_transformer import torch_step as torch_transformer_step
from tests.benchmarks.workloads import scalar
from tests.benchmarks.workloads.growing_programs import KINDS
from tests.benchmarks.workloads.names_transformer import Transformer

NETWORKS: dict[str, Callable[[], Network]] = {"moons": moons_network, "digits": digits_network}
TITLES = {"moons": "moons step on the batch of 100", "digits": "digits step on the batch of 32"}
PEERS: dict[str, tuple[str, Callable[[Network], Step], tuple[str, ...]]] = {
    "plain": ("hand-written NumPy", plain_numpy, ()),
    "tuned": ("tuned hand-written NumPy (buffers, folded biases)", tuned_numpy, ()),
    "torch": ("PyTorch", torch_step, ("torch",)),
    "jax": ("JAX, jitted", jax_step, ("jax",)),
}
RECORDING = 5
"""The most that recording may take, in µs an operation, from 1,000 operations to 1,000,000."""

PLANNING = 3
"""The most that planning may take, so that both together take 8 µs at most."""

OF_INTEGRATOR = {"recording": 4.5, "planning": 3.5}
"""The same for an integrator, which has a group for each two to four operations."""

BOUNDS = {
    ("moons", "plain"): 1.3,
    ("moons", "tuned"): 0.8,
    ("moons", "torch"): 5,
    ("moons", "jax"): 1.5,
    ("digits", "plain"): 1.1,
    ("digits", "tuned"): 0.8,
    ("digits", "torch"): 2.5,
    ("digits", "jax"): 1.5,
}


def step_of(build: Callable[[], Network], make: Callable[..., Step], *settings: Any) -> Work:
    """Build a network, and return a way to do its step."""
    return make(build(), *settings)


def replayed_transformer(backend: str | None = None) -> Work:
    """Return the step of the recorded transformer on one name."""
    transformer = Transformer(autograd_tiny)
    program = record(transformer.loss, parameters=transformer.parameters(), backend=backend, batched=False)

    def step() -> float:
        loss = program.differentiate()
        program.parameters -= scalar.LEARNING_RATE * program.gradients
        return float(loss)

    return step


def eager_transformer() -> Work:
    """Return the step of the closure engine."""
    transformer = Transformer(closure_engine)
    return scalar.Training(Trained(transformer), transformer.loss).step


class Trained:
    """A model with the methods that a training step calls."""

    def __init__(self, transformer: Transformer) -> None:
        self.leaves = transformer.parameters()

    def parameters(self) -> list[Any]:
        """All weights."""
        return self.leaves

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for leaf in self.leaves:
            leaf.grad = 0.0


def torch_transformer() -> Work:
    """Return the step of PyTorch."""
    return torch_transformer_step(Transformer(autograd_tiny))


REPLAY_ROWS = [
    Row(
        f"replay-{name}-{peer}",
        f"{TITLES[name]}, replayed, against {title}",
        ours=Timing(partial(step_of, NETWORKS[name], replay), 200),
        peer=Timing(partial(step_of, NETWORKS[name], make), 200),
        bound=BOUNDS[name, peer],
        rounds=15,
        needs=needs,
    )
    for name in NETWORKS
    for peer, (title, make, needs) in PEERS.items()
]
REPLAY_ROWS += [
    Row(
        f"replay-{name}-c",
        f"{TITLES[name]}, replayed as compiled C, against C by hand, -O3 -march=native",
        ours=Timing(partial(step_of, NETWORKS[name], replay, "c"), 200),
        peer=Timing(partial(step_of, NETWORKS[name], c_step), 200),
        bound=bound,
        rounds=15,
    )
    for name, bound in (("moons", 0.45), ("digits", 0.7))
    if shutil.which("cc")
]
REPLAY_ROWS += [
    Row(
        f"replay-{name}-python",
        f"{TITLES[name]}, replayed as straight-line Python, against the closure engine",
        ours=Timing(partial(step_of, NETWORKS[name], replay, "python"), 10),
        peer=Timing(peer, 1),
        bound=bound,
        rounds=5,
    )
    for name, peer, bound in (("moons", MOONS_PEER, 400), ("digits", DIGITS_PEER, 600))
]
REPLAY_ROWS += [
    Row(
        f"replay-{name}-closures",
        f"{TITLES[name]}, replayed, against the closure engine",
        ours=Timing(partial(step_of, NETWORKS[name], replay), 200),
        peer=Timing(peer, 1),
        bound=5000,
        rounds=5,
    )
    for name, peer in (("moons", MOONS_PEER), ("digits", DIGITS_PEER))
]
REPLAY_ROWS += [
    Row(
        f"replay-growth-{'-'.join(map(str, sizes))}-{batch}",
        f"MLP {'-'.join(map(str, sizes))} on a batch of {batch}, replayed, against tuned hand-written NumPy",
        ours=Timing(partial(step_of, partial(digits_network, sizes, batch), replay), max(2, 2000 // batch)),
        peer=Timing(partial(step_of, partial(digits_network, sizes, batch), tuned_numpy), max(2, 2000 // batch)),
        bound=0.77,
        rounds=5,
    )
    for sizes in ((64, 128, 64, 10), (784, 128, 10))
    for batch in (32, 256, 2048)
]
REPLAY_ROWS += [
    Row(
        "replay-names-torch",
        "step of a character transformer on one name, replayed, against PyTorch",
        ours=Timing(replayed_transformer, 50),
        peer=Timing(torch_transformer, 50),
        bound=2,
        rounds=9,
        needs=("torch",),
    ),
    Row(
        "replay-names-closures",
        "the same against the closure engine",
        ours=Timing(replayed_transformer, 50),
        peer=Timing(eager_transformer, 1),
        bound=300,
        rounds=3,
    ),
    Row(
        "replay-names-python",
        "the same, replayed as straight-line Python",
        ours=Timing(partial(replayed_transformer, "python"), 10),
        peer=Timing(eager_transformer, 1),
        bound=100,
        rounds=3,
    ),
    Row(
        "replay-record-moons",
        "recording and planning the moons network, once",
        ours=Cost(partial(seconds_to_record, moons_network)),
        bound=50,
        unit="ms",
    ),
    Row(
        "replay-record-digits",
        "recording and planning the digits network, once",
        ours=Cost(partial(seconds_to_record, digits_network)),
        bound=50,
        unit="ms",
    ),
    Row(
        "replay-record-names",
        "recording and planning the transformer of 75,540 operations, once",
        ours=Cost(milliseconds_for_transformer),
        bound=1000,
        unit="ms",
        rounds=3,
    ),
    Row(
        "replay-irregular",
        "irregular graph of 1,000,000 operations, replayed, an operation forward and backward",
        ours=Cost(partial(nanoseconds_an_operation, 1_000_000)),
        bound=50,
        unit="ns",
        rounds=1,
    ),
]
REPLAY_ROWS += [
    Row(
        f"replay-{part}-{kind}-{size}",
        f"{what} a {kind} of some {size:,} operations, an operation",
        ours=Cost(partial(microseconds, kind, size)),
        bound=OF_INTEGRATOR[part] if kind == "integrator" else bound,
        unit="µs",
        rounds=3 if size > 100_000 else 7,
    )
    for part, what, microseconds, bound in (
        ("recording", "recording and verifying, without planning,", microseconds_to_record, RECORDING),
        ("planning", "planning", microseconds_to_plan, PLANNING),
    )
    for kind in KINDS
    for size in (1_000, 10_000, 100_000, 1_000_000)
]
REPLAY_ROWS += [
    Row(
        f"replay-{part}-bytes-{kind}",
        f"the most memory in use while {what} a {kind} of some 1,000,000 operations, an operation",
        ours=Cost(partial(bytes_to_record, kind, 1_000_000, plans=part == "planning")),
        bound=300,
        unit="bytes",
        rounds=1,
    )
    for kind in KINDS
    for part, what in (("recording", "recording"), ("planning", "recording and planning"))
]
REPLAY_ROWS += [
    Row(
        f"replay-memory-{name}",
        f"memory of the digits network on a batch of 2048, written {how}, a number and example",
        ours=Cost(partial(bytes_a_number, build)),
        bound=bound,
        unit="bytes",
        rounds=3,
    )
    for name, how, build, bound in (
        ("layers", "with the layers of `nn`", recorded, 25),
        ("products", "product by product", recorded_product_by_product, 2),
    )
]
REPLAY_ROWS += [
    Row(
        f"replay-compile-{name}",
        f"recording and compiling the {name} network as C, the first time",
        ours=Cost(partial(seconds_to_compile, build)),
        unit="s",
        rounds=1,
    )
    for name, build in NETWORKS.items()
    if shutil.which("cc")
]
if shutil.which("cc"):
    REPLAY_ROWS += [
        Row(
            "plain-call",
            "a call of a compiled program of one operation, forward and backward",
            ours=Cost(microseconds_of_call),
            bound=2,
            unit="µs",
        ),
        Row(
            "plain-lines",
            "lines of C of 100 steps of Runge-Kutta in plain operators",
            ours=Cost(partial(lines_of_source, "runge_kutta")),
            bound=149,
            unit="lines",
            rounds=1,
        ),
    ]
ALL_ROWS = [*ROWS, *REPLAY_ROWS, *FIT_ROWS, *SPECIAL_ROWS]
