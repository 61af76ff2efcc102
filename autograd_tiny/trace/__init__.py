"""One backward pass as a list of events, to be walked forwards and backwards: `loss.trace()`."""

from autograd_tiny.trace.errors import UnknownNodeError
from autograd_tiny.trace.events import Event
from autograd_tiny.trace.walk import Trace

__all__ = ["Event", "Trace", "UnknownNodeError"]
