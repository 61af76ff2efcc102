"""Text measured in the columns of a terminal."""

from __future__ import annotations

import pytest

from autograd_tiny.support.display_width import cut_to, display_width, pad_left, pad_right
from autograd_tiny.support.terminal_text import fold


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("w[0]", 4),
        ("∂L/∂w·π", 7),
        ("重み", 4),
        ("\uff57", 2),
        ("ﾊﾞ", 2),
        ("é", 1),
        ("e\u0301", 1),
        ("🙂", 2),
        ("a\u200bb", 2),
    ],
)
def test_width_of_text(text: str, width: int) -> None:
    assert display_width(text) == width
    assert (display_width(pad_left(text, 9)), display_width(pad_right(text, 9))) == (9, 9)
    assert pad_left(text, 0) == pad_right(text, 0) == text


@pytest.mark.parametrize(
    ("width", "beginning"), [(0, ""), (1, "a"), (2, "a"), (3, "a重"), (4, "a重"), (5, "a重み"), (9, "a重み")]
)
def test_text_is_cut_before_a_character_that_does_not_fit(width: int, beginning: str) -> None:
    assert cut_to("a重み", width) == beginning


def test_lines_of_wide_characters_are_folded_at_their_width() -> None:
    text = "重み.grad = 0.5·とても長い名前のバイアス + 1.25·入力 is used 2 times"
    for width in (12, 20, 33):
        lines = fold(text, width)
        assert max(map(display_width, lines)) <= width
        assert "".join("".join(lines).split()) == "".join(text.split())
