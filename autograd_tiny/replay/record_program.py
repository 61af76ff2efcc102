"""Record a function of scalars as a `Program`, by running it on nodes.

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
from functools import partial
from typing import Any, Final

from autograd_tiny.engine.grad_mode import no_gc
from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.hooks import HOOKS, refuse_hooks
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import OperandError, RecordError, require_callable
from autograd_tiny.primitives.operands import as_list, is_array
from autograd_tiny.replay.arguments import Argument
from autograd_tiny.replay.choice import make_backend
from autograd_tiny.replay.index_runs import with_elements
from autograd_tiny.replay.outputs import SeveralNumbers
from autograd_tiny.replay.program import Program, require
from autograd_tiny.replay.runs import Function
from autograd_tiny.replay.verification import Recorded, verify

BACKENDS: Final = ("numpy", "python", "c")


def record(
    loss: Callable[..., Any],
    *,
    inputs: Sequence[Any] = (),
    parameters: Iterable[Any] = (),
    backend: str | None = None,
    batched: bool = True,
    on_mismatch: str = "raise",
    workers: int | None = None,
) -> Program:
    """Record a function on one example, and return a program that computes it for whole batches.

    The function is called with nodes instead of numbers, so all of its operations are recorded. A choice that it
    makes (`if x > 0`) is recorded as a guard, and checked for every example; `where`, `max` and their like choose
    within the program. It must compute the same each time: random numbers are not recorded, nor is what another
    thread reads. A number may be the index of a list, as in `E[i]`: the function is called for each of its values, at
    least twice, and the program takes the elements.

    To verify this, the function is called up to 19 times: twice more on the example, then on others, near and far,
    with 0 and nan, on nodes and, if it chooses as recorded, on plain numbers too. From 1,000 operations on, 5
    calls do if it makes the recorded choices for far examples; else up to 9. If it prints a node, it is called as
    often as a small function, and three times more, with other parameters. An exception that it raises for other
    numbers is not a failure.

    Args:
        loss: a function of numbers, lists of them, or arrays, that returns one Value. If it returns a list or an
            array of them, such as a prediction, the program computes them all, and no gradients.
        inputs: the arguments for one example. Only their shapes matter, and the branches that they take.
        parameters: the leaves to differentiate for, each once: one that is listed twice has one gradient, in its
            first place. Without any, the gradients are those of the inputs.
        backend: "numpy", "python" or "c", which needs a C compiler (gcc or clang). By default the fastest by an
            estimate, which `program.plan` shows; C only for programs of 16 operations or more, and if no compiler
            can be had, a RuntimeWarning says why, and another one is taken.
        batched: whether the program takes many examples, a first axis of each argument, and returns their losses. If
            not, it takes the arguments of the function, such as a whole batch.
        on_mismatch: "raise", or "eager" to call the function for examples that take another branch.
        workers: the number of threads that share a batch; any number gives the same bits. It pays in C, for steps of
            a millisecond or more; NumPy needs Python's lock for each of its many calls, and Python all the time.

    Raises:
        RecordError: the function did something that cannot be replayed, such as to read the `.data` of a parameter
            (that of an input, or of what is computed from inputs alone, is recorded, as `detach()`) or to convert a
            number to float, it raised an exception that it does not raise for plain numbers, it does not compute
            the same each time, or it returns neither a Value nor a list of them.
        BackendError: the back-end "c" was chosen, and the program cannot be compiled on this machine.
        OperandError: an input is not a number, a parameter not a leaf, or the back-end is unknown.
    """
    require_callable(loss, "record")
    examples = list(inputs) if is_array(inputs) else as_list(inputs, "record", expected="a tuple of inputs")
    leaves = list(dict.fromkeys(as_list(parameters, "record", expected="a list of parameters")))
    for leaf in leaves:
        if not isinstance(leaf, Value) or leaf.primitive is not None:
            raise OperandError("record", leaf, expected="leaves as parameters", remedy="make them by Value(...)")
    require("backend", backend, [None, *BACKENDS])
    require("on_mismatch", on_mismatch, ["raise", "eager"])
    _require_workers(workers, batched=batched)
    arguments = [Argument.like(f"input {i}", example) for i, example in enumerate(examples)]
    numbers = [
        x
        for argument, example in zip(arguments, examples, strict=True)
        for x in argument.flat(example, batched=False)[0].tolist()
    ]
    several = SeveralNumbers(loss)
    function = Function(several, arguments, leaves, examples)
    eager = loss if on_mismatch == "eager" else None
    with no_gc():  # which would visit all nodes so far again and again
        recorded = first_run(function, numbers)
        shape = several.shape
        if several.shape is not None and eager is not None:
            remedy = 'record it with on_mismatch="raise"'
            raise RecordError("the function returned several numbers", remedy, while_recording=False)
        kept = verify(function, numbers, recorded)
        several.shape = shape
        tape, outputs = several.outputs(with_elements(function, numbers, recorded.tape))
        sizes = [argument.size for argument in arguments]
        make = partial(
            make_backend, name=backend, sizes=sizes, of_inputs=not leaves, batched=batched, workers=workers
        )
        return Program(
            eager, arguments, leaves, tape, make, batched=batched, kept=kept, outputs=outputs, function=loss
        )


def first_run(function: Function, numbers: Sequence[float]) -> Recorded:
    """Return what is recorded of a function by its first run, without its graph."""
    first = function.record_example(numbers)
    if not isinstance(first.root, Value):
        remedy = "let it return one Value, or a list of them"
        raise RecordError(f"the function returned {type(first.root).__name__!r}", remedy, while_recording=False)
    if HOOKS:
        refuse_hooks(topological_order(first.root, *function.leaves))
    return Recorded.of(first, function.leaves)


def _require_workers(workers: Any, *, batched: bool) -> None:
    """Raise an OperandError unless workers is a whole number from 1, and the program takes batches."""
    if workers is None:
        return
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        remedy = "write workers=2, or leave it out for one thread"
        raise OperandError("workers", workers, expected="a whole number from 1", remedy=remedy)
    if not batched:
        expected = "nothing with batched=False, where a batch is one example"
        raise OperandError("workers", workers, expected=expected, remedy="leave it out")
