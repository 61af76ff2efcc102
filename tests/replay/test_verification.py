"""A recording is verified on other inputs: what the recorder does not see is refused."""

from __future__ import annotations

import gc
import math
import random
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.errors import RecordError
from autograd_tiny.replay import verification
from autograd_tiny.replay.verification import LARGE, other_examples
from tests.replay.backends import BACKENDS

W = Value(0.5)
every_backend = pytest.mark.parametrize("backend", BACKENDS)


class Leaks:
    """Functions that use a number which no replay follows, each with an example."""

    @staticmethod
    def random_at_0(x: Any) -> Any:
        return x * random.random()

    @staticmethod
    def random_of_a_node(x: Any) -> Any:
        return x.tanh() * random.random()

    @staticmethod
    def text_of_a_node(x: Any) -> Any:
        return W * x * float(str(x).partition("=")[2].partition(",")[0] if isinstance(x, Value) else x)

    @staticmethod
    def type_of_a_node(x: Any) -> Any:
        return W * x if isinstance(x, float) else W * x * 1.0001

    @staticmethod
    def constant_result_far_away(x: Any) -> Any:
        return 1.0 if isinstance(x, Value) and "nan" in str(x) else W * x

    @staticmethod
    def node_of_another_call(x: Any, calls: list[Any] = []) -> Any:  # noqa: B006 - the point
        calls.append(W * x)
        return calls[0] * x

    @staticmethod
    def new_leaf(x: Any, calls: list[Any] = []) -> Any:  # noqa: B006 - as above
        calls.append(x)
        return Value(float(len(calls))) * x

    @staticmethod
    def changing_closure(x: Any, calls: list[Any] = []) -> Any:  # noqa: B006 - as above
        calls.append(x)
        return W * x + 1e-14 * len(calls)

    @staticmethod
    def changing_choice(x: Any, calls: list[Any] = []) -> Any:  # noqa: B006 - as above
        calls.append(x)
        return W * x if x * x > (0.5 if len(calls) == 1 else 1e30) else W

    @staticmethod
    def condition_made_twice_later(x: Any, calls: list[Any] = []) -> Any:  # noqa: B006 - as above
        calls.append(x)
        is_positive = x > 0.0
        is_positive_too = is_positive if len(calls) == 1 else x > 0.0
        return W * x if is_positive and is_positive_too else W

    @staticmethod
    def nothing_later(x: Any, calls: list[Any] = []) -> Any:  # noqa: B006 - as above
        calls.append(x)
        return W * x if len(calls) == 1 else None

    @staticmethod
    def longer_list(x: Any, calls: list[Any] = []) -> Any:  # noqa: B006 - as above
        calls.append(x)
        return at.sum([W * x, *[0.0] * len(calls)])

    @staticmethod
    def more_choices_of_text(x: Any) -> Any:
        if "data=0.0" in str(x):
            return W * x if x < 1e300 else W
        return W * x

    @staticmethod
    def constant_before_another_choice(x: Any) -> Any:
        if x > (0.5 if "data=-" in str(x) else 0.25):
            return W * x
        return W


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return how many calls verify a function, and verify functions of any size as such."""
    if request.param == "large":
        monkeypatch.setattr(verification, "LARGE", 0)
    return request.param


@pytest.mark.parametrize("leak", [f for name, f in vars(Leaks).items() if isinstance(f, staticmethod)])
def test_number_that_is_not_followed_is_refused(leak: Any, size: str) -> None:
    for calls in leak.__wrapped__.__defaults__ or ():
        calls.clear()  # of an earlier test
    with pytest.raises(RecordError, match=r"the function (computed something else|drew a random number)"):
        record(leak, inputs=(1.0,), parameters=[W])


@pytest.mark.parametrize("parameters", [[W], []])
def test_number_that_is_read_from_the_text_of_a_leaf_is_refused(parameters: list[Value], size: str) -> None:
    before = W.data
    with pytest.raises(RecordError, match="for other parameters"):
        record(lambda x: W * x * float(str(W)[11:14]), inputs=(1.0,), parameters=parameters)
    assert W.data == before


def test_function_may_print_its_nodes(size: str) -> None:
    texts = []

    def loss(x: Any) -> Any:
        texts.append(f"{x} {W}")
        return W * Value(2.0) * x if W > 0.0 else W

    assert record(loss, inputs=(1.0,), parameters=[W])([3.0]).tolist() == [3.0]
    assert texts[0] == "Value(data=1.0, grad=0.0) Value(data=0.5, grad=0.0)"


def test_function_that_fails_for_other_parameters_is_recorded() -> None:
    def loss(x: Any) -> Any:
        return at.cross_entropy([W, x], 0.0) if str(W)[11:14] == "0.5" else at.dot([W], [])

    assert record(loss, inputs=(1.0,), parameters=[W]).plan


def test_random_factor_of_0_is_refused(size: str) -> None:
    with pytest.raises(RecordError, match="drew a random number in line"):
        record(Leaks.random_at_0, inputs=(0.0,))


ROW = [Value(1.0), Value(2.0)]
AS_INDEX: dict[str, Callable[[Any], Any]] = {
    "slice": lambda i: at.sum(ROW[:i]),
    "bounds of a slice": lambda i: at.sum(ROW[0:i]),
    "repetition": lambda i: at.sum(ROW.__mul__(i)),
    "assignment": lambda i: ROW.copy().__setitem__(i, 1.0),
    "range": lambda i: sum(ROW[0] for _ in range(i)),
    "shape": lambda i: np.zeros(i).sum() * ROW[0],
}


@pytest.mark.parametrize("name", AS_INDEX)
def test_number_as_index_is_refused_with_its_line(name: str) -> None:
    match = r"a number was used as a count, .* in line \d+ of .*test_verification.py, `.*where"
    with pytest.raises(RecordError, match=match):
        record(AS_INDEX[name], inputs=(1,), parameters=ROW)


def test_other_index_error_is_that_of_the_function() -> None:
    with pytest.raises(IndexError, match="list index out of range"):
        record(lambda i: ROW[7] * i, inputs=(1,), parameters=ROW)


def test_node_of_an_earlier_recording_is_refused(size: str) -> None:
    kept: list[Any] = []

    def loss(x: Any) -> Any:
        kept.append(W * x)
        return kept[0] * x

    for _ in range(2):
        with pytest.raises(RecordError, match="the function"):
            record(loss, inputs=(1.0,), parameters=[W])


@pytest.mark.parametrize("example", [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
def test_array_function_that_differs_for_nan_is_refused(example: list[float], size: str) -> None:
    with pytest.raises(RecordError, match=r"nan"):
        record(lambda x: W * np.nan_to_num(x).sum(), inputs=(np.array(example),), parameters=[W])


@pytest.mark.parametrize("example", [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
def test_array_function_that_differs_for_some_nan_is_refused(example: list[float]) -> None:
    def leak(x: Any) -> Any:
        return W * x[0 if isinstance(x[0], float) and x[-1] != x[-1] else -1]

    with pytest.raises(RecordError, match=r"nan"):
        record(leak, inputs=(np.array(example),), parameters=[W])


@every_backend
@pytest.mark.parametrize(
    "order", [lambda x: x.max(), np.max, np.min, lambda x: np.maximum(x[0], x[1]), lambda x: np.sort(x)[0]]
)
@pytest.mark.parametrize("example", [[1.0, 2.0], [2.0, 1.0], [-1.0, -1.0]])
def test_order_of_numpy_is_a_guard_against_nan(backend: str, order: Any, example: list[float]) -> None:
    program = record(
        lambda x: W * order(x),
        inputs=(np.array(example),),
        parameters=[W],
        backend=backend,
        on_mismatch="eager",
    )
    for numbers in ([1.0, 2.0], [2.0, 1.0], [np.nan, 3.0], [3.0, np.nan]):
        expected = 0.5 * float(order(np.array(numbers)))
        np.testing.assert_array_equal(program([numbers]), [expected])


def test_order_of_numpy_cannot_be_recorded_at_nan() -> None:
    with pytest.raises(at.errors.UnorderedError):
        record(lambda x: W * x.max(), inputs=(np.array([np.nan, 1.0]),), parameters=[W])


def test_other_way_behind_a_guard_is_legitimate(size: str) -> None:
    calls = []

    def forked(x: Any) -> Any:
        calls.append(x)
        if x > 0.5:
            return W * x
        return W * x * random.random()

    program = record(forked, inputs=(1.0,), parameters=[W])
    assert program([2.0]).tolist() == [1.0]


def test_exception_at_other_inputs_is_no_refusal(size: str) -> None:
    def checked(x: Any) -> Any:
        if not 0.9 < x < 1.1:
            raise ValueError
        return W / x

    assert record(checked, inputs=(1.0,), parameters=[W])([1.0]).tolist() == [0.5]
    program = record(lambda x: at.cross_entropy([W, 2.0 * W], x), inputs=(1.0,), parameters=[W])
    assert program([0.0]) > program([1.0])


def test_function_of_nodes_only_is_verified_on_nodes(size: str) -> None:
    program = record(lambda x: W * x.tanh(), inputs=(1.0,), parameters=[W])
    assert program([0.0]).tolist() == [0.0]
    with pytest.raises(RecordError, match="drew a random number in line"):
        record(Leaks.random_of_a_node, inputs=(1.0,), parameters=[W])


def test_loop_that_never_ends_for_nan_is_left() -> None:
    def halved(x: Any) -> Any:
        while not x < 1.0:
            x = x / 2.0
        return W * x

    assert record(halved, inputs=(3.0,), parameters=[W])([3.5]).tolist() == [0.5 * 0.875]


def test_function_that_catches_exceptions_is_left_too(size: str) -> None:
    def careful(x: Any) -> Any:
        try:
            return W * x if x > 0.0 else W
        except Exception:  # noqa: BLE001 - the point
            return W * 7.0

    assert record(careful, inputs=(1.0,), parameters=[W])([2.0]).tolist() == [1.0]


def test_choice_that_is_caught_does_not_hide_the_way(size: str) -> None:
    def careless(x: Any) -> Any:
        try:
            return W * x if x > 0.0 else W
        except BaseException:  # noqa: BLE001 - the point
            return W * 7.0 if x < 9.0 else W

    assert record(careless, inputs=(1.0,), parameters=[W])([2.0]).tolist() == [1.0]


def test_rounding_of_plain_numbers_is_no_difference(size: str) -> None:
    program = record(lambda x: W * (x**2).mean() - W * x.sum(), inputs=(np.linspace(-1.0, 1.0, 50),), parameters=[W])
    assert program.plan
    assert record(lambda x: W * ((x - 1.0) * 1e9 + 1e9 - 1e9 * x), inputs=(1.0,), parameters=[W]).plan


def test_overflow_on_the_way_is_no_difference(size: str) -> None:
    def scaled(x: Any) -> Any:
        x = x * 1e200
        return W * (x * 1e200 / 1e300) if isinstance(x, float) else W * (x / 1e300 * 1e200)

    assert record(scaled, inputs=(1.0,), parameters=[W]).plan


@pytest.mark.parametrize(("inputs", "calls"), [((), 3), ((1.0,), 13), (([1.0, 2.0],), 19)])
def test_number_of_calls(inputs: Any, calls: int) -> None:
    made = []

    def loss(*xs: Any) -> Any:
        made.append(xs)
        return W * at.sum([W, *(xs[0] if xs and isinstance(xs[0], list) else xs)])

    record(loss, inputs=inputs, parameters=[W])
    assert len(made) == calls


@pytest.mark.parametrize(
    ("loss", "calls"),
    [
        (lambda x: W * x, 5),
        (lambda x: W * x if x > -1e9 else W, 4),  # no choice is for nan
        (lambda x: W * x if x > 0.0 else W, 5),  # far ones end at the choice
        (lambda x: W * x if 0.9999 < x < 1.0001 else W, 6),  # near ones too
        (lambda x: W * at.exp(x * -1e3), 7),  # infinite far away
        (lambda x: W * x.tanh(), 9),  # of nodes only
        (lambda x: (str(x), W * x)[1], 16),  # it prints a node
    ],
)
def test_large_function_is_called_as_often_as_proves_something(
    monkeypatch: pytest.MonkeyPatch, loss: Callable[[Any], Any], calls: int
) -> None:
    monkeypatch.setattr(verification, "LARGE", 0)
    made = []
    record(lambda x: (made.append(x), loss(x))[1], inputs=(1.0,), parameters=[W], backend="python")
    assert len(made) == calls


def test_large_function_without_inputs_is_called_again() -> None:
    made = []

    def long() -> Any:
        made.append(1)
        return sum([W] * LARGE, 0.0)

    record(long, parameters=[W], backend="python")
    assert len(made) == 3


def test_no_graph_is_alive_while_another_is_made() -> None:
    alive: list[int] = []
    graphs: list[Any] = []

    def loss(x: Any) -> Any:
        alive.append(sum(graph() is not None for graph in graphs))
        y = W * x + 1.0
        graphs.append(weakref.ref(y))
        return y * y

    record(loss, inputs=(1.0,), parameters=[W], backend="python")
    assert not any(alive)


def test_collector_waits_while_a_function_is_recorded() -> None:
    states = []
    record(lambda x: (states.append(gc.isenabled()), W * x)[1], inputs=(1.0,), parameters=[W])
    assert not any(states)
    assert gc.isenabled()


def test_other_examples_are_of_the_same_size() -> None:
    assert list(other_examples([])) == []
    assert {len(other) for other in other_examples([1.0, 0.0, -2.0])} == {3}
    few = list(other_examples([1.0, 1.0, 1.0], few=True))
    assert len(few) == 3
    assert [math.copysign(1.0, x) for x in few[0][:2]] == [-1.0, 1.0]
    assert few[0][2] > 1000.0


@pytest.mark.parametrize(
    "read",
    [
        lambda x: x < 7.0,
        lambda x: W * x < 7.0,
        lambda x: x == 1.0,
        bool,
        lambda x: W.data > 0.0,
        lambda x: W < 7.0,
        lambda x: at.dot([W, x], [2.0, 3.0]).detach(),
        lambda x: f"{x:.0f}",
        lambda x: {1.0: x}.get(x),
        lambda x: W.grad,
        lambda x: (W * x).partials,
        lambda x: paused(lambda: at.sum([W, x])),
    ],
)
def test_reading_in_another_thread_is_refused(read: Callable[[Any], Any]) -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(RecordError, match="another thread"):
        record(lambda x: W * x if pool.submit(read, x).result() else 2.0 * W, inputs=(1.0,), parameters=[W])


def test_leaf_that_is_no_parameter_is_not_read_in_another_thread_either() -> None:
    frozen = Value(2.0)
    with ThreadPoolExecutor(1) as pool, pytest.raises(RecordError, match="another thread"):
        record(lambda x: W * x * frozen if pool.submit(lambda: frozen.data > 0).result() else W, inputs=(1.0,))


def test_arithmetic_in_another_thread_is_recorded() -> None:
    with ThreadPoolExecutor(1) as pool:
        program = record(lambda x: W * pool.submit(lambda: x * x).result(), inputs=(1.0,), parameters=[W])
    assert program([3.0]).tolist() == [4.5]


def test_unrelated_nodes_of_another_thread_may_be_read() -> None:
    other = Value(1.0)
    with ThreadPoolExecutor(1) as pool:
        program = record(lambda x: (pool.submit(lambda: other.data).result(), W * x)[1], inputs=(1.0,))
    assert program([3.0]).tolist() == [1.5]


def paused(function: Callable[[], Any]) -> Any:
    with at.no_grad():
        return function()


@pytest.mark.parametrize("number", [2**53 + 1, 10**30, math.factorial(23), 2**70])
def test_integer_that_no_float_is_equal_to_is_a_constant(number: int) -> None:
    w = Value(0.7)
    loss = lambda x: w * x / number + x * number + (w * x < number) + w  # noqa: E731
    program = record(loss, inputs=(1.0,), parameters=[w])
    assert program([0.5])[0] == loss(0.5).data
