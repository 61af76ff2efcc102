"""Render a diagram: one function for each format, and what a notebook shows of a Value.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> print(to_mermaid(a * b, gradients=False).split("    classDef")[0], end="")
flowchart LR
    n0(["a<br/>value 2"]):::leaf
    n1(["b<br/>value −3"]):::leaf
    n2["L &nbsp; ×<br/>value −6"]:::root
    n0 --> n2
    n1 --> n2
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from autograd_tiny.diagrams.graph_diagram import graph_diagram
from autograd_tiny.diagrams.graph_view import graph_view
from autograd_tiny.diagrams.network import is_network, network_diagram
from autograd_tiny.diagrams.options import Options, require_applicable, settings

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autograd_tiny.diagrams.diagram import Diagram
    from autograd_tiny.diagrams.graphviz_drawing import Drawing
    from autograd_tiny.engine.value import Value
else:
    from autograd_tiny.support.typing_names import Unpack

    Drawing = Any  # as typing.get_type_hints finds it

MOST_NODES: Final = 20_000
"""A notebook shows a larger graph as text only: each display would traverse the whole graph."""


def draw(subject: object, **options: Unpack[Options]) -> Drawing:
    """Return a diagram: a `graphviz.Digraph` that needs no Graphviz, shown by notebooks, with `.render` and `.pipe`.

    Args:
        subject: the root of a graph, a trace, or a network with `.layers` of `.neurons`.
        options: see `Options`.

    Raises:
        SubjectError: the subject is none of these. It is a TypeError.
        UnknownOptionError: an option does not exist. It is a TypeError.
        InapplicableOptionError: a network is drawn and the option is of graphs, or the reverse. It is a TypeError.
        OptionError: an option does not take this setting. It is a ValueError.

    >>> from autograd_tiny import Value
    >>> drawing = draw(Value(2.0, label="a").tanh(), partials=True)
    >>> drawing.render("graph.gv", format="svg")  # doctest: +SKIP
    'graph.gv.svg'
    """
    from autograd_tiny.diagrams.graphviz_drawing import drawing_of

    return drawing_of(_diagram(subject, options))


def to_svg(subject: object, **options: Unpack[Options]) -> str:
    r"""Return a diagram as SVG, laid out by this package; arguments and errors as of `draw`.

    The same graph gives the same bytes everywhere.

    >>> from autograd_tiny import Value
    >>> to_svg(Value(2.0, label="a") * 3.0).endswith("</svg>\n")
    True
    """
    from autograd_tiny.diagrams.svg import svg

    return svg(_diagram(subject, options))


def to_dot(subject: object, **options: Unpack[Options]) -> str:
    """Return a diagram in DOT, the language of Graphviz; arguments and errors as of `draw`.

    >>> from autograd_tiny import Value
    >>> to_dot(Value(2.0, label="a") * 3.0).splitlines()[-2].strip()
    'n0 -> n1 [tooltip="partial of L with respect to a: 3"]'
    """
    from autograd_tiny.diagrams.dot import dot_source

    return dot_source(_diagram(subject, options))


def to_mermaid(subject: object, **options: Unpack[Options]) -> str:
    """Return a diagram in Mermaid, which GitHub draws from a block fenced as ```mermaid; arguments as of `draw`.

    >>> from autograd_tiny import Value
    >>> to_mermaid(Value(2.0, label="a") * 3.0, direction="TB").splitlines()[0]
    'flowchart TB'
    """
    from autograd_tiny.diagrams.mermaid import mermaid

    return mermaid(_diagram(subject, options))


def to_latex(subject: object, **options: Unpack[Options]) -> str:
    r"""Return a diagram as a tikzpicture for LaTeX with `\usepackage{tikz}`; arguments and errors as of `draw`.

    >>> from autograd_tiny import Value
    >>> to_latex(Value(2.0, label="a") * 3.0).splitlines()[-1]
    '\\end{tikzpicture}'
    """
    from autograd_tiny.diagrams.tikz import tikz

    return tikz(_diagram(subject, options))


def to_json(subject: object) -> str:
    """Return a whole graph as JSON; `autograd_tiny.diagrams.graph_json` describes the schema.

    Args:
        subject: the root, or a trace.

    Raises:
        SubjectError: the subject is neither. It is a TypeError.

    >>> from autograd_tiny import Value
    >>> to_json(Value(2.0, label="a")).splitlines()[1].strip()
    '"format": "autograd_tiny graph",'
    """
    from autograd_tiny.diagrams.graph_json import graph_json

    return graph_json(graph_view(subject))


def mime_bundle(
    root: Value, include: Collection[str] | None = None, exclude: Collection[str] | None = None
) -> dict[str, str]:
    """Return the text and the diagram of a graph by MIME type, for IPython.

    Args:
        root: of the graph.
        include: the only types that are wanted, if given.
        exclude: types that are not wanted.

    >>> from autograd_tiny import Value
    >>> list(mime_bundle(Value(2.0) * 3.0))
    ['text/plain', 'image/svg+xml']
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
        bundle["image/svg+xml"] = to_svg(root)
    return bundle


def _diagram(subject: object, options: Any) -> Diagram:
    chosen, network = settings(**options), is_network(subject)
    require_applicable(options, network=network)
    return network_diagram(subject, chosen) if network else graph_diagram(subject, chosen)


def _has_more_nodes(root: Value, most: int) -> bool:
    """Return whether a graph has more than `most` nodes, without visiting many more."""
    seen, stack = {root}, [root]
    while stack and len(seen) <= most:
        for x in stack.pop().inputs:
            if x not in seen:
                seen.add(x)
                stack.append(x)
    return len(seen) > most
