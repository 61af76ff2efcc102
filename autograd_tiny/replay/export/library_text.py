"""The functions of files for PyTorch and JAX in which these libraries take the gradient and train."""

from __future__ import annotations

from typing import Final

from autograd_tiny.replay.export.arrays import Loop, Standalone

LONGEST_COMPILED: Final = 300
"""The most statements that JAX compiles: it writes loops out, and 2,000 statements take minutes."""


def library_gradient(library: str, name: str, losses: str, standalone: Standalone) -> str:
    """Return the function that computes the losses and the gradient by a library."""
    write = _torch_gradient if library == "torch" else _jax_gradient
    return write(name, losses, standalone)


def _torch_gradient(name: str, losses: str, standalone: Standalone) -> str:
    inputs = [array.name for array in standalone.inputs]
    heads = ", ".join(["parameters", *inputs])
    if standalone.of_inputs:
        return f'''\
def {name}({heads}):
    """Return what {losses} computes, and its gradient with respect to the inputs, by the autograd of PyTorch."""
    inputs = [tensor(x).detach().clone().requires_grad_() for x in ({", ".join(inputs)},)]
    computed = {losses}(parameters, *inputs)
    gradient = torch.autograd.grad(computed.sum(), inputs, allow_unused=True, materialize_grads=True)
    return computed.detach(), dict(zip({inputs!r}, gradient))'''
    return f'''\
def {name}({heads}):
    """Return what {losses} computes, and the gradient of its mean with respect to the parameters, by PyTorch."""
    parameters = {{name: x.detach().clone().requires_grad_() for name, x in parameters.items()}}
    computed = {losses}({heads})
    wanted = list(parameters.values())
    gradient = torch.autograd.grad(computed.mean(), wanted, allow_unused=True, materialize_grads=True)
    return computed.detach(), dict(zip(parameters, gradient))'''


def _length(standalone: Standalone) -> int:
    """Return the number of statements of all repetitions, which `jax.jit` writes out."""
    return sum(part.count * len(part.body) if isinstance(part, Loop) else 1 for part in standalone.body)


def _jax_gradient(name: str, losses: str, standalone: Standalone) -> str:
    inputs = [array.name for array in standalone.inputs]
    heads = ", ".join(["parameters", *inputs])
    jit = "@jax.jit\n" if not standalone.guards and _length(standalone) <= LONGEST_COMPILED else ""
    if standalone.of_inputs:
        return f'''\
{jit}def {name}({heads}):
    """Return what {losses} computes, and its gradient with respect to the inputs, by JAX."""

    def total(inputs):
        computed = {losses}(parameters, *inputs)
        return computed.sum(), computed

    inputs = [jnp.asarray(x, float) for x in ({", ".join(inputs)},)]
    (_, computed), gradient = jax.value_and_grad(total, has_aux=True)(inputs)
    return computed, dict(zip({inputs!r}, gradient))'''
    return f'''\
{jit}def {name}({heads}):
    """Return what {losses} computes, and the gradient of its mean with respect to the parameters, by JAX."""

    def mean_loss(parameters):
        computed = {losses}({heads})
        return computed.mean(), computed

    (_, computed), gradient = jax.value_and_grad(mean_loss, has_aux=True)(parameters)
    return computed, gradient'''


def torch_training(*, whole: bool) -> str:
    """Return the function that trains by an optimizer of PyTorch."""
    batch = "rows[first : first + batch_size]"
    computed = (
        f"losses_of(parameters, *inputs_of({batch}))"
        if whole
        else f"torch.stack([loss_of(parameters, *inputs_of(row)) for row in {batch}])"
    )
    return f'''\
def train(parameters, rows, epochs=100, rate=0.1, batch_size=32):
    """Descend along the gradient, batch by batch in the order of the rows; return the mean loss of each epoch."""
    optimizer = torch.optim.SGD([x.requires_grad_() for x in parameters.values()], lr=rate)
    history = []
    for _ in range(epochs):
        total = 0.0
        for first in range(0, len(rows), batch_size):
            computed = {computed}
            optimizer.zero_grad()
            computed.mean().backward()
            optimizer.step()
            total += computed.sum().item()
        history.append(total / len(rows))
    return history
'''
