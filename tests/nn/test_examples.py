"""Data of `fit`: arrays read in place, batches of an iterable, and bad data, which changes nothing."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_tiny import LengthError, Value, where
from autograd_tiny.errors import AutogradError, PositionError
from nn import (
    MLP,
    SGD,
    Adam,
    ArgumentError,
    ArgumentTypeError,
    ExampleError,
    Neuron,
    NotFiniteError,
    ReplayWarning,
    fit,
)
from nn.examples import Examples
from nn.losses import squared_error

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(24, 2))
Y = X[:, 0] - 0.5 * X[:, 1]
ROWS, TARGETS = X.tolist(), Y.tolist()


def trained(inputs: Any, targets: Any = None, **settings: Any) -> list[float]:
    """Train a small network, and return its parameters."""
    model = MLP(2, [3, 1], hidden="tanh", seed=0)
    optimizer = settings.pop("optimizer", lambda parameters: Adam(parameters, lr=0.01))(model.parameters())
    settings = {"epochs": 2, "batch_size": 8, "seed": 0, "loss": "squared_error", **settings}
    fit(model, inputs, targets, optimizer=optimizer, **settings)
    return [parameter.data for parameter in model.parameters()]


# ── arrays ──


def files(folder: Path) -> tuple[Any, Any]:
    np.save(folder / "x.npy", X)
    np.save(folder / "y.npy", Y)
    return np.load(folder / "x.npy", mmap_mode="r"), np.load(folder / "y.npy", mmap_mode="r")


@pytest.mark.parametrize("replay", [True, False])
@pytest.mark.parametrize("batch_size", [5, 24])
def test_arrays_train_as_lists(tmp_path: Path, batch_size: int, replay: bool) -> None:
    settings = {"batch_size": batch_size, "replay": replay}
    expected = trained(ROWS, TARGETS, **settings)
    assert trained(X, Y, **settings) == expected
    assert trained(*files(tmp_path), **settings) == expected
    assert trained(X.astype(object), Y, **settings) == expected
    assert trained(np.asfortranarray(X), tuple(TARGETS), **settings) == expected


@pytest.mark.parametrize(("inputs", "targets"), [(np.float32, int), (int, bool), (np.int8, np.uint8)])
def test_other_types_of_numbers_train_as_lists(inputs: Any, targets: Any) -> None:
    x, y = (4.0 * X).astype(inputs), (Y > 0.0).astype(targets)
    assert trained(x, y) == trained(x.tolist(), y.tolist())


@pytest.mark.parametrize("kind", [np.float64, np.int32])
def test_large_array_is_not_copied(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nn.examples.SCANNED", 10_000)
    data, targets = np.zeros((2_000, 200), dtype=kind), np.zeros(2_000)
    model = Neuron(200, nonlin=False, seed=0)
    fit(model, data[:20], targets[:20], loss="squared_error", optimizer=Adam(model.parameters()), epochs=1)
    tracemalloc.start()
    fit(model, data, targets, loss="squared_error", optimizer=Adam(model.parameters()), epochs=2, batch_size=20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print("PEAK", peak, data.nbytes)
    assert peak < 0.6 * data.nbytes


# ── batches of an iterable ──


class Loader:
    """Yields batches anew for each epoch, as a `DataLoader`, the first times so many."""

    def __init__(self, *counts: int, size: int = 8) -> None:
        self.counts, self.size = iter(counts), size

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, next(self.counts, 3) * self.size, self.size):
            yield X[start : start + self.size], Y[start : start + self.size]


class Sized(Loader):
    def __len__(self) -> int:
        return 3


class Unsized(Loader):
    def __len__(self) -> int:
        raise TypeError("object of type 'IterableDataset' has no len()")


class Tensor:
    """As one of PyTorch, which nn does not know."""

    def __init__(self, array: Any) -> None:
        self.tolist = array.tolist


@pytest.mark.parametrize("replay", [True, False])
def test_batches_train_as_their_examples(replay: bool) -> None:
    expected = trained(X, Y, shuffle=False, replay=replay)
    assert trained(Loader(), replay=replay) == expected
    assert trained(Sized(), replay=replay) == expected
    assert trained(Unsized(), replay=replay) == expected
    assert trained([(list(x), tuple(y)) for x, y in Loader()], replay=replay) == expected
    assert trained([[Tensor(x), Tensor(y)] for x, y in Loader()], replay=replay) == expected


def test_overflow_in_batches_is_an_error_without_warning() -> None:
    with pytest.raises(NotFiniteError, match="a parameter is not finite in epoch 1, batch 1"):
        trained([(X, 1e3 * Y)], optimizer=lambda parameters: SGD(parameters, lr=1e308))


def test_generator_is_read_once() -> None:
    assert trained((batch for batch in Loader()), epochs=1) == trained(X, Y, shuffle=False, epochs=1)


def test_batches_are_validated() -> None:
    model = Neuron(2, nonlin=False, seed=0)
    history = fit(
        model, Loader(), loss="squared_error", optimizer=Adam(model.parameters()), epochs=2, validation=(X, Y)
    )
    assert len(history.validation_loss) == 2


def test_batches_of_other_shapes_are_eager() -> None:
    w = Value(0.5)

    class Total:
        def parameters(self) -> list[Value]:
            return [w]

        def __call__(self, x: list[float]) -> Any:
            return w * sum(x)

    batches = [([[1.0], [2.0]], [1.0, 2.0]), ([[1.0, 2.0]], [3.0]), ([[3.0]], [3.0])]
    with pytest.warns(ReplayWarning, match="since the batches have examples of several shapes"):
        history = fit(Total(), batches, loss="squared_error", optimizer=Adam([w], lr=0.05), epochs=100)
    assert history.loss[-1] < 1e-2 < history.loss[0]
    assert len(history.runs) == 1


# ── bad data changes nothing ──


def replaced(rows: list[Any], row: int, element: Any) -> list[Any]:
    return [*rows[:row], element, *rows[row + 1 :]]


NAN_INPUT, NAN_TARGET = X.copy(), Y.copy()
NAN_INPUT[17, 1] = NAN_TARGET[19] = np.nan
PAIRS = list(Loader())
CASES: dict[str, tuple[Any, Any, type[AutogradError], str]] = {
    "short input": (
        replaced(ROWS, 20, [1.0]), TARGETS, ExampleError,
        r"got example 20 with numbers of shape \(1,\) as its input, unlike numbers of shape \(2,\) of the first",
    ),
    "number for a list": (replaced(ROWS, 20, 1.0), TARGETS, ExampleError, "example 20 with a number as its input"),
    "ragged input": (
        replaced(ROWS, 20, [1.0, [2.0]]), TARGETS, ExampleError, "example 20 with lists of different lengths as its i"
    ),
    "text": (replaced(ROWS, 20, ["a", "b"]), TARGETS, ExampleError, r"example 20 with str of shape \(2,\) as its in"),
    "one text": (replaced(ROWS, 20, "ab"), TARGETS, ExampleError, "example 20 with a str as its input"),
    "None": (ROWS, replaced(TARGETS, 20, None), ExampleError, "example 20 with a NoneType as its target, unlike a n"),
    "nan input": (NAN_INPUT, Y, ExampleError, "example 17 whose input is nan, so its loss is nan; remove it, or cor"),
    "nan target": (X, NAN_TARGET, ExampleError, "example 19 whose target is nan, so its loss is nan"),
    "nan in lists": (ROWS, NAN_TARGET.tolist(), ExampleError, "example 19 whose target is nan"),
    "nan in a batch": (
        [(X[:20], Y[:20]), (X, NAN_TARGET)], None, ExampleError, "fit's batch 2 of epoch 1 got example 19 whose targe"
    ),
    "other lengths in a batch": (
        [*PAIRS, (X, Y[:3])], None, LengthError, "fit's batch 4 of epoch 1 got inputs of length 24 and targets of len"
    ),
    "short inputs in a batch": (
        [*PAIRS, (X[:, :1], Y)], None, ExampleError,
        r"batch 4 of epoch 1 got example 0 with numbers of shape \(1,\) as its input, unlike numbers of shape \(2,\)",
    ),
    "no pair in a batch": (
        [*PAIRS, (X, Y, Y)], None, ArgumentTypeError, r"got batch 4 of epoch 1 of type 'tuple'; it takes a pair such"
    ),
    "batches that end early": (
        Loader(3, 2), None, ArgumentError, "takes 3 or more in each epoch; 2 batches came in epoch 2, so it ended ear"
    ),
    "fewer batches than its length": (Sized(1), None, ArgumentError, "3 or more in each epoch; 1 batch came in epoc"),
    "batches that came once": (Loader(3, 0), None, ArgumentError, "no batch came in epoch 2, so it ended early"),
    "no batches": ([], None, ArgumentError, "no batch came in epoch 1"),
    "a generator for several epochs": (
        (pair for pair in PAIRS), None, ArgumentError, "got epochs=2; it takes epochs=1 with a generator, which can b"
    ),
    "inputs without targets": (ROWS, None, ArgumentTypeError, "targets of type 'NoneType'; it takes a list, a tuple"),
    "a number": (3.0, None, ArgumentTypeError, "targets of type 'NoneType'; it takes a list"),
    "iterators of examples": (iter(ROWS), iter(TARGETS), ArgumentTypeError, "inputs of type 'list_iterator'; it tak"),
}  # fmt: skip


@pytest.mark.parametrize("replay", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_bad_data_is_refused_and_changes_nothing(name: str, replay: bool) -> None:
    inputs, targets, error, message = CASES[name]
    if isinstance(inputs, Loader):
        inputs = type(inputs)(*{"batches that end early": (3, 2), "batches that came once": (3, 0)}.get(name, (1,)))
    _is_refused(inputs, targets, error, message, loss="squared_error", replay=replay)


def _is_refused(inputs: Any, targets: Any, error: type[Exception], message: str, **settings: Any) -> None:
    model = MLP(2, [3, 3 if settings["loss"] == "softmax_cross_entropy" else 1], hidden="tanh", seed=0)
    optimizer = Adam(model.parameters(), lr=0.01)
    for parameter in model.parameters():
        parameter.grad = 0.5
    state = repr(vars(optimizer))
    with pytest.raises(error, match=message):
        fit(model, inputs, targets, optimizer=optimizer, epochs=2, batch_size=8, shuffle=False, **settings)
    assert repr(vars(optimizer)) == state
    assert {parameter.grad for parameter in model.parameters()} == {0.5}


@pytest.mark.parametrize("replay", [True, False])
def test_target_that_the_loss_refuses_changes_nothing(replay: bool) -> None:
    _is_refused(X, [0] * 20 + [3] * 4, PositionError, "3", loss="softmax_cross_entropy", replay=replay)


def test_error_of_a_later_epoch_keeps_its_steps() -> None:
    model, epochs = Neuron(2, nonlin=False, seed=0), []

    def loss(prediction: Any, target: float) -> Any:
        if len(epochs) == 2:
            raise ValueError("stop here")
        return squared_error(prediction, target)

    with pytest.raises(ValueError, match="stop here"):
        fit(
            *(model, X, Y), loss=loss, optimizer=Adam(model.parameters()), epochs=5, replay=False,
            callbacks=[epochs.append],
        )  # fmt: skip
    assert model.w[0].data != Neuron(2, nonlin=False, seed=0).w[0].data


def test_missing_targets_that_the_loss_masks_are_trained() -> None:
    def masked(prediction: Any, target: Any) -> Any:
        return where(target == target, squared_error(prediction, where(target == target, target, 0.0)), 0.0)

    assert trained(X, NAN_TARGET, loss=masked) == pytest.approx(trained(X, NAN_TARGET, loss=masked, replay=False))


def test_lists_of_other_types_that_the_model_takes_are_trained() -> None:
    with pytest.warns(ReplayWarning, match="since the examples are not numbers of one shape"):
        mixed = trained(
            [*ROWS[:12], *map(np.array, ROWS[12:20]), *ROWS[20:23], [Value(x) for x in ROWS[23]]], TARGETS
        )
    assert mixed == trained(ROWS, TARGETS, replay=False)


def test_metrics_without_validation_need_all_examples() -> None:
    metrics: dict[str, Callable[..., float]] = {"count": lambda p, t: len(p)}
    with pytest.raises(
        ArgumentError, match=r"got metrics=.*without validation examples, since the inputs are batches"
    ):
        trained(Loader(), metrics=metrics)


def test_examples_of_no_numbers_are_no_nan() -> None:
    Examples("fit", np.zeros((3, 0)), [0.0, 0.0, 0.0]).check(lambda x, target: Value(0.0))
