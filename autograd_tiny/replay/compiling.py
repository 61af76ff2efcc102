r"""The one place where source that was generated becomes a function.

What is generated here consists of the rows of our own table, of names that are identifiers and of numbers by their
repr; no text of the user's reaches it. To be sure of that whoever generates, the syntax is held against a list before
it is compiled: calculations, assignments and loops over bare names, and nothing else.

>>> double = compiled("def double(x):\n    return factor * x\n", "double", {"factor": 2.0})
>>> double(3.0)
6.0
>>> compiled("def break_out(x):\n    return x.__class__\n", "break_out", {})
Traceback (most recent call last):
    ...
autograd_tiny.errors.GeneratedSourceError: generated source contains Attribute in line 2, ...
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from keyword import kwlist
from types import CodeType
from typing import Any, Final

from autograd_tiny.errors import GeneratedSourceError

HARMLESS: Final = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.For, ast.Expr),
    *(ast.Assign, ast.AugAssign, ast.Name, ast.Load, ast.Store, ast.Constant, ast.Tuple, ast.List),
    *(ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Compare, ast.cmpop, ast.IfExp),
    *(ast.Call, ast.keyword, ast.Subscript, ast.If, ast.BoolOp, ast.Or),
)
"""The kinds of syntax that generated source consists of: no attribute, no import, no comprehension, no lambda."""

DOUBTFUL: Final = re.compile(
    rf"__|[^\w\s()\[\],+\-*/=<>.]|(?<!\d)\.|\.(?!\d)|[(\[,=*]\s*\*|^\s*\*|\b(?:type|{'|'.join(kwlist)})\b",
    re.ASCII | re.MULTILINE,
)
"""What may make a line more than a calculation: a keyword, a dot that is not in a number, a star that unpacks."""


def compiled(source: str, function: str, names: Mapping[str, Any]) -> Callable[..., Any]:
    """Return the function that a generated source defines.

    Args:
        source: a module with one function.
        function: its name.
        names: what the source may use; there are no builtins beside these.

    Raises:
        GeneratedSourceError: the source contains something else than calculations, or a name with two underscores.
    """
    namespace: dict[str, Any] = {"__builtins__": {}, **names}
    exec(_code(source), namespace)
    return namespace[function]  # type: ignore[no-any-return]


@lru_cache(maxsize=4)
def _code(source: str) -> CodeType:
    """Return the compiled source.

    A tree of Python objects for a program of 100,000 lines takes many seconds, so lines that are sums and products of
    names and numbers at sight are not held against the list. If anything is found in the others, all are.
    """
    if not _is_harmless(_doubtful_lines(source)):
        _require_harmless(source)
    return compile(source, "<replay>", "exec")


def _doubtful_lines(source: str) -> str:
    """Return the lines of a source that are more than calculations at sight; a block that they begin has a line."""
    lines, last = [], -1
    for match in DOUBTFUL.finditer(source):
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


def _is_harmless(source: str) -> bool:
    try:
        _require_harmless(source)
    except (GeneratedSourceError, SyntaxError):
        return False
    return True


def _require_harmless(source: str) -> None:
    for node in ast.walk(ast.parse(source)):
        kind = type(node).__name__
        name = getattr(node, "id", getattr(node, "arg", ""))
        if not isinstance(node, HARMLESS) or "__" in str(name):
            raise GeneratedSourceError(getattr(node, "lineno", 0), f"{kind} {name}".strip())
