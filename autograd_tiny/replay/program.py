"""Run a recorded function on whole batches: the program that `record` returns.

>>> from autograd_tiny import Value, record
>>> w = Value(3.0)
>>> program = record(lambda x: (w * x).tanh(), inputs=(1.0,), parameters=[w])
>>> print(program.plan)  # doctest: +ELLIPSIS
2 operations in 2 groups
x: 1 input, p: 1 parameter, v: 2 numbers of each example
gv1 is the gradient of v1
forward
  v1 = p * x; v2 = tanh(v1)
  loss v2
backward
  gv2 = seed
  gv1 += sech(v1) ** 2 * gv2; gp += x * gv1
numpy, by the estimated time of a batch of 32: ...; python slows with batches; too short for c
>>> program.differentiate([0.0, 0.1]).shape, program.gradients.shape
((2,), (1,))
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import RLock, get_ident
from types import FrameType
from typing import Any, Final

import numpy as np

from autograd_tiny.engine.backward_order import GRADIENT, PASS, is_within_pass
from autograd_tiny.engine.grad_mode import RECORDERS, active_recorder
from autograd_tiny.engine.hooks import HOOKS, refuse_hooks
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import (
    NestedPassError,
    OperandError,
    OvertakenError,
    RecordError,
    ReplayMismatch,
    ShapeError,
)
from autograd_tiny.replay.arguments import Argument, Arguments, numbers_of
from autograd_tiny.replay.backend import Backend
from autograd_tiny.replay.eager_examples import EagerExamples
from autograd_tiny.replay.finite_check import require_finite
from autograd_tiny.replay.guards import raise_mismatch
from autograd_tiny.replay.outputs import Outputs
from autograd_tiny.replay.plan import plan_of
from autograd_tiny.replay.plan_text import plan_text
from autograd_tiny.replay.tape import Parts, Tape
from autograd_tiny.support.at_once import assign, consume
from autograd_tiny.support.console import counted

REDUCTIONS: Final = ("mean", "sum")


def require(name: str, choice: Any, known: Sequence[Any]) -> None:
    """Raise an OperandError if a setting is not one of the known choices."""
    if not isinstance(choice, str | None) or choice not in known:
        raise OperandError(name, choice, expected=" or ".join(map(repr, known)), remedy="choose one of these")


class Program:
    """A recorded function; made by `record`. Its arrays are kept between calls; calls of threads wait for each other.

    A thread whose `gradients` were replaced by the call of another thread cannot read them: let threads run copies.

    A copy or a pickle has arrays of its own, and what was recorded: `copy.copy` shares the Values of the parameters,
    `copy.deepcopy` and a pickle copy them too, once for all that is copied or pickled at once.

    Attributes:
        source: the generated source.
        plan: the recorded operations in groups, forwards and backwards, and why this back-end runs them.
        parameters: the data of the parameters, a flat array; `program.parameters -= ...` changes it in place, for
            `evaluate` and `differentiate`. `program(...)`, `backward` and `load` copy the data of the Values into it;
            `store` copies it to the Values.
        gradients: the gradient of the last `backward` or `differentiate`, a flat array.
    """

    _lock: Any  # typeshed has no _is_owned

    def __init__(
        self,
        loss: Callable[..., Any] | None,
        arguments: Sequence[Argument],
        leaves: list[Value],
        tape: Tape,
        make: Callable[..., Backend],
        *,
        batched: bool,
        kept: Sequence[Value] = (),
        outputs: Outputs | None = None,
        function: Callable[..., Any] | None = None,
    ) -> None:
        # `loss` computes the examples that take another branch, `kept` are nodes it uses, `outputs` are the several
        # numbers that it returns, `function` has the names of inputs and parameters.
        self._loss, self._arguments, self._leaves, self._tape, self._make = loss, arguments, leaves, tape, make
        self._backend, self._batched, self._outputs = make(tape), batched, outputs
        self._function = function
        self._others = tape.others
        self._watched = (*leaves, *tape.others, *kept)
        self._eager: EagerExamples | None = None
        if loss is not None:
            self._eager = EagerExamples(self._backend, loss, arguments, leaves, tape)
        self._inputs = Arguments(arguments, batched=batched)
        self._slopes: Any = None
        self._conditions: Sequence[Any] = ()
        self._lock, self._thread = RLock(), 0  # the thread that computed the gradients
        self._overtaken: set[int] = set()
        self._load()

    def __repr__(self) -> str:
        sizes = {"operation": len(self._tape.operations), "parameter": len(self._leaves), "input": self._tape.inputs}
        return f"<program of {', '.join(counted(count, name) for name, count in sizes.items())}>"

    def __reduce__(self) -> tuple[Callable[..., Program], tuple[Any, ...]]:
        if self._loss is not None:
            raise OperandError(
                "copy",
                self,
                expected='programs that were recorded with on_mismatch="raise", since one with "eager" calls its '
                "function, whose Values would not be copied",
                remedy="record a copy of the function with Values of its own",
            )
        parts = self._tape.parts(), self._arguments, self._leaves, self._make, self._batched, self._outputs
        with self._lock:  # between the calls of other threads
            return _rebuilt, (*parts, self._backend.parameters.tolist(), self._backend.gradients.tolist())

    @property
    def eager_examples(self) -> int:
        """How many examples were computed by the function itself, because of `on_mismatch="eager"`."""
        return 0 if self._eager is None else self._eager.examples

    @property
    def mismatch(self) -> ReplayMismatch | None:
        """The choice that the last of them made otherwise; None if it is not known."""
        return None if self._eager is None else self._eager.mismatch

    @property
    def is_batched(self) -> bool:
        """True if the program takes many examples, along a first axis of each argument."""
        return self._batched

    def recording(self) -> dict[str, Any]:
        """Return what another program of the same recording is made from, but for `make`."""
        return {
            "loss": self._loss,
            "arguments": self._arguments,
            "leaves": self._leaves,
            "tape": self._tape,
            "batched": self._batched,
            "kept": self._watched,
            "outputs": self._outputs,
            "function": self._function,
        }

    def compiler(self) -> Callable[[Tape], Backend]:
        """Return what compiles a tape by the back-end of this program, for one thread."""
        return partial(self._make, name=self._backend.name, workers=None)

    @property
    def source(self) -> str:
        """The generated source."""
        return self._backend.source

    @property
    def reason(self) -> str:
        """Why this back-end runs the program."""
        return self._backend.reason

    @property
    def plan(self) -> str:
        """The recorded operations in groups, forwards and backwards, the same for all back-ends, as text.

        A group computes several numbers at once: a matrix product, a row of the table, or sums. x are the inputs, p
        the parameters, v numbers that vary with the example, u those that all examples share, and [...] gathers
        numbers by their positions. A repetition is printed once. The last line says why this back-end was chosen.
        """
        plan = plan_of(self._tape, of_inputs=not self._leaves, batched=self._batched)
        return f"{plan_text(plan)}\n{self.reason}"

    @property
    def parameters(self) -> Any:
        """The data of the parameters, a flat array: `evaluate` and `differentiate` read it as it is."""
        return self._backend.parameters

    @parameters.setter
    def parameters(self, numbers: Any) -> None:
        own = self._backend.parameters
        if numbers is not own:  # `program.parameters -= ...` assigns the same array
            numbers = numbers_of("parameters", numbers)
            if numbers.shape not in {(), own.shape}:
                raise ShapeError("parameters", numbers.shape, own.shape, batched=False)
            own[:] = numbers

    @property
    def gradients(self) -> Any:
        """The gradient of the last replay, a flat array.

        Raises:
            OvertakenError: they are of a call of another thread, after one of this thread.
        """
        if self._overtaken and get_ident() in self._overtaken:
            raise OvertakenError
        return self._backend.gradients

    # ── with the Values of the parameters ──

    def __call__(self, *inputs: Any) -> Any:
        """Return the losses of a batch, (batch,), or the loss of a program that is not batched.

        If the function returns several numbers: these, (batch, *their shape), or without the first axis.
        """
        with self._alone("__call__"):
            self._load()
            return self._evaluate(inputs)

    def backward(self, *inputs: Any, reduction: str = "mean") -> Any:
        """Return the losses, and add the gradient of their mean or sum to the `.grad` of every parameter.

        All or nothing, as `Value.backward`, whose passes it waits for.
        """
        self.require_no_hooks()
        if PASS._is_owned() and is_within_pass():
            raise NestedPassError("backward")
        with self._alone("backward"):
            self._load()
            losses = self._differentiate(inputs, reduction)
            gradients = self._backend.gradients.tolist()
        with PASS:  # while no call runs, so that threads cannot wait for each other
            leaves = self._leaves
            restore = map(setattr, leaves, GRADIENT, [leaf._grad for leaf in leaves])
            try:
                for leaf, gradient in zip(leaves, gradients):  # noqa: B905 - of equal length, and hot
                    leaf._grad += gradient
            except BaseException:
                consume(restore)
                raise
        return losses

    def require_no_hooks(self) -> None:
        """Raise a RecordError if a node of the program has a hook, which a replay would not call."""
        if HOOKS:
            refuse_hooks(self._watched)

    def load(self) -> None:
        """Copy the data of the parameters from their Values."""
        with self._alone("load"):
            self._load()

    def store(self) -> None:
        """Copy the data of the parameters to their Values."""
        with self._alone("store"):
            assign(self._leaves, "_number", self._backend.parameters.tolist())

    # ── without touching a Value ──

    def evaluate(self, *inputs: Any) -> Any:
        """Return the losses for the parameters in the flat array `parameters`."""
        with self._alone("evaluate"):
            return self._evaluate(inputs)

    def differentiate(self, *inputs: Any, reduction: str = "mean") -> Any:
        """Return the losses, and write the gradient of their mean or sum into the flat array `gradients`."""
        with self._alone("differentiate"):
            return self._differentiate(inputs, reduction)

    def gradient(self, *inputs: Any) -> list[Any]:
        """Return the gradient of every loss with respect to each argument, in the shape of the argument.

        Raises:
            RecordError: the program has parameters, and computes their gradients instead.
        """
        if self._leaves:
            problem = "this program computes the gradients of its parameters"
            raise RecordError(problem, "record without them for the gradient of the inputs", while_recording=False)
        self._require_one_number()
        with self._alone("gradient"):
            losses = self._run(self._inputs.flat(inputs), 1.0)
            slopes = self._slopes
            if RECORDERS:
                require_finite(losses, slopes, (), batched=self._batched)
        bounds = np.cumsum([argument.size for argument in self._arguments])[:-1]
        return [part.reshape(np.shape(x)) for part, x in zip(np.split(slopes, bounds, axis=1), inputs, strict=True)]

    def arrays(self, *inputs: Any) -> list[Any]:
        """Return the inputs of many examples as arrays of floats, to be indexed and replayed without conversion."""
        arguments = self._inputs.flat(inputs)
        pairs = zip(arguments, self._arguments, strict=True)
        return [flat.reshape(len(flat), *argument.shape) for flat, argument in pairs]

    def export(self, language: str, path: str | os.PathLike[str]) -> Path:
        """Write the program as one source file that needs nothing of this package, and return its path.

        In Python and C `loss_and_gradient` takes one example, and returns its loss and the gradient of that; in the
        others `losses_and_gradient` takes a batch, and returns the losses and the gradient of their mean. A function
        of several numbers becomes `outputs`, or `evaluate` in C. The parameters are the dict `parameters`, in C the
        struct `p`, by the names of the user's program: labels, or the variables that the recorded function reads.
        `train(parameters, rows, epochs, rate, batch_size)` changes them in place by gradient descent, in C
        `train(examples, count, rate, ...)`; run as a program, the file trains on the rows of a CSV file.

        Args:
            language: "python", "numpy", "c", "torch" or "jax"; the last two take the gradient themselves.
            path: of the file, in an existing folder; a file that is there is replaced.

        Raises:
            OperandError: the language is unknown, or the path is none.
            BackendError: the language lacks a row of the program, which it names.
            OSError: the file cannot be written.

        >>> from tempfile import TemporaryDirectory
        >>> from autograd_tiny import Value, record
        >>> w = Value(3.0)
        >>> program = record(lambda x, y: (w * x - y) ** 2, inputs=(1.0, 1.0), parameters=[w])
        >>> with TemporaryDirectory() as folder:
        ...     lines = program.export("numpy", Path(folder, "loss.py")).read_text(encoding="utf-8").splitlines()
        >>> [line.strip() for line in lines if line.strip().startswith("v1 =")]
        ['v1 = w * x']
        """
        from autograd_tiny.replay.export.export import export

        return export(self, language, path)

    # ── replaying ──

    def _alone(self, place: str) -> Any:
        """Return the lock of a call: calls of other threads wait for it.

        Raises:
            NestedPassError: the caller was called during another call, or a backward pass, of this thread: by a hook,
                a signal handler or a finalizer, or by the recorded function itself.
        """
        if self._lock._is_owned() or self._loss is not None:
            self._require_no_other_call(place)
        return self._lock

    def _require_no_other_call(self, place: str) -> None:
        """Raise the NestedPassError. A lock that a debugger left, which was quit inside of a call, is released."""
        while self._lock._is_owned():
            frame: FrameType | None = sys._getframe(3)
            while frame is not None:
                if frame.f_code.co_filename == __file__ and frame.f_locals.get("self") is self:
                    raise NestedPassError(place)
                frame = frame.f_back
            self._lock.release()
        if self._loss is not None and PASS._is_owned() and is_within_pass():
            raise NestedPassError(place)

    def _load(self) -> None:
        self._backend.parameters[:] = [leaf._number for leaf in self._leaves]

    def _evaluate(self, inputs: Sequence[Any]) -> Any:
        arguments = self._inputs.flat(inputs)
        losses = self._run(arguments, None)
        if self._outputs is not None:
            numbers = self._outputs.of(self._conditions, len(losses))
            losses = numbers if self._batched else numbers[0]
        elif not self._batched:
            losses = losses.item(0)
        if RECORDERS:
            require_finite(losses, None, (), batched=self._batched)
        return losses

    def _differentiate(self, inputs: Sequence[Any], reduction: str) -> Any:
        if type(reduction) is not str or reduction not in REDUCTIONS:
            require("reduction", reduction, REDUCTIONS)
        if self._outputs is not None:
            self._require_one_number()
        arguments = self._inputs.flat(inputs)
        batch = len(arguments[0]) if arguments else 1
        losses = self._run(arguments, 1.0 / batch if batch and reduction == "mean" else 1.0)
        if self._thread != get_ident():
            self._overtake()
        if RECORDERS:
            gradients = self._backend.gradients if self._leaves else self._slopes
            require_finite(losses, gradients, self._leaves, batched=self._batched)
        return losses if self._batched else losses.item(0)

    def _require_one_number(self) -> None:
        """Raise a RecordError if the program computes several numbers, which have no one gradient."""
        if self._outputs is not None:
            remedy = "let it return one Value for gradients; program(...) and evaluate compute several numbers"
            raise RecordError("the function returned several numbers", remedy, while_recording=False)

    def _overtake(self) -> None:
        """Note that the gradients are those of this thread."""
        self._overtaken.add(self._thread)
        self._thread = get_ident()
        self._overtaken.discard(self._thread)

    def _run(self, arguments: Sequence[Any], seed: float | None) -> Any:
        """Replay a batch; the gradients are in the back-end, those of the inputs in `_slopes`."""
        if RECORDERS and active_recorder():
            raise RecordError("a program was run", "call its function instead")
        backend = self._backend if self._eager is None else self._eager
        others = [leaf._number for leaf in self._others] if self._others else ()
        losses = backend.run(arguments, others, seed, self._check)
        if seed is not None and not self._leaves:
            self._slopes = backend.slopes(len(losses))
        return losses

    def _check(self, conditions: Sequence[Any]) -> None:
        """Raise a ReplayMismatch if an example takes another branch than the recorded one."""
        self._conditions = conditions
        raise_mismatch(self._tape.guards, conditions[: len(self._tape.guards)], batched=self._batched)


def _rebuilt(  # noqa: PLR0917 - by position, in a pickle
    parts: Parts,
    arguments: list[Argument],
    leaves: list[Value],
    make: Callable[[Tape], Backend],
    batched: bool,  # noqa: FBT001 - as above
    outputs: Outputs | None,
    parameters: list[float],
    gradients: list[float],
) -> Program:
    """Return a copied program."""
    program = Program(None, arguments, leaves, Tape.of_parts(parts), make, batched=batched, outputs=outputs)
    program.parameters[:], program.gradients[:] = parameters, gradients
    return program
