r"""What generated source may consist of: calculations, assignments and loops over bare names, and nothing else.

>>> require_whitelisted("def double(x):\n    return 2.0 * x\n")
>>> require_whitelisted("def break_out(x):\n    return x.__class__\n")
Traceback (most recent call last):
    ...
autograd_tiny.errors.GeneratedSourceError: generated source contains Attribute in line 2, ...
"""

from __future__ import annotations

import ast
import re
from keyword import kwlist
from typing import Final

from autograd_tiny.errors import GeneratedSourceError

WHITELIST: Final = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.For, ast.Expr),
    *(ast.Assign, ast.AugAssign, ast.Name, ast.Load, ast.Store, ast.Constant, ast.Tuple, ast.List),
    *(ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Compare, ast.cmpop, ast.IfExp),
    *(ast.Call, ast.keyword, ast.Subscript, ast.If, ast.BoolOp, ast.Or),
)
"""The kinds of syntax that generated source consists of: no attribute, no import, no comprehension, no lambda."""

SUSPICIOUS: Final = re.compile(
    rf"__|[^\w\s()\[\],+\-*/=<>.]|(?<!\d)\.|\.(?!\d)|[(\[,=*]\s*\*|^\s*\*|\b(?:type|{'|'.join(kwlist)})\b",
    re.ASCII | re.MULTILINE,
)
"""What may make a line more than a calculation: a keyword, a dot that is not in a number, a star that unpacks."""


def require_whitelisted(source: str) -> None:
    """Raise an error unless a source consists of calculations.

    A tree of Python objects for a program of 100,000 lines takes many seconds, so lines that are sums and products of
    names and numbers at sight are not held against the list. If anything is found in the others, all are.

    Raises:
        GeneratedSourceError: the source contains something else, or a name with two underscores.
    """
    try:
        _check(_suspicious_lines(source))
    except (GeneratedSourceError, SyntaxError):
        _check(source)


def _suspicious_lines(source: str) -> str:
    """Return the lines of a source that are more than calculations at sight; a block that they begin has a line."""
    lines, last = [], -1
    for match in SUSPICIOUS.finditer(source):
        start = source.rfind("\n", 0, match.start()) + 1
        if start == last:
            continue
        last = start
        stop = source.find("\n", start)
        line = source[start:] if stop < 0 else source[start:stop]
        lines.append(line)
        if line.endswith(":"):
            lines.append(" " * (len(line) - len(line.lstrip()) + 4) + "0")
    return "\n".join(lines)


def _check(source: str) -> None:
    for node in ast.walk(ast.parse(source)):
        kind = type(node).__name__
        name = getattr(node, "id", getattr(node, "arg", ""))
        if not isinstance(node, WHITELIST) or "__" in str(name):
            raise GeneratedSourceError(getattr(node, "lineno", 0), f"{kind} {name}".strip())
