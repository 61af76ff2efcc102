"""Rows that are in files: the same numbers as the array's, read where they are needed, and no others."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_tiny.distributed import MappedRows, NumpyFiles
from autograd_tiny.distributed.mapped_rows import MappedFile, all_rows
from autograd_tiny.distributed.row_cache import BoundedCache
from autograd_tiny.errors import OperandError

NUMBERS = np.random.default_rng(1).normal(size=(10, 3))
ROWS: list[Any] = [
    slice(None),
    slice(2, 7),
    slice(7, 2, -2),
    slice(None, None, -1),
    [3, 0, 3],
    np.arange(10) % 2 == 0,
]


@pytest.fixture
def mapped(tmp_path: Path) -> Any:
    np.save(tmp_path / "x.npy", NUMBERS)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("inner", [slice(None), slice(1, 3), [0, 2, 1], slice(2, 0, -1)])
def test_rows_are_those_of_the_array(mapped: Any, rows: Any, inner: Any) -> None:
    for array in (mapped, np.asarray(mapped)):
        chosen = MappedRows(array, rows)
        assert chosen.shape == NUMBERS[rows].shape
        assert chosen.read().tolist() == NUMBERS[rows].tolist()
        part = pickle.loads(pickle.dumps(chosen[inner]))
        assert (part.shape, part.read().tolist()) == (NUMBERS[rows][inner].shape, NUMBERS[rows][inner].tolist())
    assert chosen[1].tolist() == NUMBERS[rows][1].tolist()


def test_slices_of_a_mapped_array_keep_their_place(mapped: Any) -> None:
    assert MappedRows(mapped[2:9][1:]).read().tolist() == NUMBERS[3:9].tolist()
    assert len(pickle.dumps(MappedRows(mapped[2:]))) < 400


def test_other_numbers_than_those_of_a_file_are_not_rows_of_it(tmp_path: Path, mapped: Any) -> None:
    changed = np.load(tmp_path / "x.npy", mmap_mode="c")
    for array in (NUMBERS, changed, mapped.T, mapped[:, 1], mapped[::2], mapped[0, 0], mapped + 1.0):
        assert all_rows(array) is None
    with pytest.raises(OperandError, match=r"memory-mapped array, NumpyFiles or CsvFiles; load it by np\.load"):
        MappedRows(changed)


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    for number in (1.0, 2.0):
        np.save(tmp_path / "x.npy", np.full((4, 2), number))
        os.utime(tmp_path / "x.npy", ns=(0, int(number)))
        assert MappedRows(np.load(tmp_path / "x.npy", mmap_mode="r")).read().tolist() == [[number] * 2] * 4


def test_integers_become_floats(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(4, dtype=np.int16))
    assert MappedRows(np.load(tmp_path / "x.npy", mmap_mode="r")).read().dtype == float


@pytest.mark.parametrize("rows", ROWS)
def test_several_files_are_one_array(tmp_path: Path, rows: Any) -> None:
    paths = [tmp_path / f"{k}.npy" for k in range(4)]
    for path, part in zip(paths, np.split(NUMBERS, [4, 4, 9]), strict=True):
        np.save(path, part)
    files = NumpyFiles(paths)
    assert (len(files), files.shape, files.size) == (10, (10, 3), 30)
    assert files[rows].tolist() == NUMBERS[rows].tolist()
    assert files[9].tolist() == NUMBERS[9].tolist()
    copied = pickle.loads(pickle.dumps(MappedRows(files, rows)))
    assert copied.read().tolist() == NUMBERS[rows].tolist()


def test_files_of_other_shapes_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 3)))
    np.save(tmp_path / "b.npy", np.zeros((2, 4)))
    np.save(tmp_path / "c.npy", np.array([["a"] * 3]))
    np.save(tmp_path / "d.npy", np.array([None]), allow_pickle=True)
    np.save(tmp_path / "e.npy", np.array(1.0))
    (tmp_path / "f.npy").write_text("x,y", encoding="utf-8")
    (tmp_path / "g.npy").touch()
    for name, problem in (
        ("b", r", whose shape is \(2, 4\)"),
        ("c", r", which has <U1 of shape \(1, 3\)"),
        ("d", "$"),
        ("e", r", which has float64 of shape \(\)"),
        ("f", "$"),
        ("g", "$"),
    ):
        with pytest.raises(OperandError, match=f"leave out .*{name}.npy{problem}"):
            NumpyFiles([tmp_path / "a.npy", tmp_path / f"{name}.npy"])
    with pytest.raises(OperandError, match="one file or more"):
        NumpyFiles([])


def test_cache_keeps_the_last_rows_up_to_its_bound() -> None:
    cache, read = BoundedCache(24), list[str]()

    def get(key: str) -> float:
        return float(cache.get(key, lambda: read.append(key) or np.full(1, len(read)))[0])

    assert [get(key) for key in "abcabcd"] == [1, 2, 3, 1, 2, 3, 4]
    assert [get("a"), get("d")] == [5, 4]  # "a" was used longest ago
    assert cache.get("large", lambda: np.zeros(9)).shape == (9,)
    assert get("d") == 6


def test_place_of_an_array_names_file_and_offset(tmp_path: Path, mapped: Any) -> None:
    place = MappedFile.of(mapped[4:])
    assert place is not None
    assert (Path(place.path), place.shape) == ((tmp_path / "x.npy").resolve(), (6, 3))
    assert place[1:3].tolist() == NUMBERS[5:7].tolist()
