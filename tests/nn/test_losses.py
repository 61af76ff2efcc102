"""Losses: agreement with PyTorch, extreme inputs, invalid inputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import AutogradError, LengthError, Value
from nn import MLP, ArgumentError, ArgumentTypeError, UnknownNameError, losses
from nn.losses import LOSSES
from tests.data import stored

TORCH = stored("torch-nn")

numbers = st.floats(-50.0, 50.0)
of_numbers = [
    "squared_error",
    "half_squared_error",
    "absolute_error",
    "huber",
    "hinge",
    "binary_cross_entropy_with_logits",
]


def values(thing: Any) -> Any:
    return [values(element) for element in thing] if isinstance(thing, list) else Value(thing)


def gradients(thing: Any) -> Any:
    return [gradients(element) for element in thing] if isinstance(thing, list) else thing.grad


# ── agreement with PyTorch ──


@pytest.mark.parametrize("record", TORCH["losses"], ids=lambda record: record["loss"])
def test_loss_matches_torch(record: dict[str, Any]) -> None:
    prediction = values(record["prediction"])
    loss = LOSSES[record["loss"]](prediction, record["target"], **record["settings"])
    loss.backward()
    assert loss.data == pytest.approx(record["value"], rel=1e-12)
    assert np.array(gradients(prediction)) == pytest.approx(np.array(record["gradient"]), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("record", TORCH["losses"], ids=lambda record: record["loss"])
def test_loss_of_numbers_is_a_number(record: dict[str, Any]) -> None:
    loss = LOSSES[record["loss"]](record["prediction"], record["target"], **record["settings"])
    assert type(loss) is float
    assert loss == pytest.approx(record["value"], rel=1e-12)


@pytest.mark.parametrize("record", TORCH["losses"], ids=lambda record: record["loss"])
def test_loss_takes_arrays(record: dict[str, Any]) -> None:
    prediction, target = np.array(record["prediction"]), np.array(record["target"])
    assert LOSSES[record["loss"]](prediction, target, **record["settings"]) == pytest.approx(record["value"])


# ── formulas ──


@given(p=numbers, t=numbers)
def test_half_squared_error_has_derivative_of_error(p: float, t: float) -> None:
    prediction = Value(p)
    loss = losses.half_squared_error(prediction, t)
    loss.backward()
    assert loss.data == losses.squared_error(p, t) / 2
    assert prediction.grad == pytest.approx(p - t)


@given(error=numbers, delta=st.floats(0.1, 10.0))
def test_huber_is_quadratic_then_linear(error: float, delta: float) -> None:
    size = abs(error)
    expected = 0.5 * error**2 if size <= delta else delta * (size - 0.5 * delta)
    assert losses.huber(error, 0.0, delta=delta) == pytest.approx(expected)


@pytest.mark.parametrize("error", [-1.0, 1.0, 0.0])
def test_huber_is_smooth_at_delta(error: float) -> None:
    prediction = Value(error)
    losses.huber(prediction, 0.0).backward()
    assert prediction.grad == error


@pytest.mark.parametrize(
    ("score", "target", "loss", "slope"),
    [(0.25, 1, 0.75, -1.0), (0.25, -1, 1.25, 1.0), (2.0, 1, 0.0, 0.0), (1.0, 1.0, 0.0, 0.0)],
)
def test_hinge_has_a_margin_of_one(score: float, target: float, loss: float, slope: float) -> None:
    prediction = Value(score)
    result = losses.hinge(prediction, target)
    result.backward()
    assert (result.data, prediction.grad) == (loss, slope)


@given(
    p=st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3), q=st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3)
)
def test_divergence_is_positive_between_different_distributions(p: list[float], q: list[float]) -> None:
    p, q = [x / sum(p) for x in p], [x / sum(q) for x in q]
    assert losses.kl_divergence(p, p) == 0.0
    assert losses.kl_divergence(p, q) == pytest.approx(
        sum(t * math.log(t / x) for x, t in zip(p, q, strict=True)), abs=1e-12
    )
    assert losses.kl_divergence(p, q) >= -1e-12


def test_divergence_ignores_zero_probabilities() -> None:
    assert losses.kl_divergence([0.5, 0.5, 0.0], [1.0, 0.0, 0.0]) == pytest.approx(math.log(2.0))
    assert losses.kl_divergence([0.0, 1.0], [1.0, 0.0]) == math.inf


def test_target_value_gets_gradient() -> None:
    target = Value(1.0)
    losses.squared_error(Value(3.0), target).backward()
    assert target.grad == -4.0
    assert losses.hinge(0.25, Value(-1.0)) == 1.25


# ── stability ──


@pytest.mark.parametrize(
    ("logit", "target", "loss", "slope"),
    [(1000.0, 1, 0.0, 0.0), (1000.0, 0, 1000.0, 1.0), (-1000.0, 1, 1000.0, -1.0), (-1000.0, 0, 0.0, 0.0)],
)
def test_binary_cross_entropy_at_large_logits(logit: float, target: int, loss: float, slope: float) -> None:
    prediction = Value(logit)
    result = losses.binary_cross_entropy_with_logits(prediction, target)
    result.backward()
    assert (result.data, prediction.grad) == (loss, slope)


@pytest.mark.parametrize("target", [1, [0.0, 1.0, 0.0]])
def test_softmax_cross_entropy_at_large_logits(target: Any) -> None:
    logits = values([1000.0, -1000.0, 0.0])
    loss = losses.softmax_cross_entropy(logits, target)
    loss.backward()
    assert loss.data == 2000.0
    assert gradients(logits) == [1.0, -1.0, 0.0]


def test_wrong_certainty_costs_a_hundred() -> None:
    assert losses.binary_cross_entropy([0.0, 1.0], [1, 0], reduction="sum") == 200.0


# ── reduction ──


@pytest.mark.parametrize("name", of_numbers)
def test_batch_loss_is_mean_or_sum(name: str) -> None:
    loss, predictions, targets = LOSSES[name], [[0.5, -2.0], [3.0, 1.5]], [[1.0, 1.0], [1.0, 1.0]]
    each = [loss(p, t) for ps, ts in zip(predictions, targets, strict=True) for p, t in zip(ps, ts, strict=True)]
    assert loss(predictions, targets) == pytest.approx(sum(each) / 4)
    assert loss(values(predictions), targets, reduction="sum").data == pytest.approx(sum(each))
    assert loss(predictions[0], targets[0]) == pytest.approx((each[0] + each[1]) / 2)


@pytest.mark.parametrize("name", ["softmax_cross_entropy", "kl_divergence"])
def test_distribution_loss_reduces_over_examples(name: str) -> None:
    loss, predictions, targets = LOSSES[name], [[0.25, 0.75], [0.5, 0.5]], [[0.0, 1.0], [0.25, 0.75]]
    each = [loss(p, t) for p, t in zip(predictions, targets, strict=True)]
    assert loss(predictions, targets) == pytest.approx(sum(each) / 2)
    assert loss(values(predictions), np.array(targets), reduction="sum").data == pytest.approx(sum(each))


def test_class_target_is_one_node() -> None:
    logits = values([1.0, 2.0])
    assert losses.softmax_cross_entropy(logits, 1).inputs == tuple(logits)


# ── penalties ──


def test_penalties() -> None:
    parameters = [Value(3.0), Value(-4.0), Value(0.0)]
    (losses.l1_penalty(parameters) + losses.l2_penalty(iter(parameters))).backward()
    assert (losses.l1_penalty(parameters).data, losses.l2_penalty(parameters).data) == (7.0, 25.0)
    assert [p.grad for p in parameters] == [1.0 + 6.0, -1.0 - 8.0, 0.0]


@pytest.mark.parametrize("penalty", [losses.l1_penalty, losses.l2_penalty])
def test_penalty_without_parameters_is_refused(penalty: Any) -> None:
    with pytest.raises(LengthError, match="_penalty got parameters of length 0"):
        penalty([])


@pytest.mark.parametrize("penalty", [losses.l1_penalty, losses.l2_penalty])
def test_penalty_of_module_is_refused(penalty: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="_penalty got parameters of type 'MLP'; it takes a list of Values"):
        penalty(MLP(1, [1]))


# ── invalid arguments ──


@pytest.mark.parametrize("name", LOSSES)
def test_lists_of_different_lengths_are_refused(name: str) -> None:
    with pytest.raises(LengthError, match=f"{name} got (prediction|logits) of length 2 and target of length 3"):
        LOSSES[name]([0.5, 0.5], [0.0, 1.0, 0.0])


@pytest.mark.parametrize("name", LOSSES)
def test_batches_of_different_lengths_are_refused(name: str) -> None:
    with pytest.raises(LengthError, match=f"{name} got prediction of length 2 and target of length 1"):
        LOSSES[name]([[0.5, 0.5], [0.5, 0.5]], [[0.0, 1.0]])


@pytest.mark.parametrize("name", LOSSES)
def test_empty_list_is_refused(name: str) -> None:
    with pytest.raises(LengthError, match=f"{name} got prediction of length 0"):
        LOSSES[name]([], [])


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "softmax_cross_entropy"])
def test_list_and_number_are_refused(name: str) -> None:
    with pytest.raises(ArgumentTypeError, match=f"{name} got target of type 'float'; it takes a list"):
        LOSSES[name]([0.5, 0.5], 1.0)


@pytest.mark.parametrize("name", LOSSES)
def test_number_and_list_are_refused(name: str) -> None:
    with pytest.raises(ArgumentTypeError, match=f"{name} got prediction of type 'float'; it takes a list"):
        LOSSES[name](0.5, [1.0, 0.0])


@pytest.mark.parametrize(("prediction", "target"), [([1.0], [[1.0]]), ([[1.0]], [1.0])])
def test_different_depths_are_refused(prediction: Any, target: Any) -> None:
    with pytest.raises(
        ArgumentTypeError, match=r"squared_error got (prediction|target) of type 'float'; it takes a list"
    ):
        losses.squared_error(prediction, target)


@pytest.mark.parametrize("name", LOSSES)
def test_unknown_reduction_is_refused(name: str) -> None:
    with pytest.raises(UnknownNameError, match="unknown reduction 'men'; choose 'mean'"):
        LOSSES[name]([0.5, 0.5], [0.0, 1.0], reduction="men")  # type: ignore[call-arg]


@pytest.mark.parametrize("name", LOSSES)
def test_non_number_is_refused(name: str) -> None:
    with pytest.raises(AutogradError):
        LOSSES[name](["a", None], [0.0, 1.0])


@pytest.mark.parametrize("target", [0, 0.5, 2, math.nan])
def test_hinge_refuses_other_targets(target: float) -> None:
    with pytest.raises(ArgumentError, match=r"hinge got target=.*; it takes -1 or 1; write 2 \* target - 1"):
        losses.hinge(0.5, target)


@pytest.mark.parametrize(
    ("prediction", "target"), [(1.5, 1.0), (-0.1, 1.0), (0.5, 2.0), (0.5, -1.0), (math.nan, 1.0)]
)
def test_non_probability_is_refused(prediction: float, target: float) -> None:
    with pytest.raises(ArgumentError, match=r"binary_cross_entropy got .*; it takes a number from 0 to 1"):
        losses.binary_cross_entropy(Value(prediction), target)


def test_target_outside_probabilities_is_refused() -> None:
    with pytest.raises(
        ArgumentError, match="binary_cross_entropy_with_logits got target=-1; it takes a number from 0"
    ):
        losses.binary_cross_entropy_with_logits(0.5, -1)


@pytest.mark.parametrize("target", [-1, 3, 0.5, math.nan])
def test_unknown_class_is_refused(target: float) -> None:
    with pytest.raises(
        IndexError, match=r"cross_entropy got position .*; it takes a whole number from 0 to 2"
    ) as caught:
        losses.softmax_cross_entropy(values([1.0, 2.0, 3.0]), target)
    assert isinstance(caught.value, AutogradError)


@pytest.mark.parametrize("target", [[0.5, 0.2], [1.5, -0.5], [1.0, 1.0]])
def test_invalid_target_distribution_is_refused(target: list[float]) -> None:
    for name in ("softmax_cross_entropy", "kl_divergence"):
        with pytest.raises(ArgumentError, match=f"{name} got target="):
            LOSSES[name]([0.5, 0.5], target)


def test_invalid_predicted_distribution_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"it takes probabilities whose sum is 1, not 0.75"):
        losses.kl_divergence([0.5, 0.25], [0.5, 0.5])


@pytest.mark.parametrize("delta", [-1.0, math.inf, math.nan])
def test_invalid_delta_is_refused(delta: float) -> None:
    with pytest.raises(ArgumentError, match="huber got delta="):
        losses.huber(1.0, 0.0, delta=delta)
