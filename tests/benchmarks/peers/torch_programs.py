"""The sixteen programs in PyTorch: the same code on tensors whose first axis is that of the examples.

A vector or a matrix of the code is a tensor, and so is a head of attention; a loop over steps or heads stays a loop.
A recurrence of numbers therefore has one operation of tensors for each of its operations. `attention_by_hand` has the
heads in one batched product. Float64, one thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from tests.benchmarks.workloads.plain_programs import PROGRAMS, Computation

Shape = tuple[int, ...]
Loss = Callable[..., Any]


def mlp(x: Any, y: Any, *p: Any) -> Any:
    from torch.nn.functional import linear

    h = linear(x, p[0], p[1]).tanh()
    h = linear(h, p[2], p[3]).tanh()
    return (linear(h, p[4], p[5])[:, 0] - y) ** 2


def cross_entropy(scores: Any, target: Any) -> Any:
    return -(target * scores.softmax(-1).log()).sum(-1)


def softmax_regression(x: Any, target: Any, w: Any, b: Any) -> Any:
    from torch.nn.functional import linear

    return cross_entropy(linear(x, w, b), target)


def classifier(x: Any, target: Any, *p: Any) -> Any:
    from torch.nn.functional import linear

    return cross_entropy(linear(linear(x, p[0], p[1]).relu(), p[2], p[3]), target)


def convolution(image: Any, target: Any, *p: Any) -> Any:
    import torch
    from torch.nn.functional import conv2d, linear

    kernels, bias, matrix = torch.stack(p[:4])[:, None], p[4], p[5]
    features = conv2d(image[:, None], kernels, bias).relu().mean((2, 3))
    return cross_entropy(linear(features, matrix), target)


def recurrent(xs: Any, y: Any, *p: Any) -> Any:
    from torch.nn.functional import linear

    inner, outer, bias, readout = p
    h = xs.new_zeros(len(xs), 8)
    for t in range(20):
        h = (linear(h, inner, bias) + xs[:, t, None] * outer).tanh()
    return (h @ readout - y) ** 2


def lstm(xs: Any, y: Any, *p: Any) -> Any:
    from torch.nn.functional import linear

    h, c = xs.new_zeros(len(xs), 8), xs.new_zeros(len(xs), 8)
    for t in range(20):
        zs = [linear(h, p[k]) + linear(xs[:, t], p[k + 1], p[k + 2]) for k in (0, 3, 6, 9)]
        c = zs[0].sigmoid() * c + zs[1].sigmoid() * zs[3].tanh()
        h = zs[2].sigmoid() * c.tanh()
    return (h @ p[12] - y) ** 2


def attend(xs: Any, matrices: Sequence[Any], mask: Any = None) -> Any:
    import torch
    from torch.nn.functional import linear

    qs, ks, vs = (linear(xs, matrix) for matrix in matrices[:3])
    joined = []
    for head in range(4):
        part = slice(4 * head, 4 * head + 4)
        scores = qs[..., part] @ ks[..., part].transpose(1, 2) / 2.0
        if mask is not None:
            scores = scores.masked_fill(mask, -math.inf)
        joined.append(scores.softmax(-1) @ vs[..., part])
    return linear(torch.cat(joined, -1), matrices[3])


def attention(xs: Any, ys: Any, *p: Any) -> Any:
    return ((attend(xs, p) - ys) ** 2).sum((1, 2)) / 128.0


def attention_by_hand(xs: Any, ys: Any, *p: Any) -> Any:
    import torch
    from torch.nn.functional import linear

    qs, ks, vs = (part.view(-1, 8, 4, 4).transpose(1, 2) for part in linear(xs, torch.cat(p[:3])).chunk(3, -1))
    joined = ((qs @ ks.transpose(2, 3) / 2.0).softmax(-1) @ vs).transpose(1, 2).reshape(-1, 8, 16)
    return ((linear(joined, p[3]) - ys) ** 2).sum((1, 2)) / 128.0


def normalized(x: Any) -> Any:
    return x * ((x * x).sum(-1, keepdim=True) / 16.0 + 1e-5) ** -0.5


def transformer(tokens: Any, targets: Any, *p: Any) -> Any:
    import torch
    from torch.nn.functional import linear

    embedding, positions, wide, narrow, head = p[0], p[1], *p[6:]
    mask = torch.ones(8, 8, dtype=torch.bool).triu(1)
    xs = normalized(linear(tokens, embedding) + positions)
    xs = xs + attend(normalized(xs), p[2:6], mask)
    xs = xs + linear(linear(normalized(xs), wide).relu(), narrow)
    return cross_entropy(linear(xs, head), targets).sum(1) / 8.0


def runge_kutta(x: Any, y: Any, end: Any, *p: Any) -> Any:
    a, b, c, d = p

    def slope(x: Any, y: Any) -> tuple[Any, Any]:
        return a * x - b * x * y, d * x * y - c * y

    h = 0.02
    for _ in range(100):
        k1, l1 = slope(x, y)
        k2, l2 = slope(x + h / 2 * k1, y + h / 2 * l1)
        k3, l3 = slope(x + h / 2 * k2, y + h / 2 * l2)
        k4, l4 = slope(x + h * k3, y + h * l3)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        y = y + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
    return (x - end) ** 2


def kalman(ys: Any, decay: Any, drift: Any, noise: Any) -> Any:
    mean, variance, total = ys.new_zeros(len(ys)), ys.new_ones(len(ys)), 0.0
    for y in ys.unbind(1):
        mean, variance = decay * mean, decay * decay * variance + drift * drift
        spread = variance + noise * noise
        gain, error = variance / spread, y - mean
        total = total + spread.log() + error * error / spread
        mean, variance = mean + gain * error, (1.0 - gain) * variance
    return total / 2.0


def pendulum(angle: Any, speed: Any, end: Any, gravity: Any, friction: Any) -> Any:
    for _ in range(200):
        speed = speed + 0.01 * (-gravity * angle.sin() - friction * speed)
        angle = angle + 0.01 * speed
    return (angle - end) ** 2


def black_scholes(spot: Any, strike: Any, years: Any, price: Any, *p: Any) -> Any:
    from torch.special import ndtr

    rate, volatility = p
    spread = volatility * years.sqrt()
    d1 = ((spot / strike).log() + (rate + volatility * volatility / 2) * years) / spread
    call = spot * ndtr(d1) - strike * (-rate * years).exp() * ndtr(d1 - spread)
    return (call - price) ** 2


def gaussian_mixture(x: Any, weights: Any, means: Any, scales: Any) -> Any:
    z = (x[:, None] - means) * (-scales).exp()
    return -(weights.softmax(0) * (-0.5 * z * z - scales).exp()).sum(1).log()


def k_means(x: Any, centres: Any) -> Any:
    distances = ((x[:, None] - centres) ** 2).sum(2)
    return -(-distances).exp().sum(1).log()


def word2vec(word: Any, context: Any, inner: Any, outer: Any) -> Any:
    from torch.nn.functional import linear

    return cross_entropy(linear(linear(word, inner), outer), context)


def logistic(x: Any, y: Any, weights: Any, bias: Any) -> Any:
    return (1.0 + (-y * (x @ weights + bias)).exp()).log()


SHAPES: Final[dict[Loss, list[Shape]]] = {
    mlp: [(16, 2), (16,), (16, 16), (16,), (1, 16), (1,)],
    softmax_regression: [(10, 64), (10,)],
    classifier: [(32, 64), (32,), (10, 32), (10,)],
    convolution: [*[(3, 3)] * 4, (4,), (10, 4)],
    recurrent: [(8, 8), (8,), (8,), (8,)],
    lstm: [*[(8, 8), (8, 2), (8,)] * 4, (8,)],
    attention: [(16, 16)] * 4,
    transformer: [(16, 27), (8, 16), *[(16, 16)] * 4, (64, 16), (16, 64), (27, 16)],
    runge_kutta: [()] * 4,
    kalman: [()] * 3,
    pendulum: [()] * 2,
    black_scholes: [()] * 2,
    gaussian_mixture: [(4,)] * 3,
    k_means: [(5, 2)],
    word2vec: [(16, 60), (60, 16)],
    logistic: [(10,), ()],
}
"""The shapes of the parameters, in the order in which the program draws them."""

LOSSES: Final[dict[str, Loss]] = {loss.__name__: loss for loss in (*SHAPES, attention_by_hand)}


def torch_computation(name: str, written: str | None = None) -> Computation:
    """Return the mean loss of a batch and its gradient, by PyTorch; the loss may be written in another way."""
    import torch

    torch.set_num_threads(1)
    program, losses, shapes = PROGRAMS[name](), LOSSES[written or name], SHAPES[LOSSES[name]]
    flat = torch.tensor([leaf.data for leaf in program.parameters], dtype=torch.float64)
    parts = flat.split([math.prod(shape) for shape in shapes])
    leaves = [part.reshape(shape).clone().requires_grad_() for part, shape in zip(parts, shapes, strict=True)]
    batch = [torch.tensor(argument, dtype=torch.float64) for argument in program.examples()]

    means: list[Any] = [None]

    def step() -> None:
        for leaf in leaves:
            leaf.grad = None
        means[0] = losses(*batch, *leaves).mean()
        means[0].backward()

    def results() -> list[float]:
        gradients = torch.cat([leaf.grad.flatten() for leaf in leaves]).tolist()  # type: ignore[union-attr]
        return [means[0].item(), *gradients]

    return Computation(step, results)
