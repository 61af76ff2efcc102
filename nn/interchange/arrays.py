"""The numbers of a network as arrays with the names and shapes of PyTorch, and back.

>>> from nn import Layer
>>> model = Layer(2, 1, nonlin=False, seed=0)
>>> load_arrays(model, {"weight": [[0.5, -1.0]], "bias": [2.0]})
>>> to_arrays(model)
{'0.weight': array([[ 0.5, -1. ]]), '0.bias': array([2.])}
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd_tiny import Value
from nn.activations import Activation, linear
from nn.argument_checks import leaf_list, to_lists
from nn.errors import ArgumentError, ArgumentTypeError
from nn.interchange.stacks import bias_numbers, has_bias, known_activation, linear_indices, plain_layers, weight_rows
from nn.layers import MLP, Layer, Sequential
from nn.module import Module
from nn.updates import set_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any  # as typing.get_type_hints finds it, without NumPy

EXAMPLE = "a dict such as {'0.weight': array of shape (out, in), '0.bias': array of shape (out,)}"


class Linear(NamedTuple):
    """The numbers of a Linear layer of PyTorch; the name is that of its weight among the arrays."""

    name: str
    weight: Array
    bias_name: str
    bias: Array | None


def to_arrays(model: Module) -> dict[str, Array]:
    """Return the parameters as float64 arrays, named as in the `torch.nn.Sequential` that computes the same.

    A Linear is named by its index: `0.weight` of shape (outputs, inputs) and `0.bias` of shape (outputs,). The next
    is `2.weight` where an activation is between them, and `1.weight` where there is none. A layer without biases has
    no bias among the arrays.

    Args:
        model: a Layer, an MLP or a Sequential of Layers.

    Raises:
        ArgumentTypeError: the model has anything else, such as a function.
        ArgumentError: the neurons of a layer differ in their activations or in their numbers of weights.

    >>> to_arrays(MLP(1, [2, 1], bias=False, initializer="zeros"))
    {'0.weight': array([[0.],
           [0.]]), '2.weight': array([[0., 0.]])}
    """
    import numpy as np

    layers = plain_layers("to_arrays", model)
    arrays: dict[str, Array] = {}
    for index, layer in zip(linear_indices(layers), layers, strict=True):
        arrays[f"{index}.weight"] = np.array(weight_rows("to_arrays", layer), dtype=float)
        if has_bias(layer):
            arrays[f"{index}.bias"] = np.array(bias_numbers("to_arrays", layer), dtype=float)
    return arrays


def from_arrays(
    arrays: Mapping[str, Any], *, hidden: str | Activation = "relu", output: str | Activation = "linear"
) -> MLP:
    """Return an MLP with the numbers of Linear layers, such as the `state_dict()` of a PyTorch network.

    Args:
        arrays: NumPy arrays, lists or PyTorch tensors by names that end in `weight` and `bias`, in the order of the
            layers, such as `0.weight` or `encoder.fc1.weight`. Names say nothing of activations.
        hidden: the activation of all layers but the last.
        output: the activation of the last layer.

    Raises:
        ArgumentTypeError: `arrays` is not a mapping of names, or contains something else than real numbers.
        ArgumentError: a name is not that of a weight or bias, or a shape fits no Linear layer after the one before.
        UnknownNameError: an activation is unknown.

    >>> model = from_arrays({"fc1.weight": [[1.0, -1.0]], "fc2.weight": [[2.0]], "fc2.bias": [0.5]})
    >>> model([3.0, 1.0]).data
    4.5
    """
    stack = linear_stack("from_arrays", arrays)
    require_chain("from_arrays", stack)
    nouts = [len(part.weight) for part in stack]
    model = MLP(stack[0].weight.shape[1], nouts, hidden=hidden, output=output, initializer="zeros")
    fill(model.layers, stack)
    return model


def load_arrays(model: Module, arrays: Mapping[str, Any]) -> None:
    """Load the numbers of Linear layers into a model; if that fails, the model is left unchanged.

    Args:
        model: a Layer, an MLP or a Sequential of Layers.
        arrays: as for `from_arrays`; the order of the layers counts, and their names may be any.

    Raises:
        ArgumentTypeError: the model, `arrays` or an element is of another type.
        ArgumentError: the number of layers, a shape or the presence of a bias differs from that of the model.
    """
    place = "load_arrays"
    layers, stack = plain_layers(place, model), linear_stack(place, arrays)
    if len(stack) != len(layers):
        raise ArgumentError(place, "number of weights", len(stack), f"{len(layers)}, one for each layer")
    parameters: list[Value] = []
    numbers: list[float] = []
    for number, (layer, part) in enumerate(zip(layers, stack, strict=True)):
        _require_fit(f"layer {number}, {layer.describe()}", layer, part)
        leaves, data = _leaves_and_numbers(layer, part)
        parameters += leaf_list(place, leaves)
        numbers += data
    _require_one_number_each(parameters, numbers)
    set_numbers(parameters, numbers)


def linear_stack(place: str, arrays: Any) -> list[Linear]:
    """Return the Linear layers of arrays, in the order of its names.

    Raises:
        ArgumentTypeError: it is not a mapping of names, or contains something else than real numbers.
        ArgumentError: a name is not that of a weight or bias, a weight is missing, or a shape is none of a Linear.
    """
    if not isinstance(arrays, Mapping) or not all(isinstance(name, str) for name in arrays):
        raise ArgumentTypeError(place, "arrays", arrays, EXAMPLE)
    names: dict[str, dict[str, str]] = {}
    for name in arrays:
        prefix, _, kind = name.rpartition(".")
        if kind not in {"weight", "bias"}:
            raise ArgumentError(place, "name", name, "names that end in 'weight' or 'bias', of Linear layers")
        names.setdefault(prefix, {})[kind] = name
    if not names:
        raise ArgumentError(place, "arrays", arrays, EXAMPLE)
    return [_linear(place, arrays, kinds) for kinds in names.values()]


def require_chain(place: str, stack: list[Linear]) -> None:
    """Raise an ArgumentError if a layer does not take as many inputs as the one before has outputs."""
    for before, after in pairwise(stack):
        width = len(before.weight)
        if after.weight.shape[1] != width:
            expected = f"(outputs, {width}), since the shape of {before.name!r} is {before.weight.shape}"
            raise ArgumentError(place, f"arrays[{after.name!r}].shape", after.weight.shape, expected)


def network(stack: list[Linear], activations: list[Activation]) -> Sequential:
    """Return an MLP of these layers, or a Sequential where the hidden layers differ in their activations."""
    widths = [stack[0].weight.shape[1], *(len(part.weight) for part in stack)]
    *hidden, output = activations
    model: Sequential
    if all(known_activation(activation) == known_activation(hidden[0]) for activation in hidden):
        chosen = hidden[0] if hidden else linear
        model = MLP(widths[0], widths[1:], hidden=chosen, output=output, initializer="zeros")
    else:
        sizes = zip(widths[:-1], widths[1:], activations, strict=True)
        model = Sequential(*(Layer(nin, nout, activation=kind, initializer="zeros") for nin, nout, kind in sizes))
    fill(model.layers, stack)
    return model


def fill(layers: list[Layer], stack: list[Linear]) -> None:
    """Set the numbers of new layers with biases, and take away the biases that the arrays do not have."""
    for layer, part in zip(layers, stack, strict=True):
        if part.bias is None:
            for neuron in layer.neurons:
                neuron.b = 0.0
        set_numbers(*_leaves_and_numbers(layer, part))


def _linear(place: str, arrays: Mapping[str, Any], names: dict[str, str]) -> Linear:
    weight_name, bias_name = names.get("weight", ""), names.get("bias", "")
    if not weight_name:
        raise ArgumentError(place, "name", bias_name, "a bias only together with a weight of the same prefix")
    weight = real_array(place, weight_name, arrays[weight_name])
    if weight.ndim != 2 or 0 in weight.shape:
        raise ArgumentError(
            place, f"arrays[{weight_name!r}].shape", weight.shape, "(outputs, inputs) of a Linear layer"
        )
    if not bias_name:
        return Linear(weight_name, weight, "", None)
    bias = real_array(place, bias_name, arrays[bias_name])
    if bias.shape != weight.shape[:1]:
        expected = f"{weight.shape[:1]}, as {weight_name!r} has the shape {weight.shape}"
        raise ArgumentError(place, f"arrays[{bias_name!r}].shape", bias.shape, expected)
    return Linear(weight_name, weight, bias_name, bias)


def real_array(place: str, name: str, thing: Any) -> Array:
    """Return an array, a list or a tensor of PyTorch as a float64 array.

    Raises:
        ArgumentTypeError: it contains something else than real numbers, or its rows differ in length.
    """
    import numpy as np

    try:
        array = np.asarray(thing if type(thing) is np.ndarray else to_lists(thing))
    except ValueError:  # of lists that differ in length
        raise ArgumentTypeError(place, f"arrays[{name!r}]", thing, "rows of equal length") from None
    if array.dtype.kind not in "biuf":
        raise ArgumentTypeError(place, f"arrays[{name!r}]", thing, "an array, a list or a tensor of real numbers")
    return array.astype(float)


def _require_fit(layer_name: str, layer: Layer, part: Linear) -> None:
    shape = (len(layer.neurons), layer.nin)
    if part.weight.shape != shape:
        expected = f"{shape}, (outputs, inputs) of {layer_name}"
        raise ArgumentError("load_arrays", f"arrays[{part.name!r}].shape", part.weight.shape, expected)
    if part.bias is None and has_bias(layer):
        raise ArgumentError(
            "load_arrays", "a weight without a bias", part.name, f"also a bias of shape {shape[:1]} for {layer_name}"
        )
    if part.bias is not None and not has_bias(layer):
        raise ArgumentError("load_arrays", "a bias", part.bias_name, f"no bias for {layer_name}")


def _require_one_number_each(parameters: list[Value], numbers: list[float]) -> None:
    """Raise an ArgumentError if a parameter that layers share would get two numbers."""
    chosen: dict[Value, float] = {}
    for parameter, number in zip(parameters, numbers, strict=True):
        first = chosen.setdefault(parameter, number)
        if repr(number) != repr(first):  # nan is not equal to nan
            expected = f"one number for a parameter that layers share, here also {first!r}"
            raise ArgumentError("load_arrays", parameter.label or "a parameter", number, expected)


def _leaves_and_numbers(layer: Layer, part: Linear) -> tuple[list[Any], list[float]]:
    leaves: list[Any] = [w for neuron in layer.neurons for w in neuron.w]
    numbers = part.weight.ravel().tolist()
    if part.bias is not None:
        leaves += [neuron.b for neuron in layer.neurons]
        numbers += part.bias.tolist()
    return leaves, numbers
