"""Numbers and labels as text, as Python source and as LaTeX."""

from __future__ import annotations

import ast
import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from math_core import LatexToMathML

from autograd_tiny.symbolic.notation import (
    QUOTED_NAME,
    format_number,
    latex_name,
    latex_number,
    latex_symbol,
    latex_text,
    quoted_name,
    source_name,
    source_number,
    text_name,
    title_name,
    unquoted_name,
)
from autograd_tiny.symbolic.symbol import Symbol

check = LatexToMathML(fancy_error=False).convert_with_local_state

# ── numbers ──


@pytest.mark.parametrize(
    ("number", "text"), [(2.0, "2"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (math.inf, "inf"), (math.nan, "nan")]
)
def test_numbers_have_five_digits(number: float, text: str) -> None:
    assert format_number(number) == text


@given(st.floats())
def test_source_number_round_trips(number: float) -> None:
    assert repr(eval(source_number(number))) == repr(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.5, "0.5"),
        (-0.0, "0"),
        (1e6, "10^{6}"),
        (-1e-7, "-10^{-7}"),
        (1.25e300, r"1.25 \times 10^{300}"),
        (math.inf, r"\infty"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\mathrm{nan}"),
    ],
)
def test_latex_number_has_powers_of_ten(number: float, text: str) -> None:
    assert latex_number(number) == text


# ── names in source ──


@pytest.mark.parametrize("label", ["a", "w1", "_x", "layers[0].neurons[1].w[0]", "Loss"])
def test_names_and_elements_are_source(label: str) -> None:
    assert source_name(label) == label


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("lambda", "lambda_"),
        ("exp", "exp_"),
        ("exp_", "exp__"),
        ("softmax", "softmax_"),
        ("int", "int_"),
        ("None", "None_"),
        ("p.lambda", "p.lambda_"),
    ],
)
def test_reserved_words_get_an_underscore(label: str, name: str) -> None:
    assert source_name(label) == name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("a b", "a_x20_b"),
        ("1st", "_x31_st"),
        ("α", "_x3b1_"),
        ("f(x)", "f_x28_x_x29_"),
        ("a_x20_b", "a_x5f_x20_x5f_b"),
        ("", ""),
    ],
)
def test_other_characters_become_codes(label: str, name: str) -> None:
    assert source_name(label) == name


@given(st.text(min_size=1) | st.text("_x20 ab[1].", min_size=1))
def test_any_label_is_a_valid_name(label: str) -> None:
    tree = ast.parse(source_name(label), mode="eval").body
    assert all(
        isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Constant | ast.Load)
        for node in ast.walk(tree)
    )


@given(st.text("_x2 \n", min_size=1, max_size=6), st.text("_x2 \n", min_size=1, max_size=6))
def test_different_labels_are_different_source(first: str, second: str) -> None:
    assert (source_name(first) == source_name(second)) is (first == second)


@pytest.mark.parametrize(
    ("label", "text"), [("a b", '"a b"'), ("a\nb\x00\x1b[1m", '"a\\nb\\x00\\x1b[1m"'), ("∂L/∂a", '"∂L/∂a"')]
)
def test_text_is_one_printable_line(label: str, text: str) -> None:
    assert Symbol(label).text() == text


# ── names in LaTeX ──


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
        ("größe", r"\mathrm{gr\text{ö}\text{ß}e}"),
        ("é", r"\text{é}"),
        ("ϵ", r"\epsilon"),
        ("x₁", "x_{1}"),
        ("₁2", "{{}_{1}}_{2}"),
        ("ℓ", r"\ell "),
    ],
)
def test_latex_names_are_readable(label: str, latex: str) -> None:
    assert latex_name(label) == latex_symbol(label) == latex


@pytest.mark.parametrize(
    ("symbol", "latex"),
    [
        ("…", r"\dots"),
        ("∂L/∂w1", r"\frac{\partial L}{\partial w_{1}}"),
        ("σ²", r"\mathrm{{\sigma}{{}^{2}}}"),
        ("x→y", r"\mathrm{x\text{→}y}"),
    ],
)
def test_latex_symbols_are_readable_and_quoted_as_names(symbol: str, latex: str) -> None:
    assert latex_symbol(symbol) == latex
    assert latex_name(symbol) == rf"{{\text{{“}}{latex}\text{{”}}}}"


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
def test_latex_escapes_special_characters(label: str, latex: str) -> None:
    assert latex_symbol(label) == latex
    assert latex_name(label) == rf"{{\text{{“}}{latex}\text{{”}}}}"


PLAIN = [
    *("w", "w1", "w_1", "p₁", "λ", "lambda", "Δx", "ŷ", "größe", "_x", "L", "e", "loss", "self.b"),
    *(
        "layers[0].neurons[1].w[2]",
        "W[0,1]",
        "W[0, 1]",
        "p['bias']",
        "heads['left.eye'].w",
        "…w[0]",
        "layers[0]….w[3]",
        "very…longname",
    ),
]
NOT_PLAIN = [
    *(
        "x + y",
        "x+y",
        "m - n",
        "-x",
        "f(x)",
        "a,b",
        "a, b",
        "hidden layer",
        " ",
        " a",
        "w #1",
        "h'",
        "h′′",
        "a=b",
        "a:b",
        "{x}",
    ),
    *(
        "a[",
        "a.",
        "7",
        "-7",
        "1e5",
        "2x",
        ".5",
        "½",
        "x²",
        "Ⅻ",
        "inf",
        "nan",
        "pi",
        "π",
        "tanh",
        "softmax",
        "and",
        "if",
    ),
    *(
        "∂L/∂x",
        "…",
        "x…",
        "w[i]",
        "w[-1]",
        "p['a b']",
        "a'b",
        "h'",
        "h′′",
        "a.grad",
        "m.w.value",
        "\U0001f4a3",
        "net.py:2",
        "\\",
        '"',
    ),
]


@pytest.mark.parametrize("label", PLAIN)
def test_plain_name_has_no_quotes(label: str) -> None:
    assert text_name(label) == title_name(label) == label


@pytest.mark.parametrize("label", NOT_PLAIN)
def test_label_that_can_be_misread_has_quotes(label: str) -> None:
    assert text_name(label) == quoted_name(label)
    assert title_name(label) == (label if label == "hidden layer" else quoted_name(label))


@given(st.text(min_size=1) | st.text('\\\\"a', min_size=1))
@example("\\")
@example('\\"')
@example('a\\\\"\\')
def test_quoted_name_is_read_back(label: str) -> None:
    assert re.fullmatch(QUOTED_NAME, quoted_name(label), re.DOTALL)
    assert unquoted_name(quoted_name(label)[1:-1]) == label


@given(st.text('\\\\"a +', max_size=9), st.text('\\\\"a +', max_size=9))
def test_quoted_name_ends_where_it_ends(label: str, rest: str) -> None:
    found = re.match(QUOTED_NAME, f"{quoted_name(f'{label} ')} {rest}", re.DOTALL)
    assert found is not None
    assert unquoted_name(found.group()[1:-1]) == f"{label} "


@given(st.text(max_size=20) | st.text("\\{}$#%&_^~ab\n\0 '\"`<>[]().,;:!?*+-=/|@\t", max_size=20))
@example(r"}\end{align*}")
@example("$$")
@example("a'^b")
@example("ℓé→²½™")
def test_any_latex_name_parses_with_scripts(label: str) -> None:
    for latex in (latex_name(label), latex_text(label)):
        check(f"{{{latex}}}_{{1}}^{{2}} + {latex}", displaystyle=True)


@given(st.text("\\{}$#%&_^~ab\n\0 '\"`<>[]().", max_size=20))
def test_latex_name_is_safe_in_html_and_math(label: str) -> None:
    latex = latex_name(label)
    assert "\n" not in latex
    assert "`" not in latex
    assert "$" not in latex.replace(r"\$", "")
    assert "<a" not in latex
    assert "</" not in latex
