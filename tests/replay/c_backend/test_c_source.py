"""Programs as C, without a compiler: rows, dot products, long programs."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import BackendError
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay import record
from autograd_tiny.replay.c_backend import c_rows, c_source
from autograd_tiny.replay.c_backend.backend import CBackend
from autograd_tiny.replay.plan import plan_of
from autograd_tiny.replay.recorder import Guard
from autograd_tiny.replay.tape import tape_of
from tests.benchmarks.workloads.plain_programs import PROGRAMS
from tests.replay.backends import NOT_IN_C, needs_compiler

ROWS = [row for row in TABLE.values() if row.domain and row.name not in NOT_IN_C]


def lines_of(
    root: Any, inputs: Any = (), parameters: Any = (), *, batched: bool = True, guards: Any = (), conditions: Any = ()
) -> list[str]:
    tape = tape_of(root, inputs=inputs, parameters=parameters, guards=guards, conditions=conditions)
    plan = plan_of(tape, of_inputs=not parameters, batched=batched)
    return [line.strip() for line in c_source.c_source_of(plan).splitlines()]


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
    w, x, b = [Value(1.0 + i) for i in range(8)], [Value(3.0 + i) for i in range(8)], Value(0.5)
    lines = lines_of(at.dot(w, x, b), x, [*w, b])
    assert "EACH v[9][i] = u[8]; add_products(v[9], &u[0], 1, v[0], 1, 8);" in lines
    assert (
        "EACH gl[8][i] = gv[9][i]; add_to_uniforms(&gu[0], 1, v[0], 1, gv[9], 8, n); gu[8] += total(gl[8], n);"
        in lines
    )


def test_gradient_of_rows_is_one_call() -> None:
    w, x = [Value(1.0 + i) for i in range(8)], [Value(3.0 + i) for i in range(8)]
    lines = lines_of(at.dot(x, w), x)
    assert "add_to_rows(gv[0], 1, &u[0], 1, gv[8], 8);" in lines
    assert not any("add_to_uniforms(&gu[" in line for line in lines)


def test_short_sum_is_one_expression() -> None:
    x = [Value(1.0), Value(2.0), Value(4.0)]
    lines = lines_of(at.dot(x, [2.0, x[0], -1.0], x[1]), x)
    assert "EACH v[3][i] = u[1] * v[0][i] + u[2] * v[2][i] + v[1][i] + v[1][i] * v[0][i];" in lines


def test_loss_without_inputs_counts_for_every_example() -> None:
    x, w = Value(1.0), Value(2.0)
    lines = lines_of(w * w, [x], [w])
    assert "gu[2] = call->seed * (double)batch;" in lines
    assert "for (int i = 0; i < n; i++) call->losses[first + i] = u[2];" in lines


def test_guards_of_every_example() -> None:
    x = Value(1.0)
    guard = Guard(True, "file", 1, "if x:")
    assert "for (int i = 0; i < n; i++) call->truths[0 * batch + first + i] = v[0][i];" in lines_of(
        x * 2.0, [x], guards=[guard], conditions=[x]
    )


def test_chain_is_a_loop() -> None:
    x = Value(1.0)
    root: Any = x
    for _ in range(100):
        root = at.sin(root)
    lines = lines_of(root, [x])
    assert "for (int a = 0; a < 100; a++) EACH v[1 + a][i] = sin(v[a][i]);" in lines
    assert "for (int a = 0; a < 100; a++) EACH gv[99 - a][i] = (cos(v[99 - a][i])) * gv[100 - a][i];" in lines


@pytest.mark.no_cover
@needs_compiler
@pytest.mark.once
def test_integrator_of_many_steps_is_short() -> None:
    """Lotka-Volterra by 100 steps of Runge-Kutta, 5,791 operations, has first, repeated and last steps."""
    program = PROGRAMS["runge_kutta"]()
    source = record(program.loss, inputs=program.example(), parameters=program.parameters, backend="c").source
    assert source.count("\n") < 150
    assert "double v67 = v[67 + a][i] = u[1] * v64, v68 = v[68 + a][i] = u[3] * v64, v71 = v68 * v63" in source
    assert "for (int a = 0; a < 4900; a += 50) {" in source
    assert max(map(len, source.splitlines())) <= 180


def irregular(count: int) -> tuple[Any, list[Value], list[Value]]:
    """Return a graph without a pattern."""
    draw = random.Random(5)
    xs, ws = ([Value(draw.uniform(0.5, 1.5)) for _ in range(9)] for _ in range(2))
    nodes: list[Any] = [*xs, *ws]
    for _ in range(count):
        a, b, c = draw.choice(nodes), draw.choice(nodes[-30:]), draw.randrange(4)
        nodes.append([lambda a, b: a * b * 0.5, lambda a, b: a - b, lambda a, b: at.sin(a) + b, at.maximum][c](a, b))
    return at.mean(nodes), xs, ws


def test_long_program_without_a_pattern_is_a_table() -> None:
    root, xs, ws = irregular(4 * c_source.LONGEST)
    lines = lines_of(root, xs, ws)
    assert "static const int forward_rows_0[] = {" in lines
    assert "static void interpret(ARRAYS, const int *t, int count) {" in lines
    assert sum(line.startswith("case ") for line in lines) < 100


def test_long_loop_in_a_long_program_is_a_function() -> None:
    root, xs, ws = irregular(4 * c_source.LONGEST)
    chain: Any = xs[0]
    for _ in range(500):
        chain = at.tanh(chain)
    lines = lines_of(root + chain, xs, ws)
    assert any(line.startswith("for (int a = 0; a < 3") and "tanh" in line for line in lines)
    assert "static void forward_rows_1(ARRAYS) {" in lines


@needs_compiler
def test_table_computes_as_eager_code() -> None:
    root, xs, ws = irregular(4 * c_source.LONGEST)
    root.backward()
    backend = CBackend(plan_of(tape_of(root, inputs=xs, parameters=ws)), [9])
    backend.parameters[:] = [w.data for w in ws]
    (loss,) = backend.run([np.array([[x.data for x in xs]])], (), 1.0, lambda conditions: None)
    assert loss == pytest.approx(root.data, rel=1e-12)
    np.testing.assert_allclose(backend.gradients, [w.grad for w in ws], rtol=1e-10)


def test_text_of_the_user_is_not_in_the_source() -> None:
    x = Value(1.0, label="*/ system(0); /*")
    assert "system" not in "".join(lines_of(at.sin(x), [x]))


def test_list_of_parameters_is_computed_once() -> None:
    w = [Value(1.0), Value(2.0)]
    lines = lines_of(at.cross_entropy(w, 1.0), [Value(1.0)], w)
    assert "{ const double xs[] = {u[0], u[1]}; u[3] = list_cross_entropy(xs, 2, 1); }" in lines
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
