"""Random programs in the files for Python and NumPy, against the programs themselves."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_tiny import Value, record
from tests.replay.export.files import computed
from tests.replay.test_random_programs import INPUTS, PARAMETERS, Program, programs, run, sizes_of


def compare(steps: Program, seed: int) -> bool:
    """Compare both files with a program at one point, and return whether its numbers are tame enough for that."""
    draw = np.random.default_rng(seed)
    x = draw.uniform(-2.0, 2.0, INPUTS).round(3)
    leaves = [Value(number) for number in draw.uniform(-2.0, 2.0, PARAMETERS).round(3)]
    root = run([*x.tolist(), *leaves], steps)
    tame, sizes = sizes_of(root) if isinstance(root, Value) else (False, {})
    if not tame:
        return False
    program = record(lambda x: run([*x, *leaves], steps), inputs=(x,), parameters=leaves, backend="numpy")
    expected = program.differentiate(x[None])
    rounding = sum(abs(node.data) * size for node, size in sizes.items())
    allowed = 1e-12 * (1.0 + rounding) * (1.0 + max(sizes.values()))
    scales = np.array([1.0 + sizes.get(p, 0.0) for p in leaves])
    with TemporaryDirectory() as folder:
        for language in ("python", "numpy"):
            losses, gradient = computed(program, program.export(language, Path(folder, "loss.py")), x[None])
            assert abs(losses - expected).max() <= allowed
            assert (abs(gradient - program.gradients) <= allowed * scales).all()
    return True


def test_random_programs_agree() -> None:
    compared: list[bool] = []

    @settings(max_examples=30, deadline=None)
    @given(steps=programs(), seed=st.integers(0, 2**32 - 1))
    def collect(steps: Program, seed: int) -> None:
        compared.append(compare(steps, seed))

    collect()
    assert sum(compared) >= 8


def test_same_positions_in_other_arrays() -> None:
    steps: Program = [("cross_entropy", (0, 3)), ("abs", (0,)), ("atan2", (0, 6)), ("largest of products", (0, 3))]
    assert compare(steps, 0)
