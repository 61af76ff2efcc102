"""Neurons, layers and networks."""

from __future__ import annotations

import copy
import math
import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_tiny import AutogradError, LengthError, Value, softmax, tanh
from nn import MLP, ArgumentError, ArgumentTypeError, Layer, Neuron, Sequential, UnknownNameError

numbers = st.floats(-3.0, 3.0)


# ── the neuron ──


@given(x=st.lists(numbers, min_size=1, max_size=5), bias=numbers, seed=st.integers(0, 100))
def test_neuron_computes_its_formula(x: list[float], bias: float, seed: int) -> None:
    neuron = Neuron(len(x), activation="tanh", seed=seed)
    neuron.b.data = bias
    weighted = sum(w.data * number for w, number in zip(neuron.w, x, strict=True))
    assert neuron(x).data == pytest.approx(math.tanh(weighted + bias), abs=1e-12)


def test_neuron_has_gradients_of_its_formula() -> None:
    neuron, x = Neuron(2, nonlin=False, seed=0), [Value(2.0), Value(-3.0)]
    neuron(x).backward()
    assert [w.grad for w in neuron.w] == [2.0, -3.0]
    assert neuron.b.grad == 1.0
    assert [number.grad for number in x] == [w.data for w in neuron.w]


def test_neuron_is_one_node_and_activation() -> None:
    neuron = Neuron(3, seed=0)
    activation = neuron([1.0, 2.0, 3.0])
    (weighted,) = activation.inputs
    assert activation.primitive.name == "relu"
    assert weighted.primitive.name == "dot"
    assert set(weighted.inputs) == {*neuron.w, neuron.b}


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_replaced_weight_is_used(kind: Any) -> None:
    neuron, shared = Neuron(2, nonlin=False, seed=0), Value(5.0)
    neuron([1.0, 1.0])
    neuron.w[1] = shared
    assert neuron([0.0, 1.0]).data == 5.0
    neuron.w = kind([shared, Value(7.0)])
    assert neuron([1.0, 1.0]).data == 12.0


def test_nodes_share_weights() -> None:
    neuron = Neuron(3, nonlin=False, seed=0)
    first, second = neuron([1.0, 2.0, 3.0]), neuron((4.0, 5.0, 6.0))
    assert first._x is second._x


def test_plain_inputs_stay_constants() -> None:
    neuron = Neuron(2, nonlin=False, seed=0)
    assert neuron([1.0, 2.0]).inputs == (*neuron.w, neuron.b)


def test_neuron_is_nonlinear_by_default() -> None:
    below = [-1.0]
    assert Neuron(1, initializer=lambda *_: 1.0)(below).data == 0.0
    assert Neuron(1, True, initializer=lambda *_: 1.0)(below).data == 0.0
    assert Neuron(1, False, initializer=lambda *_: 1.0)(below).data == -1.0
    assert Neuron(1, nonlin=False, activation="tanh", initializer=lambda *_: 1.0)(below).data == -1.0


def test_weights_are_uniform_and_biases_zero() -> None:
    weights = [w.data for neuron in Layer(50, 20, seed=0).neurons for w in neuron.w]
    assert -1.0 <= min(weights) < -0.9
    assert 0.9 < max(weights) <= 1.0
    assert Neuron(2, seed=0).b.data == 0.0


def test_neuron_without_bias() -> None:
    neuron = Neuron(2, nonlin=False, bias=False, seed=0)
    assert neuron.parameters() == neuron.w
    assert neuron([1.0, 1.0]).data == pytest.approx(neuron.w[0].data + neuron.w[1].data)


# ── the activation ──


def test_activation_by_name_or_function() -> None:
    x = [0.5]
    by_name, by_row, by_function = (
        Neuron(1, activation=activation, seed=0)(x).data
        for activation in ("tanh", tanh, lambda pre_activation: pre_activation.tanh())
    )
    assert by_name == by_row == by_function


def test_unknown_activation_names_similar_ones() -> None:
    with pytest.raises(UnknownNameError, match="unknown activation 'rellu'; choose 'relu'"):
        Neuron(2, activation="rellu")


@pytest.mark.parametrize(
    "build",
    [
        lambda name: MLP(2, [1], hidden=name),
        lambda name: Neuron(2, False, activation=name),
        lambda name: Layer(2, 1, nonlin=False, activation=name),
    ],
)
def test_unknown_activation_is_refused_when_ignored(build: Any) -> None:
    with pytest.raises(UnknownNameError, match="unknown activation 'rellu'; choose 'relu'"):
        build("rellu")


def test_binary_function_is_not_a_named_activation() -> None:
    with pytest.raises(UnknownNameError, match="unknown activation 'maximum'"):
        MLP(2, [1], output="maximum")


# ── the inputs ──


@pytest.mark.parametrize(
    "kind", [list, tuple, np.array, lambda x: np.array(x, dtype=np.float32), lambda x: list(map(Value, x))]
)
def test_inputs_of_every_kind(kind: Any) -> None:
    model = MLP(2, [3, 1], seed=0)
    assert model(kind([1.5, -2.0])).data == pytest.approx(model([1.5, -2.0]).data)


def test_inputs_mix_integers_and_values() -> None:
    model = MLP(3, [3, 1], seed=0)
    assert model([1, Value(2.0), 3.0]).data == pytest.approx(model([1.0, 2.0, 3.0]).data)
    assert model([1.0, 2, Value(3.0)]).data == pytest.approx(model([1.0, 2.0, 3.0]).data)


def test_array_of_values_keeps_nodes() -> None:
    x = np.array([Value(1.0), Value(2.0)])
    output = Neuron(2, nonlin=False, seed=0)(x)
    assert {x[0], x[1]} <= set(output.inputs)


def test_single_input_may_be_a_number() -> None:
    model = MLP(1, [3, 1], seed=0)
    assert model(0.5).data == model([0.5]).data == model(Value(0.5)).data


@pytest.mark.parametrize("build", [Neuron, lambda nin: Layer(nin, 2), lambda nin: MLP(nin, [2, 1])])
@pytest.mark.parametrize("x", [[1.0], [1.0, 2.0, 3.0], [], (1.0,), np.zeros(3), 1.0])
def test_inputs_of_another_length_are_refused(build: Any, x: Any) -> None:
    with pytest.raises((LengthError), match=r"got (inputs|x) of length [0-3]") as caught:
        build(2)(x)
    assert set(caught.value.lengths) <= {"inputs", "weights", "x"}


@pytest.mark.parametrize("x", [["a", "b"], [None, 1.0], [[1.0], [2.0]], [1j, 2.0], "ab", {1.0, 2.0}, None])
def test_non_numeric_inputs_are_refused(x: Any) -> None:
    with pytest.raises(AutogradError):
        MLP(2, [1])(x)


# ── layers ──


def test_layer_returns_list_or_value() -> None:
    assert [type(y) for y in Layer(2, 3)([1.0, 2.0])] == [Value] * 3
    assert type(Layer(2, 1)([1.0, 2.0])) is Value


def test_layer_is_its_neurons() -> None:
    layer = Layer(2, 3, activation="tanh", seed=0)
    assert [y.data for y in layer((1.0, 2.0))] == [neuron([1.0, 2.0]).data for neuron in layer.neurons]


def test_replaced_neuron_is_used() -> None:
    class Constant(Neuron):
        def __call__(self, x: Any) -> Any:
            return 7.0

    layer = Layer(2, 2, seed=0)
    layer.neurons[1] = Constant(2)
    assert layer([1.0, 2.0])[1] == 7.0


def test_layers_of_width_one() -> None:
    assert type(MLP(1, [1, 1, 2, 1], hidden="tanh", seed=0)(0.5)) is Value


# ── networks ──


@given(nin=st.integers(1, 4), nouts=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_network_parameter_count(nin: int, nouts: list[int]) -> None:
    widths = [nin, *nouts]
    pairs = sum(a * b for a, b in pairwise(widths))
    assert len(MLP(nin, nouts, seed=0).parameters()) == pairs + sum(nouts)
    assert len(MLP(nin, nouts, seed=0, bias=False).parameters()) == pairs


def test_default_activations() -> None:
    model = MLP(2, [3, 4, 1], seed=0)
    assert [layer.neurons[0].activation.__name__ for layer in model.layers] == ["relu", "relu", "linear"]


def test_hidden_and_output_activations() -> None:
    model = MLP(2, [3, 4, 1], hidden="tanh", output="sigmoid", seed=0)
    assert [layer.neurons[0].activation.__name__ for layer in model.layers] == ["tanh", "tanh", "sigmoid"]


def test_network_matches_matrices() -> None:
    model, x = MLP(3, [4, 2], hidden="tanh", seed=0), np.array([0.5, -1.0, 2.0])
    weights = [np.array([[w.data for w in n.w] for n in layer.neurons]) for layer in model.layers]
    h = np.tanh(weights[0] @ x)
    outputs = model(x)
    assert [y.data for y in outputs] == pytest.approx(weights[1] @ h)
    outputs[0].backward()
    upstream = weights[1][0] * (1 - h * h)
    assert [[w.grad for w in n.w] for n in model.layers[0].neurons] == pytest.approx(np.outer(upstream, x))
    assert [n.b.grad for n in model.layers[0].neurons] == pytest.approx(upstream)


def test_sequential_composes_its_layers() -> None:
    first, second = Layer(2, 3, seed=0), Layer(3, 2, nonlin=False, seed=1)
    model = Sequential(first, second, softmax, lambda p: p[0])
    assert model([1.0, 2.0]).data == softmax(second(first([1.0, 2.0])))[0].data
    assert model.parameters() == first.parameters() + second.parameters()


def test_sequential_may_hold_networks() -> None:
    model = Sequential(MLP(2, [3, 2], seed=0), MLP(2, [1], seed=1))
    assert model.named_parameters()[-1][0] == "layers[1].layers[0].neurons[0].b"


@pytest.mark.parametrize("make", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copied_network_has_own_parameters(make: Any) -> None:
    model = MLP(2, [3, 1], hidden="tanh", seed=0)
    twin = make(model)
    assert twin([1.0, 2.0]).data == model([1.0, 2.0]).data
    assert not set(twin.parameters()) & set(model.parameters())
    assert [p.label for p in twin.parameters()] == [p.label for p in model.parameters()]


# ── invalid arguments ──


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Neuron(0), "Neuron got nin=0; it takes a whole number of at least 1"),
        (lambda: Neuron(-2), "Neuron got nin=-2"),
        (lambda: Layer(0, 2, initializer="he_normal"), "Layer got nin=0"),
        (lambda: Layer(2, 0), "Layer got nout=0"),
        (lambda: Layer(2, -1), "Layer got nout=-1"),
        (lambda: MLP(2, [3, 0]), "Layer got nout=0"),
        (lambda: MLP(0, [3]), "Layer got nin=0"),
    ],
)
def test_empty_layer_is_refused(build: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        build()


@pytest.mark.parametrize("build", [lambda: MLP(2, []), Sequential])
def test_network_without_layers_is_refused(build: Any) -> None:
    with pytest.raises(LengthError, match="of length 0; it takes at least one element"):
        build()


@pytest.mark.parametrize(
    "build",
    [
        lambda: Neuron(2.0),
        lambda: Layer(2, "3"),
        lambda: MLP(2, 3),
        lambda: MLP(2, {3: 1}),
        lambda: Sequential(Layer(2, 2), 3),
    ],
)
def test_size_of_another_type_is_refused(build: Any) -> None:
    with pytest.raises(ArgumentTypeError):
        build()


# ── repr ──


def test_rich_shows_tree_of_layers() -> None:
    console = pytest.importorskip("rich.console").Console(width=60, no_color=True)
    with console.capture() as captured:
        console.print(Sequential(Layer(2, 3), Neuron(3, False)))
    assert captured.get() == (
        "Sequential(\n"
        "    parameters=13,\n"
        "    layers[0]=Layer(2, 3, activation='relu', parameters=9),\n"
        "    layers[1]=Neuron(parameters=4)\n"
        ")\n"
    )


def test_repr_of_neuron() -> None:
    assert repr(Neuron(2)) == "Neuron(2, activation='relu') with 3 parameters"
    assert repr(Neuron(1, False, bias=False)) == "Neuron(1, activation='linear', bias=False) with 1 parameter"


def test_repr_of_layer_omits_neurons() -> None:
    assert repr(Layer(2, 3, activation="gelu")) == "Layer(2, 3, activation='gelu') with 9 parameters"


def test_repr_of_network() -> None:
    assert repr(MLP(2, [3, 1], hidden="tanh", bias=False)) == (
        "MLP(2, [3, 1], hidden='tanh', output='linear', bias=False) with 9 parameters"
    )
    assert repr(MLP(2, [3])) == "MLP(2, [3], output='linear') with 9 parameters"


def test_repr_of_sequential_is_indented() -> None:
    assert repr(Sequential(Sequential(Layer(1, 2)), MLP(2, [1]), softmax)) == (
        "Sequential(Sequential, MLP, softmax) with 7 parameters\n"
        "  layers[0]: Sequential(Layer) with 4 parameters\n"
        "    layers[0]: Layer(1, 2, activation='relu') with 4 parameters\n"
        "  layers[1]: MLP(2, [1], output='linear') with 3 parameters"
    )
