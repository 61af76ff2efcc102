"""What a worked solution says, of a small graph and of a large one."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, dot, gelu_tanh, log, max, maximum, relu, sum, tanh


def leaf(label: str, number: float = 2.0) -> Value:
    return Value(number, label=label)


def chain(steps: int) -> Value:
    y = leaf("x", 0.5)
    for i in range(steps):
        y = tanh(y * leaf(f"w{i}", 0.9))
    return y


def test_a_small_graph_is_worked_out_line_by_line() -> None:
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
        "Begin at the root: ∂L/∂L = 1. Each node hands gradient times partial to its inputs.",
        "L = v1 + v2: sum rule",
        "    ∂L/∂v1 = ∂L/∂L · 1 = 1 · 1 = 1",
        "    ∂L/∂v2 = ∂L/∂L · 1 = 1 · 1 = 1",
        "v2 = a ** 2: power rule",
        "    ∂L/∂a += ∂L/∂v2 · (2 * a) = 1 · 4 = 4",
        "v1 = a * b: product rule",
        "    ∂L/∂a += ∂L/∂v1 · b = 1 · (-3) = -3",
        "    ∂L/∂a =  4 + (-3)   = 1",
        "    ∂L/∂b =  ∂L/∂v1 · a = 1 · 2    = 2",
        "  a is used 2 times, so 2 contributions arrive. They add up: a change of a affects L along each of",
        "  these paths.",
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
        (tanh(leaf("a")), "chain rule with tanh′"),
        (maximum(leaf("a"), leaf("b")), "chain rule with the partials of maximum"),
        (2 ** leaf("a"), "chain rule with the partials of pow"),
    ],
)
def test_each_step_has_its_rule(root: Value, rule: str) -> None:
    assert f": {rule}\n" in root.explain()


def test_a_leaf_has_nothing_to_explain() -> None:
    assert leaf("a").explain() == "a is a leaf: nothing was computed, and ∂a/∂a = 1."


def test_the_running_sum_says_that_more_is_to_come() -> None:
    a = leaf("a")
    text = sum([a, a, a]).explain()
    assert "    ∂L/∂a so far =  1 + 1     = 2\n" in text
    assert "    ∂L/∂a        =  2 + 1     = 3\n" in text


def test_a_graph_whose_formula_takes_several_lines_begins_with_what_is_given() -> None:
    h = tanh(leaf("a"))
    assert (h * h).explain().startswith("Given: a = 2.\n")


def test_a_partial_that_is_too_long_is_called_by_its_name() -> None:
    assert "= ∂L/∂L · ∂L/∂a = 1 · " in gelu_tanh(leaf("a")).explain()


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
    assert "v1 = relu(a) with respect to a is 0 at a = -1, so no gradient passes to a. Where that holds" in text
    assert "v3 = relu(b) with respect to b is 0 at b = -2, so no gradient passes to b. Where that holds" in text


def test_maximum_gets_one_remark() -> None:
    text = max([leaf("a"), leaf("b", 3.0), leaf("c", 1.0)]).explain()
    assert "with respect to a is 0 at a = 2, b = 3, c = 1, so no gradient passes to a" in " ".join(text.split())
    assert "with respect to c" not in text


def test_kink_gets_a_remark() -> None:
    text = (relu(leaf("a", 0.0)) + leaf("b")).explain()
    remark = "v1 = relu(a) has a kink at a = 0: it has no derivative there, and its partial is a convention."
    assert remark in " ".join(text.split())
    assert (
        "maximum(b, c) has a kink" not in text
    )  # b = c is on the way of the same kink, but only 1, 1 is a row's own


def test_zero_gradient_gets_a_remark() -> None:
    text = relu(leaf("a") * leaf("b", -1.0)).explain()
    assert "The gradient of v1 is 0, so v1 passes no gradient to a." in text


def test_product_with_zero_gets_no_remark() -> None:
    assert "so no gradient passes" not in (leaf("a") * leaf("b", 0.0)).explain()


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


def test_a_summary_has_the_first_steps_and_the_largest_gradients() -> None:
    lines = chain(100).explain().splitlines()
    assert lines[0].endswith("is computed from 101 leaves in 200 steps: mul 100, tanh 100.")
    assert "The first steps of the backward pass" in lines
    largest = lines[lines.index("The largest gradients of leaves") + 1 :]
    assert len([line for line in largest if line.startswith("    ∂L/∂")]) == 10


def test_a_summary_counts_the_lines_that_it_leaves_out() -> None:
    root = dot([leaf(f"w{i}") for i in range(100)], [leaf(f"x{i}") for i in range(100)])
    assert "  and 192 more lines." in root.explain().splitlines()


def test_gradients_that_are_no_numbers_are_the_largest() -> None:
    root = sum([leaf(f"w{i}") for i in range(100)]) + 0.0 * log(leaf("broken", 0.0))
    lines = root.explain().splitlines()
    assert lines[lines.index("The largest gradients of leaves") + 1].split() == ["∂L/∂broken", "=", "nan"]


def test_all_of_a_large_graph_is_written_where_that_is_asked_for() -> None:
    text = chain(100).explain(full=True)
    assert text.count("product rule") == 100
    assert "explain(full=True)" not in text


@pytest.mark.no_cover
def test_a_deep_graph_is_explained_without_recursion() -> None:
    assert chain(1500).explain(full=True).count("chain rule with tanh′") == 1500
