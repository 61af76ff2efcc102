"""Gradient clipping, against PyTorch's."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from autograd_tiny import LengthError, Value
from nn import MLP, ArgumentError, ArgumentTypeError, clip_gradient_norm, clip_gradient_value

TORCH = json.loads((Path(__file__).parents[1] / "data" / "torch-nn.json").read_text(encoding="utf-8"))


def with_gradients(*gradients: float) -> list[Value]:
    parameters = [Value(0.0) for _ in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    return parameters


@pytest.mark.parametrize("record", TORCH["clipping"], ids=lambda record: str(record["gradient"]))
def test_the_norm_is_clipped_as_torch_clips_it(record: dict[str, Any]) -> None:
    parameters = with_gradients(*record["gradient"])
    assert clip_gradient_norm(parameters, record["max_norm"]) == pytest.approx(record["norm"])
    assert [parameter.grad for parameter in parameters] == pytest.approx(record["clipped"])


def test_a_small_gradient_is_left_as_it_is() -> None:
    parameters = with_gradients(0.3, 0.4)
    clip_gradient_norm(parameters, 1.0)
    assert [parameter.grad for parameter in parameters] == [0.3, 0.4]


def test_a_norm_that_would_overflow_when_squared_is_right() -> None:
    parameters = with_gradients(3e200, 4e200)
    assert clip_gradient_norm(parameters, 1.0) == pytest.approx(5e200)
    assert [parameter.grad for parameter in parameters] == pytest.approx([0.6, 0.8])


def test_parameters_may_come_as_an_iterator() -> None:
    parameters = with_gradients(3.0, 4.0)
    assert clip_gradient_norm(iter(parameters), 1.0) == 5.0
    assert parameters[0].grad == pytest.approx(0.6)


def test_each_gradient_is_cut_to_the_interval() -> None:
    parameters = with_gradients(-3.0, 0.5, 2.0)
    clip_gradient_value(parameters, 1.0)
    assert [parameter.grad for parameter in parameters] == [-1.0, 0.5, 1.0]


def test_a_gradient_that_is_not_a_number_is_not_hidden() -> None:
    (parameter,) = with_gradients(math.nan)
    clip_gradient_value([parameter], 1.0)
    assert math.isnan(parameter.grad)


@pytest.mark.parametrize("limit", [-1.0, math.nan, math.inf])
def test_a_limit_that_is_no_finite_positive_number_is_refused(limit: float) -> None:
    parameters = MLP(1, [1], seed=0).parameters()
    with pytest.raises(ArgumentError, match="clip_gradient_norm got max_norm="):
        clip_gradient_norm(parameters, limit)
    with pytest.raises(ArgumentError, match="clip_gradient_value got max_value="):
        clip_gradient_value(parameters, limit)


@pytest.mark.parametrize("clip", [clip_gradient_norm, clip_gradient_value])
def test_a_module_instead_of_its_parameters_is_refused_and_so_is_nothing(clip: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=f"{clip.__name__} got parameters of type 'MLP'; .* model.parameters"):
        clip(MLP(1, [1]), 1.0)
    with pytest.raises(LengthError, match=f"{clip.__name__} got parameters of length 0"):
        clip([], 1.0)
