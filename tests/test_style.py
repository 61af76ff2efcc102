"""The sources contain no `assert`, `eval`, `exec` or unpickling, and `value.py` stays short."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for package in ("autograd_tiny", "nn") for path in (ROOT / package).rglob("*.py"))

FORBIDDEN = {
    "eval": "a text is parsed and walked, never run",
    "exec": "a text is parsed and walked, never run",
    "builtins.eval": "a text is parsed and walked, never run",
    "builtins.exec": "a text is parsed and walked, never run",
    "pickle.load": "a file that is unpickled can run anything",
    "pickle.loads": "a file that is unpickled can run anything",
    "pickle.Unpickler": "a file that is unpickled can run anything",
}


ALLOWED = {"autograd_tiny/replay/compiling.py": {"exec"}}
"""Generated source of the table's own rows becomes a function in one place, which holds its syntax against a list."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def mentions(node: ast.AST) -> list[str]:
    """Return the dotted names that a node uses or imports."""
    match node:
        case ast.Name() | ast.Attribute():
            return [ast.unparse(node)]
        case ast.ImportFrom():
            return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def offences(source: str, allowed: Collection[str] = ()) -> list[str]:
    """Return a sentence for each assert statement and each forbidden name that is not allowed."""
    found = []
    forbidden = FORBIDDEN.keys() - allowed
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            found.append(f"line {node.lineno}, assert: raise an error that says how to mend it")
        found += [f"line {node.lineno}, {name}: {FORBIDDEN[name]}" for name in mentions(node) if name in forbidden]
    return found


@pytest.mark.no_cover
def test_sources_neither_assert_nor_run_texts() -> None:
    found = [
        f"{name_of(path)}, {offence}"
        for path in SOURCES
        for offence in offences(path.read_text(encoding="utf-8"), ALLOWED.get(name_of(path), ()))
    ]
    assert found == []


def test_exempt_module_is_small_and_needs_its_exemption() -> None:
    for name, allowed in ALLOWED.items():
        source = (ROOT / name).read_text(encoding="utf-8")
        assert [offence.split(": ")[0].split(", ")[1] for offence in offences(source)] == sorted(allowed)
        assert len(source.splitlines()) < 60


@pytest.mark.parametrize(
    "source",
    [
        "assert x > 0",
        "def check(x):\n    assert x, 'empty'",
        "y = eval(text)",
        "exec(code, {})",
        "run = exec",
        "import builtins\nbuiltins.exec(code)",
        "from builtins import eval as evaluate",
        "import pickle\npickle.load(file)",
        "import pickle\npickle.loads(data)",
        "import pickle\nclass Reader(pickle.Unpickler): pass",
        "from pickle import load",
    ],
)
def test_planted_offence_is_found(source: str) -> None:
    assert len(offences(source)) == 1


@pytest.mark.parametrize(
    "source",
    ["'never eval(x)'", "# assert", "model.eval()", "import pickle\npickle.dumps(x)", "json.loads(text)"],
)
def test_similar_text_is_no_offence(source: str) -> None:
    assert offences(source) == []


def test_offence_names_line_and_remedy() -> None:
    assert offences("x = 1\nassert x\n") == ["line 2, assert: raise an error that says how to mend it"]


def test_value_fits_in_250_lines() -> None:
    lines = (ROOT / "autograd_tiny" / "engine" / "value.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 250


def prose_of(source: str) -> str:
    """Return the docstrings of a module without code: backticks, doctests and the names of arguments."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, documented)]
    lines = "\n".join(ast.get_docstring(node) or "" for node in nodes).splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith((">>>", "...")))
    return re.sub(r"`[^`]*`|^\s*\w+:", "", text, flags=re.MULTILINE)


@pytest.mark.no_cover
def test_docstrings_have_no_stray_identifiers() -> None:
    sources = {name_of(path): path.read_text(encoding="utf-8") for path in SOURCES}
    functions = {name for source in sources.values() for name in re.findall(r"def ([a-z]+_[a-z_]+)\(", source)}
    found = [
        f"{name}: {word}"
        for name, source in sources.items()
        for word in re.findall(r"(?<![\w.'])[a-z]+_[a-z_]+\b(?![('])(?!\.\w)", prose_of(source))
        if word in functions
    ]
    assert found == []


def test_planted_identifier_is_prose() -> None:
    assert "format_arrived" in prose_of('def f():\n    """Return notes not format_arrived yet."""')
    assert "format_arrived" not in prose_of(
        'def f():\n    """Call `format_arrived` of x.\n\n    format_arrived: a word."""'
    )


IGNORED = re.compile(r"# (type: ignore|noqa)")
REASON = re.compile(r"# (type: ignore\[[\w, -]+\]  # |noqa: [A-Z]+\d+(, [A-Z]+\d+)* - )\w")


def ignores_without_reason(source: str) -> list[str]:
    """Return the lines that ignore a rule of ruff or mypy, and do not say why."""
    lines = enumerate(source.splitlines(), start=1)
    return [f"line {number}" for number, line in lines if IGNORED.search(line) and not REASON.search(line)]


def test_every_ignored_rule_has_its_reason() -> None:
    found = {name_of(path): ignores_without_reason(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_planted_ignore_without_reason_is_found() -> None:
    rule, types = "# " + "noqa: B905", "# type: " + "ignore[misc, index]"
    wrong = f"x = 1  {rule}\ny = 1  {rule}, E501 -\nz = 1  {types}\nw = 1  {types}  #"
    assert ignores_without_reason(wrong) == ["line 1", "line 2", "line 3", "line 4"]
    assert ignores_without_reason(f"x = 1  {rule} - hot\ny = 1  {rule}, E501 - hot\nz = 1  {types}  # a list") == []
