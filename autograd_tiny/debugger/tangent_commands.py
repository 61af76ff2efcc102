r"""The command `jvp`: walk the forward pass with tangents, and show at its end what the backward pass gives.

>>> import io, sys
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger import debug
>>> a = Value(3.0, label="a")
>>> debug(a * a, stdin=io.StringIO("jvp a\ns\n"), stdout=sys.stdout)
L = a * a = 9: 2 nodes, 3 steps in the backward pass. s makes one, h helps.
...
(backward) jvp a
The forward pass with tangents: 1 operation, one a step. a' = 1.
(jvp) s
[1/1]  L = a * a = 3 * 3 = 9
       L' = a'·a + a'·a = 1·3 + 1·3 = 6
The forward pass is over: L = 9, L' = 6. Now type backward.
The backward pass gives ∂L/∂a = 6: equal to L'.
  input  forward  backward
  a            6         6
Forward mode takes a pass for each input: 1 pass, 2 products with a partial.
Backward mode takes 1 pass for it: 2 products.
(jvp)
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from autograd_tiny.debugger.output import show_text, stop
from autograd_tiny.debugger.session import NUMERAL, PromptError, Session
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import MOST_ECHOED, shorten
from autograd_tiny.support.console import counted
from autograd_tiny.symbolic.notation import text_name
from autograd_tiny.trace import UnknownNodeError
from autograd_tiny.trace.name_ranges import list_names

NUMBER: Final = re.compile(r"=\s*(\S*)\s*(.*)")
"""The number behind a leaf, and the rest of the line."""


def enter_forward_mode(session: Session, line: str) -> None:
    """Walk the forward pass with tangents.

    jvp a=1 b=0.5 gives leaves a tangent, jvp a means a=1; the others have 0. A tangent, written a', says how fast a
    node changes in that direction. s, n, c, rs and l move and show as in the forward pass; p a' prints a
    tangent, why tells where it comes from. The end compares the result with the backward pass, and backward returns
    to it.
    """
    tangents = session.trace.jvp(_seeds(session, line))
    session.cursor.enter_with(tangents)
    session.headline, session.focus, session.has_stopped = None, None, True
    steps = counted(session.cursor.total, "operation, one a step", "operations, one a step")
    direction = tangents.direction(short=session.text.short)
    show_text(session, f"The forward pass with tangents: {steps}. {direction}")
    if session.cursor.is_at_end:  # the root is a leaf
        stop(session)


def _seeds(session: Session, line: str) -> dict[str, float]:
    """Return the tangents of a line such as a=1 b=0.5, by the names of the leaves."""
    names, name = session.trace.names, session.trace.written_name
    if not line:
        raise PromptError(f"no leaf given; write one, as in jvp {_leaves(session)[0]}=1")
    seeds: dict[str, float] = {}
    while line:
        leaf, line = _leaf(session, line, seeds)
        if names[leaf] in seeds:
            raise PromptError(f"{name(leaf)} is given twice; write it once")
        given = NUMBER.fullmatch(line)
        number, line = given.groups() if given else ("1", line)
        example = f"jvp {name(leaf)}=1"
        seed = session.number(number.rstrip(","), example=example)
        if not math.isfinite(seed):
            raise PromptError(f"the tangent {number} of {name(leaf)} is not finite; write a number, as in {example}")
        seeds[names[leaf]] = seed
    return seeds


def _leaf(session: Session, line: str, seeds: Mapping[str, float]) -> tuple[Value, str]:
    """Return the leaf at the beginning of a line, and the rest."""
    word = line.partition(" ")[0]
    try:
        leaf, rest = session.split(line)
    except UnknownNodeError as error:
        root = session.trace.written_name(session.trace.root)
        remedy = f"{root} depends on {list_names(_leaves(session))}"
        if seeds and NUMERAL.fullmatch(word):
            remedy = f"write = before a number, as in {text_name([*seeds][-1])}={word}"
        raise PromptError(f"no leaf {shorten(error.name, MOST_ECHOED)}; {remedy}") from None
    if leaf.primitive is not None:
        formula = session.text.definition(leaf)
        raise PromptError(f"{formula} is computed; jvp takes leaves: {list_names(_leaves(session))}")
    return leaf, rest


def _leaves(session: Session) -> list[str]:
    return [session.trace.written_name(node) for node in session.trace.nodes if node.primitive is None]
