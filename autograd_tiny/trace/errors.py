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

    def __init__(self, name: str, root: str, close: Sequence[str] = ()) -> None:
        self.name = name
        self.close = tuple(close)
        hint = f"did you mean {' or '.join(close)}?" if close else "trace.names has the names of all nodes"
        super().__init__(f"the graph of {root} has no node {name!r}; {hint}")

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would quote its message


class InnerNodeError(AutogradError, ValueError):
    """A number was set for a node that is computed from others.

    Attributes:
        name: the node.
        leaves: what it is computed from in the end.
    """

    def __init__(self, name: str, formula: str, leaves: Sequence[str]) -> None:
        self.name = name
        self.leaves = tuple(leaves)
        few = ", ".join([*leaves[:3], *["…"] * (len(leaves) > 3)])
        super().__init__(f"{name} = {formula} is computed, not given; set a leaf that it comes from: {few}")


class ChangedNumbersError(AutogradError, ValueError):
    """The gradients of a trace were to be written into the graph, though some numbers are not those of the graph.

    Attributes:
        names: the leaves that were set.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"this trace has other numbers than the graph, since {', '.join(names)} was set; call reset() first, or "
            "assign .data, run the forward pass again and trace that"
        )
