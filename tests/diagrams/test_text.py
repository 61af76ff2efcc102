"""Texts: what is shown, how wide it is, numbers in few digits; and the contrast of every colour."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

from autograd_tiny.diagrams.palette import STYLES, contrast
from autograd_tiny.diagrams.text import cut, number, visible, width

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_what_is_visible_fits_into_xml_and_one_line(text):
    shown = visible(text)
    assert etree.fromstring(f"<a>{shown.translate({60: '', 38: ''})}</a>".encode()) is not None
    assert len(shown.splitlines()) <= 1
    assert len(shown) == len(text)
    assert visible(shown) == shown


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"])))
def test_printable_ascii_is_shown_as_it_is(text):
    assert visible(text) == text


@pytest.mark.parametrize("turning", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_what_turns_the_direction_of_the_text_after_it_is_not_let_through(turning):
    assert visible(turning) == "\ufffd"


@given(ANY_TEXT, st.integers(3, 40))
def test_a_text_is_cut_in_its_middle(text, longest):
    shown = cut(text, longest)
    assert len(shown) == min(len(text), longest)
    if len(text) > longest:
        start, end = shown.split("…")[0], shown.split("…")[-1]
        assert text.startswith(start)
        assert text.endswith(end)


@pytest.mark.parametrize(
    ("x", "precision", "text"),
    [(0.70710678, 4, "0.7071"), (-1234567.0, 3, "−1.23e+06"), (float("-inf"), 4, "−inf"), (float("nan"), 4, "nan")],
)
def test_numbers_are_short_and_have_a_real_minus(x, precision, text):
    assert number(x, precision) == text


@pytest.mark.parametrize("bold", [False, True])
def test_no_character_of_another_sans_serif_is_much_wider_than_is_reckoned(bold):
    """DejaVu Sans is the widest that a viewer is likely to take instead: the sides of a card have room for it."""
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")))
    font.set_size(100, 72)
    for text in ("gradient", "value", "0.7071", "layers[0].neurons[3].w[1]", "∂L/∂a", "αβγ", "Ünïcödé"):
        font.set_text(text)
        real = font.get_width_height()[0] / 64
        assert real < 1.32 * width(text, 100, bold=bold), text


def test_the_widths_are_those_of_helvetica():
    assert width("Hamburgefonts 0123", 1000) == sum(
        [722, 556, 833, 556, 556, 333, 556, 556, 278, 556, 556, 278, 500, 278, 556, 556, 556, 556]
    )
    assert width("e\u0301", 10) == width("e", 10)
    assert width("中", 10) > 10


def test_there_are_three_styles_and_each_has_all_colours():
    assert list(STYLES) == ["light", "print", "dark"]
    for style in STYLES.values():
        for colour in asdict(style).values():
            assert len(bytes.fromhex(colour.removeprefix("#"))) == 3


LINES = ["line", "leaf_line", "root_line", "module_line", "positive", "negative", "highlight"]
FILLS = ["paper", "leaf", "operation", "root", "module", "group", "highlight_fill"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", ["ink", "muted", "positive_text", "negative_text"])
@pytest.mark.parametrize("fill", FILLS)
def test_text_has_the_contrast_of_wcag_aa(style, text, fill):
    colours = asdict(STYLES[style])
    assert contrast(colours[text], colours[fill]) >= 4.5


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "line", ["line", "leaf_line", "root_line", "module_line", "positive", "negative", "highlight"]
)
@pytest.mark.parametrize("fill", ["paper", "group"])
def test_lines_that_mean_something_have_the_contrast_of_wcag_aa(style, line, fill):
    colours = asdict(STYLES[style])
    assert contrast(colours[line], colours[fill]) >= 3.0


def test_the_contrast_is_that_of_wcag():
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the well known grey that just fails
    assert contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.005)


def test_the_pictures_of_control_characters_are_named_so():
    assert unicodedata.name(visible("\n")) == "SYMBOL FOR LINE FEED"
    assert unicodedata.name(visible("\x7f")) == "SYMBOL FOR DELETE"
