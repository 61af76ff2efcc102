"""Networks as ONNX files in float64.

Operators of ONNX that keep a setting as a float32, such as LeakyRelu, and those that onnxruntime does not have in
float64, such as Softplus, are written as formulas of operators that it has.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.errors import require_package
from autograd_tiny.support.atomic_files import write_whole
from nn.activations import callable_name
from nn.errors import ArgumentError
from nn.files import as_path
from nn.interchange.arrays import to_arrays
from nn.interchange.stacks import default_settings, known_activation, layer_activation, linear_indices, plain_layers
from nn.layers import Layer
from nn.module import Module

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPSET: Final = 17
IR_VERSION: Final = 8
"""That of the first release of ONNX with this opset, so that every runtime that knows the opset reads the file."""


class Nodes:
    """The nodes and constants of a graph that is being written; a call adds a node.

    Args:
        onnx: the package.
    """

    def __init__(self, onnx: Any) -> None:
        self.onnx = onnx
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def __call__(self, operator: str, *operands: str | float, **attributes: Any) -> str:
        """Add a node whose operands are names or constants, and return the name of its output."""
        name = f"{operator.lower()}_{len(self.nodes)}"
        inputs = [operand if isinstance(operand, str) else self.constant(operand) for operand in operands]
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def constant(self, number: float) -> str:
        """Add a constant, and return its name."""
        name = f"constant_{len(self.initializers)}"
        kind = self.onnx.TensorProto.DOUBLE
        self.initializers.append(self.onnx.helper.make_tensor(name, kind, [], [float(number)]))
        return name

    def array(self, name: str, numbers: NDArray[Any]) -> str:
        """Add an array, and return its name."""
        kind = self.onnx.TensorProto.DOUBLE
        self.initializers.append(self.onnx.helper.make_tensor(name, kind, numbers.shape, numbers.ravel().tolist()))
        return name


def to_onnx(model: Module, path: str | os.PathLike[str]) -> None:
    """Write a network as an ONNX file of opset 17 in float64, which `onnx.checker` has checked.

    It takes `x` of shape (examples, inputs) and returns `y` of shape (examples, outputs). A layer is a Gemm, whose
    arrays have the names of `to_arrays`. The file is replaced as a whole: if anything fails, an old file is left
    unchanged.

    Args:
        model: a Layer, an MLP or a Sequential of Layers.
        path: the path of the file, in an existing folder.

    Raises:
        MissingPackageError: onnx is not installed.
        ArgumentTypeError: the model has anything else, such as a function.
        ArgumentError: an activation cannot be written in float64, such as gelu; the error names those that can.
        OSError: the file cannot be written; it names `path`.
    """
    target = as_path("to_onnx", path)
    layers = plain_layers("to_onnx", model)
    recipes = [_recipe(number, layer) for number, layer in enumerate(layers)]
    onnx = require_package("onnx", package="onnx", extra="interchange")
    require_package("onnx.checker", package="onnx", extra="interchange")
    nodes, arrays, name = Nodes(onnx), to_arrays(model), "x"
    for index, recipe in zip(linear_indices(layers), recipes, strict=True):
        operands = [nodes.array(key, arrays[key]) for key in (f"{index}.weight", f"{index}.bias") if key in arrays]
        name = recipe(nodes, nodes("Gemm", name, *operands, transB=1))
    nodes.nodes[-1].output[0] = "y"
    described = _described(onnx, nodes, layers)
    onnx.checker.check_model(described, full_check=True)
    write_whole(target, described.SerializeToString())


def _described(onnx: Any, nodes: Nodes, layers: list[Layer]) -> Any:
    """Return the model of ONNX that has these nodes."""
    helper, kind = onnx.helper, onnx.TensorProto.DOUBLE
    x = helper.make_tensor_value_info("x", kind, ["examples", layers[0].nin])
    y = helper.make_tensor_value_info("y", kind, ["examples", len(layers[-1].neurons)])
    graph = helper.make_graph(nodes.nodes, "network", [x], [y], nodes.initializers)
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="autograd_tiny")


def _recipe(number: int, layer: Layer) -> Callable[[Nodes, str], str]:
    """Return the function that adds the activation of a layer.

    Raises:
        ArgumentError: it cannot be written.
    """
    activation = layer_activation(layer)
    name, settings = known_activation(activation)
    place, argument = "to_onnx", f"the activation of layer {number}"
    if name not in RECIPES:
        expected = f"those that are written in float64: {', '.join(RECIPES)}"
        raise ArgumentError(place, argument, name or callable_name(activation), expected)
    return partial(RECIPES[name], **{**default_settings(name), **settings})


def _scaled_below_0(n: Nodes, x: str, negative_slope: float) -> str:
    return n("Sub", n("Relu", x), n("Mul", n("Relu", n("Neg", x)), negative_slope))


def _exponential_below_0(n: Nodes, x: str, *, alpha: float, width: float = 1.0, scale: float = 1.0) -> str:
    below = n("Sub", n("Exp", n("Div", n("Neg", n("Relu", n("Neg", x))), width)), 1.0)
    return n("Mul", n("Add", n("Relu", x), n("Mul", below, alpha)), scale)


def _softplus(n: Nodes, x: str, beta: float = 1.0) -> str:
    scaled = n("Mul", x, beta)
    rest = n("Log", n("Add", n("Exp", n("Neg", n("Abs", scaled))), 1.0))
    return n("Div", n("Add", n("Relu", scaled), rest), beta)


def _hardsigmoid(n: Nodes, x: str) -> str:
    return n("Clip", n("Add", n("Div", x, 6.0), 0.5), 0.0, 1.0)


RECIPES: Final[dict[str, Callable[..., str]]] = {
    "linear": lambda n, x: x,
    "relu": lambda n, x: n("Relu", x),
    "tanh": lambda n, x: n("Tanh", x),
    "sigmoid": lambda n, x: n("Sigmoid", x),
    "leaky_relu": _scaled_below_0,
    "elu": _exponential_below_0,
    "selu": partial(_exponential_below_0, alpha=1.6732632423543772, scale=1.0507009873554805),
    "celu": lambda n, x, alpha: _exponential_below_0(n, x, alpha=alpha, width=alpha),
    "softplus": _softplus,
    "log_sigmoid": lambda n, x: n("Neg", _softplus(n, n("Neg", x))),
    "silu": lambda n, x: n("Mul", x, n("Sigmoid", x)),
    "mish": lambda n, x: n("Mul", x, n("Tanh", _softplus(n, x))),
    "hardtanh": lambda n, x, min_val, max_val: n("Clip", x, min_val, max_val),
    "relu6": lambda n, x: n("Clip", x, 0.0, 6.0),
    "hardsigmoid": _hardsigmoid,
    "hardswish": lambda n, x: n("Mul", x, _hardsigmoid(n, x)),
    "softsign": lambda n, x: n("Div", x, n("Add", n("Abs", x), 1.0)),
    "tanhshrink": lambda n, x: n("Sub", x, n("Tanh", x)),
}
"""By the names in `ACTIVATIONS`: functions that add the nodes of an activation, and return the name of the last."""
