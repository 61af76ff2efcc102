"""Find where a pass first became inf or nan, and why: `trace.anomalies()`, and `detect_anomaly()` around a program.

>>> from autograd_tiny import Value, detect_anomaly, where
>>> x = Value(0.0, label="x")
>>> y = where(x > 0.0, x.sqrt(), 0.0)
>>> y.trace().anomalies()
backward pass: v1 = sqrt(x) makes nan, at x = 0: its gradient 0 times its partial for x, inf, is not defined. ...
>>> with detect_anomaly():
...     y.backward()
Traceback (most recent call last):
autograd_tiny.errors.AnomalyError: backward pass: v1 = sqrt(x) makes nan, at x = 0: ...
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final, cast

from autograd_tiny.engine.source_lines import Observer, SourceLine, record_lines
from autograd_tiny.engine.value import Value
from autograd_tiny.errors import AnomalyError, AutogradError
from autograd_tiny.primitives.primitive import Primitive
from autograd_tiny.trace.fact_texts import MADE_ELSEWHERE, Notes, fact_text
from autograd_tiny.trace.facts import Detail, Fact, shape_of, where_of
from autograd_tiny.trace.passes import SEED, numbers_of, primitive_of
from autograd_tiny.trace.remedies import remedy
from autograd_tiny.trace.replacements import replacement
from autograd_tiny.trace.stepper import Stepper

LOGARITHMS: Final = {"log": 0.0, "log2": 0.0, "log10": 0.0, "log1p": -1.0}
"""Logarithms, and the number at which they are -inf."""
EXPONENTIALS: Final = frozenset({"exp", "exp2", "expm1", "sinh", "cosh"})
POWERS: Final = frozenset({"pow", "pow_constant_exponent", "pow_constant_base"})
ROOTS: Final = POWERS | {"sqrt", "rsqrt"}
INVERSES: Final = POWERS | {"reciprocal", "rsqrt"}
DIVISIONS: Final = frozenset({"div", "remainder", "fmod", "floordiv"})
QUOTIENTS: Final = frozenset({"div", "floordiv", "reciprocal"})
LARGEST: Final = Fraction(sys.float_info.max)
APPROACH: Final = (1e-3, 1e-6, 1e-9, 1e-12)
"""Relative distances from a point at which a value tells whether it grows without bound."""
SUMS: Final = frozenset({"add", "sub", "sum", "mean"})
PRODUCTS: Final = frozenset({"mul", "dot", "prod"})
GROWING: Final = SUMS | PRODUCTS | POWERS | {"square", "norm", "hypot"}
"""Primitives whose value at finite numbers is infinite only if it is too large for a float."""
GUARDED: Final = frozenset(
    {"log of zero", "log of negative", "root of negative", "division by zero"}
    | {"zero times infinite partial", "vertical slope", "unprotected branch"}
)
"""Kinds of anomalies whose remedy is another operand; see `remedies`."""
REPLACED: Final = frozenset(
    {"exp overflow", "overflow", "log of zero", "vertical slope", "zero times infinite partial"}
)
"""Kinds of anomalies whose remedy may be another formula; see `replacements`."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """The first inf, or the first nan, of one pass.

    Attributes:
        phase: "forward" or "backward".
        node: the name of the node that made it.
        input: in the backward pass the name of the node that received it; None in the forward pass.
        inputs: the names of the inputs of the node, with their values.
        result: inf, -inf or nan.
        kind: the cause, such as "log of zero", a key of `fact_texts.SENTENCES`.
        text: a sentence of cause and a remedy; then the line of the program that made the node, if it was recorded.
        line: this line.
    """

    phase: str
    node: str
    input: str | None
    inputs: Mapping[str, float]
    result: float
    kind: str
    text: str
    line: SourceLine | None = None


class Anomalies(list[Anomaly]):
    """Anomalies, which a prompt shows line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(Notes(anomaly.text for anomaly in self)) if self else "All values and gradients are finite."


def anomalies(trace: Stepper, *, seed: float = SEED) -> Anomalies:
    """Return the first inf and the first nan that each pass makes; see `Trace.anomalies`. O(edges)."""
    return Anomalies(_anomaly(trace, fact) for fact in facts_of_anomalies(trace, seed=seed))


def facts_of_anomalies(trace: Stepper, *, seed: float = SEED) -> Iterator[Fact]:
    """Yield the same as facts."""
    for facts in (_forward(trace), _backward(trace, seed)):
        told: set[bool] = set()
        for fact in facts:
            is_nan = math.isnan(_result(fact))
            if is_nan not in told:
                told.add(is_nan)
                yield _with_remedy(trace, fact)
            if is_nan:
                break


def _with_remedy(trace: Stepper, fact: Fact) -> Fact:
    """Return a fact with the details of its remedy; only the facts that are told get them, as they are computed."""
    z = cast("Value", fact.z)
    instead = replacement(trace, trace.position(z)) if fact.kind in REPLACED else {}
    if fact.kind not in GUARDED:
        return replace(fact, details={**fact.details, **instead})
    place = next((place for place, x in enumerate(z.operands) if x is fact.x), 0)
    if fact.kind == "division by zero":
        place = 1 if primitive_of(z).name in DIVISIONS else 0
    is_length = not instead and fact.kind == "vertical slope" and _is_square_root(z)
    details = {**fact.details, **remedy(trace, fact.kind, trace.position(z), place), **instead}
    return replace(fact, details={**details, **({"length": 0.0} if is_length else {})})


def _is_square_root(z: Value) -> bool:
    """Return whether a recorded node is sqrt(x) or x**0.5, as in a length."""
    name = primitive_of(z).name
    return name == "sqrt" or (name == "pow_constant_exponent" and z.operands[1] == 0.5)


def _result(fact: Fact) -> float:
    result = fact.details["result"]
    return result if isinstance(result, float) else math.nan


def _anomaly(trace: Stepper, fact: Fact) -> Anomaly:
    z = cast("Value", fact.z)
    is_forward = "partial" not in fact.details
    values = trace.events.numbers.values
    phase = "forward" if is_forward else "backward"
    text = f"{phase} pass: {fact_text(fact, trace.names)}"
    return Anomaly(
        phase,
        trace.names[z],
        None if is_forward else trace.names[fact.x],
        {trace.names[x]: values[trace.position(x)] for x in z.inputs},
        _result(fact),
        fact.kind,
        "\n  ".join(filter(None, [text, trace.lines.sentence(z, trace.names[z])])),
        z.line,
    )


# ── forward ──


def _forward(trace: Stepper) -> Iterator[Fact]:
    """Yield the nodes that are not finite, though none of their operands is like them."""
    values = trace.events.numbers.values
    for z, node in enumerate(trace.nodes):
        if math.isfinite(values[z]):
            continue
        if node.primitive is None:
            is_set = trace.names[node] in trace.other_numbers
            yield Fact("set leaf" if is_set else "not finite leaf", node, node, {"result": values[z]})
            continue
        given = [values[trace.position(x)] for x in node.inputs]
        if any(map(math.isnan, given)) or not (math.isnan(values[z]) or all(map(math.isfinite, given))):
            continue
        details: dict[str, Detail] = {**where_of(trace, node), "result": values[z]}
        constants = [x for x in node.operands if isinstance(x, float) and not math.isfinite(x)]
        if constants and (all(map(math.isfinite, given)) or any(map(math.isnan, constants))):
            yield Fact(
                "not finite operand",
                node,
                node,
                {**details, "operand": next(filter(math.isnan, constants), constants[0])},
            )
            continue
        kind = _forward_cause(primitive_of(node), numbers_of(trace.edges, values, z), values[z])
        yield Fact(kind, node, node, details)


def _forward_cause(primitive: Primitive, numbers: list[float], value: float) -> str:
    """Return why a value is not finite at numbers of which none is nan."""
    name = primitive.name
    if not all(map(math.isfinite, numbers)):
        undefined = "product of zero and infinity" if name in PRODUCTS and 0.0 in numbers else "infinite operand"
        return "infinity minus infinity" if name in SUMS else undefined
    if name in LOGARITHMS:
        return "log of zero" if numbers[0] == LOGARITHMS[name] else "log of negative"
    if (name in DIVISIONS and numbers[1] == 0.0) or (name in INVERSES and numbers[0] == 0.0):
        return "division by zero"
    if name in ROOTS and numbers[0] < 0.0 and math.isnan(value):
        return "root of negative"
    kind = _overflow_cause(name, numbers)
    return kind or ("unbounded" if _is_unbounded(primitive, numbers, value) else "undefined value")


def _overflow_cause(name: str, numbers: list[float]) -> str:
    """Return how a value at finite numbers is beyond the largest float; empty if it is not."""
    if name in EXPONENTIALS:
        return "exp overflow"
    if name in GROWING or (name == "gamma" and numbers[0] > 1.0):
        return "overflow"
    if name not in QUOTIENTS:
        return ""
    dividend, divisor = Fraction(numbers[0] if numbers[1:] else 1.0), Fraction(numbers[-1])
    return "quotient overflow" if abs(dividend) > LARGEST * abs(divisor) else ""


def _is_unbounded(primitive: Primitive, numbers: list[float], value: float) -> bool:
    """Return whether a value grows without bound as one of at most two operands comes to its number.

    On a side if the value there is inf, on both if it is nan, which it also is outside of a domain.
    """
    sides = any if math.isinf(value) else all
    places = range(len(numbers) if len(numbers) <= 2 else 0)
    return any(sides(_grows(primitive, numbers, place, side) for side in (-1.0, 1.0)) for place in places)


def _grows(primitive: Primitive, numbers: list[float], place: int, side: float) -> bool:
    """Return whether a value grows without bound on one side of an operand.

    From each distance to the next, a thousandth of it, a logarithm grows by the same, a pole by more, and what has a
    limit by ever less.
    """
    size, near = side * (abs(numbers[place]) or 1.0), []
    with suppress(ArithmeticError, AutogradError, ValueError):  # outside of the domain
        for distance in APPROACH:
            moved = [*numbers[:place], numbers[place] + distance * size, *numbers[place + 1 :]]
            near.append(primitive.evaluate(*primitive.group(moved)))
    steps = [after - before for before, after in pairwise(near)]
    is_known = len(near) == len(APPROACH) and all(map(math.isfinite, near))
    return is_known and 0.0 not in steps and all(after / before > 0.9 for before, after in pairwise(steps))


# ── backward ──


def _backward(trace: Stepper, seed: float) -> Iterator[Fact]:
    """Yield the contributions that are not finite, or make a gradient so, though what they are made of is."""
    edges, partials = trace.edges, trace.events.numbers.partials
    gradients = [0.0] * (len(trace.nodes) - 1) + [seed]
    for edge, (z, x, partial) in enumerate(zip(edges.source, edges.target, partials, strict=True)):
        upstream, before = gradients[z], gradients[x]
        contribution = partial * upstream
        gradients[x] = after = before + contribution
        if math.isfinite(after):
            continue
        kind = _backward_cause(partial, upstream, before, after)
        if kind in {"infinite partial", "nan partial"}:
            kind = _partial_cause(trace, edge)
        elif kind == "zero times infinite partial":
            kind = _zero_cause(trace, gradients, z)
        if kind is None:
            continue
        node = trace.nodes[z]
        details: dict[str, Detail] = {"upstream": upstream, "partial": partial, "before": before, "result": after}
        details |= {**where_of(trace, node), "contribution": contribution}
        if kind == "partial of constant":
            details["operand"] = next(y for y in node.operands if isinstance(y, float) and not math.isfinite(y))
        yield Fact(kind, trace.nodes[x], node, details)


def _backward_cause(partial: float, upstream: float, before: float, after: float) -> str | None:
    """Return why a gradient is not finite after a contribution; None if it, or what was added, was so before."""
    contribution = partial * upstream
    if math.isnan(upstream) or math.isnan(before):
        return None
    if math.isnan(contribution) and not math.isnan(partial):
        return "zero times infinite partial" if upstream == 0.0 else "infinite gradient times zero"
    if math.isnan(after) and not math.isnan(partial):
        return "infinite contributions cancel"
    if not math.isfinite(upstream) or not math.isfinite(before):
        return None
    return "gradient overflow" if math.isfinite(partial) else "infinite partial"


def _partial_cause(trace: Stepper, edge: int) -> str | None:
    """Return why a partial is not finite; None where the value or an input is not: the forward pass tells."""
    z, values = trace.edges.source[edge], trace.events.numbers.values
    if not all(map(math.isfinite, [values[z], *(values[trace.edges.target[one]] for one in trace.edges.of(z))])):
        return None
    if not all(map(math.isfinite, numbers_of(trace.edges, values, z))):
        return "partial of constant"
    if math.isnan(trace.events.numbers.partials[edge]):
        return "nan partial"
    return "vertical slope" if shape_of(trace, edge).kind == "infinite slope" else "infinite partial"


def _zero_cause(trace: Stepper, gradients: list[float], z: int) -> str:
    """Return what led to a gradient of 0 at a node with an infinite partial."""
    if _is_unchosen(trace, gradients, z):
        return "unprotected branch"
    is_finite = math.isfinite(trace.events.numbers.values[z])
    return "zero times infinite partial" if is_finite else "zero times partial of infinity"


def _is_unchosen(trace: Stepper, gradients: list[float], z: int) -> bool:
    """Return whether a `where` with a gradient passes 0 to a node, over nodes whose gradients are 0."""
    stack, seen = [z], {z}
    while stack:
        node = stack.pop()
        for edge in trace.edges.into(node):
            consumer = trace.edges.source[edge]
            name = primitive_of(trace.nodes[consumer]).name
            if name == "where" and trace.events.numbers.partials[edge] == 0.0 and gradients[consumer] != 0.0:
                return True
            if gradients[consumer] == 0.0 and consumer not in seen:
                seen.add(consumer)
                stack.append(consumer)
    return False


# ── around a program ──


def _refuse_anomalies(numbers: Iterable[float], root: Value, seed: float) -> None:
    """Raise an AnomalyError if a number of a pass is not finite."""
    if all(map(math.isfinite, numbers)):
        return
    found = anomalies(Stepper(root), seed=seed)
    if found:
        texts = [anomaly.text for anomaly in found]
        raise AnomalyError("\n".join(texts if any(x.line for x in found) else [*texts, MADE_ELSEWHERE]), found)


class detect_anomaly(record_lines):  # noqa: N801 - as record_lines
    """Raise in each backward pass that meets inf or nan, and tell which node made the first, in which line, and why.

    A context manager and a decorator. It looks at each `backward()`, and at the backward passes of `grad` and
    the like, of this thread or task; all gradients stay as they were before. Lines are recorded, so make the graph in
    the block. A replayed program, such as that of `nn.fit`, has no nodes: the error names the example or the
    parameter. Not looked at are a forward pass alone and forward mode (`jvp`, `derivative`, Hessians): ask
    `loss.trace().anomalies()`. A block costs the lines, a look at each number, and a trace where something is found;
    outside of a block nothing is looked at.

    Raises:
        AnomalyError: in the pass, with the anomalies as an attribute. It is an ArithmeticError.

    >>> from autograd_tiny import Value, detect_anomaly
    >>> with detect_anomaly():
    ...     Value(0.0, label="p").log().backward()
    Traceback (most recent call last):
    autograd_tiny.errors.AnomalyError: forward pass: L = log(p) becomes -inf, at p = 0: ...
    """

    @property
    def _observer(self) -> Observer:
        return _refuse_anomalies
