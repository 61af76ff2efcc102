"""Numbers for people, for Python and for LaTeX."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny.symbolic.number_text import exact, latex, short


@pytest.mark.parametrize(
    ("number", "text"), [(2.0, "2"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (math.inf, "inf"), (math.nan, "nan")]
)
def test_a_number_is_shown_short(number: float, text: str) -> None:
    assert short(number) == text


@given(st.floats())
def test_python_reads_back_every_digit(number: float) -> None:
    assert repr(eval(exact(number))) == repr(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.5, "0.5"),
        (-0.0, "0"),
        (1e6, "10^{6}"),
        (-1e-7, "-10^{-7}"),
        (1.25e300, r"1.25 \times 10^{300}"),
        (math.inf, r"\infty"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\mathrm{nan}"),
    ],
)
def test_latex_has_powers_of_ten(number: float, text: str) -> None:
    assert latex(number) == text
