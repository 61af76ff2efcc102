"""Building a library: the cache, its key, and the errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
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


def test_key_depends_on_the_compiler(tmp_path: Path) -> None:
    compiler = tmp_path / "cc"
    keys = {library.key_of(SOURCE, str(compiler))}
    for text in ("old", "newer"):
        compiler.write_text(text)
        keys.add(library.key_of(SOURCE, str(compiler)))
    assert len(keys) == 3


def test_missing_cffi_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cffi", None)
    with pytest.raises(BackendError, match=r"pip install 'autograd_tiny\[c\]'"):
        library.CLibrary(SOURCE)


def test_library_is_loaded_by_cffi(compiled: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    class Fake:
        def cdef(self, text: str) -> None:
            calls.append(text)

        def dlopen(self, path: str) -> Any:
            return SimpleNamespace(replay=lambda *numbers: calls.append(numbers))

        def from_buffer(self, kind: str, array: Any) -> Any:
            return kind, array

    module = ModuleType("cffi")
    monkeypatch.setattr(module, "FFI", Fake, raising=False)
    monkeypatch.setitem(sys.modules, "cffi", module)
    loaded = library.CLibrary(SOURCE)
    loaded.replay(1, 2.0)
    assert loaded.buffer([1.0]) == ("double[]", [1.0])
    assert calls == [f"{library.SIGNATURE};", (1, 2.0)]
