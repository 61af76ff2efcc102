"""`backward()` is all or nothing: after Ctrl-C or an exception at any point, gradients are as before or complete."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograd_tiny import Value, dot, exp
from autograd_tiny import sum as sum_of
from autograd_tiny.engine import backward_order as order
from autograd_tiny.engine import nary, value
from autograd_tiny.engine.backward_order import backward_order

FILES = {nary.__file__, order.__file__, value.__file__}


def interrupt(action: Callable[[], Any], *, after: int, kind: str) -> bool:
    """Run an action with Ctrl-C after so many lines or opcodes of the engine; return True if it took so many."""
    left = after

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in FILES:
            return None
        frame.f_trace_opcodes = kind == "opcode"
        if event == kind:
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


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


@pytest.mark.parametrize("kind", ["line", "opcode"])
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
        assert backward_order(root) == expected, f"after {step} lines"
        step += 1
    assert step > 50


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
