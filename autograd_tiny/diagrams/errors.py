"""What can go wrong with a diagram.

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
    "pip install 'autograd_tiny[render]' installs the wheel, which brings Graphviz along; apt-get install graphviz "
    "(Debian) or brew install graphviz (macOS) the program"
)


class OptionError(AutogradError, ValueError):
    """An option of a diagram that it does not have, or a setting that the option does not take.

    Attributes:
        option: its name.
        setting: what arrived.
    """

    def __init__(self, option: str, setting: object, expected: str) -> None:
        self.option = option
        self.setting = setting
        super().__init__(f"the option {option} is {shorten(setting)}; it takes {expected}")


class UnknownOptionError(AutogradError, TypeError):
    """An option that diagrams do not have.

    Attributes:
        option: its name.
        close: names of options that are like it.
    """

    def __init__(self, option: str, known: list[str], close: list[str]) -> None:
        self.option = option
        self.close = tuple(close)
        hint = f"did you mean {' or '.join(close)}?" if close else f"they are {', '.join(known)}"
        super().__init__(f"a diagram has no option {option!r}; {hint}")


class InapplicableOptionError(AutogradError, TypeError):
    """An option that diagrams have, but not of what is drawn here.

    Attributes:
        option: its name.
    """

    def __init__(self, option: str, drawn: str, known: list[str]) -> None:
        self.option = option
        super().__init__(f"the diagram of a {drawn} has no option {option!r}; its options are {', '.join(known)}")


class SubjectError(AutogradError, TypeError):
    """Something was to be drawn that is no graph and no network.

    Attributes:
        received: name of the type that arrived.
    """

    def __init__(self, subject: object) -> None:
        self.received = type(subject).__name__
        super().__init__(
            f"a diagram shows a Value, a Trace, or a network with .layers of .neurons, not {self.received!r} "
            f"({shorten(subject)}); draw the result of a computation"
        )


class CycleError(AutogradError, ValueError):
    """A graph to be laid out goes round in a circle, at least once its groups are taken as single boxes.

    Attributes:
        count: how many boxes are on circles, or behind one.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"{count} boxes cannot be put in an order, since their edges go round in a circle; take apart the groups "
            "that both feed and use one another"
        )


class RenderError(AutogradError, RuntimeError):
    """A picture in a format that only Graphviz makes, where there is none.

    Attributes:
        format: of the picture.
    """

    def __init__(self, format: str) -> None:
        self.format = format
        super().__init__(
            f"{format.upper()} needs Graphviz, and neither the program dot nor the wheel pygraphviz is installed: "
            f"{INSTALL}. SVG needs neither: format='svg', or to_svg(...)"
        )


class ChangedDrawingError(AutogradError, RuntimeError):
    """A drawing to which something was added by hand, so that only Graphviz can lay it out, where there is none."""

    def __init__(self) -> None:
        super().__init__(
            "something was added to this drawing by hand, so only Graphviz can lay it out, and neither the program "
            f"dot nor the wheel pygraphviz is installed: {INSTALL}"
        )
