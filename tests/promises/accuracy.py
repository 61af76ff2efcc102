"""Compare every row of the table with mpmath: value, first and second derivatives, over all floats.

`python -m tests.promises.accuracy` measures at full size and writes the worst of each row to `accuracy.md`.

The error of a value and of a first derivative is counted in ulp of the true result (2^-1074 for a subnormal one; a
result beyond the range of floats counts as 2^1024), that of a second derivative is relative. A second derivative
beyond the range may be nan, when it is a difference of two infinities.

Near a zero of the result the bound is relative to the condition number, in its form for floats: the change of the
result f by the last bits of the operands, S = Σ |∂f/∂xᵢ|·ulp(xᵢ), takes the place of an ulp of f if it is larger. For
a sum of products, S is the Σ |wᵢ·xᵢ| of the bound for sums (Higham, Accuracy and Stability of Numerical Algorithms,
2002, §1.6 and §4.2). A zero is near where twice the step of Newton's method in one operand changes the sign of f, or
leaves less than a hundredth of it: the tail of `exp`, whose condition number is |x|, has the strict bound.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mpf

from autograd_tiny import Value, grad
from autograd_tiny.primitives import table as table_of_primitives
from autograd_tiny.primitives.primitive import Primitive
from tests.jets import Jet, Kinks
from tests.promises.own_bounds import OWN_BOUNDS, OwnBound
from tests.references import Reference, reference_of

ROWS = {f.primitive.name: f.primitive for f in vars(table_of_primitives).values() if hasattr(f, "primitive")}
"""Those of the table; other tests add rows of their own."""
BOUNDS = (4.0, 8.0, 1e-12)
"""Of the value and the first derivatives in ulp, of the second derivatives relative."""
FILE = Path(__file__).with_name("accuracy.md")
BITS = (120, 200, 700, 2600, 9000)
AGREEMENT, RANGE = mpf(2) ** -70, mpf(2) ** 1024
NOT_NUMBERS = (ZeroDivisionError, TypeError, ValueError, OverflowError, mpmath.libmp.NoConvergence)

# ── operands ──────────────────────────────────────────────────────────────────────────────────────────────────


def any_float(generator: random.Random) -> float:
    """Return a float with random bits; few are so large that mpmath needs long for them."""
    while True:
        (x,) = struct.unpack("d", generator.randbytes(8))
        if math.isfinite(x) and (abs(x) < 1e20 or generator.random() < 0.2):
            return float(x)


def sign(generator: random.Random) -> float:
    return generator.choice((1.0, -1.0))


def beside(generator: random.Random, x: float) -> float:
    """Return x, a float a few ulp beside it, or one at a distance of any magnitude."""
    kind = generator.random()
    if kind < 0.3:
        return x
    if kind < 0.6:
        for _ in range(generator.randint(1, 4)):
            x += sign(generator) * math.ulp(x) if math.isfinite(x) else 0.0
        return x
    return x + sign(generator) * math.ldexp(generator.uniform(0.5, 1.0), generator.randint(-50, -3))


KINDS: tuple[Callable[[random.Random], float], ...] = (
    any_float,
    lambda generator: sign(generator) * math.ldexp(generator.uniform(0.5, 1.0), generator.randint(-60, 12)),
    lambda generator: sign(generator) * math.ldexp(generator.uniform(0.5, 1.0), generator.randint(-12, 5)),
    lambda generator: generator.uniform(-8.0, 8.0),
    lambda generator: generator.uniform(-40.0, 40.0),
    lambda generator: generator.uniform(-800.0, 800.0),
    lambda generator: sign(generator) * math.ldexp(generator.getrandbits(generator.randint(1, 52)), -1074),
    lambda generator: beside(generator, generator.randint(-40, 40) / generator.choice((1, 2))),
)
"""Ways to draw a float: of all magnitudes, usual ones, tails, subnormal ones, beside whole numbers and halves."""

CHOICES: dict[str, tuple[float, ...]] = {
    "polygamma.n": (0.0, 1.0, 1.0, 2.0, 3.0),
    "sinc_derivative.n": (1.0, 1.0, 2.0, 3.0),
    "round.ndigits": (0.0,),
    "where.condition": (0.0, 1.0),
}
"""The numbers to draw for operands that are not real variables."""


def operands(row: Primitive, generator: random.Random) -> list[Any]:
    """Return random operands of a row: independent ones, equal ones, and ones beside each other."""
    near = generator.choice(KINDS)(generator) if generator.random() < 0.5 else None
    points = [x for inputs in row.kinks for x in row.flatten(inputs) if math.isfinite(x)]
    length = generator.randint(1, 4)

    def number(interval: tuple[float, float]) -> float:
        if near is not None and generator.random() < 0.6:
            x = near * sign(generator) if generator.random() < 0.5 else beside(generator, near)
        elif points and generator.random() < 0.1:
            x = beside(generator, generator.choice(points))
        else:
            x = generator.choice(KINDS)(generator)
        return x if generator.random() < 0.05 else folded(x, interval)

    def operand(name: str, interval: tuple[float, float], many: bool) -> Any:
        if row.list_positions and name in {"index", "target"}:
            return float(generator.randrange(length))
        choices = CHOICES.get(f"{row.name}.{name}")
        if choices:
            return generator.choice(choices)
        return [number(interval) for _ in range(length)] if many else number(interval)

    return list(map(operand, row.operands, row.domain, row.takes_list))


def folded(x: float, interval: tuple[float, float]) -> float:
    """Return x, its size, or its reciprocal: what is in the domain of which the interval is a part."""
    low, high = interval
    if low > 0.0:
        x = abs(x)
    inverse = 1.0 / x if abs(x) > 1e-308 else 0.0
    if low > -1.0 and high < 1.0:
        return inverse if abs(x) > 1.0 else x
    return inverse if 1.0 < low < high == 6.0 and 0.0 < x < 1.0 else x


REGIONS: dict[str, Callable[..., bool]] = {
    "hardtanh": lambda x, low, high: low < high,
    "softshrink": lambda x, lambd: lambd >= 0.0,
    "celu": lambda x, alpha: alpha > 0.0,
    "copysign": lambda x, y: str(y) != "-0.0",
    "atan2": lambda y, x: "-0.0" not in (str(y), str(x)),
    "binary_cross_entropy": lambda p, target: 0.0 <= target <= 1.0 and p * (1.0 - p) > 1e-12,
}
"""The operands for which a row is compared: PyTorch refuses others, or, for p near 0 and 1, bounds the logarithm and
the slope, which is compared with its records; mpmath has no -0."""

# ── true results ──────────────────────────────────────────────────────────────────────────────────────────────


def true_results(row: Primitive, reference: Reference, flat: Sequence[float], order: Sequence[int]) -> list[Any]:
    """Return the derivatives by each set of the operands at the positions `order`, None for those that do not exist.

    They are computed with more and more bits, until two precisions agree; 0 only if it is 0 in any precision.
    """
    directions = [sum((i == position) << k for k, i in enumerate(order)) for position in range(len(flat))]
    before: list[Any] = []
    whole = max([0, *(mpmath.frexp(x)[1] for x in flat)])  # bits before the point, so of differences too
    for bits in BITS[3 * (row.name in {"fmod", "remainder", "floordiv"}) :]:
        with mpmath.workprec(bits + whole):
            Kinks.met = False
            point = [Jet.variable(mpf(x), mask, len(order)) for x, mask in zip(flat, directions, strict=True)]
            result = reference.function(*row.group(point))
            now = result.coefficients if isinstance(result, Jet) else [result, *[0] * (2 ** len(order) - 1)]
            now = [mpf(x) if is_real(x) and not (i and Kinks.met) else None for i, x in enumerate(now)]
        if before and all(map(agree, before, now)) and (bits > 2000 or all(x is None or x for x in now)):
            return now
        before, last = now, before
    return [y if agree(x, y) else None for x, y in zip(last, now, strict=True)]


def is_real(x: Any) -> bool:
    return not isinstance(x, complex | mpmath.mpc) and bool(mpmath.isfinite(x))


def agree(x: Any, y: Any) -> bool:
    return x is y or (x is not None and y is not None and bool(x == y or abs(x - y) <= abs(y) * AGREEMENT))


# ── comparisons ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Comparison:
    """A result of ours with the true one: the value, or a derivative by the operands at the positions `order`."""

    order: tuple[int, ...]
    ours: float
    true: Any
    place: Sequence[Any] = ()

    def __str__(self) -> str:
        return f"∂{self.order} at {self.place}: {self.ours!r} instead of {mpmath.nstr(self.true, 17)}"

    @property
    def unit(self) -> Any:
        """Return an ulp of the true result, or the true result itself for a second derivative."""
        size = min(abs(self.true), RANGE)
        if len(self.order) == 2:
            return max(size, mpf(2) ** -1074 * 8 / mpf(BOUNDS[2]))
        exponent = mpmath.frexp(size)[1] if size else -2000
        return mpf(2) ** min(max(exponent - 53, -1074), 971)

    def error(self, least: Any = 0) -> float:
        """Return the error in units, which are at least as large as given."""
        if len(self.order) == 2 and abs(self.true) >= RANGE and not math.isfinite(self.ours):
            return 0.0
        if math.isnan(self.ours):
            return math.inf
        ours, true = (max(-RANGE, min(RANGE, x)) for x in (mpf(self.ours), self.true))
        return float(min(abs(ours - true) / max(self.unit, least), mpf(10) ** 300))


def free_operands(row: Primitive, reference: Reference, args: Sequence[Any]) -> list[int]:
    """Return the flat positions of the operands by which derivatives are taken."""
    flags = [
        [free] * len(arg) if many else free
        for p, (arg, many) in enumerate(zip(args, row.takes_list, strict=True))
        for free in [p not in reference.constants and f"{row.name}.{row.operands[p]}" not in CHOICES]
    ]
    return [position for position, free in enumerate(row.flatten(flags)) if free]


def comparisons(row: Primitive, reference: Reference, args: Sequence[Any]) -> Iterator[Comparison]:
    """Yield the value, the first derivatives, and up to three second ones, which `grad` computes from a graph."""
    flat, free = row.flatten(args), free_operands(row, reference, args)
    pairs = list(combinations_with_replacement(free, 2))
    if len(pairs) > 3:
        pairs = random.Random(repr(args)).sample(pairs, 3)
    try:
        trues = [true_results(row, reference, flat, pair) for pair in pairs]
    except NOT_NUMBERS:
        return
    if not trues or trues[0][0] is None:
        return
    z, partials = row.linearize(*args)
    flat_partials = row.flatten(partials)
    yield Comparison((), z, trues[0][0], args)
    leaves = [Value(x) if i in free else x for i, x in enumerate(flat)]
    node = row(*row.group(leaves))
    graphs = grad(node, [leaves[i] for i in free], allow_unused=True)
    slopes = dict(zip(free, graphs, strict=True))
    seen = set()
    for (i, j), true in zip(pairs, trues, strict=True):
        for position, slope in ((i, true[1]), (j, true[2])):
            if position not in seen and slope is not None:
                seen.add(position)
                yield Comparison((position,), flat_partials[position], slope, args)
        if true[3] is not None:
            second = grad(slopes[i], leaves[j], allow_unused=True) if slopes[i] is not None else None
            yield Comparison((i, j), 0.0 if second is None else second.data, true[3], args)


def sensitivity(row: Primitive, reference: Reference, comparison: Comparison) -> Any:
    """Return the change of a result by the last bits of its operands, 0 if no zero is near."""
    args = comparison.place
    flat, total, near = row.flatten(args), mpf(0), False
    for i in free_operands(row, reference if row.list_positions else Reference(reference.function), args):
        try:
            slope = true_results(row, reference, flat, (*comparison.order, i))[-1]
            if not slope:
                continue
            total += abs(slope) * mpf(math.ulp(flat[i]))
            with mpmath.workprec(200):
                moved = [mpf(x) for x in flat]
                moved[i] -= 2 * comparison.true / slope
            other = true_results(row, reference, moved, comparison.order)[-1]
        except NOT_NUMBERS:
            continue
        near = near or other is None or 100 * other * mpmath.sign(comparison.true) <= abs(comparison.true)
    return total if near else mpf(0)


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Worst:
    """The largest errors of one order of derivative, each as a number of units.

    Attributes:
        error: the largest, and its place.
        near_zero: the largest near a zero, in units of the condition number.
        own: the largest where a bound of its own applies.
        peer: that of the best published implementation there.
    """

    error: float = 0.0
    place: str = ""
    near_zero: float = 0.0
    own: float = 0.0
    peer: float = 0.0


@dataclass
class Figures:
    """The measurements of a row: the comparisons, the worst of value, first and second derivatives, the misses."""

    name: str
    count: int = 0
    worst: tuple[Worst, ...] = field(default_factory=lambda: (Worst(), Worst(), Worst()))
    misses: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        value, first, second = (worst.error for worst in self.worst)
        return f"{self.name}: value {value:.2f} ulp, first {first:.2f}, second {second:.1e}, of {self.count}"


def measure(row: Primitive, count: int, reference: Reference | None = None, *, peers: bool = False) -> Figures:
    """Compare a row at random operands until there are enough comparisons, and the best implementation if told."""
    reference, generator = reference or reference_of(row), random.Random(row.name)
    figures = Figures(row.name)
    while figures.count < count:
        args = operands(row, generator)
        if REGIONS.get(row.name, lambda *_: True)(*args):
            for comparison in comparisons(row, reference, args):
                figures.count += 1
                add(figures, row, reference, comparison, peers=peers)
    return figures


@mpmath.workprec(200)
def add(
    figures: Figures, row: Primitive, reference: Reference, comparison: Comparison, *, peers: bool = False
) -> None:
    """Add one comparison, with its own bound or the condition number only where it misses the bound of all rows."""
    order = len(comparison.order)
    worst, bound, error = figures.worst[order], BOUNDS[order], comparison.error()
    if error > bound and row.name in OWN_BOUNDS:
        size = float(min(abs(comparison.true), RANGE * mpf("0.99")))
        if error <= bound + OWN_BOUNDS[row.name].bound(comparison.order, comparison.place, size):
            worst.own = max(worst.own, error)
            if peers:
                theirs = OWN_BOUNDS[row.name].results(comparison.order, comparison.place)
                worst.peer = max(worst.peer, 0.0 if theirs is None else replace(comparison, ours=theirs).error())
            return
    if error > bound:
        change = sensitivity(row, reference, comparison)
        near_zero = comparison.error(change * (2**52 if order == 2 else 1))
        if near_zero <= bound or change > RANGE * mpf(2) ** -53:  # the terms of a sum are beyond the range
            worst.near_zero = max(worst.near_zero, min(near_zero, bound))
            return
        figures.misses.append(f"{row.name}: {near_zero:.3g} {comparison}")
    if error > worst.error:
        worst.error, worst.place = error, str(comparison)


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────

FAST, MEDIUM, SLOW = 12_000, 9_000, 6_000
NAMES_OF_MEDIUM = """
asin acos acosh exp2 pow_constant_base pow_constant_exponent hypot direction expm1_minus_xexp xlogy norm atan2
logit_entropy log_sigmoid sigmoid silu mish gelu elu tanhshrink sech normal_cdf erf erfc polygamma fmod
binary_cross_entropy binary_cross_entropy_with_logits
"""
NAMES_OF_SLOW = """
pow logaddexp sinc sinc_derivative erfinv gamma lgamma digamma softplus celu gelu_tanh logsumexp softmax_at
log_softmax_at cross_entropy
"""
"""The rows for which mpmath needs longer."""


def full_size(name: str) -> int:
    return SLOW if name in NAMES_OF_SLOW.split() else MEDIUM if name in NAMES_OF_MEDIUM.split() else FAST


def table(everything: Sequence[Figures]) -> str:
    """Return `accuracy.md`."""
    total = sum(figures.count for figures in everything)
    lines = [
        "# Accuracy of every row",
        "",
        f"The worst of {total:,} comparisons with mpmath, over all floats: tails, subnormal numbers, beside",
        "whole numbers and kinks. Values and first derivatives in ulp, bounds 4 and 8; second derivatives",
        "relative, bound 1e-12. Near a zero of the result the error is in units of the condition number, which",
        "[accuracy.py](accuracy.py) defines, with the same bounds. `python -m tests.promises.accuracy` measures it",
        "all and writes this file; it needs SciPy.",
        "",
        "| row | comparisons | value | first | second | value, first, second near a zero |",
        "|---|---|---|---|---|---|",
    ]
    for figures in everything:
        value, first, second = figures.worst
        near = f"{value.near_zero:.2g}, {first.near_zero:.2g}, {second.near_zero:.1g}"
        errors = f"{value.error:.2f} | {first.error:.2f} | {second.error:.1e}"
        lines.append(f"| {figures.name} | {figures.count} | {errors} | {'' if near == '0, 0, 0' else near} |")
    return "\n".join([*lines, *own_bounds(everything), ""])


def own_bounds(everything: Sequence[Figures]) -> list[str]:
    """Return the lines of the rows with bounds of their own, where these apply."""
    lines = [
        "",
        "## Bounds of their own",
        "",
        "Where these apply, with the worst of ours and of the best published implementation at the same operands",
        "(value, first, second; - where it publishes none).",
        "",
        "| row | bound | reason | ours | best published | its error |",
        "|---|---|---|---|---|---|",
    ]
    for figures in everything:
        if figures.name in OWN_BOUNDS:
            own = OWN_BOUNDS[figures.name]
            ours, theirs = (
                ", ".join(f"{x:.3g}" if x else "-" for x in column)
                for column in ([w.own for w in figures.worst], [w.peer for w in figures.worst])
            )
            lines.append(f"| {own_line(figures.name, own)} | {ours} | {own.peer} | {theirs} |")
    return lines


def own_line(name: str, own: OwnBound) -> str:
    return f"{name} | {own.formula} | {own.reason}"


if __name__ == "__main__":
    measured = []
    for each in ROWS.values():
        measured.append(measure(each, full_size(each.name), peers=True))
        print(measured[-1], *measured[-1].misses, sep="\n  ", flush=True)
    FILE.write_text(table(measured), encoding="utf-8")
