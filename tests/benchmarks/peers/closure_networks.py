"""The peer's networks: micrograd's `Neuron`, `Layer` and `MLP`, written anew, on any engine.

The structure is micrograd's: a neuron's pre-activation is `sum((w * x for ...), bias)`, two nodes for
each weight. The only additions are the parameters `engine` (a module with a `Value`), so that the very
same user code is timed on every engine, and `hidden` (the name of the activation's method).

>>> from tests.benchmarks.peers import closure_engine
>>> model = MLP(closure_engine, 2, [16, 16, 1])
>>> len(model.parameters())
337
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from types import ModuleType
from typing import Any, TypeAlias

Number: TypeAlias = Any  # the number of whichever engine is being timed


class Module:
    """Something with parameters."""

    no_gradient: float | None = 0.0

    def parameters(self) -> list[Number]:
        """All weights and biases, in a fixed order."""
        return []

    def zero_grad(self) -> None:
        """Forget the gradients of the step before."""
        for parameter in self.parameters():
            parameter.grad = self.no_gradient


class Neuron(Module):
    """A weighted sum and an activation."""

    def __init__(self, engine: ModuleType, inputs: int, activation: str, draw: random.Random) -> None:
        self.w = [engine.Value(draw.uniform(-1, 1)) for _ in range(inputs)]
        self.b = engine.Value(0.0)
        self.activation = activation

    def __call__(self, x: Sequence[Number]) -> Number:
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=False)), self.b)
        if self.activation == "relu":
            return act.relu()
        return act.tanh() if self.activation == "tanh" else act

    def parameters(self) -> list[Number]:
        return [*self.w, self.b]


class Layer(Module):
    """Neurons that see the same inputs."""

    def __init__(self, engine: ModuleType, inputs: int, outputs: int, activation: str, draw: random.Random) -> None:
        self.neurons = [Neuron(engine, inputs, activation, draw) for _ in range(outputs)]

    def __call__(self, x: Sequence[Number]) -> Any:
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Number]:
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]


class MLP(Module):
    """Layers one after another; the last one is linear."""

    def __init__(
        self,
        engine: ModuleType,
        inputs: int,
        outputs: Sequence[int],
        *,
        hidden: str = "relu",
        seed: int = 0,
    ) -> None:
        draw = random.Random(seed)
        sizes = [inputs, *outputs]
        activations = [hidden] * (len(outputs) - 1) + [""]
        self.layers = [Layer(engine, sizes[i], sizes[i + 1], activations[i], draw) for i in range(len(outputs))]
        self.no_gradient = getattr(engine, "NO_GRADIENT", 0.0)

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Number]:
        return [parameter for layer in self.layers for parameter in layer.parameters()]
