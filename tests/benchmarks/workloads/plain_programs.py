"""Sixteen programs as people write them: plain operators, builtin `sum`, loops over lists.

Each maker returns a `PlainProgram`: a loss of one example, its shapes, its parameters, and the size of its batch.

>>> program = PROGRAMS["logistic"]()
>>> program.batch, len(program.parameters)
(64, 11)
>>> program.loss(*program.example()).data > 0.0
True
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autograd_tiny import Value, exp, log, normal_cdf, sin, sqrt, tanh

Numbers = Any
"""A number, or nested lists of numbers."""


@dataclass(frozen=True, slots=True)
class PlainProgram:
    """A loss of one example.

    Attributes:
        loss: the function.
        shapes: of its arguments, () for a number; a list of positive sizes else.
        parameters: of the loss.
        batch: the number of examples of a batch.
        kinds: how each argument is drawn: "real", "positive", "one_hot" or "sign".
    """

    loss: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...]
    parameters: list[Value]
    batch: int
    kinds: tuple[str, ...]

    def example(self, seed: int = 0) -> list[Numbers]:
        """Return the arguments of one example."""
        draw = random.Random(seed)
        return [_drawn(draw, shape, kind) for shape, kind in zip(self.shapes, self.kinds, strict=True)]

    def examples(self) -> list[list[Numbers]]:
        """Return the arguments of a batch, each with a first axis of examples."""
        return [list(argument) for argument in zip(*(self.example(1 + i) for i in range(self.batch)), strict=True)]


def _drawn(draw: random.Random, shape: Sequence[int], kind: str) -> Numbers:
    if kind == "one_hot" and len(shape) == 1:
        hot = draw.randrange(shape[0])
        return [float(i == hot) for i in range(shape[0])]
    if shape:
        return [_drawn(draw, shape[1:], kind) for _ in range(shape[0])]
    if kind == "positive":
        return draw.uniform(0.5, 1.5)
    return draw.choice([-1.0, 1.0]) if kind == "sign" else draw.gauss(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Computation:
    """What one side computes of a program.

    Attributes:
        step: computes the losses of the batch and the gradient of their mean.
        results: returns what the last step computed: the mean of the losses, and the gradient of each parameter.
    """

    step: Callable[[], object]
    results: Callable[[], list[float]]


class _Weights:
    """Draws parameters, and keeps them in a list."""

    def __init__(self, seed: int = 7) -> None:
        self.draw, self.all = random.Random(seed), list[Value]()

    def number(self, data: float | None = None) -> Value:
        self.all.append(Value(self.draw.gauss(0.0, 0.3) if data is None else data))
        return self.all[-1]

    def vector(self, size: int) -> list[Value]:
        return [self.number() for _ in range(size)]

    def matrix(self, rows: int, columns: int) -> list[list[Value]]:
        return [self.vector(columns) for _ in range(rows)]


def times(matrix: Sequence[Sequence[Any]], x: Sequence[Any]) -> list[Any]:
    """Return a matrix times a vector."""
    return [sum(w * v for w, v in zip(row, x, strict=True)) for row in matrix]


def plus(x: Sequence[Any], y: Sequence[Any]) -> list[Any]:
    """Return the sum of two vectors."""
    return [a + b for a, b in zip(x, y, strict=True)]


def softmax(scores: Sequence[Any]) -> list[Any]:
    """Return the softmax of numbers that are not large."""
    powers = [exp(score) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + e⁻ˣ)."""
    return 1.0 / (1.0 + exp(-x))


def cross_entropy(scores: Sequence[Any], target: Sequence[Any]) -> Any:
    """Return -log of the probability of the class that is 1 in the target."""
    return -sum(t * log(p) for t, p in zip(target, softmax(scores), strict=True))


def mlp() -> PlainProgram:
    """Return a network of 2-16-16-1 with tanh, and a squared error."""
    w = _Weights()
    layers = [(w.matrix(16, 2), w.vector(16)), (w.matrix(16, 16), w.vector(16)), (w.matrix(1, 16), w.vector(1))]

    def loss(x: Any, y: Any) -> Any:
        for matrix, bias in layers[:-1]:
            x = [tanh(z) for z in plus(times(matrix, x), bias)]
        matrix, bias = layers[-1]
        return (plus(times(matrix, x), bias)[0] - y) ** 2

    return PlainProgram(loss, ((2,), ()), w.all, 100, ("real", "sign"))


def softmax_regression() -> PlainProgram:
    """Return a linear classifier of 64 numbers into 10 classes."""
    w = _Weights()
    matrix, bias = w.matrix(10, 64), w.vector(10)

    def loss(x: Any, target: Any) -> Any:
        return cross_entropy(plus(times(matrix, x), bias), target)

    return PlainProgram(loss, ((64,), (10,)), w.all, 32, ("real", "one_hot"))


def classifier() -> PlainProgram:
    """Return a network of 64-32-10 with relu, and the cross entropy."""
    w = _Weights()
    first, first_bias, second, second_bias = w.matrix(32, 64), w.vector(32), w.matrix(10, 32), w.vector(10)

    def loss(x: Any, target: Any) -> Any:
        hidden = [z.relu() for z in plus(times(first, x), first_bias)]
        return cross_entropy(plus(times(second, hidden), second_bias), target)

    return PlainProgram(loss, ((64,), (10,)), w.all, 32, ("real", "one_hot"))


def convolution() -> PlainProgram:
    """Return four filters of 3 × 3 over an image of 8 × 8, relu, the mean of each, and a linear classifier."""
    w = _Weights()
    filters, biases, matrix = [w.matrix(3, 3) for _ in range(4)], w.vector(4), w.matrix(10, 4)

    def loss(image: Any, target: Any) -> Any:
        features = []
        for kernel, bias in zip(filters, biases, strict=True):
            total = 0.0
            for i in range(6):
                for j in range(6):
                    z = bias
                    for a in range(3):
                        for b in range(3):
                            z = z + kernel[a][b] * image[i + a][j + b]
                    total = total + z.relu()
            features.append(total / 36.0)
        return cross_entropy(times(matrix, features), target)

    return PlainProgram(loss, ((8, 8), (10,)), w.all, 32, ("real", "one_hot"))


def recurrent() -> PlainProgram:
    """Return a recurrent network of 8 units over 20 steps of 1 number, and a squared error."""
    w = _Weights()
    inner, outer, bias, readout = w.matrix(8, 8), w.vector(8), w.vector(8), w.vector(8)

    def loss(xs: Any, y: Any) -> Any:
        h: list[Any] = [0.0] * 8
        for x in xs:
            h = [tanh(z + u * x + b) for z, u, b in zip(times(inner, h), outer, bias, strict=True)]
        return (sum(r * v for r, v in zip(readout, h, strict=True)) - y) ** 2

    return PlainProgram(loss, ((20,), ()), w.all, 32, ("real", "real"))


def lstm() -> PlainProgram:
    """Return an LSTM of 8 units over 20 steps of 2 numbers, and a squared error."""
    w = _Weights()
    gates = [(w.matrix(8, 8), w.matrix(8, 2), w.vector(8)) for _ in range(4)]
    readout = w.vector(8)

    def loss(xs: Any, y: Any) -> Any:
        h: list[Any] = [0.0] * 8
        c: list[Any] = [0.0] * 8
        for x in xs:
            zs = [plus(plus(times(inner, h), times(outer, x)), bias) for inner, outer, bias in gates]
            kept, added, shown = ([sigmoid(z) for z in zs[k]] for k in range(3))
            new = [tanh(z) for z in zs[3]]
            c = [f * a + i * n for f, a, i, n in zip(kept, c, added, new, strict=True)]
            h = [o * tanh(a) for o, a in zip(shown, c, strict=True)]
        return (sum(r * v for r, v in zip(readout, h, strict=True)) - y) ** 2

    return PlainProgram(loss, ((20, 2), ()), w.all, 32, ("real", "real"))


def _attention(w: _Weights, size: int, heads: int, *, causal: bool) -> Callable[[Any], Any]:
    queries, keys, values, out = (w.matrix(size, size) for _ in range(4))
    width = size // heads

    def attend(xs: Any) -> Any:
        qs, ks, vs = ([times(matrix, x) for x in xs] for matrix in (queries, keys, values))
        results = []
        for t in range(len(xs)):
            until = t + 1 if causal else len(xs)
            joined: list[Any] = []
            for head in range(heads):
                part = slice(head * width, (head + 1) * width)
                scores = [
                    sum(a * b for a, b in zip(qs[t][part], ks[s][part], strict=True)) / width**0.5
                    for s in range(until)
                ]
                shares = softmax(scores)
                joined += [sum(shares[s] * vs[s][head * width + j] for s in range(until)) for j in range(width)]
            results.append(times(out, joined))
        return results

    return attend


def attention() -> PlainProgram:
    """Return self-attention of 4 heads over 8 tokens of 16 numbers, and the mean of squares."""
    w = _Weights()
    attend = _attention(w, 16, 4, causal=False)

    def loss(xs: Any, ys: Any) -> Any:
        return (
            sum((a - b) ** 2 for z, y in zip(attend(xs), ys, strict=True) for a, b in zip(z, y, strict=True)) / 128.0
        )

    return PlainProgram(loss, ((8, 16), (8, 16)), w.all, 32, ("real", "real"))


def transformer() -> PlainProgram:
    """Return one layer of a transformer, 4 heads over 8 tokens of 16 numbers, with a vocabulary of 27."""
    w = _Weights()
    embedding, positions = w.matrix(16, 27), w.matrix(8, 16)
    attend = _attention(w, 16, 4, causal=True)
    wide, narrow, head = w.matrix(64, 16), w.matrix(16, 64), w.matrix(27, 16)

    def normalized(x: Any) -> Any:
        scale = (sum(a * a for a in x) / len(x) + 1e-5) ** -0.5
        return [a * scale for a in x]

    def loss(tokens: Any, targets: Any) -> Any:
        xs = [normalized(plus(times(embedding, t), p)) for t, p in zip(tokens, positions, strict=True)]
        xs = [plus(x, z) for x, z in zip(xs, attend([normalized(x) for x in xs]), strict=True)]
        total = 0.0
        for x, target in zip(xs, targets, strict=True):
            hidden = [z.relu() for z in times(wide, normalized(x))]
            total = total + cross_entropy(times(head, plus(x, times(narrow, hidden))), target)
        return total / 8.0

    shapes = ((8, 27), (8, 27))
    return PlainProgram(loss, shapes, w.all, 32, ("one_hot", "one_hot"))


def runge_kutta() -> PlainProgram:
    """Return the Lotka-Volterra equations by 100 steps of Runge-Kutta, and a squared error."""
    w = _Weights()
    a, b, c, d = (w.number(x) for x in (1.1, 0.4, 0.4, 0.1))

    def slope(x: Any, y: Any) -> tuple[Any, Any]:
        return a * x - b * x * y, d * x * y - c * y

    def loss(x: Any, y: Any, end: Any) -> Any:
        h = 0.02
        for _ in range(100):
            k1, l1 = slope(x, y)
            k2, l2 = slope(x + h / 2 * k1, y + h / 2 * l1)
            k3, l3 = slope(x + h / 2 * k2, y + h / 2 * l2)
            k4, l4 = slope(x + h * k3, y + h * l3)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            y = y + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
        return (x - end) ** 2

    return PlainProgram(loss, ((), (), ()), w.all, 16, ("positive", "positive", "positive"))


def kalman() -> PlainProgram:
    """Return -log likelihood of 100 observations by a Kalman filter with one state."""
    w = _Weights()
    decay, drift, noise = w.number(0.9), w.number(0.5), w.number(0.3)

    def loss(ys: Any) -> Any:
        mean, variance, total = 0.0, 1.0, 0.0
        for y in ys:
            mean, variance = decay * mean, decay * decay * variance + drift * drift
            spread = variance + noise * noise
            gain, error = variance / spread, y - mean
            total = total + log(spread) + error * error / spread
            mean, variance = mean + gain * error, (1.0 - gain) * variance
        return total / 2.0

    return PlainProgram(loss, ((100,),), w.all, 16, ("real",))


def pendulum() -> PlainProgram:
    """Return the angle of a damped pendulum after 200 steps, and a squared error."""
    w = _Weights()
    gravity, friction = w.number(9.8), w.number(0.2)

    def loss(angle: Any, speed: Any, end: Any) -> Any:
        for _ in range(200):
            speed = speed + 0.01 * (-gravity * sin(angle) - friction * speed)
            angle = angle + 0.01 * speed
        return (angle - end) ** 2

    return PlainProgram(loss, ((), (), ()), w.all, 16, ("real", "real", "real"))


def black_scholes() -> PlainProgram:
    """Return the price of a call by Black and Scholes, and the squared error of it."""
    w = _Weights()
    rate, volatility = w.number(0.03), w.number(0.2)

    def loss(spot: Any, strike: Any, years: Any, price: Any) -> Any:
        spread = volatility * sqrt(years)
        d1 = (log(spot / strike) + (rate + volatility * volatility / 2) * years) / spread
        call = spot * normal_cdf(d1) - strike * exp(-rate * years) * normal_cdf(d1 - spread)
        return (call - price) ** 2

    return PlainProgram(loss, ((), (), (), ()), w.all, 200, ("positive",) * 4)


def gaussian_mixture() -> PlainProgram:
    """Return -log likelihood of a number under four normal distributions."""
    w = _Weights()
    weights, means, scales = w.vector(4), [w.number(float(k)) for k in range(4)], w.vector(4)

    def loss(x: Any) -> Any:
        shares = softmax(weights)
        total = 0.0
        for share, mean, scale in zip(shares, means, scales, strict=True):
            z = (x - mean) * exp(-scale)
            total = total + share * exp(-0.5 * z * z - scale)
        return -log(total)

    return PlainProgram(loss, ((),), w.all, 256, ("real",))


def k_means() -> PlainProgram:
    """Return the soft minimum of the squared distances to five centres."""
    w = _Weights()
    centres = w.matrix(5, 2)

    def loss(x: Any) -> Any:
        distances = [sum((a - b) ** 2 for a, b in zip(x, centre, strict=True)) for centre in centres]
        return -log(sum(exp(-distance) for distance in distances))

    return PlainProgram(loss, ((2,),), w.all, 256, ("real",))


def word2vec() -> PlainProgram:
    """Return the skip-gram loss of two words out of 60, in 16 numbers each."""
    w = _Weights()
    inner, outer = w.matrix(16, 60), w.matrix(60, 16)

    def loss(word: Any, context: Any) -> Any:
        return cross_entropy(times(outer, times(inner, word)), context)

    return PlainProgram(loss, ((60,), (60,)), w.all, 64, ("one_hot", "one_hot"))


def logistic() -> PlainProgram:
    """Return a logistic regression of 10 numbers."""
    w = _Weights()
    weights, bias = w.vector(10), w.number()

    def loss(x: Any, y: Any) -> Any:
        return log(1.0 + exp(-y * (sum(a * b for a, b in zip(weights, x, strict=True)) + bias)))

    return PlainProgram(loss, ((10,), ()), w.all, 64, ("real", "sign"))


PROGRAMS: Final[dict[str, Callable[[], PlainProgram]]] = {
    program.__name__: program
    for program in (
        mlp, softmax_regression, classifier, convolution, recurrent, lstm, attention, transformer,
        runge_kutta, kalman, pendulum, black_scholes, gaussian_mixture, k_means, word2vec, logistic,
    )
}  # fmt: skip
"""By their names."""
