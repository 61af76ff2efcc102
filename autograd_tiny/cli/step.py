"""`autograd-tiny step`: step through the backward pass of an expression at a prompt."""

from __future__ import annotations

import argparse

from autograd_tiny.cli.arguments import LANGUAGE, add_expression, root_of
from autograd_tiny.debugger import debug

SUMMARY = "step through the backward pass of an expression, one contribution at a time"
DESCRIPTION = f"""\
Step through the backward pass of an expression at a prompt, one contribution at a time, forwards and
backwards, with breakpoints and an explanation of each number. The commands are those of gdb and pdb: s does
a step, n a node, c continues, rs rn rc go back, l lists the graph, b breaks, p prints, q quits, h helps.

{LANGUAGE}

examples:
  autograd-tiny step "d = a*b; e = d + c; e*f" a=2 b=-3 c=10 f=-2
  autograd-tiny step "b = a + a; b * b" a=3
  printf 'b a if grad > 4\\nc\\nwhy a\\n' | autograd-tiny step "a * a" a=3

Commands may come from a file or a pipe; its end ends the session."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_expression(parser)


def run(arguments: argparse.Namespace) -> int:
    """Open the prompt."""
    _, root = root_of(arguments)
    debug(root, keeps=False, variable_names=False)
    return 0
