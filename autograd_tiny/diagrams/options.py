"""Options of every diagram, whatever its format, and their validation.

>>> settings(direction="TB", partials=True).direction
'TB'
>>> settings(partial=True)
Traceback (most recent call last):
    ...
autograd_tiny.diagrams.errors.UnknownOptionError: a diagram has no option 'partial'; did you mean partials?
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypedDict

from autograd_tiny.diagrams.errors import InapplicableOptionError, OptionError, UnknownOptionError
from autograd_tiny.diagrams.palette import STYLES
from autograd_tiny.support.older_pickles import takes_older_pickles

if TYPE_CHECKING:
    from autograd_tiny.engine.value import Value
    from autograd_tiny.trace import Event

    Highlight: TypeAlias = Value | str | Event | Sequence[Value | str]

FLAGS: Final = ("values", "gradients", "partials", "formulas", "leaves_together", "variable_names")
OF_GRAPHS: Final = (*FLAGS, "highlight", "depth", "expand", "cap")
OF_NETWORKS: Final = ("color_by",)


class Options(TypedDict, total=False):
    """The options of diagrams; all are optional and keyword-only.

    Of every diagram:

    - `direction`: "LR" flows from left to right (default), "TB" from top to bottom.
    - `style`: "light" (default), "print" (black and white), "dark".
    - `precision`: digits of numbers, 1 to 17 (default 4).

    Of a graph, or a trace:

    - `values`, `gradients`: whether nodes show these (default True). A gradient that is not computed is "—".
    - `partials`: whether edges show the partials, and their sign by colour and dashes (default False).
    - `formulas`: whether nodes show their formula instead of the symbol of the operation (default False).
    - `leaves_together`: whether all leaves are in one column, or row (default False).
    - `variable_names`: whether nodes without a label are named after the variables of the caller (default True).
    - `highlight`: a node, or a path, a list of nodes, or an event of a trace; nodes by themselves or by name.
    - `depth`: how many levels of modules to open: 1 shows layers as boxes, 2 neurons; by default as many as fit.
    - `expand`: the name of a module to open, such as "layers[0]", or a list of names.
    - `cap`: a graph of more nodes is collapsed, to at most this number of boxes (default 100); leaves with a
      label stay, up to half of it.

    Of a network:

    - `color_by`: "weight" (default) or "gradient", the number that the lines show.
    """

    direction: str
    values: bool
    gradients: bool
    partials: bool
    formulas: bool
    leaves_together: bool
    variable_names: bool
    style: str
    precision: int
    highlight: Highlight | None
    depth: int | None
    expand: str | Sequence[str]
    color_by: str
    cap: int


@takes_older_pickles
@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of one diagram, with defaults; see `Options`."""

    direction: str = "LR"
    values: bool = True
    gradients: bool = True
    partials: bool = False
    formulas: bool = False
    leaves_together: bool = False
    style: str = "light"
    precision: int = 4
    highlight: Any = None
    depth: int | None = None
    expand: tuple[str, ...] = ()
    color_by: str = "weight"
    cap: int = 100
    variable_names: bool = True


def settings(**options: Any) -> Settings:
    """Validate options, and return them with the defaults of the others.

    Raises:
        UnknownOptionError: an option does not exist. It is a TypeError.
        OptionError: an option does not take this setting. It is a ValueError.
    """
    known = [field.name for field in fields(Settings)]
    for name in options:
        if name not in known:
            raise UnknownOptionError(name, known, get_close_matches(name, known))
    expand = options.pop("expand", ())
    if isinstance(expand, str):
        expand = (expand,)
    named = isinstance(expand, list | tuple) and all(isinstance(name, str) for name in expand)
    _check("expand", expand, named, "the name of a module, or a list of names")
    chosen = Settings(**options, expand=tuple(expand))
    for flag in FLAGS:
        _check(flag, getattr(chosen, flag), type(getattr(chosen, flag)) is bool, "True or False")
    _check("direction", chosen.direction, chosen.direction in ("LR", "TB"), "'LR' or 'TB'")
    styles = list(STYLES)
    _check("style", chosen.style, chosen.style in styles, f"{', '.join(map(repr, styles[:-1]))} or {styles[-1]!r}")
    _check("color_by", chosen.color_by, chosen.color_by in ("weight", "gradient"), "'weight' or 'gradient'")
    _check("precision", chosen.precision, _is_whole(chosen.precision, 1, 17), "a whole number from 1 to 17")
    _check("depth", chosen.depth, chosen.depth is None or _is_whole(chosen.depth, 1), "a whole number from 1 on")
    _check("cap", chosen.cap, _is_whole(chosen.cap, 2), "a whole number from 2 on")
    return chosen


def require_applicable(options: Collection[str], *, network: bool) -> None:
    """Reject options that the diagram of a network, or else of a graph, does not have.

    Raises:
        InapplicableOptionError: one of the options is such. It is a TypeError.

    >>> try:
    ...     require_applicable(["style", "partials"], network=True)
    ... except TypeError as error:
    ...     print(error)
    the diagram of a network has no option 'partials'; its options are direction, style, precision, color_by
    """
    foreign = OF_GRAPHS if network else OF_NETWORKS
    for option in options:
        if option in foreign:
            known = [field.name for field in fields(Settings) if field.name not in foreign]
            raise InapplicableOptionError(option, "network" if network else "graph", known)


def _check(option: str, setting: object, fits: object, expected: str) -> None:
    if not fits:
        raise OptionError(option, setting, expected)


def _is_whole(setting: object, least: int, most: int | None = None) -> bool:
    return type(setting) is int and least <= setting and (most is None or setting <= most)
