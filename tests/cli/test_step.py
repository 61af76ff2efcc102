"""The command `step` with a pipe, and with a terminal."""

from __future__ import annotations

import io
import os
import re
import shlex
import signal
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from autograd_tiny.cli import main
from autograd_tiny.tabular.experiment import prepare
from autograd_tiny.tabular.sample_data import LOADERS, SEED, SETTINGS
from nn import fit
from tests.cli import command

COMMAND = [*command.COMMAND, "step"]
run = partial(command.run_process, "step")
KARPATHY = ["d = a*b; e = d + c; e*f", "a=2", "b=-3", "c=10", "f=-2"]


@pytest.mark.no_cover
def test_commands_from_a_pipe_are_echoed() -> None:
    done = run(*KARPATHY, stdin="b a if grad > 5\nc\nwhy a\n", PYTHONUTF8="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "(backward) c\n… 6 steps of 3 nodes done\nBreakpoint 1: a if grad > 5\n" in done.stdout
    assert done.stdout.endswith("(backward) why a\n∂L/∂a = ∂L/∂d·b = -2·(-3) = 6\n(backward)\n")


@pytest.mark.no_cover
def test_invalid_bytes_are_an_unknown_command() -> None:
    done = subprocess.run([*COMMAND, "a", "a=1"], input=b"\xff\xfe\x00\ns\n", capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"no command" in done.stdout
    assert b"[1/1]" in done.stdout


@pytest.mark.no_cover
def test_empty_pipe_exits_with_0() -> None:
    assert run(*KARPATHY).returncode == 0


@pytest.mark.no_cover
def test_pipe_gets_no_colours() -> None:
    assert "\x1b" not in run(*KARPATHY, stdin="l\n", TERM="xterm").stdout


@pytest.mark.no_cover
def test_ascii_pipe_gets_ascii() -> None:
    done = run("a*θ", "a=2", "θ=3", stdin="n\nl\n", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "+= L.grad*\\u03b8 = 1*3 = 3" in done.stdout


@pytest.mark.no_cover
def test_closed_pipe_exits_with_141() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run(
            [*COMMAND, "a*a", "a=1"], stdin=subprocess.DEVNULL, stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["x"], "no value for x"),
        (["x", "x=1/3"], "not a decimal number"),
        (["x +", "x=1"], "missing"),
        ([], "EXPRESSION"),
    ],
)
def test_invalid_arguments_exit_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str], part: str) -> None:
    assert main(["step", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert part in captured.err


@pytest.mark.no_cover
def test_expression_may_begin_with_minus() -> None:
    assert "L = -x = -2: 2 nodes" in run("-x", "x=2").stdout


def test_help_tells_the_defaults_of_expressions(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["step", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "(default: adam; sgd for an expression)" in said
    assert "by default in 1000 updates of SGD with the learning rate 0.1" in said
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["step", "--train", "(w*x - y)**2", "w=1", "x=2", "y=3"]) == 0
    assert "1000 updates by SGD(lr=0.1)" in capsys.readouterr().out


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["step", "--help"]) == 0
    assert "autograd-tiny step" in capsys.readouterr().out


# ── a training ──


def walked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str) -> str:
    """Return what a training shows, from the first prompt on."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["step", "--train", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_training_of_an_expression(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    out = walked(capsys, monkeypatch, "(w*x - y)**2", "w=1", "x=2", "y=3", "--lr", "0.1", typed="n update\nq\n")
    assert out.splitlines() == [
        "w is updated, not x, y; --parameters chooses.",
        "Training of (w*x - y)**2: 1 parameter, 1 example, 1000 updates by SGD(lr=0.1).",
        "update 1 of 1000: loss = 1; 6 nodes, 6 steps",
        "s makes a step, n update an update, n epoch an epoch; h helps.",
        "(update 1) n update",
        "update 1 done: loss = 1",
        "  w  1 → 1.4 = 1 - 0.1·(-4)",
        "update 2 of 1000: loss = 0.04; 6 nodes, 6 steps",
        "(update 2) q",
    ]


def test_training_without_parameters_says_that_it_updates_the_data(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = walked(capsys, monkeypatch, "(x - y)**2", "x=2", "y=3", typed="n update\n")
    assert out.startswith("x, y are updated, as the expression has no other leaves; --parameters chooses.\n")
    assert "  x  2 → 2.2 = 2 - 0.1·(-2)\n  y  3 → 2.8 = 3 - 0.1·2\n" in out
    assert "updated," not in walked(capsys, monkeypatch, "w**2", "w=2", typed="")


def test_settings_of_the_training_of_an_expression(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--parameters", "a, b", "--optimizer", "adamw", "--l2", "0.5", "--epochs", "3", "--lr=0.25"]
    limits = ["--clip-norm", "0.5", "--clip-value", "0.1", "--history", "1"]
    typed = "n update\nupdate a\nn 2 updates\n"
    out = walked(capsys, monkeypatch, "a*a*b + x", "a=1", "b=2", "x=3", *options, *limits, typed=typed)
    assert "--parameters chooses" not in out
    assert (
        "2 parameters, 1 example, 3 updates by AdamW(lr=0.25, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.5)."
        in out.replace("\n", " ")
    )
    assert "  g = g·(max_norm/(norm + 1e-06))\n    = 4·(0.5/(4.1231 + 1e-06)) = 0.48507" in out
    assert "  g = clamp(g, -max_value, max_value)\n    = clamp(0.48507, -0.1, 0.1) = 0.1" in out
    assert "Only the latest 1 update can be undone from here on; --history N keeps more." in out


@pytest.mark.parametrize("name", ["moons", "exam"])
def test_training_of_a_data_set_has_the_numbers_of_train(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(SETTINGS[name], epochs=1)
    task = prepare(LOADERS[name](SEED), settings, optimizer="adam", test_size=0.33, seed=SEED)
    history = fit(
        task.model,
        *task.examples(task.train),
        loss=task.loss,
        optimizer=task.optimizer,
        epochs=1,
        batch_size=settings.batch,
        seed=SEED,
        replay=False,
    )
    weight = task.model.parameters()[0]
    out = walked(capsys, monkeypatch, name, "--epochs", "1", typed=f"n epoch\n{weight.label}\np {weight.label} * 1\n")
    assert f"epoch 1 is over: its mean loss is {history.loss[0]:.5g}" in out
    assert f"\n{weight.data!r}\n" in out


def test_training_of_a_csv_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "fruit.csv"
    path.write_text("weight,price\n" + "".join(f"{i},{3 * i + i % 3 + 0.5}\n" for i in range(12)), encoding="utf-8")
    settings = ["--target", "price", "--hidden", "2", "--batch", "4", "--seed", "1", "--test-size", "0.5"]
    out = walked(capsys, monkeypatch, str(path), *settings, typed="n epoch\nrn epoch\n")
    assert "6 examples, 80 epochs of 2 updates by Adam(" in out.replace("\n", " ")
    assert "… 2 updates undone" in out


def test_reading_of_a_csv_file_comes_before_its_training(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "fruit.csv"
    path.write_text("weight;price\n" + "".join(f"{i},5;{3 * i}\n" for i in range(12)), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert main(["step", "--train", str(path), "--target", "price"]) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines()[:2] == [
        "  weight  numbers with a decimal comma, 0.5 to 11.5",
        "  price   target: numbers, 0 to 33",
    ]
    assert captured.err.startswith("note: column 'weight' alone tells the target 'price' exactly")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["a*a", "a=1", "--lr", "0.1"], "--lr belongs to a training; add --train"),
        (["a*a", "a=1", "--decimal", ","], "--decimal belongs to a training; add --train"),
        (["--train", "a*a", "a=1", "--missing", "drop"], "--missing belongs to the training of a data set: iris, "),
        (["a*a", "a=1", "--classes"], "--classes and --number belongs to a training; add --train"),
        (["--train", "a*a", "a=1", "--batch", "3"], "--batch belongs to the training of a data set: iris, "),
        (
            ["--train", "a*a", "a=1", "--parameters", "c"],
            "--parameters 'c' is not a leaf of the expression; its leaves: a",
        ),
        (["--train", "2*3"], "has no leaf to update; name what is to be updated"),
        (["--train", "2*pi"], "has no leaf to update; give pi a number"),
        (["--train", "a*a"], "no value for a"),
        (["--train", "exam", "a=1"], "'a=1' belongs to the training of an expression; exam is a data set"),
        (["--train", "exam", "--parameters", "w"], "--parameters belongs to the training of an expression"),
        (["--train", "exam", "--target", "passed"], "are for CSV files; exam needs none"),
        (["--train", "missing.csv"], "missing.csv: cannot be read"),
        (["--train", "exam", "--lr", "-1"], "'-1' is not a number above 0"),
    ],
)
def test_mistakes_in_a_training_exit_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], part: str
) -> None:
    assert main(["step", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert part in captured.err


# ── at a terminal ──


def terminal(*arguments: str, **environment: str) -> Any:
    """Return a session at a pseudo-terminal, after its first prompt."""
    if os.name == "nt":
        pytest.skip("there is no pseudo-terminal on Windows")
    pexpect = pytest.importorskip("pexpect", reason="pexpect, which drives a terminal, is not installed")
    settings = {"TERM": "xterm-256color", "PYTHONUTF8": "1", "INPUTRC": os.devnull, "COLUMNS": "100", **environment}
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *arguments],
        env={**os.environ, **settings},
        encoding="utf-8",
        dimensions=(50, int(settings["COLUMNS"])),
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # off in what runs in the background
    )
    child.delaybeforesend = None
    child.timeout = 30
    child.expect_exact("(backward) ")
    return child


def said(child: Any, command: str, prompt: str = "(backward) ") -> str:
    """Type a command and return what is shown until the next prompt, without colours."""
    child.sendline(command)
    child.expect_exact(prompt)
    return re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", child.before).replace("\r\n", "\n")


def status_of(child: Any) -> int:
    """Return the exit code of a session that is about to end."""
    child.read()
    child.close()
    return int(child.exitstatus)


@pytest.mark.no_cover
def test_step_back_and_forth_and_quit() -> None:
    child = terminal(*KARPATHY)
    assert "[2/7]  e.grad          — → -2         += L.grad·f = 1·(-2) = -2" in said(child, "s 2")
    assert "[4/7]  d.grad          — → -2 " in said(child, "")
    assert "[4/7]  d.grad         -2 → —          undone" in said(child, "rs")
    assert "Breakpoint 1: a if grad > 5" in said(child, "b a if grad > 5") + said(child, "c")
    assert "✓  │  │  ├─ a           2       -3             6         6" in said(child, "l")
    child.sendline("q")
    assert status_of(child) == 0


@pytest.mark.no_cover
def test_quiz_at_a_terminal() -> None:
    child = terminal("a*a", "a=3")
    assert "L.grad becomes? " in said(child, "quiz", "becomes? ") + "L.grad becomes? "
    assert "right" in said(child, "1", "becomes? ")
    assert "the size is right, the sign is not; try again" in said(child, "-3", "becomes? ")
    assert "1 of 1 right at the first answer." in said(child, "q")
    child.sendeof()
    assert status_of(child) == 0


@pytest.mark.no_cover
def test_colours_respect_the_terminal() -> None:
    child = terminal(*KARPATHY)
    assert "\x1b[1;33m▶  L = e * f" in child.before
    child = terminal(*KARPATHY, NO_COLOR="1")
    assert "\x1b[1;33m" not in child.before
    child = terminal(*KARPATHY, TERM="dumb")
    assert "\x1b[1;33m" not in child.before


@pytest.mark.no_cover
def test_ctrl_c_returns_and_ctrl_d_ends() -> None:
    timeout = pytest.importorskip("pexpect").TIMEOUT
    child = terminal(*KARPATHY)
    child.send("some")
    child.expect_exact("some")
    for _ in range(20):  # readline overlooks a signal that comes before it waits for the next key
        child.sendintr()
        if child.expect_exact(["interrupted; q ends the session", timeout], timeout=2) == 0:
            break
    child.expect_exact("(backward) ")
    assert "[1/7]" in said(child, "s")
    child.sendeof()
    assert status_of(child) == 0


@pytest.mark.no_cover
def test_tab_completes_commands_and_nodes() -> None:
    pytest.importorskip("readline", reason="this Python has no readline")
    child = terminal("weight * 3", "weight=2")
    child.send("undi\t")
    child.expect_exact("undisplay")
    child.sendcontrol("u")
    child.send("p wei\t")
    child.expect_exact("p weight")
    child.sendcontrol("u")
    assert "weight = 2     weight.grad = —" in said(child, "p weight")


def test_save_writes_a_transcript(tmp_path: Path) -> None:
    child = terminal("a*a", "a=3")
    said(child, "n")
    assert "lines to" in said(child, f"save {tmp_path / 'session.txt'}")
    text = (tmp_path / "session.txt").read_text(encoding="utf-8")
    assert "(backward) n\nL = a * a = 9\n[1/3]" in text
    assert "\x1b" not in text


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["README.md", "demos/stepping.md"])
def test_written_session_is_up_to_date(name: str) -> None:
    text = (Path(__file__).parents[2] / name).read_text(encoding="utf-8")
    (session,) = re.findall(r"^<!-- a session -->\n```console\n(.*?)```$", text, flags=re.DOTALL | re.MULTILINE)
    command, _, expected = session.partition("\n")
    arguments = shlex.split(command)[3:]  # $ autograd-tiny step …
    child = terminal(*arguments, TERM="dumb", COLUMNS="80")
    shown = child.before + "(backward) "
    for line in re.findall(r"^\(backward\) (.+)$", expected, flags=re.MULTILINE)[:-1]:
        child.sendline(line)
        child.expect_exact("(backward) ")
        shown += child.before + "(backward) "
    child.sendline("q")
    shown += child.read()
    assert [line.rstrip() for line in shown.splitlines()] == expected.splitlines()
