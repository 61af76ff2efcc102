"""Render a trace as one HTML document that contains its style, script and data.

Its Content-Security-Policy allows only the one script and the one style, by their checksums. So the page sends no
request, and no label of a node can run as code.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="</script><script>alert(1)</script>")
>>> page = render_page((a * a).trace())
>>> page.count("<script"), "alert(1)</script>" in page
(2, False)
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from autograd_tiny.page.bundle import bundle
from autograd_tiny.page.graph_data import graph_data, rows_of
from autograd_tiny.page.rows import pick
from autograd_tiny.support.atomic_files import write_whole
from autograd_tiny.symbolic.formulas import text_formula
from autograd_tiny.trace import Trace

BLANK: Final = re.compile(r"\{\{(\w+)\}\}")
COMMENT: Final = re.compile(r"/\*.*?\*/\n|^\n|^ +", re.DOTALL | re.MULTILINE)
"""A comment of the style, a blank line, or an indentation, which the page leaves out."""
STYLE_SPACE: Final = re.compile(r"(?:;\s*)?(\})\s*|\s*([{;])\s*|(?<=[:,])\s+")
"""Spaces beside the marks of a style, which no text in it contains, and the last semicolon of a rule."""
INDENTATION: Final = re.compile(r"\n\s+")
"""The beginning of a line of HTML, with blank lines before it."""
LONGEST_TITLE: Final = 80


def render_page(trace: Trace, *, title: str = "") -> str:
    """Return the page of a trace as HTML.

    Args:
        trace: a pass. The page starts at its cursor, with its numbers, edited ones included.
        title: the heading; by default the formula of the root.
    """
    picked = pick(rows_of(trace))
    return _document(bundle(picked.text), {**graph_data(trace, picked), "title": title or _title(trace)})


def render_training(training: Mapping[str, Any], passes: Sequence[Trace], *, title: str) -> str:
    """Return the page of a training: the pass of one update at a time, the loss, and the change of each parameter.

    Args:
        training: what `scripts/training.js` shows, as JSON has it: `title`, a sentence; `losses` of all updates;
            `total`, the number of updates of the whole training; `first`, the number of the update of the first pass,
            from 1; `updates`, for each pass its `place` and its `rows`, each of four texts: parameter, before, after,
            formula.
        passes: of some updates, one after the other; the page starts with the last one.
        title: the heading.
    """
    picked = pick(list(dict.fromkeys(row for trace in passes for row in rows_of(trace))))
    data = [graph_data(trace, picked, latex=len(passes) == 1) for trace in passes]
    return _document(bundle(picked.text, training=True), {"title": title, "training": dict(training), "passes": data})


def _document(script: str, data: Mapping[str, Any]) -> str:
    """Return a page with this script and these data."""
    style = STYLE_SPACE.sub(r"\1\2", COMMENT.sub("", _file("page.css")))
    # "<" could end the element; its escape is the same JSON
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    allowed = f"script-src {_checksum(script)}; style-src {_checksum(style)}"
    blanks = {
        "title": html.escape(_printable(data["title"])),
        "style": style,
        "script": script,
        "data": text,
        "policy": f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'",
    }
    return BLANK.sub(lambda match: blanks[match[1]], INDENTATION.sub("\n", _file("page.html")))


def render_frame(trace: Trace) -> str:
    """Return the page in an `<iframe>`, for notebooks; it needs no kernel."""
    page = html.escape(render_page(trace), quote=True)
    return (
        f'<iframe title="Backward pass of {html.escape(_printable(trace.names[trace.root]))}" srcdoc="{page}" '
        'allow="clipboard-write" style="width: 100%; height: 760px; border: 0"></iframe>'
    )


def save(trace: Trace, path: str | os.PathLike[str], *, title: str = "") -> None:
    """Write the page of a trace to a file.

    The file is replaced in one step, so an old file stays unchanged if writing fails.

    Args:
        trace: a pass. The page starts at its cursor.
        path: the file to write, in an existing folder.
        title: the heading; by default the formula of the root.

    Raises:
        OSError: the file cannot be written; the message names `path`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from autograd_tiny import Value
    >>> with TemporaryDirectory() as folder:
    ...     save((Value(3.0, label="a") ** 2).trace(), Path(folder, "square.html"))
    ...     print(*(path.name for path in Path(folder).iterdir()))
    square.html
    """
    write_whole(path, render_page(trace, title=title).encode())


def save_training(
    training: Mapping[str, Any], passes: Sequence[Trace], path: str | os.PathLike[str], *, title: str
) -> None:
    """Write the page of a training to a file, as `render_training` returns it.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(path, render_training(training, passes, title=title).encode())


def _title(trace: Trace) -> str:
    """Return the formula of the whole graph if it is short, else that of the root."""
    digits, is_short = trace.events.most_digits_of_constants(), len(trace.nodes) <= LONGEST_TITLE
    whole = text_formula(trace.root, trace.variables.shown, digits=digits) if is_short else ""
    if whole and "\n" not in whole and len(whole) <= LONGEST_TITLE:
        return whole
    return f"{trace.written_name(trace.root)} = {trace.formula(trace.root)}"


def _printable(text: str) -> str:
    """Return a text on one line, without characters that cannot be encoded or printed."""
    line = "".join(character if character.isprintable() else "?" for character in text)
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def _file(name: str) -> str:
    return files("autograd_tiny.page").joinpath(name).read_text(encoding="utf-8")


def _checksum(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
