"""The builtin functions of Python over numbers and Values in a recording: followed, or refused with what to write."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd_tiny import Value, record
from autograd_tiny.errors import RecordError, ReplayMismatch

W = [Value(0.5), Value(-1.5), Value(2.0)]

FOLLOWED: dict[str, Callable[[list[Any]], Any]] = {
    "max": max,
    "max of operands": lambda z: max(z[0], z[1], 1.0),
    "max by key": lambda z: max(z, key=lambda v: -v),
    "max by default": lambda z: max([], default=z[0]),
    "min": min,
    "sorted": lambda z: sorted(z)[1],
    "sorted in reverse": lambda z: sorted(z, reverse=True)[1],
    "sort": lambda z: z.sort() or z[0],
    "sum": sum,
    "sum from a start": lambda z: sum(z[1:], z[0]),
    "abs": lambda z: abs(z[0]) * abs(z[1]),
    "round": lambda z: round(z[0]) * z[1],
    "round to digits": lambda z: round(z[0], 1) * z[1],
    "pow": lambda z: pow(z[2], 2) + pow(2.0, z[0]),
    "divmod": lambda z: sum(divmod(z[0], z[2])) + sum(divmod(3.0, z[2])) + sum(divmod(z[0], 0.7)),
    "zip": lambda z: sum(a * b for a, b in zip(z, W, strict=True)),
    "enumerate": lambda z: sum(k * v for k, v in enumerate(z)),
    "reversed": lambda z: next(reversed(z)) * z[1],
    "map and filter": lambda z: sum(map(abs, filter(lambda v: v > 0.0, z))),
    "any": lambda z: z[0] if any(v > 1.0 for v in z) else z[1],
    "all": lambda z: z[0] if all(v > 0.0 for v in z) else z[1],
    "bool": lambda z: bool(z[0]) * z[1],
    "position of max": lambda z: z[max(range(len(z)), key=lambda k: z[k])] * z.index(min(z)),
    "math.floor": lambda z: math.floor(z[0]) * math.trunc(z[1]) * math.ceil(z[2]),
    "math.prod": math.prod,
}
OF: dict[str, Callable[[Callable[[list[Any]], Any]], Callable[[Any], Any]]] = {
    "Values": lambda function: lambda x: function([w * x + 0.3 for w in W]) + W[0],
    "numbers": lambda function: lambda x: function([x * 0.5 + 0.3, 0.3 - x, x * 2.0]) * W[0],
}


@pytest.mark.parametrize("of", OF)
@pytest.mark.parametrize("name", FOLLOWED)
def test_builtin_is_followed(name: str, of: str) -> None:
    loss = OF[of](FOLLOWED[name])
    program = record(loss, inputs=(1.0,), parameters=W, backend="python", on_mismatch="eager")
    for x in (1.0, 0.4, -0.7, 2.0):
        root = loss(x)
        for w in W:
            w.grad = 0.0
        root.backward()
        assert program.differentiate([x]).tolist() == pytest.approx([root.data], rel=1e-12)
        assert program.gradients.tolist() == pytest.approx([w.grad for w in W], rel=1e-12)


@pytest.mark.parametrize("name", ["max", "min", "sorted", "any"])
def test_mismatch_of_a_builtin_names_our_functions(name: str) -> None:
    program = record(OF["Values"](FOLLOWED[name]), inputs=(1.0,), parameters=W, backend="python")
    with pytest.raises(ReplayMismatch, match=r"use autograd_tiny.where, max, min or clamp instead of the branch"):
        program([1.0, -1.0])


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "float": (float, "leave the conversion out, and use functions of autograd_tiny instead of those of math"),
    "int": (int, "leave the conversion out, and use functions of autograd_tiny instead of those of math"),
    "complex": (complex, "leave the conversion out, and use functions of autograd_tiny instead of those of math"),
    "math.fsum": (lambda x: math.fsum([x]), "use functions of autograd_tiny instead of those of math"),
    "pow with a modulus": (lambda x: pow(x, 2, 3), "compute by operators and functions of autograd_tiny"),
    "range": (lambda x: len(range(x)), "a number was used as a count, or as an index of what is not a list in line"),
    "a set": (lambda x: len({x}), "compare it instead"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_builtin_that_cannot_be_followed_is_refused(name: str) -> None:
    function, remedy = REFUSED[name]
    with pytest.raises(RecordError, match=remedy):
        record(lambda x: W[0] * function(x), inputs=(2,), parameters=W)
