"""Text of steps: names in few words, numbers in few digits."""

from __future__ import annotations

from autograd_tiny import Value, dot, primitive
from autograd_tiny.debugger.step_text import StepText, last_part
from autograd_tiny.trace import Trace


def test_last_part_cuts_long_dotted_names_only() -> None:
    assert last_part("layers[0].neurons[1].w[12]") == "…w[12]"
    assert last_part("heads['left.eye'].weight[0]") == "…weight[0]"
    assert last_part("a_long_name_of_one_part") == "a_long_name_of_one_part"
    assert last_part("w.b") == "w.b"


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
