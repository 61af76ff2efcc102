"""Programs as C, without a compiler: rows, dot products, long programs."""

from __future__ import annotations

import math
from typing import Any

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import BackendError
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.c_backend import c_rows, c_source
from autograd_tiny.replay.c_backend.places import Places
from autograd_tiny.replay.recorder import Guard
from autograd_tiny.replay.tape import tape_of
from tests.replay.backends import NOT_IN_C

ROWS = [row for row in TABLE.values() if row.domain and row.name not in NOT_IN_C]


def lines_of(
    root: Any, inputs: Any = (), parameters: Any = (), *, batched: bool = True, guards: Any = ()
) -> list[str]:
    tape = tape_of(root, inputs=inputs, parameters=parameters, guards=guards)
    places = Places(tape, of_inputs=not parameters, batched=batched)
    return [line.strip() for line in c_source.c_source_of(places).splitlines()]


def operands_of(row: Primitive) -> list[Value]:
    flat: list[Value] = []
    for (low, high), many in zip(row.domain, row.takes_list, strict=True):
        flat += [Value((low + high) / 2.0) for _ in range(3 if many else 1)]
    return flat


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
@pytest.mark.parametrize("batched", [True, False])
def test_every_row_is_written(row: Primitive, batched: bool) -> None:
    xs = operands_of(row)
    assert "void replay(" in "\n".join(lines_of(row(*row.group(xs)) * 2.0, xs, batched=batched))


@pytest.mark.parametrize("name", sorted(NOT_IN_C))
def test_row_that_c_lacks_is_refused(name: str) -> None:
    xs = operands_of(TABLE[name])
    with pytest.raises(BackendError, match=f"the row '{name}' in C; take backend=\"numpy\""):
        lines_of(TABLE[name](*xs), xs)


def test_rounding_to_whole_numbers() -> None:
    x = Value(1.5)
    assert "EACH v[1][i] = rint(v[0][i]);" in lines_of(at.round(x), [x])


def test_own_partial_is_refused() -> None:
    row = c_rows.TABLE["tanh"]
    own = Primitive("own", "own({x})", math.tanh, lambda x, z: (1.0,), **{**dict.fromkeys(
        ("symbol", "source", "latex"), ""), "domain": (), "kinks": {}, "defaults": {}})  # fmt: skip
    assert c_rows.contributions(row, ["x"], "z", "g")
    with pytest.raises(BackendError, match="your own"):
        c_rows.contributions(own, ["x"], "z", "g")


def test_neuron_is_one_call() -> None:
    w, x, b = [Value(1.0), Value(2.0), Value(3.0)], [Value(3.0), Value(4.0), Value(5.0)], Value(0.5)
    lines = lines_of(at.dot(w, x, b), x, [*w, b])
    assert "EACH v[3][i] = u[3];" in lines
    assert "add_products(v[3], &u[0], 1, &v[0][0], 1, 3);" in lines
    assert "add_to_uniforms(&gu[0], 1, &v[0][0], 1, gv[3], 3, n);" in lines
    assert "ADD_UP(gu[3], gv[3][i]);" in lines


def test_gradient_of_rows_is_one_call() -> None:
    w, x = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    lines = lines_of(at.dot(x, w), x)
    assert "add_to_rows(&gv[0][0], 1, &u[0], 1, gv[2], 2);" in lines
    assert not any(line.startswith("add_to_uniforms(&gu[") for line in lines)


def test_unevenly_spaced_products_are_written_out() -> None:
    x = [Value(1.0), Value(2.0), Value(4.0)]
    lines = lines_of(at.dot(x, [2.0, x[0], -1.0], x[1]), x)
    assert "EACH v[3][i] = v[1][i] + 2.0 * v[0][i] + v[0][i] * v[1][i] + (-1.0) * v[2][i];" in lines


def test_loss_without_inputs_counts_for_every_example() -> None:
    x, w = Value(1.0), Value(2.0)
    lines = lines_of(w * w, [x], [w])
    assert "gu[1] = seed * (double)batch;" in lines
    assert "for (int i = 0; i < n; i++) losses[first + i] = u[1];" in lines


def test_guards_of_every_example() -> None:
    x = Value(1.0)
    guard = Guard(x, True, "file", 1, "if x:")
    assert "for (int i = 0; i < n; i++) truths[0 * batch + first + i] = v[0][i];" in lines_of(
        x * 2.0, [x], guards=[guard]
    )


def test_long_program_is_split_into_functions() -> None:
    x = Value(1.0)
    root: Any = x
    for _ in range(c_source.LONGEST + 1):
        root = at.sin(root)
    lines = lines_of(root, [x])
    assert "static void forward_rows_1(ARRAYS) {" in lines
    assert "#define forward_rows() forward_rows_0(PASSED); forward_rows_1(PASSED);" in lines


def test_text_of_the_user_is_not_in_the_source() -> None:
    x = Value(1.0, label="*/ system(0); /*")
    assert "system" not in "".join(lines_of(at.sin(x), [x]))


def test_list_of_parameters_is_computed_once() -> None:
    w = [Value(1.0), Value(2.0)]
    lines = lines_of(at.cross_entropy(w, 1.0), [Value(1.0)], w)
    assert "{ const double xs[] = {u[0], u[1]}; u[2] = list_cross_entropy(xs, 2, 1); }" in lines
    assert "gu[1] += d[i][1];" in lines


def test_empty_dot_product_is_its_bias() -> None:
    x = Value(1.0)
    assert "EACH v[1][i] = v[0][i];" in lines_of(at.dot([], [], x), [x])


def test_own_row_of_lists_is_refused() -> None:
    function = at.primitive(
        "twice_all", "twice_all({*xs})", lambda xs: 2.0 * sum(xs), lambda xs, z: ([2.0] * len(xs),)
    )
    x = Value(1.0)
    try:
        with pytest.raises(BackendError, match="'twice_all', which is your own"):
            lines_of(function([x]), [x])
    finally:
        del TABLE["twice_all"]
