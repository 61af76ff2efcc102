"""Find out whether a function draws random numbers, and on which line.

A program replays what was recorded: a mask of dropout would be the same in every replay. Two runs may draw the same
numbers by chance, so the states of generators are compared: those of `random` and `numpy.random`, and those that the
function reaches by its closure, its globals and its attributes.

>>> import random
>>> def dropout(x):
...     return x * (random.random() < 0.5)
>>> draws = Draws(dropout)
>>> before = draws.states()
>>> zero = dropout(0.0)
>>> draws.states() == before
False
>>> draws.line_of(lambda: dropout(0.0)).code
'return x * (random.random() < 0.5)'
"""

from __future__ import annotations

import linecache
import pickle
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import BuiltinMethodType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, Final

from autograd_tiny.support.user_frames import IS_USER_FILE

DEEPEST: Final = 4
"""How many functions and objects lie between the function and a generator, at most."""

LONGEST: Final = 1000
"""The length of a list that is searched, at most."""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """The line of the user's program that drew a random number."""

    file: str
    number: int
    code: str


class Draws:
    """The generators that a function may draw from.

    Args:
        function: a function, or an object that is called.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._of_numpy: Any = sys.modules.get("numpy.random")  # to import it takes longer than to record
        found = {id(thing): thing for thing in _reached(function, DEEPEST) if _is_generator(thing)}
        self._generators = list(found.values())

    def states(self) -> list[bytes]:
        """Return the states of all generators, to be compared."""
        of_numpy = self._of_numpy and self._of_numpy.get_state(legacy=False)
        return list(map(pickle.dumps, [random.getstate(), of_numpy, *map(_state_of, self._generators)]))

    def line_of(self, run: Callable[[], object]) -> DrawnLine | None:
        """Return the first line of the user's program that changes a state while something runs; None without one."""
        watch = _Watch(self)
        before = sys.gettrace()
        sys.settrace(watch.enter)
        try:
            run()
        finally:
            sys.settrace(before)
        return watch.found


class _Watch:
    """Compares the states after each line of the user's program; see `sys.settrace`."""

    def __init__(self, draws: Draws) -> None:
        self.draws, self.states = draws, draws.states()
        self.last: DrawnLine | None = None
        self.found: DrawnLine | None = None

    def enter(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        """Watch the lines of a frame of the user's program."""
        if self.found is not None or not IS_USER_FILE[frame.f_code.co_filename]:
            return None
        return self.go_on

    def go_on(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        """Compare the states before a line, and before a frame is left."""
        if self.found is None and self.draws.states() != self.states:
            self.found = self.last
        if self.found is not None:
            return None
        file, number = frame.f_code.co_filename, frame.f_lineno
        self.last = DrawnLine(file, number, linecache.getline(file, number).strip())
        return self.go_on


def _is_generator(thing: object) -> bool:
    if isinstance(thing, random.Random):
        return True
    of_numpy = sys.modules.get("numpy.random")
    return of_numpy is not None and isinstance(thing, of_numpy.Generator | of_numpy.RandomState)


def _state_of(generator: Any) -> Any:
    if isinstance(generator, random.Random):
        try:
            return generator.getstate()
        except NotImplementedError:  # SystemRandom has none
            return None
    bits = getattr(generator, "bit_generator", None)  # of a Generator
    return generator.get_state() if bits is None else bits.state


def _reached(thing: Any, depth: int) -> Iterator[Any]:
    """Yield what a function or an object refers to: closure, defaults, globals that its code names, attributes."""
    yield thing
    if depth == 0 or _is_generator(thing) or isinstance(thing, type):
        return
    nearby: list[Any] = []
    if isinstance(thing, MethodType | BuiltinMethodType):
        nearby = [thing.__self__, getattr(thing, "__func__", None)]
    elif isinstance(thing, FunctionType):
        cells = [cell.cell_contents for cell in thing.__closure__ or () if _is_filled(cell)]
        named = [thing.__globals__[name] for name in thing.__code__.co_names if name in thing.__globals__]
        nearby = [*cells, *named, *(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
    elif isinstance(thing, list | tuple) and len(thing) <= LONGEST:
        nearby = [x for x in thing if not isinstance(x, float | int | str)]
    elif hasattr(thing, "__dict__") and not isinstance(thing, ModuleType):
        nearby = [*vars(thing).values(), *[type(thing).__call__] * callable(thing)]
    for other in nearby:
        yield from _reached(other, depth - 1)


def _is_filled(cell: Any) -> bool:
    """Return whether a variable of a closure has a value yet."""
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False
