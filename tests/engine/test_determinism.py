"""Results are bit-identical in every run, for any hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from autograd_tiny import Value, dot, exp, leaves, logsumexp, softmax, sum, tanh, topological_order

xs = [Value(0.1 * k - 1.0, label=f"x{k}") for k in range(20)]
names = {x.label: x for x in set(xs)}
hidden = [tanh(dot(xs, [names[f"x{(7 * i + k) % 20}"] for k in range(20)], 0.1 * i)) for i in range(20)]
loss = sum(hidden) / 3.0 + logsumexp([h * exp(x) for h, x in zip(hidden, xs)]) - softmax(hidden)[3] ** 1.7
loss.backward()
loss.backward()
print(*[node.grad.hex() for node in topological_order(loss)], *[leaf.label for leaf in leaves(loss)])
"""


def run(hash_seed: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_results_do_not_depend_on_hash_seed() -> None:
    runs = [run(seed) for seed in ("0", "1", "4294967295", "random")]
    assert len(runs[0].split()) > 100
    assert len(set(runs)) == 1
