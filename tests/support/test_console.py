"""Printing to streams with and without an encoding."""

from __future__ import annotations

import io
import sys

import pytest

from autograd_tiny.support.console import displayable, escape_unencodable


def test_output_without_encoding_is_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    escape_unencodable()
    assert displayable("∂") == "∂"


def test_ascii_output_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert displayable("∂L · R²") == "dL * R2"
