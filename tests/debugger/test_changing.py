"""The commands that change and ask: set, quiz, save, and what becomes of the gradients at the end."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from autograd_tiny import Value
from autograd_tiny.cli import main
from autograd_tiny.debugger import debug
from tests.debugger.sessions import answer, graph, talk


def test_another_number_shows_what_changes_and_the_cursor_stays() -> None:
    lines = answer(graph(), "j 6", "set c 5")
    assert lines[0] == "with c = 5 (was 10), L = 2 (was -8)"
    assert answer(graph(), "j 6", "set c 5", "s")[-2].startswith("[7/7]  b.grad")


def test_a_kink_that_is_crossed_is_pointed_out() -> None:
    assert "crossed a kink" in answer(graph("relu(a)*b", a=1.0, b=2.0), "set a -1")[-1]


def test_the_number_may_be_an_expression() -> None:
    assert answer(graph(), "set a b / 2")[0].startswith("with a = -1.5 (was 2)")
    assert answer(graph(), "set a = 1/4")[0].startswith("with a = 0.25 (was 2)")


@pytest.mark.parametrize("number", ["inf", "-inf", "nan"])
def test_the_number_may_be_what_no_digits_write(number: str) -> None:
    assert answer(graph(), f"set a {number}")[0].startswith(f"with a = {number} (was 2)")


def test_a_display_follows_a_new_number() -> None:
    assert answer(graph(), "display L", "set f 0")[-1] == "1: L = 0.0"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("set", "which node? write its name behind the command"),
        ("set a", "which number? write it behind the name, as in set a 1.5"),
        ("set z 1", "no node 'z'; l shows the nodes"),
        ("set a z", "no node 'z'; l shows the nodes"),
        ("save", "which file? write its name, as in save session.txt"),
    ],
)
def test_a_mistake_is_a_sentence(command: str, said: str) -> None:
    assert answer(graph(), command) == [said]


def test_an_inner_node_is_no_leaf_to_be_set() -> None:
    (complaint,) = answer(graph(), "set d 1")
    assert complaint.startswith("d = a * b is computed")
    assert "a, b" in complaint


# ── quiz ──


def quiz(root: Value, *answers: str) -> list[str]:
    return talk(root, "quiz", *answers)


def test_the_quiz_reveals_a_number_after_the_answer_and_keeps_score() -> None:
    lines = quiz(graph("a*a", a=3.0), "1", "3", "6")
    assert lines.count("  right") == 3
    assert "  a.grad, so far 3, becomes? 6" in lines
    assert lines.index("  a.grad becomes? 3") < lines.index(
        "[2/3]  a.grad          — → 3          += ∂L/∂L·∂L/∂a = 1·a = 1·3 = 3"
    )
    assert "3 of 3 right at the first answer." in lines


@pytest.mark.parametrize("number", ["1/3", "0.333", "0.33", "3.3e-1", "+1/3", "L.grad / a"])
def test_the_quiz_takes_fractions_decimals_and_expressions(number: str) -> None:
    lines = quiz(graph("b/a", a=3.0, b=1.0), "1", number)
    assert lines.count("  right") == 2


@pytest.mark.parametrize(
    ("text", "before", "wrong", "said"),
    [
        ("5*(a*b)", ("1", "5"), "15", "the size is right, the sign is not"),
        ("5*(a*b)", ("1", "5"), "-3", "that is the partial alone: multiply it by the upstream, 5"),
        ("5*(a*b)", ("1", "5"), "5", "that is the upstream alone: multiply it by the partial, -3"),
        ("5*(a*b)", ("1", "5"), "2", "upstream and partial are multiplied, not added"),
        ("5*(a*b)", ("1", "5"), "99", "no: the upstream, 5, times ∂v1/∂a"),
        ("4*(a*a)", ("1", "4", "8"), "8", "that is the contribution: add it to what was there, 8"),
        (
            "4*(a*a)",
            ("1", "4", "8"),
            "2",
            "that is the partial alone: multiply it by the upstream, 4, and add what was there",
        ),
        ("4*(a*a)", ("1", "4", "8"), "10", "that is the partial alone: multiply it by the upstream, 4"),
        ("4*(a*a)", ("1", "4", "8"), "0", "the contribution has the wrong sign"),
        (
            "4*(a*a)",
            ("1", "4", "8"),
            "-8",
            "that is the contribution with the wrong sign, and what was there, 8, is missing",
        ),
        ("4*(a*a)", ("1", "4", "8"), "99", "no: what was there, 8, plus the upstream, 4, times ∂v1/∂a"),
        ("a*b", (), "7", "no"),
    ],
)
def test_the_quiz_tells_what_went_wrong(text: str, before: tuple[str, ...], wrong: str, said: str) -> None:
    numbers = {name: number for name, number in (("a", 2.0), ("b", -3.0)) if name in text}
    lines = quiz(graph(text, **numbers), *before, wrong)
    assert f"  {said}; try again" in lines


def test_the_quiz_gives_a_second_try_that_does_not_count() -> None:
    lines = quiz(graph("a*a", a=3.0), "7", "1", "8", "9", "")
    assert lines.count("  right") == 1
    assert "0 of 2 right at the first answer." in lines


def test_what_is_no_answer_is_explained_and_asked_again() -> None:
    lines = quiz(graph("a*a", a=3.0), "one", "1", "")
    assert "no node 'one'; l shows the nodes" in lines
    assert "1 of 1 right at the first answer." in lines


def test_the_quiz_asks_for_values_in_the_forward_pass() -> None:
    lines = talk(graph(), "forward", "quiz", "-6", "5", "4", "")
    assert "  d becomes? -6" in lines
    assert "1 of 2 right at the first answer." in lines


def test_a_quiz_without_answers_has_no_score() -> None:
    assert quiz(graph(), "")[-2:] == ["  L.grad becomes?", "(backward)"]


def test_a_quiz_ends_with_the_input() -> None:
    assert quiz(graph())[-1] == "(backward)"


def test_nan_is_an_answer_to_be_revealed() -> None:
    lines = quiz(graph("0*log(a)", a=0.0), "1", "0", "inf", "1/0 - 1/0")
    assert lines.count("  right") == 3


# ── save ──


def test_a_transcript_holds_what_was_shown(tmp_path: Path) -> None:
    path = tmp_path / "session.txt"
    lines = talk(graph(), "s", f"save {path}")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("L = e * f = -8: 7 nodes, 7 steps in the backward pass.")
    assert text.endswith(f"(backward) save {path}\n")
    assert lines[-2] == f"{len(text.splitlines())} lines are in {path} now"
    assert [entry.name for entry in tmp_path.iterdir()] == ["session.txt"]


@pytest.mark.parametrize(
    ("reply", "is_kept"), [("y", False), ("YES", False), ("n", True), ("", True), ("what", True)]
)
def test_a_file_that_exists_is_overwritten_only_if_told_so(tmp_path: Path, reply: str, is_kept: bool) -> None:
    path = tmp_path / "old.txt"
    path.write_text("old", encoding="utf-8")
    lines = talk(graph(), f"save {path}", reply)
    assert f"{path} exists. Overwrite it? [y/N] {reply}".rstrip() in lines
    assert (path.read_text(encoding="utf-8") == "old") is is_kept
    assert ("nothing was written" in lines) is is_kept


def test_a_question_holds_nothing_that_steers_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a\x1b[31m"
    path.touch()
    asked = []
    answers = iter([f"save {path}", "n", "q none"])
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or next(answers))
    debug(graph(), stdout=io.StringIO())
    assert asked[1].endswith("a\\x1b[31m exists. Overwrite it? [y/N] ")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert answer(graph(), f"save {tmp_path}") == [f"{tmp_path} is a folder; write the name of a file behind it"]


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "session.txt"
    assert answer(graph(), f"save {path}") == [
        f"{path} was not written: there is no folder {path.parent}; make it first"
    ]
    assert answer(graph(), "save a\0b")[0].endswith(" was not written: no name of a file has a NUL in it")


def test_nothing_is_left_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left")

    path = tmp_path / "session.txt"
    monkeypatch.setattr(Path, "replace", fail)
    assert answer(graph(), f"save {path}") == [f"{path} was not written: No space left"]
    assert list(tmp_path.iterdir()) == []


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
def test_the_gradients_in_the_graph_are_what_was_asked_for(commands: tuple[str, ...], gradient: float) -> None:
    root = graph()
    a = root.inputs[0].inputs[0].inputs[0]
    a.grad = 1.0
    talk(root, *commands)
    assert a.grad == gradient


def test_an_answer_that_is_none_goes_on() -> None:
    assert answer(graph(), "q all") == ["'all' is not one of none, cursor, final; the session goes on"]


def test_gradients_of_other_numbers_do_not_go_into_the_graph() -> None:
    (complaint,) = answer(graph(), "set a 1", "q final")
    assert complaint.startswith("a was set to another number than the graph has")
    assert complaint.endswith("q none leaves the graph as it is")


def test_the_command_has_no_graph_to_keep_and_does_not_ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert main(["step", "a*b", "a=2", "b=3"]) == 0
    assert capsys.readouterr().out.endswith("(backward) q\n")
