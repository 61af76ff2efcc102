"""Programs as people write them, with plain operators, loops and indices: replayed as eager code computes them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
import nn
from autograd_tiny import Value, record
from autograd_tiny.errors import ReplayMismatch
from autograd_tiny.replay.choice import make_backend
from autograd_tiny.replay.program import Program
from tests.replay.backends import needs_compiler

DRAW = random.Random(0)
WORDS, WIDTH = 3, 2


def table(rows: int, columns: int) -> list[list[Value]]:
    return [[Value(DRAW.uniform(-1.0, 1.0)) for _ in range(columns)] for _ in range(rows)]


E, C, Q, K = (table(WORDS, WIDTH) for _ in range(4))
B = np.array(table(WORDS, WORDS), dtype=object)
W = table(1, 8)[0]
PARAMETERS = [w for row in (*E, *C, *Q, *K, *B, W) for w in row]
COSTS = [0.5, 1.0, 2.0]


def product(ws: Sequence[Any], xs: Sequence[Any]) -> Any:
    return sum(w * x for w, x in zip(ws, xs))  # noqa: B905 - as people write it


def logits(words: Any) -> list[Any]:
    return [product(c, [sum(E[w][d] for w in words) for d in range(WIDTH)]) for c in C]


def attention(xs: Any, words: Any, t: Any) -> Any:
    """Two heads over a context that grows."""
    tokens = [[e * x for e in E[w]] for w, x in zip(words, xs)]  # noqa: B905 - as above
    keys, total = [], 0.0
    for token in tokens:
        keys.append([product(k, token) for k in K])
        query = [product(q, token) for q in Q]
        for head in (slice(0, 1), slice(1, 2)):
            scores = [at.exp(product(query[head], key[head]) / 2**0.5) for key in keys]
            total = total + sum(s * token[head][0] for s in scores) / sum(scores)
    return total


def softmax_of_loops(xs: Any, words: Any, t: Any) -> Any:
    powers = [at.exp(z) for z in logits(words)]
    return -at.log(powers[t] / sum(powers))


def shifted_softmax(xs: Any, words: Any, t: Any) -> Any:
    z = logits(words)
    m = at.max(z)
    powers = [at.exp(each - m) for each in z]
    total = sum(powers)
    return -at.log([p / total for p in powers][t])


def log_sum_exp(xs: Any, words: Any, t: Any) -> Any:
    z = logits(words)
    m = at.max(z).detach()
    return m + at.log(sum(at.exp(each - m) for each in z)) - z[t]


def rms_norm(xs: Any, words: Any, t: Any) -> Any:
    scale = (sum(x * x for x in xs) / len(xs) + 1e-5) ** -0.5
    return product(W, [x * scale for x in xs])


def layer_norm(xs: Any, words: Any, t: Any) -> Any:
    zs = [w * x for w, x in zip(W, xs)]  # noqa: B905 - as above
    mean = sum(zs) / len(zs)
    variance = sum((z - mean) ** 2 for z in zs) / len(zs)
    return product([(z - mean) / (variance + 1e-5) ** 0.5 for z in zs], W)


def convolution(xs: Any, words: Any, t: Any) -> Any:
    image = [[xs[i] * xs[j] for j in range(3)] for i in range(3)]
    total = 0.0
    for i in range(2):
        for j in range(2):
            patch = W[0]
            for a in range(2):
                for b in range(2):
                    patch = patch + W[1 + 2 * a + b] * image[i + a][j + b]
            total = total + patch.relu()
    return total


def products_in_any_order(xs: Any, words: Any, t: Any) -> Any:
    (a, b, c, d, *_), (x, y, z, *_) = W, xs
    one = a * x + (b * y + c * z)
    two = z * c + x * a - d
    three = -(y * b) - x * a + 1.0
    return one.tanh() * two.tanh() + (d - (a * x + y * b)) * three


def shared_over_positions(xs: Any, words: Any, t: Any) -> Any:
    h = 0.0
    for x in xs:
        h = at.tanh(W[0] * x + W[1] * h + W[2])
    return h * W[3]


def powers(xs: Any, words: Any, t: Any) -> Any:
    x = W[0] * xs[0]
    y = x**2 + 1.0
    return x**3 + y**-1 + y**0.5 + y**-0.5 + 2.0**x + y**1 + x**0


def embeddings(xs: Any, words: Any, t: Any) -> Any:
    return at.tanh(sum(product(E[w], W) for w in words) / len(words))


def cross_entropy(xs: Any, words: Any, t: Any) -> Any:
    row = at.log_softmax(logits(words))
    return -row[t]


def class_weights(xs: Any, words: Any, t: Any) -> Any:
    return (at.logsumexp(logits(words)) - logits(words)[t]) * COSTS[t] * W[t]


def negative_samples(xs: Any, words: Any, t: Any) -> Any:
    center = E[t]
    loss = -at.log_sigmoid(product(center, C[words[0]]))
    for w in words[1:]:
        loss = loss - at.log_sigmoid(-product(center, C[w]))
    return loss


def bigrams(xs: Any, words: Any, t: Any) -> Any:
    row = [at.exp(b) for b in B[words[0]]]
    return -at.log(row[t] / sum(row))


def table_of_two_indices(xs: Any, words: Any, t: Any) -> Any:
    return B[words[0]][t] * B[t, words[1]] + B[-1][words[1]] * xs[0]


def order_of_words(xs: Any, words: Any, t: Any) -> Any:
    successors = [2, 0, 1]
    return product(E[successors[t]], E[t - 1]) + W[words[0] + words[1] - words[1]]


PATTERNS: dict[str, Callable[[Any, Any, Any], Any]] = {
    function.__name__: function
    for function in (
        *(attention, softmax_of_loops, shifted_softmax, log_sum_exp, rms_norm, layer_norm, convolution),
        *(products_in_any_order, shared_over_positions, powers, embeddings, cross_entropy, class_weights),
        *(negative_samples, bigrams, table_of_two_indices, order_of_words),
    )
}


def batch(size: int = 6) -> tuple[Any, Any, Any]:
    """Return inputs, as arrays of floats and of integers."""
    draw = random.Random(1)
    xs = [[draw.uniform(-1.0, 1.0) for _ in range(3)] for _ in range(size)]
    words = [[draw.randrange(WORDS) for _ in range(2)] for _ in range(size)]
    return np.array(xs), np.array(words), np.array([draw.randrange(WORDS) for _ in range(size)])


def recorded(function: Callable[..., Any], backend: str | None, **settings: Any) -> Program:
    inputs = ([0.3, -0.2, 0.5], np.array([1, 0]), 2)
    return record(function, inputs=inputs, parameters=PARAMETERS, backend=backend, **settings)


def requires_agreement(function: Callable[..., Any], program: Program) -> None:
    """Compare losses and gradients with eager code."""
    xs, words, t = batch()
    losses = [function(*example) for example in zip(xs.tolist(), words, t.tolist(), strict=True)]
    expected = gradient(at.mean(losses))
    assert program.differentiate(xs, words, t).tolist() == pytest.approx([x.data for x in losses], rel=1e-12)
    assert program.gradients.tolist() == pytest.approx(expected, rel=1e-10, abs=1e-12)


def gradient(loss: Value) -> list[float]:
    for w in PARAMETERS:
        w.grad = 0.0
    loss.backward()
    return [w.grad for w in PARAMETERS]


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern_is_replayed(name: str) -> None:
    program = recorded(PATTERNS[name], "numpy")
    requires_agreement(PATTERNS[name], program)
    program._backend = make_backend(program._tape, name="python", sizes=[3, 2, 1])
    program.load()
    requires_agreement(PATTERNS[name], program)


def sum_of(names: Iterable[str]) -> Callable[[Any, Any, Any], Any]:
    """Return all of these patterns as one function, so that they are compiled at once."""
    return lambda xs, words, t: sum(PATTERNS[name](xs, words, t) for name in names)


@needs_compiler
@pytest.mark.once
def test_patterns_of_indices_are_replayed_in_c() -> None:
    names = ["embeddings", "class_weights", "table_of_two_indices"]
    requires_agreement(sum_of(names), recorded(sum_of(names), "c"))


@needs_compiler
@pytest.mark.long
def test_all_patterns_are_replayed_in_c() -> None:
    requires_agreement(sum_of(PATTERNS), recorded(sum_of(PATTERNS), "c"))


def shifted_by_builtin_max(xs: Any, words: Any, t: Any) -> Any:
    z = logits(words)
    m = max(z)
    powers = [at.exp(each - m) for each in z]
    return -at.log(powers[t] / sum(powers))


def test_shift_by_builtin_max_is_a_guard() -> None:
    program = recorded(shifted_by_builtin_max, "numpy")
    with pytest.raises(ReplayMismatch, match=r"`m = max\(z\)`, which was (True|False); use autograd_tiny.where, max"):
        program(*batch())
    requires_agreement(shifted_by_builtin_max, recorded(shifted_by_builtin_max, "numpy", on_mismatch="eager"))


@pytest.mark.parametrize("targets", [np.uint8, np.int64])
def test_fit_replays_a_model_of_integers(targets: type) -> None:
    def trained(*, replay: bool) -> tuple[list[float], str]:
        rows = [Value(0.1 * k) for k in range(WORDS * WORDS)]
        model = Bigrams(rows)
        words = np.arange(12) % WORDS
        optimizer = nn.SGD(rows, lr=0.5)
        history = nn.fit(
            model,
            words,
            ((words + 1) % WORDS).astype(targets),
            loss="softmax_cross_entropy",
            optimizer=optimizer,
            epochs=2,
            batch_size=4,
            seed=0,
            replay=replay,
        )
        return [w.data for w in rows], history.runs[0]

    (replayed, how), (eager, _) = trained(replay=True), trained(replay=False)
    assert "replayed" in how
    assert replayed == pytest.approx(eager, rel=1e-12)


class Bigrams(nn.Module):
    """The logits of the next word."""

    def __init__(self, rows: list[Value]) -> None:
        self.rows = [rows[k : k + WORDS] for k in range(0, len(rows), WORDS)]

    def __call__(self, word: Any) -> Any:
        return self.rows[word]


@pytest.mark.parametrize("backend", ["numpy", "python", pytest.param("c", marks=needs_compiler)])
@pytest.mark.parametrize(
    "shared", [at.logsumexp, lambda ws: ws[0] * ws[1], lambda ws: at.tanh(ws[0]) + at.sin(ws[1])]
)
def test_number_that_examples_share_beside_constants_times_others(backend: str, shared: Any) -> None:
    ws, vs = table(1, 3)[0], table(1, 3)[0]

    def loss(x: Any) -> Any:
        return sum((k + 1.5) * p for k, p in enumerate(at.softmax([v * x for v in vs]))) + shared(ws)

    program = record(loss, inputs=(0.5,), parameters=[*ws, *vs], backend=backend)
    losses = program.differentiate([0.5, -1.0])
    for leaf in (*ws, *vs):
        leaf.grad = 0.0
    eager = at.mean([loss(0.5), loss(-1.0)])
    eager.backward()
    assert np.mean(losses) == pytest.approx(eager.data, rel=1e-13)
    assert program.gradients == pytest.approx([leaf.grad for leaf in (*ws, *vs)], rel=1e-12, abs=1e-15)
