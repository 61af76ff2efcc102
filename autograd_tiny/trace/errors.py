"""Errors of a trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autograd_tiny.errors import MOST_ECHOED, AutogradError, shorten
from autograd_tiny.symbolic.notation import text_name

MOST_FILES: Final = 4
"""The largest number of files in a message."""
HOW_TO_RECORD_LINES: Final = "build the graph inside `with record_lines():` to see them"


class UnknownNodeError(AutogradError, KeyError):
    """A node that the graph of a trace does not have.

    Attributes:
        name: the name that arrived.
        close: names in the graph that are close to it.
    """

    def __init__(self, name: str, root: str, close: Sequence[str] = ()) -> None:
        self.name = name
        self.close = tuple(close)
        hint = (
            f"did you mean {' or '.join(map(text_name, close))}?"
            if close
            else "trace.names has the names of all nodes"
        )
        super().__init__(f"the graph of {text_name(root)} has no node {shorten(name, MOST_ECHOED)}; {hint}")

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would quote its message


class UnknownLineError(AutogradError, KeyError):
    """A line of a program at which no node of a trace was made, as far as lines were recorded.

    Attributes:
        line: what arrived, such as "net.py:4".
        files: the files with lines.
        near: the nearest lines of that file at which nodes were made.
        several: the lines that it may mean, if there is more than one such file.
    """

    def __init__(
        self, line: str, files: Sequence[str], *, near: Sequence[str] = (), several: Sequence[str] = ()
    ) -> None:
        self.line, self.files, self.near, self.several = line, tuple(files), tuple(near), tuple(several)
        if not files:
            problem = f"no lines of the program were recorded; {HOW_TO_RECORD_LINES}"
        elif several:
            problem = f"{line} may mean several lines: {' or '.join(several[:MOST_FILES])}"
        elif near:
            nearest = "line is" if len(near) == 1 else "lines are"
            problem = f"no node was made at {line}; the nearest {nearest} {' and '.join(near)}"
        else:
            problem = f"no node was made at {line}; the files with lines are {', '.join(files[:MOST_FILES])}"
        super().__init__(problem)

    def __str__(self) -> str:
        return str(self.args[0])  # as above


class InnerNodeError(AutogradError, ValueError):
    """A number was set for a node that is computed from others.

    Attributes:
        name: the node.
        leaves: the leaves that it depends on.
    """

    def __init__(self, name: str, formula: str, leaves: Sequence[str]) -> None:
        self.name = name
        self.leaves = tuple(leaves)
        few = ", ".join([*map(text_name, leaves[:3]), *["…"] * (len(leaves) > 3)])
        super().__init__(
            f"{text_name(name)} = {formula} is computed, and only a leaf can be set; set one that it depends on: "
            f"{few}"
        )


class ChangedNumbersError(AutogradError, ValueError):
    """The gradients of a trace were to be written into the graph, but belong to other numbers.

    Attributes:
        names: the leaves that were set.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"{', '.join(map(text_name, names))} was set, so this trace has other gradients than the graph; "
            "call reset() first, or assign .data, run the forward pass again and trace that"
        )


class ProfileError(AutogradError, ValueError):
    """Gradients were to be measured in groups that the graph does not have."""
