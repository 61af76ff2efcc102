"""The lesson on the exam: every gradient by hand is the engine's, and the descent ends where they are near zero."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_tiny.cli.lessons import exam
from autograd_tiny.cli.lessons.arrays import difference, largest_difference
from autograd_tiny.cli.lessons.exam import (
    LOSSES,
    RATES,
    by_engine,
    by_hand,
    deltas_by_engine,
    descend,
    network_of,
    new_network,
    parameters_of,
    show_the_end,
)
from autograd_tiny.cli.lessons.exam_students import BCE, exam_students, predict

STUDENTS = exam_students()


def gradients(loss: str, seed: int, rows: slice) -> tuple[Any, Any]:
    network, x, y = new_network(seed), STUDENTS.inputs[rows], STUDENTS.passed[rows]
    engine = by_engine(network, x, y, loss)[1]
    return {name: by_hand(parameters_of(network), x, y, loss)[name] for name in engine}, engine


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rows", [slice(1), slice(7, 8), slice(60)], ids=["one", "another", "all"])
def test_hand_and_engine_agree_on_every_gradient(loss: str, rows: slice) -> None:
    for seed in range(8):
        hand, engine = gradients(loss, seed, rows)
        assert {name: part.shape for name, part in hand.items() if name != "∂L/∂c"} == {
            "∂L/∂W": (3, 2),
            "∂L/∂b": (3,),
            "∂L/∂w": (3,),
        }
        assert largest_difference(hand, engine) <= 1e-12


@pytest.mark.parametrize("loss", LOSSES)
def test_hand_and_engine_agree_on_the_deltas_of_one_student(loss: str) -> None:
    network, x, y = new_network(1), STUDENTS.inputs[:1], STUDENTS.passed[:1]
    hand, engine = by_hand(parameters_of(network), x, y, loss), deltas_by_engine(network, x[0].tolist(), y[0], loss)
    assert largest_difference(engine, hand) <= 1e-12


def test_the_delta_of_cross_entropy_is_prediction_minus_target() -> None:
    network, x, y = new_network(1), STUDENTS.inputs[:1], STUDENTS.passed[:1]
    _, _, output = predict(parameters_of(network), x)
    assert deltas_by_engine(network, x[0].tolist(), y[0], BCE)["δ_out"] == pytest.approx(float((output - y)[0]))


def test_a_planted_wrong_delta_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(exam.OUTPUT_DELTAS, BCE, lambda output, y: y - output)
    hand, engine = gradients(BCE, 1, slice(60))
    assert largest_difference(hand, engine) > 1e-3


def test_the_steps_include_a_thousandth() -> None:
    assert 0.001 in RATES
    assert len(RATES) > 1


@pytest.mark.no_cover
def test_at_the_end_the_gradients_are_near_zero() -> None:
    descent = descend(STUDENTS, BCE, 0.3, epochs=300, seed=1)
    assert descent.sizes[-1] < 0.04 * descent.sizes[0]
    assert descent.losses[-1] < 0.5 * descent.losses[0]
    assert descent.accuracy >= 0.85


def test_a_small_step_has_not_arrived_yet() -> None:
    small, large = (descend(STUDENTS, BCE, rate, epochs=20, seed=1) for rate in (0.001, 0.3))
    assert small.losses[0] == large.losses[0]
    assert large.losses[-1] < small.losses[-1] < small.losses[0]


def told_of_the_end(rate: float, epochs: int, capsys: pytest.CaptureFixture[str]) -> str:
    show_the_end(STUDENTS, descend(STUDENTS, BCE, rate, epochs=epochs, seed=1))
    return capsys.readouterr().out


@pytest.mark.parametrize(("rate", "epochs"), [(0.001, 3), (100.0, 3)], ids=["too small", "too large"])
def test_gradients_are_not_called_near_zero_where_they_are_not(
    rate: float, epochs: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"The gradients at the end, with step {rate:g}: not near zero\n" in told_of_the_end(rate, epochs, capsys)


@pytest.mark.no_cover
def test_gradients_are_called_near_zero_where_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    told = told_of_the_end(0.3, 300, capsys)
    assert "The gradients at the end, with step 0.3: near zero\n" in told
    assert "too large" not in told


def test_a_pre_activation_far_below_zero_predicts_zero_without_a_warning() -> None:
    parameters = {**parameters_of(new_network(1)), "c": np.array(-1e5)}
    _, _, output = predict(parameters, STUDENTS.inputs)
    assert not output.any()


def test_where_floats_see_no_slope_of_the_sigmoid_the_lesson_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "ŷ is exactly 0 or 1 for some student" in told_of_the_end(100.0, 3, capsys)


def test_a_network_is_made_again_from_its_parameters() -> None:
    parameters = parameters_of(new_network(5))
    again = parameters_of(network_of(parameters))
    assert all(difference(again[name], parameters[name]) == 0.0 for name in parameters)


def test_every_descent_is_drawn_however_many_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    from autograd_tiny.cli.lessons import exam_pictures

    figures: list[Any] = []
    monkeypatch.setattr(exam_pictures, "save", lambda figure, path: figures.append(figure))
    descent = descend(STUDENTS, BCE, 0.3, epochs=1, seed=1)
    exam_pictures.draw_descents(STUDENTS, [descent] * 20, descent, tmp_path / "exam.png")
    losses, sizes, _ = figures[0].axes
    assert len(losses.lines) == len(sizes.lines) == 20


def test_where_all_pass_no_boundary_is_drawn() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    from autograd_tiny.cli.lessons.exam_pictures import draw_plane

    descent = descend(STUDENTS, BCE, 0.3, epochs=1, seed=1)
    descent.networks[1] = {"W": np.zeros((3, 2)), "b": np.zeros(3), "w": np.zeros(3), "c": np.array(2.0)}
    collections = []
    for step, panel in enumerate(figure.subplots(1, 2)):
        draw_plane(panel, STUDENTS, descent, step)
        collections.append(len(panel.collections))
    assert collections[0] == collections[1] + 1


def test_a_prediction_is_a_probability_for_each_student() -> None:
    _, _, output = predict(parameters_of(new_network(2)), STUDENTS.inputs)
    assert output.shape == (60,)
    assert np.all((output > 0.0) & (output < 1.0))
