"""The progress bar."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nn import History
from nn.progress import progress_bar


def test_a_bar_that_nobody_asked_for_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with progress_bar(2, show=False) as advance:
        advance(History([0.5]))
    assert capfd.readouterr() == ("", "")


def test_a_bar_writes_nothing_where_there_is_no_terminal(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with progress_bar(2, show=True) as advance:
        advance(History([0.5]))
    assert capfd.readouterr() == ("", "")


def test_a_bar_on_a_terminal_shows_the_loss_and_the_share_of_epochs(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with progress_bar(2, show=True) as advance:
        advance(History([0.5]))
    out, err = capfd.readouterr()
    assert out == ""
    assert "loss 0.5" in err
    assert "50%" in err


def test_rich_is_not_imported_until_a_bar_is_shown() -> None:
    program = "import sys, nn; sys.exit('rich' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
