"""Generated source is compiled if it contains calculations only."""

from __future__ import annotations

import pytest

from autograd_tiny.errors import GeneratedSourceError
from autograd_tiny.replay.compiling import compiled


def test_source_uses_the_given_names() -> None:
    (function,) = compiled("def f(x):\n    return g(x) + 1.0\n", ["f"], {"g": lambda x: 2.0 * x})
    assert function(3.0) == 7.0


def test_source_has_no_builtins() -> None:
    with pytest.raises(NameError, match="open"):
        compiled("def f():\n    return open('secret')\n", ["f"], {})[0]()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("return x.y", "Attribute"),
        ("import os", "Import"),
        ("from os import system", "ImportFrom"),
        ("return lambda: x", "Lambda"),
        ("return [y for y in x]", "ListComp"),
        ("return __import__('os')", "Name __import__"),
        ("return g(__x__=1)", "keyword __x__"),
        ("global y", "Global"),
        ("exec: int = 1", "AnnAssign"),
        ("while x: x = 0", "While"),
        ("raise x", "Raise"),
        ("return f'{x}'", "JoinedStr"),
        ("g(*x)", "Starred"),
        ("*x, = 1", "Starred"),
        ("x = * x,", "Starred"),
        ("x = 1.0 .real", "Attribute"),
        ("x = 1..real", "Attribute"),
        ("x = [2.0, *x]", "Starred"),
        ("x = 1.0; import os", "Import"),
        ("del x", "Delete"),
        ("x = {1.0}", "Set"),
    ],
)
def test_other_syntax_is_refused(line: str, found: str) -> None:
    with pytest.raises(GeneratedSourceError) as caught:
        compiled(f"def f(x):\n    {line}\n", ["f"], {})
    assert (caught.value.line, caught.value.found) == (2, found)


@pytest.mark.parametrize(
    ("line", "found", "place"),
    [("x = \\\n    x.y", "Attribute", 3), ("x = x @ x and x", "And", 0)],
    ids=["in the next line", "an operator, which has no line"],
)
def test_other_syntax_is_refused_with_its_line(line: str, found: str, place: int) -> None:
    with pytest.raises(GeneratedSourceError) as caught:
        compiled(f"def f(x):\n    {line}\n", ["f"], {})
    assert (caught.value.line, caught.value.found) == (place, found)


@pytest.mark.parametrize("line", ["x = x.y", "import os", "while x: x = 0.0", "g(*x)"])
def test_other_syntax_is_found_among_calculations(line: str) -> None:
    lines = ["def f(x):", "    if x:", "        y = x * 2.0 + 1e-05", f"    {line}", "    return x - 3.0"]
    with pytest.raises(GeneratedSourceError) as caught:
        compiled("\n".join(lines), ["f"], {})
    assert caught.value.line == 4


def test_choices_and_loops_are_allowed() -> None:
    lines = [
        "def f(xs):",
        "    total = 0.0",
        "    for x in xs:",
        "        if x or total:",
        "            total += 0.0 if x < 0.0 else x",
        "    return total",
    ]
    assert compiled("\n".join(lines), ["f"], {})[0]([1.0, -2.0, 3.0]) == 4.0
