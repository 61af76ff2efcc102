"""Plain letters for terminals that know no others, and escapes for what no terminal should be sent."""

from __future__ import annotations

import pickle

import pytest

from autograd_tiny.support.terminal_text import PLAIN, ShownText, in_plain_letters, is_plain, printable


def test_replacements_are_ascii() -> None:
    assert in_plain_letters("".join(map(chr, PLAIN))).isascii()


@pytest.mark.parametrize(("encoding", "plain"), [("ascii", True), ("latin-1", True), ("utf-8", False), (None, False)])
def test_ascii_encoding_is_plain(encoding: str | None, plain: bool) -> None:
    assert is_plain(encoding) is plain


def test_unknown_encoding_is_plain() -> None:
    assert is_plain("no such encoding")


@pytest.mark.parametrize("text", ["", "w[0]", "größe θ", "a b"])
def test_printable_text_is_kept(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jx", r"\x1b[2Jx"),
        ("two\nlines", r"two\nlines"),
        ("tab\t", r"tab\t"),
        ("\x00", r"\x00"),
        ("\u202eback", r"\u202eback"),  # writes from right to left
        ("\ud800", r"\ud800"),  # half a character
        ("\x9b31m", r"\x9b31m"),  # the escape sequence's one-byte form
    ],
)
def test_control_characters_are_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_shown_text_is_its_own_repr() -> None:
    text = ShownText("a = 1\nb = 2")
    assert repr(text) == text == "a = 1\nb = 2"
    assert not hasattr(text, "__dict__")
    assert type(pickle.loads(pickle.dumps(text))) is ShownText
