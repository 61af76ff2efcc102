"""Optimizers: agreement with PyTorch and with their formulas in NumPy; gradient clipping."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd_tiny import AutogradError, LengthError, Value
from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    ArgumentError,
    ArgumentTypeError,
    Optimizer,
    RMSprop,
    clip_gradient_norm,
    clip_gradient_value,
)
from tests.data import stored

TORCH = stored("torch-nn")

Slope = Callable[[np.ndarray], np.ndarray]
ALL = [SGD, RMSprop, Adam, AdamW]


def slope(p: np.ndarray) -> np.ndarray:
    """The gradient of Σ curvature·p²/2 + sin(p), as in the file of PyTorch's numbers."""
    return np.array(TORCH["curvature"]) * p + np.cos(p)


def trajectory(make: Callable[[list[Value]], Optimizer], steps: int = 6) -> np.ndarray:
    parameters = [Value(number) for number in TORCH["start"]]
    optimizer, path = make(parameters), []
    for _ in range(steps):
        optimizer.zero_grad()
        for parameter, gradient in zip(parameters, slope(np.array([p.data for p in parameters])), strict=True):
            parameter.grad += float(gradient)
        optimizer.step()
        path.append([parameter.data for parameter in parameters])
    return np.array(path)


# ── agreement with PyTorch ──


@pytest.mark.parametrize("record", TORCH["optimizers"], ids=lambda r: f"{r['optimizer']}-{r['settings']}")
def test_steps_match_torch(record: dict[str, Any]) -> None:
    path = trajectory(lambda parameters: getattr(nn, record["optimizer"])(parameters, **record["settings"]))
    assert path == pytest.approx(np.array(record["parameters"]), rel=1e-12)


# ── formulas in NumPy ──


def sgd(p: np.ndarray, *, lr: float, momentum: float, nesterov: bool, weight_decay: float) -> np.ndarray:
    velocity, path = np.zeros_like(p), []
    for _ in range(6):
        gradient = slope(p) + weight_decay * p
        velocity = momentum * velocity + gradient
        p = p - lr * (gradient + momentum * velocity if nesterov else velocity)
        path.append(p)
    return np.array(path)


def adam(p: np.ndarray, *, lr: float, betas: tuple[float, float], decay: float, decoupled: bool) -> np.ndarray:
    gradients, path = [], []
    for t in range(1, 7):
        gradients.append(slope(p) + (0.0 if decoupled else decay * p))
        ages = np.arange(t - 1, -1, -1)[:, None]
        mean, square = (
            ((beta**ages) * np.array(gradients) ** power).sum(axis=0) / (beta**ages).sum()
            for beta, power in zip(betas, (1, 2), strict=True)
        )
        p = p * (1.0 - (lr * decay if decoupled else 0.0)) - lr * mean / (np.sqrt(square) + 1e-8)
        path.append(p)
    return np.array(path)


small, fraction = st.floats(0.001, 0.1), st.floats(0.1, 0.95)


@given(lr=small, momentum=fraction, nesterov=st.booleans(), weight_decay=small)
def test_sgd_matches_its_formula(lr: float, momentum: float, nesterov: bool, weight_decay: float) -> None:
    settings = {"momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay}
    path = trajectory(lambda parameters: SGD(parameters, lr, **settings))
    assert path == pytest.approx(sgd(np.array(TORCH["start"]), lr=lr, **settings), rel=1e-9)


@given(lr=small, betas=st.tuples(fraction, fraction), decay=small, decoupled=st.booleans())
def test_adam_is_weighted_mean_of_gradients(
    lr: float, betas: tuple[float, float], decay: float, decoupled: bool
) -> None:
    kind = AdamW if decoupled else Adam
    path = trajectory(lambda parameters: kind(parameters, lr, betas=betas, weight_decay=decay))
    expected = adam(np.array(TORCH["start"]), lr=lr, betas=betas, decay=decay, decoupled=decoupled)
    assert path == pytest.approx(expected, rel=1e-7, abs=1e-9)


def test_plain_sgd_is_the_manual_loop() -> None:
    p, q = Value(3.0), Value(3.0)
    optimizer = SGD([p], lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        (p * p).backward()
        optimizer.step()
        q.grad = 0.0
        (q * q).backward()
        q.data -= 0.1 * q.grad
    assert p.data == q.data


# ── all optimizers ──


@pytest.mark.parametrize("kind", ALL)
def test_optimizer_finds_the_minimum(kind: Any) -> None:
    parameters = [Value(1.0), Value(-2.0)]
    optimizer = kind(parameters, lr=0.05)
    for _ in range(400):
        optimizer.zero_grad()
        sum(p * p for p in parameters).backward()
        optimizer.step()
    assert [p.data for p in parameters] == pytest.approx([0.0, 0.0], abs=0.1)


@pytest.mark.parametrize("kind", ALL)
def test_zero_grad_clears_gradients(kind: Any) -> None:
    parameter = Value(1.0)
    optimizer = kind([parameter])
    parameter.grad = 5.0
    optimizer.zero_grad()
    assert parameter.grad == 0.0


@pytest.mark.parametrize("kind", ALL)
def test_zero_rate_changes_nothing(kind: Any) -> None:
    parameter = Value(1.0)
    optimizer = kind([parameter])
    parameter.grad, optimizer.lr = 5.0, 0.0
    optimizer.step()
    assert parameter.data == 1.0


def test_new_rate_applies_to_next_step() -> None:
    parameter = Value(0.0)
    optimizer = SGD([parameter], lr=1.0)
    for rate in (1.0, 10.0):
        optimizer.lr, parameter.grad = rate, 1.0
        optimizer.step()
    assert parameter.data == -11.0


def test_repeated_parameter_is_updated_once() -> None:
    parameter = Value(0.0)
    parameter.grad = 1.0
    SGD([parameter, parameter], lr=1.0).step()
    assert parameter.data == -1.0


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (SGD([Value(1.0)], 0.1), "SGD(lr=0.1, momentum=0.0, nesterov=False, weight_decay=0.0) of 1 parameter"),
        (
            AdamW([Value(1.0), Value(2.0)]),
            "AdamW(lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01) of 2 parameters",
        ),
    ],
)
def test_repr_is_call_and_parameter_count(optimizer: Optimizer, expected: str) -> None:
    assert repr(optimizer) == expected


def test_repr_of_user_optimizer_shows_settings() -> None:
    class Noisy(Optimizer):
        def __init__(self, parameters: Any, lr: float, noise: float, seed: int) -> None:
            super().__init__(parameters, lr)
            self.noise = noise

        def step(self) -> None: ...

    optimizer = Noisy([Value(1.0)], 0.1, 0.5, seed=0)
    optimizer.lr = 0.2
    assert repr(optimizer) == "Noisy(lr=0.2, noise=0.5) of 1 parameter"


def test_parameters_may_be_an_iterator() -> None:
    assert len(SGD(iter(MLP(2, [3, 1]).parameters())).parameters) == 13


def test_user_optimizer_implements_step() -> None:
    class SignDescent(Optimizer):
        def step(self) -> None:
            for p in self.parameters:
                p.data -= self.lr * math.copysign(1.0, p.grad)

    parameter = Value(1.0)
    parameter.grad = 100.0
    SignDescent([parameter], lr=0.25).step()
    assert parameter.data == 0.75


def test_base_class_is_abstract() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Optimizer([Value(1.0)], 0.1)  # type: ignore[abstract]


# ── invalid arguments ──


@pytest.mark.parametrize("kind", ALL)
def test_no_parameters_are_refused(kind: Any) -> None:
    with pytest.raises(LengthError, match=f"{kind.__name__} got parameters of length 0"):
        kind([])


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("parameters", [MLP(2, [1]), MLP(2, [1]).parameters, 1.0])
def test_module_is_refused(kind: Any, parameters: Any) -> None:
    message = f"{kind.__name__} got parameters of type .*; it takes a list of Values, such as model.parameters()"
    with pytest.raises(ArgumentTypeError, match=message):
        kind(parameters)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("parameters", [[1.0], ["w"], [[Value(1.0)]], [Value(1.0) * 2.0]])
def test_inner_nodes_are_refused(kind: Any, parameters: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=f"{kind.__name__} got parameters of type .*; it takes leaves"):
        kind(parameters)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("setting", ["lr", "weight_decay"])
@pytest.mark.parametrize("number", [-0.1, math.nan, math.inf])
def test_negative_or_infinite_setting_is_refused(kind: Any, setting: str, number: float) -> None:
    with pytest.raises(ArgumentError, match=f"{kind.__name__} got {setting}="):
        kind([Value(1.0)], **{setting: number})


@pytest.mark.parametrize("kind", ALL)
def test_non_numeric_rate_is_refused(kind: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=f"{kind.__name__} got lr of type 'str'; it takes a real number"):
        kind([Value(1.0)], lr="a")


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (SGD, {"momentum": -1.0}),
        (RMSprop, {"momentum": -1.0}),
        (RMSprop, {"alpha": 1.0}),
        (RMSprop, {"eps": -1.0}),
        (Adam, {"eps": -1.0}),
        (Adam, {"betas": (1.0, 0.9)}),
        (AdamW, {"betas": (0.9, 1.0)}),
        (Adam, {"betas": (-0.1, 0.9)}),
    ],
)
def test_setting_outside_its_range_is_refused(kind: Any, settings: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=f"{kind.__name__} got {next(iter(settings))}="):
        kind([Value(1.0)], **settings)


@pytest.mark.parametrize("kind", [Adam, AdamW])
@pytest.mark.parametrize("betas", [0.9, (0.9,), (0.9, 0.99, 0.999), "ab"])
def test_betas_must_be_a_pair(kind: Any, betas: Any) -> None:
    message = rf"{kind.__name__} got betas of type .*; it takes a pair such as \(0.9, 0.999\)"
    with pytest.raises(ArgumentTypeError, match=message):
        kind([Value(1.0)], betas=betas)


@pytest.mark.parametrize("rate", [-5, math.nan, "x"])
def test_invalid_new_rate_keeps_the_old(rate: Any) -> None:
    optimizer = SGD([Value(1.0)], 0.1)
    with pytest.raises(AutogradError, match="SGD got lr"):
        optimizer.lr = rate
    assert optimizer.lr == 0.1


def test_nesterov_needs_momentum() -> None:
    with pytest.raises(ArgumentError, match="SGD got nesterov=True; it takes True only with momentum above 0"):
        SGD([Value(1.0)], nesterov=True)


# ── gradient clipping ──


def with_gradients(*gradients: float) -> list[Value]:
    parameters = [Value(0.0) for _ in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    return parameters


@pytest.mark.parametrize("record", TORCH["clipping"], ids=lambda record: str(record["gradient"]))
def test_clipped_norm_matches_torch(record: dict[str, Any]) -> None:
    parameters = with_gradients(*record["gradient"])
    assert clip_gradient_norm(parameters, record["max_norm"]) == pytest.approx(record["norm"])
    assert [parameter.grad for parameter in parameters] == pytest.approx(record["clipped"])


def test_small_gradients_are_not_clipped() -> None:
    parameters = with_gradients(0.3, 0.4)
    clip_gradient_norm(parameters, 1.0)
    assert [parameter.grad for parameter in parameters] == [0.3, 0.4]


def test_clipping_does_not_overflow() -> None:
    parameters = with_gradients(3e200, 4e200)
    assert clip_gradient_norm(parameters, 1.0) == pytest.approx(5e200)
    assert [parameter.grad for parameter in parameters] == pytest.approx([0.6, 0.8])


def test_clipping_takes_an_iterator() -> None:
    parameters = with_gradients(3.0, 4.0)
    assert clip_gradient_norm(iter(parameters), 1.0) == 5.0
    assert parameters[0].grad == pytest.approx(0.6)


def test_clip_value_limits_each_gradient() -> None:
    parameters = with_gradients(-3.0, 0.5, 2.0)
    clip_gradient_value(parameters, 1.0)
    assert [parameter.grad for parameter in parameters] == [-1.0, 0.5, 1.0]


def test_clip_value_keeps_nan() -> None:
    (parameter,) = with_gradients(math.nan)
    clip_gradient_value([parameter], 1.0)
    assert math.isnan(parameter.grad)


@pytest.mark.parametrize("limit", [-1.0, math.nan, math.inf])
def test_invalid_clipping_limit_is_refused(limit: float) -> None:
    parameters = MLP(1, [1], seed=0).parameters()
    with pytest.raises(ArgumentError, match="clip_gradient_norm got max_norm="):
        clip_gradient_norm(parameters, limit)
    with pytest.raises(ArgumentError, match="clip_gradient_value got max_value="):
        clip_gradient_value(parameters, limit)


@pytest.mark.parametrize("clip", [clip_gradient_norm, clip_gradient_value])
def test_clipping_refuses_module_and_no_parameters(clip: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=f"{clip.__name__} got parameters of type 'MLP'; .* model.parameters"):
        clip(MLP(1, [1]), 1.0)
    with pytest.raises(LengthError, match=f"{clip.__name__} got parameters of length 0"):
        clip([], 1.0)
