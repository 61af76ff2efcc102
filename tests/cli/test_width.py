"""No line that the command prints is wider than the terminal, or than 80 characters in a pipe."""

from __future__ import annotations

import io
import re
import sys

import pytest

from autograd_tiny.cli import main
from autograd_tiny.cli.help_layout import around_caret, wrapped
from autograd_tiny.cli.main import COMMANDS
from autograd_tiny.lessons.printing import print_table
from autograd_tiny.support.console import complain_at, line_width
from autograd_tiny.support.display_width import cut_to, display_width
from tests.debugger.test_width import NUMBER

EXPRESSION = "h = tanh(w*x + b); softmax([h, w*x, b])[0] + log(h)"
NUMBERS = ("w=2", "x=0.512345", "b=-1.123456")
WIDE = '"隠れ層" = tanh("重み"*"入力" + "差"); softmax(["隠れ層", "重み", "入力"])[0] + norm(["重み", "入力"])'
WIDE_NUMBERS = ("重み=0.5", "入力=2", "差=-0.312345")
TRAINING = ("step", "--train", "(k*x - y)**2", "k=1", "x=2.25", "y=3")
LINES = [
    ("explain", EXPRESSION, *NUMBERS),
    ("explain", "w*x + b", *NUMBERS),
    ("explain", EXPRESSION, *NUMBERS, "--format", "text"),
    ("explain", EXPRESSION, *NUMBERS, "--jvp", "w"),
    ("check", "relu(w*x)*log(w) + abs(x - 0.512345)", "w=2", "x=0.512345"),
    ("explain", WIDE, *WIDE_NUMBERS),
    ("explain", WIDE, *WIDE_NUMBERS, "--format", "text"),
    ("check", WIDE, *WIDE_NUMBERS),
    TRAINING,
]
MISTAKES = [
    ("explain", "foo(w*x + b)"),
    ("explain", "w*x + b + tanh(w*x + b)*tanh(w*x - b)*sin(w*x + bbb*"),
    ("explain", "w*x + b", "w=2", "q=3"),
    ("explain", '"重み" + ' * 12 + '"入力" )' + ' + "重み"' * 12),
    ("explain", "w", "--format", "foo"),
    ("step", "w*x", "w=1", "x=2", "--epochs", "3"),
    ("trainn",),
]
NAMES = [module.__name__.rpartition(".")[2] for module in COMMANDS]


class Screen(io.TextIOWrapper):
    """A terminal in memory, or a pipe."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    @property
    def lines(self) -> list[str]:
        self.seek(0)
        return self.read().splitlines()


def shown(
    arguments: tuple[str, ...],
    width: int | None,
    monkeypatch: pytest.MonkeyPatch,
    stream: str = "stdout",
    *,
    columns: int = 80,
) -> list[str]:
    """Return the lines of a command at a terminal of a width; None is a pipe, with the width that COLUMNS sets."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", str(width or columns))
    screens = {name: Screen(is_terminal=width is not None) for name in ("stdout", "stderr")}
    monkeypatch.setattr(sys, "stdin", io.StringIO("c\nupdate\nq\n"))
    for name, screen in screens.items():
        monkeypatch.setattr(sys, name, screen)
    main(list(arguments))
    return screens[stream].lines


@pytest.mark.no_cover
@pytest.mark.parametrize("width", [40, 57, 80, None])
@pytest.mark.parametrize("arguments", LINES)
def test_output_fits_with_its_numbers_whole(
    arguments: tuple[str, ...], width: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = shown(arguments, width, monkeypatch)
    assert len(lines) > 2
    assert [line for line in lines if display_width(line) > (width or 80)] == []
    wide = {number for line in shown(arguments, 999, monkeypatch) for number in NUMBER.findall(line)}
    assert {number for line in lines for number in NUMBER.findall(line)} <= wide


@pytest.mark.parametrize("width", [40, 57, 80, None])
def test_help_fits(width: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("", *NAMES):
        lines = shown((name, "--help") if name else ("--help",), width, monkeypatch)
        assert lines[0].startswith("usage: autograd-tiny")
        assert [line for line in lines if display_width(line) > (width or 80)] == []


@pytest.mark.parametrize("width", [40, 80])
def test_commands_in_a_help_stay_commands(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        whole, narrow = ("\n".join(shown((name, "--help"), columns, monkeypatch)) for columns in (500, width))
        examples = [line.strip() for line in whole.split("\n") if line.startswith("  autograd-tiny")]
        joined = re.sub(r" \\\n +", " ", narrow)
        assert [example for example in examples if f"\n  {example}\n" not in f"{joined}\n"] == []


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("arguments", MISTAKES)
def test_errors_fit(arguments: tuple[str, ...], width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(arguments, width, monkeypatch, "stderr")
    assert lines[0].startswith("autograd-tiny: ")
    assert [line for line in lines if display_width(line) > width] == []


def test_error_in_a_file_stays_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(shown(("trainn",), None, monkeypatch, "stderr")) == 1
    pipe = Screen(is_terminal=False)
    complain_at(pipe, "word " * 40)
    assert (len(pipe.lines), line_width(pipe)) == (1, 80)


def test_caret_stays_below_a_wide_character() -> None:
    for width in (20, 31, 40):
        for count in range(1, 30):
            text = "重み+" * count + "?" + "+重み" * (30 - count)
            _, expression, caret = around_caret(f"wrong\n  {text}\n  {' ' * (5 * count)}^", width).split("\n")
            assert expression[len(cut_to(expression, len(caret) - 1))] == "?"
            assert max(map(display_width, (expression, caret))) <= width


def test_cells_of_wide_characters_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (70, 80, 90):
        lines = shown(("explain", WIDE, *WIDE_NUMBERS), width, monkeypatch)
        assert not any("…" in line for line in lines)
    _, *others = shown(("check", WIDE, *WIDE_NUMBERS), 80, monkeypatch)
    assert len({display_width(line[: line.index("0.")]) for line in others}) <= 2  # a sign before some


@pytest.mark.parametrize("width", [16, 24, 40])
def test_caret_stays_below_its_character(width: int) -> None:
    text = "a + b*(c - tanh(d)) + foo(e)*(f + g*h - 1.5) + k*l + m"
    for place, character in enumerate(text):
        message, expression, caret = around_caret(f"wrong\n  {text}\n  {' ' * place}^", width).split("\n")
        assert (message, expression[len(caret) - 1]) == ("wrong", character)
        assert max(len(expression), len(caret)) <= width
        assert expression.strip(" .") in text
    assert around_caret("no caret", 4) == "no caret"


def test_code_in_a_sentence_stays_in_one_line() -> None:
    text = 'Parts of it can be named: "h = w*x; h - 1", and max(a, b).\n\n  name    a list of words'
    assert list(wrapped(text, 20)) == [
        "Parts of it can be",
        "named:",
        '"h = w*x; h - 1",',
        "and max(a, b).",
        "",
        "  name    a list of",
        "          words",
    ]


def test_note_on_parameters_is_for_those_who_did_not_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    note = "k is updated, not x, y; --parameters chooses."
    assert note in shown(TRAINING, None, monkeypatch)
    assert not any("chooses" in line for line in shown((*TRAINING, "--parameters", "k"), None, monkeypatch))


@pytest.mark.parametrize("arguments", LINES)
def test_width_in_a_pipe_is_that_of_columns(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    narrow, wide = (shown(arguments, None, monkeypatch, columns=columns) for columns in (44, 120))
    assert max(map(display_width, narrow)) <= 44 < max(map(display_width, wide)) <= 120


def test_other_formats_keep_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ("--json", "--format=latex", "--format=markdown", "--format=html"):
        narrow = shown(("explain", EXPRESSION, *NUMBERS, form), 40, monkeypatch)
        assert narrow == shown(("explain", EXPRESSION, *NUMBERS, form), 999, monkeypatch)


def test_table_that_does_not_fit_has_its_numbers_below_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    header = ["step", "by hand", "by the engine", "apart"]
    rows = [
        ["δ1 xᵀ", "0.1234  -0.5678\n0.25  0.75", "0.1234  -0.5678\n0.25  0.75", "6e-17"],
        ["L", "0.5", "0.5", "0e+00"],
    ]
    monkeypatch.setenv("TERM", "dumb")
    screens = {width: Screen(is_terminal=True) for width in (40, 80)}
    for width, screen in screens.items():
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setattr(sys, "stdout", screen)
        print_table(header, [rows])
    assert screens[80].lines[0].split() == " ".join(header).split()
    assert screens[40].lines[:5] == [
        "step: δ1 xᵀ",
        "  by hand:",
        "    0.1234  -0.5678",
        "    0.25  0.75",
        "  by the engine:",
    ]
    assert screens[40].lines[-1] == "  apart: 0e+00"
