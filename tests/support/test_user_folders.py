"""Folders of the user: by XDG variables, and by the conventions of each platform."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograd_tiny.support.user_folders import user_folder


@pytest.mark.parametrize(
    ("kind", "system", "folder"),
    [
        ("cache", "linux", ".cache"),
        ("cache", "darwin", "Library/Caches"),
        ("cache", "win32", "AppData/Local"),
        ("state", "linux", ".local/state"),
        ("state", "darwin", "Library/Application Support"),
        ("state", "win32", "AppData/Local"),
        ("state", "freebsd14", ".local/state"),
    ],
)
def test_folder_of_the_platform(kind: str, system: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert user_folder(kind, {}) == Path.home() / folder / "autograd_tiny"


def test_variable_of_xdg_comes_first(tmp_path: Path) -> None:
    variables = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert user_folder("state", variables) == tmp_path / "state" / "autograd_tiny"
    assert user_folder("cache", variables) == tmp_path / "cache" / "autograd_tiny"


def test_relative_variable_is_ignored() -> None:
    assert user_folder("cache", {"XDG_CACHE_HOME": "relative"}) == user_folder("cache", {})


def test_local_folder_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"LOCALAPPDATA": str(tmp_path)}
    assert user_folder("state", variables) != tmp_path / "autograd_tiny"
    monkeypatch.setattr(sys, "platform", "win32")
    assert user_folder("state", variables) == tmp_path / "autograd_tiny"
