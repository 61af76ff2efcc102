"""Files as programs write them, each with its right reading or its error: data/csv-files.json."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from autograd_tiny.tabular import TableError, TableOptions, read_dataset
from autograd_tiny.tabular.dataset import Dataset

FILES = json.loads((Path(__file__).parents[1] / "data" / "csv-files.json").read_text(encoding="utf-8"))


def written(folder: Path, file: dict[str, Any]) -> Path:
    """Write a file of the list; its rows are repeated so that there are enough."""
    path = folder / "f.csv"
    path.write_bytes((file["top"] + "".join(file["rows"] * file["times"])).encode(file["encoding"]))
    return path


def options_of(file: dict[str, Any]) -> TableOptions:
    """Return the options with which a file is read."""
    given = dict(file["options"])
    if "ordered" in given:
        given["ordered"] = {name: tuple(order) for name, order in given["ordered"].items()}
    if "categories" in given:
        given["categories"] = tuple(given["categories"])
    return TableOptions(**given)


def seen(dataset: Dataset) -> dict[str, Any]:
    """Return what is expected of a data set: its first rows, its names, its readings and notes."""
    return {
        "names": list(dataset.input_names),
        "inputs": [[None if math.isnan(x) else x for x in row] for row in dataset.inputs[:4]],
        "targets": dataset.targets[:4],
        "classes": list(dataset.classes),
        "readings": dict(dataset.readings),
        "notes": list(dataset.notes),
    }


@pytest.mark.parametrize("file", [pytest.param(file, id=file["name"]) for file in FILES])
def test_file_is_read_as_it_is_meant(tmp_path: Path, file: dict[str, Any]) -> None:
    path = written(tmp_path, file)
    if "error" in file["expected"]:
        with pytest.raises(TableError) as raised:
            read_dataset(path, target=file["target"], options=options_of(file))
        assert str(raised.value).replace(str(path), "f.csv") == file["expected"]["error"]
    else:
        assert seen(read_dataset(path, target=file["target"], options=options_of(file))) == file["expected"]


def test_every_number_is_a_float(tmp_path: Path) -> None:
    for file in FILES:
        if "error" not in file["expected"]:
            dataset = read_dataset(written(tmp_path, file), target=file["target"], options=options_of(file))
            assert all(type(x) is float for row in dataset.inputs for x in row), file["name"]
