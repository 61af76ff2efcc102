"""The activations that PyTorch has as modules, with the same formulas and defaults.

>>> from autograd_tiny import Value
>>> module_call("to_torch_source", 0, Value.tanh), module_call("to_torch_source", 1, Value.softplus)
('Tanh()', 'Softplus(threshold=40.0)')
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final, NamedTuple

from nn.activations import ACTIVATIONS, Activation, callable_name
from nn.errors import ArgumentError
from nn.interchange.stacks import default_settings, known_activation


class TorchModule(NamedTuple):
    """A module of torch.nn, and its settings that an activation has too, by the same names."""

    name: str
    settings: tuple[str, ...] = ()
    fixed: tuple[tuple[str, Any], ...] = ()


TORCH_MODULES: Final = {
    "linear": TorchModule("Identity"),
    "relu": TorchModule("ReLU"),
    "tanh": TorchModule("Tanh"),
    "sigmoid": TorchModule("Sigmoid"),
    "leaky_relu": TorchModule("LeakyReLU", ("negative_slope",)),
    "elu": TorchModule("ELU", ("alpha",)),
    "softplus": TorchModule("Softplus", ("beta",), (("threshold", 40.0),)),  # exact: the default, 20, is off by 2e-9
    "silu": TorchModule("SiLU"),
    "gelu": TorchModule("GELU"),
    "gelu_tanh": TorchModule("GELU", (), (("approximate", "tanh"),)),
    "selu": TorchModule("SELU"),
    "celu": TorchModule("CELU", ("alpha",)),
    "mish": TorchModule("Mish"),
    "hardtanh": TorchModule("Hardtanh", ("min_val", "max_val")),
    "relu6": TorchModule("ReLU6"),
    "softsign": TorchModule("Softsign"),
    "tanhshrink": TorchModule("Tanhshrink"),
    "hardshrink": TorchModule("Hardshrink", ("lambd",)),
    "softshrink": TorchModule("Softshrink", ("lambd",)),
    "hardsigmoid": TorchModule("Hardsigmoid"),
    "hardswish": TorchModule("Hardswish"),
    "log_sigmoid": TorchModule("LogSigmoid"),
}
"""By the names in `ACTIVATIONS`."""

BY_TORCH_NAME: Final = {module.name: name for name, module in TORCH_MODULES.items() if name != "gelu_tanh"}


def module_call(place: str, number: int, activation: Activation) -> str:
    """Return the call that builds the module of an activation.

    Args:
        place: the function that asks.
        number: that of the layer.
        activation: the function.

    Raises:
        ArgumentError: PyTorch has no such module.
    """
    name, settings = known_activation(activation)
    module = TORCH_MODULES.get(name)
    if module is None:
        expected = f"those that torch has as modules: {', '.join(TORCH_MODULES)}"
        raise ArgumentError(place, f"the activation of layer {number}", name or callable_name(activation), expected)
    given = [(setting, settings[setting]) for setting in module.settings if setting in settings]
    return f"{module.name}({', '.join(f'{setting}={number!r}' for setting, number in [*given, *module.fixed])})"


def activation_of_module(name: str, module: Any) -> Activation:
    """Return the function that a module of torch.nn computes; its settings are kept.

    >>> from types import SimpleNamespace
    >>> activation_of_module("LeakyReLU", SimpleNamespace(negative_slope=0.2))(-1.0)
    -0.2
    """
    ours = BY_TORCH_NAME[name]
    if name == "GELU" and module.approximate == "tanh":
        ours = "gelu_tanh"
    function = ACTIVATIONS[ours]
    given = {setting: float(getattr(module, setting)) for setting in TORCH_MODULES[ours].settings}
    return partial(function, **given) if given != default_settings(ours) else function
