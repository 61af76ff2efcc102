"""Run exported files of Python, and compare them with their programs."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np

from autograd_tiny.replay.export.standalone import standalone_of
from autograd_tiny.replay.program import Program


def load(path: Path) -> dict[str, Any]:
    """Return the names of an exported file."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(path.read_text(encoding="utf-8"), path.name, "exec", dont_inherit=True), names)
    return names


def run(path: Path, *arguments: str) -> None:
    """Run an exported file as a command."""
    old, sys.argv = sys.argv, [str(path), *arguments]
    try:
        runpy.run_path(str(path), run_name="__main__")
    finally:
        sys.argv = old


def flat_gradient(program: Program, names: dict[str, Any], gradient: dict[str, Any]) -> Any:
    """Return a gradient by names in the order of the parameters of the program."""
    flat = np.empty(len(program.gradients))
    numbers = [gradient[name] for name in names["parameters"]]
    for array, part in zip(standalone_of(program).parameters, numbers, strict=True):
        flat[list(array.places)] = np.ravel(np.asarray(part))
    return flat


def computed(program: Program, path: Path, *arguments: Any) -> tuple[Any, Any]:
    """Return the losses of a file, and the gradient of their mean."""
    names = load(path)
    parameters = names["parameters"]
    if "losses_and_gradient" in names or not program.is_batched:
        function = names.get("losses_and_gradient") or names["loss_and_gradient"]
        losses, gradient = function(parameters, *arguments)
        return np.asarray(losses), flat_gradient(program, names, gradient)
    examples = [[np.asarray(x)[i].tolist() for x in arguments] for i in range(len(arguments[0]))]
    pairs = [names["loss_and_gradient"](parameters, *example) for example in examples]
    gradients = [flat_gradient(program, names, gradient) for _, gradient in pairs]
    return np.array([loss for loss, _ in pairs]), np.mean(gradients, axis=0)


def differences(program: Program, path: Path, *arguments: Any) -> tuple[float, float]:
    """Return the largest relative differences of the losses, and of the gradient, from those of the program."""
    losses, gradient = computed(program, path, *arguments)
    expected = program.differentiate(*arguments)
    pairs = (losses, expected), (gradient, program.gradients)
    first, second = (float(np.max(np.abs(x - y)) / (np.max(np.abs(y)) or 1.0)) for x, y in pairs)
    return first, second
