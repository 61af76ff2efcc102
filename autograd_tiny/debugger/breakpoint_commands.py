"""Commands that set breakpoints, and go on to them, forwards and backwards.

Each is a function of the session and of the rest of the command line; its docstring is its help.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from autograd_tiny.debugger.calculator import Calculation
from autograd_tiny.debugger.output import show_passed, show_place, stop
from autograd_tiny.debugger.session import NUMERAL, Breakpoint, PromptError, Session, whole_number
from autograd_tiny.debugger.step_commands import has_more, times
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import shorten
from autograd_tiny.support.console import counted
from autograd_tiny.symbolic.notation import format_number, text_name
from autograd_tiny.trace import UnknownNodeError
from autograd_tiny.trace.formula_text import format_arrived
from autograd_tiny.trace.name_ranges import list_names

LINE: Final = re.compile(r"(.+?:\d+)(?:\s+(if\s.*))?")
"""A line of the program, and a condition."""
COMPARISON: Final = re.compile(r"[<>]|[=!]=")
"""A sign that a condition has, and hardly a name."""
PDB_CONDITION: Final = re.compile(r"(.+?),\s*(.+)")
"""A breakpoint with a condition as pdb takes it."""
ANY: Final = "any"
"""The word for all nodes."""
MOST_LISTED: Final = 20
"""The largest number of nodes of a line that are listed."""


def go_on(session: Session, line: str) -> None:
    """Go on to the next breakpoint, the N-th, or the end.

    The end is that of the pass; then q goes on with the program.
    """
    run(session, line, back=False)


def go_back(session: Session, line: str) -> None:
    """Go back to a breakpoint, the N-th, or the start."""
    run(session, line, back=True)


def set_breakpoint(session: Session, line: str) -> None:
    """Break when a node receives a contribution.

    Alone, it lists the breakpoints. In the forward pass, they stop when the node is computed. With any, which needs a
    condition, it is about all nodes: b any if abs(grad) > 1e3 stops at the first node whose gradient is that large,
    b any if grad != grad at the first nan. b net.py:4 stops at the nodes that this line of the program made, where
    lines were recorded (with record_lines).

    A condition compares expressions, joined by and, or, not; a number alone holds where it is not 0. In it grad,
    value, upstream, partial and contribution are those of the step that was just done: b w if abs(grad) > 10 and
    a.grad < 0

    A comparison with a number that is not known at a step, such as upstream at the seed, does not hold there, and
    neither does its not.
    """
    if line:
        _add_breakpoint(session, line, is_temporary=False)
        return
    if not session.breakpoints:
        name, number = session.stop_example, session.number_example
        session.terminal.show(f"no breakpoints; set one, as in b {name}, or b {name} if {number} > 10")
    for breakpoint in session.breakpoints:
        ignored = session.ignored.get(breakpoint.number, 0)
        details = [f"; ignores {counted(ignored, 'hit')}"] if ignored else []
        details += [
            f"; then {'; '.join(commands)}" for commands in [session.reactions.get(breakpoint.number)] if commands
        ]
        session.terminal.show(f"breakpoint {breakpoint}{''.join(details)}")


def watch_node(session: Session, line: str) -> None:
    """Break when the gradient of a node changes.

    The stop shows it before and after. A contribution of 0 changes it only if it is
    the first to arrive, from — to 0.
    """
    node, rest = session.split(line)
    if rest:
        raise PromptError(f"{shorten(rest)} is left over; watch takes a node alone, b takes a condition")
    _add(session, (node,), session.trace.names[node], is_watch=True)


def ignore_hits(session: Session, line: str) -> None:
    """Ignore the next K hits of breakpoint N."""
    number, _, rest = line.partition(" ")
    breakpoint, rest = _breakpoint(session, number), rest.strip()
    hits = whole_number(rest)
    if hits is None:
        got = f"{shorten(rest)} is not a number of hits" if rest else "no number of hits"
        remedy = f"write a whole number after the breakpoint, as in ignore {breakpoint.number} 3"
        raise PromptError(f"{got}; {remedy}")
    session.ignored[breakpoint.number] = hits
    session.terminal.show(f"breakpoint {breakpoint}; ignores {counted(hits, 'hit')}")


def set_commands(session: Session, line: str) -> None:
    """Run commands where breakpoint N stops.

    They follow in this line, with ; between them, as in commands 1 p a.grad; why a, or in the lines up to end.
    """
    number, _, rest = line.partition(" ")
    breakpoint = _breakpoint(session, number)
    commands = rest.split(";")
    while not rest and (command := session.next_line("> ")) is not None and command.strip() != "end":
        commands.append(command)
    session.reactions[breakpoint.number] = [command.strip() for command in commands if command.strip()]
    shown = "; ".join(session.reactions[breakpoint.number]) or "no commands"
    session.terminal.show(f"breakpoint {breakpoint}; then {shown}")


def _breakpoint(session: Session, text: str) -> Breakpoint:
    """Return the breakpoint of a number."""
    found = [breakpoint for breakpoint in session.breakpoints if breakpoint.number == whole_number(text)]
    if not found:
        known = ", ".join(str(breakpoint.number) for breakpoint in session.breakpoints) or "none"
        got = f"no breakpoint {shorten(text)}" if text else "no number of a breakpoint given"
        raise PromptError(f"{got}; the breakpoints are: {known}")
    return found[0]


def go_until(session: Session, line: str) -> None:
    """Go on until the gradient of a node is complete.

    In the forward pass, until it is computed. Breakpoints stop on the way.
    """
    node, cursor = _node_to_reach(session, line), session.cursor
    events = cursor.received_at(node, forward=cursor.is_forward)
    if not events or events[-1] < session.trace.cursor:
        name = session.trace.written_name(node)
        if not events:
            raise PromptError(
                f"{name} is a leaf, which no step of the forward pass computes; backward leaves this pass"
            )
        what = "is computed" if cursor.is_forward else "has its whole gradient"
        raise PromptError(f"{name} {what} already; j and rc go back")
    _run(session, 1, back=False, target=events[-1])


def _node_to_reach(session: Session, line: str) -> Value:
    """Return the node that `until` goes on to; for a condition tell which command takes it."""
    if not line.strip():
        raise PromptError(f"no node given; write its name, as in until {session.stop_example}")
    try:
        return session.find(line)
    except UnknownNodeError:
        if not COMPARISON.search(line):
            raise
        example = f"b any if abs({session.number_example}) > 1e3"
        raise PromptError(f"until takes a node here; set a breakpoint for a condition, as in {example}") from None


def set_temporary_breakpoint(session: Session, line: str) -> None:
    """Break once: the first stop deletes the breakpoint."""
    _add_breakpoint(session, line, is_temporary=True)


def clear_breakpoints(session: Session, line: str) -> None:
    """Clear breakpoints by number, those of a node, or all."""
    if not session.breakpoints:
        raise PromptError("no breakpoints to clear")
    cleared = _of_text(session, line) if line else session.breakpoints
    session.breakpoints = [breakpoint for breakpoint in session.breakpoints if breakpoint not in cleared]
    for breakpoint in cleared:
        session.terminal.show(f"cleared {breakpoint}")


def _of_text(session: Session, line: str) -> list[Breakpoint]:
    """Return the breakpoints of some numbers, or on a node."""
    words = line.split()
    if all(word.isdecimal() for word in words):
        named = {breakpoint.number: breakpoint for breakpoint in session.breakpoints}
        unknown = [word for word in words if whole_number(word) not in named]
        if unknown:
            raise PromptError(f"no breakpoint {shorten(unknown[0])[1:-1]}; b lists them")
        return [named[int(word)] for word in dict.fromkeys(words)]
    try:
        nodes, _, rest, _ = _target(session, line)
    except UnknownNodeError:
        if NUMERAL.fullmatch(line):
            raise PromptError(f"{shorten(line)} is not a number of a breakpoint; b lists them") from None
        raise
    if rest:
        raise PromptError(f"{shorten(rest)} is left over; cl takes numbers or a node alone")
    found = [breakpoint for breakpoint in session.breakpoints if breakpoint.nodes == nodes]
    if not found:
        raise PromptError(f"no breakpoint on {line}; b lists them")
    return found


def _add_breakpoint(session: Session, line: str, *, is_temporary: bool) -> None:
    nodes, name, rest, is_line = _target(session, line)
    match = re.fullmatch(r"(?:if\s+(\S.*))?", rest)
    if match is None:
        problem = f"{shorten(rest)} is not a condition; write one after if"
        if rest == "if":
            problem = "no condition follows if; write one after it"
        written = name if nodes is None or is_line else text_name(name)
        raise PromptError(f"{problem}, as in b {written} if {session.number_example} > 10")
    if nodes is None and not match[1]:
        raise PromptError(
            f"b any takes a condition, as in b any if abs({session.number_example}) > 1e3; s stops at every step"
        )
    condition = session.condition(nodes, match[1]) if match[1] else None
    _add(session, nodes, name, condition=condition, is_temporary=is_temporary, is_line=is_line)


def _target(session: Session, line: str) -> tuple[tuple[Value, ...] | None, str, str, bool]:
    """Return the nodes to stop at, None for all; what to call them; the rest; whether it is a line of the program."""
    names, lines = set(session.trace.names.values()), session.trace.lines
    if line.split()[:1] == [ANY] and ANY not in names:
        return None, ANY, line[len(ANY) :].strip(), False
    place = LINE.fullmatch(line)
    if place is not None and not names.intersection((line, place[1], place[1].split()[0])):
        nodes = tuple(lines.find(place[1]))
        return nodes, lines.where(nodes[0]), place[2] or "", True
    try:
        node, rest = session.split(line)
    except UnknownNodeError as error:
        pdb = PDB_CONDITION.fullmatch(line)
        if error.name == "if" and COMPARISON.search(line):
            raise PromptError(f"no node before if; any means all of them, as in b any {line}") from None
        if pdb is not None and pdb[1] in names:
            raise PromptError(f"a condition follows if, as in b {text_name(pdb[1])} if {pdb[2]}") from None
        raise
    return (node,), session.trace.names[node], rest, False


def _add(
    session: Session,
    nodes: tuple[Value, ...] | None,
    name: str,
    *,
    condition: Calculation | None = None,
    is_temporary: bool = False,
    is_watch: bool = False,
    is_line: bool = False,
) -> None:
    """Add a breakpoint and show it."""
    number = session.last_breakpoint + 1
    breakpoint = Breakpoint(number, name, nodes, condition, is_temporary, is_watch, is_line)
    breakpoint.holds()  # shows a mistake in the condition now
    session.last_breakpoint = number
    session.breakpoints.append(breakpoint)
    made = ""
    if is_line and nodes is not None:
        first = [session.trace.written_name(node) for node in nodes[:MOST_LISTED]]
        made = f", which made {list_names(first, more=len(nodes) - len(first))}"
    session.terminal.show(f"breakpoint {breakpoint}{made}")


def run(session: Session, line: str, *, back: bool) -> None:
    """Move to the breakpoint that is the N-th to stop, else to the end of the pass."""
    count = times(line)
    if has_more(session, back=back):
        _run(session, count, back=back)


def _run(session: Session, count: int, *, back: bool, target: int = -1) -> None:
    """Move to the breakpoint after `count` stops, or to an event, else to the end; show the place."""
    before = session.trace.cursor
    left, hits = find_stop(session, count, back=back, target=target)
    show_stop(session, before, hits, back=back, is_found=not left)


def find_stop(session: Session, count: int, *, back: bool, target: int = -1) -> tuple[int, list[Breakpoint]]:
    """Move to where breakpoints stop, `count` times, else to the end of the pass.

    Args:
        session: at a step.
        count: of stops.
        back: whether to move backwards.
        target: an event that stops too.

    Returns:
        The number of stops that are left, and the breakpoints that stopped last.
    """
    hits: list[Breakpoint] = []

    def stops() -> bool:
        hits[:] = hits_here(session)
        return bool(hits) or session.trace.cursor == target + 1

    events = [*_events_to_check(session, back=back), *([target] if target >= 0 else [])]
    while count and session.cursor.until(stops, events, back=back):
        count -= 1
        session.breakpoints = [kept for kept in session.breakpoints if kept not in hits or not kept.is_temporary]
    return count, [] if count else hits


def show_stop(
    session: Session, before: int, hits: Sequence[Breakpoint], *, back: bool, is_found: bool = True
) -> None:
    """Show how far a run went, which breakpoints stopped it, and the place; then their commands follow.

    Args:
        session: at the place.
        before: the cursor before the run.
        hits: the breakpoints.
        back: whether it went backwards.
        is_found: whether it stopped before the end of the pass.
    """
    first, last = sorted((before, session.trace.cursor))
    if last - first > 1 or back:
        show_passed(session, last - first, session.cursor.count_nodes(first, last), back=back)
    if hits:
        session.terminal.show(f"Breakpoint {', '.join(_stopped(session, hit) for hit in hits)}")
    if is_found or back or last - first == 1:
        show_place(session)
    else:
        stop(session)
    session.run_next(command for hit in hits for command in session.reactions.get(hit.number, ()))


def show_end(session: Session) -> None:
    """Move to the end of the pass, and show it."""
    before, cursor = session.trace.cursor, session.cursor
    cursor.jump(cursor.total)
    show_stop(session, before, [], back=False, is_found=False)


def _events_to_check(session: Session, *, back: bool) -> list[int]:
    """Return the events ahead after which a breakpoint stops."""
    cursor, events = session.cursor, []
    for breakpoint in session.breakpoints:
        received: Sequence[int] = range(len(session.trace))
        if breakpoint.nodes is not None:
            received = cursor.received_by(breakpoint.nodes)
        ahead = cursor.ahead(received, back=back)
        events += session.where_holds(
            breakpoint, list(filter(cursor.changes, ahead)) if breakpoint.is_watch else ahead
        )
    return events


def hits_here(session: Session) -> list[Breakpoint]:
    """Return the breakpoints that stop after the latest event; those to be ignored are counted."""
    latest = session.trace.cursor - 1
    receiver = session.cursor.receiver_at(latest)
    here = [stop for stop in session.breakpoints if stop.nodes is None or receiver in stop.nodes]
    changes = session.cursor.changes(latest)
    hits = [breakpoint for breakpoint in here if breakpoint.holds() and (changes or not breakpoint.is_watch)]
    return [breakpoint for breakpoint in hits if not _is_ignored(session, breakpoint)]


def _is_ignored(session: Session, breakpoint: Breakpoint) -> bool:
    """Return whether a hit is to be ignored, and count it."""
    hits = session.ignored.get(breakpoint.number, 0)
    session.ignored[breakpoint.number] = max(hits - 1, 0)
    return hits > 0


def _stopped(session: Session, breakpoint: Breakpoint) -> str:
    """Return a breakpoint that stopped; of a watched node the gradient before and after."""
    latest = session.trace[session.trace.cursor - 1]
    if not breakpoint.is_watch or latest.kind == "forward":
        return str(breakpoint)
    before, after = format_arrived(latest.before), format_number(latest.after)
    return f"{breakpoint}: {text_name(breakpoint.name)}.grad {before} → {after}"
