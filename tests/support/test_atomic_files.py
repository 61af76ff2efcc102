"""Atomic writing of files."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from autograd_tiny.support.atomic_files import require_writable, write_whole


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_file_has_the_given_bytes(tmp_path):
    write_whole(tmp_path / "a.svg", b"\x00\r\n")
    assert (tmp_path / "a.svg").read_bytes() == b"\x00\r\n"
    assert names_in(tmp_path) == ["a.svg"]


def test_old_file_is_replaced(tmp_path):
    (tmp_path / "a.svg").write_text("old and longer")
    write_whole(str(tmp_path / "a.svg"), b"new")
    assert (tmp_path / "a.svg").read_bytes() == b"new"


def test_failure_leaves_only_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "a.svg").write_text("old")

    def fail(descriptor):
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=r"disk full: '.*a\.svg'$"):
        write_whole(tmp_path / "a.svg", b"new")
    assert (tmp_path / "a.svg").read_text() == "old"
    assert names_in(tmp_path) == ["a.svg"]


def test_longest_file_name_can_be_written(tmp_path):
    write_whole(tmp_path / ("a" * 251 + ".svg"), b"x")


def test_writable_file_is_left_unchanged(tmp_path):
    (tmp_path / "a.svg").write_text("old")
    require_writable(tmp_path / "a.svg")
    require_writable(tmp_path / "b.svg")
    assert names_in(tmp_path) == ["a.svg"]
    assert (tmp_path / "a.svg").read_text() == "old"


@pytest.mark.parametrize("attempt", [lambda path: write_whole(path, b"x"), require_writable])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("none/a.svg", FileNotFoundError),
        ("a.svg/b.svg", FileNotFoundError),
        ("nul\0.svg", OSError),
        ("a" * 300, OSError),
        ("folder", IsADirectoryError),
        ("", IsADirectoryError),
        (".", IsADirectoryError),
        ("..", IsADirectoryError),
        (os.devnull, IsADirectoryError),
    ],
)
def test_errors_name_the_given_path(tmp_path, monkeypatch, attempt, name, kind):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.svg").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(kind) as raised:
        attempt(name)
    assert (raised.value.filename, raised.value.filename2) == (str(Path(name)), None)
    assert names_in(tmp_path) == ["a.svg", "folder"]
