"""The optional build by mypyc: it is asked for, and it points into the sources as they are."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "autograd_tiny"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    pytest.importorskip("hatchling", reason="the back-end of the build is not installed")
    found = importlib.util.spec_from_file_location("hatch_build", ROOT / ".ci" / "hatch_build.py")
    assert found is not None and found.loader is not None  # noqa: PT018
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def build_of(hook: ModuleType, version: str) -> dict[str, Any]:
    """Return what the hook makes of a build: an empty one is one that it leaves alone."""
    build: dict[str, Any] = {}
    hook.CompilingHook(str(ROOT), {}, None, None, "", "wheel").initialize(version, build)
    return build


def definitions(source: str) -> set[tuple[str, int]]:
    """Return the functions and classes of a source, each with its line."""
    tree = ast.walk(ast.parse(source))
    return {(node.name, node.lineno) for node in tree if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@pytest.mark.parametrize("version", ["standard", "editable"])
def test_a_wheel_is_pure_and_needs_nothing_unless_asked_otherwise(
    hook: ModuleType, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUTOGRAD_TINY_COMPILE", raising=False)
    assert build_of(hook, version) == {}
    assert hook.CompilingHook(str(ROOT), {}, None, None, "", "wheel").dependencies() == []


def test_an_editable_installation_is_never_compiled(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_TINY_COMPILE", "1")
    assert build_of(hook, "editable") == {}
    assert [name.partition("==")[0] for name in hook.TOOLS] == ["mypy", "setuptools>=77"]


def test_what_is_compiled_stands_on_the_lines_of_its_source(hook: ModuleType) -> None:
    if not PACKAGE.exists():
        pytest.skip("no sources beside the tests")
    for name in hook.COMPILED:
        source = (PACKAGE / f"{name}.py").read_text(encoding="utf-8")
        told = hook.for_mypyc(name, source)
        assert told != source
        assert len(told.splitlines()) == len(source.splitlines())
        assert definitions(source) <= definitions(told)


def test_a_source_that_has_changed_too_much_is_not_compiled(hook: ModuleType) -> None:
    with pytest.raises(RuntimeError, match=r"value\.py has 0 times, and not once: "):
        hook.for_mypyc("value", "class Value: ...\n")


def test_c_that_is_not_what_it_was_is_not_built(hook: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "__native_autograd_tiny.c").write_text("int main(void) { return 0; }\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"mypyc does not write .*ValueObject.* any more: see C_CHANGES"):
        hook.change_c(tmp_path, [])
