"""CSV files: what is read, and each objection with its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from autograd_tiny.errors import InputError
from autograd_tiny.tabular.columns import read_dataset
from autograd_tiny.tabular.csv_file import quoted
from autograd_tiny.tabular.dataset import Dataset
from autograd_tiny.tabular.options import TableOptions
from autograd_tiny.tabular.problems import TableError

ROWS = [f"{i},{i * i % 7},{'xy'[i % 2]}" for i in range(12)]


def table(rows: list[str], header: str = "a,b,kind") -> str:
    return "\n".join([header, *rows]) + "\n"


def changed(row: str, *, line: int = 7) -> str:
    """Return the good table with another row in that line."""
    return table([*ROWS[: line - 2], row, *ROWS[line - 1 :]])


def read(folder: Path, text: str | bytes, target: str | None = "kind", **options: object) -> Dataset:
    path = folder / "flowers.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_dataset(path, target=target, **options)


def objection(folder: Path, text: str | bytes, target: str | None = "kind", **options: object) -> TableError:
    with pytest.raises(TableError) as raised:
        read(folder, text, target, **options)
    assert "\n" not in str(raised.value)
    return raised.value


def test_words_are_sorted_classes(tmp_path: Path) -> None:
    flowers = read(tmp_path, table(ROWS))
    assert flowers.classes == ("x", "y")
    assert flowers.targets[:3] == [0, 1, 0]
    assert flowers.inputs[3] == [3.0, 2.0]
    assert (flowers.name, flowers.input_names, flowers.target_name) == ("flowers", ("a", "b"), "kind")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    assert read(tmp_path, table(ROWS).replace(",", delimiter)).inputs[1] == [1.0, 1.0]


@pytest.mark.parametrize(
    "header", ['"a; in; cm; x",w,kind', 'w,"a; in; cm;\nx",kind', 'w,"a ""; ; ; ;"",",kind', "\n \na | b,w,kind"]
)
def test_quoted_text_has_no_delimiter(tmp_path: Path, header: str) -> None:
    assert read(tmp_path, table(ROWS, header)).inputs[1] == [1.0, 1.0]


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + table(ROWS).encode(),
        table(ROWS).replace("\n", "\r\n").encode(),
        table(ROWS).replace(",", " , ").encode(),
        b"\n" + table(ROWS).replace("\n", "\n\n").encode(),
        table(ROWS).replace("kind", '"kind"').replace("x", '"x"').encode(),
    ],
)
def test_format_details_do_not_matter(tmp_path: Path, text: bytes) -> None:
    flowers = read(tmp_path, text)
    assert (len(flowers.inputs), flowers.classes, flowers.input_names) == (12, ("x", "y"), ("a", "b"))


def test_few_integers_are_sorted_classes(tmp_path: Path) -> None:
    rows = [f"{i},{(2, 10)[i % 2]}" for i in range(12)]
    assert read(tmp_path, table(rows, "a,b"), "b").classes == ("2", "10")


def test_equal_numbers_are_one_class(tmp_path: Path) -> None:
    rows = [
        f"{i},{cell}" for i, cell in enumerate(["1", "1.0", "0", "-0.0", "+01", "00", "1e0", "1.", "0", "2", "2"])
    ]
    flowers = read(tmp_path, table(rows, "a,b"), "b")
    assert flowers.classes == ("0", "1", "2")
    assert flowers.targets == [1, 1, 0, 0, 1, 0, 1, 1, 0, 2, 2]


def test_huge_integers_are_separate_classes(tmp_path: Path) -> None:
    rows = [f"{i},{9007199254740992 + i % 2}" for i in range(12)]
    assert read(tmp_path, table(rows, "a,b"), "b").classes == ("9007199254740992", "9007199254740993")


def test_spellings_of_numbers_add_no_classes(tmp_path: Path) -> None:
    rows = [f"{i},{i % 10}{'.0' * (i % 3 == 0)}" for i in range(40)]
    assert len(read(tmp_path, table(rows, "a,b"), "b").classes) == 10


def test_other_numbers_are_numbers(tmp_path: Path) -> None:
    assert read(tmp_path, table(ROWS), "a", ignore=["kind"]).classes == ()
    assert read(tmp_path, table(ROWS).replace(",0,", ",0.5,"), "b", ignore=["kind"]).classes == ()


def test_kind_decides_target(tmp_path: Path) -> None:
    assert read(tmp_path, table(ROWS), "b", ignore=["kind"]).classes == ("0", "1", "2", "4")
    assert read(tmp_path, table(ROWS), "b", ignore=["kind"], kind="number").targets[:2] == [0.0, 1.0]
    doubled = table([*ROWS, *ROWS])
    assert len(read(tmp_path, doubled, "a", ignore=["kind"], kind="classes").classes) == 12


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "is empty"),
        ("\n\n", 1, "is empty"),
        ("a,b,kind\n", None, "has 0 rows; at least 10 are needed"),
        (table(ROWS[:9]), None, "has 9 rows"),
        (table(ROWS, ",".join(f"c{k}" for k in range(10_001))), 1, "has 10001 columns; at most 10000 can be read"),
        (table(ROWS, "1,2,3"), 1, "has numbers where the names of the columns should be"),
        (changed("5,4"), 7, "has 2 cells for 3 columns"),
        (changed("5,4,x,y"), 7, "has 4 cells for 3 columns"),
        (changed("5,red,x"), 7, "column 'b' has 'red', which is not a number"),
        (changed("5,inf,x"), 7, "column 'b' has 'inf', which is not a number"),
        (changed("5,1e999,x"), 7, "column 'b' has '1e999', which is too large"),
        (changed("5,4,z"), 7, "class 'z' has only this row"),
        (changed('5,4,"x'), 7, "is a quotation mark missing?"),
        ('"a', 1, "is a quotation mark missing?"),
        (table(ROWS).replace("y", "x"), 2, "is 'x' here and in every other row; at least two classes"),
        ("\n" + table([f"{i},1,1.{'0' * (i % 3)}" for i in range(12)]), 3, "is '1' here and in every other row"),
        ('"' + "a" * 140_000 + '";b\n1;2', 1, "is not valid CSV"),
        (table([f"{i},1,n{i}" for i in range(60)]), None, "has 60 classes, more than 50"),
    ],
)
def test_bad_file_raises_with_line(tmp_path: Path, text: str | bytes, line: int | None, part: str) -> None:
    error = objection(tmp_path, text)
    assert part in str(error)
    assert error.line == line
    assert error.path == tmp_path / "flowers.csv"


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("5,,x", "column 'b' has no value; fill it in"),
        ("5,NaN,x", "column 'b' has no value"),
        ("5,?,x", "column 'b' has no value"),
        ("5,4,", "the target 'kind' has no value"),
    ],
)
def test_missing_value_is_refused_with_line(tmp_path: Path, row: str, part: str) -> None:
    error = objection(tmp_path, changed(row), options=TableOptions(missing="refuse"))
    assert part in str(error)
    assert error.line == 7


def test_word_in_numeric_target_raises(tmp_path: Path) -> None:
    rows = [f"{i},{i * 1.5 if i else 'abc'}" for i in range(12)]
    error = objection(tmp_path, table(rows, "a,b"), "b")
    assert "treat the target as classes with --classes" in str(error)
    assert error.line == 2


def test_constant_target_raises(tmp_path: Path) -> None:
    error = objection(tmp_path, table([f"{i},1.5" for i in range(12)], "a,b"), "b")
    assert "is 1.5 here and in every other row" in str(error)
    assert error.line == 2


def test_missing_target_lists_columns(tmp_path: Path) -> None:
    assert "--target 'a' or 'b' or 'kind'" in str(objection(tmp_path, table(ROWS), None))


def test_unknown_column_suggests_closest(tmp_path: Path) -> None:
    assert "did you mean 'kind'?" in str(objection(tmp_path, table(ROWS), "kid"))
    assert "the columns are 'a', 'b', 'kind'" in str(objection(tmp_path, table(ROWS), "species"))
    assert "no column 'c' for --ignore" in str(objection(tmp_path, table(ROWS), ignore=["c"]))


def test_target_without_inputs_raises(tmp_path: Path) -> None:
    assert "no column but the target" in str(objection(tmp_path, table(ROWS), ignore=["a", "b"]))


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_unreadable_file_raises(tmp_path: Path, name: str) -> None:
    with pytest.raises(TableError, match="cannot be read: "):
        read_dataset(tmp_path / name, target="kind")


def test_long_lists_are_cut() -> None:
    assert quoted(list("abcdefghijkl")).endswith("'j', ...")


def test_error_has_file_and_line() -> None:
    assert str(TableError("a.csv", "is empty", line=3)) == "a.csv, line 3: is empty"
    assert str(TableError("a.csv", "is empty")) == "a.csv: is empty"
    assert issubclass(TableError, InputError)


@pytest.mark.parametrize("rows", [10, 60])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_file_of_many_columns_is_refused_at_once(tmp_path: Path, rows: int, delimiter: str) -> None:
    header = delimiter.join(f"c{k}" for k in range(100_000))
    text = "\n".join([header, *[delimiter.join("1" * 100_000)] * rows])
    before = time.process_time()
    assert "has 100000 columns; at most 10000 can be read" in str(objection(tmp_path, text, "c1"))
    assert time.process_time() - before < 1.0


def test_most_columns_are_read_in_linear_time(tmp_path: Path) -> None:
    names = [f"c{k}" for k in range(9_999)]
    rows = [",".join([*(str(i * k % 10_007) for k in range(1, 10_000)), row[-1]]) for i, row in enumerate(ROWS)]
    before = time.process_time()
    assert len(read(tmp_path, table(rows, ",".join([*names, "kind"])), ignore=names[:-3]).input_names) == 3
    assert len(read(tmp_path, table(rows, ",".join([*names, "kind"]))).input_names) == 9_999
    assert time.process_time() - before < 3.0
