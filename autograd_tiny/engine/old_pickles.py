r"""Load pickles of version 0.1.0, which name modules that have moved since.

>>> import pickle
>>> pickle.loads(b"cautograd_tiny.value\nValue\n.")
<class 'autograd_tiny.engine.value.Value'>
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

PACKAGE: Final = "autograd_tiny."

MOVED: Final = {
    "check": "engine.gradient_check",
    "compositions": "engine.functional",
    "copying": "engine.copying",
    "formulas": "symbolic.formulas",
    "primitive": "primitives.primitive",
    "softmaxes": "engine.softmax",
    "sums": "engine.reductions",
    "value": "engine.value",
    "expressions": "symbolic",
    "expressions.expression": "symbolic.expression",
    "symbol": "symbolic",
    "symbol.tree": "symbolic.symbol",
}
"""The old names and the new ones of the modules that a pickle can name, below `autograd_tiny`."""


class MovedModules:
    """A finder and loader of modules: an old name gives what its new module holds."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return how to load a module that has moved, None for any other."""
        return ModuleSpec(name, self, is_package=True) if name.removeprefix(PACKAGE) in MOVED else None  # type: ignore[arg-type]  # a loader by its methods

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to the import system to make an empty module."""

    def exec_module(self, module: ModuleType) -> None:
        """Look every name up in the new module."""
        new = import_module(PACKAGE + MOVED[module.__name__.removeprefix(PACKAGE)])

        def look_up(name: str) -> Any:
            return getattr(new, name)

        module.__getattr__ = look_up  # type: ignore[method-assign]  # PEP 562


def install() -> None:
    """Let the import system find the modules by their old names, after all others."""
    if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
        sys.meta_path.append(MovedModules())
