"""The peers of replay: the same networks on whole batches, in NumPy by hand, in PyTorch and in JAX.

Each function takes a network and a batch, and returns what does one full step of gradient descent on it: forward,
backward, and the update. `plain_numpy` is what one writes after a course; `tuned_numpy` what one writes after
profiling: parameters in one flat array, biases folded into the weights, every result in an array that is kept.

>>> network = moons_network()
>>> steps = [plain_numpy(network), tuned_numpy(network)]
>>> abs(steps[0]() - steps[1]()) < 1e-12
True
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import nn
from autograd_tiny.replay import Program, record
from tests.benchmarks.workloads.scalar import LEARNING_RATE, PENALTY, digits_examples, moons_examples

Step = Callable[[], float]
"""Does one step, and returns the mean loss before it."""


@dataclass(frozen=True)
class Network:
    """A network, its loss and one batch.

    Attributes:
        model: of `nn`, whose parameters are the first ones of everybody.
        hidden: the activation, "relu" or "tanh".
        loss: "hinge" with a penalty, or "cross_entropy".
        X, Y: the batch.
    """

    model: nn.MLP
    hidden: str
    loss: str
    X: Any
    Y: Any

    def layers(self) -> list[tuple[Any, Any]]:
        """Return the weights, one row a neuron, and the biases of each layer."""
        return [
            (np.array([[w.data for w in n.w] for n in layer.neurons]), np.array([n.b.data for n in layer.neurons]))
            for layer in self.model.layers
        ]


def moons_network() -> Network:
    """MLP 2-16-16-1, relu, hinge loss and L2 penalty, 100 points."""
    inputs, targets = moons_examples()
    return Network(nn.MLP(2, [16, 16, 1], seed=0), "relu", "hinge", np.array(inputs), np.array(targets, dtype=float))


def digits_network(sizes: tuple[int, ...] = (64, 32, 10), batch: int = 32) -> Network:
    """An MLP on digits, tanh, softmax cross-entropy; where it has no 64 inputs, on random numbers."""
    model = nn.MLP(sizes[0], list(sizes[1:]), hidden="tanh", initializer="xavier_uniform", seed=0)
    if sizes[0] == 64 and batch <= 1797:
        inputs, targets = digits_examples(batch)
        return Network(model, "tanh", "cross_entropy", np.array(inputs), np.array(targets, dtype=float))
    draw = np.random.default_rng(0)
    Y = draw.integers(0, sizes[-1], batch).astype(float)
    return Network(model, "tanh", "cross_entropy", draw.random((batch, sizes[0])), Y)


# ── ours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def recorded(network: Network, backend: str | None = None) -> Program:
    """Return the program of one example's loss."""
    model, parameters = network.model, network.model.parameters()

    def hinge(x: Any, y: Any) -> Any:
        return (1.0 - y * model(x)).relu() + PENALTY * nn.losses.l2_penalty(parameters)

    def cross_entropy(x: Any, y: Any) -> Any:
        return nn.losses.softmax_cross_entropy(model(x), y)

    loss = hinge if network.loss == "hinge" else cross_entropy
    example = network.X[0].tolist(), float(network.Y[0])
    return record(loss, inputs=example, parameters=parameters, backend=backend)


def replay(network: Network, backend: str | None = None) -> Step:
    """Return the step of a recorded program."""
    program = recorded(network, backend)

    def step() -> float:
        losses = program.differentiate(network.X, network.Y)
        program.parameters -= LEARNING_RATE * program.gradients
        return float(losses.sum()) / len(losses)

    return step


# ── NumPy by hand ─────────────────────────────────────────────────────────────────────────────────────────────


def plain_numpy(network: Network) -> Step:
    """Return the step as one writes it down."""
    layers, X, Y = network.layers(), network.X, network.Y
    classes, rows = Y.astype(int), np.arange(len(Y))

    def step() -> float:
        activations = [X]
        for k, (W, b) in enumerate(layers):
            z = activations[-1] @ W.T + b
            last = k == len(layers) - 1
            activations.append(z if last else np.maximum(z, 0.0) if network.hidden == "relu" else np.tanh(z))
        if network.loss == "hinge":
            margin = 1.0 - Y[:, None] * activations[-1]
            loss = np.maximum(margin, 0.0).mean() + PENALTY * sum((W * W).sum() + (b * b).sum() for W, b in layers)
            g = (margin > 0.0) * (-Y[:, None] / len(Y))
        else:
            shifted = activations[-1] - activations[-1].max(axis=1, keepdims=True)
            exponentials = np.exp(shifted)
            totals = exponentials.sum(axis=1, keepdims=True)
            loss = (np.log(totals[:, 0]) - shifted[rows, classes]).mean()
            g = exponentials / totals
            g[rows, classes] -= 1.0
            g /= len(Y)
        for k in range(len(layers) - 1, -1, -1):
            W, b = layers[k]
            gradient_W, gradient_b = g.T @ activations[k], g.sum(axis=0)
            if k:
                h = activations[k]
                g = (g @ W) * ((h > 0.0) if network.hidden == "relu" else 1.0 - h * h)
            if network.loss == "hinge":
                gradient_W += 2.0 * PENALTY * W
                gradient_b += 2.0 * PENALTY * b
            W -= LEARNING_RATE * gradient_W
            b -= LEARNING_RATE * gradient_b
        return float(loss)

    return step


def tuned_numpy(network: Network) -> Step:  # noqa: PLR0915 - everything in its place beforehand
    """Return the step with everything in its place beforehand; only the batch comes anew with each step."""
    X, Y = network.X, network.Y
    batch, sizes = len(Y), [network.X.shape[1], *(len(b) for _, b in network.layers())]
    P = np.concatenate([np.column_stack([W, b]).ravel() for W, b in network.layers()])
    G, scratch = np.zeros_like(P), np.empty_like(P)
    bounds = np.cumsum([0, *((sizes[k] + 1) * sizes[k + 1] for k in range(len(sizes) - 1))])
    W, gW = (
        [flat[bounds[k] : bounds[k + 1]].reshape(sizes[k + 1], -1) for k in range(len(sizes) - 1)] for flat in (P, G)
    )
    A = [np.ones((size + 1, batch)) for size in sizes[:-1]]
    H = [a[:-1] for a in A]
    Z, D, S = ([np.empty((size, batch)) for size in sizes[1:]] for _ in range(3))
    mask = [np.empty(z.shape, bool) for z in Z]
    AT, WT = [a.T for a in A], [w[:, :-1].T for w in W]
    classes, rows, row = np.empty(batch, int), np.arange(batch), np.empty(batch)
    last = len(W) - 1

    def head_of_hinge() -> float:
        z, d = Z[last], D[last]
        np.multiply(z, Y, z)
        np.subtract(1.0, z, z)
        np.greater(z, 0.0, mask[last])
        np.maximum(z, 0.0, out=z)
        np.multiply(mask[last], Y, d)
        np.multiply(d, -1.0 / batch, d)
        return float(z.sum() / batch + PENALTY * P.dot(P))

    def head_of_cross_entropy() -> float:
        z, d = Z[last], D[last]
        classes[:] = Y
        np.maximum.reduce(z, 0, None, row)
        np.subtract(z, row, d)
        true = d[classes, rows]
        np.exp(d, d)
        np.add.reduce(d, 0, None, row)
        loss = float((np.log(row) - true).sum() / batch)
        np.divide(d, row, d)
        d[classes, rows] -= 1.0
        np.multiply(d, 1.0 / batch, d)
        return loss

    head = head_of_hinge if network.loss == "hinge" else head_of_cross_entropy

    def step() -> float:
        H[0][:] = X.T
        for k in range(last):
            np.matmul(W[k], A[k], Z[k])
            if network.hidden == "relu":
                np.maximum(Z[k], 0.0, out=H[k + 1])
            else:
                np.tanh(Z[k], H[k + 1])
        np.matmul(W[last], A[last], Z[last])
        loss = head()
        for k in range(last, -1, -1):
            np.matmul(D[k], AT[k], gW[k])
            if k:
                np.matmul(WT[k], D[k], D[k - 1])
                if network.hidden == "relu":
                    np.greater(Z[k - 1], 0.0, mask[k - 1])
                    np.multiply(D[k - 1], mask[k - 1], D[k - 1])
                else:
                    np.multiply(H[k], H[k], S[k - 1])
                    np.subtract(1.0, S[k - 1], S[k - 1])
                    np.multiply(D[k - 1], S[k - 1], D[k - 1])
        if network.loss == "hinge":
            np.multiply(P, 2.0 * PENALTY, scratch)
            np.add(G, scratch, G)
        np.multiply(G, LEARNING_RATE, scratch)
        np.subtract(P, scratch, P)
        return loss

    return step


# ── PyTorch and JAX ───────────────────────────────────────────────────────────────────────────────────────────


def torch_step(network: Network) -> Step:
    """Return the step of PyTorch on the batch, with its own loss functions; one thread, float64."""
    import torch

    torch.set_num_threads(1)
    layers = [(torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)) for W, b in network.layers()]
    leaves = [leaf for layer in layers for leaf in layer]
    X, Y = torch.tensor(network.X), torch.tensor(network.Y)
    classes = Y.long()

    def step() -> float:
        h = X
        for k, (W, b) in enumerate(layers):
            h = torch.nn.functional.linear(h, W, b)
            if k < len(layers) - 1:
                h = torch.relu(h) if network.hidden == "relu" else torch.tanh(h)
        if network.loss == "hinge":
            loss = torch.relu(1.0 - Y * h[:, 0]).mean() + PENALTY * sum((leaf * leaf).sum() for leaf in leaves)
        else:
            loss = torch.nn.functional.cross_entropy(h, classes)
        for leaf in leaves:
            leaf.grad = None
        loss.backward()
        with torch.no_grad():
            for leaf in leaves:
                leaf.sub_(LEARNING_RATE * leaf.grad)
        return loss.item()

    return step


def jax_step(network: Network) -> Step:
    """Return the step of JAX on the batch, compiled as one function; float64, one thread."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, Y, classes = jnp.array(network.X), jnp.array(network.Y), jnp.array(network.Y.astype(int))

    def loss_of(layers: Any) -> Any:
        h = X
        for k, (W, b) in enumerate(layers):
            h = h @ W.T + b
            if k < len(layers) - 1:
                h = jnp.maximum(h, 0.0) if network.hidden == "relu" else jnp.tanh(h)
        if network.loss == "hinge":
            penalty = sum((W * W).sum() + (b * b).sum() for W, b in layers)
            return jnp.maximum(1.0 - Y * h[:, 0], 0.0).mean() + PENALTY * penalty
        return (jax.scipy.special.logsumexp(h, axis=1) - jnp.take_along_axis(h, classes[:, None], 1)[:, 0]).mean()

    @jax.jit
    def advance(layers: Any) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(layers)
        return loss, jax.tree_util.tree_map(lambda p, g: p - LEARNING_RATE * g, layers, gradients)

    state = [jax.tree_util.tree_map(jnp.array, network.layers())]

    def step() -> float:
        loss, state[0] = advance(state[0])
        return float(loss)

    return step
