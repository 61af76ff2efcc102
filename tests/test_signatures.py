"""Every argument can be given by its name, but where a function takes names of its caller's choice."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import FunctionType

import autograd_tiny


def functions(package: object) -> Iterator[FunctionType]:
    """Yield every function and method that a package defines."""
    for module_info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module_info.name.endswith("__main__"):
            module = importlib.import_module(module_info.name)
            owners = [x for x in vars(module).values() if isinstance(x, type) and x.__module__ == module.__name__]
            for owner in [module, *owners]:
                for x in vars(owner).values():
                    function = inspect.unwrap(x.__func__ if isinstance(x, classmethod | staticmethod) else x)
                    if isinstance(function, FunctionType) and function.__code__.co_filename == module.__file__:
                        yield function


def positional_only(function: FunctionType) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    if any(x.kind is x.VAR_KEYWORD for x in parameters):
        return []
    return [x.name for x in parameters if x.kind is x.POSITIONAL_ONLY]


def test_arguments_have_names() -> None:
    found = [f"{f.__module__}.{f.__qualname__}: {names}" for f in ALL if (names := positional_only(f))]
    assert found == []


def test_planted_positional_argument_is_found() -> None:
    def planted(x: float, /, flag: bool = False) -> None:
        """Take one argument by position alone."""

    assert positional_only(planted) == ["x"]


ALL = list(functions(autograd_tiny))


def test_all_functions_are_looked_at() -> None:
    assert len(ALL) > 900
    assert {autograd_tiny.grad, autograd_tiny.Value.backward} <= set(ALL)
