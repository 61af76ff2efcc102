"""Run programs of the user, for tests: a text under the name of a file, whose lines errors and screens can quote."""

from __future__ import annotations

import linecache
from typing import Any

import autograd_tiny
from autograd_tiny import record_lines

NETWORK = """\
def loss(w, x):
    h = (w * x).relu()
    p = h.log()
    return -p * 2.0

x = Value(-2.0, label="x")
root = loss(Value(3.0, label="w"), x)
"""
"""A logarithm of 0, in line 3."""


def run_program(file: str, text: str = NETWORK, *, records: bool = True, **given: Any) -> Any:
    """Run a program, and return its variable `root`.

    Args:
        file: its name.
        text: in which the public names of autograd_tiny are known.
        records: whether lines are recorded.
        given: further variables.
    """
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    scope = {name: getattr(autograd_tiny, name) for name in autograd_tiny.__all__} | given
    code = compile(text, file, "exec")
    if records:
        with record_lines():
            exec(code, scope)
    else:
        exec(code, scope)
    return scope["root"]
