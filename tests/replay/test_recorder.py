"""Recording: operations are recorded, choices are guards, and what cannot be recorded is refused."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from collections.abc import Callable
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, no_grad, record
from autograd_tiny.engine.grad_mode import RECORDERS
from autograd_tiny.errors import OperandError, RecordError
from autograd_tiny.replay.recorder import DETACH, Condition, Number, Recorder
from autograd_tiny.support.user_frames import OUR_FILES
from tests.operands import COMPARISONS, OPERATORS

W = Value(0.5)


class One(IntEnum):
    ONE = 1


@pytest.mark.parametrize("operate", OPERATORS)
def test_arithmetic_of_numbers_is_a_number(operate: Callable[[Any, Any], Any]) -> None:
    with Recorder():
        for x, y in ((Number(3.0), 2.0), (3.0, Number(2.0)), (Number(3.0), Number(2.0))):
            node = operate(x, y)
            assert type(node) is Number
            assert node._number == operate(3.0, 2.0)


@pytest.mark.parametrize("operate", OPERATORS)
def test_arithmetic_with_a_value_is_a_value(operate: Callable[[Any, Any], Any]) -> None:
    with Recorder():
        for x, y in ((Number(3.0), Value(2.0)), (Value(3.0), Number(2.0))):
            node = operate(x, y)
            assert type(node) is Value
            assert node.inputs == (x, y)
            assert node._number == operate(3.0, 2.0)


@pytest.mark.parametrize("operate", OPERATORS)
def test_partials_with_a_number_are_those_of_values(operate: Callable[[Any, Any], Any]) -> None:
    x, y = Number(3.0), Number(2.0)
    expected = operate(Value(3.0), Value(2.0))
    for node in (operate(x, y), operate(x, Value(2.0)), operate(Value(3.0), y)):
        assert (node.primitive, node._number, node.partials) == (
            expected.primitive,
            expected._number,
            expected.partials,
        )


def test_guards_of_one_line_share_an_object() -> None:
    with Recorder() as recorder:
        truths = [bool(Number(x) > 0.0) for x in (1.0, -1.0, 2.0)]
    assert truths == [True, False, True]
    assert recorder.guards[0] is recorder.guards[2] is not recorder.guards[1]
    assert [condition._number for condition in recorder.conditions] == [1.0, 0.0, 1.0]


def test_functions_of_numbers_and_of_values() -> None:
    with Recorder():
        x, w = Number(3.0), Value(2.0)
        assert [type(node) for node in (-x, x.tanh(), at.exp(x), at.sum([x, 1.0]), x**2, abs(x))] == [Number] * 6
        assert [type(node) for node in (at.dot([w], [x]), at.maximum(w, x), at.max([x, w]))] == [Value] * 3


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("x", [Number(1.0), Value(1.0)])
def test_comparison_is_1_or_0(x: Value, compare: Callable[[Any, Any], Any]) -> None:
    with Recorder() as recorder:
        for y in (1.0, 2.0, Number(0.5), Value(1.0)):
            condition = compare(x, y)
            assert type(condition) is Condition
            assert condition._number == float(compare(1.0, y if isinstance(y, float) else y._number))
        assert not recorder.guards


def test_truth_of_comparison_is_a_guard_with_its_line() -> None:
    with Recorder() as recorder:
        x = Number(1.0)
        taken = 1 if x > 0.0 else 2
    (guard,) = recorder.guards
    assert taken == 1
    assert guard.recorded
    assert guard.file == __file__
    assert guard.code == "taken = 1 if x > 0.0 else 2"


def test_guard_names_the_line_of_the_user() -> None:
    with Recorder() as recorder:
        at.clamp(Number(1.0), min=0.0)
        max(Number(1.0), Number(2.0))
    assert [guard.code for guard in recorder.guards] == ["max(Number(1.0), Number(2.0))"]


def test_truth_of_number_and_value_are_guards() -> None:
    with Recorder() as recorder:
        assert not Number(0.0)
        assert Value(2.0)
    assert [guard.recorded for guard in recorder.guards] == [False, True]


def test_numbers_are_compared_by_value() -> None:
    with Recorder() as recorder:
        y = Number(1.0)
        assert y == 1
        assert y != 2.0
        assert y in (-1.0, 1.0)
        assert Number(2.0) == Number(2.0)
        assert len(recorder.guards) == 5


def test_values_are_compared_by_identity() -> None:
    with Recorder() as recorder:
        w, x = Value(1.0), Number(1.0)
        assert w != Value(1.0)
        assert w == w
        assert x != "1"
        assert w != "1"
        assert not recorder.guards


def test_values_and_numbers_are_equal_by_number_while_they_are_recorded_too() -> None:
    with Recorder() as recorder:
        w, x = Value(1.0), Number(1.0)
        for y in (1, 1.0, np.float64(1.0), np.int64(1), True, x):
            assert w == y
            assert y == w
        for y in (2, 2.0, np.float64(2.0), Number(2.0)):
            assert w != y
            assert y != w
        assert len(recorder.guards) == 20


def test_conditions_can_be_joined() -> None:
    with Recorder() as recorder:
        x = Number(1.0)
        both, either = (x > 0.0) & (x < 1.0), (x > 0.0) | (x < 1.0)
        assert [type(node) for node in (both, either, True & both)] == [Condition] * 3
        assert [both._number, either._number, (True | both)._number] == [0.0, 1.0, 1.0]
        assert not recorder.guards


@pytest.mark.parametrize("place", [lambda x: x in {1.0, 2.0}, lambda x: {1.0: "one"}[x]])
def test_number_is_not_hashable_while_recording(place: Callable[[Any], object]) -> None:
    with Recorder(), pytest.raises(RecordError, match="looked up in a set or a dict"):
        place(Number(1.0))


def test_number_is_a_node_after_recording() -> None:
    x = Number(1.0)
    assert {x: 1}[x] == 1
    assert x.data == 1.0


def test_reading_data_of_value_is_refused() -> None:
    with Recorder(), pytest.raises(RecordError, match="the data of a node was read"):
        (Number(1.0) * Value(2.0)).data


@pytest.mark.parametrize("node", [lambda: Number(1.0), lambda: Value(1.0), lambda: Number(1.0) * Value(2.0)])
@pytest.mark.parametrize(
    "leave",
    [
        copy.copy,
        copy.deepcopy,
        pickle.dumps,
        lambda node: copy.deepcopy({"key": [node]}),
        lambda node: f"{node:.1f}",
        lambda node: format(node, "g"),
        lambda node: node.grad,
        lambda node: node.partials,
        lambda node: list(node.__rich_repr__()),
        lambda node: record(lambda: W, parameters=[W]).evaluate(),
    ],
)
def test_way_to_a_number_is_refused(node: Callable[[], Value], leave: Callable[[Any], object]) -> None:
    with Recorder(), pytest.raises(RecordError):
        leave(node())


def test_program_cannot_be_run_while_another_is_recorded() -> None:
    program = record(lambda x: W * x, inputs=(1.0,), parameters=[W])
    for run in (program, program.evaluate, program.backward):
        with Recorder(), pytest.raises(RecordError, match="a program was run"):
            run([1.0])


@pytest.mark.parametrize(
    "y",
    [1, True, np.float32(1.0), np.int8(1), np.array(1.0), One.ONE, Fraction(1), Decimal(1), 1 + 0j, np.complex64(1)],
)
@pytest.mark.parametrize("kind", [Number, Value])
def test_equality_with_any_kind_of_number_is_followed(kind: type[Value], y: Any) -> None:
    with Recorder() as recorder:
        x = kind(1.0)
        assert x == y
        assert y == x
        assert kind(2.0) != y
        match x:
            case One.ONE:
                pass
            case _:
                pytest.fail("1.0 is One.ONE")
    assert len(recorder.guards) == 4


def test_package_itself_compares_by_identity() -> None:
    code = compile("x == x, x == y", f"{OUR_FILES[0]}some_module.py", "eval")
    with Recorder() as recorder:
        assert eval(code, {"x": Number(1.0), "y": Number(1.0)}) == (True, False)
    assert not recorder.guards


@pytest.mark.parametrize("y", [Fraction(1, 3), Decimal("0.1"), 10**400, 1 + 1j, Decimal("sNaN"), "1", None, [1.0]])
def test_number_that_no_float_is_equal_to_is_no_choice(y: Any) -> None:
    with Recorder() as recorder:
        x = Number(1 / 3)
        assert x != y
    assert not recorder.guards


def test_data_of_number_is_the_number() -> None:
    with Recorder():
        x = Number(1.0)
        assert type(x.data) is Number
        assert (x.data.primitive, x.data.inputs, x.data._number) == (DETACH, (x,), 1.0)
    assert x.data == 1.0


def test_node_can_be_printed() -> None:
    with Recorder():
        assert repr(Value(1.0)) == f"{Value(1.0)}" == "Value(data=1.0, grad=0.0)"


@pytest.mark.parametrize("convert", [float, int, np.float64])
def test_float_of_number_is_refused(convert: Callable[[Any], object]) -> None:
    with Recorder(), pytest.raises(RecordError, match=r"converted to float or int \(it is 1.0\)"):
        convert(Number(1.0))


@pytest.mark.parametrize("convert", [float, int, operator.index, [0, 1].__getitem__])
def test_conversion_of_condition_is_a_guard(convert: Callable[[Any], object]) -> None:
    with Recorder() as recorder:
        assert convert(Number(1.0) > 0.5) == 1
        assert convert(Number(1.0) > 2.0) == 0
    assert [guard.recorded for guard in recorder.guards] == [True, False]


def test_text_of_data_is_that_of_a_float() -> None:
    with Recorder() as recorder:
        assert f"{Number(1.0).data}" == repr(Number(1.0).data) == "1.0"
        assert repr(Number(1.0)) == "Value(data=1.0, grad=0.0)"
    assert recorder.shows_numbers


def test_number_as_index_is_noted() -> None:
    i = Number(1.0)
    with Recorder() as recorder:
        assert [5, 6][i] == 6
    assert [index.node for index in recorder.indices] == [i]
    assert recorder.indices[0].code == "assert [5, 6][i] == 6"


def test_number_as_index_takes_the_given_place() -> None:
    with Recorder(integers=[0]):
        assert [5, 6][Number(1.0)] == 5


def test_index_outside_of_a_recording_is_refused() -> None:
    with pytest.raises(TypeError, match="'Number' object cannot be interpreted as an integer"):
        [5, 6][Number(1.0)]


@pytest.mark.parametrize("number", [1.5, math.nan, math.inf])
def test_index_that_is_not_whole_is_refused(number: float) -> None:
    with Recorder(), pytest.raises(RecordError, match=r"not whole was used as an index \(it is"):
        [5, 6][Number(number)]


def test_detached_node_is_linked_without_gradient() -> None:
    with Recorder():
        w = Value(2.0, label="w")
        copy = w.detach()
    assert copy.primitive is DETACH
    assert copy.inputs == (w,)
    assert (copy.label, copy._number, copy.partials) == ("w", 2.0, (0.0,))


def test_value_of_number_is_linked() -> None:
    with Recorder():
        x = Number(2.0)
        leaf = Value(x, label="x")
        assert (type(leaf), leaf.inputs, leaf._number) == (Value, (x,), 2.0)


def test_value_of_value_is_refused() -> None:
    with Recorder(), pytest.raises(RecordError, match=r"write v.detach\(\)"):
        Value(Value(2.0))  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [Number(2.0), 2.0, 2])
def test_assigning_data_is_refused(data: Any) -> None:
    w = Value(1.0)
    with Recorder(), pytest.raises(RecordError, match="assigned"):
        w.data = data
    assert w.data == 1.0


def test_value_of_value_is_refused_outside_of_recording() -> None:
    with pytest.raises(OperandError):
        Value(Value(2.0))  # type: ignore[arg-type]


def test_recording_under_no_grad_is_refused() -> None:
    with Recorder(), pytest.raises(RecordError, match="no_grad"), no_grad():
        pass
    with no_grad(), pytest.raises(RecordError, match="no_grad"), Recorder():
        pass


def test_nested_recording_is_refused() -> None:
    with Recorder(), pytest.raises(RecordError, match="another recording"), Recorder():
        pass


def test_recording_ends_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), Recorder():
        1 / 0
    assert not RECORDERS
    assert (Value(1.0) < 2.0) is True


def test_comparison_with_array_is_a_guard_for_each_element() -> None:
    with Recorder() as recorder:
        assert (Number(1.0) < np.array([0.0, 2.0])).tolist() == [False, True]
    assert [guard.recorded for guard in recorder.guards] == [False, True]


def test_equality_inside_numpy_is_a_guard() -> None:
    with Recorder() as recorder:
        assert not np.array_equal(np.array([Number(1.0)]), np.array([Number(2.0)]))
        assert np.array_equal(np.array([Number(2.0)]), np.array([Value(2.0)]))
    assert [guard.recorded for guard in recorder.guards] == [False, True]


def test_derivatives_as_graphs_can_be_recorded() -> None:
    with Recorder():
        w = Value(0.5)
        (slope,) = at.grad(at.relu(w * Number(3.0)), [w])
        assert slope._number == 3.0


def test_gradient_is_not_set_while_recording() -> None:
    before = W.grad
    with Recorder(), pytest.raises(RecordError, match="the gradient of a node was set"):
        W.grad = before + 1.0
    assert W.grad == before
