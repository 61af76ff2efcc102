"""An example that takes another branch than the recorded one is named, or computed eagerly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import PositionError, RecordError, ReplayMismatch
from autograd_tiny.replay import record
from tests.replay.backends import BACKENDS

every_backend = pytest.mark.parametrize("backend", BACKENDS)
W = Value(0.5)


def forked(x: Any) -> Any:
    if x > 0.0:
        return at.tanh(W * x)
    return 2.0 * W


@every_backend
def test_mismatch_names_example_and_line(backend: str) -> None:
    program = record(forked, inputs=(1.0,), parameters=[W], backend=backend)
    assert program([1.0, 2.0]).shape == (2,)
    with pytest.raises(ReplayMismatch, match="example 2 takes another branch") as caught:
        program.backward([1.0, 2.0, -1.0, -2.0])
    assert caught.value.example == 2
    assert caught.value.file == __file__
    assert caught.value.recorded
    assert "if x > 0.0:" in str(caught.value)
    with pytest.raises(ReplayMismatch, match="this call takes another branch") as caught:
        program.backward([-1.0, -2.0])
    assert caught.value.example is None


@pytest.mark.parametrize(
    ("xs", "example", "line"),
    [([20.0, 50.5, 1.0], 1, 3), ([20.0, 1.0, 50.5], 1, 2), ([1.0, 60.0], None, 2), ([60.0, 20.0], 0, 3)],
)
def test_first_example_that_takes_another_branch_is_named(xs: list[float], example: int | None, line: int) -> None:
    w = Value(0.5)

    def tax(x: Any) -> Any:
        if x <= 10.0:
            return w * x
        if x <= 50.0:
            return 2.0 * w * x
        return 3.0 * w * x

    with pytest.raises(ReplayMismatch) as caught:
        record(tax, inputs=(20.0,), parameters=[w])(xs)
    first = tax.__code__.co_firstlineno
    assert (caught.value.example, (caught.value.line - first - 1) // 2 + 2) == (example, line)


def test_mismatch_without_source_names_no_code() -> None:
    scope: dict[str, Any] = {}
    exec("def f(x):\n    return x * x if x > 0.0 else x", scope)
    program = record(scope["f"], inputs=(1.0,))
    with pytest.raises(ReplayMismatch, match='at line 2 of "<string>", which was True'):
        program([-1.0])


@every_backend
def test_mismatch_writes_no_gradient(backend: str) -> None:
    program = record(forked, inputs=(1.0,), parameters=[W], backend=backend)
    W.grad = 7.0
    program.differentiate([1.0])
    before = program.gradients.copy()
    with pytest.raises(ReplayMismatch):
        program.backward([1.0, -1.0])
    assert W.grad == 7.0
    np.testing.assert_array_equal(program.gradients, before)


@every_backend
@pytest.mark.parametrize("xs", [[1.0, -1.0, 2.0, -2.0], [-1.0, -2.0], [1.0, 2.0]])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_mismatched_examples_are_computed_eagerly(backend: str, xs: list[float], reduction: str) -> None:
    program = record(forked, inputs=(1.0,), parameters=[W], backend=backend, on_mismatch="eager")
    W.grad = 0.0
    losses = program.backward(xs, reduction=reduction)
    replayed, W.grad = W.grad, 0.0
    for x, loss in zip(xs, losses, strict=True):
        root = forked(x)
        root.backward(1.0 / len(xs) if reduction == "mean" else 1.0)
        assert loss == pytest.approx(root.data, rel=1e-14)
    assert replayed == pytest.approx(W.grad, rel=1e-14)
    np.testing.assert_allclose(program(xs), losses)


@every_backend
def test_eager_examples_take_flat_parameters(backend: str) -> None:
    w = Value(0.5)
    program = record(
        lambda x: w * x if x > 0.0 else 3.0 * w, inputs=(1.0,), parameters=[w], backend=backend, on_mismatch="eager"
    )
    program.parameters[:] = 2.0
    assert program.evaluate([1.0, -1.0]).tolist() == [2.0, 6.0]
    program.differentiate([1.0, -1.0], reduction="sum")
    assert program.gradients.tolist() == [4.0]
    assert (w.data, w.grad) == (0.5, 0.0)


@every_backend
def test_gradient_of_inputs_is_computed_eagerly(backend: str) -> None:
    program = record(
        lambda x, y: x * y if x > 0.0 else x - y, inputs=(1.0, 1.0), backend=backend, on_mismatch="eager"
    )
    of_x, of_y = program.gradient([2.0, -1.0, 3.0], [5.0, 5.0, 7.0])
    assert of_x.tolist() == [5.0, 1.0, 7.0]
    assert of_y.tolist() == [2.0, -1.0, 3.0]


@every_backend
def test_branch_without_parameters_has_no_gradient(backend: str) -> None:
    w = Value(0.5)
    program = record(
        lambda x: w * x if x > 0.0 else x, inputs=(1.0,), parameters=[w], backend=backend, on_mismatch="eager"
    )
    assert program.backward([1.0, -2.0], reduction="sum").tolist() == [0.5, -2.0]
    assert w.grad == 1.0


@every_backend
def test_choice_by_parameters_is_checked_at_each_call(backend: str) -> None:
    w = Value(0.5)
    program = record(lambda x: w * x if w > 0.0 else x, inputs=(1.0,), parameters=[w], backend=backend)
    assert program([2.0]).tolist() == [1.0]
    w.data = -0.5
    with pytest.raises(ReplayMismatch):
        program([2.0])


@every_backend
def test_unbatched_mismatch_names_no_example(backend: str) -> None:
    program = record(forked, inputs=(1.0,), parameters=[W], backend=backend, batched=False)
    with pytest.raises(ReplayMismatch, match="this call takes another branch") as caught:
        program(-1.0)
    assert caught.value.example is None


@every_backend
@pytest.mark.parametrize(
    ("choose", "other"),
    [
        (lambda x, y: x * W if x == 1.0 else W, [2.0, 1.0]),
        (lambda x, y: x * W if x in (1.0, 3.0) else W, [2.0, 1.0]),
        (lambda x, y: max(x, y) * W, [1.0, 2.0]),
        (lambda x, y: sorted([y, x])[1] * W, [1.0, 2.0]),
        (lambda x, y: W if x else 2.0 * W, [0.0, 1.0]),
        (lambda x, y: W if 0.5 <= x <= 1.5 else 2.0 * W, [2.0, 1.0]),
        (lambda x, y: W * x if x * W > y else W, [1.0, 3.0]),
        (lambda x, y: W if x != y else 2.0 * W, [0.25, 0.25]),
        (lambda x, y: W if not (x < y) else 2.0 * W, [0.0, 2.0]),
    ],
)
def test_every_choice_is_a_guard(backend: str, choose: Any, other: list[float]) -> None:
    program = record(choose, inputs=(1.0, 0.25), parameters=[W], backend=backend)
    assert program([1.0], [0.25])[0] == choose(1.0, 0.25).data
    with pytest.raises(ReplayMismatch):
        program([1.0, other[0]], [0.25, other[1]])


@every_backend
def test_conditions_as_data_are_not_guards(backend: str) -> None:
    def loss(x: Any, y: Any) -> Any:
        inside = (x > 0.0) & (y < 1.0) | (x < -2.0)
        return at.where(inside, W * x, y) + W * (x >= y) + at.where(W * x > y, x, 2.0)

    program = record(loss, inputs=(1.0, 0.5), parameters=[W], backend=backend)
    cases = [(1.0, 0.5), (1.0, 2.0), (-1.0, 0.0), (-3.0, 5.0), (4.0, 1.0)]
    losses = program.backward(*zip(*cases, strict=True), reduction="sum")
    replayed, W.grad = program.gradients[0], 0.0
    for case, replay in zip(cases, losses, strict=True):
        root = loss(*case)
        root.backward()
        assert replay == root.data
    assert replayed == W.grad


@every_backend
@pytest.mark.parametrize(
    "otherwise",
    [
        lambda w, x: w * (1 / x),
        lambda w, x: w * 1e308 * (1e308 * x + 1 / x),
        lambda w, x: w * (1e200 + x) ** 2,
        lambda w, x: w + (x - 1.0) ** 0.5,
        lambda w, x: w * (1 % x) + 1 // x,
        lambda w, x: w * divmod(1, x)[0],
    ],
)
def test_eager_examples_follow_ieee_rules(backend: str, otherwise: Any) -> None:
    w = Value(0.5)
    program = record(
        lambda x: w * x if x > 0.0 else otherwise(w, x),
        inputs=(1.0,),
        parameters=[w],
        backend=backend,
        on_mismatch="eager",
    )
    losses = program.backward([2.0, 0.0, 4.0], reduction="sum")
    root = otherwise(w, Value(0.0))
    np.testing.assert_array_equal(losses, [1.0, root.data, 2.0])


@every_backend
def test_eager_examples_of_arrays_follow_ieee_rules(backend: str) -> None:
    w = Value(0.5)
    program = record(
        lambda x: w * x[0] if x[0] > 0.0 else w * (1 / x)[0],
        inputs=(np.array([1.0, 1.0]),),
        parameters=[w],
        backend=backend,
        on_mismatch="eager",
    )
    np.testing.assert_array_equal(program([[2.0, 1.0], [0.0, 1.0]]), [1.0, np.inf])


@every_backend
@pytest.mark.parametrize("targets", [[1.0, -1.0, 0.0], [-1.0, -1.0, -1.0]])
def test_position_behind_a_guard_is_computed_eagerly(backend: str, targets: list[float]) -> None:
    w = Value(0.5)

    def loss(xs: Any, target: Any) -> Any:
        return w if target < 0.0 else at.cross_entropy([w * x for x in xs], target)

    program = record(loss, inputs=([1.0, 2.0], 1.0), parameters=[w], backend=backend, on_mismatch="eager")
    xs = [[1.0, 2.0], [3.0, 4.0], [5.0, 3.0]]
    losses, expected = program.backward(xs, targets, reduction="sum"), []
    replayed, w.grad = w.grad, 0.0
    for x, target in zip(xs, targets, strict=True):
        root = loss(x, target)
        root.backward()
        expected.append(root.data)
    np.testing.assert_allclose(losses, expected, rtol=1e-14)
    assert replayed == pytest.approx(w.grad, rel=1e-14)
    with pytest.raises(PositionError):
        program([[1.0, 2.0]], [5.0])


@every_backend
def test_error_of_the_function_is_raised_for_eager_examples(backend: str) -> None:
    def checked(x: Any) -> Any:
        if x < 0.0:
            raise KeyError(x)
        return W * x

    program = record(checked, inputs=(1.0,), parameters=[W], backend=backend, on_mismatch="eager")
    with pytest.raises(KeyError):
        program([1.0, -1.0])


@pytest.mark.parametrize("backend", BACKENDS[:2])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.nansum(W * x),
        lambda x: np.nanmean(W * x),
        lambda x: W * (3.0 if np.array_equal(W * x, W * x[::-1]) else 1.0),
        lambda x: np.nansum(np.array([W * x[0], W, *x])),
    ],
)
def test_equality_that_numpy_asks_of_nodes_is_a_guard(backend: str, function: Any) -> None:
    program = record(
        function, inputs=(np.array([1.0, 2.0, 3.0]),), parameters=[W], backend=backend, on_mismatch="eager"
    )
    for numbers in ([1.0, 2.0, 3.0], [2.0, 1.0, 2.0], [1.0, np.nan, 5.0], [np.nan, 4.0, 4.0]):
        (loss,) = program([numbers])
        assert loss == function(np.array(numbers)).data


def test_number_of_different_nodes_is_a_guard() -> None:
    program = record(
        lambda x: W * len(np.unique(W * x)), inputs=(np.array([1.0, 2.0, 3.0]),), parameters=[W], on_mismatch="eager"
    )
    assert program([[1.0, 2.0, 3.0], [2.0, 1.0, 2.0], [1.0, 1.0, 1.0]]).tolist() == [1.5, 1.0, 0.5]


def test_equality_that_numpy_asks_in_another_thread_is_refused() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(RecordError, match="another thread"):
        record(lambda x: W * len(pool.submit(np.unique, W * x).result()), inputs=(np.array([1.0, 2.0]),))
