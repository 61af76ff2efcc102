"""Parameters in lists are arrays named after the list, also with labels such as w12."""

from __future__ import annotations

from pathlib import Path

from autograd_tiny import Value, record
from tests.replay.export.files import load

rows = [[Value(i + 0.5 * j, label=f"rows{i}_{j}") for j in range(2)] for i in range(3)]
bias = [Value(0.1 * i, label="bias") for i in range(3)]
scale = Value(2.0, label="scale of all")


def test_elements_are_named_after_their_list(tmp_path: Path) -> None:
    program = record(
        lambda xs: sum(
            scale * (sum(w * x for w, x in zip(row, xs, strict=True)) + b) for row, b in zip(rows, bias, strict=True)
        ),
        inputs=([1.0, 2.0],),
        parameters=[*(w for row in rows for w in row), *bias, scale],
    )
    parameters = load(program.export("numpy", tmp_path / "loss.py"))["parameters"]
    assert parameters["rows"].tolist() == [[w.data for w in row] for row in rows]
    assert parameters["bias"].tolist() == [b.data for b in bias]
    assert parameters["scale of all"] == 2.0
    assert len(parameters) == 3


def test_equal_labels_stay_apart(tmp_path: Path) -> None:
    first, second, third = Value(1.0, label="w"), Value(2.0, label="w"), Value(3.0, label="p")
    hidden = [Value(4.0, label="w"), Value(5.0, label="slope")]
    program = record(
        lambda x: first * x + second * x**2 + third + sum(v * x for v in hidden),
        inputs=(1.0,),
        parameters=[first, second, third, *hidden],
    )
    parameters = load(program.export("numpy", tmp_path / "loss.py"))["parameters"]
    assert parameters == {"w": 1.0, "second": 2.0, "p": 3.0, "hidden": [4.0], "slope": 5.0}
