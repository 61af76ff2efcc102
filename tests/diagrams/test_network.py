"""Diagrams of networks: circles in columns, lines by sign and size."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import pytest

from autograd_tiny import Value, softmax
from autograd_tiny.diagrams import SubjectError, to_svg
from autograd_tiny.diagrams.network import is_network, network_diagram, network_layout
from autograd_tiny.diagrams.options import settings
from nn import MLP, Layer, Sequential
from tests.diagrams.geometry import overlap


def test_lines_have_width_and_sign_of_weights(model):
    drawn = network_diagram(model, settings())
    weights = [w.data for layer in model.layers for neuron in layer.neurons for w in neuron.w]
    greatest = max(map(abs, weights))
    assert [edge.strength for edge in drawn.edges] == [abs(w) / greatest for w in weights]
    assert [edge.sign for edge in drawn.edges] == [1 if w > 0 else -1 for w in weights]
    assert drawn.edges[0].note.startswith("layers[0].neurons[0].w[0]: weight 0.6888")


def test_lines_can_show_gradients(model):
    before = network_diagram(model, settings(color_by="gradient"))
    assert {edge.strength for edge in before.edges} == {0.0}
    (model([1.0, -2.0]) ** 2).backward()
    drawn = network_diagram(model, settings(color_by="gradient"))
    assert max(edge.strength for edge in drawn.edges) == 1.0
    assert "gradient" in drawn.caption


def test_circles_do_not_overlap(model):
    for direction in ("LR", "TB"):
        plan = network_layout(network_diagram(model, settings(direction=direction)))
        assert not any(overlap(one, other, margin=3) for one, other in combinations(plan.boxes, 2))
        assert (plan.width > plan.height) == (direction == "LR")


def test_lines_end_at_their_circles(model):
    drawn = network_diagram(model, settings())
    plan = network_layout(drawn)
    for edge, points in zip(drawn.edges, plan.edges, strict=True):
        for place, (x, y) in ((edge.tail, points[0]), (edge.head, points[-1])):
            box = plan.boxes[place]
            middle = box.x + box.width / 2, box.y + box.height / 2
            assert ((x - middle[0]) ** 2 + (y - middle[1]) ** 2) ** 0.5 == pytest.approx(box.width / 2, abs=0.02)


def test_wide_column_shows_first_and_last_circles():
    drawn = network_diagram(MLP(784, [10], seed=0), settings())
    assert [node.title for node in drawn.nodes[:17]] == [
        *(f"x{k}" for k in range(1, 9)),
        "⋮",
        *(f"x{k}" for k in range(778, 785)),
        "y1",
    ]
    assert len(drawn.edges) == 15 * 10
    assert "⋮ replaces circles that are not drawn" in drawn.caption
    assert ">⋮</text>" in to_svg(MLP(784, [10], seed=0))


def test_functions_between_layers_are_left_out():
    model = Sequential(Layer(2, 3, seed=0), softmax)
    assert is_network(model)
    assert [node.title for node in network_diagram(model, settings()).nodes] == ["x1", "x2", "y1", "y2", "y3"]


def test_weights_and_biases_can_be_numbers():
    neuron = SimpleNamespace(w=[0.5, Value(-1.0)], b=0.0)
    network = SimpleNamespace(layers=[SimpleNamespace(neurons=[neuron])])
    drawn = network_diagram(network, settings())
    assert [(edge.sign, edge.strength, edge.note) for edge in drawn.edges] == [
        (1, 0.5, "weight: weight 0.5"),
        (-1, 1.0, "weight: weight −1"),
    ]
    assert [edge.sign for edge in network_diagram(network, settings(color_by="gradient")).edges] == [0, 0]


def test_caption_counts_circles_and_parameters(model):
    assert network_diagram(model, settings()).caption.startswith("2 → 3 → 1, 13 parameters; solid: positive weight")


@pytest.mark.parametrize("thing", [SimpleNamespace(layers=[]), SimpleNamespace(layers=[abs]), object()])
def test_object_without_neurons_is_no_network(thing):
    assert not is_network(thing)
    with pytest.raises(SubjectError):
        to_svg(thing)
