"""Every remark on a kink, a zero, a saturation or nan is true: thousands of them are verified with 800 digits.

The graphs are random, of all rows of the table, at points where rows have kinks, zeros, ties and tails. A remark is
verified with the function of its node in mpmath, from `references`, which knows nothing of the table.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

import mpmath
import pytest
from mpmath import mpf

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.trace import Trace
from autograd_tiny.trace.facts import Fact, facts_of_edge, facts_of_sum
from autograd_tiny.trace.tangents import Tangents
from tests.random_programs import OPERATIONS
from tests.references import REFERENCES
from tests.sampling import sizes

pytestmark = [pytest.mark.once, pytest.mark.no_cover]  # other tests cover these lines

POINTS = [0.0, 0.0, 0.0, 1.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 6.0, 0.25, 1.5, 40.0, -40.0, 400.0, -800.0]
POINTS += [1e-200, 1e200, 1e12, 1.0 - 2**-53, 1.0 + 2**-52, 5e-324, 1e-9, -1e-9]
POINTS += [-0.0, -0.0, 6.0, 9.0, -4.0, math.inf, -math.inf, math.nan]
DIGITS = 800
SLOW = {
    "erf",
    "erfc",
    "normal_cdf",
    "gamma",
    "lgamma",
    "digamma",
    "polygamma",
    "erfinv",
    "sinc_derivative",
}  # in mpmath with so many digits
BOUNDED = {"binary_cross_entropy", "copysign"}  # with bounds, or signs of zeros, that their references do not have
EDGES = {
    "edge",
    "clamped",
    "clamped end",
    "level end",
    "lone partial",
}  # of rows that are not drawn; test_facts has them
NAMES = sorted(REFERENCES.keys() - SLOW - BOUNDED)


def random_graph(source: Random) -> Value:
    """Return a random graph of a few rows, whose numbers are mostly points of interest."""
    nodes = [Value(source.choice(POINTS), label=f"x{i}") for i in range(3)]
    for _ in range(source.randint(1, 4)):
        name = source.choice(NAMES)
        primitive = TABLE[name]
        try:
            node = OPERATIONS[name].ours(*(operand(source, primitive, i, nodes) for i in range(primitive.arity)))
        except (ArithmeticError, AutogradError, IndexError):  # no class of that position, or floats alone
            continue
        nodes.append(node if isinstance(node, Value) else nodes[0] + 0.0)
    return nodes[-1]


def operand(source: Random, primitive: Any, position: int, nodes: list[Value]) -> Any:
    if primitive.takes_list[position]:
        return [source.choice(nodes) for _ in range(2 if primitive.name == "dot" else source.randint(1, 3))]
    low, high = primitive.domain[min(position, len(primitive.domain) - 1)]
    if low == high:
        return source.choice([0.0, low])
    return source.choice(nodes) if source.random() < 0.85 else source.choice(POINTS)


def facts(trace: Trace) -> Iterator[Fact]:
    for edge in range(len(trace.edges)):
        yield from facts_of_edge(trace, edge)
    for node in trace.nodes:
        yield from facts_of_sum(trace, node)


HUGE = (1000, 150)
"""The powers of ten that stand for inf; some references can compute with the second alone."""


def finite(number: Any, power: int) -> Any:
    """Return a number, a huge one for inf, with which references can compute."""
    return mpmath.sign(number) * mpf(10) ** power if mpmath.isinf(number) else number


class Truth:
    """A node as a function of one of its inputs, in mpmath."""

    def __init__(self, trace: Trace, fact: Fact, scale: Any = 1) -> None:
        assert fact.z is not None
        self.trace, self.fact, self.z, self.x = trace, fact, fact.z, fact.x
        self.row = TABLE[self.z.primitive.name] if self.z.primitive else TABLE["add"]  # a leaf has none
        self.scale, self.point = scale, scale * mpf(fact.x.data)
        self.unit = abs(self.point) or mpf(1)

    def at(self, x: Any, factors: Any = 0) -> Any:
        """Return the node for a number of the input, and another for those of its operands that are 0."""
        for power in HUGE:
            with suppress(OverflowError):
                return self._at(x, factors, power)
        return mpmath.nan

    def _at(self, x: Any, factors: Any, power: int) -> Any:
        numbers = [finite(mpf(y.data if isinstance(y, Value) else y), power) for y in self.z.operands]
        numbers = [number or mpf(factors) for number in numbers]
        if self.scale != 1:
            numbers = [mpmath.sign(number) * min(abs(number), 1000) for number in numbers]
        numbers = [x if y is self.x else number for y, number in zip(self.z.operands, numbers, strict=True)]
        return REFERENCES[self.row.name].function(*self.row.group(numbers))

    def quotients(self, size: int) -> list[Any]:
        """Return those to both sides, without one where the function is not defined."""
        found = []
        for side in (-1, 1):
            step = side * self.unit * mpf(10) ** size
            try:
                quotient = (self.at(self.point + step) - self.at(self.point)) / step
            except ZeroDivisionError:
                continue
            found += [quotient] if isinstance(quotient, mpf) else []
        return found

    def numbers(self) -> tuple[Any, Any]:
        upstream, partial = self.fact.details["upstream"], self.fact.details["partial"]
        assert isinstance(upstream, float)
        assert isinstance(partial, float)
        return upstream, partial


def is_flat(truth: Truth) -> bool:
    return all(abs(slope) < mpf(10) ** -700 for slope in truth.quotients(-60))


def is_dead_relu(truth: Truth) -> bool:
    return truth.row.name == "relu" and truth.point < 0


def fades(truth: Truth) -> bool:
    """Return whether the slope is tiny and not 0, here or, where it is too tiny for so many digits, nearer to 0."""
    if all(0 < abs(slope) < mpf(10) ** -300 for slope in truth.quotients(-60)):
        return True
    scales = (mpf(1.3) ** -power for power in range(2000))
    nearer = (Truth(truth.trace, truth.fact, scale) for scale in scales if abs(truth.point * scale) < 1e4)
    return any(0 < abs(slope) < mpf(10) ** -290 for other in nearer for slope in other.quotients(-60))


def is_saturated(truth: Truth) -> bool:
    """Return whether the slope fades and the value is the same beside the point, as far as mpmath computes that."""
    places = [truth.point + side * truth.unit * mpf(10) ** -8 for side in (-1, 0, 1)]
    values = {float(value) for value in map(truth.at, places) if not mpmath.isnan(value)}
    return fades(truth) and len(values) < 2


def is_stationary(truth: Truth) -> bool:
    flat = all(abs(slope) < mpf(10) ** -50 for slope in truth.quotients(-300))
    return flat and all(
        truth.at(truth.point + side * truth.unit * mpf(10) ** -8) != truth.at(truth.point) for side in (-1, 1)
    )


def has_kink(truth: Truth) -> bool:
    slopes = truth.quotients(-300)
    told = [truth.fact.details["left"], truth.fact.details["right"]]
    same = [abs(slope - mpf(number)) <= 1e-6 * max(1, abs(slope)) for slope, number in zip(slopes, told, strict=True)]
    return all(same) and abs(slopes[0] - slopes[1]) > 1e-9


def is_tie(truth: Truth) -> bool:
    numbers = [y.data if isinstance(y, Value) else y for y in truth.z.operands]
    number, ties = truth.x.data, truth.fact.details["ties"]
    is_split = math.isclose(float(str(truth.fact.details["partial"])), numbers_of_x(truth) / numbers.count(number))
    is_share = math.isclose(float(str(truth.fact.details["share"])) * numbers.count(number), 1.0)
    is_told = truth.fact.details.get("several", 1) == numbers_of_x(truth)
    return has_kink(truth) and ties == numbers.count(truth.z.data) > 1 and is_split and is_share and is_told


def numbers_of_x(truth: Truth) -> int:
    return sum(y is truth.x for y in truth.z.operands)


def has_jump(truth: Truth) -> bool:
    if truth.row.name == "xlogy" and truth.point == 0:  # 0 there by convention, which its reference does not have
        return all(mpmath.isinf(truth.at(side * mpf(10) ** -300)) for side in (-1, 1))
    return any(abs(quotient) > mpf(10) ** 200 for quotient in truth.quotients(-300))


def is_steep(truth: Truth) -> bool:
    return any(
        abs(near) > abs(far) > 1 for near, far in zip(truth.quotients(-100), truth.quotients(-50), strict=True)
    )


def is_pole(truth: Truth) -> bool:
    """Return whether the function grows on a side at least as a logarithm does: as much for twice the decades."""
    for side in (-1, 1):
        with suppress(ZeroDivisionError):
            values = [truth.at(truth.point + side * truth.unit * mpf(10) ** -size) for size in (50, 100, 200)]
            if all(isinstance(value, mpf) and mpmath.isfinite(value) for value in values):
                first, second = (abs(value) - abs(values[0]) for value in values[1:])
                return 0 < first < second - first * (1 + mpf(10) ** -9)
    return False


def has_an_edge(truth: Truth) -> bool:
    """Return whether the function is real on one side only, with the slope that is told and not the partial."""
    (slope,) = truth.quotients(-60)
    told, partial = (mpf(float(str(truth.fact.details[name]))) for name in ("slope", "partial"))
    return abs(slope - told) < 1e-4 * abs(slope) and abs(slope - partial) > 1e-4


def levels_off(truth: Truth) -> bool:
    """Return whether the function is real on one side only, with a slope that goes to 0."""
    far, near = truth.quotients(-60), truth.quotients(-300)
    return len(near) == 1 and 0 < abs(near[0]) < 0.1 * abs(far[0])


def has_lone_partial(truth: Truth) -> bool:
    """Return whether the slope is the same on both sides, as told, and the partial another number."""
    slopes = truth.quotients(-300)
    told, partial = (mpf(float(str(truth.fact.details[name]))) for name in ("left", "partial"))
    return len(slopes) == 2 and all(abs(slope - told) < 1e-6 for slope in slopes) and abs(told - partial) > 1e-4


def has_zero_factor(truth: Truth) -> bool:
    points = [truth.point, truth.point + mpf(1) / 3, 3 * truth.point + mpf(1) / 7]
    same = len({mpmath.nstr(truth.at(point), 500) for point in points}) == 1
    return same and len({mpmath.nstr(truth.at(point, 1), 500) for point in points}) > 1


def underflows(truth: Truth) -> bool:
    upstream, partial = truth.numbers()
    return 0 < abs(mpf(upstream) * mpf(partial)) < mpf(5e-324)


def is_undefined(truth: Truth) -> bool:
    return sorted(map(abs, truth.numbers())) == [0.0, math.inf]


def has_zero_gradient(truth: Truth) -> bool:
    return gradient_in_mpmath(truth.trace, truth.z) == 0


def gradient_in_mpmath(trace: Trace, node: Value) -> Any:
    """Return the sum of the contributions to a node, without rounding of the sum."""
    numbers, into = trace.events.numbers, trace.edges.into(trace.position(node))
    terms = [numbers.partials[edge] * numbers.gradients[trace.edges.source[edge]] for edge in into]
    return mpmath.fsum([*terms, node is trace.root])


VERIFIED: dict[str, Callable[[Truth], bool]] = {
    "flat": is_flat,
    "dead relu": lambda truth: is_flat(truth) and is_dead_relu(truth),
    "saturated": is_saturated,
    "vanishing": fades,
    "stationary": is_stationary,
    "kink": has_kink,
    "tie": is_tie,
    "jump": has_jump,
    "infinite slope": is_steep,
    "zero factor": has_zero_factor,
    "zero constant": has_zero_factor,
    "infinite slope by convention": is_steep,
    "pole": is_pole,
    "edge": has_an_edge,
    "clamped": has_an_edge,
    "level end": levels_off,
    "lone partial": has_lone_partial,
    "zero partial": lambda truth: 0.0 in truth.z.partials,
    "underflow": underflows,
    "zero times infinity": is_undefined,
    "zero upstream": has_zero_gradient,
    "cancelled upstream": has_zero_gradient,
}


def is_true(trace: Trace, fact: Fact) -> bool:
    if fact.kind == "cancelled":
        return bool(gradient_in_mpmath(trace, fact.x) == 0)
    others = fact.details.get("others", ()) if fact.kind in {"saturated", "vanishing"} else ()
    assert isinstance(others, tuple)
    if not all(VERIFIED[fact.kind](Truth(trace, replace(fact, x=x))) for x in others):
        return False
    return VERIFIED[fact.kind](Truth(trace, fact))


@sizes("graphs", 700, 10_000)
def test_each_remark_is_true_in_high_precision(graphs: int) -> None:
    source, found = Random(14), Counter[str]()
    with mpmath.workdps(DIGITS):
        for _ in range(graphs):
            trace = Trace(random_graph(source))
            for fact in facts(trace):
                found[fact.kind] += 1
                assert is_true(trace, fact), f"{fact.kind} of {trace.names[fact.x]} in {trace.root.formula()}"
    assert len(found) > 12
    assert graphs < 10_000 or {*found, *EDGES} == {*VERIFIED, *EDGES, "cancelled"}  # each kind was met


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        (lambda x: at.where(x, x, 0.0), "lone partial"),
        (lambda x: at.where(x, 2.0 * x, x), "lone partial"),
        (lambda x: at.clamp(x, 0.0, 0.0), "lone partial"),
        (lambda x: x**1.5, "level end"),
        (lambda x: x**3.7, "level end"),
        (lambda x: x**1.01, "level end"),
    ],
)
def test_remark_beside_one_point_is_true_in_high_precision(root: Callable[[Value], Value], kind: str) -> None:
    trace = Trace(root(Value(0.0, label="x")))
    with mpmath.workdps(DIGITS):
        found = [fact for fact in facts(trace) if fact.kind == kind]
        assert found
        assert all(is_true(trace, fact) for fact in found)
        root = Value(1.0).tanh()
        false = Fact(kind, root.inputs[0], root, {"left": 0.0, "partial": 0.0})
        assert not is_true(Trace(root), false)


def test_false_remark_is_found() -> None:
    x = Value(1.0, label="x")
    trace = Trace(x.tanh())
    for kind in ("flat", "kink", "jump", "pole", "saturated", "stationary", "infinite slope", "zero upstream"):
        details = {"left": 0.0, "right": 1.0, "partial": 0.0, "upstream": 1.0}
        with mpmath.workdps(DIGITS):
            assert not is_true(trace, Fact(kind, x, trace.root, details))


def is_true_of_tangents(walk: Tangents, fact: Fact) -> bool:
    trace, partials = walk.trace, walk.trace.events.numbers.partials
    if not fact.kind.startswith("tangent"):
        return is_true(trace, fact)
    edges = trace.edges.of(trace.position(fact.x if fact.z is None else fact.z))
    tangents = {edge: walk.tangent(trace.nodes[trace.edges.target[edge]]) for edge in edges}
    terms = [mpf(tangent * partials[edge]) for edge, tangent in tangents.items()]
    product = mpf(fact.details.get("tangent", 1.0)) * mpf(fact.details.get("partial", 1.0))
    return {
        "tangent cancelled": lambda: mpmath.fsum(terms) == 0 and any(terms),
        "tangent infinity minus infinity": lambda: mpmath.inf in terms and -mpmath.inf in terms,
        "tangent underflow": lambda: 0 < abs(product) < mpf(2) ** -1074,
        "tangent zero times infinity": lambda: mpmath.isnan(product),
    }[fact.kind]()


@sizes("graphs", 100, 5_000)
def test_each_remark_on_a_tangent_is_true_in_high_precision(graphs: int) -> None:
    source, found = Random(41), Counter[str]()
    with mpmath.workdps(DIGITS):
        for _ in range(graphs):
            trace = Trace(random_graph(source))
            leaves = [name for node, name in trace.names.items() if node.primitive is None]
            walk = trace.jvp({name: source.choice([1.0, -1.0, 1e-200]) for name in leaves[: source.randint(1, 3)]})
            for fact in [fact for node in trace.nodes for fact in walk.facts(node)]:
                found[fact.kind] += 1
                assert is_true_of_tangents(walk, fact), f"{fact.kind} of {trace.names[fact.x]} in {walk!r}"
    assert len(found) > 8
