r"""Draw the listing of the graph anew at each stop, above what the command shows: the command `sticky`.

>>> import io, sys
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger import debug
>>> a = Value(3.0, label="a")
>>> debug(a * 2.0, stdin=io.StringIO("sticky\ns\n"), stdout=sys.stdout)
L = a * 2 = 6: 2 nodes, 2 steps in the backward pass. s makes one, h helps.
...
(backward) sticky
sticky is on: the graph is drawn at each stop
   node       value  partial  contribution  gradient
▶  L = a * 2      6                                —
   └─ a           3        2                       —
(backward) s
   node       value  partial  contribution  gradient
✓  L = a * 2      6                                1
▶  └─ a           3        2                       —
L = a * 2 = 6
[1/2]  L.grad          — → 1          the seed
(backward)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from autograd_tiny.debugger.output import show_graph
from autograd_tiny.debugger.session import PromptError, Session
from autograd_tiny.errors import shorten

STATES: Final = ("on", "off")
"""The arguments of `sticky`."""


def set_sticky(session: Session, line: str) -> None:
    """Draw the graph anew at each stop, or no more.

    A terminal is cleared before, so that the listing stays at the top while its numbers change.
    """
    if line and line not in STATES:
        raise PromptError(f"{shorten(line)} is not on or off; sticky alone changes from one to the other")
    session.is_sticky = line == "on" if line else not session.is_sticky
    session.terminal.show("sticky is on: the graph is drawn at each stop" if session.is_sticky else "sticky is off")
    if session.is_sticky:
        show_graph(session, session.cursor.current)


def run_sticky(session: Session, run: Callable[[], bool]) -> bool:
    """Run a command; where it stops, draw the graph before what it shows."""
    if not session.is_sticky:
        return run()
    session.has_stopped = False
    session.headline = None  # the screen is cleared, and with it the last heading
    with session.terminal.held(lambda: _draw(session)):
        return run()


def _draw(session: Session) -> None:
    """Draw the graph at the top of the screen if the command has stopped somewhere."""
    if session.has_stopped:
        session.has_stopped = False
        session.terminal.clear()
        show_graph(session, session.cursor.current)
