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

The plan is the same for all back-ends:

>>> print(program.plan)
4 operations in 4 groups
x: 2 inputs, p: 2 parameters, v: 4 numbers of each example
gv1 is the gradient of v1
forward
  v1 = p[0] * x[0]; v2 = p[1] + v1; v3 = v2 - x[1]; v4 = v3 ** 2
  loss v4
backward
  gv4 = seed
  gv3 += 2 * v3 * gv4; gv2 += gv3; gp[1], gv1 += gv2; gp[0] += x[0] * gv1
numpy, by the estimated time of a batch of 32: c 5 µs, python 8 µs, numpy 11 µs; python slows with batches; too short for c

From function to program: `recorder` records, `verification` verifies, `tape` flattens, and `python_backend` writes
Python. `plan` plans for whole batches: `fusion`, `grouping`, `layout`. `numpy_backend` writes the plan as calls of
NumPy, `c_backend` as C, whose loops `rerolling` finds.
"""  # noqa: E501 - the last line of a plan

from autograd_tiny.errors import BackendError, RecordError, ReplayMismatch
from autograd_tiny.replay.program import Program
from autograd_tiny.replay.record_program import record

__all__ = ["BackendError", "Program", "RecordError", "ReplayMismatch", "record"]
