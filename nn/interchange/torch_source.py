"""A network as source that builds the same one in PyTorch, to be saved and read by a person."""

from __future__ import annotations

import math
from collections.abc import Iterator
from textwrap import wrap

from nn.activations import linear
from nn.errors import ArgumentError
from nn.interchange.stacks import bias_numbers, has_bias, layer_activation, linear_indices, plain_layers, weight_rows
from nn.interchange.torch_activations import module_call
from nn.layers import Layer
from nn.module import Module

WIDTH = 100


def to_torch_source(model: Module) -> str:
    """Return a program that builds the equivalent `torch.nn.Sequential` in float64, with the exact numbers.

    It takes a batch of shape (examples, inputs) and returns one of shape (examples, outputs). At a kink, torch may
    take another subgradient, and its slope of hardsigmoid is that of float32.

    Args:
        model: a Layer, an MLP or a Sequential of Layers.

    Raises:
        ArgumentTypeError: the model has anything else, such as a function.
        ArgumentError: torch has no module for an activation, a parameter is infinite or nan, or the neurons of a
            layer differ in their activations.

    >>> from nn import Layer
    >>> print(to_torch_source(Layer(2, 1, activation="tanh", initializer="zeros")))
    \"\"\"A network of 2 inputs and layers of 1, with its exact numbers in float64.\"\"\"
    <BLANKLINE>
    import torch
    <BLANKLINE>
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 1, dtype=torch.float64),
        torch.nn.Tanh(),
    )
    <BLANKLINE>
    numbers = {
        "0.weight": [
            [0.0, 0.0],
        ],
        "0.bias": [
            0.0,
        ],
    }
    model.load_state_dict({name: torch.tensor(rows, dtype=torch.float64) for name, rows in numbers.items()})
    <BLANKLINE>
    """
    layers = plain_layers("to_torch_source", model)
    modules = [f"    torch.nn.{call},\n" for number, layer in enumerate(layers) for call in _calls(number, layer)]
    numbers = [
        line
        for number, (index, layer) in enumerate(zip(linear_indices(layers), layers, strict=True))
        for line in _entries(number, index, layer)
    ]
    widths = ", ".join(str(len(layer.neurons)) for layer in layers)
    return (
        f'"""A network of {layers[0].nin} inputs and layers of {widths}, with its exact numbers in float64."""\n\n'
        f"import torch\n\nmodel = torch.nn.Sequential(\n{''.join(modules)})\n\n"
        f"numbers = {{\n{''.join(numbers)}}}\n"
        "model.load_state_dict({name: torch.tensor(rows, dtype=torch.float64) for name, rows in numbers.items()})\n"
    )


def _calls(number: int, layer: Layer) -> Iterator[str]:
    bias = "" if has_bias(layer) else "bias=False, "
    yield f"Linear({layer.nin}, {len(layer.neurons)}, {bias}dtype=torch.float64)"
    activation = layer_activation(layer)
    if activation is not linear:
        yield module_call("to_torch_source", number, activation)


def _entries(number: int, index: int, layer: Layer) -> Iterator[str]:
    """Yield the lines of the numbers of a layer."""
    yield f'    "{index}.weight": [\n'
    for row in weight_rows("to_torch_source", layer):
        yield from _row(number, row, "        [", "],\n")
    yield "    ],\n"
    if has_bias(layer):
        yield f'    "{index}.bias": [\n'
        yield from _row(number, bias_numbers("to_torch_source", layer), "        ", ",\n")
        yield "    ],\n"


def _row(number: int, row: list[float], opening: str, closing: str) -> Iterator[str]:
    """Yield a row of numbers, on several lines if it is long."""
    for data in row:
        if not math.isfinite(data):
            raise ArgumentError("to_torch_source", f"a parameter of layer {number}", data, "finite parameters")
    lines = wrap(", ".join(map(repr, row)), WIDTH, break_on_hyphens=False)
    yield opening + f"\n{' ' * len(opening)}".join(lines) + closing
