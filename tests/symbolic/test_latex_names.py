"""Labels in LaTeX."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from math_core import LatexToMathML

from autograd_tiny.symbolic.latex_names import escaped, latex_name

check = LatexToMathML(fancy_error=False).convert_with_local_state


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("a", "a"),
        ("w1", "w_{1}"),
        ("w_12", "w_{12}"),
        ("x_i", "x_{i}"),
        ("W_ih", r"W_{\mathrm{ih}}"),
        ("loss", r"\mathrm{loss}"),
        ("loss2", r"\mathrm{loss}_{2}"),
        ("loss_value", r"\mathrm{loss}_{\mathrm{value}}"),
        ("alpha", r"\alpha"),
        ("alpha2", r"\alpha_{2}"),
        ("λ", r"\lambda"),
        ("lambda", r"\lambda"),
        ("Omega", r"\Omega"),
        ("w[0]", "w_{0}"),
        ("w1[0][2]", "w_{1,0,2}"),
        ("layers[0].neurons[1].w[0]", r"\mathrm{layers}_{0}.\mathrm{neurons}_{1}.w_{0}"),
        ("…", r"\dots"),
        ("∂L/∂w1", r"\frac{\partial L}{\partial w_{1}}"),
        ("größe", r"\mathrm{gr\text{ö}\text{ß}e}"),
        ("é", r"\text{é}"),
        ("ϵ", r"\epsilon"),
        ("σ²", r"\mathrm{{\sigma}{{}^{2}}}"),
        ("x₁", r"\mathrm{x{{}_{1}}}"),
        ("₁2", "{{}_{1}}_{2}"),
        ("ℓ", r"\ell "),
        ("x→y", r"\mathrm{x\text{→}y}"),
    ],
)
def test_a_label_is_readable(label: str, latex: str) -> None:
    assert latex_name(label) == latex


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("a\\b", r"\mathrm{a{\backslash}b}"),
        ("{}", r"\mathrm{\lbrace \rbrace }"),
        ("$#%&_", r"\mathrm{\$\#\%\&\_}"),
        ("a~b^c", r"\mathrm{a{\sim}b{\wedge}c}"),
        ("a\nb\0", r"\mathrm{a{?}b{?}}"),
        (r"\url{x}", r"\mathrm{{\backslash}url\lbrace x\rbrace }"),
        ("a b", r"\mathrm{a\ b}"),
        ("a`b'\"", r"\mathrm{a{'}b{'}{''}}"),
        ("a<b", r"\mathrm{a{<}b}"),
        ("a.", r"\mathrm{a.}"),
        ("1", r"\mathrm{1}"),
    ],
)
def test_what_could_break_out_is_escaped(label: str, latex: str) -> None:
    assert latex_name(label) == latex


@given(st.text(max_size=20) | st.text("\\{}$#%&_^~ab\n\0 '\"`<>[]().,;:!?*+-=/|@\t", max_size=20))
@example(r"}\end{align*}")
@example("$$")
@example("a'^b")
@example("ℓé→²½™")
def test_a_parser_accepts_any_label_with_a_subscript_and_a_power_behind_it(label: str) -> None:
    for latex in (latex_name(label), escaped(label)):
        check(f"{{{latex}}}_{{1}}^{{2}} + {latex}", displaystyle=True)


@given(st.text("\\{}$#%&_^~ab\n\0 '\"`<>[]().", max_size=20))
def test_no_label_begins_an_html_tag_or_ends_mathematics(label: str) -> None:
    latex = latex_name(label)
    assert "\n" not in latex
    assert "`" not in latex
    assert "$" not in latex.replace(r"\$", "")
    assert "<a" not in latex
    assert "</" not in latex
