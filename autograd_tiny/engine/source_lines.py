"""Remember which line of the user's program made each node: `record_lines()`, off by default.

>>> from autograd_tiny import Value, record_lines
>>> with record_lines():
...     x = Value(3.0)
...     y = x.log()
>>> y.line.line, y.line.function, y.line.code
(3, '<module>', 'y = x.log()')

The lines are in a table beside the nodes, so that a node needs no slot. A key is a weak reference to a node, whose
callback, written in C, removes the entry. What is kept of a line is its code and the instruction in it: to find the
number of a line takes longer than to make a node.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType, FrameType, NoneType
from typing import Any, ClassVar, Final
from weakref import ref

from autograd_tiny.engine.grad_mode import OPEN, RECORDERS, Switch
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.support.user_frames import IS_USER_FILE, user_frame_of

Place = tuple[CodeType, int]
"""Code of the user, and the offset of an instruction in it."""

_getframe: Final = sys._getframe

MANY_OTHERS: Final = 8
"""The nodes of a graph are looked up one by one where there are this many times as many others."""
LINES: Final[dict[Any, Place]] = {}
"""For weak references to nodes the place that made them."""

PLACES: Final[dict[int, dict[int, Place]]] = {}
"""The values of LINES, each once, by the identity of the code and the offset: one object for all nodes of a line."""

LONGEST_CODE: Final = 60
"""The longest code, in characters, that is quoted in full."""

FORGET: Final = LINES.pop
"""The callback of these references, which takes one."""

Observer = Callable[[Any, Any, float], None]
"""Takes the numbers of a pass, its root and its seed."""


class Watch(ref[Any]):
    """A weak reference to the lock of a block in which lines are recorded.

    Attributes:
        observe: called at the end of each pass; None in `record_lines()`.
    """

    __slots__ = ("observe",)

    records: ClassVar = False
    """Its place is among RECORDERS, but it does not record a program."""

    observe: Observer | None

    def is_open(self) -> bool:
        """Return True until the block ends."""
        lock = self()
        return lock is not None and lock.locked()


WATCHES: Final[ContextVar[tuple[Watch, ...]]] = ContextVar("WATCHES", default=())
"""The watches of the blocks that this thread, or this task of asyncio, began."""

LATEST: Final[ContextVar[Callable[[], Any]]] = ContextVar("LATEST", default=NoneType)
"""One of them that is open, or was; a quick test."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a program.

    Attributes:
        file: its path, or a name such as `<stdin>`.
        line: its number, from 1.
        function: the name of the function that it is in; `<module>` outside of all.
    """

    file: str
    line: int
    function: str

    @property
    def code(self) -> str:
        """The text of the line; an empty one where the file cannot be read."""
        return linecache.getline(self.file, self.line).strip()

    def quote(self, place: str = "") -> str:
        """Return the line with its function and its code, as errors and screens quote it.

        Args:
            place: the file and the number, if not as in `str(line)`.

        >>> SourceLine("no/such/net.py", 4, "loss").quote()
        'net.py:4, in loss'
        """
        inside = "" if self.function == "<module>" else f", in {self.function}"
        code = printable(self.code)
        shown = f"{code[: LONGEST_CODE - 1]}…" if len(code) > LONGEST_CODE else code
        return f"{place or printable(str(self))}{inside}{shown and f': {shown}'}"

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line}"


class SourceLines:
    """A mixin of `Value`: its line."""

    __slots__ = ()

    @property
    def line(self) -> SourceLine | None:
        """The line of the program that made this node inside `record_lines()`; None elsewhere."""
        return line_of(self)


class record_lines(Switch):  # noqa: N801 - a context manager reads as a verb, as no_grad does
    """Remember which line of the program makes each node, a leaf too. A context manager and a decorator.

    `node.line` is that line: of the innermost function of the program, not of this package, nn, Python or an
    installed package. The prompt, the page, the trace and errors show it. In a block, a forward and backward pass
    takes up to twice as long; elsewhere nothing is slower. Blocks nest; each thread and each task of asyncio has its
    own. A copy has the line of its original, what was pickled has none.

    >>> from autograd_tiny import Value, record_lines
    >>> @record_lines()
    ... def double(x):
    ...     return 2 * x
    >>> double(Value(4.0)).line.function
    'double'
    """

    @property
    def _observer(self) -> Observer | None:
        """Called at the end of each pass in the block."""
        return None

    def _begin(self, lock: Any) -> Callable[[], Any]:
        if not OPEN:
            PLACES.clear()  # of functions that are gone
        key = ~id(lock)
        watch = Watch(lock, partial(RECORDERS.pop, key))  # written in C, where no Ctrl-C comes
        watch.observe = self._observer
        RECORDERS[key] = watch
        OPEN.add(ref(lock, OPEN.discard))
        WATCHES.set((*(other for other in WATCHES.get() if other() is not None), watch))
        LATEST.set(watch)
        return lock.__enter__  # type: ignore[no-any-return]  # as in grad_mode


def note_line(node: Any) -> None:
    """Note the line of a new node, if lines are recorded here.

    `new_node` calls this if OPEN is not empty, and the constructor of leaves. Their callers are of this package, and
    called by the user's program, or by others of this package.
    """
    lock = LATEST.get()()
    if (lock is not None and lock.locked()) or _records_lines():
        frame = _getframe(3)
        places = PLACES.get(id(frame.f_code))
        place = None if places is None else places.get(frame.f_lasti)
        LINES[ref(node, FORGET)] = place or _place_of(frame)


def _records_lines() -> bool:
    """Return True if a block of this thread, or of this task of asyncio, is open; remember one that is."""
    for watch in WATCHES.get():
        if watch.is_open():
            LATEST.set(watch)
            return True
    return False


def _place_of(frame: FrameType) -> Place:
    """Return where the innermost function of the user is, from a frame outwards."""
    if not IS_USER_FILE[frame.f_code.co_filename]:
        frame = user_frame_of(frame)
    code, offset = frame.f_code, frame.f_lasti
    places = PLACES.get(id(code))
    if places is None:
        places = PLACES.setdefault(id(code), {})
    return places.get(offset) or places.setdefault(offset, (code, offset))


def copy_lines(pairs: Iterable[tuple[Any, Any]]) -> None:
    """Give copies the lines of their originals."""
    for original, copy in pairs:
        place = LINES.get(ref(original))
        if place is not None:
            LINES[ref(copy, FORGET)] = place


def observers() -> list[Observer]:
    """Return those who observe the passes of this thread, or of this task of asyncio."""
    return [watch.observe for watch in WATCHES.get() if watch.observe is not None and watch.is_open()]


def observe_pass(numbers: Iterable[float], slopes: Iterable[Any], root: Any, seed: float = 1.0) -> None:
    """Tell the observers of a pass that is over.

    Args:
        numbers: of the nodes.
        slopes: the gradients, floats or Values.
        root: of the pass.
        seed: its gradient.
    """
    seen = [*numbers, *(getattr(slope, "_number", slope) for slope in slopes)]
    for observe in observers():
        observe(seen, root, seed)


def line_of(node: Any) -> SourceLine | None:
    """Return the line that made a node; None if it was not recorded."""
    place = LINES.get(ref(node)) if LINES else None
    return None if place is None else _source_line(*place)


def quoted_line(node: Any) -> str:
    """Return the line that made a node, for an error; an empty text if it was not recorded."""
    line = line_of(node)
    return "" if line is None else line.quote()


def lines_of(nodes: Iterable[Any]) -> list[SourceLine | None]:
    """Return the line of each node. Each line is looked up once."""
    nodes = list(nodes)
    if not LINES:
        return [None] * len(nodes)
    if len(LINES) > MANY_OTHERS * len(nodes):
        places = [LINES.get(ref(node)) for node in nodes]
    else:  # faster, as a reference is found by == of the nodes
        known = LINES.copy()  # at once, as other threads add to it
        by_id = dict(zip(map(id, map(ref.__call__, known)), known.values(), strict=True))
        places = list(map(by_id.get, map(id, nodes)))
    found = dict(zip(map(id, places), places, strict=True))
    lines = {key: None if place is None else _source_line(*place) for key, place in found.items()}
    return list(map(lines.__getitem__, map(id, places)))


def _source_line(code: CodeType, offset: int) -> SourceLine:
    numbers = (line for start, end, line in code.co_lines() if start <= offset < end)
    return SourceLine(code.co_filename, next(numbers, None) or code.co_firstlineno, code.co_name)
