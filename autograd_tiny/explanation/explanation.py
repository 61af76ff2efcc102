"""`explain`, and the text that it returns: one that prompts and notebooks show well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.explanation.rendering import Block, as_html, as_latex, as_markdown, as_text
from autograd_tiny.explanation.solution import solution
from autograd_tiny.support.terminal_text import ShownText
from autograd_tiny.trace import Trace

FORMATS: Final[dict[str, Callable[[Sequence[Block]], str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "latex": as_latex,
    "html": as_html,
}


class FormatError(AutogradError, ValueError):
    """A format that no explanation has.

    Attributes:
        format: what arrived.
    """

    def __init__(self, format: object) -> None:
        self.format = format
        close = get_close_matches(str(format).lower(), FORMATS, 1)
        remedy = f"did you mean {close[0]!r}?" if close else f"write one of {', '.join(map(repr, FORMATS))}"
        super().__init__(f"explain has no format {format!r:.40}; {remedy}")


class Explanation(ShownText):
    """A text that a prompt shows line by line; a notebook shows it as HTML or Markdown with mathematics."""

    __slots__ = ("blocks", "is_html")

    blocks: Sequence[Block]
    is_html: bool

    def _repr_markdown_(self) -> str:
        return as_markdown(self.blocks)

    def _repr_html_(self) -> str | None:
        return str(self) if self.is_html else None


def explain(root: Value, format: str = "text", *, full: bool = False) -> Explanation:
    """Return the gradients of a graph as a worked solution.

    The forward pass in numbers; then for each node the rule by its name, each contribution in symbols and numbers,
    and the running sum where several add up. Neither data nor gradients of the graph change. O(edges).

    Args:
        root: of the graph.
        format: "text", "markdown" (mathematics between dollars), "latex" (a fragment for amsmath) or "html".
        full: whether a large graph is written out as well, instead of a summary.

    Returns:
        A string that a prompt shows line by line, and a notebook as mathematics.

    Raises:
        FormatError: there is no such format. It is a ValueError.
        StaleDataError: the data of a node was changed after the forward pass.
    """
    if format not in FORMATS:
        raise FormatError(format)
    trace = Trace(root)
    trace.finish()
    blocks = solution(trace, full=full)
    explanation = Explanation(FORMATS[format](blocks))
    explanation.blocks, explanation.is_html = blocks, format == "html"
    return explanation
