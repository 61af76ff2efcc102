"""Bundle the JavaScript modules of `scripts/` into the one script of a page.

The files are ES modules, so editors and linters understand them. In the bundle each module becomes a block, in the
order of `MODULES`. Its exports become variables of the whole script, declared with `var`, so outside of functions
they are used only below their definition. Everything else stays inside. Comments, indentation, most ends of lines and
spaces beside some marks are removed.

>>> read_module("python_math.js").startswith("// Python's")
True
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

TABLE_HEAD: Final = "export const rows = {};\n"
"""The last line of `table.js` before its definitions."""

MODULES: Final = (
    "python_math.js",
    "erf.js",
    "gamma.js",
    "rounding.js",
    "table.js",
    "number_and_node_text.js",
    "graph.js",
    "true_digits.js",
    "passes.js",
    "local_shape.js",
    "kinks.js",
    "events.js",
    "state.js",
    "dom.js",
    "collapse.js",
    "leaf_inputs.js",
    "node_boxes.js",
    "sugiyama.js",
    "pan_zoom.js",
    "graph_panel.js",
    "step_panel.js",
    "event_list.js",
    "node_table.js",
    "gradient_descent.js",
    "mistakes.js",
    "gradient_sizes.js",
    "export.js",
    "main.js",
    "training.js",
)
"""In the order in which they run."""

OF_TRAINING: Final = "training.js"
"""The module that is left out where the page shows one pass."""

USED_BY: Final = {
    "erf.js": re.compile(r"math\.erfc?\b"),
    "gamma.js": re.compile(r"math\.l?gamma\b"),
    "rounding.js": re.compile(r"python\.round\b"),
}
"""Modules that are left out unless a row matches."""

IMPORT: Final = re.compile(r"^import [^;]*;\n", re.MULTILINE)
EXPORT: Final = re.compile(r"^export (?:((?:async )?function) (\w+)|const (?=\w))", re.MULTILINE)
COMMENT: Final = re.compile(r"^ *(?:(?://|/\*|\*(?=[ /\n])).*)?\n", re.MULTILINE)
"""A line that is a comment, or blank."""
MARGIN: Final = re.compile(r"^ +|(?<=;) // .*", re.MULTILINE)
"""Spaces at the beginning of a line, or a comment behind a statement; no text in the modules spans lines."""
DECLARED: Final = re.compile(r"^((?:const|let|var) [^=]+?) = ", re.MULTILINE)
"""The beginning of a declaration."""
SPACE: Final = re.compile(
    r" (=>|[!=]==|[<>]=|&&|\|\||\?\??) |(?<=\bif) (?=\()|(?<=\)) (?=\{)|(?<=\{) | (?=\})|(?<=[{;,])\n"
)
"""Spaces beside marks that no text in the modules has, and ends of lines within a statement or after one."""
SCOPE: Final = """\
// {name}
{{
{text}
}}
"""


def read_module(name: str) -> str:
    """Return the text of a module."""
    return files("autograd_tiny.page").joinpath("scripts", name).read_text(encoding="utf-8")


def bundle(rows: str, *, modules: Sequence[str] = MODULES, training: bool = False) -> str:
    """Return the script of a page.

    Args:
        rows: the definitions of `table.js` to include.
        modules: file names in `scripts/`, in the order of `MODULES`.
        training: whether the page shows the passes of a training.
    """
    names = [name for name in modules if name not in USED_BY or USED_BY[name].search(rows)]
    names = [name for name in names if training or name != OF_TRAINING]
    texts = {name: read_module(name) for name in names}
    texts["table.js"] = texts["table.js"].partition(TABLE_HEAD)[0] + f"{TABLE_HEAD}\n{rows}\n"
    return '"use strict";\n' + "".join(_scoped(name, text) for name, text in texts.items())


def _scoped(name: str, text: str) -> str:
    """Return a module as a block."""
    plain = MARGIN.sub("", EXPORT.sub(_variable, COMMENT.sub("", IMPORT.sub("", text))))
    return SCOPE.format(name=name, text=SPACE.sub(r"\1", DECLARED.sub(r"\1=", plain)).strip())


def _variable(match: re.Match[str]) -> str:
    """Return the beginning of an export as that of a variable."""
    return f"var {match[2]}={match[1]}" if match[1] else "var "
