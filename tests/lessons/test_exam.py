"""The lesson on the exam: gradients by hand and by the engine, descents, pictures."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_tiny.lessons import data_of, difference, largest_difference
from autograd_tiny.lessons.exam import exam_students, show_the_end
from autograd_tiny.lessons.programs import load_program, path_of

exam = load_program(path_of("exam"))
BCE, MSE = exam.BCE, exam.MSE
STUDENTS = exam_students()


RATES = inspect.signature(exam.teach).parameters["rates"].default
losses = pytest.mark.parametrize("loss", [BCE, MSE], ids=lambda loss: loss.name)


def gradients(loss: Any, seed: int, rows: slice) -> tuple[Any, Any]:
    network, x, y = exam.new_network(seed), STUDENTS.inputs[rows], STUDENTS.passed[rows]
    return exam.by_hand(exam.read(network, data_of), x, y, loss), exam.by_engine(network, x, y, loss)[1]


@losses
@pytest.mark.parametrize("rows", [slice(1), slice(7, 8), slice(60)], ids=["one", "another", "all"])
def test_hand_equals_engine(loss: Any, rows: slice) -> None:
    for seed in range(8):
        hand, engine = gradients(loss, seed, rows)
        assert {name: np.shape(part) for name, part in hand.items()} == {
            "δ_out": (),
            "∂L/∂w": (3,),
            "∂L/∂c": (),
            "δ_hidden": (3,),
            "∂L/∂W": (3, 2),
            "∂L/∂b": (3,),
        }
        assert {name: np.shape(part) for name, part in engine.items()} == {
            name: np.shape(part) for name, part in hand.items()
        }
        assert largest_difference(hand, engine) <= 1e-12


@losses
def test_engine_loss_equals_formula(loss: Any) -> None:
    network, y = exam.new_network(1), STUDENTS.passed
    _, _, output = exam.forward(exam.read(network, data_of), STUDENTS.inputs)
    formula = (output - y) ** 2 if loss is MSE else -(y * np.log(output) + (1.0 - y) * np.log(1.0 - output))
    assert exam.by_engine(network, STUDENTS.inputs, y, loss)[0] == pytest.approx(formula.mean(), rel=1e-12)


def test_cross_entropy_delta_is_prediction_minus_target() -> None:
    _, engine = gradients(BCE, 1, slice(1))
    _, _, output = exam.forward(exam.read(exam.new_network(1), data_of), STUDENTS.inputs[:1])
    assert engine["δ_out"] == pytest.approx(float((output - STUDENTS.passed[:1])[0]))


def test_planted_wrong_delta_is_found() -> None:
    hand, engine = gradients(BCE._replace(delta=lambda output, y: y - output), 1, slice(60))
    assert largest_difference(hand, engine) > 1e-3


def test_rates_include_a_thousandth() -> None:
    assert 0.001 in RATES
    assert len(RATES) > 1


@pytest.mark.no_cover
@pytest.mark.once
def test_gradients_end_near_zero() -> None:
    descent = exam.descend(STUDENTS, BCE, 0.3, epochs=300, seed=1)
    assert descent.sizes[-1] < 0.04 * descent.sizes[0]
    assert descent.losses[-1] < 0.5 * descent.losses[0]
    assert ((descent.outputs > 0.5) == STUDENTS.passed).mean() >= 0.85


def test_small_rate_descends_less() -> None:
    small, large = (exam.descend(STUDENTS, BCE, rate, epochs=20, seed=1) for rate in (0.001, 0.3))
    assert small.losses[0] == large.losses[0]
    assert large.losses[-1] < small.losses[-1] < small.losses[0]


def told_of_the_end(rate: float, epochs: int, capsys: pytest.CaptureFixture[str]) -> str:
    descent = exam.descend(STUDENTS, BCE, rate, epochs=epochs, seed=1)
    everyone = (STUDENTS.inputs, STUDENTS.passed, BCE)
    hand = exam.by_hand(descent.parameters[-1], *everyone)
    show_the_end(STUDENTS, descent, hand, exam.by_engine(descent.network, *everyone)[1])
    return capsys.readouterr().out


@pytest.mark.parametrize(("rate", "epochs"), [(0.001, 3), (100.0, 3)], ids=["too small", "too large"])
def test_large_gradients_are_reported(rate: float, epochs: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"The gradients at the end, with learning rate {rate:g}: not near zero\n" in told_of_the_end(
        rate, epochs, capsys
    )


@pytest.mark.no_cover
@pytest.mark.once
def test_small_gradients_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    told = told_of_the_end(0.3, 300, capsys)
    assert "The gradients at the end, with learning rate 0.3: near zero\n" in told
    assert "too large" not in told


def test_very_negative_logit_predicts_zero() -> None:
    parameters = {**exam.read(exam.new_network(1), data_of), "c": np.array(-1e5)}
    _, _, output = exam.forward(parameters, STUDENTS.inputs)
    assert not output.any()


def test_saturated_sigmoid_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert "ŷ is exactly 0 or 1 for some student" in told_of_the_end(100.0, 3, capsys)


def test_network_has_last_parameters() -> None:
    descent = exam.descend(STUDENTS, BCE, 0.3, epochs=2, seed=1)
    assert len(descent.parameters) == len(descent.losses) == 3
    last = exam.read(descent.network, data_of)
    assert all(difference(last[name], descent.parameters[-1][name]) == 0.0 for name in last)


def test_all_descents_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    from autograd_tiny.lessons import exam as pictures

    figures: list[Any] = []
    monkeypatch.setattr(pictures, "save_picture", lambda figure, path: figures.append(figure))
    descent = exam.descend(STUDENTS, BCE, 0.3, epochs=1, seed=1)
    pictures.draw_descents(STUDENTS, [descent] * 20, descent, exam.forward, tmp_path / "exam.png")
    losses, sizes, _ = figures[0].axes
    assert len(losses.lines) == len(sizes.lines) == 20


def test_no_boundary_if_all_pass() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    from autograd_tiny.lessons.exam import draw_plane

    descent = exam.descend(STUDENTS, BCE, 0.3, epochs=1, seed=1)
    descent.parameters[1] = {"W": np.zeros((3, 2)), "b": np.zeros(3), "w": np.zeros(3), "c": np.array(2.0)}
    collections = []
    for step, panel in enumerate(figure.subplots(1, 2)):
        draw_plane(panel, STUDENTS, descent, exam.forward, step=step)
        collections.append(len(panel.collections))
    assert collections[0] == collections[1] + 1


def test_predictions_are_probabilities() -> None:
    _, _, output = exam.forward(exam.read(exam.new_network(2), data_of), STUDENTS.inputs)
    assert output.shape == (60,)
    assert np.all((output > 0.0) & (output < 1.0))
