"""Write the gradient of a node as the sum over the paths from the root: the largest, and the sum of all others.

>>> from autograd_tiny import Value
>>> a, b = Value(3.0, label="a"), Value(-2.0, label="b")
>>> ((a * b) * a + b).trace().paths("a")
∂L/∂a = -12, the sum over 2 paths from L to a:
         -6  L → v2 → a: 1·(-6)
         -6  L → v2 → v1 → a: 1·3·(-2)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, overload

from autograd_tiny.support.console import counted
from autograd_tiny.support.json_numbers import json_number
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number, text_name
from autograd_tiny.trace.best_paths import BestPaths, number_of_paths, rounded_number_of_paths
from autograd_tiny.trace.formula_text import format_factor
from autograd_tiny.trace.path_sizes import Number, length_of_size, product_of, product_of_size, scientific, sum_of
from autograd_tiny.trace.path_sums import loses_digits, sum_of_paths
from autograd_tiny.trace.true_digits import digits_of_sum
from autograd_tiny.trace.why import contributions_to_come, why

EXACT: Final = 1000
"""The product of the partials of a longer path is taken from its logarithm, which is exact to 12 digits."""
SHOWN_NODES: Final = 12
"""Of a path of more nodes, both ends are written."""
PRODUCTS: Final = 5
"""The partials of a path of more edges are not written."""
LARGEST_INTEGER: Final = 10**15
"""A larger number of paths is written in scientific notation."""
COLUMN: Final = 11
"""The width of the column of products."""
SMALL: Final = 5e-6
"""The part of a gradient that its digits do not show."""


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

    def text(
        self, write: Callable[[str], str] = str, also: Sequence[int] = (), *, digits: int = FEWEST_DIGITS
    ) -> str:
        """Return the nodes, of many those at both ends, and the partials if they are few.

        Args:
            write: shortens a name, given as formulas write it.
            also: the places of other nodes that are written, from the root, 0, on.
            digits: of the product, which the partials are to give.
        """
        if self.length >= SHOWN_NODES:
            return " → ".join(self._ends(write, also))
        product = f": {self._factors(digits)}" if 1 < self.length <= PRODUCTS else ""
        return " → ".join(write(text_name(name)) for name in self.nodes) + product

    def _factors(self, digits: int) -> str:
        first, *others = partials = self.partials
        digits = digits_of_sum([partials], self.product, fewest=digits)
        return "·".join([format_number(first, digits), *(format_factor(partial, digits) for partial in others)])

    def _ends(self, write: Callable[[str], str], also: Sequence[int]) -> Iterator[str]:
        tree, until = self._tree, max(2, *(place + 1 for place in also), 2)
        trace, source, target = tree.trace, tree.source, tree.target
        first = [len(tree.size) - 1, *(target[edge] for edge in islice(tree.edges_of(self._detours), until))]
        end = target[self._detours[-1]] if self._detours else len(tree.size) - 1
        last = source[self._detours[-1] if end == tree.x else tree.last[end]]
        nodes = {place: first[place] for place in (0, 1, 2, *also)}
        nodes |= {self.length - 1: last, self.length: tree.x}
        nodes |= {place + 1: first[place + 1] for place in also if place + 2 in nodes}  # as short as "… 1 more"
        before = -1
        for place, node in sorted(nodes.items()):
            if place - before > 1:
                yield f"… {place - before - 1} more"
            yield write(trace.written_name(trace.nodes[node]))
            before = place


def told_apart(paths: Sequence[Path], write: Callable[[str], str] = str, *, digits: int = FEWEST_DIGITS) -> list[str]:
    """Return the texts of paths; where both ends of several are the same, with nodes in which they differ."""
    also: list[list[int]] = [[] for _ in paths]
    while True:
        texts = [path.text(write, places, digits=digits) for path, places in zip(paths, also, strict=True)]
        alike: dict[str, list[int]] = {}
        for k, text in enumerate(texts):
            alike.setdefault(text, []).append(k)
        found = [
            (group, place) for group in alike.values() if (place := _first_difference([paths[k] for k in group]))
        ]
        if not found:
            return texts
        for group, place in found:
            for k in group:
                also[k].append(place)


def _first_difference(paths: Sequence[Path]) -> int | None:
    """Return the first place at which paths of one text have different nodes; None if there is none."""
    if len(paths) < 2 or paths[0].length < SHOWN_NODES:
        return None
    target = paths[0]._tree.target
    together = zip(*(path._tree.edges_of(path._detours) for path in paths), strict=False)
    return next((k for k, edges in enumerate(together, start=1) if len({target[edge] for edge in edges}) > 1), None)


class Paths(Sequence[Path]):
    """The largest paths from the root to a node, the largest first; a prompt shows them line by line.

    Attributes:
        node: the name of the node.
        gradient: of the node, at the cursor; None where no contribution has arrived.
        rest: the sum of the paths that are not among these, None where it is not known since a number is not finite.
            Where the pass underflows, it is the sum that floats cannot hold on the way.
    """

    __slots__ = (
        "node",
        "gradient",
        "rest",
        "_paths",
        "_tree",
        "_number",
        "_logarithm",
        "_whole",
        "_rest",
        "_are_zero",
    )

    def __init__(self, tree: BestPaths) -> None:
        x, trace = tree.x, tree.trace
        self.node, self.gradient = trace.names[trace.nodes[x]], tree.gradient
        self._tree = tree
        in_order = tree.in_order()
        self._paths = tuple(_path(tree, *found) for found in islice(in_order, tree.most))
        self._are_zero = any(_path(tree, *found).exact.m == 0.0 for found in islice(in_order, 1))  # the next, so all
        self._number, self._logarithm = rounded_number_of_paths(tree)
        self._whole = _whole(tree, self._paths, logarithm=self._logarithm)
        self._rest = None if self._whole is None else _difference(self._whole, self._paths)
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
            write: shortens a name, given as formulas write it.
        """
        trace, node = self._tree.trace, self._tree.trace.nodes[self._tree.x]
        if self.gradient is None or node is trace.root:
            yield why(trace, node)
            return
        yield self._heading(counted_paths(self._number, self._logarithm, "path"))
        left = self._number - len(self._paths)
        rest = [*self._lines_of_rest(counted_paths(left, self._logarithm, "more path") if left > 0.0 else "")]
        parts = [*(path.exact for path in self._paths), *(number for number, _ in rest)]
        digits = self._digits(parts)
        texts = [*told_apart(self._paths, write, digits=digits), *(text for _, text in rest)]
        numbers = ["—" if part is None else part.text(digits) for part in parts]
        width = max([COLUMN, *map(len, numbers)])
        yield from (f"{number:>{width}}  {text}" for number, text in zip(numbers, texts, strict=True))

    def _heading(self, paths: str) -> str:
        """Return the gradient, and of how many paths it is the sum; where the pass underflows, the sum as well."""
        trace, x, gradient = self._tree.trace, self._tree.x, self.gradient
        root, name = trace.written_name(trace.root), trace.written_name(trace.nodes[x])
        missing = sum(edge >= len(self._tree.target) for edge in trace.edges.into(x))
        so_far, to_come = (" so far", f"; {contributions_to_come(missing)}") if missing else ("", "")
        number, total = f"{format_number(gradient or 0.0)}{so_far}", f"the sum over {paths} from {root} to {name}"
        if self._whole is not None and not _is_rounding(
            _difference(self._whole, [Number(*math.frexp(gradient or 0.0))]), self._whole, self._paths
        ):
            return f"∂{root}/∂{name} = {number} by underflow; {total} is {self._whole}{to_come}:"
        return f"∂{root}/∂{name} = {number}, {total}{to_come}:"

    def _digits(self, parts: Sequence[Number | None]) -> int:
        """Return how many digits the sums over paths need to add up to the gradient."""
        if self._whole is None or None in parts:
            return FEWEST_DIGITS
        return digits_of_sum([[part.as_float] for part in parts if part is not None], self._whole.as_float)

    def _lines_of_rest(self, others: str) -> Iterator[tuple[Number | None, str]]:
        """Yield the sum of the paths that are not shown, None if it is not known, or what is left by rounding."""
        rest, whole = self._rest, self._whole
        if rest is None or whole is None:
            yield from [(None, f"{others}, a sum that is not known")] if others else []
            return
        is_rounding = _is_rounding(rest, whole, self._paths)
        if others and self._are_zero:
            yield Number(0.0, 0), f"{others}{', each 0' if others.endswith('s') else ''}"
        if others and not self._are_zero:
            small = ", a sum within the rounding of the others" if is_rounding else ""
            yield rest, f"{others}{small}"
        elif not is_rounding or abs(rest.as_float) > SMALL * abs(whole.as_float):
            yield rest, "rounding of the pass"

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
        exact = int(self._number) if self._number < LARGEST_INTEGER else scientific(self._logarithm)
        gradient, rest = json_number(self.gradient), json_number(self.rest)
        return {"node": self.node, "gradient": gradient, "number": exact, "paths": paths, "rest": rest}


def _path(tree: BestPaths, size: int, detours: tuple[int, ...]) -> Path:
    length = length_of_size(size)
    numbers = tree.trace.events.numbers.partials
    if length > EXACT or not math.isfinite(product_of_size(size).m):
        exact = product_of_size(size)
    else:
        exact = product_of([numbers[edge] for edge in tree.edges_of(detours)])
    return Path(exact.as_float, length, exact, tree, detours)


def _whole(tree: BestPaths, shown: Sequence[Path], *, logarithm: float) -> Number | None:
    """Return what all paths add up to: the gradient, unless the pass underflows; None where one is not finite."""
    gradient = tree.gradient
    if gradient is None or not math.isfinite(gradient) or not all(math.isfinite(path.exact.m) for path in shown):
        return None
    loses = loses_digits(tree, gradient, logarithm=logarithm)
    return sum_of_paths(tree) if loses else Number(*math.frexp(gradient))


def _difference(whole: Number, parts: Sequence[Number | Path]) -> Number:
    """Return what some parts leave of a number."""
    numbers = [part.exact if isinstance(part, Path) else part for part in parts]
    return sum_of([whole, *(Number(-number.m, number.e) for number in numbers)])


def _is_rounding(rest: Number, whole: Number, shown: Sequence[Path]) -> bool:
    """Return whether a rest may be made of nothing but the rounding of the pass and of these products."""
    total = sum_of([Number(abs(number.m), number.e) for number in (whole, *(path.exact for path in shown))])
    longest = max((path.length for path in shown), default=1)
    limit = Number(total.m * longest, total.e - 52)
    return sum_of([Number(abs(rest.m), rest.e), Number(-limit.m, limit.e)]).m <= 0.0


def counted_paths(number: float, logarithm: float, noun: str) -> str:
    """Return a number of paths with its noun, a large number in scientific notation from its logarithm.

    >>> counted_paths(1.0, 0.0, "path"), counted_paths(math.inf, 999.5, "more path")
    ('1 path', '3.1623e+999 more paths')
    """
    return counted(int(number), noun) if number < LARGEST_INTEGER else f"{scientific(logarithm)} {noun}s"
