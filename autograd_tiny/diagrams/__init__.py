"""Diagrams of graphs and networks, with nothing to install: one layout, every picture format.

`draw`, `to_svg`, `to_dot`, `to_mermaid` and `to_latex` take the root of a graph, a trace (the numbers are those at
its cursor), or a network with `.layers` of `.neurons`, and the options that `Options` describes. `to_json` exports
the graph for other programs.

>>> from autograd_tiny import Value
>>> to_svg(Value(2.0, label="a") * 3.0, partials=True, direction="TB").splitlines()[1]
'<title>Graph of L</title>'
"""

from autograd_tiny.diagrams.errors import (
    ChangedDrawingError,
    CycleError,
    InapplicableOptionError,
    OptionError,
    RenderError,
    SubjectError,
    UnknownOptionError,
)
from autograd_tiny.diagrams.options import Options
from autograd_tiny.diagrams.render import draw, to_dot, to_json, to_latex, to_mermaid, to_svg

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
