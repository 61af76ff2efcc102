"""A recorded function may differentiate: the program computes what eager code does, or refuses."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.errors import ReplayMismatch
from autograd_tiny.primitives.primitive import TABLE, Primitive
from tests.replay.backends import BACKENDS, needs_compiler

DERIVATIVES: dict[str, Callable[[Any], Any]] = {
    "gradient of a power": at.grad(lambda v: v**3),
    "second derivative of a power": at.grad(at.grad(lambda v: v**3)),
    "hessian": at.hessian(lambda v: v**3),
    "gradient of elu": at.grad(at.elu),
    "gradient of a root": lambda x: at.grad(lambda v: v**0.5)(x * x + 1.0),
    "third derivative of elu": at.derivative(at.elu, order=3),
    "derivative of atan2": at.derivative(lambda v: at.atan2(v, 2.0), order=3),
    "Taylor coefficient": lambda x: at.taylor(lambda v: v**4, x, 3)[2],
    "product with the hessian": lambda x: at.hessian_vector_product(lambda v: v**3, (x,), (2.0,))[0],
    "jvp": lambda x: at.jvp(at.tanh, (x,), (2.0,))[1],
}


@pytest.mark.parametrize("backend", BACKENDS[:2])
@pytest.mark.parametrize("example", [2.0, 0.0])
@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivative_in_a_program_is_that_of_eager_code(backend: str, example: float, name: str) -> None:
    function = DERIVATIVES[name]
    program = record(function, inputs=(example,), backend=backend, on_mismatch="eager")
    for number in (0.0, -1.0, 3.0):
        x = Value(number)
        root = function(x)
        root.backward()
        assert program([number]).tolist() == pytest.approx([root.data], rel=1e-12)
        assert program.gradient([number])[0].tolist() == pytest.approx([x.grad], rel=1e-12)


@needs_compiler
@pytest.mark.once
def test_derivative_in_a_compiled_program() -> None:
    test_derivative_in_a_program_is_that_of_eager_code("c", 2.0, "hessian")


@pytest.mark.no_cover
@pytest.mark.parametrize("backend", BACKENDS[:2])
@pytest.mark.parametrize("name", TABLE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_slope_of_every_row_in_a_program(backend: str, name: str) -> None:
    row, rng = TABLE[name], random.Random(name)
    spans = [span for span, many in zip(row.domain, row.takes_list, strict=True) for _ in range(1 + many)]
    function = slope_of(row, next(k for k, (low, high) in enumerate(spans) if low < high))
    example = [rng.uniform(*span) for span in spans]
    program = record(function, inputs=example, backend=backend)
    drawn = [example, *([rng.uniform(*span) for span in spans] for _ in range(2))]
    corners = [[low if low == high else x for low, high in spans] for x in (0.0, 1.0, -1.0, -800.0, 1e3)]
    replayed = 0
    for numbers in (*drawn, *corners):
        try:
            losses = program(*([x] for x in numbers))
            slopes = program.gradient(*([x] for x in numbers))
        except ReplayMismatch:
            continue
        inputs = list(map(Value, numbers))
        root = function(*inputs)
        root.backward()
        expected = [root.data, *(x.grad for x in inputs)]
        largest = max(map(abs, filter(math.isfinite, expected)), default=0.0)
        found = [float(losses[0]), *np.ravel(slopes).tolist()]
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-14 * largest, nan_ok=True), numbers
        replayed += 1
    assert replayed


def slope_of(row: Primitive, position: int) -> Callable[..., Any]:
    """Return the derivative of a row for one of its flat operands; lists have two elements."""

    def slope(*operands: Any) -> Any:
        def value(x: Any) -> Any:
            rest = iter([*operands[:position], x, *operands[position + 1 :]])
            return row(*([next(rest), next(rest)] if many else next(rest) for many in row.takes_list))

        return 1.0 * at.grad(value)(operands[position])

    return slope
