"""The exceptions of autograd_tiny. Each message says what arrived, what was expected, and how to mend it.

All derive from `AutogradError` and from the builtin exception that fits, and carry their data as attributes.

>>> from autograd_tiny import Value
>>> try:
...     Value(3.0) + "2"
... except TypeError as error:
...     print(error)
...     print(error.primitive, error.received)
add got 'str' ('2'); it takes Values and real numbers; convert it with float(...) first
add str
"""

from __future__ import annotations

import importlib
import operator
import os
import sys
from collections.abc import Sequence, Sized
from typing import Any, ClassVar, Final

FIRST_WORDS_OF_NN: Final = b"nn: small neural networks of scalar neurons"
MOST_LABELS: Final = 4
"""The largest number of labels in a message."""


class AutogradError(Exception):
    """The base class of all errors that autograd_tiny raises itself."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _without_init, (type(self), self.args), vars(self)


def _without_init(kind: type[AutogradError], args: tuple[Any, ...]) -> AutogradError:
    """Rebuild a copied or pickled error; its `__init__` takes other arguments than the message."""
    return kind.__new__(kind, *args)


class OperandError(AutogradError, TypeError):
    """An operand of the wrong type, where a number or a Value was expected.

    Attributes:
        primitive: the name of the primitive or function that refused it.
        received: the name of the type that arrived.
    """

    def __init__(self, primitive: str, operand: object, *, expected: str, remedy: str) -> None:
        self.primitive = primitive
        self.received = type(operand).__name__
        shown = "" if operand is None else f" ({shorten(operand)})"
        super().__init__(f"{primitive} got {self.received!r}{shown}; it takes {expected}; {remedy}")


class NumberTooLargeError(AutogradError, OverflowError):
    """An integer too large for a float.

    Attributes:
        primitive: the name of the primitive or function that refused it.
    """

    def __init__(self, primitive: str) -> None:
        self.primitive = primitive
        super().__init__(f"{primitive} got an integer too large for a float (largest: about 1.8e308); divide it")


class SignatureError(AutogradError, TypeError):
    """A call of a primitive whose operands do not match its signature.

    Attributes:
        primitive: the name of the primitive.
        operands: the names of its operands.
    """

    def __init__(self, primitive: str, operands: tuple[str, ...], problem: str) -> None:
        self.primitive = primitive
        self.operands = operands
        super().__init__(f"{primitive}({', '.join(operands)}) {problem}")


class StaleDataError(AutogradError, ValueError):
    """The data of a node changed after an operation used it, so the graph no longer matches its numbers.

    Attributes:
        primitive: the name of the primitive that used the earlier number.
        inputs: the labels of its inputs, of those that have one.
        result: the label of its result, empty if it has none.
        line: of the program that made the result, with its code; empty if it was not recorded.
    """

    def __init__(self, primitive: str, *, inputs: Sequence[str] = (), result: str = "", line: str = "") -> None:
        self.primitive, self.inputs, self.result, self.line = primitive, tuple(inputs), result, line
        few = ", ".join([*self.inputs[:MOST_LABELS], *["..."] * (len(self.inputs) > MOST_LABELS)])
        super().__init__(
            f"the data of an input of {primitive}{f' ({few})' if few else ''}, or of its result"
            f"{f' ({result})' if result else ''}, was changed after the operation; derivatives need the numbers of "
            f"the forward pass, so run the forward pass again{line and f' (the operation is at {line})'}"
        )


class LengthError(AutogradError, ValueError):
    """Lists that must have equal lengths differ, or a list is empty.

    Attributes:
        lengths: the length of each list, by name.
    """

    def __init__(self, place: str, **lengths: int) -> None:
        self.lengths = lengths
        article = {"list": "a list"}
        sides = " and ".join(f"{article.get(name, name)} of length {length}" for name, length in lengths.items())
        expected = "equal lengths" if len(lengths) > 1 else "at least one element"
        super().__init__(f"{place} got {sides}; it takes {expected}")


class PositionError(AutogradError, IndexError):
    """An index, such as the number of a class, outside of a list.

    Attributes:
        position: the index that arrived.
        length: the length of the list.
    """

    def __init__(self, place: str, position: object, length: int, *, takes_negative: bool = False) -> None:
        self.position = position
        self.length = length
        expected = f"a whole number from {-length if takes_negative else 0} to {length - 1}"
        super().__init__(f"{place} got position {shorten(position)}; it takes {expected}")


class PrimitiveError(AutogradError, ValueError):
    """An invalid definition of a primitive, such as a name that exists already.

    Attributes:
        primitive: the name of the primitive.
    """

    def __init__(self, primitive: str, problem: str) -> None:
        self.primitive = primitive
        super().__init__(f"primitive {primitive!r}: {problem}")


class CutGraphError(AutogradError, TypeError):
    """An implicit conversion of a Value to float, which would silently detach it from the graph.

    Attributes:
        data: the number of the Value.
    """

    def __init__(self, data: float) -> None:
        self.data = data
        super().__init__(
            f"a Value (data={data!r}) cannot be converted to float implicitly, as float(v), int(v) and "
            "math.exp(v) do: that would detach it from the graph; use v.data for the number, or a function of "
            "autograd_tiny, such as autograd_tiny.exp(v) or v.exp()"
        )


class RecordError(AutogradError, RuntimeError):
    """A recorded function did something that its program could not replay for other examples.

    Attributes:
        problem: what the function did.
        remedy: what to do instead.
        place: the line that did it, as " in line 3 of net.py, `y = math.exp(x)`"; empty if it is not known.
    """

    def __init__(self, problem: str, remedy: str, *, place: str = "", while_recording: bool = True) -> None:
        self.problem, self.remedy, self.place = problem, remedy, place
        text = f"during recording, {problem}{place}: the replay would be wrong" if while_recording else problem
        super().__init__(f"{text}; {remedy}")


class NotRecordedError(AutogradError, RuntimeError):
    """A backward pass from a node that was computed inside `no_grad()`, so that no graph is below it.

    Attributes:
        place: the function that was called.
        data: the number of the node.
        line: of the program that computed it, with its code; empty if it was not recorded.
    """

    def __init__(self, place: str, data: float, *, line: str = "") -> None:
        self.place, self.data, self.line = place, data, line
        super().__init__(
            f"{place} got a Value (data={data!r}) that was computed inside no_grad(), which records no graph, so "
            f"there are no gradients; compute it outside of no_grad(){line and f' (it is computed at {line})'}"
        )


class AnomalyError(AutogradError, ArithmeticError):
    """A pass inside `detect_anomaly()` met inf or nan.

    Attributes:
        anomalies: the first ones of both passes, with their causes; none for a replayed program, which has no nodes.
        example: the position in its batch of the example that a replayed program met it at, from 0; else None.
    """

    def __init__(
        self,
        problem: str,
        anomalies: Sequence[Any] = (),
        *,
        rest: str = "",
        example: int | None = None,
        place: str = "",
    ) -> None:
        self.anomalies = anomalies
        self.example = example
        self._parts = problem, rest
        where = place or ("" if example is None else f" of example {example} of the batch")
        super().__init__(f"{problem}{where}{rest}")

    def at(self, place: str) -> AnomalyError:
        """Return the error of a replayed program with words for where the batch and its example are."""
        problem, rest = self._parts
        return AnomalyError(problem, self.anomalies, rest=rest, example=self.example, place=place)


class NestedPassError(AutogradError, RuntimeError):
    """A backward pass that begins during another one of the same thread: in a hook, a signal handler or a finalizer.

    Attributes:
        place: the method that was called.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(
            f"{place}() was called during a backward pass of the same thread, by a hook, a signal handler or a "
            "finalizer, and would mix the gradients of both; call it after the pass"
        )


class OvertakenError(AutogradError, RuntimeError):
    """The gradients of a program are those of a call of another thread, after one of the thread that reads them."""

    def __init__(self) -> None:
        super().__init__(
            "another thread ran the program after this one, and replaced its gradients; let each thread run its own "
            "program, such as copy.copy(program)"
        )


class UnusedInputError(AutogradError, ValueError):
    """A derivative with respect to a node that the root does not depend on, which is often a mistake.

    Attributes:
        position: which of the inputs; None if only one was given.
        label: its label.
    """

    def __init__(self, position: int | None, label: str) -> None:
        self.position, self.label = position, label
        which = "the input" if position is None else f"input {position}"
        name = f" ({label!r})" if label else ""
        super().__init__(
            f"grad got a root that does not depend on {which}{name}, which was perhaps detached, or made after the "
            "root; pass allow_unused=True to get None for it"
        )


class UnorderedError(AutogradError, ValueError):
    """An order of Values that NumPy cannot find, since one of them is nan."""

    def __init__(self) -> None:
        super().__init__(
            "NumPy got Values to order of which one is nan, and its result would be wrong; use autograd_tiny.max and "
            "min, which are nan then, or np.argsort([v.data for v in values]), which puts nan last"
        )


class GeneratedSourceError(AutogradError, ValueError):
    """Generated source contains something else than arithmetic, a bug of autograd_tiny.

    Attributes:
        line: the line of the source, from 1.
        found: what it contains.
    """

    def __init__(self, line: int, found: str) -> None:
        self.line = line
        self.found = found
        super().__init__(
            f"generated source contains {found} in line {line}, where only arithmetic is allowed; report this bug"
        )


class ShapeError(AutogradError, ValueError):
    """An argument of a program whose shape differs from that of the recorded example.

    Attributes:
        argument: which argument, such as "input 0", the first one.
        received: the shape that arrived.
        expected: the shape of one example.
    """

    def __init__(self, argument: str, received: tuple[int, ...], expected: tuple[int, ...], *, batched: bool) -> None:
        self.argument = argument
        self.received = received
        self.expected = expected
        sizes = [*(["batch"] if batched else []), *map(str, expected)]
        wanted = f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"
        super().__init__(
            f"{argument} has shape {received}; the program was recorded for {wanted}; record another program for "
            "examples of another shape"
        )


class ReplayMismatch(AutogradError, RuntimeError):  # noqa: N818 - a different branch is not a mistake
    """An example takes another branch in the recorded function than the recorded example did.

    Attributes:
        example: the index of the first such example in the batch; None if all examples do.
        file, line: where the condition is.
        recorded: its result for the recorded example.
    """

    def __init__(self, example: int | None, file: str, line: int, code: str, *, recorded: bool) -> None:
        self.example = example
        self.file, self.line = file, line
        self.recorded = recorded
        who = "this call" if example is None else f"example {example}"
        text = f", `{code}`" if code else ""
        super().__init__(
            f'{who} takes another branch than the recorded example at line {line} of "{file}"{text}, which was '
            f"{recorded}; use autograd_tiny.where, max, min or clamp instead of the branch, or record with "
            'on_mismatch="eager"'
        )


class BackendError(AutogradError, RuntimeError):
    """A program cannot be compiled: the back-end "c" lacks a row, or the machine lacks a compiler.

    Attributes:
        problem: the obstacle.
    """

    failure: ClassVar[str] = 'the back-end "c" cannot be used'

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        super().__init__(f"{self.failure}: {problem}; {remedy}")


class WorkerError(AutogradError, RuntimeError):
    """A shard of a batch could not be computed by any worker; parameters and gradients are as before the call.

    Attributes:
        shard: its number, from 0.
        worker: the process that failed, or its pool.
        problem: the error in it, with the line of the user's program.
    """

    def __init__(self, shard: int, shards: int, worker: str, problem: str, remedy: str) -> None:
        self.shard, self.worker, self.problem = shard, worker, problem
        super().__init__(f"shard {shard} of {shards} (counted from 0) failed on {worker}: {problem}; {remedy}")


class InputError(AutogradError, ValueError):
    """Something that the user typed, or that a file holds, cannot be used; the message says what can."""


class MissingPackageError(AutogradError, ImportError):
    """An optional package is not installed.

    Attributes:
        package: its name where packages are installed from.
        extra: the extra of autograd_tiny that installs it.
    """

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f'this needs {package}; install it with: pip install "autograd_tiny[{extra}]"')


def require_package(module: str, *, package: str, extra: str) -> Any:
    """Import and return a module of an optional package.

    Raises:
        MissingPackageError: the package is not installed.

    >>> require_package("math", package="math", extra="all").floor(1.5)
    1
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackageError(package, extra) from error


class OtherPackageError(AutogradError, ImportError):
    """The package `nn` that Python finds is not the one of autograd_tiny.

    Attributes:
        found: the path of its file; None where there is none.
    """

    def __init__(self, found: str | None) -> None:
        self.found = found
        other = f"{found} is found as nn, which is another package" if found else "no package nn is found"
        super().__init__(
            f"{other}; this needs the nn of autograd_tiny: rename your own nn, or uninstall the other one and "
            "install autograd_tiny again"
        )


def require_own_nn() -> None:
    """Check, without importing it, that the package `nn` is the one of autograd_tiny.

    Raises:
        OtherPackageError: it is another one, such as a file nn.py of the user.
    """
    from importlib.util import find_spec

    try:
        spec: Any = find_spec("nn")
    except ValueError:  # a module that was not loaded from a file
        spec = None
    try:
        content: bytes = spec.loader.get_data(spec.origin)
    except (AttributeError, OSError, TypeError):
        content = b""
    if FIRST_WORDS_OF_NN not in content:
        raise OtherPackageError(getattr(spec, "origin", None))


def require_unmasked(place: str, operand: object) -> None:
    """Raise an OperandError if an element of a masked array, or of one in a list, is masked: it has no number."""
    masked_arrays = sys.modules.get("numpy.ma")
    if masked_arrays is not None and _is_masked(operand, masked_arrays):
        remedy = "leave it out with .compressed(), or fill it in with .filled(number)"
        raise OperandError(place, operand, expected="numbers that are not masked", remedy=remedy)


def _is_masked(operand: object, masked_arrays: Any) -> bool:
    if isinstance(operand, list | tuple):
        is_plain = {float, int}.issuperset(map(type, operand))  # fast, for the arguments of a program
        return not is_plain and any(_is_masked(element, masked_arrays) for element in operand)
    return isinstance(operand, masked_arrays.MaskedArray) and bool(masked_arrays.is_masked(operand))


def whole_number(thing: Any) -> int | None:
    """Return an integer, also one of NumPy, as an int; None for a bool, and for anything else.

    >>> whole_number(3), whole_number(True), whole_number(3.0)
    (3, None, None)
    """
    try:
        return None if isinstance(thing, bool) else operator.index(thing)
    except TypeError:
        return None


def require_callable(function: object, place: str) -> None:
    """Raise an OperandError if an argument that must be a function cannot be called."""
    if not callable(function):
        raise OperandError(place, function, expected="a function", remedy="pass one, such as a lambda")


def require_true_or_false(place: str, argument: str, flag: object) -> None:
    """Raise an OperandError if an argument is not True or False; 1, 0 and those of NumPy count."""
    if not (isinstance(flag, bool) or type(flag).__name__ == "bool_" or whole_number(flag) in {0, 1}):
        raise OperandError(place, flag, expected=f"True or False as {argument}", remedy="write one of them")


def require_path(place: str, path: object) -> None:
    """Raise an OperandError if an argument is not the path of a file."""
    if not isinstance(path, str | os.PathLike):
        raise OperandError(place, path, expected="the path of a file", remedy="write it in quotes")


def require_same_length(place: str, **lists: Sized) -> None:
    """Raise a LengthError with all lengths if lists differ in length."""
    lengths = {name: len(elements) for name, elements in lists.items()}
    if len(set(lengths.values())) > 1:
        raise LengthError(place, **lengths)


MOST_ECHOED: Final = 60
"""The most characters of a name that arrived which an error repeats."""


def shorten(operand: object, width: int = 40) -> str:
    """Return the repr of an operand for an error message, truncated to `width` characters."""
    try:
        text = repr(operand)
    except Exception as error:  # noqa: BLE001 - a __repr__ may raise anything, and the message is still needed
        text = f"a {type(operand).__name__} whose repr raises {type(error).__name__}"
    return text if len(text) <= width else text[: width - 1] + "…"
