"""Every sentence about a kink that a what-if reaches, leaves or crosses is true, verified with 400 digits.

The graphs are random, of rows with kinks, jumps and infinite slopes, and so are the leaf and its number. A sentence
is verified with the function of its node in mpmath, from `references`; and no kink that a node reaches or leaves is
missing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import mpmath
import pytest
from mpmath import mpf

from autograd_tiny import Value
from autograd_tiny.errors import AutogradError
from autograd_tiny.primitives.primitive import TABLE
from autograd_tiny.trace import Crossing, Trace
from autograd_tiny.trace.passes import numbers_of
from tests.random_programs import OPERATIONS
from tests.references import REFERENCES
from tests.sampling import sizes

pytestmark = [pytest.mark.once, pytest.mark.no_cover]  # other tests cover these lines

POINTS = [0.0, 0.0, -0.0, 1.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 6.0, 0.25, 1.5, 7.0, 9.0, -4.0]
NAMES = ["relu", "abs", "relu6", "maximum", "minimum", "max", "min", "floor", "ceil", "sign", "where", "leaky_relu"]
NAMES += [
    "elu",
    "hardswish",
    "hardsigmoid",
    "sqrt",
    "hypot",
    "norm",
    "fmod",
    "remainder",
    "cbrt",
    "mul",
    "sub",
    "add",
]
KINDS = {"kink": "kink", "jump": "jump", "point of infinite slope": "steep"}
DIGITS = 400


def random_graph(source: Random) -> Value:
    """Return a random graph of one to four rows, in which operands repeat."""
    nodes = [Value(source.choice(POINTS), label=f"x{i}") for i in range(3)]
    for _ in range(source.randint(1, 4)):
        row = TABLE[source.choice(NAMES)]
        operands = [
            [source.choice(nodes) for _ in range(source.randint(1, 4))]
            if many
            else one_operand(source, row, i, nodes)
            for i, many in enumerate(row.takes_list)
        ]
        node = OPERATIONS[row.name].ours(*operands)
        nodes.append(node if isinstance(node, Value) else nodes[0] + 0.0)
    return nodes[-1]


def one_operand(source: Random, row: Any, position: int, nodes: Sequence[Value]) -> Any:
    low, high = row.domain[min(position, len(row.domain) - 1)]
    if low == high:
        return source.choice([0.0, low])
    return source.choice(nodes) if source.random() < 0.85 else source.choice(POINTS)


class Line:
    """A node in mpmath, on the line through two points of its operands: 0 is the first, 1 the second."""

    def __init__(self, node: Value, start: Sequence[float], end: Sequence[float]) -> None:
        assert node.primitive is not None
        self.row, self.start, self.end = node.primitive, start, end

    def at(self, place: Any) -> Any:
        numbers = [mpf(x) + (mpf(y) - mpf(x)) * place for x, y in zip(self.start, self.end, strict=True)]
        try:
            value = REFERENCES[self.row.name].function(*self.row.group(numbers))
        except (ArithmeticError, ValueError, TypeError):
            return mpmath.nan
        return value if isinstance(value, mpf) else mpmath.nan

    def slopes(self, places: Sequence[Any]) -> list[Any]:
        values = list(map(self.at, places))
        return [(values[i + 1] - values[i]) / (places[i + 1] - places[i]) for i in range(len(places) - 1)]

    def kind(self, place: Any) -> str:
        """Return "kink", "jump" or "steep" for a place, "" for a smooth one, "edge" of where it is defined."""
        far, near = (self.slopes([place - mpf(10) ** -e, mpf(place), place + mpf(10) ** -e]) for e in (100, 200))
        if any(map(mpmath.isnan, (*far, *near))):
            known = [pair for pair in zip(far, near, strict=True) if not any(map(mpmath.isnan, pair))]
            return "steep" if any(abs(n) > 10 * abs(f) > 1 for f, n in known) else "edge"
        growth = max(abs(n) / abs(f) if f else mpf(0) for f, n in zip(far, near, strict=True))
        if growth > mpf(10) ** 90:
            return "jump"
        return "steep" if growth > 10 and abs(near[0]) > 1 else "kink" if abs(near[0] - near[1]) > 1e-9 else ""

    def crosses(self) -> bool:
        """Return whether there is a kink or a jump on the way, where the slopes differ most, ever closer."""
        grid = [mpf(k) / 64 for k in range(65)]
        bends = [abs(y - x) for x, y in pairwise(self.slopes(grid))]
        for k in sorted(range(63), key=bends.__getitem__)[-4:]:
            low, high = grid[k], grid[k + 2]
            for _ in range(40):
                places = [low + (high - low) * j / 8 for j in range(9)]
                steps = [abs(y - x) for x, y in pairwise(self.slopes(places))]
                j = max(range(7), key=steps.__getitem__)
                low, high = places[j], places[j + 2]
            if steps[j] > 1e-9:
                return True
        return False


def kinds_at(trace: Trace, node: Value, numbers: Sequence[float]) -> set[str]:
    """Return the kinds of the node at a point as a function of each of its inputs."""
    found = set()
    for x in dict.fromkeys(node.inputs):
        ways = [mpf(y is x) for y in node.operands]
        end = [number + way for number, way in zip(numbers, ways, strict=True)]
        found.add(Line(node, numbers, end).kind(0))
    return found


def faults(trace: Trace, leaf: Value, number: float) -> Iterator[tuple[str, str]]:
    """Yield what is told of each node, and what is wrong about it."""
    before = trace.events.numbers.values
    changes = trace.set(leaf, number)
    after, told = trace.events.numbers.values, {crossing.node: crossing for crossing in changes.crossings}
    jumped = {change.node for change in changes.unseen}
    for z in trace.edges.recorded:
        node, name = trace.nodes[z], trace.names[trace.nodes[z]]
        start, end = (numbers_of(trace.edges, values, z) for values in (before, after))
        if name in jumped or not all(map(math.isfinite, (*start, *end, before[z], after[z]))):
            continue
        crossing = told.get(name)
        yield str(crossing), fault(trace, node, start, end, crossing)


def fault(trace: Trace, node: Value, start: Sequence[float], end: Sequence[float], crossing: Crossing | None) -> str:
    left, reached = kinds_at(trace, node, start), kinds_at(trace, node, end)
    if crossing is None:
        missing = (left ^ reached) & {"kink", "jump"} if start != end else set()
        alone = not (left & reached & {"kink", "jump", "steep", "edge"})
        return f"{missing} of {node.primitive} from {start} to {end} is not told" if missing and alone else ""
    line = Line(node, start, end)
    if crossing.passage == "crossed":
        return "" if line.crosses() else f"no kink from {start} to {end}"
    kinds = reached | {line.kind(1)} if crossing.passage == "reached" else left | {line.kind(0)}
    return "" if KINDS[crossing.place] in kinds else f"only {kinds} from {start} to {end}"


@sizes("graphs", 60, 2_000)
def test_each_sentence_about_a_kink_of_a_what_if_is_true(graphs: int) -> None:
    source, found = Random(7), Counter[str]()
    with mpmath.workdps(DIGITS):
        for _ in range(graphs):
            try:
                trace = Trace(random_graph(source))
            except (ArithmeticError, AutogradError):  # floats alone
                continue
            leaf = source.choice([node for node in trace.nodes if node.primitive is None])
            for said, wrong in faults(trace, leaf, source.choice(POINTS)):
                found[said.partition(":")[0].rpartition(")")[2]] += said != "None"
                assert not wrong, f"{said}: {wrong}"
    assert len([said for said, count in found.items() if count]) > 3


def test_false_sentence_is_found() -> None:
    x = Value(1.0, label="x")
    trace = Trace(x.relu())
    with mpmath.workdps(DIGITS):
        for passage in ("crossed", "reached", "left"):
            crossing = Crossing("L", "relu(x)", (), (), (), jumps=False, passage=passage)
            assert fault(trace, trace.root, [1.0], [2.0], crossing)
        assert fault(trace, trace.root, [1.0], [0.0], None)
