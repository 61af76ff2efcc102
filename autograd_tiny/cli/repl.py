"""`autograd-tiny repl`: a prompt with the public names of autograd_tiny and nn at hand."""

from __future__ import annotations

import argparse
import ast
import code
import contextlib
import importlib
import sys
from typing import Any

from autograd_tiny.errors import require_own_nn
from autograd_tiny.support.terminal_text import without_byte_order_mark

SUMMARY = "open a prompt with everything imported"
DESCRIPTION = """\
Open a Python prompt (IPython where it is installed) with all public names of autograd_tiny and nn imported.
Ctrl-D ends it. A program from a pipe ends at its first error, with exit code 1.

examples:
  autograd-tiny repl
  echo "x = Value(3.0); (x*x).backward(); print(x.grad)" | autograd-tiny repl"""

BANNER = """\
All public names of autograd_tiny and nn are imported; Ctrl-D ends.

  x = Value(3.0, label="x"); y = tanh(x)**2 + 2*x   # forward pass: nodes
  y.backward(); print(y.data, x.grad)               # backward pass: gradients
  model = MLP(2, [8, 1], seed=0); print(model)      # a network of such nodes
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add no arguments: this command takes none."""


def run(arguments: argparse.Namespace) -> int:
    """Open the prompt, or run the program from a pipe; return 1 if that fails."""
    names = everything()
    if not sys.stdin.isatty():
        return run_program(without_byte_order_mark(sys.stdin.read()), names)
    if not start_ipython(names):
        with contextlib.suppress(ImportError):  # not on every system
            importlib.import_module("readline")
        code.interact(banner=BANNER, local=names, exitmsg="")
    return 0


class Interpreter(code.InteractiveInterpreter):
    """Runs statements, and remembers whether one of them failed."""

    has_failed = False

    def showtraceback(self) -> None:
        """Print the traceback of a statement."""
        self.has_failed = True
        super().showtraceback()


def run_program(source: str, names: dict[str, Any]) -> int:
    """Run statements up to the first that fails, and print the result of each, as a prompt does.

    Args:
        source: the statements; none runs if one has a syntax error.
        names: the global variables; the statements may change them.

    Returns:
        The exit code: 1 if a statement failed, else 0.

    >>> run_program("a = 2; a + 1", {})
    3
    0
    """
    program = Interpreter(names)
    try:
        trees = ast.parse(source, "<stdin>").body
        statements = [compile(ast.Interactive([tree]), "<stdin>", "single", dont_inherit=True) for tree in trees]
    except (SyntaxError, ValueError):  # the latter for a NUL
        program.showsyntaxerror("<stdin>")
        return 1
    for statement in statements:
        program.runcode(statement)
        if program.has_failed:
            return 1
    return 0


def start_ipython(names: dict[str, Any]) -> bool:
    """Open the prompt of IPython; return False if it is not installed."""
    try:
        ipython = importlib.import_module("IPython")
        config = importlib.import_module("traitlets.config").Config()
    except ImportError:
        return False
    config.TerminalInteractiveShell.banner1 = BANNER + "\n"
    config.TerminalInteractiveShell.confirm_exit = False
    ipython.start_ipython(argv=[], user_ns=names, config=config)
    return True


def everything() -> dict[str, Any]:
    """Return the public names of both packages.

    >>> names = everything()
    >>> names["tanh"](names["Value"](0.0)).data
    0.0
    """
    import autograd_tiny

    require_own_nn()
    import nn

    return {name: getattr(package, name) for package in (nn, autograd_tiny) for name in package.__all__}
