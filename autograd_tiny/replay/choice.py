"""Choose a back-end by the estimated time of a backward pass over a usual batch.

The estimate adds up what the parts of a plan cost, in microseconds, fitted by hand to sixteen programs on x86-64:
NumPy pays for each call, C for each number, straight-line Python for each operation of each example.

>>> from autograd_tiny import Value, tanh
>>> from autograd_tiny.replay.plan import plan_of
>>> from autograd_tiny.replay.tape import tape_of
>>> x, y = Value(0.5), Value(0.5)
>>> for _ in range(100):
...     x = tanh(x * y)
>>> times = estimated(plan_of(tape_of(x, inputs=[y], parameters=[])))
>>> sorted(times, key=times.get)
['c', 'python', 'numpy']
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Final

from autograd_tiny.errors import BackendError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.replay.backend import Backend
from autograd_tiny.replay.c_backend.backend import CBackend
from autograd_tiny.replay.c_backend.c_rows import RowError
from autograd_tiny.replay.groups import Batched, Grid, Group, RowGroup
from autograd_tiny.replay.numpy_backend.backend import NumpyBackend
from autograd_tiny.replay.plan import Plan, plan_of
from autograd_tiny.replay.python_backend.backend import PythonBackend
from autograd_tiny.replay.shards import LEAST, ShardedBackend
from autograd_tiny.replay.tape import Tape
from autograd_tiny.support.user_frames import user_frame

BATCH: Final = 32
"""The size of a usual batch."""
WORTH: Final = 16
"""The fewest operations for which a program is compiled: gcc takes 0.15 to 1.6 s."""
GAIN: Final = 1.1
"""How much faster C must be by the estimate."""

MANY: Final = 100
"""The fewest groups of a program for which Python may replace NumPy, though its time grows with the batch."""
SMALLER: Final = 0.5
"""The part of a usual batch for which Python must then be faster; NumPy takes about as long for both."""

SIMPLE: Final = frozenset(
    TABLE[name]
    for name in ("add", "sub", "mul", "div", "neg", "relu", "square", "reciprocal", "pow_constant_exponent")
)
"""The rows that take a few cycles; all others count as calls of a function such as exp."""

CALL: Final = {"numpy": 1.8, "c": 0.0}
"""Of a group, forwards and backwards."""
OF_BLOCKS: Final = {"numpy": 12.0, "c": 0.0}
"""More, of a group of batched products, whose sides NumPy gathers."""
OF_SIMPLE: Final = {"numpy": 0.027, "c": 0.014}
"""Of an operation with a simple row, for a usual batch."""
OF_FUNCTION: Final = {"numpy": 0.08, "c": 0.15}
"""Of any other operation."""
OF_PRODUCT: Final = {"numpy": 0.005, "c": 0.009}
"""Of a product in a matrix product."""
OF_BATCHED: Final = {"numpy": 0.05, "c": 0.009}
"""Of a product in batched products."""
OF_TERM: Final = {"numpy": 0.04, "c": 0.033}
"""Of a product or term in another sum."""
OF_OPERAND: Final = 0.02
"""Of an operand of an operation in Python, for one example."""
OF_RUN: Final = {"numpy": 4.0, "c": 5.0, "python": 3.0}
"""Of the call of a program."""


def estimated(plan: Plan) -> dict[str, float]:
    """Return the estimated time of a backward pass by each back-end, in microseconds."""
    times = {name: OF_RUN[name] + sum(_of_group(group, name) for group in plan.groups) for name in CALL}
    examples = BATCH if plan.batched else 1
    operands = sum(len(operation.operands) for operation in plan.tape.operations)
    return {**times, "python": OF_RUN["python"] + OF_OPERAND * operands * examples}


def _of_group(group: Group, backend: str) -> float:
    part = 1.0 if group.varying else 1.0 / BATCH
    if isinstance(group, RowGroup):
        each = (OF_SIMPLE if group.row in SIMPLE else OF_FUNCTION)[backend]
        return CALL[backend] + len(group.nodes) * each * part
    if isinstance(group, Batched):
        work = len(group.nodes) * group.shape[3] * OF_BATCHED[backend]
        return CALL[backend] + OF_BLOCKS[backend] + work * part
    if isinstance(group, Grid):
        return CALL[backend] + len(group.nodes) * len(group.lefts[0]) * OF_PRODUCT[backend] * part
    return CALL[backend] + sum(map(len, group.lefts)) * OF_TERM[backend] * part


def make_backend(
    tape: Tape,
    *,
    name: str | None,
    sizes: Sequence[int] = (),
    of_inputs: bool = False,
    batched: bool = True,
    workers: int | None = None,
) -> Backend:
    """Return a back-end for a tape, by its name or, for None, the one that is estimated to be the fastest.

    If C is estimated to be the fastest and cannot be had, a warning says why, and the next one is taken. With workers
    there is one back-end for each of them, and a batch is cut into shards.

    Raises:
        BackendError: the back-end "c" was asked for, and the program cannot be compiled on this machine.
    """
    plan = plan_of(tape, of_inputs=of_inputs, batched=batched)
    first = _chosen(plan, sizes) if name is None else _made(plan, name, sizes)
    first.reason = first.reason or f'{name}, as asked by backend="{name}"'
    if workers is None:
        return first
    others = [_made(plan, first.name, sizes) for _ in range(workers - 1)]
    return ShardedBackend([first, *others], of_inputs=of_inputs, least=LEAST[first.name])


def _chosen(plan: Plan, sizes: Sequence[int]) -> Backend:
    """Return the back-end that is estimated to be the fastest."""
    times = estimated(plan)
    is_sequential = len(plan.groups) >= MANY and SMALLER * times["python"] < times["numpy"]
    is_python = is_sequential if plan.batched else times["python"] < times["numpy"]
    other = "python" if is_python else "numpy"
    passed_over = ["python slows with batches"] * (times["python"] < times[other])
    if len(plan.tape.operations) >= WORTH and GAIN * times["c"] < times[other]:
        try:
            return _explained(_made(plan, "c", sizes), "c", times)
        except RowError:
            passed_over.append("c lacks a row")
        except BackendError as error:
            _warn(f"{error}; {other} runs the program instead")
            passed_over.append("c cannot be had")
    elif times["c"] < times[other]:
        is_short = len(plan.tape.operations) < WORTH
        passed_over.append("too short for c" if is_short else f"c must be {GAIN} × as fast")
    return _explained(_made(plan, other, sizes), other, times, passed_over)


def _warn(text: str) -> None:
    """Warn in the line of the user's program."""
    frame = user_frame()
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    warnings.warn_explicit(text, RuntimeWarning, frame.f_code.co_filename, frame.f_lineno, registry=registry)


def _explained(backend: Backend, name: str, times: Mapping[str, float], passed_over: Sequence[str] = ()) -> Backend:
    """Return a back-end that says why it was chosen, and why faster ones were passed over."""
    shown = ", ".join(f"{each} {times[each]:,.0f} µs" for each in sorted(times, key=times.__getitem__))
    backend.reason = "; ".join([f"{name}, by the estimated time of a batch of {BATCH}: {shown}", *passed_over])
    return backend


def _made(plan: Plan, name: str, sizes: Sequence[int]) -> Backend:
    if name == "python":
        return PythonBackend(plan.tape, sizes, of_inputs=plan.of_inputs, batched=plan.batched)
    return CBackend(plan, sizes) if name == "c" else NumpyBackend(plan, sizes)
