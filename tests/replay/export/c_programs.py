"""Compile exported C files, call their function, and compare it with the program."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.replay.export import c_file
from autograd_tiny.replay.export.standalone import standalone_of
from autograd_tiny.replay.program import Program

COMPILER: Final = next(filter(shutil.which, (os.environ.get("CC") or "cc", "cc", "gcc", "clang")), "cc")
FLAGS: Final = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror")


def compiled(program: Program, path: Path, *, flags: Sequence[str] = ("-O1",), compiler: str = COMPILER) -> Path:
    """Export a program and compile it without a warning; return the path of what is made."""
    source = program.export("c", path.with_suffix(".c"))
    command = [compiler, *FLAGS, *flags, str(source), "-o", str(path), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return path


class Exported:
    """An exported file as a library."""

    def __init__(self, program: Program, folder: Path, **options: Any) -> None:
        options = {"flags": ("-O1", "-shared", "-fPIC", "-Dmain=exported_main"), **options}
        self.program, self.made = program, standalone_of(program, c_file.RESERVED)
        self.library = ctypes.CDLL(str(compiled(program, folder / "exported.so", **options)))
        self.library.problem_of.restype = ctypes.c_char_p
        wanted = self.made.inputs if self.made.of_inputs else self.made.parameters
        self.places = [place for array in wanted for place in array.places]

    def rows(self, *arguments: Any) -> Any:
        """Return the inputs of each example as a row."""
        if not arguments:
            return np.zeros((1, 0))
        arrays = self.program.arrays(*arguments) if self.program.is_batched else [np.array([x]) for x in arguments]
        return np.hstack([np.reshape(array, (len(array), -1)).astype(float) for array in arrays])

    def call(self, row: Any) -> tuple[int, float, Any]:
        """Return the status, the loss and the gradient of an example, in the order of the program."""
        loss, gradient, ordered = np.zeros(1), np.zeros(len(self.places)), np.zeros(len(self.places))
        arrays = [np.ascontiguousarray(row)] * bool(len(row)) + [loss] + [gradient] * bool(self.places)
        status = self.library.loss_and_gradient(*(ctypes.c_void_p(array.ctypes.data) for array in arrays))
        ordered[self.places] = gradient
        return status, float(loss[0]), ordered

    def differentiate(self, *arguments: Any) -> tuple[Any, Any]:
        """Return the loss and the gradient of each example."""
        results = [self.call(row) for row in self.rows(*arguments)]
        assert [status for status, *_ in results] == [0] * len(results)
        return np.array([loss for _, loss, _ in results]), np.array([gradient for *_, gradient in results])


def assert_same(program: Program, folder: Path, *arguments: Any, scale: float = 1.0) -> Exported:
    """Compare the exported file with the program, relative to the largest number, to 1e-12."""
    exported = Exported(program, folder)
    losses, gradients = exported.differentiate(*arguments)
    if exported.made.of_inputs:
        expected = np.hstack([np.reshape(x, (len(losses), -1)) for x in program.gradient(*arguments)])
    else:
        program.differentiate(*arguments, reduction="sum")
        expected, gradients = program.gradients, gradients.sum(axis=0)
    close(losses, np.atleast_1d(program.evaluate(*arguments)), scale)
    close(gradients, expected, scale)
    return exported


def close(ours: Any, theirs: Any, scale: float) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * scale * max(1e-3, np.abs(theirs).max()))
