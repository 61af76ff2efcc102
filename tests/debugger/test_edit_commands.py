"""Another number for a leaf, the transcript, and the gradients at the end."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from autograd_tiny import Value
from autograd_tiny.cli import main
from autograd_tiny.debugger import debug
from autograd_tiny.trace import trace as trace_module
from tests.debugger.sessions import answer, graph, joined, talk


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the current one: its path is so short that no answer is folded."""
    monkeypatch.chdir(tmp_path)
    return Path()


def test_set_shows_changes_and_keeps_cursor() -> None:
    lines = answer(graph(), "j 6", "set c 5")
    assert lines[0] == "with c = 5 (was 10), L = 2 (was -8)"
    assert answer(graph(), "j 6", "set c 5", "s")[-2].startswith("[7/7]  b.grad")


def test_set_shows_crossed_kink() -> None:
    *_, crossed, more = answer(graph("relu(a)*b", a=1.0, b=2.0), "set a -1")
    assert "crossed a kink" in crossed
    assert (len(crossed) <= 80, more) == (True, "    was 1, is 0)")


def test_set_takes_an_equals_sign() -> None:
    for command in ("set a=3", "set a= 3", "set a =3", "set a = 3"):
        assert answer(graph(), command)[0] == "with a = 3 (was 2), L = 2 (was -8)".replace("L = 2", "L = -2")
    assert answer(Value(1.0, label="a=b") * 2.0, "set a=b 3")[0].startswith('with "a=b" = 3')


def test_set_takes_an_expression() -> None:
    assert answer(graph(), "set a b / 2")[0].startswith("with a = -1.5 (was 2)")
    assert answer(graph(), "set a = 1/4")[0].startswith("with a = 0.25 (was 2)")


@pytest.mark.parametrize("number", ["inf", "-inf", "nan"])
def test_set_takes_inf_and_nan(number: str) -> None:
    assert answer(graph(), f"set a {number}")[0].startswith(f"with a = {number} (was 2)")


def test_display_follows_set() -> None:
    assert answer(graph(), "display L", "set f 0")[-1] == "1: L = 0"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("set", "no leaf given; write one and a number, as in set a 1.5"),
        ("set a", "no number given; write one, as in set a 1.5"),
        ("set z 1", "no node 'z'; l shows the nodes"),
        ("set a z", "'z' is neither a number nor a node; write one, as in set a 1.5"),
        ("set a=", "no number given; write one, as in set a 1.5"),
        ("set 3 a", "3 is a number; write a leaf first, as in set a 1.5"),
        ("set a.grad 3", "a.grad is a number of a; set takes a leaf, as in set a 1.5"),
        ("save", "no file given; write its name, as in save session.txt"),
    ],
)
def test_mistake_is_a_sentence(command: str, said: str) -> None:
    assert answer(graph(), command) == [said]


def test_set_refuses_an_inner_node() -> None:
    complaint = joined(answer(graph(), "set d 1"))
    assert complaint.startswith("d = a * b is computed")
    assert "a, b" in complaint


# ── reset ──


def test_set_to_the_number_of_the_graph_is_clean() -> None:
    root = graph()
    a = root.inputs[0].inputs[0].inputs[0]
    talk(root, "set a 5", "set a 2", "q final")
    assert a.grad == 6.0
    assert answer(graph(), "set a 5", "set a 2", "reset") == ["no number was set; set changes that of a leaf"]


def test_reset_takes_every_number_back() -> None:
    root = graph()
    assert answer(root, "set a 5", "set b 1", "reset") == ["a = 2, b = -3 again, as in the graph; L = -8"]
    assert answer(root, "c", "set a 5", "set b 1", "reset", "p b.grad") == answer(root, "c", "p b.grad")


def test_set_and_reset_write_the_same_zero() -> None:
    root = Value(-1.0, label="z") * Value(0.0, label="c")
    assert answer(root, "set z 1")[0] == "with z = 1 (was -1), L = 0 (was -0)"
    assert answer(root, "set z 1", "reset") == ["z = -1 again, as in the graph; L = -0"]
    assert answer(root, "forward", "set z 1", "reset") == ["z = -1 again, as in the graph; L = —"]


def test_reset_of_a_leaf_keeps_the_others() -> None:
    assert answer(graph(), "set a 5", "set b 1", "reset a") == ["a = 2 again, as in the graph; L = -24"]
    assert answer(graph(), "set a 5", "set b 1", "reset a", "reset a") == [
        "a has the number of the graph already; set changes that of a leaf"
    ]
    assert answer(graph(), "reset zz")[0].startswith("no node 'zz'")


def test_reset_of_all_numbers_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    compute = trace_module.changed_pass
    monkeypatch.setattr(trace_module, "changed_pass", lambda *args: called.append(args) or compute(*args))
    answer(graph(), "set a 5", "set b 1", "reset", "set a 3", "reset a")
    assert len(called) == 3  # one for each set


def test_display_follows_reset() -> None:
    assert answer(graph(), "set f 0", "display L + 1", "reset")[-1] == "1: L + 1 = -7"


# ── abort ──


def test_abort_stops_a_loop() -> None:
    root, sessions = graph(), []

    def loop() -> None:
        while True:
            sessions.append(talk(root, "s", "abort" if len(sessions) == 2 else "q"))

    with pytest.raises(SystemExit, match="abort") as caught:
        loop()
    assert 0 < len(str(caught.value.code)) <= 40  # fits a narrow terminal
    assert len(sessions) == 2
    assert root.grad == 0.0


def test_abort_ends_the_command_as_quit_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("abort\n"))
    assert main(["step", "a*b", "a=2", "b=3"]) == 0
    assert capsys.readouterr().out.endswith("(backward) abort\n")


def test_end_of_input_says_that_the_program_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    screen = io.StringIO()
    debug(graph(), stdout=screen)
    assert "The program goes on," in screen.getvalue()
    assert "abort stops it." in screen.getvalue()
    screen = io.StringIO()
    debug(graph(), stdout=screen, keeps=False)
    assert "The program goes on," not in screen.getvalue()


# ── save ──


def test_transcript_has_what_was_shown(folder: Path) -> None:
    path = folder / "session.txt"
    lines = talk(graph(), "s", f"save {path}")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("L = e * f = -8: 7 nodes, 7 steps in the backward pass.")
    assert text.endswith(f"(backward) save {path}\n")
    assert lines[-2] == f"wrote {len(text.splitlines())} lines to {path}"
    assert [entry.name for entry in folder.iterdir()] == ["session.txt"]


@pytest.mark.parametrize(
    ("reply", "is_kept"), [("y", False), ("YES", False), ("n", True), ("", True), ("what", True)]
)
def test_save_asks_before_overwriting(folder: Path, reply: str, is_kept: bool) -> None:
    path = folder / "old.txt"
    path.write_text("old", encoding="utf-8")
    lines = talk(graph(), f"save {path}", reply)
    assert f"{path} exists. Overwrite it? [y/N] {reply}".rstrip() in lines
    assert (path.read_text(encoding="utf-8") == "old") is is_kept
    assert ("nothing was written" in lines) is is_kept


def test_question_has_no_control_characters(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "a\x1b[31m"
    path.touch()
    asked = []
    answers = iter([f"save {path}", "n", "q none"])
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or next(answers))
    debug(graph(), stdout=io.StringIO())
    assert asked[1].endswith("a\\x1b[31m exists. Overwrite it? [y/N] ")


def test_save_refuses_a_folder(folder: Path) -> None:
    assert answer(graph(), f"save {folder}") == [f"{folder} is a folder; add the name of a file"]


def test_save_shows_why_it_failed(folder: Path) -> None:
    path = folder / "missing" / "session.txt"
    said = f"{path} was not written: the folder {path.parent} does not exist; create it first"
    assert joined(answer(graph(), f"save {path}")) == said
    assert answer(graph(), "save a\0b")[0].endswith(
        " was not written: the name of a file cannot contain a NUL character"
    )


def test_failed_save_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left")

    path = folder / "session.txt"
    monkeypatch.setattr(Path, "replace", fail)
    assert answer(graph(), f"save {path}") == [f"{path} was not written: No space left"]
    assert list(folder.iterdir()) == []


def test_save_expands_the_home_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    talk(graph(), "s", "save ~/session.txt")
    assert "[1/7]" in (folder / "session.txt").read_text(encoding="utf-8")


# ── source ──


def test_file_of_commands_is_run(folder: Path) -> None:
    path = folder / "commands.txt"
    path.write_text("# first two steps\n\ns 2  # both\np L.grad\n", encoding="utf-8")
    lines = talk(graph(), f"source {path}", "s")
    assert "(backward) p L.grad" in lines
    assert lines[lines.index("(backward) p L.grad") + 1] == "1"
    assert lines[-2].startswith("[3/7]")


def test_mistake_ends_the_file(folder: Path) -> None:
    path = folder / "commands.txt"
    path.write_text("p zz\ns\ns\n", encoding="utf-8")
    lines = talk(graph(), f"source {path}", "s")
    assert "2 commands after this one left out" in lines
    assert lines[-2].startswith("[1/7]")


def test_file_that_cannot_be_read_is_named(folder: Path) -> None:
    path = folder / "commands.txt"
    assert answer(graph(), f"source {path}") == [f"{path} was not read: No such file or directory"]
    path.write_bytes(b"\xff")
    assert answer(graph(), f"source {path}") == [f"{path} was not read: it is not a text in UTF-8"]
    assert answer(graph(), "source") == ["no file given; write its name, as in source commands.txt"]


REFUSED = "is being read already, and would never end; leave this line out"


@pytest.mark.parametrize("rest", ["", "s\n"])
def test_file_that_sources_itself_is_refused_there_alone(folder: Path, rest: str) -> None:
    path, other = folder / "commands.txt", folder / "other.txt"
    path.write_text(f"s\nsource ./{path}\n{rest}", encoding="utf-8")
    other.write_text("s\n", encoding="utf-8")
    lines = talk(graph(), *[f"source {path}"] * 3, f"source {other}")
    assert lines.count(f"{path} {REFUSED}") == 3
    assert lines[-2].startswith("[4/7]")


def test_files_that_source_each_other_are_refused(folder: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (folder / name).write_text(f"source {other}\ns\n", encoding="utf-8")
    assert answer(graph(), "source a")[-2:] == [f"a {REFUSED}", "2 commands after this one left out"]


def test_file_may_be_sourced_many_times(folder: Path) -> None:
    (folder / "step").write_text("\ufeffs\n", encoding="utf-8")
    (folder / "steps").write_text("source step\nsource step\n", encoding="utf-8")
    assert talk(graph(), "source steps", "source steps")[-2].startswith("[4/7]")
    assert talk(graph(), *["source step", "rs"] * 101, "source step")[-2].startswith("[1/7]")


def test_commands_of_a_breakpoint_may_source_the_file_that_stopped_there(folder: Path) -> None:
    (folder / "on").write_text("c\n", encoding="utf-8")
    lines = talk(graph(), "b any if grad > 0", "commands 1", "source on", "end", "source on")
    assert not any(REFUSED in line for line in lines)
    assert "(backward) source on" in lines


def test_path_that_the_system_refuses_is_an_error_of_the_command(folder: Path) -> None:
    said = "".join(answer(graph(), f"save {'a' * 300}")).replace(" ", "")
    assert said.endswith(f"{'a' * 300}wasnotwritten:Filenametoolong")
    assert answer(graph(), "source a\0") == [r"a\x00 was not read: a file name has no NUL"]


# ── the end ──


@pytest.mark.parametrize(
    ("commands", "gradient"),
    [
        (("c", "q none"), 1.0),
        (("c", "q", ""), 1.0),
        (("c", "q", "n"), 1.0),
        (("c",), 1.0),
        (("q final",), 7.0),
        (("q", "final"), 7.0),
        (("q f",), 7.0),
        (("j 6", "q cursor"), 7.0),
        (("j 5", "q c"), 1.0),
    ],
)
def test_quit_keeps_chosen_gradients(commands: tuple[str, ...], gradient: float) -> None:
    root = graph()
    a = root.inputs[0].inputs[0].inputs[0]
    a.grad = 1.0
    talk(root, *commands)
    assert a.grad == gradient


def test_quit_refuses_other_choices() -> None:
    assert answer(graph(), "q all") == ["'all' is not one of none, cursor, final; the session goes on"]


def test_quit_refuses_gradients_of_other_numbers() -> None:
    complaint = joined(answer(graph(), "set a 1", "q final"))
    assert complaint.startswith("a was set to another number than the graph has")
    assert complaint.endswith("q none leaves the graph as it is")


def test_command_quits_without_asking(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert main(["step", "a*b", "a=2", "b=3"]) == 0
    assert capsys.readouterr().out.endswith("(backward) q\n")


def test_table_keeps_its_gaps_in_ascii() -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    debug(graph("a * b * b * b", a=1.0, b=0.1), stdin=io.StringIO("set b 0.3\n"), stdout=screen)
    screen.seek(0)
    lines = screen.read().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("  node  "))
    table = lines[start : start + 6]
    assert len({len(line) for line in table}) == 1
    assert [len(re.split(" {2,}", line.strip())) for line in table] == [3] * 6  # the widest cells keep their gap
