"""The label of a node in Python source, where it can do no harm.

>>> source_name("w[0]"), source_name("lambda"), source_name("a b")
('w[0]', 'lambda_', 'a_x20_b')
"""

from __future__ import annotations

import keyword
import re
from typing import Final

from autograd_tiny.primitives.primitive import TABLE

PLACE: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*|\[\d+\])*", re.ASCII)
"""A name, or a place in something that has a name: layers[0].w[1]."""
CODE: Final = re.compile(r"_x[0-9a-f]+_")
TAKEN: Final = frozenset({"softmax", "log_softmax", "float", "int"})
"""Names that source needs itself, besides those of the table."""


def source_name(label: str) -> str:
    """Return a label as Python source, different labels as different source.

    A name, and a place such as `w[0]`, stays as it is, but for words of Python and of the table, which get a `_` at
    the end. In all other labels, what no name may contain is written as its code.
    """
    if PLACE.fullmatch(label) and not CODE.search(label):
        return re.sub(r"[^\W\d]\w*", _free, label)
    return re.sub(r"^\d|[^a-zA-Z0-9]", lambda match: f"_x{ord(match.group()):x}_", label)


def _free(match: re.Match[str]) -> str:
    name = match.group()
    stem = name.rstrip("_")
    return f"{name}_" if keyword.iskeyword(stem) or stem in TABLE or stem in TAKEN else name
