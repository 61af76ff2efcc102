"""Atomic writing of files."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import nn
from autograd_tiny import Value
from autograd_tiny.cli import main
from autograd_tiny.diagrams import draw
from autograd_tiny.support import atomic_files
from autograd_tiny.support.atomic_files import require_writable, unused_path, write_numbered, write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="modes, links and pipes of POSIX")


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


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o666])
def test_mode_of_old_file_is_kept(tmp_path, mode):
    path = tmp_path / "a.svg"
    path.touch()
    path.chmod(mode)
    write_whole(path, b"new")
    assert (path.stat().st_mode & 0o7777, path.read_bytes()) == (mode, b"new")


@posix
def test_new_file_has_the_usual_mode(tmp_path):
    write_whole(tmp_path / "a.svg", b"x")
    (tmp_path / "b.svg").touch()
    assert (tmp_path / "a.svg").stat().st_mode == (tmp_path / "b.svg").stat().st_mode


@posix
def test_foreign_group_gets_no_permission(tmp_path, monkeypatch):
    def forbid(*_):
        raise PermissionError

    path = tmp_path / "a.svg"
    path.touch()
    path.chmod(0o664)
    monkeypatch.setattr(os, "chown", forbid)
    write_whole(path, b"new")
    assert path.stat().st_mode & 0o7777 == 0o604


def test_read_only_file_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.svg").write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="it is read-only"):
        write_whole(tmp_path / "a.svg", b"new")
    assert (tmp_path / "a.svg").read_text() == "old"


@posix
@pytest.mark.parametrize("old", ["old", None], ids=["file", "nothing"])
def test_link_keeps_its_target(tmp_path, old):
    target, link = tmp_path / "folder" / "a.svg", tmp_path / "b.svg"
    target.parent.mkdir()
    if old is not None:
        target.write_text(old)
    link.symlink_to(Path("folder", "a.svg"))
    write_whole(link, b"new")
    assert (link.is_symlink(), target.read_text()) == (True, "new")
    assert (names_in(tmp_path), names_in(target.parent)) == (["b.svg", "folder"], ["a.svg"])


@posix
def test_link_to_itself_is_refused(tmp_path):
    (tmp_path / "a.svg").symlink_to("a.svg")
    with pytest.raises(OSError, match=r"a\.svg") as raised:
        write_whole(tmp_path / "a.svg", b"new")
    assert raised.value.errno == errno.ELOOP


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def identity(path):
    """Return what stays of a file that is not written: all but the time of access, which lstat may change."""
    status = Path(path).lstat()
    return status.st_mode, status.st_ino, status.st_nlink, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@posix
@pytest.mark.parametrize("make", [os.mkfifo, make_socket, lambda path: path.symlink_to("/dev/null")])
@pytest.mark.parametrize(
    "attempt", [lambda path: write_whole(path, b"x"), require_writable], ids=["write_whole", "require_writable"]
)
def test_what_is_not_a_file_is_refused(tmp_path, monkeypatch, make, attempt):
    monkeypatch.chdir(tmp_path)  # a socket needs a short name
    make(Path("special"))
    before = identity("special")
    with pytest.raises(OSError, match="it is a folder or a device, not a file: 'special'"):
        attempt("special")
    assert identity("special") == before


KILLED = """
import os, sys, time
from autograd_tiny.support.atomic_files import write_whole
os.fsync = lambda descriptor: (print(flush=True), time.sleep(60))
write_whole(sys.argv[1], b"half")
"""


@posix
def test_next_write_removes_what_a_kill_left(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text("old")
    with subprocess.Popen([sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert len(names_in(tmp_path)) == 2
        write_whole(path, b"other")
        assert len(names_in(tmp_path)) == 2  # it still runs
        process.kill()
    assert path.read_text() == "other"
    require_writable(path)
    assert names_in(tmp_path) == ["a.svg"]


@pytest.mark.parametrize(
    "name",
    [
        ".autograd_tiny-{process}-{unique}-elsewhere",
        ".autograd_tiny-{process}-short-{host}",
        ".autograd_tiny-1-{unique}-{host}",
        "{unique}",
    ],
)
def test_other_files_are_no_leftovers(tmp_path, monkeypatch, name):
    def kill(process, signal):
        raise PermissionError if process == 1 else ProcessLookupError

    monkeypatch.setattr(os, "kill", kill)
    name = name.format(process=99, unique="0" * 32, host=atomic_files._host())
    (tmp_path / name).touch()
    write_whole(tmp_path / "a.svg", b"x")
    assert names_in(tmp_path) == sorted([name, "a.svg"])


def test_leftovers_stay_where_processes_cannot_be_asked(monkeypatch):
    monkeypatch.setattr(atomic_files, "os", SimpleNamespace(name="nt"))
    assert atomic_files._is_running(1)
    assert atomic_files._host() == ""


WRITERS = {
    "nn.save": lambda path: nn.save(nn.Neuron(1, seed=0), path),
    "Trace.save": lambda path: Value(1.0).trace().save(path),
    "Drawing.save": lambda path: draw(Value(1.0)).save(path),
    "explain --html": lambda path: main(["explain", "a*2", "a=1", "--html", str(path)]),
}


@posix
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_every_writer_keeps_mode_and_link(tmp_path, write):
    target, link = tmp_path / "target", tmp_path / "link.json"
    target.touch()
    target.chmod(0o600)
    link.symlink_to("target")
    write(link)
    assert (link.is_symlink(), target.stat().st_mode & 0o777, target.stat().st_size > 0) == (True, 0o600, True)


WRITES = re.compile(r"\.write_(text|bytes)\(|\bopen\([^)]*[\"'][wax]|\.savefig\((?!picture|drawn)|\bfdopen\b")


def test_no_other_code_writes_files():
    root = Path(atomic_files.__file__).parents[2]
    sources = [path for folder in ("autograd_tiny", "nn") for path in (root / folder).rglob("*.py")]
    found = [
        path.name
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if WRITES.search(line) and not line.startswith("...")
    ]
    assert sorted(found) == ["atomic_files.py", "library.py"]  # library: into a temporary folder of the cache


def test_numbered_file_overwrites_nothing(tmp_path):
    path = tmp_path / "a.b.svg"
    assert unused_path(path) == path
    written = [write_numbered(path, content).name for content in (b"1", b"2", b"3", b"2")]
    assert written == ["a.b.svg", "a.b-2.svg", "a.b-3.svg", "a.b-2.svg"]
    assert [(tmp_path / name).read_bytes() for name in written] == [b"1", b"2", b"3", b"2"]
    assert unused_path(path).name == "a.b-4.svg"


@posix
def test_numbered_file_leaves_folders_and_links(tmp_path):
    (tmp_path / "a.svg").mkdir()
    (tmp_path / "a-2.svg").symlink_to("nowhere")
    assert write_numbered(tmp_path / "a.svg", b"x").name == "a-3.svg"
    assert names_in(tmp_path) == ["a-2.svg", "a-3.svg", "a.svg"]


def test_failing_numbered_file_leaves_nothing(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=r"disk full: '.*a\.svg'$"):
        write_numbered(tmp_path / "a.svg", b"x")
    assert names_in(tmp_path) == []


def test_numbered_file_needs_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError) as raised:
        write_numbered(tmp_path / "none" / "a.svg", b"x")
    assert raised.value.filename == str(tmp_path / "none" / "a.svg")
