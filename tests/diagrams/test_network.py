"""A network in the classic way: circles in columns, lines by sign and size."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import pytest

from autograd_tiny import Value, softmax
from autograd_tiny.diagrams import InapplicableOptionError, SubjectError, draw, to_dot, to_latex, to_mermaid, to_svg
from autograd_tiny.diagrams.columns import columns
from autograd_tiny.diagrams.network import is_network, network_picture
from autograd_tiny.diagrams.options import OF_GRAPHS, settings
from nn import MLP, Layer, Sequential
from tests.diagrams.geometry import overlap


@pytest.fixture
def model():
    return MLP(2, [3, 1], seed=0)


def test_widths_and_signs_are_those_of_the_weights(model):
    drawn = network_picture(model, settings())
    weights = [w.data for layer in model.layers for neuron in layer.neurons for w in neuron.w]
    greatest = max(map(abs, weights))
    assert [edge.strength for edge in drawn.edges] == [abs(w) / greatest for w in weights]
    assert [edge.sign for edge in drawn.edges] == [1 if w > 0 else -1 for w in weights]
    assert drawn.edges[0].note.startswith("layers[0].neurons[0].w[0]: weight 0.6888")


def test_widths_can_be_those_of_the_gradients(model):
    before = network_picture(model, settings(color_by="gradient"))
    assert {edge.strength for edge in before.edges} == {0.0}
    (model([1.0, -2.0]) ** 2).backward()
    drawn = network_picture(model, settings(color_by="gradient"))
    assert max(edge.strength for edge in drawn.edges) == 1.0
    assert "gradient" in drawn.caption


@pytest.mark.parametrize("option", OF_GRAPHS)
def test_an_option_of_graphs_is_refused(model, option):
    given = {option: getattr(settings(), option)}
    with pytest.raises(
        InapplicableOptionError, match=f"of a network has no option '{option}'; its options are"
    ) as caught:
        to_svg(model, **given)
    assert caught.value.option == option
    assert to_svg(Value(2.0) * 3.0, **given)


@pytest.mark.parametrize("to", [draw, to_dot, to_latex, to_mermaid, to_svg])
def test_a_graph_refuses_an_option_of_networks(to):
    with pytest.raises(InapplicableOptionError, match=r"of a graph has no option 'color_by'; .* depth, expand, cap$"):
        to(Value(2.0) * 3.0, color_by="weight")


def test_circles_of_a_column_do_not_overlap_in_either_direction(model):
    for direction in ("LR", "TB"):
        plan = columns(network_picture(model, settings(direction=direction)))
        assert not any(overlap(one, other, margin=3) for one, other in combinations(plan.boxes, 2))
        assert (plan.width > plan.height) == (direction == "LR")


def test_lines_meet_the_rims_of_their_circles(model):
    drawn = network_picture(model, settings())
    plan = columns(drawn)
    for edge, points in zip(drawn.edges, plan.edges, strict=True):
        for place, (x, y) in ((edge.tail, points[0]), (edge.head, points[-1])):
            box = plan.boxes[place]
            middle = box.x + box.width / 2, box.y + box.height / 2
            assert ((x - middle[0]) ** 2 + (y - middle[1]) ** 2) ** 0.5 == pytest.approx(box.width / 2, abs=0.02)


def test_a_wide_column_shows_the_first_and_the_last_circles():
    drawn = network_picture(MLP(784, [10], seed=0), settings())
    assert [node.title for node in drawn.nodes[:17]] == [
        *(f"x{k}" for k in range(1, 9)),
        "⋮",
        *(f"x{k}" for k in range(778, 785)),
        "y1",
    ]
    assert len(drawn.edges) == 15 * 10
    assert "⋮ stands for circles that are not drawn" in drawn.caption
    assert ">⋮</text>" in to_svg(MLP(784, [10], seed=0))


def test_functions_between_layers_are_left_out():
    model = Sequential(Layer(2, 3, seed=0), softmax)
    assert is_network(model)
    assert [node.title for node in network_picture(model, settings()).nodes] == ["x1", "x2", "y1", "y2", "y3"]


def test_weights_and_biases_can_be_plain_numbers():
    neuron = SimpleNamespace(w=[0.5, Value(-1.0)], b=0.0)
    network = SimpleNamespace(layers=[SimpleNamespace(neurons=[neuron])])
    drawn = network_picture(network, settings())
    assert [(edge.sign, edge.strength, edge.note) for edge in drawn.edges] == [
        (1, 0.5, "weight: weight 0.5"),
        (-1, 1.0, "weight: weight −1"),
    ]
    assert [edge.sign for edge in network_picture(network, settings(color_by="gradient")).edges] == [0, 0]


def test_the_caption_counts_circles_and_parameters(model):
    assert network_picture(model, settings()).caption.startswith("2 → 3 → 1, 13 parameters; solid: positive weight")


@pytest.mark.parametrize("thing", [SimpleNamespace(layers=[]), SimpleNamespace(layers=[abs]), object()])
def test_what_has_no_neurons_is_no_network(thing):
    assert not is_network(thing)
    with pytest.raises(SubjectError):
        to_svg(thing)
