"""Networks in safetensors files, which PyTorch reads too; the activations are in the metadata.

>>> activation_to_json(0, partial(ACTIVATIONS["elu"], alpha=0.5))
{'name': 'elu', 'alpha': 0.5}
"""

from __future__ import annotations

import json
import math
import os
from functools import partial
from typing import Any, Final

from autograd_tiny.errors import require_package
from autograd_tiny.support.atomic_files import write_whole
from nn.activations import ACTIVATIONS, Activation, callable_name
from nn.errors import ArgumentError, FileFormatError
from nn.files import as_path
from nn.interchange.arrays import linear_stack, network, require_chain, to_arrays
from nn.interchange.stacks import default_settings, known_activation, layer_activation, plain_layers
from nn.layers import Sequential
from nn.module import Module

KEY: Final = "autograd_tiny.activations"
"""The entry of the metadata: a JSON list with the name and the settings of the activation of each layer."""

REMEDY: Final = (
    "give a file written by nn.save_safetensors, or call nn.from_arrays with the arrays in the order of their layers"
)


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


def load_safetensors(path: str | os.PathLike[str]) -> Sequential:
    """Return the network of a file that `save_safetensors` wrote: an MLP where all hidden activations are the same.

    Args:
        path: the path of the file.

    Raises:
        MissingPackageError: safetensors is not installed.
        FileFormatError: the file is no safetensors file, or has no activations in its metadata.
        ArgumentError: an array is none of a Linear layer that fits the one before.
        OSError: the file cannot be read.
    """
    source = as_path("load_safetensors", path)
    package = require_package("safetensors", package="safetensors", extra="interchange")
    with source.open("rb"):  # its error names the path
        pass
    try:
        with package.safe_open(source, framework="numpy") as file:
            metadata, arrays = file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
    except package.SafetensorError:
        raise FileFormatError(path, "is no whole safetensors file", REMEDY) from None
    if KEY not in metadata:
        raise FileFormatError(path, f"has no {KEY!r} in its metadata", REMEDY)
    try:
        ordered = dict(sorted(arrays.items(), key=lambda item: int(item[0].partition(".")[0])))
        activations = [activation_from_json(thing) for thing in json.loads(metadata[KEY])]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise FileFormatError(path, "has names or activations that save_safetensors does not write", REMEDY) from None
    stack = linear_stack("load_safetensors", ordered)
    require_chain("load_safetensors", stack)
    if len(stack) != len(activations):
        raise FileFormatError(path, f"has {len(stack)} layers and {len(activations)} activations", REMEDY)
    return network(stack, activations)


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
