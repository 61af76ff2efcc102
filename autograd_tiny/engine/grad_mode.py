"""Switch recording off with `no_grad()` and the garbage collector with `no_gc()`; look up what a thread does.

>>> from autograd_tiny import Value, no_grad
>>> x = Value(3.0)
>>> with no_grad():
...     y = x * x
>>> y.inputs
()
"""

from __future__ import annotations

import gc
from _thread import allocate_lock
from collections.abc import Callable, Generator
from contextlib import ContextDecorator
from contextvars import ContextVar
from functools import partial, wraps
from threading import get_ident
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from weakref import ref

from autograd_tiny.errors import OperandError, RecordError

if TYPE_CHECKING:
    from typing_extensions import Self

F = TypeVar("F", bound=Callable[..., Any])

PAUSED: Final[set[Any]] = set()
"""Weak references to the locks of all `no_grad()` blocks, for a quick test; each is removed when its block ends."""

OPEN: Final[set[Any]] = set()
"""The same of all blocks that change how nodes are made: those, `record_lines()` and `detect_anomaly()`."""

BLOCKS: Final[ContextVar[tuple[Any, ...]]] = ContextVar("BLOCKS", default=())
"""Those of PAUSED that this thread, or this task of asyncio, began. A block is open while its lock is locked."""

RESTORERS: Final[set[Any]] = set()
"""Weak references to the locks of `no_gc()` blocks, whose callbacks enable the collector when a block ends."""

RECORDERS: dict[int, Any] = {}
"""The recording of each thread that records a program (see `replay`); under negative keys, the watches of blocks of
`record_lines()` and `detect_anomaly()` (see `source_lines`)."""


def is_paused() -> bool:
    """Return True inside `no_grad()`."""
    for reference in BLOCKS.get():
        lock = reference()
        if lock is not None and lock.locked():
            return True
    return False


def cut_off(node: Any) -> None:
    """Make a new node a leaf inside `no_grad()`. The hot path calls this only where PAUSED is not empty."""
    if is_paused():
        if RECORDERS:
            recorder_of_reader((node._x, node._y, node._nary))
        node.primitive = node._x = node._y = node._nary = node._dx = None
        node._dy = 0.0


def active_recorder() -> Any:
    """Return the recorder of this thread, None if it records no program."""
    recording = RECORDERS.get(get_ident()) if RECORDERS else None
    return recording if recording is not None and recording.records and recording.is_open() else None


def recorder_of_reader(node: Any) -> Any:
    """Return the recorder of this thread, before the number of a node is read; tell those of other threads."""
    recording = RECORDERS.get(get_ident())
    if recording is not None and recording.is_open():
        return recording if recording.records else None
    for other in list(RECORDERS.values()):
        if other.records:
            other.read_elsewhere.append(node)
    return None


class LookedUp:
    """A method that a function returns when the method is looked up, which `with` does before it enters the block."""

    def __init__(self, look_up: Callable[[Any], Callable[..., None]]) -> None:
        self._look_up = look_up

    def __get__(self, switch: Any, owner: type[Any] | None = None) -> Callable[..., None]:
        if switch is None:  # looked up in the class, as contextlib.ExitStack does
            return lambda switch, *exception: self._look_up(switch)(*exception)
        return self._look_up(switch)


class Recording:
    """Lets the nodes of a thread tell a recorder while the context lasts; Ctrl-C does not leave it on (see `Switch`).

    It is in RECORDERS as long as a lock exists: `with` holds the last reference to it, in the method that it calls at
    the end, and a callback of the lock removes the entry.

    Attributes:
        records: False while the thread runs the function on plain numbers: no recorder is told then.
        read_elsewhere: nodes, and tuples of them, whose numbers were read by threads that record nothing.
    """

    records = True

    def __init__(self) -> None:
        self.read_elsewhere: list[Any] = []

    def is_open(self) -> bool:
        """Return True until the context ends."""
        lock = self._lock()
        return lock is not None and bool(lock.locked())

    def _begin(self) -> None:
        """Raise an error if the context cannot begin."""

    def _enter(self) -> Callable[[], Any]:
        self._begin()
        thread, lock = get_ident(), allocate_lock()
        lock.acquire()
        self._begun: Any = lock  # until `with` looks up __exit__
        self._lock: Any = ref(lock, partial(RECORDERS.pop, thread))
        RECORDERS.pop(thread, None)  # one that has ended, or runs on plain numbers
        return partial(RECORDERS.setdefault, thread, self)

    def _exit(self) -> Callable[..., None]:
        return self.__dict__.pop("_begun").__exit__  # type: ignore[no-any-return]  # a method of a lock

    __enter__, __exit__ = LookedUp(_enter), LookedUp(_exit)


class Switch(ContextDecorator):
    """A context manager that is also a decorator, with or without parentheses, for generators and coroutines too.

    Ctrl-C may interrupt Python code before any call, in `__enter__` and `__exit__` too, and would leave the switch
    on. So each block has a lock, and what `with` calls are methods written in C, which cannot be interrupted: the
    first acquires the lock and the second releases it. Python code only prepares them, when `with` looks them up.
    """

    _begun: dict[int, list[Any]]  # the locks of blocks, by thread, from the lookup of __enter__ to that of __exit__

    def __new__(cls, function: Callable[..., Any] | None = None) -> Self:
        """Return the context manager, or the decorated function for a bare `@no_grad`."""
        if function is None:
            switch = super().__new__(cls)
            switch._begun = {}
            return switch
        if callable(function):
            return cls()(function)  # type: ignore[return-value]  # the decorated function
        raise OperandError(cls.__name__, function, expected="a function to decorate", remedy="leave it out")

    def __call__(self, function: F) -> F:
        """Decorate a function: the context is entered whenever the function runs.

        Raises:
            OperandError: the function is an asynchronous generator, between whose steps other code runs.
        """
        import inspect  # here, for it is slow to import

        if inspect.isasyncgenfunction(function):
            expected, remedy = "a function that is not an asynchronous generator", "write `with` inside it"
            raise OperandError(type(self).__name__, function, expected=expected, remedy=remedy)
        if not (inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function)):
            return super().__call__(function)

        async def coroutine(*args: Any, **named: Any) -> Any:
            return await Steps(type(self), function(*args, **named))

        def generator(*args: Any, **named: Any) -> Any:
            return (yield from Steps(type(self), function(*args, **named)))

        return cast("F", wraps(function)(coroutine if inspect.iscoroutinefunction(function) else generator))

    def _recreate_cm(self) -> Self:
        """Return a context manager for one call of the decorated function."""
        return type(self)()

    _begin: Callable[[Any], Callable[[], Any]]
    """Prepare a block with a lock, and return what enters it."""

    def _enter(self) -> Callable[[], Any]:
        lock, begun = allocate_lock(), self._begun.get(get_ident(), ())
        enter = self._begin(lock)
        self._begun[get_ident()] = [*(other for other in begun if other.locked()), lock]
        return enter

    def _exit(self) -> Callable[..., None]:
        return self._begun[get_ident()].pop().__exit__  # type: ignore[no-any-return]  # as above

    __enter__, __exit__ = LookedUp(_enter), LookedUp(_exit)


class Steps(Generator[Any, Any, Any]):
    """Run a generator or a coroutine with the context entered at each step, and left while it waits."""

    def __init__(self, switch: type[Switch], inner: Any) -> None:
        self.switch, self.inner = switch, inner

    def send(self, value: Any) -> Any:
        """Run to the next yield."""
        with self.switch():
            return self.inner.send(value)

    def throw(self, *error: Any) -> Any:
        """Raise an exception inside and run to the next yield."""
        with self.switch():
            return self.inner.throw(*error)

    __await__ = Generator.__iter__


class no_grad(Switch):  # noqa: N801 - a context manager reads as a verb, as torch.no_grad does
    """Compute without recording: results are leaves with no inputs. A context manager and a decorator.

    Blocks nest, and each thread and each task of asyncio has its own mode. The decorator may be written without
    parentheses; it pauses recording while a generator or coroutine runs, not while it waits.

    >>> from autograd_tiny import Value
    >>> @no_grad()
    ... def predict(x):
    ...     return 2 * x
    >>> predict(Value(4.0)).inputs
    ()
    """

    def _begin(self, lock: Any) -> Callable[[], Any]:
        if active_recorder():
            raise RecordError("no_grad() was entered", "write v.detach() for a number that takes no gradient")
        reference = ref(lock, PAUSED.discard)
        PAUSED.add(reference)
        OPEN.add(ref(lock, OPEN.discard))
        BLOCKS.set((*(other for other in BLOCKS.get() if other() is not None), reference))
        return lock.__enter__  # type: ignore[no-any-return]  # as above


class no_gc(Switch):  # noqa: N801 - as no_grad
    """Run without the cyclic garbage collector: training loops become 1.2 to 1.3 times as fast.

    Graphs hold no reference cycles, so reference counting frees each of them at once. The previous state of the
    collector is restored at the end, also after an error. The collector is one for all threads.

    >>> import gc
    >>> with no_gc():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """

    def _begin(self, lock: Any) -> Callable[[], Any]:
        lock.acquire()
        for other in tuple(RESTORERS):
            if other() is None:  # its block has ended
                RESTORERS.discard(other)
        if gc.isenabled():
            enable = partial(next, iter(gc.enable, ...))  # as gc.enable, but takes the reference
            RESTORERS.add(ref(lock, enable))
        return gc.disable
