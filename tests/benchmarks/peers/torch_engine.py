"""Give PyTorch's 0-d tensors the interface of a scalar engine, so that they run the same user code.

`Value` makes a float64 scalar that records, as a parameter does. The networks of `closure_networks` then
run unchanged: `+`, `*`, `relu()`, `backward()`, `.data` and `.grad` are spelled alike.
"""

from __future__ import annotations

from typing import Any

NO_GRADIENT = None  # what `zero_grad` leaves in `.grad`; PyTorch refuses a plain number there


def Value(data: float) -> Any:  # noqa: N802 - an engine has a class of this name
    """A recorded 0-d tensor."""
    import torch

    return torch.tensor(data, dtype=torch.float64, requires_grad=True)
