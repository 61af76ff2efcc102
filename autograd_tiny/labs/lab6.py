"""Lab 6, softmax and cross-entropy: probabilities that stay finite, a loss that punishes certainty, and its slope.

>>> slopes(lambda z, target: [(k == target) - p for k, p in enumerate(softmax_of(z))])
Traceback (most recent call last):
autograd_tiny.labs.exercise.LabError: slopes([1, 2, 0.5], 0) gives [0.76..., it should be [...].
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from functools import partial
from operator import add
from typing import Any, Final

from autograd_tiny.engine.derivatives import grad
from autograd_tiny.labs import hints
from autograd_tiny.labs.exercise import Exercise, prediction
from autograd_tiny.labs.kinds import NUMBERS
from autograd_tiny.primitives.table import cross_entropy as engine_loss
from autograd_tiny.primitives.table import softmax as engine_softmax

Numbers = Sequence[float]


def softmax_of(z: Numbers) -> list[float]:
    """Return the probabilities, by the engine.

    >>> softmax_of([0.0, 0.0])
    [0.5, 0.5]
    """
    return list(engine_softmax(z))


def loss_of(z: Numbers, target: int) -> float:
    """Return the cross-entropy, by the engine.

    >>> loss_of([1000.0, 0.0], 1)
    1000.0
    """
    return float(engine_loss(z, target))


def normalised(z: Numbers) -> list[float]:
    """Return numbers divided by their sum.

    >>> normalised([1.0, 3.0])
    [0.25, 0.75]
    """
    return [x / sum(z) for x in z]


hint = hints.hint

predict_loss = prediction(
    "predict_loss",
    lambda: loss_of([0.0] * 4, 2),
    mistakes={
        "0.25 is the probability of the right class; the loss is minus its logarithm": 0.25,
        "-1.386 is the logarithm of 0.25; the loss is minus that": -math.log(4.0),
        "2 counts in bits, with the logarithm to base 2; here it is the natural one": 2.0,
        "4 is one over the probability; take the logarithm of it": 4.0,
        "0 is the loss of one who is certain and right; this one only guesses": 0.0,
    },
    hint="Which probability does the right class have, and what is minus its natural logarithm?",
)

softmax = Exercise(
    "softmax",
    softmax_of,
    samples=[
        ([1.0, 2.0, 0.5],),
        ([0.0, 0.0],),
        ([-1.0, 3.0],),
        ([1000.0, 1001.0],),
        ([0.0, 1000.0],),
        ([1000.0, 0.0],),
        ([-1000.0, -2001.0],),
        ([2500.0, 0.0, 0.0],),
        ([3, 1, 2, 1],),
    ],
    kind=NUMBERS,
    mistakes={
        "math.exp(1000) is too large for a float: subtract the largest score from all first": lambda z: normalised(
            [math.exp(x) for x in z]
        ),
        "exp(1000) is infinite, and inf / inf is nan: subtract the largest score from all first": lambda z: (
            normalised([math.exp(x) if x < 700.0 else math.inf for x in z])
        ),
        "math.exp(1000 - 0) is too large for a float still: subtract the largest score, not the smallest": lambda z: (
            normalised([math.exp(x - min(z)) for x in z])
        ),
        "the largest score is subtracted above the line only; subtract it below, too": lambda z: [
            math.exp(x - max(z)) / math.fsum(map(math.exp, z)) for x in z
        ],
        "those are the logarithms of the probabilities: leave out the last log": lambda z: [
            -loss_of(z, k) for k in range(len(z))
        ],
        "they do not add up to 1: divide each by the sum of all": lambda z: [math.exp(x - max(z)) for x in z],
        "the scores are divided by their sum as they are; take exp of them first": normalised,
        "divide by the sum of all exponentials, not by how many there are": lambda z: [
            math.exp(x - max(z)) / len(z) for x in z
        ],
        "that is the largest probability alone; return one for each score": lambda z: max(softmax_of(z)),
        "subtract the largest score, not the last": lambda z: normalised([math.exp(x - z[-1]) for x in z]),
        "subtract the largest score, not the first": lambda z: normalised([math.exp(x - z[0]) for x in z]),
        "subtract the largest score, not the mean": lambda z: normalised([math.exp(x - sum(z) / len(z)) for x in z]),
    },
    hint="Which number is the largest that math.exp may get here, and what must the results add up to?",
)


GUARDS: Final = [
    partial(guard, epsilon)
    for epsilon in (*(10.0**-k for k in range(5, 17)), sys.float_info.epsilon)
    for guard in (add, max)
]
"""Guards that keep the logarithm of a probability finite."""


def floored_loss(guard: Callable[[float], float], z: Numbers, target: int) -> float:
    """Return minus the log of a probability that a guard keeps above 0.

    >>> round(floored_loss(partial(add, 1e-12), [1000.0, 0.0], 1), 3)
    27.631
    """
    return -math.log(guard(softmax_of(z)[target]))


cross_entropy = Exercise(
    "cross_entropy",
    loss_of,
    samples=[
        ([1.0, 2.0, 0.5], 0),
        ([0.0, 0.0], 1),
        ([-1.0, 3.0], 1),
        ([1000.0, 0.0], 1),
        ([-1000.0, -1002.0], 0),
        ([0.0, 1000.0], 0),
        ([2, 1, 3, 0], 2),
        ([2500.0, 0.0, 0.0], 0),
    ],
    mistakes={
        "the probability has become 0, whose log is -inf: write log Σ exp(z) - z[target] instead": (
            lambda z, target: -math.log(softmax_of(z)[target])
        ),
        "the probability has become 0, and the log of zero is infinite: write log Σ exp(z) - z[target] instead": (
            lambda z, target: -math.log(p) if (p := softmax_of(z)[target]) else math.inf
        ),
        "a small number hides the log of zero and cuts the loss off: write log Σ exp(z) - z[target] instead": tuple(
            partial(floored_loss, guard) for guard in GUARDS
        ),
        "that counts in bits, with the logarithm to base 2; take the natural one, math.log": lambda z, target: (
            loss_of(z, target) / math.log(2.0)
        ),
        "that is how far p is from 1; the loss is minus the logarithm of p": lambda z, target: (
            1.0 - softmax_of(z)[target]
        ),
        "the sign is the wrong way round: a loss is minus the log of the probability": lambda z, target: (
            -loss_of(z, target)
        ),
        "the loss is minus the log, and the log of 0 is -inf: write log Σ exp(z) - z[target]": (
            lambda z, target: math.log(softmax_of(z)[target])
        ),
        "exp(1000) is too large for a float: take the largest score out of the sum first": lambda z, target: (
            math.log(math.fsum(map(math.exp, z))) - z[target]
        ),
        "that is the mean over all classes; only the target's probability counts": lambda z, target: (
            math.fsum(loss_of(z, k) for k in range(len(z))) / len(z)
        ),
        "that is the loss of the class with the largest score; take the target's": lambda z, target: min(
            loss_of(z, k) for k in range(len(z))
        ),
    },
    hint="Take the right-hand side of the formula, term by term. Which of its parts could be too large for a float?",
)


def engine_slopes(z: Numbers, target: int) -> list[float]:
    """Return ∂loss/∂z for each score, by the engine.

    >>> engine_slopes([0.0, 0.0], 1)
    [0.5, -0.5]
    """
    slopes: list[float] = grad(engine_loss)(list(z), target)
    return slopes


def minus_one_hot(probabilities: Numbers, target: int, *, factor: Any = lambda p: 1.0) -> list[float]:
    """Return p - y times a wrong factor."""
    return [factor(p) * (p - (k == target)) for k, p in enumerate(probabilities)]


slopes = Exercise(
    "slopes",
    engine_slopes,
    samples=[([1.0, 2.0, 0.5], 0), ([0.0, 0.5], 1), ([-1.0, 3.0, 1.0], 2), ([3, 1, 0, 2], 1), ([1000.0, 0.0], 1)],
    kind=NUMBERS,
    mistakes={
        "the sign is the wrong way round: it is p minus y": lambda z, target: [
            -slope for slope in engine_slopes(z, target)
        ],
        "those are the probabilities; subtract 1 at the target": lambda z, target: softmax_of(z),
        "p·(1 - p) is one factor too many: with cross-entropy it cancels, and p - y remains": lambda z, target: (
            minus_one_hot(softmax_of(z), target, factor=lambda p: p * (1.0 - p))
        ),
        "the derivative is taken at the wrong point: it needs the probabilities, not the scores": minus_one_hot,
        "you divide by the number of classes; the loss of one example is not a mean over them": lambda z, target: [
            slope / len(z) for slope in engine_slopes(z, target)
        ],
        "that is the slope at the target alone; return one for each score": lambda z, target: engine_slopes(
            z, target
        )[target],
        "the 1 is subtracted from every probability; y is 1 at the target and 0 elsewhere": lambda z, target: [
            p - 1.0 for p in softmax_of(z)
        ],
    },
    hint="Write p and y below each other, one number for each class, and take the difference.",
    needs=(softmax,),
)
