"""Parameters in lists are arrays named after the list, whatever their labels, wherever the function reads them."""

from __future__ import annotations

from pathlib import Path

from autograd_tiny import Value, record
from tests.replay.export.files import load

ROWS = [[Value(i + 0.5 * j, label=f"w{i}{j}") for j in range(2)] for i in range(3)]
BIAS = [Value(0.1 * i, label="b") for i in range(3)]
SCALE = Value(2.0, label="scale of all")


def test_elements_are_named_after_their_list(tmp_path: Path) -> None:
    program = record(
        lambda xs: sum(
            SCALE * (sum(w * x for w, x in zip(row, xs, strict=True)) + b) for row, b in zip(ROWS, BIAS, strict=True)
        ),
        inputs=([1.0, 2.0],),
        parameters=[*(w for row in ROWS for w in row), *BIAS, SCALE],
    )
    parameters = load(program.export("numpy", tmp_path / "loss.py"))["parameters"]
    assert parameters["ROWS"].tolist() == [[w.data for w in row] for row in ROWS]
    assert parameters["BIAS"].tolist() == [b.data for b in BIAS]
    assert parameters["scale_of_all"] == 2.0
    assert len(parameters) == 3
