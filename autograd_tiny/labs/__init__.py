"""Check the labs: one module for each lab, one exercise for each function that a student writes.

>>> from autograd_tiny.labs import lab1
>>> lab1.slope(lambda x: 3 * x**2 - 2)
✓ slope is right, at 7 points.

A check that fails prints a counterexample; `lab1.hint()` then gives a hint, and `lab1.hint()` once more the mistake.

The labs are notebooks, written by `autograd-tiny labs build DIR`; their sources are in `demos/labs/`.
"""

from autograd_tiny.labs.exercise import Exercise, LabError

__all__ = ["Exercise", "LabError"]
