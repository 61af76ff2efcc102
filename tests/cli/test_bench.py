"""`autograd-tiny bench` prints a table of this machine."""

from __future__ import annotations

import importlib.util
import re

import numpy as np
import pytest

from autograd_tiny.cli import bench, main
from autograd_tiny.cli.bench import by_hand
from autograd_tiny.replay import record
from nn import MLP
from nn.losses import LOSSES


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure nothing."""
    monkeypatch.setattr(bench, "in_turns", lambda *ways: [0.02, 0.01, 0.0002, 0.0001])


@pytest.mark.usefixtures("hurried")
def test_table_has_each_way_and_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench"]) == 0
    told = capsys.readouterr().out
    for way in ("eager", "replayed, Python", "replayed, NumPy", "NumPy by hand"):
        assert re.search(rf"^{way} +\d+\.\d{{3}} +\d+\.\d{{3}}", told, re.MULTILINE)
    assert "replayed against eager: 100 × on moons, 100 × on digits" in told


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("installed", [True, False])
def test_missing_peers_are_named(
    installed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    peer, find_spec = object() if installed else None, importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: find_spec(name) if name == "nn" else peer)
    assert main(["bench"]) == 0
    assert ("not installed, and so not compared: PyTorch, JAX" in capsys.readouterr().out) != installed


@pytest.mark.parametrize(
    ("loss", "Y"), [("hinge", [1.0, -1.0, 1.0, -1.0]), ("softmax_cross_entropy", [0.0, 1.0, 2.0, 1.0])]
)
def test_by_hand_equals_program(loss: str, Y: list[float]) -> None:
    outputs = 1 if loss == "hinge" else 3
    model = MLP(2, [4, outputs], hidden="relu" if loss == "hinge" else "tanh", seed=0)
    X = np.random.default_rng(0).normal(size=(4, 2))
    program = record(
        lambda x, y: LOSSES[loss](model(x), y),
        inputs=(X[0], Y[0]),
        parameters=model.parameters(),
    )
    program.differentiate(X, Y)
    flat = [np.column_stack(layer).ravel() for layer in by_hand(model, loss, X, np.array(Y))()]
    np.testing.assert_allclose(program.gradients, np.concatenate(flat), rtol=1e-12, atol=1e-15)


def test_step_is_measured_in_seconds() -> None:
    times = bench.measure("moons")
    assert list(times) == ["eager", "replayed, Python", "replayed, NumPy", "NumPy by hand"]
    assert all(seconds > 0.0 for seconds in times.values())
