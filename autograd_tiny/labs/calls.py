"""Call what a student wrote, and watch it: what it raises, prints, returns, and what it does to its arguments.

>>> from autograd_tiny.labs.kinds import ANYTHING
>>> def shortest(numbers):
...     numbers.sort()
...     return numbers[0]
>>> watch(shortest, Call((["tall", "low"],)), ANYTHING, moved=(), session=Session())
Altered(argument='numbers', words='was [tall, low] and is [low, tall] afterwards')
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from types import CodeType, TracebackType
from typing import Any

from autograd_tiny.engine.graph import topological_order
from autograd_tiny.engine.value import Value
from autograd_tiny.labs.comparison import Failure, in_words
from autograd_tiny.labs.kinds import Kind
from autograd_tiny.labs.time_limit import Clock, OutOfTime, within


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function.

    Attributes:
        arguments: of the call.
        text: follows the text of the sample in a message, such as ", called again,".
    """

    arguments: tuple[Any, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A result of another type than is asked.

    Attributes:
        words: the result as text.
        kind: the name of the type that is asked.
    """

    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Altered:
    """An argument that a call has changed.

    Attributes:
        argument: its name.
        words: how it was and is.
    """

    argument: str
    words: str


@dataclass(slots=True)
class Session:
    """The state that the calls of one check share.

    Attributes:
        clock: ends a call when the time of the check is up; None for programs that end.
        printed: what the latest call has printed.
    """

    clock: Clock | None = None
    printed: str = field(default="", init=False)


def watch(attempt: Callable[..., Any], call: Call, kind: Kind, *, moved: tuple[int, ...], session: Session) -> Any:
    """Return the result of a call, or a `Failure`, `Altered` or `Misfit`.

    Args:
        attempt: what is called.
        call: with which arguments.
        kind: the type that its result has to have.
        moved: the positions of the arguments whose Values may get other numbers; all others have to stay as they are.
        session: the time that is left, and what was printed.
    """
    before = [copied(argument, is_fixed=k not in moved) for k, argument in enumerate(call.arguments)]
    texts = [in_words(argument) for argument in call.arguments]
    try:
        with printing(session):
            if session.clock is None:
                result = attempt(*call.arguments)
            else:
                result = within(session.clock, attempt, *call.arguments)
    except OutOfTime as error:
        return Failure("OutOfTime", str(error))
    except Exception as error:  # noqa: BLE001 - a student's program may raise anything
        return failure(error, attempt)
    for k, argument in enumerate(call.arguments):
        if copied(argument, is_fixed=k not in moved) != before[k]:
            return Altered(name_of_argument(attempt, k), difference(texts[k], in_words(argument)))
    return result if kind.fits(result) else Misfit(kind.text(result), kind.words)


@contextmanager
def printing(session: Session) -> Iterator[None]:
    """Keep what is printed inside."""
    text = io.StringIO()
    try:
        with redirect_stdout(text):
            yield
    finally:
        session.printed = text.getvalue()


def failure(error: Exception, attempt: Any) -> Failure:
    """Return what an attempt raised; where a function is not written yet, its name."""
    message = " ".join(str(error).split())
    if not isinstance(error, NotImplementedError) or message:
        return Failure(type(error).__name__, message)
    code = innermost(error.__traceback__)
    is_other = code is not None and code is not getattr(attempt, "__code__", None)
    return Failure("NotImplementedError", "", unwritten=code.co_name if code and is_other else "")


def innermost(traceback: TracebackType | None) -> CodeType | None:
    """Return the code in which an exception was raised."""
    code = None
    while traceback is not None:
        code = traceback.tb_frame.f_code
        traceback = traceback.tb_next
    return code


def copied(argument: Any, *, is_fixed: bool) -> Any:
    """Return what has to stay the same of an argument: its elements by identity, and their numbers if it is fixed.

    >>> numbers = [1.0, [Value(2.0)]]
    >>> before = copied(numbers, is_fixed=False)
    >>> numbers[1][0].data = 5.0
    >>> copied(numbers, is_fixed=False) == before
    True
    >>> numbers[1] = [Value(2.0)]
    >>> copied(numbers, is_fixed=False) == before
    False
    """
    match argument:
        case Value():
            nodes = topological_order(argument)
            return [id(argument), *((id(node), node.data, node.grad) for node in nodes if is_fixed)]
        case list():
            return [id(argument), *(copied(element, is_fixed=is_fixed) for element in argument)]
        case tuple():
            return tuple(copied(element, is_fixed=is_fixed) for element in argument)
        case _ if hasattr(argument, "parameters"):  # a model
            return copied(argument.parameters(), is_fixed=is_fixed)[1:]
        case _:
            return argument


def name_of_argument(attempt: Callable[..., Any], position: int) -> str:
    """Return the name of an argument.

    >>> name_of_argument(lambda x, y: x, 1), name_of_argument(lambda *numbers: 0, 1)
    ('y', 'number 2')
    """
    try:
        parameters = list(inspect.signature(attempt).parameters.values())
    except (TypeError, ValueError):  # a builtin
        parameters = []
    if position < len(parameters) and parameters[position].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
        return parameters[position].name
    return f"number {position + 1}"


def difference(before: str, after: str) -> str:
    """Return how an argument was and is, or that its elements are others where their numbers look the same."""
    if before == after:
        return "has other numbers or other elements afterwards"
    return f"was {before} and is {after} afterwards"
