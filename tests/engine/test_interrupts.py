"""`backward()` is all or nothing: after Ctrl-C or an exception at any point, gradients are as before or complete."""

from __future__ import annotations

import contextlib
import dis
import gc
import signal
import sys
from _thread import interrupt_main
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, partial
from types import CodeType, FrameType
from typing import Any

import pytest

from autograd_tiny import Value, dot, exp, no_gc, no_grad
from autograd_tiny import sum as sum_of
from autograd_tiny.engine import backward_order as order
from autograd_tiny.engine import grad_mode, nary, value
from autograd_tiny.engine.backward_order import backward_order

FILES = {nary.__file__, order.__file__, value.__file__}


@pytest.fixture(autouse=True)
def _hear_ctrl_c() -> Iterator[None]:
    """Raise KeyboardInterrupt at SIGINT, which Python leaves ignored where a shell started it in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def _no_collection() -> Iterator[None]:
    """Collect nothing: a callback of the collector, of which Hypothesis has one, would swallow Ctrl-C."""
    before = gc.get_threshold()
    gc.set_threshold(0)
    yield
    gc.set_threshold(*before)


def interrupt(action: Callable[[], Any], *, after: int, kind: str) -> bool:
    """Run an action, with Ctrl-C after so many lines, or opcodes, of the engine; return True if it came.

    A "signal" arrives as a real one does: it waits for the next point at which the interpreter looks for signals.
    """
    left = after

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in FILES:
            return None
        frame.f_trace_opcodes = kind != "line"
        if event == ("line" if kind == "line" else "opcode") and frame.f_lasti not in unreachable(frame.f_code):
            left -= 1
            if kind == "signal" and left == -1:
                untrace(frame)
                PENDING[frame]
                return None
            if kind != "signal" and left < 0:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        try:
            action()
        finally:
            sys.settrace(before)
    except KeyboardInterrupt:
        return True
    finally:
        PENDING.clear()
    return False


def untrace(frame: FrameType | None) -> None:
    """Trace a frame and its callers no more: a trace function is Python code, in which Ctrl-C may come as well."""
    while frame is not None:
        frame.f_trace = None
        frame = frame.f_back


PENDING = defaultdict(interrupt_main)
"""Raises the signal of Ctrl-C at each lookup of a new key, by functions in C alone."""


@cache
def unreachable(code: CodeType) -> set[int]:
    """Return the offsets of instructions that cannot raise: those that do nothing, and those that leave `with`.

    A jump back can, by a signal, which is tried. But after an exception of the trace function there, Python 3.13
    leaves a comprehension without the handlers of its frame.
    """
    instructions = list(dis.get_instructions(code))
    offsets = {x.offset for x in instructions if x.opname in {"NOP", "SWAP", "ROT_TWO", "JUMP_BACKWARD"}}
    for k in range(len(instructions) - 5):
        first, *others = instructions[k : k + 3]
        three = all((x.opname, x.argval) in {("LOAD_CONST", None), ("DUP_TOP", None)} for x in others)
        if first.opname == "LOAD_CONST" and first.argval is None and three:
            offsets |= {x.offset for x in instructions[k : k + 6]}
    return offsets


def graph() -> tuple[Value, list[Value]]:
    """Return a root, and all nodes: of one, two and many inputs, and shared ones, with gradients from before."""
    a, b, c = (Value(x) for x in (1.5, -2.0, 0.25))
    d = a * b + c
    e = exp(d) * 2.0
    f = sum_of([d, e, a])
    root = dot([a, f], [e, b], c) / e
    for k, x in enumerate((a, b, c, d, e, f, root)):
        x.grad = k + 0.5
    return root, [a, b, c, d, e, f, root]


def gradients(nodes: list[Value]) -> list[float]:
    return [x.grad for x in nodes]


@pytest.mark.parametrize("kind", ["line", "opcode", "signal"])
def test_interrupt_restores_gradients(kind: str) -> None:
    root, nodes = graph()
    before = gradients(nodes)
    root.backward()
    complete = gradients(nodes)
    step, restored, interrupted = 0, 0, True
    while interrupted:
        root, nodes = graph()
        interrupted = interrupt(root.backward, after=step, kind=kind)
        assert gradients(nodes) in (before, complete), f"after {step} {kind}s"
        restored += gradients(nodes) == before
        if gradients(nodes) == before:
            root.backward()
            assert gradients(nodes) == complete, f"after {step} {kind}s, and once more"
        step += 1
    assert gradients(nodes) == complete
    assert restored > 100


def test_interrupted_traversal_does_not_affect_next() -> None:
    root, _ = graph()
    expected = backward_order(root)
    step = 0
    while interrupt(lambda: backward_order(root), after=step, kind="line"):
        assert not order.PASS._is_owned(), f"after {step} lines"
        assert backward_order(root) == expected, f"after {step} lines"
        step += 1
    assert step > 50


SWITCHES = {
    "function": no_grad(lambda: None),
    "with no_grad": lambda: pause(no_grad()),
    "with no_gc": lambda: pause(no_gc()),
    "generator": lambda: list(no_grad(steps)()),
}


def pause(switch: Any) -> None:
    with switch:
        pass


def steps() -> Iterator[int]:
    yield 1
    yield 2


@pytest.mark.parametrize("begin", SWITCHES.values(), ids=SWITCHES)
def test_signal_leaves_switches_as_before(begin: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "FILES", {grad_mode.__file__, contextlib.__file__, __file__})
    step = 0
    while interrupt(begin, after=step, kind="signal"):
        x = Value(3.0)
        assert (x * x).inputs == (x, x), f"after {step} opcodes"
        assert not grad_mode.PAUSED
        assert gc.isenabled(), f"after {step} opcodes"
        step += 1
    assert step > 10


def test_signal_leaves_switch_written_in_python_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Switch:
        on = False

        def __enter__(self) -> None:
            self.on = True

        def __exit__(self, *exception: object) -> None:
            self.on = False

    monkeypatch.setitem(globals(), "FILES", {__file__})
    step, left_on, interrupted = 0, 0, True
    while interrupted:
        switch = Switch()
        interrupted = interrupt(partial(pause, switch), after=step, kind="signal")
        left_on += switch.on
        step += 1
    assert left_on > 0


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, ZeroDivisionError, SystemExit])
def test_exception_in_the_middle_restores_gradients(error: type[BaseException]) -> None:
    class Failing(tuple[float, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[float]:
            raise error

    root, nodes = graph()
    before = gradients(nodes)
    nodes[5]._dx = Failing()  # of the sum, which comes after the quotient and the dot product
    with pytest.raises(error):
        root.backward()
    assert gradients(nodes) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, ZeroDivisionError, SystemExit])
def test_exception_at_the_end_restores_gradients(error: type[BaseException]) -> None:
    class Failing(float):
        __slots__ = ()

        def __mul__(self, upstream: float) -> float:
            raise error

    root, nodes = graph()
    before = gradients(nodes)
    nodes[3].inputs[0]._dx = Failing(1.0)  # of the product a * b, the last node of the pass
    with pytest.raises(error):
        root.backward()
    assert gradients(nodes) == before


def test_missing_restore_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value, "deque", lambda *nothing, **named: None)  # restores nothing
    root, nodes = graph()
    before = gradients(nodes)
    root.backward()
    complete = gradients(nodes)
    step, incomplete, interrupted = 0, 0, True
    while interrupted:
        root, nodes = graph()
        interrupted = interrupt(root.backward, after=step, kind="line")
        incomplete += gradients(nodes) not in (before, complete)
        step += 1
    assert incomplete > 10
