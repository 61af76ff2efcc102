r"""The one place where source that was generated becomes a function.

What is generated here consists of the rows of our own table, of names that are identifiers and of numbers by their
repr; no text of the user's reaches it. To be sure of that whoever generates, the syntax is held against a list before
it is compiled (see `source_whitelist`).

>>> double = compiled("def double(x):\n    return factor * x\n", "double", {"factor": 2.0})
>>> double(3.0)
6.0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from autograd_tiny.replay.source_whitelist import require_whitelisted


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
    require_whitelisted(source)
    return compile(source, "<replay>", "exec")
