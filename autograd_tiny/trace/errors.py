"""What can go wrong with a trace."""

from __future__ import annotations

from collections.abc import Sequence

from autograd_tiny.errors import AutogradError


class UnknownNodeError(AutogradError, KeyError):
    """A node that the graph of a trace does not have.

    Attributes:
        name: what was asked for.
        close: names in the graph that are like it.
    """

    def __init__(self, name: str, root: str, close: Sequence[str]) -> None:
        self.name = name
        self.close = tuple(close)
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        super().__init__(f"the graph of {root} has no node {name!r}{hint}")

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would quote its message
