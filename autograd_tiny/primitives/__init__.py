"""The calculus of plain numbers: the table of primitives and what it is made of. It knows no node."""

from typing import Any

from autograd_tiny.primitives.primitive import TABLE


def __getattr__(name: str) -> Any:
    """Return a function of the table: pickles of version 0.1.0 name it here."""
    if name not in TABLE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from autograd_tiny.primitives import table

    return getattr(table, name)
