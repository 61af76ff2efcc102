"""Parse the command line, run its command, and return the exit code.

An error of the user, and a file that cannot be written, is one line on the standard error and exit code 2. Ctrl-C is
exit code 130, and a closed pipe (`| head -1`) is 141, as in the shell. A bug is a traceback.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import autograd_tiny
from autograd_tiny.cli import bench, check, explain, labs, lesson, playground, repl, step, train
from autograd_tiny.cli.arguments import arrange
from autograd_tiny.cli.help_layout import HelpLayout, around_caret
from autograd_tiny.errors import AutogradError, InputError
from autograd_tiny.support.console import complain_at, escape_unencodable, line_width
from autograd_tiny.support.terminal_text import printable
from autograd_tiny.symbolic.expression_parser import ExpressionError
from autograd_tiny.tabular.problems import TableError

DESCRIPTION = """\
Explain and step through the derivatives of an expression, and train networks on real data.

examples:
  autograd-tiny explain "tanh(w*x + b)" w=2 x=0.5 b=-1
  autograd-tiny step "tanh(w*x + b)" w=2 x=0.5 b=-1
  autograd-tiny step --train exam
  autograd-tiny check "tanh(w*x + b)" w=2 x=0.5 b=-1
  autograd-tiny train iris
  autograd-tiny train flowers.csv --target species
  autograd-tiny lesson iris
  autograd-tiny playground spiral --epochs 200
  autograd-tiny labs build course
  autograd-tiny repl

autograd-tiny COMMAND --help shows the options of a command.

Lines are as wide as the terminal. In a pipe or a file they have 80 characters, or as many as COLUMNS says."""

COMMANDS = (explain, step, check, train, lesson, playground, labs, bench, repl)
FAILED, INTERRUPTED, BROKEN_PIPE = 2, 130, 141


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line each."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse objects to as an InputError."""
        remedy = f"see {self.prog} --help"
        if message.startswith("unrecognized arguments: --"):
            remedy += ', or write -- before an expression that begins so, as in explain -- "--a" a=1'
        raise InputError(f"{message}; {remedy}")


def make_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(prog="autograd-tiny", description=DESCRIPTION, formatter_class=HelpLayout, allow_abbrev=False)
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        command = commands.add_parser(
            name,
            help=module.SUMMARY,
            description=module.DESCRIPTION,
            formatter_class=HelpLayout,
            allow_abbrev=False,
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: the arguments after the command's name; those of the process where it is None.

    Returns:
        The exit code: 0 for success, 2 for an error of the user or a full disk.

    >>> main(["--version"])
    autograd-tiny ...
    0
    """
    escape_unencodable()
    try:
        status = run_or_complain(sys.argv[1:] if argv is None else list(argv))
        print(end="", flush=True)  # also where the standard output is closed and sys.stdout is None
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        forget_stdout()
        return BROKEN_PIPE
    except OSError as error:
        forget_stdout()
        complain(f"the output cannot be written: {error.strerror}")
        return FAILED
    return status


def run_or_complain(argv: list[str]) -> int:
    """Run a command, or print the error of an input that it cannot use or a file that it cannot write."""
    try:
        return run(argv)
    except AutogradError as error:
        complain(message_of(error))
    except OSError as error:
        if error.filename is None:  # the standard output
            raise
        complain(f"{error.filename} cannot be written: {error.strerror}")
    return FAILED


def complain(message: str) -> None:
    """Print a message on the standard error, without the control characters that a file or its name may hold."""
    lines = f"autograd-tiny: {message}".split("\n")
    complain_at(sys.stderr, "\n".join(map(printable, lines)))


def run(argv: list[str]) -> int:
    """Parse the arguments and run their command."""
    parser = make_parser()
    try:
        arguments = parser.parse_args(arrange(argv))
    except SystemExit:  # argparse has printed the help
        return 0
    if arguments.version:
        version = autograd_tiny.__version__
        print(f"autograd-tiny {'of a folder that is not installed' if version == '0+unknown' else version}")
        return 0
    if arguments.command is None:
        parser.print_help()
        return 0
    status: int = arguments.run(arguments)
    return status


def message_of(error: AutogradError) -> str:
    """Return the message in one line; that of an expression has the expression and a caret below."""
    if isinstance(error, ExpressionError):
        return around_caret(str(error), line_width(sys.stderr)) if sys.stderr and sys.stderr.isatty() else str(error)
    if isinstance(error, TableError):
        return str(error)
    return " ".join(line.strip() for line in str(error).splitlines())


def forget_stdout() -> None:
    """Redirect the standard output to the null device, so that the flush of Python at exit does not fail too."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # not a file, as in a notebook
        sys.stdout = None
