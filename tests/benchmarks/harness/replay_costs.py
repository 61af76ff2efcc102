"""Measure replay alone: recording, planning and compiling, an irregular graph, memory."""

from __future__ import annotations

import gc
import os
import random
import tempfile
from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import Any

import autograd_tiny
from autograd_tiny import Value
from autograd_tiny.engine.grad_mode import no_gc
from autograd_tiny.replay import Program, record
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.plan import plan_of
from autograd_tiny.replay.record_program import first_run
from autograd_tiny.replay.runs import Function
from autograd_tiny.replay.tape import Tape
from autograd_tiny.replay.verification import verify
from tests.benchmarks.harness.costs import resident_set
from tests.benchmarks.peers import closure_networks
from tests.benchmarks.peers.array_networks import Network, digits_network, recorded
from tests.benchmarks.peers.replayed_programs import recorded_program
from tests.benchmarks.workloads import growing_programs
from tests.benchmarks.workloads.names_transformer import Transformer


def seconds_to_record(build: Callable[[], Network]) -> float:
    """Return the milliseconds that recording and planning take, the function's two runs included."""
    network = build()
    start = process_time()
    recorded(network)
    return 1e3 * (process_time() - start)


def milliseconds_for_transformer() -> float:
    """Return the same for the transformer."""
    transformer = Transformer(autograd_tiny)
    gc.disable()
    start = process_time()
    record(transformer.loss, parameters=transformer.parameters(), batched=False)
    return 1e3 * (process_time() - start)


def recorded_tape(kind: str, operations: int, *, plans: bool = False) -> tuple[float, int, Tape]:
    """Return the seconds and the bytes that recording a growing program takes, and its tape.

    The bytes are those by which the process grows at most, so they are right the first time only.

    Args:
        kind: of the program.
        operations: some number of them.
        plans: whether to plan it as well.
    """
    loss, example, parameters = growing_programs.KINDS[kind](operations)
    arguments = [Argument.like("x", argument) for argument in example]
    numbers = [x for argument in example for x in (argument if isinstance(argument, list) else [argument])]
    gc.collect()
    before, start = resident_set(), process_time()
    with no_gc():
        function = Function(loss, arguments, parameters, example)
        first = first_run(function, numbers)
        verify(function, numbers, first)
        if plans:
            plan_of(first.tape)
    seconds, grown = process_time() - start, 1024 * getrusage(RUSAGE_SELF).ru_maxrss - before
    return seconds, grown, first.tape


def microseconds_to_record(kind: str, operations: int) -> float:
    """Return the time that recording takes, an operation, without planning."""
    seconds, _, tape = recorded_tape(kind, operations)
    return 1e6 * seconds / len(tape.operations)


def microseconds_to_plan(kind: str, operations: int) -> float:
    """Return the time that planning takes, an operation, without recording."""
    tape = recorded_tape(kind, operations)[-1]
    with no_gc():
        start = process_time()
        plan_of(tape)
        return 1e6 * (process_time() - start) / len(tape.operations)


def bytes_to_record(kind: str, operations: int, *, plans: bool = False) -> float:
    """Return how much the process grows at most while it records, an operation; once in each process."""
    recorded_tape(kind, 1_000, plans=plans)  # what is imported once
    _, grown, tape = recorded_tape(kind, operations, plans=plans)
    return grown / len(tape.operations)


def irregular(nodes: int, depth: int = 30) -> Any:
    """Return the program of a graph without any regularity: random rows of random numbers, `depth` levels deep."""
    draw = random.Random(0)
    leaves = [Value(draw.uniform(0.5, 1.0)) for _ in range(1000)]
    rows = [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, lambda a, b: a.tanh()]

    def loss() -> Any:
        level: list[Any] = leaves
        for _ in range(depth):
            level = [draw.choice(rows)(draw.choice(level), draw.choice(level)) for _ in range(nodes // depth)]
        return autograd_tiny.mean(level)

    def repeatable() -> Any:
        draw.seed(0)
        return loss()

    gc.disable()
    return record(repeatable, parameters=leaves, batched=False)


def nanoseconds_an_operation(nodes: int) -> float:
    """Return what a pass through the irregular graph, forward and backward, takes for each operation."""
    program = irregular(nodes)
    count = int(repr(program).split()[2])
    program.differentiate()
    times = []
    for _ in range(7):
        start = process_time()
        program.differentiate()
        times.append(process_time() - start)
    return 1e9 * min(times) / count


def recorded_product_by_product(network: Network) -> Program:
    """Return the program of the digits network without layers: two operations for each weight."""
    model = closure_networks.MLP(autograd_tiny, 64, [32, 10], hidden="tanh")

    def loss(x: Any, y: Any) -> Any:
        return autograd_tiny.cross_entropy(model(x), y)

    return record(loss, inputs=(network.X[0].tolist(), 0.0), parameters=model.parameters())


def bytes_a_number(build: Callable[[Network], Program], batch: int = 2048) -> float:
    """Return how much memory a step on a batch keeps, for each input or operation of the program and each example."""
    network = digits_network(batch=batch)
    program = build(network)
    numbers = int(repr(program).split()[2]) + network.X[0].size + 1
    gc.collect()
    before = resident_set()
    program.differentiate(network.X, network.Y)
    return (resident_set() - before) / numbers / batch


def seconds_to_compile(build: Callable[[], Network]) -> float:
    """Return the seconds that recording and compiling take where nothing is in the cache."""
    network = build()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        start = perf_counter()
        recorded(network, "c")
        return perf_counter() - start


def microseconds_of_call() -> float:
    """Return what a call of a compiled program of one operation takes, gradient included."""
    w = Value(2.0)
    program = record(lambda: w * 2.0, parameters=[w], backend="c", batched=False)
    times = []
    for _ in range(7):
        start = process_time()
        for _ in range(10_000):
            program.differentiate()
        times.append(1e2 * (process_time() - start))
    return min(times)


def lines_of_source(name: str) -> float:
    """Return the number of lines of a program in plain operators, as C."""
    return recorded_program(name, "c").source.count("\n")
