"""The transformer of `names_transformer` in PyTorch, all places of a name at once, as one writes it there.

The weights are those of a scalar `Transformer`; `test_agreement.py` compares the losses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.benchmarks.workloads.names_transformer import HEADS, NAME, WIDTH, Transformer
from tests.benchmarks.workloads.scalar import LEARNING_RATE


def torch_step(transformer: Transformer, name: str = NAME) -> Callable[[], float]:
    """Return one full step on a name: forward, backward, update; one thread, float64."""
    import torch
    from torch.nn.functional import cross_entropy, linear, scaled_dot_product_attention

    torch.set_num_threads(1)
    weights = {
        key: torch.tensor([[w.data for w in row] for row in matrix], dtype=torch.float64, requires_grad=True)
        for key, matrix in vars(transformer).items()
    }
    tokens = torch.tensor([0, *(ord(letter) - ord("a") + 1 for letter in name), 0])
    before, after = tokens[:-1], tokens[1:]
    count = len(before)

    def normalized(x: Any) -> Any:
        return x * (x.square().mean(-1, keepdim=True) + 1e-5).rsqrt()

    def heads(matrix: Any, h: Any) -> Any:
        return linear(h, matrix).view(count, HEADS, WIDTH).transpose(0, 1)

    def step() -> float:
        x = normalized(weights["letters"][before] + weights["places"][:count])
        h = normalized(x)
        parts = (heads(weights[key], h) for key in ("query", "key", "value"))
        mixed = scaled_dot_product_attention(*parts, is_causal=True).transpose(0, 1).reshape(count, -1)
        x = x + linear(mixed, weights["mix"])
        x = x + linear(torch.relu(linear(normalized(x), weights["widen"])), weights["narrow"])
        loss = cross_entropy(linear(x, weights["head"]), after)
        for leaf in weights.values():
            leaf.grad = None
        loss.backward()
        with torch.no_grad():
            for leaf in weights.values():
                leaf.sub_(LEARNING_RATE * leaf.grad)
        return loss.item()

    return step
