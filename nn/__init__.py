"""nn: small neural networks of scalar neurons, built on the public names of autograd_tiny.

Training can be a loop of your own, as below, or `fit`, which takes the same optimizers and losses.

>>> from autograd_tiny import mean
>>> from nn import MLP
>>> from nn.losses import hinge, l2_penalty
>>> upper, lower = [[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], [[0.0, 0.5], [1.0, -0.5], [2.0, 0.5]]  # two moons
>>> examples = [(x, 1) for x in upper] + [(x, -1) for x in lower]
>>> model = MLP(2, [16, 16, 1], hidden="tanh", seed=0)
>>> for step in range(60):
...     loss = mean([hinge(model(x), target) for x, target in examples])
...     loss += 1e-4 * l2_penalty(model.parameters())
...     model.zero_grad()
...     loss.backward()
...     for p in model.parameters():
...         p.data -= 0.3 * p.grad
>>> [1 if model(x) > 0 else -1 for x, target in examples]
[1, 1, 1, -1, -1, -1]

All random numbers come from a `seed`. Parameters are named after their place in the tree of modules, such as
`layers[0].neurons[3].w[1]`.
"""

from autograd_tiny.support.moved_modules import register
from nn import activations, initializers, losses, metrics, schedules
from nn.batches import batches
from nn.debugging import debug_training
from nn.errors import (
    ArgumentError,
    ArgumentTypeError,
    ExampleError,
    FileFormatError,
    NotFiniteError,
    ReplayWarning,
    StateError,
    UnknownNameError,
)
from nn.files import load, save
from nn.history import History
from nn.interchange.arrays import from_arrays, load_arrays, to_arrays
from nn.interchange.onnx_files import to_onnx
from nn.interchange.safetensors_files import load_safetensors, save_safetensors
from nn.interchange.torch_source import to_torch_source
from nn.interchange.torch_stacks import from_torch
from nn.layers import MLP, Layer, Neuron, Sequential
from nn.module import Module
from nn.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop, clip_gradient_norm, clip_gradient_value
from nn.training import fit

register(  # pickles of version 0.1.0 name them
    {
        "nn.clipping": "nn.optimizers",
        "nn.losses.distributions": "nn.losses",
        "nn.losses.numbers": "nn.losses",
        "nn.losses.penalties": "nn.losses",
    }
)

__all__ = [
    # networks
    "Module",
    "Neuron",
    "Layer",
    "MLP",
    "Sequential",
    # training
    "SGD",
    "RMSprop",
    "Adam",
    "AdamW",
    "Optimizer",
    "clip_gradient_norm",
    "clip_gradient_value",
    "batches",
    "fit",
    "debug_training",
    "History",
    # files
    "save",
    "load",
    # other libraries
    "to_arrays",
    "from_arrays",
    "load_arrays",
    "to_torch_source",
    "from_torch",
    "to_onnx",
    "save_safetensors",
    "load_safetensors",
    # modules
    "activations",
    "initializers",
    "losses",
    "metrics",
    "schedules",
    # errors
    "ArgumentError",
    "ArgumentTypeError",
    "FileFormatError",
    "ExampleError",
    "NotFiniteError",
    "ReplayWarning",
    "StateError",
    "UnknownNameError",
]
