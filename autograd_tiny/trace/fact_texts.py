"""Phrase facts: the one place of what is said about contributions that add up, a dead relu, a kink, an old gradient.

A sentence is a template with blanks. Each front end fills the blanks as it writes names and numbers: as text (here),
as mathematics (`explanation`), or in JavaScript (`page`, which gets `CROSSING` and `MISTAKES` with its data).

>>> from autograd_tiny import Value
>>> from autograd_tiny.trace.facts import facts_of_node
>>> a = Value(-3.0, label="a")
>>> trace = (a.relu() * 2.0).trace()
>>> Notes(fact_text(fact, trace.names) for fact in facts_of_node(trace, "a"))
The partial of v1 = relu(a) with respect to a is 0 at a = -3, so v1 passes no gradient to a. Where that ... dead relu.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.symbolic.symbol import Symbol
from autograd_tiny.trace.facts import Detail, Fact
from autograd_tiny.trace.formula_text import cut_middle, truncate
from autograd_tiny.trace.name_ranges import list_names

ZERO: Final = "The partial of {z} = {formula} with respect to {x} is 0 at {point}, so {z} passes no gradient to {x}."
HELD: Final = " Gradients of leaves add up: {sum} = {total} after the next pass. Call zero_grad() to begin at 0."

SENTENCES: Final = {
    "uses": (
        "{x} is used {uses} times, so {uses} contributions arrive. They add up, because the gradient counts every "
        "path from {x} to {root}."
    ),
    "order": (
        "{x} comes after {consumers}: it passes its gradient on once, when all contributions to it have arrived. "
        "That is why the backward pass goes in reverse topological order."
    ),
    "inner": (
        "{x} = {formula} is not a leaf: each backward pass sets its gradient anew. Only leaves add up gradients from "
        "pass to pass, and only leaves are changed by an optimizer."
    ),
    "held": "{x} already holds the gradient {grad}, left from an earlier pass." + HELD,
    "held again": "{x} already holds the gradient {grad}, as much as one backward pass of this graph gives." + HELD,
    "flat": ZERO + " It is flat there: a small change of {x} does not change {z}.",
    "dead relu": ZERO + " Where that holds for all data, it is a dead relu.",
    "stationary": ZERO + " Beside that point the slope is not 0.",
    "saturated": ZERO + " It is saturated there: its slope is too small for a float, and rounded to 0.",
    "vanishing": ZERO + " Its slope there is too small for a float, and rounded to 0.",
    "zero partial": ZERO,
    "zero factor": "{z} = {formula} passes no gradient to {x}, because another factor is 0: {factors}.",
    "zero constant": "{z} = {formula} passes no gradient to {x}, because another factor is the constant 0.",
    "zero upstream": "The gradient of {z} is 0, so {z} passes no gradient to {x}.",
    "cancelled": "The contributions to {x} cancel: {sum} = 0.",
    "cancelled upstream": "The contributions to {z} cancel: {sum} = 0. So {z} passes no gradient to {x}.",
    "underflow": (
        "The gradient {upstream} of {z} times its partial {partial} is too small for a float, so {z} passes 0 to {x}."
    ),
    "zero times infinity": "{z} passes nan to {x}: its gradient {upstream} times the partial {partial} is undefined.",
    "kink": (
        "{z} = {formula} has a kink at {point}: as {x} grows through it, the slope changes from {left} to {right}. "
        "The partial {partial} is a convention."
    ),
    "tie": (
        "{ties} operands of {z} = {formula} are tied at {value}, so {z} has a kink there. By convention each gets an "
        "equal share of the gradient, the partial {partial}."
    ),
    "jump": (
        "{z} = {formula} jumps at {point}, so it has no derivative with respect to {x} there. "
        "The partial {partial} is a convention."
    ),
    "infinite slope": "{z} = {formula} has an infinite slope at {point}: the partial for {x} is {partial}.",
}
"""The sentence of each kind of fact."""

OTHERS: Final = " The same goes for {others}."
"""The sentence that follows where a fact holds for other nodes too."""

CROSSING: Final = {
    "crossed": "{z} = {formula} crossed a kink: {effects}",
    "jumped": "{z} = {formula} crossed a kink, where its value jumps: {effects}",
    "closed": "it passes no gradient to {x} any more (the partial was {before}, is 0)",
    "opened": "it passes a gradient to {x} now (the partial was 0, is {after})",
    "sign": "the partial for {x} changed its sign, from {before} to {after}",
    "changed": "the partial for {x} jumped from {before} to {after}",
    "same": "its partials are the same on this side",
    "more": "{count} more inputs likewise",
    "unseen": "{z} went from {before} to {after}, though its partials are 0: a gradient describes small changes only",
}
"""Sentences about a node after a leaf was set to another number, and their parts."""

MISTAKES: Final = {
    "overwrite": "a later contribution has overwritten an earlier one: they add up, += and not =",
    "order": "a node passes its gradient on before all contributions have arrived; reverse a topological order",
    "zero": "the gradients of earlier passes are still there, and new ones add to them: zero_grad is missing",
}
"""Mistakes in a backward pass, as the page and the labs tell them."""


class Notes(list[str]):
    """Sentences, which a prompt shows line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(self) or "There is nothing to note."


def fact_template(fact: Fact) -> str:
    """Return the sentence of a fact, with blanks."""
    return SENTENCES[fact.kind] + OTHERS * ("others" in fact.details)


def fact_text(fact: Fact, names: Mapping[Value, str]) -> str:
    """Return a fact as text, with the names of the nodes."""

    def fill(detail: Detail) -> str:
        if isinstance(detail, Value):
            return names[detail]
        if isinstance(detail, Symbol):
            return truncate(detail.text())
        if isinstance(detail, tuple):
            return list_names([names[node] for node in detail])
        if isinstance(detail, Mapping):
            return ", ".join(cut_middle([f"{names[x]} = {format_number(y)}" for x, y in detail.items()], "…"))
        return str(detail) if isinstance(detail, int) else format_number(detail)

    return fact_template(fact).format_map({blank: fill(detail) for blank, detail in fact.blanks.items()})
