"""The softmax family, max and min over lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import PositionError
from autograd_tiny.replay import record
from tests.replay.backends import BACKENDS, needs_compiler

BATCH = 7
every_backend = pytest.mark.parametrize("backend", BACKENDS)


def check(loss: Callable[..., Any], *inputs: Any, calls: dict[str, int] | None = None) -> None:
    """Compare losses and gradients with eager code, and count how often the source calls what."""
    w = [Value(x) for x in (0.5, -1.0, 2.0)]
    program = record(lambda *args: loss(w, *args), inputs=tuple(x[0] for x in inputs), parameters=w, backend="numpy")
    losses = program.backward(*inputs, reduction="sum")
    replayed = [leaf.grad for leaf in w]
    for leaf in w:
        leaf.grad = 0.0
    for example, replay in zip(zip(*(x.tolist() for x in inputs), strict=True), losses, strict=True):
        root = loss(w, *example)
        root.backward()
        assert replay == pytest.approx(root.data, rel=1e-13, abs=1e-14)
    assert replayed == pytest.approx([leaf.grad for leaf in w], rel=1e-12, abs=1e-13)
    for name, count in (calls or {}).items():
        assert program.source.count(f" {name}(") == count


X = np.random.default_rng(0).normal(size=(BATCH, 3))
TARGETS = np.arange(BATCH) % 3 * 1.0


def logits(w: list[Value], x: Any) -> list[Any]:
    return [a * b + 0.25 * a for a, b in zip(w, x, strict=True)]


def test_target_may_vary() -> None:
    check(lambda w, x, y: at.cross_entropy(logits(w, x), y), X, TARGETS, calls={"max_over": 1, "find": 1})


def test_target_may_be_fixed() -> None:
    check(lambda w, x: at.cross_entropy(logits(w, x), 2), X, calls={"max_over": 1})


def test_softmax_is_computed_once() -> None:
    check(lambda w, x: at.dot(at.softmax(logits(w, x)), [1.0, -2.0, 0.5]), X, calls={"max_over": 1, "find": 0})


def test_log_softmax_is_computed_once() -> None:
    check(lambda w, x: at.dot(at.log_softmax(logits(w, x)), [1.0, -2.0, 0.5]), X, calls={"max_over": 1})


def test_several_losses_share_their_logits() -> None:
    def loss(w: list[Value], x: Any, y: Any) -> Any:
        scores = logits(w, x)
        return at.cross_entropy(scores, y) + at.cross_entropy(scores, 2.0 - y) + 0.5 * at.cross_entropy(scores, 0)

    check(loss, X, TARGETS)


def test_output_may_be_used_twice() -> None:
    check(lambda w, x: at.softmax(logits(w, x))[0] * at.softmax(logits(w, x))[0], X)


def test_lists_of_parameters_and_of_inputs() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        parts = [at.logsumexp(w), at.max(w), at.softmax(w)[1], at.max([*w, *x]), at.logsumexp([w[0], x[0], 1.0])]
        return at.sum(parts) * at.logsumexp(logits(w, x)) + at.min(logits(w, x)) + at.max(logits(w, x))

    check(loss, X)


def test_varying_target_of_fixed_logits() -> None:
    check(lambda w, x, y: at.cross_entropy(w, y) * x[0], X, TARGETS)


def test_many_lists_at_once() -> None:
    def loss(w: list[Value], x: Any) -> Any:
        rows = [[a * b for b in x] for a in w]
        weights = [at.softmax(row) for row in rows]
        return at.sum([p * p for row in weights for p in row]) + at.sum([at.logsumexp(row) for row in rows])

    check(loss, X, calls={"max_over": 2})


def test_logit_of_minus_infinity_has_probability_0() -> None:
    masked = X.copy()
    masked[:, 1] = -np.inf
    check(lambda w, x, y: at.cross_entropy([w[0] + x[0], x[1], w[2] + x[2]], y), masked, TARGETS // 2 * 2)


@every_backend
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_logsumexp_of_minus_infinities_passes_no_gradient(backend: str) -> None:
    w = [Value(3.0), Value(4.0)]
    program = record(lambda x: at.logsumexp([a + x for a in w]), inputs=(1.0,), parameters=w, backend=backend)
    assert program.backward(np.array([-np.inf, 1.0])).tolist()[0] == -np.inf
    assert w[0].grad + w[1].grad == pytest.approx(0.5)  # the mean of 0 and 1


EXTREMES = (np.inf, -np.inf, np.nan, 1e308, -1e308, 1e-320, 800.0, -800.0, 1e160, -0.0, 1.0)
POINTS = np.random.default_rng(1).choice(EXTREMES, size=(60, 3))
OF_LISTS: dict[str, Callable[..., Any]] = {
    "logsumexp": at.logsumexp,
    "norm": at.norm,
    "prod": at.prod,
    "max": at.max,
    "min": at.min,
    "softmax": lambda xs: at.softmax(xs)[1],
    "log_softmax": lambda xs: at.log_softmax(xs)[1],
    "cross_entropy": lambda xs: at.cross_entropy(xs, 1),
    "dot": lambda xs: at.dot(xs[:2], xs[1:], xs[0]),
}


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        *((backend, name) for backend in ("numpy", "python") for name in OF_LISTS),
        pytest.param("c", "logsumexp", marks=[needs_compiler, pytest.mark.once]),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_extreme_numbers_give_the_gradients_of_eager_code(backend: str, name: str) -> None:
    function = OF_LISTS[name]
    program = record(lambda *xs: function(list(xs)), inputs=(1.0, 1.5, 2.0), backend=backend)
    losses, slopes = program(*POINTS.T), np.array(program.gradient(*POINTS.T)).T
    for point, loss, slope in zip(POINTS, losses, slopes, strict=True):
        xs = [Value(x) for x in point]
        root = function(xs)
        root.backward()
        np.testing.assert_allclose(loss, root.data, rtol=1e-13)
        np.testing.assert_allclose(slope, [x.grad for x in xs], rtol=1e-12)


def test_ties_share_the_gradient() -> None:
    check(lambda w, x: at.max([w[0] * x[0], x[0] * w[0], w[1] * 10.0]), X)


@every_backend
@pytest.mark.parametrize(
    "loss",
    [
        at.cross_entropy,
        lambda xs, y: at.cross_entropy(xs, 1),
        lambda xs, y: -at.log_softmax(xs)[1],
        lambda xs, y: at.dot(at.log_softmax(xs), [0.0, -1.0, 0.0]),
        lambda xs, y: at.dot(at.softmax(xs), [3.0, 2.0, 4.0]),
        lambda xs, y: at.softmax(xs)[1],
        lambda xs, y: at.logsumexp([0.0, xs[0] - xs[1], xs[2] - xs[1]]),
    ],
)
def test_loss_is_accurate_if_one_logit_dominates(backend: str, loss: Callable[..., Any]) -> None:
    w = [Value(3.0), Value(40.0), Value(2.0)]
    program = record(lambda x, y: loss([a * x for a in w], y), inputs=(1.0, 0.0), parameters=w, backend=backend)
    (replayed,) = program.backward([1.0], [1.0])
    gradients = [leaf.grad for leaf in w]
    for leaf in w:
        leaf.grad = 0.0
    root = loss(w, 1.0)
    root.backward()
    assert replayed == pytest.approx(root.data, rel=1e-14)
    assert gradients == pytest.approx([leaf.grad for leaf in w], rel=1e-14, abs=0.0)


@every_backend
@pytest.mark.parametrize("wrong", [3.0, -1.0, 0.5, float("nan")])
@pytest.mark.parametrize("logits_of", [lambda w, x: w, lambda w, x: [a * x for a in w]])
def test_unknown_class_is_refused(backend: str, wrong: float, logits_of: Any) -> None:
    w = [Value(0.5), Value(1.0), Value(2.0)]
    program = record(
        lambda x, y: at.cross_entropy(logits_of(w, x), y), inputs=(1.0, 0.0), parameters=w, backend=backend
    )
    with pytest.raises(PositionError, match="cross_entropy got position"):
        program([1.0, 1.0, 1.0], [0.0, 1.0, wrong])


@pytest.mark.parametrize("batched", [True, False])
def test_maximum_of_nan_is_nan(batched: bool) -> None:
    program = record(lambda x: at.max(x) + 0.0, inputs=([1.0, 2.0],), batched=batched, backend="numpy")
    assert np.isnan(program([[1.0, np.nan]] if batched else [1.0, np.nan]))
