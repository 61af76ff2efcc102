"""The command: exit codes, pipes, ASCII terminals."""

from __future__ import annotations

import errno
import importlib
import io
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from autograd_tiny.cli import arguments, main, repl
from autograd_tiny.cli.main import forget_stdout, message_of
from autograd_tiny.errors import InputError
from tests.cli.command import COMMAND, run_process


def test_no_command_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "autograd-tiny explain" in capsys.readouterr().out


def test_version_is_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: "1.2.3")
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "autograd-tiny 1.2.3\n"


def test_not_installed_has_no_version(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert main(["--version"]) == 0
    assert "not installed" in capsys.readouterr().out


def test_unknown_command_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explian"]) == 2
    complaint = capsys.readouterr().err
    assert complaint.startswith("autograd-tiny: argument COMMAND: invalid choice: 'explian'")
    assert complaint.count("\n") == 1


def test_default_arguments_are_of_process(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["autograd-tiny", "explain", "a", "a=1"])
    assert main() == 0
    assert "a = 1" in capsys.readouterr().out


def test_ctrl_c_exits_with_130(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(arguments, "parse", interrupt)
    assert main(["explain", "a"]) == 130
    assert capsys.readouterr() == ("", "")


def test_closed_pipe_exits_with_141(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    assert main(["explain", "a", "a=1", "--json"]) == 141
    assert sys.stdout is None


def test_table_into_closed_pipe_exits_with_141() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run(
            [*COMMAND, "explain", "a", "a=1"], stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("option", ["--json", "--format=text", None])
def test_full_output_is_one_line(option: str | None) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    options = [option] if option else []
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "explain", "a*b", "a=1", "b=2", *options],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == f"autograd-tiny: the output cannot be written: {os.strerror(errno.ENOSPC)}\n"


def test_closed_output_is_ignored(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["explain", "a", "a=1"]) == 0
    assert capsys.readouterr().err == ""


def test_output_is_redirected_to_null(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(sys, "stdout", open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    monkeypatch.setattr(os, "dup2", lambda *files: calls.append(files))
    with sys.stdout as stream:
        forget_stdout()
        assert calls[0][1] == stream.fileno()


def test_message_becomes_one_line() -> None:
    assert message_of(InputError("first\n  second")) == "first second"


@pytest.mark.no_cover
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_ascii_terminal_gets_ascii(encoding: str) -> None:
    done = run_process("explain", "a*θ", "a=2", "θ=3", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0
    assert "dL/dL * a = 1 * 2" in done.stdout
    assert "∂" not in done.stdout


@pytest.mark.no_cover
def test_pipe_gets_no_colours() -> None:
    assert "\x1b" not in run_process("explain", "a*a", "a=2").stdout


def test_module_runs_as_command() -> None:
    done = run_process("explain", "a +", "a=2")
    assert done.returncode == 2
    assert done.stderr.startswith("autograd-tiny: ")
    assert done.stderr.count("\n") == 3


def test_import_of_main_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    importlib.import_module("autograd_tiny.__main__")
    assert capsys.readouterr() == ("", "")


@pytest.mark.no_cover
def test_repl_runs_a_pipe() -> None:
    done = run_process("repl", stdin="x = Value(3.0)\ny = x*x\ny.backward()\nx.grad\nMLP(2, [3, 1], seed=0)\n")
    assert done.returncode == 0
    assert done.stdout.startswith("6.0\nMLP(2, [3, 1]")


def test_repl_ends_block_without_blank_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\ufefffor x in range(2):\n    print(x)\n'end'"))
    assert main(["repl"]) == 0
    assert capsys.readouterr() == ("0\n1\n'end'\n", "")


@pytest.mark.parametrize(
    ("program", "printed", "error"),
    [
        ("1\n1/0\n2\n", "1\n", "ZeroDivisionError: division by zero"),
        ("1\nValue('a')\n", "1\n", "OperandError"),
        ("1\n1 +\n", "", "SyntaxError: invalid syntax"),
        ("print(1\n", "", "SyntaxError: '(' was never closed"),
        ("return 1\n", "", "SyntaxError: 'return' outside function"),
        ("a\0b", "", "null byte"),
    ],
)
def test_repl_error_in_pipe_exits_with_1(
    program: str,
    printed: str,
    error: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)  # exceptiongroup replaces it before Python 3.11
    monkeypatch.setattr(sys, "stdin", io.StringIO(program))
    assert main(["repl"]) == 1
    done = capsys.readouterr()
    assert done.out == printed
    assert error in done.err
    assert "repl.py" not in done.err


def test_repl_pipe_chooses_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("import sys\nsys.exit(3)\n"))
    with pytest.raises(SystemExit) as exit_:
        main(["repl"])
    assert exit_.value.code == 3


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_repl_prefers_ipython(monkeypatch: pytest.MonkeyPatch) -> None:
    started = {}

    class Module:
        Config = MagicMock

        @staticmethod
        def start_ipython(**settings: object) -> None:
            started.update(settings)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(repl.importlib, "import_module", lambda name: Module)
    assert main(["repl"]) == 0
    assert "Value" in started["user_ns"]
    assert "Ctrl-D" in started["config"].TerminalInteractiveShell.banner1


@pytest.mark.parametrize("has_readline", [True, False])
def test_repl_without_ipython_is_pythons(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, has_readline: bool
) -> None:
    def load(name: str) -> object:
        if name == "readline" and has_readline:
            return object()
        raise ImportError(name)

    monkeypatch.setattr(sys, "stdin", Terminal("tanh(0.0)\n"))
    monkeypatch.setattr(repl.importlib, "import_module", load)
    assert main(["repl"]) == 0
    captured = capsys.readouterr()
    assert "0.0" in captured.out
    assert "x = Value(3.0" in captured.err


def test_banner_fits_80_columns() -> None:
    lines = repl.BANNER.splitlines()
    assert len(lines) < 10
    assert max(map(len, lines)) < 80


# ── another package that is called nn ──

NEEDS_NN = [
    ["train", "exam", "--no-plot"],
    ["train", "exam", "--activation", "tanh"],
    ["playground", "xor"],
    ["bench"],
    ["lesson", "exam"],
    ["repl"],
]
"""Commands that import nn."""
FOREIGN = "import sys\nsys.exit('it was imported')\n"


@pytest.mark.no_cover
@pytest.mark.parametrize("arguments", NEEDS_NN, ids=" ".join)
def test_foreign_nn_is_one_line(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "nn.py"
    path.write_text(FOREIGN)
    run = run_process(*arguments, stdin="1 + 1\n")
    other = f"autograd-tiny: {path} is found as nn, which is another package; this needs the nn of autograd_tiny: "
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(other)
    assert run.stderr.count("\n") == 1


@pytest.mark.no_cover
@pytest.mark.parametrize("program", ["iris", "digits", "exam"])
def test_lesson_by_path_needs_own_nn(program: str, tmp_path: Path) -> None:
    (tmp_path / "nn").mkdir()
    (tmp_path / "nn" / "__init__.py").write_text(FOREIGN)
    path = Path(__file__).parents[2] / "demos" / f"{program}.py"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    run = subprocess.run([sys.executable, path], capture_output=True, env=environment, text=True, check=False)
    assert run.stderr.splitlines()[-1].startswith("autograd_tiny.errors.OtherPackageError: ")


@pytest.mark.no_cover
def test_explain_needs_no_nn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nn.py").write_text(FOREIGN)
    assert run_process("explain", "a*a", "a=2").returncode == 0
