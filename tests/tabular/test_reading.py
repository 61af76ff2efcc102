"""Parts of reading a file that need more than a small one: encodings, blocks, gaps, options."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from autograd_tiny.tabular import TableError, TableOptions, csv_file, encoding, fast_cells, read_dataset
from autograd_tiny.tabular.cells import ColumnCells
from autograd_tiny.tabular.column_rows import ColumnRows
from autograd_tiny.tabular.dataset import Dataset, Gap, split
from autograd_tiny.tabular.dialect import Dialect
from autograd_tiny.tabular.encoding import find_source
from autograd_tiny.tabular.experiment import learn
from autograd_tiny.tabular.fast_cells import read_fast
from autograd_tiny.tabular.missing import filled
from autograd_tiny.tabular.problems import Problems
from autograd_tiny.tabular.sample_data import OTHER_SETTINGS

ROWS = [f"{i},{i * i % 7}.5,{'xy'[i % 2]}" for i in range(40)]


def read(folder: Path, text: str | bytes, target: str = "kind", **options: object) -> Dataset:
    path = folder / "f.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_dataset(path, target=target, options=TableOptions(**options))


def table(rows: list[str], header: str = "a,b,kind") -> str:
    return "\n".join([header, *rows]) + "\n"


def error_of(folder: Path, text: str | bytes, **options: object) -> str:
    with pytest.raises(TableError) as raised:
        read(folder, text, **options)
    return str(raised.value).replace(str(folder / "f.csv"), "f.csv")


# ── the file ──


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (b"\x1f\x8b\x08", "is compressed by gzip; unpack it first"),
        (b"PK\x03\x04", "is an Excel workbook or a zip archive"),
        (b"PAR1", "is a Parquet file"),
    ],
)
def test_other_kinds_of_files_are_named(tmp_path: Path, start: bytes, part: str) -> None:
    assert part in error_of(tmp_path, start + b"\0" * 50)


def test_encoding_is_given(tmp_path: Path) -> None:
    text = table(ROWS, "größe,b,kind").encode("cp1250")
    assert read(tmp_path, text, encoding="cp1250").input_names[0] == "größe"
    assert "f.csv, line 1: is not ascii; name another" in error_of(tmp_path, text, encoding="ascii")
    assert "--encoding klingon is not known to Python" in error_of(tmp_path, text, encoding="klingon")


def test_bytes_that_windows_lacks_are_latin_1(tmp_path: Path) -> None:
    data = read(tmp_path, table(ROWS, "gr\xf6\x81,b,kind").encode("latin-1"))
    assert data.notes == ("the file is not UTF-8; read as Latin-1, as of Western Europe (another: --encoding NAME)",)


def test_line_of_a_bad_byte_is_found_in_a_later_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "BLOCK", 7)
    rows = [row if i != 20 else row.replace("x", "ä") for i, row in enumerate(ROWS)]
    assert "f.csv, line 22: is not utf-8" in error_of(tmp_path, table(rows).encode("cp1252"), encoding="utf-8")
    assert read(tmp_path, table(rows).replace("y", "ä")).classes == ("x", "ä")


def test_damaged_utf_16_is_refused(tmp_path: Path) -> None:
    assert "is not utf-16" in error_of(tmp_path, table(ROWS).encode("utf-16") + b"\x00\xd8\x00\x00\x00")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipe_is_read_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(table(ROWS),))
    writer.start()
    assert len(read_dataset(tmp_path / "pipe", target="kind").inputs) == 40
    writer.join()


def test_names_for_other_columns_are_refused(tmp_path: Path) -> None:
    assert error_of(tmp_path, table(ROWS, "150,4")) == (
        "f.csv, line 1: has numbers where the names of the columns should be: '150,4'; add the names above, or say "
        "--no-header if this line is data, --header if these are the names"
    )
    assert error_of(tmp_path, table(ROWS, "kind")).startswith(
        "f.csv: line 1 has 1 name, but the rows have 3 cells; name every column, or leave the line out with --skip 1"
    )


def test_delimiter_at_the_end_of_some_rows_is_left_out(tmp_path: Path) -> None:
    data = read(tmp_path, table([row + "," * (row[0] == "7") for row in ROWS]))
    assert len(data.inputs) == 40
    assert data.notes == ("1 row ends with a delimiter more: left out",)


def test_comment_of_another_width_names_nothing(tmp_path: Path) -> None:
    rows = [f"{i},{i * i % 7}" for i in range(12)]
    assert "has numbers where the names" in error_of(tmp_path, "# of 12 plants\n" + "\n".join(rows))


def test_cell_that_is_no_number_is_found_in_a_later_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "BLOCK_CELLS", 30)
    rows = [row if i != 25 else "25,red,x" for i, row in enumerate(ROWS)]
    assert error_of(tmp_path, table(rows)).startswith("f.csv, line 27: column 'b' has 'red', which is not a number")
    assert "mixes notations" in error_of(tmp_path, "\n".join(["a,b,kind", *ROWS[:39], '39,"2,25",x']))


def test_underscore_in_a_number_is_no_digit_of_python(tmp_path: Path) -> None:
    data = read(tmp_path, table(["1_000,2,x", "2_500,3,y"] * 6))
    assert data.readings[0] == ("a", "numbers with an underscore between thousands, 1000 to 2500")


# ── notations ──


@pytest.mark.parametrize(
    ("cells", "options", "first"),
    [
        (["1'000.500", "1.250", "2.125"], {}, 1000.5),
        (["1.455.000", "2,125", "3,250"], {}, 1455000.0),
        (["1,455.5", "2,125", "3,250"], {}, 1455.5),
        (["1'000,500", "1,250", "2,125"], {"decimal": ","}, 1000.5),
        (["1 000", "1,250", "2,125"], {}, 1000.0),
        (["1,455", "2,125", "3,250"], {"decimal": "."}, 1455.0),
        (["1,455", "2,125", "3,250"], {"thousands": "."}, 1.455),
    ],
)
def test_open_sign_is_decided(tmp_path: Path, cells: list[str], options: dict[str, str], first: float) -> None:
    rows = [f"{cell};{kind}" for cell, kind in zip(cells * 4, "xyxyxyxyxyxy", strict=True)]
    assert read(tmp_path, table(rows, "a;kind"), **options).inputs[0] == [first]


def test_point_is_decimal_in_a_file_with_commas(tmp_path: Path) -> None:
    rows = [f"{i},{i % 7},{i + 1}.125" for i in range(12)]
    assert read(tmp_path, table(rows)).targets[:2] == [1.125, 2.125]


def test_thousands_of_another_column_decide(tmp_path: Path) -> None:
    rows = [f'"1,45{i % 10}","2,000,00{i % 7}",{"xy"[i % 2]}' for i in range(20)]
    assert read(tmp_path, table(rows)).inputs[0] == [1450.0, 2000000.0]


def test_two_decimal_signs_raise(tmp_path: Path) -> None:
    assert "mixes notations of numbers, such as '1,234.5' and '1.234,5'" in error_of(
        tmp_path, table([f'"{("1,234.5", "1.234,5")[i % 2]}",{i % 7},{"xy"[i % 3 == 0]}' for i in range(12)])
    )


def test_house_numbers_are_categories(tmp_path: Path) -> None:
    rows = [f"{('12', '12a', '14b')[i % 3]},{i % 7},{'xy'[i % 2]}" for i in range(12)]
    assert read(tmp_path, table(rows)).readings[0] == ("a", "3 categories, an input each: 12, 12a, 14b")


def test_clock_without_such_an_hour_raises(tmp_path: Path) -> None:
    rows = [f"{('8:30', '25:00', '9:10')[i % 3]},{i % 7},{'xy'[i % 2]}" for i in range(12)]
    assert "column 'a' has '25:00', which no calendar or clock has" in error_of(tmp_path, table(rows))


# ── categories ──


def test_rare_categories_share_an_input(tmp_path: Path) -> None:
    rows = [f"{'abcdeaab'[i % 8]},{i},{'xy'[i % 2]}" for i in range(40)]
    data = read(tmp_path, table(rows), most_categories=3)
    assert data.input_names[:3] == ("a=a", "a=b", "a=(others)")
    assert data.inputs[2][:3] == [0.0, 0.0, 1.0]
    assert data.readings[0][1].startswith(
        "5 categories, an input for each of the 2 most frequent, one for the others"
    )


def test_category_without_a_place_raises(tmp_path: Path) -> None:
    rows = [f"{('low', 'high', 'huge')[i % 3]},{i % 7},{'xy'[i % 2]}" for i in range(12)]
    told = error_of(tmp_path, table(rows), ordered={"a": ("low", "high")})
    assert told == "f.csv, line 4: column 'a' has 'huge', which --ordered lacks: it has low, high"


def test_unknown_columns_of_options_raise(tmp_path: Path) -> None:
    assert "has no column 'c' for --categories" in error_of(tmp_path, table(ROWS), categories=("c",))
    assert "has no column 'd' for --ordered" in error_of(tmp_path, table(ROWS), ordered={"d": ("x", "y")})


def test_all_texts_to_leave_out_are_named_together(tmp_path: Path) -> None:
    rows = [f"we saw it {i} times and,then we left it {i % 9} times,{'xy'[i % 2]}" for i in range(12)]
    assert error_of(tmp_path, table(rows)).count("leave it out: --ignore a,b") == 2


def test_list_of_columns_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(table([f"{i % 5},{row}" for i, row in enumerate(ROWS)], '"x, y",a,b,kind'))
    assert read_dataset(path, target="kind", ignore=["a, b"]).input_names == ("x, y",)
    assert read_dataset(path, target="kind", ignore=["x, y", "b"]).input_names == ("a",)


# ── missing values ──


def test_missing_number_is_the_mean_of_the_training_rows() -> None:
    nan = math.nan
    inputs = [[float(i), nan if i % 3 == 0 else float(i % 2)] for i in range(30)]
    data = Dataset("d", ("a", "b"), inputs, "y", [i % 2 for i in range(30)], ("0", "1"), gaps=(Gap((1,), "mean"),))
    train, _ = split(data, test_size=0.33, seed=1)
    known = [inputs[row][1] for row in train if row % 3]
    complete = filled(data, train)
    assert complete.inputs[0][1] == pytest.approx(sum(known) / len(known))
    assert complete.gaps == ()
    result = learn(data, replace(OTHER_SETTINGS, hidden=(), epochs=1), seed=1)
    assert all(map(math.isfinite, result.history.loss))
    assert not any(math.isnan(x) for row in result.dataset.inputs for x in row)


def test_missing_category_is_the_most_frequent() -> None:
    inputs = ColumnRows([np.array([1.0, 1.0, 0.0, math.nan]), np.array([0.0, 0.0, 1.0, math.nan])])
    data = Dataset("d", ("a=x", "a=y"), inputs, "y", [0, 1, 0, 1], ("0", "1"), gaps=(Gap((0, 1), "most frequent"),))
    assert filled(data, [0, 1, 2]).inputs[3] == [1.0, 0.0]
    assert filled(data, [2, 3]).inputs[3] == [0.0, 1.0]


def test_rows_missing_together_have_one_mark(tmp_path: Path) -> None:
    rows = [f"{'' if i % 5 == 0 else i},{'' if i % 5 == 0 else i * i % 7},{'xy'[i % 2]}" for i in range(20)]
    assert read(tmp_path, table(rows)).input_names == ("a", "a missing", "b")


def test_word_in_a_row_without_a_target_does_not_matter(tmp_path: Path) -> None:
    data = read(tmp_path, table([*ROWS[:12], "1,red,"]))
    assert data.readings[1] == ("b", "numbers, 0.5 to 4.5")


def test_target_without_values_raises(tmp_path: Path) -> None:
    rows = [f"{i},{i % 7}," for i in range(12)]
    assert error_of(tmp_path, table(rows)) == "f.csv: the target 'kind' has no value in any row; choose another"


def test_too_few_complete_rows_raise(tmp_path: Path) -> None:
    rows = [f"{i if i < 4 else 'NA'},{i % 7},{'xy'[i % 2]}" for i in range(12)]
    assert "has 4 rows to use; at least 10 are needed" in error_of(tmp_path, table(rows), missing="drop")


def test_constant_inputs_raise(tmp_path: Path) -> None:
    assert "has no column but the target that varies" in error_of(tmp_path, table(["1,2,x", "1,2,y"] * 6))


# ── targets ──


def test_target_with_few_words_among_numbers_raises_where_a_number_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(table(ROWS))
    with pytest.raises(TableError, match="line 2: the target 'kind' has 'x', which is not a number"):
        read_dataset(path, target="kind", kind="number")


def test_number_target_that_hardly_varies_is_noted(tmp_path: Path) -> None:
    rows = [f"{i},{i % 7},{0.5 if i else 1.5}" for i in range(40)]
    assert read(tmp_path, table(rows)).notes[0] == "the target 'kind' is 0.5 in 98 % of the rows, and hardly varies"


def test_target_that_counts_the_rows_is_noted(tmp_path: Path) -> None:
    data = read(tmp_path, table(ROWS), target="a")
    assert data.notes == ("the target 'a' counts the rows: is it a row number?",)


def test_column_without_numbers_tells_no_target(tmp_path: Path) -> None:
    rows = [f"{i if i < 2 else ''},{i % 7},{i * 0.5}" for i in range(12)]
    assert read(tmp_path, table(rows)).notes == ()


def test_leak_is_found_beyond_a_constant_start(tmp_path: Path) -> None:
    rows = [f"{max(i - 2000, 0) * 2},{i % 7},{max(i - 2000, 0) + 0.5}" for i in range(2100)]
    assert "column 'a' alone tells the target" in read(tmp_path, table(rows)).notes[1]


# ── the parts ──


def test_rows_compare_and_show_themselves() -> None:
    rows = ColumnRows([np.array([1.0, 2.0]), np.array([3.0, 4.0])])
    assert rows == [[1.0, 3.0], [2.0, 4.0]]
    assert rows != [[1.0, 3.0]]
    assert repr(rows) == "<2 rows of 2 numbers>"


def test_long_list_of_problems_is_cut() -> None:
    problems = Problems("f.csv")
    problems.raise_if_any()
    for line in range(2, 60):
        problems.add("is wrong", line=line)
    with pytest.raises(TableError, match="58 problems") as raised:
        problems.raise_if_any()
    assert str(raised.value).endswith("line 41: is wrong\n  and 18 more")
    assert len(raised.value.problems) == 58


# ── large files, by pandas ──


class FakePandas:
    """The part of pandas that reads a large file, where pandas is not installed: the frames that a test gives it."""

    def __init__(self, frames: list[dict[int, np.ndarray]], version: str) -> None:
        self.frames, self.__version__, self.settings = frames, version, {}

    def read_csv(self, path: Path, **settings: object) -> FakeFrames:
        self.settings = settings
        return FakeFrames(self.frames)


class FakeFrames:
    def __init__(self, frames: list[dict[int, np.ndarray]]) -> None:
        self.frames = frames

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...

    def __iter__(self) -> Iterator[FakeFrame]:
        if not self.frames:
            raise ValueError("a row of more cells")
        return map(FakeFrame, self.frames)


class FakeFrame:
    def __init__(self, cells: dict[int, np.ndarray]) -> None:
        self.cells, self.columns = cells, list(cells)

    def __getitem__(self, position: int) -> FakeFrame:
        return FakeFrame({0: self.cells[position]})

    def __len__(self) -> int:
        return len(self.cells[0])

    def to_numpy(self) -> np.ndarray:
        return self.cells[0]


def by_fake(monkeypatch: pytest.MonkeyPatch, *frames: dict[int, np.ndarray], version: str = "3.1.1") -> FakePandas:
    """Let large files be read by a pandas that gives these frames."""
    pandas = FakePandas(list(frames), version)
    monkeypatch.setattr(fast_cells, "FAST_FROM", 1)
    monkeypatch.setattr(fast_cells, "find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    return pandas


A, B, KIND = np.arange(12), np.array([*[0.5] * 11, math.nan]), np.array([*"xyxyxyxyxyxy"], dtype=object)
SMALL = table([f"{i},{'' if i == 11 else 0.5},{'xy'[i % 2]}" for i in range(12)])


def test_large_file_is_read_by_pandas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = read(tmp_path, SMALL)
    pandas = by_fake(
        monkeypatch, {0: A[:5], 1: B[:5], 2: KIND[:5]}, {0: A[5:], 1: B[5:], 2: KIND[5:]}, version="2.2.0"
    )
    data = read(tmp_path, SMALL)
    assert (data.inputs[:11], data.targets, data.readings) == (plain.inputs[:11], plain.targets, plain.readings)
    assert pandas.settings["float_precision"] == "round_trip"
    assert pandas.settings["dtype"] == {2: str}


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param([{0: A, 1: B}], id="columns are lacking"),
        pytest.param([{0: A, 1: B, 2: np.array([*"xyxyxyxyxyx", math.nan], dtype=object)}], id="a gap at the end"),
        pytest.param([{0: A + 0.5, 1: B + math.inf, 2: KIND}], id="infinite"),
        pytest.param([{0: A > 3, 1: B, 2: KIND}], id="true and false"),
        pytest.param([{0: A[:7], 1: B[:7], 2: KIND[:7]}], id="fewer rows than lines"),
        pytest.param([], id="an error"),
    ],
)
def test_file_that_pandas_reads_differently_is_left_to_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frames: list[dict[int, np.ndarray]]
) -> None:
    plain = read(tmp_path, SMALL)
    by_fake(monkeypatch, *frames)
    data = read(tmp_path, SMALL)
    assert (data.inputs[:11], data.targets, data.readings) == (plain.inputs[:11], plain.targets, plain.readings)


def test_pandas_that_cannot_be_imported_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_fake(monkeypatch)
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert len(read(tmp_path, SMALL).inputs) == 12


def test_text_in_a_later_block_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = np.array([str(i) for i in range(12)], dtype=object)
    frames = [
        {0: A[:5], 1: B[:5], 2: KIND[:5]},
        {0: words[5:9], 1: B[5:9], 2: KIND[5:9]},
        {0: A[9:], 1: B[9:], 2: KIND[9:]},
    ]
    by_fake(monkeypatch, *frames)
    words[7] = "7_000"
    columns = [ColumnCells(), ColumnCells(), ColumnCells(as_text=True)]
    (tmp_path / "f.csv").write_text(SMALL)
    assert read_fast(find_source(tmp_path / "f.csv"), Dialect(","), columns, 1) == 12
    assert [column.is_late for column in columns] == [True, False, False]
    by_fake(monkeypatch, {0: words[:5], 1: B[:5], 2: KIND[:5]}, {0: A[5:], 1: B[5:], 2: KIND[5:]})
    words[3] = "red"
    columns = [ColumnCells(), ColumnCells(), ColumnCells(as_text=True)]
    assert read_fast(find_source(tmp_path / "f.csv"), Dialect(","), columns, 1) == 12
    assert [column.is_late for column in columns] == [True, False, False]


def test_pandas_reads_as_csv_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    draw = Random(0).gauss
    rows = [f"{draw(0, 1e-5)!r},{draw(0, 1):.3f},{'NA' if i == 3 else i},{'xy'[i % 2]}" for i in range(200)]
    plain = read(tmp_path, table(rows, "a,b,c,kind"))
    monkeypatch.setattr(fast_cells, "FAST_FROM", 1)
    fast = read(tmp_path, table(rows, "a,b,c,kind"))
    assert repr(list(fast.inputs)) == repr(list(plain.inputs))
    assert (fast.targets, fast.readings) == (plain.targets, plain.readings)
    ragged = table([*rows[:50], "1,2,3", *rows[50:]], "a,b,c,kind")
    assert "line 52: has 3 cells for 4 columns" in error_of(tmp_path, ragged)
