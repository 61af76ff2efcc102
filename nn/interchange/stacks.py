"""Networks as stacks of plain layers: their numbers, and their activations by name.

>>> from nn import MLP
>>> [linear_indices(plain_layers("to_arrays", MLP(2, [3, 4, 1], output=output))) for output in ("linear", "tanh")]
[[0, 2, 4], [0, 2, 4]]
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from autograd_tiny import Value
from nn.activations import ACTIVATIONS, Activation, callable_name, linear, value_method
from nn.argument_checks import real_number
from nn.errors import ArgumentError, ArgumentTypeError
from nn.layers import Layer, Neuron, Sequential

EXPECTED = "a Layer, an MLP or a Sequential of Layers"


def plain_layers(place: str, model: Any) -> list[Layer]:
    """Return the layers of a model, those of a Sequential within a Sequential too.

    Raises:
        ArgumentTypeError: the model has anything else, such as a function, or a layer with a `__call__` of its own.
        ArgumentError: the neurons of a layer differ in their activations or in their numbers of weights.
    """
    return [_plain_layer(place, name, part) for name, part in _parts("model", model)]


def layer_activation(layer: Layer) -> Activation:
    """Return the activation that all neurons of a plain layer have."""
    activation: Activation = layer.neurons[0].activation
    return activation


def linear_indices(layers: list[Layer]) -> list[int]:
    """Return the index that each layer's Linear has in a torch.nn.Sequential: an activation has an index too."""
    indices, following = [], 0
    for layer in layers:
        indices.append(following)
        following += 1 if layer_activation(layer) is linear else 2
    return indices


def has_bias(layer: Layer) -> bool:
    """Return whether a layer has biases: parameters, or numbers that are not 0."""
    return any(isinstance(neuron.b, Value) or neuron.b != 0.0 for neuron in layer.neurons)


def weight_rows(place: str, layer: Layer) -> list[list[float]]:
    """Return the weights of a layer: a row for each neuron."""
    return [[real_number(place, "a weight", w) for w in neuron.w] for neuron in layer.neurons]


def bias_numbers(place: str, layer: Layer) -> list[float]:
    """Return the biases of a layer."""
    return [real_number(place, "a bias", neuron.b) for neuron in layer.neurons]


def known_activation(activation: Activation) -> tuple[str, dict[str, Any]]:
    """Return the name in `ACTIVATIONS` and the settings of an activation; an empty name for any other function.

    Settings are finite numbers; with a Value as a setting, an activation is not known.

    >>> from autograd_tiny import leaky_relu
    >>> known_activation(Value.tanh), known_activation(partial(leaky_relu, negative_slope=0.2))
    (('tanh', {}), ('leaky_relu', {'negative_slope': 0.2}))
    """
    settings: dict[str, Any] = {}
    if isinstance(activation, partial) and not activation.args:
        settings, activation = activation.keywords, activation.func
    name = callable_name(activation)
    known = ACTIVATIONS.get(name)
    if known is None or (activation is not known and activation is not value_method(known)):
        return "", {}
    finite = all(type(number) in {int, float} and math.isfinite(number) for number in settings.values())
    if not finite or not settings.keys() <= default_settings(name).keys():
        return "", {}
    return name, settings


def default_settings(name: str) -> dict[str, float]:
    """Return the settings that an activation has, with their defaults.

    >>> default_settings("elu"), default_settings("linear")
    ({'alpha': 1.0}, {})
    """
    primitive: Any = getattr(ACTIVATIONS[name], "primitive", None)
    return dict(primitive.defaults) if primitive else {}


def _parts(name: str, model: Any) -> list[tuple[str, Any]]:
    """Return what a model consists of, with its place in it."""
    if isinstance(model, Sequential) and type(model).__call__ is Sequential.__call__:
        named = [(f"{name}.layers[{number}]", layer) for number, layer in enumerate(model.layers)]
        return [found for inner, layer in named for found in _parts(inner, layer)]
    return [(name, model)]


def _plain_layer(place: str, name: str, layer: Any) -> Layer:
    neuron: Any
    if not isinstance(layer, Layer) or type(layer).__call__ is not Layer.__call__:
        raise ArgumentTypeError(place, name, layer, EXPECTED)
    first = layer.neurons[0]
    for number, neuron in enumerate(layer.neurons):
        where = f"{name}.neurons[{number}]"
        if not isinstance(neuron, Neuron) or type(neuron).__call__ is not Neuron.__call__:
            raise ArgumentTypeError(place, where, neuron, "a Neuron")
        if neuron.activation != first.activation:
            expected = f"one activation for a layer, here {callable_name(first.activation)!r}"
            raise ArgumentError(place, f"{where}.activation", callable_name(neuron.activation), expected)
        if len(neuron.w) != layer.nin:
            raise ArgumentError(place, f"len({where}.w)", len(neuron.w), f"{layer.nin}, as the layer has inputs")
    return layer
