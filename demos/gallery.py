"""Draw every kind of diagram: a neuron, a step of a trace, layers, networks, a large graph.

Run it: `python demos/gallery.py [new folder]`. It needs neither Graphviz nor a network connection. Three of the
pictures are stored in demos/gallery/, for the README; a test compares them with those that this program draws.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from autograd_tiny import Value, mean, name_values, tanh
from autograd_tiny.diagrams import to_dot, to_json, to_latex, to_mermaid, to_svg
from nn import MLP
from nn.losses import hinge, l2_penalty


def neuron() -> Value:
    """Return the output of a neuron with two inputs, after its backward pass (the numbers are Andrej Karpathy's)."""
    x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    n = x1 * w1 + x2 * w2 + b
    o: Value = tanh(n)
    name_values(locals())
    o.backward()
    return o


def loss_of_a_small_network() -> Value:
    """Return the squared error of a network on one example, after its backward pass."""
    x1, x2 = Value(1.0, label="x1"), Value(-2.0, label="x2")
    y: Value = MLP(2, [3, 1], hidden="tanh", seed=0)([x1, x2])
    loss = (y - 1.0) ** 2
    loss.label = "loss"
    loss.backward()
    return loss


def loss_of_a_batch(model: MLP) -> Value:
    """Return the mean loss of a network over a hundred examples, with a penalty on its weights."""
    draw = random.Random(0)
    examples = [([draw.uniform(-1, 1), draw.uniform(-1, 1)], draw.choice([-1, 1])) for _ in range(100)]
    loss: Value = mean([hinge(model(x), target) for x, target in examples]) + 1e-4 * l2_penalty(model.parameters())
    loss.label = "loss"
    return loss


def expression(operations: int) -> Value:
    """Return the root of a random expression with some number of operations on eight leaves."""
    draw = random.Random(1)
    nodes = [Value(draw.randrange(-9, 10) / 4, label=f"x{i}") for i in range(8)]
    while len(nodes) < operations + 8:
        a, b = draw.choice(nodes[-6:]), draw.choice(nodes[-14:])
        nodes.append(draw.choice([a + b, a - b, a * b, tanh(a)]))
    return nodes[-1]


def first_graph() -> Value:
    """Return the loss of the first example in the README, after its backward pass."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = a * b + a**2
    loss.label = "loss"
    loss.backward()
    return loss


def pictures() -> Iterator[tuple[str, str]]:
    """Yield the name and the content of each file."""
    yield "first-graph.svg", to_svg(first_graph(), partials=True)
    o = neuron()
    yield "neuron.svg", to_svg(o, formulas=True, partials=True)
    yield "neuron-print.svg", to_svg(o, style="print", partials=True)
    yield "neuron-dark.svg", to_svg(o, style="dark", formulas=True)
    yield "neuron-top-down.svg", to_svg(o, direction="TB", leaves_together=True)
    yield "neuron-values.svg", to_svg(o, gradients=False, precision=2)
    yield "neuron-path.svg", to_svg(o, highlight=["w1", "v1", "v3", "n", "o"])
    yield "neuron.dot", to_dot(o)
    yield "neuron.mmd", to_mermaid(o)
    yield "neuron.tex", to_latex(o)
    yield "neuron.json", to_json(o)

    trace = o.trace()
    trace.goto(6)
    yield "trace.svg", to_svg(trace, partials=True)

    a = Value(3.0, label="a")
    yield "used-twice.svg", to_svg(a + a, partials=True)

    loss = loss_of_a_small_network()
    yield "small-network.svg", to_svg(loss)
    yield "small-network-top-down.svg", to_svg(loss, direction="TB")

    model = MLP(2, [8, 8, 1], seed=0)
    batch = loss_of_a_batch(model)
    batch.backward()
    yield "layers.svg", to_svg(batch)
    yield "neurons.svg", to_svg(batch, depth=2)
    yield "one-neuron.svg", to_svg(batch, expand="layers[0].neurons[3]")
    yield "network.svg", to_svg(model)
    yield "network-gradients.svg", to_svg(model, color_by="gradient", style="dark")
    yield "digits.svg", to_svg(MLP(64, [32, 10], seed=0))

    yield "sixty-operations.svg", to_svg(expression(60), gradients=False)
    yield "large.svg", to_svg(expression(1000), cap=2000)
    yield "large-capped.svg", to_svg(expression(1000))


def main(folder: Path) -> None:
    """Write all pictures into a new folder, so that none is overwritten."""
    folder.mkdir(parents=True)
    for name, content in pictures():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
        print(f"{folder / name}   {len(content):,} characters")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make every kind of diagram.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("gallery"), help="(default: gallery)")
    chosen = parser.parse_args().folder
    if chosen.exists():
        parser.error(f"{chosen} already exists; name a new folder")
    main(chosen)
