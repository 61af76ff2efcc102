"""Splitting, standardising, and the data that comes along."""

from __future__ import annotations

import math
from importlib.resources import files
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny.errors import InputError
from autograd_tiny.tabular.dataset import Dataset, Scaler, mean_and_deviation, split
from autograd_tiny.tabular.sample_data import LOADERS, SETTINGS, load_exam, load_moons


def examples(targets: list[int], classes: tuple[str, ...] = ("a", "b", "c")) -> Dataset:
    return Dataset("data", ("x",), [[float(row)] for row in range(len(targets))], "y", targets, classes)


@given(st.integers(0, 10**6), st.floats(0.01, 0.99))
def test_split_has_every_row_once(seed: int, share: float) -> None:
    train, test = split(examples([0] * 20 + [1] * 5 + [2] * 2), test_size=share, seed=seed)
    assert sorted(train + test) == list(range(27))


@given(st.integers(0, 10**6), st.floats(0.01, 0.99))
def test_split_has_every_class_in_both(seed: int, share: float) -> None:
    data = examples([0] * 20 + [1] * 5 + [2] * 2)
    for rows in split(data, test_size=share, seed=seed):
        assert {data.targets[row] for row in rows} == {0, 1, 2}


def test_split_is_stratified() -> None:
    data = examples([0] * 60 + [1] * 30)
    _, test = split(data, test_size=1 / 3, seed=0)
    assert [sum(data.targets[row] == number for row in test) for number in (0, 1)] == [20, 10]


def test_split_follows_seed() -> None:
    data = examples([0, 1] * 20)
    assert split(data, test_size=0.5, seed=1) == split(data, test_size=0.5, seed=1)
    assert split(data, test_size=0.5, seed=1) != split(data, test_size=0.5, seed=2)


@pytest.mark.parametrize(
    ("classes", "part"), [(("a", "b"), "class 'b' has only one"), ((), "the table has only one")]
)
def test_one_row_cannot_be_split(classes: tuple[str, ...], part: str) -> None:
    with pytest.raises(InputError, match=part):
        split(examples([0, 0, 1] if classes else [0], classes), test_size=0.5, seed=0)


def test_number_targets_are_split() -> None:
    train, test = split(examples(list(range(10)), ()), test_size=0.3, seed=0)
    assert (len(train), len(test)) == (7, 3)


@given(st.lists(st.floats(-1e308, 1e308), min_size=2, max_size=20))
def test_mean_and_deviation_never_overflow(numbers: list[float]) -> None:
    mean, deviation = mean_and_deviation(numbers)
    assert min(numbers) - 1e-9 * abs(min(numbers)) <= mean <= max(numbers) + 1e-9 * abs(max(numbers))
    assert 0.0 <= deviation < math.inf


def test_scaler_gives_mean_0_deviation_1() -> None:
    rows = [[1.0, -5.0], [2.0, 0.0], [6.0, 50.0]]
    scale = Scaler.of(rows)
    for column in zip(*map(scale, rows), strict=True):
        assert mean_and_deviation(column) == pytest.approx((0.0, 1.0))


def test_constant_column_becomes_zero() -> None:
    assert Scaler.of([[7.1], [7.1], [7.1]])([7.1]) == [pytest.approx(0.0, abs=1e-12)]


@pytest.mark.parametrize(
    ("name", "rows", "inputs", "classes"),
    [("iris", 150, 4, 3), ("digits", 1797, 64, 10), ("moons", 200, 2, 2), ("exam", 60, 2, 2)],
)
def test_sample_data_is_complete(name: str, rows: int, inputs: int, classes: int) -> None:
    if name in {"iris", "digits"}:
        pytest.importorskip("sklearn")
    data = LOADERS[name](0)
    assert (len(data.inputs), len(data.targets), len(data.classes)) == (rows, rows, classes)
    assert {len(row) for row in data.inputs} == {inputs} == {len(data.input_names)}
    assert set(data.targets) == set(range(classes))


def test_every_data_set_has_settings() -> None:
    assert SETTINGS.keys() == LOADERS.keys()


def test_moons_follow_seed() -> None:
    assert load_moons(1) == load_moons(1)
    assert load_moons(1) != load_moons(2)


def test_exam_follows_documented_rule() -> None:
    draw = Random(7).random
    lines = ["hours of study,hours of sleep,passed"]
    for _ in range(60):
        study, sleep = round(10.0 * draw(), 1), round(4.0 + 5.0 * draw(), 1)
        chance = 1.0 / (1.0 + math.exp(-(1.2 * (study - 5.0) + 0.8 * (sleep - 6.5))))
        lines.append(f"{study},{sleep},{'yes' if draw() < chance else 'no'}")
    table = (files("autograd_tiny.tabular") / "exam.csv").read_text(encoding="utf-8")
    assert table.splitlines() == lines
    assert load_exam(0).classes == ("no", "yes")
