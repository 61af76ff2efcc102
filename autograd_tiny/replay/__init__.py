"""Replay: record a function of scalars once, run it on whole batches at the speed of NumPy.

`record` runs an ordinary function on nodes, for one example, and verifies on others that nothing was missed. What it
computed becomes a `Program`, which takes batches. The manual loop stays as it was, and moves real data:

>>> from autograd_tiny import Value
>>> w, b = Value(0.0), Value(0.0)
>>> def loss(x, y):
...     return (w * x + b - y) ** 2
>>> program = record(loss, inputs=(1.0, 1.0), parameters=[w, b])
>>> X, Y = [0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0]
>>> for _ in range(300):
...     w.grad = b.grad = 0.0
...     losses = program.backward(X, Y)
...     w.data, b.data = w.data - 0.1 * w.grad, b.data - 0.1 * b.grad
>>> print(f"y = {w.data:.3f} x + {b.data:.3f}")
y = 2.000 x + 1.000

From function to program: `recorder` records, `verification` verifies, `tape` flattens, and `python_backend` writes
Python. `plan` plans for whole batches: `fusion`, `grouping`, `layout`. `numpy_backend` writes the plan as calls of
NumPy, `c_backend` as C, whose loops `rerolling` finds.
"""

from autograd_tiny.errors import BackendError, RecordError, ReplayMismatch
from autograd_tiny.replay.program import Program
from autograd_tiny.replay.record_program import record

__all__ = ["BackendError", "Program", "RecordError", "ReplayMismatch", "record"]
