"""`record` and `Program`: shapes, types, flat arrays, Values, and errors."""

from __future__ import annotations

import copy
import pickle
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import (
    LengthError,
    NestedPassError,
    OperandError,
    OvertakenError,
    RecordError,
    ReplayMismatch,
    ShapeError,
)
from autograd_tiny.replay import record
from tests.replay.backends import BACKENDS

every_backend = pytest.mark.parametrize("backend", BACKENDS)
X, Y = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]), np.array([1.0, -1.0, 0.5])


def parameters() -> list[Value]:
    return [Value(0.5), Value(-0.25), Value(0.1)]


def squared(w: list[Value], x: Any, y: Any) -> Any:
    return (at.tanh(w[0] * x[0] + w[1] * x[1] + w[2]) - y) ** 2


def eager(w: list[Value], seed: float = 1.0) -> list[float]:
    """Return the losses of the examples, and leave their gradients in the parameters."""
    losses = []
    for x, y in zip(X.tolist(), Y.tolist(), strict=True):
        loss = squared(w, x, y)
        loss.backward(seed)
        losses.append(loss.data)
    return losses


def program_of(w: list[Value], backend: str, **settings: Any) -> Any:
    return record(lambda x, y: squared(w, x, y), inputs=(X[0], Y[0]), parameters=w, backend=backend, **settings)


@every_backend
def test_program_returns_every_loss(backend: str) -> None:
    w = parameters()
    losses = program_of(w, backend)(X, Y)
    assert losses.shape == (3,)
    np.testing.assert_allclose(losses, eager(w), rtol=1e-14)


@every_backend
@pytest.mark.parametrize(("reduction", "seed"), [("mean", 1 / 3), ("sum", 1.0)])
def test_backward_adds_the_gradient_of_mean_or_sum(backend: str, reduction: str, seed: float) -> None:
    w = parameters()
    program = program_of(w, backend)
    for leaf in w:
        leaf.grad = 1.0
    losses = program.backward(X, Y, reduction=reduction)
    replayed = [leaf.grad - 1.0 for leaf in w]
    for leaf in w:
        leaf.grad = 0.0
    np.testing.assert_allclose(losses, eager(w, seed), rtol=1e-14)
    np.testing.assert_allclose(replayed, [leaf.grad for leaf in w], rtol=1e-13)


@every_backend
def test_parameters_are_read_at_each_call(backend: str) -> None:
    w = parameters()
    program = program_of(w, backend)
    program(X, Y)
    w[0].data = 2.0
    np.testing.assert_allclose(program(X, Y), eager(w), rtol=1e-14)


@every_backend
def test_training_on_flat_arrays(backend: str) -> None:
    w = parameters()
    program = program_of(w, backend)
    flat = program.parameters
    for _ in range(5):
        losses = program.differentiate(X, Y)
        program.parameters -= 0.1 * program.gradients
    assert flat is program.parameters
    assert [leaf.data for leaf in w] == [0.5, -0.25, 0.1]
    program.store()
    assert [leaf.data for leaf in w] == flat.tolist()
    assert [leaf.grad for leaf in w] == [0.0, 0.0, 0.0]
    assert program(X, Y).sum() < losses.sum()


@every_backend
def test_evaluate_takes_flat_parameters(backend: str) -> None:
    w = parameters()
    program = program_of(w, backend)
    before = program(X, Y)
    program.parameters[:] = 0.0
    np.testing.assert_allclose(program.evaluate(X, Y), Y**2)
    program.load()
    np.testing.assert_array_equal(program.evaluate(X, Y), before)


@every_backend
def test_flat_parameters_can_be_assigned(backend: str) -> None:
    program = program_of(parameters(), backend)
    flat = program.parameters
    program.parameters = [0.0, 0.0, 0.0]
    assert program.parameters is flat
    np.testing.assert_allclose(program.evaluate(X, Y), Y**2)


@every_backend
def test_lists_and_integers_are_inputs(backend: str) -> None:
    program = program_of(parameters(), backend)
    expected = program(X * 2.0, Y)
    for twice in ((X * 2).tolist(), (X * 2).astype(np.float32), np.asfortranarray(X * 2), (X * 4)[:, :] / 2):
        np.testing.assert_array_equal(program(twice, Y), expected)
    np.testing.assert_array_equal(program(X > 0.75, Y), program((X > 0.75).astype(int), Y))


@every_backend
def test_empty_batch(backend: str) -> None:
    w = parameters()
    program = program_of(w, backend)
    assert program.backward(X[:0], Y[:0]).shape == (0,)
    assert [leaf.grad for leaf in w] == [0.0, 0.0, 0.0]
    assert program.backward([[1.0, 2.0]], [1.0]).shape == (1,)


@every_backend
def test_nan_in_one_example(backend: str) -> None:
    w = parameters()
    program = program_of(w, backend)
    losses = program.backward([[1.0, 2.0], [float("nan"), 1.0]], [0.0, 0.0])
    assert np.isnan(losses).tolist() == [False, True]
    assert np.isnan([leaf.grad for leaf in w]).all()
    assert not np.isnan(program.backward(X, Y)).any()


@every_backend
def test_batches_of_many_sizes(backend: str) -> None:
    w = parameters()
    program = program_of(w, backend)
    expected = eager(w)
    for size in (1, 2, 3, 6, 9, 12, 1, 3):
        rows = np.arange(size) % 3
        np.testing.assert_allclose(program(X[rows], Y[rows]), np.array(expected)[rows], rtol=1e-14)


def test_unbatched_program_takes_the_recorded_shape() -> None:
    program = record(lambda x: x[0] * x[1], inputs=([1.0, 2.0],), batched=False, backend="numpy")
    with pytest.raises(ShapeError):
        program([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("arrays", "error"),
    [
        ((X[:, :1], Y), ShapeError),
        ((X[0], Y), ShapeError),
        ((X, X), ShapeError),
        ((X, 1.0), ShapeError),
        ((X, Y[:2]), LengthError),
        ((X,), OperandError),
        ((X, Y, Y), OperandError),
        ((X.astype(str), Y), OperandError),
        ((X.astype(complex), Y), OperandError),
        (([[1.0, 2.0], [1.0]], Y[:2]), OperandError),
        ((X, [None, 1.0, 2.0]), OperandError),
    ],
)
def test_other_shapes_and_types_are_refused(arrays: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        program_of(parameters(), "numpy")(*arrays)


def test_shape_error_names_both_shapes() -> None:
    with pytest.raises(ShapeError, match=r"input 0 has shape \(3, 1\); the program was recorded for \(batch, 2\)"):
        program_of(parameters(), "numpy")(X[:, :1], Y)


@pytest.mark.parametrize(
    "settings",
    [{"backend": "abacus"}, {"on_mismatch": "ignore"}, {"parameters": [1.0]}, {"parameters": [Value(1.0) * 2]}],
)
def test_unknown_settings_are_refused(settings: Any) -> None:
    with pytest.raises(OperandError):
        record(lambda x: x, inputs=(1.0,), **settings)


def test_unknown_reduction_is_refused() -> None:
    with pytest.raises(OperandError, match="'mean' or 'sum'"):
        program_of(parameters(), "numpy").backward(X, Y, reduction="max")


@pytest.mark.parametrize("loss", [lambda x: 1.0, lambda x: {"loss": x}, lambda x: None])
def test_function_without_value_is_refused(loss: Any) -> None:
    with pytest.raises(RecordError, match="the function returned"):
        record(loss, inputs=(1.0,))


# ── programs without parameters, and programs of one call ─────────────────────────────────────────────────────


@every_backend
def test_gradient_of_inputs(backend: str) -> None:
    program = record(lambda x, y: x * x * y[0] + at.sin(y[1]), inputs=(1.0, [1.0, 2.0]), backend=backend)
    x, y = np.array([1.0, 2.0, 3.0]), np.array([[0.5, 0.0], [1.0, 1.0], [2.0, 2.0]])
    np.testing.assert_allclose(program(x, y), x * x * y[:, 0] + np.sin(y[:, 1]))
    of_x, of_y = program.gradient(x, y)
    np.testing.assert_allclose(of_x, 2 * x * y[:, 0])
    np.testing.assert_allclose(of_y, np.stack([x * x, np.cos(y[:, 1])], axis=1))


@every_backend
def test_gradient_field_over_a_grid(backend: str) -> None:
    program = record(at.hypot, inputs=(1.0, 1.0), backend=backend)
    x, y = np.meshgrid(np.linspace(1.0, 2.0, 4), np.linspace(1.0, 3.0, 5))
    np.testing.assert_allclose(program(x.ravel(), y.ravel()).reshape(x.shape), np.hypot(x, y))


def test_gradient_of_inputs_needs_no_parameters() -> None:
    with pytest.raises(RecordError, match="record without them"):
        program_of(parameters(), "numpy").gradient(X, Y)


@every_backend
def test_unused_input_has_gradient_0(backend: str) -> None:
    program = record(lambda x, y: 2.0 * x, inputs=(1.0, 1.0), backend=backend)
    assert [slope.tolist() for slope in program.gradient([1.0, 2.0], [3.0, 4.0])] == [[2.0, 2.0], [0.0, 0.0]]


@every_backend
def test_loss_without_parameters_has_gradient_0(backend: str) -> None:
    w = Value(2.0)
    program = record(lambda x: 2.0 * x, inputs=(1.0,), parameters=[w], backend=backend)
    assert program.backward([0.5, 1.0]).tolist() == [1.0, 2.0]
    assert w.grad == 0.0


@every_backend
def test_unused_parameter_has_gradient_0(backend: str) -> None:
    w, unused = Value(2.0), Value(3.0)
    record(lambda x: w * x, inputs=(1.0,), parameters=[unused, w], backend=backend).backward([1.0, 2.0])
    assert (w.grad, unused.grad) == (1.5, 0.0)


@every_backend
def test_loss_may_be_a_leaf(backend: str) -> None:
    w = Value(2.0)
    assert record(lambda x: x, inputs=(1.0,), backend=backend)([3.0, 4.0]).tolist() == [3.0, 4.0]
    program = record(lambda: w, parameters=[w], backend=backend)
    assert program.backward().tolist() == [2.0]
    assert w.grad == 1.0


@every_backend
def test_loss_without_inputs_counts_for_every_example(backend: str) -> None:
    w = Value(3.0)
    program = record(lambda x: w * w, inputs=(1.0,), parameters=[w], backend=backend)
    assert program.backward([1.0, 2.0, 3.0]).tolist() == [9.0, 9.0, 9.0]
    assert w.grad == pytest.approx(6.0)
    program.backward([1.0, 2.0, 3.0], reduction="sum")
    assert w.grad == pytest.approx(24.0)


@every_backend
def test_other_leaves_are_read_at_each_call(backend: str) -> None:
    w, frozen = Value(2.0), Value(3.0)
    program = record(lambda x: w * x * frozen, inputs=(1.0,), parameters=[w], backend=backend)
    assert program([1.0]).tolist() == [6.0]
    frozen.data = 5.0
    assert program.backward([1.0]).tolist() == [10.0]
    assert (w.grad, frozen.grad) == (5.0, 0.0)


@every_backend
def test_whole_batch_may_be_recorded(backend: str) -> None:
    w = parameters()

    def loss(xs: Any, ys: Any) -> Any:
        losses = [squared(w, x, y) for x, y in zip(xs, ys, strict=True)]
        mean = at.mean(losses)
        return mean + at.mean([(loss - mean) ** 2 for loss in losses]) + 0.1 * at.dot(w, w)

    program = record(loss, inputs=(X, Y), parameters=w, backend=backend, batched=False)
    replayed = program.backward(X, Y)
    gradients = [leaf.grad for leaf in w]
    for leaf in w:
        leaf.grad = 0.0
    root = loss(X.tolist(), Y.tolist())
    root.backward()
    assert replayed == pytest.approx(root.data, rel=1e-13)
    assert gradients == pytest.approx([leaf.grad for leaf in w], rel=1e-13)


def test_default_backend() -> None:
    w = parameters()
    assert record(lambda: at.dot(w, w), parameters=w, batched=False).source.startswith("def replay")
    assert record(lambda x: w[0] * x, inputs=(1.0,), parameters=w).source.startswith("u1 = row(U, 0)\n")


@every_backend
def test_function_of_arrays(backend: str) -> None:
    W = np.array([[Value(0.5), Value(1.0)], [Value(-1.0), Value(2.0)]])
    program = record(lambda x: (np.tanh(W @ x)).sum(), inputs=(X[0],), parameters=W.ravel(), backend=backend)
    numbers = np.array([[0.5, 1.0], [-1.0, 2.0]])
    np.testing.assert_allclose(program(X), np.tanh(X @ numbers.T).sum(1), rtol=1e-14)


def test_inputs_wrapped_in_values_are_recorded() -> None:
    w = parameters()

    def loss(x: Any, y: Any) -> Any:
        inputs = list(map(Value, x))
        return squared(w, inputs, y)

    program = record(loss, inputs=(X[0].tolist(), 1.0), parameters=w)
    np.testing.assert_allclose(program(X, Y), eager(w), rtol=1e-14)


def test_repr_tells_the_sizes() -> None:
    assert repr(program_of(parameters(), "numpy")) == "<program of 7 operations, 3 parameters, 3 inputs>"


def test_plan_of_a_network() -> None:
    import nn

    model = nn.MLP(3, [16, 1], seed=0)
    program = record(
        lambda x, y: nn.losses.squared_error(model(x), y), inputs=([0.0] * 3, 0.0), parameters=model.parameters()
    )
    *lines, reason = program.plan.splitlines()
    assert lines[3:7] == [
        "forward",
        "  v1 (16) = p[0:3, 4:7, …] (16, 3) @ x[0:3] + p[3:64:4]; v2 (16) = relu(v1)",
        "  v3 = p[64:80] (1, 16) @ v2 + p[80]; v4 = v3 - x[3]; v5 = square(v4)",
        "  loss v5",
    ]
    assert reason.startswith("numpy, by the estimated time of a batch of 32: ")


def test_replay_is_deterministic() -> None:
    w = parameters()
    first, second = (program_of(w, "numpy") for _ in range(2))
    assert first.source == second.source
    np.testing.assert_array_equal(first.differentiate(X, Y), second.differentiate(X, Y))
    np.testing.assert_array_equal(first.gradients, second.gradients)


# ── copies ──


def squared_cut(x: Any, y: Any) -> Any:
    return at.where(x > 0.0, (C[0] * x - y) ** 2, C[0]) * C[1] if x.detach() < 9.0 else C[0]


C = [Value(0.5), Value(2.0)]
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda program: pickle.loads(pickle.dumps(program)),
}


@every_backend
@pytest.mark.parametrize("way", COPIES)
def test_copy_computes_the_same_gradients(backend: str, way: str) -> None:
    program = record(lambda x, y: squared_cut(Value(x), y), inputs=(1.0, 2.0), parameters=C[:1], backend=backend)
    inputs = [1.0, 2.0, -1.0], [3.0, 1.0, 2.0]
    losses = program.backward(*inputs)
    twin = COPIES[way](program)
    np.testing.assert_array_equal(twin.gradients, program.gradients)
    for _ in range(2):
        np.testing.assert_array_equal(twin.backward(*inputs), losses)
        np.testing.assert_array_equal(twin.gradients, program.gradients)
    assert (twin.source, twin.plan, repr(twin)) == (program.source, program.plan, repr(program))
    with pytest.raises(ReplayMismatch, match="this call takes another branch"):
        twin([10.0], [1.0])
    twin.parameters[:] = 3.0
    assert twin.evaluate(*inputs)[0] != program.evaluate(*inputs)[0]
    C[0].grad = 0.0


@every_backend
def test_copy_of_a_program_and_its_values_belongs_to_the_copied_values(backend: str) -> None:
    w, frozen = Value(2.0), Value(3.0)
    program = record(lambda x: w * x * frozen, inputs=(1.0,), parameters=[w], backend=backend)
    v, cold, twin = copy.deepcopy((w, frozen, program))
    v.data, cold.data = 5.0, 7.0
    assert twin.backward([1.0]).tolist() == [35.0]
    assert (v.grad, w.grad, program([1.0]).tolist()) == (7.0, 0.0, [6.0])


@every_backend
def test_shallow_copy_shares_the_values(backend: str) -> None:
    w = Value(2.0)
    program = record(lambda x: w * x, inputs=(1.0,), parameters=[w], backend=backend)
    copy.copy(program).backward([3.0])
    assert w.grad == 3.0


@every_backend
def test_copy_has_the_gradient_of_inputs(backend: str) -> None:
    twin = copy.deepcopy(record(lambda x: x * x, inputs=(1.0,), backend=backend))
    assert twin.gradient([3.0])[0].tolist() == [6.0]


@pytest.mark.parametrize("way", COPIES)
def test_program_that_calls_its_function_is_not_copied(way: str) -> None:
    program = record(lambda x: C[0] * x, inputs=(1.0,), parameters=C[:1], on_mismatch="eager")
    with pytest.raises(OperandError, match="record a copy of the function with Values of its own"):
        COPIES[way](program)


@every_backend
def test_data_of_an_input_passes_no_gradient(backend: str) -> None:
    program = record(lambda x: x * x.data, inputs=(2.0,), backend=backend)
    assert program([5.0]).tolist() == [25.0]
    assert program.gradient([5.0])[0].tolist() == [5.0]


def test_random_function_is_refused() -> None:
    draw = random.Random(0)
    with pytest.raises(RecordError, match="drew a random number in line"):
        record(lambda x: x * draw.random(), inputs=(1.0,))


def test_random_function_of_nodes_is_refused() -> None:
    draw = random.Random(0)
    with pytest.raises(RecordError, match="drew a random number in line"):
        record(lambda x: x.tanh() * draw.random(), inputs=(1.0,))


def test_function_of_nodes_is_recorded() -> None:
    np.testing.assert_allclose(record(lambda x: x.tanh(), inputs=(1.0,))([1.0, 2.0]), np.tanh([1.0, 2.0]))


def test_branch_on_a_type_is_refused() -> None:
    w = Value(0.5)
    with pytest.raises(RecordError, match="rather than by their types"):
        record(lambda x: w * x if isinstance(x, Value) else w, inputs=(3.0,), parameters=[w])


def test_nan_loss_is_recorded() -> None:
    w = Value(float("nan"))
    assert np.isnan(record(lambda x: w * x, inputs=(3.0,), parameters=[w])([1.0])).all()


def test_function_may_make_leaves() -> None:
    program = record(lambda x: Value(2.0) * x, inputs=(1.0,))
    assert program([1.0, 3.0]).tolist() == [2.0, 6.0]


def test_arrays_are_converted_once() -> None:
    program = program_of(parameters(), "numpy")
    inputs, targets = program.arrays(X.tolist(), Y.tolist())
    assert (inputs.shape, targets.shape) == ((3, 2), (3,))
    np.testing.assert_array_equal(program(inputs[[2, 0]], targets[[2, 0]]), program(X, Y)[[2, 0]])


# ── one call at a time ──


def absolute(leaf: Value) -> Any:
    """Return a program whose function is called for numbers below 0."""
    return record(lambda x: leaf * x if x > 0.0 else -leaf * x, inputs=(1.0,), parameters=[leaf], on_mismatch="eager")


def test_call_of_the_program_by_its_function_is_refused() -> None:
    w, inner = Value(2.0), []

    def loss(x: Any) -> Any:
        if x > 0.0:
            return w * x
        inner.append(program([1.0]))
        return w

    program = record(loss, inputs=(1.0,), parameters=[w], on_mismatch="eager")
    with pytest.raises(NestedPassError, match=r"__call__\(\) was called during"):
        program([1.0, -1.0])
    assert inner == []
    assert program([3.0]).tolist() == [6.0]


def test_lock_that_a_debugger_left_is_released() -> None:
    program = absolute(Value(2.0))
    program._lock.acquire()
    assert program([1.0, -1.0]).tolist() == [2.0, 2.0]
    assert not program._lock._is_owned()


def test_hook_cannot_call_a_program_that_runs_eagerly() -> None:
    w, a = Value(2.0), Value(3.0)
    program = absolute(w)
    for call in (lambda _: program([-1.0]), lambda _: program.backward([-1.0])):
        with a.register_hook(call), pytest.raises(NestedPassError):
            (a * a).backward()
    assert (a.grad, w.grad) == (0.0, 0.0)


def test_gradients_of_another_thread_are_refused_after_own() -> None:
    program = absolute(Value(2.0))
    other = threading.Thread(target=program.differentiate, args=([3.0],))
    other.start()
    other.join()
    assert program.gradients.tolist() == [3.0]
    program.differentiate([5.0])
    other = threading.Thread(target=program.differentiate, args=([4.0],))
    other.start()
    other.join()
    with pytest.raises(OvertakenError, match=r"let each thread run its own program, such as copy.copy\(program\)"):
        program.gradients.tolist()
    program.differentiate([5.0])
    assert program.gradients.tolist() == [5.0]


def test_program_is_copied_while_other_threads_run_it() -> None:
    w = Value(2.0)
    program = record(lambda x: w * x, inputs=(1.0,), parameters=[w])

    def run_and_copy(x: float) -> list[float]:
        program.differentiate([x])
        own = copy.copy(copy.deepcopy(program))
        own.differentiate([x])
        return own.gradients.tolist()  # type: ignore[no-any-return]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run_and_copy, map(float, range(1, 50)))) == [[float(x)] for x in range(1, 50)]


def test_copy_has_the_gradients_of_the_latest_run_of_any_thread() -> None:
    w = Value(2.0)
    program = record(lambda x: w * x, inputs=(1.0,), parameters=[w])
    program.differentiate([5.0])
    other = threading.Thread(target=program.differentiate, args=([4.0],))
    other.start()
    other.join()
    assert [copier(program).gradients.tolist() for copier in (copy.copy, copy.deepcopy)] == [[4.0], [4.0]]


def test_assigned_parameters_must_be_numbers_in_their_shape() -> None:
    program = absolute(Value(2.0))
    for numbers, error in ((None, OperandError), ("0.5", OperandError), ([1.0, 2.0], ShapeError)):
        with pytest.raises(error):
            program.parameters = numbers
    assert program.parameters.tolist() == [2.0]
    program.parameters = 3
    assert program.parameters.tolist() == [3.0]


def test_exception_while_gradients_are_added_restores_them() -> None:
    class Failing(float):
        __slots__ = ()

        def __add__(self, other: float) -> float:
            raise ZeroDivisionError

    leaves = [Value(2.0), Value(3.0)]
    program = record(lambda x: leaves[0] * x + leaves[1], inputs=(1.0,), parameters=leaves)
    leaves[0]._grad, leaves[1]._grad = 0.5, Failing(0.25)
    with pytest.raises(ZeroDivisionError):
        program.backward([1.0])
    assert [leaf._grad for leaf in leaves] == [0.5, 0.25]
