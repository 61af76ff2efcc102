"""Programs written for micrograd run unchanged and give the same numbers."""

from __future__ import annotations

import math
import random

import pytest

from autograd_tiny import Value

# The next function is the cell of the lecture, word for word.
# fmt: off


def trace(root):
  # builds a set of all nodes and edges in a graph
  nodes, edges = set(), set()
  def build(v):
    if v not in nodes:
      nodes.add(v)
      for child in v._prev:
        edges.add((child, v))
        build(child)
  build(root)
  return nodes, edges

# fmt: on


def draw(root: Value) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the boxes and arrows that the lecture's draw_dot passes to graphviz."""
    boxes, arrows = [], []
    nodes, edges = trace(root)
    for n in nodes:
        uid = str(id(n))
        boxes.append("{ %s | data %.4f | grad %.4f }" % (n.label, n.data, n.grad))  # noqa: UP031 - as in the lecture
        if n._op:
            boxes.append(n._op)
            arrows.append((uid + n._op, uid))
    for n1, n2 in edges:
        arrows.append((str(id(n1)), str(id(n2)) + n2._op))
    return boxes, arrows


def test_lecture_trace_finds_nodes_and_edges() -> None:
    a, b, c, f = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c"), Value(-2.0, label="f")
    e = a * b
    e.label = "e"
    d = e + c
    d.label = "d"
    loss = d * f
    loss.label = "L"
    nodes, edges = trace(loss)
    assert nodes == {a, b, c, d, e, f, loss}
    assert edges == {(a, e), (b, e), (e, d), (c, d), (d, loss), (f, loss)}


def test_lecture_drawing_shows_labels_and_operations() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    loss = (a * b + 1.0).tanh()
    loss.backward()
    boxes, arrows = draw(loss)
    assert "{ a | data 2.0000 | grad -0.0005 }" in boxes
    assert {"*", "+", "tanh"} <= set(boxes)
    assert len(boxes) == 5 + 3
    assert len(arrows) == 3 + 4


def test_node_used_twice_is_one_child() -> None:
    a = Value(3.0)
    b = a + a
    assert trace(b) == ({a, b}, {(a, b)})
    b.backward()
    assert a.grad == 2.0


def neuron() -> tuple[dict[str, Value], Value]:
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    n = x1 * w1 + x2 * w2 + b
    return {"x1": x1, "x2": x2, "w1": w1, "w2": w2, "b": b}, n


def test_lecture_neuron() -> None:
    leaves, n = neuron()
    o = n.tanh()
    o.backward()
    assert o.data == pytest.approx(0.7071067811865476, rel=1e-15)
    gradients = {name: leaf.grad for name, leaf in leaves.items()}
    assert gradients == pytest.approx({"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5}, rel=1e-15)


def test_lecture_neuron_with_tanh_written_out() -> None:
    leaves, n = neuron()
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.backward()
    assert o.data == pytest.approx(0.7071067811865476, rel=1e-15)
    gradients = {name: leaf.grad for name, leaf in leaves.items()}
    assert gradients == pytest.approx({"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5}, rel=1e-14)


def test_lecture_shared_nodes() -> None:
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    d = a * b
    e = a + b
    f = d * e
    f.backward()
    assert (f.data, a.grad, b.grad, d.grad, e.grad) == (-6.0, -3.0, -8.0, 1.0, -6.0)


def test_micrograd_sanity_check() -> None:
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)


def test_micrograd_more_operations() -> None:
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert g.data == pytest.approx(24.70408163265306, rel=1e-15)
    assert a.grad == pytest.approx(138.8338192419825, rel=1e-15)
    assert b.grad == pytest.approx(645.5772594752186, rel=1e-15)


def test_lecture_training_loop_learns() -> None:
    generator = random.Random(1337)

    def layer(inputs: int, outputs: int) -> list[list[Value]]:
        return [[Value(generator.uniform(-1, 1)) for _ in range(inputs + 1)] for _ in range(outputs)]

    def call(neurons: list[list[Value]], x: list[Value]) -> list[Value]:
        return [sum((wi * xi for wi, xi in zip(w[:-1], x, strict=True)), w[-1]).tanh() for w in neurons]

    layers = [layer(3, 4), layer(4, 4), layer(4, 1)]
    parameters = [p for neurons in layers for w in neurons for p in w]
    assert len(parameters) == 41
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    losses = []
    for _ in range(60):
        predictions = []
        for x in xs:
            for neurons in layers:
                x = call(neurons, x)  # noqa: PLW2901 - as in the lecture
            predictions.append(x[0])
        loss = sum((out - y) ** 2 for y, out in zip(ys, predictions, strict=True))
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data += -0.1 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.05 < losses[0]
    assert all(math.copysign(1.0, p.data) == y for p, y in zip(predictions, ys, strict=True))
