"""`scripts/table.js` is the translation of the table."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from autograd_tiny.page import generate
from autograd_tiny.page.bundle import read_module
from autograd_tiny.primitives import table
from autograd_tiny.symbolic.translate import table_source

ROOT = Path(__file__).parents[2]


def test_table_js_is_up_to_date() -> None:
    remedy = "the table changed: run python -m autograd_tiny.page.generate > autograd_tiny/page/scripts/table.js"
    assert read_module("table.js") == generate.table_as_javascript(), remedy


def test_every_row_is_defined_once() -> None:
    lines = generate.table_as_javascript().splitlines()
    names = [thing.primitive.name for thing in vars(table).values() if hasattr(thing, "primitive")]
    assert sorted(line[5:-4] for line in lines if line.startswith("rows.")) == sorted(set(names))


def test_flat_rows() -> None:
    flat = {name.split(".")[1] for name in generate.FLAT}
    assert flat == {"sign", "floor", "ceil", "trunc", "round", "floordiv"}


def test_module_prints_table_js() -> None:
    command = [sys.executable, "-m", "autograd_tiny.page.generate"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    assert printed.decode() == read_module("table.js")


def test_changed_row_changes_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(module: object) -> ast.Module:
        source = Path(table.__file__ or "").read_text(encoding="utf-8")
        return ast.parse(source.replace("lambda x, z: (cos(x),)", "lambda x, z: (2.0 * cos(x),)"))

    before = generate.table_as_javascript()
    monkeypatch.setattr(table_source, "tree_of", planted)
    monkeypatch.setattr(generate, "MODULES", ("primitives",))
    assert "[2.0 * rows.cos.value(x)]" in generate.table_as_javascript()
    assert "[2.0 * rows.cos.value(x)]" not in before
