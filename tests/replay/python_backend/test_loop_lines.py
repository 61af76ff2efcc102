"""Repetitions as loops: the bits of straight-line Python, and a source that does not grow with the repetitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, cos, exp, sin, tanh
from autograd_tiny.replay import record
from autograd_tiny.replay.python_backend import line_repeats, python_source
from autograd_tiny.replay.python_backend.backend import PythonBackend
from autograd_tiny.replay.python_backend.loop_lines import RolledLines
from autograd_tiny.replay.tape import Tape

Program = tuple[Callable[..., Any], tuple[Any, ...], list[Value]]


def runge_kutta(steps: int) -> Program:
    a, b, c, d = p = [Value(x) for x in (1.1, 0.4, 0.4, 0.1)]

    def slope(x: Any, y: Any) -> tuple[Any, Any]:
        return a * x - b * x * y, d * x * y - c * y

    def loss(x: Any, y: Any) -> Any:
        for _ in range(steps):
            k1, l1 = slope(x, y)
            k2, l2 = slope(x + 0.01 * k1, y + 0.01 * l1)
            k3, l3 = slope(x + 0.01 * k2, y + 0.01 * l2)
            k4, l4 = slope(x + 0.02 * k3, y + 0.02 * l3)
            x, y = x + 0.003 * (k1 + 2 * k2 + 2 * k3 + k4), y + 0.003 * (l1 + 2 * l2 + 2 * l3 + l4)
        return x * y

    return loss, (1.5, 0.7), p


def pendulum(steps: int) -> Program:
    gravity, friction = p = [Value(9.8), Value(0.2)]

    def loss(angle: Any, speed: Any) -> Any:
        for _ in range(steps):
            speed = speed + 0.01 * (-gravity * sin(angle) - friction * speed)
            angle = angle + 0.01 * speed
        return angle**2

    return loss, (0.4, 0.1), p


def recurrent(steps: int) -> Program:
    p = [Value(0.1 * k - 0.6) for k in range(12)]

    def loss(xs: Any) -> Any:
        h: list[Any] = [xs[0], xs[1]]
        for x in xs:
            h = [tanh(p[k] * h[0] + p[k + 2] * h[1] + p[k + 4] * x + p[k + 6]) for k in range(2)]
        return p[8] * h[0] + p[9] * h[1]

    return loss, ([0.1 * k - 1.0 for k in range(steps)],), p


def forced(steps: int) -> Program:
    """Return an oscillator with a force of its own at each step, each a parameter that is used twice."""
    p = [Value(0.01 * k) for k in range(steps)]

    def loss(x: Any, scale: Any) -> Any:
        speed = cos(x)
        for force in p:
            speed = speed + (force * scale - sin(x) * force) * 0.1
            x = x + speed * 0.1
        return exp(x)

    return loss, (0.3, 0.9), p


def guarded(steps: int) -> Program:
    p = [Value(0.9), Value(0.3)]

    def loss(x: Any, y: Any) -> Any:
        for _ in range(steps):
            x = x * p[0] + sin(y) * p[1] if x > -5.0 else x
            y = tanh(x - y * p[1])
        return x + y

    return loss, (0.3, 0.9), p


PROGRAMS = [runge_kutta, pendulum, recurrent, forced, guarded]


def tape_of_program(make: Callable[[int], Program], steps: int) -> tuple[Tape, list[float], list[float]]:
    loss, inputs, p = make(steps)
    program = record(loss, inputs=inputs, parameters=p, backend="python")
    return program._tape, np.concatenate([np.ravel(x) for x in inputs]).tolist(), [x.data for x in p]


@pytest.fixture
def eager_to_roll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_repeats, "LONG", 1)
    monkeypatch.setattr(line_repeats, "OFTEN", 8)


def results(backend: PythonBackend, x: list[float], p: list[float], size: float) -> list[Any]:
    backend.parameters[:] = np.array(p) * size
    seen: list[Any] = []
    batch = np.array([x, [0.5 * z for z in x], [-z for z in x]])
    losses = backend.run([batch], [], 0.7, seen.append)
    return [losses, *seen, backend.gradients.copy(), backend.slopes(1)]


@pytest.mark.usefixtures("eager_to_roll")
@pytest.mark.parametrize("of_inputs", [False, True])
@pytest.mark.parametrize("make", PROGRAMS)
def test_loops_have_the_bits_of_straight_lines(
    make: Callable[[int], Program], of_inputs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    tape, x, p = tape_of_program(make, 30)
    looped = PythonBackend(tape, of_inputs=of_inputs)
    monkeypatch.setattr(python_source, "period_of", lambda _: 0)
    straight = PythonBackend(tape, of_inputs=of_inputs)
    assert 2 * looped.source.count("\n") < straight.source.count("\n")
    for size in (1.0, 1e200):  # the second overflows: floats that do not raise
        with np.errstate(all="ignore"):
            pairs = zip(results(looped, x, p, size), results(straight, x, p, size), strict=True)
            assert all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


@pytest.mark.usefixtures("eager_to_roll")
@pytest.mark.parametrize("make", PROGRAMS)
def test_source_does_not_grow_with_repetitions(make: Callable[[int], Program]) -> None:
    short, long = (PythonBackend(tape_of_program(make, steps)[0]).source for steps in (20, 40))
    assert short.count("\n") == long.count("\n")
    assert len(long) < 1.1 * len(short)


def two_back(steps: int) -> Program:
    p = [Value(0.3), Value(0.4)]

    def loss(x: Any, y: Any) -> Any:
        numbers = [x, y]
        for _ in range(steps):
            numbers.append(sin(numbers[-1]) * p[0] + cos(numbers[-3 if len(numbers) > 2 else -2]) * p[1])
        return numbers[-1]

    return loss, (0.3, 0.9), p


def mostly_irregular(steps: int) -> Program:
    loss, inputs, p = pendulum(steps)

    def longer(x: Any, y: Any) -> Any:
        z = loss(x, y)
        for k in range(250):
            z = (sin, cos, tanh, exp)[k % 7 % 4](z * (0.5 + 0.001 * k)) + y
        return z

    return longer, inputs, p


def guarded_by_a_parameter(steps: int) -> Program:
    loss, inputs, p = pendulum(steps)
    return lambda x, y: loss(x, y) if p[0] * 2.0 > 0.5 else x, inputs, p


def test_number_of_a_repetition_is_saved() -> None:
    lines = RolledLines([["v0 = x0 * p0", *(f"v{k + 1} = v{k} * p0" for k in range(20)), "v21 = v7 * v20"]], [])
    assert lines.sections[0][1:] == [
        "r0_0 = []",
        "v1j = v0",
        "for _ in range(20):",
        "    v1k = v1j * p0",
        "    append(r0_0, (v1k,))",
        "    v1j = v1k",
        "v7 = r0_0[6][0]",
        "v20 = v1k",
        "v21 = v7 * v20",
    ]


@pytest.mark.usefixtures("eager_to_roll")
@pytest.mark.parametrize("make", [two_back, mostly_irregular, guarded_by_a_parameter])
def test_what_does_not_fit_a_loop_is_written_out(
    make: Callable[[int], Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    tape = tape_of_program(make, 30)[0]
    assert python_source.period_of(tape)
    source = PythonBackend(tape).source
    monkeypatch.setattr(python_source, "period_of", lambda _: 0)
    assert source == PythonBackend(tape).source


@pytest.mark.parametrize(("make", "steps"), [(runge_kutta, 50), (pendulum, 300)])
def test_short_or_few_repetitions_are_written_out(make: Callable[[int], Program], steps: int) -> None:
    """A loop over few or short repetitions takes longer than straight lines."""
    assert "for x in examples" not in PythonBackend(tape_of_program(make, steps)[0]).source
