"""Safetensors files: with a stand-in for the package always, and with the package itself where it is installed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
from autograd_tiny import elu
from autograd_tiny.errors import MissingPackageError
from nn import MLP, ArgumentError, ArgumentTypeError, FileFormatError, Layer, Sequential
from nn.interchange.safetensors_files import KEY


class StandIn:
    """What nn uses of safetensors, as a JSON file; names are sorted as in the package."""

    SafetensorError = json.JSONDecodeError

    def save(self, arrays: dict[str, Any], metadata: dict[str, str] | None = None) -> bytes:
        numbers = {name: arrays[name].tolist() for name in sorted(arrays)}
        return json.dumps([numbers, metadata]).encode()

    @contextmanager
    def safe_open(self, path: Path, framework: str) -> Iterator[Any]:
        assert framework == "numpy"
        numbers, metadata = json.loads(path.read_text())
        yield SimpleNamespace(
            metadata=lambda: metadata, keys=lambda: list(numbers), get_tensor=lambda name: np.array(numbers[name])
        )


@pytest.fixture(params=["stand-in", "package"])
def save(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the function of the package that makes the bytes of a file."""
    if request.param == "package":
        reason = "safetensors is not installed: python -m pip install '.[interchange]'"
        return pytest.importorskip("safetensors.numpy", reason=reason).save
    package: Any = StandIn()
    monkeypatch.setitem(sys.modules, "safetensors", package)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", package)
    return package.save


def activations(*names: str) -> dict[str, str]:
    return {KEY: json.dumps([{"name": name} for name in names])}


@pytest.mark.usefixtures("save")
@pytest.mark.parametrize(
    "model",
    [
        MLP(2, [3, 1], hidden="tanh", output="sigmoid", seed=0),
        MLP(2, [2] * 12, bias=False, seed=1),
        MLP(2, [2, 2, 1], hidden=partial(elu, alpha=0.5), seed=1),
        Sequential(Layer(2, 2, activation="sin", bias=False, seed=0), Layer(2, 2, seed=0), Layer(2, 1, seed=0)),
    ],
)
def test_there_and_back_keeps_numbers_and_activations(tmp_path: Path, model: Any) -> None:
    path = tmp_path / "model.safetensors"
    nn.save_safetensors(model, path)
    copy = nn.load_safetensors(path)
    assert repr(copy) == repr(model)
    assert copy.state_dict() == model.state_dict()
    assert str(copy([0.5, -0.25])) == str(model([0.5, -0.25]))


WEIGHT = {"0.weight": np.ones((1, 2))}
STRANGE = "has activations that save_safetensors does not write"


@pytest.mark.parametrize(
    ("arrays", "metadata", "sentence"),
    [
        (WEIGHT, activations("relu", "relu"), "has 1 layers and 2 activations"),
        (WEIGHT, activations("novel"), STRANGE),
        (WEIGHT, {KEY: "3"}, STRANGE),
        (WEIGHT, {KEY: "[3]"}, STRANGE),
        (WEIGHT, {KEY: "{"}, STRANGE),
        (WEIGHT, {KEY: '[{"name": "elu", "slope": 1}]'}, STRANGE),
        (WEIGHT, {KEY: '[{"name": "elu", "alpha": NaN}]'}, STRANGE),
        (
            {"encoder.weight": np.ones((2, 2)), "decoder.weight": np.ones((1, 2))},
            activations("relu", "linear"),
            "has layers whose order its names do not tell: 'decoder', 'encoder'",
        ),
        (
            {"1.2.weight": np.ones((2, 2)), "2.1.weight": np.ones((1, 2))},
            activations("relu", "linear"),
            "has layers whose order its names do not tell: '1.2', '2.1'",
        ),
    ],
)
def test_file_that_is_not_ours_is_refused(
    save: Any, tmp_path: Path, arrays: Any, metadata: Any, sentence: str
) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(save(arrays, metadata=metadata))
    with pytest.raises(FileFormatError) as caught:
        nn.load_safetensors(path)
    assert str(caught.value).startswith(f"{path} {sentence}; give a file written by nn.save_safetensors, or call nn.")


def test_arrays_of_pytorch_are_loaded_with_activations_that_are_given(save: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    numbers = np.random.default_rng(0)
    widths = [2, *[3] * 11, 1]
    arrays = {f"net.fc{i}.weight": numbers.normal(size=(widths[i], widths[i - 1])) for i in range(1, 13)}
    arrays |= {f"net.fc{i}.bias": numbers.normal(size=widths[i]) for i in range(1, 13)}
    path.write_bytes(save(arrays, metadata=None))
    expected = np.array([0.5, -0.25])
    for i in range(1, 13):
        expected = arrays[f"net.fc{i}.weight"] @ expected + arrays[f"net.fc{i}.bias"]
        expected = np.tanh(expected) if i < 12 else 1.0 / (1.0 + np.exp(-expected))
    model = nn.load_safetensors(path, hidden="tanh", output="sigmoid")
    assert model([0.5, -0.25]).data == pytest.approx(expected.item(), rel=1e-12)
    assert "relu" in repr(nn.load_safetensors(path, output="sigmoid"))
    assert "linear" in repr(nn.load_safetensors(path, hidden="tanh"))
    with pytest.raises(
        FileFormatError, match=f"has no {KEY!r} in its metadata; name the activations, such as hidden="
    ):
        nn.load_safetensors(path)


@pytest.mark.usefixtures("save")
def test_broken_and_missing_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"no such thing")
    with pytest.raises(FileFormatError, match="is no whole safetensors file"):
        nn.load_safetensors(path)
    with pytest.raises(FileNotFoundError, match=r"absent\.safetensors"):
        nn.load_safetensors(tmp_path / "absent.safetensors")


def test_layers_that_do_not_follow_each_other_are_refused(save: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(save({**WEIGHT, "2.weight": np.ones((1, 2))}, metadata=activations("relu", "linear")))
    with pytest.raises(ArgumentError, match=r"load_safetensors got arrays\['2\.weight'\]\.shape=\(1, 2\)"):
        nn.load_safetensors(path)


@pytest.mark.usefixtures("save")
def test_activation_of_the_user_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")
    model = Sequential(Layer(2, 2, seed=0), Layer(2, 1, activation=lambda x: x, seed=0))
    with pytest.raises(ArgumentError, match="layer 1='<lambda>'; it takes those in nn"):
        nn.save_safetensors(model, path)
    assert path.read_bytes() == b"old"


def test_missing_package_and_wrong_path_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("safetensors", "safetensors.numpy"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingPackageError, match=r'pip install "autograd_tiny\[interchange\]"'):
        nn.save_safetensors(MLP(2, [1]), tmp_path / "model.safetensors")
    with pytest.raises(MissingPackageError, match=r'pip install "autograd_tiny\[interchange\]"'):
        nn.load_safetensors(tmp_path / "model.safetensors")
    with pytest.raises(ArgumentTypeError, match="load_safetensors got path of type 'int'"):
        nn.load_safetensors(3)  # type: ignore[arg-type]
