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
from autograd_tiny.symbolic.notation import format_number, text_name
from autograd_tiny.symbolic.short_names import truncate
from autograd_tiny.symbolic.symbol import Symbol
from autograd_tiny.trace.errors import HOW_TO_RECORD_LINES
from autograd_tiny.trace.facts import Detail, Fact
from autograd_tiny.trace.formula_text import cut_middle, format_signed
from autograd_tiny.trace.name_ranges import list_names
from autograd_tiny.trace.true_digits import digits_of_formula

ZERO: Final = "The partial of {z} = {formula} with respect to {x} is 0 at {point}, so {z} passes no gradient to {x}."
HELD: Final = " Gradients of leaves add up: {sum} = {total} after the next pass. Call zero_grad() to begin at 0."

BECOMES: Final = "{z} = {formula} becomes {result}, at {point}: "
MAKES: Final = (
    "{z} = {formula} makes {result}, at {point}: its gradient {upstream} times its partial for {x}, {partial}, "
)
LOGARITHM: Final = (
    " Keep {kept} above {limit}, as {guarded} does; for probabilities take log_softmax, log_sigmoid or "
    "cross_entropy, which take logits."
)

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
    "level end": ZERO + " Towards that point its slope goes to 0, and beyond it {z} is not defined.",
    "saturated": ZERO + " It is saturated there: its slope is too small for a float, and rounded to 0.",
    "vanishing": ZERO + " Its slope there is too small for a float, and rounded to 0.",
    "zero partial": (
        "The partial of {z} = {formula} with respect to {x} is 0 as a float at {point}, so {z} passes no gradient "
        "to {x}."
    ),
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
        "equal share of the gradient, the partial {share}."
    ),
    "lone partial": (
        "{z} = {formula} has the slope {left} for {x} on both sides of {point}. At that point alone another case "
        "of it holds, whose partial is {partial}."
    ),
    "jump": (
        "{z} = {formula} jumps at {point}, so it has no derivative with respect to {x} there. "
        "The partial {partial} is a convention."
    ),
    "infinite slope": "{z} = {formula} has an infinite slope at {point}: the partial for {x} is {partial}.",
    "infinite slope by convention": (
        "{z} = {formula} has an infinite slope at {point}. The partial {partial} for {x} is a convention."
    ),
    "pole": (
        "{z} = {formula} is {value} at {point}: value and slope grow without bound towards that point. "
        "The partial for {x} is {partial}."
    ),
    "edge": (
        "{z} = {formula} is defined on one side of {point} only, and its slope there is {slope}. "
        "The partial {partial} for {x} is a convention."
    ),
    "clamped": (
        "{z} = {formula} has the slope {slope} for {x} beside {point}. The partial {partial} at that point is a "
        "convention, because its formula is clamped: its divisor {x} * (1 - {x}) is at least 1e-12."
    ),
    "clamped end": (
        "{z} = {formula} is clamped at {point}: its logarithms are at least -100, its divisor {x} * (1 - {x}) at "
        "least 1e-12. The partial {partial} for {x} is a convention, since the slope without these bounds is "
        "infinite."
    ),
    # tangents, in the forward mode
    "tangent zero times infinity": (
        "{z}' becomes nan: the tangent {tangent} of {x} times the partial {partial} is undefined."
    ),
    "tangent underflow": "The tangent {tangent} of {x} times the partial {partial} of {z} is too small for a float.",
    "tangent cancelled": "The terms of {x}' cancel: {sum} = 0.",
    "tangent infinity minus infinity": "{x}' becomes nan: inf minus inf is undefined.",
    # the first inf and nan of a forward pass: where, why, and a remedy
    "not finite leaf": "{x} is {result} from the beginning, as it is a leaf. Look at where that number was read.",
    "set leaf": "{x} is {result} since it was set. To take that back: reset {x}",
    "not finite operand": BECOMES + "its operand {operand} is not finite. Look at where that number was read.",
    "log of zero": BECOMES + "a logarithm goes to -inf there." + LOGARITHM,
    "log of negative": BECOMES + "a negative number has no real logarithm." + LOGARITHM,
    "root of negative": BECOMES + "a negative number has no such root or power.",
    "division by zero": BECOMES + "it divides by 0.",
    "exp overflow": BECOMES + "the exponential is beyond the largest float, 1.8e308.",
    "overflow": BECOMES + "the result is beyond the largest float, 1.8e308.",
    "quotient overflow": (
        BECOMES
        + "the quotient is beyond the largest float, 1.8e308. Scale the dividend down, or keep the divisor away "
        "from 0."
    ),
    "unbounded": (
        BECOMES + "its size grows without bound towards that point, as at a pole. Keep the operand away from it."
    ),
    "infinite operand": BECOMES
    + "an operand is infinite, and it has no value there. Look at the operand that is inf.",
    "infinity minus infinity": BECOMES + "inf minus inf is not defined. Look at the operand that is inf.",
    "product of zero and infinity": BECOMES + "0 times inf is not defined. Look at the operand that is inf.",
    "undefined value": (
        BECOMES
        + "its result is not a finite float there. Keep its operands inside of its domain, and of moderate size."
    ),
    # those of a backward pass
    "unprotected branch": (
        MAKES + "is not defined. The 0 comes from a where that does not choose this branch, which does not protect "
        "it. Write the inner where too: inside of the branch, replace the operand by a harmless number."
    ),
    "zero times infinite partial": (
        MAKES + "is not defined. Keep {x} away from the point where the partial is infinite."
    ),
    "zero times partial of infinity": (
        MAKES + "is not defined. The value of {z} is not finite either: begin with the forward pass."
    ),
    "infinite gradient times zero": MAKES + "is not defined. Look at the node where that gradient became infinite.",
    "nan partial": MAKES + "is not defined. Keep the operands inside of its domain.",
    "partial of constant": (
        MAKES + "is not finite, because its operand {operand} is not. Look at where that number was read."
    ),
    "vertical slope": MAKES + "is infinite: the slope is vertical there. Keep {x} away from that point.",
    "infinite partial": MAKES + "is infinite. Keep {x} away from that point.",
    "gradient overflow": (
        MAKES + "makes the gradient of {x} go beyond the largest float, 1.8e308. Scale the root or the inputs down."
    ),
    "infinite contributions cancel": (
        MAKES + "is {contribution}, and {x} has {before} already: inf minus inf is not defined. Look at the node "
        "where the first of them became infinite."
    ),
}
"""The sentence of each kind of fact."""

PASSES_NO_GRADIENT: Final = "passes no gradient to {x}"
PASSES_NO_TANGENT: Final = "does not pass {x}' on"
"""Says of the forward mode what that before it says of the backward pass."""

OTHERS: Final = " The same goes for {others}."
"""The sentence that follows where a fact holds for other nodes too."""

GUARDS: Final = {
    "root of negative": " Keep {kept} above 0, as {guarded} does.",
    "division by zero": " Keep {kept} away from 0, as {guarded} does.",
    "zero times infinite partial": " An example: {guarded}.",
    "vertical slope": " An example: {guarded}.",
    "unprotected branch": " An example, with the condition of that where: {guarded}.",
}
"""The sentence after that of an anomaly where another operand gives finite numbers, by its kind."""

GENERAL: Final = {
    "exp overflow": (
        " Take logsumexp for the logarithm of a sum of exponentials, softmax or sigmoid for their quotients, or keep "
        "the exponent small."
    ),
    "overflow": " Scale the operands down.",
}
"""The sentence after that of an anomaly for which no other formula is known, by its kind."""

ADDITIONS: Final = {
    "shifted": " Where {kept} is never negative, {shifted} does so too.",
    "several": " {x} has {several} of them, together {partial}.",
    "instead": " Take {instead} for {whole}: it is {gives} here, with finite slopes.",
    "length": " For a length take hypot or norm, whose partial at 0 is 0.",
    "others": OTHERS,
    "stays": " {z} stays {stays} when one of its inputs changes a little.",
    "counting": " Its partial is not 0 for {counting}.",
}
"""The sentence after that of a fact that has such a detail."""

CROSSING: Final = {
    "passed": "{z} = {formula} {ways}: {effects}",
    "arrived": "{z} = {formula} is at a {place} now: {effects}",
    "left": "left a {place}",
    "crossed": "crossed {place}",
    "reached": "reached a {place}",
    "then": ", then ",
    "kink1": "a kink",
    "kink2": "2 kinks",
    "kink3": "3 kinks",
    "kink4": "several kinks",
    "jump1": "a jump of its value",
    "jump2": "2 jumps of its value",
    "jump3": "3 jumps of its value",
    "jump4": "several jumps of its value",
    "closed": "it passes no gradient to {x} any more (the partial was {before}, is 0)",
    "opened": "it passes a gradient to {x} now (the partial was 0, is {after})",
    "sign": "the partial for {x} changed its sign, from {before} to {after}",
    "changed": "the partial for {x} went from {before} to {after}",
    "same": "its partials are as before",
    "operand": "{x} as {operand}",
    "more": "{count} more inputs likewise",
    "unseen": (
        "{z} went from {before} to {after}, though its partial for {x} is 0 at both numbers: a gradient describes "
        "small changes only"
    ),
    "undefined": (
        "{z} went from {before} to {after}: it is not defined between the two numbers of {x}, for which its "
        "partial is 0"
    ),
    "stepped": (
        "{z} jumped on the way from {before} to {after}, though its partial for {x} is 0 at both numbers: a gradient "
        "does not see jumps"
    ),
}
"""Sentences about a node after a leaf was set to another number, and their parts."""

MISTAKES: Final = {
    "overwrite": "a later contribution has overwritten an earlier one: they add up, += and not =",
    "order": "a node passes its gradient on before all contributions have arrived; reverse a topological order",
    "zero": "the gradients of earlier passes are still there, and new ones add to them: zero_grad is missing",
}
"""Mistakes in a backward pass, as the page and the labs tell them."""

CHECKS: Final = {
    "within error": "they agree within the error of the difference, {error}",
    "hidden": "rounding hides the difference, whose error is up to {error}",
    "no difference": "there is no difference, because {root} is not finite on one side",
    "infinite": "the gradient is not finite, so it has no difference to agree with",
    "wrong": "they disagree: a jump is near, or a partial is wrong",
    "place": "there is a {kind} between {x} - {h} and {x} + {h}, of {nodes}",
    # what a kink or a jump does to the root
    "mean": (
        "the slope of {root} is {left} on the left and {right} on the right, so the difference is the mean of two "
        "slopes, and the gradient follows the convention"
    ),
    "mixed": "the difference mixes the slopes on both sides of it",
    "convention": "{root} has the same slope on both sides, while the gradient follows the convention",
    "same slope": "it does not change the slope of {root}, and they agree",
    "jump": "the value jumps there, which the difference divides by 2{h}, and the gradient leaves out",
    "unseen": "it does not show in {root}({x} - {h}) and {root}({x} + {h}), and they agree",
    "alone": (
        "{root} differs at {x} from both sides, which the difference leaves out, while the gradient follows the "
        "convention"
    ),
}
"""Remarks on a gradient beside its central difference."""

PROFILE: Final = {
    "vanishing": (
        "Vanishing: the mean size falls from {first} ({top}) to {last} ({bottom}), "
        "by a factor of {factor} per {unit}."
    ),
    "exploding": (
        "Exploding: the mean size grows from {first} ({top}) to {last} ({bottom}), "
        "by a factor of {factor} per {unit}."
    ),
    "zero from": "From {group} on, all gradients are 0.",
    "zero rows": "In the rows from {group} to {last}, all gradients are 0.",
    "zero row": "In the row of {group}, all gradients are 0.",
    "dead units": "Dead units: {dead} of {units}, whose partials are all 0 in this graph: {names}.",
    "zeros": "Gradients that are 0: {zeros} of {total}.",
    "not finite": "Gradients that are inf or nan: {count} of {total}.",
    "unfinished": "Not finished at this step: {count} of {total} gradients, {names}.",
    "at distance": "distance {group}",
    "distance": "step of distance",
    "leaves": "leaves",
}
"""Remarks on the sizes of the gradients of a graph, and the names of what they are about."""


NO_LINES: Final = f"The lines of the program were not recorded; {HOW_TO_RECORD_LINES}."
"""The sentence where a line would help."""
NO_LINES_OF_TRAINING: Final = (
    "The lines of the program were not recorded; call debug_training inside `with record_lines():` to see them."
)
"""The same where the training builds the graph."""
MADE_ELSEWHERE: Final = (
    "The lines of the program are not known, since these nodes were made before the block began; make them in it."
)
"""The same inside `detect_anomaly()`."""


class Notes(list[str]):
    """Sentences, which a prompt shows line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(self) or "There is nothing to note."


def fact_template(fact: Fact) -> str:
    """Return the sentence of a fact, with blanks."""
    guard = GUARDS.get(fact.kind, "") * ("guarded" in fact.details)
    guard += GENERAL.get(fact.kind, "") * ("instead" not in fact.details)
    additions = (text for detail, text in ADDITIONS.items() if detail in fact.details)
    return "".join([SENTENCES[fact.kind], guard, *additions])


def fact_text(fact: Fact, names: Mapping[Value, str], *, forward: bool = False) -> str:
    """Return a fact as text, with the names of the nodes.

    Args:
        fact: to tell.
        names: of the nodes.
        forward: whether it is about the tangents of a forward pass, not about gradients.
    """
    template = fact_template(fact)
    template = template.replace(PASSES_NO_GRADIENT, PASSES_NO_TANGENT) if forward else template

    def fill(detail: Detail) -> str:
        if isinstance(detail, Value):
            return text_name(names[detail])
        if isinstance(detail, Symbol):
            return truncate(detail.text(digits=digits_of_formula(detail)))
        if isinstance(detail, tuple):
            return list_names([text_name(names[node]) for node in detail])
        if isinstance(detail, Mapping):
            return ", ".join(
                cut_middle([f"{text_name(names[x])} = {format_signed(y)}" for x, y in detail.items()], "…")
            )
        return str(detail) if isinstance(detail, int) else format_number(detail)

    return template.format_map({blank: fill(detail) for blank, detail in fact.blanks.items()})
