r"""Check generated source: only calculations, assignments and loops over bare names are allowed.

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
    *(ast.Call, ast.keyword, ast.Subscript, ast.Slice, ast.If, ast.BoolOp, ast.Or),
)
"""The allowed syntax: without attributes, imports, comprehensions and lambdas."""

SUSPICIOUS: Final = re.compile(
    rf"__|[^\w\s()\[\],+\-*/=<>.]|(?<!\d)\.|\.(?!\d)|[(\[,=*]\s*\*|^\s*\*|\b(?:type|{'|'.join(kwlist)})\b",
    re.ASCII | re.MULTILINE,
)
"""Signs of more than a calculation: a keyword, a dot outside of a number, a star that unpacks."""


def require_whitelisted(source: str) -> None:
    """Raise an error if a source contains more than calculations.

    To parse a program of 100,000 lines takes many seconds, so lines without a suspicious character, sums and products
    of names and numbers, are not parsed. If any other line fails, the whole source is parsed to report the first.

    Raises:
        GeneratedSourceError: the source contains other syntax, or a name with two underscores.
    """
    try:
        _check(_suspicious_lines(source))
    except (GeneratedSourceError, SyntaxError):
        _check(source)


def _suspicious_lines(source: str) -> str:
    """Return the suspicious lines of a source; the head of a block gets a line as its body."""
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
