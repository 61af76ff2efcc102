"""Functions that draw random numbers are refused, whatever the numbers are, with the line that draws."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, record
from autograd_tiny.errors import RecordError
from autograd_tiny.replay.random_draws import Draws, _Watch

W = Value(0.5, label="w")
OF_MODULE = random.Random(5)
BOX: list[Any] = [np.random.default_rng(3)]


class Dropout:
    """A layer with a generator of its own."""

    def __init__(self, generator: Any) -> None:
        self.generator = generator

    def __call__(self, x: Any) -> Any:
        return W * x if self.generator.random() < 0.999999 else 0.0 * x  # the same in every run of these tests


def drawing(draw: Callable[[], float]) -> Callable[[Any], Any]:
    def loss(x: Any) -> Any:
        return W * x * (1.0 if draw() < 0.999999 else 2.0)

    return loss


def by_default(x: Any, generator: random.Random = random.Random(2)) -> Any:  # noqa: B008 - on purpose
    return W * x * (1.0 if generator.random() < 0.999999 else 2.0)


def of_a_global(x: Any) -> Any:
    return W * x * (1.0 if OF_MODULE.random() < 0.999999 else 2.0)


def of_a_list(x: Any) -> Any:
    return W * x * (1.0 if BOX[0].random() < 0.999999 else 2.0)


def of_a_layer(x: Any) -> Any:
    return LAYER(x)


LAYER = Dropout(random.Random(1))
DRAWING = {
    "random": drawing(random.random),
    "random.gauss": drawing(lambda: min(0.0, random.gauss(0.0, 1.0))),
    "numpy.random": drawing(np.random.rand),
    "generator of numpy": drawing(np.random.default_rng(1).random),
    "RandomState": drawing(np.random.RandomState(1).rand),
    "closure": drawing(random.Random(3).random),
    "default": by_default,
    "global": of_a_global,
    "list": of_a_list,
    "layer": Dropout(np.random.default_rng(4)),
    "method": LAYER.__call__,
    "layer of a global": of_a_layer,
}


@pytest.mark.parametrize("name", DRAWING)
def test_function_that_draws_is_refused_with_its_line(name: str) -> None:
    with pytest.raises(
        RecordError, match=r"drew a random number in line \d+ of .*test_random_draws.py, `.*; draw it outside"
    ):
        record(DRAWING[name], inputs=(1.0,), parameters=[W])


def test_line_is_that_of_the_draw() -> None:
    first = drawing(random.random).__code__.co_firstlineno
    with pytest.raises(RecordError, match=f"in line {first + 1} of "):
        record(drawing(random.random), inputs=(1.0,), parameters=[W])


def test_generator_made_anew_in_each_call_is_recorded() -> None:
    program = record(lambda x: W * x * random.Random(1).random(), inputs=(1.0,), parameters=[W])
    assert program([2.0]).tolist() == [random.Random(1).random()]


def test_generator_that_is_not_used_is_no_draw() -> None:
    idle = [random.Random(1), random.SystemRandom(), np.random.default_rng(1)]
    assert record(lambda x: W * x * len(idle), inputs=(1.0,), parameters=[W])([2.0]).tolist() == [3.0]


def test_function_without_a_line_is_refused() -> None:
    with pytest.raises(RecordError, match="drew a random number: the replay would be wrong"):
        record(partial(random.uniform, W), inputs=(1.0,), parameters=[W])


def test_variable_of_a_closure_without_a_value() -> None:
    def loss(x: Any) -> Any:
        return later * x if x == 0.0 else W * x

    assert len(Draws(loss).states()) == 2
    later = W
    assert record(loss, inputs=(1.0,), parameters=[W])([2.0]).tolist() == [1.0]


def test_watch_finds_the_line_before_a_change() -> None:
    """Nothing traces a function that traces, so its methods are called here."""
    watch, frame = _Watch(Draws(of_a_global)), sys._getframe()
    follow = watch.enter(frame, "call", None)
    assert follow is not None
    assert follow(frame, "line", None) == follow
    OF_MODULE.random()
    assert follow(frame, "return", None) is None
    assert watch.found is not None
    assert watch.found.code == 'assert follow(frame, "line", None) == follow'
    assert watch.enter(frame, "call", None) is None
