"""The file for NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_tiny import Value, record, tanh
from autograd_tiny.errors import OperandError
from autograd_tiny.replay.program import Program


def run(path: Path) -> dict[str, Any]:
    """Return the names of an exported file."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), names)
    return names


def recurrent() -> Program:
    W, b = [[Value(0.1 * (i - j)) for j in range(3)] for i in range(3)], [Value(0.1 * i) for i in range(3)]

    def loss(xs: Any, y: Any) -> Any:
        h = [0.0, 0.0, 0.0]
        for x in xs:
            h = [tanh(sum(w * z for w, z in zip(row, h, strict=True)) + x + c) for row, c in zip(W, b, strict=True)]
        return (h[0] + h[1] * h[2] - y) ** 2

    return record(loss, inputs=([0.1] * 6, 0.5), parameters=[*(w for row in W for w in row), *b])


def test_recurrent_net_agrees(tmp_path: Path) -> None:
    program = recurrent()
    names = run(program.export("numpy", tmp_path / "loss.py"))
    xs, y = np.linspace(-1.0, 1.0, 24).reshape(4, 6), np.linspace(0.0, 1.0, 4)
    losses, gradients = names["losses_and_gradient"](names["parameters"], xs, y)
    assert np.allclose(losses, program.differentiate(xs, y), rtol=1e-12, atol=0.0)
    flat = np.concatenate([gradients["W"].ravel(), gradients["b"]])
    assert np.allclose(flat, program.gradients, rtol=1e-12, atol=1e-15)


def test_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperandError, match="'numpy'"):
        recurrent().export("cobol", tmp_path / "loss.cob")
