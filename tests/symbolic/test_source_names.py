"""Labels in text and source."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny.symbolic.source_names import source_name
from autograd_tiny.symbolic.symbol import Symbol


@pytest.mark.parametrize("label", ["a", "w1", "_x", "layers[0].neurons[1].w[0]", "Loss"])
def test_a_name_or_a_place_is_source_as_it_is(label: str) -> None:
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
def test_a_word_that_source_needs_gets_a_line_behind_it(label: str, name: str) -> None:
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
def test_what_no_name_may_contain_is_written_as_its_code(label: str, name: str) -> None:
    assert source_name(label) == name


@given(st.text(min_size=1) | st.text("_x20 ab[1].", min_size=1))
def test_any_label_is_a_name_or_a_place(label: str) -> None:
    tree = ast.parse(source_name(label), mode="eval").body
    assert all(
        isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Constant | ast.Load)
        for node in ast.walk(tree)
    )


@given(st.text("_x2 \n", min_size=1, max_size=6), st.text("_x2 \n", min_size=1, max_size=6))
def test_different_labels_are_different_source(first: str, second: str) -> None:
    assert (source_name(first) == source_name(second)) is (first == second)


@pytest.mark.parametrize(
    ("label", "text"), [("a b", "a b"), ("a\nb\x00\x1b[1m", "a\\nb\\x00\\x1b[1m"), ("∂L/∂a", "∂L/∂a")]
)
def test_text_is_one_line_that_cannot_steer_a_terminal(label: str, text: str) -> None:
    assert Symbol(label).text() == text
