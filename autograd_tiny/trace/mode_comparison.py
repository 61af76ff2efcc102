r"""Compare forward mode with backward mode: the same derivatives, from one pass per input and from one pass for all.

>>> from autograd_tiny import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> print(*compare_modes((a * b + a).trace().jvp({"a": 1.0})).lines(), sep="\n")
The backward pass gives ∂L/∂a = -2: equal to L'.
  input  forward  backward
  a           -2        -2
  b            2         2
Forward mode takes a pass for each input: 2 passes, 5 products with a partial.
Backward mode takes 1 pass for both: 4 products.

Both sides are computed, and compared bit by bit. Products are counted where they are made.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from autograd_tiny.support.console import counted
from autograd_tiny.support.display_width import display_width, pad_right
from autograd_tiny.symbolic.notation import FEWEST_DIGITS, format_number, text_name, title_name
from autograd_tiny.trace.formula_text import MANY, cut_middle, format_factor
from autograd_tiny.trace.passes import differ
from autograd_tiny.trace.tangents import Tangents, tangents
from autograd_tiny.trace.true_digits import digits_of_sum

MOST_INPUTS: Final = 8
"""The largest number of inputs for which a forward pass of their own is computed."""
MOST_PRODUCTS: Final = 100_000
"""These forward passes walk over no more edges than this, so that a command stays fast."""
ROUNDING: Final = 2.0**-53
"""The largest relative error of one rounding."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A derivative by both modes.

    Attributes:
        name: of the leaf; empty for the direction of the walk.
        forward: by forward mode.
        backward: by backward mode.
        bound: how far both may differ by rounding alone.
    """

    name: str
    forward: float
    backward: float
    bound: float

    @property
    def are_equal(self) -> bool:
        """True if both are the same number, or both nan."""
        return not differ(self.forward, self.backward)

    @property
    def difference(self) -> float:
        """By how much they differ: 0 for equal ones, nan or inf where one of them is not finite."""
        return 0.0 if self.are_equal else abs(self.forward - self.backward)

    @property
    def is_rounding(self) -> bool:
        """True if rounding alone may make them differ that much."""
        return self.difference <= self.bound

    def verdict(self, tangent: str) -> str:
        """Return how the backward number compares with the forward one, and whether rounding can be the reason.

        Args:
            tangent: what the forward one is called, such as L'.
        """
        if self.are_equal:
            return f"{tangent} is nan too" if math.isnan(self.forward) else f"equal to {tangent}"
        if not math.isfinite(self.difference):
            return f"{format_number(self.forward)} forward, {format_number(self.backward)} backward"
        reason = ", which rounding in another order can make" if self.is_rounding else ""
        return f"it differs from {tangent} by {format_number(self.difference)}{reason}"


@dataclass(frozen=True, slots=True)
class ModeComparison:
    """One walk of forward mode beside the backward pass.

    Attributes:
        walk: the tangents.
        direction: the derivative along the direction of the walk.
        inputs: the derivative with respect to each of the first leaves, by a forward pass of its own.
        leaves: how many leaves there are.
        forward_products: how many products the forward passes of `inputs` made, or the walk if there are none.
        backward_products: how many products the backward pass makes.
    """

    walk: Tangents
    direction: Pair
    inputs: tuple[Pair, ...]
    leaves: int
    forward_products: int
    backward_products: int

    def lines(self, *, short: Callable[[str], str] = str, width: int = 80) -> list[str]:
        """Return what to say, in lines.

        Args:
            short: shortens a name, given as formulas write it.
            width: of a row of the table, in characters; a wider one is written in two lines.
        """
        return [self._direction(short), *self._table(short, width), *self._counts()]

    def _direction(self, short: Callable[[str], str]) -> str:
        """Return the derivative along the direction as the backward pass gives it, and whether both are equal."""
        trace, seeds = self.walk.trace, self.walk.seeds
        root, numbers = trace.written_name(trace.root), trace.events.numbers
        names = [short(text_name(x)) for x in seeds]
        parts = [[f"∂{root}/∂{x}" for x in names]]
        if not self._is_plain:
            parts = [[f"{part}·{x}'" for part, x in zip(parts[0], names, strict=True)]]
            gradients = [numbers.gradients[trace.position(name)] for name in seeds]
            products = list(zip(gradients, seeds.values(), strict=True))
            digits = digits_of_sum(products, self.direction.backward) if len(products) <= MANY else FEWEST_DIGITS
            first = [format_number(gradients[0], digits), *(format_factor(x, digits) for x in gradients[1:])]
            parts.append(
                [f"{x}·{format_factor(seed, digits)}" for x, seed in zip(first, seeds.values(), strict=True)]
            )
        sums = [" + ".join(cut_middle(terms, "…")) for terms in parts]
        verdict = self.direction.verdict(f"{root}'")
        return f"The backward pass gives {' = '.join([*sums, format_number(self.direction.backward)])}: {verdict}."

    @property
    def _is_plain(self) -> bool:
        """True if the direction is that of one leaf, with the tangent 1."""
        return list(self.walk.seeds.values()) == [1.0]

    def _table(self, short: Callable[[str], str], width: int) -> Iterator[str]:
        """Yield a row for each input, and below them whether rounding may be the reason where numbers differ."""
        unequal = [pair for pair in self.inputs if not pair.are_equal]
        titles = ["input", "forward", "backward", *["difference"] * bool(unequal)]
        rows = [titles] if self.inputs else []
        for pair in self.inputs:
            numbers = [pair.forward, pair.backward, *[pair.difference] * bool(unequal)]
            name = title_name(pair.name) if " " in pair.name else short(text_name(pair.name))
            rows.append([name, *map(format_number, numbers)])
        widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
        is_wide = sum(widths) + 2 * len(widths) > width
        for name, *cells in rows[is_wide:]:
            if is_wide:
                titled = [f"{title} {cell}" for title, cell in zip(titles[1:], cells, strict=True)]
                yield from (f"  {name}", f"    {', '.join(titled)}")
            else:
                columns = [cell.rjust(size) for cell, size in zip(cells, widths[1:], strict=True)]
                yield "  ".join(["", pad_right(name, widths[0]), *columns])
        if unequal and all(pair.is_rounding for pair in unequal):
            yield "Rounding can make such differences, as each mode multiplies in another order."

    def _counts(self) -> list[str]:
        """Return how many passes and products each mode takes for all inputs."""
        products = counted(self.forward_products, "product")
        backward = counted(self.backward_products, "product")
        every = {1: "it", 2: "both"}.get(self.leaves, f"all {self.leaves}")
        passes = f"Forward mode takes a pass for each input: {counted(self.leaves, 'pass', 'passes')}"
        if len(self.inputs) == self.leaves:
            forward = f"{passes}, {products} with a partial."
        else:
            some = len(self.inputs) or 1
            forward = f"{passes}. {counted(some, 'pass', 'passes')} made {products} with a partial."
        return [forward, f"Backward mode takes 1 pass for {every}: {backward}."]


def compare_modes(walk: Tangents) -> ModeComparison:
    """Return the numbers of a walk beside those of the backward pass, and what each mode costs for all inputs."""
    trace = walk.trace
    events, edges = trace.events, trace.edges
    leaves = [x for x, node in enumerate(trace.nodes) if node.primitive is None]
    seeds = {trace.position(name): seed for name, seed in walk.seeds.items()}
    backward = sum(seed * events.numbers.gradients[x] for x, seed in seeds.items())
    direction = _pair(walk, "", seeds, walk.tangent(trace.root), backward)
    most = min(MOST_INPUTS, MOST_PRODUCTS // max(len(edges), 1))
    pairs, products = [], 0
    for x in leaves[:most]:
        numbers, _, made = tangents(edges, events.numbers.partials, {x: 1.0})
        pairs.append(_pair(walk, trace.names[trace.nodes[x]], {x: 1.0}, numbers[-1], events.numbers.gradients[x]))
        products += made
    made = products if pairs else walk.products
    return ModeComparison(walk, direction, tuple(pairs), len(leaves), made, len(edges))


def _pair(walk: Tangents, name: str, seeds: dict[int, float], forward: float, backward: float) -> Pair:
    """Return both numbers, and where they differ how far they may differ by rounding.

    Each is a sum of products along paths. A rounding changes a term by a relative `ROUNDING` at most; each term meets
    no more than two for each edge, in each mode. The fifth covers that of the bound itself, and errors of errors.
    """
    bound = 0.0
    if differ(forward, backward):
        edges = walk.trace.edges
        sizes = array("d", map(abs, walk.trace.events.numbers.partials))
        magnitude = tangents(edges, sizes, {x: abs(seed) for x, seed in seeds.items()})[0][-1]
        bound = 5.0 * (len(edges) + len(seeds)) * ROUNDING * magnitude
    return Pair(name, forward, backward, bound)
