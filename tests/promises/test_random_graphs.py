"""Promise: the gradients of random graphs of all rows are right, and inf and nan are where IEEE arithmetic has them.

Two oracles share no code with the engine, and no table: `exact_tape` uses no rule of differentiation at all, and
bounds the error by the condition of each number; `ieee_tape` computes in NumPy, one edge after another.
"""

from __future__ import annotations

import math
import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.engine import value as value_module
from autograd_tiny.primitives.primitive import TABLE
from tests.promises import ieee_tape
from tests.promises.exact_tape import Tape
from tests.random_programs import (
    NAMES,
    OPERATIONS,
    Step,
    any_program,
    compute,
    draw_leaf,
    draw_step,
    flatten,
    is_tame,
    tame_program,
)
from tests.sampling import sizes

pytestmark = pytest.mark.no_cover  # other tests cover these lines, and tracing would take minutes

BOUND = 1e-12
NEGLIGIBLE = 1e-24  # an absolute error: what terms of second order, and the oracle itself, leave where all is 0
WORST_CONDITION = 1e6  # beyond, the bound of first order does not hold


# ── finite numbers: within 1e-12 of the condition ─────────────────────────────────────────────────────────────


def exact(leaves: Sequence[float], steps: Sequence[Step]) -> tuple[Tape, Sequence[Step]]:
    """Return the tape of the steps, up to the first one that is conditioned too badly, and these steps."""
    tape = Tape(leaves)
    for taken, (name, operands) in enumerate(steps):
        tape.append(OPERATIONS[name].theirs, operands)
        if tape.conditions[-1] > WORST_CONDITION and taken:
            return tape.without_last(), steps[:taken]
    return tape, steps


def distance(ours: float, true: Any, condition: float) -> float:
    """Return the error of a number in terms of its condition."""
    return float(abs(ours - true) / (condition + NEGLIGIBLE / BOUND)) if math.isfinite(ours) else math.inf


def check(leaves: Sequence[float], steps: Sequence[Step]) -> float:
    """Compare every value and every gradient, those of `grad` too; return the largest error over its condition."""
    tape, steps = exact(leaves, steps)
    nodes = compute([Value(x) for x in leaves], steps)
    nodes[-1].backward()
    gradients = tape.gradients()
    values = list(zip(tape.numbers, tape.conditions, strict=True))
    worst = max(
        largest_error("value", [node.data for node in nodes], values, (leaves, steps)),
        largest_error("gradient", [node.grad for node in nodes], gradients, (leaves, steps)),
    )
    slopes = at.grad(nodes[-1], nodes[: len(leaves)], allow_unused=True)
    of_grad = [0.0 if slope is None else slope.data for slope in slopes]
    return max(worst, largest_error("grad()", of_grad, gradients[: len(leaves)], (leaves, steps)))


def largest_error(kind: str, ours: Sequence[float], true: Sequence[tuple[Any, float]], program: object) -> float:
    """Return the largest error of numbers over their condition, and assert that it is within the bound."""
    worst = 0.0
    for k, (x, (exact_number, condition)) in enumerate(zip(ours, true, strict=True)):
        error = distance(x, exact_number, condition)
        assert error <= BOUND, f"{kind} of number {k}: {error} times its condition, in {program}"
        worst = max(worst, error)
    return worst


@sizes("graphs", 150, 100_000)
def test_random_graphs_agree_with_exact_tape(graphs: int, report_figure: Callable[[str], None]) -> None:
    worst, used, nodes, seed = 0.0, Counter[str](), 0, random.getrandbits(32)
    for k in range(graphs):
        leaves, steps = any_program(Random(seed + k))
        worst = max(worst, check(leaves, steps))
        used.update(name for name, _ in steps)
        nodes += len(leaves) + len(steps)
    least = min(used[name] for name in NAMES)
    report_figure(
        f"{graphs:,} random graphs of {len(NAMES)} operations (each at least {least:,} times), {nodes:,} nodes: "
        f"the largest error of a value or a gradient is {worst:.1e} times its condition"
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_agrees_with_exact_tape(name: str) -> None:
    source = Random(name)
    for _ in range(1000):
        leaves = [draw_leaf(source) for _ in range(4)]
        nodes = [Value(x) for x in leaves]
        step = draw_step(source, leaves, recent=4, name=name)
        if step and is_tame(step, nodes, compute(nodes, [step])[-1]):
            check(leaves, [step, ("mul", [4, 4]), ("add", [5, 0]), ("sum", [[6, 4, 4]])])
            return
    pytest.fail("no operands were found")


def test_programs_are_deep_wide_and_shared() -> None:
    used, depths, widths, sharing, repeated, constants = set[str](), [], [], 0, 0, 0
    for seed in range(600):
        leaves, steps = any_program(Random(seed))
        depth = [0] * len(leaves)
        for name, operands in steps:
            used.add(name)
            places = [x for x in flatten(operands) if isinstance(x, int)]
            depth.append(1 + max(depth[x] for x in places))
            widths.append(len(places))
            repeated += len(set(places)) < len(places)
            constants += len(places) < len(flatten(operands))
        uses = Counter(x for _, operands in steps for x in flatten(operands) if isinstance(x, int))
        sharing += max(uses.values()) > 2
        depths.append(depth[-1])
    assert used == set(OPERATIONS)
    assert max(depths) >= 25
    assert max(widths) >= 15
    assert min(sharing, repeated, constants) >= 200


# ── infinite numbers and nan: in the same positions ───────────────────────────────────────────────────────────


def kind(x: float) -> float | str:
    """Return inf, -inf or "nan" as it is, and 0.0 for a finite number."""
    return "nan" if math.isnan(x) else x if math.isinf(x) else 0.0


def check_positions(leaves: Sequence[float], steps: Sequence[Step]) -> int:
    """Compare the positions of inf, -inf and nan in all values and gradients; return how many numbers are such."""
    expected = ieee_tape.run(leaves, steps)
    if expected is None:
        return 0
    numbers, gradients = expected
    nodes = ieee_tape.compute(leaves, steps)
    nodes[-1].backward()
    for k, node in enumerate(nodes):
        for what, ours, true in (("value", node.data, numbers[k]), ("gradient", node.grad, gradients[k])):
            assert kind(ours) == kind(true), f"{what} of number {k}: {ours} instead of {true}, in {leaves}, {steps}"
    return sum(kind(x) != 0.0 for x in numbers + gradients)


@sizes("graphs", 600, 100_000)
def test_infinities_and_nan_are_those_of_numpy(graphs: int, report_figure: Callable[[str], None]) -> None:
    seed, drawn, found, numbers = random.getrandbits(32), 0, 0, 0
    while found < graphs:
        infinite = check_positions(*ieee_tape.draw_program(Random(seed + drawn)))
        drawn, found, numbers = drawn + 1, found + (infinite > 0), numbers + infinite
    report_figure(
        f"{found:,} random graphs with inf or nan: all {numbers:,} of these numbers are where NumPy has them"
    )


# ── planted mistakes ──────────────────────────────────────────────────────────────────────────────────────────

SHARED: list[Step] = [("mul", [0, 1]), ("tanh", [4]), ("add", [5, 5]), ("sum", [[6, 5, 4, 2]]), ("mul", [7, 7])]
LEAVES = [0.5, -1.0, 2.0, 0.25]
HALF_INFINITE: list[Step] = [
    ("log", [0]),
    ("mul", [1, 0]),
    ("dot", [[1, 0], [1, 2.0], 2]),
    ("mul", [3, 0.0]),
    ("add", [4, 2]),
]


def test_shared_program_passes() -> None:
    assert check(LEAVES, SHARED) <= BOUND
    assert check_positions([0.0], HALF_INFINITE) > 0


@pytest.mark.parametrize(("row", "factor"), [("tanh", 1.0 + 1e-9), ("tanh", 0.0)])
def test_planted_wrong_partial_is_found(row: str, factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    right = TABLE[row].partials
    monkeypatch.setattr(TABLE[row], "partials", lambda x, z: (factor * right(x, z)[0],))
    with pytest.raises(AssertionError, match="gradient of number"):
        check(LEAVES, SHARED)


def test_planted_wrong_value_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TABLE["tanh"], "raw", lambda x: math.tanh(x) + 1e-10)
    with pytest.raises(AssertionError, match="value of number 5"):
        check(LEAVES, SHARED)


def test_planted_product_rule_of_one_operand_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Value.__mul__

    def multiply(x: Value, y: Any) -> Any:
        node = right(x, y)
        if isinstance(y, Value):
            node._dy = 0.0
        return node

    monkeypatch.setattr(Value, "__mul__", multiply)
    with pytest.raises(AssertionError, match="gradient of number 0"):
        check(LEAVES, [("mul", [1, 0])])


def plant_in_backward(monkeypatch: pytest.MonkeyPatch, accumulate: Callable[[Value, Value, float], None]) -> None:
    """Replace the loop of `backward` by one over edges, with another accumulation."""

    def accumulate_gradients(order: Sequence[Value]) -> None:
        for node in order:
            for child, partial in zip(node.inputs, node.partials, strict=True):
                accumulate(node, child, partial)

    monkeypatch.setattr(value_module, "accumulate_gradients", accumulate_gradients)


def test_planted_overwriting_accumulation_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def overwrite(node: Value, child: Value, partial: float) -> None:
        child._grad = partial * node._grad

    plant_in_backward(monkeypatch, overwrite)
    with pytest.raises(AssertionError, match="gradient of number"):
        check(LEAVES, SHARED)


def test_planted_skipping_of_zeros_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def skip(node: Value, child: Value, partial: float) -> None:
        if node._grad:
            child._grad += partial * node._grad

    plant_in_backward(monkeypatch, skip)
    check(LEAVES, SHARED)  # finite numbers do not show it
    with pytest.raises(AssertionError, match="gradient of number"):
        check_positions([0.0], HALF_INFINITE)


def test_planted_order_that_forgets_consumers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = value_module.mark_in_backward_order

    def breadth_first(root: Value) -> tuple[list[Value], list[Value]]:
        order, leaves = [root], right(root)[1]
        for node in order:
            order += [x for x in node.inputs if x.inputs and x not in order]
        return order, leaves

    monkeypatch.setattr(value_module, "mark_in_backward_order", breadth_first)
    with pytest.raises(AssertionError, match="gradient of number"):
        check(LEAVES, SHARED)


def test_planted_mistake_is_found_in_random_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    right = TABLE["hypot"].partials
    monkeypatch.setattr(TABLE["hypot"], "partials", lambda x, y, z: right(x, y, z)[::-1])
    programs = [tame_program(Random(seed), leaves=4, steps=16, recent=6) for seed in range(100)]
    with pytest.raises(AssertionError, match="gradient of number"):
        deque((check(leaves, steps) for leaves, steps in programs), maxlen=0)
