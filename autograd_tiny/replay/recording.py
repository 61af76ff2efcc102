"""`record`: a function of scalars, run on nodes, becomes a `Program`.

>>> from autograd_tiny import Value, tanh
>>> w, b = Value(0.5), Value(-0.25)
>>> def loss(x, y):
...     return (tanh(w * x + b) - y) ** 2
>>> program = record(loss, inputs=(1.0, 0.5), parameters=[w, b])
>>> losses = program.backward([1.0, 2.0, 3.0], [0.5, 0.5, 0.5])
>>> [round(float(loss), 4) for loss in losses], round(w.grad, 4)
([0.0651, 0.0183, 0.1213], 0.143)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isclose
from typing import Any, Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError, RecordError
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.c_backend.backend import CBackend
from autograd_tiny.replay.numpy_backend.backend import NumpyBackend
from autograd_tiny.replay.program import Backend, Program, require
from autograd_tiny.replay.python_backend.backend import PythonBackend
from autograd_tiny.replay.recorder import Number, Recorder
from autograd_tiny.replay.tape import Tape, tape_of

FEW_OPERATIONS: Final = 40
"""Up to so many, straight-line Python is faster on one example than calls of NumPy."""


def record(
    loss: Callable[..., Any],
    *,
    inputs: Sequence[Any] = (),
    parameters: Iterable[Any] = (),
    backend: str | None = None,
    batched: bool = True,
    on_mismatch: str = "raise",
) -> Program:
    """Run a function once on one example, and return a program that computes it for whole batches.

    The function is called with nodes in the place of numbers, so all that it computes is followed. A choice that it
    makes (`if x > 0`) is noted, and checked for every example; `where`, `max` and their like choose within the
    program. It is called twice, and has to compute the same both times: a program remembers no random numbers.

    Args:
        loss: a function of numbers, lists of them, or arrays, that returns one Value.
        inputs: for each of its arguments that of one example. Only the shapes matter, and which way choices go.
        parameters: the leaves whose gradients are asked for. Without any, the gradients are those of the inputs.
        backend: "numpy", "python" or "c", which takes a C compiler and cffi; without it numpy or python, whichever
            suits the size.
        batched: whether the program takes many examples, one further axis in front of each argument, and returns
            their losses. If not, it takes arguments as the function does, such as a whole batch at once.
        on_mismatch: "raise", or "eager" to compute examples that take another way by the function itself.

    Raises:
        RecordError: the function did what a replay could not follow, such as to read `.data`; or it returns no Value.
        BackendError: the back-end "c" was chosen, and the program cannot be compiled on this machine.
        OperandError: an input is no number, a parameter no leaf, or the back-end is not known.
    """
    leaves = list(dict.fromkeys(parameters))
    for leaf in leaves:
        if not isinstance(leaf, Value) or leaf.primitive is not None:
            raise OperandError("record", leaf, expected="leaves as parameters", remedy="make them by Value(...)")
    require("backend", backend, [None, *BACKENDS])
    require("on_mismatch", on_mismatch, ["raise", "eager"])
    arguments = [Argument.like(f"input {i}", example) for i, example in enumerate(inputs)]
    examples = [argument.flat(x, batched=False)[0].tolist() for argument, x in zip(arguments, inputs, strict=True)]
    tape, number = _traced(loss, arguments, examples, leaves)
    if not _comes_out_again(loss, arguments, examples, leaves, tape, number):
        raise RecordError(
            "the function computed something else the second time",
            "draw random numbers outside of it, and let it decide by numbers rather than by their types",
        )
    if backend is None:
        backend = "python" if not batched and len(tape.operations) <= FEW_OPERATIONS else "numpy"
    sizes = [argument.size for argument in arguments]
    runner = BACKENDS[backend](tape, sizes, of_inputs=not leaves, batched=batched)
    return Program(loss, arguments, leaves, tape, runner, batched=batched, falls_back=on_mismatch == "eager")


def _traced(
    loss: Callable[..., Any], arguments: Sequence[Argument], examples: Sequence[list[float]], leaves: Sequence[Value]
) -> tuple[Tape, float]:
    """Run the function once on nodes, and return its tape and the number that came out."""
    with Recorder() as recorder:
        nodes = [[Number(x) for x in example] for example in examples]
        root = loss(*(argument.nested(row) for argument, row in zip(arguments, nodes, strict=True)))
    if not isinstance(root, Value):
        raise RecordError(f"the function returned {type(root).__name__!r}", "let it return one Value")
    inputs = [node for row in nodes for node in row]
    return tape_of(root, inputs=inputs, parameters=leaves, guards=recorder.guards), root._data


def _comes_out_again(  # noqa: PLR0917 - what `_traced` took and gave
    loss: Callable[..., Any],
    arguments: Sequence[Argument],
    examples: Sequence[list[float]],
    leaves: Sequence[Value],
    tape: Tape,
    number: float,
) -> bool:
    """Tell whether the same comes out by plain numbers, as eager code calls it; or else by nodes once more."""
    try:
        root = loss(*(argument.nested(row) for argument, row in zip(arguments, examples, strict=True)))
        again = root._data if isinstance(root, Value) else float(root)
    except Exception:  # noqa: BLE001 - a function of nodes alone, such as one that calls x.tanh()
        return tape.computes_the_same_as(_traced(loss, arguments, examples, leaves)[0])
    return isclose(again, number, rel_tol=1e-9, abs_tol=1e-12) or (again != again and number != number)


def _python(tape: Tape, sizes: Sequence[int], *, of_inputs: bool, batched: bool) -> Backend:
    return PythonBackend(tape, of_inputs=of_inputs)


BACKENDS: Final[dict[str, Callable[..., Backend]]] = {"numpy": NumpyBackend, "python": _python, "c": CBackend}
