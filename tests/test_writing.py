"""A file is written whole or not at all."""

from __future__ import annotations

import os

import pytest

from autograd_tiny.writing import write_whole


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_has_the_bytes_it_was_given(tmp_path):
    write_whole(tmp_path / "a.svg", b"\x00\r\n")
    assert (tmp_path / "a.svg").read_bytes() == b"\x00\r\n"
    assert names_in(tmp_path) == ["a.svg"]


def test_an_old_file_is_replaced(tmp_path):
    (tmp_path / "a.svg").write_text("old and longer")
    write_whole(str(tmp_path / "a.svg"), b"new")
    assert (tmp_path / "a.svg").read_bytes() == b"new"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "a.svg").write_text("old")

    def fail(descriptor):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(tmp_path / "a.svg", b"new")
    assert (tmp_path / "a.svg").read_text() == "old"
    assert names_in(tmp_path) == ["a.svg"]


def test_a_name_as_long_as_the_file_system_takes_can_be_written(tmp_path):
    write_whole(tmp_path / ("a" * 251 + ".svg"), b"x")


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "a.svg", b"x")
