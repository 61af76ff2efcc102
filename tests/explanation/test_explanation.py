"""`loss.explain()`: its formats, its solution of small and large graphs, and its remarks."""

from __future__ import annotations

import pytest

from autograd_tiny import (
    Value,
    cross_entropy,
    dot,
    log,
    max,
    maximum,
    mish,
    relu,
    sigmoid,
    sin,
    sum,
    tanh,
    topological_order,
)
from autograd_tiny.errors import AutogradError, StaleDataError
from autograd_tiny.explanation import FORMATS, Explanation, FormatError, explain
from autograd_tiny.symbolic.partial_rules import LONGEST
from tests.programs import run_program

every_format = pytest.mark.parametrize("format", FORMATS)


def leaf(label: str, number: float = 2.0) -> Value:
    return Value(number, label=label)


def loss_of(first: str = "a", second: str = "b") -> Value:
    a, b = leaf(first), leaf(second, -3.0)
    h = tanh(a * b + a)
    h.label = "h"
    return relu(h) + h * a


def chain(steps: int) -> Value:
    y = leaf("x", 0.5)
    for i in range(steps):
        y = tanh(y * leaf(f"w{i}", 0.9))
    return y


@every_format
def test_neither_data_nor_gradients_change(format: str) -> None:
    loss = loss_of()
    loss.backward()
    before = [(node.data, node.grad, node.label) for node in topological_order(loss)]
    loss.explain(format)
    assert [(node.data, node.grad, node.label) for node in topological_order(loss)] == before


def test_changed_data_is_refused() -> None:
    a = leaf("a")
    loss = a * a
    a.data = 5.0
    with pytest.raises(StaleDataError):
        loss.explain()


@every_format
def test_explanation_prints_as_it_is(format: str) -> None:
    explanation = loss_of().explain(format)
    assert isinstance(explanation, Explanation)
    assert repr(explanation) == str(explanation)


@every_format
def test_notebook_shows_markdown_or_html(format: str) -> None:
    explanation = loss_of().explain(format)
    assert explanation._repr_markdown_() == loss_of().explain("markdown")
    assert explanation._repr_html_() == (explanation if format == "html" else None)


@pytest.mark.parametrize(
    ("format", "remedy"),
    [
        ("Markdown", "did you mean 'markdown'"),
        ("pdf", "write one of 'text', 'markdown'"),
        (None, "write one of"),
        ([], "write one of"),
    ],
)
def test_unknown_format_is_refused(format: str, remedy: str) -> None:
    with pytest.raises(FormatError, match=remedy) as caught:
        loss_of().explain(format)
    assert isinstance(caught.value, AutogradError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.format == format


def test_function_and_method_agree() -> None:
    assert explain(loss_of(), "latex") == loss_of().explain("latex")


@pytest.mark.no_cover
@every_format
def test_large_graph_is_summarized(format: str) -> None:
    text = chain(1000).explain(format)
    assert "explain(full=True)" in text
    assert len(text.splitlines()) < 150


# ── the solution ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_small_graph_is_worked_out() -> None:
    a, b = leaf("a"), leaf("b", -3.0)
    assert (a * b + a**2).explain().splitlines() == [
        "L = a * b + a ** 2 at a = 2, b = -3.",
        "",
        "Forward pass",
        "    v1 = a * b   = 2 * (-3) = -6",
        "    v2 = a ** 2  = 2 ** 2   = 4",
        "    L  = v1 + v2 = -6 + 4   = -2",
        "",
        "Backward pass",
        "Begin at the root: ∂L/∂L = 1. Each node passes gradient times partial to its inputs.",
        "L = v1 + v2: sum rule",
        "    ∂L/∂v1 = ∂L/∂L · 1 = 1 · 1 = 1",
        "    ∂L/∂v2 = ∂L/∂L · 1 = 1 · 1 = 1",
        "v2 = a ** 2: power rule",
        "    ∂L/∂a += ∂L/∂v2 · (2 * a) = 1 · 4 = 4",
        "v1 = a * b: product rule",
        "    ∂L/∂a += ∂L/∂v1 · b = 1 · (-3) = -3",
        "    ∂L/∂a =  4 + (-3)   = 1",
        "    ∂L/∂b =  ∂L/∂v1 · a = 1 · 2    = 2",
        "  a is used 2 times, so 2 contributions arrive. They add up, because the gradient counts every path",
        "  from a to L.",
        "",
        "Gradients",
        "    ∂L/∂a = 1",
        "    ∂L/∂b = 2",
        "  v1 = a * b is not a leaf: each backward pass sets its gradient anew. Only leaves add up gradients",
        "  from pass to pass, and only leaves are changed by an optimizer. The same goes for v2.",
    ]


@pytest.mark.parametrize(
    ("root", "rule"),
    [
        (leaf("a") - leaf("b"), "sum rule"),
        (leaf("a") / leaf("b"), "quotient rule"),
        (dot([leaf("a")], [leaf("b")]), "product rule"),
        (-leaf("a"), "constant-factor rule"),
        (leaf("a") * 3.0, "constant-factor rule"),
        (3.0 * leaf("a"), "constant-factor rule"),
        (leaf("a") / 3.0, "constant-factor rule"),
        (3.0 / leaf("a"), "quotient rule"),
        (leaf("a") * leaf("b"), "product rule"),
        (leaf("a") + 3.0, "sum rule"),
        (tanh(leaf("a")), "chain rule with tanh′ = sech(a) ** 2 = 1 - L ** 2"),
        (sigmoid(leaf("a")), "chain rule with sigmoid′ = L * sigmoid(-a) = L * (1 - L)"),
        (sin(leaf("a")), "chain rule with sin′"),
        (mish(leaf("a", 0.0)), "chain rule with mish′"),
        (maximum(leaf("a"), leaf("b")), "chain rule with the partials of maximum"),
        (2 ** leaf("a"), "chain rule with the partials of pow"),
    ],
)
def test_each_step_names_its_rule(root: Value, rule: str) -> None:
    assert f": {rule}\n" in root.explain()


def test_leaf_has_nothing_to_explain() -> None:
    assert leaf("a").explain() == "a is a leaf: nothing was computed, and ∂a/∂a = 1."


def test_running_sum_is_marked() -> None:
    a = leaf("a")
    text = sum([a, a, a]).explain()
    assert "    ∂L/∂a so far =  1 + 1     = 2\n" in text
    assert "    ∂L/∂a        =  2 + 1     = 3\n" in text


def test_long_formula_begins_with_given_numbers() -> None:
    h = tanh(leaf("a"))
    assert (h * h).explain().startswith("Given: a = 2.\n")


def test_long_partial_is_its_number() -> None:
    product = leaf("a") * leaf("b" * (LONGEST + 1))
    assert "    ∂L/∂a = ∂L/∂L · 2 = 1 · 2 = 2\n" in product.explain()


def test_shares_of_softmax_are_defined_and_have_numbers() -> None:
    text = cross_entropy([leaf("a"), leaf("b")], 1).explain()
    assert ": chain rule with the partials of cross_entropy, where p = softmax([a,\n  b]) = [p₁, p₂]\n" in text
    assert "    ∂L/∂a = ∂L/∂L · p₁       = 1 · 0.5       = 0.5\n" in text
    assert "    ∂L/∂b = ∂L/∂L · (p₂ - 1) = 1 · (0.5 - 1) = -0.5\n" in text


def test_long_lists_are_cut_in_the_middle() -> None:
    text = dot([leaf(f"w{i}") for i in range(9)], [leaf("x")] * 9).explain()
    assert "L = dot([w0, w1, …, w8], [x, x, …, x], 0)" in text
    assert r"w_{0} \cdot x + w_{1} \cdot x + \dots + w_{8} \cdot x" in dot(
        [leaf(f"w{i}") for i in range(9)], [leaf("x")] * 9
    ).explain("latex")


# ── remarks ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_dead_relu_gets_a_remark() -> None:
    text = (relu(leaf("a", -1.0)) * 2.0 + relu(leaf("b", -2.0))).explain()
    text = " ".join(text.split())
    assert "v1 = relu(a) with respect to a is 0 at a = -1, so v1 passes no gradient to a. Where that holds" in text
    assert "v3 = relu(b) with respect to b is 0 at b = -2, so v3 passes no gradient to b. Where that holds" in text


def test_maximum_gets_one_remark() -> None:
    text = max([leaf("a"), leaf("b", 3.0), leaf("c", 1.0)]).explain()
    assert "with respect to a is 0 at a = 2, b = 3, c = 1, so L passes no gradient to a" in " ".join(text.split())
    assert "with respect to c" not in text


def test_kink_gets_a_remark() -> None:
    text = (relu(leaf("a", 0.0)) + leaf("b")).explain()
    remark = (
        "v1 = relu(a) has a kink at a = 0: as a grows through it, the slope changes from 0 to 1. "
        "The partial 0 is a convention."
    )
    assert remark in " ".join(text.split())


def test_zero_gradient_gets_a_remark() -> None:
    text = relu(leaf("a") * leaf("b", -1.0)).explain()
    assert "The gradient of v1 is 0, so v1 passes no gradient to a." in text


def test_product_with_zero_gets_no_remark() -> None:
    assert "passes no gradient" not in (leaf("a") * leaf("b", 0.0)).explain()


def test_waiting_node_explains_the_order() -> None:
    h = leaf("a") * 2.0
    text = (h * h).explain()
    assert "v1 comes after L: it passes its gradient on once" in text
    assert "reverse topological order." in text


def test_lesson_is_told_once() -> None:
    text = sum([leaf(name) * leaf(name, 3.0) for name in "abc"] + [x * x for x in map(leaf, "defg")]).explain()
    assert text.count("They add up") == 1


def test_held_gradient_gets_a_remark() -> None:
    a = leaf("a")
    loss = a * 2.0
    loss.backward()
    assert "  a already holds the gradient 2, as much as one backward pass of this graph gives. " in loss.explain()


def test_held_gradients_are_one_remark() -> None:
    loss = leaf("a") * leaf("b") + leaf("c")
    loss.backward()
    assert "a already holds the gradient 2, " in loss.explain()
    assert " ".join(loss.explain().split()).endswith("The same goes for b, c.")


# ── large graphs ──────────────────────────────────────────────────────────────────────────────────────────────


def test_summary_has_first_steps_and_largest_gradients() -> None:
    lines = chain(100).explain().splitlines()
    assert lines[0].endswith("is computed from 101 leaves in 200 steps: mul 100, tanh 100.")
    assert "The first steps of the backward pass" in lines
    largest = lines[lines.index("The largest gradients of leaves") + 1 :]
    assert len([line for line in largest if line.startswith("    ∂L/∂")]) == 10


def test_summary_counts_hidden_lines() -> None:
    root = dot([leaf(f"w{i}") for i in range(100)], [leaf(f"x{i}") for i in range(100)])
    assert "  and 192 more lines." in root.explain().splitlines()


def test_nan_gradients_are_the_largest() -> None:
    root = sum([leaf(f"w{i}") for i in range(100)]) + 0.0 * log(leaf("broken", 0.0))
    lines = root.explain().splitlines()
    assert lines[lines.index("The largest gradients of leaves") + 1].split() == ["∂L/∂broken", "=", "nan"]


def test_full_writes_all_of_a_large_graph() -> None:
    text = chain(100).explain(full=True)
    assert text.count("product rule") == 100
    assert "explain(full=True)" not in text


@pytest.mark.no_cover
def test_deep_graph_needs_no_recursion() -> None:
    assert chain(1500).explain(full=True).count("chain rule with tanh′") == 1500


def test_solution_ends_with_the_first_numbers_that_are_not_finite() -> None:
    text = " ".join((leaf("a", 0.0).log() * leaf("b", 0.0)).explain().split())
    assert "Numbers that are not finite v1 = log(a) becomes -inf, at a = 0: a logarithm goes to -inf there." in text
    assert "L = v1 * b becomes nan, at v1 = -inf, b = 0: 0 times inf is not defined." in text
    assert "not finite" not in leaf("a").exp().explain()


def test_lines_of_the_program_follow_anomalies() -> None:
    lines = [line.strip() for line in run_program("/home/me/net.py").explain().splitlines()]
    assert lines[-1] == "v2 was made at net.py:2, in loss: h = (w * x).relu()"
    assert "v3 was made at net.py:3, in loss: p = h.log()" in lines
    assert "made at" not in run_program("/home/me/net.py", records=False).explain()


def test_labels_that_could_be_misread_are_in_quotes() -> None:
    root = leaf("x + y", 10.0) * leaf("y", 3.0)
    assert '    L = "x + y" * y = 10 * 3 = 30' in root.explain().splitlines()
    quoted = r"{\text{“}\mathrm{x\ {+}\ y}\text{”}}"
    for format in ("markdown", "latex"):
        assert rf"L &= {quoted} \cdot y = 10 \cdot 3 = 30" in root.explain(format)
    assert "&quot;x + y&quot; * y" in root.explain("html")


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("text", ["= 1.234567 + (-1.234562) = 5e-06", "-1.234562 + 1.234567 = 5e-06"]),
        ("markdown", [r"1.234567 + \left(-1.234562\right) = 5 \times 10^{-6}", r"-1.234562 + 1.234567 = 5 \times"]),
        ("latex", [r"1.234567 + \left(-1.234562\right) = 5 \times 10^{-6}", r"-1.234562 + 1.234567 = 5 \times"]),
    ],
)
def test_sums_that_cancel_have_the_digits_that_remain(format: str, expected: list[str]) -> None:
    x, a, b = (Value(n, label=name) for n, name in ((1.0, "x"), (1.234567, "a"), (-1.234562, "b")))
    written = " ".join(str(explain(x * a + x * b, format)).split())
    assert [text for text in expected if text not in written] == []
