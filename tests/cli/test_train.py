"""The command `train`: its report, its files and its errors."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import nn
from autograd_tiny.cli import main, train, train_plot
from autograd_tiny.cli.table_options import reading_lines
from autograd_tiny.cli.train import describe, progress, step_line
from autograd_tiny.tabular.dataset import Dataset
from autograd_tiny.tabular.experiment import Result, learn
from autograd_tiny.tabular.sample_data import OTHER_SETTINGS, SEED, SETTINGS, load_exam
from tests.cli.command import run_command

QUICK = replace(OTHER_SETTINGS, hidden=(3,), epochs=2)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def line(number_of_rows: int = 30, name: str = "line") -> Dataset:
    """Return examples of y = 3 x₀ - x₁ + 100, with x₁ far from standard."""
    inputs = [[float(row % 7), 1000.0 + row % 5] for row in range(number_of_rows)]
    return Dataset(name, ("x0", "x1"), inputs, "y", [3.0 * x - y + 100.0 for x, y in inputs])


def write_table(path: str = "flowers.csv", *, constant: bool = False) -> str:
    rows = [f"{i % 9},{3 if constant else i * i % 7},{'low' if i % 9 < 4 else 'high'}" for i in range(30)]
    Path(path).write_text("\n".join(["size,age,kind", *rows]), encoding="utf-8")
    return path


run = partial(run_command, "train")


# ── learning ──


@pytest.mark.no_cover
def test_iris_is_learnt_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    told, _ = run(capsys, "iris")
    accuracy = re.fullmatch(r"test accuracy: (\d+\.\d) %", told.splitlines()[-1])
    assert accuracy is not None
    assert float(accuracy[1]) >= 95.0
    assert "99 examples to train, 51 to test" in told
    assert Path("iris.png").read_bytes().startswith(PNG)


@pytest.mark.no_cover
def test_digits_start_well_in_one_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sklearn")
    told, _ = run(capsys, "digits", "--no-plot", "--quiet", "--hidden", "none", "--epochs", "1", "--lr", "0.02")
    assert float(told.split()[2]) > 80.0


# ── what is printed ──


def test_report_ends_with_accuracy(capsys: pytest.CaptureFixture[str]) -> None:
    told, complaint = run(capsys, "exam", "--epochs", "2", "--no-plot")
    lines = told.splitlines()
    assert lines[0] == "exam: 60 examples, 2 inputs, passed is one of no, yes"
    assert lines[1] == "MLP(2, [8, 2], hidden='tanh', output='linear') with 42 parameters"
    assert lines[2] == "40 examples to train, 20 to test"
    assert lines[3].startswith("a step of ")
    assert lines[5].startswith("train loss: ")
    assert lines[6].startswith("test loss:  ")
    assert re.fullmatch(r"test accuracy: \d+\.\d %", lines[-1])
    assert complaint == ""


def test_confusion_matrix_counts_all_test_examples(capsys: pytest.CaptureFixture[str]) -> None:
    told, _ = run(capsys, "exam", "--epochs", "2", "--no-plot")
    rows = [row.split() for row in told.splitlines() if row.startswith(("no ", "yes "))]
    assert sum(int(count) for row in rows for count in row[1:] if count != "·") == 20


def test_number_target_has_r2(capsys: pytest.CaptureFixture[str]) -> None:
    write_table()
    told, _ = run(
        capsys, "flowers.csv", "--target", "size", "--number", "--ignore", "kind", "--no-plot", "--epochs", "2"
    )
    assert "size is a number" in told
    assert "actual" not in told
    assert re.fullmatch(r"test R²: -?\d+\.\d\d", told.splitlines()[-1])


def test_quiet_prints_only_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    write_table(constant=True)
    options = "--target", "kind", "--epochs", "1", "--no-plot", "--save", "model.json", "--quiet"
    told, complaint = run(capsys, "flowers.csv", *options)
    assert (told.count("\n"), complaint) == (1, "")
    assert Path("model.json").exists()


def test_reading_of_each_column_is_printed_before_training(capsys: pytest.CaptureFixture[str]) -> None:
    write_table(constant=True)
    told, complaint = run(capsys, "flowers.csv", "--target", "kind", "--epochs", "1", "--no-plot")
    assert told.splitlines()[:5] == [
        "flowers: 30 examples, 1 input, kind is one of high, low",
        "  size  numbers, 0 to 8",
        "  age   left out: 3 in every row",
        "  kind  target: 2 classes: high, low",
        "MLP(1, [16, 2], hidden='tanh', output='linear') with 66 parameters",
    ]
    assert complaint == ""


def test_options_of_the_file_reach_its_reading(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{i % 9 + 1}.455;{('low', 'mid', 'top')[i % 3]};{'ab'[i % 2]}" for i in range(30)]
    Path("f.csv").write_text("\n".join(["size;level;kind", *rows]), encoding="utf-8")
    target = "f.csv", "--target", "kind", "--no-plot", "--epochs", "1"
    told, _ = run(capsys, *target, "--thousands", ".", "--ordered", "level=low<mid<top")
    assert told.splitlines()[1:3] == [
        "  size   numbers with a point between thousands, 1455 to 9455",
        "  level  ordered: low 0, mid 1, top 2",
    ]
    told, complaint = run(capsys, *target, "--decimal", ".", "--ignore", "level", "--missing", "drop")
    assert "  level  left out: --ignore" in told.splitlines()
    assert complaint == ""


def test_problems_of_a_file_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    Path("f.csv").write_text("\n".join(["x,y,kind", *['1,"1,455",a', '2,"2,500",b'] * 6, "red,3,a", "4,5"]))
    _, complaint = run(capsys, "f.csv", "--target", "kind", expected=2)
    remedy = "code it as a number, or leave the column out with --ignore"
    assert complaint.splitlines() == [
        "autograd-tiny: f.csv cannot be used; 3 problems:",
        "  line 15: has 2 cells for 3 columns; each row needs one cell for each column",
        f"  line 14: column 'x' has 'red', which is not a number; {remedy}",
        "  line 2: column 'y' has '1,455', which may be 1455 or 1.455; say --thousands , or --decimal ,",
    ]


def test_notes_on_a_file_go_to_the_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{i},{i % 5},{'ab'[i % 2]}" for i in range(30)]
    Path("f.csv").write_bytes("\n".join([",größe,kind", *rows]).encode("cp1252"))
    _, complaint = run(capsys, "f.csv", "--target", "kind", "--no-plot", "--epochs", "1")
    assert complaint.splitlines() == [
        "note: the file is not UTF-8; read as Windows-1252, as of Western Europe (another: --encoding NAME)",
        "note: column 1 has no name and counts or names the rows: left out",
    ]


def test_only_the_first_plain_columns_are_listed() -> None:
    readings = (*((f"c{k}", "numbers, 0 to 1") for k in range(50)), ("c50", "numbers in €, 0 to 1"))
    lines = reading_lines(replace(line(), readings=readings))
    assert lines[-3:] == [
        "  c39  numbers, 0 to 1",
        "  c50  numbers in €, 0 to 1",
        "  and 10 columns of plain numbers",
    ]


def test_many_classes_are_cut_to_six() -> None:
    data = Dataset("d", ("x",), [[0.0]], "y", [0], tuple("abcdefgh"))
    assert describe(data) == "d: 1 example, 1 input, y is one of a, b, c, d, e, f, ..."


def test_bar_shows_both_losses(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with progress(1, quiet=False) as advance:
        advance(nn.History(loss=[0.5], validation_loss=[0.25]))
    shown = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", capsys.readouterr().err)
    assert "1/1" in shown
    assert "loss 0.5000 train, 0.2500 test" in shown


def test_report_has_step_times(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "exam", "--epochs", "1", "--no-plot"]) == 0
    assert " ms replayed, " in capsys.readouterr().out


def test_report_lacks_step_times_if_not_recorded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograd_tiny.tabular.experiment.time_step", lambda *arguments: None)
    assert main(["train", "exam", "--epochs", "1", "--no-plot"]) == 0
    assert "replayed" not in capsys.readouterr().out


def test_step_line_has_both_times_and_ratio() -> None:
    line = step_line(2, 0.0005, 0.02)
    assert re.fullmatch(r"a step of 2 examples: \d+\.\d\d ms replayed, \d+\.\d\d ms eager, \d+ × as fast", line)


# ── what is written ──


def test_plot_goes_to_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    told, _ = run(capsys, "exam", "--epochs", "1", "--plot", "picture.PNG")
    assert "plot: picture.PNG" in told
    assert Path("picture.PNG").read_bytes().startswith(PNG)
    assert [path.name for path in Path().iterdir()] == ["picture.PNG"]


def test_missing_glyphs_are_noted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rc_context = pytest.importorskip("matplotlib").rc_context
    monkeypatch.chdir(tmp_path)
    rows = [f"{row},{row * row % 7},{'赤青'[row % 2]}" for row in range(12)]
    Path("flowers.csv").write_text("\n".join(["花,y,種", *rows]), encoding="utf-8")
    with rc_context({"font.family": "DejaVu Sans"}):
        assert main(["train", "flowers.csv", "--target", "種", "--epochs", "1"]) == 0
    told = capsys.readouterr()
    note = "the font of the plot lacks 種 花 赤 青; name one that has them as font.family in a matplotlibrc"
    assert f"plot: flowers.png\nnote: {note}\n" in told.out
    assert told.err == ""


def test_saved_network_takes_raw_inputs(capsys: pytest.CaptureFixture[str]) -> None:
    told, _ = run(capsys, "exam", "--epochs", "2", "--no-plot", "--save", "model.json")
    assert "network: model.json, for MLP(2, [8, 2], hidden='tanh', output='linear')" in told
    model = nn.MLP(2, [8, 2], hidden="tanh")
    nn.load(model, "model.json")
    expected = learn(load_exam(0), replace(SETTINGS["exam"], epochs=2), seed=SEED).model
    assert model.state_dict() == expected.state_dict()
    assert len(json.loads(Path("model.json").read_text(encoding="utf-8"))["parameters"]) == 42


@pytest.mark.parametrize("data", [line(), replace(line(), classes=("a",)), load_exam(0)])
def test_two_inputs_are_drawn_as_plane(tmp_path: Path, data: Dataset) -> None:
    pytest.importorskip("matplotlib")
    if data.classes == ("a",):
        rows = [[float(row % 9), float(row // 9)] for row in range(27)]
        data = Dataset("three", ("x", "y"), rows, "third", [row // 9 for row in range(27)], ("a", "b", "c"))
    train_plot.save_plot(learn(data, QUICK), tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(PNG)


def test_class_without_region_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    result = learn(load_exam(0), QUICK)
    for number, neuron in enumerate(result.model.layers[-1].neurons):
        neuron.b.data = 1e6 * number
    train_plot.save_plot(result, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").exists()


def test_one_input_is_drawn_as_curves(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    inputs = [[float(row)] for row in range(20)]
    data = Dataset("one", ("x",), inputs, "y", [row[0] for row in inputs])
    train_plot.save_plot(learn(data, QUICK), tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(PNG)


def test_unwritable_path_stops_before_training(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib")
    Path("folder.png").mkdir()
    monkeypatch.setattr(train, "learn", None)
    for option, name in (("--save", "."), ("--save", "folder.png"), ("--plot", "folder.png")):
        told, complaint = run(capsys, "exam", option, name, expected=2)
        assert told == ""
        assert complaint == f"autograd-tiny: {name} cannot be written: it is a folder or a device, not a file\n"


@pytest.mark.parametrize("option", ["--plot", "--save"])
def test_full_disk_still_prints_results(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    pytest.importorskip("matplotlib")

    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    told, complaint = run(capsys, "exam", "--epochs", "2", option, "exam.png", expected=2)
    assert "actual | predicted" in told
    assert re.fullmatch(r"test accuracy: \d+\.\d %", told.splitlines()[-1])
    assert complaint == "autograd-tiny: exam.png cannot be written: No space left on device\n"
    assert list(Path().iterdir()) == []


# ── Ctrl-C ──


def test_ctrl_c_keeps_results(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **named: object) -> Result:
        result = learn(*arguments, **named)
        result.history.interrupted = True
        return result

    monkeypatch.setattr(train, "learn", interrupted)
    told, complaint = run(capsys, "exam", "--epochs", "3", "--no-plot", expected=130)
    assert "ended by Ctrl-C after epoch 3" in told
    assert complaint == ""


def test_ctrl_c_in_first_epoch_reports_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object, **named: object) -> Result:
        result = learn(*arguments, **named)
        result.history.loss.clear()
        return result

    monkeypatch.setattr(train, "learn", interrupted)
    told, _ = run(capsys, "exam", "--epochs", "1", "--no-plot", expected=130)
    assert "accuracy" not in told


# ── mistakes ──


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["irs"], "unknown data 'irs'; did you mean iris?"),
        (["qqq"], "unknown data 'qqq'; choose iris, moons, digits, exam or a CSV file"),
        (["x" * 5000], "choose iris, moons, digits, exam or a CSV file"),
        (["missing.csv"], "missing.csv: cannot be read: "),
        (["x" * 5000 + ".csv"], "x.csv: cannot be read: "),
        (["exam", "--target", "x"], "exam needs none"),
        (["exam", "--most-categories", "3"], "--most-categories is for CSV files; exam needs none"),
        (["flowers.csv", "--target", "kind", "--ordered", "size=a<a"], "is not NAME=A<B"),
        (["flowers.csv", "--target", "kind", "--delimiter", "::"], "'::' is not one sign such as ; or the word tab"),
        (["flowers.csv"], "name the column to predict: --target 'size' or 'age' or 'kind'"),
        (["flowers.csv", "--target", "x", "--classes", "--number"], "not allowed with argument"),
        (["exam", "--epochs", "0"], "argument --epochs: '0' is not a whole number from 1"),
        (["exam", "--epochs", "²"], "is not a whole number from 1"),
        (["exam", "--hidden", "16,x"], "'x' is not a whole number from 1"),
        (["exam", "--lr", "-1"], "'-1' is not a number above 0"),
        (["exam", "--lr", "inf"], "'inf' is not a number above 0"),
        (["exam", "--lr", "x"], "'x' is not a number above 0"),
        (["exam", "--l2", "-1"], "'-1' is not a number above 0"),
        (["exam", "--test-size", "1"], "'1' is not a number between 0 and 1"),
        (["exam", "--hidden", ",".join(["2"] * 3000)], "3000 hidden layers cannot be trained"),
        (["exam", "--hidden", "1000000,2"], "--hidden 1000000,2 makes 4000004 weights"),
        (["exam", "--optimizer", "newton"], "invalid choice: 'newton'"),
        (["exam", "--activation", "tanhh", "--no-plot"], "unknown activation 'tanhh'; did you mean tanh?"),
        (["exam", "--plot", "a.jpg"], "plots are PNG files"),
        (["exam", "--plot", "no/such/a.png"], "the folder no/such does not exist; create it first"),
        (["exam", "--no-plot", "--save", "no/a.json"], "the folder no does not exist; create it first"),
        (["exam", "--no-plot", "--lr", "1e300", "--optimizer", "sgd"], "is not finite in epoch 1"),
        ([], "the following arguments are required: DATA"),
    ],
)
def test_error_is_one_line_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], part: str
) -> None:
    if "--plot" in arguments:
        pytest.importorskip("matplotlib")
    write_table()
    _, complaint = run(capsys, *arguments, expected=2)
    assert part in complaint
    assert complaint.startswith("autograd-tiny: ")
    assert complaint.count("\n") == 1
    assert [path.name for path in Path().iterdir()] == ["flowers.csv"]


def test_iris_needs_scikit_learn(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    _, complaint = run(capsys, "iris", expected=2)
    assert complaint == 'autograd-tiny: this needs scikit-learn; install it with: pip install "autograd_tiny[data]"\n'


def test_without_matplotlib_no_plot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    told, complaint = run(capsys, "exam", "--epochs", "1")
    assert "plot:" not in told
    assert complaint == 'no plot: this needs matplotlib; install it with: pip install "autograd_tiny[plots]"\n'


def test_asked_plot_needs_matplotlib(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    _, complaint = run(capsys, "exam", "--plot", "a.png", expected=2)
    assert 'pip install "autograd_tiny[plots]"' in complaint


def test_help_has_data_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    told, _ = run(capsys, "--help")
    assert "150 flowers" in told
    assert "autograd-tiny train flowers.csv --target species" in told


# ── files that nobody named, and names that a terminal would obey ──


@pytest.mark.no_cover
def test_unnamed_plot_overwrites_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    Path("flowers.png").write_text("mine")
    arguments = write_table(), "--target", "kind", "--epochs", "1"
    told, _ = run(capsys, *arguments)
    assert "plot: flowers-2.png" in told
    assert Path("flowers.png").read_text() == "mine"
    run(capsys, *arguments, "--epochs", "2")
    assert sorted(path.name for path in Path().glob("*.png")) == ["flowers-2.png", "flowers-3.png", "flowers.png"]


def test_plot_overwrites_no_file_that_appears_during_training(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    (tmp_path / "line.png").write_text("mine")
    path, _ = train_plot.save_plot(learn(line(), QUICK), tmp_path / "line.png", overwrite=False)
    assert path == tmp_path / "line-2.png"
    assert (tmp_path / "line.png").read_text() == "mine"


def test_named_plot_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    Path("a.png").write_text("old")
    run(capsys, "exam", "--epochs", "1", "--plot", "a.png")
    assert Path("a.png").read_bytes().startswith(PNG)


HOSTILE = "\x1b[31mred\x1b]0 title\x07\x9b1m\u202e\t\x08"


@pytest.mark.no_cover
def test_terminal_gets_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    name = f"a{HOSTILE}.csv"
    cells = [f"{i},{i * i % 7},3,{HOSTILE}{'high' if i < 4 else 'low'}" for i in range(10)]
    header = ",".join(f'"{HOSTILE}{column}"' for column in ("size", "age", "flat", "kind"))
    Path(name).write_text("\n".join([header, *cells]), encoding="utf-8", newline="")
    target = "--target", f"{HOSTILE}kind"
    told = "".join(run(capsys, name, *target, "--epochs", "1", "--save", f"{HOSTILE}.json"))
    told += "".join(run(capsys, name, "--target", f"{HOSTILE}age", "--ignore", target[1], "--epochs", "1"))
    for wrong in ([], [*target, "--number"], ["--target", f"{HOSTILE}x"], [*target, "--plot", f"{HOSTILE}/a.png"]):
        told += "".join(run(capsys, name, *wrong, expected=2))
    told += "".join(run(capsys, f"{HOSTILE}none.csv", expected=2))
    told += "".join(run(capsys, HOSTILE, expected=2))
    assert told.count(r"\x1b[31mred") >= 10
    assert set(told) - {"\n"} == {letter for letter in told if letter.isprintable()}
