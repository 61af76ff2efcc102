"""Text of steps: names in few words, numbers in few digits."""

from __future__ import annotations

from autograd_tiny import Value, dot, primitive
from autograd_tiny.debugger.step_text import StepText
from autograd_tiny.trace import Trace


def test_long_formula_names_its_module() -> None:
    w = [Value(1.0, label=f"layers[0].neurons[1].w[{k}]") for k in range(3)]
    root = dot(w, [1.0, 2.0, 3.0], 0.0)
    assert StepText(Trace(root)).node(root) == "L = dot(…) of layers[0].neurons[1] = 6"


def test_long_formula_without_module_is_cut() -> None:
    a = Value(1.0, label="a" * 40)
    root = a * a
    assert StepText(Trace(root)).definition(root) == f"L = {'a' * 40} * …"


def test_float_only_primitive_has_no_partial_formula() -> None:
    import math

    own = primitive("debugged_cosine", "debugged_cosine({x})", math.cos, lambda x, z: (-math.sin(x),))
    a = Value(0.0, label="a")
    trace = Trace(own(a))
    trace.finish()
    assert StepText(trace).step(trace[1]).endswith("+= L.grad·0 = 1·0 = 0")


def test_chain_rule_in_a_second_line() -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    text = StepText(Trace(a * b))
    change, rule = text.step(text.trace[1], split=True).split("\n")
    assert text.step(text.trace[1]).split("  +=") == [f"{change}        ", rule.strip().removeprefix("+=")]


def test_two_contributions_do_not_share_a_line() -> None:
    leaves = [Value(1.0, label=label) for label in ["a", "w[0]", "w[1]", "b", "c", "x1", "x2", "x3", "d"]]
    trace = Trace(dot(leaves, [1.0] * 9, 0.0))
    assert [count for count, _ in StepText(trace).steps(trace[1:])] == [1, 1, 1, 1, 1, 3, 1]


def test_computation_before_the_value_is_known() -> None:
    a = Value(2.0, label="a")
    trace = Trace(a * -3.0, forward=True)
    assert StepText(trace).computation(trace.root) == "L = a * (-3) = 2 * (-3) = —"
