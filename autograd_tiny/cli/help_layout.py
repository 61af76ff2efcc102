r"""Lay out the help of the command and its errors in lines as wide as the terminal.

>>> print(*wrapped("Show every node\nof a graph.\n\nexamples:\n  autograd-tiny check a a=1", 18), sep="\n")
Show every node of
a graph.
<BLANKLINE>
examples:
  autograd-tiny \
    check a a=1
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from autograd_tiny.support.console import line_width
from autograd_tiny.support.display_width import cut_to, display_width
from autograd_tiny.support.terminal_text import fold

CODE: Final = re.compile(r" +(?:autograd-tiny|nbgrader|echo|printf)\b.*")
"""A line with a command of the shell."""
WORD: Final = re.compile(r""" *(?:"[^"]*"|'[^']*'|[^\s"'])+""")
"""A word of the shell, with the spaces before it."""
COLUMN: Final = re.compile(r"( +\S.*? {2,})\S")
"""The first column of a table, and the gap behind it."""
QUOTED: Final = re.compile(r'"[^"]*"|\w+\([^()]*\)')
"""Code in a sentence: a text in quotes, and the call of a function."""
NO_BREAK: Final = "\u00a0"
MOST_INDENTED: Final = 2
"""A folded line is indented to the second column, unless less than the width divided by this is left."""


class HelpLayout(argparse.RawDescriptionHelpFormatter):
    """A layout in which paragraphs are wrapped, and lists, tables and commands keep their lines where they fit."""

    def __init__(self, prog: str, **settings: Any) -> None:
        self.line_width = line_width()
        position = min(24, self.line_width // 3)
        super().__init__(prog, **{"max_help_position": position, "width": self.line_width, **settings})

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(f"{indent}{line}" for line in wrapped(text, self.line_width - len(indent)))

    def format_help(self) -> str:
        """Return the help; folded is what argparse does not wrap, such as a long option."""
        usage, _, rest = super().format_help().partition("\n\n")
        lines = fold(" ".join(usage.split()), self.line_width, hanging=len("usage: "))
        others = (part for line in rest.split("\n") for part in fold(line, self.line_width, hanging=4) or [""])
        return "\n".join([*lines, "", *others])


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield a text in lines of a width: a paragraph wrapped, other lines folded where they do not fit."""
    for is_paragraph, lines in groupby(text.split("\n"), key=lambda line: line[:1].strip() != ""):
        if is_paragraph:
            whole = QUOTED.sub(lambda code: code[0].replace(" ", NO_BREAK), " ".join(lines))
            yield from (line.replace(NO_BREAK, " ") for line in fold(whole, width, hanging=0))
        else:
            for line in lines:
                yield from _folded(line, width)


def _folded(line: str, width: int) -> list[str]:
    """Return an indented line in parts: a command with the sign of the shell, a row of a table below its column."""
    if display_width(line) <= width:
        return [line]
    if CODE.fullmatch(line):
        return _folded_code(line, width)
    column = COLUMN.match(line)
    margin = len(line) - len(line.lstrip(" "))
    hanging = len(column[1]) - margin if column and len(column[1]) <= width // MOST_INDENTED else 2
    return fold(line, width, hanging=hanging)


def _folded_code(line: str, width: int) -> list[str]:
    r"""Return a command in lines that the shell takes as one: words are not broken, and \ ends all but the last.

    >>> _folded_code('  autograd-tiny check "a + b" a=1 b=2', 26)
    ['  autograd-tiny check \\', '    "a + b" a=1 b=2']
    """
    indent = " " * (len(line) - len(line.lstrip(" ")) + 2)
    lines = [""]
    for word in WORD.findall(line):
        if lines[-1].strip() and len(lines[-1] + word) > width - len(" \\"):
            lines.append(f"{indent}{word.lstrip(' ')}")
        else:
            lines[-1] += word
    return [*(f"{part} \\" for part in lines[:-1]), lines[-1]]


def around_caret(message: str, width: int) -> str:
    r"""Return a message whose last lines are an expression and a caret, of a wide one the part around the caret.

    >>> print(around_caret("unknown\n  a + b + c * foo(d)\n              ^", 16))
    unknown
      ...+ c * fo...
               ^
    """
    head, *expression = message.rsplit("\n", 2)
    if len(expression) < 2 or display_width(expression[0]) <= width or expression[1].strip() != "^":
        return message
    text = expression[0].lstrip(" ")
    margin = len(expression[0]) - len(text)
    room, place = width - margin - 2 * len("..."), len(cut_to(text, len(expression[1]) - 1 - margin))
    start = 0
    while display_width(text[start:place]) > room - 2 and display_width(text[start:]) > room:
        start += 1
    shown = cut_to(text[start:], room)
    before, after = "..." * (start > 0), "..." * (start + len(shown) < len(text))
    indent, gap = " " * margin, " " * display_width(before + text[start:place])
    return f"{head}\n{indent}{before}{shown}{after}\n{indent}{gap}^"
