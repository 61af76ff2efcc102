"""A million nodes: nothing recurses, and only the events that are looked at are made."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, no_gc

pytestmark = [pytest.mark.once, pytest.mark.no_cover]  # smaller graphs cover these lines


@no_gc()
def test_a_trace_of_a_million_nodes_is_made_walked_and_asked() -> None:
    x = node = Value(1.0, label="x")
    for _ in range(500_000):
        node = node * 1.0 + x
    trace = node.trace()
    assert len(trace) == 1_500_001
    trace.finish()
    assert trace.gradient(x) == 500_001.0
    trace.goto(750_000)
    assert trace.back() == trace[749_999]
    assert trace.why(x).endswith(" so far; 250002 contributions are to come")
    trace.apply()
    assert x.grad == 500_001.0
