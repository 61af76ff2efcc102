"""The contrast of every colour in every style."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from autograd_tiny.diagrams.palette import STYLES, contrast

LINES = ["line", "leaf_line", "root_line", "module_line", "positive", "negative", "highlight"]


FILLS = ["paper", "leaf", "operation", "root", "module", "group", "highlight_fill"]


def test_styles_have_all_colours():
    assert list(STYLES) == ["light", "print", "dark"]
    for style in STYLES.values():
        for colour in asdict(style).values():
            assert len(bytes.fromhex(colour.removeprefix("#"))) == 3


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", ["ink", "muted", "positive_text", "negative_text"])
@pytest.mark.parametrize("fill", FILLS)
def test_text_has_contrast_of_wcag_aa(style, text, fill):
    colours = asdict(STYLES[style])
    assert contrast(colours[text], colours[fill]) >= 4.5


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "line", ["line", "leaf_line", "root_line", "module_line", "positive", "negative", "highlight"]
)
@pytest.mark.parametrize("fill", ["paper", "group"])
def test_lines_have_contrast_of_wcag_aa(style, line, fill):
    colours = asdict(STYLES[style])
    assert contrast(colours[line], colours[fill]) >= 3.0


def test_contrast_is_that_of_wcag():
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the well known grey that just fails
    assert contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.005)
