"""Conditions about the next update of a training, for `until loss < 0.1` and `until abs(w.grad) < 1e-3`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from autograd_tiny.debugger.calculator import Calculation
from autograd_tiny.debugger.session import PromptError, unknown_in_condition
from autograd_tiny.debugger.training import Training
from autograd_tiny.trace import Trace, UnknownNodeError

OF_UPDATE: Final[dict[str, Callable[[Training], float]]] = {
    "lr": lambda training: training.lr,
    "update": lambda training: training.update + 1.0,
    "epoch": lambda training: float(training.epoch),
    "batch": lambda training: float(training.batch),
}
"""The numbers of the next update that a condition of `until` may name, besides its loss; the end has none."""
LOSS: Final = "loss"


class Condition:
    """A condition about the next update of a training.

    Args:
        training: holds the numbers.
        text: of the condition.
        variable_names: whether nodes without a label are named after the variables of the caller.

    Raises:
        AutogradError: the text is not a condition, or names a node that the pass does not have.
    """

    def __init__(self, training: Training, text: str, *, variable_names: bool = True) -> None:
        labelled = {x.label: place for place, x in enumerate(training.parameters) if x.label}
        parts: set[str] = set()
        traces: list[Trace] = []

        # not a method, which would refer to itself by the calculation
        def look_up(name: str, part: str) -> float | None:
            parts.add(part)
            if part not in {"value", "grad"}:
                raise PromptError(f"{name}.{part} belongs to the walk of jvp; until takes values and gradients")
            if name in labelled:
                place = labelled[name]
                return training.gradients()[place] if part == "grad" else training.parameters[place].data
            if name == LOSS and part == "value":
                return training.loss
            if name in OF_UPDATE and part == "value":
                return OF_UPDATE[name](training) if training.update < training.total else None
            if not traces or traces[0].root is not training.root:
                traces[:] = [Trace(training.root, variable_names=variable_names)]
            place, numbers = traces[0].position(name), traces[0].events.numbers
            return (numbers.gradients if part == "grad" else numbers.values)[place]

        self._parts = parts
        try:
            self._calculation = Calculation(text, look_up, example=f"{LOSS} < 0.1")
        except UnknownNodeError as error:
            raise unknown_in_condition(error, [LOSS, *OF_UPDATE]) from None

    @property
    def has_gradient(self) -> bool:
        """True if it mentions a gradient."""
        return "grad" in self._parts

    def holds(self) -> bool:
        """Return whether it holds for the next update."""
        return self._calculation.holds()
