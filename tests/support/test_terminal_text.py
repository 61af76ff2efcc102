"""ASCII replacements, escaped control characters, and unquoted strings."""

from __future__ import annotations

import pickle

import pytest

from autograd_tiny.support.terminal_text import (
    ASCII_REPLACEMENTS,
    ShownText,
    needs_ascii,
    printable,
    to_aligned_ascii,
    to_ascii,
)


def test_replacements_are_ascii() -> None:
    assert to_ascii("".join(map(chr, ASCII_REPLACEMENTS))).isascii()


@pytest.mark.parametrize(("encoding", "plain"), [("ascii", True), ("latin-1", True), ("utf-8", False), (None, False)])
def test_encoding_needs_ascii(encoding: str | None, plain: bool) -> None:
    assert needs_ascii(encoding) is plain


def test_unknown_encoding_needs_ascii() -> None:
    assert needs_ascii("no such encoding")


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


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("tanh(…) of …    0.5", "tanh(...) of ...  0.5"),
        ("a       — → 5    the seed", "a      - -> 5    the seed"),
        ("  …w[0]  1", "  ...w[0]  1"),
        ("w  2 → 3  0.5 → 0.33333", "w  2 -> 3  0.5 -> 0.33333"),
        ("│  └─ v7 = v6 …", "|  `- v7 = v6 ..."),
        ("→ 5  a sentence — with a dash", "-> 5  a sentence - with a dash"),
        ("    → 5", "    -> 5"),
    ],
)
def test_columns_stay_in_ascii(line: str, shown: str) -> None:
    assert to_aligned_ascii(line) == shown
