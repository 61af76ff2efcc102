"""Ask for each next number before it is shown, and recognize the usual mistakes from the number alone.

>>> from autograd_tiny import Value
>>> from autograd_tiny.trace import Trace
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> event = list(Trace(5.0 * (a * b)))[2]       # a receives 5 · b
>>> [feedback(number, event) for number in (-15.0, 15.0, -3.0)]
['', 'the size is right, the sign is not', 'that is the partial alone: multiply it by the upstream, 5']
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from autograd_tiny.debugger.output import show_error, show_graph, show_heading, show_steps
from autograd_tiny.debugger.session import Session
from autograd_tiny.debugger.step_commands import has_more
from autograd_tiny.errors import AutogradError
from autograd_tiny.symbolic.notation import FEWEST_DIGITS as FEWEST_OF_FORMULAS
from autograd_tiny.symbolic.notation import format_number, text_name
from autograd_tiny.trace import Event

INSTRUCTIONS: Final = (
    "Each answer is a number, such as -3, 1/3 or 2e-3, or an expression over nodes, such as {leaf} * 2. "
    "A number may be rounded to two digits. {q} ends the quiz, {l} shows the graph, {h} this."
)
COMMANDS: Final = {
    "quit": "q",
    "exit": "q",
    "help": "h",
    "?": "h",
    "list": "l",
    "q": "q",
    "h": "h",
    "l": "l",
}
"""The commands of the quiz, by all their names."""
TOLERANCE: Final = 0.01
"""The largest relative error of an answer that counts as right, however it is written."""
DECIMAL: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
"""A number that is written with its digits; they tell how it is rounded."""
FEWEST_DIGITS: Final = 2
"""The smallest number of digits that a number is rounded to."""


def run_quiz(session: Session, line: str) -> None:
    """Be asked for each next number before it is shown.

    Answer with a number such as -3, 1/3 or 2e-3, two digits are enough (0.12 for 0.1234), or with an expression such
    as d.grad * b.
    After a wrong answer there is a second try; only right first answers count.
    q ends it, l shows the graph, h tells how to answer.
    """
    if not has_more(session, back=False):
        return
    right = asked = 0
    _show_instructions(session)
    while not session.cursor.is_at_end:
        result = _ask(session, session.trace[session.trace.cursor])
        if result is None:
            break
        asked, right = asked + 1, right + result
        show_steps(session, session.cursor.steps(1))
    if asked:
        session.terminal.show(f"{right} of {asked} right at the first answer.")


def _ask(session: Session, event: Event) -> bool | None:
    """Ask for the result of an event; return whether the first answer is right, None to end the quiz."""
    show_heading(session, event)
    tries = 0
    while tries < 2:
        answer = session.terminal.ask(f"  {_question(session, event)} becomes? ")
        command = "q" if answer is None else _command(session, answer)
        if answer is None or command == "q":
            return None
        if command:
            _help(session, command)
            continue
        if not answer.strip():
            session.terminal.show(f"  no answer; write a number, {_word(session, 'q')} ends the quiz")
            continue
        try:
            mistake = feedback(session.number(answer, example="-3"), event, rounding=rounding_of(answer))
        except AutogradError as error:
            show_error(session, error)
            continue
        if not mistake:
            session.terminal.show("  right", style="done")
            return tries == 0
        tries += 1
        session.terminal.show(f"  {mistake}{'; try again' if tries < 2 else ''}")
    return False


def _question(session: Session, event: Event) -> str:
    """Return what is asked for, with the gradient so far, or with operands that cancel in the digits they need."""
    if event.kind != "forward":
        before = "" if event.before is None else f", so far {format_number(event.before, event.digits)},"
        return f"{text_name(event.input or event.node)}.grad{before}"
    node = session.trace.find(event.node)
    is_plain = session.trace.events.digits(session.trace.position(node)) == FEWEST_OF_FORMULAS
    return text_name(event.node) if is_plain else session.text.computation(node).rpartition(" = ")[0]


def _command(session: Session, answer: str) -> str:
    """Return the command that an answer is, q, h or l, unless a node has that name."""
    word = answer.strip()
    return "" if word in session.trace.names.values() else COMMANDS.get(word, "")


def _help(session: Session, command: str) -> None:
    """Show how to answer, or the graph."""
    if command == "h":
        _show_instructions(session)
    else:
        show_graph(session, session.cursor.current)


def _show_instructions(session: Session) -> None:
    words = {command: _word(session, command) for command in "qlh"}
    session.terminal.show_sentence(INSTRUCTIONS.format(leaf=session.leaf, **words))


def _word(session: Session, command: str) -> str:
    """Return a name of a command that no node has, its letter if that is free."""
    names = [command, *(name for name in COMMANDS if COMMANDS[name] == command)]
    return next((name for name in names if name not in session.trace.names.values()), command)


def feedback(number: float, event: Event, *, rounding: float = 0.0) -> str:
    """Return what is wrong with an answer, an empty text if it is right.

    Args:
        number: the answer.
        event: whose result is asked.
        rounding: by how much the answer may be rounded; see `rounding_of`.
    """
    if is_right(number, event.after, rounding=rounding):
        return ""
    if is_right(-number, event.after, rounding=rounding):
        return "the size is right, the sign is not"
    texts = (text for wrong, text in _mistakes(event) if is_right(number, wrong, rounding=rounding))
    return next(texts, _reminder(event))


def is_right(number: float, expected: float, *, rounding: float = 0.0) -> bool:
    """Return whether a number equals another up to rounding by hand; nan equals nan.

    >>> is_right(0.33, 1 / 3), is_right(0.3, 1 / 3), is_right(0.0, 1e-12)
    (True, False, True)
    >>> is_right(0.12, 0.1234), is_right(0.12, 0.1234, rounding=0.005)
    (False, True)
    """
    if expected != expected:
        return number != number
    is_close = math.isclose(number, expected, rel_tol=TOLERANCE, abs_tol=1e-9)
    return is_close or abs(number - expected) <= rounding * (1.0 + 1e-9)


def rounding_of(answer: str) -> float:
    """Return half a unit of the last digit of a number of at least two significant digits, else 0.

    >>> rounding_of("0.12"), rounding_of("2.0"), rounding_of("-3"), rounding_of("1/3")
    (0.005, 0.05, 0.0, 0.0)
    """
    text = answer.strip()
    if not DECIMAL.fullmatch(text):
        return 0.0
    number = Decimal(text)
    digits = len(number.as_tuple().digits)
    half = float(f"5e{number.adjusted() - digits}")
    return half if digits >= FEWEST_DIGITS and half < math.inf else 0.0


def _reminder(event: Event) -> str:
    """Return how to find the number."""
    if event.upstream is None:
        return "no"
    digits = event.digits
    so_far = "" if event.before is None else f"the gradient so far, {format_number(event.before, digits)}, plus "
    upstream = format_number(event.upstream, digits)
    z, x = text_name(event.node), text_name(str(event.input))
    return f"no: {so_far}the upstream, {upstream}, times the partial of {z} with respect to {x}"


def _mistakes(event: Event) -> Iterator[tuple[float, str]]:
    """Yield wrong numbers, each with the mistake that leads to it."""
    if event.upstream is None or event.partial is None or event.contribution is None:
        return
    before, contribution = event.before or 0.0, event.contribution
    upstream, partial, so_far = (format_number(x, event.digits) for x in (event.upstream, event.partial, before))
    so_far = f"the gradient so far, {so_far}"
    if event.before is not None:
        yield contribution, f"that is the contribution: add it to {so_far}"
        yield -contribution, f"that is the contribution with the wrong sign: correct it and add it to {so_far}"
        yield before - contribution, "the contribution has the wrong sign"
    alone = f"that is the partial alone: multiply it by the upstream, {upstream}"
    yield before + event.partial, alone
    yield event.partial, f"{alone}, and add the gradient so far"
    yield before + event.upstream, f"that is the upstream alone: multiply it by the partial, {partial}"
    yield before + event.upstream + event.partial, "multiply upstream and partial instead of adding them"
