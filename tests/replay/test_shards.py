"""A batch on several threads: the same bits for any number of workers, and the numbers of one back-end."""

from __future__ import annotations

import pickle
import random
import threading
import time
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.errors import OperandError, PositionError, ReplayMismatch
from autograd_tiny.replay.shards import SHARDS, added, cut
from tests.replay.backends import BACKENDS

every_backend = pytest.mark.parametrize("backend", BACKENDS)
DRAW = np.random.default_rng(2)
X, Y = DRAW.normal(size=(600, 3)), DRAW.normal(size=600)


def parameters() -> list[Value]:
    return [Value(0.1 * k - 0.2) for k in range(4)]


def program_of(w: list[Value], **settings: Any) -> Any:
    def loss(x: Any, y: Any) -> Any:
        return (at.tanh(at.dot(w[:3], x, w[3])) - y) ** 2 + 0.01 * at.norm(w)

    return record(loss, inputs=([1.0, 2.0, 3.0], 1.0), parameters=w, **settings)


@every_backend
@pytest.mark.parametrize("batch", [1, 5, 17, 101, 600])
def test_any_number_of_workers_gives_the_same_bits(backend: str, batch: int) -> None:
    found = []
    for workers in (1, 2, 3, 16):
        program = program_of(parameters(), backend=backend, workers=workers)
        losses = program.differentiate(X[:batch], Y[:batch])
        found.append((losses.tobytes(), program.gradients.tobytes()))
    assert len(set(found)) == 1
    whole = program_of(parameters(), backend=backend)
    np.testing.assert_allclose(np.frombuffer(found[0][0]), whole.differentiate(X[:batch], Y[:batch]), rtol=1e-13)
    np.testing.assert_allclose(np.frombuffer(found[0][1]), whole.gradients, rtol=1e-11, atol=1e-15)


@every_backend
def test_workers_take_new_parameters_and_add_to_gradients(backend: str) -> None:
    w, v = parameters(), parameters()
    shared, alone = program_of(w, backend=backend, workers=2), program_of(v, backend=backend)
    for _ in range(3):
        shared.backward(X, Y)
        alone.backward(X, Y)
        for leaf in (*w, *v):
            leaf.data -= 0.1 * leaf.grad
    assert [leaf.data for leaf in w] == pytest.approx([leaf.data for leaf in v], rel=1e-12)


@every_backend
def test_slopes_of_inputs_by_workers(backend: str) -> None:
    whole, shared = (record(at.prod, inputs=([1.0, 2.0],), backend=backend, workers=workers) for workers in (None, 2))
    np.testing.assert_allclose(shared.gradient(X[:, :2])[0], whole.gradient(X[:, :2])[0], rtol=1e-15)


@every_backend
def test_example_of_another_branch_is_named_by_its_number(backend: str) -> None:
    w = Value(2.0)
    program = record(lambda x: w * x if x > 0.0 else x, inputs=(1.0,), parameters=[w], backend=backend, workers=3)
    xs = np.ones(600)
    assert program.backward(xs).tolist() == [2.0] * 600
    gradient = w.grad
    xs[337] = -1.0
    with pytest.raises(ReplayMismatch, match="example 337"):
        program.backward(xs)
    assert w.grad == gradient


@every_backend
def test_other_branches_are_computed_eagerly(backend: str) -> None:
    program = record(
        lambda x: 2.0 * x if x > 0.0 else x, inputs=(1.0,), backend=backend, workers=2, on_mismatch="eager"
    )
    assert program(np.arange(-300.0, 300.0)).tolist() == [2.0 * x if x > 0.0 else x for x in range(-300, 300)]


@every_backend
def test_error_of_a_shard_is_raised_and_the_next_run_works(backend: str) -> None:
    w = [Value(1.0), Value(2.0)]
    program = record(lambda y: at.cross_entropy(w, y), inputs=(1.0,), parameters=w, backend=backend, workers=2)
    ys = np.zeros(600)
    right = program(ys).tolist()
    ys[323] = 2.0
    with pytest.raises(PositionError):
        program.backward(ys)
    ys[323] = 0.0
    assert program(ys).tolist() == right


def test_order_of_completion_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of(parameters(), backend="numpy", workers=4)
    program.differentiate(X, Y)
    expected, shard = program.gradients.copy(), program._backend._shard
    names = set()

    def late(*arguments: Any) -> Any:
        time.sleep(random.random() * 0.002)
        names.add(threading.current_thread().name)
        return shard(*arguments)

    monkeypatch.setattr(program._backend, "_shard", late)
    for _ in range(3):
        program.differentiate(X, Y)
        assert program.gradients.tobytes() == expected.tobytes()
    assert len(names) > 1


def test_plan_says_how_many_workers() -> None:
    plan = program_of(parameters(), workers=2).plan
    assert plan.splitlines()[-1] == f"up to {SHARDS} shards of 256 examples or more, 2 workers"


def test_copy_has_workers_of_its_own() -> None:
    program = program_of(parameters(), backend="numpy", workers=2)
    copy = pickle.loads(pickle.dumps(program))
    assert copy._backend._threads is not program._backend._threads
    assert copy.differentiate(X, Y).tobytes() == program.differentiate(X, Y).tobytes()


def test_program_without_inputs_has_one_shard() -> None:
    w = Value(3.0)
    program = record(lambda: w * w, parameters=[w], workers=4)
    assert program.backward().tolist() == [9.0]
    assert w.grad == 6.0


def test_empty_batch() -> None:
    program = program_of(parameters(), backend="numpy", workers=2)
    assert program.differentiate(X[:0], Y[:0]).tolist() == []
    assert program.gradients.tolist() == [0.0] * 4


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "2"])
def test_other_workers_are_refused(workers: Any) -> None:
    with pytest.raises(OperandError, match=r"workers got .*; it takes a whole number from 1"):
        record(lambda x: x * 2.0, inputs=(1.0,), workers=workers)


def test_workers_without_a_batch_are_refused() -> None:
    with pytest.raises(OperandError, match="where a batch is one example"):
        record(lambda x: x * 2.0, inputs=(1.0,), batched=False, workers=2)


class Written(str):
    """A text whose sum with another is written with parentheses."""

    __slots__ = ()

    def __add__(self, other: str) -> Written:
        return Written(f"({self}+{other})")


@pytest.mark.parametrize(("letters", "tree"), [("a", "a"), ("abc", "((a+b)+c)"), ("abcdef", "(((a+b)+(c+d))+(e+f))")])
def test_order_of_additions_is_that_of_a_tree(letters: str, tree: str) -> None:
    assert added(list(map(Written, letters))) == tree


@pytest.mark.parametrize("least", [1, 32])
@pytest.mark.parametrize("batch", [0, 1, 15, 16, 17, 100, 600])
def test_shards_cover_the_batch_evenly(batch: int, least: int) -> None:
    bounds = cut(batch, least=least)
    sizes = [stop - start for start, stop in bounds]
    assert [k for start, stop in bounds for k in range(start, stop)] == list(range(batch))
    assert len(bounds) <= SHARDS
    assert max(sizes) - min(sizes) <= 1
    assert len(bounds) == 1 or min(sizes) >= least
