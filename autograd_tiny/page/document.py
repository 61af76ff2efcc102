"""A page as one text: the HTML, with style, script and data inside it, so that it needs nothing else.

Its own policy allows its one script and its one style by their checksums, and nothing from anywhere: no request
leaves the page, and no label of a node is ever run.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="</script><script>alert(1)</script>")
>>> page = page_of((a * a).trace())
>>> page.count("<script"), "alert(1)</script>" in page
(2, False)
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib.resources import files
from typing import Final

from autograd_tiny.page.graph import data_of, rows_of
from autograd_tiny.page.rows import pick
from autograd_tiny.page.scripts import joined
from autograd_tiny.symbolic.formulas import text_formula
from autograd_tiny.trace import Trace

BLANK: Final = re.compile(r"\{\{(\w+)\}\}")
LONGEST_TITLE: Final = 80


def page_of(trace: Trace, *, title: str = "") -> str:
    """Return a page on which a trace can be walked and changed, in any browser, without this program.

    Args:
        trace: its cursor is where the page begins; numbers that were set are those of the page.
        title: what the page is about; the formula of the root where it is empty.
    """
    picked = pick(rows_of(trace))
    script, style = joined(picked.text), _file("page.css")
    data = {**data_of(trace, picked), "title": title or _title(trace)}
    # "<" could end the element; written as its code it is the same JSON
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    allowed = f"script-src {_checksum(script)}; style-src {_checksum(style)}"
    blanks = {
        "title": html.escape(_printable(data["title"])),
        "style": style,
        "script": script,
        "data": text,
        "policy": f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'",
    }
    return BLANK.sub(lambda match: blanks[match[1]], _file("page.html"))


def frame_of(trace: Trace) -> str:
    """Return the page in an `<iframe>`, as notebooks show it; it lives without a kernel, and in exported files."""
    page = html.escape(page_of(trace), quote=True)
    return (
        f'<iframe title="Backward pass of {html.escape(_printable(trace.names[trace.root]))}" srcdoc="{page}" '
        'allow="clipboard-write" style="width: 100%; height: 760px; border: 0"></iframe>'
    )


def _title(trace: Trace) -> str:
    """Return the formula of the whole graph if it is short, else that of the root alone."""
    whole = text_formula(trace.root) if len(trace.nodes) <= LONGEST_TITLE else ""
    if whole and "\n" not in whole and len(whole) <= LONGEST_TITLE:
        return whole
    return f"{trace.names[trace.root]} = {trace.formula(trace.root)}"


def _printable(text: str) -> str:
    """Return a text in one line of characters that any encoding of Unicode has."""
    line = "".join(character if character.isprintable() else "?" for character in text)
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def _file(name: str) -> str:
    return files("autograd_tiny.page").joinpath(name).read_text(encoding="utf-8")


def _checksum(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
