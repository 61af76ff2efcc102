"""A training that is killed and resumed ends as one that was never stopped."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.schedules import cosine
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
    assert repr(train(3, tmp_path / "run.json", optimizer, **settings)) == repr(expected)  # it is done already


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
        ({"metrics": {"a": lambda *_: 1.0}}, r"its metrics is \[\], that of this training \['a'\]"),
    ],
)
def test_file_of_another_training_is_refused(change: dict[str, Any], problem: str, tmp_path: Path) -> None:
    train(1, tmp_path / "run.json")
    before = (tmp_path / "run.json").read_bytes()
    with pytest.raises(nn.ArgumentError, match=f"file of an earlier run of this training; {problem}; name another"):
        train(2, tmp_path / "run.json", **change)
    assert (tmp_path / "run.json").read_bytes() == before


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
    train(2, tmp_path / "run.json", **settings)
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
                optimizer=nn.Adam(model.parameters()),
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
