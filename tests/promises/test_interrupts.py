"""All or nothing: after Ctrl-C, also several times in a row, or a failing allocation at any point of an operation.

What the operation changes is as before or complete; switches, recorders and locks are as before.
"""

from __future__ import annotations

import contextlib
import dis
import gc
import random
import signal
import subprocess
import sys
import threading
import time
from _thread import interrupt_main
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import takewhile
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

import nn
from autograd_tiny import Value
from autograd_tiny.engine import backward_order as order
from autograd_tiny.engine import grad_mode, nary, value
from autograd_tiny.engine.backward_order import backward_order
from autograd_tiny.replay import runs
from autograd_tiny.replay.recorder import Recorder
from tests.promises.operations import OPERATIONS, Operation, graph, pause, switches
from tests.sampling import sizes

FILES = {nary.__file__, order.__file__, value.__file__}
ROOT = Path(order.__file__).parents[2]
OURS = (f"{ROOT / 'autograd_tiny'}/", f"{ROOT / 'nn'}/", contextlib.__file__)
SEVERAL = sys.version_info >= (3, 11)
"""Python 3.10 looks for signals before a handler begins: a second one may leave the lock of passes acquired."""
IN_A_ROW = 3
needs_several = pytest.mark.skipif(not SEVERAL, reason="Python 3.10 looks for signals before a handler begins")


@pytest.fixture(autouse=True)
def no_lock_of_an_earlier_test() -> None:
    """Run a pass, which releases the lock of one that a planted mistake of an earlier test left behind."""
    (Value(1.0) * 2.0).backward()


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


def test_planted_switch_in_python_stays_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Switch:
        on = False

        def __enter__(self) -> None:
            self.on = True

        def __exit__(self, *exception: object) -> None:
            self.on = False

    monkeypatch.setitem(globals(), "FILES", {__file__, pause.__code__.co_filename})
    step, left_on, interrupted = 0, 0, True
    while interrupted:
        switch = Switch()
        interrupted = interrupt(partial(pause, switch), after=step, kind="signal")
        left_on += switch.on
        step += 1
    assert left_on > 0


# ── every public operation that changes something ──────────────────────────────────────────────────────────────


class Signals:
    """Ctrl-C at one point of our code, and again at each of the next points at which Python looks for signals.

    Args:
        after: the number of opcodes of our code before the first.
        times: the number of signals.

    Attributes:
        opcodes: the number of opcodes that ran before the first signal.
        raised: the number of times that Ctrl-C was raised.
    """

    def __init__(self, after: float, times: int) -> None:
        self.after, self.times = after, times
        self.opcodes = self.raised = 0

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal: raise, unless the action does not run (any more), and send the next one."""
        above = takewhile(lambda caller: caller.f_code is not Signals.interrupt.__code__, frames(frame))
        if not any(is_ours(caller.f_code.co_filename) for caller in above):
            return
        self.raised += 1
        if self.raised < self.times:
            PENDING[self.raised]  # not by a call, after which Python would look for signals, in this handler
        raise KeyboardInterrupt

    def trace(self, frame: Any, event: str, argument: Any) -> Any:
        """Count the opcodes of our code, and send the first signal."""
        if not is_ours(frame.f_code.co_filename):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode" and frame.f_lasti not in unreachable(frame.f_code):
            self.opcodes += 1
            if self.opcodes > self.after:
                untrace(frame)
                sys.settrace(None)
                PENDING[frame]
                return None
        return self.trace

    def interrupt(self, action: Callable[[], Any]) -> None:
        """Run an action, with the signals."""
        before, handler = sys.gettrace(), signal.signal(signal.SIGINT, self)
        sys.settrace(self.trace)
        try:
            action()
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(before)
            PENDING.clear()
            signal.signal(signal.SIGINT, handler)


def frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


@cache
def is_ours(file: str) -> bool:
    return file.startswith(OURS)


def interrupted_everywhere(make: Callable[[], Operation], budget: int, *, times: int) -> int:
    """Interrupt an operation at many points, and check what it leaves; return how often it was interrupted.

    Args:
        make: returns a fresh one.
        budget: the number of opcodes to run in all, on average half of those of the operation for each point.
        times: the number of signals in a row.
    """
    complete, as_before = make(), switches()
    expected = [complete.state()]
    complete.act()
    expected.append(complete.state())
    whole = Signals(float("inf"), 0)
    whole.interrupt(make().act)
    points = max(2, 2 * budget // max(whole.opcodes, 1))
    every = range(whole.opcodes)
    interrupts = 0
    for after in every if len(every) <= points else sorted(random.Random(0).sample(every, points)):
        operation, signals = make(), Signals(after, times)
        signals.interrupt(operation.act)
        assert switches() == as_before, f"after {after} opcodes of {whole.opcodes}, {signals.raised} signals"
        assert operation.state() in expected, f"after {after} opcodes of {whole.opcodes}, {signals.raised} signals"
        interrupts += signals.raised
    return interrupts


@sizes("budget", 6_000, 2_000_000)
@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")  # that was interrupted before it began
@pytest.mark.parametrize("times", [1, pytest.param(IN_A_ROW, marks=needs_several)])
def test_signals_leave_everything_whole(
    budget: int, times: int, monkeypatch: pytest.MonkeyPatch, report_figure: Callable[[str], None]
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", id)  # written in C; Python's own finalizers may be interrupted
    interrupts = 0
    for make in OPERATIONS.values():
        interrupts += interrupted_everywhere(make, budget, times=times)
    assert interrupts > 5 * len(OPERATIONS)
    report_figure(f"{interrupts:,} interrupts of {len(OPERATIONS)} operations, {times} in a row")


def test_planted_recorder_in_python_stays_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Written(Recorder):
        def __enter__(self) -> Any:
            self._begin()
            grad_mode.RECORDERS[threading.get_ident()] = self
            return self

        def __exit__(self, *exception: object) -> None:
            del grad_mode.RECORDERS[threading.get_ident()]

        def is_open(self) -> bool:
            return True

    monkeypatch.setattr(runs, "Recorder", Written)
    monkeypatch.setattr(sys.modules[__name__], "is_ours", lambda file: file == __file__)
    try:
        with pytest.raises(AssertionError, match="opcodes"):
            interrupted_everywhere(OPERATIONS["record"], 2_000, times=1)
    finally:
        grad_mode.RECORDERS.clear()


def test_planted_step_that_changes_one_parameter_after_another_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(self: nn.SGD) -> None:
        for i, p in enumerate(self.parameters):
            self._b[i] = self.momentum * self._b[i] + p.grad
            p.data -= self.lr * self._b[i]

    monkeypatch.setattr(nn.SGD, "step", step)
    monkeypatch.setattr(sys.modules[__name__], "is_ours", lambda file: file == __file__)
    with pytest.raises(AssertionError, match="opcodes"):
        interrupted_everywhere(OPERATIONS["SGD.step"], 10_000, times=1)


def test_planted_handler_that_can_be_interrupted_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def restore_one_by_one(restore: Iterator[None]) -> None:
        for _ in restore:
            pass

    monkeypatch.setattr(value, "consume", restore_one_by_one)
    with pytest.raises(AssertionError, match="2 signals"):
        interrupted_everywhere(OPERATIONS["backward"], 200_000, times=2)


# ── storms of signals ──────────────────────────────────────────────────────────────────────────────────────────


STORMED = ["backward", "Value.zero_grad", "Adam.step", "with no_grad", "with no_gc", "record", "fit without replay"]
STORMED += [
    "with detect_anomaly",
    "Program.backward of NumPy",
    "check_gradients of a module",
    "register_hook",
    "load_state_dict",
]


@sizes("storms", 20, 1000)
@pytest.mark.no_cover
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="timers of POSIX")
def test_storms_of_signals_leave_everything_whole(storms: int, report_figure: Callable[[str], None]) -> None:
    draw, signals = random.Random(1), 0
    as_before = switches()
    for name in STORMED:
        make, complete = OPERATIONS[name], OPERATIONS[name]()
        expected = [complete.state()]
        begin = time.perf_counter()
        complete.act()
        duration = max(time.perf_counter() - begin, 2e-5)
        expected.append(complete.state())
        for _ in range(storms):
            operation, storm = (
                make(),
                Storm(draw.randrange(1, 6) if SEVERAL else 1, interval=draw.uniform(1e-6, 3e-5)),
            )
            storm.strike(operation.act, first=draw.uniform(1e-6, duration))
            assert switches() == as_before, name
            assert operation.state() in expected, name
            signals += storm.raised
    assert signals > 0
    report_figure(f"{signals:,} signals of a timer, up to 5 in a row, in {storms * len(STORMED):,} operations")


class Storm(Signals):
    """Signals of a timer, while an action runs."""

    def __init__(self, times: int, interval: float) -> None:
        super().__init__(0, times)
        self.interval = interval

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal: raise while the action runs, so many times."""
        above = takewhile(lambda caller: caller.f_code is not Storm.strike.__code__, frames(frame))
        if any(is_ours(caller.f_code.co_filename) for caller in above):
            self.raised += 1
            if self.raised < self.times:
                signal.setitimer(signal.ITIMER_REAL, self.interval)
            raise KeyboardInterrupt

    def strike(self, action: Callable[[], Any], *, first: float) -> None:
        """Run an action during a storm."""
        handler = signal.signal(signal.SIGALRM, self)
        try:
            signal.setitimer(signal.ITIMER_REAL, first)
            action()
        except KeyboardInterrupt:
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, handler)


# ── allocations that fail ──────────────────────────────────────────────────────────────────────────────────────


FAILING = """
import sys
from tests.promises.operations import OPERATIONS, switches
import _testcapi
failures = 0
for name in sys.argv[2:]:
    make = OPERATIONS[name]
    complete = make()
    expected = [complete.state()]
    complete.act()
    expected.append(complete.state())
    as_before = switches()
    for length in (1, 3, 10, 50):  # of the failing allocations; if all fail, CPython itself unwinds for ever
        first, passed = 0, 0
        while passed < 3 and first < int(sys.argv[1]):
            operation = make()
            act = operation.act
            failed = False
            try:
                _testcapi.set_nomemory(first, first + length)
                act()
            except (MemoryError, RuntimeError):  # the latter of threading, which cannot allocate a lock
                failed = True
            finally:
                _testcapi.remove_mem_hooks()
            if operation.state() not in expected or switches() != as_before:
                sys.exit(f"{name}: {length} failing allocations from number {first}")
            passed = 0 if failed else passed + 1
            failures += failed
            first += 1
print(failures)
"""
ALLOCATING = ["backward", "Value.zero_grad", "SGD.step", "Adam.step", "Module.zero_grad", "load_state_dict"]
"""In others CPython itself crashes: 3.11 where `ContextVar.set` gets no memory, 3.13 in generators."""


def with_failing_allocations(code: str, most: int, name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, str(most), name]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=600)


@sizes("most", 150, 5000)
@pytest.mark.no_cover
def test_failing_allocations_leave_everything_whole(most: int, report_figure: Callable[[str], None]) -> None:
    pytest.importorskip("_testcapi", reason="the test module of CPython")
    failures, crashed = 0, []
    for name in ALLOCATING:
        done = with_failing_allocations(FAILING, most, name)
        if done.returncode == -signal.SIGSEGV:
            crashed.append(name)
            continue
        assert done.returncode == 0, done.stderr[-500:]
        failures += int(done.stdout)
    assert failures > 200
    assert "backward" not in crashed
    shown = f"; CPython crashed in {', '.join(crashed)}" if crashed else ""
    report_figure(f"{failures:,} failing allocations, up to 50 in a row, in {len(ALLOCATING)} operations{shown}")


def test_planted_restore_that_allocates_is_found() -> None:
    pytest.importorskip("_testcapi", reason="the test module of CPython")
    planted = (
        "from autograd_tiny.engine import value\nvalue.consume = lambda steps: [list(steps), bytearray(100_000)]\n"
    )
    assert "backward: " in with_failing_allocations(planted + FAILING, 1000, "backward").stderr


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


def test_planted_missing_restore_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value, "consume", lambda restore: None)  # restores nothing
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
