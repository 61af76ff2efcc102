"""Find the facts of a pass that deserve a remark: a node used twice, a cause of a zero, a kink, an old gradient.

This is the one catalogue of such facts. The notes of a trace, the worked solution and the prompt choose from it what
they tell, and when; `fact_texts` phrases it.

>>> from autograd_tiny import Value
>>> a = Value(-3.0, label="a")
>>> trace = (a + a).relu().trace()
>>> [fact.kind for fact in facts_of_node(trace, "a")], [fact.kind for fact in facts_of_node(trace, "v1")]
(['uses', 'zero upstream'], ['inner', 'dead relu'])
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from typing import Final

from autograd_tiny.engine.value import Value
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.symbolic.symbol import Symbol, as_symbol, recorded_operation
from autograd_tiny.trace.formula_text import cut_middle
from autograd_tiny.trace.local_shape import Shape, shape_at
from autograd_tiny.trace.passes import differ, numbers_of, primitive_of
from autograd_tiny.trace.stepper import Stepper

MOST: Final = 3
"""The largest number of consumers of one node that are told to pass it no gradient."""

MOST_SHAPES: Final = 200
"""The largest number of uses of one node whose shapes are looked at."""

MOST_OPERANDS: Final = 32
"""The shape of a primitive of more operands is not looked for: it takes some thirty evaluations for each of them."""

SHAPES: Final = frozenset({"kink", "jump", "infinite slope", "edge", "pole", "lone partial"})
"""Shapes that are worth a remark wherever they occur; see `local_shape`."""

LEVEL: Final = frozenset({"flat", "stationary", "level end", "saturated", "vanishing"})
"""Shapes that explain a partial of 0."""

SMALLEST_PROBABILITY: Final = math.exp(-100.0)
"""`binary_cross_entropy` bounds its logarithms at -100."""

CLEAR: Final = 1e-2
"""Relative to a slope: a partial that differs from it by more is told."""

TIES: Final = frozenset({"max", "min", "maximum", "minimum"})
"""Primitives that split the gradient evenly among operands that are tied."""

UNKNOWN: Final = Shape("unknown", math.nan)

LESSONS: Final = frozenset({"uses", "order", "inner", "held", "held again"})
"""Kinds of facts that a front end tells once; others it tells once of each node."""

Detail = Value | Symbol | float | tuple[Value, ...] | Mapping[Value, float]
"""A value for a blank: a node, a formula, a number, several nodes, or nodes with their numbers."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about a node that is worth a remark.

    Attributes:
        kind: a key of `fact_texts.SENTENCES`.
        x: the node that it is about.
        z: the consumer of x that it is about, if it is about one.
        details: values for the other blanks of the sentence; `others` are nodes for which the same holds.
    """

    kind: str
    x: Value
    z: Value | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)

    @property
    def blanks(self) -> Mapping[str, Detail]:
        """The values for the blanks of the sentence, by their names."""
        return {"x": self.x, **({} if self.z is None else {"z": self.z}), **self.details}


def facts_of_graph(trace: Stepper) -> Iterator[Fact]:
    """Yield that leaves hold a gradient already."""
    held = [x for x, node in enumerate(trace.nodes) if node.primitive is None and node.grad != 0.0]
    if held:
        yield _held(trace, held[0], _others([trace.nodes[x] for x in held[1:]]))


def facts_of_node(trace: Stepper, node: Value | str) -> Iterator[Fact]:
    """Yield what holds of a node and its gradient at the end of the pass."""
    x = trace.position(node)
    if trace.nodes[x].primitive is not None:
        yield inner(trace, [trace.nodes[x]])
    elif trace.nodes[x].grad != 0.0:
        yield _held(trace, x, {})
    yield from facts_of_uses(trace, node)
    yield from facts_of_sum(trace, node)
    partials, gradients, into = trace.events.numbers.partials, trace.events.numbers.gradients, trace.edges.into(x)
    near = set(into[:MOST_SHAPES])
    told = islice((edge for edge in into if _is_remarkable(trace, edge, by_shape=edge in near)), MOST)
    others = [edge for edge in into if partials[edge] != 0.0]
    starved = [] if any(gradients[trace.edges.source[edge]] for edge in others) else others[:1]
    found = (fact for edge in dict.fromkeys([*told, *starved]) for fact in facts_of_edge(trace, edge))
    yield from {(fact.kind, fact.z): fact for fact in found}.values()  # once where z uses x as several operands


def _is_remarkable(trace: Stepper, edge: int, *, by_shape: bool) -> bool:
    """Return whether a partial is 0 or not finite, its product with a gradient underflows, or there is a kink."""
    upstream = trace.events.numbers.gradients[trace.edges.source[edge]]
    partial = trace.events.numbers.partials[edge]
    if partial == 0.0 or not math.isfinite(partial):
        return True
    return upstream != 0.0 and (partial * upstream == 0.0 or (by_shape and shape_of(trace, edge).kind in SHAPES))


def inner(trace: Stepper, nodes: list[Value]) -> Fact:
    """Return that recorded nodes are not leaves."""
    return Fact("inner", nodes[0], None, {"formula": _formula(trace, nodes[0]), **_others(nodes[1:])})


def facts_of_uses(trace: Stepper, node: Value | str) -> Iterator[Fact]:
    """Yield that the contributions to a node add up, and that a recorded node waits for all of them."""
    x = trace.find(node)
    into = trace.edges.into(trace.position(x))
    if len(into) > 1:
        yield Fact("uses", x, None, {"uses": len(into), "root": trace.root})
        if x.primitive is not None:
            consumers = dict.fromkeys(trace.nodes[trace.edges.source[edge]] for edge in into)
            yield Fact("order", x, None, {"consumers": tuple(consumers)})


def facts_of_edge(trace: Stepper, edge: int) -> Iterator[Fact]:
    """Yield what is remarkable about the contribution along an edge: why it is 0 or nan, or a kink."""
    numbers = trace.events.numbers
    upstream, partial = numbers.gradients[trace.edges.source[edge]], numbers.partials[edge]
    if partial * upstream == 0.0:
        yield from facts_of_zero(trace, edge)
        return
    if 0.0 in {partial, upstream} and math.inf in {abs(partial), abs(upstream)}:
        yield Fact("zero times infinity", *_ends(trace, edge), {"upstream": upstream, "partial": partial})
    shape = shape_of(trace, edge)
    if shape.kind in SHAPES and not (shape.kind == "pole" and upstream == 0.0):  # that sentence has said inf
        yield _fact_of_shape(trace, edge, shape)


def facts_of_zero(trace: Stepper, edge: int) -> Iterator[Fact]:
    """Yield why the contribution along an edge is 0; nothing where it is not, as 0 times inf is nan."""
    numbers = trace.events.numbers
    upstream, partial = numbers.gradients[trace.edges.source[edge]], numbers.partials[edge]
    x, z = _ends(trace, edge)
    together = [other for other in trace.edges.of(trace.edges.source[edge]) if _ends(trace, other)[0] is x]
    if any(numbers.partials[other] * upstream != 0.0 for other in together):  # z may use x more than once
        return
    if partial == 0.0:
        yield _fact_of_zero_partial(trace, edge)
    elif upstream == 0.0:
        others = _others([y for y in dict.fromkeys(z.inputs) if y is not x])
        cancelled = [Fact("cancelled upstream", x, z, {**fact.details, **others}) for fact in facts_of_sum(trace, z)]
        yield from cancelled or [Fact("zero upstream", x, z, others)]
    else:
        yield Fact("underflow", x, z, {"upstream": upstream, "partial": partial})


def facts_of_partial(trace: Stepper, edge: int) -> Iterator[Fact]:
    """Yield why the partial along an edge is 0, or that there is a kink, whatever is multiplied by it."""
    x, _ = _ends(trace, edge)
    partials, edges = trace.events.numbers.partials, trace.edges.of(trace.edges.source[edge])
    if any(partials[other] != 0.0 for other in edges if _ends(trace, other)[0] is x):
        shape = shape_of(trace, edge)
        if shape.kind in SHAPES:
            yield _fact_of_shape(trace, edge, shape)
    else:
        yield _fact_of_zero_partial(trace, edge)


def facts_of_sum(trace: Stepper, node: Value | str) -> Iterator[Fact]:
    """Yield that the contributions to a node, which are not 0, add up to 0."""
    x = trace.position(node)
    numbers, into = trace.events.numbers, trace.edges.into(x)
    if numbers.gradients[x] != 0.0 or len(into) < 2:
        return
    terms = [numbers.partials[edge] * numbers.gradients[trace.edges.source[edge]] for edge in into]
    terms = [term for term in terms if term != 0.0]
    if len(terms) > 1 and all(map(math.isfinite, terms)) and math.fsum(terms) == 0.0:
        yield Fact("cancelled", trace.nodes[x], None, {"sum": sum_of(terms)})


def sum_of(terms: list[float]) -> Symbol:
    """Return a sum of numbers as a formula, of many without the middle."""
    return reduce(_plus, cut_middle(list(map(as_symbol, terms)), Symbol.named_constant("…", None)))


def _plus(x: Symbol, y: Symbol) -> Symbol:
    return recorded_operation(TABLE["add"], [x, y])


def _fact_of_zero_partial(trace: Stepper, edge: int) -> Fact:
    """Return why a partial is 0: another factor, the shape of the function at the point, or only that it is."""
    x, z = _ends(trace, edge)
    where = where_of(trace, z)
    factors = _zero_factors(trace, edge) if z.inputs.count(x) == 1 else []
    nodes = {factor: 0.0 for factor in factors if isinstance(factor, Value)}
    if factors:
        if len(nodes) < len(factors):
            return Fact("zero constant", x, z, where)
        return Fact("zero factor", x, z, {**where, "factors": nodes})
    shape = shape_of(trace, edge)
    if shape.kind == "flat" and primitive_of(z).name == "relu":
        return Fact("dead relu", x, z, where)
    if shape.kind in SHAPES | LEVEL:
        return _fact_of_shape(trace, edge, shape)
    return Fact("zero partial", x, z, where)


def _zero_factors(trace: Stepper, edge: int) -> list[Value | float]:
    """Return the operands that are 0 and are the other factors of a product; none if the node is not a product."""
    z = trace.nodes[trace.edges.source[edge]]
    numbers = numbers_of(trace.edges, trace.events.numbers.values, trace.edges.source[edge])
    place, name, operands = _place(trace, edge), primitive_of(z).name, z.operands
    if not (math.isfinite(trace.events.numbers.values[trace.edges.source[edge]]) and math.isfinite(numbers[place])):
        return []
    half = len(operands) // 2
    others = {
        "mul": [1 - place],
        "div": [0] if place == 1 else [],
        "dot": [place + half if place < half else place - half] if place < 2 * half else [],
        "prod": [other for other in range(len(operands)) if other != place],
    }.get(name, [])
    return [operands[other] for other in others if numbers[other] == 0.0]


def _place(trace: Stepper, edge: int) -> int:
    """Return the position of an edge among the operands of its consumer, constants included."""
    z = trace.edges.source[edge]
    places = [place for place, x in enumerate(trace.nodes[z].operands) if isinstance(x, Value)]
    return places[edge - trace.edges.first[z]]


def shape_of(trace: Stepper, edge: int) -> Shape:
    """Return how the consumer depends on the input, used once or more; "unknown" for a long list of inputs."""
    x, z = _ends(trace, edge)
    if len(z.operands) > MOST_OPERANDS:
        return UNKNOWN
    numbers = numbers_of(trace.edges, trace.events.numbers.values, trace.edges.source[edge])
    places = [place for place, y in enumerate(z.operands) if y is x]
    shape = shape_at(primitive_of(z), numbers, places)
    if primitive_of(z).name == "binary_cross_entropy" and places == [0] and 0.0 < numbers[0] < 1.0:
        return _shape_where_clamped(shape.slope, *numbers) or shape
    return shape


def _shape_where_clamped(partial: float, p: float, target: float) -> Shape | None:
    """Return the slope of a `binary_cross_entropy` whose partial has another, as difference quotients confirm."""
    falls, rises = p > SMALLEST_PROBABILITY, 1.0 - p > SMALLEST_PROBABILITY  # beyond these the value is clamped too
    slope = (1.0 - target) / (1.0 - p) * rises - target / p * falls
    gap = max(1e-4 * min(p, 1.0 - p), math.ulp(p))
    left, right = (TABLE["binary_cross_entropy"].evaluate(x, target) for x in (p - gap, p + gap))
    is_slope = math.isclose((right - left) / (2.0 * gap), slope, rel_tol=CLEAR, abs_tol=1e-9)
    is_partial = math.isclose(partial, slope, rel_tol=CLEAR, abs_tol=1e-9)
    return Shape("edge", partial, slope, slope) if is_slope and not is_partial else None


def _fact_of_shape(trace: Stepper, edge: int, shape: Shape) -> Fact:
    x, z = _ends(trace, edge)
    slopes = {"partial": shape.slope, "left": shape.left, "right": shape.right}
    details: dict[str, Detail] = {**where_of(trace, z), **slopes}
    if shape.kind == "kink" and primitive_of(z).name in TIES:
        numbers = numbers_of(trace.edges, trace.events.numbers.values, trace.edges.source[edge])
        number = trace.events.numbers.values[trace.edges.target[edge]]
        uses = sum(y is x for y in z.operands)
        several = {"several": uses} if uses > 1 else {}
        shares: dict[str, Detail] = {"value": number, "ties": numbers.count(number), "share": shape.slope / uses}
        return Fact("tie", x, z, {**details, **shares, **several})
    if shape.kind == "edge":
        kind = "clamped" if primitive_of(z).name == "binary_cross_entropy" else "edge"
        return Fact(kind, x, z, {**details, "slope": shape.right if math.isnan(shape.left) else shape.left})
    if shape.kind in {"saturated", "vanishing"}:
        details |= _shared_by_inputs(trace, edge, shape.kind)
    if shape.kind == "pole":
        details["value"] = trace.events.numbers.values[trace.edges.source[edge]]
    if shape.kind == "infinite slope" and math.isfinite(shape.slope):
        is_clamped = primitive_of(z).name == "binary_cross_entropy"
        return Fact("clamped end" if is_clamped else "infinite slope by convention", x, z, details)
    return Fact(shape.kind, x, z, details)


def _shared_by_inputs(trace: Stepper, edge: int, kind: str) -> Mapping[str, Detail]:
    """Return the other inputs of a node for which the same holds, and those whose partial is not 0.

    Where it holds for all inputs, as for those of a softmax of which one is far above the others, the value too.
    """
    x, z = _ends(trace, edge)
    edges, partials = trace.edges.of(trace.edges.source[edge]), trace.events.numbers.partials
    by_input = {trace.nodes[trace.edges.target[other]]: other for other in edges}
    others = {y: other for y, other in by_input.items() if y is not x}
    alike = [y for y, other in others.items() if partials[other] == 0.0 and shape_of(trace, other).kind == kind]
    counting = [y for y in others if any(partials[e] != 0.0 for e in edges if _ends(trace, e)[0] is y)]
    is_whole = bool(alike) and len(alike) == len(others) and kind == "saturated"
    value: Mapping[str, Detail] = {"stays": trace.events.numbers.values[trace.position(z)]} if is_whole else {}
    return {**_others(alike), **value, **({"counting": tuple(counting)} if counting else {})}


def _ends(trace: Stepper, edge: int) -> tuple[Value, Value]:
    """Return the input and the consumer of an edge."""
    return trace.nodes[trace.edges.target[edge]], trace.nodes[trace.edges.source[edge]]


def _others(nodes: list[Value]) -> Mapping[str, Detail]:
    return {"others": tuple(nodes)} if nodes else {}


def _held(trace: Stepper, x: int, others: Mapping[str, Detail]) -> Fact:
    """Return that a leaf holds a gradient already, to which the next backward pass adds."""
    node, gradient = trace.nodes[x], trace.events.numbers.gradients[x]
    total = recorded_operation(TABLE["add"], [node.grad, gradient])
    details = {"grad": node.grad, "sum": total, "total": node.grad + gradient, **others}
    return Fact("held again" if node.grad == gradient else "held", node, None, details)


def where_of(trace: Stepper, z: Value) -> dict[str, Detail]:
    """Return the formula of a recorded node, and the values of its inputs; -0 only where 0 gives another result."""
    values = trace.events.numbers.values
    point = {x: values[trace.position(x)] for x in z.inputs}
    if any(x == 0.0 and math.copysign(1.0, x) < 0.0 for x in point.values()) and not _tells_signs(trace, z):
        point = {x: number + 0.0 for x, number in point.items()}
    return {"formula": _formula(trace, z), "point": point}


def _tells_signs(trace: Stepper, z: Value) -> bool:
    """Return whether the value or a partial of a node is another one with 0 for each -0 among its operands."""
    primitive, numbers = primitive_of(z), numbers_of(trace.edges, trace.events.numbers.values, trace.position(z))
    results = []
    for operands in (numbers, [number + 0.0 for number in numbers]):
        value, partials = primitive.linearize(*primitive.group(operands))
        results.append([value, *primitive.flatten(partials)])
    return any(map(differ, *results))


def _formula(trace: Stepper, z: Value) -> Symbol:
    return trace.events.short_formula(trace.position(z))
