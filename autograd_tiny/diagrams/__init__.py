"""Diagrams of graphs and networks, with nothing to install: `draw`, `to_svg`, `to_dot`, `to_mermaid`, `to_latex`.

Each takes the root of a graph, or a trace, whose numbers are those at its cursor, or a network with `.layers` of
`.neurons`, and the same options, which `Options` describes. `to_json` gives the graph to other programs.

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

from typing import TYPE_CHECKING, Any

from autograd_tiny.diagrams.errors import (
    ChangedDrawingError,
    CycleError,
    InapplicableOptionError,
    OptionError,
    RenderError,
    SubjectError,
    UnknownOptionError,
)
from autograd_tiny.diagrams.options import Options, require_fitting, settings

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autograd_tiny.diagrams.drawing import Drawing
    from autograd_tiny.diagrams.picture import Picture

__all__ = [
    "draw",
    "to_dot",
    "to_json",
    "to_latex",
    "to_mermaid",
    "to_svg",
    "ChangedDrawingError",
    "CycleError",
    "InapplicableOptionError",
    "OptionError",
    "Options",
    "RenderError",
    "SubjectError",
    "UnknownOptionError",
]


def draw(subject: object, **options: Unpack[Options]) -> Drawing:
    """Return a diagram: a `graphviz.Digraph` that needs no Graphviz, shown by notebooks, with `.render` and `.pipe`.

    Args:
        subject: the root of a graph, a trace, or a network.
        options: see `Options`.

    Raises:
        SubjectError: it is none of these. It is a TypeError.
        UnknownOptionError: there is no such option. It is a TypeError.
        InapplicableOptionError: a network is drawn and the option is of graphs, or the reverse. It is a TypeError.
        OptionError: an option does not take this. It is a ValueError.

    >>> from autograd_tiny import Value
    >>> drawing = draw(Value(2.0, label="a").tanh(), partials=True)
    >>> drawing.render("graph.gv", format="svg")  # doctest: +SKIP
    'graph.gv.svg'
    """
    from autograd_tiny.diagrams.drawing import drawing_of

    return drawing_of(_picture(subject, options))


def to_svg(subject: object, **options: Unpack[Options]) -> str:
    r"""Return a diagram as SVG by the layout of this package: the same graph gives the same bytes everywhere.

    Args:
        subject: the root of a graph, a trace, or a network.
        options: see `Options`.

    Raises:
        SubjectError, UnknownOptionError, InapplicableOptionError, OptionError: as for `draw`.

    >>> from autograd_tiny import Value
    >>> to_svg(Value(2.0, label="a") * 3.0).endswith("</svg>\n")
    True
    """
    from autograd_tiny.diagrams.svg import svg

    return svg(_picture(subject, options))


def to_dot(subject: object, **options: Unpack[Options]) -> str:
    r"""Return a diagram in DOT, the language of Graphviz.

    Args:
        subject: the root of a graph, a trace, or a network.
        options: see `Options`.

    Raises:
        SubjectError, UnknownOptionError, InapplicableOptionError, OptionError: as for `draw`.

    >>> from autograd_tiny import Value
    >>> to_dot(Value(2.0, label="a") * 3.0).splitlines()[-2].strip()
    'n0 -> n1 [tooltip="∂L/∂a = 3"]'
    """
    from autograd_tiny.diagrams.dot import source

    return source(_picture(subject, options))


def to_mermaid(subject: object, **options: Unpack[Options]) -> str:
    r"""Return a diagram in Mermaid, which GitHub draws from a block fenced as ```mermaid.

    Args:
        subject: the root of a graph, a trace, or a network.
        options: see `Options`.

    Raises:
        SubjectError, UnknownOptionError, InapplicableOptionError, OptionError: as for `draw`.

    >>> from autograd_tiny import Value
    >>> to_mermaid(Value(2.0, label="a") * 3.0, direction="TB").splitlines()[0]
    'flowchart TB'
    """
    from autograd_tiny.diagrams.mermaid import mermaid

    return mermaid(_picture(subject, options))


def to_latex(subject: object, **options: Unpack[Options]) -> str:
    r"""Return a diagram in TikZ, a tikzpicture for a LaTeX document with `\usepackage{tikz}`.

    Args:
        subject: the root of a graph, a trace, or a network.
        options: see `Options`.

    Raises:
        SubjectError, UnknownOptionError, InapplicableOptionError, OptionError: as for `draw`.

    >>> from autograd_tiny import Value
    >>> to_latex(Value(2.0, label="a") * 3.0).splitlines()[-1]
    '\\end{tikzpicture}'
    """
    from autograd_tiny.diagrams.tikz import tikz

    return tikz(_picture(subject, options))


def to_json(subject: object) -> str:
    """Return a graph, whole, as JSON; `autograd_tiny.diagrams.graph_json` describes the schema.

    Args:
        subject: the root, or a trace.

    Raises:
        SubjectError: it is neither.

    >>> from autograd_tiny import Value
    >>> to_json(Value(2.0, label="a")).splitlines()[1].strip()
    '"format": "autograd_tiny graph",'
    """
    from autograd_tiny.diagrams.graph_json import graph_json
    from autograd_tiny.diagrams.subject import graph_of

    return graph_json(graph_of(subject))


def _picture(subject: object, options: Any) -> Picture:
    """Return the picture of a graph or a network."""
    from autograd_tiny.diagrams.model import picture_of
    from autograd_tiny.diagrams.network import is_network, network_picture

    chosen, network = settings(**options), is_network(subject)
    require_fitting(options, network=network)
    return network_picture(subject, chosen) if network else picture_of(subject, chosen)
