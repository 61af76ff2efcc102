r"""`debug_training`: a training at a prompt, update by update, forwards and backwards.

>>> import io, sys
>>> from autograd_tiny import Value
>>> from nn import SGD
>>> class Line:
...     def __init__(self):
...         self.w = Value(1.3, label="w")
...     def parameters(self):
...         return [self.w]
...     def __call__(self, x):
...         return self.w * x
>>> line = Line()
>>> optimizer = SGD(line.parameters(), lr=0.05)
>>> history = debug_training(
...     line, [1.0], [4.5], loss="squared_error", optimizer=optimizer, epochs=2,
...     stdin=io.StringIO("n update\nq\n"), stdout=sys.stdout,
... )
Training of Line: 1 parameter, 1 example, 2 updates by SGD(lr=0.05).
update 1 of 2: loss = 10.24; 4 nodes, 4 steps
s makes a step, n update an update, n epoch an epoch; h helps.
(update 1) n update
update 1 done: loss = 10.24
  w  1.3 → 1.62 = 1.3 - 0.05·(-6.4)
update 2 of 2: loss = 8.2944; 4 nodes, 4 steps
(update 2) q
The model has the parameters after update 1, and the gradients of that update.
>>> line.w.data
1.62
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from nn.history import History
from nn.initializers import Seed
from nn.losses import Loss
from nn.optimizers import Optimizer
from nn.schedules import Schedule
from nn.training import Model, check_types, trained_parameters
from nn.training_walk import KEPT, TrainingWalk
from nn.updates import training_lock


def debug_training(
    model: Model,
    inputs: Sequence[Any],
    targets: Sequence[Any],
    *,
    loss: str | Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int = 32,
    shuffle: bool = True,
    seed: Seed = None,
    schedule: Schedule | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    history: int = KEPT,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
) -> History:
    """Step through a training at a prompt: by contribution, example, update or epoch, forwards and backwards.

    The numbers are those of `fit` with the same arguments and `replay=False`, bit for bit. Going back restores the
    parameters, the gradients, the state of the optimizer, the order of the examples and the random generators; none
    of them is computed anew. At the end the model and the optimizer are in the state shown: after the latest update
    that was done and not undone, with its gradients.

    Args:
        model: a callable that returns the prediction for one input.
        inputs: the input of each example.
        targets: the target of each example.
        loss: a function of prediction and target that returns a Value, or its name in `nn.losses`.
        optimizer: an optimizer of all or some parameters of the model.
        epochs: the number of passes over the examples.
        batch_size: the number of examples in an update.
        shuffle: whether to put the examples in a new random order in each epoch.
        seed: the seed or generator of that order.
        schedule: returns the learning rate of each update.
        clip_norm: scale the gradients to this norm before each update, as `clip_gradient_norm`.
        clip_value: then limit each gradient to this size, as `clip_gradient_value`.
        history: how many updates are kept to go back to.
        stdin: where commands are read from; by default the keyboard, or the input field of a notebook.
        stdout: where output is written; the standard output by default.

    Returns:
        The losses of the epochs that are complete.

    Raises:
        LengthError: inputs and targets differ in length, or are empty.
        UnknownNameError: the loss is unknown.
        ArgumentError: a size is less than 1, or the optimizer has no parameter of the model.
        ArgumentTypeError: the loss does not return a Value, or an argument is of the wrong type.

    >>> import io
    >>> from nn import Adam, Neuron
    >>> line = Neuron(1, nonlin=False, seed=0)
    >>> optimizer, commands = Adam(line.parameters(), lr=0.1), io.StringIO("n 2 epochs")
    >>> debug_training(
    ...     line, [0.0, 1.0], [1.0, 3.0], loss="squared_error", optimizer=optimizer, epochs=500,
    ...     stdin=commands, stdout=io.StringIO(),
    ... )
    History(2 epochs, loss 3.17 → 2.63)
    """
    from autograd_tiny.debugger import debug_training as step_through

    check_types("debug_training", model, optimizer, schedule)
    with training_lock(trained_parameters(model, optimizer)):
        walk = TrainingWalk(
            model,
            inputs,
            targets,
            loss=loss,
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            schedule=schedule,
            clip_norm=clip_norm,
            clip_value=clip_value,
            history=history,
        )
        try:
            step_through(walk, stdin=stdin, stdout=stdout)
        finally:
            walk.finish()
    return walk.history()
