"""Arrays with the names and shapes of PyTorch: of a network, into a new one, and into an existing one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
from autograd_tiny import Value
from nn import MLP, ArgumentError, ArgumentTypeError, Layer, Neuron, Sequential

STATE = {"fc1.weight": [[1.0, -2.0], [0.5, 0.25]], "fc1.bias": [0.5, -1.0], "fc2.weight": [[3.0, -1.0]]}


FIRST, SECOND = "Layer(2, 3, activation='relu')", "Layer(3, 1, activation='linear', bias=False)"


def shapes(model: Any) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in nn.to_arrays(model).items()}


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Layer(2, 3, seed=0), {"0.weight": (3, 2), "0.bias": (3,)}),
        (MLP(2, [3], bias=False, seed=0), {"0.weight": (3, 2)}),
        (
            MLP(2, [4, 3, 1], seed=0),
            {
                "0.weight": (4, 2),
                "0.bias": (4,),
                "2.weight": (3, 4),
                "2.bias": (3,),
                "4.weight": (1, 3),
                "4.bias": (1,),
            },
        ),
        (
            Sequential(Layer(2, 3, nonlin=False, seed=0), Sequential(Layer(3, 1, bias=False, seed=0))),
            {"0.weight": (3, 2), "0.bias": (3,), "1.weight": (1, 3)},
        ),
    ],
)
def test_names_and_shapes_are_those_of_a_sequential_of_torch(model: Any, expected: dict[str, Any]) -> None:
    assert shapes(model) == expected


def test_arrays_hold_the_parameters_exactly_and_share_no_memory_with_them() -> None:
    model = MLP(3, [2, 2], seed=1)
    arrays = nn.to_arrays(model)
    assert arrays["0.weight"].dtype == arrays["2.bias"].dtype == np.float64
    flat = [number for array in arrays.values() for number in array.ravel().tolist()]
    assert sorted(flat) == sorted(p.data for p in model.parameters())
    assert arrays["2.weight"][1, 0] == model.layers[1].neurons[1].w[0].data
    arrays["0.weight"][:] = 7.0
    assert model.layers[0].neurons[0].w[0].data != 7.0


def test_bias_that_is_a_number_is_among_the_arrays_unless_it_is_0() -> None:
    layer = Layer(1, 2, bias=False, initializer="zeros")
    layer.neurons[1].b = 2.5
    assert nn.to_arrays(layer)["0.bias"].tolist() == [0.0, 2.5]


@pytest.mark.parametrize("hidden", ["relu", "tanh"])
def test_there_and_back_gives_the_same_outputs_and_gradients(hidden: str) -> None:
    model = MLP(2, [3, 1], hidden=hidden, seed=2)
    copy = nn.from_arrays(nn.to_arrays(model), hidden=hidden)
    model([0.5, -1.5]).backward()
    copy([0.5, -1.5]).backward()
    assert repr(copy) == repr(model)
    assert [(p.label, p.data, p.grad) for p in copy.parameters()] == [
        (p.label, p.data, p.grad) for p in model.parameters()
    ]


def test_layers_keep_their_own_lack_of_a_bias() -> None:
    model = nn.from_arrays(STATE, output="sigmoid")
    assert nn.to_arrays(model).keys() == {"0.weight", "0.bias", "2.weight"}
    assert model.layers[1].neurons[0].b == 0.0
    hidden = max(0.0, 1.0 * 2.0 - 2.0 * 0.5 + 0.5), max(0.0, 0.5 * 2.0 + 0.25 * 0.5 - 1.0)
    assert model([2.0, 0.5]).data == pytest.approx(1.0 / (1.0 + np.exp(-3.0 * hidden[0] + hidden[1])), abs=1e-12)


def test_lists_tensors_and_integers_are_taken() -> None:
    tensor = SimpleNamespace(tolist=lambda: [[1.5, -2.0]])
    model = nn.from_arrays({"weight": tensor, "bias": np.array([3], dtype=np.int8)})
    assert model([2.0, 1.0]).data == 4.0


def test_load_goes_by_the_order_of_the_layers() -> None:
    model = Sequential(Layer(2, 2, seed=0), Layer(2, 1, bias=False, nonlin=False, seed=0))
    nn.load_arrays(model, STATE)
    assert {n: a.tolist() for n, a in nn.to_arrays(model).items()} == {
        "0.weight": STATE["fc1.weight"],
        "0.bias": STATE["fc1.bias"],
        "2.weight": STATE["fc2.weight"],
    }


def test_parameter_that_layers_share_takes_one_number() -> None:
    layer = Layer(1, 1, seed=0)
    model = Sequential(layer, layer, layer)
    nan = {f"{n}.{kind}": [[np.nan]] if kind == "weight" else [1.0] for n in "024" for kind in ("weight", "bias")}
    nn.load_arrays(model, nan)
    assert np.isnan(layer.neurons[0].w[0].data)
    with pytest.raises(ArgumentError, match=r"w\[0\]=5\.0; it takes one number for a parameter that layers share"):
        nn.load_arrays(model, {**nan, "2.weight": [[5.0]]})


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ([1.0], "arrays of type 'list'; it takes a dict such as"),
        ({1: [[1.0]]}, "arrays of type 'dict'; it takes a dict such as"),
        ({}, "arrays={}; it takes a dict such as"),
        ({"1.running_mean": [1.0]}, "name='1.running_mean'; it takes names that end in 'weight' or 'bias'"),
        ({"0.bias": [1.0]}, "name='0.bias'; it takes a bias only together with a weight of the same prefix"),
        ({"0.weight": [1.0, 2.0]}, "arrays['0.weight'].shape=(2,); it takes (outputs, inputs) of a Linear"),
        ({"0.weight": np.ones((0, 2))}, "arrays['0.weight'].shape=(0, 2); it takes (outputs, inputs) of a Linear"),
        ({"0.weight": [[1.0], [2.0, 3.0]]}, "arrays['0.weight'] of type 'list'; it takes rows of equal length"),
        ({"0.weight": [["1.0"]]}, "arrays['0.weight'] of type 'list'; it takes an array, a list or a tensor of real"),
        ({"0.weight": [[1j]]}, "arrays['0.weight'] of type 'list'; it takes an array, a list or a tensor of real"),
        ({"0.weight": [[Value(1.0)]]}, "arrays['0.weight'] of type 'list'; it takes an array, a list or a tensor"),
        (
            {"0.weight": [[1.0, 2.0]], "0.bias": [[1.0]]},
            "arrays['0.bias'].shape=(1, 1); it takes (1,), as '0.weight' has the shape (1, 2)",
        ),
    ],
)
def test_what_no_stack_of_linear_layers_has_is_refused(arrays: Any, sentence: str) -> None:
    model = MLP(2, [1], seed=0)
    before = model.state_dict()
    for name, call in (
        ("from_arrays", nn.from_arrays),
        ("load_arrays", lambda arrays: nn.load_arrays(model, arrays)),
    ):
        with pytest.raises((ArgumentError, ArgumentTypeError)) as caught:
            call(arrays)
        assert str(caught.value).startswith(f"{name} got {sentence}")
    assert model.state_dict() == before


def test_layers_that_do_not_follow_each_other_are_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        nn.from_arrays({"a.weight": [[1.0, 2.0]], "b.weight": [[1.0, 2.0]]})
    assert str(caught.value) == (
        "from_arrays got arrays['b.weight'].shape=(1, 2); "
        "it takes (outputs, 1), since the shape of 'a.weight' is (1, 2)"
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"4.weight": [[1.0]]}, "number of weights=3; it takes 2, one for each layer"),
        (
            {"2.weight": np.ones((1, 4))},
            f"arrays['2.weight'].shape=(1, 4); it takes (1, 3), (outputs, inputs) of layer 1, {SECOND}",
        ),
        (
            {"2.bias": [0.5]},
            f"a bias='2.bias'; it takes no bias for layer 1, {SECOND}",
        ),
        (
            {"0.bias": None},
            f"a weight without a bias='0.weight'; it takes also a bias of shape (3,) for layer 0, {FIRST}",
        ),
    ],
)
def test_difference_names_the_layer_and_both_shapes_and_changes_nothing(change: Any, sentence: str) -> None:
    model = Sequential(Layer(2, 3, seed=0), Layer(3, 1, nonlin=False, bias=False, seed=0))
    before = model.state_dict()
    fitting = {"0.weight": np.ones((3, 2)), "0.bias": np.ones(3), "2.weight": np.ones((1, 3))}
    arrays = {name: array for name, array in {**fitting, **change}.items() if array is not None}
    with pytest.raises(ArgumentError) as caught:
        nn.load_arrays(model, arrays)
    assert str(caught.value) == f"load_arrays got {sentence}"
    assert model.state_dict() == before


def test_weight_that_is_computed_takes_no_number() -> None:
    layer = Layer(1, 1, nonlin=False, seed=0)
    layer.neurons[0].w[0] = Value(1.0) * 2.0
    with pytest.raises(ArgumentTypeError, match=r"leaves, which are made by Value"):
        nn.load_arrays(layer, {"weight": [[1.0]], "bias": [0.0]})


class Doubled(Layer):
    def __call__(self, x: Any) -> Any:
        return super().__call__([2.0 * number for number in x])


class Twice(Sequential):
    def __call__(self, x: Any) -> Any:
        return super().__call__(super().__call__(x))


class Squared(Neuron):
    def __call__(self, x: Any) -> Any:
        return super().__call__(x) ** 2


def with_neuron(neuron: Any) -> Layer:
    layer = Layer(2, 2, seed=0)
    layer.neurons[1] = neuron
    return layer


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("model", "model of type 'str'; it takes a Layer, an MLP or a Sequential of Layers"),
        (Neuron(2, seed=0), "model of type 'Neuron'; it takes a Layer, an MLP or a Sequential of Layers"),
        (Doubled(2, 2, seed=0), "model of type 'Doubled'; it takes a Layer, an MLP or a Sequential of Layers"),
        (Twice(Layer(2, 2, seed=0)), "model of type 'Twice'; it takes a Layer, an MLP or a Sequential of Layers"),
        (
            Sequential(Layer(2, 1, seed=0), Sequential(abs)),
            "model.layers[1].layers[0] of type 'builtin_function_or_method'; it takes a Layer, an MLP",
        ),
        (with_neuron(Squared(2, seed=0)), "model.neurons[1] of type 'Squared'; it takes a Neuron"),
        (with_neuron(abs), "model.neurons[1] of type 'builtin_function_or_method'; it takes a Neuron"),
        (
            with_neuron(Neuron(2, activation="tanh", seed=0)),
            "model.neurons[1].activation='tanh'; it takes one activation for a layer, here 'relu'",
        ),
        (with_neuron(Neuron(3, seed=0)), "len(model.neurons[1].w)=3; it takes 2, as the layer has inputs"),
    ],
)
def test_what_is_no_stack_of_layers_is_refused(model: Any, sentence: str) -> None:
    with pytest.raises((ArgumentError, ArgumentTypeError)) as caught:
        nn.to_arrays(model)
    assert str(caught.value).startswith(f"to_arrays got {sentence}")
