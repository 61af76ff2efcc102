"""Saving and loading of parameters."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import Value
from nn import MLP, ArgumentError, ArgumentTypeError, FileFormatError, Module, StateError, load, save


class Bag(Module):
    def __init__(self, numbers: list[float]) -> None:
        self.numbers = [Value(number) for number in numbers]


def content(**changes: Any) -> str:
    good = {"format": "autograd_tiny.nn parameters", "version": 1, "parameters": {"numbers[0]": 1.0}}
    return json.dumps(good | changes)


@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_save_and_load_round_trip(tmp_path_factory: pytest.TempPathFactory, numbers: list[float]) -> None:
    path = tmp_path_factory.mktemp("saved") / "model.json"
    save(Bag(numbers), path)
    copy = Bag([0.0] * len(numbers))
    load(copy, path)
    assert list(map(str, copy.state_dict().values())) == list(map(str, numbers))


def test_loaded_network_gives_same_output(tmp_path: Path) -> None:
    model, copy = MLP(2, [4, 1], seed=0), MLP(2, [4, 1], seed=1)
    path = tmp_path / "model.json"
    save(model, str(path))
    load(copy, str(path))
    assert copy([1.0, 2.0]).data == model([1.0, 2.0]).data
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")  # as some editors save it
    load(copy, path)


def test_file_is_json_with_format_and_names(tmp_path: Path) -> None:
    save(Bag([1.0]), tmp_path / "model.json")
    assert json.loads((tmp_path / "model.json").read_text(encoding="utf-8")) == json.loads(content())


def test_only_the_file_is_left(tmp_path: Path) -> None:
    save(Bag([1.0]), tmp_path / "model.json")
    save(Bag([2.0]), tmp_path / "model.json")
    assert [path.name for path in tmp_path.iterdir()] == ["model.json"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_failing_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    save(Bag([1.0]), tmp_path / "model.json")

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*((os, "fsync", fail) if failing == "fsync" else (Path, "replace", fail)))
        with pytest.raises(OSError, match="no space left"):
            save(Bag([2.0]), tmp_path / "model.json")
    assert [path.name for path in tmp_path.iterdir()] == ["model.json"]
    copy = Bag([0.0])
    load(copy, tmp_path / "model.json")
    assert copy.numbers[0].data == 1.0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_nonfinite_parameter_is_not_saved(tmp_path: Path, bad: float) -> None:
    with pytest.raises(ArgumentError, match=r"save got numbers\[1\]=.*; it takes finite parameters"):
        save(Bag([1.0, bad]), tmp_path / "model.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not JSON"),
        (content()[:-5], "is not JSON"),
        ("\x00\x01", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        (content(parameters={"numbers[0]": math.nan}), "is not JSON"),
        ("[]", "has no format"),
        ("{}", "has no format"),
        (content(format="other"), "has no format"),
        (content(version=True), "has version True, but this program reads version 1"),
        (content(version=1.0), "has version 1.0, but this program reads version 1"),
        (content(version=[1]), r"has version \[1\], but this program reads version 1"),
        (content(version=2), "has version 2, but this program reads version 1"),
        (content(parameters=[1.0]), "has no finite numbers by name"),
        (content(parameters={"numbers[0]": "1.0"}), "has no finite numbers by name"),
        (content(parameters={"numbers[0]": True}), "has no finite numbers by name"),
        (content().replace("1.0}", '1.0, "numbers[0]": 2.0}'), r"has the key 'numbers\[0\]' twice"),
        (content()[:-1] + ', "version": 1}', "has the key 'version' twice"),
        (content()[:-1] + ', "parameters": {"numbers[0]": 3.0}}', "has the key 'parameters' twice"),
        (content().replace("1.0", "1e999"), "has no finite numbers by name"),
    ],
)
def test_other_file_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "model.json"
    path.write_text(text, encoding="utf-8")
    model = Bag([7.0])
    with pytest.raises(FileFormatError, match=problem) as caught:
        load(model, path)
    assert model.numbers[0].data == 7.0
    assert caught.value.path == path
    assert str(caught.value).endswith("give a file written by nn.save")


def test_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(b"\xff\xfe\x80")
    with pytest.raises(FileFormatError, match="is not JSON"):
        load(Bag([7.0]), tmp_path / "model.json")


def test_file_of_another_model_is_refused(tmp_path: Path) -> None:
    save(Bag([1.0, 2.0]), tmp_path / "model.json")
    model = Bag([7.0])
    with pytest.raises(StateError, match=r"Bag has 1 parameters and the state 2; unexpected: 'numbers\[1\]'"):
        load(model, tmp_path / "model.json")
    assert model.numbers[0].data == 7.0


def test_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(Bag([1.0]), tmp_path / "model.json")
    with pytest.raises(FileNotFoundError):
        save(Bag([1.0]), tmp_path / "missing" / "model.json")


@pytest.mark.parametrize("name", ["", ".", "folder", "file/model.json", "missing/model.json", "x" * 5000])
def test_errors_name_the_given_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Errno") as raised:
        save(Bag([1.0]), name)
    assert (raised.value.filename, raised.value.filename2) == (str(Path(name)), None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_model_and_path_of_other_types_are_refused(tmp_path: Path) -> None:
    for use in (save, load):
        with pytest.raises(ArgumentTypeError, match="got model of type 'list'; it takes a module"):
            use([Value(1.0)], tmp_path / "model.json")
        with pytest.raises(ArgumentTypeError, match="got path of type 'int'; it takes a path"):
            use(Bag([1.0]), 1)
    assert list(tmp_path.iterdir()) == []
