"""The calculus of plain numbers: the table of primitives and the functions it is built from, without any nodes."""

from typing import Any

from autograd_tiny.primitives.primitive import TABLE


def __getattr__(name: str) -> Any:
    """Return a function of the table, which pickles of version 0.1.0 look up here."""
    if name not in TABLE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from autograd_tiny.primitives import table

    return getattr(table, name)
