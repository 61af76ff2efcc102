"""Lines and ranges: names in few words, numbers in few digits."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, dot, primitive
from autograd_tiny.debugger.levels import level_of, levels_of
from autograd_tiny.debugger.lines import Lines, brief, shortened
from autograd_tiny.debugger.ranges import list_names, runs, text_of
from autograd_tiny.trace import Trace


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["w[0]", "w[1]"], "w[0], w[1]"),
        (["w[0]", "w[1]", "w[2]", "w[3]"], "w[0..3]"),
        (["w[3]", "w[2]", "w[1]"], "w[3..1]"),
        (["v2", "v4", "v6", "v8"], "v2, v4..8"),
        (["w[0]", "w[1]", "w[3]", "w[4]"], "w[0], w[1], w[3], w[4]"),
        (["p1q", "p2q", "p3q"], "p1..3q"),
        (["a1", "b2", "c3"], "a1, b2, c3"),
        (["x", "x", "x"], "x, x, x"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
        ([*"abc", *(f"w[{k}]" for k in range(9))], "a, b, c, w[0..8]"),
        ([*"abcd", *(f"w[{k}]" for k in range(9))], "a, b, c and 10 more"),
        (
            ["layers[0].neurons[3].w[0]", "layers[0].neurons[3].w[1]", "layers[0].neurons[3].w[2]"],
            "layers[0].neurons[3].w[0..2]",
        ),
    ],
)
def test_names_that_are_numbered_in_turn_are_a_range(names: list[str], text: str) -> None:
    assert list_names(names) == text


def test_a_range_in_larger_steps_shows_the_step() -> None:
    (run,) = runs(["w[1]", "w[3]", "w[5]"])
    assert text_of(run) == "w[1], w[3..5]"


def test_only_long_names_with_parts_are_cut() -> None:
    assert brief("layers[0].neurons[1].w[12]") == "…w[12]"
    assert brief("heads['left.eye'].weight[0]") == "…weight[0]"
    assert brief("a_long_name_of_one_part") == "a_long_name_of_one_part"
    assert brief("w.b") == "w.b"


def test_a_text_that_fits_is_not_cut() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"


def test_a_long_formula_of_a_module_is_told_by_the_module() -> None:
    w = [Value(1.0, label=f"layers[0].neurons[1].w[{k}]") for k in range(3)]
    root = dot(w, [1.0, 2.0, 3.0], 0.0)
    assert Lines(Trace(root)).node(root) == "L = dot(…) of layers[0].neurons[1] = 6"


def test_a_long_formula_without_a_module_is_cut() -> None:
    a = Value(1.0, label="a" * 40)
    root = a * a
    assert Lines(Trace(root)).definition(root) == f"L = {'a' * 40} * {'a' * 16}…"


def test_a_primitive_for_floats_only_has_partials_without_a_formula() -> None:
    import math

    own = primitive("debugged_cosine", "debugged_cosine({x})", math.cos, lambda x, z: (-math.sin(x),))
    a = Value(0.0, label="a")
    trace = Trace(own(a))
    trace.finish()
    assert Lines(trace).event(trace[1]).endswith("+= ∂L/∂L·∂L/∂a = 1·0 = 0")


def test_where_the_line_is_narrow_the_chain_rule_is_told_in_numbers() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    trace = Trace(a * b)
    assert Lines(trace).event(trace[1], width=50).endswith("+= 1·b = 1·3 = 3")


def test_two_contributions_do_not_share_a_line() -> None:
    leaves = [Value(1.0, label=label) for label in ["a", "w[0]", "w[1]", "b", "c", "x1", "x2", "x3", "d"]]
    trace = Trace(dot(leaves, [1.0] * 9, 0.0))
    assert [count for count, _ in Lines(trace).events(trace[1:])] == [1, 1, 1, 1, 1, 3, 1]


def test_levels_are_the_kinds_of_modules() -> None:
    assert levels_of(["encoder.layers[0].heads['x.y']", "layers[1]"]) == ["encoder", "layer", "head"]
    assert level_of("encoder.layers[0].heads['x.y'].q", "head") == "encoder.layers[0].heads['x.y']"
    assert level_of("encoder.layers[0]", "encoder") == "encoder"
    assert level_of("encoder.layers[0]", "neuron") == ""


def test_a_number_of_thousands_of_digits_in_a_label_is_no_trouble() -> None:
    digits = "9" * 5000
    assert runs([f"w{digits}7", f"w{digits}8"]) == [[f"w{digits}7", f"w{digits}8"]]
