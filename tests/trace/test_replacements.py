"""The formula that is told in place of one that overflows is finite, and equal to it at other numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

import autograd_tiny as at
from autograd_tiny import Value

CASES: list[tuple[Callable[..., Value], Sequence[float], str]] = [
    (lambda x: x.exp().log(), [800.0], "Take x for L: it is 800 here, with finite slopes."),
    (lambda x: x.exp().log(), [-800.0], "Take x for L: it is -800 here"),
    (lambda x: (1.0 + x.exp()).log(), [800.0], "Take softplus(x, 1) for L: it is 800 here"),
    (lambda x, y: (x.exp() + y.exp()).log(), [800.0, 3.0], "Take logsumexp([x, y]) for L: it is 800 here"),
    (
        lambda x, y: at.sum([x.exp(), y.exp()]).log(),
        [-800.0, -900.0],
        "Take logsumexp([x, y]) for L: it is -800 here",
    ),
    (lambda x, y: (e := x.exp()) / (e + y.exp()), [800.0, 3.0], "Take softmax([x, y])[0] for L: it is 1 here"),
    (lambda x: 1.0 / (1.0 + (-x).exp()), [-800.0], "Take sigmoid(x) for L: it is 0 here"),
    (lambda x: 1.0 / (1.0 + x.exp()), [800.0], "Take sigmoid(-x) for L: it is 0 here"),
    (lambda x: (e := x.exp()) / (1.0 + e), [800.0], "Take sigmoid(x) for L: it is 1 here"),
    (lambda x: at.sigmoid(x).log(), [-800.0], "Take log_sigmoid(x) for L: it is -800 here"),
    (lambda x: (1.0 - at.sigmoid(x)).log(), [800.0], "Take log_sigmoid(-x) for L: it is -800 here"),
    (lambda x, y: at.softmax([x, y])[0].log(), [-800.0, 3.0], "Take log_softmax([x, y])[0] for L: it is -803 here"),
    (lambda x, y: (x * y).log(), [1e-200, 1e-200], "Take log(x) + log(y) for L: it is -921.03 here"),
    (lambda x: at.gamma(x).log(), [200.0], "Take lgamma(x) for L: it is 857.93 here"),
    (lambda x, y: (x**2 + y * y).sqrt(), [1e200, 1.0], "Take norm([x, y]) for L: it is 1e+200 here"),
    (lambda x, y: (x**2 + at.square(y)) ** 0.5, [0.0, 0.0], "Take norm([x, y]) for L: it is 0 here"),
    (lambda x: at.where(x > 0.0, x.log(), 0.0), [0.0], ""),
    (lambda x: x.exp(), [800.0], "Take logsumexp for the logarithm of a sum of exponentials"),
    (lambda x, y: (x * y).log(), [0.0, 1.0], ""),
    (lambda x, y: (x.exp() + y).log(), [800.0, 1.0], ""),
    (lambda x, y: x.exp() / (2.0 + y.exp()), [800.0, 1.0], ""),
    (lambda x, y: x.exp() / (1.0 + y.exp()), [800.0, 1.0], ""),
    (lambda x, y: (y - at.sigmoid(x)).log(), [800.0, 1.0], ""),
    (lambda x, y: x.cos() / (1.0 + y.exp()) * x.exp(), [800.0, 1.0], ""),
    (lambda x: (x**2 + 1e200).sqrt(), [1e200], ""),
    (lambda x: at.sum([(x * k).exp() for k in range(1, 12)]).log(), [800.0], "for L: it is 8800 here"),
]


@pytest.mark.parametrize(("function", "numbers", "said"), CASES)
def test_formula_that_is_finite_is_told(function: Callable[..., Value], numbers: Sequence[float], said: str) -> None:
    leaves = [Value(number, label=name) for number, name in zip(numbers, "xy", strict=False)]
    text = repr(function(*leaves).trace().anomalies())
    assert said in text
    if not said:
        assert " for L: " not in text
    elif said.startswith("Take logsumexp for"):
        assert "keep the exponent small." in text


@pytest.mark.parametrize(
    ("branch", "said"),
    [
        (lambda x: x.sqrt(), "sqrt(where(condition, x, 1))."),
        (lambda x: x.log(), "log(where(condition, x, 1))."),
        (lambda x: 1.0 / x, "1 / where(condition, x, 1)."),
    ],
)
def test_inner_where_is_written_out(branch: Callable[[Value], Value], said: str) -> None:
    x = Value(0.0, label="x")
    text = repr(at.where(x > 0.0, branch(x), 0.0).trace().anomalies())
    assert f"An example, with the condition of that where: {said}" in text
