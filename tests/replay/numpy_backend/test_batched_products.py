"""Batched products: attention in plain operators, over all positions or those so far, for few and many examples."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay import record
from autograd_tiny.replay.numpy_backend.batched_products import MOST_EXAMPLES, batch_product

BATCHES = (3, MOST_EXAMPLES + 1)


def attention(w: list[Value], x: list[list[Any]], *, causal: bool) -> Any:
    """Return the sum of squares of two heads of attention, each of two numbers, over three positions."""
    queries, keys, values = (
        [[a * v for a, v in zip(w[k : k + 4], token, strict=True)] for token in x] for k in (0, 4, 8)
    )
    results = []
    for t in range(3):
        until = t + 1 if causal else 3
        for head in (0, 2):
            part = slice(head, head + 2)
            scores = [sum(a * b for a, b in zip(queries[t][part], keys[s][part], strict=True)) for s in range(until)]
            powers = [at.exp(score / 2.0) for score in scores]
            total = sum(powers)
            shares = [power / total for power in powers]
            results += [sum(shares[s] * values[s][head + j] for s in range(until)) for j in (0, 1)]
    return sum(z * z for z in results)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("causal", [False, True])
def test_attention_agrees_with_eager_code(causal: bool, batch: int) -> None:
    rng = np.random.default_rng(0)
    examples = rng.normal(size=(batch, 3, 4))
    w = [Value(x) for x in rng.normal(size=12)]
    program = record(lambda x: attention(w, x, causal=causal), inputs=(examples[0],), parameters=w, backend="numpy")
    for _ in range(2):
        losses = program.differentiate(examples, reduction="sum")
    assert "batch_product(" in program.source
    expected = []
    for example in examples:
        root = attention(w, example.tolist(), causal=causal)
        root.backward()
        expected.append(root.data)
    assert losses == pytest.approx(expected, rel=1e-13)
    assert program.gradients == pytest.approx([leaf.grad for leaf in w], rel=1e-11, abs=1e-13)


def test_gradient_of_inputs() -> None:
    examples = np.random.default_rng(0).normal(size=(2, 3, 4))
    w = [Value(0.5)] * 12
    program = record(lambda x: attention(w, x, causal=True), inputs=(examples[0],), backend="numpy")
    (slopes,) = program.gradient(examples)
    for example, slope in zip(examples, slopes, strict=True):
        leaves = [[Value(x) for x in token] for token in example]
        attention(w, leaves, causal=True).backward()
        np.testing.assert_allclose(slope, [[x.grad for x in token] for token in leaves], rtol=1e-12, atol=1e-13)


def test_side_without_gradient_gets_none() -> None:
    w = [Value(0.5), Value(-0.25)]

    def loss(x: list[Any], *, is_swapped: bool) -> Any:
        powers = [at.exp(w[0] * a) for a in x[:2]], [at.exp(w[1] * a) for a in x[2:]]
        pairs = [(side, x[k : k + 2]) for side in powers for k in (0, 2)]
        return sum(at.exp(at.dot(*(reversed(pair) if is_swapped else pair))) for pair in pairs)

    for is_swapped in (False, True):
        program = record(partial(loss, is_swapped=is_swapped), inputs=([0.5] * 4,), parameters=w, backend="numpy")
        assert program.source.count("batch_product(") == 2


@pytest.mark.parametrize("batch", BATCHES)
def test_batch_product_is_that_of_each_example(batch: int) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 3, 4, batch)), rng.normal(size=(2, 4, 5, batch))
    out = np.empty((2, 3, 5, batch))
    batch_product(x, y, out)
    for i in range(batch):
        np.testing.assert_allclose(out[..., i], x[..., i] @ y[..., i], rtol=1e-14, atol=1e-14)
