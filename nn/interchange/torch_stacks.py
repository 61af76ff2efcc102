"""A trained PyTorch network as a network of Values, to be stepped through, explained and drawn.

Modules are known by their classes, so PyTorch is not imported here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from nn.activations import Activation, linear
from nn.errors import ArgumentError, ArgumentTypeError
from nn.interchange.arrays import Linear, network, real_array, require_chain
from nn.interchange.torch_activations import BY_TORCH_NAME, activation_of_module
from nn.layers import Sequential

SKIPPED: Final = {"Identity", "Flatten"}
"""They change no number of one example."""

DROPOUTS: Final = {"Dropout", "AlphaDropout"}
"""They change nothing in evaluation mode."""

LOWEST_THRESHOLD: Final = 20.0
"""The default of torch.nn.Softplus: above it log(1 + exp(x)) is x, which is off by 2e-9."""


def from_torch(module: Any) -> Sequential:
    """Return a network of Values that computes what a PyTorch network of Linear layers and activations does.

    An MLP is returned if all hidden layers have the same activation, and otherwise a Sequential of Layers. It takes
    one example, a list of numbers. Numbers of float32 stay exact, and everything is computed in float64. Sequentials
    within Sequentials are read too; Identity, Flatten, and Dropout in evaluation mode change no number and are left
    out. Softplus is computed without its threshold, which makes a difference of at most 2.1e-9 / beta.

    Args:
        module: a `torch.nn.Sequential`, or a `torch.nn.Linear`.

    Raises:
        ArgumentTypeError: it is not a module, or contains one that is none of these; the error names it.
        ArgumentError: an activation follows no Linear layer, a dropout is in training mode, or shapes do not fit.
    """
    stack: list[Linear] = []
    activations: list[Activation] = []
    for place, kind, part in _leaves("module", module):
        if kind == "Linear":
            stack.append(_linear(place, part))
            activations.append(linear)
        elif not stack or activations[-1] is not linear:
            raise ArgumentError("from_torch", place, kind, "one activation after each Linear layer")
        else:
            activations[-1] = activation_of_module(kind, part)
    if not stack:
        raise ArgumentTypeError("from_torch", "module", module, "a torch.nn.Sequential with a Linear layer")
    require_chain("from_torch", stack)
    return network(stack, activations)


def _leaves(place: str, module: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield the Linear layers and activations with their places and the names of their classes."""
    kind = _kind(place, module)
    if kind == "Sequential":
        for number, part in enumerate(module):
            yield from _leaves(f"{place}[{number}]", part)
    elif kind in DROPOUTS:
        if module.training and module.p > 0.0:
            raise ArgumentError("from_torch", place, f"{kind} in training mode", "evaluation mode: module.eval()")
    elif kind not in SKIPPED:
        yield place, kind, module


def _kind(place: str, module: Any) -> str:
    """Return the class of torch.nn that a module is, also if its class only derives from that."""
    classes = [kind for kind in type(module).__mro__ if kind.__module__.startswith("torch.nn.modules.")]
    known = {"Sequential", "Linear", *DROPOUTS, *SKIPPED, *BY_TORCH_NAME}
    expected = (
        "Sequential, Linear, Identity, Flatten, Dropout and the activations that nn has too; "
        "for other stacks of Linear layers call from_arrays(module.state_dict())"
    )
    if not classes or classes[0].__name__ not in known:
        raise ArgumentTypeError("from_torch", place, module, expected)
    if type(module).forward is not classes[0].forward:  # type: ignore[attr-defined]  # a Module has it
        expected = f"no forward() of its own in a {classes[0].__name__}; call from_arrays(module.state_dict())"
        raise ArgumentTypeError("from_torch", place, module, expected)
    if module._forward_hooks or module._forward_pre_hooks:
        raise ArgumentError("from_torch", place, classes[0].__name__, "modules without hooks")
    if classes[0].__name__ == "Softplus" and module.threshold < LOWEST_THRESHOLD:
        raise ArgumentError("from_torch", f"{place}.threshold", module.threshold, "20 or more")
    return classes[0].__name__


def _linear(place: str, module: Any) -> Linear:
    weight = real_array("from_torch", f"{place}.weight", module.weight)
    bias = None if module.bias is None else real_array("from_torch", f"{place}.bias", module.bias)
    return Linear(f"{place}.weight", weight, f"{place}.bias", bias)
