"""Printing to streams with and without an encoding."""

from __future__ import annotations

import io
import sys

import pytest

from autograd_tiny.support.console import escape_unencodable, fit


def test_output_without_encoding_is_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    escape_unencodable()
    assert fit("∂") == "∂"


def test_ascii_output_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert fit("∂L · R²") == "dL * R2"
