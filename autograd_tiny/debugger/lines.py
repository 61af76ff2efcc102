"""What a step looks like: one line for an event, with every number that takes part in it, and one for its node.

>>> from autograd_tiny import Value
>>> from autograd_tiny.trace import Trace
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> lines = Lines(Trace(a * b + a))
>>> print(lines.node(lines.trace.root))
L = v1 + a = -4
>>> for event in lines.trace:
...     print(lines.event(event))
L.grad           — → 1          the seed: ∂L/∂L = 1
v1.grad          — → 1          += ∂L/∂L·∂L/∂v1 = 1·1 = 1
a.grad           — → 1          += ∂L/∂L·∂L/∂a = 1·1 = 1
a.grad           1 → -2         += ∂L/∂v1·∂v1/∂a = 1·b = 1·(-3) = -3
b.grad           — → 2          += ∂L/∂v1·∂v1/∂b = 1·a = 1·2 = 2
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, cast

from autograd_tiny.debugger.ranges import runs, text_of
from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.symbolic.module_names import split_module
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.symbolic.symbol import as_symbol
from autograd_tiny.trace import Event, Trace
from autograd_tiny.trace.rules import factor, shown

WIDEST_NAME: Final = 16
"""The longest name, in characters, that is written in full."""
LONGEST_FORMULA: Final = 60
"""The longest formula, in characters, that stands beside its node."""
MANY: Final = 8
"""From so many contributions of one node on, those to nodes numbered in turn share a line."""


def shortened(text: str, width: int) -> str:
    """Return a text cut to a width.

    >>> shortened("tanh(w * x + b)", 10)
    'tanh(w * …'
    """
    return text if len(text) <= width else f"{text[: width - 1]}…"


def brief(name: str) -> str:
    """Return the last part of a long name: which module a parameter belongs to stands at its neuron.

    >>> brief("layers[0].neurons[1].w[12]"), brief("pre_activation_of_h"), brief("2 * layers[0].neurons[1].b")
    ('…w[12]', 'pre_activation_of_h', '2 * layers[0].neurons[1].b')
    """
    parts = split_module(name)
    is_long = len(name) > WIDEST_NAME and len(parts) > 1 and " " not in name
    return f"…{parts[-1]}" if is_long else name


class Lines:
    """Writes the events and nodes of a trace.

    Args:
        trace: where the numbers are.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        longest = max(len(brief(name)) for name in trace.names.values())
        self._name_width = min(longest, WIDEST_NAME) + len(".grad")

    def definition(self, node: Value, *, longest: int = LONGEST_FORMULA) -> str:
        """Return a node with its formula, instead of a long one only the function and the module."""
        name, formula = self.trace.names[node], self.trace.formula(node)
        module = self.trace.module(node) if len(formula) > longest else ""
        if len(formula) > longest and (module or len(node.inputs) > MANY):
            formula = f"{formula.partition('(')[0]}(…){f' of {module}' if module else ''}"
        return f"{name} = {shortened(formula, longest)}" if formula else name

    def node(self, node: Value) -> str:
        """Return a node with its formula and its number."""
        return f"{self.definition(node)} = {shown(self.trace.value(node))}"

    def computation(self, node: Value) -> str:
        """Return how a recorded node is computed, first in symbols, then in numbers.

        >>> a = Value(2.0, label="a")
        >>> trace = Trace(a * -3.0)
        >>> Lines(trace).computation(trace.root)
        'L = a * (-3) = 2 * (-3) = -6'
        """
        row = cast("Primitive", node.primitive)
        numbers = [as_symbol(self.trace.value(x) if isinstance(x, Value) else x) for x in node.operands]
        text, result = row(*row.group(numbers)).text(), shown(self.trace.value(node))
        step = "" if text == result or len(node.inputs) > MANY else f"{shortened(text, LONGEST_FORMULA)} = "
        return f"{self.definition(node)} = {step}{result}"

    def event(self, event: Event, *, width: int = 80) -> str:
        """Return an event: whose gradient changes, from what to what, and why.

        Args:
            event: to be told.
            width: of the line; where it is too narrow, the chain rule is told in numbers alone.
        """
        if event.kind == "forward":
            return self.computation(self.trace.find(event.node))
        change = self._change(event, event.before, event.after)
        return change + reason(event, room=width - len(change))

    def undone(self, event: Event) -> str:
        """Return an event that was taken back, so that the number before stands there again."""
        if event.kind == "forward":
            return f"{event.node} taken back"
        return f"{self._change(event, event.after, event.before)}taken back"

    def events(self, events: Sequence[Event], *, width: int = 80) -> Iterator[tuple[int, str]]:
        """Yield lines for events of one node, each with the number of events that it tells of."""
        start = 0
        for run in runs([event.input or event.node for event in events]):
            told = events[start : start + len(run)]
            start += len(run)
            if len(events) < MANY or len(run) < 3:
                yield from ((1, self.event(event, width=width)) for event in told)
            else:
                yield len(run), f"{len(run)} contributions to {text_of(run)}, {spread(told)}"

    def _change(self, event: Event, before: float | None, after: float | None) -> str:
        subject = f"{brief(event.input or event.node)}.grad".ljust(self._name_width)
        return f"{subject}  {shown(before):>9} → {shown(after):<9}  "


def reason(event: Event, *, room: int) -> str:
    """Return where the change of a gradient comes from: upstream times partial, in symbols and in numbers."""
    if event.upstream is None or event.partial is None or event.contribution is None:
        return f"the seed: ∂{event.root}/∂{event.node} = {format_number(event.after)}"
    local, rule = local_of(event)
    numbers = f"{format_number(event.upstream)}·{factor(event.partial)} = {format_number(event.contribution)}"
    step = f"{format_number(event.upstream)}·{rule} = " if rule else ""
    full = f"+= ∂{event.root}/∂{brief(event.node)}·{local} = {step}{numbers}"
    return full if len(full) <= room or not rule else f"+= {step}{numbers}"


def local_of(event: Event) -> tuple[str, str]:
    """Return the name of the partial of a contribution, and its formula if that says more than the number."""
    rule = "" if event.rule in {f"∂{event.node}/∂{event.input}", factor(event.partial or 0.0)} else brief(event.rule)
    return f"∂{brief(event.node)}/∂{brief(event.input or '')}", rule


def spread(events: Sequence[Event]) -> str:
    """Return between which numbers the contributions lie."""
    contributions = [event.contribution for event in events if event.contribution is not None]
    least, most = min(contributions), max(contributions)
    return f"all {format_number(least)}" if least == most else f"from {format_number(least)} to {format_number(most)}"
