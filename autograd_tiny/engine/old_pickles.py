r"""Load pickles of version 0.1.0, which name modules that have moved since.

>>> import pickle
>>> pickle.loads(b"cautograd_tiny.value\nValue\n.")
<class 'autograd_tiny.engine.value.Value'>
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Final

PACKAGE: Final = "autograd_tiny."

MOVED: Final = {
    "check": "engine.gradient_check",
    "compositions": "engine.functional",
    "copying": "engine.copying",
    "diagrams.picture": "diagrams.diagram",
    "explanation.blocks": "explanation.rendering",
    "formulas": "symbolic.formulas",
    "primitive": "primitives.primitive",
    "softmaxes": "engine.functional",
    "sums": "engine.reductions",
    "value": "engine.value",
    "expressions": "symbolic",
    "expressions.expression": "symbolic.expression",
    "symbol": "symbolic",
    "symbol.tree": "symbolic.symbol",
    "trace.edges": "trace.passes",
    "trace.notes": "trace.sentences",
}
"""The old names and the new ones of the modules that a pickle can name, below `autograd_tiny`."""

RENAMED: Final = {
    "diagrams.picture.Edge": "DiagramEdge",
    "diagrams.picture.Group": "Cluster",
    "diagrams.picture.Node": "DiagramNode",
    "diagrams.picture.Picture": "Diagram",
    "diagrams.picture.Row": "BoxRow",
    "explanation.blocks.Formula": "Math",
}
"""The new names of what has another name in its new module."""


def install() -> None:
    """Let pickles find each old module: a name in it is looked up in the new module when it is asked for."""
    for old, new in MOVED.items():
        module = ModuleType(PACKAGE + old)
        module.__getattr__ = _LookUp(old, PACKAGE + new)  # type: ignore[method-assign]  # PEP 562
        sys.modules.setdefault(module.__name__, module)


class _LookUp:
    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def __call__(self, name: str) -> Any:
        if name.startswith("__"):  # many tools ask every module for such names
            raise AttributeError(name)
        return getattr(import_module(self._new), RENAMED.get(f"{self._old}.{name}", name))
