"""Initializers of weights, and their seeded generators; the global generator of `random` is not used.

An initializer is a function `(fan_in, fan_out, generator) -> float` that draws one weight. `fan_in` is the number of
inputs of the neuron, `fan_out` the number of neurons in its layer. Layers take a name or a function.

>>> from nn import Layer
>>> layer = Layer(3, 2, initializer="he_normal", seed=0)
>>> layer = Layer(3, 2, initializer=uniform(-0.5, 0.5), seed=0)
>>> all(-0.5 <= weight.data <= 0.5 for weight in layer.neurons[0].w)
True

Only `Random.random()` is used, whose sequence is the same in every version of Python, so a seed always gives the same
weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from autograd_tiny.errors import whole_number
from nn.argument_checks import number_between
from nn.errors import ArgumentTypeError

Initializer = Callable[[int, int, Random], float]
Seed = int | Random | None


def generator(seed: Seed) -> Random:
    """Return the generator of a seed.

    Args:
        seed: an int for reproducible numbers, a `Random` to draw from, or None for a random seed.

    Raises:
        ArgumentTypeError: the seed is of another type.

    >>> generator(7).random() == generator(7).random()
    True
    """
    if isinstance(seed, Random):
        return seed
    number = None if seed is None else whole_number(seed)
    if number is None and seed is not None:
        raise ArgumentTypeError("the generator", "seed", seed, "an int, a random.Random or None")
    return Random(number)


def uniform(low: float = -1.0, high: float = 1.0) -> Initializer:
    """Return an initializer that draws uniformly from low to high; the defaults are those of micrograd.

    Raises:
        ArgumentError: `low` or `high` is not finite, or `low` is above `high`.

    >>> -0.1 <= uniform(-0.1, 0.1)(2, 1, generator(0)) <= 0.1
    True
    """
    number_between("uniform", "low", low, -math.inf)
    number_between("uniform", "high", high, low)
    return lambda fan_in, fan_out, generator: _uniform(low, high, generator)


def normal(std: float = 1.0) -> Initializer:
    """Return an initializer that draws from a normal distribution with mean 0 and standard deviation `std`.

    Source: G. Box, M. Muller, A note on the generation of random normal deviates, 1958.

    Raises:
        ArgumentError: `std` is negative or not finite.

    >>> normal(0.0)(2, 1, generator(0))
    0.0
    """
    number_between("normal", "std", std, 0.0)
    return lambda fan_in, fan_out, generator: _normal(std, generator)


def zeros(fan_in: int, fan_out: int, generator: Random) -> float:
    """Return 0. Equal neurons of a layer get equal gradients, so they stay equal; useful only to show that.

    >>> zeros(2, 1, generator(0))
    0.0
    """
    return 0.0


def lecun_uniform(fan_in: int, fan_out: int, generator: Random) -> float:
    """Draw uniformly from ±√(3 / fan_in), a variance of 1 / fan_in; for selu.

    Source: Y. LeCun et al., Efficient BackProp, 1998, §4.6.

    >>> abs(lecun_uniform(3, 1, generator(0))) <= 1.0
    True
    """
    return _uniform_of_variance(1.0 / fan_in, generator)


def lecun_normal(fan_in: int, fan_out: int, generator: Random) -> float:
    """Draw from a normal distribution with variance 1 / fan_in; for selu.

    Source: Y. LeCun et al., Efficient BackProp, 1998, §4.6.

    >>> lecun_normal(3, 1, generator(0)) == lecun_normal(3, 2, generator(0))
    True
    """
    return _normal(math.sqrt(1.0 / fan_in), generator)


def xavier_uniform(fan_in: int, fan_out: int, generator: Random) -> float:
    """Draw uniformly from ±√(6 / (fan_in + fan_out)); for tanh and sigmoid.

    Source: X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks,
    2010, formula 16.

    >>> abs(xavier_uniform(3, 3, generator(0))) <= 1.0
    True
    """
    return _uniform_of_variance(2.0 / (fan_in + fan_out), generator)


def xavier_normal(fan_in: int, fan_out: int, generator: Random) -> float:
    """Draw from a normal distribution with variance 2 / (fan_in + fan_out); for tanh and sigmoid.

    Source: X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks,
    2010, formula 12.

    >>> xavier_normal(3, 1, generator(0)) == xavier_normal(1, 3, generator(0))
    True
    """
    return _normal(math.sqrt(2.0 / (fan_in + fan_out)), generator)


def he_uniform(fan_in: int, fan_out: int, generator: Random) -> float:
    """Draw uniformly from ±√(6 / fan_in), a variance of 2 / fan_in; for relu.

    Source: K. He et al., Delving deep into rectifiers, 2015, arXiv:1502.01852, §2.2.

    >>> abs(he_uniform(6, 1, generator(0))) <= 1.0
    True
    """
    return _uniform_of_variance(2.0 / fan_in, generator)


def he_normal(fan_in: int, fan_out: int, generator: Random) -> float:
    """Draw from a normal distribution with variance 2 / fan_in; for relu.

    Source: K. He et al., Delving deep into rectifiers, 2015, arXiv:1502.01852, formula 10.

    >>> he_normal(3, 1, generator(0)) == he_normal(3, 2, generator(0))
    True
    """
    return _normal(math.sqrt(2.0 / fan_in), generator)


def _uniform(low: float, high: float, generator: Random) -> float:
    return low + (high - low) * generator.random()


def _uniform_of_variance(variance: float, generator: Random) -> float:
    limit = math.sqrt(3.0 * variance)
    return _uniform(-limit, limit, generator)


def _normal(std: float, generator: Random) -> float:
    radius = math.sqrt(-2.0 * math.log(1.0 - generator.random()))
    return std * radius * math.cos(2.0 * math.pi * generator.random())


INITIALIZERS: dict[str, Initializer] = {
    "zeros": zeros,
    "uniform": uniform(),
    "normal": normal(),
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
}
