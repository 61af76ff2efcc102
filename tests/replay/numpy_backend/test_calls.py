"""Long programs: lists of calls in place of compiled lines."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.replay import compiling, record
from autograd_tiny.replay.numpy_backend import backend
from autograd_tiny.replay.numpy_backend.calls import CALL, ITEM, Call, applied, source_of, text_of

Loss = Callable[[list[Value], Any], Any]
X = np.random.default_rng(0).normal(size=(5, 3))


def chain(w: list[Value], x: Any) -> Any:
    """Return a chain of 170 operations."""
    z = x[0]
    for _ in range(85):
        z = at.tanh(w[0] * z)
    return z * z + w[1] * x[1]


def results(loss: Loss) -> tuple[Any, Any]:
    """Return the losses and gradients of two batches of different sizes."""
    w = [Value(0.5 + k) for k in range(6)]
    program = record(lambda x: loss(w, x), inputs=(X[0],), parameters=w, backend="numpy")
    losses = [program.differentiate(X[:size]) for size in (5, 3, 5)]
    return np.concatenate(losses), program.gradients


@pytest.mark.parametrize(
    "loss",
    [
        chain,
        lambda w, x: at.mean([(at.dot(w[k : k + 3], x) - 1.0) ** 2 for k in (0, 2, 3)]) + at.dot(w, w),
        lambda w, x: at.cross_entropy([w[k] * x[k] for k in range(3)], x[0] > 0.0),
        lambda w, x: at.min([x[0] * w[0], inf, w[1]]) + at.max([w[0], w[1] * x[1]]) * 2.0,
        lambda w, x: at.min([w[0] * x[0], w[1]]) ** 2 + at.where(x[1] > 0.0, w[3], x[2] / w[4]),
    ],
    ids=["chain", "numbers of the seed", "text", "lists", "masks"],
)
def test_lists_of_calls_compute_the_same(monkeypatch: pytest.MonkeyPatch, loss: Loss) -> None:
    computed = []
    for longest in (0, 10**9):
        monkeypatch.setattr(backend, "LONG", longest)
        computed.append(results(loss))
    for first, second in zip(*computed, strict=True):
        np.testing.assert_array_equal(first, second)


def test_long_program_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    sources: list[str] = []
    code = compiling._code
    monkeypatch.setattr(backend, "LONG", 1_000)
    monkeypatch.setattr(compiling, "_code", lambda source: sources.append(source) or code(source))
    results(chain)
    assert [source.count("\n") for source in sources] == [5, 5]  # one for each size of a batch
    assert "run(calls" in sources[0]
    assert "seed" in sources[0]


@pytest.mark.parametrize("call", [CALL, applied])
def test_calls_are_made_in_order(call: Any) -> None:
    made: list[int] = []
    for number in range(3):
        call(made.append, number)
    assert made == [0, 1, 2]


def test_text_of_calls() -> None:
    assert text_of(("a", 1, (2.0,), -inf)) == "(a, 1, (2.0,), float('-inf'))"
    assert source_of([("t", Call(ITEM, ("c", 0)))], {"f()": [], "g(x)": ["s = x", Call("h", ("s",))]}) == (
        "t = c[0]\ndef f():\n    return\ndef g(x):\n    s = x\n    h(s)"
    )
