"""Text of steps: names in few words, numbers in few digits."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, dot, primitive
from autograd_tiny.debugger.step_text import StepText, last_part, list_names, range_text, ranges_of, truncate
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
def test_consecutive_names_are_a_range(names: list[str], text: str) -> None:
    assert list_names(names) == text


def test_range_with_stride_shows_it() -> None:
    (names,) = ranges_of(["w[1]", "w[3]", "w[5]"])
    assert range_text(names) == "w[1], w[3..5]"


def test_last_part_cuts_long_dotted_names_only() -> None:
    assert last_part("layers[0].neurons[1].w[12]") == "…w[12]"
    assert last_part("heads['left.eye'].weight[0]") == "…weight[0]"
    assert last_part("a_long_name_of_one_part") == "a_long_name_of_one_part"
    assert last_part("w.b") == "w.b"


def test_truncate_keeps_text_that_fits() -> None:
    assert truncate("abc", 3) == "abc"
    assert truncate("abcd", 3) == "ab…"


def test_long_formula_names_its_module() -> None:
    w = [Value(1.0, label=f"layers[0].neurons[1].w[{k}]") for k in range(3)]
    root = dot(w, [1.0, 2.0, 3.0], 0.0)
    assert StepText(Trace(root)).node(root) == "L = dot(…) of layers[0].neurons[1] = 6"


def test_long_formula_without_module_is_cut() -> None:
    a = Value(1.0, label="a" * 40)
    root = a * a
    assert StepText(Trace(root)).definition(root) == f"L = {'a' * 40} * {'a' * 16}…"


def test_float_only_primitive_has_no_partial_formula() -> None:
    import math

    own = primitive("debugged_cosine", "debugged_cosine({x})", math.cos, lambda x, z: (-math.sin(x),))
    a = Value(0.0, label="a")
    trace = Trace(own(a))
    trace.finish()
    assert StepText(trace).step(trace[1]).endswith("+= ∂L/∂L·∂L/∂a = 1·0 = 0")


def test_narrow_line_has_chain_rule_in_numbers() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    trace = Trace(a * b)
    assert StepText(trace).step(trace[1], width=50).endswith("+= 1·b = 1·3 = 3")


def test_two_contributions_do_not_share_a_line() -> None:
    leaves = [Value(1.0, label=label) for label in ["a", "w[0]", "w[1]", "b", "c", "x1", "x2", "x3", "d"]]
    trace = Trace(dot(leaves, [1.0] * 9, 0.0))
    assert [count for count, _ in StepText(trace).steps(trace[1:])] == [1, 1, 1, 1, 1, 3, 1]


def test_label_with_thousands_of_digits() -> None:
    digits = "9" * 5000
    assert ranges_of([f"w{digits}7", f"w{digits}8"]) == [[f"w{digits}7", f"w{digits}8"]]
