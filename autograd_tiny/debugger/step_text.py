"""Write the steps of a trace, each in one line with its numbers.

>>> from autograd_tiny import Value
>>> from autograd_tiny.trace import Trace
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> text = StepText(Trace(a * b + a))
>>> print(text.node(text.trace.root))
L = v1 + a = -4
>>> for event in text.trace:
...     print(text.step(event))
L.grad           — → 1          the seed
v1.grad          — → 1          += L.grad·1 = 1·1 = 1
a.grad           — → 1          += L.grad·1 = 1·1 = 1
a.grad           1 → -2         += v1.grad·b = 1·(-3) = -3
b.grad           — → 2          += v1.grad·a = 1·2 = 2
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, cast

from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.support.display_width import display_width, pad_right
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number, text_name, title_name
from autograd_tiny.symbolic.short_names import LONGEST, short_names, truncate, truncate_formula
from autograd_tiny.symbolic.symbol import as_symbol
from autograd_tiny.trace import Event, Trace
from autograd_tiny.trace.formula_text import format_arrived
from autograd_tiny.trace.name_ranges import range_text, ranges_of

LONGEST_FORMULA: Final = 60
"""The longest formula, in characters, that is written beside its node."""
VERY_MANY: Final = 100
"""A formula of more inputs is never written out."""
MANY: Final = 8
"""From this many contributions of one node on, those to consecutively numbered nodes share a line."""


class StepText:
    """Writes the steps and nodes of a trace.

    Args:
        trace: holds the numbers.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._forms = short_names(trace.names.values())
        self._short = {text_name(name): text_name(form) for name, form in self._forms.items()}
        longest = max(display_width(self.name(node)) for node in trace.nodes)
        self._name_width = min(longest, LONGEST) + len(".grad")

    def short(self, name: str) -> str:
        """Return the short form of a name, given as formulas write it; see `short_names`."""
        return self._short.get(name, name)

    def name(self, node: Value | str) -> str:
        """Return the short form of the name of a node as formulas write it."""
        return self.short(text_name(node if isinstance(node, str) else self.trace.names[node]))

    def title(self, node: Value) -> str:
        """Return the short form of the name of a node where it is alone: several words have no quotes there."""
        name = self.trace.names[node]
        return title_name(self._forms.get(name, name))

    def definition(self, node: Value, *, longest: int = LONGEST_FORMULA) -> str:
        """Return a node with its formula; a long formula is cut, or reduced to function and module."""
        name, formula = self.trace.written_name(node), self.formula(node, longest=longest)
        return f"{name} = {formula}" if formula else name

    def formula(self, node: Value, *, longest: int = LONGEST_FORMULA) -> str:
        """Return the formula of a node, empty for a leaf; a long one is cut, or reduced to function and module."""
        formula = self._formula(node)
        module = self.trace.module(node) if display_width(formula) > longest else ""
        if display_width(formula) > longest and (module or len(node.inputs) > MANY):
            formula = f"{formula.partition('(')[0]}(…){f' of {module}' if module else ''}"
        return truncate_formula(formula, longest)

    def _formula(self, node: Value) -> str:
        """Return the formula of a node; of one with many inputs only its beginning is shown."""
        if len(node.inputs) <= VERY_MANY:
            return self.trace.formula(node)
        return self.trace.events.short_formula(self.trace.position(node)).text().ljust(LONGEST_FORMULA + 1)

    def node(self, node: Value) -> str:
        """Return a node with its formula and its value."""
        return f"{self.definition(node)} = {self._value(node)}"

    def _value(self, node: Value) -> str:
        """Return the value of a node in as many digits as those computed from it need."""
        digits = self.trace.events.digits_of_values()[self.trace.position(node)]
        return format_arrived(self.trace.value(node), digits)

    def computation(self, node: Value) -> str:
        """Return how a node is computed, first in symbols, then in numbers.

        >>> a = Value(2.0, label="a")
        >>> trace = Trace(a * -3.0)
        >>> StepText(trace).computation(trace.root)
        'L = a * (-3) = 2 * (-3) = -6'
        """
        row, result, position = cast("Primitive", node.primitive), self._value(node), self.trace.position(node)
        if len(node.inputs) > MANY:
            return self.node(node)
        numbers = [as_symbol(self.trace.value(x) if isinstance(x, Value) else x) for x in node.operands]
        events = self.trace.events
        digits = events.digits(position, fewest=events.digits_of_values()[position])
        text = row(*row.group(numbers)).text(digits=digits)
        step = "" if text == result else f"{truncate(text, LONGEST_FORMULA)} = "
        return f"{self.definition(node)} = {step}{result}"

    def step(self, event: Event, *, split: bool = False, narrow: bool = False) -> str:
        """Return a step: the gradient before and after it, and the chain rule.

        Args:
            event: the step.
            split: write the chain rule in a second line.
            narrow: write the gradient without columns.
        """
        if event.kind == "forward":
            return self.computation(self.trace.find(event.node))
        digits = event.digits
        change = self._change(event, event.before, event.after, narrow=narrow, digits=digits)
        return (
            f"{change.rstrip()}\n    {self._chain_rule(event, digits)}"
            if split
            else change + self._chain_rule(event, digits)
        )

    def undone(self, event: Event, *, narrow: bool = False) -> str:
        """Return a step that was undone; `narrow` means what it means for a step."""
        if event.kind == "forward":
            return f"{text_name(event.node)} undone"
        return f"{self._change(event, event.after, event.before, narrow=narrow)}undone"

    def steps(
        self, events: Sequence[Event], *, split: bool = False, narrow: bool = False
    ) -> Iterator[tuple[int, str]]:
        """Yield lines for the steps of one node, each with the number of steps that it covers."""
        start = 0
        for names in ranges_of([text_name(event.input or event.node) for event in events]):
            covered = events[start : start + len(names)]
            start += len(names)
            if len(events) < MANY or len(names) < 3:
                yield from ((1, self.step(event, split=split, narrow=narrow)) for event in covered)
            else:
                yield len(names), f"{len(names)} contributions to {range_text(names)}, {spread(covered)}"

    def _chain_rule(self, event: Event, digits: int) -> str:
        """Return a contribution as upstream times partial, in symbols and in numbers."""
        if event.input is None:
            return "the seed"
        return f"+= {self.name(event.node)}.grad·{self.short(event.rule)} = {event.product(digits)}"

    def _change(
        self,
        event: Event,
        before: float | None,
        after: float | None,
        *,
        narrow: bool,
        digits: int = FEWEST_DIGITS,
    ) -> str:
        """Return a gradient before a step, in so many digits, and after it."""
        first = format_arrived(before, digits)
        if narrow:
            subject = f"{self.name(event.input or event.node)}.grad"
            return f"{subject}  {first} → {format_arrived(after)}  "
        subject = pad_right(f"{self.name(event.input or event.node)}.grad", self._name_width)
        return f"{subject}  {first:>9} → {format_arrived(after):<9}  "


def spread(events: Sequence[Event]) -> str:
    """Return the least and the greatest of some contributions."""
    contributions = [event.contribution for event in events if event.contribution is not None]
    least, most = min(contributions), max(contributions)
    return f"all {format_number(least)}" if least == most else f"from {format_number(least)} to {format_number(most)}"
