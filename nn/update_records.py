"""Records of the updates of parameters: the formulas of the optimizer and their numbers.

>>> numbers_of({"_lr": 0.1, "betas": (0.9, 0.999), "_m": [1.0, 2.0], "_t": 4, "nesterov": False}, 1, 2)
{'lr': 0.1, 'beta1': 0.9, 'beta2': 0.999, 'm': 2.0, 't': 5.0, 'nesterov': 0.0}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nn.optimizers import Formulas


@dataclass(frozen=True, slots=True)
class UpdateRecord:
    """How one parameter was updated.

    Attributes:
        rule: the name of the optimizer.
        before, after: the number of the parameter.
        formulas: names and the formulas that compute them in this order, the last is `p`; empty if the optimizer has
            none.
        numbers: of the names in the formulas that no earlier formula computes.
    """

    rule: str
    before: float
    after: float
    formulas: Formulas
    numbers: dict[str, float]


def numbers_of(state: dict[str, Any], position: int, count: int) -> dict[str, float]:
    """Return the settings and the state of an optimizer for one parameter, by the names that its formulas use.

    Args:
        state: the attributes of the optimizer before the update.
        position: of the parameter.
        count: of all parameters.
    """
    numbers: dict[str, float] = {}
    for name, thing in state.items():
        match thing:
            case float() | int():
                numbers[name.lstrip("_")] = float(thing) + (name == "_t")
            case (float() as beta1, float() as beta2) if name == "betas":
                numbers |= {"beta1": beta1, "beta2": beta2}
            case list() if len(thing) == count:
                numbers[name.lstrip("_")] = thing[position]
    return numbers


def clipping(
    norm: float | None, max_norm: float | None, max_value: float | None
) -> tuple[Formulas, dict[str, float]]:
    """Return the formulas of the clipping of a gradient, and their numbers.

    >>> clipping(2.0, 1.0, None)
    ((('g', 'g*(max_norm/(norm + 1e-06))'),), {'norm': 2.0, 'max_norm': 1.0})

    Args:
        norm: of all gradients.
        max_norm: of `clip_gradient_norm`, None if it was not called.
        max_value: of `clip_gradient_value`, None if it was not called.
    """
    formulas: list[tuple[str, str]] = []
    numbers: dict[str, float] = {}
    if norm is not None and max_norm is not None and max_norm / (norm + 1e-6) < 1.0:
        formulas.append(("g", "g*(max_norm/(norm + 1e-06))"))
        numbers |= {"norm": norm, "max_norm": max_norm}
    if max_value is not None:
        formulas.append(("g", "clamp(g, -max_value, max_value)"))
        numbers["max_value"] = max_value
    return tuple(formulas), numbers
