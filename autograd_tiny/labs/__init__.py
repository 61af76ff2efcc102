"""Check the labs: one module for each lab, one exercise for each function that a student writes.

>>> from autograd_tiny.labs import lab1
>>> lab1.slope(lambda x: 3 * x**2 - 2)
✓ slope is right, at 4 points.

The labs are notebooks, written by `autograd-tiny labs build DIR`; their sources are in `demos/labs/`.
"""

from autograd_tiny.labs.exercise import Exercise, LabError

__all__ = ["Exercise", "LabError"]
