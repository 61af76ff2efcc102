"""Compare random graphs with complex-step derivatives in many digits, which use no derivative rule.

For an analytic function, f(x + ih) = f(x) + ih·f′(x) + O(h²): with h = 1e-30 and 80 digits the imaginary part over
h is the derivative to some 60 digits (Squire and Trapp 1998). The oracle interprets the same program as the engine,
with functions of mpmath; branches are decided by the real part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.primitives.primitive import TABLE
from tests.sampling import campaign

pytestmark = pytest.mark.no_cover  # other tests cover these lines, and tracing would take minutes

LEAVES, LIMIT = 4, 50.0
STEP = mpmath.mpf(10) ** -30


def real(x: Any) -> Any:
    return x.real if isinstance(x, mpmath.mpc) else mpmath.mpf(x)


def positive(*xs: float) -> bool:
    return all(x > 0.1 for x in xs)


def moderate(*xs: float) -> bool:
    return all(abs(x) < 3.0 for x in xs)


def anything(*xs: float) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the engine, the same in mpmath, and the operands at which it is smooth and not too large."""

    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    fits: Callable[..., bool] = anything


def softplus(x: Any) -> Any:
    return mpmath.log(1 + mpmath.exp(x))


def many(function: Callable[[Sequence[Any]], Any]) -> Callable[..., Any]:
    return lambda *xs: function(list(xs))


UNARY = {
    "neg": Operation(lambda x: -x, lambda x: -x),
    "pos": Operation(lambda x: +x, lambda x: x),
    "abs": Operation(abs, lambda x: x if real(x) > 0 else -x, lambda x: abs(x) > 0.01),
    "add constant": Operation(lambda x: x + 0.75, lambda x: x + mpmath.mpf("0.75")),
    "constant minus": Operation(lambda x: 2 - x, lambda x: 2 - x),
    "times constant": Operation(lambda x: -1.5 * x, lambda x: x * mpmath.mpf("-1.5")),
    "over constant": Operation(lambda x: x / 8, lambda x: x / 8),
    "constant over": Operation(lambda x: 3 / x, lambda x: 3 / x, lambda x: abs(x) > 0.3),
    "cube": Operation(lambda x: x**3, lambda x: x * x * x, moderate),
    "inverse square": Operation(lambda x: x**-2, lambda x: 1 / (x * x), lambda x: abs(x) > 0.3),
    "root": Operation(lambda x: x**0.5, mpmath.sqrt, positive),
    "power of constant": Operation(lambda x: 2**x, lambda x: mpmath.exp(x * mpmath.log(2)), moderate),
    "exp": Operation(at.exp, mpmath.exp, moderate),
    "expm1": Operation(Value.expm1, lambda x: mpmath.exp(x) - 1, moderate),
    "log": Operation(at.log, mpmath.log, positive),
    "log1p": Operation(Value.log1p, lambda x: mpmath.log(1 + x), positive),
    "sqrt": Operation(Value.sqrt, mpmath.sqrt, positive),
    "square": Operation(at.square, lambda x: x * x),
    "sin": Operation(at.sin, mpmath.sin),
    "cos": Operation(at.cos, mpmath.cos),
    "tan": Operation(at.tan, mpmath.tan, lambda x: abs(x) < 1.2),
    "asin": Operation(at.asin, mpmath.asin, lambda x: abs(x) < 0.9),
    "atan": Operation(at.atan, mpmath.atan),
    "sinh": Operation(at.sinh, mpmath.sinh, moderate),
    "tanh": Operation(at.tanh, mpmath.tanh),
    "asinh": Operation(at.asinh, lambda x: mpmath.log(x + mpmath.sqrt(x * x + 1))),
    "erf": Operation(at.erf, mpmath.erf, moderate),
    "sigmoid": Operation(at.sigmoid, lambda x: 1 / (1 + mpmath.exp(-x))),
    "softplus": Operation(at.softplus, softplus),
    "relu": Operation(Value.relu, lambda x: x if real(x) > 0 else mpmath.mpf(0), lambda x: abs(x) > 0.01),
    "silu": Operation(at.silu, lambda x: x / (1 + mpmath.exp(-x))),
    "gelu": Operation(at.gelu, lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2, moderate),
    "mish": Operation(at.mish, lambda x: x * mpmath.tanh(softplus(x))),
}
BINARY = {
    "add": Operation(lambda x, y: x + y, lambda x, y: x + y),
    "sub": Operation(lambda x, y: x - y, lambda x, y: x - y),
    "mul": Operation(lambda x, y: x * y, lambda x, y: x * y),
    "div": Operation(lambda x, y: x / y, lambda x, y: x / y, lambda x, y: abs(y) > 0.3),
    "pow": Operation(
        lambda x, y: x**y,
        lambda x, y: mpmath.exp(y * mpmath.log(x)),
        lambda x, y: positive(x) and moderate(math.log(x) * y),
    ),
    "maximum": Operation(at.maximum, lambda x, y: x if real(x) > real(y) else y, lambda x, y: abs(x - y) > 0.01),
    "minimum": Operation(at.minimum, lambda x, y: x if real(x) < real(y) else y, lambda x, y: abs(x - y) > 0.01),
    "hypot": Operation(at.hypot, lambda x, y: mpmath.sqrt(x * x + y * y), lambda x, y: math.hypot(x, y) > 0.1),
    "atan2": Operation(at.atan2, lambda y, x: mpmath.atan(y / x), lambda y, x: positive(x)),
    "logaddexp": Operation(at.logaddexp, lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y))),
    "where": Operation(
        lambda x, y: at.where(x > y, x, y * 2.0),
        lambda x, y: x if real(x) > real(y) else 2 * y,
        lambda x, y: abs(x - y) > 0.01,
    ),
}
MANY = {
    "sum": Operation(many(at.sum), many(lambda xs: sum(xs[1:], xs[0]))),
    "sum with a constant": Operation(lambda *xs: at.sum([*xs, 0.5]), lambda *xs: sum(xs) + mpmath.mpf("0.5")),
    "mean": Operation(many(at.mean), many(lambda xs: sum(xs) / len(xs))),
    "prod": Operation(many(at.prod), many(mpmath.fprod), moderate),
    "norm": Operation(many(at.norm), many(lambda xs: mpmath.sqrt(sum(x * x for x in xs))), positive),
    "logsumexp": Operation(many(at.logsumexp), many(lambda xs: mpmath.log(sum(mpmath.exp(x) for x in xs)))),
    "softmax": Operation(
        lambda *xs: at.softmax(list(xs))[0], lambda *xs: mpmath.exp(xs[0]) / sum(mpmath.exp(x) for x in xs)
    ),
    "dot": Operation(
        lambda *xs: at.dot(xs[1:], xs[:-1], xs[0]),
        lambda *xs: sum((w * x for w, x in zip(xs[1:], xs[:-1], strict=True)), xs[0]),
    ),
    "dot with floats": Operation(lambda *xs: at.dot(xs, [0.5] * len(xs), xs[0]), lambda *xs: sum(xs) / 2 + xs[0]),
    "dot of a mixture": Operation(lambda *xs: at.dot([xs[0], 2.0], [3, xs[-1]]), lambda *xs: 3 * xs[0] + 2 * xs[-1]),
}
OPERATIONS = {**UNARY, **BINARY, **MANY}

Program = list[tuple[str, tuple[int, ...]]]


@st.composite
def programs(draw: st.DrawFn) -> tuple[list[float], Program]:
    """Draw the leaves and the steps of a program; each step names its operation and the numbers it takes."""
    leaves = draw(st.lists(st.floats(-2.0, 2.0), min_size=LEAVES, max_size=LEAVES))
    steps: Program = []
    for length in range(LEAVES, LEAVES + draw(st.integers(1, 25))):
        name = draw(st.sampled_from(sorted(OPERATIONS)))
        arity = 1 if name in UNARY else 2 if name in BINARY else draw(st.integers(1, 4))
        # mostly late numbers, so that programs are deep, and often the same ones, so that nodes are shared
        position = st.integers(0, length - 1) | st.integers(max(0, length - 3), length - 1)
        steps.append((name, tuple(draw(st.lists(position, min_size=arity, max_size=arity)))))
    return leaves, steps


def run(leaves: list[Value], steps: Program) -> tuple[Value, Program]:
    """Run a program in the engine; return its root and the steps it took: those whose operands fit."""
    nodes, taken = list(leaves), []
    for name, positions in steps:
        operation = OPERATIONS[name]
        xs = [nodes[p % len(nodes)] for p in positions]
        if operation.fits(*(x.data for x in xs)):
            node = operation.ours(*xs)
            if abs(node.data) < LIMIT:
                taken.append((name, tuple(p % len(nodes) for p in positions)))
                nodes.append(node)
    return at.sum(nodes[-3:]), taken


def oracle(leaves: Sequence[Any], steps: Program) -> Any:
    """Run the steps in mpmath."""
    numbers = list(leaves)
    for name, positions in steps:
        numbers.append(OPERATIONS[name].theirs(*(numbers[p] for p in positions)))
    return sum(numbers[-3:])


def size_of_contributions(root: Value) -> dict[Value, float]:
    """Return for each node the sum, over the paths from the root, of the absolute products of their partials."""
    sizes = dict.fromkeys(at.topological_order(root), 0.0)
    sizes[root] = 1.0
    for node in reversed(sizes):
        for child, partial in zip(node.inputs, node.partials, strict=True):
            sizes[child] += abs(partial) * sizes[node]
    return sizes


def check(numbers: list[float], steps: Program) -> None:
    """Compare value and gradients with the oracle, relative to the size of their contributions."""
    leaves = [Value(x) for x in numbers]
    root, taken = run(leaves, steps)
    root.backward()
    sizes = size_of_contributions(root)
    with mpmath.workdps(80):
        exact = [mpmath.mpf(x) for x in numbers]
        value = oracle(exact, taken)
        assert abs(root.data - value) <= 1e-10 * (1.0 + sum(sizes.get(leaf, 0.0) for leaf in leaves)), "value"
        for k, leaf in enumerate(leaves):
            moved = [mpmath.mpc(x, STEP if j == k else 0) for j, x in enumerate(exact)]
            slope = mpmath.im(oracle(moved, taken)) / STEP
            allowed = 1e-9 * (1.0 + max(sizes.values())) * (1.0 + sizes.get(leaf, 0.0))
            assert abs(leaf.grad - slope) <= allowed, f"gradient of leaf {k}: {leaf.grad}, by the oracle {slope}"


@campaign(100, 2500, program=programs())
def test_random_graph_agrees_with_complex_steps(program: tuple[list[float], Program]) -> None:
    check(*program)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_agrees_with_complex_steps(name: str) -> None:
    arity = 1 if name in UNARY else 2 if name in BINARY else 3
    numbers = [0.75, 0.5, 0.35, 1.5]
    steps: Program = [(name, (0, 1, 0)[:arity]), ("mul", (4, 4)), (name, (2, 4, 1)[:arity])]
    assert len(run([Value(x) for x in numbers], steps)[1]) == 3
    check(numbers, steps)


@campaign(60, 600, program=programs())
def test_grad_of_random_graph_agrees_with_backward(program: tuple[list[float], Program]) -> None:
    numbers, steps = program
    leaves = [Value(x) for x in numbers]
    root, _ = run(leaves, steps)
    slopes = at.grad(root, leaves, allow_unused=True)
    root.backward()
    sizes = size_of_contributions(root)
    for leaf, slope in zip(leaves, slopes, strict=True):
        expected = 0.0 if slope is None else slope.data
        assert abs(leaf.grad - expected) <= 1e-12 * (1.0 + sizes.get(leaf, 0.0))


# ── planted mistakes ──────────────────────────────────────────────────────────────────────────────────────────

SHARED: Program = [("mul", (0, 1)), ("tanh", (4,)), ("add", (5, 5)), ("sum", (6, 5, 4, 2)), ("mul", (7, 7))]


def test_shared_program_passes() -> None:
    check([0.5, -1.0, 2.0, 0.25], SHARED)


@pytest.mark.parametrize(("row", "slope"), [("tanh", 1.0001), ("tanh", 0.0)])
def test_planted_wrong_partial_is_found(row: str, slope: float, monkeypatch: pytest.MonkeyPatch) -> None:
    right = TABLE[row].partials
    monkeypatch.setattr(TABLE[row], "partials", lambda x, z: (slope * right(x, z)[0],))
    with pytest.raises(AssertionError, match="gradient of leaf"):
        check([0.5, -1.0, 2.0, 0.25], SHARED)


def test_planted_loss_of_second_use_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Value.__add__

    def add_once(x: Value, y: Any) -> Value:
        node = right(x, y)
        if x is y:
            node._dy = 0.0
        return node

    monkeypatch.setattr(Value, "__add__", add_once)
    with pytest.raises(AssertionError, match="gradient of leaf"):
        check([0.5, -1.0, 2.0, 0.25], SHARED)


def test_planted_wrong_value_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TABLE["tanh"], "raw", lambda x: math.tanh(x) + 1e-6)
    with pytest.raises(AssertionError, match="value"):
        check([0.5, -1.0, 2.0, 0.25], SHARED)


def test_programs_are_deep_and_varied() -> None:
    seen: set[str] = set()
    depths: list[int] = []

    @settings(max_examples=150, database=None, derandomize=True)
    @given(program=programs())
    def collect(program: tuple[list[float], Program]) -> None:
        root, taken = run([Value(x) for x in program[0]], program[1])
        seen.update(name for name, _ in taken)
        depths.append(len(at.topological_order(root)))

    collect()
    assert max(depths) >= 10
    assert len(seen) >= 0.8 * len(OPERATIONS)
