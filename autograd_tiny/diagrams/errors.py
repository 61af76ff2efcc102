"""Errors of diagrams.

>>> try:
...     raise OptionError("style", "neon", "one of 'light', 'print' and 'dark'")
... except ValueError as error:
...     print(error)
the option style is 'neon'; it takes one of 'light', 'print' and 'dark'
"""

from __future__ import annotations

from typing import Final

from autograd_tiny.errors import AutogradError, shorten

INSTALL: Final = (
    "pip install 'autograd_tiny[render]' installs the wheel, which includes Graphviz; apt-get install graphviz "
    "(Debian) or brew install graphviz (macOS) the program"
)


class OptionError(AutogradError, ValueError):
    """A setting that an option of a diagram does not take.

    Attributes:
        option: its name.
        setting: that arrived.
    """

    def __init__(self, option: str, setting: object, expected: str) -> None:
        self.option = option
        self.setting = setting
        super().__init__(f"the option {option} is {shorten(setting)}; it takes {expected}")


class UnknownOptionError(AutogradError, TypeError):
    """An option that diagrams do not have.

    Attributes:
        option: its name.
        close: names of similar options.
    """

    def __init__(self, option: str, known: list[str], close: list[str]) -> None:
        self.option = option
        self.close = tuple(close)
        hint = f"did you mean {' or '.join(close)}?" if close else f"they are {', '.join(known)}"
        super().__init__(f"a diagram has no option {option!r}; {hint}")


class InapplicableOptionError(AutogradError, TypeError):
    """An option that diagrams have, but not the one of a graph, or of a network, that is drawn.

    Attributes:
        option: its name.
    """

    def __init__(self, option: str, drawn: str, known: list[str]) -> None:
        self.option = option
        super().__init__(f"the diagram of a {drawn} has no option {option!r}; its options are {', '.join(known)}")


class SubjectError(AutogradError, TypeError):
    """A subject of a diagram that is neither a graph nor a network.

    Attributes:
        received: name of the type that arrived.
    """

    def __init__(self, subject: object) -> None:
        self.received = type(subject).__name__
        super().__init__(
            f"cannot draw {self.received!r} ({shorten(subject)}); expected a Value, a Trace, or a network with "
            ".layers of .neurons; draw the result of a computation"
        )


class CycleError(AutogradError, ValueError):
    """A graph to lay out has a cycle, at least if its clusters are taken as single boxes.

    Attributes:
        count: the number of boxes that are on cycles, or behind one.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"{count} boxes cannot be sorted topologically, since their edges form a cycle; split the clusters that "
            "both feed and use one another"
        )


class RenderError(AutogradError, RuntimeError):
    """A format that only Graphviz renders, and Graphviz is not installed.

    Attributes:
        format: that was asked for.
    """

    def __init__(self, format: str) -> None:
        self.format = format
        super().__init__(
            f"{format.upper()} needs Graphviz, and neither the program dot nor the wheel pygraphviz is installed and "
            f"works: {INSTALL}. SVG needs neither: format='svg', or to_svg(...)"
        )


class ChangedDrawingError(AutogradError, RuntimeError):
    """A drawing to which the caller added something: only Graphviz can lay it out, and it is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "something was added to this drawing after draw() made it, so only Graphviz can lay it out, and neither "
            f"the program dot nor the wheel pygraphviz is installed and works: {INSTALL}"
        )
