"""Numbers as JSON."""

from __future__ import annotations

import json
import math

import pytest

from autograd_tiny.support.json_numbers import json_number


@pytest.mark.parametrize("number", [0.0, -1.5, 1e308, 3, None])
def test_finite_number_and_none_are_unchanged(number):
    assert json_number(number) is number


@pytest.mark.parametrize(("number", "text"), [(math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan")])
def test_nonfinite_number_becomes_a_string(number, text):
    written = json.dumps(json_number(number), allow_nan=False)
    assert written == f'"{text}"'
    assert str(float(json.loads(written))) == text
