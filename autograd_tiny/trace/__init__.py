"""One backward pass as a list of events, to be walked forwards and backwards: `loss.trace()`.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> t = (a * a).trace()
>>> t.finish()
>>> t.gradient("a")
6.0

From below: `edges` (who hands to whom), `passes` (the numbers), `rules` (their texts), `events`, `walk` (the cursor);
then one module for each question (`why`, `notes`, `checks`, `kinks`, `edits`) and each way out (`export`,
`notebook`); `trace` puts them together.
"""

from autograd_tiny.trace.checks import Check
from autograd_tiny.trace.edits import Change, Changes
from autograd_tiny.trace.errors import ChangedNumbersError, InnerNodeError, UnknownNodeError
from autograd_tiny.trace.events import Event, Events
from autograd_tiny.trace.kinks import Crossing
from autograd_tiny.trace.trace import Trace

__all__ = [
    "Change",
    "ChangedNumbersError",
    "Changes",
    "Check",
    "Crossing",
    "Event",
    "Events",
    "InnerNodeError",
    "Trace",
    "UnknownNodeError",
]
