"""`loss.explain()`: what it says, in four formats, and what it leaves alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from math_core import LatexToMathML

from autograd_tiny import Value, dot, maximum, relu, sum, tanh
from autograd_tiny.errors import AutogradError, StaleDataError
from autograd_tiny.explanation import Explanation, FormatError, explain

FORMATS = ["text", "markdown", "latex", "html"]
check_latex = LatexToMathML(fancy_error=False).convert_with_local_state

every_format = pytest.mark.parametrize("format", FORMATS)


def leaf(label: str, number: float = 2.0) -> Value:
    return Value(number, label=label)


def loss_of(first: str = "a", second: str = "b") -> Value:
    a, b = leaf(first), leaf(second, -3.0)
    h = tanh(a * b + a)
    h.label = "h"
    return relu(h) + h * a


def formulas_in(markdown: str) -> list[str]:
    """Return what stands between dollars; an escaped dollar ends nothing."""
    display = re.findall(r"^\$\$\n(.*?)\n\$\$$", markdown, flags=re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^\$\$\n.*?\n\$\$$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return display + re.findall(r"(?<!\\)\$(.*?)(?<!\\)\$", rest)


# ── what it says ──────────────────────────────────────────────────────────────────────────────────────────────


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
        "  a is used 2 times, so 2 contributions arrive: when a changes, L changes along each of these ways,",
        "  and the changes add up.",
        "",
        "Gradients",
        "    ∂L/∂a = 1",
        "    ∂L/∂b = 2",
        "  v1, v2 are no leaves but computed: their gradients are stops on the way, set anew by each backward",
        "  pass. Leaves alone add up gradients from pass to pass, and are what an optimizer changes.",
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
    from autograd_tiny import gelu_tanh

    assert "= ∂L/∂L · ∂L/∂a = 1 · " in gelu_tanh(leaf("a")).explain()


def test_long_lists_are_cut_in_the_middle() -> None:
    text = dot([leaf(f"w{i}") for i in range(9)], [leaf("x")] * 9).explain()
    assert "L = dot([w0, w1, …, w8], [x, x, …, x], 0)" in text
    assert r"w_{0} \cdot x + w_{1} \cdot x + \dots + w_{8} \cdot x" in dot(
        [leaf(f"w{i}") for i in range(9)], [leaf("x")] * 9
    ).explain("latex")


# ── what surprises people ─────────────────────────────────────────────────────────────────────────────────────


def test_a_dead_relu_is_pointed_out() -> None:
    text = (relu(leaf("a", -1.0)) * 2.0 + relu(leaf("b", -2.0))).explain()
    assert "∂v1/∂a = 0 at a = -1: nothing is handed on." in text
    assert "∂v3/∂b = 0 at b = -2: a small change of b does not change v3, so nothing is handed on." in text


def test_a_kink_is_pointed_out() -> None:
    text = (relu(leaf("a", 0.0)) + leaf("b")).explain()
    assert "relu(a) has a kink here, no derivative: the partial there is a convention." in text
    assert (
        "maximum(b, c) has a kink" not in text
    )  # b = c is on the way of the same kink, but only 1, 1 is a row's own


def test_what_receives_nothing_hands_nothing_on() -> None:
    text = relu(leaf("a") * leaf("b", -1.0)).explain()
    assert "∂L/∂v1 = 0: nothing reaches v1, so it has nothing to hand on." in text


def test_a_product_with_zero_is_no_flat_function() -> None:
    assert "small change" not in (leaf("a") * leaf("b", 0.0)).explain()


def test_the_topological_order_is_explained_where_a_node_waits() -> None:
    h = leaf("a") * 2.0
    text = (h * h).explain()
    assert "Only now is ∂L/∂v1 complete, and v1 may hand it on: hence the reverse topological order." in text


def test_a_remark_is_made_at_length_only_once() -> None:
    text = sum([leaf(name) * leaf(name, 3.0) for name in "abc"] + [x * x for x in map(leaf, "defg")]).explain()
    assert text.count("and the changes add up") == 1


def test_a_leaf_that_holds_a_gradient_is_pointed_out() -> None:
    a = leaf("a")
    loss = a * 2.0
    loss.backward()
    assert "a.grad = 2 already, and backward() adds to it: zero_grad() comes first" in " ".join(
        loss.explain().split()
    )


# ── what it leaves alone ──────────────────────────────────────────────────────────────────────────────────────


@every_format
def test_neither_data_nor_gradients_change(format: str) -> None:
    from autograd_tiny import topological_order

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


# ── formats ───────────────────────────────────────────────────────────────────────────────────────────────────


@every_format
def test_an_explanation_prints_as_it_is(format: str) -> None:
    explanation = loss_of().explain(format)
    assert isinstance(explanation, Explanation)
    assert repr(explanation) == str(explanation)


@every_format
def test_a_notebook_shows_markdown_and_html_where_that_was_asked_for(format: str) -> None:
    explanation = loss_of().explain(format)
    assert explanation._repr_markdown_() == loss_of().explain("markdown")
    assert explanation._repr_html_() == (explanation if format == "html" else None)


@pytest.mark.parametrize(
    ("format", "remedy"),
    [("Markdown", "did you mean 'markdown'"), ("pdf", "write one of 'text', 'markdown'"), (None, "write one of")],
)
def test_another_format_is_refused(format: str, remedy: str) -> None:
    with pytest.raises(FormatError, match=remedy) as caught:
        loss_of().explain(format)
    assert isinstance(caught.value, AutogradError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.format == format


def test_the_function_and_the_method_agree() -> None:
    assert explain(loss_of(), "latex") == loss_of().explain("latex")


def test_markdown_has_one_equation_a_line_and_a_break_only_at_its_end() -> None:
    text = loss_of().explain("markdown")
    assert "### Forward pass" in text
    assert r"\frac{\partial L}{\partial a} &\mathrel{+}= \frac{\partial L}{\partial v3}" not in text
    assert r"v_{1} &= a \cdot b = 2 \cdot \left(-3\right) = -6 \\" in text.splitlines()
    assert all(line.endswith("\\\\") for line in text.splitlines() if "\\\\" in line)


def test_latex_is_a_fragment_for_amsmath() -> None:
    text = loss_of().explain("latex")
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") > 3
    assert text.isascii()
    assert r"chain rule with $\operatorname{tanh}'$\par" in text


def test_html_needs_nothing_from_elsewhere() -> None:
    text = loss_of().explain("html")
    assert not re.search(r"<(script|link|img|iframe)|https?:|url\(", text)


HOSTILE = st.text(min_size=1, max_size=10) | st.text("\\&\n{}%$#_^~<>'\"`ab/| ", min_size=1, max_size=10)


@settings(max_examples=50, deadline=None)
@given(HOSTILE, HOSTILE)
def test_hostile_labels_stay_inside_the_mathematics(first: str, second: str) -> None:
    loss = loss_of(first, second)
    for formula in formulas_in(loss.explain("markdown")):
        check_latex(formula, displaystyle=True)
    latex = loss.explain("latex")
    for align in re.findall(r"\\begin\{align\*\}.*?\\end\{align\*\}", latex, flags=re.DOTALL):
        check_latex(align, displaystyle=True)
    words = re.sub(r"(?<!\\)\$.*?(?<!\\)\$|\\begin\{align\*\}.*?\\end\{align\*\}", "", latex, flags=re.DOTALL)
    assert re.fullmatch(r"(\\paragraph\{[\w ]+\}|\\par|[\w\n .,:;()'=-])*", words)


class Tags(HTMLParser):
    """What a browser sees: the tags, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert [name for name, _ in attrs if name not in {"style", "display"}] == []

    def handle_data(self, data: str) -> None:
        self.text += data


@settings(max_examples=50, deadline=None)
@given(HOSTILE, HOSTILE)
def test_hostile_labels_make_no_html(first: str, second: str) -> None:
    seen = Tags(loss_of(first, second).explain("html"))
    assert seen.tags == Tags(loss_of().explain("html")).tags


@settings(max_examples=50, deadline=None)
@given(HOSTILE, HOSTILE)
def test_hostile_labels_cannot_steer_a_terminal(first: str, second: str) -> None:
    assert loss_of(first, second).explain().replace("\n", "").isprintable()


# ── large graphs ──────────────────────────────────────────────────────────────────────────────────────────────


def chain(steps: int) -> Value:
    y = leaf("x", 0.5)
    for i in range(steps):
        y = tanh(y * leaf(f"w{i}", 0.9))
    return y


@every_format
def test_a_large_graph_is_summed_up_and_says_how_to_see_all(format: str) -> None:
    text = chain(1000).explain(format)
    assert "explain(full=True)" in text
    assert len(text.splitlines()) < 150


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
    from autograd_tiny import log

    root = sum([leaf(f"w{i}") for i in range(100)]) + 0.0 * log(leaf("broken", 0.0))
    lines = root.explain().splitlines()
    assert lines[lines.index("The largest gradients of leaves") + 1].split() == ["∂L/∂broken", "=", "nan"]


def test_all_of_a_large_graph_is_written_where_that_is_asked_for() -> None:
    text = chain(100).explain(full=True)
    assert text.count("product rule") == 100
    assert "explain(full=True)" not in text


def test_a_deep_graph_is_explained_without_recursion() -> None:
    assert chain(5000).explain(full=True).count("chain rule with tanh′") == 5000
