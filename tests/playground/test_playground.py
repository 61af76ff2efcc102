"""The playground: points, training, the maps of all neurons, and the files that show them."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from autograd_tiny.playground.film import HEIGHT, WIDTH, layout
from autograd_tiny.playground.points import SHAPES, draw_points
from autograd_tiny.playground.training import FRAMES, POINTS, REACH, PlaySettings, maps, new_network, predict, train
from tests.cli.command import run_command

PNG = b"\x89PNG\r\n\x1a\n"
QUICK = PlaySettings("xor", hidden=(3,), epochs=2)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


run = partial(run_command, "playground")


# ── points ──


@pytest.mark.parametrize("shape", SHAPES)
def test_points_alternate_within_plane(shape: str) -> None:
    inputs, classes = draw_points(shape, 100, noise=0.0, seed=3)
    assert classes == [0, 1] * 50
    assert np.abs(inputs).max() <= 1.5 < REACH


@pytest.mark.parametrize("shape", SHAPES)
def test_points_follow_seed(shape: str) -> None:
    assert draw_points(shape, 9, noise=0.1, seed=3) == draw_points(shape, 9, noise=0.1, seed=3)
    assert draw_points(shape, 9, noise=0.1, seed=3) != draw_points(shape, 9, noise=0.1, seed=4)


def test_xor_depends_on_signs() -> None:
    inputs, classes = draw_points("xor", 100, noise=0.0, seed=0)
    assert [int(x * y < 0.0) for x, y in inputs] == classes


# ── training ──


@pytest.mark.no_cover
@pytest.mark.once
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_learnt(shape: str) -> None:
    play = train(PlaySettings(shape))
    assert play.frames[-1].accuracy >= 0.95
    assert play.frames[-1].train_loss < 0.2 < play.frames[0].train_loss


def test_frames_are_denser_at_start() -> None:
    epochs = [frame.epoch for frame in train(replace(QUICK, epochs=60)).frames]
    assert epochs[0] == 0
    assert epochs[-1] == 60
    assert len(epochs) <= FRAMES
    assert epochs[1] - epochs[0] <= epochs[-1] - epochs[-2]


def test_regularization_keeps_weights_small() -> None:
    free, held = (train(replace(QUICK, epochs=20, regularization=weight)) for weight in (0.0, 0.1))
    sizes = [sum((matrix**2).sum() for matrix in play.frames[-1].weights) for play in (free, held)]
    assert sizes[1] < 0.5 * sizes[0]


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "softplus"])
def test_maps_equal_network(activation: str) -> None:
    settings = replace(QUICK, activation=activation, hidden=(4, 3))
    play, model = train(settings), new_network(settings)
    frame = play.frames[0]
    *hidden, logits = predict(frame.weights, activation, [[0.3, -0.7]])
    assert logits[0, 0] == pytest.approx(model([0.3, -0.7]).data)
    assert [len(layer) for layer in hidden] == [2, 4, 3]


def test_map_starts_south_west() -> None:
    play = train(QUICK)
    (x, y), *_ = maps(play, play.frames[0], side=3)
    assert x.tolist() == [[-REACH, 0.0, REACH]] * 3
    assert y[:, 0].tolist() == [-REACH, 0.0, REACH]


# ── layout ──


@pytest.mark.parametrize("widths", [[2, 1], [2, 3, 1], [2, 8, 8, 1], [2, 16, 4, 4, 4, 1]])
def test_maps_do_not_overlap(widths: list[int]) -> None:
    columns, output = layout(widths)
    assert [len(column) for column in columns] == widths[:-1]
    for column in columns:
        for square in column:
            assert 0.0 <= square.x <= square.x + square.size < output.x <= WIDTH
            assert 0.0 <= square.y <= square.y + square.size <= HEIGHT
        for upper, lower in pairwise(column):
            assert lower.y + lower.size <= upper.y
    for left, right in pairwise(columns):
        assert left[0].right[0] < right[0].left[0]


# ── the files ──


def data_of(path: str) -> dict:
    page = Path(path).read_text(encoding="utf-8")
    (data,) = re.findall(r"^const data = (.*);$", page, flags=re.MULTILINE)
    return json.loads(data)


def test_default_is_an_animation(capsys: pytest.CaptureFixture[str]) -> None:
    image = pytest.importorskip("PIL.Image")
    told, _ = run(capsys, "moons", "--epochs", "3", "--hidden", "2")
    with image.open("playground-moons.gif") as film:
        assert film.n_frames >= 4
    assert "moons: MLP(2, [2, 1], hidden='tanh'" in told
    assert re.fullmatch(r"test accuracy: \d+\.\d %", told.splitlines()[-1])


def test_several_files_from_one_training(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    told, _ = run(capsys, "circles", "--epochs", "2", "--output", "a.png", "--output", "a.html")
    assert Path("a.png").read_bytes().startswith(PNG)
    assert "picture: a.png\npage: a.html\n" in told


def test_unnamed_film_overwrites_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    Path("playground-xor.gif").write_text("mine")
    told, _ = run(capsys, "xor", "--epochs", "1", "--hidden", "2")
    assert "animation: playground-xor-2.gif" in told
    assert Path("playground-xor.gif").read_text() == "mine"


def test_named_files_are_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    for name in ("a.gif", "a.png", "a.html"):
        Path(name).write_text("old")
        run(capsys, "xor", "--epochs", "1", "--hidden", "2", "--output", name)
        assert Path(name).stat().st_size > 1000
    assert sorted(path.name for path in Path().iterdir()) == ["a.gif", "a.html", "a.png"]


def test_page_has_every_frame_and_loads_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "xor", "--epochs", "2", "--hidden", "3,2", "--output", "xor.html")
    data = data_of("xor.html")
    assert [frame["epoch"] for frame in data["frames"]] == [0, 1, 2]
    for frame in data["frames"]:
        assert [(len(matrix), len(matrix[0])) for matrix in frame["weights"]] == [(3, 3), (2, 4), (1, 3)]
    page = Path("xor.html").read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not any(word in page for word in ("http:", "https:", "src=", "@import", "url(", "{{"))


def test_page_has_all_points_and_settings(capsys: pytest.CaptureFixture[str]) -> None:
    run(
        capsys,
        "xor",
        "--epochs",
        "1",
        "--hidden",
        "none",
        "--lr",
        "0.1",
        "--activation",
        "sinh",
        "--output",
        "x.html",
    )
    data = data_of("x.html")
    assert {name: [len(part) for part in parts.values()] for name, parts in data["points"].items()} == {
        shape: [POINTS, POINTS] for shape in SHAPES
    }
    inputs, classes = draw_points("spiral", 1, noise=PlaySettings("xor").noise, seed=0)
    assert data["points"]["spiral"]["train"][0] == [*np.round(inputs[0], 3), classes[0]]
    assert data["chosen"] == {"shape": "xor", "hidden": "", "activation": "sinh", "lr": 0.1, "regularization": 0.0}
    assert data["activations"]["sinh"] == []


def test_no_hidden_layer_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    run(capsys, "moons", "--hidden", "none", "--epochs", "2", "--output", "line.png", "--activation", "relu")
    assert Path("line.png").exists()


def test_one_class_has_no_boundary() -> None:
    pytest.importorskip("matplotlib")
    from autograd_tiny.playground.film import Film

    play = train(replace(QUICK, hidden=(), noise=0.0))
    frames = [replace(play.frames[0], weights=[np.array([row])]) for row in ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0])]
    play.frames[:2] = frames
    film = Film(play)
    boundaries = []
    for number in (0, 1, 0):
        film.draw(number)
        boundaries.append(film.boundary is not None)
    assert boundaries == [True, False, True]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["moon"], "invalid choice: 'moon'"),
        (["moons", "--output", "moons.svg"], "'moons.svg' ends with none of .gif, .png, .html"),
        (["moons", "--activation", "tahn"], "unknown activation 'tahn'; did you mean tanh?"),
        (["moons", "--output", "nowhere/moons.gif"], "the folder nowhere does not exist"),
    ],
)
def test_error_is_one_line(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = run(capsys, *arguments, expected=2)
    assert complaint in told
    assert told.count("\n") == 1


def test_only_pictures_need_matplotlib(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    run(capsys, "xor", "--epochs", "1", "--output", "xor.html")
    _, complaint = run(capsys, "xor", "--epochs", "1", "--output", "xor.png", expected=2)
    assert "this needs matplotlib" in complaint
