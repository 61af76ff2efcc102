"""`loss.explain()`: its formats, and what it leaves alone."""

from __future__ import annotations

import pytest

from autograd_tiny import Value, relu, tanh, topological_order
from autograd_tiny.errors import AutogradError, StaleDataError
from autograd_tiny.explanation import FORMATS, Explanation, FormatError, explain

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


@every_format
def test_a_large_graph_is_summed_up_and_says_how_to_see_all(format: str) -> None:
    text = chain(1000).explain(format)
    assert "explain(full=True)" in text
    assert len(text.splitlines()) < 150
