"""Large graphs: nothing recurses, and only the events that are looked at are made."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, no_gc
from tests.sampling import sizes

pytestmark = pytest.mark.no_cover  # smaller graphs cover these lines


@sizes("length", 50_000, 500_000)
@no_gc()
def test_large_trace_needs_no_recursion(length: int) -> None:
    x = node = Value(1.0, label="x")
    for _ in range(length):
        node = node * 1.0 + x
    trace = node.trace()
    assert len(trace) == 3 * length + 1
    trace.finish()
    assert trace.gradient(x) == length + 1.0
    trace.goto(length * 3 // 2)
    assert trace.back() == trace[length * 3 // 2 - 1]
    sentence, rest = trace.why(x).splitlines()
    assert sentence.endswith(f" so far; {length // 2 + 2} contributions are to come")
    assert rest.startswith(f"  the sum of {length // 2 - 5} others so far is ")
    trace.apply()
    assert x.grad == length + 1.0
