"""Go on to a breakpoint in a training, over as many updates as that takes, and back."""

from __future__ import annotations

from autograd_tiny.debugger.breakpoint_commands import find_stop, hits_here, show_stop
from autograd_tiny.debugger.output import stop
from autograd_tiny.debugger.session import Breakpoint, Session
from autograd_tiny.debugger.training_moves import go_back, go_on, training_of
from autograd_tiny.errors import AutogradError


class Run:
    """A search for a breakpoint that stops, pass by pass.

    Args:
        session: that steps through a training.
        count: of stops to make.
        back: whether to look backwards.

    Attributes:
        hits: the breakpoints that stopped last.
    """

    def __init__(self, session: Session, count: int, *, back: bool) -> None:
        self._session, self._left, self._back = session, count, back
        self.hits: list[Breakpoint] = []
        self._lost: list[Breakpoint] = []
        self._place = 0

    def find_in_this_pass(self) -> bool:
        """Move to the last of the stops to make, else to the end; return whether it is in this pass."""
        self._left, self.hits = find_stop(self._session, self._left, back=self._back)
        self._place = self._session.cursor.done
        return self._left == 0

    def find_in_next_pass(self) -> bool:
        """Open the pass of the next update, and do the same there; backwards from its end."""
        self._lost += self._session.open(training_of(self._session).root)
        if self._back:
            self._session.cursor.jump(self._session.cursor.total)
            self.hits = hits_here(self._session)
            self._left -= bool(self.hits)
            self._place = self._session.cursor.done
        return self._left == 0 or self.find_in_this_pass()

    def show(self, session: Session) -> None:
        """Show the breakpoint, else the beginning of the pass that is open."""
        for breakpoint in self._lost:
            session.terminal.show(f"cleared {breakpoint}: a pass on the way has no such node")
        if self._left:
            stop(session)
        else:
            before = session.trace.cursor
            session.cursor.jump(self._place)
            show_stop(session, before, self.hits, back=False)


def run_on(session: Session, count: int) -> None:
    """Go on to the breakpoint that is the N-th to stop, or to the end of the training."""
    training, run = training_of(session), Run(session, count, back=False)
    before = session.trace.cursor
    if run.find_in_this_pass():
        show_stop(session, before, run.hits, back=False)
        return
    begun, until = training.update, run.find_in_next_pass if session.breakpoints else None
    try:
        go_on(session, training.total, until=until, ends=run.show)
    except AutogradError:
        if training.update == begun:  # the first update failed, so this is still the end of its pass
            show_stop(session, before, [], back=False, is_found=False)
        raise


def run_back(session: Session, count: int) -> None:
    """Go back to the breakpoint that is the N-th to stop, or to the first update that is kept."""
    training, run = training_of(session), Run(session, count, back=True)
    before = session.trace.cursor
    if run.find_in_this_pass():
        show_stop(session, before, run.hits, back=True)
    else:
        until = run.find_in_next_pass if session.breakpoints else None
        go_back(session, training.oldest, until=until, ends=run.show)
