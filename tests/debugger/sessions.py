"""Run sessions for tests: commands in, answers out."""

from __future__ import annotations

import io

from autograd_tiny import Value
from autograd_tiny.debugger import debug
from autograd_tiny.symbolic.expression import parse

KARPATHY = "d = a*b; e = d + c; e*f"
NUMBERS = {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0}


def graph(text: str = KARPATHY, **numbers: float) -> Value:
    return parse(text).evaluate(**(numbers or NUMBERS))


def talk(root: Value, *commands: str) -> list[str]:
    """Return the lines of a session with these commands, from the first command on."""
    screen = io.StringIO()
    debug(root, stdin=io.StringIO("".join(f"{command}\n" for command in commands)), stdout=screen)
    lines = screen.getvalue().splitlines()
    return lines[next(place for place, line in enumerate(lines) if line.startswith("(backward)")) :]


def joined(lines: list[str]) -> str:
    """Return an answer of one sentence, which may be folded, as one line."""
    return " ".join(line.strip() for line in lines)


def answer(root: Value, *commands: str) -> list[str]:
    """Return the answer to the last of these commands, as lines."""
    lines = talk(root, *commands)
    prompts = [place for place, line in enumerate(lines) if line.startswith(("(backward)", "(forward)", "(jvp)"))]
    return lines[prompts[-2] + 1 : prompts[-1]]
