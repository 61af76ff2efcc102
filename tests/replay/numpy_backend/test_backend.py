"""Large batches are computed in blocks of examples, whose gradients are added in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import ReplayMismatch
from autograd_tiny.replay import record
from autograd_tiny.replay.numpy_backend import backend

X = np.random.default_rng(0).normal(size=(11, 3))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Blocks of four examples, so that eleven examples are two blocks of four and one of three."""
    with monkeypatch.context() as patch:
        patch.setattr(backend, "BLOCK", 1)
        patch.setattr(backend, "LEAST_EXAMPLES", 4)
        patch.setattr(backend, "ALIGNED", 2)
        yield


def weights() -> list[Value]:
    return [Value(0.5), Value(-0.25), Value(1.5)]


def programs(loss: Any, **settings: Any) -> Any:
    """Return a program, of parameters by default."""
    return record(loss, inputs=(X[0],), backend="numpy", **settings)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.usefixtures("small_blocks")
def test_blocks_have_the_losses_and_gradients_of_the_batch(reduction: str) -> None:
    w = weights()
    program = programs(lambda x: at.tanh(at.dot(w, x)) + at.dot(w, w), parameters=w)
    losses = program.differentiate(X, reduction=reduction)
    singles = [program.differentiate(X[i : i + 1], reduction="sum")[0] for i in range(len(X))]
    gradient = 0.0
    for x in X:
        program.differentiate(x[None], reduction="sum")
        gradient = gradient + program.gradients
    program.differentiate(X, reduction=reduction)
    np.testing.assert_allclose(losses, singles, rtol=1e-14)
    np.testing.assert_allclose(program.gradients, gradient / (len(X) if reduction == "mean" else 1.0), rtol=1e-13)


@pytest.mark.usefixtures("small_blocks")
def test_same_batch_has_the_same_bits() -> None:
    w = weights()
    program = programs(lambda x: at.exp(at.dot(w, x)), parameters=w)
    first = program.differentiate(X), program.gradients.copy()
    program.differentiate(X[:5])
    second = program.differentiate(X), program.gradients
    assert set(program._backend._kept) >= {4, 3}
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.usefixtures("small_blocks")
def test_loss_that_all_examples_share() -> None:
    w = weights()
    program = programs(lambda x: at.dot(w, w), parameters=w)
    assert program.differentiate(X, reduction="sum").tolist() == [at.dot(w, w).data] * len(X)
    assert program.gradients.tolist() == pytest.approx([2.0 * len(X) * leaf.data for leaf in w])


@pytest.mark.usefixtures("small_blocks")
def test_gradient_of_the_inputs_is_that_of_all_blocks() -> None:
    (slopes,) = programs(lambda x: at.sum([a**3 for a in x])).gradient(X)
    np.testing.assert_allclose(slopes, 3.0 * X**2, rtol=1e-14)


@pytest.mark.usefixtures("small_blocks")
def test_guards_see_all_blocks() -> None:
    w = weights()

    def loss(x: Any) -> Any:
        return w[1] * x[0] if w[0] > 0.0 and x[0] > -1.0 else w[2] * x[0]

    program = programs(loss, parameters=w)
    examples = np.abs(X)
    assert program(examples).tolist() == pytest.approx((-0.25 * examples[:, 0]).tolist())
    examples[9, 0] = -2.0
    before = program.gradients.copy()
    with pytest.raises(ReplayMismatch, match="example 9"):
        program.differentiate(examples)
    assert np.array_equal(program.gradients, before)


@pytest.mark.usefixtures("small_blocks")
def test_several_outputs_of_all_blocks() -> None:
    program = programs(lambda x: [x[0] * 2.0, at.sin(x[1])])
    np.testing.assert_allclose(program(X), np.stack([2.0 * X[:, 0], np.sin(X[:, 1])], axis=1), rtol=1e-15)


def test_usual_blocks_keep_their_numbers_in_the_cache() -> None:
    w = weights()
    program = programs(lambda x: at.tanh(at.dot(w, x)), parameters=w)
    most = program._backend._most
    rows = program._backend.stores.varying_rows
    assert most % backend.ALIGNED == 0
    assert rows * most <= backend.BLOCK + 4 * program._backend.stores.uniform_rows
