"""Random programs × random inputs × every back-end, against eager code: as `long`, at least 10,000 examples each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay import record
from tests.replay.backends import BACKENDS, BY_ITSELF, needs_compiler
from tests.sampling import sizes

pytestmark = pytest.mark.no_cover  # other tests cover these lines, and tracing would take minutes

INPUTS, PARAMETERS, BATCH = 3, 3, 42
LIMIT = 1e3  # of a number in a program: beyond, rounding is all there is


def choose(x: Any, y: Any) -> Any:
    return at.where(x > y, x * 0.5, y - 1.0)


def largest_of_products(*xs: Any) -> Any:
    return at.max([x * y for x, y in zip(xs, xs[1:] + xs[:1], strict=True)])


UNARY: dict[str, Callable[[Any], Any]] = {
    "neg": lambda x: -x,
    "plus": lambda x: x + 0.75,
    "minus from": lambda x: 2 - x,
    "times": lambda x: -1.5 * x,
    "over": lambda x: x / 8,
    "reciprocal": lambda x: 3 / (x * x + 0.5),
    "cube": lambda x: x**3,
    "root": lambda x: (x * x + 0.25) ** 0.5,
    "power": lambda x: (x * x + 0.25) ** -1.5,
    "detach": lambda x: x * x.detach() if isinstance(x, Value) else x * x,
    "tower": lambda x: 2**x,
    "log": lambda x: at.log(x * x + 0.1),
    "sqrt": lambda x: at.sqrt(x * x + 0.1),
    "tanh": at.tanh,
    "exp": lambda x: at.exp(at.minimum(x, 2.0)),
    "sigmoid": at.sigmoid,
    "relu": at.relu,
    "sin": at.sin,
    "erf": at.erf,
    "gelu": at.gelu,
    "floor": at.floor,
    "clamp": lambda x: at.clamp(x, -1.0, 1.0),
    "leaky_relu": at.leaky_relu,
    "softplus": at.softplus,
    "abs": at.abs,
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / (y * y + 0.5),
    "maximum": at.maximum,
    "minimum": at.minimum,
    "hypot": lambda x, y: at.hypot(x, y + 3.0),
    "atan2": lambda x, y: at.atan2(x, y * y + 0.5),
    "logaddexp": at.logaddexp,
    "pow": lambda x, y: (x * x + 0.5) ** at.tanh(y),
    "choose": choose,
    "masked": lambda x, y: x * (y > 0.5) if isinstance(y, Value) else x * float(y > 0.5),
}
MANY: dict[str, Callable[..., Any]] = {
    "sum": lambda *xs: at.sum(list(xs)),
    "plus all": lambda *xs: sum(xs[1:], xs[0]),
    "mean": lambda *xs: at.mean(list(xs)),
    "prod": lambda *xs: at.prod([at.tanh(x) for x in xs]),
    "norm": lambda *xs: at.norm([*xs, 1.0]),
    "max": lambda *xs: at.max(list(xs)),
    "min": lambda *xs: at.min(list(xs)),
    "largest of products": largest_of_products,
    "logsumexp": lambda *xs: at.logsumexp(list(xs)),
    "softmax": lambda *xs: at.dot(at.softmax(list(xs)), list(xs)),
    "first of softmax": lambda *xs: at.softmax(list(xs))[0],
    "log_softmax": lambda *xs: at.log_softmax(list(xs))[-1],
    "cross_entropy": lambda *xs: at.cross_entropy(list(xs), 0),
    "dot": lambda *xs: at.dot(list(xs), list(reversed(xs)), xs[0]),
    "dot with floats": lambda *xs: at.dot(list(xs), [0.5, -2.0, 1.0, 3.0][: len(xs)]),
    "neurons": lambda *xs: at.sum(
        [at.tanh(sum((x * y for x, y in zip(xs, xs[k:], strict=False)), xs[0])) for k in (0, 1)]
    ),
}
OPERATIONS = {**UNARY, **BINARY, **MANY}
EXACT = {
    "neg",
    "plus",
    "minus from",
    "times",
    "over",
    "reciprocal",
    "sqrt",
    "add",
    "sub",
    "mul",
    "div",
    "sum",
    "mean",
    "dot",
}

Program = list[tuple[str, tuple[int, ...]]]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Draw the steps of a program; each names its operation and the numbers it takes."""
    steps: Program = []
    for length in range(INPUTS + PARAMETERS, INPUTS + PARAMETERS + draw(st.integers(1, 14))):
        name = draw(st.sampled_from(sorted(OPERATIONS)))
        arity = 1 if name in UNARY else 2 if name in BINARY else draw(st.integers(1, 4))
        position = st.integers(0, length - 1) | st.integers(max(0, length - 4), length - 1)
        steps.append((name, tuple(draw(st.lists(position, min_size=arity, max_size=arity)))))
    return steps


def run(numbers: Sequence[Any], steps: Program) -> Any:
    """Run a program on numbers of any kind."""
    nodes = list(numbers)
    for name, positions in steps:
        nodes.append(OPERATIONS[name](*(nodes[p] for p in positions)))
    return at.sum(nodes[-3:])


def sizes_of(root: Value) -> tuple[bool, dict[Value, float]]:
    """Return whether a graph is tame, and for each node the sum of |products of partials| along all paths."""
    order = at.topological_order(root)
    sizes = dict.fromkeys(order, 0.0)
    sizes[root] = 1.0
    tame = True
    for node in reversed(order):
        for child, partial in zip(node.inputs, node.partials, strict=True):
            tame = tame and abs(partial) < LIMIT
            sizes[child] += abs(partial) * sizes[node]
    return tame and all(abs(node.data) < LIMIT for node in order), sizes


def check(steps: Program, seed: int, backend: str, *, batched: bool = True, batch: int = BATCH) -> int:
    """Compare a batch with eager code, and return how many examples were compared."""
    draw = np.random.default_rng(seed)
    batch = batch if batched else 1
    X = draw.uniform(-2.0, 2.0, (batch, INPUTS)).round(3)
    leaves = [Value(x) for x in draw.uniform(-2.0, 2.0, PARAMETERS).round(3)]
    program = record(
        lambda x: run([*x, *leaves], steps), inputs=(X[0],), parameters=leaves, backend=backend, batched=batched
    )
    losses = program(X if batched else X[0])
    gradients, eager, scales = np.zeros(PARAMETERS), np.zeros(PARAMETERS), np.zeros(PARAMETERS)
    compared = 0
    rounding_unit = 1e-12 if backend != "python" else 0.0 if EXACT.issuperset(name for name, _ in steps) else 1e-14
    for x, loss in zip(X, np.atleast_1d(losses), strict=True):
        root = run([*map(float, x), *leaves], steps)
        if not isinstance(root, Value):
            assert loss == pytest.approx(root, rel=1e-12, abs=1e-12)
            continue
        tame, sizes = sizes_of(root)
        if not tame:
            continue
        compared += 1
        rounding = sum(abs(node.data) * size for node, size in sizes.items())
        assert abs(loss - root.data) <= rounding_unit * (1.0 + rounding), "loss"
        for leaf in leaves:
            leaf.grad = 0.0
        root.backward()
        slopes = np.array([leaf.grad for leaf in leaves])
        program.differentiate(x[None] if batched else x)
        conditioning = (1.0 + rounding) * (1.0 + max(sizes.values()))
        allowed = np.array([rounding_unit * conditioning * (1.0 + sizes.get(p, 0.0)) for p in leaves])
        assert (abs(program.gradients - slopes) <= allowed).all(), (program.gradients, slopes)
        gradients += program.gradients
        eager += slopes
        scales += 1e-12 * conditioning
    if batched and compared == batch:
        program.differentiate(X, reduction="sum")
        assert (abs(program.gradients - eager) <= scales).all(), "the gradient of the sum"
    return compared


@sizes("number", 60, 330)
@pytest.mark.parametrize("backend", BACKENDS)
def test_random_programs_agree_with_eager_code(backend: str, number: int) -> None:
    compared: list[int] = []

    fewer, more = (6, 12) if backend == "c" else (1, 1)  # programs and examples, for each program is compiled a while

    @settings(max_examples=number // fewer, deadline=None)
    @given(steps=programs(), seed=st.integers(0, 2**32 - 1))
    def compare(steps: Program, seed: int) -> None:
        compared.append(check(steps, seed, backend, batch=BATCH * more))

    compare()
    assert sum(compared) >= (10_000 if number >= 330 else 1_000)


@settings(max_examples=60, deadline=None)
@given(steps=programs(), seed=st.integers(0, 2**32 - 1))
def test_unbatched_program_agrees_with_eager_code(steps: Program, seed: int) -> None:
    check(steps, seed, "numpy", batched=False)


def twice(name: str, length: int = INPUTS + PARAMETERS) -> Program:
    """Return an operation of inputs and parameters, and one of its result; they follow so many numbers."""
    arity = 1 if name in UNARY else 2 if name in BINARY else 4
    z = length
    return [(name, (0, 3, 1, 4)[:arity]), ("mul", (z, 3)), (name, (z + 1, 5, z, 3)[:arity])]


@pytest.mark.parametrize("backend", BY_ITSELF)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_agrees_with_eager_code(name: str, backend: str) -> None:
    assert check(twice(name), 0, backend) > BATCH // 2


@needs_compiler
@pytest.mark.once
@pytest.mark.parametrize("group", range(8))
def test_all_operations_agree_with_eager_code_in_c(group: int) -> None:
    steps: Program = []
    for name in list(OPERATIONS)[group::8]:
        steps += twice(name, INPUTS + PARAMETERS + len(steps))
    results = range(INPUTS + PARAMETERS + 2, INPUTS + PARAMETERS + len(steps), 3)
    assert check([*steps, ("sum", tuple(results))], 0, "c") > BATCH // 2


@pytest.mark.parametrize(("row", "slope"), [("tanh", 1.0001), ("mul", 0.999)])
def test_planted_wrong_partial_is_found(row: str, slope: float, monkeypatch: pytest.MonkeyPatch) -> None:
    right = TABLE[row].partials
    monkeypatch.setattr(TABLE[row], "partials", lambda *args: tuple(slope * p for p in right(*args)))
    steps: Program = [("mul", (0, 3)), ("tanh", (6,)), ("mul", (7, 4)), ("tanh", (8,))]
    from autograd_tiny.replay import contributions

    contributions.partial_symbols.cache_clear()
    try:
        with pytest.raises(AssertionError):
            check(steps, 0, "numpy")
    finally:
        contributions.partial_symbols.cache_clear()


def test_compared_numbers_are_finite() -> None:
    assert not sizes_of(at.exp(Value(800.0)))[0]
    assert math.isfinite(sizes_of(at.exp(Value(1.0)))[1].popitem()[1])
