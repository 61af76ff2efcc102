"""The history of a training and the progress bar."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nn import History
from nn.history import progress_bar


def test_add_appends_to_all_curves() -> None:
    history = History(metrics={"accuracy": []})
    history.add(0.5, 0.6, {"accuracy": 0.7})
    history.add(0.4, 0.5, {"accuracy": 0.8})
    assert history == History([0.5, 0.4], [0.6, 0.5], {"accuracy": [0.7, 0.8]})


def test_no_validation_no_curve() -> None:
    history = History()
    history.add(0.5, None, {})
    assert (history.loss, history.validation_loss) == ([0.5], [])


def test_repr_shows_first_and_last() -> None:
    history = History([0.5, 0.3, 0.25], [0.6, 0.5, 0.1234], {"accuracy": [0.5, 0.75, 1.0]})
    assert repr(history) == ("History(3 epochs, loss 0.5 → 0.25, validation loss 0.6 → 0.123, accuracy 0.5 → 1)")


def test_repr_of_one_epoch_and_of_none() -> None:
    assert repr(History([0.5])) == "History(1 epoch, loss 0.5 → 0.5)"
    assert repr(History()) == "History(0 epochs)"


def test_repr_shows_interruption() -> None:
    assert repr(History([0.5, 0.4], interrupted=True)) == "History(2 epochs, loss 0.5 → 0.4, interrupted)"


def test_hidden_bar_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with progress_bar(2, show=False) as advance:
        advance(History([0.5]))
    assert capfd.readouterr() == ("", "")


def test_bar_without_terminal_writes_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with progress_bar(2, show=True) as advance:
        advance(History([0.5]))
    assert capfd.readouterr() == ("", "")


def test_bar_shows_loss_and_progress(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with progress_bar(2, show=True) as advance:
        advance(History([0.5]))
    out, err = capfd.readouterr()
    assert out == ""
    assert "loss 0.5" in err
    assert "50%" in err


def test_rich_is_imported_late() -> None:
    program = "import sys, nn; sys.exit('rich' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
