"""The page's JavaScript: modules of one idea each, which a page holds one after another in one script.

They are ES modules, so an editor understands them. For the page each becomes a function that is called once and
returns what the module exports; they stand in the order in which they need each other. Comments stay here.

>>> script("python.js").startswith("// What Python has")
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
    "python.js",
    "erf.js",
    "gamma.js",
    "table.js",
    "numbers.js",
    "graph.js",
    "run.js",
    "events.js",
    "kinks.js",
    "state.js",
    "fragment.js",
    "elements.js",
    "boxes.js",
    "layout.js",
    "view.js",
    "leaves.js",
    "cards.js",
    "picture.js",
    "slider.js",
    "why.js",
    "list.js",
    "nodes.js",
    "descent.js",
    "predict.js",
    "bugs.js",
    "formats.js",
    "copying.js",
    "playing.js",
    "keys.js",
    "main.js",
)
"""In the order in which they run."""

USED_BY: Final = {"erf.js": re.compile(r"math\.erfc?\b"), "gamma.js": re.compile(r"math\.l?gamma\b")}
"""Modules that a page needs only for some rows."""

IMPORT: Final = re.compile(r"^import [^;]*;\n", re.MULTILINE)
EXPORT: Final = re.compile(r"^export ((?:async )?function|const) (\w+)", re.MULTILINE)
COMMENT: Final = re.compile(r"^ *(?://|/\*|\*(?=[ /\n])).*\n", re.MULTILINE)
SCOPE: Final = """\
// {name}
const {{ {names} }} = (() => {{
{text}
return {{ {names} }};
}})();
"""


def script(name: str) -> str:
    """Return the text of a module."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def joined(rows: str, *, modules: Sequence[str] = MODULES) -> str:
    """Return the whole script of a page.

    Args:
        rows: the definitions of `table.js` that it needs, instead of all of them.
        modules: of this folder, in their order; for another page those of the table alone.
    """
    names = [name for name in modules if name not in USED_BY or USED_BY[name].search(rows)]
    texts = {name: script(name) for name in names}
    texts["table.js"] = texts["table.js"].partition(TABLE_HEAD)[0] + f"{TABLE_HEAD}\n{rows}\n"
    return '"use strict";\n\n' + "\n".join(_scoped(name, text) for name, text in texts.items())


def _scoped(name: str, text: str) -> str:
    """Return a module as a function that is called once and returns what the module exports."""
    names = ", ".join(match[2] for match in EXPORT.finditer(text))
    plain = EXPORT.sub(r"\1 \2", COMMENT.sub("", IMPORT.sub("", text)))
    return SCOPE.format(name=name, names=names, text=plain.strip())
