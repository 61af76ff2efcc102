"""What a notebook shows of a Value that stands alone at the end of a cell: its diagram.

>>> from autograd_tiny import Value
>>> list(mime_bundle(Value(2.0) * 3.0))
['text/plain', 'image/svg+xml']
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from autograd_tiny.diagrams.model import picture_of
from autograd_tiny.diagrams.options import settings
from autograd_tiny.diagrams.svg import svg
from autograd_tiny.engine.value import Value

MOST_NODES: Final = 20_000
"""Of a larger graph a cell shows the text only, as it would take long to look through the graph at each display."""


def mime_bundle(
    root: Value, include: Collection[str] | None = None, exclude: Collection[str] | None = None
) -> dict[str, str]:
    """Return what a notebook may show, by MIME type.

    Args:
        root: of the graph.
        include: the only types that are wanted, if given.
        exclude: types that are not wanted.
    """
    wanted = [
        kind
        for kind in ("text/plain", "image/svg+xml")
        if (include is None or kind in include) and kind not in (exclude or ())
    ]
    bundle = {}
    if "text/plain" in wanted:
        bundle["text/plain"] = repr(root)
    if "image/svg+xml" in wanted and not _has_more_nodes(root, MOST_NODES):
        bundle["image/svg+xml"] = svg(picture_of(root, settings()))
    return bundle


def _has_more_nodes(root: Value, most: int) -> bool:
    """Tell whether a graph has more nodes than so many, without looking at many more."""
    seen, stack = {root}, [root]
    while stack and len(seen) <= most:
        for x in stack.pop().inputs:
            if x not in seen:
                seen.add(x)
                stack.append(x)
    return len(seen) > most
