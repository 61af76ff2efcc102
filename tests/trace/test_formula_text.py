"""Numbers and formulas as short text."""

from __future__ import annotations

from autograd_tiny.trace.formula_text import truncate


def test_truncate_keeps_text_that_fits() -> None:
    assert truncate("abc", 3) == "abc"
    assert truncate("abcd", 3) == "ab…"
