"""Numbers as JSON."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_tiny.support.json_numbers import indented_json, json_number


@pytest.mark.parametrize("number", [0.0, -1.5, 1e308, 3, None])
def test_finite_number_and_none_are_unchanged(number):
    assert json_number(number) is number


@pytest.mark.parametrize(("number", "text"), [(math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan")])
def test_nonfinite_number_becomes_a_string(number, text):
    written = json.dumps(json_number(number), allow_nan=False)
    assert written == f'"{text}"'
    assert str(float(json.loads(written))) == text


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts) | st.tuples(parts),
    max_leaves=20,
)


@settings(max_examples=50)
@given(document=documents, indent=st.integers(1, 3), ensure_ascii=st.booleans())
def test_document_is_indented_as_by_the_standard_library(document, indent, ensure_ascii):
    expected = json.dumps(document, indent=indent, ensure_ascii=ensure_ascii)
    assert indented_json(document, indent, ensure_ascii=ensure_ascii) == expected


@pytest.mark.parametrize("number", [math.inf, math.nan])
def test_nonfinite_number_in_a_document_raises(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        indented_json({"numbers": [number]})
