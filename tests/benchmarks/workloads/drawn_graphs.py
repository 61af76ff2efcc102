"""The graphs of which our layout and that of `dot` are compared.

>>> [name for name in GRAPHS][:3]
['neuron', 'node used 3 ×', 'softmax with cross-entropy']
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from autograd_tiny import Value, dot, mean, name_values, sum, tanh
from nn import MLP


def neuron() -> Value:
    """Return the output of a neuron with two inputs."""
    x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.88)
    n = x1 * w1 + x2 * w2 + b
    o: Value = tanh(n)
    name_values(locals())
    return o


def node_used_three_times() -> Value:
    """Return an expression that uses a leaf three times."""
    a, b = Value(2.0, label="a"), Value(-1.0, label="b")
    return a * b + a.tanh() - a


def softmax_with_cross_entropy() -> Value:
    """Return the cross-entropy of three scores, written out."""
    scores = [Value(z, label=f"z{i}") for i, z in enumerate((0.5, -1.0, 2.0), start=1)]
    powers = [z.exp() for z in scores]
    total = powers[0] + powers[1] + powers[2]
    probabilities = [power / total for power in powers]
    return -probabilities[2].log()


def network(examples: int) -> Value:
    """Return the mean squared error of a network 2-3-1 over some examples."""
    model = MLP(2, [3, 1], hidden="tanh", seed=0)
    data = [((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0)][:examples]
    inputs = [[Value(x, label=f"x{place}{k}") for place, x in enumerate(xs, 1)] for k, (xs, _) in enumerate(data)]
    errors = [(model(xs) - y) ** 2 for xs, (_, y) in zip(inputs, data, strict=True)]
    return errors[0] if examples == 1 else mean(errors)


def attention() -> Value:
    """Return the sum of the outputs of self-attention over four tokens of two numbers, one head."""
    draw = random.Random(0)

    def numbers(name: str, count: int) -> list[Value]:
        return [Value(draw.uniform(-1, 1), label=f"{name}{k}") for k in range(count)]

    tokens = [numbers(f"x{t}", 2) for t in range(4)]
    matrices = [[numbers(f"{name}{row}", 2) for row in range(2)] for name in "qkv"]
    queries, keys, values = ([[dot(row, x) for row in matrix] for x in tokens] for matrix in matrices)
    outputs = []
    for query in queries:
        powers = [dot(query, key).exp() for key in keys]
        total = sum(powers)
        shares = [power / total for power in powers]
        outputs += [dot(shares, [value[k] for value in values]) for k in range(2)]
    return sum(outputs)  # type: ignore[no-any-return]


def recurrent(steps: int) -> Value:
    """Return the squared error of a recurrent cell after some steps."""
    w, u, b = Value(0.5, label="w"), Value(-0.4, label="u"), Value(0.1, label="b")
    h = Value(0.0, label="h0")
    for t in range(1, steps + 1):
        h = tanh(w * Value(1.0 / t, label=f"x{t}") + u * h + b)
    return (h - 1.0) ** 2


def random_graph(count: int, recent: int = 50) -> Value:
    """Return the root of a graph of `count` nodes, each operation of which uses recent ones."""
    draw = random.Random(1)
    nodes = [Value(draw.randrange(-9, 10) / 4, label=f"x{i}") for i in range(20)]
    while len(nodes) < count - 1:
        a, b = draw.choice(nodes[-recent:]), draw.choice(nodes[-recent:])
        nodes.append(draw.choice([a + b, a - b, a * b, a.tanh()]))
    used = {x for node in nodes for x in node.inputs}
    return sum([node for node in nodes if node not in used])  # type: ignore[no-any-return]


def chain(length: int) -> Value:
    """Return the end of a chain of functions."""
    node = Value(0.5, label="a")
    for k in range(length - 1):
        node = node.sin() if k % 2 else node.tanh()
    return node


def sum_of(count: int) -> Value:
    """Return the sum of some leaves, one node."""
    return sum([Value(k / 8, label=f"x{k}") for k in range(count)])  # type: ignore[no-any-return]


GRAPHS: Final[dict[str, Callable[[], Value]]] = {
    "neuron": neuron,
    "node used 3 ×": node_used_three_times,
    "softmax with cross-entropy": softmax_with_cross_entropy,
    "MLP 2-3-1, one example": lambda: network(1),
    "MLP 2-3-1, 4 examples": lambda: network(4),
    "attention, 4 tokens": attention,
    "RNN, 20 steps": lambda: recurrent(20),
    "1,400 random nodes": lambda: random_graph(1400),
    "chain of 300": lambda: chain(300),
    "sum of 200": lambda: sum_of(200),
}
"""Each graph by its name."""
