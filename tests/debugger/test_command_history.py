"""The history of commands: what is kept, in which file, and that no trouble with the file is an error."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from autograd_tiny.debugger.command_history import LONGEST, MOST_LINES, CommandHistory, history_file
from autograd_tiny.debugger.terminal import Terminal
from tests.debugger.pseudo_terminal import run_at_terminal
from tests.debugger.sessions import graph, talk

needs_modes = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of the history of the sessions of a test."""
    path = tmp_path / "folder" / "history"
    monkeypatch.setenv("AUTOGRAD_TINY_HISTORY", str(path))
    return path


def save(path: Path, *lines: str) -> None:
    history = CommandHistory(path)
    for line in lines:
        history.add(line)
    history.save()


def at_terminal(*commands: str) -> str:
    return run_at_terminal(lambda: graph().debug(), *commands, "q none")


def test_session_at_a_terminal_is_remembered(path: Path) -> None:
    at_terminal("s 2", "why d")
    assert path.read_text(encoding="utf-8") == "s 2\nwhy d\nq none\n"
    at_terminal("l")
    assert path.read_text(encoding="utf-8") == "s 2\nwhy d\nq none\nl\nq none\n"


@needs_modes
def test_file_is_for_its_owner_alone(path: Path) -> None:
    save(path, "s")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    save(path, "n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_session_of_a_pipe_is_not_remembered(path: Path) -> None:
    talk(graph(), "s", "q none")
    assert not path.exists()


def test_commands_of_a_breakpoint_are_not_remembered(path: Path) -> None:
    at_terminal("b d", "commands 1 p d", "c")
    assert path.read_text(encoding="utf-8").splitlines() == ["b d", "commands 1 p d", "c", "q none"]


def test_history_is_saved_when_the_program_is_aborted(path: Path) -> None:
    with pytest.raises(SystemExit):
        at_terminal("s", "abort")
    assert path.read_text(encoding="utf-8") == "s\nabort\n"


def test_empty_variable_keeps_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    at_terminal("s")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.delenv("AUTOGRAD_TINY_HISTORY")
    at_terminal("s")
    assert (tmp_path / "autograd_tiny" / "history").is_file()


def test_user_without_a_home_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    assert history_file({}) is None


def test_file_never_grows_without_bound(path: Path) -> None:
    save(path, *(f"s {number}" for number in range(MOST_LINES + 5)), "x" * (LONGEST + 1))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert (len(lines), lines[0], lines[-1]) == (MOST_LINES, "s 5", f"s {MOST_LINES + 4}")


def test_repeated_blank_and_control_lines_are_left_out(path: Path) -> None:
    save(path, "s", "s", " ", "s ", "p a\x1b[2J", "n", "s")
    assert CommandHistory(path).lines == ["s", "n", "s"]


def test_other_session_is_kept(path: Path) -> None:
    first, second = CommandHistory(path), CommandHistory(path)
    first.add("s")
    second.add("n")
    first.save()
    second.save()
    assert CommandHistory(path).lines == ["s", "n"]


def test_session_without_commands_writes_nothing(path: Path) -> None:
    save(path)
    assert not path.exists()


def test_broken_file_is_no_error(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00s\nwhy a\n\x00\n")
    assert CommandHistory(path).lines == ["why a"]
    assert "(backward) s" in at_terminal("s")


def test_of_a_large_file_the_end_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd_tiny.debugger.command_history.MOST_BYTES", 5)
    path.parent.mkdir()
    path.write_bytes(b"rs\nrs\nwhy\n")
    assert CommandHistory(path).lines == ["why"]


def test_folder_in_its_place_is_no_error(path: Path) -> None:
    path.mkdir(parents=True)
    assert "(backward) s" in at_terminal("s")
    assert list(path.iterdir()) == []


def test_file_in_the_place_of_its_folder_is_no_error(path: Path) -> None:
    path.parent.write_text("", encoding="utf-8")
    assert "(backward) s" in at_terminal("s")


@needs_modes
def test_pipe_in_its_place_is_not_read(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    save(path, "s")
    assert path.is_fifo()


def test_full_disk_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, "s")

    def fails(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("autograd_tiny.debugger.command_history.write_whole", fails)
    save(path, "n")
    assert path.read_text(encoding="utf-8") == "s\n"


class Readline:
    """The functions of readline that keep its history."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)

    def clear_history(self) -> None:
        self.lines.clear()

    def add_history(self, line: str) -> None:
        self.lines.append(line)

    def get_current_history_length(self) -> int:
        return len(self.lines)

    def get_history_item(self, number: int) -> str:
        return self.lines[number - 1]

    def get_completer(self) -> None: ...

    def get_completer_delims(self) -> None: ...

    def set_completer(self, completer: object) -> None: ...

    def set_completer_delims(self, delimiters: object) -> None: ...

    def parse_and_bind(self, line: str) -> None: ...


def test_arrow_keys_bring_back_earlier_sessions(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, "s", "why a")
    seen: list[list[str]] = []
    readline = Readline("import autograd_tiny")
    monkeypatch.setitem(sys.modules, "readline", readline)
    at_terminal("l")
    assert readline.lines == ["import autograd_tiny"]  # those of the program are back

    def recall() -> None:
        with Terminal().recalling(["s", "why a"]):
            seen.append(list(readline.lines))

    run_at_terminal(recall)
    assert seen[-1] == ["s", "why a"]


def test_library_without_a_history_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Readline, "clear_history")
    readline = Readline("import autograd_tiny")
    monkeypatch.setitem(sys.modules, "readline", readline)
    at_terminal("s")
    assert readline.lines == ["import autograd_tiny"]
