"""Parts of exports by themselves: names, views as indices, what is refused, and guards of libraries."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, primitive, record
from autograd_tiny.replay import BackendError
from autograd_tiny.replay.export import python_file
from autograd_tiny.replay.export.array_file import without_first
from autograd_tiny.replay.export.arrays import Array, Joined, Loop, Number, Table, View
from autograd_tiny.replay.export.c_functions import _formatted
from autograd_tiny.replay.export.c_lists import contribution_lines
from autograd_tiny.replay.export.c_references import OUTSIDE
from autograd_tiny.replay.export.c_scope import Notes, Scope
from autograd_tiny.replay.export.indexing import index_of
from autograd_tiny.replay.export.names import Names, named_arrays, scopes_of
from autograd_tiny.replay.export.numpy_file import NumpyWriter
from autograd_tiny.replay.export.operands import Elements, Finder, UnevenError
from autograd_tiny.replay.export.standalone import standalone_of
from tests.replay.export.files import load
from tests.replay.export.test_corners import labels_and_inputs_two_back


def positions(view: View, k: int) -> Any:
    found = np.full(view.shape, view.base + view.step * k)
    for axis, stride in enumerate(view.strides):
        found += stride * np.arange(view.shape[axis]).reshape(
            [-1 if x == axis else 1 for x in range(len(view.shape))]
        )
    return found


def test_views_are_written_as_what_they_read() -> None:
    draw, w = random.Random(0), Value(1.0)
    writer, indexed = NumpyWriter(standalone_of(record(lambda x: w * x, inputs=(1.0,), parameters=[w]))), 0
    for _ in range(3_000):
        array = Array("a", draw.choice([(24,), (4, 6), (6, 4), (2, 3, 4)]), "constant")
        shape = tuple(draw.choice([1, 2, 3, 4, 6]) for _ in range(draw.randrange(3)))
        strides = tuple(draw.choice([0, 1, 1, 2, 3, 4, 6, 7, -1, -4, 12]) for _ in shape)
        view = View(array, draw.randrange(24), draw.choice([0, 0, 1, 2, 4, 6, -6]), strides, shape)
        count = draw.choice([2, 3]) if view.step else 1
        reached = np.concatenate([positions(view, k).ravel() for k in range(count)])
        if reached.min() < 0 or reached.max() >= array.size:
            continue
        indexed += index_of(view, count) is not None
        writer.loop = Loop("k", count, (), ()) if view.step else None
        text, gradient = writer.operand(view, whole=True), writer.view(view, gradient=True)
        for k in range(count):
            names = {
                "np": np,
                "g_a": np.arange(array.size).reshape(array.shape),
                "a": np.arange(array.size).reshape(array.shape),
                "k": k,
            }
            for table in writer.extra:
                names[table.name] = np.array(table.numbers, int).reshape(table.shape)
            assert np.array_equal(np.broadcast_to(eval(text, names), view.shape), positions(view, k)), (view, text)
            once = positions(view, k)[tuple(slice(None) if stride else 0 for stride in strides)]
            assert sorted(np.ravel(eval(gradient, names))) == sorted(np.ravel(once)), (view, gradient)
    assert indexed > 500


def test_first_axis_of_one_place_is_left_out() -> None:
    array = Array("a", (2, 3), "parameter")
    whole, row = View(array, 0, 0, (3, 1), (2, 3)), View(array, 3, 0, (3, 1), (1, 3))
    table = Table(Array("places1", (1, 3), "constant", (0.0, 2.0, 1.0)), (array,), False, (1, 3))
    assert without_first(whole) is whole
    expected = Joined(
        0,
        (
            View(array, 3, 0, (1,), (3,)),
            Number(2.0, (2,)),
            Table(Array("places1", (3,), "constant", (0.0, 2.0, 1.0)), (array,), False, (3,)),
        ),
        (8,),
    )
    assert repr(without_first(Joined(1, (row, Number(2.0, (1, 2)), table), (1, 8)))) == repr(expected)


def test_scopes_of_unusual_functions() -> None:
    def outer() -> Any:
        if not scopes_of:
            later = 1

        def inner() -> Any:
            return later

        return inner

    assert scopes_of(outer())[0] == {"later": None}
    assert scopes_of(None) == []
    assert next(list(scope) for scope in scopes_of(partial(outer))) == ["scopes_of"]
    assert scopes_of(Names)[0] == {}


class Strange:
    """A function whose signature cannot be read."""

    __signature__ = 3

    def __init__(self, w: Value) -> None:
        self.w = w

    def __call__(self, x: Any) -> Any:
        return self.w * x


def test_inputs_of_functions_without_names() -> None:
    w = Value(1.0)
    for function, expected in (
        (Strange(w), ["x"]),
        (lambda *xs: w * xs[0], ["x"]),
        (lambda *xs: w * xs[0] * xs[1], ["x1", "x2"]),
    ):
        program = record(function, inputs=(1.0,) * len(expected), parameters=[w])
        assert [array.name for array in named_arrays(program, Names([]))[0]] == expected


def test_labels_without_variables_stay_apart() -> None:
    leaves = {label: Value(1.0, label=label.strip()) for label in ("w", " w", "w ", "v", "v[0]", "v[0] ", "u.a")}
    program = record(lambda x, of=leaves.values: sum(w * x for w in of()), inputs=(1.0,), parameters=leaves.values())
    names = [array.title or array.name for array in named_arrays(program, Names([]))[1]]
    assert names == ["w", "w_2", "w_3", "v", "v_2", "v[0]_2", "u_a"] or len(set(names)) == len(names)
    assert {"w", "w_2", "w_3"} < set(names)


def test_guards_of_libraries(tmp_path: Path) -> None:
    w = Value(2.0)

    def loss(x: Any) -> Any:
        return w * x if w > 0.0 and x > 0.0 else x

    program = record(loss, inputs=(1.0,), parameters=[w])
    for language in ("torch", "jax"):
        text = program.export(language, tmp_path / "loss.py").read_text(encoding="utf-8")
        assert text.count("an example takes another branch") == 2
        compile(text, language, "exec")


def test_rows_that_a_library_lacks(tmp_path: Path) -> None:
    w = Value(0.5)
    total = primitive("exported_total", "exported_total({*xs})", sum, lambda xs, z: ([1.0] * len(xs),))
    try:
        for loss in (lambda x: at.round(w * x, 1), lambda x: total([w, x])):
            for language in ("torch", "jax"):
                with pytest.raises(BackendError, match=r"round|exported_total"):
                    record(loss, inputs=(1.0,), parameters=[w]).export(language, tmp_path / "loss.py")
        for language in ("python", "numpy"):
            with pytest.raises(BackendError, match="exported_total"):
                record(lambda x: total([w, x]), inputs=(1.0,), parameters=[w]).export(language, tmp_path / "loss.py")
    finally:
        del at.primitives.primitive.TABLE["exported_total"]


def test_order_of_a_derivative_must_be_a_number(tmp_path: Path) -> None:
    w = Value(0.5)
    program = record(lambda n, x: at.polygamma(n, w * x), inputs=(1.0, 2.0), parameters=[w])
    with pytest.raises(BackendError, match="polygamma"):
        program.export("jax", tmp_path / "loss.py")


def test_recurrence_of_several_numbers(tmp_path: Path) -> None:
    w = Value(0.5, label="w")

    def outputs(xs: Any) -> Any:
        h = 0.0
        for x in xs:
            h = at.tanh(w * h + x)
        return [h, h * 2.0]

    program = record(outputs, inputs=([0.1] * 8,), parameters=[w])
    names = load(program.export("numpy", tmp_path / "loss.py"))
    xs = np.linspace(-1.0, 1.0, 16).reshape(2, 8)
    assert np.allclose(names["outputs"](names["parameters"], xs), program(xs), rtol=1e-12, atol=0.0)


def test_functions_of_one_line_in_c() -> None:
    assert _formatted("static double twice(double x) { return 2.0 * x; }").splitlines() == [
        "static double twice(double x)", "{", "    return 2.0 * x;", "}"
    ]  # fmt: skip


def started(start: Any, *constants: Array) -> dict[str, Any]:
    """Return the Python file of a recurrence whose first two numbers are read in another way."""
    body = tuple(
        replace(part, carried=tuple((x, n, start(first) if n == 2 else first) for x, n, first in part.carried))
        if isinstance(part, Loop)
        else part
        for part in RECURRENCE.body
    )
    whole = replace(RECURRENCE, body=body, constants=(*RECURRENCE.constants, *constants))
    names: dict[str, Any] = {"__name__": "exported"}
    exec(python_file.source(whole), names)
    return names


PROGRAM, _ = labels_and_inputs_two_back()
RECURRENCE = standalone_of(PROGRAM)


def entry(first: Any, number: int) -> View:
    return View(first.array, first.base + number * first.strides[0], 0, (1,), (1,))


def as_table(first: Any) -> Table:
    places = Array("places77", (2,), "constant", (float(first.base), float(first.base + first.strides[0])))
    return Table(places, (first.array,), False, (2,))


def test_first_numbers_of_a_recurrence_are_read_from_joined_parts_and_tables() -> None:
    loss = PROGRAM.differentiate([0.5]).item()
    joined = started(lambda first: Joined(0, (entry(first, 0), entry(first, 1)), (2,)))
    places = as_table(
        next(x for part in RECURRENCE.body if isinstance(part, Loop) for _, n, x in part.carried if n == 2)
    )
    for names in (joined, started(as_table, places.array)):
        found, gradient = names["loss_and_gradient"](names["parameters"], 0.5)
        assert found == pytest.approx(loss, rel=1e-12)
        assert [gradient["c"], gradient["d"]] == pytest.approx(PROGRAM.gradients.tolist(), rel=1e-12)


def test_first_number_of_a_recurrence_that_is_a_constant_takes_no_gradient() -> None:
    constant = Array("constants77", (1,), "constant", (0.3,))
    names = started(lambda first: Joined(0, (View(constant, 0, 0, (1,), (1,)), entry(first, 1)), (2,)), constant)
    step = 1e-6
    for label in ("c", "d"):
        parameters = [dict(names["parameters"]) for _ in range(2)]
        for sign, each in zip((1.0, -1.0), parameters, strict=True):
            each[label] += sign * step
        plus, minus = (names["loss_and_gradient"](each, 0.5)[0] for each in parameters)
        slope = names["loss_and_gradient"](names["parameters"], 0.5)[1][label]
        assert slope == pytest.approx((plus - minus) / (2.0 * step), rel=1e-6, abs=1e-9)


def test_tables_do_not_read_what_their_loop_computes() -> None:
    finder = Finder([Array("a", (40,), "result")])
    first = np.array([(7 * k * k) % 31 for k in range(25)], float)
    elements = Elements(np.zeros((2, 25), int), np.array([first, first + 3.0]), (25,))
    with pytest.raises(UnevenError):
        finder.operand(elements, inside=frozenset({0}))


def test_list_without_gradient_takes_no_contribution_in_c() -> None:
    w = Value(2.0)
    program = record(lambda xs, i: w * xs[i], inputs=([1.0, 2.0], 0), parameters=[w])
    (row, _) = standalone_of(program).body
    assert list(contribution_lines(Scope(row.target, OUTSIDE, Notes(1)), row)) == []


def test_program_of_nothing_but_constants_in_c(tmp_path: Path) -> None:
    text = (
        record(lambda: Value(2.0) * 3.0, inputs=(), batched=False).export("c", tmp_path / "loss.c").read_text("utf-8")
    )
    assert "double numbers[1];" in text
