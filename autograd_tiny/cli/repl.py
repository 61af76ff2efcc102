"""`autograd-tiny repl`: a prompt with the public names of autograd_tiny and nn at hand."""

from __future__ import annotations

import argparse
import code
import contextlib
import importlib
import sys
from typing import Any

SUMMARY = "open a prompt with everything imported"
DESCRIPTION = """\
Open a Python prompt (IPython where it is installed) in which all public names of autograd_tiny and nn are
imported. End it with Ctrl-D.

examples:
  autograd-tiny repl
  echo "x = Value(3.0); (x*x).backward(); print(x.grad)" | autograd-tiny repl"""

BANNER = """\
autograd_tiny: every public name of autograd_tiny and nn is here; Ctrl-D ends.

  x = Value(3.0, label="x"); y = tanh(x)**2 + 2*x   # forward pass: nodes
  y.backward(); print(y.data, x.grad)               # backward pass: gradients
  model = MLP(2, [8, 1], seed=0); print(model)      # a network of such nodes
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of this command: none."""


def run(arguments: argparse.Namespace) -> int:
    """Open the prompt; from a pipe, run what it holds."""
    names = everything()
    if not sys.stdin.isatty():
        code.interact(banner="", readfunc=lambda prompt: input(), local=names, exitmsg="")
    elif not start_ipython(names):
        with contextlib.suppress(ImportError):  # not on every system
            importlib.import_module("readline")
        code.interact(banner=BANNER, local=names, exitmsg="")
    return 0


def start_ipython(names: dict[str, Any]) -> bool:
    """Open the prompt of IPython and return True, or return False where it is not installed."""
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
    import nn

    return {name: getattr(package, name) for package in (nn, autograd_tiny) for name in package.__all__}
