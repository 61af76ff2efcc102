"""Use graphs of many nodes in a thread with a small stack, and measure each use: time and memory a node.

`main` runs in a process of its own, which a stack overflow ends, and prints a line of JSON for each shape.
"""

from __future__ import annotations

import copy
import gc
import json
import pickle
import resource
import sys
import threading
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import thread_time
from typing import Any

from autograd_tiny import Value, dot, grad, leaves, topological_order
from autograd_tiny import sum as sum_of
from autograd_tiny.engine.backward_order import backward_order

Graph = tuple[Value, Value, float]
"""One of the leaves, the root, and the gradient of the leaf."""


def chain(nodes: int) -> Graph:
    """Return products and sums in turn, each of the node before."""
    x = node = Value(1.0)
    for _ in range((nodes - 1) // 2):
        node = node * 1.0 + 1.0
    return x, node, 1.0


def tree(nodes: int) -> Graph:
    """Return a balanced tree, by turns of means and of products of two."""
    layer = [Value(1.0) for _ in range(3 * nodes // 10 + 2)]
    first, slope, multiply = layer[0], 1.0, False
    while len(layer) > 1:
        pairs, odd = zip(layer[::2], layer[1::2], strict=False), layer[len(layer) // 2 * 2 :]
        layer = [x * y if multiply else 0.5 * x + 0.5 * y for x, y in pairs] + odd
        slope *= 1.0 if multiply else 0.5
        multiply = not multiply
    return first, layer[0], slope


def star(nodes: int) -> Graph:
    """Return the sum of many products that share their leaf."""
    x = Value(2.0)
    return x, sum_of([x * 0.5 for _ in range(nodes - 2)]), 0.5 * (nodes - 2)


def neuron(nodes: int) -> Graph:
    """Return the dot product of many leaves with numbers."""
    ws = [Value(2.0) for _ in range(nodes - 2)]
    return ws[0], dot(ws, [0.5] * (nodes - 2), Value(1.0)), 0.5


def chain_of_sums(nodes: int) -> Graph:
    """Return n-ary nodes, each of the node before."""
    x = node = Value(1.0)
    for _ in range(nodes - 1):
        node = sum_of([node, 1.0])
    return x, node, 1.0


SHAPES: dict[str, Callable[[int], Graph]] = {
    shape.__name__: shape for shape in (chain, tree, star, neuron, chain_of_sums)
}


def measure(shape: str, nodes: int, *, copies: bool = True) -> dict[str, float]:
    """Build a graph, use it and free it; return the processor seconds of each use, and the bytes of the graph
    after the forward pass and after the backward pass.

    Args:
        shape: a key of SHAPES.
        nodes: about how many nodes the graph has.
        copies: also differentiate it as a graph, copy and pickle it, which takes several times its memory.
    """
    times: dict[str, float] = {}

    def timed(name: str, use: Callable[[], Any]) -> Any:
        start = thread_time()
        result = use()
        times[name] = thread_time() - start
        return result

    before = resident_bytes()
    x, root, slope = timed("build", lambda: SHAPES[shape](nodes))
    times["bytes"] = resident_bytes() - before
    timed("backward", root.backward)
    times["bytes with gradients"] = resident_bytes() - before
    assert x.grad == slope, f"the gradient is {x.grad} instead of {slope}"
    times["nodes"] = sum(map(len, timed("order", partial(backward_order, root))))
    if copies:
        again(root, x, timed)
    root.backward()
    assert x.grad == slope * 2.0, f"the gradient is {x.grad} after a second pass"
    timed("zero_grad", root.zero_grad)
    assert x.grad == root.grad == 0.0
    inner = [weakref.ref(node) for node in root.inputs[:2] if node.inputs]
    graph = [root]
    del root
    timed("free", graph.clear)
    assert not any(node() for node in inner), "the graph is not freed"
    return times


def again(root: Value, x: Value, timed: Callable[[str, Callable[[], Any]], Any]) -> None:
    """Differentiate a graph as a graph, copy it and pickle it."""
    assert timed("topological_order", lambda: topological_order(root))[-1] is root
    assert timed("grad", lambda: grad(root, x)).data == x.grad
    assert repr(root).startswith("Value(data=")
    assert copy.copy(root).inputs == root.inputs
    twin = timed("deepcopy", lambda: copy.deepcopy(root))
    assert (twin.data, len(leaves(twin))) == (root.data, len(leaves(root)))
    del twin
    stored = timed("pickle", lambda: pickle.dumps(root))
    twin = timed("unpickle", lambda: pickle.loads(stored))
    twin.backward()
    assert twin.data == root.data


def resident_bytes() -> int:
    """Return the memory of this process."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:  # no /proc: the largest so far
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(nodes: int, stack: int, shapes: list[str], *, copies: bool = True) -> None:
    """Measure shapes one after another in a thread with a stack of so many bytes."""
    errors: list[BaseException] = []

    def work() -> None:
        gc.disable()
        try:
            for shape in shapes:
                print(json.dumps({"shape": shape, **measure(shape, nodes, copies=copies)}), flush=True)
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    threading.stack_size(stack)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    for error in errors:
        raise error
