"""Assign an attribute of many objects at once: Ctrl-C comes before or after, and other threads see all or nothing.

Python runs signal handlers, and other threads, between the instructions of Python code. One call of C is not divided,
if the attribute is a slot or a plain attribute; a property written in Python is Python code.

>>> from types import SimpleNamespace
>>> things = [SimpleNamespace(x=1), SimpleNamespace(x=2)]
>>> restore = assignments(things, "x", [1, 2])
>>> assign(things, "x", [3, 4])
>>> consume(restore)
>>> things
[namespace(x=1), namespace(x=2)]
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any, Final

consume: Final[Callable[[Iterable[Any]], None]] = deque[Any](maxlen=0).extend
"""Run an iterator to its end. Made once: after an allocation failed there may be no memory for another."""


def assignments(things: Iterable[Any], name: str, contents: Iterable[Any]) -> Iterator[None]:
    """Return an iterator that assigns an attribute of each object when it is consumed.

    Prepared before a `try`, it restores in a handler by the call of `consume` alone. Nothing is allocated then, and a
    second Ctrl-C cannot come between the handler and the call.
    """
    return map(setattr, things, repeat(name), contents)


def assign(things: Iterable[Any], name: str, contents: Iterable[Any]) -> None:
    """Assign an attribute of each object in one call."""
    consume(map(setattr, things, repeat(name), contents))
