"""Building a library: the cache, its key, and the errors."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograd_tiny.errors import BackendError
from autograd_tiny.replay.c_backend import library

SOURCE = "void replay(void) {}"


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stand in for the compiler, and return what it is asked for."""
    commands: list[list[str]] = []

    def run(command: list[str], **settings: Any) -> Any:
        commands.append(command)
        Path(command[command.index("-o") + 1]).write_text("library")
        return SimpleNamespace(returncode=0)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(library.shutil, "which", lambda name: f"/nowhere/{name}")
    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_library_is_built_once(compiled: list[list[str]], tmp_path: Path) -> None:
    path = library.built(SOURCE)
    assert path == library.built(SOURCE)
    assert len(compiled) == 1
    assert list((tmp_path / "autograd_tiny").iterdir()) == [path]
    assert path.read_text() == "library"


def test_source_and_compiler_have_own_libraries(compiled: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {library.built(SOURCE), library.built(SOURCE + "\n")}
    monkeypatch.setenv("CC", "other")
    paths.add(library.built(SOURCE))
    assert len(paths) == len(compiled) == 3


def test_flags_follow_ieee(compiled: list[list[str]]) -> None:
    library.built(SOURCE)
    assert "-ffp-contract=off" in compiled[0]
    assert not any("fast-math" in flag for flag in compiled[0])


def test_failing_compiler_is_quoted(
    compiled: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = SimpleNamespace(returncode=1, stderr="replay.c:1: what is this?")
    monkeypatch.setattr(subprocess, "run", lambda command, **settings: failed)
    with pytest.raises(BackendError, match="what is this"):
        library.built(SOURCE)
    assert list((tmp_path / "autograd_tiny").iterdir()) == []


def test_unwritable_cache_is_named(
    compiled: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(BackendError, match="nothing could be built in"):
        library.built(SOURCE)


def test_missing_compiler_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library.shutil, "which", lambda name: None)
    with pytest.raises(BackendError, match="no C compiler") as caught:
        library.built(SOURCE)
    assert caught.value.problem.startswith("no C compiler")


@pytest.fixture
def only_cl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program named cl, and no other compiler, into the path."""
    name = "cl.exe" if sys.platform == "win32" else "cl"
    program = tmp_path / name
    program.write_text("#!/bin/sh\nexit 2\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    return program


def test_cl_is_not_taken_and_the_message_says_what_works(only_cl: Path) -> None:
    with pytest.raises(BackendError, match="only cl of MSVC was found; on Windows gcc of MinGW-w64 and clang work"):
        library.built(SOURCE)


def test_cl_that_was_named_is_refused(only_cl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", str(only_cl))
    with pytest.raises(
        BackendError, match=r"cl(\.exe)? of MSVC lacks .*; on Windows gcc of MinGW-w64 and clang work"
    ):
        library.built(SOURCE)


def test_two_processes_may_build_one_library(
    compiled: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = subprocess.run
    others: list[Path] = []

    def run_after_another(command: list[str], **settings: Any) -> Any:
        monkeypatch.setattr(subprocess, "run", build)
        others.append(library.built(SOURCE))  # as another process does, while this one compiles
        return build(command, **settings)

    monkeypatch.setattr(subprocess, "run", run_after_another)
    assert [library.built(SOURCE)] == others
    assert len(compiled) == 2
    assert list((tmp_path / "autograd_tiny").iterdir()) == others


def test_key_depends_on_the_compiler(tmp_path: Path) -> None:
    compiler = tmp_path / "cc"
    keys = {library.key_of(SOURCE, str(compiler))}
    for text in ("old", "newer"):
        compiler.write_text(text)
        keys.add(library.key_of(SOURCE, str(compiler)))
    assert len(keys) == 3


def test_first_error_of_the_compiler_is_quoted(compiled: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    said = "replay.c: In function 'f':\nreplay.c:1: error: what is this?\nreplay.c:2: error: and this?"
    failed = SimpleNamespace(returncode=1, stderr=said)
    monkeypatch.setattr(subprocess, "run", lambda command, **settings: failed)
    with pytest.raises(BackendError, match=r"failed: replay.c:1: error: what is this\?; mend it"):
        library.built(SOURCE)


def test_silent_failure_of_the_compiler_has_its_status(
    compiled: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda command, **settings: SimpleNamespace(returncode=-9, stderr=""))
    with pytest.raises(BackendError, match="failed: exit status -9"):
        library.built(SOURCE)


def test_cache_keeps_the_libraries_used_last(
    compiled: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "KEPT", 2)
    first, second = (library.built(f"{SOURCE}{k}") for k in range(2))
    for k, path in enumerate([first, second]):
        os.utime(path, (k, k))
    library.built(f"{SOURCE}0")  # used again
    third = library.built(f"{SOURCE}2")
    assert sorted((tmp_path / "autograd_tiny").iterdir()) == sorted([first, third])


@pytest.mark.parametrize(
    ("lines", "is_terminal", "is_shown"), [(30_000, True, True), (3, True, False), (30_000, False, False)]
)
def test_long_source_is_announced_at_a_terminal(
    lines: int, is_terminal: bool, is_shown: bool, compiled: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    library.built("\n" * lines)
    assert stream.getvalue() == ("compiling 30,000 lines of C ...\r\x1b[K" if is_shown else "")


def test_library_that_cannot_be_loaded_is_named(compiled: list[list[str]]) -> None:
    with pytest.raises(BackendError, match=r"\.so cannot be loaded: .*; remove the file"):
        library.load(SOURCE)  # of the text "library"
