"""Printing to streams with and without an encoding."""

from __future__ import annotations

import io
import sys

import pytest

from autograd_tiny.support.console import escape_unencodable, fit


def test_an_output_without_an_encoding_takes_every_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    escape_unencodable()
    assert fit("∂") == "∂"


def test_an_output_of_ascii_gets_plain_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert fit("∂L · R²") == "dL * R2"
