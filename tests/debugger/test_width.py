"""No line is wider than the terminal, no number is broken, and the steps of one listing have one format."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pytest

from autograd_tiny import Value, dot, record_lines
from autograd_tiny.debugger import debug, debug_training
from autograd_tiny.support.display_width import display_width
from nn.training_walk import TrainingWalk
from tests.debugger.sessions import graph
from tests.debugger.test_train_commands import line_walk, network_walk
from tests.debugger.test_wrong_words import WRONG
from tests.programs import run_program

NUMBER = re.compile(r"(?<![\w.\]-])-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.\[])")
COMMANDS = (
    "h",
    "h all",
    "h b",
    "n",
    "l",
    "s 6",
    "w {leaf}",
    "why {leaf}",
    "p {leaf}",
    "check {leaf}",
    "n 3",
    "l {leaf}",
)
MORE = (
    "b {leaf} if abs(grad) > 1e-9",
    "b network.py:2",
    "b network.py:77",
    "b other.py:1",
    "nan",
    "b",
    "display {leaf}.grad * 1.2345",
    "c",
    "rs 3",
    "set {leaf} 3.14159",
    "l",
)
LAST = (
    "zz",
    "p {leaf} +",
    "forward",
    "n 2",
    "l",
    "quiz",
    "1",
    "",
    "q",
    "q all",
    "c",
    "backward",
    "c",
    "sticky",
    "jvp {leaf}=0.123456",
    "s 2",
    "l",
    "why {leaf}",
    "c",
    "jvp zz",
    "jvp {leaf}=",
    "undisplay 7",
    "q",
    "",
)


MISTAKES = tuple(
    f"{name} {rest} {tail}".strip()
    for name, words in WRONG.items()
    for rest in words
    for tail in ("", "and_a_word_that_is_longer_than_a_line_of_forty_characters " * 2)
    if name not in {"q", "quit", "abort", "save", "commands"}
)


class Screen(io.TextIOWrapper):
    """A terminal in memory."""

    def isatty(self) -> bool:
        return True


def network() -> Value:
    """Return a loss over two layers of two neurons, with numbers of many digits."""
    x: list[Value | float] = [1.23456, -2.34567]
    for layer in range(2):
        outputs: list[Value | float] = []
        for neuron in range(2):
            place = f"layers[{layer}].neurons[{neuron}]"
            w = [Value(0.112345 * (neuron - k) - 0.2 * layer, label=f"{place}.w[{k}]") for k in range(2)]
            outputs.append(dot(w, x, Value(0.5, label=f"{place}.b")).tanh())
        x = outputs
    loss = (x[0] - 1.0) ** 2 + (x[1] + 1.0) ** 2
    assert isinstance(loss, Value)
    return loss


def shown(
    root: Value | TrainingWalk,
    leaf: str,
    width: int | None,
    monkeypatch: pytest.MonkeyPatch,
    *,
    encoding: str = "utf-8",
    commands: Sequence[str] = (*COMMANDS, *MORE, *LAST),
) -> list[str]:
    """Return the lines that a terminal of a width shows, or a pipe."""
    monkeypatch.setenv("COLUMNS", str(width or 80))
    raw = io.BytesIO()
    text = "\n".join(command.format(leaf=leaf) for command in commands)
    screen = Screen(raw, encoding=encoding) if width else io.TextIOWrapper(raw, encoding=encoding)
    if isinstance(root, Value):
        debug(root, stdin=io.StringIO(text), stdout=screen)
    else:
        debug_training(root, stdin=io.StringIO(text), stdout=screen)
    screen.flush()
    lines = raw.getvalue().decode(encoding).splitlines()
    return [re.sub(r"\x1b\[[\d;]*[mHJ]", "", line) for line in lines]


def wide_names() -> Value:
    """Return a graph with labels of characters that take two columns each."""
    w, x = Value(0.512345, label="重み"), Value(-1.23456, label="入力")
    h = (w * x + Value(0.3, label="とても長い名前のバイアス" * 2)).tanh()
    h.label = "隠れ層"
    return (h - w) ** 2 + dot([w, h, x], [x, w, h])


LONG_LINE = f"root = x * 2.0  # {'long ' * 40}\n"
GRAPHS = [
    (network, "layers[0].neurons[1].w[0]"),
    (lambda: graph("d = a*b; e = d + c; tanh(e*f) + log(a)", a=2.0, b=-3.14159, c=1e-7, f=-2.7e8), "a"),
    (
        lambda: run_program(f"/home/{'long' * 20}.py", LONG_LINE, x=record_lines(network)()),
        "layers[0].neurons[1].w[0]",
    ),
    (lambda: run_program("/home/me/network.py"), "w"),
    (lambda: Value(1.0, label="a" * 90) * Value(-12.3456789, label="b.c"), "b.c"),
    (wide_names, "重み"),
    (lambda: Value(1.25, label='say "no" to the hidden layer') * Value(-12.3456789, label="x + y"), '"x + y"'),
]


@pytest.mark.no_cover
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("width", [30, 40, 60, 80, None])
@pytest.mark.parametrize(("root", "leaf"), GRAPHS)
def test_no_line_is_wider_than_the_terminal(
    root: object, leaf: str, width: int | None, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(root)
    lines = shown(root(), leaf, width, monkeypatch, encoding=encoding)
    assert len(lines) > 60
    assert [line for line in lines if display_width(line) > (width or 80)] == []


@pytest.mark.parametrize("width", [30, 40, 60, 80, None])
def test_no_error_is_wider_than_the_terminal(width: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(network(), "layers[0].neurons[1].w[0]", width, monkeypatch, commands=MISTAKES)
    assert [line for line in lines if display_width(line) > (width or 80)] == []


@pytest.mark.parametrize("width", [30, 40, 60, 80, None])
def test_caret_points_at_the_mistake_in_a_long_expression(width: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = " + ".join(["{leaf}"] * 5)
    for mistake, left in (("? + 1", "?"), ("$", "$")):
        command = f"p {terms} + {mistake} + {terms}".replace("{leaf}", "layers[0].neurons[1].b")
        lines = shown(network(), "", width, monkeypatch, commands=[command])
        caret = next(line for line in lines if line.strip() == "^")
        assert lines[lines.index(caret) - 1][len(caret) - 1] == left


@pytest.mark.no_cover
@pytest.mark.parametrize("width", [30, 40, 57, 80])
@pytest.mark.parametrize(("root", "leaf"), GRAPHS)
def test_no_number_is_broken(root: object, leaf: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(root)
    wide = {number for line in shown(root(), leaf, 999, monkeypatch) for number in NUMBER.findall(line)}
    narrow = {number for line in shown(root(), leaf, width, monkeypatch) for number in NUMBER.findall(line)}
    assert len(narrow) > 5
    assert narrow <= wide


@pytest.mark.parametrize("width", [40, 80])
def test_help_fits_a_screen(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for run, root in ((debug, graph()), (debug_training, line_walk())):
        screen = Screen(io.BytesIO(), encoding="utf-8")
        run(root, stdin=io.StringIO("h\n"), stdout=screen, keeps=False)
        screen.seek(0)
        lines = screen.read().split(") h\n")[1].splitlines()
        assert 12 < len(lines) <= 24


@pytest.mark.no_cover
@pytest.mark.parametrize("command", ["s 2", "s 12", "s 27"])
@pytest.mark.parametrize("width", [30, 50, 60, 70, 80, 90, 120])
def test_steps_of_a_listing_have_one_format(width: int, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    screen = Screen(io.BytesIO(), encoding="utf-8")
    debug(network(), stdin=io.StringIO(f"{command}\n"), stdout=screen)
    screen.seek(0)
    lines = re.sub(r"\x1b\[[\d;]*m", "", screen.read()).splitlines()
    steps = [line for line in lines if line.startswith("[")]
    assert len(steps) == int(command.split()[1])
    assert len({"+=" in line for line in steps if "seed" not in line}) == 1


def test_steps_that_fit_have_one_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [line for line in shown(network(), "layers[0].neurons[1].w[0]", 80, monkeypatch) if line.startswith("[")]
    assert any("+=" not in line for line in steps)
    short = [line for line in shown(graph(), "a", 80, monkeypatch) if line.startswith("[") and "undone" not in line]
    assert all("+=" in line or "seed" in line for line in short if ".grad" in line)


@pytest.mark.parametrize("width", [75, 80, 90])
def test_columns_are_aligned_in_ascii(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    screen = Screen(io.BytesIO(), encoding="ascii")
    a, b = Value(2.0, label="a" * 30), Value(-3.0, label="b")
    debug((a * b).tanh() + a * 2.0, stdin=io.StringIO("c\nl b\n"), stdout=screen)
    screen.seek(0)
    text = re.sub(r"\x1b\[[\d;]*m", "", screen.read())
    rows = text.split("l b\n")[1].splitlines()[:-1]
    assert any("..." in row for row in rows)
    names = [row for row in rows if row.endswith("aaa")]  # which are too wide to have their numbers beside them
    assert len({len(row) for row in rows if row not in names}) == 1
    assert len(names) == (2 if width < 90 else 0)


@pytest.mark.parametrize(
    ("commands", "header", "count"),
    [
        (("c", "l 重み"), "   node ", 7),
        (("c", "set 重み 1"), "  node ", 5),
        (("jvp 重み=1", "c"), "  input ", 3),
    ],
)
def test_columns_of_wide_names_are_aligned(
    commands: tuple[str, ...], header: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = graph('"重み" * "入力" + tanh("重み" + "隠れ層")', 重み=0.512345, 入力=-1.23456, 隠れ層=0.7)
    lines = shown(root, "", 80, monkeypatch, commands=commands)
    first = [line.startswith(header) for line in lines].index(True, 5)
    assert len({display_width(line) for line in lines[first : first + 1 + count]}) == 1


TRAINING = (
    *(
        "h",
        "h c",
        "n example",
        "n pass",
        "n update",
        "update",
        "update {leaf}",
        "loss",
        "l",
        "until loss < 0.0123456",
    ),
    *(
        "b any if abs(grad) > 1e-9",
        "c",
        "c 3",
        "rc",
        "cl",
        "watch {leaf}",
        "commands 2 p {leaf}; why {leaf}",
        "c",
        "rc",
    ),
    *("until zz < 1", "until loss <", "n 0 updates", "set {leaf} two", "set {leaf} 0.123456", "c", "c", "q"),
)


@pytest.mark.parametrize("width", [30, 40, 60, 80, None])
def test_no_line_of_a_training_is_wider_than_the_terminal(width: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(network_walk(), "layers[0].neurons[1].w[0]", width, monkeypatch, commands=TRAINING)
    assert len(lines) > 90
    assert [line for line in lines if len(line) > (width or 80)] == []
