"""`zero_grad` sets all gradients of a graph, or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from autograd_tiny import RecordError, Value, record
from autograd_tiny.engine import zero_grad


def test_all_nodes_below_are_set() -> None:
    a = Value(2.0)
    square = a * a
    square.backward()
    square.zero_grad()
    assert (a.grad, square.grad) == (0.0, 0.0)


def test_interrupt_in_the_middle_sets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(list[Any]):
        """A list whose second reader is interrupted after the first element."""

        readers = 0

        def __add__(self, others: Any) -> Any:
            return Interrupted([*self, *others])

        def __iter__(self) -> Iterator[Any]:
            self.readers += 1
            return super().__iter__() if self.readers < 2 else self._some()

        def _some(self) -> Iterator[Any]:
            yield self[0]
            raise KeyboardInterrupt

    a, b = Value(2.0), Value(3.0)
    a.grad, b.grad = 1.0, 2.0
    monkeypatch.setattr(zero_grad, "mark_in_backward_order", lambda root: (Interrupted([a]), [b]))
    with pytest.raises(KeyboardInterrupt):
        a.zero_grad()
    assert (a.grad, b.grad) == (0.0, 0.0)


def test_recorded_function_cannot_set_gradients() -> None:
    w = Value(2.0)

    def loss(x: Any) -> Any:
        (w * 1.0).zero_grad()
        return w * x

    with pytest.raises(RecordError, match=r"zero_grad\(\) was called"):
        record(loss, inputs=(1.0,), parameters=[w])
