"""Rows of CSV files: the numbers of the cells, and errors that name file, line and column."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_tiny as at
import nn
from autograd_tiny import Sharded, Value, record
from autograd_tiny.distributed import CsvFiles, MappedRows, csv_files
from autograd_tiny.errors import InputError, OperandError, WorkerError

NUMBERS = np.random.default_rng(4).normal(size=(700, 3))
ROWS: list[Any] = [slice(None), slice(250, 600), slice(600, 250, -2), [699, 0, 256, 255, 0], np.arange(700) % 3 == 0]


def written(path: Path, rows: Any, header: str = "a,b,c", joint: str = ",", end: str = "\n") -> Path:
    lines = [*([header] if header else []), *(joint.join(map(repr, row)) for row in rows.tolist())]
    path.write_bytes(end.join([*lines, ""]).encode())
    return path


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return files whose columns are in other orders, with other separators and line ends, and empty lines."""
    folder = tmp_path_factory.mktemp("csv")
    first, second, third = np.split(NUMBERS, [300, 310])
    return [
        written(folder / "0.csv", first),
        written(folder / "1.csv", second[:, [2, 0, 1]], header='\ufeff"c";a;b', joint=";", end="\r\n\r\n"),
        written(folder / "2.csv", third[:, ::-1], header="c\tb\ta", joint="\t"),
    ]


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("cached", [csv_files.CACHED, 0])
def test_several_files_are_one_array(
    paths: list[Path], rows: Any, cached: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files, "CACHED", cached)
    files = CsvFiles(paths)
    assert (len(files), files.shape, files.size) == (700, (700, 3), 2100)
    assert repr(files) == "<CsvFiles: 3 files, shape (700, 3)>"
    assert files[rows].tolist() == NUMBERS[rows].tolist()
    chosen = CsvFiles([str(path) for path in paths], ["c", 0])
    assert chosen[rows].tolist() == NUMBERS[rows][:, [2, 0]].tolist()
    targets = CsvFiles(paths, "b")
    assert (targets.shape, targets[rows].tolist()) == ((700,), NUMBERS[rows][:, 1].tolist())
    assert (files[699].tolist(), targets[699]) == (NUMBERS[699].tolist(), NUMBERS[699, 1])
    for source, expected in ((files, NUMBERS), (targets, NUMBERS[:, 1])):
        sent = pickle.loads(pickle.dumps(MappedRows(source, rows)))
        assert (sent.shape, sent.read().tolist()) == (expected[rows].shape, expected[rows].tolist())


def test_a_message_carries_the_places_of_its_rows_alone(tmp_path: Path) -> None:
    files = [written(tmp_path / f"{k}.csv", np.arange(40_000.0).reshape(20_000, 2), header="") for k in range(2)]
    rows = MappedRows(CsvFiles(files))
    assert len(pickle.dumps(rows[19_900:20_100])) < 700 < len(pickle.dumps(rows[::256])) < 3_000
    assert rows[19_999:20_001].read().tolist() == [[39_998.0, 39_999.0], [0.0, 1.0]]


def test_only_the_blocks_of_the_rows_are_read(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    inner = csv_files.CsvFile._read

    def counting(file: Any, block: int, rows: Any = None) -> Any:
        read.append(block)
        return inner(file, block, rows)

    monkeypatch.setattr(csv_files.CsvFile, "_read", counting)
    assert CsvFiles(paths, "a")[300:303].tolist() == NUMBERS[300:303, 0].tolist()
    assert read == [0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a,b\n1,2\n\n3,x\n", r"x\.csv, line 4: column 'b' has 'x', which is not a number such as 1\.5"),
        ("1;2\n3;4,5\n", r"x\.csv, line 2: cell 2 has '4,5', which is not a number"),
        ("a,b\n1,2\n3,\n", r"line 3: column 'b' has '', which is not a number"),
        ("a,b\n1,1_000\n", r"line 2: column 'b' has '1_000', which is not a number"),
        ("a,b\n1,2\n3\n", r"line 3: has 1 cell for 2; each row needs one for each column"),
        ("a,b\n1,2,3\n", r"line 2: has 3 cells for 2"),
        ('a,b\n1,"2"3"4"\n', r"line 2: ',' expected after '\"'"),
    ],
)
def test_a_cell_that_is_no_number_is_named(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    files = CsvFiles([tmp_path / "x.csv"])
    with pytest.raises(InputError, match=problem):
        files[:]
    with ThreadPoolExecutor(1) as pool, pytest.raises(WorkerError, match=problem):
        Sharded(record(lambda x: at.dot(x, x), inputs=([1.0, 2.0],)), pool, shards=1).evaluate(files)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", r"x\.csv: has no rows of numbers; leave it out"),
        (b"a,b\n", r"x\.csv: has no rows of numbers; leave it out"),
        (b"\na,b\n1,2\n", r"line 1: is empty; begin with the names of the columns, or with a row"),
        (b"a,\xff\n1,2\n", r"line 1: is not the first line of a CSV file in UTF-8"),
        (b'a,"b\nc"\n1,2\n', r"line 1: is not the first line of a CSV file"),
        (b'a,b\n1,2\n1,"2\n"\n', r"line 3: a quoted cell does not end in its line; write each row in one line"),
        (b"a,a\n1,2\n", r"line 1: a column has no name of its own: 'a', 'a'; name each"),
        (b"a,\n1,2\n", r"line 1: a column has no name of its own: 'a', ''; name each"),
    ],
)
def test_files_that_cannot_be_used_are_refused(tmp_path: Path, text: bytes, problem: str) -> None:
    (tmp_path / "x.csv").write_bytes(text)
    with pytest.raises(InputError, match=problem):
        CsvFiles([tmp_path / "x.csv"])


def test_files_of_other_columns_are_refused(tmp_path: Path, paths: list[Path]) -> None:
    for header, shown in (("a,b,d", "'a', 'b', 'd'"), ("", "0 to 2")):
        other = written(tmp_path / "other.csv", NUMBERS[:2], header=header)
        with pytest.raises(
            InputError, match=rf"other\.csv, line 1: has other columns: {shown}; write .*'a', 'b', 'c'"
        ):
            CsvFiles([paths[0], other])
    for column in ("d", 3, -1, True, 1.5):
        with pytest.raises(OperandError, match="it takes the columns 'a', 'b', 'c'; name one of these"):
            CsvFiles(paths, [column])
    with pytest.raises(OperandError, match=r"CsvFiles got 'list' \(\[\]\); it takes the columns 'a', 'b', 'c'; name"):
        CsvFiles(paths, [])
    with pytest.raises(OperandError, match=r"CsvFiles got 'float' \(1\.5\); it takes the columns"):
        CsvFiles(paths, 1.5)
    for wrong in ([], "a.csv"):
        with pytest.raises(OperandError, match="a list of one file or more"):
            CsvFiles(wrong)
    with pytest.raises(InputError, match=r"none\.csv: cannot be read: No such file"):
        CsvFiles([tmp_path / "none.csv"])


def test_a_file_that_changed_is_read_anew_or_refused(tmp_path: Path) -> None:
    for number in (1.0, 25.0):
        path = written(tmp_path / "x.csv", np.full((4, 2), number), header="")
        files = CsvFiles([path])
        assert files[[0, 3]].tolist() == [[number] * 2] * 2
    path.unlink()
    with pytest.raises(InputError, match=r"x\.csv: is missing or of another size than at the start"):
        files[:]


def test_fit_reads_its_examples_from_files(paths: list[Path]) -> None:
    def trained(inputs: Any, targets: Any, executor: Any = None) -> list[float]:
        model = nn.MLP(2, [1], seed=0)
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        settings = {"loss": "squared_error", "epochs": 2, "batch_size": 300, "seed": 1, "executor": executor}
        nn.fit(model, inputs, targets, optimizer=optimizer, **settings)
        return [parameter.data for parameter in model.parameters()]

    columns = CsvFiles(paths, ["a", "b"]), CsvFiles(paths, "c")
    arrays = NUMBERS[:, :2], NUMBERS[:, 2]
    assert trained(*columns) == trained(*arrays)
    with ThreadPoolExecutor(2) as pool:
        assert trained(*columns, pool) == trained(*arrays, pool)


def test_shards_have_the_bits_of_the_array(paths: list[Path]) -> None:
    w = [Value(0.1), Value(0.2), Value(0.3)]
    with ThreadPoolExecutor(2) as pool:
        sharded = Sharded(record(lambda x: at.dot(w, x).tanh(), inputs=([1.0, 2.0, 3.0],), parameters=w), pool)
        found = [
            (sharded.differentiate(x).tobytes(), sharded.gradients.tobytes()) for x in (CsvFiles(paths), NUMBERS)
        ]
    assert found[0] == found[1]
