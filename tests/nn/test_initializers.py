"""Initializers: distributions, seeds, arguments."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nn import MLP, ArgumentError, ArgumentTypeError, Layer, UnknownNameError
from nn.initializers import INITIALIZERS, Initializer, generator, normal, uniform, zeros

FAN_IN, FAN_OUT, DRAWS = 20, 60, 4000

VARIANCES = {
    "zeros": 0.0,
    "uniform": 1 / 3,
    "normal": 1.0,
    "lecun_uniform": 1 / FAN_IN,
    "lecun_normal": 1 / FAN_IN,
    "xavier_uniform": 2 / (FAN_IN + FAN_OUT),
    "xavier_normal": 2 / (FAN_IN + FAN_OUT),
    "he_uniform": 2 / FAN_IN,
    "he_normal": 2 / FAN_IN,
}


def draws(initializer: Initializer) -> list[float]:
    source = random.Random(0)
    return [initializer(FAN_IN, FAN_OUT, source) for _ in range(DRAWS)]


def test_every_initializer_is_tested() -> None:
    assert VARIANCES.keys() == INITIALIZERS.keys()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_mean_and_variance(name: str) -> None:
    sample, variance = draws(INITIALIZERS[name]), VARIANCES[name]
    assert statistics.fmean(sample) == pytest.approx(0.0, abs=4 * math.sqrt(variance / DRAWS))
    assert statistics.pvariance(sample) == pytest.approx(variance, rel=0.08)


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name.endswith("uniform")])
def test_uniform_fills_its_interval(name: str) -> None:
    sample, limit = draws(INITIALIZERS[name]), math.sqrt(3 * VARIANCES[name])
    assert max(map(abs, sample)) <= limit
    assert min(sample) == pytest.approx(-limit, rel=0.01)
    assert max(sample) == pytest.approx(limit, rel=0.01)
    assert sum(abs(number) < limit / 2 for number in sample) / DRAWS == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name.endswith("normal")])
def test_normal_has_its_quantiles(name: str) -> None:
    distribution = statistics.NormalDist(0.0, math.sqrt(VARIANCES[name]))
    sample = draws(INITIALIZERS[name])
    for quantile in (0.025, 0.25, 0.5, 0.9):
        below = sum(number < distribution.inv_cdf(quantile) for number in sample) / DRAWS
        assert below == pytest.approx(quantile, abs=0.03)


def test_parameters_of_distributions() -> None:
    assert all(2.0 <= number <= 3.0 for number in draws(uniform(2.0, 3.0)))
    assert statistics.pstdev(draws(normal(0.01))) == pytest.approx(0.01, rel=0.05)


def test_draws_are_the_same_on_every_python() -> None:
    source = random.Random(42)
    numbers = [INITIALIZERS[name](4, 2, source) for name in ("uniform", "normal", "he_uniform", "xavier_normal")]
    expected = [0.2788535969157675, -0.035250062942918735, -0.6779924578169858, -0.41907265927309334]
    assert numbers == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_global_generator_is_unused(initializer: str) -> None:
    before = random.getstate()
    MLP(3, [4, 2], initializer=initializer)
    MLP(3, [4, 2], initializer=initializer, seed=1)
    assert random.getstate() == before


def test_seed_repeats_network() -> None:
    same, other = MLP(3, [4, 2], seed=5), MLP(3, [4, 2], seed=6)
    assert MLP(3, [4, 2], seed=5).state_dict() == same.state_dict() != other.state_dict()


def test_networks_differ_without_seed() -> None:
    assert MLP(3, [4, 2]).state_dict() != MLP(3, [4, 2]).state_dict()


def test_generator_continues_between_networks() -> None:
    source = random.Random(5)
    first, second = MLP(3, [4, 2], seed=source), MLP(3, [4, 2], seed=source)
    assert first.state_dict() == MLP(3, [4, 2], seed=5).state_dict() != second.state_dict()


def test_all_weights_differ() -> None:
    weights = [number for name, number in MLP(3, [4, 3, 2], seed=0).state_dict().items() if ".w[" in name]
    assert len(set(weights)) == len(weights)


@pytest.mark.parametrize("seed", ["5", 5.0, True, [5]])
def test_seed_of_another_type_is_refused(seed: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=r"got seed of type .*; it takes an int, a random.Random or None"):
        generator(seed)


def test_numpy_integer_is_a_seed() -> None:
    assert generator(np.int64(5)).random() == generator(5).random()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [lambda: uniform(2.0, 1.0), lambda: uniform(math.nan, 1.0), lambda: normal(-1.0), lambda: normal(math.inf)],
)
def test_invalid_distribution_is_refused(make: Callable[[], Initializer]) -> None:
    with pytest.raises(ArgumentError, match=r"(uniform|normal) got (low|high|std)="):
        make()


def test_function_is_an_initializer() -> None:
    layer = Layer(3, 2, initializer=lambda fan_in, fan_out, _: 10.0 * fan_in + fan_out)
    assert [weight.data for weight in layer.neurons[1].w] == [32.0, 32.0, 32.0]


def test_unknown_initializer_names_similar_ones() -> None:
    with pytest.raises(UnknownNameError, match="unknown initializer 'he_norml'; choose 'he_normal'"):
        Layer(3, 2, initializer="he_norml")


def test_zeros_are_zero() -> None:
    assert zeros(3, 2, random.Random(0)) == 0.0
