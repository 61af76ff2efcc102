"""Calls of a NumPy program: as the text of its source, and, if it is long, as a list that is run without compiling.

To compile a line takes 12 µs, to bind a call to its arrays 1 µs. A chain of tanh runs as fast both ways, Runge-Kutta
by 100 steps, whose calls are shorter, 10 % faster if it is compiled, so programs of its length are. What depends on
the seed is known in the backward pass only, so such lines are always compiled.

>>> import numpy as np
>>> setup, forward = [("t", Call("empty", (3,)))], [Call("add", ("x", 1.0, "t"))]
>>> x = np.zeros(3)
>>> names = {"empty": np.empty, "add": np.add, "mul": np.multiply, "x": x}
>>> passes = passes_of(setup, {"forward()": forward, "backward(seed)": [Call("mul", ("t", "seed", "x"))]}, names)
>>> for run, arguments in zip(passes, [(), (2.0,)]):
...     run(*arguments)
>>> x
array([2., 2., 2.])
"""

from __future__ import annotations

import operator
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import starmap
from typing import Any, Final, NamedTuple

from autograd_tiny.replay.compiling import compiled

LONG: Final = 20_000
"""The fewest lines of a source that is not compiled."""

NAME: Final = re.compile(r"[A-Za-z_]\w*")

ITEM: Final = "[]"
"""The function that takes an element: `t3[0]`."""


class Call(NamedTuple):
    """A call in a source.

    Attributes:
        function: its name, or `ITEM`.
        arguments: names, numbers, or tuples of these.
    """

    function: str
    arguments: tuple[Any, ...]

    def __str__(self) -> str:
        if self.function == ITEM:
            return f"{self.arguments[0]}[{self.arguments[1]}]"
        return f"{self.function}({', '.join(map(text_of, self.arguments))})"


BoundCall = tuple[Any, ...]
"""A function, and its arguments."""

Line = Call | str
"""A call, or another statement as text."""


def text_of(argument: Any) -> str:
    """Return the source of an argument."""
    if type(argument) is str:
        return argument
    if type(argument) is tuple:
        return f"({', '.join(map(text_of, argument))}{',' if len(argument) == 1 else ''})"
    return literal(argument) if type(argument) is float else str(argument)


def literal(number: float) -> str:
    """Return the source of a number."""
    return repr(number) if abs(number) < float("inf") else f"float('{number}')"


def source_of(setup: Iterable[tuple[str, Call]], passes: Mapping[str, Sequence[Line]]) -> str:
    """Return the text of a program.

    Args:
        setup: what it computes once, by names.
        passes: the lines of each function, by its head.
    """
    lines = [f"{name} = {call}" for name, call in setup]
    for head, body in passes.items():
        lines += [f"def {head}:", *(f"    {line}" for line in body or ["return"])]
    return "\n".join(lines)


def passes_of(
    setup: Iterable[tuple[str, Call]], passes: Mapping[str, Sequence[Line]], names: Mapping[str, Any]
) -> list[Callable[..., None]]:
    """Return the functions of a program as `compiled` does from its text.

    Args:
        setup: what it computes once, by names.
        passes: the lines of each function, by its head.
        names: all that the program may use.
    """
    known = {"None": None, ITEM: operator.getitem, **names}
    for name, (function, arguments) in setup:
        known[name] = known[function](*[known[x] if type(x) is str else _value(x, known) for x in arguments])
    bodies = {head: list(_without_known_calls(body, known)) for head, body in passes.items()}
    source = source_of([], bodies)
    used = {name: known[name] for name in NAME.findall(source) if name in known}
    return compiled(source, [head.partition("(")[0] for head in passes], {**used, "run": _run})


def _without_known_calls(body: Iterable[Line], known: dict[str, Any]) -> Iterator[Line]:
    """Yield the lines of a function, but one call that runs a list of calls for those of what is known before."""
    calls: list[BoundCall] = []
    for line in body:
        call = None if isinstance(line, str) else _bound(line, known)
        if call is not None:
            calls.append(call)
            continue
        if calls:
            yield _run_of(calls, known)
            calls = []
        yield line
    if calls:
        yield _run_of(calls, known)


def _run_of(calls: list[BoundCall], known: dict[str, Any]) -> Call:
    """Return the call that runs a list, which gets a name."""
    name = f"calls{len(known)}"
    known[name] = calls
    return Call("run", (name,))


def applied(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns."""
    return function(*arguments)


CALL: Final = getattr(operator, "call", applied)
"""The same in C, from Python 3.11 on; a loop in Python takes 5 % longer."""


def _run(calls: Iterable[BoundCall]) -> None:
    deque(starmap(CALL, calls), 0)


def _bound(call: Call, known: Mapping[str, Any]) -> BoundCall | None:
    """Return the function and the arguments of a call; None if it has a name that is not known."""
    function, arguments = call
    try:
        return known[function], *[known[x] if type(x) is str else _value(x, known) for x in arguments]
    except KeyError:
        return None


def _value(argument: Any, known: Mapping[str, Any]) -> Any:
    """Return the value of a number, or of a tuple of names and numbers."""
    if type(argument) is not tuple:
        return argument
    return tuple([known[x] if type(x) is str else _value(x, known) for x in argument])
