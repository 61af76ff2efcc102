"""Texts: replacing, measuring, and numbers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

from autograd_tiny.diagrams.text import format_number, text_width, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_visible_text_is_one_line_of_xml(text):
    shown = visible(text)
    assert etree.fromstring(f"<a>{shown.translate({60: '', 38: ''})}</a>".encode()) is not None
    assert len(shown.splitlines()) <= 1
    assert len(shown) == len(text)
    assert visible(shown) == shown


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"])))
def test_printable_ascii_is_unchanged(text):
    assert visible(text) == text


@pytest.mark.parametrize("turning", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_bidirectional_control_is_replaced(turning):
    assert visible(turning) == "\ufffd"


def test_control_character_becomes_its_picture():
    assert unicodedata.name(visible("\n")) == "SYMBOL FOR LINE FEED"
    assert unicodedata.name(visible("\x7f")) == "SYMBOL FOR DELETE"


@pytest.mark.parametrize(
    ("x", "precision", "text"),
    [(0.70710678, 4, "0.7071"), (-1234567.0, 3, "−1.23e+06"), (float("-inf"), 4, "−inf"), (float("nan"), 4, "nan")],
)
def test_number_is_short_with_minus_sign(x, precision, text):
    assert format_number(x, precision) == text


@pytest.mark.parametrize("bold", [False, True])
def test_dejavu_is_not_much_wider(bold):
    """DejaVu Sans is the widest that a viewer is likely to take instead: the sides of a card have room for it."""
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")))
    font.set_size(100, 72)
    for text in ("gradient", "value", "0.7071", "layers[0].neurons[3].w[1]", "∂L/∂a", "αβγ", "Ünïcödé"):
        font.set_text(text)
        real = font.get_width_height()[0] / 64
        assert real < 1.32 * text_width(text, 100, bold=bold), text


def test_widths_are_those_of_helvetica():
    assert text_width("Hamburgefonts 0123", 1000) == sum(
        [722, 556, 833, 556, 556, 333, 556, 556, 278, 556, 556, 278, 500, 278, 556, 556, 556, 556]
    )
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert text_width("中", 10) > 10
