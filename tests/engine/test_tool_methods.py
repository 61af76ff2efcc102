"""Methods of `Value` and `Trace` that open a tool: they return what the tool returns, and import it when called."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd_tiny import Value
from autograd_tiny.debugger import debug
from autograd_tiny.diagrams import draw
from autograd_tiny.explanation import explain
from autograd_tiny.page import render_frame, render_page
from autograd_tiny.symbolic.formulas import latex_formula, text_formula
from autograd_tiny.trace import Trace

PROGRAM = """
import sys
from autograd_tiny import Value
x = Value(2.0)
(x * x).backward()
tools = [f"autograd_tiny.{name}" for name in ("debugger", "diagrams", "explanation", "page", "trace")]
print(*[tool for tool in tools if tool in sys.modules], ".")
x.trace()
print("autograd_tiny.trace" in sys.modules)
"""


def loss() -> Value:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    return (a * b + 1.0) ** 2


@pytest.mark.parametrize(
    ("by_method", "by_function"),
    [
        (lambda x: list(map(str, x.trace())), lambda x: list(map(str, Trace(x)))),
        (lambda x: list(map(str, x.trace(forward=True))), lambda x: list(map(str, Trace(x, forward=True)))),
        (lambda x: str(x.formula()), lambda x: str(text_formula(x))),
        (lambda x: str(x.latex()), lambda x: str(latex_formula(x))),
        (lambda x: str(x.explain()), lambda x: str(explain(x))),
        (lambda x: str(x.explain("latex", full=True)), lambda x: str(explain(x, "latex", full=True))),
        (lambda x: x.draw().source, lambda x: draw(x).source),
        (lambda x: x.draw(values=False).source, lambda x: draw(x, values=False).source),
        (lambda x: x.trace()._repr_html_(), lambda x: render_frame(Trace(x))),
    ],
)
def test_method_returns_result_of_tool(
    by_method: Callable[[Value], Any], by_function: Callable[[Value], Any]
) -> None:
    result = by_method(loss())
    assert result == by_function(loss())
    assert result


def test_debug_runs_the_prompt() -> None:
    outputs = []
    for run in (Value.debug, debug):
        root, output = loss(), io.StringIO()
        run(root, stdin=io.StringIO("s\nq final\n"), stdout=output)
        outputs.append(output.getvalue())
        assert root.grad == 1.0
    assert outputs[0] == outputs[1] != ""


def test_save_writes_the_page(tmp_path: Path) -> None:
    loss().trace().save(tmp_path / "page.html", title="A square")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == render_page(Trace(loss()), title="A square")


def test_notebook_shows_repr_and_diagram() -> None:
    shown = loss()._repr_mimebundle_()
    assert shown["text/plain"] == repr(loss())
    assert shown["image/svg+xml"].startswith("<svg")
    assert list(loss()._repr_mimebundle_(include=["text/plain"])) == ["text/plain"]
    assert list(loss()._repr_mimebundle_(exclude=["text/plain"])) == ["image/svg+xml"]


def test_tools_are_imported_when_called() -> None:
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [".", "True"]
