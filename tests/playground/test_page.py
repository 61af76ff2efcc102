"""The page of the playground in a browser: it computes what the engine computes; its choices and controls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograd_tiny import binary_cross_entropy_with_logits, mean
from autograd_tiny.playground.film import HEIGHT, layout
from autograd_tiny.playground.page import activations_of, page_of
from autograd_tiny.playground.training import PlaySettings, maps, new_network, points_of, predict, train, weights_of
from nn import Adam
from nn.activations import COMMON_ACTIVATIONS
from tests.page_driver import PageDriver

QUICK = PlaySettings("xor", hidden=(4, 3), epochs=2)


@pytest.fixture
def page(driver: PageDriver) -> Any:
    return driver.open_text(page_of(train(QUICK))).page


def ask(page: Any, formula: str, **names: Any) -> Any:
    """Return what a formula of the page's own functions gives."""
    return page.evaluate(f"({{{', '.join(names)}}}) => {formula}", names)


def activation(name: str) -> dict[str, Any]:
    return {"name": name, "constants": activations_of(QUICK)[name]}


def examples(count: int) -> tuple[Any, Any, list[list[float]]]:
    points, classes, _, _ = points_of("spiral", QUICK)
    return points[:count], classes[:count], np.column_stack([points[:count], classes[:count]]).tolist()


# ── what it computes ──


@pytest.mark.parametrize("name", COMMON_ACTIVATIONS)
def test_gradients_agree_with_engine(name: str, page: Any) -> None:
    model = new_network(replace(QUICK, activation=name))
    points, classes, rows = examples(7)
    found = ask(page, "gradientsOf(w, a, p)", w=[m.tolist() for m in weights_of(model)], a=activation(name), p=rows)
    losses = [
        binary_cross_entropy_with_logits(model(x), y) for x, y in zip(points.tolist(), classes.tolist(), strict=True)
    ]
    mean(losses).backward()
    for layer, matrix in zip(model.layers, found, strict=True):
        engine = [[*(w.grad for w in neuron.w), neuron.b.grad] for neuron in layer.neurons]
        np.testing.assert_allclose(matrix, engine, rtol=1e-9, atol=1e-14)


def test_planted_wrong_slope_is_found(page: Any) -> None:
    model = new_network(QUICK)
    weights, (_, _, rows) = [m.tolist() for m in weights_of(model)], examples(7)
    right, wrong = (ask(page, "gradientsOf(w, a, p)", w=weights, a=activation(a), p=rows) for a in ("tanh", "linear"))
    assert np.abs(np.array(right[0]) - np.array(wrong[0])).max() > 1e-3


@pytest.mark.parametrize("regularization", [0.0, 0.1])
def test_steps_agree_with_adam(regularization: float, page: Any) -> None:
    model = new_network(QUICK)
    points, classes, rows = examples(20)
    weights = [matrix.tolist() for matrix in weights_of(model)]
    formula = """{
      const step = adam(w, 0.05, r);
      for (let k = 0; k < 3; k++) step(gradientsOf(w, a, p));
      return w;
    }"""
    found = ask(page, formula, w=weights, a=activation("tanh"), p=rows, r=regularization)
    optimizer = Adam(model.parameters(), lr=0.05, weight_decay=regularization)
    for _ in range(3):
        optimizer.zero_grad()
        pairs = zip(points.tolist(), classes.tolist(), strict=True)
        mean([binary_cross_entropy_with_logits(model(x), y) for x, y in pairs]).backward()
        optimizer.step()
    for ours, theirs in zip(found, weights_of(model), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_loss_and_accuracy_agree_with_engine(page: Any) -> None:
    play = train(QUICK)
    frame = play.frames[-1]
    rows = np.column_stack([play.test, play.test_classes]).tolist()
    weights = [matrix.tolist() for matrix in frame.weights]
    found = ask(page, "measure(w, a, p)", w=weights, a=activation("tanh"), p=rows)
    assert found["loss"] == pytest.approx(frame.test_loss, rel=1e-9)
    assert found["right"] == pytest.approx(frame.accuracy)


def test_maps_agree_with_film(page: Any) -> None:
    play = train(QUICK)
    weights = [matrix.tolist() for matrix in play.frames[-1].weights]
    found = ask(page, "mapsOf(w, a, 1.7, 5).map(map => [...map])", w=weights, a=activation("tanh"))
    *layers, logits = maps(play, play.frames[-1], side=5)
    expected = [field / np.abs(field).max() for layer in layers for field in layer] + [np.tanh(0.5 * logits[0])]
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.reshape(ours, (5, 5)), theirs[::-1], rtol=1e-9)  # the page begins in the north


@pytest.mark.parametrize("widths", [[2, 1], [2, 3, 1], [2, 16, 4, 1]])
def test_layout_agrees_with_film(widths: list[int], page: Any) -> None:
    columns, output = layout(widths)
    expected = [[[s.x, HEIGHT - s.y - s.size, s.size] for s in column] for column in [*columns, [output]]]
    for ours, theirs in zip(ask(page, "squaresOf(w)", w=widths), expected, strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_first_weights_have_reach_of_initializers(page: Any) -> None:
    formula = "firstWeights([2, 50, 50], a, generator(1))"
    for name, reach in (("tanh", np.sqrt(6 / 100)), ("relu", np.sqrt(6 / 50))):
        found = np.array(ask(page, formula, a=activation(name))[1])
        assert 0.99 * reach < np.abs(found[:, :-1]).max() <= reach
        assert not found[:, -1].any()


# ── its controls ──


def told(page: Any) -> str:
    return str(page.text_content("#text"))


def test_page_starts_at_last_frame(page: Any) -> None:
    assert told(page).startswith("epoch 2: loss ")
    assert page.input_value("#hidden") == "4,3"
    page.fill("#slider", "0")
    assert told(page).startswith("epoch 0: loss ")


def test_other_choice_trains_in_browser(page: Any) -> None:
    page.select_option("#shape", "circles")
    page.wait_for_function("frames.at(-1).epoch > 60")
    page.click("#play")
    assert float(ask(page, "frames.at(-1).accuracy")) > 0.95
    assert ask(page, "frames[0].train") > 0.5
    weights = ask(page, "frames.at(-1).weights")
    points, _, _, _ = points_of("circles", QUICK)
    logits = predict([np.array(matrix) for matrix in weights], "tanh", points)[-1][0]
    assert ((logits > 0.0) == np.arange(len(points)) % 2).mean() > 0.95  # as the engine's arithmetic has it


def test_hidden_layers_can_be_chosen(page: Any) -> None:
    page.fill("#hidden", "5, 2,3")
    page.click("#again")
    page.click("#play")
    assert ask(page, "frames[0].weights.map(matrix => matrix.length)") == [5, 2, 3, 1]
    assert page.locator(".neuron").count() == 2 + 5 + 2 + 3 + 1


def test_no_hidden_layer_can_be_chosen(page: Any) -> None:
    page.fill("#hidden", "")
    page.click("#again")
    page.click("#play")
    assert ask(page, "frames[0].weights.map(matrix => matrix.length)") == [1]


@pytest.mark.parametrize(("field", "text"), [("hidden", "8,0"), ("hidden", "many"), ("lr", "-1"), ("lr", "")])
def test_invalid_field_starts_no_training(field: str, text: str, page: Any) -> None:
    page.fill(f"#{field}", text)
    page.click("#again")
    assert told(page).startswith("epoch 2: ")
    assert page.eval_on_selector(f"#{field}", "field => field.validationMessage") != ""


def test_play_repeats_training(page: Any) -> None:
    page.click("#play")
    assert page.text_content("#play") == "Pause"
    page.wait_for_function("document.getElementById('play').textContent === 'Play'")
    assert told(page).startswith("epoch 2: ")


def test_training_stops_at_last_epoch(page: Any) -> None:
    page.evaluate("""() => {
      const make = newTraining;
      const frame = () => ({...data.frames[0], epoch: 1000});
      newTraining = choices => ({...make(choices), epoch: () => {}, epochs: () => 1000, frame});
    }""")
    page.click("#again")
    page.wait_for_function("document.getElementById('play').textContent === 'Play'")
    assert told(page).startswith("epoch 1000: ")


def test_focused_neuron_is_shown_large(page: Any) -> None:
    output = page.locator(".neuron image").last
    before = output.get_attribute("href")
    page.locator(".neuron").nth(3).focus()
    assert output.get_attribute("href") == page.locator(".neuron image").nth(3).get_attribute("href") != before
    page.locator("#play").focus()
    assert output.get_attribute("href") == before


def test_nan_does_not_break_page(driver: PageDriver) -> None:
    play = train(QUICK)
    broken = [np.full_like(matrix, np.nan) for matrix in play.frames[-1].weights]
    play.frames[-1] = replace(play.frames[-1], weights=broken, train_loss=float("nan"), test_loss=float("inf"))
    assert "loss NaN, test Infinity" in told(driver.open_text(page_of(play)).page)


def test_axe_finds_no_violation(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    assert axe.run(page).violations_count == 0
