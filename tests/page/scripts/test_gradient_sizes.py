"""The sizes of gradients on the page are those of `trace.profile()`, also at a cursor and after an edit."""

from __future__ import annotations

from itertools import pairwise

import pytest

import nn
from autograd_tiny import Value
from autograd_tiny.trace import Trace
from tests.page_driver import PageDriver


def loop(steps: int, weight: float) -> Value:
    h, w = Value(0.5, label="h0"), Value(weight, label="w")
    for _ in range(steps):
        h = (w * h + 0.1).tanh()
    return h


def network() -> Value:
    model = nn.MLP(2, [6, 6, 1], seed=3)
    return (model([0.3, -0.8]) - 1.0) ** 2


def wild() -> Value:
    a, b = Value(0.0, label="a"), Value(-2.0, label="b")
    return a.sqrt() * b + b.relu() * 1e200 * 1e200


def chain(factor: float) -> Value:
    node = Value(1.0, label="x")
    for _ in range(8):
        node = node * factor
    return node


def skip() -> Value:
    """Return the root of a branch without a gradient, beside one that reaches a leaf."""
    q, r = Value(0.0, label="q"), Value(2.0, label="r")
    u = q.sqrt() * r
    return u * u + r / 3.0


def assert_equal(driver: PageDriver, trace: Trace) -> None:
    """Hold the rows and the remarks of the page against those of the trace."""
    profile = trace.profile(at_cursor=True)
    rows = driver.ask("graph.sizes.groups.map(sizesOf)")
    assert [row["group"] for row in rows] == [row.group for row in profile]
    for shown, row in zip(rows, profile, strict=True):
        assert shown["mean"] == (None if row.mean is None else pytest.approx(row.mean, rel=1e-12))
        assert [len(shown["nodes"]), shown["zeros"], shown["notFinite"], len(shown["open"])] == [
            row.count,
            row.zeros,
            row.non_finite,
            row.unfinished,
        ]
    remarks = driver.page.locator("#size-remarks p").all_inner_texts()
    assert [remark.partition(", ")[0] for remark in remarks] == [
        remark.partition(", ")[0] for remark in profile.remarks
    ]  # names after that may be ranges here


@pytest.mark.parametrize("root", [loop(30, 0.9), network(), wild(), chain(0.01), chain(100.0), chain(1e-90), skip()])
def test_page_measures_what_the_profile_measures(driver: PageDriver, root: Value) -> None:
    trace = root.trace(forward=True)
    driver.open(trace)
    for cursor in (0, len(trace) // 3, 2 * len(trace) // 3, len(trace) - 1, len(trace)):
        trace.goto(cursor)
        driver.ask("cursor => goTo(cursor)", cursor)
        assert_equal(driver, trace)


def test_sizes_follow_an_edit(driver: PageDriver) -> None:
    trace = loop(30, 0.9).trace()
    trace.finish()
    driver.open(trace)
    driver.ask("z => setNumbers([[z, 0.2]])", trace.position("w"))
    trace.set("w", 0.2)
    assert_equal(driver, trace)
    assert "Vanishing" in driver.text("#size-remarks")


def test_bars_have_a_logarithmic_scale(driver: PageDriver) -> None:
    driver.open(chain(0.01).trace()).press("End")
    widths = driver.ask("[...document.querySelectorAll('.bar-of-size')].map(bar => parseFloat(bar.style.width))")
    steps = [before - after for before, after in pairwise(widths[:8])]
    assert max(steps) == pytest.approx(min(steps), abs=0.01)
    assert min(steps) > 5.0
    assert driver.text("#size-axis") == "1e-17 to 1e1, log scale"
