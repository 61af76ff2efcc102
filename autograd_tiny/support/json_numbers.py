"""Write numbers as JSON, which has neither infinities nor nan: those are strings; and documents, without garbage.

>>> import json
>>> json.dumps([json_number(x) for x in (0.5, float("-inf"), None)], allow_nan=False)
'[0.5, "-inf", null]'
"""

from __future__ import annotations

from collections.abc import Callable
from json import JSONEncoder
from math import isfinite
from typing import Any


def json_number(number: float | None) -> float | str | None:
    """Return a number as JSON can hold it: a number that is not finite as "inf", "-inf" or "nan", None as it is."""
    return number if number is None or isfinite(number) else str(number)


def indented_json(document: Any, indent: int = 1, *, ensure_ascii: bool = True) -> str:
    r"""Return a document of dicts, lists and plain values as `json.dumps` does; infinities and nan raise.

    That function leaves reference cycles behind when it indents, for the garbage collector to find.

    >>> indented_json({"numbers": [1.5, None], "text": "a"})
    '{\n "numbers": [\n  1.5,\n  null\n ],\n "text": "a"\n}'
    """
    encode = JSONEncoder(ensure_ascii=ensure_ascii, allow_nan=False).encode
    return _indented(document, encode, " " * indent, "\n")


def _indented(thing: Any, encode: Callable[[Any], str], indent: str, line: str) -> str:
    """Return a part of a document, whose lines after the first begin as `line` does."""
    if not thing or not isinstance(thing, dict | list | tuple):
        return encode(thing)
    inner = line + indent
    if isinstance(thing, dict):
        items = [f"{encode(key)}: {_indented(part, encode, indent, inner)}" for key, part in thing.items()]
        return f"{{{inner}{f',{inner}'.join(items)}{line}}}"
    items = [_indented(part, encode, indent, inner) for part in thing]
    return f"[{inner}{f',{inner}'.join(items)}{line}]"
