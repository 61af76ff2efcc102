"""Networks in safetensors files, which PyTorch reads too; the activations are in the metadata.

>>> activation_to_json(0, partial(ACTIVATIONS["elu"], alpha=0.5))
{'name': 'elu', 'alpha': 0.5}
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from autograd_tiny.errors import require_package
from autograd_tiny.support.atomic_files import write_whole
from nn.activations import ACTIVATIONS, Activation, callable_name
from nn.errors import ArgumentError, FileFormatError
from nn.files import as_path
from nn.interchange.arrays import from_arrays, linear_stack, network, require_chain, to_arrays
from nn.interchange.stacks import default_settings, known_activation, layer_activation, plain_layers
from nn.layers import Sequential
from nn.module import Module

KEY: Final = "autograd_tiny.activations"
"""The entry of the metadata: a JSON list with the name and the settings of the activation of each layer."""

REMEDY: Final = (
    "give a file written by nn.save_safetensors, or call nn.from_arrays with the arrays in the order of their layers"
)
NUMBER: Final = re.compile(r"\d+", re.ASCII)


def save_safetensors(model: Module, path: str | os.PathLike[str]) -> None:
    """Save a network as a safetensors file, with the names and shapes of PyTorch in float64.

    The file is replaced as a whole: if anything fails, an old file is left unchanged.

    Args:
        model: a Layer, an MLP or a Sequential of Layers.
        path: the path of the file, in an existing folder.

    Raises:
        MissingPackageError: safetensors is not installed.
        ArgumentTypeError: the model has anything else, such as a function.
        ArgumentError: an activation is none of `ACTIVATIONS`, or the neurons of a layer differ.
        OSError: the file cannot be written; it names `path`.
    """
    target = as_path("save_safetensors", path)
    arrays = to_arrays(model)
    layers = plain_layers("save_safetensors", model)
    activations = [activation_to_json(number, layer_activation(layer)) for number, layer in enumerate(layers)]
    package = require_package("safetensors.numpy", package="safetensors", extra="interchange")
    write_whole(target, package.save(arrays, metadata={KEY: json.dumps(activations)}))


def load_safetensors(
    path: str | os.PathLike[str], *, hidden: str | Activation | None = None, output: str | Activation | None = None
) -> Sequential:
    """Return the network of a safetensors file of Linear layers: an MLP where all hidden activations are the same.

    Layers are taken in the order of the numbers in their names, such as `0.weight` and `2.weight`, or `fc1.weight`
    and `fc2.weight`.

    Args:
        path: the path of the file, written by `save_safetensors` or from the `state_dict()` of a PyTorch network.
        hidden: the activation of all layers but the last, as for `from_arrays`; a file of PyTorch names none. If
            neither is given, the activations are those that `save_safetensors` wrote into the file.
        output: the activation of the last layer.

    Raises:
        MissingPackageError: safetensors is not installed.
        FileFormatError: the file is no safetensors file; it names no activations, and none are given; or the names of
            its arrays differ in more than one number.
        ArgumentError: an array is none of a Linear layer that fits the one before.
        UnknownNameError: an activation is unknown.
        OSError: the file cannot be read.
    """
    source = as_path("load_safetensors", path)
    metadata, arrays = contents(source)
    if hidden is not None or output is not None:
        return from_arrays(in_order(source, arrays), hidden=hidden or "relu", output=output or "linear")
    if KEY not in metadata:
        problem = f"has no {KEY!r} in its metadata"
        raise FileFormatError(path, problem, 'name the activations, such as hidden="relu", output="linear"')
    try:
        activations = [activation_from_json(thing) for thing in json.loads(metadata[KEY])]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise FileFormatError(path, "has activations that save_safetensors does not write", REMEDY) from None
    stack = linear_stack("load_safetensors", in_order(source, arrays))
    require_chain("load_safetensors", stack)
    if len(stack) != len(activations):
        raise FileFormatError(path, f"has {len(stack)} layers and {len(activations)} activations", REMEDY)
    return network(stack, activations)


def contents(path: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the metadata and the arrays of a file."""
    package = require_package("safetensors", package="safetensors", extra="interchange")
    with path.open("rb"):  # its error names the path
        pass
    try:
        with package.safe_open(path, framework="numpy") as file:
            return file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
    except package.SafetensorError:
        raise FileFormatError(path, "is no whole safetensors file", REMEDY) from None


def in_order(path: Path, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Return arrays in the order of the number in their names, since a file keeps another order.

    Raises:
        FileFormatError: the names of the layers differ in more than one number, so their order is unknown.

    >>> list(in_order(Path(), {"fc10.weight": 0, "fc2.bias": 0, "fc2.weight": 0}))
    ['fc2.bias', 'fc2.weight', 'fc10.weight']
    """
    layers = {name: name.rpartition(".")[0] for name in arrays}
    numbers = {layer: [int(digits) for digits in NUMBER.findall(layer)] for layer in layers.values()}
    around = {tuple(NUMBER.split(layer)) for layer in numbers}
    differing = [column for column in zip(*numbers.values(), strict=False) if len(set(column)) > 1]
    if len(around) > 1 or len(differing) > 1:
        problem = f"has layers whose order its names do not tell: {', '.join(map(repr, numbers))}"
        raise FileFormatError(path, problem, REMEDY)
    return {name: arrays[name] for name in sorted(arrays, key=lambda name: numbers[layers[name]])}


def activation_to_json(number: int, activation: Activation) -> dict[str, Any]:
    """Return the name and the settings of the activation of a layer.

    Raises:
        ArgumentError: it is none of `ACTIVATIONS`.
    """
    name, settings = known_activation(activation)
    if not name:
        place, argument = "save_safetensors", f"the activation of layer {number}"
        raise ArgumentError(place, argument, callable_name(activation), "those in nn.activations.ACTIVATIONS")
    return {"name": name, **settings}


def activation_from_json(thing: Any) -> Activation:
    """Return the activation of a name and settings.

    Raises:
        KeyError: there is no such activation.
        TypeError: it is no dict.
        ValueError: it has no such settings.
    """
    settings = {**thing}
    name = settings.pop("name")
    function = ACTIVATIONS[name]
    finite = all(type(number) in {int, float} and math.isfinite(number) for number in settings.values())
    if not settings.keys() <= default_settings(name).keys() or not finite:
        raise ValueError(name)
    return partial(function, **settings) if settings else function
