"""The types that editors and type checkers see: the stub, a user's program, and the annotations of public names."""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterator
from typing import Any

import pytest

import autograd_tiny
import nn
from tests.annotations import user_program
from tests.annotations.stub import STUB, stub


@pytest.fixture(scope="module")
def tree() -> ast.Module:
    return ast.parse(STUB.read_text(encoding="utf-8"))


def test_stub_is_current() -> None:
    command = "python -m tests.annotations.stub > autograd_tiny/__init__.pyi"
    assert STUB.read_text(encoding="utf-8") == stub(), f"run: {command}"


def test_stub_has_every_public_name(tree: ast.Module) -> None:
    imported = [alias.asname for line in tree.body if isinstance(line, ast.ImportFrom) for alias in line.names]
    defined = {line.name for line in tree.body if isinstance(line, ast.FunctionDef)}
    assert set(autograd_tiny.__all__) <= {*imported, *defined}


def test_operands_of_the_stub_are_those_of_the_functions(tree: ast.Module) -> None:
    for line in tree.body:
        row = getattr(getattr(autograd_tiny, getattr(line, "name", ""), None), "primitive", None)
        if isinstance(line, ast.FunctionDef) and row is not None and line.name not in {"max", "min", "log", "gelu"}:
            names = [argument.arg for argument in (*line.args.args, *line.args.kwonlyargs)]
            assert line.name == "prelu" or names in [list(row.operands), ["x", "y", "mod"]], line.name


def test_users_program_runs() -> None:
    user_program.main()


@pytest.mark.parametrize("mistake", ["tanh('1.0')", "tanh([a, a])", "mean(a)", "at.cos()"])
def test_mistakes_that_types_tell_raise_errors(mistake: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        eval(mistake, {**vars(user_program), "a": autograd_tiny.Value(1.0)})


def callables() -> Iterator[Any]:
    """Yield every public function, class and method."""
    for package in (autograd_tiny, nn):
        for name in package.__all__:
            thing = getattr(package, name)
            yield pytest.param(thing, id=f"{package.__name__}.{name}")


def parts(thing: Any) -> Iterator[Any]:
    yield thing
    if isinstance(thing, type):
        yield from (
            getattr(thing, name)
            for name in dir(thing)
            if not name.startswith("_") or name in {"__init__", "__call__"}
        )


@pytest.mark.parametrize("thing", [*callables()])
def test_type_hints_of_public_names_can_be_read(thing: Any) -> None:
    for part in filter(callable, parts(thing)):
        assert isinstance(typing.get_type_hints(part), dict)
