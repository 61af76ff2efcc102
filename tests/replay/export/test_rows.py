"""Every row of the table in the files for Python, NumPy, PyTorch and JAX; the sixteen programs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_tiny
from autograd_tiny import Value, record
from autograd_tiny.errors import BackendError
from autograd_tiny.primitives.primitive import TABLE, Primitive
from autograd_tiny.replay.contributions import OURS
from autograd_tiny.replay.program import Program
from tests.benchmarks.workloads.plain_programs import PROGRAMS
from tests.replay.export.files import differences

LIBRARIES = [
    pytest.param(name, marks=[pytest.mark.ci, pytest.mark.skipif(not find_spec(name), reason=f"no {name} here")])
    for name in ("torch", "jax")
]
OPERATORS = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "pow_constant_exponent": lambda x, c: x**c,
    "pow_constant_base": lambda c, x: c**x,
    "remainder": lambda x, y: x % y,
    "floordiv": lambda x, y: x // y,
    "softmax_at": lambda xs, index: autograd_tiny.softmax(xs)[int(index)],
    "log_softmax_at": lambda xs, index: autograd_tiny.log_softmax(xs)[int(index)],
}
ROWS = [row.name for row in TABLE.values() if row in OURS]
CONSTANTS = {"n": 1.0, "ndigits": 0.0, "c": 1.7, "index": 1.0}
REFUSED = {"torch": {"expm1_minus_xexp", "sinc_derivative", "digamma", "polygamma"}}
REFUSED["jax"] = {"expm1_minus_xexp", "sinc_derivative"}


def program_of(row: Primitive, draw: random.Random) -> Program:
    """Return a program of a row at random points."""
    operands: list[Any] = []
    for name, is_list, domain in zip(row.operands, row.takes_list, row.domain, strict=False):
        if is_list:
            operands.append([Value(draw.uniform(*domain)) for _ in range(4)])
        elif name in CONSTANTS or (name == "target" and row.list_positions):
            operands.append(CONSTANTS.get(name, 1.0))
        else:
            operands.append(Value(draw.uniform(*domain)))
    compute: Any = OPERATORS.get(row.name) or getattr(autograd_tiny, row.name)
    leaves = [x for operand in operands for x in (operand if isinstance(operand, list) else [operand])]
    parameters = [x for x in leaves if isinstance(x, Value)]
    return record(lambda x: compute(*operands) * x, inputs=(1.5,), parameters=parameters, backend="numpy")


@pytest.mark.parametrize("language", ["python", "numpy", *LIBRARIES])
def test_every_row_agrees_or_is_refused(language: str, tmp_path: Path) -> None:
    assert compared(language, ROWS, tmp_path) == (REFUSED.get(language, set()), {})


@pytest.mark.parametrize("language", ["torch", "jax"])
def test_every_row_is_written_without_the_library(language: str, tmp_path: Path) -> None:
    draw = random.Random(3)
    for name in set(ROWS) - REFUSED[language]:
        path = program_of(TABLE[name], draw).export(language, tmp_path / "loss.py")
        compile(path.read_text(encoding="utf-8"), name, "exec")
    for name in REFUSED[language]:
        with pytest.raises(BackendError, match=name):
            program_of(TABLE[name], draw).export(language, tmp_path / "loss.py")


def compared(language: str, names: Sequence[str], tmp_path: Path) -> tuple[set[str], dict[str, float]]:
    """Return the rows that a language refuses, and those whose files disagree with their programs."""
    draw, refused, wrong = random.Random(3), set(), {}
    for name in names:
        row = TABLE[name]
        program = program_of(row, draw)
        try:
            path = program.export(language, tmp_path / "loss.py")
        except BackendError as error:
            refused.add(name if repr(name) in str(error) else str(error))
            continue
        worst = max(differences(program, path, np.array([1.5, -0.5])))
        if not worst < 1e-12:
            wrong[name] = worst
    return refused, wrong


LONG = {"lstm", "runge_kutta", "transformer"}
"""Programs of thousands of statements."""


@pytest.mark.parametrize("language", ["python", "numpy", LIBRARIES[0]])
@pytest.mark.parametrize("name", [pytest.param(x, marks=[pytest.mark.ci] * (x in LONG)) for x in PROGRAMS])
def test_sixteen_programs_agree(name: str, language: str, tmp_path: Path) -> None:
    plain = PROGRAMS[name]()
    program = record(plain.loss, inputs=plain.example(), parameters=plain.parameters, backend="numpy")
    arguments = [np.array(argument)[:2] for argument in plain.examples()]
    assert max(differences(program, program.export(language, tmp_path / "loss.py"), *arguments)) < 1e-12
