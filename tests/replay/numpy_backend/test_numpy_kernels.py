"""Kernels compute what the rows compute, in the tails and at the kinks too."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value
from autograd_tiny.primitives.arrays import FUNCTIONS, LISTS
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.numpy_backend import numpy_kernels
from autograd_tiny.replay.numpy_backend.backend import NumpyBackend
from autograd_tiny.replay.numpy_backend.numpy_kernels import array_function, kernel_of, linearize, tanh_and_slope
from autograd_tiny.replay.plan import plan_of
from autograd_tiny.replay.tape import tape_of
from autograd_tiny.symbolic.translate.table_source import TranslationError

POINTS = [0.0, -0.0, 1e-300, 1e-9, 3e-5, 0.3, 0.5, 1.0, 2.0, 3.0, 6.0, 25.0, 400.0, 720.0, 1e5, 1e300, float("inf")]
POINTS = [*POINTS, *(-x for x in POINTS), float("nan")]
NAMES = [row.name for row in TABLE.values() if row.domain and not row.list_positions]


def on_arrays(name: str, *operands: Any) -> Any:
    arrays = [np.array(operand, dtype=float) for operand in operands]
    with np.errstate(all="ignore"):
        return kernel_of.__wrapped__(TABLE[name])(*arrays, np.empty(arrays[0].shape))


@pytest.mark.parametrize("name", NAMES)
def test_kernel_agrees_with_the_row(name: str) -> None:
    row = TABLE[name]
    few = POINTS if row.arity < 3 else POINTS[::4]
    cases = list(itertools.product(few, repeat=row.arity))
    expected = [row.evaluate(*case) for case in cases]
    np.testing.assert_allclose(on_arrays(name, *zip(*cases, strict=True)), expected, rtol=4e-14, atol=0.0)


FIXED = {"n": 1.0, "ndigits": 2.0, "condition": 1.0}
"""The operands that are constants in programs."""


@pytest.mark.parametrize("name", NAMES)
def test_program_does_not_compute_a_row_element_by_element(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = TABLE[name]
    intervals = [interval for operand, interval in zip(row.operands, row.domain, strict=True) if operand not in FIXED]
    leaves = [Value(low) for low, _ in intervals]
    rest = iter(leaves)
    node = row(*(FIXED[operand] if operand in FIXED else next(rest) for operand in row.operands))
    backend = NumpyBackend(plan_of(tape_of(node, inputs=leaves, parameters=[]), of_inputs=True), [len(leaves)])
    for method in ("evaluate", "linearize", "over_arrays"):
        monkeypatch.setattr(Primitive, method, None)  # cannot be called
    X = np.stack([np.linspace(low, high, 20) for low, high in intervals], axis=1)
    backend.run([X], [], 1.0, lambda _: None)
    assert np.isfinite(backend.slopes(20)).all()


@pytest.mark.parametrize("reference", ["math.erf", "special.polygamma"])
def test_function_that_numpy_lacks_is_refused(reference: str) -> None:
    with pytest.raises(TranslationError):
        array_function(reference)


def test_row_without_array_code_is_computed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(FUNCTIONS, "erf")
    monkeypatch.setattr(numpy_kernels, "array_function", array_function.__wrapped__)
    assert on_arrays("erf", [0.5, 9.0]).tolist() == [TABLE["erf"](0.5), 1.0]


@pytest.mark.parametrize("name", LISTS)
def test_program_does_not_compute_a_list_by_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leaves = [Value(2.0), Value(0.0), Value(3.0)]
    for differentiated in (True, False):
        tape = tape_of(TABLE[name](leaves), inputs=leaves, parameters=[])
        backend = NumpyBackend(plan_of(tape, of_inputs=differentiated), [3])
        with monkeypatch.context() as patch:
            for method in ("evaluate", "linearize"):
                patch.setattr(Primitive, method, None)  # cannot be called
            X = np.array([[2.0, 0.0, 3.0], [3.0, 4.0, 0.0]])
            values = backend.run([X], [], 1.0, lambda _: None)
        np.testing.assert_array_equal(values, [TABLE[name](list(xs)) for xs in X])


def test_row_of_lists_takes_elements_in_order() -> None:
    assert on_arrays("norm", [3.0, 5.0], [4.0, 12.0]).tolist() == [5.0, 13.0]


def test_linearize_agrees_with_eager_code() -> None:
    output, partials = np.empty(2), np.empty((2, 2))
    linearize(TABLE["hypot"], [np.array([3.0, 5.0]), 4.0], output, partials)
    assert output[0] == 5.0
    assert partials[:, 0].tolist() == [0.6, 0.8]


def test_tanh_and_slope_in_tails_and_near_zero() -> None:
    points = [*POINTS, *np.linspace(-20.0, 20.0, 101), *np.logspace(-12, 2.5, 200), *-np.logspace(-12, 2.5, 200)]
    row = TABLE["tanh"]
    for x in (np.array(points), *np.array(points)[:, None]):  # all together, and each by itself
        power, slope, z = np.empty((3, len(x)))
        with np.errstate(all="ignore"):
            tanh_and_slope(x, power, slope, z)
        expected = [row.linearize(number) for number in x.tolist()]
        np.testing.assert_allclose(z, [value for value, _ in expected], rtol=1e-12)
        np.testing.assert_allclose(slope, [partials[0] for _, partials in expected], rtol=1e-14)


@pytest.mark.parametrize("x", [[], [1.0], [1e-6]])
def test_tanh_of_few_numbers(x: list[float]) -> None:
    power, slope, z = np.empty((3, len(x)))
    tanh_and_slope(np.array(x), power, slope, z)
    np.testing.assert_allclose(z, np.tanh(x), rtol=1e-15)
