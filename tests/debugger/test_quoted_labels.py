"""A label that could be read as something else is in quotes in each formula, as the prompt accepts it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_tiny import Value
from autograd_tiny.debugger.graph_tree import graph_tree
from autograd_tiny.debugger.session import Session
from autograd_tiny.debugger.step_text import StepText
from autograd_tiny.debugger.terminal import Terminal
from autograd_tiny.symbolic.expression import parse
from autograd_tiny.symbolic.notation import ONE_NAME, QUOTED_NAME, unquoted_name
from tests.debugger.sessions import answer, talk

NAME = rf"(?:{QUOTED_NAME}|{ONE_NAME.pattern})"
MENTION = re.compile(rf"∂{NAME}/∂(?P<of>{NAME})|(?P<name>{NAME})(?P<grad>\.grad)?")
LABELS = st.sampled_from(
    [
        "x + y",
        "x+y",
        "m - n",
        "7",
        "1e5",
        "hidden layer",
        "tanh",
        "pi",
        "inf",
        "a, b",
        "f(x)",
        "x²",
        "a=b",
        'say "no"',
        "'",
    ]
) | st.text("xy12 +-*/=()[].,\"\\'\n\x1b∂·", min_size=1, max_size=8)


@st.composite
def graphs(draw: st.DrawFn) -> Value:
    labels = draw(st.lists(LABELS, min_size=4, max_size=4, unique=True))
    nodes = [
        Value(number, label=label) for number, label in zip((2.0, 3.0, 10.0), ("x", "y", labels[0]), strict=True)
    ]
    for label in ("", labels[1], "", labels[2]):
        x, y = (draw(st.sampled_from(nodes)) for _ in range(2))
        nodes.append(draw(st.sampled_from([x + y, x - y, x * y, -x, x * 0.5, x / 4.0])))
        nodes[-1].label = label
    root = nodes[-1] * nodes[2]
    root.label = labels[3]
    return root


def numbers_in(text: str, values: Mapping[str, float], gradients: Mapping[str, float]) -> str:
    """Return a text with a number in place of each name and each gradient."""

    def number(match: re.Match[str]) -> str:
        word = match["of"] or match["name"]
        is_gradient = match["of"] or match["grad"] or word.endswith(".grad")
        name = word if match["of"] else word.removesuffix(".grad")
        name = unquoted_name(name[1:-1]) if name[0] == '"' else name
        return f"({(gradients if is_gradient else values)[name]!r})"

    return MENTION.sub(number, text)


def equations(root: Value) -> Iterator[tuple[str, dict[str, float], dict[str, float]]]:
    """Yield what screens print as equal, with the numbers of the names in it."""
    trace = root.trace(forward=True, variable_names=False)
    values = {name: trace.events.numbers.values[trace.position(name)] for name in trace.names.values()}
    gradients = {name: trace.events.numbers.gradients[trace.position(name)] for name in trace.names.values()}
    text = StepText(trace)
    trace.finish()
    for node in trace.nodes:
        yield text.node(node), values, gradients
        yield str(trace.why(node)).replace(": here the backward pass begins", ""), values, gradients
    for event in trace:
        if event.kind == "contribution":
            yield str(event).partition(" += ")[2].rpartition(", now ")[0], values, gradients
            yield text.step(event, split=True).rpartition("\n    += ")[2], values, gradients
        else:
            yield str(event), values, gradients
    for line in root.explain().splitlines():
        if line.startswith("    ") and " += " not in line and " so far " not in line:
            yield line, values, gradients
    known = dict(values)
    for line in root.formula().splitlines():
        name, _, formula = line.partition(" = ") if not line.startswith('"') else (line, "", "")
        if formula and name not in known:  # a part that only the formula names
            known[name] = parse(numbers_in(formula, known, {})).evaluate().data
        yield line, known, gradients


@pytest.mark.no_cover
@given(graphs())
@settings(max_examples=15)
def test_each_printed_formula_gives_the_printed_number(root: Value) -> None:
    checked = 0
    for text, values, gradients in equations(root):
        assert text.isprintable()
        sides = numbers_in(text, values, gradients).replace("·", "*").split(" = ")
        results = [parse(side.strip()).evaluate().data for side in sides]
        assert results == pytest.approx([results[0]] * len(sides), rel=1e-3, abs=1e-3), text
        checked += len(sides) > 1
    assert checked > 12
    names = root.trace(variable_names=False).names
    leaves = {names[node]: node.data for node in names if node.primitive is None}
    assert parse(root.formula()).evaluate(**leaves).data == root.data


def example() -> Value:
    x, y, both = Value(2.0, label="x"), Value(3.0, label="y"), Value(10.0, label="x + y")
    root = both * y - Value(4.0, label="7") * x * Value(1.5, label="hidden layer")
    root.label = "m - n"
    return root


def test_screens_set_labels_apart() -> None:
    lines = talk(example(), "l", "s 3", 'why "x + y"', "set 7 5", 'jvp "x + y"=1', "s")
    assert '   ├─ v1 = "x + y" * y             30        1                       —' in lines
    assert '   │  ├─ "x + y"                   10        3                       —' in lines
    assert "      └─ hidden layer             1.5        8                       —" in lines
    assert '"m - n" = v1 - v3 = 18' in lines
    assert '∂"m - n"/∂"x + y" = ∂"m - n"/∂v1·y; 1 contribution is to come' in lines
    assert 'with "7" = 5 (was 4), "m - n" = 15 (was 18)' in lines
    assert '[1/4]  v1 = "x + y" * y = 10 * 3 = 30' in lines
    assert "       v1' = \"x + y\"'·y = 1·3 = 3" in lines


@pytest.mark.parametrize("label", ['say "no"', "\\", 'a\\"b\\', "two\nlines", "\x1b[31m", "x + y", "7", "'", "it's"])
def test_prompt_accepts_the_name_that_it_shows(label: str) -> None:
    root = Value(2.0, label=label) * Value(3.0, label="b")
    shown = StepText(root.trace()).name(root.inputs[0])
    assert shown.isprintable()
    assert answer(root, f"p {shown}")[0] == f"{shown} = 2     {shown}.grad = —"
    assert answer(root, f"p {shown} * 2") == ["4"]
    assert answer(root, f"b {shown}") == [f"breakpoint 1: {shown}"]
    assert answer(root, f"set {shown} 4")[0] == f"with {shown} = 4 (was 2), L = 12 (was 6)"


def test_number_of_a_quoted_label_is_named_with_its_quotes() -> None:
    assert answer(example(), 'p "x + y".grad * 2') == [
        '"x + y".grad is not known yet at this step; go on, and ask again'
    ]


def test_number_without_a_name_is_that_of_the_quoted_label() -> None:
    said = "has no number 'foo'; it has {0}.grad and {0}.value"
    for line, name in (('"x + y".foo', '"x + y"'), ("m - n.foo", '"m - n"'), ("y.foo", "y")):
        assert answer(example(), line) == [f"{name} {said.format(name)}"]


def test_each_line_of_a_session_has_the_quotes_of_a_number_of_a_label() -> None:
    commands = ('watch "x + y"', 'b "m - n" if grad > 0', 'display "x + y".grad', *"cccc", 'p "x + y"', "rs", "j 1")
    lines = talk(example(), *commands, 'jvp "x + y"', "s", "backward", "c", 'until "x + y"', "reset", "quiz", "q")
    numbers = [line for line in lines if ".grad" in line and "x + y" in line]
    assert any('Breakpoint 1: watch "x + y": "x + y".grad — → ' in line for line in numbers)
    assert not [line for line in numbers if re.search(r'(?<!")(x \+ y|m - n)\.grad', line)]


@pytest.mark.parametrize("width", [40, 80])
def test_quoted_label_is_not_cut_in_the_tree(width: int) -> None:
    first, second = Value(1.0, label="the weights - a"), Value(2.0, label='the "first" layer')
    session = Session(first * second + first, Terminal(io.StringIO(), io.StringIO()))
    rows = graph_tree(session.text, session.cursor, session.trace.root, width=width)
    for row in rows:
        assert len(row.text) <= width
        assert len(re.findall(QUOTED_NAME, row.text)) * 2 == len(re.findall(r'(?<!\\)"', row.text))
