"""The graph, the path, a node, an expression, why, check and displays."""

from __future__ import annotations

from itertools import count

import pytest

import autograd_tiny as at
from autograd_tiny import Value, primitive, where
from autograd_tiny.debugger.terminal import Terminal
from autograd_tiny.primitives.primitive import TABLE
from tests.debugger.sessions import answer, graph, joined, talk

SHARED = "b = a*a; c = b + a; b*c"


def test_path_to_root_with_partials() -> None:
    assert answer(graph(), "w a") == [
        "a = 2",
        "d = a * b = -6     partial: b = -3",
        "e = d + c = 4      partial: 1",
        "L = e * f = -8     partial: f = -2",
        "There is 1 path from L to a; along this one the partials multiply to 6.",
    ]


def test_path_begins_at_current_node() -> None:
    assert answer(graph(), "n", "w")[0] == "e = d + c = 4"


def test_path_takes_first_contributing_consumer() -> None:
    assert answer(graph(SHARED, a=2.0), "w a")[1].startswith("c = b + a = 6 ")


def test_product_of_a_path_is_right_beyond_the_range_of_floats() -> None:
    a = Value(1.0, label="a")
    assert answer(a * 1e200 * 1e-200 * 1e-200, "w a")[-1].endswith("the partials multiply to 1e-200.")
    assert joined(answer(a * 1e-200 * 1e-200, "w a")).endswith("the partials multiply to 1e-400.")


def test_all_paths_are_counted() -> None:
    assert answer(graph(SHARED, a=2.0), "w a")[-1].startswith("There are 5 paths from L to a;")


def test_long_path_is_cut_and_many_paths_uncounted() -> None:
    x = Value(1.0, label="x")
    for _ in range(30):
        x = x + x
    lines = answer(x, "w x")
    assert lines[4] == "… 23 more nodes"
    assert len([line for line in lines if " = " in line]) == 8
    assert lines[-2].startswith("There are more than a million paths from L to x;")


def test_up_and_down_move_the_focus() -> None:
    assert answer(graph(), "d") == ["e = d + c = 4     input 1 of 2 of L"]
    assert answer(graph(), "d", "d 2") == ["c = 10     input 2 of 2 of e"]
    assert answer(graph(), "d", "d 2", "u") == ["e = d + c = 4     the consumer of c"]
    assert answer(graph(), "d", "d 2", "p")[0] == "c = 10     c.grad = —"
    assert answer(graph(SHARED, a=2.0), "d", "u 1") == ["c = b + a = 6     consumer 1 of 2 of b"]


def test_focus_on_node_of_value_0() -> None:
    assert answer(graph("relu(a) * b", a=-1.0, b=2.0), "d", "p")[0] == "v1 = relu(a) = 0     v1.grad = —"


def test_step_resets_the_focus() -> None:
    assert answer(graph(), "d", "d", "s", "w")[0] == "L = e * f = -8"


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (("u",), "L has no consumers"),
        (("d", "d 2", "d"), "c has no inputs"),
        (("d 3",), "L has no input '3'; its inputs: 1 e, 2 f"),
        (("d 0",), "L has no input '0'; its inputs: 1 e, 2 f"),
        (("d x",), "L has no input 'x'; its inputs: 1 e, 2 f"),
        (("w z",), "no node 'z'; l shows the nodes"),
        (("l aa",), "no node 'aa'; did you mean a?"),
        (("why z",), "no node 'z'; l shows the nodes"),
        (("check z",), "no node 'z'; l shows the nodes"),
        (("p z.grad",), "no node 'z'; l shows the nodes"),
        (("p a.grad",), "a.grad is not known yet at this step; go on, and ask again"),
        (("p a.grad + b.grad",), "a.grad is not known yet at this step; go on, and ask again"),
        (("forward", "p d + 1"), "d.value is not known yet at this step; go on, and ask again"),
        (("undisplay 1",), "no display '1'; the displays are: none"),
        (("display a", "undisplay x"), "no display 'x'; the displays are: 1"),
        (("display",), "no displays; add one, as in display a.grad * 2"),
    ],
)
def test_mistake_is_a_sentence(commands: tuple[str, ...], said: str) -> None:
    assert answer(graph(), *commands)[-1] == said


def test_mistake_in_expression_comes_before_unknown_number() -> None:
    for command in ("p a.grad +", "display a.grad +"):
        assert answer(graph(), command) == [
            "an operator or an operand is missing or misplaced here",
            "  a.grad +",
            "          ^",
        ]


def test_many_consumers_and_inputs_are_counted() -> None:
    a = Value(2.0, label="a")
    root = at.sum([a * float(k) for k in range(1500)])
    assert answer(root, "p a")[-1] == "  used by v1..1000 and 500 more"
    rows = answer(root, "l")
    assert rows[1].startswith("▶  L = sum(…) ")
    assert any("… 1496 more: v4..1003 and 496 more" in row for row in rows)
    assert answer(root, "forward", "j 1500", "s")[0].startswith("[1501/1501]  L = sum(…) = ")
    assert f"  the sum of 1496 others is {sum(range(1496)):.5g}" in answer(root, "c", "why a")


def test_many_inputs_list_the_last() -> None:
    root = graph("sum([a,b,c,d,f,g,h,i,j,k])", **dict.fromkeys("abcdfghijk", 1.0))
    said = "L has no input '11'; its inputs: 1 a, 2 b, 3 c, 4 d, 5 f, 6 g, 7 h, 8 i, ... 10 k"
    assert joined(answer(root, "d 11")) == said


def test_print_shows_gradient_and_consumers() -> None:
    assert answer(graph(SHARED, a=2.0), "n", "p a") == ["a = 2     a.grad = —", "  used by b, c"]
    assert answer(graph(), "s", "p L") == ["L = e * f = -8     L.grad = 1", "  the root: no node here uses it"]


def test_print_expression_in_all_digits() -> None:
    assert answer(graph(), "c", "p a.grad * 2 + log(3) / 1e3") == ["12.001098612288668"]
    assert answer(graph(), "c", "p a.grad") == ["6"]


def test_why_sums_over_consumers() -> None:
    root = graph(SHARED, a=2.0)
    assert answer(root, "c", "why b")[0] == "∂L/∂b = ∂L/∂L·c + ∂L/∂c·1 = 1·6 + 4·1 = 10"
    assert answer(root, "j 5", "why a")[:2] == [
        "∂L/∂a = ∂L/∂c·1 + ∂L/∂b·a + ∂L/∂b·a = 4·1 + — + — = 4 so far; 2 contributions",
        "  are to come",
    ]


def test_check_shows_central_difference() -> None:
    assert answer(graph(), "check a")[0].startswith("∂L/∂a = 6 by the chain rule, 6 by the central difference")


def test_check_can_be_interrupted() -> None:
    calls = count()

    def interrupted(x: float) -> float:
        if next(calls) == 9:
            raise KeyboardInterrupt
        return 2.0 * x

    slow = primitive("slow", "slow({x})", interrupted, lambda x, z: (2.0,))
    del TABLE["slow"]
    lines = talk(slow(Value(1.0, label="a")), "c", "check a", "p a.grad")
    assert lines[-4:-1] == ["interrupted; q goes on with the program, abort stops it", "(backward) p a.grad", "2"]


def test_display_is_shown_at_each_stop() -> None:
    lines = talk(graph(), "display a.grad * 2", "j 6", "rs")
    assert [line for line in lines if line.startswith("1: ")] == [
        "1: a.grad * 2 = —",
        "1: a.grad * 2 = 12",
        "1: a.grad * 2 = —",
    ]


def test_displays_are_listed_and_removed() -> None:
    setup = ("display a", "display b")
    assert answer(graph(), *setup, "display") == ["1: a = 2", "2: b = -3"]
    assert answer(graph(), *setup, "undisplay 1", "display") == ["2: b = -3"]
    assert answer(graph(), *setup, "undisplay", "display")[0].startswith("no displays")
    assert answer(graph(), *setup, "undisplay 1", "display c") == ["2: b = -3", "3: c = 10"]


def test_mistake_in_display_is_shown_once() -> None:
    assert answer(graph(), "display zz", "s")[-1].startswith("[1/7]")


def test_list_draws_the_graph() -> None:
    lines = answer(graph(), "n", "l")
    assert lines[0].split() == ["node", "value", "partial", "contribution", "gradient"]
    assert [line[0] for line in lines[1:]] == ["✓", "✓", "▶", " ", " ", " ", "✓"]


@pytest.mark.parametrize("width", [40, 80])
def test_nan_tells_where_it_began(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Terminal, "width", width)
    x = Value(0.0, label="x")
    lines = answer(where(x > 0.0, x.sqrt(), 0.0), "nan")
    assert max(map(len, lines)) <= width
    text = " ".join(lines)
    assert text.startswith("backward pass: v1 = sqrt(x) makes nan, at x = 0: its gradient 0 times its partial")
    assert "Write the inner where too: inside of the branch, replace the operand by a harmless number." in text
    assert text.endswith("; build the graph inside `with record_lines():` to see them.")


def test_nan_of_a_finite_graph_finds_nothing() -> None:
    assert answer(graph(), "nan") == ["All values and gradients are finite."]


def test_path_defines_the_names_of_rules_once() -> None:
    lines = answer(graph("softmax([a, 1])[0] * selu(a)", a=1.0), "w a")
    assert [line for line in lines if "where" in line] == ["  where λ = 1.0507009873554805"]


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        ("cross_entropy([a, a], 1)", "p₁ = 0.5"),
        ("cross_entropy([1, a], 1)", "p₂ - 1 = 0.5 - 1 = -0.5"),
        ("tanh(a)", "1 - L ** 2 = 0.41997"),
        ("sigmoid(a)", "L * (1 - L) = 0.19661"),
        ("mean([a, 2, 3])", "1 / 3 = 0.33333"),
        ("a * a", "a = 1"),
        ("a + 2", "1"),
    ],
)
def test_path_writes_partials_as_formula_and_number(text: str, partial: str) -> None:
    assert answer(graph(text, a=1.0), "w a")[1].endswith(f"     partial: {partial}")


def test_path_in_the_forward_pass_has_the_partials_of_computed_nodes() -> None:
    assert answer(graph(), "forward", "s 2", "w a") == [
        "a = 2",
        "d = a * b = -6     partial: b = -3",
        "e = d + c = 4      partial: 1",
        "L = e * f = —      partial: —",
        "There is 1 path from L to a.",
    ]
    assert answer(graph(), "forward", "c", "w a")[-2:] == answer(graph(), "w a")[-2:]
