"""Promise: graphs of a million nodes are built, differentiated, copied and freed within a stack of 512 kB.

Nothing recurses over a graph, not even when it is freed. Ten million nodes take at most 200 bytes of the process each
after the forward pass, and 3 microseconds to be built, differentiated, set to 0 and freed.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from autograd_tiny import Value
from autograd_tiny.engine.graph import count
from tests.promises.large_graphs import SHAPES
from tests.sampling import sizes

pytestmark = pytest.mark.no_cover  # smaller graphs cover these lines, and to trace a million times takes minutes

STACK = (1024 if sys.version_info[:2] == (3, 13) else 512) * 1024  # 3.13 takes 1 MiB to free a chain of any objects
BYTES, MICROSECONDS = 200.0, 3.0


def run(nodes: int, shapes: list[str], *, copies: bool = True, plant: str = "") -> list[dict[str, Any]]:
    """Measure shapes in a process of its own, after the lines of `plant`; return the figures."""
    call = f"large_graphs.main({nodes}, {STACK}, {shapes}, copies={copies})"
    program = f"from tests.promises import large_graphs\n{plant}\n{call}"
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert process.returncode == 0, f"it ended with {process.returncode}: {process.stdout} {process.stderr}"
    measured = [json.loads(line) for line in process.stdout.splitlines()]
    assert [figures["shape"] for figures in measured] == shapes
    assert all(figures["nodes"] >= 0.99 * nodes for figures in measured)
    return measured


@sizes("nodes", 10_000, 1_000_000)
def test_small_stack_is_enough(nodes: int, report_figure: Callable[[str], None]) -> None:
    for figures in run(nodes, list(SHAPES)):
        names = [name for name in figures if name not in {"shape", "nodes"} and "bytes" not in name]
        costs = ", ".join(f"{name} {1e6 * figures[name] / figures['nodes']:.2f}" for name in names)
        report_figure(
            f"{figures['shape']} of {figures['nodes']:,} nodes, stack {STACK // 1024} kB, µs a node: {costs}"
        )


@pytest.mark.long
@pytest.mark.parametrize("shape", ["chain", "tree", "star"])
def test_ten_million_nodes_are_small_and_fast(shape: str, report_figure: Callable[[str], None]) -> None:
    if os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") < 5e9:
        pytest.skip("5 GB of memory are needed")
    rounds = [run(10_000_000, [shape], copies=False)[0] for _ in range(3)]
    size, with_gradients = (
        statistics.median(figures[name] / figures["nodes"] for figures in rounds)
        for name in ("bytes", "bytes with gradients")
    )
    spent = ("build", "backward", "zero_grad", "free")
    time = statistics.median(1e6 * sum(figures[name] for name in spent) / figures["nodes"] for figures in rounds)
    report_figure(
        f"{shape} of {rounds[0]['nodes']:,} nodes: {size:.0f} bytes, with gradients {with_gradients:.0f}, "
        f"and {time:.2f} µs a node"
    )
    assert size <= BYTES
    assert time <= MICROSECONDS


def test_nodes_used_twice_take_linear_time() -> None:
    x = node = Value(1.0)
    for _ in range(1000):
        node = (node + node) * 0.5
    node.backward()
    assert x.grad == 1.0
    assert count(node) == 2001
    assert count(copy.deepcopy(node)) == count(pickle.loads(pickle.dumps(node))) == 2001


# ── planted mistakes ──────────────────────────────────────────────────────────────────────────────────────────

PLANTED = {
    "recursive order": (
        """
from autograd_tiny.engine import value
def visit(node, seen, order):
    if node not in seen:
        seen.add(node)
        for x in node.inputs:
            visit(x, seen, order)
        order.append(node)
def ordered(root):
    order = []
    visit(root, set(), order)
    return [x for x in order[::-1] if x.inputs], [x for x in order if not x.inputs]
value.mark_in_backward_order = ordered
""",
        "RecursionError",
    ),
    "recursive copy": (
        """
import copy
from autograd_tiny.engine.copying import Copying
Copying.__deepcopy__ = lambda self, memo: copy.copy(copy.deepcopy(self.inputs, memo) and self)
""",
        "RecursionError",
    ),
    "recursive pickle": (
        """
from autograd_tiny.engine.copying import Copying
Copying.__reduce__ = lambda self: (tuple, (self.inputs,))
""",
        "RecursionError|ended with -",
    ),
    "recursive deallocation": (
        """
def chain(nodes, right=large_graphs.chain):
    nested = iter(())
    for _ in range(1_000_000):
        nested = enumerate(nested)  # C code that recurses when it is freed
    return right(nodes)
large_graphs.SHAPES["chain"] = chain
""",
        "ended with -",
    ),
    "graph that refers to itself": (
        """
def chain(nodes, right=large_graphs.chain):
    graph = right(nodes)
    graph[1].register_hook(lambda gradient: graph and None)
    return graph
large_graphs.SHAPES["chain"] = chain
""",
        "not freed",
    ),
}


@pytest.mark.parametrize(("plant", "error"), PLANTED.values(), ids=PLANTED.keys())
def test_planted_mistake_is_found(plant: str, error: str) -> None:
    with pytest.raises(AssertionError, match=error):
        run(10_000, ["chain"], plant=plant)
