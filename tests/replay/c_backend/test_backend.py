"""Running a library, with a stand-in for the compiled program."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import PositionError, ReplayMismatch
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay import record
from autograd_tiny.replay.c_backend import backend
from autograd_tiny.replay.c_backend.library import Call
from tests.replay.backends import needs_compiler


class Twice:
    """Computes 2·w·x for one parameter w and one input x, and writes what a test wants beside."""

    fault, truth = (0.0, 0.0), 1.0

    def __init__(self, source: str) -> None:
        self.source = source

    def __call__(self, call: Call) -> None:
        batch = call.batch

        def array(address: int, size: int) -> Any:
            return np.ctypeslib.as_array((ctypes.c_double * size).from_address(address)) if size else np.zeros(0)

        has_inputs = "call->inputs" in self.source
        x, w = array(call.inputs, batch) if has_inputs else np.ones(batch), array(call.u, 1)[0]
        array(call.losses, batch)[:] = 2.0 * w * x
        array(call.fault, 2)[:] = self.fault
        if "call->truths" in self.source:
            array(call.truths, batch)[:] = self.truth
        if call.backward:
            array(call.gu, 1)[:] = 2.0 * call.seed * np.sum(x)
            if "call->slopes" in self.source:
                array(call.slopes, batch)[:] = 2.0


@pytest.fixture(autouse=True)
def stand_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "compiler" not in request.node.name:
        monkeypatch.setattr(backend, "load", Twice)


def test_losses_and_gradients_of_the_library() -> None:
    w = Value(3.0)
    program = record(lambda x: 2.0 * w * x, inputs=(1.0,), parameters=[w], backend="c")
    assert program([1.0, 2.0]).tolist() == [6.0, 12.0]
    assert program.backward([1.0, 2.0], reduction="sum").tolist() == [6.0, 12.0]
    assert w.grad == 6.0
    assert program.plan.endswith('\nc, as asked by backend="c"')
    assert "void replay(" in program.source


def test_gradients_of_inputs_of_the_library() -> None:
    program = record(lambda x: 2.0 * x, inputs=(1.0,), backend="c")
    assert program.gradient([1.0, 2.0])[0].tolist() == [2.0, 2.0]


def test_unbatched_program() -> None:
    program = record(lambda x: 2.0 * x, inputs=(1.0,), backend="c", batched=False)
    assert program(3.0) == 6.0
    assert program.gradient(3.0)[0].tolist() == 2.0


def test_program_without_inputs() -> None:
    w = Value(3.0)
    program = record(lambda: 2.0 * w, parameters=[w], backend="c")
    assert program.backward().tolist() == [6.0]
    assert w.grad == 2.0


def test_arrays_of_the_library_begin_at_lines_of_the_cache() -> None:
    w = Value(3.0)
    program: Any = record(lambda x: 2.0 * w * x, inputs=(1.0,), parameters=[w], backend="c")
    for batch in (1, 7, 33, 7):
        xs = np.linspace(0.0, 1.0, batch)
        assert program(xs).tolist() == (6.0 * xs).tolist()
        call = program._backend._buffers.call
        arrays = [call.u, call.gu, call.rows, call.slopes_of_rows, call.inputs, call.losses]
        assert [address % 64 for address in arrays] == [0] * 6


def test_guards_are_checked_before_gradients_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    w = Value(3.0)
    program = record(lambda x: 2.0 * w * x if x > 0.0 else w, inputs=(1.0,), parameters=[w], backend="c")
    assert program([1.0]).tolist() == [6.0]
    monkeypatch.setattr(Twice, "truth", 0.0)
    with pytest.raises(ReplayMismatch):
        program.backward([1.0])
    assert (w.grad, program.gradients.tolist()) == (0.0, [0.0])


def test_wrong_position_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    w = [Value(1.0), Value(2.0)]
    program = record(lambda y: at.cross_entropy(w, y), inputs=(1.0,), parameters=w, backend="c")
    monkeypatch.setattr(Twice, "fault", (1.0, 7.0))
    with pytest.raises(PositionError, match="cross_entropy"):
        program([7.0])


class Interrupted(Call):
    """Is interrupted once, between its two numbers for the backward pass."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "seed" and interrupts:
            raise interrupts.pop()
        super().__setattr__(name, value)


interrupts: list[BaseException] = []


@pytest.mark.parametrize("batch", [2, 3])
def test_call_after_an_interrupted_one_is_right(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "Call", Interrupted)
    w = Value(3.0)
    program = record(lambda x: 2.0 * w * x, inputs=(1.0,), parameters=[w], backend="c")
    xs = np.arange(1.0, batch + 1.0)
    program.differentiate(xs, reduction="sum")
    interrupts.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        program.evaluate(xs)
    assert program.differentiate(xs + 1.0, reduction="sum").tolist() == (6.0 * (xs + 1.0)).tolist()
    assert program.gradients.tolist() == [2.0 * (xs + 1.0).sum()]


@needs_compiler
@pytest.mark.parametrize("place", [2.0, -1.0, 0.5, float("nan")])
def test_compiler_finds_wrong_positions(place: float) -> None:
    w = [Value(1.0), Value(2.0)]
    program = record(lambda y: at.cross_entropy(w, y), inputs=(1.0,), parameters=w, backend="c")
    assert program([0.0, 1.0]) == pytest.approx([at.cross_entropy([1.0, 2.0], y) for y in (0, 1)])
    with pytest.raises(PositionError):
        program.backward([1.0, place])


@needs_compiler
@pytest.mark.parametrize("batch", [1, 31, 32, 33, 100])
def test_compiler_counts_every_example_once(batch: int) -> None:
    w = Value(1.0)
    program = record(lambda x: at.log(w * x), inputs=(1.0,), parameters=[w], backend="c")
    xs = np.linspace(1.0, 2.0, batch)
    xs[-1] = 0.0  # of which the last block has copies
    assert np.isinf(program.backward(xs, reduction="sum")).tolist() == [False] * (batch - 1) + [True]
    assert np.isnan(w.grad)  # 0 · 1 / 0
    w.grad = 0.0
    program.backward(xs + 1.0, reduction="sum")
    assert w.grad == pytest.approx(batch)


KINKS = [(row, point) for row in TABLE.values() for point in row.kinks if row.name not in {"round", "gamma"}]


@needs_compiler
@pytest.mark.once
def test_compiler_follows_eager_code_at_kinks() -> None:
    operands = [row.flatten([list(x) if isinstance(x, tuple) else x for x in point]) for row, point in KINKS]

    def rows(xs: Any) -> list[Any]:
        flat = iter(xs)
        return [
            row(*row.group([next(flat) for _ in numbers])) for (row, _), numbers in zip(KINKS, operands, strict=True)
        ]

    leaves = [Value(x) for numbers in operands for x in numbers]
    for node in rows(leaves):
        node.backward()
    numbers = [leaf.data for leaf in leaves]
    (gradients,) = record(lambda xs: at.sum(rows(xs)), inputs=(numbers,), backend="c").gradient([numbers])
    slopes = gradients[0]
    for (row, point), xs in zip(KINKS, operands, strict=True):
        ours, slopes = slopes[: len(xs)], slopes[len(xs) :]
        eager, leaves = [leaf.grad for leaf in leaves[: len(xs)]], leaves[len(xs) :]
        np.testing.assert_allclose(ours, eager, rtol=1e-15, err_msg=f"{row.name} {point}")
