"""A training that is killed and resumed ends as one that was never stopped."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd_tiny.distributed import NumpyFiles
from autograd_tiny.errors import shorten
from nn.checkpoint_settings import Choices, data_of, settings_of
from nn.examples import Batches, Examples
from nn.schedules import cosine, warmup
from nn.trainer import Trainer
from tests.sampling import sizes

DRAW = np.random.default_rng(4)
X, Y = DRAW.normal(size=(24, 2)), DRAW.normal(size=24)
OPTIMIZERS = {
    "sgd": lambda p: nn.SGD(p, lr=0.05, momentum=0.9),
    "rmsprop": lambda p: nn.RMSprop(p, lr=0.01),
    "adam": lambda p: nn.Adam(p, lr=0.05),
}


def train(epochs: int, path: Path | None = None, optimizer: str = "adam", **settings: Any) -> tuple[Any, ...]:
    """Return all that a training leaves."""
    model = nn.MLP(2, [3, 1], seed=1)
    steps = OPTIMIZERS[optimizer](model.parameters())
    settings = {"seed": 3, "batch_size": 5, "loss": "squared_error", **settings}
    history = nn.fit(model, X, Y, optimizer=steps, epochs=epochs, checkpoint=path, **settings)
    state = {name: x for name, x in vars(steps).items() if name != "parameters"}
    return [p.data for p in model.parameters()], state, history.loss, history.validation_loss, history.metrics


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("replay", [True, False])
def test_resumed_training_ends_as_an_undisturbed_one(optimizer: str, replay: bool, tmp_path: Path) -> None:
    settings = {
        "replay": replay,
        "schedule": cosine(0.1, 40),
        "validation": (X[:6], Y[:6]),
        "patience": 30,
        "metrics": {"last": lambda predictions, targets: predictions[-1].data, "nan": lambda *_: np.nan},
    }
    expected = train(5, optimizer=optimizer, **settings)
    for epochs in (1, 2, 4, 5, 5):
        found = train(epochs, tmp_path / "run.json", optimizer, **settings)
    assert repr(found) == repr(expected)  # nan too
    assert repr(train(5, tmp_path / "run.json", optimizer, **settings)) == repr(expected)  # it is done already


def test_order_of_a_generator_of_the_caller_goes_on(tmp_path: Path) -> None:
    expected = train(4, seed=random.Random(8))
    train(2, tmp_path / "run.json", seed=random.Random(8))
    assert train(4, tmp_path / "run.json", seed=random.Random(9)) == expected


def test_training_that_stopped_early_stays_so(tmp_path: Path) -> None:
    settings = {"callbacks": [lambda history: len(history.loss) == 2]}
    expected = train(9, **settings)
    assert train(9, tmp_path / "run.json", **settings) == expected
    assert train(9, tmp_path / "run.json", **settings) == expected
    patient = {"validation": (-X, 2.0 + Y), "patience": 1}
    assert train(9, tmp_path / "patient.json", **patient) == train(9, **patient)
    assert train(9, tmp_path / "patient.json", **patient) == train(9, **patient)


def test_file_is_replaced_every_so_many_epochs_and_at_the_end(tmp_path: Path) -> None:
    seen = []

    def look(history: Any) -> None:
        path = tmp_path / "run.json"
        seen.append(json.loads(path.read_text())["state"]["epoch"] if path.exists() else 0)

    train(7, tmp_path / "run.json", every=3, callbacks=[look])
    look(None)
    assert seen == [0, 0, 0, 3, 3, 3, 6, 7]


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@sizes("kills", 8, 100)
def test_training_that_is_killed_at_any_instant(kills: int, tmp_path: Path) -> None:
    expected, draw = train(60, seed=5), random.Random(2)
    epochs = []
    for _ in range(kills):
        process = os.fork()
        if process == 0:
            try:
                train(60, tmp_path / "run.json", seed=5)
            finally:
                os._exit(0)
        time.sleep(draw.uniform(0.0, 0.06))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        if (tmp_path / "run.json").exists():
            epochs.append(json.loads((tmp_path / "run.json").read_text())["state"]["epoch"])
    assert epochs == sorted(epochs)
    assert train(60, tmp_path / "run.json", seed=5) == expected


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"batch_size": 6}, "its batch_size is 5, that of this training 6"),
        ({"shuffle": False}, "its shuffle is True, that of this training False"),
        ({"optimizer": "sgd"}, "its optimizer is 'Adam', that of this training 'SGD'"),
        ({"metrics": {"a": lambda *_: 1.0}}, r"its metrics are \[\], those of this training \['a'\]"),
    ],
)
def test_file_of_another_training_is_refused(change: dict[str, Any], problem: str, tmp_path: Path) -> None:
    train(1, tmp_path / "run.json")
    before = (tmp_path / "run.json").read_bytes()
    with pytest.raises(nn.ArgumentError, match=f"file of an earlier run of this training; {problem}; name another"):
        train(2, tmp_path / "run.json", **change)
    assert (tmp_path / "run.json").read_bytes() == before


def resume(path: Path, **changes: Any) -> list[float]:
    """Go on to two epochs with some arguments changed, and check that an error changes nothing."""
    model = changes.pop("model", None) or nn.MLP(2, [3, 1], seed=1)
    rule = changes.pop("rule", lambda p: nn.Adam(p, lr=0.05))(model.parameters())
    data = changes.pop("inputs", X), changes.pop("targets", Y)
    settings = {"seed": 3, "batch_size": 5, "loss": "squared_error", "epochs": 2, **changes}
    before = [p.data for p in model.parameters()], vars(rule).copy(), path.read_bytes()
    try:
        nn.fit(model, *data, optimizer=rule, checkpoint=path, **settings)
    except nn.ArgumentError:
        assert ([p.data for p in model.parameters()], vars(rule), path.read_bytes()) == before
        raise
    return [p.data for p in model.parameters()]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of one epoch."""
    path = tmp_path_factory.mktemp("saved") / "run.json"
    train(1, path)
    return path


def copy_of(path: Path, folder: Path) -> Path:
    return Path(shutil.copy(path, folder))


def changed(array: Any, row: int) -> Any:
    """Return a copy with one number changed."""
    copy = array.copy()
    copy[row] += 1.0
    return copy


def halved(step: int) -> float:
    return 0.1 * 0.5**step


class Wrapped(nn.Module):
    """A network behind a function."""

    def __init__(self, function: Any) -> None:
        self.net, self.function = nn.MLP(2, [3, 1], seed=1), function

    def __call__(self, x: Any) -> Any:
        return self.function(self.net(x))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"rule": lambda p: nn.Adam(p, lr=0.1)}, "its optimizer's lr is 0.05, that of this training 0.1;"),
        (
            {"rule": lambda p: nn.Adam(p, lr=0.05, betas=(0.8, 0.99))},
            "its optimizer's betas are [0.9, 0.999], those of",
        ),
        ({"rule": lambda p: nn.Adam(p, lr=0.05, weight_decay=0.5)}, "its optimizer's weight_decay is 0.0, that of"),
        ({"loss": "absolute_error"}, "its loss is 'squared_error', that of this training 'absolute_error';"),
        ({"loss": partial(nn.losses.huber, delta=2.0)}, "that of this training 'huber(delta=2.0)';"),
        ({"model": nn.MLP(2, [3, 1], hidden="tanh")}, "its model is \"MLP(2, [3, 1], hidden='relu', output="),
        ({"model": nn.MLP(2, [3, 1], output="tanh")}, "output='tanh'"),
        ({"model": Wrapped(abs)}, 'that of this training "Wrapped with 13 parameters; net: MLP('),
        ({"inputs": X + 1.0}, "its inputs are 'numbers of shape (2,) (float64), first ["),
        ({"inputs": changed(X, 23)}, "its inputs are '…"),
        ({"targets": changed(Y, 0)}, "its targets are 'a number (float64), first "),
        ({"seed": 4}, "its seed is 3, that of this training 4;"),
        ({"seed": np.int64(4)}, "its seed is 3, that of this training 4;"),
        ({"seed": None}, "its seed is 3, that of this training None;"),
        ({"schedule": cosine(0.1, 40)}, "its schedule is None, that of this training 'cosine(0.1, 40, 0.0)';"),
        (
            {"validation": (X[:6], Y[:6])},
            "its validation is None, that of this training '6 examples; numbers of shape",
        ),
    ],
)
def test_each_other_training_is_told_apart(change: dict[str, Any], problem: str, saved: Path, tmp_path: Path) -> None:
    with pytest.raises(nn.ArgumentError) as caught:
        resume(copy_of(saved, tmp_path), **change)
    assert problem in str(caught.value)
    assert str(caught.value).endswith("; name another file, or delete this one")


@pytest.mark.parametrize(
    ("first", "then", "problem"),
    [
        (
            {"schedule": cosine(0.1, 40)},
            {"schedule": cosine(0.1, 41)},
            "its schedule is 'cosine(0.1, 40, 0.0)', that",
        ),
        ({"schedule": warmup(3, cosine(0.1, 9))}, {}, "its schedule is 'warmup(3, cosine(0.1, 9, 0.0))', that of"),
        (
            {"schedule": lambda k: 0.1 / (k + 1)},
            {"schedule": lambda k: 0.2 / (k + 1)},
            "'<lambda> with the rates 0.1, 0",
        ),
        ({"schedule": lambda k: 0.1 / (k + 1)}, {"schedule": halved}, "that of this training 'halved with the rates"),
        ({"validation": (X, Y)}, {"validation": (X, -Y)}, "its validation is '…"),
        ({"validation": (X, Y)}, {}, "its validation is '24 examples; numbers of shape (2,) (float64)"),
        (
            {"loss": lambda p, y: (p - y) ** 2},
            {"loss": lambda p, y: (p - y) ** 4},
            "its bytecode of the loss (Python ",
        ),
        ({"model": Wrapped(abs)}, {"model": Wrapped(partial(pow, exp=2))}, "function=pow(exp=2)"),
        (
            {"inputs": [(X, Y)], "targets": None},
            {"inputs": [(X, -Y)], "targets": None},
            "its first and last batch is",
        ),
        (
            {"inputs": [(X, Y)], "targets": None},
            {"inputs": [(X, Y)] * 2, "targets": None},
            "its number of batches is 1",
        ),
        (
            {"rule": lambda p: Bounded(p, inf)},
            {"rule": lambda p: Bounded(p, 1.0)},
            "optimizer's clip is 'inf', that of",
        ),
    ],
)
def test_two_trainings_are_told_apart(
    first: dict[str, Any], then: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    start(tmp_path / "run.json", **first)
    with pytest.raises(nn.ArgumentError) as caught:
        resume(tmp_path / "run.json", **then)
    assert problem in str(caught.value)


class Bounded(nn.SGD):
    """An optimizer with a setting of its own."""

    def __init__(self, parameters: Any, clip: float = inf) -> None:
        super().__init__(parameters, lr=0.05)
        self.clip = clip


def start(path: Path, **changes: Any) -> None:
    """Train one epoch."""
    model = changes.pop("model", None) or nn.MLP(2, [3, 1], seed=1)
    rule = changes.pop("rule", lambda p: nn.Adam(p, lr=0.05))(model.parameters())
    data = changes.pop("inputs", X), changes.pop("targets", Y)
    settings = {"seed": 3, "batch_size": 5, "loss": "squared_error", **changes}
    nn.fit(model, *data, optimizer=rule, checkpoint=path, epochs=1, **settings)


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": X.tolist(), "targets": tuple(Y.tolist())},
        {"loss": nn.losses.squared_error},
        {"every": 2, "callbacks": [lambda history: history.runs]},
        {"seed": np.int64(3)},
    ],
)
def test_same_training_written_otherwise_goes_on(change: dict[str, Any], saved: Path, tmp_path: Path) -> None:
    assert resume(copy_of(saved, tmp_path), **change) == train(2)[0]


def test_fewer_epochs_than_the_file_has_are_refused(tmp_path: Path) -> None:
    expected = train(3, tmp_path / "run.json")
    with pytest.raises(
        nn.ArgumentError, match=r"it has 3 epochs already, more than epochs=2; pass epochs=3 or more, "
    ):
        resume(tmp_path / "run.json")
    assert train(3, tmp_path / "run.json") == expected


def test_file_of_an_older_version_goes_on(saved: Path, tmp_path: Path) -> None:
    content = json.loads(saved.read_text())
    of_old = (
        "number of parameters",
        "optimizer",
        "number of examples",
        "batch_size",
        "shuffle",
        "patience",
        "metrics",
    )
    content["settings"] = {name: content["settings"][name] for name in of_old}
    (tmp_path / "run.json").write_text(json.dumps(content))
    assert resume(tmp_path / "run.json") == train(2)[0]
    assert json.loads((tmp_path / "run.json").read_text())["settings"]["seed"] == 3


def test_learning_rate_that_was_changed_during_the_training_is_no_other(tmp_path: Path) -> None:
    model = nn.MLP(2, [3, 1], seed=1)
    rule = nn.Adam(model.parameters(), lr=0.05)

    def slow(history: Any) -> None:
        rule.lr = 0.05 / 2 ** len(history.loss)

    settings = {"loss": "squared_error", "optimizer": rule, "seed": 3, "batch_size": 5, "callbacks": [slow]}
    nn.fit(model, X, Y, epochs=1, checkpoint=tmp_path / "run.json", **settings)
    nn.fit(model, X, Y, epochs=2, checkpoint=tmp_path / "run.json", **settings)
    assert json.loads((tmp_path / "run.json").read_text())["settings"]["optimizer's lr"] == 0.05


def test_mapped_arrays_are_not_read_whole(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", DRAW.normal(size=(5000, 2)))
    read: list[int] = []

    class Files(NumpyFiles):
        def __getitem__(self, rows: Any) -> Any:
            numbers = super().__getitem__(rows)
            read.append(np.atleast_2d(numbers).shape[0])
            return numbers

    model = nn.MLP(2, [1], seed=1)
    trainer = Trainer(model, nn.losses.squared_error, nn.SGD(model.parameters()), None, replay=True)
    examples = Examples("fit", Files([tmp_path / "x.npy"]), np.zeros(5000))
    choices = Choices(batch_size=5, shuffle=True, patience=None, seed=3)
    settings = settings_of(trainer, examples, None, choices)
    assert sum(read) <= 20
    first = shorten(np.load(tmp_path / "x.npy")[0].tolist())
    assert settings["inputs"].startswith(f"numbers of shape (2,) (float64), first {first}, last [")


def test_data_of_any_kind_have_a_fingerprint() -> None:
    rows = [{"a": 1, "b": [2**60, "c"]}, {"a": 1, "b": [2**60, object()]}]
    settings = [data_of(Examples("fit", [row], [0]))["inputs"] for row in rows]
    assert settings[0] != settings[1]
    assert data_of(Examples("fit", [rows[1]], [0]))["inputs"] == settings[1]
    assert data_of(Batches(map(str, rows), 1)) == {"number of batches": None, "first and last batch": None}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[1]", "it has no format 'autograd_tiny.nn checkpoint' of version 1"),
        ('{"format": "autograd_tiny.nn checkpoint", "version": 2}', "it has no format"),
    ],
)
def test_file_that_is_no_checkpoint_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(nn.ArgumentError, match=problem):
        train(2, tmp_path / "run.json")
    assert (tmp_path / "run.json").read_text() == text


BROKEN = {
    "epoch": "one",
    "steps": None,
    "parameters": [1.0],
    "optimizer": {"unknown": 1.0},
    "loss": {"neither": 1},
    "metrics": {},
    "order": [3, [1, 2], None],
    "stopping": [1.0, 2],
    "runs": 3,
}


@pytest.mark.parametrize("name", BROKEN)
def test_incomplete_state_changes_nothing(name: str, tmp_path: Path) -> None:
    settings = {"validation": (X, Y), "patience": 9, "metrics": {"one": lambda *_: 1.0}}
    train(2, tmp_path / "run.json", seed=random.Random(3), **settings)
    content = json.loads((tmp_path / "run.json").read_text())
    model, order = nn.MLP(2, [3, 1], seed=1), random.Random(1)
    before, drawn = [p.data for p in model.parameters()], order.getstate()
    for state in ({**content["state"], name: BROKEN[name]}, {k: x for k, x in content["state"].items() if k != name}):
        (tmp_path / "run.json").write_text(json.dumps({**content, "state": state}))
        with pytest.raises(nn.ArgumentError, match="its state is incomplete"):
            nn.fit(
                model,
                X,
                Y,
                loss="squared_error",
                optimizer=nn.Adam(model.parameters(), lr=0.05),
                epochs=3,
                seed=order,
                batch_size=5,
                checkpoint=tmp_path / "run.json",
                **settings,
            )
        assert [p.data for p in model.parameters()] == before
        assert order.getstate() == drawn


def test_arguments_are_validated(tmp_path: Path) -> None:
    with pytest.raises(nn.ArgumentTypeError, match=r"checkpoint of type 'int'; it takes a path, such as 'run\.json'"):
        train(1, 3)
    with pytest.raises(nn.ArgumentError, match="every=0"):
        train(1, tmp_path / "run.json", every=0)
