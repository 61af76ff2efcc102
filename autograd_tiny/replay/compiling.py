r"""Compile generated source to a function; no other module does.

Generated source calls rows of the table, and holds names that are identifiers, and numbers by their repr; no text of
the user reaches it. To be sure, the syntax is checked before it is compiled (see `source_whitelist`).

>>> (double,) = compiled("def double(x):\n    return factor * x\n", ["double"], {"factor": 2.0})
>>> double(3.0)
6.0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

from autograd_tiny.replay.source_whitelist import require_whitelisted


def compiled(source: str, functions: Sequence[str], names: Mapping[str, Any]) -> list[Callable[..., Any]]:
    """Return the functions that a generated source defines.

    The names that the source assigns outside of them are their globals: to compile a function that reads thousands
    of names of a function around it takes quadratic time.

    Args:
        source: a module.
        functions: their names.
        names: all that the source may use; builtins are left out.

    Raises:
        GeneratedSourceError: the source contains syntax beyond calculations, or a name with two underscores.
    """
    namespace: dict[str, Any] = {"__builtins__": {}, **names}
    exec(_code(source), namespace)
    return [namespace.pop(function) for function in functions]  # each would refer to itself by its globals


@lru_cache(maxsize=4)
def _code(source: str) -> CodeType:
    require_whitelisted(source)
    return compile(source, "<replay>", "exec")
