r"""Let pickles of an earlier version load though the modules that they name have moved.

>>> import pickle
>>> register({"old_math": "math"}, {"old_math.square_root": "sqrt"})
>>> pickle.loads(b"cold_math\nsquare_root\n.")(9.0)
3.0
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any


def register(moved: Mapping[str, str], renamed: Mapping[str, str] | None = None) -> None:
    """Register the old names of modules; the new module is imported when a name in it is looked up.

    Args:
        moved: the new name of each module by its old name.
        renamed: the new name of a function or class by its old name with the old module, if it was renamed too.
    """
    for old, new in moved.items():
        module = ModuleType(old)
        module.__getattr__ = partial(_look_up, old, new, renamed or {})  # type: ignore[method-assign]  # PEP 562
        sys.modules.setdefault(old, module)


def _look_up(old: str, new: str, renamed: Mapping[str, str], name: str) -> Any:
    if name.startswith("__"):  # many tools ask every module for such names
        raise AttributeError(name)
    return getattr(import_module(new), renamed.get(f"{old}.{name}", name))
