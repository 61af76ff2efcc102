r"""The commands that look: `l w u d p display undisplay why check`.

>>> import io
>>> from autograd_tiny import Value
>>> from autograd_tiny.debugger.screen import Screen
>>> from autograd_tiny.debugger.terminal import Keyboard
>>> a = Value(3.0, label="a")
>>> session = Looking(a * a, Keyboard(io.StringIO("p a.value * 2\nw a\n")), Screen(io.StringIO()))
>>> session.run()
>>> print(*session.screen.shown, sep="\n")
(backward) p a.value * 2
6.0
(backward) w a
a = 3
L = a * a = 9     ∂L/∂a = a = 3
There are 2 paths from L to a; along this one the partials multiply to 3.
(backward)
"""

from __future__ import annotations

import math
from contextlib import suppress
from itertools import pairwise
from typing import Final

from autograd_tiny.debugger.errors import PromptError, UnknownYetError
from autograd_tiny.debugger.lines import local_of
from autograd_tiny.debugger.path import MANY_PATHS, number_of_paths, path_to_root
from autograd_tiny.debugger.ranges import list_names
from autograd_tiny.debugger.session import whole_number
from autograd_tiny.debugger.stopping import Stopping
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import shorten
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace.rules import shown

LONGEST_PATH: Final = 12
"""The largest number of nodes of a path that are all shown."""


class Looking(Stopping):
    """Shows the graph and its numbers."""

    def do_l(self, line: str) -> None:
        """`l [NODE]`: list the graph around a node, with all its numbers.

        A tree with the root on top, drawn around the node that acts if none is named. Each row is an edge: the
        partial along it, the contribution it made if that is done, the gradient of its lower end so far. ✓ is
        done, ▶ comes next. What lies below a node used twice is drawn once; … stands for it.
        """
        self.show_picture(self.find(line))

    def do_w(self, line: str) -> None:
        """`w [NODE]`: where: the path from a node up to the root.

        With the partial of each edge, and how many paths there are in all.
        """
        schedule, trace = self.course.schedule, self.course.trace
        path = path_to_root(schedule, self.find(line))
        edges = [schedule.edge(z, z.inputs.index(x)) for x, z in pairwise(path)]
        product = math.prod(trace.events.numbers.partials[edge - schedule.seed - 1] for edge in edges)
        self._show_path(path[0], edges)
        count = number_of_paths(schedule, path[0])
        paths = "There is 1 path" if count == 1 else f"There are {count} paths"
        paths = "There are more than a million paths" if count == MANY_PATHS else paths
        self.show_text(
            f"{paths} from {trace.names[trace.root]} to {trace.names[path[0]]}; along this one the partials "
            f"multiply to {format_number(product)}."
        )

    def _show_path(self, node: Value, edges: list[int]) -> None:
        """Show a node, and one row for each edge above it; of many edges those at both ends."""
        left_out = len(edges) - 7 if len(edges) >= LONGEST_PATH else 0
        rows = [(self.lines.node(node), "")]
        for edge in edges if not left_out else [*edges[:3], *edges[-4:]]:
            event = self.course.trace[edge]
            local, rule = local_of(event)
            consumer = self.lines.node(self.course.trace.find(event.node))
            rows.append((consumer, f"{local} = {f'{rule} = ' if rule else ''}{shown(event.partial)}"))
        if left_out:
            rows.insert(4, (f"… {left_out} more nodes", ""))
        width = max(len(consumer) for consumer, _ in rows)
        for consumer, local in rows:
            self.screen.show(f"{consumer.ljust(width)}     {local}".rstrip())

    def do_u(self, line: str) -> None:
        """`u [N]`: up to a consumer, the N-th; l, w and p follow."""
        here = self.find("")
        consumers = list(dict.fromkeys(self.course.schedule.consumers[here]))
        self._move(here, consumers, line, "consumers")

    def do_d(self, line: str) -> None:
        """`d [N]`: down to an input, the N-th; l, w and p follow."""
        here = self.find("")
        self._move(here, list(dict.fromkeys(here.inputs)), line, "inputs")

    def do_p(self, line: str) -> None:
        """`p [NODE | EXPR]`: print a node, or a number such as a.grad * 2.

        A name stands for the number of the node. Expressions have + - * / // % **, and the functions of
        autograd_tiny. Labels with other signs than letters, digits, dots and brackets go in quotes: p "x+y".grad
        """
        if line and line.strip("\"'") not in self.course.trace.names.values():
            self.screen.show(repr(self.compute(line)))
            return
        node = self.find(line)
        trace, name = self.course.trace, self.course.trace.names[node]
        users = list(dict.fromkeys(trace.names[user] for user in self.course.schedule.consumers[node]))
        self.screen.show(f"{self.lines.node(node)}     {name}.grad = {shown(trace.gradient(node))}")
        self.screen.show(f"  used by {list_names(users)}" if users else "  the root: nothing uses it here")
        self.show_hints(self.hints.inner(self.course, node))

    def do_why(self, line: str) -> None:
        """`why [NODE]`: write a gradient as the sum over its consumers.

        In symbols and numbers, as far as it has come, with what is to be noted about it, once.
        """
        node = self.find(line)
        self.screen.show(self.course.trace.why(node))
        self.show_hints(self.hints.why(self.course, node))

    def do_check(self, line: str) -> None:
        """`check [NODE]`: compare a gradient with the central difference.

        (f(x + h) - f(x - h)) / 2h, beside the gradient at the end of the pass.
        """
        self.screen.show(str(self.course.trace.check(self.find(line))))

    def do_display(self, line: str) -> None:
        """`display [EXPR]`: show an expression at each stop.

        Alone, it shows those there are, with their numbers.
        """
        if line:
            with suppress(UnknownYetError):
                self.compute(line)  # a mistake shows now, and once
            self.displays[max(self.displays, default=0) + 1] = line
        elif not self.displays:
            self.screen.show("nothing is displayed; write an expression, as in display a.grad * 2")
        self.show_displays()

    def do_undisplay(self, line: str) -> None:
        """`undisplay [N]`: no longer show the expression N, or any."""
        if not line:
            self.displays.clear()
            return
        if self.displays.pop(whole_number(line) or 0, None) is None:
            numbers = ", ".join(map(str, self.displays)) or "none"
            raise PromptError(f"no display has the number {shorten(line)}; there are {numbers}")

    def _move(self, here: Value, others: list[Value], line: str, kind: str) -> None:
        """Put another node in the middle: the one of that number among the consumers or inputs of this."""
        names = self.course.trace.names
        if not others:
            raise PromptError(f"{names[here]} has no {kind}")
        number = whole_number(line or "1") or 0
        if not 1 <= number <= len(others):
            raise PromptError(f"{names[here]} has the {kind} {_numbered([names[node] for node in others])}")
        self.middle = others[number - 1]
        self.screen.show(f"{self.lines.node(self.middle)}     {kind_of(number, len(others), kind)} {names[here]}")


def kind_of(number: int, count: int, kind: str) -> str:
    """Return which of the consumers or inputs a node is.

    >>> kind_of(1, 1, "inputs"), kind_of(2, 3, "consumers")
    ('the input of', 'consumer 2 of 3 of')
    """
    one = kind.removesuffix("s")
    return f"the {one} of" if count == 1 else f"{one} {number} of {count} of"


def _numbered(names: list[str]) -> str:
    shown = [f"{number} {name}" for number, name in enumerate(names[:8], start=1)]
    return ", ".join(shown) + (f", ... {len(names)} {names[-1]}" if len(names) > 8 else "")
