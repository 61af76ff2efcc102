"""Solutions as text, Markdown, LaTeX and HTML: their form, and labels that try to break out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from math_core import LatexToMathML

from autograd_tiny import Value, dot, relu, tanh

check_latex = LatexToMathML(fancy_error=False).convert_with_local_state


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


def test_markdown_has_one_equation_a_line() -> None:
    text = loss_of().explain("markdown")
    assert "### Forward pass" in text
    assert r"\frac{\partial L}{\partial a} &\mathrel{+}= \frac{\partial L}{\partial v3}" not in text
    assert r"v_{1} &= a \cdot b = 2 \cdot \left(-3\right) = -6 \\" in text.splitlines()
    assert all(line.endswith("\\\\") for line in text.splitlines() if "\\\\" in line)


def test_latex_is_a_fragment_for_amsmath() -> None:
    text = loss_of().explain("latex")
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") > 3
    assert text.isascii()
    assert r"chain rule with $\operatorname{tanh}' = \operatorname{sech}" in text


def test_html_is_self_contained() -> None:
    text = loss_of().explain("html")
    assert not re.search(r"<(script|link|img|iframe)|https?:|url\(", text)


HOSTILE = st.text(min_size=1, max_size=10) | st.text("\\&\n{}%$#_^~<>'\"`ab/| ", min_size=1, max_size=10)


@settings(max_examples=50, deadline=None)
@given(HOSTILE, HOSTILE)
@pytest.mark.no_cover  # other tests cover what it renders
def test_hostile_labels_stay_in_mathematics(first: str, second: str) -> None:
    loss = loss_of(first, second)
    for formula in formulas_in(loss.explain("markdown")):
        check_latex(formula, displaystyle=True)
    latex = loss.explain("latex")
    for align in re.findall(r"\\begin\{align\*\}.*?\\end\{align\*\}", latex, flags=re.DOTALL):
        check_latex(align, displaystyle=True)
    words = re.sub(r"(?<!\\)\$.*?(?<!\\)\$|\\begin\{align\*\}.*?\\end\{align\*\}", "", latex, flags=re.DOTALL)
    assert re.fullmatch(r"(\\paragraph\{[\w ]+\}|\\par|[\w\n .,:;()'=-])*", words)


class Tags(HTMLParser):
    """The tags of a document, and the text between them, as a browser sees them."""

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
@pytest.mark.no_cover  # other tests cover what it renders
def test_hostile_labels_make_no_html(first: str, second: str) -> None:
    seen = Tags(loss_of(first, second).explain("html"))
    assert seen.tags == Tags(loss_of().explain("html")).tags


@settings(max_examples=50, deadline=None)
@given(HOSTILE, HOSTILE)
@pytest.mark.no_cover  # other tests cover what it renders
def test_hostile_labels_cannot_control_a_terminal(first: str, second: str) -> None:
    assert loss_of(first, second).explain().replace("\n", "").isprintable()


def test_wide_equation_widens_no_other() -> None:
    a = leaf("a")
    lines = (dot([leaf(f"a_long_label[{i}]") for i in range(3)], [a, a, a]) * 2.0 + a).explain().splitlines()
    assert "    v2 = v1 * 2 = 12 * 2 = 24" in lines
    assert "    L  = v2 + a = 24 + 2 = 26" in lines


def test_latex_words_escape_underscores() -> None:
    loss = leaf("a") * 2.0
    loss.backward()
    assert r"Call zero\_grad() to begin at 0." in loss.explain("latex")
    assert "Call zero_grad() to begin at 0." in loss.explain("markdown")
