"""Find the largest of the paths between the root and a node, whose products of partials add up to its gradient.

>>> from autograd_tiny import Value
>>> a, b = Value(3.0, label="a"), Value(-2.0, label="b")
>>> ((a * b) * a + b).trace().paths("a")
∂L/∂a = -12, the sum over 2 paths from L to a:
         -6  L → v2 → a: 1·(-6)
         -6  L → v2 → v1 → a: 1·3·(-2)

The number of paths is exponential, so they are not enumerated. One walk over the edges finds the best path from each
node. Every other path leaves these at some edges, its detours, and each detour costs a known factor. So the next path
has a detour more, or another last detour, than one that was found already, and a heap gives them in order (Eppstein
1998, "Finding the k shortest paths", with sorted lists of detours in place of its heaps).

Sizes are compared as logarithms to base 2, as integers: their sums are exact, and cannot overflow. One integer holds,
from its highest bits to its lowest, the numbers of partials that are nan, inf and 0, the logarithm, the number of
partials below 0, and the number of edges.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import islice
from typing import Any, Final, NamedTuple, overload

from autograd_tiny.support.console import counted
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.symbolic.notation import format_number
from autograd_tiny.trace.formula_text import format_factor
from autograd_tiny.trace.stepper import Stepper
from autograd_tiny.trace.why import contributions_to_come, why

FIELD: Final = 32
"""The bits of each of the two counts in the lowest bits of a size: no path has more edges."""
PRECISION: Final = 60
"""The bits of a logarithm after its point."""
LOGARITHM: Final = 2 * FIELD
ZERO: Final = LOGARITHM + PRECISION + 46
"""The bit from which the partials are counted that are 0; logarithms of whole paths are below."""
INFINITE: Final = ZERO + FIELD
UNDEFINED: Final = INFINITE + FIELD
EXACT: Final = 1000
"""The product of the partials of a longer path is taken from its logarithm, which is exact to 12 digits."""
SHOWN_NODES: Final = 12
"""Of a path of more nodes, both ends are written."""
PRODUCTS: Final = 5
"""The partials of a path of more edges are not written."""
LARGEST_INTEGER: Final = 10**15
"""A larger number of paths is written in scientific notation."""
SCALE: Final = 2.0**500
"""Numbers of paths above this are counted in multiples of it, of its square, and so on."""
COLUMN: Final = 11
"""The width of the column of products."""
SMALL: Final = 5e-6
"""The part of a gradient that its digits do not show."""


class Number(NamedTuple):
    """A number m·2ᵉ that may be beyond the range of floats; m is 0, inf, nan, or of a size from ½ to 1."""

    m: float
    e: int

    @property
    def as_float(self) -> float:
        """The same as a float: inf where it is too large, 0 where it is too small."""
        if self.m == 0.0 or not math.isfinite(self.m) or self.e < -1100:
            return self.m if self.m == 0.0 or not math.isfinite(self.m) else math.copysign(0.0, self.m)
        return math.ldexp(self.m, self.e) if self.e <= 1024 else math.copysign(math.inf, self.m)

    def __str__(self) -> str:
        number = self.as_float
        if not math.isfinite(self.m) or self.m == 0.0 or (math.isfinite(number) and abs(number) > 1e-300):
            return format_number(number)
        return f"{'-' * (self.m < 0.0)}{_scientific(math.log10(abs(self.m)) + self.e * math.log10(2.0))}"


class Found(NamedTuple):
    """A path in the heap: the best one, with detours."""

    loss: int
    order: int
    detours: tuple[int, ...]
    others: Sequence[tuple[int, int]]
    place: int


class BestPaths:
    """The best path from each node to one node.

    Args:
        trace: a pass.
        weights: the sizes of partials that are known; others are added.
        x: the position of that node.
        most: the largest number of paths that are asked for.
        done: the number of edges that are looked at.

    Attributes:
        x: the position of that node.
        size: of the best path from each node; None where there is no path.
        best: the first edge of that path.
        last: the last edge of it.
    """

    def __init__(self, trace: Stepper, weights: dict[float, int], x: int, *, most: int, done: int) -> None:
        self.trace, self.x, self.most = trace, x, most
        # the edges of a path are done before its last one is
        self.source, self.target = trace.edges.source[:done], trace.edges.target[:done]
        count = len(trace.nodes)
        self.size: list[Any] = [
            None
        ] * count  # int | None; to narrow each in the loops would take as long as the sums
        self.best, self.last = [-1] * count, [-1] * count
        # without lists of lists, which the garbage collector would visit
        self._other, self._more = [-1] * count, dict[int, list[int]]()
        self._detours: list[Sequence[tuple[int, int]] | None] = [None] * count
        self._weights = weights
        self._search()

    def _search(self) -> None:
        """Walk the edges that are done from the inputs up."""
        partials, weights, x = self.trace.events.numbers.partials, self._weights, self.x
        size, best, last, other = self.size, self.best, self.last, self._other
        size[x], edge, current = 0, len(self.target), x
        for z, y in zip(reversed(self.source), reversed(self.target), strict=True):  # those from one node together
            edge -= 1
            beyond = size[y]
            if beyond is None:
                continue
            weight = weights.get(partials[edge])
            through = beyond + (self._weight(edge) if weight is None else weight)
            if z != current:
                current = z
            else:
                is_better = through > size[z]
                loser = best[z] if is_better else edge
                if other[z] < 0:
                    other[z] = loser
                else:
                    self._more.setdefault(z, []).append(loser)
                if not is_better:
                    continue
            size[z], best[z] = through, edge
            last[z] = edge if y == x else last[y]

    def _weight(self, edge: int) -> int:
        partial = self.trace.events.numbers.partials[edge]
        weight = self._weights.get(partial)
        if weight is None:
            weight = weight_of(partial)
            if not math.isnan(partial):  # which a dict would not find again
                self._weights[partial] = weight
        return weight

    def detours(self, z: int) -> Sequence[tuple[int, int]]:
        """Return the smallest detours from the best path of a node, with what they cost, in order."""
        below: list[int] = []
        while z != self.x and self._detours[z] is None:
            below.append(z)
            z = self.target[self.best[z]]
        known = self._detours[z] or ()
        most, more, size, target = self.most, self._more, self.size, self.target
        weights, partials = self._weights, self.trace.events.numbers.partials
        for node in reversed(below):
            edge = self._other[node]
            if edge >= 0:
                weight = weights.get(partials[edge])
                cost = size[node] - size[target[edge]] - (self._weight(edge) if weight is None else weight)
                if len(known) < most or cost < known[-1][0] or node in more:
                    others = [edge, *more.get(node, ())]
                    known = sorted([*known, *((self._cost(node, other), other) for other in others)])[:most]
            self._detours[node] = known
        return known

    def _cost(self, z: int, edge: int) -> int:
        """Return what the detour along an edge from a node costs."""
        return int(self.size[z] - self._weight(edge) - self.size[self.target[edge]])

    @property
    def gradient(self) -> float | None:
        """The gradient of the node after the edges that are looked at."""
        numbers, done = self.trace.events.numbers, len(self.target)
        if self.x == len(self.size) - 1:
            return numbers.gradients[-1]
        latest = self.trace.edges.latest_into(self.x, done)
        return None if latest is None else numbers.sums[latest]

    def in_order(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield each path from the root as its size and its detours, the largest first."""
        root, target = len(self.trace.nodes) - 1, self.target
        whole = self.size[root]
        if whole is None:
            return
        yield whole, ()
        heap: list[Found] = []
        order = 0

        def offer(loss: int, before: tuple[int, ...], others: Sequence[tuple[int, int]], place: int) -> None:
            nonlocal order
            if place < len(others):
                cost, edge = others[place]
                order += 1
                heappush(heap, Found(loss + cost, order, (*before, edge), others, place))

        offer(0, (), self.detours(root), 0)
        while heap:
            found = heappop(heap)
            yield whole - found.loss, found.detours
            *before, edge = found.detours
            offer(found.loss - found.others[found.place][0], tuple(before), found.others, found.place + 1)
            offer(found.loss, found.detours, self.detours(target[edge]), 0)

    def edges_of(self, detours: Sequence[int]) -> Iterator[int]:
        """Yield the edges of a path, from the root down."""
        z, source, target = len(self.trace.nodes) - 1, self.source, self.target
        for detour in (*detours, None):
            while z != (self.x if detour is None else source[detour]):
                yield self.best[z]
                z = target[self.best[z]]
            if detour is not None:
                yield detour
                z = target[detour]


# ── sizes and products ──


def weight_of(partial: float) -> int:
    """Return the size of one edge, as an integer; the sizes of the edges of a path add up to that of the path."""
    sign = (1 << FIELD if partial < 0.0 else 0) - 1
    if partial == 0.0:
        return sign - (1 << ZERO)
    if math.isfinite(partial):
        return sign + (round(math.ldexp(math.log2(abs(partial)), PRECISION)) << LOGARITHM)
    return sign + (1 << UNDEFINED if math.isnan(partial) else 1 << INFINITE)


def product_of_size(size: int) -> Number:
    """Return the product of the partials along a path from its size.

    >>> product_of_size(weight_of(-3.0) + weight_of(2.0) + weight_of(0.25)).as_float
    -1.5
    >>> product_of_size(weight_of(0.0) + weight_of(math.inf)).as_float
    nan
    """
    undefined, size = _split(size, UNDEFINED)
    infinite, size = _split(size, INFINITE)
    zeros, size = _split(size, ZERO)
    logarithm, size = _split(size, LOGARITHM)
    negative, _ = _split(size, FIELD)
    sign = -1.0 if negative % 2 else 1.0
    if undefined or (zeros and infinite):
        return Number(math.nan, 0)
    if zeros or infinite:
        return Number(0.0 if zeros else sign * math.inf, 0)
    whole = logarithm >> PRECISION
    return Number(sign * 2.0 ** (math.ldexp(logarithm - (whole << PRECISION), -PRECISION) - 1.0), whole + 1)


def length_of_size(size: int) -> int:
    """Return the number of edges of a path from its size.

    >>> length_of_size(weight_of(-3.0) + weight_of(2.0))
    2
    """
    return -_split(size, FIELD)[1]


def _split(size: int, bit: int) -> tuple[int, int]:
    """Return how often 2 to the power `bit` is in a size, and the rest, which may be below 0."""
    count = (size + (1 << (bit - 1))) >> bit
    return count, size - (count << bit)


def product_of(partials: Sequence[float]) -> Number:
    """Return a product that may be beyond the range of floats.

    >>> product_of([2.0, -3.0]).as_float, str(product_of([1e-200, 1e-200]))
    (-6.0, '1e-400')
    """
    product, exponent = 1.0, 0
    for partial in partials:
        product, shift = math.frexp(product * math.frexp(partial)[0])
        exponent += shift + math.frexp(partial)[1]
    return Number(product, exponent)


def sum_of(numbers: Sequence[Number]) -> Number:
    """Return a sum, rounded once."""
    if not all(math.isfinite(number.m) for number in numbers):
        return Number(sum(number.m for number in numbers), 0)
    most = max((number.e for number in numbers if number.m), default=0)
    total = math.fsum(math.ldexp(number.m, max(number.e - most, -2000)) for number in numbers)
    m, e = math.frexp(total)
    return Number(m, e + most)


# ── paths ──


@dataclass(frozen=True, slots=True)
class Path:
    """A path from the root down to a node.

    Attributes:
        product: of its partials: inf or 0 where that is too large or too small for a float.
        length: the number of its edges.
    """

    product: float
    length: int
    exact: Number = field(repr=False, compare=False)
    _tree: BestPaths = field(repr=False, compare=False)
    _detours: tuple[int, ...] = field(repr=False, compare=False)

    @property
    def edges(self) -> list[int]:
        """The positions of its edges in `trace.edges`, from the root down."""
        return list(self._tree.edges_of(self._detours))

    @property
    def nodes(self) -> list[str]:
        """The names of its nodes, from the root down."""
        trace = self._tree.trace
        names, target = trace.names, trace.edges.target
        return [names[trace.root], *(names[trace.nodes[target[edge]]] for edge in self.edges)]

    @property
    def partials(self) -> list[float]:
        """The partial of each of its edges."""
        numbers = self._tree.trace.events.numbers.partials
        return [numbers[edge] for edge in self.edges]

    def text(self, write: Callable[[str], str] = str) -> str:
        """Return the nodes, of many those at both ends, and the partials if they are few.

        Args:
            write: returns a name as it is to be written.
        """
        if self.length >= SHOWN_NODES:
            return " → ".join(self._ends(write))
        factors = [format_number(partial) for partial in self.partials[:1]]
        factors += [format_factor(partial) for partial in self.partials[1:]]
        product = f": {'·'.join(factors)}" if 1 < self.length <= PRODUCTS else ""
        return " → ".join(map(write, self.nodes)) + product

    def _ends(self, write: Callable[[str], str]) -> list[str]:
        tree = self._tree
        trace, source, target = tree.trace, tree.source, tree.target
        first = [target[edge] for edge in islice(tree.edges_of(self._detours), 2)]
        end = target[self._detours[-1]] if self._detours else len(tree.size) - 1
        last = source[self._detours[-1] if end == tree.x else tree.last[end]]
        root, *names = [write(trace.names[trace.nodes[x]]) for x in (len(tree.size) - 1, *first, last, tree.x)]
        return [root, *names[:2], f"… {self.length - 4} more", *names[2:]]


class Paths(Sequence[Path]):
    """The largest paths from the root to a node, the largest first; a prompt shows them line by line.

    Attributes:
        node: the name of the node.
        gradient: of the node, at the cursor; None where no contribution has arrived.
        rest: the sum of the paths that are not among these, None where it is not known since a number is not finite.
    """

    __slots__ = ("node", "gradient", "rest", "_paths", "_tree", "_rest")

    def __init__(self, tree: BestPaths) -> None:
        x, trace = tree.x, tree.trace
        self.node, self.gradient = trace.names[trace.nodes[x]], tree.gradient
        self._tree = tree
        self._paths = tuple(_path(tree, *found) for found in islice(tree.in_order(), tree.most))
        self._rest = _rest(self.gradient, self._paths)
        self.rest = None if self._rest is None else self._rest.as_float

    def __len__(self) -> int:
        return len(self._paths)

    @overload
    def __getitem__(self, place: int) -> Path: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Path, ...]: ...

    def __getitem__(self, place: int | slice) -> Path | tuple[Path, ...]:
        return self._paths[place]

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, write: Callable[[str], str] = str) -> Iterator[str]:
        """Yield the gradient, a line for each path, and the number and the sum of all others.

        Args:
            write: returns the name of a node as it is to be written.
        """
        return _lines(self._tree, self.gradient, self._paths, self._rest, write)

    @property
    def number(self) -> int:
        """The number of all paths, exactly."""
        return number_of_paths(self._tree)

    def as_json(self) -> dict[str, Any]:
        """Return names and numbers, for a program; a number that is not finite, or a number of 1e15, is a string.

        >>> from autograd_tiny import Value
        >>> a = Value(3.0, label="a")
        >>> t = (a * a).trace()
        >>> t.paths(a, 1).as_json()
        {'node': 'a', 'gradient': 6.0, 'number': 2, 'paths': [{'product': 3.0, 'nodes': ['L', 'a']}], 'rest': 3.0}
        """
        paths = [{"product": json_number(path.product), "nodes": path.nodes} for path in self]
        number, logarithm = rounded_number_of_paths(self._tree)
        exact = int(number) if number < LARGEST_INTEGER else _scientific(logarithm)
        gradient, rest = json_number(self.gradient), json_number(self.rest)
        return {"node": self.node, "gradient": gradient, "number": exact, "paths": paths, "rest": rest}


def number_of_paths(tree: BestPaths) -> int:
    """Return the number of paths from the root to the node of a tree, as far as the cursor has come.

    An integer of thousands of digits takes a while, so `rounded_number_of_paths` serves where it is only printed.
    """
    size, current = tree.size, len(tree.size) - 1
    counts = [0] * current + [1]
    for z, y in zip(tree.source, tree.target, strict=True):
        if z != current:
            if z <= tree.x:
                break
            counts[current], current = 0, z  # frees a large integer
        if size[y] is not None:
            counts[y] += counts[z]
    return counts[tree.x]


def rounded_number_of_paths(tree: BestPaths) -> tuple[float, float]:
    """Return the number of paths as a float, inf if it is too large, and its logarithm to base 10."""
    size, x = tree.size, tree.x
    counts, scales = [0.0] * (len(size) - 1) + [1.0], [0] * len(size)
    for z, y in zip(tree.source, tree.target, strict=True):
        if size[y] is None:
            continue
        shift = scales[z] - scales[y]
        if not shift:
            count = counts[y] + counts[z]
        elif shift < 0:
            count = counts[y] + counts[z] * SCALE**shift
        else:
            count, scales[y] = counts[y] * SCALE**-shift + counts[z], scales[z]
        if count > SCALE:
            count, scales[y] = count / SCALE, scales[y] + 1
        counts[y] = count
    return math.inf if scales[x] else counts[x], math.log10(counts[x] or 1.0) + scales[x] * math.log10(SCALE)


def _path(tree: BestPaths, size: int, detours: tuple[int, ...]) -> Path:
    length = length_of_size(size)
    numbers = tree.trace.events.numbers.partials
    if length > EXACT or not math.isfinite(product_of_size(size).m):
        exact = product_of_size(size)
    else:
        exact = product_of([numbers[edge] for edge in tree.edges_of(detours)])
    return Path(exact.as_float, length, exact, tree, detours)


def _rest(gradient: float | None, shown: Sequence[Path]) -> Number | None:
    """Return what the paths that are shown leave of the gradient."""
    if gradient is None or not math.isfinite(gradient) or not all(math.isfinite(path.exact.m) for path in shown):
        return None
    others = [Number(-path.exact.m, path.exact.e) for path in shown]
    return sum_of([Number(*math.frexp(gradient)), *others])


def _is_rounding(rest: Number, gradient: float, shown: Sequence[Path]) -> bool:
    """Return whether a rest may be made of nothing but the rounding of the pass and of these products."""
    sizes = [Number(abs(path.exact.m), path.exact.e) for path in shown]
    whole = sum_of([Number(*math.frexp(abs(gradient))), *sizes])
    longest = max((path.length for path in shown), default=1)
    limit = sum_of([Number(whole.m * longest, whole.e - 52), Number(0.5, -1073)])
    return sum_of([Number(abs(rest.m), rest.e), Number(-limit.m, limit.e)]).m <= 0.0


def _lines(
    tree: BestPaths, gradient: float | None, shown: Sequence[Path], rest: Number | None, write: Callable[[str], str]
) -> Iterator[str]:
    trace, node = tree.trace, tree.trace.nodes[tree.x]
    root, name = trace.names[trace.root], trace.names[node]
    if gradient is None or node is trace.root:
        yield why(trace, node)
        return
    missing = sum(edge >= len(tree.target) for edge in trace.edges.into(tree.x))
    so_far, to_come = (" so far", f"; {contributions_to_come(missing)}") if missing else ("", "")
    number, logarithm = rounded_number_of_paths(tree)
    paths = counted_paths(number, logarithm, "path")
    yield f"∂{root}/∂{name} = {format_number(gradient)}{so_far}, the sum over {paths} from {root} to {name}{to_come}:"
    for path in shown:
        yield f"{path.exact!s:>{COLUMN}}  {path.text(write)}"
    others = counted_paths(number - len(shown), logarithm, "more path") if number > len(shown) else ""
    if rest is None:
        yield from [f"{'—':>{COLUMN}}  {others}, a sum that is not known"] if others else []
    elif others:
        small = ", a sum within the rounding of the others" if _is_rounding(rest, gradient, shown) else ""
        yield f"{rest!s:>{COLUMN}}  {others}{small}"
    elif not _is_rounding(rest, gradient, shown) or abs(rest.as_float) > SMALL * abs(gradient):
        yield f"{rest!s:>{COLUMN}}  rounding of the pass"


def counted_paths(number: float, logarithm: float, noun: str) -> str:
    """Return a number of paths with its noun, a large number in scientific notation from its logarithm.

    >>> counted_paths(1.0, 0.0, "path"), counted_paths(math.inf, 999.5, "more path")
    ('1 path', '3.1623e+999 more paths')
    """
    return counted(int(number), noun) if number < LARGEST_INTEGER else f"{_scientific(logarithm)} {noun}s"


def _scientific(logarithm: float) -> str:
    """Return a number in scientific notation from its logarithm to base 10."""
    exponent = math.floor(logarithm)
    digits = f"{10.0 ** (logarithm - exponent):.5g}"
    return f"1e{exponent + 1:+03d}" if digits == "10" else f"{digits}e{exponent:+03d}"  # 9.99999 becomes 10
